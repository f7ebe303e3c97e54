#include "app/open-models.h"

#include <pthread.h>
#include <stdlib.h>

typedef struct {
  char *path; /* as real_path() has it */
  char *labels;
  SalReads *reads;
  SalModelWeak *model;
} Entry;

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static GPtrArray *entries; /* of Entry, the oldest first */

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  g_free (entry->path);
  g_free (entry->labels);
  sal_reads_free (entry->reads);
  sal_model_weak_unref (entry->model);
  g_free (entry);
}

/* Of one folder there are many spellings, and links to it. A link to the file itself is another
 * model: what is read beside it is beside the link. */
static char *
real_path (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path), *name = g_path_get_basename (path);
  char *real = realpath (folder, NULL);

  if (real == NULL)
    return g_strdup (path);
  char *joined = g_build_filename (real, name, NULL);
  free (real);
  return joined;
}

static void
forget_unused (void)
{
  for (guint i = entries->len; i-- > 0;) {
    Entry *entry = entries->pdata[i];
    SalModel *model = sal_model_weak_get (entry->model);

    if (model == NULL)
      g_ptr_array_remove_index (entries, i);
    else
      sal_model_unref (model);
  }
}

SalModel *
sal_open_models_find (const char *path, const char *labels)
{
  g_autoptr (SalModel) found = NULL;
  g_autofree char *real = real_path (path);

  pthread_mutex_lock (&mutex);
  for (guint i = 0; entries != NULL && i < entries->len && found == NULL; i++) {
    Entry *entry = entries->pdata[i];

    if (g_str_equal (entry->path, real) && g_strcmp0 (entry->labels, labels) == 0 &&
        sal_reads_unchanged (entry->reads))
      found = sal_model_weak_get (entry->model);
  }
  pthread_mutex_unlock (&mutex);
  return found != NULL ? sal_model_again (found) : NULL;
}

void
sal_open_models_add (const char *path, const char *labels, SalModel *model, SalReads *reads)
{
  Entry *entry = g_new (Entry, 1);

  *entry = (Entry){ real_path (path), g_strdup (labels), reads, sal_model_weak (model) };
  pthread_mutex_lock (&mutex);
  if (entries == NULL)
    entries = g_ptr_array_new_with_free_func (entry_free);
  forget_unused ();
  g_ptr_array_add (entries, entry);
  pthread_mutex_unlock (&mutex);
}
