#include "engine/image/enlarge.h"

#include "engine/base/error.h"

#include <string.h>

/* Source positions around each of @to target centres, and how much the second one counts. */
typedef struct {
  gint64 *first, *second;
  float *share;
} Axis;

static void
axis_clear (Axis *axis)
{
  g_free (axis->first);
  g_free (axis->second);
  g_free (axis->share);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Axis, axis_clear)

static void
axis_init (Axis *axis, gint64 from, gint64 to, SalEnlarge mode)
{
  axis->first = g_new (gint64, to);
  axis->second = g_new (gint64, to);
  axis->share = g_new (float, to);
  for (gint64 i = 0; i < to; i++) {
    double centre = (i + 0.5) * from / to - 0.5;

    if (mode == SAL_ENLARGE_NEAREST || centre <= 0) {
      axis->first[i] = mode == SAL_ENLARGE_NEAREST ? i * from / to : 0;
      axis->second[i] = axis->first[i];
      axis->share[i] = 0;
    } else {
      axis->first[i] = (gint64) centre;
      axis->second[i] = MIN (axis->first[i] + 1, from - 1);
      axis->share[i] = (float) (centre - axis->first[i]);
    }
  }
}

static void
enlarge_plane (const float *x, gint64 from_width, const Axis *rows, const Axis *columns,
               gint64 height, gint64 width, float *y)
{
  for (gint64 i = 0; i < height; i++) {
    const float *above = x + rows->first[i] * from_width;
    const float *below = x + rows->second[i] * from_width;
    float down = rows->share[i];

    for (gint64 j = 0; j < width; j++, y++) {
      gint64 a = columns->first[j], b = columns->second[j];
      float right = columns->share[j];

      *y = (1 - down) * ((1 - right) * above[a] + right * above[b]) +
           down * ((1 - right) * below[a] + right * below[b]);
    }
  }
}

SalTensor *
sal_enlarge (const SalTensor *map, gint64 height, gint64 width, SalEnlarge mode, GError **error)
{
  SalShape shape = *sal_tensor_shape (map);
  int rank = shape.rank;

  g_return_val_if_fail (height >= 1 && width >= 1, NULL);
  if (sal_tensor_type (map) != SAL_FLOAT || rank < 2 || rank > 4 ||
      (rank == 4 && shape.dim[0] != 1) || sal_tensor_count (map) == 0) {
    g_autofree char *text = sal_shape_to_string (&shape);

    sal_error_set (error, SAL_ERROR_SHAPE, "an array of shape %s is no map of numbers", text);
    return NULL;
  }

  gint64 from_height = shape.dim[rank - 2], from_width = shape.dim[rank - 1];
  gint64 planes = sal_shape_span (&shape, 0, rank - 2);
  g_auto (Axis) rows = { 0 };
  g_auto (Axis) columns = { 0 };

  shape.dim[rank - 2] = height;
  shape.dim[rank - 1] = width;
  if (!sal_shape_check (&shape, "enlarged map", error))
    return NULL;
  axis_init (&rows, from_height, height, mode);
  axis_init (&columns, from_width, width, mode);

  SalTensor *result = sal_tensor_new (SAL_FLOAT, &shape);
  float *y = sal_tensor_edit (result);

  for (gint64 p = 0; p < planes; p++)
    enlarge_plane (sal_tensor_floats (map) + p * from_height * from_width, from_width, &rows,
                   &columns, height, width, y + p * height * width);
  return result;
}
