/* Gradients and activations of a layer along the straight path from a baseline to the picture: what
 * internal influence and conductance have in common. */
#pragma once

#include "engine/explain/method.h"

/** SAL_LAYER_PATH_PARAMS: "layer", "steps", "baseline" */
#define SAL_LAYER_PATH_PARAMS                                                                      \
  { .key = "layer",                                                                                \
    .label = "Layer",                                                                              \
    .help = "Whose units are looked at.",                                                          \
    .kind = SAL_PARAM_LAYER },                                                                     \
      { .key = "steps",                                                                            \
        .label = "Steps",                                                                          \
        .help = "Points on the path from the baseline to the picture.",                            \
        .kind = SAL_PARAM_INT,                                                                     \
        .min = 1,                                                                                  \
        .max = 1000,                                                                               \
        .otherwise = 50,                                                                           \
        .logarithmic = TRUE },                                                                     \
  {                                                                                                \
    .key = "baseline", .label = "Baseline", .help = "Where the path starts.",                      \
    .kind = SAL_PARAM_BASELINE, .text_otherwise = "black"                                          \
  }

/**
 * SalLayerStep: adds what one step of the path gives
 * @gradient: of the score with respect to the layer, at this point
 * @activation: the layer here; @before: at the point before, %NULL at the first
 * @n: elements; @steps: number of points
 */
typedef void (*SalLayerStep) (const float *gradient, const float *activation, const float *before,
                              gint64 n, int steps, double *sum);

/**
 * sal_layer_path_explain:
 * @with_start: whether the baseline itself is a point, so that every step has one before it
 *
 * Returns: (transfer full) (nullable): sums in the layer's shape
 */
SalTensor *sal_layer_path_explain (SalExplainer *explainer, const SalTensor *inputs,
                                   SalLayerStep step, gboolean with_start,
                                   const SalProgress *progress, GError **error);
