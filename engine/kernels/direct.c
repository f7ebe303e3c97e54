/* Convolution of any shape as a matrix product whose left side is never made: each row of it is a
 * pixel of the result, given to the tiles as pointers to the pixels its taps read (Dukhan: The
 * indirect convolution algorithm, 2019). The gradient with respect to the input is the same with
 * weights turned around; with strides, each remainder of them has taps of its own, so that nothing
 * is multiplied by zero.
 *
 * Sums of more than DEPTH terms are cut there and the parts added, which rounds less than one long
 * sum and keeps a panel's part of the weights in the level-2 cache while all rows of a block pass.
 *
 * Limit: that of the tiles for 64 channels and more; for fewer, the way of the results to memory
 * and what each tile costs beside its sums. Sapphire Rapids, one thread, GFLOP/s: 3×3 with stride 2
 * and 1×1 of ResNet-18 and 50 180 to 210, down to 7²; MobileNetV2's 1×1 190 to 215 from 28² on, 130
 * to 145 at 56² × 24, 90 to 120 at 112² × 16. With a matrix unit 1.2 to 1.4 times that for 64
 * channels and more (pieces.h). */
#include "engine/kernels/conv-private.h"
#include "engine/kernels/panel.h"

/* Terms that are added before they go to memory. */
#define DEPTH 576

/* Pixels that pass before the next part of the weights is read, or taken apart. */
#define BLOCK 96
#define BLOCK_OF_PIECES 192

/* With fewer channels, or fewer weights, the way to memory takes so much of the time that a matrix
 * unit gains less than it costs to take numbers apart for it. */
#define PIECES_FROM 64
#define PIECES_WEIGHTS (64 * 256)

/* Bytes of weights that stay in the level-2 cache while blocks of pixels pass. */
#define NEAR (256 << 10)

typedef struct {
  const SalConvWeights *w;
  const float *x;
  gint64 x_step;
  SalFinish finish;
  int N;
  SalConvSides sides;
  gboolean plain;  /* each pixel is made of the one in the same place */
  gboolean near;   /* so that pictures come from farther than the weights */
  gint64 rows;     /* pixels in a piece */
  int panels;      /* in a piece */
  int panel_parts; /* pieces side by side */
  int row_parts;   /* pieces one above the other, of the largest phase */
  guint8 *scratch;
  gsize scratch_step;
} Job;

/* Some tiles' rows, one after the other; a tile's pointers are [taps][its rows]. */
typedef struct {
  const float **a;
  gint64 *offset; /* of each tap, in floats */
  gint64 pixel[BLOCK_OF_PIECES];
  float *rows, *columns, *products; /* of the matrix unit */
} Block;

static gboolean
fits (const SalConvDims *dims, SalConvDirection direction)
{
  return TRUE;
}

static gsize
floats (const SalConvWeights *w)
{
  const SalConvDims *d = &w->dims;

  return (gsize) d->groups * sal_panel_columns (w->kernels, w->out) * w->in * d->R * d->S;
}

/* [group][phase][panel][tap][in][columns of the panel] */
static void
pack (SalConvWeights *w, const float *from)
{
  int panels = sal_panel_count (w->kernels, w->out);
  float *to = w->packed;

  for (int g = 0; g < w->dims.groups; g++) {
    for (int p = 0; p < w->n_phases; p++) {
      const SalConvPhase *phase = &w->phase[p];

      for (int n = 0; n < panels; n++) {
        int first = sal_panel_first (w->kernels, w->out, n);
        int end = sal_panel_first (w->kernels, w->out, n + 1);

        for (int t = 0; t < phase->taps; t++)
          for (int i = 0; i < w->in; i++)
            for (int o = first; o < end; o++)
              *to++ = o < w->out ? sal_conv_tap (w, from, g, phase->tap[t], i, o) : 0;
      }
    }
  }
}

static gboolean
in_pieces (const SalConvWeights *w)
{
  return w->kernels->pieces_multiply != NULL && MIN (w->in, w->out) >= PIECES_FROM &&
         (gint64) w->in * w->out * w->dims.R * w->dims.S > PIECES_WEIGHTS;
}

static int
block_rows (const SalConvWeights *w)
{
  return in_pieces (w) ? BLOCK_OF_PIECES : BLOCK;
}

/* How many channels, and of how many taps, are summed before the next ones are. */
static int
part_depth (const SalConvWeights *w)
{
  int cuts = (w->in + DEPTH - 1) / DEPTH, depth = (w->in + cuts - 1) / cuts;

  return in_pieces (w) ? sal_pieces_blocks (depth) * SAL_PIECES_DEPTH : depth;
}

static int
part_taps (const SalConvWeights *w, int taps)
{
  return CLAMP (DEPTH / w->in, 1, MAX (taps, 1));
}

static gsize
pointers_bytes (const SalConvWeights *w)
{
  gsize taps = (gsize) w->dims.R * w->dims.S;

  return (sizeof (Block) + taps * (block_rows (w) * sizeof (float *) + sizeof (gint64)) + 63) / 64 *
         64;
}

/* Blocks of a part (pieces.h), at most. */
static int
part_blocks (const SalConvWeights *w)
{
  return part_taps (w, w->dims.R * w->dims.S) * sal_pieces_blocks (part_depth (w));
}

static gsize
worker_scratch (const SalConvWeights *w)
{
  int tiles = sal_pieces_tiles (BLOCK_OF_PIECES) + SAL_PIECES_PANEL;
  gint64 floats = sal_pieces_floats (tiles, part_blocks (w)) + BLOCK_OF_PIECES * SAL_PANEL_MOST;

  return pointers_bytes (w) + (in_pieces (w) ? floats * sizeof (float) : 0);
}

static gsize
scratch (const SalConvWeights *w, const SalConvDims *dims, int workers)
{
  return worker_scratch (w) * workers;
}

/* How many pixels of the result a phase has along axis @i. */
static int
grid (const Job *job, const SalConvPhase *phase, int i)
{
  int length = i == 0 ? job->sides.height[1] : job->sides.width[1];

  return MAX (0, (length - phase->at[i] + job->w->spread[i] - 1) / job->w->spread[i]);
}

static gint64
phase_rows (const Job *job, const SalConvPhase *phase)
{
  return (gint64) job->N * grid (job, phase, 0) * grid (job, phase, 1);
}

/* Points the @rows rows of a tile at what the taps read. */
static void
point (const Job *job, const SalConvPhase *phase, int group, gint64 row, int rows,
       const gint64 *offset, const float **a, gint64 *pixel)
{
  const SalConvWeights *w = job->w;
  int width = grid (job, phase, 1), height = grid (job, phase, 0);
  int H = job->sides.height[0], W = job->sides.width[0];
  gint64 plane = row / width;
  int x = (int) (row % width), y = (int) (plane % height);

  if (job->plain) {
    for (int i = 0; i < rows; i++) {
      a[i] = job->x + (row + i) * job->x_step + (gint64) group * w->in;
      pixel[i] = row + i;
    }
    return;
  }
  plane /= height;
  for (int i = 0; i < rows; i++) {
    int sy = y * w->move[0], sx = x * w->move[1];
    const float *at = job->x + ((plane * H + sy) * W + sx) * job->x_step + (gint64) group * w->in;

    pixel[i] =
        (plane * job->sides.height[1] + y * w->spread[0] + phase->at[0]) * job->sides.width[1] +
        x * w->spread[1] + phase->at[1];
    if (sy + phase->low[0] >= 0 && sy + phase->high[0] < H && sx + phase->low[1] >= 0 &&
        sx + phase->high[1] < W) {
      for (int t = 0; t < phase->taps; t++)
        a[t * rows + i] = at + offset[t];
    } else {
      for (int t = 0; t < phase->taps; t++) {
        int ty = sy + phase->from[t][0], tx = sx + phase->from[t][1];
        gboolean inside = ty >= 0 && ty < H && tx >= 0 && tx < W;

        a[t * rows + i] = inside ? at + offset[t] : w->zeros;
      }
    }
    if (++x == width) {
      x = 0;
      if (++y == height) {
        y = 0;
        plane++;
      }
    }
  }
}

/* One part of the sum, for one panel and all rows of a block. Meanwhile @n_ahead floats from @ahead
 * on are fetched. */
static void
run_tiles (const SalConvPhase *phase, const Block *block, int rows, int width, SalTile *tile,
           const SalKernels *kernels, int first_tap, const float *ahead, gint64 n_ahead)
{
  int tiles = (rows + SAL_TILE_ROWS - 1) / SAL_TILE_ROWS;
  gint64 sums = MAX (1, (gint64) tiles * tile->taps * tile->depth);

  tile->ahead = ahead;
  tile->ahead_step = (n_ahead + sums - 1) / sums;
  for (int i = 0, row = 0; i < tiles; i++) {
    int end = rows * (i + 1) / tiles, n = end - row;

    tile->a = block->a + (gint64) row * phase->taps + first_tap * n;
    tile->pixel = block->pixel + row;
    kernels->tile[n][width / kernels->lanes](tile);
    tile->ahead += n_ahead / tiles;
    row = end;
  }
}

/* While a block passes, what is due next is fetched: the next part of the weights, or, where all of
 * them are near, as many pixels as these, of what is read or written, whichever is more. */
static void
run_block (const Job *job, const SalConvPhase *phase, const float *packed, int group,
           const Block *block, int rows, int panel, int panels)
{
  const SalConvWeights *w = job->w;
  const SalKernels *kernels = w->kernels;
  int depth = part_depth (w), cuts = (w->in + depth - 1) / depth;
  int taps = part_taps (w, phase->taps);
  gboolean reads = w->in > w->out;
  gint64 step = reads ? job->x_step : job->finish.y_step;
  const float *pixels = (reads ? job->x : job->finish.y) + (block->pixel[0] + rows) * step;

  for (int p = panel; p < panel + panels; p++) {
    int first = sal_panel_first (kernels, w->out, p);
    int width = sal_panel_first (kernels, w->out, p + 1) - first;
    const float *b = packed + (gsize) first * phase->taps * w->in;
    SalTile tile = { .finish = &job->finish, .first = TRUE };
    int t = 0;

    tile.columns = MIN (width, w->out - first);
    tile.channel = group * w->out + first;
    do {
      tile.taps = MIN (taps, phase->taps - t);
      for (int from = 0; from < w->in; from += depth) {
        tile.from = from;
        tile.depth = MIN (depth, w->in - from);
        tile.b = b + ((gsize) t * w->in + from) * width;
        tile.b_skip = (gint64) (w->in - tile.depth) * width;
        tile.last = t + tile.taps == phase->taps && from + tile.depth == w->in;
        if (job->near) {
          gint64 share = rows * step / (panels * cuts);

          run_tiles (phase, block, rows, width, &tile, kernels, t, pixels, share);
          pixels += share;
        } else {
          gint64 part = (gint64) tile.taps * tile.depth * width;

          run_tiles (phase, block, rows, width, &tile, kernels, t, tile.b + part, part);
        }
        tile.first = FALSE;
      }
      t += taps;
    } while (t < phase->taps);
  }
}

/* The sum as products of pieces: all panels of one part after the other, so that what is read is
 * taken apart once. */
static void
run_pieces (const Job *job, const SalConvPhase *phase, const float *packed, int group,
            const Block *block, int n, int panel, int panels)
{
  const SalConvWeights *w = job->w;
  int depth = part_depth (w), taps = part_taps (w, phase->taps);
  SalPiecesRows rows = { .at = block->a, .rows = n, .all_taps = phase->taps, .to = block->rows };
  SalPieces p = { .rows = &rows, .w = packed, .b = block->columns, .c = block->products };

  p.all_depth = phase->taps * w->in;
  p.tap_depth = w->in;
  p.columns = w->out;
  p.panel = panel;
  p.panels = panels;
  p.c_step = SAL_PANEL_MOST;
  p.finish = &job->finish;
  p.pixel = block->pixel;
  p.channel = group * w->out;
  p.first = TRUE;
  for (rows.tap = 0; rows.tap < phase->taps; rows.tap += taps)
    for (int from = 0; from < w->in; from += depth) {
      rows.taps = MIN (taps, phase->taps - rows.tap);
      rows.from = from;
      rows.depth = MIN (depth, w->in - from);
      w->kernels->pieces_rows (&rows);
      p.skip = rows.tap * w->in + from;
      p.last = rows.tap + rows.taps == phase->taps && from + rows.depth == w->in;
      w->kernels->pieces_multiply (&p);
      p.first = FALSE;
    }
}

/* Pieces are numbered [group][phase][rows][panels]; phases with fewer rows have empty ones. */
static void
piece_cb (int worker, int piece, gpointer data)
{
  const Job *job = data;
  const SalConvWeights *w = job->w;
  int panels = sal_panel_count (w->kernels, w->out), panel = piece % job->panel_parts * job->panels;
  int part = piece / job->panel_parts, p = part / job->row_parts, group = p / w->n_phases;
  const SalConvPhase *phase = &w->phase[p % w->n_phases];
  const float *packed = w->packed + w->floats / w->dims.groups * group + phase->packed;
  gint64 row = part % job->row_parts * job->rows;
  gint64 end = MIN (row + job->rows, phase_rows (job, phase));
  int most = block_rows (w), tile_rows = in_pieces (w) ? SAL_PIECES_ROWS : SAL_TILE_ROWS;
  Block *block = (Block *) (job->scratch + worker * job->scratch_step);

  block->offset = (gint64 *) (block + 1);
  block->a = (const float **) (block->offset + w->dims.R * w->dims.S);
  for (int t = 0; t < phase->taps; t++)
    block->offset[t] =
        ((gint64) phase->from[t][0] * job->sides.width[0] + phase->from[t][1]) * job->x_step;
  block->rows = (float *) ((guint8 *) block + pointers_bytes (w));
  block->columns =
      block->rows + sal_pieces_floats (sal_pieces_tiles (BLOCK_OF_PIECES), part_blocks (w));
  block->products = block->columns + sal_pieces_floats (SAL_PIECES_PANEL, part_blocks (w));
  for (; row < end; row += most) {
    int rows = (int) MIN (most, end - row);
    int tiles = (rows + tile_rows - 1) / tile_rows;

    for (int i = 0; i < tiles; i++) {
      int at = in_pieces (w) ? i * tile_rows : rows * i / tiles;
      int next = in_pieces (w) ? MIN (rows, at + tile_rows) : rows * (i + 1) / tiles;

      point (job, phase, group, row + at, next - at, block->offset,
             block->a + (gint64) at * phase->taps, block->pixel + at);
    }
    if (in_pieces (w) && phase->taps > 0)
      run_pieces (job, phase, packed, group, block, rows, panel, MIN (job->panels, panels - panel));
    else
      run_block (job, phase, packed, group, block, rows, panel, MIN (job->panels, panels - panel));
  }
}

/* Cuts the work so that workers get equal shares: by rows where there are many, else by whichever
 * is read less by being cut, rows or weights. */
static void
cut (Job *job, int workers)
{
  const SalConvWeights *w = job->w;
  int panels = sal_panel_count (w->kernels, w->out);
  gint64 rows = phase_rows (job, w->phase);
  gint64 pixels = (gint64) job->N * job->sides.height[0] * job->sides.width[0];

  job->rows = MAX (rows, 1);
  job->panels = panels;
  if (workers > 1 && rows >= 4 * workers * block_rows (w))
    job->rows = block_rows (w);
  else if (workers > 1 && panels >= workers && (gint64) w->out * w->phase->taps > pixels)
    job->panels = (panels + 2 * workers - 1) / (2 * workers);
  else if (workers > 1)
    job->rows = MAX (SAL_TILE_ROWS, (rows + 2 * workers - 1) / (2 * workers));
  job->panel_parts = (panels + job->panels - 1) / job->panels;
  job->row_parts = (int) ((rows + job->rows - 1) / job->rows);
}

/* Where the channels of groups share bytes of gates. */
typedef struct {
  const SalKernels *kernels;
  SalFinish finish;
  gint64 pixels;
  int channels, parts;
} Gates;

static void
gates_cb (int worker, int piece, gpointer data)
{
  const Gates *g = data;
  gint64 from = g->pixels * piece / g->parts, to = g->pixels * (piece + 1) / g->parts;

  g->kernels->gates (&g->finish, from, to - from, g->channels);
}

static void
run (const SalConvWeights *w, const SalConvDims *dims, const SalConvArgs *args)
{
  int workers = sal_team_size (args->team);
  gboolean gates = args->gate_out != NULL || args->gate_in != NULL;
  Job job = {
    .w = w,
    .x = args->x,
    .x_step = args->x_step,
    .finish = sal_conv_finish (args),
    .N = dims->N,
    .sides = sal_conv_sides (w, dims),
    .scratch = args->scratch,
    .scratch_step = worker_scratch (w),
  };

  gates = gates && dims->groups > 1 && w->out % 8 != 0;
  if (gates) {
    job.finish.gate_out = NULL;
    job.finish.gate_in = NULL;
  }
  job.plain = dims->R * dims->S == 1 && dims->stride[0] * dims->stride[1] == 1 &&
              dims->before[0] == 0 && dims->before[1] == 0 && dims->H == dims->Ho &&
              dims->W == dims->Wo;
  job.near = job.plain && dims->groups == 1 && w->floats * sizeof (float) <= NEAR;
  cut (&job, workers);
  sal_team_run (args->team, dims->groups * w->n_phases * job.row_parts * job.panel_parts, piece_cb,
                &job);
  if (gates) {
    Gates g = { .kernels = w->kernels, .finish = sal_conv_finish (args), .parts = workers };

    g.pixels = (gint64) dims->N * job.sides.height[1] * job.sides.width[1];
    g.channels = w->out * dims->groups;
    sal_team_run (args->team, workers, gates_cb, &g);
  }
}

const SalConvKind sal_conv_direct = { fits, floats, pack, scratch, run };
