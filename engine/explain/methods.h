/* The methods there are: one a file. */
#pragma once

#include "engine/explain/method.h"

extern const SalMethod sal_method_gradient;
extern const SalMethod sal_method_input_x_gradient;
extern const SalMethod sal_method_integrated_gradients;
extern const SalMethod sal_method_guided_backprop;
extern const SalMethod sal_method_deconvnet;
extern const SalMethod sal_method_grad_cam;
extern const SalMethod sal_method_occlusion;
extern const SalMethod sal_method_feature_ablation;
extern const SalMethod sal_method_shapley;
extern const SalMethod sal_method_expected_gradients;
extern const SalMethod sal_method_grad_cam_plus_plus;
extern const SalMethod sal_method_hires_cam;
extern const SalMethod sal_method_layer_cam;
extern const SalMethod sal_method_xgrad_cam;
extern const SalMethod sal_method_score_cam;
extern const SalMethod sal_method_eigen_cam;
extern const SalMethod sal_method_guided_grad_cam;
extern const SalMethod sal_method_deeplift;
extern const SalMethod sal_method_lrp;
extern const SalMethod sal_method_blur_ig;
extern const SalMethod sal_method_guided_ig;
extern const SalMethod sal_method_ig2;
extern const SalMethod sal_method_activation;
extern const SalMethod sal_method_kernel_shap;
extern const SalMethod sal_method_lime;
extern const SalMethod sal_method_xrai;
extern const SalMethod sal_method_attention_rollout;
extern const SalMethod sal_method_gradient_attention_rollout;
extern const SalMethod sal_method_conductance;
extern const SalMethod sal_method_internal_influence;
extern const SalMethod sal_method_directional;
