/* The first layer of a network, which reads three channels or one.
 *
 * Forward, a row of the filter's taps is one contiguous piece of a padded copy of the picture, so
 * that the tiles sum over S · C values at a time. Backward, the products for all taps of a row of
 * the output's pixels are made side by side, and added to where the taps lie in a padded copy of
 * the gradient.
 *
 * Limit: the tiles, but for columns that vectors have and filters lack (147 of 160 for 7 × 7 taps
 * of 3 channels, 27 of 32 for 3 × 3) and for what a tile costs beside sums of 27 values; the way of
 * 64 channels to or from memory for several pictures of 224². Sapphire Rapids, one thread, GFLOP/s
 * forward and backward: 7×7 stride 2 185 and 150, with a matrix unit 170 backward; 3×3 130 and 130,
 * with stride 2 140 and 110. */
#include "engine/kernels/conv-private.h"
#include "engine/kernels/panel.h"

#include <string.h>

/* The longest sums. */
#define DEPTH 576

/* With fewer channels or taps a matrix unit (pieces.h) gains less than it costs to take numbers
 * apart for it. */
#define PIECES_FROM 64

/* More channels are worth sums of their own. */
#define CHANNELS 4

/* Rows of the output that share one padded copy. */
#define STRIP 8

/* Floats behind padded rows that whole vectors may touch. */
#define BEHIND 16

/* Pixels from those that are computed to those that are fetched. */
#define AHEAD (2 * SAL_TILE_ROWS)

typedef struct {
  const SalConvWeights *w;
  const SalConvDims *d;
  const SalConvArgs *args;
  SalFinish finish;
  int strips; /* of a picture */
  guint8 *scratch;
  gsize scratch_step;
} Job;

/* A worker's memory.
 * @a, @pixel: as SalTile has them, of the tiles of a row of the output one after the other */
typedef struct {
  const float **a;
  gint64 *pixel;
  float *padded, *products;
  float *rows, *columns; /* of the matrix unit */
} Memory;

static gboolean
fits (const SalConvDims *d, SalConvDirection direction)
{
  return d->groups == 1 && d->C <= CHANNELS && d->dilation[1] == 1 && d->before[1] >= 0;
}

/* Values under a row of the filter. */
static int
row_length (const SalConvWeights *w)
{
  return w->dims.S * w->dims.C;
}

/* Columns of the packed weights: output channels, or backward all taps. */
static int
columns (const SalConvWeights *w)
{
  return w->direction == SAL_CONV_FORWARD ? w->dims.K : w->dims.R * row_length (w);
}

static gsize
floats (const SalConvWeights *w)
{
  int depth = w->direction == SAL_CONV_FORWARD ? w->dims.R * row_length (w) : w->dims.K;

  return (gsize) depth * sal_panel_columns (w->kernels, columns (w));
}

/* Forward, to put the taps of a pixel side by side would take as long as is gained. */
static gboolean
in_pieces (const SalConvWeights *w)
{
  return w->direction == SAL_CONV_BACKWARD && w->kernels->pieces_multiply != NULL &&
         MIN (w->dims.K, columns (w)) >= PIECES_FROM && w->dims.K <= DEPTH;
}

/* [panel][R][S][C][columns of the panel], backward [panel][K][columns of the panel] */
static void
pack (SalConvWeights *w, const float *from)
{
  const SalConvDims *d = &w->dims;
  gboolean forward = w->direction == SAL_CONV_FORWARD;
  int taps = d->R * d->S * d->C;
  float *to = w->packed;

  for (int p = 0; p < sal_panel_count (w->kernels, columns (w)); p++) {
    int first = sal_panel_first (w->kernels, columns (w), p);
    int end = sal_panel_first (w->kernels, columns (w), p + 1);

    for (int i = 0; i < (forward ? taps : d->K); i++) {
      for (int j = first; j < end; j++) {
        int tap = forward ? i : j, k = forward ? j : i;
        int c = tap % d->C, rs = tap / d->C;

        *to++ = j < columns (w) ? from[((gint64) k * d->C + c) * d->R * d->S + rs] : 0;
      }
    }
  }
}

/* Floats in a padded row. */
static gint64
padded_row (const SalConvDims *d)
{
  int width = MAX ((d->Wo - 1) * d->stride[1] + d->S, d->W + d->before[1]);

  return ((gint64) width * d->C + BEHIND + 15) / 16 * 16;
}

static int
product_step (const SalConvWeights *w)
{
  return sal_panel_columns (w->kernels, columns (w));
}

/* Taps of a tile. */
static int
taps (const SalConvWeights *w)
{
  return w->direction == SAL_CONV_FORWARD ? w->dims.R : 1;
}

static gsize
product_floats (const SalConvWeights *w, const SalConvDims *d)
{
  gsize rows = in_pieces (w) ? sal_pieces_tiles (d->Wo) * SAL_PIECES_ROWS : d->Wo;

  return w->direction == SAL_CONV_FORWARD ? 0 : rows * product_step (w);
}

/* What is taken apart: a row of the output's gradient, and a panel of weights. */
static gsize
rows_floats (const SalConvWeights *w, const SalConvDims *d)
{
  int blocks = sal_pieces_blocks (w->dims.K);

  return in_pieces (w) ? sal_pieces_floats (sal_pieces_tiles (d->Wo), blocks) : 0;
}

static gsize
columns_floats (const SalConvWeights *w)
{
  return in_pieces (w) ? sal_pieces_floats (SAL_PIECES_PANEL, sal_pieces_blocks (w->dims.K)) : 0;
}

static gsize
padded_floats (const SalConvWeights *w, const SalConvDims *d)
{
  gsize rows = d->H;

  if (w->direction == SAL_CONV_FORWARD)
    rows = (gsize) (STRIP - 1) * d->stride[0] + (gsize) (d->R - 1) * d->dilation[0] + 1;
  return rows * padded_row (d);
}

static gsize
worker_scratch (const SalConvWeights *w, const SalConvDims *d)
{
  gsize pieces = rows_floats (w, d) + columns_floats (w);
  gsize bytes = (product_floats (w, d) + padded_floats (w, d) + pieces) * sizeof (float);

  bytes += d->Wo * (sizeof (gint64) + taps (w) * sizeof (float *));
  return (bytes + 63) / 64 * 64;
}

static gsize
scratch (const SalConvWeights *w, const SalConvDims *dims, int workers)
{
  return worker_scratch (w, dims) * workers;
}

static Memory
memory (const Job *job, int worker)
{
  Memory m;

  m.products = (float *) (job->scratch + worker * job->scratch_step);
  m.rows = m.products + product_floats (job->w, job->d);
  m.columns = m.rows + rows_floats (job->w, job->d);
  m.padded = m.columns + columns_floats (job->w);
  m.pixel = (gint64 *) (m.padded + padded_floats (job->w, job->d));
  m.a = (const float **) (m.pixel + job->d->Wo);
  return m;
}

/* Copies row @y of a picture behind its padding, or zeros. */
static void
pad_row (const Job *job, gint64 picture, int y, float *to)
{
  const SalConvDims *d = job->d;
  gint64 step = job->args->x_step;
  const float *from = job->args->x + (picture * d->H + y) * d->W * step;

  memset (to, 0, padded_row (d) * sizeof *to);
  if (y < 0 || y >= d->H)
    return;
  to += d->before[1] * d->C;
  if (step == d->C) {
    memcpy (to, from, (gsize) d->W * d->C * sizeof *to);
    return;
  }
  for (int x = 0; x < d->W; x++)
    for (int c = 0; c < d->C; c++)
      to[x * d->C + c] = from[x * step + c];
}

/* Points the tiles of a row at what they read: pixel x at @from + x · @move, the next tap's @down
 * from there. The results are pixels from @first on. */
static void
point_row (const Job *job, const Memory *m, const float *from, gint64 move, gint64 down,
           gint64 first)
{
  int Wo = job->d->Wo, n_taps = taps (job->w), tiles = (Wo + SAL_TILE_ROWS - 1) / SAL_TILE_ROWS;
  const float **a = m->a;

  for (int i = 0, x = 0; i < tiles; i++) {
    int end = Wo * (i + 1) / tiles;

    for (int t = 0; t < n_taps; t++)
      for (int j = x; j < end; j++)
        *a++ = from + j * move + t * down;
    x = end;
  }
  for (int x = 0; x < Wo; x++)
    m->pixel[x] = first + x;
}

/* The tiles of a row for the part of the taps that begins with @tap, and one panel of columns.
 * Meanwhile the pixels @ahead are fetched, which are @step apart. */
static void
run_tiles (const Job *job, const Memory *m, int tap, int width, const float *ahead, gint64 step,
           SalTile *tile)
{
  const SalKernels *kernels = job->w->kernels;
  int Wo = job->d->Wo, n_taps = taps (job->w), tiles = (Wo + SAL_TILE_ROWS - 1) / SAL_TILE_ROWS;
  int sums = tile->taps * tile->depth;

  tile->ahead_step = (SAL_TILE_ROWS * step + sums - 1) / sums;
  for (int i = 0, x = 0; i < tiles; i++) {
    int end = Wo * (i + 1) / tiles, n = end - x;

    tile->a = m->a + x * n_taps + tap * n;
    tile->pixel = m->pixel + x;
    tile->ahead = ahead + x * step;
    kernels->tile[n][width / kernels->lanes](tile);
    x = end;
  }
}

/* One row of the output from the padded copy, of which @padded is the first row it reads. */
static void
forward_row (const Job *job, const Memory *m, const float *padded, gint64 row)
{
  const SalConvWeights *w = job->w;
  const SalConvDims *d = job->d;
  const SalFinish *finish = &job->finish;
  int length = row_length (w), most = MAX (1, DEPTH / length);

  point_row (job, m, padded, d->stride[1] * d->C, d->dilation[0] * padded_row (d), row * d->Wo);
  for (int p = 0; p < sal_panel_count (w->kernels, d->K); p++) {
    int first = sal_panel_first (w->kernels, d->K, p);
    int width = sal_panel_first (w->kernels, d->K, p + 1) - first;
    SalTile tile = { .depth = length, .channel = first, .finish = finish };

    tile.columns = MIN (width, d->K - first);
    for (int r = 0; r < d->R; r += most) {
      tile.taps = MIN (most, d->R - r);
      tile.b = w->packed + ((gsize) first * d->R + (gsize) r * width) * length;
      tile.first = r == 0;
      tile.last = r + tile.taps == d->R;
      run_tiles (job, m, r, width, finish->y + (row * d->Wo + AHEAD) * finish->y_step + first,
                 finish->y_step, &tile);
    }
  }
}

/* Some rows of the output. */
static void
forward_cb (int worker, int piece, gpointer data)
{
  const Job *job = data;
  const SalConvDims *d = job->d;
  Memory m = memory (job, worker);
  gint64 picture = piece / job->strips;
  int from = piece % job->strips * STRIP, to = MIN (from + STRIP, d->Ho);
  int top = from * d->stride[0] - d->before[0];
  int rows = (to - from - 1) * d->stride[0] + (d->R - 1) * d->dilation[0] + 1;

  for (int i = 0; i < rows; i++)
    pad_row (job, picture, top + i, m.padded + i * padded_row (d));
  for (int y = from; y < to; y++)
    forward_row (job, &m, m.padded + (y - from) * d->stride[0] * padded_row (d),
                 picture * d->Ho + y);
}

/* multiply_row() on the matrix unit */
static void
multiply_pieces (const Job *job, const Memory *m, const float *x)
{
  const SalConvWeights *w = job->w;
  const SalKernels *kernels = w->kernels;
  SalPiecesRows rows = { .at = m->a, .all_taps = 1, .taps = 1, .to = m->rows };
  SalPieces p = { .rows = &rows, .b = m->columns, .w = w->packed, .c = m->products };

  rows.rows = job->d->Wo;
  rows.depth = job->d->K;
  for (int i = 0; i < rows.rows; i++)
    m->a[i] = x + i * job->args->x_step;
  kernels->pieces_rows (&rows);
  p.all_depth = p.tap_depth = rows.depth;
  p.columns = columns (w);
  p.panels = sal_panel_count (kernels, p.columns);
  p.c_step = product_step (w);
  kernels->pieces_multiply (&p);
}

/* [Wo][taps]: what a row of the output's gradient gives to each tap. */
static void
multiply_row (const Job *job, const Memory *m, const float *x)
{
  const SalConvWeights *w = job->w;
  const SalKernels *kernels = w->kernels;
  gint64 step = job->args->x_step;
  int K = job->d->K, all = columns (w), cuts = (K + DEPTH - 1) / DEPTH;
  int depth = (K + cuts - 1) / cuts;
  SalFinish finish = { .y = m->products, .y_step = product_step (w) };

  if (in_pieces (w)) {
    multiply_pieces (job, m, x);
    return;
  }
  point_row (job, m, x, step, 0, 0);
  for (int p = 0; p < sal_panel_count (kernels, all); p++) {
    int first = sal_panel_first (kernels, all, p);
    int width = sal_panel_first (kernels, all, p + 1) - first;
    SalTile tile = { .taps = 1, .columns = width, .channel = first, .finish = &finish };

    for (tile.from = 0; tile.from < K; tile.from += depth) {
      tile.depth = MIN (depth, K - tile.from);
      tile.first = tile.from == 0;
      tile.b = w->packed + (gsize) first * K + (gsize) tile.from * width;
      run_tiles (job, m, 0, width, x + AHEAD * step + tile.from, step, &tile);
    }
  }
}

/* Whether values go to memory as they are, all side by side. */
static gboolean
is_plain (const Job *job)
{
  const SalFinish *f = &job->finish;
  gboolean clamps = f->low > -INFINITY || f->high < INFINITY;

  return f->y_step == job->d->C && !clamps && f->bias == NULL && f->add == NULL &&
         f->gate_out == NULL && f->gate_in == NULL;
}

/* Few values: bias, addend, clamp and gates one by one. */
static void
finish_row (const Job *job, const float *from, gint64 pixel)
{
  const SalFinish *f = &job->finish;
  int C = job->d->C;

  if (is_plain (job)) {
    memcpy (f->y + pixel * C, from, (gsize) job->d->W * C * sizeof *from);
    return;
  }
  for (gint64 x = 0; x < job->d->W; x++, pixel++, from += C) {
    guint bits = 0;

    for (int c = 0; c < C; c++) {
      float v = from[c];

      if (f->bias != NULL)
        v += f->bias[c];
      if (f->add != NULL)
        v += f->add[pixel * f->add_step + c];
      v = v < f->low ? f->low : v;
      v = v > f->high ? f->high : v;
      bits |= (guint) (v > f->low && v < f->high) << c;
      if (f->gate_in != NULL && !(f->gate_in[pixel * f->gate_in_step] >> c & 1))
        v = 0;
      f->y[pixel * f->y_step + c] = v;
    }
    if (f->gate_out != NULL)
      f->gate_out[pixel * f->gate_out_step] = (guint8) bits;
  }
}

/* Some rows of the input's gradient, from all rows of the output's that reach them. */
static void
backward_cb (int worker, int piece, gpointer data)
{
  const Job *job = data;
  const SalConvWeights *w = job->w;
  const SalConvDims *d = job->d;
  Memory m = memory (job, worker);
  gint64 picture = piece / job->strips, step = padded_row (d);
  int strip = piece % job->strips;
  int from = (int) ((gint64) d->H * strip / job->strips);
  int to = (int) ((gint64) d->H * (strip + 1) / job->strips);
  int length = row_length (w);

  memset (m.padded, 0, (to - from) * step * sizeof *m.padded);
  for (int y = 0; y < d->Ho; y++) {
    int top = y * d->stride[0] - d->before[0];

    if (top >= to || top + (d->R - 1) * d->dilation[0] < from)
      continue;
    multiply_row (job, &m, job->args->x + (picture * d->Ho + y) * d->Wo * job->args->x_step);
    for (int r = 0; r < d->R; r++) {
      int at = top + r * d->dilation[0];

      if (at >= from && at < to)
        w->kernels->image_add (m.products + r * length, product_step (w), d->Wo, length,
                               m.padded + (at - from) * step, d->stride[1] * d->C);
    }
  }
  for (int y = from; y < to; y++)
    finish_row (job, m.padded + (y - from) * step + d->before[1] * d->C,
                (picture * d->H + y) * d->W);
}

static void
run (const SalConvWeights *w, const SalConvDims *dims, const SalConvArgs *args)
{
  int workers = sal_team_size (args->team);
  gboolean forward = w->direction == SAL_CONV_FORWARD;
  Job job = {
    .w = w,
    .d = dims,
    .args = args,
    .finish = sal_conv_finish (args),
    .scratch = args->scratch,
    .scratch_step = worker_scratch (w, dims),
  };

  /* Backward, strips share rows of the output, whose products are made for each: no more strips
   * than workers need. */
  if (forward)
    job.strips = (dims->Ho + STRIP - 1) / STRIP;
  else if (dims->N % workers == 0)
    job.strips = 1;
  else
    job.strips = CLAMP (workers, 1, MAX (dims->H, 1));
  sal_team_run (args->team, dims->N * job.strips, forward ? forward_cb : backward_cb, &job);
}

const SalConvKind sal_conv_image = { fits, floats, pack, scratch, run };
