/* Backward rules that change what passes through activations. */
#pragma once

#include "engine/explain/method.h"

/**
 * sal_rules_guided: Returns: guided backpropagation: a gradient passes an activation only where it
 *   is positive, on top of the activation's own derivative
 * @all: also at Clip, LeakyRelu, HardSwish, Gelu, Elu, Sigmoid and the other elementwise
 *   activations; else at Relu alone, as published
 *
 * Springenberg, Dosovitskiy, Brox, Riedmiller: Striving for Simplicity. ICLR workshop 2015. For a
 * smooth activation the rule gates what arrives from above and multiplies with the true
 * derivative. SiLU, which ONNX writes as x · Sigmoid (x), is a product, and products keep their
 * derivative.
 */
const SalRuleSet *sal_rules_guided (gboolean all);

/**
 * sal_rules_deconvnet: Returns: DeconvNet: what passes an activation is the positive part of what
 *   arrives from above, whatever the activation's input was
 *
 * Zeiler, Fergus: Visualizing and Understanding Convolutional Networks. ECCV 2014.
 */
const SalRuleSet *sal_rules_deconvnet (gboolean all);

/** SAL_RULES_PARAMS: "all-activations", for methods made of one of these rule sets */
#define SAL_RULES_PARAMS                                                                           \
  {                                                                                                \
    .key = "all-activations", .label = "Every activation",                                         \
    .help =                                                                                        \
        "Apply the rule to Clip, GELU and the like as well; off: to ReLU alone, as published.",    \
    .kind = SAL_PARAM_SWITCH, .max = 1                                                             \
  }

/**
 * sal_rules_explain:
 * @rules: one of the two above, which is asked for what SAL_RULES_PARAMS say
 *
 * Returns: (transfer full) (nullable): [B, input shape]: what arrives at the input
 */
SalTensor *sal_rules_explain (SalExplainer *explainer, const SalTensor *inputs,
                              const SalRuleSet *(*rules) (gboolean all),
                              const SalProgress *progress, GError **error);
