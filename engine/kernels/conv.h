/* Convolutions on channels-last pictures with weights packed in advance: the loops in which a
 * convolutional network spends its time.
 *
 * Tensors are [N,H,W,C] float32; from one pixel to the next there may be more than C floats, so
 * that a member of a concatenation on channels is read and written in place. Results depend on the
 * processor's level (cpu.h) and on the method, and on nothing else: each element is summed in the
 * same order whatever N, the team and the distances between pixels. */
#pragma once

#include "engine/base/team.h"

#include <math.h>

/**
 * SalConvDims:
 * @N: pictures; this alone may be 0
 * @H: of the input, as @W and @C
 * @K: channels of the output; @C and @K are multiples of @groups
 * @Ho: of the output, as @Wo: any size; what the filter reads outside the input is 0
 * @R: taps of the filter down, and @S across
 * @before: rows of padding above, columns of padding to the left; rows and columns that are left
 * out where negative
 */
typedef struct {
  int N, H, W, C;
  int K, Ho, Wo;
  int R, S;
  int stride[2], dilation[2], before[2];
  int groups;
} SalConvDims;

/** SalConvDirection: the convolution, or the gradient with respect to its input */
typedef enum { SAL_CONV_FORWARD, SAL_CONV_BACKWARD } SalConvDirection;

/**
 * SalConvMethod:
 * @SAL_CONV_DIRECT: sums over taps and channels, any shape (implicit matrix product)
 * @SAL_CONV_WINOGRAD_2: F(2×2, 3×3): stride 1, no dilation or groups, multiples of 16 channels
 * @SAL_CONV_WINOGRAD_4: F(4×4, 3×3), likewise
 * @SAL_CONV_DEPTHWISE: as many groups as channels, one output channel each
 * @SAL_CONV_IMAGE: at most four channels of input, no groups, no dilation across, no columns left
 * out
 */
typedef enum {
  SAL_CONV_DIRECT,
  SAL_CONV_WINOGRAD_2,
  SAL_CONV_WINOGRAD_4,
  SAL_CONV_DEPTHWISE,
  SAL_CONV_IMAGE,
  SAL_CONV_METHODS
} SalConvMethod;

/**
 * sal_conv_choose:
 * @exact: nothing that rounds more than plain sums do: no Winograd
 *
 * Returns: the fastest method for a shape, whatever N, threads and processor
 */
SalConvMethod sal_conv_choose (const SalConvDims *dims, SalConvDirection direction, gboolean exact);

/** sal_conv_fits: Returns: whether @method can do this shape; %SAL_CONV_DIRECT can do any */
gboolean sal_conv_fits (const SalConvDims *dims, SalConvDirection direction, SalConvMethod method);

/** SalConvWeights: weights packed for a method; they never change and may be shared by threads */
typedef struct _SalConvWeights SalConvWeights;

/** sal_conv_weights_bytes: Returns: memory that sal_conv_weights_new() would take */
gsize sal_conv_weights_bytes (const SalConvDims *dims, SalConvDirection direction,
                              SalConvMethod method);

/**
 * sal_conv_weights_new:
 * @dims: N, H, W, Ho and Wo do not matter
 * @method: one that fits
 * @w: [K, C / groups, R, S], as ONNX has them; not kept
 */
SalConvWeights *sal_conv_weights_new (const SalConvDims *dims, SalConvDirection direction,
                                      SalConvMethod method, const float *w);
void sal_conv_weights_free (SalConvWeights *weights);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SalConvWeights, sal_conv_weights_free)

/** sal_conv_scratch_bytes: Returns: scratch memory for a whole call by a team of @workers */
gsize sal_conv_scratch_bytes (const SalConvWeights *weights, const SalConvDims *dims, int workers);

/**
 * SalConvArgs:
 * @x: what is read: the input; backward, the gradient of the output [N,Ho,Wo,K]
 * @x_step: floats from one pixel to the next, at least its channels
 * @y: what is written: the output; backward, the gradient of the input [N,H,W,C]
 * @bias: (nullable): [channels of @y]
 * @add: (nullable): added to the result; may be @y itself, which so accumulates
 * @low: y = clamp (sum + bias + add, @low, @high); -INFINITY and INFINITY for none, 0 and INFINITY
 *   for ReLU. NaN stays NaN
 * @gate_out: (nullable): takes a bit per element of @y, 1 where @low < value < @high, so where the
 *   clamp's derivative is 1: channel c is bit c % 8 of byte c / 8 of the pixel's row
 * @gate_out_step: bytes from one pixel to the next, at least channels / 8 rounded up. The last
 *   byte's bits beyond the channels become 0
 * @gate_in: (nullable): gates of whatever made the tensor whose gradient @y is: the result, when
 *   all else is done, becomes 0 where the bit is 0
 * @scratch: 64-byte aligned, sal_conv_scratch_bytes() of this team's size; what it holds is lost
 * @team: (nullable): splits the work; %NULL does it in this thread
 */
typedef struct {
  const float *x;
  gint64 x_step;
  float *y;
  gint64 y_step;
  const float *bias;
  const float *add;
  gint64 add_step;
  float low, high;
  guint8 *gate_out;
  gint64 gate_out_step;
  const guint8 *gate_in;
  gint64 gate_in_step;
  gpointer scratch;
  SalTeam *team;
} SalConvArgs;

/**
 * sal_conv_run:
 * @dims: of the forward convolution, also when going backward; channels, filter, strides,
 *   dilations, padding and groups are those of the weights
 *
 * Allocates nothing. @x and @y must not overlap.
 */
void sal_conv_run (const SalConvWeights *weights, const SalConvDims *dims, const SalConvArgs *args);
