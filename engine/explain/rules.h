/* Backward rules that change what passes through activations. */
#pragma once

#include "engine/graph/plan.h"

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
