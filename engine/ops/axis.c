/* Operators that go along one axis: searching, ordering, running sums, turning around. */
#include "engine/base/error.h"
#include "engine/ops/expect.h"
#include "engine/ops/families.h"

#include <math.h>
#include <string.h>

/* A tensor seen as [outer, dim, inner], the axis in the middle. */
typedef struct {
  gint64 outer, dim, inner;
} Lines;

static Lines
lines_of (const SalShape *shape, int axis)
{
  return (Lines){ sal_shape_span (shape, 0, axis), shape->dim[axis],
                  sal_shape_span (shape, axis + 1, shape->rank) };
}

/* Whether element @i of the input comes before element @j in descending order. A NaN is greater
 * than any number. */
static inline gboolean
is_greater (const SalOpArgs *a, gint64 i, gint64 j)
{
  float x, y;

  if (a->x_type[0] == SAL_INT)
    return sal_x_ints (a, 0)[i] > sal_x_ints (a, 0)[j];
  x = a->x[0][i];
  y = a->x[0][j];
  return x > y || (isnan (x) && !isnan (y));
}

/* Place of the largest or smallest element: the first of several equal ones, or the last. */

static gboolean
arg_setup (SalOpSetup *setup, GError **error)
{
  const SalShape *x = setup->x_shape;
  SalShape *y = setup->y_shape;
  int axis;

  if (!sal_op_expect (setup, "a", 1, error) ||
      !sal_shape_axis (x->rank, sal_node_int (setup->node, "axis", 0), &axis, error))
    return FALSE;
  if (x->dim[axis] == 0 && sal_shape_span (x, 0, axis) * sal_shape_span (x, axis + 1, x->rank) > 0)
    return sal_op_setup_fail (setup, error, SAL_ERROR_SHAPE, "axis %d is empty", axis);
  for (int i = 0; i < x->rank; i++)
    if (i != axis)
      y->dim[y->rank++] = x->dim[i];
    else if (sal_node_int (setup->node, "keepdims", 1) != 0)
      y->dim[y->rank++] = 1;
  setup->y_type[0] = SAL_INT;
  *(Lines *) sal_op_setup_state (setup, sizeof (Lines), NULL) = lines_of (x, axis);
  return TRUE;
}

static void
arg_extreme (const SalOpArgs *a, gboolean greatest)
{
  gboolean last = a->node->opset >= 12 && sal_node_int (a->node, "select_last_index", 0) != 0;
  const Lines *l = a->state;

  for (gint64 o = 0; o < l->outer; o++)
    for (gint64 i = 0; i < l->inner; i++) {
      gint64 start = o * l->dim * l->inner + i, best = 0;

      for (gint64 k = 1; k < l->dim; k++) {
        gint64 this = start + k * l->inner, that = start + best * l->inner;

        if (greatest ? is_greater (a, this, that) : is_greater (a, that, this))
          best = k;
        else if (last && !is_greater (a, this, that) && !is_greater (a, that, this))
          best = k;
      }
      sal_y_ints (a, 0)[o * l->inner + i] = best;
    }
}

static void
arg_max_forward (const SalOpArgs *a)
{
  arg_extreme (a, TRUE);
}

static void
arg_min_forward (const SalOpArgs *a)
{
  arg_extreme (a, FALSE);
}

/* The k largest or smallest along an axis, in order, equal ones by their place. k is an attribute
 * in opset 1, an input from 10 on; forward saves the places, to which gradients go back. */

typedef struct {
  Lines lines;
  gint64 k;
  gboolean largest;
} TopK;

static gboolean
top_k_setup (SalOpSetup *setup, GError **error)
{
  gboolean input = setup->node->opset >= 10;
  const SalShape *x = setup->x_shape;
  gint64 k = sal_node_int (setup->node, "k", -1), n;
  TopK *state;
  int axis;

  if (!sal_op_expect_inputs (setup, input ? "ai" : "a", 2, error) ||
      !sal_shape_axis (x->rank, sal_node_int (setup->node, "axis", -1), &axis, error))
    return FALSE;
  if (input) {
    const gint64 *given = sal_op_setup_ints (setup, 1, &n, error);

    if (given == NULL)
      return FALSE;
    k = n == 1 ? given[0] : -1;
  }
  if (k < 0 || k > x->dim[axis])
    return sal_op_setup_fail (setup, error, SAL_ERROR_SHAPE,
                              "k is %" PRId64 ", the axis has length %" PRId64, k, x->dim[axis]);
  for (int i = 0; i < setup->n_y; i++) {
    setup->y_shape[i] = *x;
    setup->y_shape[i].dim[axis] = k;
  }
  if (setup->n_y > 1)
    setup->y_type[1] = SAL_INT;
  state = sal_op_setup_state (setup, sizeof (TopK), NULL);
  *state =
      (TopK){ .lines = lines_of (x, axis),
              .k = k,
              .largest = setup->node->opset < 11 || sal_node_int (setup->node, "largest", 1) != 0 };
  setup->scratch_bytes = x->dim[axis] * sizeof (gint64);
  setup->saved_bytes = sal_shape_count (&setup->y_shape[0]) * sizeof (gint64);
  return TRUE;
}

static gboolean
comes_first (const SalOpArgs *a, gint64 i, gint64 j)
{
  const TopK *t = a->state;

  if (is_greater (a, i, j))
    return t->largest;
  if (is_greater (a, j, i))
    return !t->largest;
  return i < j;
}

/* Heap of elements of x, the one that comes first on top. */
static void
sift (const SalOpArgs *a, gint64 *heap, gint64 n, gint64 at)
{
  for (;;) {
    gint64 first = at, held;

    for (gint64 child = 2 * at + 1; child <= 2 * at + 2 && child < n; child++)
      if (comes_first (a, heap[child], heap[first]))
        first = child;
    if (first == at)
      return;
    held = heap[at];
    heap[at] = heap[first];
    heap[first] = held;
    at = first;
  }
}

static void
top_k_forward (const SalOpArgs *a)
{
  const TopK *t = a->state;
  const Lines *l = &t->lines;
  gint64 *heap = a->scratch, *saved = a->saved;

  for (gint64 o = 0; o < l->outer; o++)
    for (gint64 i = 0; i < l->inner; i++) {
      gint64 start = o * l->dim * l->inner + i, n = l->dim;

      for (gint64 j = 0; j < n; j++)
        heap[j] = start + j * l->inner;
      for (gint64 j = n / 2 - 1; j >= 0; j--)
        sift (a, heap, n, j);
      for (gint64 j = 0; j < t->k; j++) {
        gint64 to = (o * t->k + j) * l->inner + i;

        saved[to] = heap[0];
        if (a->y[0] != NULL && a->x_type[0] == SAL_FLOAT)
          a->y[0][to] = a->x[0][heap[0]];
        else if (a->y[0] != NULL)
          sal_y_ints (a, 0)[to] = sal_x_ints (a, 0)[heap[0]];
        if (a->n_y > 1 && a->y[1] != NULL)
          sal_y_ints (a, 1)[to] = (heap[0] - start) / l->inner;
        heap[0] = heap[--n];
        sift (a, heap, n, 0);
      }
    }
}

static void
top_k_backward (const SalOpArgs *a)
{
  const gint64 *saved = a->saved;

  for (gint64 i = 0; i < a->n; i++)
    a->gx[0][saved[i]] += a->gy[0][i];
}

/* y[k] = Σ x[j] over j <= k, without j = k if exclusive, from the other end if reverse. The
 * gradient is the same sum the other way round. */

static gboolean
cum_sum_setup (SalOpSetup *setup, GError **error)
{
  const gint64 *given;
  gint64 n;
  int axis;

  if (!sal_op_expect (setup, "ai", 1, error))
    return FALSE;
  given = sal_op_setup_ints (setup, 1, &n, error);
  if (given == NULL)
    return FALSE;
  if (n != 1)
    return sal_op_setup_fail (setup, error, SAL_ERROR_SHAPE,
                              "axis has %" PRId64 " elements, should have 1", n);
  if (!sal_shape_axis (setup->x_shape[0].rank, given[0], &axis, error))
    return FALSE;
  setup->y_shape[0] = setup->x_shape[0];
  *(Lines *) sal_op_setup_state (setup, sizeof (Lines), NULL) = lines_of (setup->x_shape, axis);
  return TRUE;
}

#define RUNNING_SUM(name, ctype, sum_type, statement)                                              \
  static void name (const SalOpArgs *args, ctype *to, const ctype *from, gboolean reverse)         \
  {                                                                                                \
    const Lines *l = args->state;                                                                  \
    gboolean exclusive = sal_node_int (args->node, "exclusive", 0) != 0;                           \
                                                                                                   \
    for (gint64 o = 0; o < l->outer; o++)                                                          \
      for (gint64 i = 0; i < l->inner; i++) {                                                      \
        sum_type sum = 0;                                                                          \
                                                                                                   \
        for (gint64 j = 0; j < l->dim; j++) {                                                      \
          gint64 k = (o * l->dim + (reverse ? l->dim - 1 - j : j)) * l->inner + i;                 \
          sum_type before = sum;                                                                   \
                                                                                                   \
          sum += (sum_type) from[k];                                                               \
          to[k] statement (ctype) (exclusive ? before : sum);                                      \
        }                                                                                          \
      }                                                                                            \
  }

RUNNING_SUM (sum_floats, float, double, =)
RUNNING_SUM (sum_ints, gint64, guint64, =)
RUNNING_SUM (add_sums, float, double, +=)

static void
cum_sum_forward (const SalOpArgs *a)
{
  gboolean reverse = sal_node_int (a->node, "reverse", 0) != 0;

  if (a->x_type[0] == SAL_FLOAT)
    sum_floats (a, a->y[0], a->x[0], reverse);
  else
    sum_ints (a, sal_y_ints (a, 0), sal_x_ints (a, 0), reverse);
}

static void
cum_sum_backward (const SalOpArgs *a)
{
  add_sums (a, a->gx[0], a->gy[0], sal_node_int (a->node, "reverse", 0) == 0);
}

/* Of each sequence in a batch, turns around as many steps as it is long; the rest stays. */

typedef struct {
  gint64 steps, batch, inner;
  gboolean time_first;
} Sequences;

static gboolean
reverse_sequence_setup (SalOpSetup *setup, GError **error)
{
  gint64 time_axis = sal_node_int (setup->node, "time_axis", 0);
  gint64 batch_axis = sal_node_int (setup->node, "batch_axis", 1);
  const SalShape *x = setup->x_shape;
  Sequences *s;

  if (!sal_op_expect (setup, "ai", 1, error))
    return FALSE;
  if (x->rank < 2 || MIN (time_axis, batch_axis) != 0 || MAX (time_axis, batch_axis) != 1)
    return sal_op_setup_fail (setup, error, SAL_ERROR_FORMAT,
                              "time_axis is %" PRId64 ", batch_axis is %" PRId64
                              " of %d axes, should be 0 and 1 or 1 and 0",
                              time_axis, batch_axis, x->rank);
  if (sal_shape_count (&setup->x_shape[1]) != x->dim[batch_axis])
    return sal_op_setup_fail (setup, error, SAL_ERROR_SHAPE,
                              "%" PRId64 " lengths for a batch of %" PRId64,
                              sal_shape_count (&setup->x_shape[1]), x->dim[batch_axis]);
  setup->y_shape[0] = *x;
  s = sal_op_setup_state (setup, sizeof (Sequences), NULL);
  *s = (Sequences){ .steps = x->dim[time_axis],
                    .batch = x->dim[batch_axis],
                    .inner = sal_shape_span (x, 2, x->rank),
                    .time_first = time_axis == 0 };
  return TRUE;
}

/* Where block (step, sequence) begins, and the block that is turned into its place. */
static void
turned (const SalOpArgs *a, gint64 t, gint64 b, gint64 *to, gint64 *from)
{
  const Sequences *s = a->state;
  gint64 length = CLAMP (sal_x_ints (a, 1)[b], 0, s->steps);
  gint64 u = t < length ? length - 1 - t : t;

  *to = (s->time_first ? t * s->batch + b : b * s->steps + t) * s->inner;
  *from = (s->time_first ? u * s->batch + b : b * s->steps + u) * s->inner;
}

static void
reverse_sequence_forward (const SalOpArgs *a)
{
  const Sequences *s = a->state;
  gsize size = sal_type_size (a->x_type[0]);

  for (gint64 t = 0; t < s->steps; t++)
    for (gint64 b = 0; b < s->batch; b++) {
      gint64 to, from;

      turned (a, t, b, &to, &from);
      memcpy ((char *) a->y[0] + to * size, (const char *) a->x[0] + from * size, s->inner * size);
    }
}

static void
reverse_sequence_backward (const SalOpArgs *a)
{
  const Sequences *s = a->state;

  for (gint64 t = 0; t < s->steps; t++)
    for (gint64 b = 0; b < s->batch; b++) {
      gint64 to, from;

      turned (a, t, b, &to, &from);
      for (gint64 i = 0; i < s->inner; i++)
        a->gx[0][from + i] += a->gy[0][to + i];
    }
}

const SalOp sal_ops_axis[] = {
  { "ArgMax", 1, SAL_KEEP_NOTHING, arg_setup, arg_max_forward, NULL },
  { "ArgMin", 1, SAL_KEEP_NOTHING, arg_setup, arg_min_forward, NULL },
  { "TopK", 1, SAL_KEEP_NOTHING, top_k_setup, top_k_forward, top_k_backward },
  { "CumSum", 11, SAL_KEEP_NOTHING, cum_sum_setup, cum_sum_forward, cum_sum_backward },
  { "ReverseSequence", 10, SAL_KEEP_X (1), reverse_sequence_setup, reverse_sequence_forward,
    reverse_sequence_backward },
  { NULL },
};
