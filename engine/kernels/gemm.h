/* Products of rows with constant matrices: MatMul and Gemm with packed weights.
 *
 * One packed copy serves the product and its gradient: the matrices at the end of VGG-16 alone take
 * half a gigabyte. Results depend on the processor's level, not on rows or team. */
#pragma once

#include "engine/kernels/conv.h"

/** SalGemmWeights: a matrix [K,N], packed; never changes and may be shared by threads */
typedef struct _SalGemmWeights SalGemmWeights;

/** sal_gemm_weights_bytes: Returns: memory that sal_gemm_weights_new() would take */
gsize sal_gemm_weights_bytes (int K, int N);

/**
 * sal_gemm_weights_new:
 * @w: [K,N], or [N,K] where @transposed; not kept
 */
SalGemmWeights *sal_gemm_weights_new (int K, int N, const float *w, gboolean transposed);
SalGemmWeights *sal_gemm_weights_ref (SalGemmWeights *weights);
void sal_gemm_weights_unref (SalGemmWeights *weights);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SalGemmWeights, sal_gemm_weights_unref)

/** sal_gemm_scratch_bytes: Returns: scratch memory for either call by a team of @workers */
gsize sal_gemm_scratch_bytes (const SalGemmWeights *weights, int workers);

/**
 * sal_gemm_forward:
 * @args: y [rows,N] = x [rows,K] · w, with bias, addend, clamp and gates as in conv.h, a row being
 * a pixel
 */
void sal_gemm_forward (const SalGemmWeights *weights, gint64 rows, const SalConvArgs *args);

/** sal_gemm_backward: y [rows,K] = x [rows,N] · wᵀ, likewise: @args->x is the gradient of the
 *  product, @args->y that of its rows */
void sal_gemm_backward (const SalGemmWeights *weights, gint64 rows, const SalConvArgs *args);
