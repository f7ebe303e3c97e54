/* MaxPool and AveragePool with channels last: every loop runs along the channels, and a team
 * splits them. Bound by memory: each element is read once for every window that covers it. */
#include "engine/ops/channels-last.h"
#include "engine/ops/clones.h"
#include "engine/ops/expect.h"
#include "engine/ops/families.h"

#include "engine/base/error.h"

#include <math.h>
#include <string.h>

/* Channels handled at a time, so that what a place needs stays in the first cache. */
#define BLOCK 64

typedef struct {
  SalWindow window;
  gboolean average, include_pad;
  gint64 N, C;
  gint64 in, out; /* elements of a plane */
} Pool;

/* A place of the window: the taps inside the input, and the element of the first tap of all. */
typedef struct {
  gint64 from[2], to[2];
  gint64 origin; /* may lie outside */
} Place;

static Place
place_of (const SalWindow *w, gint64 o)
{
  gint64 row = o / w->out[2], column = o % w->out[2];
  Place at;

  sal_window_taps (w, 1, row, &at.from[0], &at.to[0]);
  sal_window_taps (w, 2, column, &at.from[1], &at.to[1]);
  at.origin = (row * w->stride[1] - w->before[1]) * w->in[2] + column * w->stride[2] - w->before[2];
  return at;
}

/* The loop over the taps of a place that lie in the input, with @i their element of the plane. */
#define FOR_EACH_TAP(w, at, r, s, i)                                                               \
  for (gint64 r = (at).from[0]; r < (at).to[0]; r++)                                               \
    for (gint64 s = (at).from[1],                                                                  \
                i = (at).origin + r * (w)->dilation[1] * (w)->in[2] + s * (w)->dilation[2];        \
         s < (at).to[1]; s++, i += (w)->dilation[2])

static gboolean
pool_last_setup (SalOpSetup *setup, GError **error)
{
  const SalShape *x = &setup->x_shape[0];
  Pool *pool;
  SalWindow *w;
  gsize n;
  const gint64 *lengths = sal_node_ints (setup->node, "window", &n);

  if (!sal_op_expect (setup, "f", 1, error))
    return FALSE;
  if (n != sizeof *w / sizeof (gint64))
    return sal_op_setup_fail (setup, error, SAL_ERROR_FORMAT, "window is missing");
  pool = sal_op_setup_state (setup, sizeof *pool, NULL);
  w = &pool->window;
  memcpy (w, lengths, sizeof *w);
  pool->average = sal_node_int (setup->node, "average", 0) != 0;
  pool->include_pad = sal_node_int (setup->node, "include_pad", 0) != 0;
  pool->N = x->dim[0];
  pool->C = x->dim[3];
  pool->in = x->dim[1] * x->dim[2];
  pool->out = w->out[1] * w->out[2];
  setup->y_shape[0] = SAL_SHAPE (pool->N, w->out[1], w->out[2], pool->C);
  setup->sets = 1u << 0;
  if (!pool->average)
    setup->saved_bytes = sal_shape_count (&setup->y_shape[0]);
  return TRUE;
}

/* y = max of the window, the first of equals; `saved` holds the number of the tap, SAL_NO_TAP where
 * there is none */
SAL_CLONES static void
max_forward (const SalOpArgs *a, gint64 c0, gint64 n_c)
{
  const Pool *v = a->state;
  const SalWindow *w = &v->window;
  gint32 tap[BLOCK];

  for (gint64 o = 0; o < v->N * v->out; o++) {
    Place at = place_of (w, o % v->out);
    const float *x = a->x[0] + o / v->out * v->in * v->C + c0;
    float *restrict y = a->y[0] + o * v->C + c0;
    guint8 *restrict chosen = (guint8 *) a->saved + o * v->C + c0;
    gboolean first = TRUE;

    for (gint64 c = 0; c < n_c; c++) {
      y[c] = -INFINITY;
      tap[c] = SAL_NO_TAP;
    }
    FOR_EACH_TAP (w, at, r, s, i)
    {
      const float *restrict from = x + i * v->C;
      gint32 number = (gint32) (r * w->kernel[2] + s);

      if (first)
        for (gint64 c = 0; c < n_c; c++) {
          y[c] = from[c];
          tap[c] = number;
        }
      else
        for (gint64 c = 0; c < n_c; c++) {
          tap[c] = from[c] > y[c] ? number : tap[c];
          y[c] = from[c] > y[c] ? from[c] : y[c];
        }
      first = FALSE;
    }
    for (gint64 c = 0; c < n_c; c++)
      chosen[c] = (guint8) tap[c];
  }
}

/* gx += gy at the chosen tap */
SAL_CLONES static void
max_backward (const SalOpArgs *a, gint64 c0, gint64 n_c)
{
  const Pool *v = a->state;
  const SalWindow *w = &v->window;
  gint32 tap[BLOCK];

  for (gint64 o = 0; o < v->N * v->out; o++) {
    Place at = place_of (w, o % v->out);
    float *gx = a->gx[0] + o / v->out * v->in * v->C + c0;
    const float *restrict gy = a->gy[0] + o * v->C + c0;
    const guint8 *restrict chosen = (const guint8 *) a->saved + o * v->C + c0;

    for (gint64 c = 0; c < n_c; c++)
      tap[c] = chosen[c];
    FOR_EACH_TAP (w, at, r, s, i)
    {
      float *restrict to = gx + i * v->C;
      gint32 number = (gint32) (r * w->kernel[2] + s);

      for (gint64 c = 0; c < n_c; c++)
        to[c] += tap[c] == number ? gy[c] : 0.f;
    }
  }
}

/* One over how many elements a place counts: padding where asked, but not what ceil_mode lets a
 * window reach beyond the padding. */
static float
share (const Pool *v, const Place *at, gint64 o)
{
  const SalWindow *w = &v->window;
  gint64 place[2] = { o / w->out[2], o % w->out[2] }, count = 1;

  for (int i = 0; i < 2; i++) {
    int axis = i + 1;
    gint64 left = w->in[axis] + w->before[axis] + w->after[axis] - place[i] * w->stride[axis];
    gint64 n = MIN (w->kernel[axis], (left + w->dilation[axis] - 1) / w->dilation[axis]);

    count *= MAX (v->include_pad ? n : at->to[i] - at->from[i], 0);
  }
  return 1.f / MAX (count, 1);
}

/* y = sum of the window · share */
SAL_CLONES static void
average_forward (const SalOpArgs *a, gint64 c0, gint64 n_c)
{
  const Pool *v = a->state;
  const SalWindow *w = &v->window;
  double sum[BLOCK];

  for (gint64 o = 0; o < v->N * v->out; o++) {
    Place at = place_of (w, o % v->out);
    const float *x = a->x[0] + o / v->out * v->in * v->C + c0;
    float *y = a->y[0] + o * v->C + c0, part = share (v, &at, o % v->out);

    memset (sum, 0, sizeof sum);
    FOR_EACH_TAP (w, at, r, s, i)
    {
      const float *restrict from = x + i * v->C;

      for (gint64 c = 0; c < n_c; c++)
        sum[c] += from[c];
    }
    for (gint64 c = 0; c < n_c; c++)
      y[c] = sum[c] * part;
  }
}

/* gx += gy · share */
SAL_CLONES static void
average_backward (const SalOpArgs *a, gint64 c0, gint64 n_c)
{
  const Pool *v = a->state;
  const SalWindow *w = &v->window;

  for (gint64 o = 0; o < v->N * v->out; o++) {
    Place at = place_of (w, o % v->out);
    float *gx = a->gx[0] + o / v->out * v->in * v->C + c0;
    const float *restrict gy = a->gy[0] + o * v->C + c0;
    float part = share (v, &at, o % v->out);

    FOR_EACH_TAP (w, at, r, s, i)
    {
      float *restrict to = gx + i * v->C;

      for (gint64 c = 0; c < n_c; c++)
        to[c] += gy[c] * part;
    }
  }
}

static void
forward_block (int worker, int block, gpointer data)
{
  const SalOpArgs *a = data;
  const Pool *v = a->state;
  gint64 c0 = (gint64) block * BLOCK, n_c = MIN (BLOCK, v->C - c0);

  if (v->average)
    average_forward (a, c0, n_c);
  else
    max_forward (a, c0, n_c);
}

static void
backward_block (int worker, int block, gpointer data)
{
  const SalOpArgs *a = data;
  const Pool *v = a->state;
  gint64 c0 = (gint64) block * BLOCK, n_c = MIN (BLOCK, v->C - c0);

  for (gint64 i = 0; a->set & 1 && i < v->N * v->in; i++)
    memset (a->gx[0] + i * v->C + c0, 0, n_c * sizeof (float));
  if (v->average)
    average_backward (a, c0, n_c);
  else
    max_backward (a, c0, n_c);
}

static void
pool_last_forward (const SalOpArgs *a)
{
  const Pool *v = a->state;

  sal_team_run (a->team, (int) ((v->C + BLOCK - 1) / BLOCK), forward_block, (gpointer) a);
}

static void
pool_last_backward (const SalOpArgs *a)
{
  const Pool *v = a->state;

  sal_team_run (a->team, (int) ((v->C + BLOCK - 1) / BLOCK), backward_block, (gpointer) a);
}

const SalOp sal_ops_pool_last[] = {
  { SAL_POOL_LAST, SAL_OPSET_LOWERED, SAL_KEEP_NOTHING, pool_last_setup, pool_last_forward,
    pool_last_backward },
  { NULL },
};
