#include "engine/explain/gradients.h"
#include "engine/explain/methods.h"

static const SalParam params[] = { { NULL } };

static SalTensor *
explain (SalExplainer *explainer, const SalTensor *inputs, const SalProgress *progress,
         GError **error)
{
  SalModel *model = sal_explainer_query (explainer)->model;
  SalTensor *out =
      sal_gradients (explainer, inputs, sal_model_input (model), NULL, progress, error);
  const float *x = sal_tensor_floats (inputs);
  float *a;

  if (out == NULL)
    return NULL;
  a = sal_tensor_edit (out);
  for (gint64 i = 0; i < sal_tensor_count (out); i++)
    a[i] *= x[i];
  return out;
}

const SalMethod sal_method_input_x_gradient = {
  .id = "input-x-gradient",
  .name = "Gradient × Input",
  .group = SAL_GROUP_GRADIENT,
  .summary = "The gradient weighted with the input itself: each pixel's share of a linear model "
             "that touches the score at this picture.",
  .formula = "A = x ⊙ ∂f(x) / ∂x",
  .promise = "In a network of ReLU layers without biases the parts sum to the score.",
  .advice = "Sharper than the gradient, as fast; exact where the network is linear.",
  .caveat = "It depends on what number the network calls zero: a pixel that is zero gets nothing, "
            "however much it matters.",
  .paper = "Shrikumar, Greenside, Shcherbina, Kundaje: Not Just a Black Box: Learning Important "
           "Features Through Propagating Activation Differences. 2016.",
  .params = params,
  .single_pass = TRUE,
  .is_signed = TRUE,
  .explain = explain,
};
