#include "engine/ops/index.h"

#include "engine/base/error.h"

static gboolean
check_range (const SalOpSetup *setup, gint64 index, gint64 dim, GError **error)
{
  if (index < -dim || index >= dim)
    return sal_op_setup_fail (setup, error, SAL_ERROR_SHAPE,
                              "index %" PRId64 " into an axis of length %" PRId64, index, dim);
  return TRUE;
}

gboolean
sal_index_check (const SalOpSetup *setup, int i, gint64 dim, GError **error)
{
  const SalTensor *known = setup->x_value[i];

  if (dim == 0 && sal_shape_count (&setup->x_shape[i]) > 0)
    return sal_op_setup_fail (setup, error, SAL_ERROR_SHAPE, "indices point into an empty axis");
  for (gint64 k = 0; known != NULL && k < sal_tensor_count (known); k++)
    if (!check_range (setup, sal_tensor_ints (known)[k], dim, error))
      return FALSE;
  return TRUE;
}

gboolean
sal_places_of_elements (SalOpSetup *setup, SalPlaces *places, GError **error)
{
  const SalShape *x = setup->x_shape, *index = &setup->x_shape[1];
  gint64 x_stride[SAL_MAX_RANK], i_stride[SAL_MAX_RANK];
  gboolean fits = x->rank == index->rank;
  int axis;

  if (!sal_shape_axis (x->rank, sal_node_int (setup->node, "axis", 0), &axis, error))
    return FALSE;
  for (int i = 0; fits && i < x->rank; i++)
    fits = i == axis || index->dim[i] <= x->dim[i];
  if (!fits) {
    g_autofree char *a = sal_shape_to_string (x), *b = sal_shape_to_string (index);

    return sal_op_setup_fail (setup, error, SAL_ERROR_SHAPE,
                              "indices are %s, which does not fit into %s", b, a);
  }
  if (!sal_index_check (setup, 1, x->dim[axis], error))
    return FALSE;
  *places = (SalPlaces){ .shape = *index,
                         .n = sal_shape_count (index),
                         .block = 1,
                         .dim = x->dim[axis],
                         .stride = sal_shape_span (x, axis + 1, x->rank) };
  sal_walk_strides (x, x_stride);
  sal_walk_strides (index, i_stride);
  for (int i = 0; i < x->rank; i++)
    sal_walk_axis (&places->walk, index->dim[i],
                   (gint64[SAL_WALK_OPERANDS]){ i_stride[i], i == axis ? 0 : x_stride[i] });
  sal_walk_seal (&places->walk);
  return TRUE;
}

gboolean
sal_places_of_tuples (SalOpSetup *setup, SalPlaces *places, GError **error)
{
  const SalShape *x = setup->x_shape, *index = &setup->x_shape[1];
  gint64 batch_dims = sal_node_int (setup->node, "batch_dims", 0), length;
  gint64 stride[SAL_MAX_RANK];
  SalShape y = { .rank = 0 };
  int first;

  if (x->rank < 1 || index->rank < 1 || batch_dims < 0 || batch_dims >= MIN (x->rank, index->rank))
    return sal_op_setup_fail (setup, error, SAL_ERROR_SHAPE,
                              "batch_dims is %" PRId64 ", input has %d axes and indices have %d",
                              batch_dims, x->rank, index->rank);
  first = (int) batch_dims;
  length = index->dim[index->rank - 1];
  if (length < 1 || length > x->rank - first)
    return sal_op_setup_fail (setup, error, SAL_ERROR_SHAPE,
                              "tuples of %" PRId64 " indices point into %d axes", length,
                              x->rank - first);
  if (index->rank - 1 + x->rank - first - length > SAL_MAX_RANK)
    return sal_op_setup_fail (setup, error, SAL_ERROR_UNSUPPORTED, "would have %d axes, at most %d",
                              index->rank - 1 + x->rank - first - (int) length, SAL_MAX_RANK);
  for (int i = 0; i < first; i++)
    if (x->dim[i] != index->dim[i])
      return sal_op_setup_fail (setup, error, SAL_ERROR_SHAPE,
                                "batch axis %d has length %" PRId64 " in the input and %" PRId64
                                " in the indices",
                                i, x->dim[i], index->dim[i]);
  for (int i = 0; i < index->rank - 1; i++)
    y.dim[y.rank++] = index->dim[i];
  for (int i = first + (int) length; i < x->rank; i++)
    y.dim[y.rank++] = x->dim[i];
  if (!sal_shape_check (&y, "output", error))
    return FALSE;
  *places = (SalPlaces){ .shape = y,
                         .n = sal_shape_span (index, 0, index->rank - 1),
                         .block = sal_shape_span (x, first + (int) length, x->rank),
                         .tuples = TRUE,
                         .length = (int) length,
                         .batch_count = sal_shape_span (index, first, index->rank - 1),
                         .batch_stride = sal_shape_span (x, first, x->rank) };
  sal_walk_strides (x, stride);
  for (int i = 0; i < places->length; i++) {
    const SalTensor *known = setup->x_value[1];

    places->dims[i] = x->dim[first + i];
    places->strides[i] = stride[first + i];
    if (places->dims[i] == 0 && places->n > 0)
      return sal_op_setup_fail (setup, error, SAL_ERROR_SHAPE, "indices point into an empty axis");
    for (gint64 k = i; known != NULL && k < sal_tensor_count (known); k += length)
      if (!check_range (setup, sal_tensor_ints (known)[k], places->dims[i], error))
        return FALSE;
  }
  return TRUE;
}

gsize
sal_places_bytes (const SalPlaces *places)
{
  return places->n * sizeof (gint64);
}

static void
find_tuples (const SalPlaces *places, const gint64 *index, gint64 *place)
{
  for (gint64 k = 0; k < places->n; k++, index += places->length) {
    gint64 at = k / places->batch_count * places->batch_stride;

    for (int i = 0; i < places->length; i++)
      at += sal_index_inside (index[i], places->dims[i]) * places->strides[i];
    place[k] = at;
  }
}

void
sal_places_find (const SalPlaces *places, const gint64 *index, gint64 *place)
{
  const SalWalk *walk = &places->walk;
  gint64 n, step;
  SalWalkAt at;

  if (places->tuples) {
    find_tuples (places, index, place);
    return;
  }
  n = sal_walk_n (walk);
  step = sal_walk_step (walk, 1);
  if (!sal_walk_first (walk, &at))
    return;
  do {
    for (gint64 i = 0; i < n; i++) {
      gint64 k = at.offset[0] + i;

      place[k] =
          at.offset[1] + i * step + sal_index_inside (index[k], places->dim) * places->stride;
    }
  } while (sal_walk_next (walk, 1, &at));
}
