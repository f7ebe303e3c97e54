/* Normalisation along chosen axes, without scale: MeanVarianceNormalization, LpNormalization.
 *
 * A tensor falls into groups, one for each place on the axes not chosen. A group's elements need
 * not be neighbours, so each is gathered into a row of scratch memory first. */
#include "engine/ops/expect.h"
#include "engine/ops/families.h"
#include "engine/ops/walk.h"

#include "engine/base/error.h"

#include <math.h>

typedef struct {
  SalWalk groups; /* first elements of the groups */
  SalWalk within; /* elements of one group from its first */
  gint64 n, length;
  int p;
} Groups;

static Groups *
make_groups (SalOpSetup *setup, const gboolean *chosen)
{
  const SalShape *x = &setup->x_shape[0];
  Groups *g = sal_op_setup_state (setup, sizeof *g, NULL);
  gint64 stride[SAL_MAX_RANK];

  g->n = g->length = 1;
  sal_walk_strides (x, stride);
  for (int i = 0; i < x->rank; i++) {
    sal_walk_axis (chosen[i] ? &g->within : &g->groups, x->dim[i],
                   (const gint64[SAL_WALK_OPERANDS]){ stride[i] });
    *(chosen[i] ? &g->length : &g->n) *= x->dim[i];
  }
  sal_walk_seal (&g->groups);
  sal_walk_seal (&g->within);
  setup->y_shape[0] = *x;
  setup->scratch_bytes = 2 * g->length * sizeof (float);
  return g;
}

/* Steps through the groups: @at->offset[0] is where group @i starts. */
static gboolean
first_group (const Groups *g, gint64 *i, SalWalkAt *at)
{
  *i = 0;
  return g->length > 0 && sal_walk_first (&g->groups, at);
}

static gboolean
next_group (const Groups *g, gint64 *i, SalWalkAt *at)
{
  ++*i;
  return sal_walk_next (&g->groups, 0, at);
}

static void
gather (const Groups *g, const float *x, float *row)
{
  gint64 n = sal_walk_n (&g->within), step = sal_walk_step (&g->within, 0);
  SalWalkAt at;

  sal_walk_first (&g->within, &at);
  do
    for (gint64 i = 0; i < n; i++)
      *row++ = x[at.offset[0] + i * step];
  while (sal_walk_next (&g->within, 1, &at));
}

static void
scatter (const Groups *g, const float *row, gboolean add, float *y)
{
  gint64 n = sal_walk_n (&g->within), step = sal_walk_step (&g->within, 0);
  SalWalkAt at;

  sal_walk_first (&g->within, &at);
  do
    for (gint64 i = 0; i < n; i++) {
      float *element = &y[at.offset[0] + i * step];

      *element = *row++ + (add ? *element : 0.f);
    }
  while (sal_walk_next (&g->within, 1, &at));
}

/* y = (x - mean) / (s + 1e-9) with the standard deviation s; ONNX's own definition adds the small
 * number to s and not to the variance.
 * gx += (gy - mean gy - (x - mean) / s · mean (gy · y)) / (s + 1e-9) */
static const double tiny = 1e-9;

static gboolean
mean_variance_setup (SalOpSetup *setup, GError **error)
{
  static const gint64 images[] = { 0, 2, 3 };
  gboolean chosen[SAL_MAX_RANK] = { FALSE };
  gsize n;
  const gint64 *axes = sal_node_ints (setup->node, "axes", &n);

  if (!sal_op_expect (setup, "f", 1, error))
    return FALSE;
  if (!sal_node_has (setup->node, "axes")) {
    axes = images;
    n = G_N_ELEMENTS (images);
  }
  for (gsize i = 0; i < n; i++) {
    int axis;

    if (!sal_op_expect_axis (setup, 0, axes[i], &axis, error))
      return FALSE;
    chosen[axis] = TRUE;
  }
  setup->saved_bytes = make_groups (setup, chosen)->n * 2 * sizeof (double);
  return TRUE;
}

static void
mean_variance_forward (const SalOpArgs *a)
{
  const Groups *g = a->state;
  double *saved = a->saved;
  float *x = a->scratch;
  SalWalkAt at;
  gint64 i;

  if (first_group (g, &i, &at))
    do {
      double mean = 0, square = 0;

      gather (g, a->x[0] + at.offset[0], x);
      for (gint64 j = 0; j < g->length; j++)
        mean += x[j];
      mean /= g->length;
      for (gint64 j = 0; j < g->length; j++)
        square += (x[j] - mean) * (x[j] - mean);
      saved[2 * i] = mean;
      saved[2 * i + 1] = sqrt (square / g->length);
      for (gint64 j = 0; j < g->length; j++)
        x[j] = (x[j] - mean) / (saved[2 * i + 1] + tiny);
      scatter (g, x, FALSE, a->y[0] + at.offset[0]);
    } while (next_group (g, &i, &at));
}

static void
mean_variance_backward (const SalOpArgs *a)
{
  const Groups *g = a->state;
  const double *saved = a->saved;
  float *x = a->scratch, *gy = x + g->length;
  SalWalkAt at;
  gint64 i;

  if (first_group (g, &i, &at))
    do {
      double mean = saved[2 * i], s = saved[2 * i + 1], sum = 0, product = 0;

      gather (g, a->x[0] + at.offset[0], x);
      gather (g, a->gy[0] + at.offset[0], gy);
      for (gint64 j = 0; j < g->length; j++) {
        sum += gy[j];
        product += gy[j] * (x[j] - mean);
      }
      sum /= g->length;
      product = s > 0 ? product / g->length / (s + tiny) / s : 0;
      for (gint64 j = 0; j < g->length; j++)
        gy[j] = (gy[j] - sum - product * (x[j] - mean)) / (s + tiny);
      scatter (g, gy, TRUE, a->gx[0] + at.offset[0]);
    } while (next_group (g, &i, &at));
}

/* y = x / |x|_p, 0 where the whole group is 0.  With the norm's slope u = y (p = 2) or sign x
 * (p = 1):  gx += (gy - u · sum (gy · y)) / |x|_p */
static gboolean
lp_normalization_setup (SalOpSetup *setup, GError **error)
{
  gboolean chosen[SAL_MAX_RANK] = { FALSE };
  gint64 p = sal_node_int (setup->node, "p", 2);
  int axis;

  if (!sal_op_expect (setup, "f", 1, error) ||
      !sal_op_expect_axis (setup, 0, sal_node_int (setup->node, "axis", -1), &axis, error))
    return FALSE;
  if (p != 1 && p != 2)
    return sal_op_setup_fail (setup, error, SAL_ERROR_FORMAT, "p is %" PRId64 ", not 1 or 2", p);
  chosen[axis] = TRUE;
  Groups *g = make_groups (setup, chosen);
  g->p = (int) p;
  setup->saved_bytes = g->n * sizeof (double);
  return TRUE;
}

static void
lp_normalization_forward (const SalOpArgs *a)
{
  const Groups *g = a->state;
  double *norms = a->saved;
  float *x = a->scratch;
  SalWalkAt at;
  gint64 i;

  if (first_group (g, &i, &at))
    do {
      double norm = 0;

      gather (g, a->x[0] + at.offset[0], x);
      for (gint64 j = 0; j < g->length; j++)
        norm += g->p == 1 ? fabs ((double) x[j]) : (double) x[j] * x[j];
      norms[i] = norm = g->p == 1 ? norm : sqrt (norm);
      for (gint64 j = 0; j < g->length; j++)
        x[j] = norm != 0 ? x[j] / norm : 0;
      scatter (g, x, FALSE, a->y[0] + at.offset[0]);
    } while (next_group (g, &i, &at));
}

static void
lp_normalization_backward (const SalOpArgs *a)
{
  const Groups *g = a->state;
  const double *norms = a->saved;
  float *y = a->scratch, *gy = y + g->length;
  SalWalkAt at;
  gint64 i;

  if (first_group (g, &i, &at))
    do {
      double product = 0;

      if (norms[i] == 0)
        continue;
      gather (g, a->y[0] + at.offset[0], y);
      gather (g, a->gy[0] + at.offset[0], gy);
      for (gint64 j = 0; j < g->length; j++)
        product += (double) gy[j] * y[j];
      for (gint64 j = 0; j < g->length; j++) {
        double slope = g->p == 2 ? y[j] : (y[j] > 0) - (y[j] < 0);

        gy[j] = (gy[j] - slope * product) / norms[i];
      }
      scatter (g, gy, TRUE, a->gx[0] + at.offset[0]);
    } while (next_group (g, &i, &at));
}

const SalOp sal_ops_axis_norm[] = {
  { "MeanVarianceNormalization", 9, SAL_KEEP_X (0), mean_variance_setup, mean_variance_forward,
    mean_variance_backward },
  { "LpNormalization", 1, SAL_KEEP_OUTPUT, lp_normalization_setup, lp_normalization_forward,
    lp_normalization_backward },
  { NULL },
};
