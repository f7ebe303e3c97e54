#include "engine/base/reads.h"

#include <sys/stat.h>

/* What tells a file from another of the same name. The time of the last change of its state, too: a
 * copy can be given the modification time of what it replaces. */
typedef struct {
  gboolean there;
  dev_t device;
  ino_t number;
  off_t size;
  struct timespec modified, changed;
} Stamp;

struct _SalReads {
  GHashTable *stamps; /* path -> Stamp, of when it was first looked at */
};

static _Thread_local SalReads *current;

static Stamp
stamp_of (const char *path)
{
  struct stat info;

  if (stat (path, &info) != 0)
    return (Stamp){ .there = FALSE };
  return (Stamp){ TRUE, info.st_dev, info.st_ino, info.st_size, info.st_mtim, info.st_ctim };
}

static gboolean
same_time (const struct timespec *a, const struct timespec *b)
{
  return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

static gboolean
same (const Stamp *a, const Stamp *b)
{
  if (!a->there || !b->there)
    return a->there == b->there;
  return a->device == b->device && a->number == b->number && a->size == b->size &&
         same_time (&a->modified, &b->modified) && same_time (&a->changed, &b->changed);
}

SalReads *
sal_reads_begin (void)
{
  SalReads *reads = g_new0 (SalReads, 1);

  g_assert (current == NULL);
  reads->stamps = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  current = reads;
  return reads;
}

void
sal_reads_end (SalReads *reads)
{
  g_assert (current == reads);
  current = NULL;
}

void
sal_reads_free (SalReads *reads)
{
  if (reads == NULL)
    return;
  g_hash_table_unref (reads->stamps);
  g_free (reads);
}

void
sal_reads_note (const char *path)
{
  if (current == NULL || g_hash_table_contains (current->stamps, path))
    return;
  Stamp stamp = stamp_of (path);
  g_hash_table_insert (current->stamps, g_strdup (path), g_memdup2 (&stamp, sizeof stamp));
}

gboolean
sal_reads_unchanged (const SalReads *reads)
{
  GHashTableIter iter;
  gpointer path, stamp;

  g_hash_table_iter_init (&iter, reads->stamps);
  while (g_hash_table_iter_next (&iter, &path, &stamp)) {
    Stamp now = stamp_of (path);

    if (!same (stamp, &now))
      return FALSE;
  }
  return TRUE;
}
