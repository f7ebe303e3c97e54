#include "engine/explain/cam.h"
#include "engine/explain/each.h"
#include "engine/explain/layer-path.h"
#include "engine/explain/methods.h"

static const SalParam params[] = { SAL_LAYER_PATH_PARAMS, { NULL } };

static SalTensor *
explain_one (SalExplainer *explainer, const float *x, const SalProgress *progress, GError **error)
{
  return sal_layer_path_explain (explainer, x, NULL, progress, error);
}

static SalTensor *
explain (SalExplainer *explainer, const SalTensor *inputs, const SalProgress *progress,
         GError **error)
{
  return sal_explain_each (explainer, inputs, explain_one, progress, error);
}

const SalMethod sal_method_internal_influence = {
  .id = "internal-influence",
  .name = "Internal Influence",
  .group = SAL_GROUP_LAYER,
  .summary = "The gradient of each unit of a layer, averaged on the way from a baseline to the "
             "picture.",
  .formula = "A = ∫₀¹ ∂f(x′ + α (x − x′)) / ∂y dα",
  .promise = "Units that the score does not depend on get nothing.",
  .advice = "Which units the score reacts to, near this picture and on the way to it.",
  .caveat = "It says how strongly a unit would act, not how active it is; before a global pooling "
            "every place has the same.",
  .paper = "Leino, Sen, Datta, Fredrikson, Li: Influence-Directed Explanations for Deep "
           "Convolutional Networks. ITC 2018.",
  .params = params,
  .is_signed = TRUE,
  .check = sal_cam_check,
  .explain = explain,
};
