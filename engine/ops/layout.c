/* Operators that put a tensor's elements into another order, repeat them or blank some out. */
#include "engine/base/error.h"
#include "engine/ops/expect.h"
#include "engine/ops/families.h"
#include "engine/ops/move.h"

#include <string.h>

static gboolean
transpose_setup (SalOpSetup *setup, GError **error)
{
  const SalShape *x = setup->x_shape;
  SalShape *y = setup->y_shape;
  gint64 x_stride[SAL_MAX_RANK], y_stride[SAL_MAX_RANK];
  gboolean taken[SAL_MAX_RANK] = { FALSE };
  SalWalk walk = { .rank = 0 };
  const gint64 *perm;
  gsize n;

  if (!sal_op_expect (setup, "a", 1, error))
    return FALSE;
  perm = sal_node_ints (setup->node, "perm", &n);
  if (perm != NULL && n != (gsize) x->rank)
    return sal_op_setup_fail (setup, error, SAL_ERROR_SHAPE, "perm has %zu axes, input has %d", n,
                              x->rank);
  y->rank = x->rank;
  sal_walk_strides (x, x_stride);
  for (int i = 0; i < x->rank; i++) {
    int from = x->rank - 1 - i;

    if (perm != NULL && !sal_shape_axis (x->rank, perm[i], &from, error))
      return FALSE;
    if (taken[from])
      return sal_op_setup_fail (setup, error, SAL_ERROR_SHAPE, "perm names axis %d twice", from);
    taken[from] = TRUE;
    y->dim[i] = x->dim[from];
    /* In y's order for now: the stride in x of y's axis i. */
    y_stride[i] = x_stride[from];
  }
  for (int i = 0; i < x->rank; i++)
    x_stride[i] = y_stride[i];
  sal_walk_strides (y, y_stride);
  for (int i = 0; i < y->rank; i++)
    sal_walk_axis (&walk, y->dim[i], (gint64[SAL_WALK_OPERANDS]){ y_stride[i], x_stride[i] });
  sal_walk_seal (&walk);
  return sal_setup_move (setup, &walk, 0);
}

static gboolean
expand_setup (SalOpSetup *setup, GError **error)
{
  const SalShape *const x[] = { &setup->x_shape[0] };
  SalShape to = { .rank = 0 };
  SalWalk walk;
  const gint64 *dims;
  gint64 n;

  if (!sal_op_expect (setup, "ai", 1, error))
    return FALSE;
  dims = sal_op_setup_ints (setup, 1, &n, error);
  if (dims == NULL)
    return FALSE;
  if (n > SAL_MAX_RANK)
    return sal_op_setup_fail (setup, error, SAL_ERROR_UNSUPPORTED,
                              "to %" PRId64 " axes, at most %d", n, SAL_MAX_RANK);
  to.rank = (int) n;
  for (int i = 0; i < to.rank; i++)
    to.dim[i] = dims[i];
  if (!sal_shape_check (&to, "shape", error) ||
      !sal_shape_broadcast (x[0], &to, &setup->y_shape[0], error) ||
      !sal_shape_check (&setup->y_shape[0], "output", error))
    return FALSE;
  sal_walk_broadcast (&walk, &setup->y_shape[0], x, 1);
  return sal_setup_move (setup, &walk, 0);
}

static gboolean
tile_setup (SalOpSetup *setup, GError **error)
{
  const SalShape *x = setup->x_shape;
  SalShape *y = setup->y_shape;
  gint64 x_stride[SAL_MAX_RANK], y_stride[SAL_MAX_RANK];
  SalWalk walk = { .rank = 0 };
  const gint64 *repeats;
  gint64 n;

  if (!sal_op_expect (setup, "ai", 1, error))
    return FALSE;
  repeats = sal_op_setup_ints (setup, 1, &n, error);
  if (repeats == NULL)
    return FALSE;
  if (n != x->rank)
    return sal_op_setup_fail (setup, error, SAL_ERROR_SHAPE,
                              "repeats has %" PRId64 " elements, input has %d axes", n, x->rank);
  y->rank = x->rank;
  for (int i = 0; i < x->rank; i++)
    if (repeats[i] < 0 || __builtin_mul_overflow (x->dim[i], repeats[i], &y->dim[i]))
      return sal_op_setup_fail (setup, error, SAL_ERROR_SHAPE,
                                "axis %d cannot be repeated %" PRId64 " times", i, repeats[i]);
  if (!sal_shape_check (y, "output", error))
    return FALSE;
  sal_walk_strides (x, x_stride);
  sal_walk_strides (y, y_stride);
  for (int i = 0; i < x->rank; i++) {
    sal_walk_axis (&walk, repeats[i], (gint64[SAL_WALK_OPERANDS]){ y_stride[i] * x->dim[i], 0 });
    sal_walk_axis (&walk, x->dim[i], (gint64[SAL_WALK_OPERANDS]){ y_stride[i], x_stride[i] });
  }
  sal_walk_seal (&walk);
  return sal_setup_move (setup, &walk, 0);
}

/* Depth to space and back: a channel index is a triple of the place in a block, by row and column,
 * and a channel c; in mode DCR c changes fastest, in mode CRD slowest. */

static gboolean
block_setup (SalOpSetup *setup, gint64 *block, GError **error)
{
  *block = sal_node_int (setup->node, "blocksize", 0);
  if (!sal_op_expect (setup, "a", 1, error))
    return FALSE;
  if (setup->x_shape[0].rank != 4)
    return sal_op_setup_fail (setup, error, SAL_ERROR_SHAPE, "input has %d axes, should have 4",
                              setup->x_shape[0].rank);
  if (*block < 1 || *block > G_MAXINT16)
    return sal_op_setup_fail (setup, error, SAL_ERROR_FORMAT,
                              "blocksize is %" PRId64 ", should be 1 .. %d", *block, G_MAXINT16);
  return TRUE;
}

static gboolean
depth_to_space_setup (SalOpSetup *setup, GError **error)
{
  const char *mode = sal_node_string (setup->node, "mode", "DCR");
  gboolean crd = g_str_equal (mode, "CRD");
  const SalShape *x = setup->x_shape;
  gint64 b, c, h, w, map;
  SalWalk walk = { .rank = 0 };

  if (!block_setup (setup, &b, error))
    return FALSE;
  if (!crd && !g_str_equal (mode, "DCR"))
    return sal_op_setup_fail (setup, error, SAL_ERROR_FORMAT,
                              "mode is \"%s\", should be \"DCR\" or \"CRD\"", mode);
  if (x->dim[1] % (b * b) != 0)
    return sal_op_setup_fail (setup, error, SAL_ERROR_SHAPE,
                              "%" PRId64 " channels are no multiple of %" PRId64, x->dim[1], b * b);
  c = x->dim[1] / (b * b);
  h = x->dim[2];
  w = x->dim[3];
  map = h * w;
  setup->y_shape[0] = SAL_SHAPE (x->dim[0], c, h * b, w * b);
  if (!sal_shape_check (&setup->y_shape[0], "output", error))
    return FALSE;
  sal_walk_axis (&walk, x->dim[0], (gint64[4]){ c * b * b * map, c * b * b * map });
  sal_walk_axis (&walk, c, (gint64[4]){ b * b * map, crd ? b * b * map : map });
  sal_walk_axis (&walk, h, (gint64[4]){ b * b * w, w });
  sal_walk_axis (&walk, b, (gint64[4]){ b * w, crd ? b * map : b * c * map });
  sal_walk_axis (&walk, w, (gint64[4]){ b, 1 });
  sal_walk_axis (&walk, b, (gint64[4]){ 1, crd ? map : c * map });
  sal_walk_seal (&walk);
  return sal_setup_move (setup, &walk, 0);
}

static gboolean
space_to_depth_setup (SalOpSetup *setup, GError **error)
{
  const SalShape *x = setup->x_shape;
  gint64 b, c, h, w, map;
  SalWalk walk = { .rank = 0 };

  if (!block_setup (setup, &b, error))
    return FALSE;
  if (x->dim[2] % b != 0 || x->dim[3] % b != 0)
    return sal_op_setup_fail (setup, error, SAL_ERROR_SHAPE,
                              "%" PRId64 "×%" PRId64 " pixels do not part into blocks of %" PRId64,
                              x->dim[2], x->dim[3], b);
  c = x->dim[1];
  h = x->dim[2] / b;
  w = x->dim[3] / b;
  map = h * w;
  setup->y_shape[0] = SAL_SHAPE (x->dim[0], c * b * b, h, w);
  if (!sal_shape_check (&setup->y_shape[0], "output", error))
    return FALSE;
  sal_walk_axis (&walk, x->dim[0], (gint64[4]){ c * b * b * map, c * b * b * map });
  sal_walk_axis (&walk, b, (gint64[4]){ b * c * map, b * w });
  sal_walk_axis (&walk, b, (gint64[4]){ c * map, 1 });
  sal_walk_axis (&walk, c, (gint64[4]){ map, b * b * map });
  sal_walk_axis (&walk, h, (gint64[4]){ w, b * b * w });
  sal_walk_axis (&walk, w, (gint64[4]){ 1, b });
  sal_walk_seal (&walk);
  return sal_setup_move (setup, &walk, 0);
}

/* y = x on one side of diagonal k of each matrix, 0 on the other. */
static gboolean
trilu_setup (SalOpSetup *setup, GError **error)
{
  if (!sal_op_expect (setup, "a?i", 1, error))
    return FALSE;
  if (setup->x_shape[0].rank < 2)
    return sal_op_setup_fail (setup, error, SAL_ERROR_SHAPE,
                              "input has %d axes, should have 2 or more", setup->x_shape[0].rank);
  if (sal_op_setup_has (setup, 1) && sal_shape_count (&setup->x_shape[1]) != 1)
    return sal_op_setup_fail (setup, error, SAL_ERROR_SHAPE, "k is no single number");
  setup->y_shape[0] = setup->x_shape[0];
  return TRUE;
}

/* The columns of a row that are kept: from @from, up to but without @to. */
static void
trilu_row (const SalOpArgs *a, gint64 row, gint64 *from, gint64 *to)
{
  const SalShape *x = a->x_shape;
  gint64 width = x->dim[x->rank - 1], i = row % x->dim[x->rank - 2];
  gint64 k = a->n_x > 1 && a->x[1] != NULL ? *sal_x_ints (a, 1) : 0;
  gint64 diagonal = CLAMP (k, -i, width - i) + i;

  if (sal_node_int (a->node, "upper", 1) != 0) {
    *from = diagonal;
    *to = width;
  } else {
    *from = 0;
    *to = k >= width - i ? width : k < -i ? 0 : diagonal + 1;
  }
}

static void
trilu_forward (const SalOpArgs *a)
{
  gint64 width = a->x_shape[0].dim[a->x_shape[0].rank - 1];
  gsize size = sal_type_size (a->x_type[0]);
  const char *x = (gconstpointer) a->x[0];
  char *y = (gpointer) a->y[0];

  memset (y, 0, a->n * size);
  for (gint64 row = 0; row * width < a->n; row++) {
    gint64 from, to;

    trilu_row (a, row, &from, &to);
    memcpy (y + (row * width + from) * size, x + (row * width + from) * size, (to - from) * size);
  }
}

static void
trilu_backward (const SalOpArgs *a)
{
  gint64 width = a->x_shape[0].dim[a->x_shape[0].rank - 1];

  for (gint64 row = 0; row * width < a->n; row++) {
    gint64 from, to;

    trilu_row (a, row, &from, &to);
    for (gint64 i = row * width + from; i < row * width + to; i++)
      a->gx[0][i] += a->gy[0][i];
  }
}

const SalOp sal_ops_layout[] = {
  { "Transpose", 1, SAL_KEEP_NOTHING, transpose_setup, sal_move_forward, sal_move_backward },
  { "Expand", 8, SAL_KEEP_NOTHING, expand_setup, sal_move_forward, sal_move_backward },
  { "Tile", 6, SAL_KEEP_NOTHING, tile_setup, sal_move_forward, sal_move_backward },
  { "DepthToSpace", 1, SAL_KEEP_NOTHING, depth_to_space_setup, sal_move_forward,
    sal_move_backward },
  { "SpaceToDepth", 1, SAL_KEEP_NOTHING, space_to_depth_setup, sal_move_forward,
    sal_move_backward },
  { "Trilu", 14, SAL_KEEP_X (1), trilu_setup, trilu_forward, trilu_backward },
  { NULL },
};
