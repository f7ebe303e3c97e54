#include "engine/explain/methods.h"
#include "engine/explain/rules.h"

static const SalParam params[] = { SAL_RULES_PARAMS, { NULL } };

static SalTensor *
explain (SalExplainer *explainer, const SalTensor *inputs, const SalProgress *progress,
         GError **error)
{
  return sal_rules_explain (explainer, inputs, sal_rules_deconvnet, progress, error);
}

const SalMethod sal_method_deconvnet = {
  .id = "deconvnet",
  .name = "DeconvNet",
  .group = SAL_GROUP_RULES,
  .summary = "Runs the network backwards, letting only positive signals through each ReLU, whether "
             "it was open or not.",
  .formula = "Rᵢ = max(Rᵢ₊₁, 0) at each ReLU",
  .promise = "None that could be proved: it is the derivative of nothing.",
  .advice = "Of historical interest: the first picture of what a unit responds to.",
  .caveat = "It hardly depends on the class: it reconstructs the picture more than it explains the "
            "decision.",
  .paper = "Zeiler, Fergus: Visualizing and Understanding Convolutional Networks. ECCV 2014.",
  .params = params,
  .single_pass = TRUE,
  .explain = explain,
};
