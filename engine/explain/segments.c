#include "engine/explain/segments.h"

#include "engine/base/error.h"
#include "engine/explain/groups.h"
#include "engine/explain/smooth.h"

#include <string.h>

/* The first three of the parameters around any method that are this file's. */
static const char *const keys[] = { "per-segment", "per-segment-count", "per-segment-mask", NULL };

const SalChoice sal_segments_choices[] = {
  { "none", "Pixel" },
  { "superpixels", "Superpixel" },
  { "grid", "Grid cell" },
  { NULL },
};

const char *const *
sal_segments_keys (void)
{
  return keys;
}

static const SalParam *
param (int number)
{
  return sal_param_find (sal_smooth_params (), keys[number]);
}

gboolean
sal_segments_possible (const SalMethod *method, const SalSettings *settings)
{
  const SalParam *raw = sal_param_find (method->params, "raw-cam");
  const SalParam *layer = sal_param_find (method->params, "layer");

  if (method->group == SAL_GROUP_LAYER || (raw != NULL && sal_settings_number (settings, raw) != 0))
    return FALSE;
  /* A gradient is of the layer that is named; CAMs and paths only start from it. */
  return method->group != SAL_GROUP_GRADIENT || layer == NULL ||
         *sal_settings_text (settings, layer) == '\0';
}

gboolean
sal_segments_wanted (const SalSettings *settings)
{
  return strcmp (sal_settings_text (settings, param (0)), "none") != 0;
}

SalTensor *
sal_segments_sum (const SalQuery *query, const SalTensor *values, GCancellable *cancellable,
                  GError **error)
{
  SalPlane plane = sal_plane_of (query->model);
  SalShape places = sal_plane_shape (&plane, query->model);
  const SalTensor *mask =
      query->arrays != NULL ? g_hash_table_lookup (query->arrays, keys[2]) : NULL;
  gboolean elements =
      sal_shape_equal (sal_tensor_shape (values), sal_model_input_shape (query->model));
  const float *a = sal_tensor_floats (values);
  g_autoptr (SalGroups) groups = NULL;
  g_autofree double *sum = NULL;
  SalTensor *out;

  if (!elements && !sal_shape_equal (sal_tensor_shape (values), &places)) {
    g_autofree char *text = sal_shape_to_string (sal_tensor_shape (values));

    sal_error_set (error, SAL_ERROR_ARGUMENT,
                   "per-segment: the attribution has the shape %s, and not that of the picture",
                   text);
    return NULL;
  }
  groups = sal_groups_new (
      &plane, sal_tensor_floats (query->input), sal_settings_text (query->settings, param (0)),
      (int) sal_settings_number (query->settings, param (1)), mask, cancellable, error);
  if (groups == NULL) {
    g_prefix_error_literal (error, "per-segment-");
    return NULL;
  }
  sum = g_new0 (double, groups->n);
  for (gint64 p = 0; p < groups->n_places; p++)
    for (gint64 c = 0; c < (elements ? plane.channels : 1); c++)
      sum[groups->of[p]] += a[elements ? p * plane.place_stride + c * plane.channel_stride : p];
  out = sal_tensor_new (SAL_FLOAT, &places);
  sal_groups_spread (groups, sum, sal_tensor_edit (out));
  return out;
}
