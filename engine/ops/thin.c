#include "engine/ops/thin.h"

#include "engine/ops/clones.h"

/* Rows of w, and columns, that make a piece of work. */
#define ROWS 64
#define COLUMNS 1024

/* Sixteen floats wherever they lie; the compiler cuts them to what the processor has. */
typedef float Vector __attribute__ ((vector_size (64), aligned (4), may_alias));
#define LANES 16

typedef struct {
  const float *x, *w;
  float *y, alpha;
  gint64 rows, J, K;
} Product;

/* In float64, for the few numbers at a network's end are looked at one by one. */
static inline double
total (Vector v)
{
  double sum = 0;

  for (int i = 0; i < LANES; i++)
    sum += v[i];
  return sum;
}

/* Bound by memory from two rows on: a vector of w is read once for all of them. */
SAL_CLONES static void
dot_rows (const Product *p, gint64 from, gint64 to)
{
  gint64 K = p->K, whole = K / (2 * LANES) * 2 * LANES;

  for (gint64 j = from; j < to; j++) {
    const float *w = p->w + j * K;
    Vector sum[SAL_THIN_ROWS][2] = { { { 0 } } };

    for (gint64 k = 0; k < whole; k += 2 * LANES) {
      Vector w0 = *(const Vector *) (w + k), w1 = *(const Vector *) (w + k + LANES);

      for (gint64 n = 0; n < p->rows; n++) {
        const float *x = p->x + n * K + k;

        sum[n][0] += w0 * *(const Vector *) x;
        sum[n][1] += w1 * *(const Vector *) (x + LANES);
      }
    }
    for (gint64 n = 0; n < p->rows; n++) {
      double all = total (sum[n][0]) + total (sum[n][1]);

      for (gint64 k = whole; k < K; k++)
        all += (double) w[k] * p->x[n * K + k];
      p->y[n * p->J + j] = (float) (p->y[n * p->J + j] + p->alpha * all);
    }
  }
}

static gboolean
any (const Product *p, gint64 j, gint64 n_j)
{
  for (gint64 n = 0; n < p->rows; n++)
    for (gint64 i = 0; i < n_j; i++)
      if (p->x[n * p->J + j + i] != 0.f)
        return TRUE;
  return FALSE;
}

/* Four rows of w at a time, so that y is not read and written for each of them. */
SAL_CLONES static void
sum_columns (const Product *p, gint64 from, gint64 to)
{
  gint64 K = p->K;

  for (gint64 j = 0; j < p->J; j += 4) {
    gint64 n_j = MIN (4, p->J - j);

    if (!any (p, j, n_j))
      continue;
    for (gint64 n = 0; n < p->rows; n++) {
      const float *x = p->x + n * p->J + j, *w = p->w + j * K;
      float *restrict y = p->y + n * K;

      if (n_j == 4) {
        float a = p->alpha * x[0], b = p->alpha * x[1], c = p->alpha * x[2], d = p->alpha * x[3];

        for (gint64 k = from; k < to; k++)
          y[k] += a * w[k] + b * w[K + k] + c * w[2 * K + k] + d * w[3 * K + k];
      } else
        for (gint64 i = 0; i < n_j; i++)
          for (gint64 k = from; k < to; k++)
            y[k] += p->alpha * x[i] * w[i * K + k];
    }
  }
}

static void
dot_piece (int worker, int piece, gpointer data)
{
  const Product *p = data;

  dot_rows (p, (gint64) piece * ROWS, MIN ((gint64) (piece + 1) * ROWS, p->J));
}

static void
sum_piece (int worker, int piece, gpointer data)
{
  const Product *p = data;

  sum_columns (p, (gint64) piece * COLUMNS, MIN ((gint64) (piece + 1) * COLUMNS, p->K));
}

void
sal_thin_dot (const float *x, gint64 rows, const float *w, gint64 J, gint64 K, float alpha,
              float *y, SalTeam *team)
{
  Product p = { .x = x, .w = w, .y = y, .alpha = alpha, .rows = rows, .J = J, .K = K };

  sal_team_run (team, (int) ((J + ROWS - 1) / ROWS), dot_piece, &p);
}

void
sal_thin_sum (const float *x, gint64 rows, const float *w, gint64 J, gint64 K, float alpha,
              float *y, SalTeam *team)
{
  Product p = { .x = x, .w = w, .y = y, .alpha = alpha, .rows = rows, .J = J, .K = K };

  sal_team_run (team, (int) ((K + COLUMNS - 1) / COLUMNS), sum_piece, &p);
}
