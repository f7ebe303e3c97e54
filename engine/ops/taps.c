#include "engine/ops/taps.h"

#include "engine/base/clones.h"

#include <math.h>
#include <string.h>

/* Where element @o of the output lies in the input. Lengths divide only at the end, so that what
 * is an integer or a half in exact arithmetic is one here: rounding to the nearest depends on it.
 */
static double
original (const SalResizeRule *rule, const SalTaps *t, gint64 o, double width, double from,
          double to)
{
  double in = t->in, x = o;

  switch (rule->coordinates) {
  case SAL_ALIGN_CORNERS:
    return t->out == 1 ? 0 : x * (in - 1) / (width - 1);
  case SAL_ASYMMETRIC:
    return x * in / width;
  case SAL_TF_HALF_PIXEL_FOR_NN:
    return (x + 0.5) * in / width;
  case SAL_TF_CROP_AND_RESIZE:
    if (width == 1)
      return from * (in - 1) + (to - from) * (in - 1) / 2;
    return from * (in - 1) + x * (to - from) * (in - 1) / (width - 1);
  case SAL_PYTORCH_HALF_PIXEL:
    return t->out == 1 ? 0 : (x + 0.5) * in / width - 0.5;
  case SAL_HALF_PIXEL_SYMMETRIC:
    /* The middle of the region read stays the middle of what is written. */
    return in / 2 * (1 - t->out / width) + (x + 0.5) * in / width - 0.5;
  case SAL_HALF_PIXEL:
  default:
    return (x + 0.5) * in / width - 0.5;
  }
}

static gint64
nearest (const SalResizeRule *rule, double x, gboolean shrinks)
{
  switch (rule->nearest) {
  case SAL_NEAREST_ROUND_PREFER_CEIL:
    return (gint64) floor (x + 0.5);
  case SAL_NEAREST_FLOOR:
    return (gint64) floor (x);
  case SAL_NEAREST_CEIL:
    return (gint64) ceil (x);
  case SAL_NEAREST_OLD:
    return (gint64) (shrinks ? ceil (x) : floor (x));
  case SAL_NEAREST_ROUND_PREFER_FLOOR:
  default:
    return (gint64) ceil (x - 0.5);
  }
}

/* The interpolation kernel at distance @d: a triangle, or Keys's cubic with parameter a.
 * [Keys: Cubic convolution interpolation for digital image processing, IEEE ASSP 29, 1981] */
static double
kernel (const SalResizeRule *rule, double d)
{
  double a = rule->cubic_a;

  d = fabs (d);
  if (rule->interpolation == SAL_LINEAR)
    return MAX (1 - d, 0);
  if (d <= 1)
    return ((a + 2) * d - (a + 3)) * d * d + 1;
  return d < 2 ? ((a * d - 5 * a) * d + 8 * a) * d - 4 * a : 0;
}

static void
fill_row (const SalResizeRule *rule, SalTaps *t, gint64 o, double x, double scale)
{
  gint32 *index = t->index + o * t->n;
  float *weight = t->weight + o * t->n;
  gint64 first = (gint64) floor (x) + 1 - t->n / 2, last = t->in - 1;
  double sum = 0;

  for (int i = 0; i < t->n; i++)
    if (!rule->exclude_outside || (first + i >= 0 && first + i <= last))
      sum += kernel (rule, (first + i - x) * scale);
  for (int i = 0; i < t->n; i++) {
    gboolean counts = !rule->exclude_outside || (first + i >= 0 && first + i <= last);

    index[i] = (gint32) CLAMP (first + i, 0, last);
    weight[i] = counts && sum != 0 ? kernel (rule, (first + i - x) * scale) / sum : 0;
  }
}

void
sal_taps_init (SalTaps *t, const SalResizeRule *rule, gint64 in, gint64 out, double width,
               double from, double to)
{
  gboolean crop = rule->coordinates == SAL_TF_CROP_AND_RESIZE;
  double reach = rule->interpolation == SAL_CUBIC ? 2 : 1, scale = 1;

  /* Against aliasing, the kernel is as wide as the elements written are. */
  if (rule->antialias && rule->interpolation != SAL_NEAREST)
    scale = MIN (width / in, 1);
  *t = (SalTaps){ .in = in, .out = out, .n = 1 };
  if (rule->interpolation != SAL_NEAREST && out > 0)
    t->n = 2 * (int) ceil (reach / scale);
  t->index = g_new0 (gint32, MAX (out * t->n, 1));
  t->weight = g_new0 (float, MAX (out * t->n, 1));
  t->outside = crop ? g_new0 (gboolean, MAX (out, 1)) : NULL;
  for (gint64 o = 0; o < out; o++) {
    double x = original (rule, t, o, width, from, to);

    if (crop && !(x >= 0 && x <= in - 1)) {
      t->outside[o] = TRUE;
      continue;
    }
    x = CLAMP (x, -(double) in, 2. * in);
    if (rule->interpolation == SAL_NEAREST) {
      t->index[o] = (gint32) CLAMP (nearest (rule, x, width < in), 0, in - 1);
      t->weight[o] = 1;
    } else
      fill_row (rule, t, o, x, scale);
  }
}

void
sal_taps_clear (SalTaps *t)
{
  g_free (t->index);
  g_free (t->weight);
  g_free (t->outside);
}

gboolean
sal_taps_identity (const SalTaps *t)
{
  if (t->in != t->out)
    return FALSE;
  for (gint64 o = 0; o < t->out; o++)
    for (int i = 0; i < t->n; i++)
      if (t->weight[o * t->n + i] != (t->index[o * t->n + i] == o))
        return FALSE;
  return TRUE;
}

SAL_CLONES void
sal_taps_apply (const SalTaps *t, gint64 outer, gint64 inner, const float *x, float *y)
{
  for (gint64 a = 0; a < outer; a++, x += t->in * inner)
    for (gint64 o = 0; o < t->out; o++, y += inner) {
      const gint32 *index = t->index + o * t->n;
      const float *weight = t->weight + o * t->n;

      memset (y, 0, inner * sizeof (float));
      for (int i = 0; i < t->n; i++) {
        const float *restrict from = x + index[i] * inner;
        float *restrict to = y;
        float w = weight[i];

        if (w != 0)
          for (gint64 j = 0; j < inner; j++)
            to[j] += w * from[j];
      }
    }
}

SAL_CLONES void
sal_taps_apply_transposed (const SalTaps *t, gint64 outer, gint64 inner, const float *gy, float *gx)
{
  for (gint64 a = 0; a < outer; a++, gx += t->in * inner)
    for (gint64 o = 0; o < t->out; o++, gy += inner) {
      const gint32 *index = t->index + o * t->n;
      const float *weight = t->weight + o * t->n;

      for (int i = 0; i < t->n; i++) {
        float *restrict to = gx + index[i] * inner;
        const float *restrict from = gy;
        float w = weight[i];

        if (w != 0)
          for (gint64 j = 0; j < inner; j++)
            to[j] += w * from[j];
      }
    }
}
