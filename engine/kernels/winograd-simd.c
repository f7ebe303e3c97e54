/* Winograd's transforms F(2×2, 3×3) and F(4×4, 3×3), a vector of channels at a time (Lavin, Gray:
 * Fast algorithms for convolutional neural networks, CVPR 2016).
 *
 * The polynomial of F(4×4) is evaluated at 0, ±5/8, ±3/2 and infinity: rounding is half of what it
 * is with the usual 0, ±1, ±2, at the same cost. Limit: loads and stores of the caches,
 * as the sums are few. */
#include "engine/kernels/finish-simd.h"
#include "engine/kernels/level.h"

#define A 0.625f
#define B 1.5f
#define A2 (A * A)
#define B2 (B * B)

/* t = Bᵀ d, of length m + 2 */
SAL_INLINE void
read_transform (const int m, const Vec *d, Vec *t)
{
  Vec x, y;

  if (m == 2) {
    t[0] = d[0] - d[2];
    t[1] = d[1] + d[2];
    t[2] = d[2] - d[1];
    t[3] = d[1] - d[3];
    return;
  }
  t[0] = (A2 * B2) * d[0] - (A2 + B2) * d[2] + d[4];
  x = d[4] - B2 * d[2];
  y = A * d[3] - (A * B2) * d[1];
  t[1] = x + y;
  t[2] = x - y;
  x = d[4] - A2 * d[2];
  y = B * d[3] - (B * A2) * d[1];
  t[3] = x + y;
  t[4] = x - y;
  t[5] = (A2 * B2) * d[1] - (A2 + B2) * d[3] + d[5];
}

/* o = Aᵀ t, from m + 2 to m */
SAL_INLINE void
result_transform (const int m, const Vec *t, Vec *o)
{
  Vec p = t[1] + t[2], q = t[1] - t[2], r, s;

  if (m == 2) {
    o[0] = t[0] + p;
    o[1] = q - t[3];
    return;
  }
  r = t[3] + t[4];
  s = t[3] - t[4];
  o[0] = t[0] + p + r;
  o[1] = A * q + B * s;
  o[2] = A2 * p + B2 * r;
  o[3] = (A * A2) * q + (B * B2) * s + t[5];
}

SAL_INLINE void
read_tile (const int m, const float *const *at, gint64 ahead, int channels, float *v, gint64 v_step)
{
  const int n = m + 2;

  for (int c = 0; c < channels; c += SAL_LANES) {
    Vec t[6][6];

    SAL_EACH (x, n) {
      Vec d[6], o[6];

      SAL_EACH (y, n) {
        d[y] = vec_load (at[y * n + x] + c);
        if (x >= 2 && c % 16 == 0)
          __builtin_prefetch (at[y * n + x] + ahead + c);
      }
      read_transform (m, d, o);
      SAL_EACH (y, n)
        t[y][x] = o[y];
    }
    SAL_EACH (y, n) {
      Vec o[6];

      read_transform (m, t[y], o);
      SAL_EACH (x, n)
        vec_store (v + (y * n + x) * v_step + c, o[x]);
    }
  }
}

SAL_INLINE void
write_tile (const int m, const float *products, gint64 step, int channels, const SalFinish *finish,
            gint64 pixel, int width, int rows, int columns)
{
  const int n = m + 2;
  SalFinish f = *finish;

  for (int c = 0; c < channels; c += SAL_LANES) {
    Vec t[4][6];

    SAL_EACH (x, n) {
      Vec d[6], o[4];

      SAL_EACH (y, n)
        d[y] = vec_load (products + (y * n + x) * step + c);
      result_transform (m, d, o);
      SAL_EACH (y, m)
        t[y][x] = o[y];
    }
    for (int y = 0; y < MIN (m, rows); y++) {
      Vec o[4];
      gint64 at[4];

      result_transform (m, t[y], o);
      SAL_EACH (x, m) {
        at[x] = pixel + y * width + x;
        /* Where the next tile's results go. */
        if (c % 16 == 0)
          __builtin_prefetch (f.y + (at[x] + m) * f.y_step + c, 1);
      }
      if (columns >= m) {
        finish_pixels (&f, at, c, o, m, 1, TRUE, TRUE);
      } else {
        for (int x = 0; x < columns; x++)
          finish_pixels (&f, &at[x], c, &o[x], 1, 1, TRUE, TRUE);
      }
    }
  }
}

void
SAL_SIMD (sal_winograd_read) (int m, const float *const *at, gint64 ahead, int channels, float *v,
                              gint64 v_step)
{
  if (m == 2)
    read_tile (2, at, ahead, channels, v, v_step);
  else
    read_tile (4, at, ahead, channels, v, v_step);
}

void
SAL_SIMD (sal_winograd_write) (int m, const float *products, gint64 step, int channels,
                               const SalFinish *finish, gint64 pixel, int width, int rows,
                               int columns)
{
  if (m == 2)
    write_tile (2, products, step, channels, finish, pixel, width, rows, columns);
  else
    write_tile (4, products, step, channels, finish, pixel, width, rows, columns);
}

/* U = G g Gᵀ in float64, for columns that lie side by side. */
void
SAL_SIMD (sal_winograd_weights) (int m, const float *g, int columns, float *u, gint64 u_step)
{
  static const double g2[4][3] = { { 1, 0, 0 }, { .5, .5, .5 }, { .5, -.5, .5 }, { 0, 0, 1 } };
  const double a = 1 / (2. * A2 * (A2 - B2)), b = 1 / (2. * B2 * (B2 - A2));
  const double g4[6][3] = {
    { 1 / ((double) A2 * B2), 0, 0 },
    { a, a * A, a * A2 },
    { a, -a * A, a * A2 },
    { b, b * B, b * B2 },
    { b, -b * B, b * B2 },
    { 0, 0, 1 },
  };
  const double (*f)[3] = m == 2 ? g2 : g4;
  int n = m + 2;

  for (int y = 0; y < n; y++) {
    for (int x = 0; x < n; x++) {
      double factor[9];

      for (int t = 0; t < 9; t++)
        factor[t] = f[y][t / 3] * f[x][t % 3];
      for (int c = 0; c < columns; c++) {
        double sum = 0;

        for (int t = 0; t < 9; t++)
          sum += factor[t] * g[t * columns + c];
        u[(y * n + x) * u_step + c] = (float) sum;
      }
    }
  }
}
