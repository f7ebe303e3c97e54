/* 3×3 convolutions with stride 1 as products of transformed tiles: F(4×4) takes 2.25
 * multiplications where the direct sum takes 9, F(2×2) takes 4.
 *
 * A block of tiles is transformed to [point][tile][channel], multiplied by the weights point by
 * point, and transformed back. Where there are enough tiles, each worker does whole blocks by
 * itself; else all of them do each of the three steps together, with the products split by points
 * so that no weight is read twice.
 *
 * Limit: the tiles for many pixels; for few (7 × 7) the transformed weights, which are 4 or 1.8
 * times as large as the plain ones and come from memory; maps beyond the level-2 cache (224² × 64).
 * Sapphire Rapids, one thread, GFLOP/s counted as direct sums, which reach 200: F(4×4) 590 at 56² ×
 * 64 and 28² × 128, 350 to 470 at 14² × 256 (1 and 4 pictures), 470 at 224² × 64, 480 at 28² × 512;
 * F(2×2) 210 to 290 at 7² × 512. With a matrix unit, for batches, 1.2 times that at 28² × 128, 1.4
 * times at 14² and 7². */
#include "engine/kernels/conv-private.h"
#include "engine/kernels/panel.h"

/* Terms that are added before they go to memory, where there are fewer or more channels than MANY:
 * long sums round more, and the way back from the tiles enlarges that. Gradients of ResNet-18- and
 * SqueezeNet-like networks so have less than twice the error of PyTorch's float32; with parts of
 * 576 nearly three times. The shorter parts take 3 % of the time. */
#define DEPTH_OF_FEW 32
#define DEPTH_OF_MANY 64
#define MANY 256

/* With fewer channels the transforms take so much of the time that a matrix unit gains less than it
 * costs to take numbers apart for it. */
#define PIECES_FROM 128

/* Tiles that share weights once these are taken apart, be the products in a near cache or not. */
#define TILES_OF_PIECES 256

/* Points are apart by so many floats more than they need, lest they meet in the same sets of a
 * cache. */
#define APART 16

typedef struct {
  const SalConvWeights *w;
  int m; /* pixels of a tile along each axis */
  const float *x;
  gint64 x_step;
  SalFinish finish;
  SalConvSides sides;
  int across, down; /* tiles of a picture */
  gint64 tiles;     /* of all pictures */
  int block;        /* tiles together */
  float *scratch;
  int workers;
} Job;

/* Some tiles on their way. */
typedef struct {
  const Job *job;
  gint64 first; /* tile */
  int n;
  float *v, *products;
  gint64 v_row, products_row;   /* from tile to tile */
  gint64 v_step, products_step; /* from point to point */
  int parts;
} Block;

/* Memory of a worker for what it takes apart for the matrix unit (pieces.h); none where that is not
 * used. */
typedef struct {
  float *rows, *columns;
} Pieces;

static int
tile_size (const SalConvWeights *w)
{
  return w->method == SAL_CONV_WINOGRAD_4 ? 4 : 2;
}

static int
points (const SalConvWeights *w)
{
  return (tile_size (w) + 2) * (tile_size (w) + 2);
}

static gboolean
fits (const SalConvDims *d, SalConvDirection direction)
{
  return d->R == 3 && d->S == 3 && d->stride[0] == 1 && d->stride[1] == 1 && d->dilation[0] == 1 &&
         d->dilation[1] == 1 && d->groups == 1 && d->C % 16 == 0 && d->K % 16 == 0;
}

static gsize
floats (const SalConvWeights *w)
{
  return (gsize) points (w) * w->in * sal_panel_columns (w->kernels, w->out);
}

/* [point][panel][in][columns of the panel] */
static void
pack (SalConvWeights *w, const float *from)
{
  gint64 point = w->floats / points (w);
  gboolean forward = w->direction == SAL_CONV_FORWARD;

  for (int p = 0; p < sal_panel_count (w->kernels, w->out); p++) {
    int first = sal_panel_first (w->kernels, w->out, p);
    int columns = sal_panel_first (w->kernels, w->out, p + 1) - first;
    float g[9 * SAL_PANEL_MOST];

    for (int i = 0; i < w->in; i++) {
      for (int t = 0; t < 9; t++)
        for (int o = 0; o < columns; o++)
          g[t * columns + o] = sal_conv_tap (w, from, 0, forward ? t : 8 - t, i, first + o);
      w->kernels->winograd_weights (tile_size (w), g, columns,
                                    w->packed + (gsize) first * w->in + (gsize) i * columns, point);
    }
  }
}

static gboolean
in_pieces (const SalConvWeights *w)
{
  return w->kernels->pieces_multiply != NULL && MIN (w->in, w->out) >= PIECES_FROM;
}

/* What a tile takes for each point. Products are made of pieces, so they may replace what was read.
 */
static int
tile_floats (const SalConvWeights *w)
{
  return in_pieces (w) ? MAX (w->in, w->out) : w->in + w->out;
}

/* As many tiles as keep what is between the transforms in a level-2 cache of 1 MiB, but enough for
 * the weights to be read seldom where they do not fit either; rows of the products are taken by
 * SAL_TILE_ROWS. */
static int
block_tiles (const SalConvWeights *w)
{
  int tile = (int) (points (w) * tile_floats (w) * sizeof (float));

  if (in_pieces (w))
    return TILES_OF_PIECES;
  return CLAMP ((1 << 20) / tile / SAL_TILE_ROWS * SAL_TILE_ROWS,
                floats (w) * sizeof (float) > 16 << 20 ? 96 : 36, 96);
}

/* Floats of a worker's share of the tiles on their way, and of what it takes apart. */
static gsize
tiles_floats (const SalConvWeights *w)
{
  return (gsize) points (w) * (block_tiles (w) * tile_floats (w) + 2 * APART);
}

static gsize
pieces_floats (const SalConvWeights *w)
{
  int tiles = sal_pieces_tiles (TILES_OF_PIECES) + SAL_PIECES_PANEL;

  return in_pieces (w) ? sal_pieces_floats (tiles, sal_pieces_blocks (w->in)) : 0;
}

static gsize
scratch (const SalConvWeights *w, const SalConvDims *dims, int workers)
{
  return (tiles_floats (w) + pieces_floats (w)) * workers * sizeof (float);
}

/* Gives the pixels of the result where a tile begins. */
static void
place (const Job *job, gint64 tile, gint64 *picture, int *y, int *x)
{
  *x = (int) (tile % job->across) * job->m;
  tile /= job->across;
  *y = (int) (tile % job->down) * job->m;
  *picture = tile / job->down;
}

static void
read_tiles (const Block *b, int from, int to)
{
  const Job *job = b->job;
  const SalConvWeights *w = job->w;
  int n = job->m + 2, H = job->sides.height[0], W = job->sides.width[0], before[2];
  const float *at[36];

  /* Going backward, filter and padding are turned around. */
  for (int i = 0; i < 2; i++)
    before[i] = w->direction == SAL_CONV_FORWARD ? w->dims.before[i] : 2 - w->dims.before[i];
  for (int i = from; i < to; i++) {
    gint64 picture;
    int y, x;

    place (job, b->first + i, &picture, &y, &x);
    for (int r = 0; r < n; r++) {
      int sy = y + r - before[0];
      const float *row = job->x + (picture * H + sy) * W * job->x_step;

      for (int s = 0; s < n; s++) {
        int sx = x + s - before[1];
        gboolean inside = sy >= 0 && sy < H && sx >= 0 && sx < W;

        at[r * n + s] = inside ? row + sx * job->x_step : w->zeros;
      }
    }
    w->kernels->winograd_read (job->m, at, job->m * job->x_step, w->in,
                               b->v + (gint64) i * b->v_row, b->v_step);
  }
}

static void
multiply_pieces (const Block *b, int point, const Pieces *pieces)
{
  const SalConvWeights *w = b->job->w;
  const SalKernels *kernels = w->kernels;
  int blocks = sal_pieces_blocks (w->in), step = tile_floats (w);
  SalPieces p = { .a = pieces->rows, .b = pieces->columns, .blocks = blocks, .c_step = step };

  p.a_step = sal_pieces_floats (1, blocks);
  p.depth = w->in;
  for (int row = 0; row < b->n; row += TILES_OF_PIECES) {
    float *v = b->v + point * b->v_step + (gint64) row * step;

    p.rows = MIN (TILES_OF_PIECES, b->n - row);
    for (int i = 0; i < p.rows; i += SAL_PIECES_ROWS) {
      const float *at[SAL_PIECES_ROWS];
      int n = MIN (SAL_PIECES_ROWS, p.rows - i);

      for (int j = 0; j < n; j++)
        at[j] = v + (gint64) (i + j) * step;
      kernels->pieces_rows (at, n, w->in, pieces->rows + i / SAL_PIECES_ROWS * p.a_step);
    }
    for (int panel = 0; panel < sal_panel_count (kernels, w->out); panel++) {
      int first = sal_panel_first (kernels, w->out, panel);

      p.columns = sal_panel_first (kernels, w->out, panel + 1) - first;
      p.w = w->packed + w->floats / points (w) * point + (gint64) first * w->in;
      /* Point after point and panel after panel, weights lie in the order of their use. */
      p.ahead = (gint64) p.columns * w->in;
      p.c = v + first;
      kernels->pieces_multiply (&p);
    }
  }
}

/* All panels of one point. */
static void
multiply (const Block *b, int point, const Pieces *pieces)
{
  const SalConvWeights *w = b->job->w;
  const SalKernels *kernels = w->kernels;
  int tiles = (b->n + SAL_TILE_ROWS - 1) / SAL_TILE_ROWS;
  int most = w->in < MANY ? DEPTH_OF_FEW : DEPTH_OF_MANY;
  int cuts = (w->in + most - 1) / most, depth = (w->in + cuts - 1) / cuts;
  const float *v = b->v + point * b->v_step;
  SalFinish finish = { .y = b->products + point * b->products_step, .y_step = w->out };

  if (pieces->rows != NULL) {
    multiply_pieces (b, point, pieces);
    return;
  }
  for (int p = 0; p < sal_panel_count (kernels, w->out); p++) {
    int first = sal_panel_first (kernels, w->out, p);
    int columns = sal_panel_first (kernels, w->out, p + 1) - first;
    SalTile tile = { .taps = 1, .columns = columns, .channel = first, .finish = &finish };

    for (tile.from = 0; tile.from < w->in; tile.from += depth) {
      tile.depth = MIN (depth, w->in - tile.from);
      tile.first = tile.from == 0;
      tile.b = w->packed + w->floats / points (w) * point + (gsize) first * w->in +
               (gsize) tile.from * columns;
      /* Point after point and panel after panel, weights lie in the order of their use. */
      tile.ahead = tile.b + (gint64) tile.depth * columns;
      tile.ahead_step = (columns + tiles - 1) / tiles;
      for (int i = 0, row = 0; i < tiles; i++) {
        int end = b->n * (i + 1) / tiles, n = end - row;
        const float *a[SAL_TILE_ROWS];
        gint64 pixel[SAL_TILE_ROWS];

        for (int j = 0; j < n; j++) {
          a[j] = v + (gint64) (row + j) * w->in;
          pixel[j] = row + j;
        }
        tile.a = a;
        tile.pixel = pixel;
        kernels->tile[n][columns / kernels->lanes](&tile);
        tile.ahead += (gint64) tile.depth * columns / tiles;
        row = end;
      }
    }
  }
}

static void
write_tiles (const Block *b, int from, int to)
{
  const Job *job = b->job;
  const SalConvWeights *w = job->w;
  int H = job->sides.height[1], W = job->sides.width[1];

  for (int i = from; i < to; i++) {
    gint64 picture;
    int y, x;

    place (job, b->first + i, &picture, &y, &x);
    w->kernels->winograd_write (job->m, b->products + (gint64) i * b->products_row,
                                b->products_step, w->out, &job->finish, (picture * H + y) * W + x,
                                W, H - y, W - x);
  }
}

static Block
block_new (const Job *job, int worker, gint64 first, int n)
{
  const SalConvWeights *w = job->w;
  Block b = { .job = job, .first = first, .n = n };

  b.v = job->scratch + worker * tiles_floats (w);
  if (in_pieces (w)) {
    b.v_row = b.products_row = tile_floats (w);
    b.v_step = b.products_step = sal_pieces_tiles (n) * SAL_PIECES_ROWS * b.v_row + APART;
    b.products = b.v;
  } else {
    b.v_row = w->in;
    b.products_row = w->out;
    b.v_step = (gint64) n * w->in + APART;
    b.products = b.v + points (w) * b.v_step;
    b.products_step = (gint64) n * w->out + APART;
  }
  return b;
}

static Pieces
pieces_new (const Job *job, int worker)
{
  Pieces p = { 0 };

  if (!in_pieces (job->w))
    return p;
  p.rows = job->scratch + job->workers * tiles_floats (job->w) + worker * pieces_floats (job->w);
  p.columns = p.rows + sal_pieces_floats (sal_pieces_tiles (TILES_OF_PIECES),
                                          sal_pieces_blocks (job->w->in));
  return p;
}

/* A block from end to end. */
static void
block_cb (int worker, int piece, gpointer data)
{
  const Job *job = data;
  gint64 first = (gint64) piece * job->block;
  Block b = block_new (job, worker, first, (int) MIN (job->block, job->tiles - first));
  Pieces pieces = pieces_new (job, worker);

  read_tiles (&b, 0, b.n);
  for (int i = 0; i < points (job->w); i++)
    multiply (&b, i, &pieces);
  write_tiles (&b, 0, b.n);
}

static void
read_cb (int worker, int piece, gpointer data)
{
  const Block *b = data;

  read_tiles (b, b->n * piece / b->parts, b->n * (piece + 1) / b->parts);
}

static void
multiply_cb (int worker, int piece, gpointer data)
{
  const Block *b = data;
  Pieces pieces = pieces_new (b->job, worker);

  multiply (b, piece, &pieces);
}

static void
write_cb (int worker, int piece, gpointer data)
{
  const Block *b = data;

  write_tiles (b, b->n * piece / b->parts, b->n * (piece + 1) / b->parts);
}

static void
run (const SalConvWeights *w, const SalConvDims *dims, const SalConvArgs *args)
{
  int workers = sal_team_size (args->team), most = block_tiles (w);
  int together = in_pieces (w) ? SAL_PIECES_TOGETHER : SAL_TILE_ROWS;
  Job job = {
    .w = w,
    .m = tile_size (w),
    .x = args->x,
    .x_step = args->x_step,
    .finish = sal_conv_finish (args),
    .sides = sal_conv_sides (w, dims),
    .scratch = args->scratch,
    .workers = workers,
  };
  gint64 blocks;

  job.across = (job.sides.width[1] + job.m - 1) / job.m;
  job.down = (job.sides.height[1] + job.m - 1) / job.m;
  job.tiles = (gint64) dims->N * job.across * job.down;
  if (workers > 1 && job.tiles <= (gint64) workers * most) {
    Block b = block_new (&job, 0, 0, (int) job.tiles);

    b.parts = MIN (b.n, 4 * workers);
    sal_team_run (args->team, b.parts, read_cb, &b);
    sal_team_run (args->team, points (w), multiply_cb, &b);
    sal_team_run (args->team, b.parts, write_cb, &b);
    return;
  }
  blocks = (job.tiles + most - 1) / most;
  blocks = (blocks + workers - 1) / workers * workers;
  job.block = (int) ((job.tiles + blocks - 1) / blocks);
  /* Several workers had rather have equal shares. */
  if (workers == 1)
    job.block = (job.block + together - 1) / together * together;
  blocks = (job.tiles + job.block - 1) / MAX (job.block, 1);
  sal_team_run (args->team, (int) blocks, block_cb, &job);
}

const SalConvKind sal_conv_winograd = { fits, floats, pack, scratch, run };
