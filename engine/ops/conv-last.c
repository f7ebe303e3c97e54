/* Convolution with channels last, its bias, addend and clamp in one: the loops are those of
 * engine/kernels. The gradient goes to the input and the addend; weights are constants. */
#include "engine/ops/channels-last.h"
#include "engine/ops/expect.h"
#include "engine/ops/families.h"

#include "engine/base/error.h"
#include "engine/kernels/conv.h"
#include "engine/kernels/cpu.h"

#include <math.h>

typedef struct {
  SalConvDims dims;
  SalConvWeights *weights[2]; /* by direction; owned by the tensor of weights */
  float low, high;
  SalTensor *w;
  gboolean exact;
} Conv;

typedef struct {
  const Conv *conv;
  SalConvDirection direction;
  SalConvMethod method;
} Packing;

static gpointer
pack (gpointer data)
{
  const Packing *packing = data;

  return sal_conv_weights_new (&packing->conv->dims, packing->direction, packing->method,
                               sal_tensor_floats (packing->conv->w));
}

/* Every plan of a model shares its packed weights. */
static SalConvWeights *
packed (const Conv *conv, SalConvDirection direction)
{
  Packing packing = { conv, direction, sal_conv_choose (&conv->dims, direction, conv->exact) };
  const SalConvDims *d = &conv->dims;
  g_autofree char *key =
      g_strdup_printf ("conv %d %d %d stride %d %d dilation %d %d before %d %d group %d", direction,
                       packing.method, sal_cpu_level_get (), d->stride[0], d->stride[1],
                       d->dilation[0], d->dilation[1], d->before[0], d->before[1], d->groups);

  return sal_tensor_derive (conv->w, key, pack, &packing, (GDestroyNotify) sal_conv_weights_free);
}

static void
prepare_backward (SalOpSetup *setup)
{
  Conv *conv = setup->state;

  conv->weights[SAL_CONV_BACKWARD] = packed (conv, SAL_CONV_BACKWARD);
  setup->scratch_bytes =
      MAX (setup->scratch_bytes, sal_conv_scratch_bytes (conv->weights[SAL_CONV_BACKWARD],
                                                         &conv->dims, sal_last_max_team ()));
}

static gboolean
conv_last_setup (SalOpSetup *setup, GError **error)
{
  const SalShape *x = &setup->x_shape[0], *w = &setup->x_shape[1];
  Conv *conv;
  SalConvDims *d;
  int out[2];

  if (!sal_op_expect (setup, "ff?ff", 1, error))
    return FALSE;
  conv = sal_op_setup_state (setup, sizeof *conv, NULL);
  d = &conv->dims;
  *d = (SalConvDims){ .N = (int) x->dim[0],
                      .H = (int) x->dim[1],
                      .W = (int) x->dim[2],
                      .C = (int) x->dim[3],
                      .K = (int) w->dim[0],
                      .R = (int) w->dim[2],
                      .S = (int) w->dim[3],
                      .groups = (int) sal_node_int (setup->node, "group", 1) };
  if (!sal_last_pair (setup, "strides", d->stride, error) ||
      !sal_last_pair (setup, "dilations", d->dilation, error) ||
      !sal_last_pair (setup, "before", d->before, error) ||
      !sal_last_pair (setup, "out", out, error))
    return FALSE;
  d->Ho = out[0];
  d->Wo = out[1];
  conv->low = sal_node_float (setup->node, "low", -INFINITY);
  conv->high = sal_node_float (setup->node, "high", INFINITY);
  conv->exact = sal_node_int (setup->node, "exact", 0) != 0;
  conv->w = setup->x_value[1];
  conv->weights[SAL_CONV_FORWARD] = packed (conv, SAL_CONV_FORWARD);
  setup->y_shape[0] = SAL_SHAPE (d->N, d->Ho, d->Wo, d->K);
  if (!sal_op_expect_shape (setup, 3, &setup->y_shape[0], error))
    return FALSE;
  setup->scratch_bytes =
      sal_conv_scratch_bytes (conv->weights[SAL_CONV_FORWARD], d, sal_last_max_team ());
  setup->packed_bytes = sal_conv_weights_bytes (d, SAL_CONV_FORWARD,
                                                sal_conv_choose (d, SAL_CONV_FORWARD, conv->exact));
  setup->prepare_backward = prepare_backward;
  setup->sets = setup->gates = 1u << 0;
  setup->skips = SAL_SKIPS_X | SAL_SKIPS_Y;
  setup->passes = sal_op_setup_has (setup, 3) ? 3 : -1;
  setup->clamps = conv->low > -INFINITY || conv->high < INFINITY;
  sal_op_count (setup, (double) d->N * d->Ho * d->Wo * d->K * (d->C / d->groups) * d->R * d->S);
  return TRUE;
}

static void
conv_last_forward (const SalOpArgs *a)
{
  const Conv *conv = a->state;
  const SalConvDims *d = &conv->dims;

  sal_conv_run (conv->weights[SAL_CONV_FORWARD], d,
                &(SalConvArgs){ .x = a->x[0],
                                .x_step = a->x_step[0],
                                .y = a->y[0],
                                .y_step = a->y_step,
                                .bias = a->n_x > 2 ? a->x[2] : NULL,
                                .add = a->n_x > 3 ? a->x[3] : NULL,
                                .add_step = a->n_x > 3 ? a->x_step[3] : 0,
                                .low = conv->low,
                                .high = conv->high,
                                .gate_out = a->gate,
                                .gate_out_step = a->gate_step,
                                .scratch = a->scratch,
                                .team = sal_last_team (a) });
}

static void
conv_last_backward (const SalOpArgs *a)
{
  const Conv *conv = a->state;
  const SalConvDims *d = &conv->dims;
  float *gx = a->gx[0], *addend = a->n_x > 3 ? a->gx[3] : NULL;

  if (gx != NULL)
    sal_conv_run (conv->weights[SAL_CONV_BACKWARD], d,
                  &(SalConvArgs){ .x = a->gy[0],
                                  .x_step = a->y_step,
                                  .y = gx,
                                  .y_step = a->x_step[0],
                                  .add = a->set & 1 ? NULL : gx,
                                  .add_step = a->x_step[0],
                                  .low = -INFINITY,
                                  .high = INFINITY,
                                  .gate_in = a->x_gate[0],
                                  .gate_in_step = a->x_gate_step[0],
                                  .scratch = a->scratch,
                                  .team = sal_last_team (a) });
  if (addend != NULL && addend != a->gy[0])
    for (gint64 pixel = 0; pixel < a->n / d->K; pixel++)
      for (int k = 0; k < d->K; k++)
        addend[pixel * a->x_step[3] + k] += a->gy[0][pixel * a->y_step + k];
}

const SalOp sal_ops_conv_last[] = {
  { SAL_CONV_LAST, SAL_OPSET_LOWERED, SAL_KEEP_NOTHING, conv_last_setup, conv_last_forward,
    conv_last_backward },
  { NULL },
};
