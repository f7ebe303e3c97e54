/* Linear models of what a network answers to pictures with some of their parts missing: what
 * KernelSHAP and LIME have in common. */
#pragma once

#include "engine/explain/groups.h"

/**
 * SalSurrogate: weighted least squares of scores on which groups are present
 * @groups: the parts
 * @x, @baseline: one input, and what stands in place of an absent group
 * @samples: subsets to evaluate
 * @subset: writes the @number-th subset; the same one for the same number, from any thread
 * @weight: of a subset that has @n_present groups
 * @ridge: added to the diagonal of the normal equations
 * @intercept: whether the model has a constant term of its own; else it is f(baseline)
 * @complete: whether coefficients are made to sum to f(x) - f(baseline)
 */
typedef struct {
  const SalGroups *groups;
  const float *x;
  const float *baseline;
  gint64 samples;
  void (*subset) (gint64 number, gboolean *present, gpointer data);
  double (*weight) (int n_present, gpointer data);
  gpointer data;
  double ridge;
  gboolean intercept;
  gboolean complete;
} SalSurrogate;

/**
 * sal_surrogate_fit:
 *
 * Returns: (transfer full) (nullable): each place's coefficient, sal_plane_shape(); or %NULL and
 *   @error: %SAL_ERROR_ARGUMENT if there are more than 4096 groups
 */
SalTensor *sal_surrogate_fit (SalExplainer *explainer, const SalSurrogate *surrogate,
                              const SalProgress *progress, GError **error);
