#include "engine/kernels/pool.h"

#include "engine/kernels/table.h"

#include <math.h>

/* What lies on the other side of a pixel along one axis: @n taps, the first and the distance to the
 * next one, and likewise the pixels that they lead to. */
typedef struct {
  int n;
  int tap, tap_step;
  int at, at_step;
} Reach;

typedef struct {
  const SalKernels *kernels;
  const SalPoolDims *d;
  gboolean backward;
  const float *from;
  gint64 from_step;
  SalFinish finish;
  const guint8 *arg;
  guint8 *arg_out;
  SalPoolWindowsFunc windows; /* of which rows are made at once, if any */
  SalPoolBlocksFunc blocks;
  gint64 rows; /* of the result, or of blocks of it */
  int block_rows, parts;
  guint8 *scratch;
  gsize scratch_step;
} Job;

/* A worker's memory: a window's pixels, and what each column of the result reaches. */
typedef struct {
  const float **at;
  const guint8 **arg;
  Reach *column;
  int *tap;
  float *share;
} Memory;

typedef struct {
  Memory m;
  SalPoolPixel pixel;
} Worker;

gboolean
sal_pool_fits (const SalPoolDims *d)
{
  gboolean dense = d->dilation[0] == 1 && d->dilation[1] == 1;

  return (d->kind != SAL_POOL_MAX && dense) || (gint64) d->R * d->S <= 255;
}

static gsize
worker_scratch (const SalPoolDims *d)
{
  gsize taps = (gsize) d->R * d->S, width = MAX (d->W, d->Wo);
  gsize bytes = taps * (2 * sizeof (gpointer) + sizeof (int) + sizeof (float));

  bytes += width * sizeof (Reach);
  return (bytes + 63) / 64 * 64;
}

gsize
sal_pool_scratch_bytes (const SalPoolDims *dims, int workers)
{
  return worker_scratch (dims) * workers;
}

static Memory
memory (const Job *job, int worker)
{
  gsize taps = (gsize) job->d->R * job->d->S, width = MAX (job->d->W, job->d->Wo);
  Memory m;

  m.at = (const float **) (job->scratch + worker * job->scratch_step);
  m.arg = (const guint8 **) (m.at + taps);
  m.column = (Reach *) (m.arg + taps);
  m.tap = (int *) (m.column + width);
  m.share = (float *) (m.tap + taps);
  return m;
}

/* How many taps, of @taps that begin at @start and are @dilation apart, lie in @from .. @to-1, and
 * which is the @first. */
static int
count_taps (int start, int dilation, int taps, int from, int to, int *first)
{
  int last = to > start ? MIN (taps - 1, (to - 1 - start) / dilation) : -1;

  *first = (MAX (from - start, 0) + dilation - 1) / dilation;
  return MAX (last - *first + 1, 0);
}

/* Forward, the input's places under the window at place @i; backward, the windows over place @i,
 * in the order of the taps. */
static Reach
reach (const Job *job, int axis, int i)
{
  const SalPoolDims *d = job->d;
  int taps = axis == 0 ? d->R : d->S, in = axis == 0 ? d->H : d->W;
  int out = axis == 0 ? d->Ho : d->Wo, stride = d->stride[axis], dilation = d->dilation[axis];
  int start = i * stride - d->before[axis], end = i + d->before[axis];
  Reach r = { .tap_step = 1, .at_step = dilation };

  if (!job->backward) {
    r.n = count_taps (start, dilation, taps, 0, in, &r.tap);
    r.at = start + r.tap * dilation;
    return r;
  }
  /* Of the taps that lead from here to a window's place or between two, those that lead to one. */
  r.n = count_taps (0, dilation, taps, end - (out - 1) * stride, end + 1, &r.tap);
  if (dilation == 1) {
    int between = r.n > 0 ? (end - r.tap) % stride : 0;

    r.tap += between;
    r.n -= between;
    r.tap_step = stride;
  } else {
    for (; r.n > 0 && (end - r.tap * dilation) % stride != 0; r.n--)
      r.tap++;
    while (r.tap_step < r.n && r.tap_step * dilation % stride != 0)
      r.tap_step++;
  }
  r.n = r.n > 0 ? (r.n + r.tap_step - 1) / r.tap_step : 0;
  r.at = (end - r.tap * dilation) / stride;
  r.at_step = -(r.tap_step * dilation / stride);
  return r;
}

/* How many places of the axis a window averages. */
static int
counted (const SalPoolDims *d, int axis, int window)
{
  int start = window * d->stride[axis] - d->before[axis], end = axis == 0 ? d->H : d->W, first;
  gboolean padding = d->kind == SAL_POOL_AVERAGE_PADDED;

  return count_taps (start, d->dilation[axis], axis == 0 ? d->R : d->S, padding ? start : 0,
                     padding ? end + d->after[axis] : end, &first);
}

/* Lists what one pixel of the result is made of. */
static void
gather (const Job *job, const Memory *m, const Reach *row, const Reach *column, gint64 picture,
        SalPoolPixel *p)
{
  const SalPoolDims *d = job->d;
  int H = job->backward ? d->Ho : d->H, W = job->backward ? d->Wo : d->W;

  p->n = 0;
  for (int r = 0; r < row->n; r++) {
    int y = row->at + r * row->at_step, tap = (row->tap + r * row->tap_step) * d->S;

    for (int s = 0; s < column->n; s++, p->n++) {
      int x = column->at + s * column->at_step;
      gint64 pixel = (picture * H + y) * W + x;

      m->at[p->n] = job->from + pixel * job->from_step;
      m->tap[p->n] = tap + column->tap + s * column->tap_step;
      if (job->arg != NULL)
        m->arg[p->n] = job->arg + pixel * d->C;
      else if (d->kind != SAL_POOL_MAX && job->backward)
        m->share[p->n] = 1.f / (counted (d, 0, y) * counted (d, 1, x));
    }
  }
}

/* A window that meets padding alone. */
static void
fill (const Job *job, gint64 pixel)
{
  float *y = job->finish.y + pixel * job->finish.y_step;

  for (int c = 0; c < job->d->C; c++) {
    y[c] = -INFINITY;
    if (job->arg_out != NULL)
      job->arg_out[pixel * job->d->C + c] = 255;
  }
}

/* Pixels @from .. @to-1 of one row of the result, each from a list. */
static void
pixels (const Job *job, Worker *w, gint64 row, int from, int to)
{
  const SalPoolDims *d = job->d;
  int height = job->backward ? d->H : d->Ho, width = job->backward ? d->W : d->Wo;
  int y = (int) (row % height);
  Reach across = reach (job, 0, y);
  SalPoolPixel *p = &w->pixel;

  for (int x = from; x < to; x++) {
    p->pixel = row * width + x;
    gather (job, &w->m, &across, &w->m.column[x], row / height, p);
    if (d->kind != SAL_POOL_MAX && !job->backward) {
      float share = 1.f / MAX (counted (d, 0, y) * counted (d, 1, x), 1);

      for (int i = 0; i < p->n; i++)
        w->m.share[i] = share;
    }
    if (job->backward || d->kind != SAL_POOL_MAX) {
      job->kernels->pool_sum (p);
    } else if (p->n == 0) {
      fill (job, p->pixel);
    } else {
      p->arg_out = job->arg_out != NULL ? job->arg_out + p->pixel * d->C : NULL;
      job->kernels->pool_max (p);
    }
  }
}

/* One row of the output: windows inside the picture at once, if there is a function for them. */
static void
output_row (const Job *job, Worker *w, gint64 row)
{
  const SalPoolDims *d = job->d;
  int down = (int) (row % d->Ho) * d->stride[0] - d->before[0], from = 0, to = 0;
  int last = d->W + d->before[1] - d->S; /* where a window that ends with the row begins */

  if (job->windows != NULL && down >= 0 && down + d->R <= d->H && d->before[1] >= 0 && last >= 0) {
    from = (d->before[1] + d->stride[1] - 1) / d->stride[1];
    to = last / d->stride[1] + 1;
    from = MIN (from, d->Wo);
    to = CLAMP (to, from, d->Wo);
  }
  pixels (job, w, row, 0, from);
  if (from < to) {
    gint64 at = (row / d->Ho * d->H + down) * d->W + from * d->stride[1] - d->before[1];
    gint64 pixel = row * d->Wo + from;

    job->windows (&(SalPoolWindows){
        .x = job->from + at * job->from_step,
        .x_step = job->from_step,
        .x_row = d->W * job->from_step,
        .move = d->stride[1] * job->from_step,
        .n = to - from,
        .channels = d->C,
        .y = job->finish.y + pixel * job->finish.y_step,
        .y_step = job->finish.y_step,
        .arg = job->arg_out != NULL ? job->arg_out + pixel * d->C : NULL,
    });
  }
  pixels (job, w, row, to, d->Wo);
}

/* The rows of the input that row @row of the windows is the first to read, and those that no window
 * begins in. */
static void
input_rows (const Job *job, Worker *w, gint64 row)
{
  const SalPoolDims *d = job->d;
  int move = d->stride[0], reach_ = (d->R + move - 1) / move;
  gint64 picture = row / job->block_rows;
  int o = (int) (row % job->block_rows), top = o * move - d->before[0];
  int from = MAX (reach_ - 1, (d->before[1] + move - 1) / move);
  int to = MIN (d->Wo, (d->W + d->before[1]) / move);
  gboolean inside = top >= 0 && top + move <= d->H && o >= reach_ - 1 && o < d->Ho &&
                    d->before[1] >= 0 && from < to;
  int left = inside ? from * move - d->before[1] : 0, right = inside ? to * move - d->before[1] : 0;
  gint64 window = (picture * d->Ho + o) * d->Wo + from;

  if (inside)
    job->blocks (&(SalPoolBlocks){
        .gy = job->from + window * job->from_step,
        .gy_step = job->from_step,
        .gy_row = d->Wo * job->from_step,
        .arg = job->arg + window * d->C,
        .arg_row = (gint64) d->Wo * d->C,
        .n = to - from,
        .channels = d->C,
        .pixel = (picture * d->H + top) * d->W + left,
        .width = d->W,
        .finish = &job->finish,
    });
  for (int y = MAX (top, 0); y < MIN (top + move, d->H); y++) {
    pixels (job, w, picture * d->H + y, 0, left);
    pixels (job, w, picture * d->H + y, right, d->W);
  }
}

static void
rows_cb (int worker, int piece, gpointer data)
{
  const Job *job = data;
  const SalPoolDims *d = job->d;
  int width = job->backward ? d->W : d->Wo;
  gint64 end = job->rows * (piece + 1) / job->parts;
  Worker w = { .m = memory (job, worker) };

  w.pixel = (SalPoolPixel){ .at = w.m.at,
                            .tap = w.m.tap,
                            .arg = job->arg != NULL ? w.m.arg : NULL,
                            .share = w.m.share,
                            .channels = d->C,
                            .finish = &job->finish };
  for (int x = 0; x < width; x++)
    w.m.column[x] = reach (job, 1, x);
  for (gint64 row = job->rows * piece / job->parts; row < end; row++) {
    if (job->blocks != NULL)
      input_rows (job, &w, row);
    else if (job->backward)
      pixels (job, &w, row, 0, d->W);
    else
      output_row (job, &w, row);
  }
}

/* Takes the functions that there are for maxima of windows like these. */
static void
choose (Job *job)
{
  const SalPoolDims *d = job->d;

  if (d->kind != SAL_POOL_MAX || d->R != d->S || d->R > SAL_POOL_TAPS || d->dilation[0] != 1 ||
      d->dilation[1] != 1)
    return;
  if (!job->backward)
    job->windows = job->kernels->pool_windows[d->R];
  else if (d->stride[0] == d->stride[1] && d->stride[0] <= SAL_POOL_MOVE && d->before[0] >= 0)
    job->blocks = job->kernels->pool_blocks[d->R][d->stride[0]];
}

static void
run (Job *job, gpointer scratch, SalTeam *team)
{
  const SalPoolDims *d = job->d;
  int workers = sal_team_size (team);

  job->kernels = sal_kernels_get ();
  job->finish.low = -INFINITY;
  job->finish.high = INFINITY;
  job->scratch = scratch;
  job->scratch_step = worker_scratch (d);
  choose (job);
  job->block_rows = (d->H + d->before[0] + d->stride[0] - 1) / d->stride[0];
  job->rows = (gint64) d->N * (job->blocks != NULL ? job->block_rows
                               : job->backward     ? d->H
                                                   : d->Ho);
  job->parts = (int) MIN (job->rows, workers == 1 ? 1 : 4 * workers);
  sal_team_run (team, job->parts, rows_cb, job);
}

void
sal_pool_forward (const SalPoolDims *dims, const float *x, gint64 x_step, float *y, gint64 y_step,
                  guint8 *arg, gpointer scratch, SalTeam *team)
{
  Job job = { .d = dims, .from = x, .from_step = x_step, .arg_out = arg };

  g_return_if_fail (sal_pool_fits (dims));
  job.finish.y = y;
  job.finish.y_step = y_step;
  run (&job, scratch, team);
}

void
sal_pool_backward (const SalPoolDims *dims, const SalPoolBack *a)
{
  Job job = { .d = dims, .backward = TRUE, .from = a->gy, .from_step = a->gy_step };

  g_return_if_fail ((dims->kind == SAL_POOL_MAX) == (a->arg != NULL));
  job.arg = a->arg;
  job.finish.y = a->gx;
  job.finish.y_step = a->gx_step;
  job.finish.add = a->add;
  job.finish.add_step = a->add_step;
  job.finish.gate_in = a->gate_in;
  job.finish.gate_in_step = a->gate_in_step;
  run (&job, a->scratch, a->team);
}
