#include "engine/kernels/pool.h"

#include "engine/kernels/table.h"

#include <math.h>

/* What lies on the other side of a pixel along one axis: taps, and the pixels they lead to. */
typedef struct {
  int n;
  int *tap, *at;
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
  int parts;
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
  int *reach; /* [W or Wo][2][S] */
  int *row;   /* [2][R] */
} Memory;

gboolean
sal_pool_fits (const SalPoolDims *d)
{
  return d->kind != SAL_POOL_MAX || (gint64) d->R * d->S <= 255;
}

static gsize
worker_scratch (const SalPoolDims *d)
{
  gsize taps = (gsize) d->R * d->S, width = MAX (d->W, d->Wo);
  gsize bytes = taps * (2 * sizeof (gpointer) + sizeof (int) + sizeof (float));

  bytes += width * (sizeof (Reach) + 2 * d->S * sizeof (int)) + 2 * d->R * sizeof (int);
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
  m.reach = (int *) (m.share + taps);
  m.row = m.reach + width * 2 * job->d->S;
  return m;
}

/* Forward, the input's places under the window at place @i; backward, the windows over place @i,
 * in the order of the taps. */
static Reach
reach (const Job *job, int axis, int i, int *memory_)
{
  const SalPoolDims *d = job->d;
  int taps = axis == 0 ? d->R : d->S, in = axis == 0 ? d->H : d->W;
  int out = axis == 0 ? d->Ho : d->Wo, stride = d->stride[axis];
  Reach r = { .tap = memory_, .at = memory_ + taps };

  for (int t = 0; t < taps; t++) {
    int at = t * d->dilation[axis] - d->before[axis];

    if (!job->backward) {
      at += i * stride;
      if (at < 0 || at >= in)
        continue;
    } else {
      at = i - at;
      if (at < 0 || at % stride != 0 || at / stride >= out)
        continue;
      at /= stride;
    }
    r.tap[r.n] = t;
    r.at[r.n++] = at;
  }
  return r;
}

/* How many places of the axis a window averages. */
static int
counted (const SalPoolDims *d, int axis, int window)
{
  int taps = axis == 0 ? d->R : d->S, in = axis == 0 ? d->H : d->W, n = 0;
  gboolean padding = d->kind == SAL_POOL_AVERAGE_PADDED;

  for (int t = 0; t < taps; t++) {
    int at = window * d->stride[axis] - d->before[axis] + t * d->dilation[axis];

    n += padding ? at < in + d->after[axis] : at >= 0 && at < in;
  }
  return n;
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
    for (int s = 0; s < column->n; s++, p->n++) {
      gint64 pixel = (picture * H + row->at[r]) * W + column->at[s];

      m->at[p->n] = job->from + pixel * job->from_step;
      m->tap[p->n] = row->tap[r] * d->S + column->tap[s];
      if (job->arg != NULL)
        m->arg[p->n] = job->arg + pixel * d->C;
      else if (d->kind != SAL_POOL_MAX && job->backward)
        m->share[p->n] = 1.f / (counted (d, 0, row->at[r]) * counted (d, 1, column->at[s]));
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

static void
rows_cb (int worker, int piece, gpointer data)
{
  const Job *job = data;
  const SalPoolDims *d = job->d;
  int height = job->backward ? d->H : d->Ho, width = job->backward ? d->W : d->Wo;
  gint64 rows = (gint64) d->N * height, end = rows * (piece + 1) / job->parts;
  Memory m = memory (job, worker);
  SalPoolPixel p = { .at = m.at, .tap = m.tap, .share = m.share, .channels = d->C };

  p.finish = &job->finish;
  p.arg = job->arg != NULL ? m.arg : NULL;
  for (int x = 0; x < width; x++)
    m.column[x] = reach (job, 1, x, m.reach + (gint64) x * 2 * d->S);
  for (gint64 row = rows * piece / job->parts; row < end; row++) {
    int y = (int) (row % height);
    Reach across = reach (job, 0, y, m.row);

    for (int x = 0; x < width; x++) {
      p.pixel = row * width + x;
      gather (job, &m, &across, &m.column[x], row / height, &p);
      if (d->kind != SAL_POOL_MAX && !job->backward) {
        float share = 1.f / MAX (counted (d, 0, y) * counted (d, 1, x), 1);

        for (int i = 0; i < p.n; i++)
          m.share[i] = share;
      }
      if (job->backward || d->kind != SAL_POOL_MAX) {
        job->kernels->pool_sum (&p);
      } else if (p.n == 0) {
        fill (job, p.pixel);
      } else {
        p.arg_out = job->arg_out != NULL ? job->arg_out + p.pixel * d->C : NULL;
        job->kernels->pool_max (&p);
      }
    }
  }
}

static void
run (Job *job, gpointer scratch, SalTeam *team)
{
  gint64 rows = (gint64) job->d->N * (job->backward ? job->d->H : job->d->Ho);
  int workers = sal_team_size (team);

  job->kernels = sal_kernels_get ();
  job->finish.low = -INFINITY;
  job->finish.high = INFINITY;
  job->scratch = scratch;
  job->scratch_step = worker_scratch (job->d);
  job->parts = (int) MIN (rows, workers == 1 ? 1 : 4 * workers);
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
