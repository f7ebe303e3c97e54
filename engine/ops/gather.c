/* Operators that read elements at places given by a tensor of indices.
 *
 * Indices that are known when the plan is made are checked then. Others cannot be: a kernel takes
 * an index that lies outside as the nearest one inside, so that it never reads foreign memory. */
#include "engine/base/error.h"
#include "engine/ops/expect.h"
#include "engine/ops/families.h"
#include "engine/ops/index.h"
#include "engine/ops/walk.h"

#include <math.h>
#include <string.h>

/* y[o, k, i] = x[o, index[k], i] */

typedef struct {
  gint64 outer, dim, inner, n;
  gint64 index[]; /* (Compress) what is taken */
} Gather;

static gboolean
gather_setup (SalOpSetup *setup, GError **error)
{
  const SalShape *x = setup->x_shape, *index;
  SalShape *y = setup->y_shape;
  Gather *gather;
  int axis;

  if (!sal_op_expect (setup, "ai", 1, error) ||
      !sal_shape_axis (x->rank, sal_node_int (setup->node, "axis", 0), &axis, error) ||
      !sal_index_check (setup, 1, x->dim[axis], error))
    return FALSE;
  index = &setup->x_shape[1];
  if (x->rank - 1 + index->rank > SAL_MAX_RANK)
    return sal_op_setup_fail (setup, error, SAL_ERROR_UNSUPPORTED,
                              "output would have %d axes, at most %d", x->rank - 1 + index->rank,
                              SAL_MAX_RANK);
  for (int i = 0; i < axis; i++)
    y->dim[y->rank++] = x->dim[i];
  for (int i = 0; i < index->rank; i++)
    y->dim[y->rank++] = index->dim[i];
  for (int i = axis + 1; i < x->rank; i++)
    y->dim[y->rank++] = x->dim[i];
  gather = sal_op_setup_state (setup, sizeof (Gather), NULL);
  gather->outer = sal_shape_span (x, 0, axis);
  gather->dim = x->dim[axis];
  gather->inner = sal_shape_span (x, axis + 1, x->rank);
  gather->n = sal_shape_count (index);
  return TRUE;
}

static void
take (const SalOpArgs *a, const gint64 *index)
{
  const Gather *g = a->state;
  gsize size = sal_type_size (a->x_type[0]) * g->inner;
  const char *x = (gconstpointer) a->x[0];
  char *y = (gpointer) a->y[0];

  for (gint64 o = 0; o < g->outer; o++, x += g->dim * size)
    for (gint64 k = 0; k < g->n; k++, y += size)
      memcpy (y, x + sal_index_inside (index[k], g->dim) * size, size);
}

static void
give_back (const SalOpArgs *a, const gint64 *index)
{
  const Gather *g = a->state;
  const float *gy = a->gy[0];

  for (gint64 o = 0; o < g->outer; o++)
    for (gint64 k = 0; k < g->n; k++, gy += g->inner) {
      float *gx = a->gx[0] + (o * g->dim + sal_index_inside (index[k], g->dim)) * g->inner;

      for (gint64 i = 0; i < g->inner; i++)
        gx[i] += gy[i];
    }
}

static void
gather_forward (const SalOpArgs *a)
{
  take (a, sal_x_ints (a, 1));
}

static void
gather_backward (const SalOpArgs *a)
{
  give_back (a, sal_x_ints (a, 1));
}

/* Takes what the condition, which must be known when the plan is made, holds for. */
static gboolean
compress_setup (SalOpSetup *setup, GError **error)
{
  const SalShape *x = setup->x_shape;
  gint64 n, dim = 0, n_taken = 0;
  const gint64 *condition;
  Gather *gather;
  int axis = 0;

  if (!sal_op_expect (setup, "ai", 1, error))
    return FALSE;
  condition = sal_op_setup_ints (setup, 1, &n, error);
  if (condition == NULL)
    return FALSE;
  if (sal_node_has (setup->node, "axis")) {
    if (!sal_shape_axis (x->rank, sal_node_int (setup->node, "axis", 0), &axis, error))
      return FALSE;
    dim = x->dim[axis];
    setup->y_shape[0] = *x;
  } else {
    dim = sal_shape_count (x);
    setup->y_shape[0].rank = 1;
  }
  if (n > dim)
    return sal_op_setup_fail (setup, error, SAL_ERROR_SHAPE,
                              "condition has %" PRId64 " elements, the axis %" PRId64, n, dim);
  gather = sal_op_setup_state (setup, sizeof (Gather) + n * sizeof (gint64), NULL);
  for (gint64 i = 0; i < n; i++)
    if (condition[i] != 0)
      gather->index[n_taken++] = i;
  setup->y_shape[0].dim[axis] = n_taken;
  gather->n = n_taken;
  gather->dim = dim;
  gather->outer = sal_node_has (setup->node, "axis") ? sal_shape_span (x, 0, axis) : 1;
  gather->inner = sal_node_has (setup->node, "axis") ? sal_shape_span (x, axis + 1, x->rank) : 1;
  return TRUE;
}

static void
compress_forward (const SalOpArgs *a)
{
  take (a, ((const Gather *) a->state)->index);
}

static void
compress_backward (const SalOpArgs *a)
{
  give_back (a, ((const Gather *) a->state)->index);
}

/* GatherElements and GatherND: first the place of each block in x is worked out, in scratch, then
 * blocks are moved. */

static gboolean
places_setup (SalOpSetup *setup, gboolean nd, GError **error)
{
  SalPlaces *places;

  if (!sal_op_expect (setup, "ai", 1, error))
    return FALSE;
  places = sal_op_setup_state (setup, sizeof (SalPlaces), NULL);
  if (nd ? !sal_places_of_tuples (setup, places, error)
         : !sal_places_of_elements (setup, places, error))
    return FALSE;
  setup->y_shape[0] = places->shape;
  setup->scratch_bytes = sal_places_bytes (places);
  return TRUE;
}

static gboolean
gather_elements_setup (SalOpSetup *setup, GError **error)
{
  return places_setup (setup, FALSE, error);
}

static gboolean
gather_nd_setup (SalOpSetup *setup, GError **error)
{
  return places_setup (setup, TRUE, error);
}

static void
places_forward (const SalOpArgs *a)
{
  const SalPlaces *places = a->state;
  gint64 *place = a->scratch;
  gsize size = sal_type_size (a->x_type[0]) * places->block;

  sal_places_find (places, sal_x_ints (a, 1), place);
  for (gint64 k = 0; k < places->n; k++)
    memcpy ((char *) a->y[0] + k * size,
            (const char *) a->x[0] + place[k] * sal_type_size (a->x_type[0]), size);
}

static void
places_backward (const SalOpArgs *a)
{
  const SalPlaces *places = a->state;
  gint64 *place = a->scratch;
  const float *gy = a->gy[0];

  sal_places_find (places, sal_x_ints (a, 1), place);
  for (gint64 k = 0; k < places->n; k++, gy += places->block)
    for (gint64 i = 0; i < places->block; i++)
      a->gx[0][place[k] + i] += gy[i];
}

/* y = on where an index names the place on the new axis, else off. An index outside -depth ..
 * depth-1 names none. Indices and depth may be floats. */

typedef struct {
  gint64 outer, depth, inner;
} OneHot;

static gboolean
one_hot_setup (SalOpSetup *setup, GError **error)
{
  const SalShape *x = setup->x_shape;
  SalShape *y = setup->y_shape;
  const SalTensor *value;
  gint64 depth;
  OneHot *state;
  int axis;

  if (!sal_op_expect (setup, "aaa", 1, error))
    return FALSE;
  value = setup->x_value[1];
  if (value == NULL || sal_tensor_count (value) != 1)
    return sal_op_setup_fail (setup, error, SAL_ERROR_UNSUPPORTED,
                              "depth must be one number that is known before the picture is");
  depth = sal_tensor_type (value) == SAL_INT
              ? sal_tensor_ints (value)[0]
              : (gint64) fminf (fmaxf (sal_tensor_floats (value)[0], -1.f), 0x1p41f);
  if (sal_shape_count (&setup->x_shape[2]) != 2)
    return sal_op_setup_fail (setup, error, SAL_ERROR_SHAPE,
                              "values has %" PRId64 " elements, should have 2",
                              sal_shape_count (&setup->x_shape[2]));
  if (x->rank == SAL_MAX_RANK)
    return sal_op_setup_fail (setup, error, SAL_ERROR_UNSUPPORTED,
                              "output would have %d axes, at most %d", x->rank + 1, SAL_MAX_RANK);
  if (!sal_shape_axis (x->rank + 1, sal_node_int (setup->node, "axis", -1), &axis, error))
    return FALSE;
  y->rank = x->rank + 1;
  for (int i = 0; i < y->rank; i++)
    y->dim[i] = i < axis ? x->dim[i] : i == axis ? depth : x->dim[i - 1];
  if (!sal_shape_check (y, "output", error))
    return FALSE;
  setup->y_type[0] = setup->x_type[2];
  state = sal_op_setup_state (setup, sizeof (OneHot), NULL);
  *state = (OneHot){ .outer = sal_shape_span (x, 0, axis),
                     .depth = depth,
                     .inner = sal_shape_span (x, axis, x->rank) };
  return TRUE;
}

/* Element of y that an index switches on, -1 if none. */
static gint64
hot_place (const SalOpArgs *a, gint64 i)
{
  const OneHot *s = a->state;
  gint64 index;

  if (a->x_type[0] == SAL_INT)
    index = sal_x_ints (a, 0)[i];
  else
    index = isnan (a->x[0][i]) ? s->depth : (gint64) CLAMP (a->x[0][i], -0x1p42f, 0x1p42f);
  if (index < 0)
    index += s->depth;
  if (index < 0 || index >= s->depth)
    return -1;
  return (i / s->inner * s->depth + index) * s->inner + i % s->inner;
}

static void
one_hot_forward (const SalOpArgs *a)
{
  gint64 n = sal_shape_count (&a->x_shape[0]);
  gboolean floats = a->x_type[2] == SAL_FLOAT;

  for (gint64 i = 0; i < a->n; i++) {
    if (floats)
      a->y[0][i] = a->x[2][0];
    else
      sal_y_ints (a, 0)[i] = sal_x_ints (a, 2)[0];
  }
  for (gint64 i = 0; i < n; i++) {
    gint64 place = hot_place (a, i);

    if (place < 0)
      continue;
    if (floats)
      a->y[0][place] = a->x[2][1];
    else
      sal_y_ints (a, 0)[place] = sal_x_ints (a, 2)[1];
  }
}

static void
one_hot_backward (const SalOpArgs *a)
{
  gint64 n = sal_shape_count (&a->x_shape[0]);
  double g_on = 0, g_all = 0;

  if (a->gx[2] == NULL)
    return;
  for (gint64 i = 0; i < a->n; i++)
    g_all += a->gy[0][i];
  for (gint64 i = 0; i < n; i++) {
    gint64 place = hot_place (a, i);

    g_on += place >= 0 ? a->gy[0][place] : 0.f;
  }
  a->gx[2][0] += (float) (g_all - g_on);
  a->gx[2][1] += (float) g_on;
}

const SalOp sal_ops_gather[] = {
  { "Gather", 1, SAL_KEEP_X (1), gather_setup, gather_forward, gather_backward },
  { "Compress", 9, SAL_KEEP_NOTHING, compress_setup, compress_forward, compress_backward },
  { "GatherElements", 11, SAL_KEEP_X (1), gather_elements_setup, places_forward, places_backward },
  { "GatherND", 11, SAL_KEEP_X (1), gather_nd_setup, places_forward, places_backward },
  { "OneHot", 9, SAL_KEEP_X (0), one_hot_setup, one_hot_forward, one_hot_backward },
  { NULL },
};
