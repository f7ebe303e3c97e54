#include "engine/explain/cam.h"
#include "engine/explain/layer-path.h"
#include "engine/explain/methods.h"

static const SalParam params[] = { SAL_LAYER_PATH_PARAMS, { NULL } };

/* Σ over steps of ∂f / ∂A at the step's end · the step of A, so that a layer through which all
 * passes sums to f(x) - f(x′). */
static void
step (const float *gradient, const float *activation, const float *before, gint64 n, int steps,
      double *sum)
{
  for (gint64 i = 0; before != NULL && i < n; i++)
    sum[i] += (double) gradient[i] * ((double) activation[i] - before[i]);
}

static SalTensor *
explain (SalExplainer *explainer, const SalTensor *inputs, const SalProgress *progress,
         GError **error)
{
  return sal_layer_path_explain (explainer, inputs, step, TRUE, progress, error);
}

const SalMethod sal_method_conductance = {
  .id = "conductance",
  .name = "Layer Conductance",
  .group = SAL_GROUP_LAYER,
  .summary = "How much of Integrated Gradients flows through each unit of a layer.",
  .formula = "A = ∫ ∂f / ∂y(α) · ∂y(α) / ∂α dα,  y the layer along the path",
  .advice = "Which channels of a layer carry the decision.",
  .caveat = "As with Integrated Gradients, the baseline decides what is compared.",
  .paper = "Dhamdhere, Sundararajan, Yan: How Important Is a Neuron? ICLR 2019.",
  .params = params,
  .is_signed = TRUE,
  .check = sal_cam_check,
  .explain = explain,
};
