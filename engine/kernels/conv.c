#include "engine/kernels/conv-private.h"
#include "engine/kernels/panel.h"

#include "engine/base/block.h"

/* Smaller pictures have too few tiles of 4 × 4 for their weights, and waste the tiles' borders.
 * 7² × 512: 120 GFLOP/s alone, 480 in batches of five; with tiles of 2 × 2 210 and 295. */
#define WINOGRAD_4_FROM 12

static const SalConvKind *const kinds[SAL_CONV_METHODS] = {
  [SAL_CONV_DIRECT] = &sal_conv_direct,       [SAL_CONV_WINOGRAD_2] = &sal_conv_winograd,
  [SAL_CONV_WINOGRAD_4] = &sal_conv_winograd, [SAL_CONV_DEPTHWISE] = &sal_conv_depthwise,
  [SAL_CONV_IMAGE] = &sal_conv_image,
};

SalConvMethod
sal_conv_choose (const SalConvDims *dims, SalConvDirection direction, gboolean exact)
{
  if (sal_conv_fits (dims, direction, SAL_CONV_DEPTHWISE))
    return SAL_CONV_DEPTHWISE;
  if (sal_conv_fits (dims, direction, SAL_CONV_IMAGE))
    return SAL_CONV_IMAGE;
  if (!exact && sal_conv_fits (dims, direction, SAL_CONV_WINOGRAD_4))
    return MIN (dims->H, dims->W) >= WINOGRAD_4_FROM ? SAL_CONV_WINOGRAD_4 : SAL_CONV_WINOGRAD_2;
  return SAL_CONV_DIRECT;
}

gboolean
sal_conv_fits (const SalConvDims *dims, SalConvDirection direction, SalConvMethod method)
{
  return kinds[method]->fits (dims, direction);
}

/* All but the memory. */
static void
describe (SalConvWeights *weights, const SalConvDims *dims, SalConvDirection direction,
          SalConvMethod method)
{
  gboolean forward = direction == SAL_CONV_FORWARD;

  weights->kernels = sal_kernels_get ();
  weights->method = method;
  weights->direction = direction;
  weights->dims = *dims;
  weights->in = (forward ? dims->C : dims->K) / dims->groups;
  weights->out = (forward ? dims->K : dims->C) / dims->groups;
  for (int i = 0; i < 2; i++) {
    weights->move[i] = forward ? dims->stride[i] : 1;
    weights->spread[i] = forward ? 1 : dims->stride[i];
  }
}

gsize
sal_conv_weights_bytes (const SalConvDims *dims, SalConvDirection direction, SalConvMethod method)
{
  SalConvWeights weights = { 0 };

  describe (&weights, dims, direction, method);
  return kinds[method]->floats (&weights) * sizeof (float);
}

/* Where tap @t of axis @i reads for pixel 0 of a phase that begins at @at; FALSE if it does not
 * meet that phase. Backward, y[o] has read x[o · stride + t · dilation - before]. */
static gboolean
meet (const SalConvWeights *weights, int i, int at, int t, int *from)
{
  const SalConvDims *d = &weights->dims;
  int place = at + d->before[i] - t * d->dilation[i];

  if (weights->direction == SAL_CONV_FORWARD) {
    *from = t * d->dilation[i] - d->before[i];
    return TRUE;
  }
  *from = place / d->stride[i];
  return place % d->stride[i] == 0;
}

static void
find_phases (SalConvWeights *weights)
{
  const SalConvDims *d = &weights->dims;
  gsize tap = (gsize) sal_panel_columns (weights->kernels, weights->out) * weights->in, packed = 0;

  weights->n_phases = weights->spread[0] * weights->spread[1];
  weights->phase = g_new0 (SalConvPhase, weights->n_phases);
  for (int p = 0; p < weights->n_phases; p++) {
    SalConvPhase *phase = &weights->phase[p];

    phase->at[0] = p / weights->spread[1];
    phase->at[1] = p % weights->spread[1];
    phase->tap = g_new (int, d->R * d->S);
    phase->from = g_malloc_n (d->R * d->S, sizeof *phase->from);
    phase->packed = packed;
    for (int t = 0; t < d->R * d->S; t++) {
      int *from = phase->from[phase->taps];

      if (!meet (weights, 0, phase->at[0], t / d->S, &from[0]) ||
          !meet (weights, 1, phase->at[1], t % d->S, &from[1]))
        continue;
      for (int i = 0; i < 2; i++) {
        phase->low[i] = phase->taps == 0 ? from[i] : MIN (phase->low[i], from[i]);
        phase->high[i] = phase->taps == 0 ? from[i] : MAX (phase->high[i], from[i]);
      }
      phase->tap[phase->taps++] = t;
    }
    phase->tap = g_renew (int, phase->tap, phase->taps);
    phase->from = g_realloc_n (phase->from, phase->taps, sizeof *phase->from);
    packed += tap * phase->taps;
  }
}

SalConvWeights *
sal_conv_weights_new (const SalConvDims *dims, SalConvDirection direction, SalConvMethod method,
                      const float *w)
{
  SalConvWeights *weights;

  g_return_val_if_fail (method < SAL_CONV_METHODS && kinds[method]->fits (dims, direction), NULL);
  weights = g_new0 (SalConvWeights, 1);
  describe (weights, dims, direction, method);
  find_phases (weights);
  weights->floats = kinds[method]->floats (weights);
  weights->packed = sal_block_new (weights->floats * sizeof (float));
  weights->zeros = g_new0 (float, weights->in * dims->groups);
  kinds[method]->pack (weights, w);
  return weights;
}

void
sal_conv_weights_free (SalConvWeights *weights)
{
  if (weights == NULL)
    return;
  for (int p = 0; p < weights->n_phases; p++) {
    g_free (weights->phase[p].tap);
    g_free (weights->phase[p].from);
  }
  g_free (weights->phase);
  sal_block_free (weights->packed);
  g_free (weights->zeros);
  g_free (weights);
}

SalConvSides
sal_conv_sides (const SalConvWeights *weights, const SalConvDims *d)
{
  int result = weights->direction == SAL_CONV_FORWARD;
  SalConvSides sides;

  sides.height[!result] = d->H;
  sides.width[!result] = d->W;
  sides.height[result] = d->Ho;
  sides.width[result] = d->Wo;
  return sides;
}

SalFinish
sal_conv_finish (const SalConvArgs *a)
{
  return (SalFinish){
    .y = a->y,
    .y_step = a->y_step,
    .bias = a->bias,
    .add = a->add,
    .add_step = a->add_step,
    .low = a->low,
    .high = a->high,
    .gate_out = a->gate_out,
    .gate_out_step = a->gate_out_step,
    .gate_in = a->gate_in,
    .gate_in_step = a->gate_in_step,
  };
}

gsize
sal_conv_scratch_bytes (const SalConvWeights *weights, const SalConvDims *dims, int workers)
{
  return kinds[weights->method]->scratch (weights, dims, workers);
}

void
sal_conv_run (const SalConvWeights *weights, const SalConvDims *dims, const SalConvArgs *args)
{
  if (dims->N > 0)
    kinds[weights->method]->run (weights, dims, args);
}
