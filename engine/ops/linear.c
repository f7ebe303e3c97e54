/* Matrix products: MatMul and Gemm. */
#include "engine/ops/expect.h"
#include "engine/ops/families.h"

#include "engine/base/error.h"
#include "engine/kernels/thin.h"
#include "engine/tensor/blas.h"

#include <string.h>

/* y = a · b for the last two axes, the others broadcast. A 1-D a is a row and a 1-D b a column,
 * and that axis does not appear in y. */
typedef struct {
  gint64 M, N, K;
  int rank;                     /* of the batch axes */
  gint64 dim[SAL_MAX_RANK];     /* their lengths */
  gint64 step[2][SAL_MAX_RANK]; /* how far a and b move along them; 0 where broadcast */
} MatMul;

static gboolean
matmul_setup (SalOpSetup *setup, GError **error)
{
  const SalShape *a = &setup->x_shape[0], *b = &setup->x_shape[1];
  SalShape batch[2], y;
  MatMul m = { 0 };

  if (!sal_op_expect (setup, "ff", 1, error))
    return FALSE;
  if (a->rank == 0 || b->rank == 0)
    return sal_op_setup_fail (setup, error, SAL_ERROR_SHAPE, "input %d is a scalar",
                              a->rank == 0 ? 0 : 1);
  m.M = a->rank == 1 ? 1 : a->dim[a->rank - 2];
  m.K = a->dim[a->rank - 1];
  m.N = b->rank == 1 ? 1 : b->dim[b->rank - 1];
  for (int i = 0; i < 2; i++) {
    batch[i] = setup->x_shape[i];
    batch[i].rank = MAX (batch[i].rank - 2, 0);
  }
  if (m.K != b->dim[MAX (b->rank - 2, 0)] ||
      !sal_shape_broadcast (&batch[0], &batch[1], &y, NULL)) {
    g_autofree char *sa = sal_shape_to_string (a), *sb = sal_shape_to_string (b);

    return sal_op_setup_fail (setup, error, SAL_ERROR_SHAPE, "cannot multiply %s by %s", sa, sb);
  }
  m.rank = y.rank;
  for (int i = 0; i < 2; i++) {
    gint64 step = i == 0 ? m.M * m.K : m.K * m.N;

    for (int j = y.rank - 1; j >= 0; j--) {
      int k = j - (y.rank - batch[i].rank);
      gint64 length = k < 0 ? 1 : batch[i].dim[k];

      m.dim[j] = y.dim[j];
      m.step[i][j] = length == 1 ? 0 : step;
      step *= length;
    }
  }
  /* All of a's batches by one b are one product with more rows. */
  if (batch[1].rank == 0 || sal_shape_count (&batch[1]) == 1) {
    m.M *= sal_shape_count (&y);
    m.rank = 0;
  }
  if (a->rank > 1)
    y.dim[y.rank++] = a->dim[a->rank - 2];
  if (b->rank > 1)
    y.dim[y.rank++] = m.N;
  setup->y_shape[0] = y;
  sal_op_count (setup, (double) sal_shape_count (&y) * m.K);
  sal_op_keep_factors (setup);
  *(MatMul *) sal_op_setup_state (setup, sizeof m, NULL) = m;
  return TRUE;
}

/* Elements at which a's and b's matrices of batch @i start. */
static void
matmul_offsets (const MatMul *m, gint64 i, gint64 *offset)
{
  offset[0] = offset[1] = 0;
  for (int j = m->rank - 1; j >= 0; j--) {
    offset[0] += i % m->dim[j] * m->step[0][j];
    offset[1] += i % m->dim[j] * m->step[1][j];
    i /= m->dim[j];
  }
}

/* y += alpha · x · op (w): a few rows by a matrix that is read but once */
static gboolean
thin (const float *x, gint64 rows, const float *w, gint64 length, gint64 columns,
      gboolean transpose, float alpha, float *y, SalTeam *team)
{
  if (rows > SAL_THIN_ROWS)
    return FALSE;
  if (transpose)
    sal_thin_dot (x, rows, w, columns, length, alpha, y, team);
  else
    sal_thin_sum (x, rows, w, length, columns, alpha, y, team);
  return TRUE;
}

static void
matmul_forward (const SalOpArgs *a)
{
  const MatMul *m = a->state;
  gint64 size = m->M * m->N;

  if (m->rank == 0 && m->M <= SAL_THIN_ROWS)
    memset (a->y[0], 0, size * sizeof (float));
  if (m->rank == 0 && thin (a->x[0], m->M, a->x[1], m->K, m->N, FALSE, 1.f, a->y[0], a->team))
    return;
  for (gint64 i = 0; i * size < a->n; i++) {
    gint64 at[2];

    matmul_offsets (m, i, at);
    sal_gemm (FALSE, FALSE, m->M, m->N, m->K, 1.f, a->x[0] + at[0], m->K, a->x[1] + at[1], m->N,
              0.f, a->y[0] + i * size, m->N);
  }
}

/* gA += gY · Bᵀ;  gB += Aᵀ · gY; adding also sums over the batches an operand was repeated for */
static void
matmul_backward (const SalOpArgs *a)
{
  const MatMul *m = a->state;
  gint64 size = m->M * m->N;

  for (gint64 i = 0; i * size < a->n; i++) {
    const float *gy = a->gy[0] + i * size;
    gint64 at[2];

    matmul_offsets (m, i, at);
    if (a->gx[0] != NULL &&
        !(m->rank == 0 && thin (gy, m->M, a->x[1], m->N, m->K, TRUE, 1.f, a->gx[0], a->team)))
      sal_gemm (FALSE, TRUE, m->M, m->K, m->N, 1.f, gy, m->N, a->x[1] + at[1], m->N, 1.f,
                a->gx[0] + at[0], m->K);
    if (a->gx[1] != NULL)
      sal_gemm (TRUE, FALSE, m->K, m->N, m->M, 1.f, a->x[0] + at[0], m->K, gy, m->N, 1.f,
                a->gx[1] + at[1], m->N);
  }
}

/* y = alpha · op (A) · op (B) + beta · C */
typedef struct {
  gint64 M, N, K;
  gboolean transpose_a, transpose_b;
  float alpha, beta;
  gint64 row, column; /* how far C moves; 0 where broadcast */
} Gemm;

static gboolean
gemm_setup (SalOpSetup *setup, GError **error)
{
  const SalShape *a = &setup->x_shape[0], *b = &setup->x_shape[1];
  const char *inputs = setup->node->opset < 11 ? "fff" : "ff?f";
  Gemm g = { .alpha = sal_node_float (setup->node, "alpha", 1.f),
             .beta = sal_node_float (setup->node, "beta", 1.f),
             .transpose_a = sal_node_int (setup->node, "transA", 0) != 0,
             .transpose_b = sal_node_int (setup->node, "transB", 0) != 0 };

  if (!sal_op_expect (setup, inputs, 1, error) || !sal_op_expect_rank (setup, 0, 2, 2, error) ||
      !sal_op_expect_rank (setup, 1, 2, 2, error))
    return FALSE;
  g.M = a->dim[g.transpose_a ? 1 : 0];
  g.K = a->dim[g.transpose_a ? 0 : 1];
  g.N = b->dim[g.transpose_b ? 0 : 1];
  if (g.K != b->dim[g.transpose_b ? 1 : 0])
    return sal_op_setup_fail (setup, error, SAL_ERROR_SHAPE,
                              "A has %" PRId64 " to sum over, B has %" PRId64, g.K,
                              b->dim[g.transpose_b ? 1 : 0]);
  setup->y_shape[0] = SAL_SHAPE (g.M, g.N);
  if (sal_op_setup_has (setup, 2)) {
    const SalShape *c = &setup->x_shape[2];
    gint64 columns = c->rank > 0 ? c->dim[c->rank - 1] : 1;
    gint64 rows = c->rank > 1 ? c->dim[0] : 1;

    if (c->rank > 2 || (rows != 1 && rows != g.M) || (columns != 1 && columns != g.N)) {
      g_autofree char *sc = sal_shape_to_string (c);
      g_autofree char *sy = sal_shape_to_string (&setup->y_shape[0]);

      return sal_op_setup_fail (setup, error, SAL_ERROR_SHAPE, "C of shape %s does not fit %s", sc,
                                sy);
    }
    g.row = rows == 1 ? 0 : columns;
    g.column = columns == 1 ? 0 : 1;
  }
  sal_op_count (setup, (double) g.M * g.N * g.K);
  sal_op_keep_factors (setup);
  *(Gemm *) sal_op_setup_state (setup, sizeof g, NULL) = g;
  return TRUE;
}

static void
gemm_forward (const SalOpArgs *a)
{
  const Gemm *g = a->state;
  const float *c = a->n_x > 2 ? a->x[2] : NULL;

  for (gint64 i = 0; i < g->M; i++)
    for (gint64 j = 0; j < g->N; j++)
      a->y[0][i * g->N + j] = c != NULL ? g->beta * c[i * g->row + j * g->column] : 0.f;
  if (!g->transpose_a &&
      thin (a->x[0], g->M, a->x[1], g->K, g->N, g->transpose_b, g->alpha, a->y[0], a->team))
    return;
  sal_gemm (g->transpose_a, g->transpose_b, g->M, g->N, g->K, g->alpha, a->x[0],
            g->transpose_a ? g->M : g->K, a->x[1], g->transpose_b ? g->K : g->N, 1.f, a->y[0],
            g->N);
}

/* gA += alpha · gY · op (B)ᵀ;  gB += alpha · op (A)ᵀ · gY, each turned around where the operand
 * was;  gC += beta · gY */
static void
gemm_backward (const SalOpArgs *a)
{
  const Gemm *g = a->state;
  gint64 lda = g->transpose_a ? g->M : g->K, ldb = g->transpose_b ? g->K : g->N;
  float *gc = a->n_x > 2 ? a->gx[2] : NULL;

  if (a->gx[0] != NULL && g->transpose_a)
    sal_gemm (g->transpose_b, TRUE, g->K, g->M, g->N, g->alpha, a->x[1], ldb, a->gy[0], g->N, 1.f,
              a->gx[0], lda);
  else if (a->gx[0] != NULL && !thin (a->gy[0], g->M, a->x[1], g->N, g->K, !g->transpose_b,
                                      g->alpha, a->gx[0], a->team))
    sal_gemm (FALSE, !g->transpose_b, g->M, g->K, g->N, g->alpha, a->gy[0], g->N, a->x[1], ldb, 1.f,
              a->gx[0], lda);
  if (a->gx[1] != NULL && g->transpose_b)
    sal_gemm (TRUE, g->transpose_a, g->N, g->K, g->M, g->alpha, a->gy[0], g->N, a->x[0], lda, 1.f,
              a->gx[1], ldb);
  else if (a->gx[1] != NULL)
    sal_gemm (!g->transpose_a, FALSE, g->K, g->N, g->M, g->alpha, a->x[0], lda, a->gy[0], g->N, 1.f,
              a->gx[1], ldb);
  for (gint64 i = 0; i < g->M && gc != NULL; i++)
    for (gint64 j = 0; j < g->N; j++)
      gc[i * g->row + j * g->column] += g->beta * a->gy[0][i * g->N + j];
}

const SalOp sal_ops_linear[] = {
  { "MatMul", 1, SAL_KEEP_X (0) | SAL_KEEP_X (1), matmul_setup, matmul_forward, matmul_backward },
  { "Gemm", 7, SAL_KEEP_X (0) | SAL_KEEP_X (1), gemm_setup, gemm_forward, gemm_backward },
  { NULL },
};
