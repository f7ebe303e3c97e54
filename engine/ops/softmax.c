/* Softmax, LogSoftmax and Hardmax, over one axis or, before opset 13, over all from it on. */
#include "engine/ops/expect.h"
#include "engine/ops/families.h"

#include "engine/base/error.h"

#include <math.h>

/* The elements of a group lie @inner apart, @length of them. */
typedef struct {
  gint64 outer, length, inner;
} Groups;

/* Before opset 13 the tensor counts as a matrix: axes before @axis are rows, the rest columns. */
static gboolean
softmax_setup (SalOpSetup *setup, GError **error)
{
  const SalShape *x = &setup->x_shape[0];
  gboolean flat = setup->node->opset < 13;
  gint64 axis = sal_node_int (setup->node, "axis", flat ? 1 : -1);
  int at = 0;

  if (!sal_op_expect (setup, "f", 1, error))
    return FALSE;
  /* A scalar is one group of one; rows may be all of the axes where the tensor is a matrix. */
  if (x->rank == 0 || (flat && axis == x->rank))
    at = x->rank;
  else if (!sal_op_expect_axis (setup, 0, axis, &at, error))
    return FALSE;
  setup->y_shape[0] = *x;

  Groups *g = sal_op_setup_state (setup, sizeof *g, NULL);
  g->outer = sal_shape_span (x, 0, at);
  if (flat || at == x->rank) {
    g->length = sal_shape_span (x, at, x->rank);
    g->inner = 1;
  } else {
    g->length = x->dim[at];
    g->inner = sal_shape_span (x, at + 1, x->rank);
  }
  return TRUE;
}

static gint64
n_groups (const Groups *g)
{
  return g->length > 0 ? g->outer * g->inner : 0;
}

static gint64
group_start (const Groups *g, gint64 i)
{
  return i / g->inner * g->inner * g->length + i % g->inner;
}

static float
group_max (const Groups *g, const float *x)
{
  float max = x[0];

  for (gint64 j = 1; j < g->length; j++)
    max = fmaxf (max, x[j * g->inner]);
  return max;
}

/* y = exp (x - max) / sum of those;  gx += y · (gy - sum gy · y) */
static void
softmax_forward (const SalOpArgs *a)
{
  const Groups *g = a->state;

  for (gint64 i = 0; i < n_groups (g); i++) {
    const float *x = a->x[0] + group_start (g, i);
    float *y = a->y[0] + group_start (g, i), max = group_max (g, x);
    double sum = 0;

    for (gint64 j = 0; j < g->length; j++)
      sum += y[j * g->inner] = expf (x[j * g->inner] - max);
    for (gint64 j = 0; j < g->length; j++)
      y[j * g->inner] /= sum;
  }
}

static void
softmax_backward (const SalOpArgs *a)
{
  const Groups *g = a->state;

  for (gint64 i = 0; i < n_groups (g); i++) {
    const float *y = a->y[0] + group_start (g, i), *gy = a->gy[0] + group_start (g, i);
    float *gx = a->gx[0] + group_start (g, i);
    double sum = 0;

    for (gint64 j = 0; j < g->length; j++)
      sum += (double) gy[j * g->inner] * y[j * g->inner];
    for (gint64 j = 0; j < g->length; j++)
      gx[j * g->inner] += y[j * g->inner] * (gy[j * g->inner] - sum);
  }
}

/* y = x - max - log sum exp (x - max);  gx += gy - exp (y) · sum gy */
static void
log_softmax_forward (const SalOpArgs *a)
{
  const Groups *g = a->state;

  for (gint64 i = 0; i < n_groups (g); i++) {
    const float *x = a->x[0] + group_start (g, i);
    float *y = a->y[0] + group_start (g, i), max = group_max (g, x);
    double sum = 0;

    for (gint64 j = 0; j < g->length; j++)
      sum += expf (x[j * g->inner] - max);
    sum = log (sum);
    for (gint64 j = 0; j < g->length; j++)
      y[j * g->inner] = x[j * g->inner] - max - sum;
  }
}

static void
log_softmax_backward (const SalOpArgs *a)
{
  const Groups *g = a->state;

  for (gint64 i = 0; i < n_groups (g); i++) {
    const float *y = a->y[0] + group_start (g, i), *gy = a->gy[0] + group_start (g, i);
    float *gx = a->gx[0] + group_start (g, i);
    double sum = 0;

    for (gint64 j = 0; j < g->length; j++)
      sum += gy[j * g->inner];
    for (gint64 j = 0; j < g->length; j++)
      gx[j * g->inner] += gy[j * g->inner] - expf (y[j * g->inner]) * sum;
  }
}

/* y = 1 at the first of the largest, else 0: flat, so there is no backward */
static void
hardmax_forward (const SalOpArgs *a)
{
  const Groups *g = a->state;

  for (gint64 i = 0; i < n_groups (g); i++) {
    const float *x = a->x[0] + group_start (g, i);
    float *y = a->y[0] + group_start (g, i);
    gint64 best = 0;

    for (gint64 j = 0; j < g->length; j++) {
      if (x[j * g->inner] > x[best * g->inner])
        best = j;
      y[j * g->inner] = 0;
    }
    y[best * g->inner] = 1;
  }
}

const SalOp sal_ops_softmax[] = {
  { "Softmax", 1, SAL_KEEP_OUTPUT, softmax_setup, softmax_forward, softmax_backward },
  { "LogSoftmax", 1, SAL_KEEP_OUTPUT, softmax_setup, log_softmax_forward, log_softmax_backward },
  { "Hardmax", 1, SAL_KEEP_NOTHING, softmax_setup, hardmax_forward, NULL },
  { NULL },
};
