#include "engine/explain/cam.h"
#include "engine/explain/methods.h"

#include <math.h>
#include <string.h>

static const SalParam params[] = { SAL_CAM_PARAMS, { NULL } };

#define ROUNDS 200

/* The first right singular vector of the centred activations [places][channels] by power iteration
 * from a fixed start; the map is the activations' projection on it. */
static void
combine (const SalCamLayer *layer, double *map)
{
  gint64 n_k = layer->n_channels, n_p = layer->n_places;
  g_autofree double *mean = g_new0 (double, n_k), *v = g_new (double, n_k);
  double sign = 0;

  for (gint64 k = 0; k < n_k; k++) {
    for (gint64 p = 0; p < n_p; p++)
      mean[k] += layer->activation[k * n_p + p];
    mean[k] /= n_p;
    v[k] = 1.0 + 1e-3 * (double) (k % 17);
  }
  for (int round = 0; round <= ROUNDS; round++) {
    double length = 0;

    memset (map, 0, n_p * sizeof (double));
    for (gint64 k = 0; k < n_k; k++)
      for (gint64 p = 0; p < n_p; p++)
        map[p] += v[k] * (layer->activation[k * n_p + p] - mean[k]);
    if (round == ROUNDS)
      break;
    for (gint64 k = 0; k < n_k; k++) {
      v[k] = 0;
      for (gint64 p = 0; p < n_p; p++)
        v[k] += map[p] * (layer->activation[k * n_p + p] - mean[k]);
      length += v[k] * v[k];
    }
    if (length == 0)
      return;
    for (gint64 k = 0; k < n_k; k++)
      v[k] /= sqrt (length);
  }
  /* A singular vector has no sign of its own: the side on which activations are high is up. */
  for (gint64 k = 0; k < n_k; k++)
    for (gint64 p = 0; p < n_p; p++)
      sign += map[p] * layer->activation[k * n_p + p];
  for (gint64 p = 0; sign < 0 && p < n_p; p++)
    map[p] = -map[p];
}

static SalTensor *
explain (SalExplainer *explainer, const SalTensor *inputs, const SalProgress *progress,
         GError **error)
{
  return sal_cam_explain (explainer, inputs, combine, progress, error);
}

const SalMethod sal_method_eigen_cam = {
  .id = "eigen-cam",
  .name = "Eigen-CAM",
  .group = SAL_GROUP_CAM,
  .summary =
      "The first principal component of a layer’s activations: what most of the layer agrees "
      "on.",
  .formula = "A = (A − mean) v₁,  v₁ the first right singular vector",
  .promise =
      "The best picture of the layer that one number a place can give; the same for every class.",
  .advice = "What stands out to the network, whatever the class: a control for the others.",
  .caveat = "It does not depend on the class, so it explains the layer and not the decision.",
  .paper =
      "Muhammad, Yeasin: Eigen-CAM: Class Activation Map using Principal Components. IJCNN 2020.",
  .params = params,
  .single_pass = TRUE,
  .check = sal_cam_check,
  .explain = explain,
};
