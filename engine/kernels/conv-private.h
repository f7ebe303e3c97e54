/* What the methods of convolution share. Private to the folder. */
#pragma once

#include "engine/kernels/conv.h"
#include "engine/kernels/table.h"

/**
 * SalConvPhase: pixels of the result that the filter's taps meet in the same way. A forward
 * convolution has one phase; backward there is one for each remainder of the strides, with the taps
 * whose gradients arrive there.
 * @at: the first pixel of the result, row and column
 * @taps: how many taps
 * @tap: [taps]: their numbers in the filter
 * @from: [taps]: the row and column each reads for the first pixel; may lie outside
 * @low: the least of @from; @high the largest
 * @packed: where its weights begin in a group's
 */
typedef struct {
  int at[2];
  int taps;
  int *tap;
  int (*from)[2];
  int low[2], high[2];
  gsize packed;
} SalConvPhase;

/**
 * @in: channels read per group, @out: written
 * @move: from one pixel of a phase to the next, so many in what is read, and @spread in the result
 * @packed: aligned to 64 bytes, @floats long
 * @zeros: a pixel of what is read, all channels
 */
struct _SalConvWeights {
  const SalKernels *kernels;
  SalConvMethod method;
  SalConvDirection direction;
  SalConvDims dims;
  int in, out;
  int move[2], spread[2];
  SalConvPhase *phase;
  int n_phases;
  gsize floats;
  float *packed;
  float *zeros;
};

/** SalConvKind: one method; functions as those of conv.h that go with it */
typedef struct {
  gboolean (*fits) (const SalConvDims *dims, SalConvDirection direction);
  gsize (*floats) (const SalConvWeights *weights);
  void (*pack) (SalConvWeights *weights, const float *w);
  gsize (*scratch) (const SalConvWeights *weights, const SalConvDims *dims, int workers);
  void (*run) (const SalConvWeights *weights, const SalConvDims *dims, const SalConvArgs *args);
} SalConvKind;

extern const SalConvKind sal_conv_depthwise, sal_conv_direct, sal_conv_image, sal_conv_winograd;

/** SalConvSides: heights and widths: [0] of what is read, [1] of the result */
typedef struct {
  int height[2], width[2];
} SalConvSides;

SalConvSides sal_conv_sides (const SalConvWeights *weights, const SalConvDims *dims);

/** sal_conv_finish: the finish that arguments ask for */
SalFinish sal_conv_finish (const SalConvArgs *args);

/** sal_conv_tap: Returns: weight of tap @tap that joins channel @i read and @o written of @group */
static inline float
sal_conv_tap (const SalConvWeights *weights, const float *w, int group, int tap, int i, int o)
{
  const SalConvDims *d = &weights->dims;
  gint64 k = weights->direction == SAL_CONV_FORWARD ? o : i;
  gint64 c = weights->direction == SAL_CONV_FORWARD ? i : o;
  gint64 filter = (k + group * (d->K / d->groups)) * (d->C / d->groups) + c;

  return w[filter * d->R * d->S + tap];
}
