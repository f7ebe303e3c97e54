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

      map[p] += (double) MAX (layer->gradient[i], 0.f) * layer->activation[i];
    }
}

static SalTensor *
explain (SalExplainer *explainer, const SalTensor *inputs, const SalProgress *progress,
         GError **error)
{
  return sal_cam_explain (explainer, inputs, combine, progress, error);
}

const SalMethod sal_method_layer_cam = {
  .id = "layer-cam",
  .name = "LayerCAM",
  .group = SAL_GROUP_CAM,
  .summary =
      "Weights every place by its own positive gradient, which keeps detail in early layers.",
  .formula = "A = ReLU(Σₖ ReLU(∂f / ∂Aᵏ) ⊙ Aᵏ)",
  .promise = "A place without positive gradient gets nothing.",
  .advice = "Finer maps, from layers nearer to the picture.",
  .caveat = "Negative gradients are dropped: what speaks against the class is not seen.",
  .paper =
      "Jiang, Zhang, Hou, Cheng, Wei: LayerCAM: Exploring Hierarchical Class Activation Maps for "
      "Localization. TIP 2021.",
  .params = params,
  .single_pass = TRUE,
  .check = sal_cam_check,
  .explain = explain,
};
