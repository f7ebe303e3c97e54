#include "engine/tensor/blas.h"

#include <cblas.h>

/* OpenBLAS says with openblas_get_parallel() how it was built. Only the pthread build (1), held to
 * one thread, may be called by several threads at once: the serial build then returns wrong
 * numbers without a word, and the OpenMP build ignores the limit in threads other than the one
 * that set it. Those two are called behind a mutex. */
static GMutex one_caller;

static gboolean
concurrent (void)
{
  static gsize state = 0; /* 1: callers take turns, 2: concurrent callers are safe */

  if (g_once_init_enter (&state)) {
    openblas_set_num_threads (1);
    g_once_init_leave (&state, openblas_get_parallel () == 1 ? 2 : 1);
  }
  return state == 2;
}

void
sal_gemm (gboolean transpose_a, gboolean transpose_b, gint64 m, gint64 n, gint64 k, float alpha,
          const float *a, gint64 lda, const float *b, gint64 ldb, float beta, float *c, gint64 ldc)
{
  gboolean take_turns;

  if (m == 0 || n == 0)
    return;
  take_turns = !concurrent ();
  if (take_turns)
    g_mutex_lock (&one_caller);
  cblas_sgemm (CblasRowMajor, transpose_a ? CblasTrans : CblasNoTrans,
               transpose_b ? CblasTrans : CblasNoTrans, m, n, k, alpha, a, MAX (lda, 1), b,
               MAX (ldb, 1), beta, c, ldc);
  if (take_turns)
    g_mutex_unlock (&one_caller);
}
