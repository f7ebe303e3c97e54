/* Normalisation with statistics that are given or local: BatchNormalization and LRN. */
#include "engine/base/clones.h"
#include "engine/ops/expect.h"
#include "engine/ops/families.h"

#include "engine/base/error.h"

#include <math.h>

/* y = scale · (x - mean) / √(var + ε) + bias, one of each a channel */
typedef struct {
  gint64 N, C, plane;
  float epsilon;
} BatchNorm;

static gboolean
batch_norm_setup (SalOpSetup *setup, GError **error)
{
  const SalShape *x = &setup->x_shape[0];
  int opset = setup->node->opset;

  if (!sal_op_expect (setup, "fffff", 5, error) ||
      !sal_op_expect_rank (setup, 0, 1, SAL_MAX_RANK, error))
    return FALSE;
  if (opset >= 14 && sal_node_int (setup->node, "training_mode", 0) != 0)
    return sal_op_setup_fail (setup, error, SAL_ERROR_UNSUPPORTED,
                              "training_mode is 1: statistics of the batch are not supported");
  for (int i = 1; i < setup->n_y; i++)
    if (sal_op_wants (setup->node, i))
      return sal_op_setup_fail (setup, error, SAL_ERROR_UNSUPPORTED,
                                "output %d exists in training only", i);
  if (opset < 9 && sal_node_int (setup->node, "spatial", 1) == 0)
    return sal_op_setup_fail (setup, error, SAL_ERROR_UNSUPPORTED,
                              "spatial is 0: statistics per element are not supported");

  BatchNorm *b = sal_op_setup_state (setup, sizeof *b, NULL);
  b->N = x->dim[0];
  b->C = x->rank > 1 ? x->dim[1] : 1;
  b->plane = sal_shape_span (x, 2, x->rank);
  b->epsilon = sal_node_float (setup->node, "epsilon", 1e-5f);
  for (int i = 1; i < 5; i++)
    if (!sal_op_expect_shape (setup, i, &SAL_SHAPE (b->C), error))
      return FALSE;
  setup->y_shape[0] = *x;
  /* The input is read only for the gradients of the scale and of the variance. */
  if (setup->x_value[1] != NULL && setup->x_value[4] != NULL)
    setup->keep &= ~SAL_KEEP_X (0);
  sal_op_count (setup, sal_shape_count (x));
  return TRUE;
}

static void
batch_norm_forward (const SalOpArgs *a)
{
  const BatchNorm *b = a->state;

  for (gint64 nc = 0; nc < b->N * b->C; nc++) {
    gint64 c = nc % b->C;
    double slope = a->x[1][c] / sqrt ((double) a->x[4][c] + b->epsilon);
    float m = slope, t = a->x[2][c] - slope * a->x[3][c];
    const float *x = a->x[0] + nc * b->plane;
    float *y = a->y[0] + nc * b->plane;

    for (gint64 i = 0; i < b->plane; i++)
      y[i] = m * x[i] + t;
  }
}

/* With r = 1 / √(var + ε):  gx += gy · scale · r;  gscale += Σ gy · (x - mean) · r;  gbias += Σ gy;
 * gmean -= Σ gy · scale · r;  gvar -= ½ Σ gy · scale · (x - mean) · r³ */
static void
batch_norm_backward (const SalOpArgs *a)
{
  const BatchNorm *b = a->state;
  gboolean moment = a->gx[1] != NULL || a->gx[4] != NULL;

  for (gint64 nc = 0; nc < b->N * b->C; nc++) {
    gint64 c = nc % b->C;
    double r = 1 / sqrt ((double) a->x[4][c] + b->epsilon), slope = a->x[1][c] * r;
    const float *gy = a->gy[0] + nc * b->plane;
    double sum = 0, product = 0;

    if (a->gx[0] != NULL) {
      float *gx = a->gx[0] + nc * b->plane, m = slope;

      for (gint64 i = 0; i < b->plane; i++)
        gx[i] += m * gy[i];
    }
    if (a->gx[2] != NULL || a->gx[3] != NULL)
      for (gint64 i = 0; i < b->plane; i++)
        sum += gy[i];
    if (moment) {
      const float *x = a->x[0] + nc * b->plane;

      for (gint64 i = 0; i < b->plane; i++)
        product += gy[i] * ((double) x[i] - a->x[3][c]);
    }
    if (a->gx[1] != NULL)
      a->gx[1][c] += product * r;
    if (a->gx[2] != NULL)
      a->gx[2][c] += sum;
    if (a->gx[3] != NULL)
      a->gx[3][c] -= sum * slope;
    if (a->gx[4] != NULL)
      a->gx[4][c] -= 0.5 * product * slope * r * r;
  }
}

/* y = x · s^-β with s = bias + α / size · Σ x² over the channels within the window.
 * gx[c] += gy[c] · s[c]^-β - 2 α β / size · x[c] · Σ gy · x · s^(-β-1) over the channels whose
 * window c is in. Forward leaves s. [AlexNet: Krizhevsky et al., NeurIPS 2012, section 3.3] */
typedef struct {
  gint64 N, C, plane;
  gint64 before, after; /* channels of the window below and above its middle */
  double alpha, beta, bias;
} Lrn;

static gboolean
lrn_setup (SalOpSetup *setup, GError **error)
{
  const SalShape *x = &setup->x_shape[0];
  gint64 size = sal_node_int (setup->node, "size", 0);

  if (!sal_op_expect (setup, "f", 1, error) ||
      !sal_op_expect_rank (setup, 0, 2, SAL_MAX_RANK, error))
    return FALSE;
  if (size < 1 || size > 1 << 20)
    return sal_op_setup_fail (setup, error, SAL_ERROR_FORMAT,
                              "size is %" PRId64 ", not from 1 to 2^20", size);

  Lrn *l = sal_op_setup_state (setup, sizeof *l, NULL);
  l->N = x->dim[0];
  l->C = x->dim[1];
  l->plane = sal_shape_span (x, 2, x->rank);
  l->before = (size - 1) / 2;
  l->after = size / 2;
  l->alpha = sal_node_float (setup->node, "alpha", 1e-4f) / size;
  l->beta = sal_node_float (setup->node, "beta", 0.75f);
  l->bias = sal_node_float (setup->node, "bias", 1.f);
  setup->y_shape[0] = *x;
  setup->saved_bytes = sal_shape_count (x) * sizeof (float);
  setup->scratch_bytes = l->plane * sizeof (float);
  sal_op_count (setup, (double) sal_shape_count (x) * (size + 1));
  return TRUE;
}

/* s^-β; roots vectorise where powf() does not, and 3/4 is what networks use */
static inline float
lrn_power (const Lrn *l, float s)
{
  return l->beta == 0.75 ? 1 / (sqrtf (s) * sqrtf (sqrtf (s))) : powf (s, -l->beta);
}

SAL_CLONES static void
lrn_forward (const SalOpArgs *a)
{
  const Lrn *l = a->state;

  if (a->n == 0)
    return;
  for (gint64 n = 0; n < l->N; n++)
    for (gint64 c = 0; c < l->C; c++) {
      gint64 start = (n * l->C + c) * l->plane;
      const float *x = a->x[0] + n * l->C * l->plane;
      float *s = (float *) a->saved + start;

      for (gint64 i = 0; i < l->plane; i++)
        s[i] = 0;
      for (gint64 j = MAX (c - l->before, 0); j <= MIN (c + l->after, l->C - 1); j++)
        for (gint64 i = 0; i < l->plane; i++)
          s[i] += x[j * l->plane + i] * x[j * l->plane + i];
      for (gint64 i = 0; i < l->plane; i++) {
        s[i] = l->bias + l->alpha * s[i];
        a->y[0][start + i] = x[c * l->plane + i] * lrn_power (l, s[i]);
      }
    }
}

SAL_CLONES static void
lrn_backward (const SalOpArgs *a)
{
  const Lrn *l = a->state;
  float *t = a->scratch, factor = -2 * l->alpha * l->beta;

  if (a->n == 0)
    return;
  for (gint64 n = 0; n < l->N; n++)
    for (gint64 c = 0; c < l->C; c++) {
      gint64 at = (n * l->C + c) * l->plane;
      const float *x = a->x[0] + at, *gy = a->gy[0] + at, *s = (float *) a->saved + at;
      float *gx = a->gx[0] + at;

      for (gint64 i = 0; i < l->plane; i++) {
        float p = gy[i] * lrn_power (l, s[i]);

        gx[i] += p;
        t[i] = factor * p * x[i] / s[i];
      }
      /* As forward: channel c is made from those from c - before to c + after. */
      for (gint64 j = MAX (-l->before, -c); j <= MIN (l->after, l->C - 1 - c); j++)
        for (gint64 i = 0; i < l->plane; i++)
          gx[j * l->plane + i] += t[i] * x[j * l->plane + i];
    }
}

const SalOp sal_ops_norm[] = {
  { "BatchNormalization", 7, SAL_KEEP_X (0) | SAL_KEEP_X (1) | SAL_KEEP_X (3) | SAL_KEEP_X (4),
    batch_norm_setup, batch_norm_forward, batch_norm_backward },
  { "LRN", 1, SAL_KEEP_X (0), lrn_setup, lrn_forward, lrn_backward },
  { NULL },
};
