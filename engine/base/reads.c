#include "engine/base/reads.h"

#include "engine/base/stamp.h"

struct _SalReads {
  GHashTable *stamps; /* path -> SalStamp, of when it was first looked at */
};

static _Thread_local SalReads *current;

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
  SalStamp stamp = sal_stamp_of (path);
  g_hash_table_insert (current->stamps, g_strdup (path), g_memdup2 (&stamp, sizeof stamp));
}

gboolean
sal_reads_unchanged (const SalReads *reads)
{
  GHashTableIter iter;
  gpointer path, stamp;

  g_hash_table_iter_init (&iter, reads->stamps);
  while (g_hash_table_iter_next (&iter, &path, &stamp)) {
    SalStamp now = sal_stamp_of (path);

    if (!sal_stamp_equal (stamp, &now))
      return FALSE;
  }
  return TRUE;
}
