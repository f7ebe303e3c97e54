#include "engine/explain/gradients.h"
#include "engine/explain/methods.h"

static const SalParam params[] = {
  { .key = "layer",
    .label = "With respect to",
    .help = "The tensor whose elements are moved: the picture, or the output of a layer.",
    .kind = SAL_PARAM_LAYER },
  { NULL },
};

static SalTensor *
explain (SalExplainer *explainer, const SalTensor *inputs, const SalProgress *progress,
         GError **error)
{
  SalModel *model = sal_explainer_query (explainer)->model;
  const char *layer = sal_explainer_text (explainer, "layer");
  int wrt = *layer != '\0' ? sal_model_find_value (model, layer, error) : sal_model_input (model);

  if (wrt == SAL_NO_VALUE)
    return NULL;
  return sal_gradients (explainer, inputs, wrt, NULL, progress, error);
}

const SalMethod sal_method_gradient = {
  .id = "gradient",
  .name = "Gradient",
  .group = SAL_GROUP_GRADIENT,
  .summary = "How much the class score changes when a pixel changes a little.",
  .formula = "A = ∂f(x) / ∂x",
  .promise = "The exact derivative: a small change of the picture times the map sums to the change "
             "of the score.",
  .advice = "The quickest look, and the base of most other methods: good for debugging.",
  .caveat = "It is about small changes only: where the score is saturated it says nothing, and it "
            "is noisy.",
  .paper = "Simonyan, Vedaldi, Zisserman: Deep Inside Convolutional Networks: Visualising Image "
           "Classification Models and Saliency Maps. ICLR workshop 2014.",
  .params = params,
  .single_pass = TRUE,
  .explain = explain,
};
