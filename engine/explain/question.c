#include "engine/explain/question.h"

#include "engine/explain/segments.h"
#include "engine/explain/smooth.h"

#include <string.h>

struct _SalQuestion {
  SalQuery query; /* owns all that it points to but the method */
};

static gpointer
ref_or_null (SalTensor *tensor)
{
  return tensor != NULL ? sal_tensor_ref (tensor) : NULL;
}

SalQuestion *
sal_question_new (const SalQuery *query)
{
  SalQuestion *self = g_new0 (SalQuestion, 1);
  GHashTableIter iter;
  gpointer key, array;

  self->query = *query;
  self->query.earlier = NULL;
  sal_model_ref (query->model);
  self->query.settings =
      query->settings != NULL ? sal_settings_copy (query->settings) : sal_settings_new ();
  self->query.input = sal_tensor_ref (query->input);
  self->query.baseline = ref_or_null (query->baseline);
  self->query.noise = ref_or_null (query->noise);
  self->query.arrays =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) sal_tensor_unref);
  if (query->arrays != NULL) {
    g_hash_table_iter_init (&iter, query->arrays);
    while (g_hash_table_iter_next (&iter, &key, &array))
      g_hash_table_insert (self->query.arrays, g_strdup (key), sal_tensor_ref (array));
  }
  return self;
}

void
sal_question_free (SalQuestion *self)
{
  sal_model_unref (self->query.model);
  sal_settings_free (self->query.settings);
  sal_tensor_unref (self->query.input);
  g_clear_pointer (&self->query.baseline, sal_tensor_unref);
  g_clear_pointer (&self->query.noise, sal_tensor_unref);
  g_hash_table_unref (self->query.arrays);
  g_free (self);
}

static gboolean
same_tensor (const SalTensor *a, const SalTensor *b)
{
  if (a == b)
    return TRUE;
  return a != NULL && b != NULL && sal_tensor_type (a) == sal_tensor_type (b) &&
         sal_shape_equal (sal_tensor_shape (a), sal_tensor_shape (b)) &&
         memcmp (sal_tensor_data (a), sal_tensor_data (b),
                 (gsize) sal_tensor_count (a) * sal_type_size (sal_tensor_type (a))) == 0;
}

/* Whether @b has every array of @a. */
static gboolean
has_arrays (GHashTable *a, GHashTable *b)
{
  GHashTableIter iter;
  gpointer key, array;

  if (a == NULL)
    return TRUE;
  g_hash_table_iter_init (&iter, a);
  while (g_hash_table_iter_next (&iter, &key, &array))
    if (!g_strv_contains (sal_segments_keys (), key) &&
        !same_tensor (array, b != NULL ? g_hash_table_lookup (b, key) : NULL))
      return FALSE;
  return TRUE;
}

static gboolean
same_settings (const SalSettings *a, const SalSettings *b, const SalParam *params,
               const char *const *but)
{
  for (const SalParam *param = params; param->key != NULL; param++) {
    gboolean applies = sal_settings_applies (a, params, param);

    if (g_strv_contains (but, param->key) || g_strv_contains (sal_segments_keys (), param->key) ||
        (!applies && !sal_settings_applies (b, params, param)))
      continue;
    if (sal_param_is_number (param)
            ? sal_settings_number (a, param) != sal_settings_number (b, param)
            : strcmp (sal_settings_text (a, param), sal_settings_text (b, param)) != 0)
      return FALSE;
  }
  return TRUE;
}

gboolean
sal_question_matches (const SalQuestion *self, const SalQuery *query, const char *const *but)
{
  const SalQuery *mine = &self->query;

  return mine->model == query->model && mine->method == query->method &&
         mine->target.class_index == query->target.class_index &&
         mine->target.versus == query->target.versus && mine->target.kind == query->target.kind &&
         mine->batch == query->batch &&
         same_settings (mine->settings, query->settings, query->method->params, but) &&
         same_settings (mine->settings, query->settings, sal_smooth_params (), but) &&
         same_tensor (mine->input, query->input) && same_tensor (mine->baseline, query->baseline) &&
         same_tensor (mine->noise, query->noise) && has_arrays (mine->arrays, query->arrays) &&
         has_arrays (query->arrays, mine->arrays);
}

double
sal_question_number (const SalQuestion *self, const SalParam *param)
{
  return sal_settings_number (self->query.settings, param);
}
