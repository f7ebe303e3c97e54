/* Rows times the transpose of packed columns: sums along what is packed side by side, so that a
 * vector holds parts of one sum until the end.
 *
 * Limit: memory for few rows, since each weight is used once a row; else 6 × 4 sums for 10 loads,
 * as in the tiles, and their way to the level-2 cache and back for every panel. */
#include "engine/kernels/finish-simd.h"
#include "engine/kernels/level.h"

SAL_INLINE void
dots_of (const SalDots *d, int k, const int ks, const int rows, const float *x)
{
  const int width = d->vectors * SAL_LANES;
  float *at = d->sums + (gint64) k * rows * SAL_LANES;
  Vec sum[6][SAL_DOTS_ROWS];

  SAL_EACH (i, ks)
    SAL_EACH (r, rows)
      sum[i][r] = d->first ? (Vec){ 0 } : vec_load (at + (i * rows + r) * SAL_LANES);
  for (int j = 0; j < d->vectors; j++) {
    Vec w[6];

    SAL_EACH (i, ks)
      w[i] = vec_load (d->w + (gint64) (k + i) * width + j * SAL_LANES);
    SAL_EACH (r, rows) {
      Vec v = vec_load (x + r * SAL_PANEL_MOST + j * SAL_LANES);

      SAL_EACH (i, ks)
        sum[i][r] += v * w[i];
    }
  }
  SAL_EACH (i, ks)
    SAL_EACH (r, rows)
      vec_store (at + (i * rows + r) * SAL_LANES, sum[i][r]);
}

SAL_INLINE void
dots (const SalDots *d, const int rows)
{
  /* The rows' part under this panel, with zeros behind it. */
  float x[SAL_DOTS_ROWS * SAL_PANEL_MOST] = { 0 };
  int k = 0;

  for (int r = 0; r < rows; r++)
    memcpy (x + r * SAL_PANEL_MOST, d->x + r * d->x_step, d->columns * sizeof *x);
  for (; k + 6 <= d->depth; k += 6)
    dots_of (d, k, 6, rows, x);
  for (; k < d->depth; k++)
    dots_of (d, k, 1, rows, x);
}

void
SAL_SIMD (sal_dots) (const SalDots *d)
{
  switch (d->rows) {
  case 1:
    dots (d, 1);
    break;
  case 2:
    dots (d, 2);
    break;
  case 3:
    dots (d, 3);
    break;
  default:
    dots (d, 4);
    break;
  }
}

SAL_INLINE float
sum_of_lanes (const float *p)
{
  float sum[SAL_LANES];

  memcpy (sum, p, sizeof sum);
  SAL_UNROLL for (int n = SAL_LANES / 2; n > 0; n /= 2) for (int i = 0; i < n; i++) sum[i] +=
      sum[i + n];
  return sum[0];
}

void
SAL_SIMD (sal_dots_end) (const SalDots *d, const SalFinish *finish, gint64 row, int channel)
{
  for (int r = 0; r < d->rows; r++) {
    for (int k = 0; k < d->depth; k += SAL_LANES) {
      int n = MIN (SAL_LANES, d->depth - k);
      Vec x = { 0 };

      for (int i = 0; i < n; i++)
        x[i] = sum_of_lanes (d->sums + ((gint64) (k + i) * d->rows + r) * SAL_LANES);
      finish_some (finish, row + r, channel + k, x, n, TRUE, TRUE);
    }
  }
}
