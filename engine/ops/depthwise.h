/* Convolution of one plane with one filter: the loops under depthwise Conv.
 *
 * The plane is copied with its padding, split by the strides: elements that one tap reads at
 * neighbouring places become neighbours. All rows of places then form one long run, and a tap is
 * an offset into it: y[i] = Σ k[tap] · x[i + offset[tap]], without borders, strides or rows. */
#pragma once

#include "engine/ops/window.h"

/** SalDepthwise: what the geometry fixes; never changes once made */
typedef struct _SalDepthwise SalDepthwise;

/**
 * sal_depthwise_new:
 *
 * Returns: (transfer full) (nullable): %NULL and @error if the padded plane is too large
 */
SalDepthwise *sal_depthwise_new (const SalWindow *window, GError **error);
void sal_depthwise_free (SalDepthwise *depthwise);

/** sal_depthwise_scratch: Returns: floats of scratch memory that the loops take */
gint64 sal_depthwise_scratch (const SalDepthwise *depthwise);

/** sal_depthwise_read: copies plane @x [in] into @scratch, for sal_depthwise_forward() */
void sal_depthwise_read (const SalDepthwise *depthwise, const float *x, float *scratch);
/** sal_depthwise_forward: y [out] = @bias + the correlation of the plane read with k [kernel] */
void sal_depthwise_forward (const SalDepthwise *depthwise, float *scratch, const float *k,
                            float bias, float *y);
/** sal_depthwise_backward: gx [in] += the transpose of that, applied to gy [out] */
void sal_depthwise_backward (const SalDepthwise *depthwise, const float *gy, const float *k,
                             float *scratch, float *gx);
/** sal_depthwise_weight: gk [kernel] += the gradient with respect to the filter */
void sal_depthwise_weight (const SalWindow *window, const float *x, const float *gy, float *gk);
