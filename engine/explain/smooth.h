/* SmoothGrad and its relatives around any method.
 *
 * Smilkov, Thorat, Kim, Viégas, Wattenberg: SmoothGrad: removing noise by adding noise. 2017.
 * Hooker et al.: A benchmark for interpretability methods in deep neural networks. NeurIPS 2019
 * (SmoothGrad-squared). Adebayo et al.: Local explanation methods for deep neural networks lack
 * sensitivity to parameter values. ICLR workshop 2018 (VarGrad). */
#pragma once

#include "engine/explain/method.h"

/**
 * sal_smooth_params: Returns: (transfer none): all that goes around any method: "smooth" (none,
 * smoothgrad, smoothgrad-squared, vargrad), "noise" (standard deviation as a fraction of the
 * input's max - min), "noise-absolute" (the same in the network's own numbers, where above 0 in
 * place of "noise"), "samples", "error-bound" (fewer samples, if the mean's standard error falls
 * below this share of it; 0 for all), "seed"; and the parameters of segments.h
 */
const SalParam *sal_smooth_params (void);

/** sal_smooth_wanted: Returns: whether the settings ask for smoothing */
gboolean sal_smooth_wanted (const SalSettings *settings);

/** sal_smooth_bound: Returns: the relative error at which the settings let sampling end, 0 for
 * never: of means alone, that of variances is not known */
double sal_smooth_bound (const SalSettings *settings);

/**
 * sal_smooth_explain:
 *
 * The query's method at noisy copies x + σ·ε of its input: their mean, the mean of their squares,
 * or their variance (division by N), element by element. Copies are spread over threads and added
 * in order. What an earlier answer to the same question has of them is not computed again, be it
 * another of the three, up to the last few, which share an evaluation with those that come next.
 *
 * Reports "samples", how many there are, and for the mean of two or more "standard-error", that of
 * each element, and "relative-error", what "error-bound" bounds.
 *
 * Returns: (transfer full) (nullable): in the shape of one attribution
 */
SalTensor *sal_smooth_explain (SalExplainer *explainer, const SalProgress *progress,
                               GError **error);
