/* Normalisation with the statistics of the input itself: LayerNormalization, InstanceNormalization,
 * GroupNormalization, RMSNormalization.
 *
 * All four take rows of contiguous elements, x̂ = (x - mean) · r with r = 1 / √(mean (x - mean)² +
 * ε) (RMSNormalization: without the mean), and give y = x̂ · scale + bias. With g = gy · scale, gx
 * += r · (g - mean g - x̂ · mean (g · x̂)). They differ in what a row is and in which elements share
 * a scale. */
#include "engine/base/clones.h"
#include "engine/ops/expect.h"
#include "engine/ops/families.h"
#include "engine/ops/sums.h"

#include "engine/base/error.h"

#include <math.h>
#include <string.h>

typedef struct {
  gint64 rows, length;
  gint64 period; /* after so many rows, the scales start again */
  gint64 unit;   /* so many neighbours share a scale */
  double epsilon;
  gboolean centre;
} LayerNorm;

/* What forward leaves for backward, one a row. */
typedef struct {
  double mean, r;
} Moments;

static gint64
first_scale (const LayerNorm *l, gint64 row)
{
  return row % l->period * (l->length / l->unit);
}

static inline Moments
moments (const LayerNorm *l, const float *x)
{
  double mean;

  if (l->length == 0)
    return (Moments){ 0, 0 };
  mean = l->centre ? sal_sum (x, l->length) / l->length : 0;
  return (Moments){ mean, 1 / sqrt (sal_squares (x, mean, l->length) / l->length + l->epsilon) };
}

SAL_CLONES static void
layer_norm_forward (const SalOpArgs *a)
{
  const LayerNorm *l = a->state;
  const float *bias = a->n_x > 2 ? a->x[2] : NULL;
  Moments *saved = a->saved;

  for (gint64 row = 0; row < l->rows; row++) {
    const float *x = a->x[0] + row * l->length, *scale = a->x[1] + first_scale (l, row);
    const float *shift = bias != NULL ? bias + first_scale (l, row) : NULL;
    float *y = a->y[0] + row * l->length;
    Moments m = saved[row] = moments (l, x);
    float mean = m.mean, r = m.r;

    if (l->unit == 1)
      for (gint64 i = 0; i < l->length; i++)
        y[i] = (x[i] - mean) * r * scale[i] + (shift != NULL ? shift[i] : 0.f);
    else
      for (gint64 i = 0, u = 0; i < l->length; i += l->unit, u++)
        for (gint64 j = i; j < i + l->unit; j++)
          y[j] = (x[j] - mean) * r * scale[u] + (shift != NULL ? shift[u] : 0.f);
    if (sal_op_wants (a->node, 1))
      a->y[1][row] = m.mean;
    if (sal_op_wants (a->node, 2))
      a->y[2][row] = m.r;
  }
}

/* Of the outputs Mean and InvStdDev: dmean/dx = 1 / length;  dr/dx = -r³ · (x - mean) / length */
static void
backward_moments (const LayerNorm *l, const Moments *m, const float *gmean, const float *gr,
                  const float *x, float *gx)
{
  double shift = gmean != NULL ? *gmean / l->length : 0;
  double slope = gr != NULL ? -*gr * m->r * m->r * m->r / l->length : 0;

  for (gint64 i = 0; i < l->length; i++)
    gx[i] += shift + slope * (x[i] - m->mean);
}

/* The gradients of scale and bias, and g = gy · scale of a row. */
static inline void
backward_scale (const SalOpArgs *a, gint64 row, const float *x, const float *gy, float *g)
{
  const LayerNorm *l = a->state;
  const Moments *m = (const Moments *) a->saved + row;
  gint64 at = first_scale (l, row);
  const float *scale = a->x[1] + at;
  float *gscale = a->gx[1] != NULL ? a->gx[1] + at : NULL;
  float *gbias = a->n_x > 2 && a->gx[2] != NULL ? a->gx[2] + at : NULL;

  if (l->unit == 1) {
    for (gint64 i = 0; i < l->length; i++)
      g[i] = gy[i] * scale[i];
    for (gint64 i = 0; i < l->length && gscale != NULL; i++)
      gscale[i] += gy[i] * (x[i] - m->mean) * m->r;
    for (gint64 i = 0; i < l->length && gbias != NULL; i++)
      gbias[i] += gy[i];
    return;
  }
  for (gint64 i = 0, u = 0; i < l->length; i += l->unit, u++) {
    for (gint64 j = i; j < i + l->unit; j++)
      g[j] = gy[j] * scale[u];
    if (gscale != NULL)
      gscale[u] += sal_dot (gy + i, x + i, m->mean, l->unit) * m->r;
    if (gbias != NULL)
      gbias[u] += sal_sum (gy + i, l->unit);
  }
}

SAL_CLONES static void
layer_norm_backward (const SalOpArgs *a)
{
  const LayerNorm *l = a->state;
  const Moments *saved = a->saved;
  float *g = a->scratch;

  for (gint64 row = 0; row < l->rows; row++) {
    const float *x = a->x[0] + row * l->length;
    const float *gmean = a->n_y > 1 && a->gy[1] != NULL ? a->gy[1] + row : NULL;
    const float *gr = a->n_y > 2 && a->gy[2] != NULL ? a->gy[2] + row : NULL;
    float *gx = a->gx[0] != NULL ? a->gx[0] + row * l->length : NULL;
    Moments m = saved[row];

    if (gx != NULL && (gmean != NULL || gr != NULL))
      backward_moments (l, &m, gmean, gr, x, gx);
    if (a->gy[0] == NULL)
      continue;
    backward_scale (a, row, x, a->gy[0] + row * l->length, g);
    if (gx == NULL)
      continue;
    double sum = l->centre ? sal_sum (g, l->length) / l->length : 0;
    double product = sal_dot (g, x, m.mean, l->length) / l->length;
    float shift = sum, slope = product * m.r * m.r, mean = m.mean, r = m.r;

    for (gint64 i = 0; i < l->length; i++)
      gx[i] += r * (g[i] - shift - slope * (x[i] - mean));
  }
}

static gboolean
finish_setup (SalOpSetup *setup, const LayerNorm *l)
{
  setup->y_shape[0] = setup->x_shape[0];
  setup->saved_bytes = l->rows * sizeof (Moments);
  setup->scratch_bytes = l->length * sizeof (float);
  sal_op_count (setup, 4. * sal_shape_count (&setup->x_shape[0]));
  *(LayerNorm *) sal_op_setup_state (setup, sizeof *l, NULL) = *l;
  return TRUE;
}

/* A scale has the shape of the axes normalised, or is one number. */
static gboolean
read_scale (const SalOpSetup *setup, int i, const SalShape *normalised, LayerNorm *l,
            GError **error)
{
  SalShape scale = setup->x_shape[i];

  while (scale.rank > normalised->rank && scale.dim[0] == 1) {
    scale.rank--;
    memmove (scale.dim, scale.dim + 1, scale.rank * sizeof scale.dim[0]);
  }
  if (sal_shape_equal (&scale, normalised))
    l->unit = 1;
  else if (sal_shape_count (&scale) == 1)
    l->unit = MAX (l->length, 1);
  else {
    g_autofree char *got = sal_shape_to_string (&setup->x_shape[i]);
    g_autofree char *want = sal_shape_to_string (normalised);

    return sal_op_setup_fail (setup, error, SAL_ERROR_SHAPE,
                              "input %d has shape %s, the axes normalised are %s", i, got, want);
  }
  return TRUE;
}

/* LayerNormalization and RMSNormalization: a row is all axes from `axis` on. */
static gboolean
axes_setup (SalOpSetup *setup, gboolean centre, GError **error)
{
  const SalShape *x = &setup->x_shape[0];
  LayerNorm l = { .period = 1,
                  .centre = centre,
                  .epsilon = sal_node_float (setup->node, "epsilon", 1e-5f) };
  SalShape normalised = { 0 };
  int axis;

  if (!sal_op_expect_axis (setup, 0, sal_node_int (setup->node, "axis", -1), &axis, error))
    return FALSE;
  for (int i = axis; i < x->rank; i++)
    normalised.dim[normalised.rank++] = x->dim[i];
  l.rows = sal_shape_span (x, 0, axis);
  l.length = sal_shape_count (&normalised);
  if (!read_scale (setup, 1, &normalised, &l, error))
    return FALSE;
  if (sal_op_setup_has (setup, 2)) {
    gint64 unit = l.unit;

    if (!read_scale (setup, 2, &normalised, &l, error))
      return FALSE;
    if (unit != l.unit)
      return sal_op_setup_fail (setup, error, SAL_ERROR_UNSUPPORTED,
                                "scale and bias have different shapes");
  }
  for (int i = 1; i < setup->n_y; i++) {
    setup->y_shape[i] = *x;
    for (int j = axis; j < x->rank; j++)
      setup->y_shape[i].dim[j] = 1;
  }
  return finish_setup (setup, &l);
}

static gboolean
layer_norm_setup (SalOpSetup *setup, GError **error)
{
  return sal_op_expect (setup, "ff?f", 3, error) && axes_setup (setup, TRUE, error);
}

static gboolean
rms_norm_setup (SalOpSetup *setup, GError **error)
{
  return sal_op_expect (setup, "ff", 1, error) && axes_setup (setup, FALSE, error);
}

/* A row is one channel of one sample; each channel has its scale. */
static gboolean
instance_norm_setup (SalOpSetup *setup, GError **error)
{
  const SalShape *x = &setup->x_shape[0];
  LayerNorm l = { .centre = TRUE, .epsilon = sal_node_float (setup->node, "epsilon", 1e-5f) };

  if (!sal_op_expect (setup, "fff", 1, error) ||
      !sal_op_expect_rank (setup, 0, 2, SAL_MAX_RANK, error) ||
      !sal_op_expect_shape (setup, 1, &SAL_SHAPE (x->dim[1]), error) ||
      !sal_op_expect_shape (setup, 2, &SAL_SHAPE (x->dim[1]), error))
    return FALSE;
  l.rows = x->dim[0] * x->dim[1];
  l.length = sal_shape_span (x, 2, x->rank);
  l.period = MAX (x->dim[1], 1);
  l.unit = MAX (l.length, 1);
  return finish_setup (setup, &l);
}

/* A row is a group of channels of one sample; opset 18 has a scale for each group, 21 for each
 * channel. */
static gboolean
group_norm_setup (SalOpSetup *setup, GError **error)
{
  const SalShape *x = &setup->x_shape[0];
  gboolean of_channels = setup->node->opset >= 21;
  gint64 groups = sal_node_int (setup->node, "num_groups", 0);
  LayerNorm l = { .centre = TRUE, .epsilon = sal_node_float (setup->node, "epsilon", 1e-5f) };

  if (!sal_op_expect (setup, "fff", 1, error) ||
      !sal_op_expect_rank (setup, 0, 2, SAL_MAX_RANK, error))
    return FALSE;
  if (groups < 1 || x->dim[1] % groups != 0)
    return sal_op_setup_fail (setup, error, SAL_ERROR_SHAPE,
                              "%" PRId64 " channels in %" PRId64 " groups", x->dim[1], groups);
  for (int i = 1; i < 3; i++)
    if (!sal_op_expect_shape (setup, i, &SAL_SHAPE (of_channels ? x->dim[1] : groups), error))
      return FALSE;
  l.rows = x->dim[0] * groups;
  l.length = x->dim[1] / groups * sal_shape_span (x, 2, x->rank);
  l.period = groups;
  l.unit = MAX (of_channels ? sal_shape_span (x, 2, x->rank) : l.length, 1);
  return finish_setup (setup, &l);
}

const SalOp sal_ops_layer_norm[] = {
  { "LayerNormalization", 17, SAL_KEEP_X (0) | SAL_KEEP_X (1), layer_norm_setup, layer_norm_forward,
    layer_norm_backward },
  { "InstanceNormalization", 1, SAL_KEEP_X (0) | SAL_KEEP_X (1), instance_norm_setup,
    layer_norm_forward, layer_norm_backward },
  { "GroupNormalization", 18, SAL_KEEP_X (0) | SAL_KEEP_X (1), group_norm_setup, layer_norm_forward,
    layer_norm_backward },
  { "RMSNormalization", 23, SAL_KEEP_X (0) | SAL_KEEP_X (1), rms_norm_setup, layer_norm_forward,
    layer_norm_backward },
  { NULL },
};
