/* Convolutions of each channel by itself, forward and backward. Taps outside the picture read
 * zeros, or are left out where a whole row of them is. */
#include "engine/kernels/conv-private.h"

/* Bytes of pictures, read and written, that a level-2 cache may hold. */
#define NEAR (3 << 20)

/* A phase's taps are the product of rows and columns. */
typedef struct {
  int rows, columns;
  SalDepthwiseFunc run;
  int together; /* neighbouring taps of a row that one call of it takes: columns, or 1 */
} Pattern;

typedef struct {
  const SalConvWeights *w;
  const float *x;
  gint64 x_step;
  SalFinish finish;
  SalConvSides sides;
  gint64 rows; /* of all pictures of the result */
  int parts;
  gboolean far; /* pictures do not fit in the level-2 cache */
  guint8 *scratch;
  gsize scratch_step;
} Job;

static gboolean
fits (const SalConvDims *d, SalConvDirection direction)
{
  return d->groups > 1 && d->groups == d->C && d->groups == d->K;
}

static int
padded_channels (const SalConvWeights *w)
{
  return (w->dims.groups + w->kernels->lanes - 1) / w->kernels->lanes * w->kernels->lanes;
}

static gsize
floats (const SalConvWeights *w)
{
  return (gsize) w->dims.R * w->dims.S * padded_channels (w);
}

/* Taps in the order of the pixels they read, which is turned around going backward. */
static int
nth (const SalConvWeights *w, const SalConvPhase *phase, int t)
{
  return w->direction == SAL_CONV_FORWARD ? t : phase->taps - 1 - t;
}

/* [phase][tap in order][channel] */
static void
pack (SalConvWeights *w, const float *from)
{
  float *to = w->packed;

  for (int p = 0; p < w->n_phases; p++)
    for (int t = 0; t < w->phase[p].taps; t++)
      for (int c = 0; c < padded_channels (w); c++)
        *to++ = c < w->dims.groups
                    ? sal_conv_tap (w, from, c, w->phase[p].tap[nth (w, &w->phase[p], t)], 0, 0)
                    : 0;
}

static Pattern
pattern (const SalConvWeights *w, const SalConvPhase *phase)
{
  Pattern p = { 0 };
  gboolean dense = TRUE;

  while (p.columns < phase->taps && phase->from[p.columns][0] == phase->from[0][0])
    p.columns++;
  p.rows = p.columns > 0 ? phase->taps / p.columns : 0;
  for (int t = 1; t < p.columns; t++)
    dense = dense && ABS (phase->from[t][1] - phase->from[t - 1][1]) == 1;
  if (dense && p.columns > 0 && p.columns <= SAL_DEPTHWISE_TAPS && w->move[1] <= 2)
    p.run = w->kernels->depthwise[p.columns][w->move[1]];
  p.together = p.run != NULL ? p.columns : 1;
  if (p.run == NULL)
    p.run = w->kernels->depthwise[1][1];
  return p;
}

static gsize
worker_scratch (const SalConvWeights *w)
{
  gsize taps = (gsize) w->dims.R * w->dims.S;
  gsize pointers = taps * (SAL_DEPTHWISE_PIXELS + 1) + (gsize) w->dims.R * 2 * SAL_DEPTHWISE_PIXELS;

  return (pointers * sizeof (float *) + 63) / 64 * 64;
}

static gsize
scratch (const SalConvWeights *w, const SalConvDims *dims, int workers)
{
  return worker_scratch (w) * workers;
}

/* Points at @n pixels of a row of @W, from @left on and @gap apart, and at zeros beside the row. */
static void
point (const float *row, gint64 step, const float *zeros, int left, int gap, int n, int W,
       const float **to)
{
  if (left >= 0 && left + (n - 1) * gap < W) {
    for (int i = 0; i < n; i++)
      to[i] = row + (left + i * gap) * step;
    return;
  }
  for (int i = 0; i < n; i++) {
    int x = left + i * gap;

    to[i] = x >= 0 && x < W ? row + x * step : zeros;
  }
}

/* The pixels of one phase in one row of the result. */
static void
run_row (const Job *job, const SalConvPhase *phase, const float *packed, gint64 picture, int y,
         gpointer memory)
{
  const SalConvWeights *w = job->w;
  Pattern p = pattern (w, phase);
  int H = job->sides.height[0], W = job->sides.width[0], width = job->sides.width[1];
  int n = (width - phase->at[1] + w->spread[1] - 1) / w->spread[1];
  int sy = y / w->spread[0] * w->move[0], calls = p.columns / MAX (p.together, 1);
  /* From one pixel that a call reads to the next one. */
  int gap = p.together > 1 ? 1 : w->move[1];
  int across = (SAL_DEPTHWISE_PIXELS - 1) * (p.together > 1 ? w->move[1] : 1) + p.together;
  const float **weights = memory, **at = weights + phase->taps;
  SalDepthwise d = { .at = at, .w = weights, .channels = w->dims.groups, .finish = &job->finish };

  d.w_step = padded_channels (w);
  d.spread = w->spread[1];
  if (job->far)
    d.ahead = SAL_DEPTHWISE_PIXELS * w->move[1] * job->x_step;
  for (int x = 0; x < n; x += SAL_DEPTHWISE_PIXELS) {
    d.rows = 0;
    for (int r = 0; r < p.rows; r++) {
      int ty = sy + phase->from[nth (w, phase, r * p.columns)][0];
      const float *row = job->x + (picture * H + ty) * W * job->x_step;

      if (ty < 0 || ty >= H)
        continue;
      for (int call = 0; call < calls; call++, d.rows++) {
        int t = r * p.columns + call * p.together;
        int left = x * w->move[1] + phase->from[nth (w, phase, t)][1];

        weights[d.rows] = packed + (gsize) t * d.w_step;
        point (row, job->x_step, w->zeros, left, gap, across, W, at + (gint64) d.rows * across);
      }
    }
    d.n = MIN (SAL_DEPTHWISE_PIXELS, n - x);
    d.pixel = (picture * job->sides.height[1] + y) * width + phase->at[1] + x * w->spread[1];
    p.run (&d);
  }
}

static void
rows_cb (int worker, int piece, gpointer data)
{
  const Job *job = data;
  const SalConvWeights *w = job->w;
  gint64 end = job->rows * (piece + 1) / job->parts;

  for (gint64 row = job->rows * piece / job->parts; row < end; row++) {
    int y = (int) (row % job->sides.height[1]);
    const float *packed = w->packed;

    for (int p = 0; p < w->n_phases; p++) {
      if (w->phase[p].at[0] == y % w->spread[0])
        run_row (job, &w->phase[p], packed, row / job->sides.height[1], y,
                 job->scratch + worker * job->scratch_step);
      packed += (gsize) w->phase[p].taps * padded_channels (w);
    }
  }
}

static void
run (const SalConvWeights *w, const SalConvDims *dims, const SalConvArgs *args)
{
  int workers = sal_team_size (args->team);
  gint64 pixels;
  Job job = {
    .w = w,
    .x = args->x,
    .x_step = args->x_step,
    .finish = sal_conv_finish (args),
    .sides = sal_conv_sides (w, dims),
    .scratch = args->scratch,
    .scratch_step = worker_scratch (w),
  };

  pixels = (gint64) dims->N * ((gint64) dims->H * dims->W + (gint64) dims->Ho * dims->Wo);
  job.far = pixels * dims->C * (gint64) sizeof (float) > NEAR;
  job.rows = (gint64) dims->N * job.sides.height[1];
  job.parts = (int) MIN (job.rows, workers == 1 ? 1 : 4 * workers);
  sal_team_run (args->team, job.parts, rows_cb, &job);
}

const SalConvKind sal_conv_depthwise = { fits, floats, pack, scratch, run };
