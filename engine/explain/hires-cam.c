#include "engine/explain/cam.h"
#include "engine/explain/methods.h"

#include <string.h>

static const SalParam params[] = { SAL_CAM_GRADIENT_PARAMS, { NULL } };

static void
combine (const SalCamLayer *layer, double *map)
{
  memset (map, 0, layer->n_places * sizeof (double));
  for (gint64 k = 0; k < layer->n_channels; k++)
    for (gint64 p = 0; p < layer->n_places; p++) {
      gint64 i = k * layer->n_places + p;

      map[p] += (double) layer->gradient[i] * layer->activation[i];
    }
}

static SalTensor *
explain (SalExplainer *explainer, const SalTensor *inputs, const SalProgress *progress,
         GError **error)
{
  return sal_cam_explain (explainer, inputs, combine, progress, error);
}

const SalMethod sal_method_hires_cam = {
  .id = "hires-cam",
  .name = "HiResCAM",
  .group = SAL_GROUP_CAM,
  .summary = "Multiplies gradient and activation place by place before adding the channels, so "
             "that only places that were used light up.",
  .formula = "A = Σₖ ∂f / ∂Aᵏ ⊙ Aᵏ",
  .promise = "In a network that ends in one dense layer the map, before its ReLU, is each place’s "
             "share of the score.",
  .advice =
      "Faithful where Grad-CAM’s averaging misleads: with nothing but a linear layer behind, the "
      "parts sum to the score.",
  .caveat = "Noisier than Grad-CAM on layers that lie far from the end.",
  .paper = "Draelos, Carin: Use HiResCAM instead of Grad-CAM for faithful explanations of "
           "convolutional neural networks. 2020.",
  .params = params,
  .single_pass = TRUE,
  .is_signed = TRUE,
  .check = sal_cam_check,
  .explain = explain,
};
