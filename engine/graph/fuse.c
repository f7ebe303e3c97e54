#include "engine/graph/fuse.h"

#include "engine/ops/channels-last.h"

#include <math.h>
#include <string.h>

/* Returns: (nullable): input @i of a step where the model brings it as a constant */
static SalTensor *
constant (const SalPlan *draft, const SalStep *step, int i)
{
  if (i >= step->node->n_x || step->node->x[i] == SAL_NO_VALUE)
    return NULL;
  return sal_graph_get_value (draft->graph, step->node->x[i])->constant;
}

static gboolean
is (const SalStep *step, const char *op)
{
  return strcmp (step->op->name, op) == 0;
}

/* Most remainders of strides that the kernels tell apart, and times that these look at a tap. */
#define MAX_PHASES 1024
#define MAX_PHASE_TAPS (1 << 24)

/* Kernels count in ints, and list the taps that lead to each remainder of the strides. */
static gboolean
is_small (const SalStep *step)
{
  const SalShape *x = &step->setup->x_shape[0], *y = &step->setup->y_shape[0];
  const SalWindow *w = sal_conv_window (&step->setup->setup);
  gint64 phases;

  for (int i = 0; i < 4; i++)
    if (x->dim[i] > SAL_LAST_LENGTH || y->dim[i] > SAL_LAST_LENGTH)
      return FALSE;
  for (int i = 1; i < SAL_WINDOW_AXES; i++)
    if (w->stride[i] > SAL_LAST_LENGTH || w->dilation[i] > SAL_LAST_LENGTH ||
        w->kernel[i] > SAL_LAST_LENGTH || ABS (w->before[i]) > SAL_LAST_LENGTH)
      return FALSE;
  phases = w->stride[1] * w->stride[2];
  return phases <= MAX_PHASES && phases * w->kernel[1] * w->kernel[2] <= MAX_PHASE_TAPS;
}

SalFused *
sal_fused_new (const SalPlan *draft, const SalStep *step)
{
  SalTensor *weight, *bias;
  SalFused *fused;
  gint64 K;

  if (!is (step, "Conv") || step->setup->x_shape[0].rank != 4)
    return NULL;
  weight = constant (draft, step, 1);
  bias = constant (draft, step, 2);
  if (weight == NULL || (bias == NULL && sal_op_setup_has (&step->setup->setup, 2)) ||
      sal_tensor_count (weight) == 0 || sal_shape_count (&step->setup->x_shape[0]) == 0 ||
      sal_shape_count (&step->setup->y_shape[0]) == 0 || !is_small (step))
    return NULL;
  K = sal_tensor_shape (weight)->dim[0];
  fused = g_new0 (SalFused, 1);
  *fused = (SalFused){ .conv = step,
                       .x = step->node->x[0],
                       .add = SAL_NO_VALUE,
                       .weight = weight,
                       .scale = g_new (double, K),
                       .shift = g_new (double, K),
                       .folded = g_string_new ("scaled by"),
                       .low = -INFINITY,
                       .high = INFINITY };
  for (gint64 k = 0; k < K; k++) {
    fused->scale[k] = 1;
    fused->shift[k] = bias != NULL ? sal_tensor_floats (bias)[k] : 0;
  }
  return fused;
}

void
sal_fused_free (SalFused *fused)
{
  g_free (fused->scale);
  g_free (fused->shift);
  g_string_free (fused->folded, TRUE);
  g_free (fused);
}

static gboolean
batch_norm (const SalPlan *draft, const SalStep *step, double *scale, double *shift)
{
  gint64 C = step->setup->y_shape[0].dim[1];
  double epsilon = sal_node_float (step->node, "epsilon", 1e-5f);
  const float *x[5] = { NULL };

  for (int i = 1; i < 5; i++) {
    SalTensor *tensor = constant (draft, step, i);

    if (tensor == NULL)
      return FALSE;
    x[i] = sal_tensor_floats (tensor);
  }
  for (gint64 c = 0; c < C; c++) {
    scale[c] = x[1][c] / sqrt (x[4][c] + epsilon);
    shift[c] = x[2][c] - scale[c] * x[3][c];
  }
  return TRUE;
}

/* Whether a constant is a number, or one a channel, when it is broadcast to N×C×H×W. */
static gboolean
per_channel (const SalTensor *tensor, gint64 C)
{
  const SalShape *shape = sal_tensor_shape (tensor);
  int axis = shape->rank - 3;

  if (sal_tensor_type (tensor) != SAL_FLOAT)
    return FALSE;
  return sal_tensor_count (tensor) == 1 ||
         (axis >= 0 && shape->dim[axis] == C && sal_tensor_count (tensor) == C);
}

gboolean
sal_step_affine (const SalPlan *draft, const SalStep *step, double *scale, double *shift,
                 int *input)
{
  const SalShape *y = &step->setup->y_shape[0];
  gboolean sum = is (step, "Add") || is (step, "Sub"), difference = is (step, "Sub");
  gboolean product = is (step, "Mul") || is (step, "Div"), quotient = is (step, "Div");
  const SalTensor *tensor;
  int c_input;

  *input = 0;
  if (y->rank != 4)
    return FALSE;
  if (is (step, "BatchNormalization"))
    return batch_norm (draft, step, scale, shift);
  if (!sum && !product)
    return FALSE;
  c_input = constant (draft, step, 1) != NULL ? 1 : 0;
  tensor = constant (draft, step, c_input);
  *input = 1 - c_input;
  if (tensor == NULL || !per_channel (tensor, y->dim[1]) || (quotient && c_input == 0) ||
      !sal_shape_equal (&step->setup->x_shape[*input], y))
    return FALSE;
  for (gint64 c = 0; c < y->dim[1]; c++) {
    double v = sal_tensor_floats (tensor)[sal_tensor_count (tensor) == 1 ? 0 : c];

    scale[c] = product ? (quotient ? 1 / v : v) : difference && c_input == 0 ? -1 : 1;
    shift[c] = sum ? (difference && c_input == 1 ? -v : v) : 0;
    if (!isfinite (scale[c]))
      return FALSE;
  }
  return TRUE;
}

/* Returns: whether bound @i of a Clip is left out or a constant, and its value */
static gboolean
bound (const SalPlan *draft, const SalStep *step, int i, const char *attribute, float otherwise,
       float *value)
{
  const SalTensor *tensor;

  *value = otherwise;
  if (step->node->opset < 11) {
    *value = sal_node_float (step->node, attribute, otherwise);
    return TRUE;
  }
  if (!sal_op_setup_has (&step->setup->setup, i))
    return TRUE;
  tensor = constant (draft, step, i);
  if (tensor == NULL)
    return FALSE;
  *value = sal_tensor_floats (tensor)[0];
  return TRUE;
}

gboolean
sal_step_clamp (const SalPlan *draft, const SalStep *step, float *low, float *high)
{
  *low = 0.f;
  *high = INFINITY;
  if (step->setup->x_type[0] != SAL_FLOAT)
    return FALSE;
  if (is (step, "Relu"))
    return TRUE;
  return is (step, "Clip") && bound (draft, step, 1, "min", -INFINITY, low) &&
         bound (draft, step, 2, "max", INFINITY, high) && *low < *high;
}

static gboolean
absorb_affine (SalFused *fused, const SalPlan *draft, const SalStep *step, int value)
{
  gint64 K = sal_tensor_shape (fused->weight)->dim[0];
  g_autofree double *scale = g_new (double, K), *shift = g_new (double, K);
  gboolean scales = FALSE;
  int input;

  if (!sal_step_affine (draft, step, scale, shift, &input) || step->node->x[input] != value)
    return FALSE;
  for (gint64 k = 0; k < K; k++) {
    scales = scales || scale[k] != 1;
    fused->scale[k] *= scale[k];
    fused->shift[k] = fused->shift[k] * scale[k] + shift[k];
  }
  /* Constants live as long as the model, so the number of the result says which they were. */
  if (scales)
    g_string_append_printf (fused->folded, " %d", step->node->y[0]);
  return TRUE;
}

gboolean
sal_fused_absorb (SalFused *fused, const SalPlan *draft, const SalStep *step, int value,
                  gboolean clamps)
{
  gboolean clamped = fused->low > -INFINITY || fused->high < INFINITY;
  float low, high;

  if (clamped)
    return FALSE;
  if (clamps && step->node->x[0] == value && sal_step_clamp (draft, step, &low, &high)) {
    fused->low = low;
    fused->high = high;
    return TRUE;
  }
  if (fused->add != SAL_NO_VALUE)
    return FALSE;
  if (absorb_affine (fused, draft, step, value))
    return TRUE;
  if (is (step, "Add") && sal_shape_equal (&step->setup->x_shape[0], &step->setup->x_shape[1]) &&
      constant (draft, step, 0) == NULL && constant (draft, step, 1) == NULL &&
      draft->slots[step->node->x[0]].known == NULL &&
      draft->slots[step->node->x[1]].known == NULL) {
    fused->add = step->node->x[step->node->x[0] == value ? 1 : 0];
    return TRUE;
  }
  return FALSE;
}

static gpointer
make_scaled (gpointer data)
{
  const SalFused *fused = data;
  const SalShape *shape = sal_tensor_shape (fused->weight);
  SalTensor *scaled = sal_tensor_new (SAL_FLOAT, shape);
  const float *w = sal_tensor_floats (fused->weight);
  float *out = sal_tensor_edit (scaled);
  gint64 row = sal_tensor_count (fused->weight) / shape->dim[0];

  for (gint64 k = 0; k < shape->dim[0]; k++)
    for (gint64 i = 0; i < row; i++)
      out[k * row + i] = w[k * row + i] * fused->scale[k];
  return scaled;
}

SalTensor *
sal_fused_weight (const SalFused *fused)
{
  gint64 K = sal_tensor_shape (fused->weight)->dim[0];

  for (gint64 k = 0; k < K; k++)
    if (fused->scale[k] != 1)
      return sal_tensor_derive (fused->weight, fused->folded->str, make_scaled, (gpointer) fused,
                                (GDestroyNotify) sal_tensor_unref);
  return fused->weight;
}

SalTensor *
sal_fused_bias (const SalFused *fused)
{
  gint64 K = sal_tensor_shape (fused->weight)->dim[0];
  SalTensor *bias = sal_tensor_new (SAL_FLOAT, &SAL_SHAPE (K));
  gboolean any = FALSE;

  for (gint64 k = 0; k < K; k++) {
    ((float *) sal_tensor_edit (bias))[k] = fused->shift[k];
    any = any || fused->shift[k] != 0;
  }
  if (!any)
    g_clear_pointer (&bias, sal_tensor_unref);
  return bias;
}
