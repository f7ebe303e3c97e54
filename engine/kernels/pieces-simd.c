/* Products on the matrix unit; see pieces.h. Compiled for levels that have one.
 *
 * Two by two tiles of sums take 24 multiplications for each block of values, and 16 loads of tiles.
 * The unit adds up the 32 products of an element in two halves before it adds them to the sum, so
 * sums round less than with one fused multiply-add after the other.
 *
 * Weights are packed as for other levels, and taken apart while the unit works on the block before:
 * they come from far away, and three pieces are half as large again.
 *
 * Limit: the unit, a multiplication every 16 cycles, 480 GFLOP/s where vectors reach 185 (Sapphire
 * Rapids, one thread), while rows and weights are near; else the way of the weights, of which 64
 * columns are fetched while those before are multiplied. */
#include "engine/kernels/pieces-simd.h"

#include "engine/kernels/finish-simd.h"
#include "engine/kernels/level.h"

#ifdef SAL_PIECES_SIMD

/* A block of some tiles' columns on the way to be taken apart: pairs of rows, one after the other.
 */
typedef struct {
  const float *w;
  float *to;
  int left; /* values from that row on that there are; none are taken of a block that is not there
             */
} Taking;

SAL_INLINE Taking
take_start (const SalPieces *p, int block, int tile, const int tiles, float *to)
{
  int each = sal_pieces_blocks (p->depth), from = block % each * SAL_PIECES_DEPTH;

  return (Taking){ .w = p->w + block / each * p->tap_step + (gint64) from * p->columns +
                        tile * SAL_PIECES_COLUMNS,
                   .to = to + block * tiles * SAL_PIECES * SAL_PIECES_TILE,
                   .left = block < p->blocks ? p->depth - from : -SAL_PIECES_DEPTH };
}

/* One pair of rows, of which @n exist. Half of what is due next is fetched, or all. */
SAL_INLINE void
take_pair (const SalPieces *p, const Taking *t, const int tiles, const int n, gboolean all)
{
  const gint64 half = (gint64) SAL_PIECES_DEPTH / 2 * p->columns;

  SAL_EACH (j, tiles) {
    const float *x = t->w + j * SAL_PIECES_COLUMNS;
    Pieces pieces = pieces_of (n > 0 ? vec_load (x) : (Vec){ 0 },
                               n > 1 ? vec_load (x + half) : (Vec){ 0 }, FALSE);

    __builtin_prefetch (x + p->ahead, 0, 2);
    if (all)
      __builtin_prefetch (x + half + p->ahead, 0, 2);
    SAL_EACH (k, SAL_PIECES)
      memcpy (t->to + (k * tiles + j) * SAL_PIECES_TILE, &pieces.piece[k], sizeof pieces.piece[k]);
  }
}

SAL_INLINE void
take_rows (const SalPieces *p, Taking *t, const int tiles, const int rows, gboolean all)
{
  const int half = SAL_PIECES_DEPTH / 2;

  SAL_EACH (i, rows) {
    if (t->left > half)
      take_pair (p, t, tiles, 2, all);
    else if (t->left > 0)
      take_pair (p, t, tiles, 1, all);
    else if (t->left > -half)
      take_pair (p, t, tiles, 0, all);
    t->w += p->columns;
    t->to += SAL_LANES;
    t->left--;
  }
}

/* The instructions name their registers: 0 to 3 hold sums, 4 and up pieces of rows, then of
 * columns. What an instruction is not there for is dropped. With @take, the columns are taken apart
 * on the way, a block ahead of their use, while the unit multiplies. */

/* One or two tiles of rows by one or two of columns, from @tile on. */
SAL_INLINE void
multiply (const SalPieces *p, const float *a, float *b, float *c, int tile, const int rows,
          const int columns, const gboolean take)
{
  gboolean all = p->rows <= SAL_PIECES_TOGETHER;
  float *start = b;

#define LOAD_A(piece)                                                                              \
  _tile_loadd (4, a + (piece) *SAL_PIECES_TILE, 64);                                               \
  if (rows == 2)                                                                                   \
  _tile_loadd (5, a + p->a_step + (piece) *SAL_PIECES_TILE, 64)
#define LOAD_B(piece)                                                                              \
  _tile_loadd (6, b + (piece) *columns * SAL_PIECES_TILE, 64);                                     \
  if (columns == 2)                                                                                \
  _tile_loadd (7, b + ((piece) *columns + 1) * SAL_PIECES_TILE, 64)
#define ADD()                                                                                      \
  _tile_dpbf16ps (0, 4, 6);                                                                        \
  if (columns == 2)                                                                                \
    _tile_dpbf16ps (1, 4, 7);                                                                      \
  if (rows == 2)                                                                                   \
    _tile_dpbf16ps (2, 5, 6);                                                                      \
  if (rows == 2 && columns == 2)                                                                   \
  _tile_dpbf16ps (3, 5, 7)

  Taking t;

#define TAKE(rows)                                                                                 \
  if (take)                                                                                        \
  take_rows (p, &t, columns, rows, all)

  if (take)
    t = take_start (p, 0, tile, columns, start);
  TAKE (SAL_PIECES_DEPTH / 2);
  _tile_zero (0);
  _tile_zero (1);
  _tile_zero (2);
  _tile_zero (3);
  for (int i = 0; i < p->blocks; i++) {
    if (take)
      t = take_start (p, i + 1, tile, columns, start);
    LOAD_B (0);
    LOAD_A (0);
    ADD ();
    TAKE (4);
    LOAD_A (1);
    ADD ();
    TAKE (4);
    LOAD_A (2);
    ADD ();
    TAKE (4);
    LOAD_B (1);
    LOAD_A (1);
    ADD ();
    TAKE (4);
    LOAD_A (0);
    ADD ();
    LOAD_B (2);
    ADD ();
    a += SAL_PIECES * SAL_PIECES_TILE;
    b += columns * SAL_PIECES * SAL_PIECES_TILE;
  }
  _tile_stored (0, c, p->c_step * sizeof *c);
  if (columns == 2)
    _tile_stored (1, c + SAL_PIECES_COLUMNS, p->c_step * sizeof *c);
  c += SAL_PIECES_ROWS * p->c_step;
  if (rows == 2)
    _tile_stored (2, c, p->c_step * sizeof *c);
  if (rows == 2 && columns == 2)
    _tile_stored (3, c + SAL_PIECES_COLUMNS, p->c_step * sizeof *c);
}

/* One tile of rows by four of columns: as many sums, so that the unit need not wait for them. */
SAL_INLINE void
multiply_wide (const SalPieces *p, const float *a, float *c, const gboolean take)
{
  const gint64 side = sal_pieces_floats (SAL_PIECES_TILES, p->blocks);
  const float *b = p->b, *d = p->b + side;

#define ADD_WIDE(piece)                                                                            \
  _tile_loadd (5, b + 2 * (piece) *SAL_PIECES_TILE, 64);                                           \
  _tile_dpbf16ps (0, 4, 5);                                                                        \
  _tile_loadd (6, b + (2 * (piece) + 1) * SAL_PIECES_TILE, 64);                                    \
  _tile_dpbf16ps (1, 4, 6);                                                                        \
  _tile_loadd (7, d + 2 * (piece) *SAL_PIECES_TILE, 64);                                           \
  _tile_dpbf16ps (2, 4, 7);                                                                        \
  _tile_loadd (5, d + (2 * (piece) + 1) * SAL_PIECES_TILE, 64);                                    \
  _tile_dpbf16ps (3, 4, 5)

  _tile_zero (0);
  _tile_zero (1);
  _tile_zero (2);
  _tile_zero (3);
  Taking t, u;

#define TAKE_WIDE(rows)                                                                            \
  if (take) {                                                                                      \
    take_rows (p, &t, SAL_PIECES_TILES, rows, TRUE);                                               \
    take_rows (p, &u, SAL_PIECES_TILES, rows, TRUE);                                               \
  }
#define TAKE_WIDE_START(block)                                                                     \
  if (take) {                                                                                      \
    t = take_start (p, block, 0, SAL_PIECES_TILES, p->b);                                          \
    u = take_start (p, block, SAL_PIECES_TILES, SAL_PIECES_TILES, p->b + side);                    \
  }

  TAKE_WIDE_START (0);
  TAKE_WIDE (SAL_PIECES_DEPTH / 2);
  for (int i = 0; i < p->blocks; i++) {
    TAKE_WIDE_START (i + 1);
    _tile_loadd (4, a, 64);
    ADD_WIDE (0);
    TAKE_WIDE (4);
    _tile_loadd (4, a + SAL_PIECES_TILE, 64);
    ADD_WIDE (0);
    TAKE_WIDE (4);
    _tile_loadd (4, a + 2 * SAL_PIECES_TILE, 64);
    ADD_WIDE (0);
    TAKE_WIDE (4);
    _tile_loadd (4, a + SAL_PIECES_TILE, 64);
    ADD_WIDE (1);
    TAKE_WIDE (4);
    _tile_loadd (4, a, 64);
    ADD_WIDE (1);
    ADD_WIDE (2);
    a += SAL_PIECES * SAL_PIECES_TILE;
    b += SAL_PIECES_TILES * SAL_PIECES * SAL_PIECES_TILE;
    d += SAL_PIECES_TILES * SAL_PIECES * SAL_PIECES_TILE;
  }
  _tile_stored (0, c, p->c_step * sizeof *c);
  _tile_stored (1, c + SAL_PIECES_COLUMNS, p->c_step * sizeof *c);
  _tile_stored (2, c + 2 * SAL_PIECES_COLUMNS, p->c_step * sizeof *c);
  _tile_stored (3, c + 3 * SAL_PIECES_COLUMNS, p->c_step * sizeof *c);
}

/* All rows by two tiles of columns, or the last one; but a last tile of rows is left alone if
 * @wide. */
SAL_INLINE void
multiply_side (const SalPieces *p, int tile, const int columns, gboolean wide)
{
  float *b = p->b + sal_pieces_floats (tile, p->blocks);
  int tiles = sal_pieces_tiles (p->rows);

  for (int i = 0; i < tiles; i += 2) {
    const float *a = p->a + i * p->a_step;
    float *c = p->c + i * SAL_PIECES_ROWS * p->c_step + tile * SAL_PIECES_COLUMNS;

    if (i + 1 < tiles) {
      if (i == 0)
        multiply (p, a, b, c, tile, 2, columns, TRUE);
      else
        multiply (p, a, b, c, tile, 2, columns, FALSE);
    } else if (!wide) {
      if (i == 0)
        multiply (p, a, b, c, tile, 1, columns, TRUE);
      else
        multiply (p, a, b, c, tile, 1, columns, FALSE);
    }
  }
}

void
SAL_SIMD (sal_pieces_multiply) (const SalPieces *p)
{
  static const struct {
    guint8 palette, start, reserved[14];
    guint16 bytes[16]; /* of a row, of each register */
    guint8 rows[16];
  } shape = { 1, 0, { 0 }, { 64, 64, 64, 64, 64, 64, 64, 64 }, { 16, 16, 16, 16, 16, 16, 16, 16 } };
  int rows = sal_pieces_tiles (p->rows), tiles = p->columns / SAL_PIECES_COLUMNS;
  gboolean wide = tiles == SAL_PIECES_PANEL && rows % 2 == 1;

  _tile_loadconfig (&shape);
  for (int i = 0; i < tiles && !(wide && rows == 1); i += SAL_PIECES_TILES) {
    if (i + 1 < tiles)
      multiply_side (p, i, 2, wide);
    else
      multiply_side (p, i, 1, wide);
  }
  if (wide && rows == 1)
    multiply_wide (p, p->a, p->c, TRUE);
  else if (wide)
    multiply_wide (p, p->a + (rows - 1) * p->a_step,
                   p->c + (rows - 1) * SAL_PIECES_ROWS * p->c_step, FALSE);
  /* Else every switch of threads would save the tiles. */
  _tile_release ();
}

void
SAL_SIMD (sal_pieces_rows) (const float *const *at, int rows, int depth, float *to)
{
  int blocks = sal_pieces_blocks (depth);

  for (int i = 0; i < rows; i++) {
    const float *x = at[i];

    for (int j = 0; j < blocks; j++) {
      int n = MIN (depth - j * SAL_PIECES_DEPTH, SAL_PIECES_DEPTH);
      Vec low = n < SAL_LANES ? vec_load_some (x, n) : vec_load (x);
      Vec high = { 0 };
      Pieces p;

      if (n >= SAL_PIECES_DEPTH)
        high = vec_load (x + SAL_LANES);
      else if (n > SAL_LANES)
        high = vec_load_some (x + SAL_LANES, n - SAL_LANES);
      p = pieces_of (low, high, TRUE);
      for (int k = 0; k < SAL_PIECES; k++)
        memcpy (to + (j * SAL_PIECES + k) * SAL_PIECES_TILE + i * SAL_LANES, &p.piece[k],
                sizeof p.piece[k]);
      x += SAL_PIECES_DEPTH;
    }
  }
}

/* Two vectors of some rows at a time, or what is left. */
void
SAL_SIMD (sal_pieces_finish) (const SalFinish *f, const gint64 *pixel, int rows, int channel,
                              const float *c, gint64 c_step, int columns, gboolean first,
                              gboolean last)
{
  for (int i = 0; i < rows; i += 4) {
    int n = MIN (rows - i, 4);

    for (int j = 0; j < columns; j += 2 * SAL_LANES) {
      const float *from = c + i * c_step + j;

      if (n == 4 && columns - j >= 2 * SAL_LANES) {
        Vec x[8];

        SAL_EACH (k, 8)
          x[k] = vec_load (from + k / 2 * c_step + k % 2 * SAL_LANES);
        finish_pixels (f, pixel + i, channel + j, x, 4, 2, first, last);
        continue;
      }
      for (int k = 0; k < n; k++)
        for (int l = 0; l < MIN (columns - j, 2 * SAL_LANES); l += SAL_LANES)
          finish_some (f, pixel[i + k], channel + j + l, vec_load (from + k * c_step + l),
                       MIN (columns - j - l, SAL_LANES), first, last);
    }
  }
}

#endif
