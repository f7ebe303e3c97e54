/* A few rows times a few rows of a matrix: sums along both, or across the matrix's.
 *
 * Limit: memory. A vector of w is used once a row: five rows need 5 multiply-adds for 64 bytes,
 * which a Sapphire Rapids does in a quarter of the time that it takes to fetch them. Sums stay in
 * registers, so that what is in the caches is not read more often than w is. */
#include "engine/kernels/level.h"

/* Vectors of sums across. */
#define ACROSS SAL_PANEL_VECTORS

/* Floats: so many streams at once are more than the processor fetches by itself. */
#define AHEAD 256

/* Rows whose sums along fit in the registers with all of w's. */
#define ALONG (SAL_PANEL_VECTORS == 4 ? SAL_THIN_GROUP : SAL_THIN_GROUP / 2)

SAL_INLINE void
dot_rows (const SalThin *t, int row, const int rows, const int n_w)
{
  float *y = t->y + row * SAL_THIN_DOTS * SAL_LANES;
  const float *x = t->x + row * t->x_step;
  Vec sum[SAL_THIN_GROUP][SAL_THIN_DOTS];
  int k = 0;

  SAL_EACH (i, rows)
    SAL_EACH (j, n_w)
      sum[i][j] = t->first ? (Vec){ 0 } : vec_load (y + (i * SAL_THIN_DOTS + j) * SAL_LANES);
  for (; k + SAL_LANES <= t->columns; k += SAL_LANES) {
    Vec w[SAL_THIN_DOTS];

    SAL_EACH (j, n_w)
      w[j] = vec_load (t->w + j * t->w_step + k);
    SAL_EACH (i, rows) {
      Vec v = vec_load (x + i * t->x_step + k);

      SAL_EACH (j, n_w)
        sum[i][j] += v * w[j];
    }
  }
  if (k < t->columns)
    SAL_EACH (i, rows)
      SAL_EACH (j, n_w)
        sum[i][j] += vec_load_some (x + i * t->x_step + k, t->columns - k) *
                     vec_load_some (t->w + j * t->w_step + k, t->columns - k);
  SAL_EACH (i, rows)
    SAL_EACH (j, n_w)
      vec_store (y + (i * SAL_THIN_DOTS + j) * SAL_LANES, sum[i][j]);
}

SAL_INLINE void
sum_across (const SalThin *t, const float (*x)[SAL_THIN_SUMS], int k, const int rows,
            const int vectors)
{
  Vec sum[SAL_THIN_GROUP][ACROSS];

  SAL_EACH (i, rows)
    SAL_EACH (v, vectors)
      sum[i][v] = (Vec){ 0 };
  for (int j = 0; j < t->n_w; j++) {
    Vec w[ACROSS];

    SAL_EACH (v, vectors) {
      const float *at = t->w + j * t->w_step + k + v * SAL_LANES;

      __builtin_prefetch (at + AHEAD);
      w[v] = vec_load (at);
    }
    SAL_EACH (i, rows) {
      Vec a = vec_all (x[i][j]);

      SAL_EACH (v, vectors)
        sum[i][v] += a * w[v];
    }
  }
  SAL_EACH (i, rows)
    SAL_EACH (v, vectors) {
      float *y = t->y + i * t->y_step + k + v * SAL_LANES;

      vec_store (y, vec_load (y) + sum[i][v]);
    }
}

SAL_INLINE void
sum_rows (const SalThin *t, const int rows)
{
  float x[SAL_THIN_GROUP][SAL_THIN_SUMS];
  int k = 0;

  for (int i = 0; i < rows; i++)
    for (int j = 0; j < t->n_w; j++)
      x[i][j] = t->alpha * t->x[i * t->x_step + j];
  for (; k + ACROSS * SAL_LANES <= t->columns; k += ACROSS * SAL_LANES)
    sum_across (t, (const float (*)[SAL_THIN_SUMS]) x, k, rows, ACROSS);
  for (; k + SAL_LANES <= t->columns; k += SAL_LANES)
    sum_across (t, (const float (*)[SAL_THIN_SUMS]) x, k, rows, 1);
  if (k == t->columns)
    return;
  for (int i = 0; i < rows; i++) {
    float *y = t->y + i * t->y_step + k;
    Vec sum = { 0 };

    for (int j = 0; j < t->n_w; j++)
      sum += vec_all (x[i][j]) * vec_load_some (t->w + j * t->w_step + k, t->columns - k);
    vec_store_some (y, vec_load_some (y, t->columns - k) + sum, t->columns - k);
  }
}

SAL_INLINE void
dot_group (const SalThin *t, int row, int rows, const int n_w)
{
  switch (rows) {
  case 1:
    dot_rows (t, row, 1, n_w);
    break;
  case 2:
    dot_rows (t, row, 2, n_w);
    break;
  case 3:
    dot_rows (t, row, 3, n_w);
    break;
#if SAL_PANEL_VECTORS == 4
  case 4:
    dot_rows (t, row, 4, n_w);
    break;
  case 5:
    dot_rows (t, row, 5, n_w);
    break;
  default:
    dot_rows (t, row, 6, n_w);
    break;
#endif
  }
}

void
SAL_SIMD (sal_thin_dot) (const SalThin *t)
{
  for (int row = 0; row < t->rows; row += ALONG) {
    if (t->n_w == SAL_THIN_DOTS)
      dot_group (t, row, MIN (ALONG, t->rows - row), SAL_THIN_DOTS);
    else
      for (int j = 0; j < t->n_w; j++) {
        SalThin one = *t;

        one.w += j * t->w_step;
        one.y += j * SAL_LANES;
        dot_group (&one, row, MIN (ALONG, t->rows - row), 1);
      }
  }
}

void
SAL_SIMD (sal_thin_sum) (const SalThin *t)
{
  switch (t->rows) {
  case 1:
    sum_rows (t, 1);
    break;
  case 2:
    sum_rows (t, 2);
    break;
  case 3:
    sum_rows (t, 3);
    break;
  case 4:
    sum_rows (t, 4);
    break;
  case 5:
    sum_rows (t, 5);
    break;
  default:
    sum_rows (t, 6);
    break;
  }
}
