/* Operators that take a tensor apart along an axis, or put several together. */
#include "engine/base/error.h"
#include "engine/ops/check.h"
#include "engine/ops/expect.h"
#include "engine/ops/families.h"
#include "engine/ops/move.h"

#include <string.h>

/* Starts, ends and axes are attributes in opset 1, inputs from opset 10 on, where steps joined. */

typedef struct {
  const gint64 *starts, *ends, *axes, *steps;
  gint64 n, n_axes, n_steps;
} Range;

static gboolean
range_read (const SalOpSetup *setup, Range *r, GError **error)
{
  gint64 n_ends;

  *r = (Range){ .n = 0 };
  if (setup->node->opset < 10) {
    gsize n, m, k;

    r->starts = sal_node_ints (setup->node, "starts", &n);
    r->ends = sal_node_ints (setup->node, "ends", &m);
    r->axes = sal_node_ints (setup->node, "axes", &k);
    r->n = n;
    n_ends = m;
    r->n_axes = k;
  } else {
    r->starts = sal_op_setup_ints (setup, 1, &r->n, error);
    if (r->starts == NULL)
      return FALSE;
    r->ends = sal_op_setup_ints (setup, 2, &n_ends, error);
    if (r->ends == NULL)
      return FALSE;
    if (sal_op_setup_has (setup, 3)) {
      r->axes = sal_op_setup_ints (setup, 3, &r->n_axes, error);
      if (r->axes == NULL)
        return FALSE;
    }
    if (sal_op_setup_has (setup, 4)) {
      r->steps = sal_op_setup_ints (setup, 4, &r->n_steps, error);
      if (r->steps == NULL)
        return FALSE;
    }
  }
  if (n_ends != r->n || (r->axes != NULL && r->n_axes != r->n) ||
      (r->steps != NULL && r->n_steps != r->n))
    return sal_op_setup_fail (setup, error, SAL_ERROR_FORMAT,
                              "starts, ends, axes and steps differ in length");
  return TRUE;
}

static gboolean
slice_setup (SalOpSetup *setup, GError **error)
{
  const SalShape *x = setup->x_shape;
  gint64 start[SAL_MAX_RANK] = { 0 }, step[SAL_MAX_RANK], x_stride[SAL_MAX_RANK];
  gint64 y_stride[SAL_MAX_RANK], offset = 0;
  gboolean taken[SAL_MAX_RANK] = { FALSE };
  SalShape *y = setup->y_shape;
  SalWalk walk = { .rank = 0 };
  Range r;

  if (!sal_op_expect (setup, setup->node->opset < 10 ? "a" : "aii?ii", 1, error) ||
      !range_read (setup, &r, error))
    return FALSE;
  *y = *x;
  for (int i = 0; i < x->rank; i++)
    step[i] = 1;
  for (gint64 i = 0; i < r.n; i++) {
    /* A step beyond the longest axis there can be takes one element, whichever it is. */
    gint64 by = r.steps != NULL ? CLAMP (r.steps[i], -G_MAXINT64 / 2, G_MAXINT64 / 2) : 1;
    gint64 from = r.starts[i], to = r.ends[i], dim;
    int axis;

    if (!sal_shape_axis (x->rank, r.axes != NULL ? r.axes[i] : i, &axis, error))
      return FALSE;
    if (taken[axis])
      return sal_op_setup_fail (setup, error, SAL_ERROR_FORMAT, "axis %d is sliced twice", axis);
    if (by == 0)
      return sal_op_setup_fail (setup, error, SAL_ERROR_FORMAT, "step of axis %d is 0", axis);
    taken[axis] = TRUE;
    dim = x->dim[axis];
    from = from < 0 ? from + dim : from;
    to = to < 0 ? to + dim : to;
    if (by > 0) {
      from = CLAMP (from, 0, dim);
      to = CLAMP (to, 0, dim);
      y->dim[axis] = to > from ? (to - from - 1) / by + 1 : 0;
    } else {
      from = dim > 0 ? CLAMP (from, 0, dim - 1) : -1;
      to = CLAMP (to, -1, dim - 1);
      y->dim[axis] = from > to ? (from - to - 1) / -by + 1 : 0;
    }
    start[axis] = y->dim[axis] > 0 ? from : 0;
    step[axis] = y->dim[axis] > 1 ? by : 1;
  }
  sal_walk_strides (x, x_stride);
  sal_walk_strides (y, y_stride);
  for (int i = 0; i < x->rank; i++) {
    offset += start[i] * x_stride[i];
    sal_walk_axis (&walk, y->dim[i],
                   (gint64[SAL_WALK_OPERANDS]){ y_stride[i], x_stride[i] * step[i] });
  }
  sal_walk_seal (&walk);
  return sal_setup_move (setup, &walk, offset);
}

/* Split and Concat: a whole of [outer, row] whose rows are made of the rows of the parts. */

typedef struct {
  gint64 outer, row;
  gint64 begin[]; /* of each part's rows in those of the whole, and where the last one ends */
} Parts;

static Parts *
parts_new (SalOpSetup *setup, const SalShape *whole, int axis, int n)
{
  Parts *parts = sal_op_setup_state (setup, sizeof (Parts) + (n + 1) * sizeof (gint64), NULL);

  parts->outer = sal_shape_span (whole, 0, axis);
  parts->row = sal_shape_span (whole, axis, whole->rank);
  return parts;
}

static void
copy_rows (char *to, gint64 to_row, const char *from, gint64 from_row, gint64 outer, gsize bytes)
{
  for (gint64 o = 0; o < outer; o++)
    memcpy (to + o * to_row, from + o * from_row, bytes);
}

static void
add_rows (float *to, gint64 to_row, const float *from, gint64 from_row, gint64 outer, gint64 n)
{
  for (gint64 o = 0; o < outer; o++)
    for (gint64 i = 0; i < n; i++)
      to[o * to_row + i] += from[o * from_row + i];
}

/* Lengths are an attribute up to opset 12 and an input from 13 on; without them the parts are
 * equal, and from opset 18 on the last may be shorter. */
static gboolean
split_setup (SalOpSetup *setup, GError **error)
{
  const SalShape *x = setup->x_shape;
  int opset = setup->node->opset, axis;
  const gint64 *lengths = NULL;
  gint64 n = 0, begin = 0, dim, equal, inner;
  Parts *parts;

  if (!sal_op_expect_inputs (setup, opset < 13 ? "a" : "a?i", SAL_MAX_OUTPUTS, error) ||
      !sal_op_expect_axis (setup, 0, sal_node_int (setup->node, "axis", 0), &axis, error) ||
      !sal_check_axes_given (setup, "split", opset < 13 ? -1 : 1, &lengths, &n, error))
    return FALSE;
  dim = x->dim[axis];
  if (lengths != NULL && n != setup->n_y)
    return sal_op_setup_fail (setup, error, SAL_ERROR_FORMAT,
                              "into %" PRId64 " parts, but there are %d outputs", n, setup->n_y);
  if (lengths == NULL && sal_node_int (setup->node, "num_outputs", setup->n_y) != setup->n_y)
    return sal_op_setup_fail (setup, error, SAL_ERROR_FORMAT,
                              "num_outputs is %" PRId64 ", there are %d outputs",
                              sal_node_int (setup->node, "num_outputs", setup->n_y), setup->n_y);
  if (lengths == NULL && opset < 18 && dim % setup->n_y != 0)
    return sal_op_setup_fail (setup, error, SAL_ERROR_SHAPE,
                              "length %" PRId64 " does not part into %d", dim, setup->n_y);
  equal = (dim + setup->n_y - 1) / setup->n_y;
  inner = sal_shape_span (x, axis + 1, x->rank);
  parts = parts_new (setup, x, axis, setup->n_y);
  for (int i = 0; i < setup->n_y; i++) {
    gint64 length = lengths != NULL ? lengths[i] : MIN (equal, dim - begin);

    if (length < 0 || length > dim - begin)
      return sal_op_setup_fail (setup, error, SAL_ERROR_SHAPE,
                                "part %d has length %" PRId64 ", %" PRId64 " are left", i, length,
                                dim - begin);
    setup->y_shape[i] = *x;
    setup->y_shape[i].dim[axis] = length;
    begin += length;
    parts->begin[i + 1] = begin * inner;
  }
  if (begin != dim)
    return sal_op_setup_fail (setup, error, SAL_ERROR_SHAPE,
                              "parts have length %" PRId64 " in all, input has %" PRId64, begin,
                              dim);
  return TRUE;
}

static void
split_forward (const SalOpArgs *a)
{
  gsize size = sal_type_size (a->x_type[0]);
  const Parts *p = a->state;

  for (int i = 0; i < a->n_y; i++) {
    gsize row = (p->begin[i + 1] - p->begin[i]) * size;

    if (a->y[i] != NULL)
      copy_rows ((char *) a->y[i], row, (const char *) a->x[0] + p->begin[i] * size, p->row * size,
                 p->outer, row);
  }
}

static void
split_backward (const SalOpArgs *a)
{
  const Parts *p = a->state;

  for (int i = 0; i < a->n_y; i++) {
    gint64 row = p->begin[i + 1] - p->begin[i];

    if (a->gy[i] != NULL)
      add_rows (a->gx[0] + p->begin[i], p->row, a->gy[i], row, p->outer, row);
  }
}

static gboolean
concat_setup (SalOpSetup *setup, GError **error)
{
  const SalShape *first = setup->x_shape;
  SalShape *y = setup->y_shape;
  Parts *parts;
  int axis;

  if (!sal_op_expect (setup, "a*", 1, error))
    return FALSE;
  if (setup->node->opset >= 4 && !sal_node_has (setup->node, "axis"))
    return sal_op_setup_fail (setup, error, SAL_ERROR_FORMAT, "axis is missing");
  if (!sal_op_expect_axis (setup, 0, sal_node_int (setup->node, "axis", 1), &axis, error))
    return FALSE;
  *y = *first;
  for (int i = 1; i < setup->n_x; i++) {
    const SalShape *x = &setup->x_shape[i];
    gboolean fits = x->rank == first->rank;

    for (int j = 0; fits && j < x->rank; j++)
      fits = j == axis || x->dim[j] == first->dim[j];
    if (!fits) {
      g_autofree char *a = sal_shape_to_string (first), *b = sal_shape_to_string (x);

      return sal_op_setup_fail (setup, error, SAL_ERROR_SHAPE,
                                "input 0 is %s, input %d is %s: they differ outside axis %d", a, i,
                                b, axis);
    }
    if (!sal_check_same_type (setup, 0, i, error))
      return FALSE;
    y->dim[axis] += x->dim[axis];
    if (!sal_shape_check (y, "output", error))
      return FALSE;
  }
  parts = parts_new (setup, y, axis, setup->n_x);
  for (int i = 0; i < setup->n_x; i++)
    parts->begin[i + 1] = parts->begin[i] + sal_shape_span (&setup->x_shape[i], axis, first->rank);
  return TRUE;
}

static void
concat_forward (const SalOpArgs *a)
{
  gsize size = sal_type_size (a->x_type[0]);
  const Parts *p = a->state;

  for (int i = 0; i < a->n_x; i++) {
    gsize row = (p->begin[i + 1] - p->begin[i]) * size;

    copy_rows ((char *) a->y[0] + p->begin[i] * size, p->row * size, (const char *) a->x[i], row,
               p->outer, row);
  }
}

static void
concat_backward (const SalOpArgs *a)
{
  const Parts *p = a->state;

  for (int i = 0; i < a->n_x; i++) {
    gint64 row = p->begin[i + 1] - p->begin[i];

    if (a->gx[i] != NULL)
      add_rows (a->gx[i], row, a->gy[0] + p->begin[i], p->row, p->outer, row);
  }
}

const SalOp sal_ops_slice[] = {
  { "Slice", 1, SAL_KEEP_NOTHING, slice_setup, sal_move_forward, sal_move_backward },
  { "Split", 2, SAL_KEEP_NOTHING, split_setup, split_forward, split_backward },
  { "Concat", 1, SAL_KEEP_NOTHING, concat_setup, concat_forward, concat_backward },
  { NULL },
};
