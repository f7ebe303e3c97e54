#include "engine/explain/cam.h"
#include "engine/explain/methods.h"

static const SalParam params[] = { SAL_CAM_GRADIENT_PARAMS, { NULL } };

/* wₖ is the spatial mean of the gradient. */
static void
combine (const SalCamLayer *layer, double *map)
{
  g_autofree double *weight = g_new0 (double, layer->n_channels);

  for (gint64 k = 0; k < layer->n_channels; k++) {
    for (gint64 p = 0; p < layer->n_places; p++)
      weight[k] += layer->gradient[k * layer->n_places + p];
    weight[k] /= layer->n_places;
  }
  sal_cam_weigh (layer, weight, map);
}

static SalTensor *
explain (SalExplainer *explainer, const SalTensor *inputs, const SalProgress *progress,
         GError **error)
{
  return sal_cam_explain (explainer, inputs, combine, progress, error);
}

const SalMethod sal_method_grad_cam = {
  .id = "grad-cam",
  .name = "Grad-CAM",
  .group = SAL_GROUP_CAM,
  .summary = "Weights the channels of a layer by how much the class score depends on each, and "
             "shows where the weighted channels are active.",
  .formula = "A = ReLU(Σₖ wₖ Aᵏ),  wₖ = mean over places of ∂f / ∂Aᵏ",
  .promise = "In a network that ends in global average pooling and one dense layer the map, before "
             "its ReLU, sums to the score less its bias.",
  .advice = "Where is the object? Coarse, steady, and easy to read.",
  .caveat = "As coarse as the layer, and one weight a channel: it can miss a second object, and "
            "averaged gradients can point at places that did not count.",
  .paper = "Selvaraju, Cogswell, Das, Vedantam, Parikh, Batra: Grad-CAM: Visual Explanations from "
           "Deep Networks via Gradient-based Localization. ICCV 2017.",
  .params = params,
  .single_pass = TRUE,
  .check = sal_cam_check,
  .explain = explain,
};
