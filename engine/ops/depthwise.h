/* Convolution of one plane with one filter: the loops under depthwise Conv. */
#pragma once

#include "engine/ops/window.h"

/** sal_depthwise_forward: y [out] += the correlation of x [in] with k [kernel] */
void sal_depthwise_forward (const SalWindow *window, const float *x, const float *k, float *y);
/** sal_depthwise_backward: gx [in] += the transpose of sal_depthwise_forward() applied to gy */
void sal_depthwise_backward (const SalWindow *window, const float *gy, const float *k, float *gx);
/** sal_depthwise_weight: gk [kernel] += the gradient with respect to the filter */
void sal_depthwise_weight (const SalWindow *window, const float *x, const float *gy, float *gk);
