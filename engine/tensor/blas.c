#include "engine/tensor/blas.h"

#include <cblas.h>
#include <pthread.h>

/* OpenBLAS says with openblas_get_parallel() how it was built. Only the pthread build (1), held to
 * one thread, may be called by several threads at once: the serial build then returns wrong
 * numbers without a word, and the OpenMP build ignores the limit in threads other than the one
 * that set it. Those two are called behind a mutex. */
static pthread_mutex_t one_caller = PTHREAD_MUTEX_INITIALIZER;

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

/* C is a row or a column: a product of a matrix and a vector, which reads the matrix once and is
 * not worth the packing that sgemm does first. Returns: whether it was one */
static gboolean
multiply_vector (gboolean transpose_a, gboolean transpose_b, gint64 m, gint64 n, gint64 k,
                 float alpha, const float *a, gint64 lda, const float *b, gint64 ldb, float beta,
                 float *c, gint64 ldc)
{
  gboolean row = m == 1;
  gint64 length = row ? n : m, step = row ? 1 : ldc;

  if (m != 1 && n != 1)
    return FALSE;
  /* sgemv multiplies C by beta even if that is 0, and C may hold anything then. */
  for (gint64 i = 0; i < length && beta == 0; i++)
    c[i * step] = 0;
  if (k == 0)
    return beta == 0 || beta == 1;
  if (row)
    cblas_sgemv (CblasRowMajor, transpose_b ? CblasNoTrans : CblasTrans, transpose_b ? n : k,
                 transpose_b ? k : n, alpha, b, ldb, a, transpose_a ? lda : 1, beta == 0 ? 1 : beta,
                 c, 1);
  else
    cblas_sgemv (CblasRowMajor, transpose_a ? CblasTrans : CblasNoTrans, transpose_a ? k : m,
                 transpose_a ? m : k, alpha, a, lda, b, transpose_b ? 1 : ldb, beta == 0 ? 1 : beta,
                 c, ldc);
  return TRUE;
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
    pthread_mutex_lock (&one_caller);
  if (!multiply_vector (transpose_a, transpose_b, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc))
    cblas_sgemm (CblasRowMajor, transpose_a ? CblasTrans : CblasNoTrans,
                 transpose_b ? CblasTrans : CblasNoTrans, m, n, k, alpha, a, MAX (lda, 1), b,
                 MAX (ldb, 1), beta, c, ldc);
  if (take_turns)
    pthread_mutex_unlock (&one_caller);
}
