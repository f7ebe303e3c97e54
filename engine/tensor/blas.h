/* Matrix products: the one place that calls the BLAS library. */
#pragma once

#include <glib.h>

/**
 * sal_gemm:
 * @m: rows of C
 * @n: columns of C
 * @k: length of the sums
 * @lda: distance between rows of A in memory; @ldb and @ldc likewise
 *
 * C = alpha · op(A) · op(B) + beta · C, row-major, op transposing where asked. With @beta 0, C may
 * be uninitialised. Safe from any thread with any build of OpenBLAS: products run on the calling
 * thread where the library allows concurrent callers (its pthread build), else one at a time.
 */
void sal_gemm (gboolean transpose_a, gboolean transpose_b, gint64 m, gint64 n, gint64 k,
               float alpha, const float *a, gint64 lda, const float *b, gint64 ldb, float beta,
               float *c, gint64 ldc);
