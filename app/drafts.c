#include "app/drafts.h"

#include "engine/image/sidecar.h"

#include <string.h>

struct _SalDrafts {
  GHashTable *by_path; /* path -> SalPreparation */
};

SalDrafts *
sal_drafts_new (void)
{
  SalDrafts *self = g_new0 (SalDrafts, 1);

  self->by_path = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                         (GDestroyNotify) sal_preparation_unref);
  return self;
}

void
sal_drafts_free (SalDrafts *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->by_path);
  g_free (self);
}

SalPreparation *
sal_drafts_find (SalDrafts *self, const char *path)
{
  return path != NULL ? g_hash_table_lookup (self->by_path, path) : NULL;
}

gboolean
sal_drafts_keep (SalDrafts *self, const char *path, SalPreparation *preparation)
{
  if (sal_drafts_find (self, path) == preparation)
    return FALSE;
  g_hash_table_insert (self->by_path, g_strdup (path), sal_preparation_ref (preparation));
  return TRUE;
}

void
sal_drafts_forget (SalDrafts *self, const char *path)
{
  g_hash_table_remove (self->by_path, path);
}

static int
compare_cb (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

GPtrArray *
sal_drafts_paths (SalDrafts *self)
{
  GPtrArray *paths = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter iter;
  gpointer path;

  g_hash_table_iter_init (&iter, self->by_path);
  while (g_hash_table_iter_next (&iter, &path, NULL))
    g_ptr_array_add (paths, g_strdup (path));
  g_ptr_array_sort (paths, compare_cb);
  return paths;
}

/* The numbers; what the network itself wants, layout and size, stays. */
static SalPreparation *
with_numbers (SalPreparation *fresh, SalPreparation *draft)
{
  const SalPixelFormat *from = sal_preparation_format (draft);
  SalPixelFormat format = *sal_preparation_format (fresh);

  if ((from->order == SAL_GRAY) != (format.order == SAL_GRAY))
    return NULL;
  format.order = from->order;
  format.low = from->low;
  format.high = from->high;
  memcpy (format.mean, from->mean, sizeof format.mean);
  memcpy (format.std, from->std, sizeof format.std);
  format.fit = from->fit;
  format.max_side = from->max_side;
  return sal_preparation_with_format (fresh, &format, NULL);
}

static SalPreparation *
with_names (SalPreparation *numbers, SalPreparation *draft)
{
  int n = sal_preparation_n_labels (draft);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  if (n == 0 || sal_preparation_same_labels (numbers, draft))
    return sal_preparation_ref (numbers);
  for (int i = 0; i < n; i++)
    g_strv_builder_add (
        builder, sal_preparation_label (draft, i) != NULL ? sal_preparation_label (draft, i) : "");
  g_auto (GStrv) names = g_strv_builder_end (builder);
  return sal_preparation_with_names (numbers, (const char *const *) names, NULL);
}

SalPreparation *
sal_drafts_resume (SalDrafts *self, const char *path, SalPreparation *fresh, gboolean names)
{
  SalPreparation *draft = sal_drafts_find (self, path);
  g_autoptr (SalPreparation) numbers = draft != NULL ? with_numbers (fresh, draft) : NULL;

  if (numbers == NULL)
    return NULL;
  SalPreparation *resumed = names ? with_names (numbers, draft) : sal_preparation_ref (numbers);
  if (resumed != NULL)
    sal_drafts_keep (self, path, resumed);
  return resumed;
}
