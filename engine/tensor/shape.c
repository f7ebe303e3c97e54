#include "engine/tensor/shape.h"

#include "engine/base/error.h"

#include <glib/gi18n.h>

#define MAX_COUNT (G_GINT64_CONSTANT (1) << 40)

gint64
sal_shape_row (const SalShape *shape)
{
  return shape->rank > 0 ? shape->dim[shape->rank - 1] : 1;
}

gint64
sal_shape_span (const SalShape *shape, int from, int to)
{
  gint64 count = 1;

  for (int i = from; i < to; i++)
    count *= shape->dim[i];
  return count;
}

gint64
sal_shape_count (const SalShape *shape)
{
  return sal_shape_span (shape, 0, shape->rank);
}

gboolean
sal_shape_check (const SalShape *shape, const char *what, GError **error)
{
  gint64 count = 1;
  g_autofree char *text = NULL;

  for (int i = 0; i < shape->rank; i++) {
    if (shape->dim[i] < 0 || shape->dim[i] > MAX_COUNT)
      goto bad;
    /* An empty axis makes the count 0, yet the other lengths must still multiply safely. */
    if (shape->dim[i] > 1 && count > MAX_COUNT / shape->dim[i])
      goto bad;
    count *= MAX (shape->dim[i], 1);
  }
  return TRUE;

bad:
  text = sal_shape_to_string (shape);
  sal_error_set (error, SAL_ERROR_SHAPE, "%s: shape %s is not possible", _ (what), text);
  return FALSE;
}

gboolean
sal_shape_equal (const SalShape *a, const SalShape *b)
{
  if (a->rank != b->rank)
    return FALSE;
  for (int i = 0; i < a->rank; i++)
    if (a->dim[i] != b->dim[i])
      return FALSE;
  return TRUE;
}

gboolean
sal_shape_axis (int rank, gint64 axis, int *result, GError **error)
{
  if (axis < -rank || axis >= rank) {
    sal_error_set (error, SAL_ERROR_SHAPE, "axis %" PRId64 " of a tensor with %d axes", axis, rank);
    return FALSE;
  }
  *result = (int) (axis < 0 ? axis + rank : axis);
  return TRUE;
}

gboolean
sal_shape_broadcast (const SalShape *a, const SalShape *b, SalShape *y, GError **error)
{
  SalShape out = { .rank = MAX (a->rank, b->rank) };

  for (int i = 0; i < out.rank; i++) {
    int ia = i - (out.rank - a->rank), ib = i - (out.rank - b->rank);
    gint64 da = ia < 0 ? 1 : a->dim[ia], db = ib < 0 ? 1 : b->dim[ib];

    if (da != db && da != 1 && db != 1) {
      g_autofree char *sa = sal_shape_to_string (a), *sb = sal_shape_to_string (b);
      sal_error_set (error, SAL_ERROR_SHAPE, "shapes %s and %s do not fit together", sa, sb);
      return FALSE;
    }
    out.dim[i] = da == 1 ? db : da;
  }
  *y = out;
  return TRUE;
}

char *
sal_shape_to_string (const SalShape *shape)
{
  GString *text = g_string_new (NULL);

  for (int i = 0; i < shape->rank; i++) {
    if (i > 0)
      g_string_append (text, "×");
    if (shape->dim[i] < 0)
      g_string_append_c (text, '?');
    else
      g_string_append_printf (text, "%" PRId64, shape->dim[i]);
  }
  if (shape->rank == 0)
    g_string_append (text, _ ("scalar"));
  return g_string_free (text, FALSE);
}
