#include "engine/explain/methods.h"
#include "engine/explain/rules.h"

static const SalParam params[] = { SAL_RULES_PARAMS, { NULL } };

static SalTensor *
explain (SalExplainer *explainer, const SalTensor *inputs, const SalProgress *progress,
         GError **error)
{
  return sal_rules_explain (explainer, inputs, sal_rules_guided, progress, error);
}

const SalMethod sal_method_guided_backprop = {
  .id = "guided-backprop",
  .name = "Guided Backpropagation",
  .group = SAL_GROUP_RULES,
  .summary = "The gradient, but at every ReLU only what speaks for the class goes on down.",
  .formula = "Rᵢ = 1[xᵢ > 0] · 1[Rᵢ₊₁ > 0] · Rᵢ₊₁ at each ReLU",
  .promise = "None that could be proved: it is the derivative of nothing.",
  .advice = "Crisp pictures of edges and textures the network responds to.",
  .caveat =
      "It shows much the same whatever the class is, and with random weights too: do not read "
      "it as the reason for a decision.",
  .paper = "Springenberg, Dosovitskiy, Brox, Riedmiller: Striving for Simplicity: The All "
           "Convolutional Net. ICLR workshop 2015.",
  .params = params,
  .single_pass = TRUE,
  .explain = explain,
};
