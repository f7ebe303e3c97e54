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
 * SalLayerStep: writes the way that a point stands for
 * @activation: the layer here; @before: at the point before, %NULL at the first
 * @n: elements
 */
typedef void (*SalLayerStep) (const float *activation, const float *before, gint64 n, double *way);

/**
 * sal_layer_path_explain:
 * @x: one input
 * @step: (nullable): %NULL for the mean of the gradients
 *
 * With @step the baseline itself is a point, so that every step has one before it.
 *
 * Returns: (transfer full) (nullable): sums in the layer's shape
 */
SalTensor *sal_layer_path_explain (SalExplainer *explainer, const float *x, SalLayerStep step,
                                   const SalProgress *progress, GError **error);
