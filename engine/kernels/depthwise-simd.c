/* Convolutions of each channel by itself: a vector of channels of seven neighbouring pixels at a
 * time, so that each value loaded serves all taps that read it.
 *
 * Limit: the way of each pixel to memory (clamp, gates, store) about as much as the sums while the
 * pictures are in the level-2 cache, and memory beyond it: at 112² × 96 with stride 2, 24 GB/s of
 * about 28. Sapphire Rapids, one thread: 75 to 85 GFLOP/s for 3×3 at 28² × 192 and smaller, 60 at
 * 56² × 144, 45 to 50 at 112² × 32; with stride 2 20 to 55. */
#include "engine/kernels/finish-simd.h"
#include "engine/kernels/level.h"

/* Asks for the next pixels of the last row, as the others are still in some cache, and for those
 * that they will be written to. */
SAL_INLINE void
fetch (const SalDepthwise *d, const SalFinish *finish, const int move, const int columns, int c)
{
  const float *const *last = d->at + d->rows * columns - 1;
  const float *y = finish->y + (d->pixel + SAL_DEPTHWISE_PIXELS * d->spread) * finish->y_step + c;

  if (d->rows > 0)
    SAL_EACH (i, SAL_DEPTHWISE_PIXELS * move)
      __builtin_prefetch (last[-i] + d->ahead + c);
  SAL_EACH (i, SAL_DEPTHWISE_PIXELS)
    __builtin_prefetch (y + i * d->spread * finish->y_step, 1);
}

SAL_INLINE void
pixels (const SalDepthwise *d, const SalFinish *finish, const int taps, const int move, int c,
        const gboolean full)
{
  const int columns = (SAL_DEPTHWISE_PIXELS - 1) * move + taps;
  int n = full ? SAL_LANES : d->channels - c;
  Vec sum[SAL_DEPTHWISE_PIXELS];
  gint64 pixel[SAL_DEPTHWISE_PIXELS];

  SAL_EACH (i, SAL_DEPTHWISE_PIXELS)
    sum[i] = (Vec){ 0 };
  if (d->ahead != 0 && c % 16 == 0)
    fetch (d, finish, move, columns, c);
  for (int r = 0; r < d->rows; r++) {
    const float *const *at = d->at + r * columns;
    const float *from = d->w[r] + c;
    Vec w[7];

    SAL_EACH (t, taps)
      w[t] = vec_load (from + t * d->w_step);
    SAL_EACH (x, columns) {
      Vec v = full ? vec_load (at[x] + c) : vec_load_some (at[x] + c, n);

      SAL_EACH (t, taps)
        if (x >= t && (x - t) % move == 0 && (x - t) / move < SAL_DEPTHWISE_PIXELS)
          sum[(x - t) / move] += w[t] * v;
    }
  }
  SAL_EACH (i, SAL_DEPTHWISE_PIXELS)
    pixel[i] = d->pixel + i * d->spread;
  if (full && d->n == SAL_DEPTHWISE_PIXELS) {
    finish_pixels (finish, pixel, c, sum, SAL_DEPTHWISE_PIXELS, 1, TRUE, TRUE);
    return;
  }
  SAL_EACH (i, SAL_DEPTHWISE_PIXELS) {
    if (i >= d->n)
      break;
    if (full)
      finish_pixels (finish, &pixel[i], c, &sum[i], 1, 1, TRUE, TRUE);
    else
      finish_some (finish, pixel[i], c, sum[i], n, TRUE, TRUE);
  }
}

SAL_INLINE void
depthwise (const SalDepthwise *d, const int taps, const int move)
{
  SalFinish finish = *d->finish;
  int c = 0;

  for (; c + SAL_LANES <= d->channels; c += SAL_LANES)
    pixels (d, &finish, taps, move, c, TRUE);
  if (c < d->channels)
    pixels (d, &finish, taps, move, c, FALSE);
}

#define DEPTHWISE(taps, move)                                                                      \
  static void depthwise_##taps##_##move (const SalDepthwise *d) { depthwise (d, taps, move); }
DEPTHWISE (1, 1)
DEPTHWISE (2, 1)
DEPTHWISE (3, 1)
DEPTHWISE (5, 1)
DEPTHWISE (7, 1)
DEPTHWISE (3, 2)
DEPTHWISE (5, 2)

const SalDepthwiseFunc SAL_SIMD (sal_depthwise)[SAL_DEPTHWISE_TAPS + 1][3] = {
  [1][1] = depthwise_1_1, [2][1] = depthwise_2_1, [3][1] = depthwise_3_1, [5][1] = depthwise_5_1,
  [7][1] = depthwise_7_1, [3][2] = depthwise_3_2, [5][2] = depthwise_5_2,
};
