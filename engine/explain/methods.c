#include "engine/explain/methods.h"

#include <string.h>

static const SalMethod *const methods[] = {
  &sal_method_gradient,
  &sal_method_input_x_gradient,
  &sal_method_directional,
  &sal_method_integrated_gradients,
  &sal_method_expected_gradients,
  &sal_method_blur_ig,
  &sal_method_guided_ig,
  &sal_method_ig2,
  &sal_method_xrai,
  &sal_method_deeplift,
  &sal_method_lrp,
  &sal_method_guided_backprop,
  &sal_method_deconvnet,
  &sal_method_grad_cam,
  &sal_method_grad_cam_plus_plus,
  &sal_method_hires_cam,
  &sal_method_layer_cam,
  &sal_method_xgrad_cam,
  &sal_method_score_cam,
  &sal_method_eigen_cam,
  &sal_method_guided_grad_cam,
  &sal_method_occlusion,
  &sal_method_feature_ablation,
  &sal_method_shapley,
  &sal_method_kernel_shap,
  &sal_method_lime,
  &sal_method_attention_rollout,
  &sal_method_gradient_attention_rollout,
  &sal_method_activation,
  &sal_method_conductance,
  &sal_method_internal_influence,
  NULL,
};

const SalMethod *const *
sal_methods (void)
{
  return methods;
}

const SalMethod *
sal_method_find (const char *id)
{
  for (const SalMethod *const *method = methods; *method != NULL; method++)
    if (strcmp ((*method)->id, id) == 0)
      return *method;
  return NULL;
}

const char *
sal_method_group_name (SalMethodGroup group)
{
  static const char *const names[] = { "Gradient", "Path",         "Class activation map",
                                       "Rules",    "Perturbation", "Attention",
                                       "Layer" };

  return names[group];
}
