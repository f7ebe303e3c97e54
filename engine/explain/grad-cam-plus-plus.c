#include "engine/explain/cam.h"
#include "engine/explain/methods.h"

static const SalParam params[] = { SAL_CAM_GRADIENT_PARAMS, { NULL } };

/* wₖ = Σ_p α ReLU(g) with α = g² / (2 g² + (Σ_q A) g³), g the gradient of the score: the form that
 * the exponential of the score gives. */
static void
combine (const SalCamLayer *layer, double *map)
{
  g_autofree double *weight = g_new0 (double, layer->n_channels);

  for (gint64 k = 0; k < layer->n_channels; k++) {
    const float *a = layer->activation + k * layer->n_places;
    const float *g = layer->gradient + k * layer->n_places;
    double sum = 0;

    for (gint64 p = 0; p < layer->n_places; p++)
      sum += a[p];
    for (gint64 p = 0; p < layer->n_places; p++) {
      double below = 2.0 * g[p] * g[p] + sum * g[p] * g[p] * g[p];

      if (g[p] > 0 && below != 0)
        weight[k] += (double) g[p] * g[p] / below * g[p];
    }
  }
  sal_cam_weigh (layer, weight, map);
}

static SalTensor *
explain (SalExplainer *explainer, const SalTensor *inputs, const SalProgress *progress,
         GError **error)
{
  return sal_cam_explain (explainer, inputs, combine, progress, error);
}

const SalMethod sal_method_grad_cam_plus_plus = {
  .id = "grad-cam-plus-plus",
  .name = "Grad-CAM++",
  .group = SAL_GROUP_CAM,
  .summary = "Grad-CAM with a weight for every place, so that several objects of the class are "
             "shown and not one alone.",
  .formula = "A = ReLU(Σₖ wₖ Aᵏ),  wₖ = Σ αᵏ ReLU(∂f / ∂Aᵏ)",
  .promise = "No more than that a place without positive gradient adds no weight.",
  .advice = "Several objects of one class in a picture.",
  .caveat = "Its weights rest on a chain of assumptions about the score; on many pictures it is "
            "hardly told from Grad-CAM.",
  .paper =
      "Chattopadhay, Sarkar, Howlader, Balasubramanian: Grad-CAM++: Generalized Gradient-Based "
      "Visual Explanations for Deep Convolutional Networks. WACV 2018.",
  .params = params,
  .single_pass = TRUE,
  .check = sal_cam_check,
  .explain = explain,
};
