/* Pooling windows: MaxPool, AveragePool, LpPool, and the same over the whole picture. */
#include "engine/base/clones.h"
#include "engine/ops/channels-last.h"
#include "engine/ops/expect.h"
#include "engine/ops/families.h"
#include "engine/ops/sums.h"
#include "engine/ops/window.h"

#include "engine/base/error.h"
#include "engine/kernels/pool.h"

#include <math.h>
#include <string.h>

typedef struct {
  SalWindow window;
  gint64 planes;  /* N · C */
  gint64 in, out; /* elements of a plane */
  gboolean column_major, include_pad;
  int p;
} Pool;

/* Place @o of a window, as three coordinates and the range of taps that lie in the input. */
typedef struct {
  gint64 place[SAL_WINDOW_AXES];
  gint64 from[SAL_WINDOW_AXES], to[SAL_WINDOW_AXES];
} Place;

static inline void
place_first (const SalWindow *w, Place *at)
{
  *at = (Place){ { 0 } };
  for (int i = 0; i < SAL_WINDOW_AXES; i++)
    sal_window_taps (w, i, 0, &at->from[i], &at->to[i]);
}

static inline void
place_next (const SalWindow *w, Place *at)
{
  for (int i = SAL_WINDOW_AXES - 1; i >= 0; i--) {
    if (++at->place[i] == w->out[i])
      at->place[i] = 0;
    sal_window_taps (w, i, at->place[i], &at->from[i], &at->to[i]);
    if (at->place[i] != 0)
      return;
  }
}

static inline gint64
position (const SalWindow *w, const Place *at, int axis, gint64 tap)
{
  return at->place[axis] * w->stride[axis] - w->before[axis] + tap * w->dilation[axis];
}

/* The loop over the taps of a place that lie in the input, with @i their element of the plane. */
#define FOR_EACH_TAP(w, at, i)                                                                     \
  for (gint64 kd = (at)->from[0]; kd < (at)->to[0]; kd++)                                          \
    for (gint64 kh = (at)->from[1]; kh < (at)->to[1]; kh++)                                        \
      for (gint64                                                                                  \
               kw = (at)->from[2],                                                                 \
               i = (position (w, at, 0, kd) * (w)->in[1] + position (w, at, 1, kh)) * (w)->in[2] + \
                   position (w, at, 2, kw);                                                        \
           kw < (at)->to[2]; kw++, i += (w)->dilation[2])

static gboolean
pool_init (SalOpSetup *setup, Pool *pool, const char *inputs, int n_y, GError **error)
{
  const SalShape *x = &setup->x_shape[0];
  gboolean ceil_mode = sal_node_int (setup->node, "ceil_mode", 0) != 0;

  *pool = (Pool){ .planes = 0 };
  if (!sal_op_expect (setup, inputs, n_y, error) ||
      !sal_window_init (&pool->window, setup, NULL, error) ||
      !sal_window_slide (&pool->window, setup, ceil_mode, error))
    return FALSE;
  pool->planes = x->dim[0] * x->dim[1];
  pool->in = sal_window_volume (pool->window.in);
  pool->out = sal_window_volume (pool->window.out);
  setup->y_shape[0] = *x;
  for (int i = 0; i < pool->window.rank; i++)
    setup->y_shape[0].dim[2 + i] = pool->window.out[sal_window_axis (&pool->window, i)];
  return sal_shape_check (&setup->y_shape[0], setup->node->name, error);
}

/* y = max of the window, the first of equals in row-major order; padding is never chosen. Forward
 * leaves the element it chose for backward, -1 where a window lies in padding alone. From opset 12
 * on, integers may be pooled as well. */
static gboolean
max_pool_setup (SalOpSetup *setup, GError **error)
{
  Pool pool;

  if (!pool_init (setup, &pool, "a", 2, error))
    return FALSE;
  if (pool.in > G_MAXINT32)
    return sal_op_setup_fail (setup, error, SAL_ERROR_UNSUPPORTED,
                              "a plane has %" PRId64 " elements, at most 2^31 - 1", pool.in);
  pool.column_major = sal_node_int (setup->node, "storage_order", 0) != 0;
  setup->saved_bytes = sal_shape_count (&setup->y_shape[0]) * sizeof (gint32);
  if (setup->n_y > 1) {
    setup->y_shape[1] = setup->y_shape[0];
    setup->y_type[1] = SAL_INT;
  }
  *(Pool *) sal_op_setup_state (setup, sizeof pool, NULL) = pool;
  return TRUE;
}

/* ONNX counts indices through the whole tensor; in column-major order the first spatial axis runs
 * fastest within a plane. */
static gint64
max_pool_index (const Pool *v, gint64 plane, gint64 chosen)
{
  const gint64 *in = v->window.in;

  if (v->column_major) {
    gint64 w = chosen % in[2], h = chosen / in[2] % in[1], d = chosen / in[2] / in[1];

    chosen = d + in[0] * (h + in[1] * w);
  }
  return plane * v->in + chosen;
}

static void
max_pool_ints (const SalOpArgs *a)
{
  const Pool *v = a->state;
  gint32 *argmax = a->saved;
  Place at;

  for (gint64 plane = 0; plane < v->planes; plane++) {
    const gint64 *x = sal_x_ints (a, 0) + plane * v->in;
    gint64 *y = sal_y_ints (a, 0) + plane * v->out;

    place_first (&v->window, &at);
    for (gint64 o = 0; o < v->out; o++, place_next (&v->window, &at)) {
      gint64 chosen = -1;

      FOR_EACH_TAP (&v->window, &at, i)
      {
        if (chosen < 0 || x[i] > x[chosen])
          chosen = i;
      }
      y[o] = chosen >= 0 ? x[chosen] : G_MININT64;
      *argmax++ = (gint32) chosen;
    }
  }
}

/* One tap at a time over a plane: it is larger than what came before, or the first. */
SAL_CLONES static void
max_pool_floats (const SalOpArgs *a)
{
  const Pool *v = a->state;
  const SalWindow *w = &v->window;
  gint64 taps = sal_window_volume (w->kernel), stride = w->stride[2];

  for (gint64 plane = 0; plane < v->planes; plane++) {
    const float *x = a->x[0] + plane * v->in;
    float *y = a->y[0] + plane * v->out;
    gint32 *argmax = (gint32 *) a->saved + plane * v->out;

    for (gint64 o = 0; o < v->out; o++) {
      y[o] = -INFINITY;
      argmax[o] = -1;
    }
    for (gint64 tap = 0; tap < taps; tap++) {
      SalReach r = sal_window_reach (w, tap);
      gint32 n = (gint32) (r.to[2] - r.from[2]);

      SAL_FOR_EACH_ROW (w, r, o, i)
      {
        const float *restrict from = x + i;
        float *restrict best = y + o;
        gint32 *restrict chosen = argmax + o, first = (gint32) i;

        if (stride == 1)
          for (gint32 j = 0; j < n; j++) {
            gboolean wins = from[j] > best[j] || chosen[j] < 0;

            best[j] = wins ? from[j] : best[j];
            chosen[j] = wins ? first + j : chosen[j];
          }
        else
          for (gint32 j = 0; j < n; j++) {
            float value = from[j * stride];
            gboolean wins = value > best[j] || chosen[j] < 0;

            best[j] = wins ? value : best[j];
            chosen[j] = wins ? first + j * (gint32) stride : chosen[j];
          }
      }
    }
  }
}

static void
max_pool_forward (const SalOpArgs *a)
{
  const Pool *v = a->state;
  const gint32 *argmax = a->saved;

  if (a->x_type[0] == SAL_FLOAT)
    max_pool_floats (a);
  else
    max_pool_ints (a);
  if (!sal_op_wants (a->node, 1))
    return;
  for (gint64 i = 0; i < a->n; i++)
    sal_y_ints (a, 1)[i] = max_pool_index (v, i / v->out, argmax[i]);
}

static void
max_pool_backward (const SalOpArgs *a)
{
  const Pool *v = a->state;
  const gint32 *argmax = a->saved;

  if (a->gx[0] == NULL || a->gy[0] == NULL)
    return;
  for (gint64 i = 0; i < a->n; i++)
    if (argmax[i] >= 0)
      a->gx[0][i / v->out * v->in + argmax[i]] += a->gy[0][i];
}

/* y = sum of the window / how many it counts;  gx += gy / how many */
static gboolean
average_pool_setup (SalOpSetup *setup, GError **error)
{
  Pool pool;

  if (!pool_init (setup, &pool, "f", 1, error))
    return FALSE;
  pool.include_pad = sal_node_int (setup->node, "count_include_pad", 0) != 0;
  setup->scratch_bytes = pool.out * (sizeof (double) + sizeof (float));
  *(Pool *) sal_op_setup_state (setup, sizeof pool, NULL) = pool;
  return TRUE;
}

/* What each place counts of an element: one over how many it has. Padding counts where asked, but
 * not what ceil_mode lets a window reach beyond the padding. */
static void
average_shares (const Pool *v, float *share)
{
  const SalWindow *w = &v->window;
  Place at;

  place_first (w, &at);
  for (gint64 o = 0; o < v->out; o++, place_next (w, &at)) {
    gint64 count = 1;

    for (int i = 0; i < SAL_WINDOW_AXES; i++) {
      gint64 left = w->in[i] + w->before[i] + w->after[i] - at.place[i] * w->stride[i];
      gint64 n = MIN (w->kernel[i], (left + w->dilation[i] - 1) / w->dilation[i]);

      count *= MAX (v->include_pad ? n : at.to[i] - at.from[i], 0);
    }
    share[o] = 1.f / MAX (count, 1);
  }
}

SAL_CLONES static void
average_pool_forward (const SalOpArgs *a)
{
  const Pool *v = a->state;
  const SalWindow *w = &v->window;
  gint64 taps = sal_window_volume (w->kernel), stride = w->stride[2];
  double *sum = a->scratch;
  float *share = (float *) (sum + v->out);

  average_shares (v, share);
  for (gint64 plane = 0; plane < v->planes; plane++) {
    const float *x = a->x[0] + plane * v->in;
    float *y = a->y[0] + plane * v->out;

    memset (sum, 0, v->out * sizeof *sum);
    for (gint64 tap = 0; tap < taps; tap++) {
      SalReach r = sal_window_reach (w, tap);

      SAL_FOR_EACH_ROW (w, r, o, i)
      {
        const float *restrict from = x + i;
        double *restrict to = sum + o;

        if (stride == 1)
          for (gint64 j = 0; j < r.to[2] - r.from[2]; j++)
            to[j] += from[j];
        else
          for (gint64 j = 0; j < r.to[2] - r.from[2]; j++)
            to[j] += from[j * stride];
      }
    }
    for (gint64 o = 0; o < v->out; o++)
      y[o] = sum[o] * share[o];
  }
}

SAL_CLONES static void
average_pool_backward (const SalOpArgs *a)
{
  const Pool *v = a->state;
  const SalWindow *w = &v->window;
  gint64 taps = sal_window_volume (w->kernel), stride = w->stride[2];
  float *share = a->scratch, *g = share + v->out;

  average_shares (v, share);
  for (gint64 plane = 0; plane < v->planes; plane++) {
    const float *gy = a->gy[0] + plane * v->out;
    float *gx = a->gx[0] + plane * v->in;

    for (gint64 o = 0; o < v->out; o++)
      g[o] = gy[o] * share[o];
    for (gint64 tap = 0; tap < taps; tap++) {
      SalReach r = sal_window_reach (w, tap);

      SAL_FOR_EACH_ROW (w, r, o, i)
      {
        const float *restrict from = g + o;
        float *restrict to = gx + i;

        if (stride == 1)
          for (gint64 j = 0; j < r.to[2] - r.from[2]; j++)
            to[j] += from[j];
        else
          for (gint64 j = 0; j < r.to[2] - r.from[2]; j++)
            to[j * stride] += from[j];
      }
    }
  }
}

/* y = (sum |x|^p)^(1/p);  gx += gy · sign (x) · (|x| / y)^(p-1), 0 where the whole window is 0 */
static gboolean
read_p (SalOpSetup *setup, int *p, GError **error)
{
  gint64 value = sal_node_int (setup->node, "p", 2);

  if (value < 1 || value > 1000)
    return sal_op_setup_fail (setup, error, SAL_ERROR_UNSUPPORTED,
                              "p is %" PRId64 ", not from 1 to 1000", value);
  *p = (int) value;
  return TRUE;
}

static inline double
power (double x, int p)
{
  return p == 1 ? fabs (x) : p == 2 ? x * x : pow (fabs (x), p);
}

static inline float
lp_slope (float x, float y, int p)
{
  double ratio = y > 0 ? fabsf (x) / (double) y : 0;

  return copysign (p == 1 ? 1 : p == 2 ? ratio : pow (ratio, p - 1), x) * (y > 0 && x != 0);
}

static gboolean
lp_pool_setup (SalOpSetup *setup, GError **error)
{
  Pool pool;

  if (!pool_init (setup, &pool, "f", 1, error) || !read_p (setup, &pool.p, error))
    return FALSE;
  *(Pool *) sal_op_setup_state (setup, sizeof pool, NULL) = pool;
  return TRUE;
}

static void
lp_pool_forward (const SalOpArgs *a)
{
  const Pool *v = a->state;
  Place at;

  for (gint64 plane = 0; plane < v->planes; plane++) {
    const float *x = a->x[0] + plane * v->in;
    float *y = a->y[0] + plane * v->out;

    place_first (&v->window, &at);
    for (gint64 o = 0; o < v->out; o++, place_next (&v->window, &at)) {
      double sum = 0;

      FOR_EACH_TAP (&v->window, &at, i) { sum += power (x[i], v->p); }
      y[o] = pow (sum, 1. / v->p);
    }
  }
}

static void
lp_pool_backward (const SalOpArgs *a)
{
  const Pool *v = a->state;
  Place at;

  for (gint64 plane = 0; plane < v->planes; plane++) {
    const float *x = a->x[0] + plane * v->in, *y = a->y[0] + plane * v->out;
    const float *gy = a->gy[0] + plane * v->out;
    float *gx = a->gx[0] + plane * v->in;

    place_first (&v->window, &at);
    for (gint64 o = 0; o < v->out; o++, place_next (&v->window, &at)) {
      FOR_EACH_TAP (&v->window, &at, i) { gx[i] += gy[o] * lp_slope (x[i], y[o], v->p); }
    }
  }
}

/* The same over each whole plane: [N,C,...] to [N,C,1,...] */
static gboolean
global_init (SalOpSetup *setup, Pool *pool, GError **error)
{
  const SalShape *x = &setup->x_shape[0];

  if (!sal_op_expect (setup, "f", 1, error) ||
      !sal_op_expect_rank (setup, 0, 2, SAL_MAX_RANK, error))
    return FALSE;
  *pool = (Pool){ .planes = x->dim[0] * x->dim[1], .in = sal_shape_span (x, 2, x->rank) };
  if (pool->in == 0)
    return sal_op_setup_fail (setup, error, SAL_ERROR_SHAPE, "input has empty planes");
  setup->y_shape[0] = *x;
  for (int i = 2; i < x->rank; i++)
    setup->y_shape[0].dim[i] = 1;
  return TRUE;
}

static gboolean
global_setup (SalOpSetup *setup, GError **error)
{
  Pool pool;

  if (!global_init (setup, &pool, error))
    return FALSE;
  *(Pool *) sal_op_setup_state (setup, sizeof pool, NULL) = pool;
  return TRUE;
}

static void
global_average_forward (const SalOpArgs *a)
{
  const Pool *v = a->state;

  for (gint64 plane = 0; plane < v->planes; plane++)
    a->y[0][plane] = sal_sum (a->x[0] + plane * v->in, v->in) / v->in;
}

static void
global_average_backward (const SalOpArgs *a)
{
  const Pool *v = a->state;

  for (gint64 plane = 0; plane < v->planes; plane++) {
    float *gx = a->gx[0] + plane * v->in, share = a->gy[0][plane] / v->in;

    for (gint64 i = 0; i < v->in; i++)
      gx[i] += share;
  }
}

static gboolean
global_max_setup (SalOpSetup *setup, GError **error)
{
  if (!global_setup (setup, error))
    return FALSE;
  setup->saved_bytes = sal_shape_count (&setup->y_shape[0]) * sizeof (gint64);
  return TRUE;
}

static void
global_max_forward (const SalOpArgs *a)
{
  const Pool *v = a->state;
  gint64 *argmax = a->saved;

  for (gint64 plane = 0; plane < v->planes; plane++) {
    const float *x = a->x[0] + plane * v->in;
    gint64 best = 0;

    for (gint64 i = 1; i < v->in; i++)
      if (x[i] > x[best])
        best = i;
    argmax[plane] = best;
    a->y[0][plane] = x[best];
  }
}

static void
global_max_backward (const SalOpArgs *a)
{
  const Pool *v = a->state;
  const gint64 *argmax = a->saved;

  for (gint64 plane = 0; plane < v->planes; plane++)
    a->gx[0][plane * v->in + argmax[plane]] += a->gy[0][plane];
}

static gboolean
global_lp_setup (SalOpSetup *setup, GError **error)
{
  Pool pool;

  if (!global_init (setup, &pool, error) || !read_p (setup, &pool.p, error))
    return FALSE;
  *(Pool *) sal_op_setup_state (setup, sizeof pool, NULL) = pool;
  return TRUE;
}

static void
global_lp_forward (const SalOpArgs *a)
{
  const Pool *v = a->state;

  for (gint64 plane = 0; plane < v->planes; plane++) {
    const float *x = a->x[0] + plane * v->in;
    double sum = 0;

    for (gint64 i = 0; i < v->in; i++)
      sum += power (x[i], v->p);
    a->y[0][plane] = pow (sum, 1. / v->p);
  }
}

static void
global_lp_backward (const SalOpArgs *a)
{
  const Pool *v = a->state;

  for (gint64 plane = 0; plane < v->planes; plane++)
    for (gint64 i = plane * v->in; i < (plane + 1) * v->in; i++)
      a->gx[0][i] += a->gy[0][plane] * lp_slope (a->x[0][i], a->y[0][plane], v->p);
}

gboolean
sal_pool_describe (const SalOpSetup *pool, SalNode *last)
{
  const SalShape *x = &pool->x_shape[0], *y = &pool->y_shape[0];
  const char *op = pool->node->op_type;
  gboolean windowed = strcmp (op, "MaxPool") == 0 || strcmp (op, "AveragePool") == 0;
  gboolean maximum = strcmp (op, "MaxPool") == 0 || strcmp (op, "GlobalMaxPool") == 0;
  gboolean padded = sal_node_int (pool->node, "count_include_pad", 0) != 0;
  SalWindow whole = { .rank = 2, .stride = { 1, 1, 1 }, .dilation = { 1, 1, 1 } };
  const SalWindow *w = windowed ? &((const Pool *) pool->state)->window : &whole;

  if (x->rank != 4 || y->rank != 4 || pool->x_type[0] != SAL_FLOAT || sal_shape_count (y) == 0 ||
      sal_shape_count (x) == 0)
    return FALSE;
  if (!windowed) {
    if (y->dim[0] != x->dim[0] || y->dim[1] != x->dim[1] || y->dim[2] != 1 || y->dim[3] != 1)
      return FALSE;
    for (int i = 0; i < 2; i++) {
      whole.kernel[1 + i] = x->dim[2 + i];
      whole.out[1 + i] = 1;
    }
  }
  for (int i = 1; i < SAL_WINDOW_AXES; i++)
    if (x->dim[1 + i] > SAL_LAST_LENGTH || w->kernel[i] > SAL_LAST_LENGTH ||
        w->stride[i] > SAL_LAST_LENGTH || w->dilation[i] > SAL_LAST_LENGTH ||
        w->before[i] > SAL_LAST_LENGTH || w->after[i] > SAL_LAST_LENGTH)
      return FALSE;
  if ((maximum || w->dilation[1] > 1 || w->dilation[2] > 1) && w->kernel[1] * w->kernel[2] > 255)
    return FALSE;
  if (last == NULL)
    return TRUE;
  sal_node_set_int (last, "kind",
                    maximum  ? SAL_POOL_MAX
                    : padded ? SAL_POOL_AVERAGE_PADDED
                             : SAL_POOL_AVERAGE);
  sal_node_set_ints (last, "window", w->kernel + 1, 2);
  sal_node_set_ints (last, "strides", w->stride + 1, 2);
  sal_node_set_ints (last, "dilations", w->dilation + 1, 2);
  sal_node_set_ints (last, "before", w->before + 1, 2);
  sal_node_set_ints (last, "after", w->after + 1, 2);
  sal_node_set_ints (last, "out", w->out + 1, 2);
  return TRUE;
}

const SalOp sal_ops_pool[] = {
  { "MaxPool", 1, SAL_KEEP_NOTHING, max_pool_setup, max_pool_forward, max_pool_backward },
  { "AveragePool", 1, SAL_KEEP_NOTHING, average_pool_setup, average_pool_forward,
    average_pool_backward },
  { "LpPool", 2, SAL_KEEP_X (0) | SAL_KEEP_OUTPUT, lp_pool_setup, lp_pool_forward,
    lp_pool_backward },
  { "GlobalAveragePool", 1, SAL_KEEP_NOTHING, global_setup, global_average_forward,
    global_average_backward },
  { "GlobalMaxPool", 1, SAL_KEEP_NOTHING, global_max_setup, global_max_forward,
    global_max_backward },
  { "GlobalLpPool", 2, SAL_KEEP_X (0) | SAL_KEEP_OUTPUT, global_lp_setup, global_lp_forward,
    global_lp_backward },
  { NULL },
};
