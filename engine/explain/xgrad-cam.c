#include "engine/explain/cam.h"
#include "engine/explain/methods.h"

static const SalParam params[] = { SAL_CAM_GRADIENT_PARAMS, { NULL } };

static void
combine (const SalCamLayer *layer, double *map)
{
  g_autofree double *weight = g_new0 (double, layer->n_channels);

  for (gint64 k = 0; k < layer->n_channels; k++) {
    double sum = 0;

    for (gint64 p = 0; p < layer->n_places; p++) {
      gint64 i = k * layer->n_places + p;

      sum += layer->activation[i];
      weight[k] += (double) layer->gradient[i] * layer->activation[i];
    }
    /* A channel that is silent has no share, whatever its weight. */
    weight[k] = sum != 0 ? weight[k] / sum : 0;
  }
  sal_cam_weigh (layer, weight, map);
}

static SalTensor *
explain (SalExplainer *explainer, const SalTensor *inputs, const SalProgress *progress,
         GError **error)
{
  return sal_cam_explain (explainer, inputs, combine, progress, error);
}

const SalMethod sal_method_xgrad_cam = {
  .id = "xgrad-cam",
  .name = "XGrad-CAM",
  .group = SAL_GROUP_CAM,
  .summary = "Grad-CAM whose gradients are averaged where the channel is active.",
  .formula = "A = ReLU(Σₖ wₖ Aᵏ),  wₖ = Σ (Aᵏ / ΣAᵏ) ∂f / ∂Aᵏ",
  .promise = "Where what follows the layer is linear and without bias the map, before its ReLU, "
             "sums to the score.",
  .advice = "Grad-CAM with better axioms: sensitivity and conservation hold as far as they can.",
  .caveat = "Where activations of a channel cancel out, its weight is not steady.",
  .paper = "Fu, Hu, Dong, Guo, Gao, Li: Axiom-based Grad-CAM: Towards Accurate Visualization and "
           "Explanation of CNNs. BMVC 2020.",
  .params = params,
  .single_pass = TRUE,
  .check = sal_cam_check,
  .explain = explain,
};
