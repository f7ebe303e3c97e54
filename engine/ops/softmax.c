/* Softmax, LogSoftmax and Hardmax, over one axis or, before opset 13, over all from it on. */
#include "engine/ops/softmax.h"
#include "engine/base/clones.h"
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
  setup->scratch_bytes = 2 * g->length * sizeof (float);
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

/* Groups that are not contiguous are taken through scratch memory, two rows of it, so that the
 * loops over a group are the same, and fast, for all. */
static const float *
group_read (const Groups *g, const float *from, float *row)
{
  if (g->inner == 1)
    return from;
  for (gint64 j = 0; j < g->length; j++)
    row[j] = from[j * g->inner];
  return row;
}

/* y = exp (x - max) / sum of those;  gx += y · (gy - sum gy · y) */
SAL_CLONES static void
softmax_forward (const SalOpArgs *a)
{
  const Groups *g = a->state;

  for (gint64 i = 0; i < n_groups (g); i++) {
    gint64 start = group_start (g, i);
    const float *x = group_read (g, a->x[0] + start, a->scratch);
    float *y = a->y[0] + start, *row = g->inner == 1 ? y : a->scratch;

    sal_softmax_row (x, row, g->length);
    for (gint64 j = 0; j < g->length && g->inner > 1; j++)
      y[j * g->inner] = row[j];
  }
}

SAL_CLONES static void
softmax_backward (const SalOpArgs *a)
{
  const Groups *g = a->state;
  float *scratch = a->scratch;

  for (gint64 i = 0; i < n_groups (g); i++) {
    gint64 start = group_start (g, i);
    const float *y = group_read (g, a->y[0] + start, scratch);
    const float *gy = group_read (g, a->gy[0] + start, scratch + g->length);
    float *gx = a->gx[0] + start, sum = sal_dot (gy, y, 0, g->length);

    if (g->inner == 1)
      for (gint64 j = 0; j < g->length; j++)
        gx[j] += y[j] * (gy[j] - sum);
    else
      for (gint64 j = 0; j < g->length; j++)
        gx[j * g->inner] += y[j] * (gy[j] - sum);
  }
}

/* y = x - max - log sum exp (x - max);  gx += gy - exp (y) · sum gy */
SAL_CLONES static void
log_softmax_forward (const SalOpArgs *a)
{
  const Groups *g = a->state;
  float *scratch = a->scratch;

  for (gint64 i = 0; i < n_groups (g); i++) {
    gint64 start = group_start (g, i);
    const float *x = group_read (g, a->x[0] + start, scratch);
    float *y = a->y[0] + start, *e = scratch + g->length, max = sal_largest (x, g->length);
    double shift;

    for (gint64 j = 0; j < g->length; j++)
      e[j] = sal_v_exp (x[j] - max);
    shift = log (sal_sum (e, g->length));
    for (gint64 j = 0; j < g->length; j++)
      y[j * g->inner] = x[j] - max - shift;
  }
}

SAL_CLONES static void
log_softmax_backward (const SalOpArgs *a)
{
  const Groups *g = a->state;
  float *scratch = a->scratch;

  for (gint64 i = 0; i < n_groups (g); i++) {
    gint64 start = group_start (g, i);
    const float *y = group_read (g, a->y[0] + start, scratch);
    const float *gy = group_read (g, a->gy[0] + start, scratch + g->length);
    float *gx = a->gx[0] + start, sum = sal_sum (gy, g->length);

    if (g->inner == 1)
      for (gint64 j = 0; j < g->length; j++)
        gx[j] += gy[j] - sal_v_exp (y[j]) * sum;
    else
      for (gint64 j = 0; j < g->length; j++)
        gx[j * g->inner] += gy[j] - sal_v_exp (y[j]) * sum;
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
