/* Products on the matrix unit; see pieces.h. Compiled for levels that have one.
 *
 * Two by two tiles of sums take 24 multiplications for each block of values, and 16 loads of tiles.
 * The unit adds up the 32 products of an element in two halves before it adds them to the sum, so
 * sums round less than with one fused multiply-add after the other.
 *
 * Weights are packed as for other levels, and taken apart while the unit works on the block before:
 * they come from far away, and three pieces are half as large again. So may be the rows of the next
 * product, a few blocks of theirs for every block that is multiplied. Where no other rows use them
 * again, a block's pieces take the place of those of two blocks before, and so never leave the
 * level-1 cache: products of up to 32 rows are 1.25 times as fast as with all of them kept.
 *
 * Limit: the unit, a multiplication every 16 cycles, 480 GFLOP/s where vectors reach 185 (Sapphire
 * Rapids, one thread), while rows and weights are near; else the way of the weights, of which 64
 * columns are fetched while those before are multiplied. */
#include "engine/kernels/pieces-simd.h"

#include "engine/kernels/finish-simd.h"
#include "engine/kernels/level.h"
#include "engine/kernels/panel.h"

#ifdef SAL_PIECES_SIMD

/* What a panel is multiplied with. */
typedef struct {
  const float *w; /* the product's first value */
  int columns, blocks;
  int kept; /* which bits of a block's number say where its pieces are */
  gint64 a_step, tap_step;
  gint64 ahead; /* floats to the next panel */
  const SalPieces *product;
} Panel;

/* Rows on their way to be taken apart, some blocks at a time. */
typedef struct {
  const SalPiecesRows *rows;
  int blocks;  /* of a tap */
  int tile, n; /* rows of the tile */
  int tap, row, block;
  const float *const *at; /* of the tile and tap */
  float *to;
  int left; /* blocks of all rows */
  int each; /* how many are due at a time */
} Walk;

static void
walk_to_tap (Walk *k, int tile, int tap)
{
  const SalPiecesRows *r = k->rows;

  k->tile = tile;
  k->tap = tap;
  k->n = MIN (r->rows - tile * SAL_PIECES_ROWS, SAL_PIECES_ROWS);
  k->at = r->at + (gint64) tile * SAL_PIECES_ROWS * r->all_taps + (r->tap + tap) * k->n;
  k->to = r->to + sal_pieces_floats (1, (tile * r->taps + tap) * k->blocks);
}

static Walk
walk_start (const SalPiecesRows *rows, int times)
{
  Walk k = { .rows = rows };

  if (rows == NULL)
    return k;
  k.blocks = sal_pieces_blocks (rows->depth);
  k.left = rows->rows * rows->taps * k.blocks;
  k.each = (k.left + times - 1) / times;
  walk_to_tap (&k, 0, 0);
  return k;
}

static void
walk_to_row (Walk *k)
{
  k->block = 0;
  if (++k->row < k->n)
    return;
  k->row = 0;
  if (k->tap + 1 < k->rows->taps)
    walk_to_tap (k, k->tile, k->tap + 1);
  else
    walk_to_tap (k, k->tile + 1, 0);
}

/* Some blocks of a row. */
SAL_INLINE void
walk_along (const float *x, int depth, int blocks, float *to)
{
  for (int i = 0; i < blocks; i++) {
    int n = depth - i * SAL_PIECES_DEPTH;
    Vec low = n < SAL_LANES ? vec_load_some (x, n) : vec_load (x);
    Vec high = { 0 };
    Pieces p;

    if (n >= SAL_PIECES_DEPTH)
      high = vec_load (x + SAL_LANES);
    else if (n > SAL_LANES)
      high = vec_load_some (x + SAL_LANES, n - SAL_LANES);
    p = pieces_of (low, high, TRUE);
    SAL_EACH (j, SAL_PIECES)
      memcpy (to + j * SAL_PIECES_TILE, &p.piece[j], sizeof p.piece[j]);
    x += SAL_PIECES_DEPTH;
    to += SAL_PIECES * SAL_PIECES_TILE;
  }
}

static __attribute__ ((noinline)) void
walk (Walk *k, int blocks)
{
  const SalPiecesRows *r = k->rows;

  blocks = MIN (blocks, k->left);
  k->left -= blocks;
  while (blocks > 0) {
    int n = MIN (blocks, k->blocks - k->block), from = k->block * SAL_PIECES_DEPTH;

    walk_along (k->at[k->row] + r->from + from, r->depth - from, n,
                k->to + k->block * SAL_PIECES * SAL_PIECES_TILE + k->row * SAL_LANES);
    blocks -= n;
    k->block += n;
    if (k->block == k->blocks && k->left + blocks > 0)
      walk_to_row (k);
  }
}

/* A block of some tiles' columns on the way to be taken apart: pairs of rows, one after the other.
 */
typedef struct {
  const float *w;
  float *to;
  int left; /* values from that row on that there are; none are taken of a block that is not there
             */
} Taking;

SAL_INLINE Taking
take_start (const Panel *p, int block, int tile, const int tiles, float *to)
{
  int depth = p->product->rows->depth, each = sal_pieces_blocks (depth);
  int from = block % each * SAL_PIECES_DEPTH;

  return (Taking){ .w = p->w + block / each * p->tap_step + (gint64) from * p->columns +
                        tile * SAL_PIECES_COLUMNS,
                   .to = to + sal_pieces_floats (tiles, block & p->kept),
                   .left = block < p->blocks ? depth - from : -SAL_PIECES_DEPTH };
}

/* One pair of rows, of which @n exist. Half of what is due next is fetched, or all. */
SAL_INLINE void
take_pair (const Panel *p, const Taking *t, const int tiles, const int n, gboolean all)
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
take_rows (const Panel *p, Taking *t, const int tiles, const int rows, gboolean all)
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
multiply (const Panel *p, const float *a, float *start, float *c, int tile, const int rows,
          const int columns, const gboolean take, Walk *k)
{
  gboolean all = p->product->rows->rows <= SAL_PIECES_TOGETHER;
  gint64 c_step = p->product->c_step;

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

/* A fourth of what is due in a block. */
#define WALK(fourth)                                                                               \
  if (k->left > 0)                                                                                 \
  walk (k, k->each *((fourth) + 1) / 4 - k->each * (fourth) / 4)

  if (take)
    t = take_start (p, 0, tile, columns, start);
  TAKE (SAL_PIECES_DEPTH / 2);
  _tile_zero (0);
  _tile_zero (1);
  _tile_zero (2);
  _tile_zero (3);
  for (int i = 0; i < p->blocks; i++) {
    const float *b = start + sal_pieces_floats (columns, i & p->kept);

    if (take)
      t = take_start (p, i + 1, tile, columns, start);
    LOAD_B (0);
    LOAD_A (0);
    ADD ();
    TAKE (4);
    WALK (0);
    LOAD_A (1);
    ADD ();
    TAKE (4);
    WALK (1);
    LOAD_A (2);
    ADD ();
    TAKE (4);
    WALK (2);
    LOAD_B (1);
    LOAD_A (1);
    ADD ();
    TAKE (4);
    WALK (3);
    LOAD_A (0);
    ADD ();
    LOAD_B (2);
    ADD ();
    a += SAL_PIECES * SAL_PIECES_TILE;
  }
  _tile_stored (0, c, c_step * sizeof *c);
  if (columns == 2)
    _tile_stored (1, c + SAL_PIECES_COLUMNS, c_step * sizeof *c);
  c += SAL_PIECES_ROWS * c_step;
  if (rows == 2)
    _tile_stored (2, c, c_step * sizeof *c);
  if (rows == 2 && columns == 2)
    _tile_stored (3, c + SAL_PIECES_COLUMNS, c_step * sizeof *c);
}

/* One tile of rows by four of columns: as many sums, so that the unit need not wait for them. */
SAL_INLINE void
multiply_wide (const Panel *p, const float *a, float *c, const gboolean take)
{
  const gint64 side = sal_pieces_floats (SAL_PIECES_TILES, p->blocks);
  const gint64 c_step = p->product->c_step;
  float *start = p->product->b;

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
    t = take_start (p, block, 0, SAL_PIECES_TILES, start);                                         \
    u = take_start (p, block, SAL_PIECES_TILES, SAL_PIECES_TILES, start + side);                   \
  }

  TAKE_WIDE_START (0);
  TAKE_WIDE (SAL_PIECES_DEPTH / 2);
  for (int i = 0; i < p->blocks; i++) {
    const float *b = start + sal_pieces_floats (SAL_PIECES_TILES, i & p->kept), *d = b + side;

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
  }
  _tile_stored (0, c, c_step * sizeof *c);
  _tile_stored (1, c + SAL_PIECES_COLUMNS, c_step * sizeof *c);
  _tile_stored (2, c + 2 * SAL_PIECES_COLUMNS, c_step * sizeof *c);
  _tile_stored (3, c + 3 * SAL_PIECES_COLUMNS, c_step * sizeof *c);
}

/* All rows by two tiles of columns, or the last one; but a last tile of rows is left alone if
 * @wide. */
SAL_INLINE void
multiply_side (const Panel *p, float *c, int tile, const int columns, gboolean wide, Walk *k)
{
  float *b = p->product->b + sal_pieces_floats (tile, p->blocks);
  int tiles = sal_pieces_tiles (p->product->rows->rows);

  c += tile * SAL_PIECES_COLUMNS;
  for (int i = 0; i < tiles; i += 2) {
    const float *a = p->product->rows->to + i * p->a_step;

    if (i + 1 < tiles) {
      if (i == 0)
        multiply (p, a, b, c, tile, 2, columns, TRUE, k);
      else
        multiply (p, a, b, c, tile, 2, columns, FALSE, k);
    } else if (!wide) {
      if (i == 0)
        multiply (p, a, b, c, tile, 1, columns, TRUE, k);
      else
        multiply (p, a, b, c, tile, 1, columns, FALSE, k);
    }
    c += 2 * SAL_PIECES_ROWS * p->product->c_step;
  }
}

static void
multiply_panel (const Panel *p, float *c, Walk *k)
{
  const SalPiecesRows *r = p->product->rows;
  int rows = sal_pieces_tiles (r->rows), tiles = p->columns / SAL_PIECES_COLUMNS;
  gboolean wide = tiles == SAL_PIECES_PANEL && rows % 2 == 1;

  for (int i = 0; i < tiles && !(wide && rows == 1); i += SAL_PIECES_TILES) {
    if (i + 1 < tiles)
      multiply_side (p, c, i, 2, wide, k);
    else
      multiply_side (p, c, i, 1, wide, k);
  }
  if (wide && rows == 1)
    multiply_wide (p, r->to, c, TRUE);
  else if (wide)
    multiply_wide (p, r->to + (rows - 1) * p->a_step,
                   c + (rows - 1) * SAL_PIECES_ROWS * p->product->c_step, FALSE);
}

/* Two vectors of some rows at a time, or what is left. */
static void
finish_panel (const SalPieces *p, int first, int columns)
{
  int rows = p->rows->rows, channel = p->channel + first;

  columns = MIN (columns, p->columns - first);
  for (int i = 0; i < rows; i += 4) {
    int n = MIN (rows - i, 4);

    for (int j = 0; j < columns; j += 2 * SAL_LANES) {
      const float *from = p->c + i * p->c_step + j;

      if (n == 4 && columns - j >= 2 * SAL_LANES) {
        Vec x[8];

        SAL_EACH (k, 8)
          x[k] = vec_load (from + k / 2 * p->c_step + k % 2 * SAL_LANES);
        finish_pixels (p->finish, p->pixel + i, channel + j, x, 4, 2, p->first, p->last);
        continue;
      }
      for (int k = 0; k < n; k++)
        for (int l = 0; l < MIN (columns - j, 2 * SAL_LANES); l += SAL_LANES)
          finish_some (p->finish, p->pixel[i + k], channel + j + l,
                       vec_load (from + k * p->c_step + l), MIN (columns - j - l, SAL_LANES),
                       p->first, p->last);
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
  const SalKernels *kernels = &SAL_SIMD (sal_kernels);
  int blocks = p->rows->taps * sal_pieces_blocks (p->rows->depth);
  int pairs = (sal_pieces_tiles (p->rows->rows) + 1) / 2, kept = pairs > 1 ? -1 : 1;
  int sides = sal_pieces_tiles (p->columns) / SAL_PIECES_TILES;
  Walk k = walk_start (p->next, MAX (pairs * sides * blocks, 1));

  _tile_loadconfig (&shape);
  for (int i = p->panel; i < p->panel + p->panels; i++) {
    int first = sal_panel_first (kernels, p->columns, i);
    int columns = sal_panel_first (kernels, p->columns, i + 1) - first;
    Panel panel = { .columns = columns, .blocks = blocks, .kept = kept, .product = p };

    panel.w = p->w + (gint64) first * p->all_depth + (gint64) p->skip * columns;
    panel.a_step = sal_pieces_floats (1, blocks);
    panel.tap_step = (gint64) p->tap_depth * columns;
    panel.ahead = (gint64) p->all_depth * columns;
    multiply_panel (&panel, p->finish == NULL ? p->c + first : p->c, &k);
    if (p->finish != NULL)
      finish_panel (p, first, columns);
  }
  /* Else every switch of threads would save the tiles. */
  _tile_release ();
  walk (&k, k.left);
}

void
SAL_SIMD (sal_pieces_rows) (const SalPiecesRows *rows)
{
  Walk k = walk_start (rows, 1);

  walk (&k, k.left);
}

#endif
