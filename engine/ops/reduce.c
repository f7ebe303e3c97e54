/* Reductions over any set of axes.
 *
 * All share one frame: an accumulator in float64 (integers: int64) for each output element lies in
 * scratch, a walk of x and y visits each element of x once, and a last pass turns accumulators into
 * outputs. A reduction over nothing gives what the accumulator starts with. */
#include "engine/base/error.h"
#include "engine/ops/check.h"
#include "engine/ops/expect.h"
#include "engine/ops/families.h"
#include "engine/ops/walk.h"

#include <math.h>
#include <string.h>

/**
 * Reduction:
 * @walk: operand 0 is x, operand 1 is y: its strides are 0 along what is reduced
 * @count: how many elements of x an element of y stands for
 */
typedef struct {
  SalWalk walk;
  gint64 count;
} Reduction;

/* Axes are an attribute up to opset 17 (ReduceSum: 12), an input after. */
static gboolean
reduce (SalOpSetup *setup, int input_from, GError **error)
{
  int opset = setup->node->opset, input = opset < input_from ? -1 : 1;
  gboolean keep = sal_node_int (setup->node, "keepdims", 1) != 0;
  gint64 x_stride[SAL_MAX_RANK], y_stride[SAL_MAX_RANK];
  gboolean chosen[SAL_MAX_RANK];
  const SalShape *x = setup->x_shape;
  SalShape kept = *x;
  Reduction *r;
  const gint64 *axes;
  gint64 n;

  if (!sal_op_expect (setup, input < 0 ? "a" : "a?i", 1, error) ||
      !sal_check_axes_given (setup, "axes", input, &axes, &n, error) ||
      !sal_check_axes (setup, axes, n, x->rank, chosen, error))
    return FALSE;
  /* No axes may mean none: then y = x, whatever the operator is. */
  if (n == 0 && input >= 0 && sal_node_int (setup->node, "noop_with_empty_axes", 0) != 0) {
    setup->y_shape[0] = *x;
    setup->view = TRUE;
    return TRUE;
  }
  r = sal_op_setup_state (setup, sizeof (Reduction), NULL);
  r->count = 1;
  for (int i = 0; i < x->rank; i++) {
    chosen[i] = chosen[i] || n == 0;
    if (chosen[i]) {
      r->count *= x->dim[i];
      kept.dim[i] = 1;
    }
    if (!chosen[i] || keep)
      setup->y_shape[0].dim[setup->y_shape[0].rank++] = kept.dim[i];
  }
  sal_walk_strides (x, x_stride);
  sal_walk_strides (&kept, y_stride);
  for (int i = 0; i < x->rank; i++)
    sal_walk_axis (&r->walk, x->dim[i],
                   (gint64[SAL_WALK_OPERANDS]){ x_stride[i], chosen[i] ? 0 : y_stride[i] });
  sal_walk_seal (&r->walk);
  setup->scratch_bytes = 2 * sizeof (double) * sal_shape_count (&setup->y_shape[0]);
  return TRUE;
}

static gboolean
reduce_setup (SalOpSetup *setup, GError **error)
{
  return reduce (setup, 18, error);
}

static gboolean
reduce_sum_setup (SalOpSetup *setup, GError **error)
{
  return reduce (setup, 13, error);
}

static gboolean
reduce_floats_setup (SalOpSetup *setup, GError **error)
{
  return sal_op_expect (setup, "f?i", 1, error) && reduce_setup (setup, error);
}

/* A function NAME (args, acc) that visits each element X of the input with its accumulator ACC
 * and, under J, the number of its output. A row that goes into one accumulator is taken in four
 * parts, which do not wait for each other: each starts from what changes nothing, and they are
 * combined at the end. */
#define VISIT(name, ctype, acc_type, statement, neutral, combine)                                  \
  static void name (const SalOpArgs *args, acc_type *acc)                                          \
  {                                                                                                \
    const Reduction *r = args->state;                                                              \
    const ctype *x = (gconstpointer) args->x[0];                                                   \
    gint64 n = sal_walk_n (&r->walk), step = sal_walk_step (&r->walk, 1);                          \
    SalWalkAt at;                                                                                  \
                                                                                                   \
    if (!sal_walk_first (&r->walk, &at))                                                           \
      return;                                                                                      \
    do {                                                                                           \
      const ctype *xs = x + at.offset[0];                                                          \
                                                                                                   \
      if (step == 0) {                                                                             \
        acc_type part[4] = { acc[at.offset[1]], neutral, neutral, neutral };                       \
        gint64 i = 0;                                                                              \
                                                                                                   \
        for (; i + 4 <= n; i += 4)                                                                 \
          for (int k = 0; k < 4; k++)                                                              \
            statement (part[k], xs[i + k], at.offset[1]);                                          \
        for (; i < n; i++)                                                                         \
          statement (part[0], xs[i], at.offset[1]);                                                \
        for (int k = 1; k < 4; k++)                                                                \
          combine (part[0], part[k], at.offset[1]);                                                \
        acc[at.offset[1]] = part[0];                                                               \
      } else {                                                                                     \
        for (gint64 i = 0; i < n; i++)                                                             \
          statement (acc[at.offset[1] + i * step], xs[i], at.offset[1] + i * step);                \
      }                                                                                            \
    } while (sal_walk_next (&r->walk, 1, &at));                                                    \
  }

#define PLUS(acc, x, j) acc += x
#define PLUS_WRAP(acc, x, j) acc = (gint64) ((guint64) acc + (guint64) (x))
#define PLUS_ABS(acc, x, j) acc += fabs ((double) x)
#define PLUS_ABS_WRAP(acc, x, j) PLUS_WRAP (acc, (x) < 0 ? 0 - (guint64) (x) : (guint64) (x), j)
#define PLUS_SQUARE(acc, x, j) acc += (double) x * x
#define PLUS_SQUARE_WRAP(acc, x, j) PLUS_WRAP (acc, (guint64) (x) * (guint64) (x), j)
#define TIMES(acc, x, j) acc *= x
#define TIMES_WRAP(acc, x, j) acc = (gint64) ((guint64) acc * (guint64) (x))
/* A NaN stays, as in numpy. */
#define LARGER(acc, x, j) acc = (x) > acc || isnan (x) ? (x) : acc
#define SMALLER(acc, x, j) acc = (x) < acc || isnan (x) ? (x) : acc
#define LARGER_INT(acc, x, j) acc = MAX (acc, x)
#define SMALLER_INT(acc, x, j) acc = MIN (acc, x)
/* y holds the largest element so far; at -inf, or +inf, everything is as far from it as can be. */
#define PLUS_EXP(acc, x, j)                                                                        \
  acc += isinf (args->y[0][j]) ? (x) == args->y[0][j] : exp ((double) (x) -args->y[0][j])

VISIT (visit_sum, float, double, PLUS, 0, PLUS)
VISIT (visit_sum_ints, gint64, gint64, PLUS_WRAP, 0, PLUS_WRAP)
VISIT (visit_abs, float, double, PLUS_ABS, 0, PLUS)
VISIT (visit_abs_ints, gint64, gint64, PLUS_ABS_WRAP, 0, PLUS_WRAP)
VISIT (visit_square, float, double, PLUS_SQUARE, 0, PLUS)
VISIT (visit_square_ints, gint64, gint64, PLUS_SQUARE_WRAP, 0, PLUS_WRAP)
VISIT (visit_prod, float, double, TIMES, 1, TIMES)
VISIT (visit_prod_ints, gint64, gint64, TIMES_WRAP, 1, TIMES_WRAP)
VISIT (visit_max, float, double, LARGER, -INFINITY, LARGER)
VISIT (visit_max_ints, gint64, gint64, LARGER_INT, G_MININT64, LARGER_INT)
VISIT (visit_min, float, double, SMALLER, INFINITY, SMALLER)
VISIT (visit_min_ints, gint64, gint64, SMALLER_INT, G_MAXINT64, SMALLER_INT)
VISIT (visit_exp, float, double, PLUS_EXP, 0, PLUS)

typedef double (*Finish) (double sum, gint64 count);
typedef void (*VisitFloats) (const SalOpArgs *a, double *acc);
typedef void (*VisitInts) (const SalOpArgs *a, gint64 *acc);

static void
reduce_floats (const SalOpArgs *a, double start, VisitFloats visit, Finish finish)
{
  const Reduction *r = a->state;
  double *acc = a->scratch;

  for (gint64 i = 0; i < a->n; i++)
    acc[i] = start;
  visit (a, acc);
  for (gint64 i = 0; i < a->n; i++)
    a->y[0][i] = (float) (finish != NULL ? finish (acc[i], r->count) : acc[i]);
}

static void
reduce_ints (const SalOpArgs *a, gint64 start, VisitInts visit)
{
  for (gint64 i = 0; i < a->n; i++)
    sal_y_ints (a, 0)[i] = start;
  visit (a, sal_y_ints (a, 0));
}

static double
divided (double sum, gint64 count)
{
  return sum / (double) count;
}

static double
root (double sum, gint64 count)
{
  return sqrt (sum);
}

static double
logarithm (double sum, gint64 count)
{
  return log (sum);
}

/* A function NAME (args) that adds VALUE, in terms of x, y, gy and j, to the gradient of each
 * element of the input. */
#define GRADIENT(name, value)                                                                      \
  static void name (const SalOpArgs *args)                                                         \
  {                                                                                                \
    const Reduction *r = args->state;                                                              \
    gint64 n = sal_walk_n (&r->walk), step = sal_walk_step (&r->walk, 1);                          \
    SalWalkAt at;                                                                                  \
                                                                                                   \
    if (!sal_walk_first (&r->walk, &at))                                                           \
      return;                                                                                      \
    do {                                                                                           \
      float *gxs = args->gx[0] + at.offset[0];                                                     \
                                                                                                   \
      for (gint64 i = 0; i < n; i++) {                                                             \
        gint64 j = at.offset[1] + i * step;                                                        \
        float gy = args->gy[0][j];                                                                 \
                                                                                                   \
        gxs[i] += (value);                                                                         \
      }                                                                                            \
    } while (sal_walk_next (&r->walk, 1, &at));                                                    \
  }

#define X args->x[0][at.offset[0] + i]
#define Y args->y[0][j]

/* y = Σ x;  gx += gy */
GRADIENT (sum_backward, gy)

static void
sum_forward (const SalOpArgs *a)
{
  if (a->x_type[0] == SAL_FLOAT)
    reduce_floats (a, 0, visit_sum, NULL);
  else
    reduce_ints (a, 0, visit_sum_ints);
}

/* y = Σ x / n;  gx += gy / n */
GRADIENT (mean_backward, gy / (float) r->count)

static void
mean_forward (const SalOpArgs *a)
{
  const Reduction *r = a->state;

  if (a->x_type[0] == SAL_FLOAT) {
    reduce_floats (a, 0, visit_sum, divided);
    return;
  }
  reduce_ints (a, 0, visit_sum_ints);
  for (gint64 i = 0; i < a->n; i++)
    sal_y_ints (a, 0)[i] /= MAX (r->count, 1);
}

/* y = Σ |x|;  gx += gy · sign x */
GRADIENT (l1_backward, X > 0.f ? gy : X < 0.f ? -gy : 0.f)

static void
l1_forward (const SalOpArgs *a)
{
  if (a->x_type[0] == SAL_FLOAT)
    reduce_floats (a, 0, visit_abs, NULL);
  else
    reduce_ints (a, 0, visit_abs_ints);
}

/* y = √(Σ x²);  gx += gy · x / y, and 0 where all are 0 */
GRADIENT (l2_backward, Y != 0.f ? gy * X / Y : 0.f)

static void
l2_forward (const SalOpArgs *a)
{
  reduce_floats (a, 0, visit_square, root);
}

/* y = Σ x²;  gx += 2 · gy · x */
GRADIENT (sum_square_backward, 2.f * gy * X)

static void
sum_square_forward (const SalOpArgs *a)
{
  if (a->x_type[0] == SAL_FLOAT)
    reduce_floats (a, 0, visit_square, NULL);
  else
    reduce_ints (a, 0, visit_square_ints);
}

/* y = log Σ x;  gx += gy / Σ x */
GRADIENT (log_sum_backward, gy *expf (-Y))

static void
log_sum_forward (const SalOpArgs *a)
{
  reduce_floats (a, 0, visit_sum, logarithm);
}

/* y = log Σ exp x = max x + log Σ exp (x - max x);  gx += gy · exp (x - y) */
GRADIENT (log_sum_exp_backward, isinf (Y) ? 0.f : gy *expf (X - Y))

static void
log_sum_exp_forward (const SalOpArgs *a)
{
  double *sum = (double *) a->scratch + a->n;

  reduce_floats (a, -INFINITY, visit_max, NULL);
  memset (sum, 0, a->n * sizeof (double));
  visit_exp (a, sum);
  for (gint64 i = 0; i < a->n; i++)
    a->y[0][i] = isinf (a->y[0][i]) ? a->y[0][i] : (float) (a->y[0][i] + log (sum[i]));
}

/* y = max x or min x;  gy goes to the first element that is the extreme */
static inline float
claim (const SalOpArgs *a, gint64 j, float x, float gy)
{
  char *taken = a->scratch;

  if (x != a->y[0][j] || taken[j])
    return 0.f;
  taken[j] = 1;
  return gy;
}

GRADIENT (first_backward, claim (args, j, X, gy))

static void
extreme_backward (const SalOpArgs *a)
{
  memset (a->scratch, 0, a->n);
  first_backward (a);
}

static void
max_forward (const SalOpArgs *a)
{
  if (a->x_type[0] == SAL_FLOAT)
    reduce_floats (a, -INFINITY, visit_max, NULL);
  else
    reduce_ints (a, G_MININT64, visit_max_ints);
}

static void
min_forward (const SalOpArgs *a)
{
  if (a->x_type[0] == SAL_FLOAT)
    reduce_floats (a, INFINITY, visit_min, NULL);
  else
    reduce_ints (a, G_MAXINT64, visit_min_ints);
}

/* y = Π x;  gx += gy · product of the others, which is not y / x where an x is 0: the zeros are
 * counted and left out of a product of their own */
#define TIMES_NON_ZERO(acc, x, j) acc *= (x) != 0.f ? (x) : 1.f
#define PLUS_ZERO(acc, x, j) acc += (x) == 0.f

VISIT (visit_non_zero, float, double, TIMES_NON_ZERO, 1, TIMES)
VISIT (visit_zeros, float, double, PLUS_ZERO, 0, PLUS)

static inline double
others (const SalOpArgs *a, float x, gint64 j)
{
  const double *product = a->scratch, *zeros = product + a->n;

  if (zeros[j] - (x == 0.f) > 0)
    return 0;
  return x != 0.f ? product[j] / x : product[j];
}

GRADIENT (others_backward, (float) (gy *others (args, X, j)))

static void
prod_backward (const SalOpArgs *a)
{
  double *product = a->scratch, *zeros = product + a->n;

  for (gint64 i = 0; i < a->n; i++) {
    product[i] = 1;
    zeros[i] = 0;
  }
  visit_non_zero (a, product);
  visit_zeros (a, zeros);
  others_backward (a);
}

static void
prod_forward (const SalOpArgs *a)
{
  if (a->x_type[0] == SAL_FLOAT)
    reduce_floats (a, 1, visit_prod, NULL);
  else
    reduce_ints (a, 1, visit_prod_ints);
}

#define KEEP_BOTH (SAL_KEEP_X (0) | SAL_KEEP_OUTPUT)

const SalOp sal_ops_reduce[] = {
  { "ReduceSum", 1, SAL_KEEP_NOTHING, reduce_sum_setup, sum_forward, sum_backward },
  { "ReduceMean", 1, SAL_KEEP_NOTHING, reduce_setup, mean_forward, mean_backward },
  { "ReduceMax", 1, KEEP_BOTH, reduce_setup, max_forward, extreme_backward },
  { "ReduceMin", 1, KEEP_BOTH, reduce_setup, min_forward, extreme_backward },
  { "ReduceProd", 1, SAL_KEEP_X (0), reduce_setup, prod_forward, prod_backward },
  { "ReduceL1", 1, SAL_KEEP_X (0), reduce_setup, l1_forward, l1_backward },
  { "ReduceL2", 1, KEEP_BOTH, reduce_floats_setup, l2_forward, l2_backward },
  { "ReduceSumSquare", 1, SAL_KEEP_X (0), reduce_setup, sum_square_forward, sum_square_backward },
  { "ReduceLogSum", 1, SAL_KEEP_OUTPUT, reduce_floats_setup, log_sum_forward, log_sum_backward },
  { "ReduceLogSumExp", 1, KEEP_BOTH, reduce_floats_setup, log_sum_exp_forward,
    log_sum_exp_backward },
  { NULL },
};
