#include "engine/kernels/thin.h"

#include "engine/kernels/table.h"

/* Rows of w, and columns, that make a piece of work. */
#define ROWS 64
#define COLUMNS 2048

/* Columns of w that pass all rows of x before the next ones: a group of rows fits in the level-1
 * cache. */
#define DEPTH 1024

typedef struct {
  const SalKernels *kernels;
  const float *x, *w;
  float *y, alpha;
  int rows;
  gint64 J, K;
} Product;

/* The nth of groups of rows, each of at most @most and about as large as the others. */
static int
group_at (int rows, int most, int n)
{
  return rows * n / ((rows + most - 1) / most);
}

/* In float64, for the few numbers at a network's end are looked at one by one. */
static double
total (const float *sums, int lanes)
{
  double all = 0;

  for (int i = 0; i < lanes; i++)
    all += sums[i];
  return all;
}

/* A group of rows of w. */
static void
dot (const Product *p, gint64 j, int n_j)
{
  float sums[SAL_THIN_ROWS * SAL_THIN_DOTS * SAL_THIN_LANES];
  int lanes = p->kernels->lanes;

  for (gint64 k = 0; k < p->K; k += DEPTH) {
    for (int n = 0, group = 0; n < p->rows;) {
      int end = group_at (p->rows, SAL_THIN_GROUP, ++group);

      p->kernels->thin_dot (&(SalThin){ .x = p->x + n * p->K + k,
                                        .x_step = p->K,
                                        .rows = end - n,
                                        .w = p->w + j * p->K + k,
                                        .w_step = p->K,
                                        .n_w = n_j,
                                        .columns = (int) MIN (DEPTH, p->K - k),
                                        .y = sums + n * SAL_THIN_DOTS * lanes,
                                        .first = k == 0 });
      n = end;
    }
  }
  for (int n = 0; n < p->rows; n++) {
    for (int i = 0; i < n_j; i++) {
      float *y = p->y + n * p->J + j + i;

      *y = (float) (*y + p->alpha * total (sums + (n * SAL_THIN_DOTS + i) * lanes, lanes));
    }
  }
}

static void
dot_cb (int worker, int piece, gpointer data)
{
  const Product *p = data;
  gint64 end = MIN ((gint64) (piece + 1) * ROWS, p->J);

  for (gint64 j = (gint64) piece * ROWS; j < end; j += SAL_THIN_DOTS)
    dot (p, j, (int) MIN (SAL_THIN_DOTS, end - j));
}

static gboolean
any (const Product *p, gint64 j, int n_j)
{
  for (int n = 0; n < p->rows; n++)
    for (int i = 0; i < n_j; i++)
      if (p->x[n * p->J + j + i] != 0.f)
        return TRUE;
  return FALSE;
}

static void
sum_cb (int worker, int piece, gpointer data)
{
  const Product *p = data;
  gint64 from = (gint64) piece * COLUMNS;

  for (gint64 j = 0; j < p->J; j += SAL_THIN_SUMS) {
    int n_j = (int) MIN (SAL_THIN_SUMS, p->J - j);

    if (!any (p, j, n_j))
      continue;
    for (int n = 0, group = 0; n < p->rows;) {
      int end = group_at (p->rows, SAL_THIN_GROUP, ++group);

      p->kernels->thin_sum (&(SalThin){ .x = p->x + n * p->J + j,
                                        .x_step = p->J,
                                        .rows = end - n,
                                        .w = p->w + j * p->K + from,
                                        .w_step = p->K,
                                        .n_w = n_j,
                                        .columns = (int) MIN (COLUMNS, p->K - from),
                                        .alpha = p->alpha,
                                        .y = p->y + n * p->K + from,
                                        .y_step = p->K });
      n = end;
    }
  }
}

void
sal_thin_dot (const float *x, gint64 rows, const float *w, gint64 J, gint64 K, float alpha,
              float *y, SalTeam *team)
{
  Product p = { sal_kernels_get (), x, w, y, alpha, (int) rows, J, K };

  if (K > 0)
    sal_team_run (team, (int) ((J + ROWS - 1) / ROWS), dot_cb, &p);
}

void
sal_thin_sum (const float *x, gint64 rows, const float *w, gint64 J, gint64 K, float alpha,
              float *y, SalTeam *team)
{
  Product p = { sal_kernels_get (), x, w, y, alpha, (int) rows, J, K };

  sal_team_run (team, (int) ((K + COLUMNS - 1) / COLUMNS), sum_cb, &p);
}
