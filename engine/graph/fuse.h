/* A convolution and what follows it, gathered into one step while a graph is lowered. */
#pragma once

#include "engine/graph/plan-private.h"

/**
 * SalFused: a convolution that is yet to be written into the lowered graph
 * @conv: the step that it starts from
 * @x: value convolved, @add: value added before the clamp or %SAL_NO_VALUE; both of the model
 * @low, @high: bounds of the clamp, infinite for none
 * @exact: to be computed without Winograd
 */
typedef struct {
  const SalStep *conv;
  int x, add;
  SalTensor *weight;
  double *scale, *shift; /* of each channel of the result */
  GString *folded;       /* names the constants that scale comes from */
  float low, high;
  gboolean exact;
} SalFused;

/** sal_fused_new: Returns: (transfer full) (nullable): for a two-dimensional Conv with constant
 *  weights; %NULL for any other step */
SalFused *sal_fused_new (const SalPlan *draft, const SalStep *step);
void sal_fused_free (SalFused *fused);

/**
 * sal_fused_absorb:
 * @value: what @fused computes so far, an input of @step
 * @clamps: whether a clamp may be taken in
 *
 * Returns: whether @fused now computes what @step does
 */
gboolean sal_fused_absorb (SalFused *fused, const SalPlan *draft, const SalStep *step, int value,
                           gboolean clamps);

/** sal_fused_weight: Returns: (transfer none): the weights, scaled; lives as long as the model's */
SalTensor *sal_fused_weight (const SalFused *fused);
/** sal_fused_bias: Returns: (transfer full) (nullable): what is added to each channel */
SalTensor *sal_fused_bias (const SalFused *fused);

/**
 * sal_step_affine:
 * @scale, @shift: (out caller-allocates): room for a number a channel
 * @input: (out): which input they apply to
 *
 * Returns: whether @step computes scale · x + shift with constants for each channel
 */
gboolean sal_step_affine (const SalPlan *draft, const SalStep *step, double *scale, double *shift,
                          int *input);
/** sal_step_clamp: Returns: whether @step clamps input 0 to constant bounds, low < high */
gboolean sal_step_clamp (const SalPlan *draft, const SalStep *step, float *low, float *high);
