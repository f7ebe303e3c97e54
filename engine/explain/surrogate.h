/* Linear models of what a network answers to pictures with some of their parts missing: what
 * KernelSHAP and LIME have in common. */
#pragma once

#include "engine/explain/groups.h"

/**
 * SalSurrogate: weighted least squares of scores on which groups are present
 * @groups: the parts
 * @x, @baseline: one input, and what stands in place of an absent group
 * @samples: subsets to evaluate
 * @seed: of their draws
 * @subset: writes the @number-th subset; the same one for the same number, from any thread
 * @weight: of a subset that has @n_present groups
 * @ridge: added to the diagonal of the normal equations
 * @intercept: whether the model has a constant term of its own; else it is f(baseline)
 * @complete: whether coefficients are made to sum to f(x) - f(baseline)
 */
typedef struct {
  SalGroups *groups;
  const float *x;
  const float *baseline;
  gint64 samples;
  guint64 seed;
  void (*subset) (gint64 number, gboolean *present, gpointer data);
  double (*weight) (int n_present, gpointer data);
  gpointer data;
  double ridge;
  gboolean intercept;
  gboolean complete;
} SalSurrogate;

/* Parameters of both: SAL_GROUPS_PARAMS, "subsets" with a help of its own, and after what is the
 * method's own "subset-seed" and "baseline". */
#define SAL_SURROGATE_PARAMS(subsets_help)                                                         \
  SAL_GROUPS_PARAMS,                                                                               \
  {                                                                                                \
    .key = "subsets", .label = "Subsets", .help = subsets_help, .kind = SAL_PARAM_INT, .min = 2,   \
    .max = 100000, .otherwise = 1000, .logarithmic = TRUE                                          \
  }
#define SAL_SURROGATE_LAST_PARAMS                                                                  \
  { .key = "subset-seed",                                                                          \
    .label = "Seed of the subsets",                                                                \
    .help = "The same seed gives the same values.",                                                \
    .kind = SAL_PARAM_INT,                                                                         \
    .max = 4294967295.0,                                                                           \
    .advanced = TRUE },                                                                            \
      SAL_GROUPS_ABSENT

/**
 * sal_surrogate_new:
 *
 * Returns: what the parameters above ask for, the rest zeros; its groups, to be freed, are %NULL
 *   and @error is set where they cannot be made
 */
SalSurrogate sal_surrogate_new (SalExplainer *explainer, const float *x, GCancellable *cancellable,
                                GError **error);

/**
 * sal_surrogate_fit:
 *
 * Returns: (transfer full) (nullable): each place's coefficient, sal_plane_shape(); or %NULL and
 *   @error: %SAL_ERROR_ARGUMENT if there are more than 4096 groups
 */
SalTensor *sal_surrogate_fit (SalExplainer *explainer, const SalSurrogate *surrogate,
                              const SalProgress *progress, GError **error);
