/* Pooling of channels-last pictures: maximum, average, forward and backward. The average of whole
 * pictures is a window as large as they are. Tensors, results and teams are as in conv.h. */
#pragma once

#include "engine/base/team.h"

/**
 * SalPoolKind:
 * @SAL_POOL_MAX: the first of the largest in row-major order; padding never wins
 * @SAL_POOL_AVERAGE: of the taps inside the picture
 * @SAL_POOL_AVERAGE_PADDED: of those and of the padding before and after it
 */
typedef enum { SAL_POOL_MAX, SAL_POOL_AVERAGE, SAL_POOL_AVERAGE_PADDED } SalPoolKind;

/**
 * SalPoolDims:
 * @H, @W: of the input, as @Ho and @Wo of the output
 * @R, @S: taps of the window down and across
 * @before: rows of padding above, columns to the left; @after below and to the right, which only
 *   %SAL_POOL_AVERAGE_PADDED reads
 */
typedef struct {
  SalPoolKind kind;
  int N, H, W, C;
  int Ho, Wo;
  int R, S;
  int stride[2], dilation[2], before[2], after[2];
} SalPoolDims;

/** sal_pool_fits: Returns: whether sal_pool_forward() can do it: a maximum has at most 255 taps,
 * and so has what is dilated */
gboolean sal_pool_fits (const SalPoolDims *dims);

/** sal_pool_scratch_bytes: Returns: scratch memory for a call, either way, by a team of @workers */
gsize sal_pool_scratch_bytes (const SalPoolDims *dims, int workers);

/**
 * sal_pool_forward:
 * @x: [N,H,W,C], @x_step floats from one pixel to the next
 * @y: (out): [N,Ho,Wo,C], @y_step floats from one pixel to the next
 * @arg: (out) (nullable): for a maximum [N,Ho,Wo,C]: the tap it is from, r · S + s, and 255 where
 *   the window meets padding alone, where the maximum is -INFINITY and the average 0
 * @scratch: 64-byte aligned
 */
void sal_pool_forward (const SalPoolDims *dims, const float *x, gint64 x_step, float *y,
                       gint64 y_step, guint8 *arg, gpointer scratch, SalTeam *team);

/**
 * SalPoolBack:
 * @gy: gradient of the output, @gy_step floats from one pixel to the next
 * @gx: (out): gradient of the input
 * @arg: what sal_pool_forward() left; %NULL for averages
 * @add: (nullable): added to the result; may be @gx itself, which so accumulates
 * @gate_in: (nullable): as in SalConvArgs: the result becomes 0 where the bit is 0
 */
typedef struct {
  const float *gy;
  gint64 gy_step;
  float *gx;
  gint64 gx_step;
  const guint8 *arg;
  const float *add;
  gint64 add_step;
  const guint8 *gate_in;
  gint64 gate_in_step;
  gpointer scratch;
  SalTeam *team;
} SalPoolBack;

void sal_pool_backward (const SalPoolDims *dims, const SalPoolBack *args);
