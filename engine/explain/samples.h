/* Running means over samples, which a longer run goes on from: noisy copies of smoothing, draws of
 * Expected Gradients, permutations of Shapley values. */
#pragma once

#include "engine/tensor/tensor.h"

/**
 * SalSamples: sums in the order of the samples, so that going on gives the bits that one run of all
 * of them would have given. Reference counted; constant once an attribution has it.
 * @what: key of the parameter that says how many
 * @shape: of a sample, of @n elements
 * @count: how many samples there are
 */
typedef struct {
  gatomicrefcount refs;
  const char *what;
  SalShape shape;
  gint64 n;
  gint64 count;
  double *sum;
  double *squares;
} SalSamples;

/** sal_samples_new: Returns: (transfer full): none yet */
SalSamples *sal_samples_new (const char *what, const SalShape *shape);
/** sal_samples_copy: Returns: (transfer full): one that may be changed */
SalSamples *sal_samples_copy (const SalSamples *samples);
SalSamples *sal_samples_ref (SalSamples *samples);
void sal_samples_unref (SalSamples *samples);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SalSamples, sal_samples_unref)

/** sal_samples_add: one more, @a */
void sal_samples_add (SalSamples *samples, const float *a);
/** sal_samples_mean: Returns: (transfer full): Σ a / n */
SalTensor *sal_samples_mean (const SalSamples *samples);
/** sal_samples_mean_square: Returns: (transfer full): Σ a² / n */
SalTensor *sal_samples_mean_square (const SalSamples *samples);
/** sal_samples_variance: Returns: (transfer full): Σ a² / n - (Σ a / n)² */
SalTensor *sal_samples_variance (const SalSamples *samples);
/** sal_samples_error: Returns: (transfer full): standard error of every element's mean,
 *  √(variance / (n - 1)); infinite for a single sample */
SalTensor *sal_samples_error (const SalSamples *samples);
/** sal_samples_relative_error: Returns: length of the vector of standard errors as a share of the
 *  means'; infinite for a single sample */
double sal_samples_relative_error (const SalSamples *samples);
