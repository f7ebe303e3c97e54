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
 * F(2×2) 210 to 290 at 7² × 512. With a matrix unit 1.1 times that at 56² × 64 and, for
 * batches, 1.3 times at 28² × 128, 1.6 times at 14² and 7²; there, tiles are taken apart while the
 * point before is multiplied, and what limits is the way of both to and from the caches. For one
 * picture 0.9 times at 14² and 7²: to take weights apart costs more than so few tiles gain. */
#include "engine/kernels/conv-private.h"
#include "engine/kernels/panel.h"

/* With fewer channels the transforms take so much of the time that a matrix unit gains less than it
 * costs to take numbers apart for it: rows in any case, weights where a picture has few tiles. */
#define PIECES_FROM 128
#define PIECES_FROM_LARGE 64
#define PIECES_TILES 96

/* Bytes of weights that every worker may read anew: less than tiles that change hands. */
#define NEAR (1 << 20)

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
  gboolean pieces;  /* whether a matrix unit multiplies */
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

/* Memory of a worker for what it takes apart for the matrix unit (pieces.h): tiles of this point
 * and of the next. */
typedef struct {
  const float *at[TILES_OF_PIECES];
  float *rows[2], *columns;
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

/* Tiles of a picture, along axis @i. */
static int
tiles_along (const SalConvWeights *w, const SalConvDims *dims, int i)
{
  SalConvSides sides = sal_conv_sides (w, dims);
  int length = i == 0 ? sides.height[1] : sides.width[1], m = tile_size (w);

  return (length + m - 1) / m;
}

static gboolean
in_pieces (const SalConvWeights *w, const SalConvDims *dims)
{
  gint64 tiles = (gint64) tiles_along (w, dims, 0) * tiles_along (w, dims, 1);

  return w->kernels->pieces_multiply != NULL &&
         MIN (w->in, w->out) >= (tiles < PIECES_TILES ? PIECES_FROM : PIECES_FROM_LARGE);
}

/* What a tile takes for each point. Products are made of pieces, so they may replace what was read.
 */
static int
tile_floats (const SalConvWeights *w, gboolean pieces)
{
  return pieces ? MAX (w->in, w->out) : w->in + w->out;
}

/* As many tiles as keep what is between the transforms in a level-2 cache of 1 MiB, but enough for
 * the weights to be read seldom where they do not fit either; rows of the products are taken by
 * SAL_TILE_ROWS. */
static int
block_tiles (const SalConvWeights *w, gboolean pieces)
{
  int tile = (int) (points (w) * tile_floats (w, pieces) * sizeof (float));

  if (pieces)
    return TILES_OF_PIECES;
  return CLAMP ((1 << 20) / tile / SAL_TILE_ROWS * SAL_TILE_ROWS,
                floats (w) * sizeof (float) > 16 << 20 ? 96 : 36, 96);
}

/* Floats of a worker's share of the tiles on their way, and of what it takes apart. */
static gsize
tiles_floats (const SalConvWeights *w, gboolean pieces)
{
  return (gsize) points (w) * (block_tiles (w, pieces) * tile_floats (w, pieces) + 2 * APART);
}

static gsize
pieces_floats (const SalConvWeights *w)
{
  int tiles = 2 * sal_pieces_tiles (TILES_OF_PIECES) + SAL_PIECES_PANEL;

  return sal_pieces_floats (tiles, sal_pieces_blocks (w->in));
}

static gsize
worker_floats (const SalConvWeights *w, gboolean pieces)
{
  return tiles_floats (w, pieces) + (pieces ? pieces_floats (w) : 0);
}

static gsize
scratch (const SalConvWeights *w, const SalConvDims *dims, int workers)
{
  return worker_floats (w, in_pieces (w, dims)) * workers * sizeof (float);
}

/* Terms that are added before they go to memory: long sums round more, and the way back from the
 * tiles enlarges that. Gradients of ResNet-18- and SqueezeNet-like networks so have less than twice
 * the error of PyTorch's float32; with parts of 576 nearly three times. Short sums cost ResNet-18
 * 3 % of its time and SqueezeNet, whose errors arise at 64 channels, 7 %. */
static int
most_terms (int channels)
{
  if (channels >= 256)
    return 64;
  return channels >= 128 || channels <= 32 ? 32 : 16;
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

/* A point of some tiles, or of those that follow. */
static SalPiecesRows
pieces_rows (const Block *b, const Pieces *pieces, int product)
{
  const SalConvWeights *w = b->job->w;
  int chunks = (b->n + TILES_OF_PIECES - 1) / TILES_OF_PIECES;
  int first = product % chunks * TILES_OF_PIECES;
  SalPiecesRows r = { .at = pieces->at, .all_taps = 1, .taps = 1, .depth = w->in };

  r.from = product / chunks * b->v_step + first * b->v_row;
  r.rows = MIN (TILES_OF_PIECES, b->n - first);
  r.to = pieces->rows[product % 2];
  return r;
}

/* @n points from @point on, the tiles of each taken apart while the one before is multiplied. */
static void
multiply_pieces (const Block *b, int point, int n, Pieces *pieces)
{
  const SalConvWeights *w = b->job->w;
  const SalKernels *kernels = w->kernels;
  int chunks = (b->n + TILES_OF_PIECES - 1) / TILES_OF_PIECES;
  int end = (point + n) * chunks;
  SalPiecesRows now, next;

  for (int i = 0; i < MIN (b->n, TILES_OF_PIECES); i++)
    pieces->at[i] = b->v + i * b->v_row;
  now = pieces_rows (b, pieces, point * chunks);
  kernels->pieces_rows (&now);
  for (int i = point * chunks; i < end; i++, now = next) {
    SalPieces p = { .rows = &now, .b = pieces->columns, .c = b->v + now.from };

    if (i + 1 < end)
      next = pieces_rows (b, pieces, i + 1);
    p.next = i + 1 < end ? &next : NULL;
    p.w = w->packed + w->floats / points (w) * (i / chunks);
    p.all_depth = p.tap_depth = w->in;
    p.columns = w->out;
    p.panels = sal_panel_count (kernels, w->out);
    p.c_step = b->products_row;
    kernels->pieces_multiply (&p);
  }
}

/* All panels of one point. */
static void
multiply_point (const Block *b, int point)
{
  const SalConvWeights *w = b->job->w;
  const SalKernels *kernels = w->kernels;
  int tiles = (b->n + SAL_TILE_ROWS - 1) / SAL_TILE_ROWS;
  int most = most_terms (w->in);
  int cuts = (w->in + most - 1) / most, depth = (w->in + cuts - 1) / cuts;
  const float *v = b->v + point * b->v_step;
  SalFinish finish = { .y = b->products + point * b->products_step, .y_step = w->out };

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

  b.v = job->scratch + worker * tiles_floats (w, job->pieces);
  if (job->pieces) {
    b.v_row = b.products_row = tile_floats (w, TRUE);
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

/* @n points from @point on. */
static void
multiply (const Block *b, int point, int n, int worker)
{
  const Job *job = b->job;
  int tiles = sal_pieces_tiles (TILES_OF_PIECES), blocks = sal_pieces_blocks (job->w->in);
  Pieces pieces;

  if (!job->pieces) {
    for (int i = point; i < point + n; i++)
      multiply_point (b, i);
    return;
  }
  pieces.rows[0] =
      job->scratch + job->workers * tiles_floats (job->w, TRUE) + worker * pieces_floats (job->w);
  pieces.rows[1] = pieces.rows[0] + sal_pieces_floats (tiles, blocks);
  pieces.columns = pieces.rows[1] + sal_pieces_floats (tiles, blocks);
  multiply_pieces (b, point, n, &pieces);
}

/* A block from end to end. */
static void
block_cb (int worker, int piece, gpointer data)
{
  const Job *job = data;
  gint64 first = (gint64) piece * job->block;
  Block b = block_new (job, worker, first, (int) MIN (job->block, job->tiles - first));

  read_tiles (&b, 0, b.n);
  multiply (&b, 0, points (job->w), worker);
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
  multiply (data, piece, 1, worker);
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
  gboolean pieces = in_pieces (w, dims);
  int workers = sal_team_size (args->team), most = block_tiles (w, pieces);
  int together = pieces ? SAL_PIECES_TOGETHER : SAL_TILE_ROWS;
  Job job = {
    .w = w,
    .m = tile_size (w),
    .x = args->x,
    .x_step = args->x_step,
    .finish = sal_conv_finish (args),
    .sides = sal_conv_sides (w, dims),
    .across = tiles_along (w, dims, 1),
    .down = tiles_along (w, dims, 0),
    .pieces = pieces,
    .scratch = args->scratch,
    .workers = workers,
  };
  gint64 blocks;

  job.tiles = (gint64) dims->N * job.across * job.down;
  if (workers > 1 && job.tiles <= (gint64) workers * most && floats (w) * sizeof (float) > NEAR) {
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
