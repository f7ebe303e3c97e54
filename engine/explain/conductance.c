#include "engine/explain/cam.h"
#include "engine/explain/each.h"
#include "engine/explain/layer-path.h"
#include "engine/explain/methods.h"

static const SalParam params[] = { SAL_LAYER_PATH_PARAMS, { NULL } };

/* The step of the layer itself, the gradient being that at the step's end: a layer through which
 * all passes then sums to f(x) - f(x′). */
static void
step (const float *activation, const float *before, gint64 n, double *way)
{
  for (gint64 i = 0; i < n; i++)
    way[i] = before != NULL ? (double) activation[i] - before[i] : 0;
}

static SalTensor *
explain_one (SalExplainer *explainer, const float *x, const SalProgress *progress, GError **error)
{
  return sal_layer_path_explain (explainer, x, step, progress, error);
}

static SalTensor *
explain (SalExplainer *explainer, const SalTensor *inputs, const SalProgress *progress,
         GError **error)
{
  return sal_explain_each (explainer, inputs, explain_one, progress, error);
}

const SalMethod sal_method_conductance = {
  .id = "conductance",
  .name = "Layer Conductance",
  .group = SAL_GROUP_LAYER,
  .summary = "How much of Integrated Gradients flows through each unit of a layer.",
  .formula = "A = ∫ ∂f / ∂y(α) · ∂y(α) / ∂α dα,  y the layer along the path",
  .promise = "Complete: over a layer through which all passes it sums to f(x) − f(x′).",
  .advice = "Which channels of a layer carry the decision.",
  .caveat = "As with Integrated Gradients, the baseline decides what is compared.",
  .paper = "Dhamdhere, Sundararajan, Yan: How Important Is a Neuron? ICLR 2019.",
  .params = params,
  .is_signed = TRUE,
  .check = sal_cam_check,
  .explain = explain,
};
