/* The one kernel of matrix products: 6 rows × 4 vectors of sums kept in registers (6 × 2 where
 * there are 16 registers), for each step of the sum one load of each vector of packed weights and
 * one broadcast of each row's value.
 *
 * Limit: fused multiply-adds, two vectors a cycle; 10 loads feed 24 of them, so the weights may
 * come from the level-2 cache, and those of the next panel are fetched into it meanwhile. Sapphire
 * Rapids, one thread, for 576, 64 and 16 values a row: 200, 195 and 160 GFLOP/s with AVX-512; 126,
 * 115 and 86 with AVX2. OpenBLAS's product of 1024² reached 145 to 165 beside it. */
#include "engine/kernels/finish-simd.h"
#include "engine/kernels/level.h"

/* The last vectors of a row may not exist: slower, through memory. */
static __attribute__ ((noinline)) void
finish_narrow (const SalTile *t, const Vec *sum, int rows, int vectors)
{
  for (int i = 0; i < rows; i++) {
    for (int j = 0; j * SAL_LANES < t->columns; j++)
      finish_some (t->finish, t->pixel[i], t->channel + j * SAL_LANES, sum[i * vectors + j],
                   MIN (t->columns - j * SAL_LANES, SAL_LANES), t->first, t->last);
  }
}

SAL_INLINE void
tile (const SalTile *t, const int rows, const int vectors)
{
  Vec sum[SAL_TILE_ROWS * SAL_PANEL_VECTORS];
  const float *const *at = t->a;
  const float *b = t->b, *ahead = t->ahead;

  SAL_EACH (i, rows * vectors)
    sum[i] = (Vec){ 0 };
  for (int tap = 0; tap < t->taps; tap++, at += rows, b += t->b_skip) {
    const float *a[SAL_TILE_ROWS];

    SAL_EACH (i, rows)
      a[i] = at[i] + t->from;
    for (gint64 k = 0; k < t->depth; k++, b += vectors * SAL_LANES) {
      Vec w[SAL_PANEL_VECTORS];

      __builtin_prefetch (ahead, 0, 2);
      ahead += t->ahead_step;
      SAL_EACH (j, vectors)
        w[j] = vec_load (b + j * SAL_LANES);
      SAL_EACH (i, rows) {
        Vec x = vec_all (a[i][k]);

        SAL_EACH (j, vectors)
          sum[i * vectors + j] += x * w[j];
      }
    }
  }
  if (t->columns < vectors * SAL_LANES) {
    Vec all[SAL_TILE_ROWS * SAL_PANEL_VECTORS];

    SAL_EACH (i, rows * vectors)
      all[i] = sum[i];
    finish_narrow (t, all, rows, vectors);
    return;
  }
  finish_pixels (t->finish, t->pixel, t->channel, sum, rows, vectors, t->first, t->last);
}

#define TILE(rows, vectors)                                                                        \
  static void tile_##rows##_##vectors (const SalTile *t) { tile (t, rows, vectors); }
#define TILES(vectors)                                                                             \
  TILE (1, vectors)                                                                                \
  TILE (2, vectors)                                                                                \
  TILE (3, vectors)                                                                                \
  TILE (4, vectors)                                                                                \
  TILE (5, vectors)                                                                                \
  TILE (6, vectors)
#define ENTRIES(vectors)                                                                           \
  [1][vectors] = tile_1_##vectors, [2][vectors] = tile_2_##vectors,                                \
  [3][vectors] = tile_3_##vectors, [4][vectors] = tile_4_##vectors,                                \
  [5][vectors] = tile_5_##vectors, [6][vectors] = tile_6_##vectors

TILES (2)
#if SAL_UNIT == SAL_LANES
TILES (1)
#endif
#if SAL_PANEL_VECTORS == 4
TILES (4)
#if SAL_UNIT == SAL_LANES
TILES (3)
#endif
#endif

const SalTileFunc SAL_SIMD (sal_tiles)[SAL_TILE_ROWS + 1][SAL_TILE_VECTORS + 1] = {
  ENTRIES (2),
#if SAL_UNIT == SAL_LANES
  ENTRIES (1),
#endif
#if SAL_PANEL_VECTORS == 4
  ENTRIES (4),
#if SAL_UNIT == SAL_LANES
  ENTRIES (3),
#endif
#endif
};

void
SAL_SIMD (sal_gates) (const SalFinish *f, gint64 pixel, gint64 pixels, int channels)
{
  SalFinish gates = { .y = f->y, .y_step = f->y_step, .low = f->low, .high = f->high };

  gates.gate_out = f->gate_out;
  gates.gate_out_step = f->gate_out_step;
  gates.gate_in = f->gate_in;
  gates.gate_in_step = f->gate_in_step;
  for (gint64 p = pixel; p < pixel + pixels; p++) {
    for (int c = 0; c < channels; c += SAL_LANES) {
      int n = MIN (channels - c, SAL_LANES);

      finish_some (&gates, p, c, vec_load_some (f->y + p * f->y_step + c, n), n, TRUE, TRUE);
    }
  }
}
