#include "engine/explain/cam.h"
#include "engine/explain/methods.h"
#include "engine/explain/plane.h"

#include <string.h>

/* Every method with a number for each element of the input. */
static const SalChoice pixel_methods[] = {
  { "guided-backprop", "Guided Backpropagation" },
  { "gradient", "Gradient" },
  { "input-x-gradient", "Gradient × Input" },
  { "integrated-gradients", "Integrated Gradients" },
  { "expected-gradients", "Expected Gradients" },
  { "blur-ig", "Blur Integrated Gradients" },
  { "guided-ig", "Guided Integrated Gradients" },
  { "ig2", "IG²" },
  { "deeplift", "DeepLIFT" },
  { "lrp", "Layer-wise Relevance Propagation" },
  { "deconvnet", "DeconvNet" },
  { NULL },
};

static const SalParam params[] = {
  SAL_CAM_GRADIENT_PARAMS,
  { .key = "pixel-method",
    .label = "Times",
    .help = "The pixel map that the class activation map cuts out.",
    .kind = SAL_PARAM_CHOICE,
    .choices = pixel_methods },
  { .key = "baseline",
    .label = "Baseline",
    .help = "What the pixel method starts from, if it is one that starts somewhere.",
    .kind = SAL_PARAM_BASELINE,
    .text_otherwise = "black",
    .advanced = TRUE },
  { NULL },
};

/* Another method of the same query. Its own parameters have the settings of theirs; "layer" is the
 * CAM's and would mean something else to the gradient. */
static SalTensor *
run_other (SalExplainer *explainer, const SalMethod *method, gboolean keep_layer,
           const SalTensor *inputs, const SalProgress *progress, GError **error)
{
  SalQuery query = *sal_explainer_query (explainer);
  g_autoptr (SalSettings) settings =
      query.settings != NULL ? sal_settings_copy (query.settings) : sal_settings_new ();
  g_autoptr (SalExplainer) other = NULL;

  if (!keep_layer)
    sal_settings_reset (settings, &params[0]);
  else
    sal_settings_reset (settings, sal_param_find (params, "raw-cam"));
  query.method = method;
  query.settings = settings;
  other = sal_explainer_new (&query, sal_explainer_threads (explainer));
  return method->explain (other, inputs, progress, error);
}

static SalTensor *
explain (SalExplainer *explainer, const SalTensor *inputs, const SalProgress *progress,
         GError **error)
{
  const SalMethod *pixel = sal_method_find (sal_explainer_text (explainer, "pixel-method"));
  SalPlane plane = sal_plane_of (sal_explainer_query (explainer)->model);
  SalProgress first = sal_progress_part (progress, 0, 0.5);
  SalProgress second = sal_progress_part (progress, 0.5, 1);
  g_autoptr (SalTensor) cam =
      run_other (explainer, &sal_method_grad_cam, TRUE, inputs, &first, error);
  g_autoptr (SalTensor) out =
      cam != NULL ? run_other (explainer, pixel, FALSE, inputs, &second, error) : NULL;
  gint64 n_places = plane.height * plane.width;
  const float *map;
  float *a;

  if (out == NULL)
    return NULL;
  map = sal_tensor_floats (cam);
  a = sal_tensor_edit (out);
  for (gint64 b = 0; b < sal_tensor_count (cam) / n_places; b++, map += n_places)
    for (gint64 c = 0; c < plane.channels; c++)
      for (gint64 p = 0; p < n_places; p++)
        a[b * n_places * plane.channels + p * plane.place_stride + c * plane.channel_stride] *=
            map[p];
  return g_steal_pointer (&out);
}

const SalMethod sal_method_guided_grad_cam = {
  .id = "guided-grad-cam",
  .name = "Guided Grad-CAM",
  .group = SAL_GROUP_CAM,
  .summary = "A pixel map, usually Guided Backpropagation, cut out by Grad-CAM: fine, and about "
             "the class.",
  .formula = "A = R ⊙ enlarged ReLU(Grad-CAM)",
  .promise = "Nothing shows where Grad-CAM shows nothing.",
  .advice = "Fine detail on the right object.",
  .caveat = "The detail is Guided Backpropagation’s and says little about the decision; only the "
            "place comes from Grad-CAM.",
  .paper = "Selvaraju, Cogswell, Das, Vedantam, Parikh, Batra: Grad-CAM: Visual Explanations from "
           "Deep Networks via Gradient-based Localization. ICCV 2017.",
  .params = params,
  .is_signed = TRUE,
  .check = sal_cam_check,
  .explain = explain,
};
