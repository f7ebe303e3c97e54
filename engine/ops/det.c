/* Determinants. */
#include "engine/ops/expect.h"
#include "engine/ops/families.h"

#include "engine/base/error.h"

#include <math.h>
#include <string.h>

static gboolean
det_setup (SalOpSetup *setup, GError **error)
{
  const SalShape *x = &setup->x_shape[0];

  if (!sal_op_expect (setup, "f", 1, error) ||
      !sal_op_expect_rank (setup, 0, 2, SAL_MAX_RANK, error))
    return FALSE;
  gint64 n = x->dim[x->rank - 1];
  if (x->dim[x->rank - 2] != n) {
    g_autofree char *text = sal_shape_to_string (x);
    return sal_op_setup_fail (setup, error, SAL_ERROR_SHAPE, "%s are no square matrices", text);
  }
  setup->y_shape[0] = *x;
  setup->y_shape[0].rank -= 2;
  gint64 matrices = sal_shape_count (&setup->y_shape[0]);
  sal_op_count (setup, (double) matrices * (double) n * (double) n * (double) n / 3);
  /* The factors, a column, and the order of the rows. */
  setup->scratch_bytes = ((gsize) n * n + 2 * n) * sizeof (double);
  return TRUE;
}

/* A with its rows in another order is L · U, L with ones on its diagonal; both in @lu, row i of it
 * being row @order[i] of A. Returns: the determinant; at 0 the rest of @lu is undefined */
static double
factorise (const float *a, gint64 n, double *lu, gint64 *order)
{
  double det = 1;

  for (gint64 i = 0; i < n; i++)
    order[i] = i;
  for (gint64 i = 0; i < n * n; i++)
    lu[i] = a[i];
  for (gint64 k = 0; k < n; k++) {
    gint64 pivot = k;

    for (gint64 i = k + 1; i < n; i++)
      if (fabs (lu[i * n + k]) > fabs (lu[pivot * n + k]))
        pivot = i;
    det *= lu[pivot * n + k];
    if (det == 0)
      return 0;
    if (pivot != k) {
      gint64 row = order[k];

      for (gint64 j = 0; j < n; j++) {
        double value = lu[k * n + j];
        lu[k * n + j] = lu[pivot * n + j];
        lu[pivot * n + j] = value;
      }
      order[k] = order[pivot];
      order[pivot] = row;
      det = -det;
    }
    for (gint64 i = k + 1; i < n; i++) {
      double factor = lu[i * n + k] /= lu[k * n + k];

      for (gint64 j = k + 1; j < n; j++)
        lu[i * n + j] -= factor * lu[k * n + j];
    }
  }
  return det;
}

static void
det_forward (const SalOpArgs *a)
{
  gint64 n = a->x_shape[0].dim[a->x_shape[0].rank - 1];
  double *lu = a->scratch;
  gint64 *order = (gint64 *) (gpointer) (lu + n * n + n);

  for (gint64 m = 0; m < a->n; m++)
    a->y[0][m] = (float) factorise (a->x[0] + m * n * n, n, lu, order);
}

/* gx += gy · det (A) · A^-T (Jacobi). An exactly singular matrix has no inverse and gets
 * nothing, though its cofactors, which the product is the limit of, need not be zero. */
static void
det_backward (const SalOpArgs *a)
{
  gint64 n = a->x_shape[0].dim[a->x_shape[0].rank - 1];
  double *lu = a->scratch, *column = lu + n * n;
  gint64 *order = (gint64 *) (gpointer) (column + n);

  for (gint64 m = 0; m < a->n; m++) {
    double det = factorise (a->x[0] + m * n * n, n, lu, order);

    if (det == 0)
      continue;
    /* Column c of the inverse, by forward and back substitution, is row c of what is sought. */
    for (gint64 c = 0; c < n; c++) {
      for (gint64 i = 0; i < n; i++) {
        column[i] = order[i] == c ? 1 : 0;
        for (gint64 j = 0; j < i; j++)
          column[i] -= lu[i * n + j] * column[j];
      }
      for (gint64 i = n - 1; i >= 0; i--) {
        for (gint64 j = i + 1; j < n; j++)
          column[i] -= lu[i * n + j] * column[j];
        column[i] /= lu[i * n + i];
      }
      for (gint64 i = 0; i < n; i++)
        a->gx[0][m * n * n + c * n + i] += (float) (a->gy[0][m] * det * column[i]);
    }
  }
}

const SalOp sal_ops_det[] = {
  { "Det", 11, SAL_KEEP_X (0), det_setup, det_forward, det_backward },
  { NULL },
};
