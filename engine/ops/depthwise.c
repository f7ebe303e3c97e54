#include "engine/ops/depthwise.h"

#include "engine/base/clones.h"
#include "engine/base/error.h"

#include <string.h>

/* Numbers handled at once; buffers are longer by so many. */
#define BLOCK 64

/* Sixteen floats wherever they lie; the compiler cuts them to what the processor has. */
typedef float Vector __attribute__ ((vector_size (64), aligned (4), may_alias));

/* The elements that one remainder of the strides leaves: every stride-th along each axis, from
 * position @from of the padded plane on. Taps of one phase read nothing else. */
typedef struct {
  gint64 from[SAL_WINDOW_AXES];
  int first, n; /* its taps, in the order of `tap` */
} Phase;

struct _SalDepthwise {
  SalWindow window;
  gint64 length[SAL_WINDOW_AXES]; /* of a phase's plane */
  gint64 plane;                   /* their product */
  gint64 run;                     /* from the first place to the last, in a phase's plane */
  int n_taps, n_phases;
  Phase *phase;
  int *tap;       /* number of the tap in the filter */
  gint64 *offset; /* of each tap in its phase's plane */
  gint64 *start;  /* the same from the first phase's plane */
};

/* Tap (kd, kh, kw) reads padded position place · stride + k · dilation: phase k · dilation mod
 * stride, k · dilation / stride elements on. */
static void
place_tap (const SalDepthwise *v, gint64 tap, gint64 *from, gint64 *offset)
{
  gint64 stride = 1;

  *offset = 0;
  for (int i = SAL_WINDOW_AXES - 1; i >= 0; i--) {
    gint64 at = tap % v->window.kernel[i] * v->window.dilation[i];

    tap /= v->window.kernel[i];
    from[i] = at % v->window.stride[i];
    *offset += at / v->window.stride[i] * stride;
    stride *= v->length[i];
  }
}

SalDepthwise *
sal_depthwise_new (const SalWindow *w, GError **error)
{
  SalDepthwise *v = g_new0 (SalDepthwise, 1);
  gint64 taps = sal_window_volume (w->kernel);
  SalShape shape = { .rank = SAL_WINDOW_AXES };

  v->window = *w;
  for (int i = 0; i < SAL_WINDOW_AXES; i++)
    shape.dim[i] = v->length[i] = w->out[i] + (w->kernel[i] - 1) * w->dilation[i] / w->stride[i];
  v->plane = sal_shape_check (&shape, "padded plane", error) ? sal_shape_count (&shape) : -1;
  if (v->plane < 0 || (double) v->plane * taps > 0x1p40 || taps > 1 << 20) {
    if (error != NULL && *error == NULL)
      sal_error_set (error, SAL_ERROR_UNSUPPORTED,
                     "a padded plane of %" PRId64 " and %" PRId64 " taps", v->plane, taps);
    sal_depthwise_free (v);
    return NULL;
  }
  if (sal_window_volume (w->out) > 0)
    v->run = ((w->out[0] - 1) * v->length[1] + w->out[1] - 1) * v->length[2] + w->out[2];
  v->n_taps = (int) taps;
  v->phase = g_new0 (Phase, taps);
  v->tap = g_new0 (int, taps);
  v->offset = g_new0 (gint64, taps);
  v->start = g_new0 (gint64, taps);
  for (int t = 0; t < v->n_taps; t++) {
    gint64 from[SAL_WINDOW_AXES], offset;
    int p = 0, at = 0;

    /* Insertion behind the last tap of the same phase; there are few phases. */
    place_tap (v, t, from, &offset);
    while (p < v->n_phases && memcmp (v->phase[p].from, from, sizeof from) != 0)
      at += v->phase[p++].n;
    if (p == v->n_phases)
      memcpy (v->phase[v->n_phases++].from, from, sizeof from);
    at += v->phase[p].n++;
    memmove (v->tap + at + 1, v->tap + at, (t - at) * sizeof *v->tap);
    memmove (v->offset + at + 1, v->offset + at, (t - at) * sizeof *v->offset);
    v->tap[at] = t;
    v->offset[at] = offset;
  }
  for (int p = 0, at = 0; p < v->n_phases; at += v->phase[p++].n) {
    v->phase[p].first = at;
    for (int i = at; i < at + v->phase[p].n; i++)
      v->start[i] = p * v->plane + v->offset[i];
  }
  return v;
}

void
sal_depthwise_free (SalDepthwise *v)
{
  g_free (v->phase);
  g_free (v->tap);
  g_free (v->offset);
  g_free (v->start);
  g_free (v);
}

/* Forward: the phases, then the run of places. Backward: a plane of zeros, the places' gradients in
 * a plane, then a phase. Each with a block behind it. */
gint64
sal_depthwise_scratch (const SalDepthwise *v)
{
  return (MAX (v->n_phases, 2) + 1) * v->plane + 3 * BLOCK;
}

/* y[i] = Σ k[tap[t]] · x[i + sign · offset[t]] for i below n, rounded up to whole blocks */
SAL_CLONES static void
correlate (const float *x, const gint64 *offset, int sign, const float *k, const int *tap, int taps,
           gint64 n, float *y)
{
  for (gint64 i = 0; i < n; i += BLOCK) {
    Vector a = { 0 }, b = { 0 }, c = { 0 }, d = { 0 };

    for (int t = 0; t < taps; t++) {
      const float *from = x + i + sign * offset[t];
      float f = k[tap[t]];

      a += f * *(const Vector *) from;
      b += f * *(const Vector *) (from + 16);
      c += f * *(const Vector *) (from + 32);
      d += f * *(const Vector *) (from + 48);
    }
    *(Vector *) (y + i) = a;
    *(Vector *) (y + i + 16) = b;
    *(Vector *) (y + i + 32) = c;
    *(Vector *) (y + i + 48) = d;
  }
}

/* The elements @from .. @to-1 of a phase along an axis that lie in the input, not in padding; the
 * first of them is input position @at. */
static void
inside (const SalDepthwise *v, const Phase *phase, int axis, gint64 *from, gint64 *to, gint64 *at)
{
  gint64 stride = v->window.stride[axis], first = phase->from[axis] - v->window.before[axis];
  gint64 left = v->window.in[axis] - first;

  *from = MIN (first < 0 ? (-first + stride - 1) / stride : 0, v->length[axis]);
  *to = CLAMP (left <= 0 ? 0 : (left + stride - 1) / stride, *from, v->length[axis]);
  *at = first + *from * stride;
}

/* The rows of a phase's plane that are not all padding: @p is the phase's and @x the input's
 * element of the first number in the row that is no padding. */
#define FOR_EACH_ROW(v, from, to, at, p, x)                                                        \
  for (gint64 d = (from)[0]; d < (to)[0]; d++)                                                     \
    for (gint64 h = (from)[1], p = (d * (v)->length[1] + h) * (v)->length[2] + (from)[2],          \
                x = (((at)[0] + (d - (from)[0]) * (v)->window.stride[0]) * (v)->window.in[1] +     \
                     (at)[1]) *                                                                    \
                        (v)->window.in[2] +                                                        \
                    (at)[2];                                                                       \
         h < (to)[1]; h++, p += (v)->length[2], x += (v)->window.stride[1] * (v)->window.in[2])

SAL_CLONES void
sal_depthwise_read (const SalDepthwise *v, const float *x, float *scratch)
{
  gint64 stride = v->window.stride[2];

  memset (scratch, 0, (v->n_phases * v->plane + BLOCK) * sizeof (float));
  for (int i = 0; i < v->n_phases; i++) {
    gint64 from[SAL_WINDOW_AXES], to[SAL_WINDOW_AXES], at[SAL_WINDOW_AXES];
    float *plane = scratch + i * v->plane;

    for (int axis = 0; axis < SAL_WINDOW_AXES; axis++)
      inside (v, &v->phase[i], axis, &from[axis], &to[axis], &at[axis]);
    FOR_EACH_ROW (v, from, to, at, p, e)
    {
      if (stride == 1)
        memcpy (plane + p, x + e, (to[2] - from[2]) * sizeof (float));
      else if (stride == 2) /* known, it vectorises */
        for (gint64 j = 0; j < to[2] - from[2]; j++)
          plane[p + j] = x[e + j * 2];
      else
        for (gint64 j = 0; j < to[2] - from[2]; j++)
          plane[p + j] = x[e + j * stride];
    }
  }
}

void
sal_depthwise_forward (const SalDepthwise *v, float *scratch, const float *k, float bias, float *y)
{
  const SalWindow *w = &v->window;
  float *run = scratch + v->n_phases * v->plane + BLOCK;

  correlate (scratch, v->start, 1, k, v->tap, v->n_taps, v->run, run);
  for (gint64 d = 0; d < w->out[0]; d++)
    for (gint64 h = 0; h < w->out[1]; h++, y += w->out[2]) {
      const float *row = run + (d * v->length[1] + h) * v->length[2];

      for (gint64 j = 0; j < w->out[2]; j++)
        y[j] = row[j] + bias;
    }
}

SAL_CLONES void
sal_depthwise_backward (const SalDepthwise *v, const float *gy, const float *k, float *scratch,
                        float *gx)
{
  const SalWindow *w = &v->window;
  float *places = scratch + v->plane, *plane = places + v->plane + BLOCK;
  gint64 stride = w->stride[2];

  /* Without a place, offsets may be longer than a plane. */
  if (sal_window_volume (w->out) == 0)
    return;
  /* gx[i] = Σ k[tap] · gy[i - offset[tap]]: before the first place, between rows and after the last
   * there must be zeros. */
  memset (scratch, 0, (2 * v->plane + BLOCK) * sizeof (float));
  for (gint64 d = 0; d < w->out[0]; d++)
    for (gint64 h = 0; h < w->out[1]; h++, gy += w->out[2])
      memcpy (places + (d * v->length[1] + h) * v->length[2], gy, w->out[2] * sizeof (float));
  for (int i = 0; i < v->n_phases; i++) {
    const Phase *phase = &v->phase[i];
    gint64 from[SAL_WINDOW_AXES], to[SAL_WINDOW_AXES], at[SAL_WINDOW_AXES];

    correlate (places, v->offset + phase->first, -1, k, v->tap + phase->first, phase->n, v->plane,
               plane);
    for (int axis = 0; axis < SAL_WINDOW_AXES; axis++)
      inside (v, phase, axis, &from[axis], &to[axis], &at[axis]);
    FOR_EACH_ROW (v, from, to, at, p, e)
    {
      if (stride == 1)
        for (gint64 j = 0; j < to[2] - from[2]; j++)
          gx[e + j] += plane[p + j];
      else if (stride == 2)
        for (gint64 j = 0; j < to[2] - from[2]; j++)
          gx[e + j * 2] += plane[p + j];
      else
        for (gint64 j = 0; j < to[2] - from[2]; j++)
          gx[e + j * stride] += plane[p + j];
    }
  }
}

void
sal_depthwise_weight (const SalWindow *w, const float *x, const float *gy, float *gk)
{
  gint64 taps = sal_window_volume (w->kernel);

  for (gint64 tap = 0; tap < taps; tap++) {
    SalReach r = sal_window_reach (w, tap);
    double sum = 0;

    SAL_FOR_EACH_ROW (w, r, o, i)
    {
      for (gint64 j = 0; j < r.to[2] - r.from[2]; j++)
        sum += (double) gy[o + j] * x[i + j * w->stride[2]];
    }
    gk[tap] += sum;
  }
}
