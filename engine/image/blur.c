#include "engine/image/blur.h"

#include <math.h>

/* Index @i of an endless row that repeats 0 .. n-1, n-1 .. 0. */
static int
mirror (gint64 i, int n)
{
  i %= 2 * (gint64) n;
  if (i < 0)
    i += 2 * (gint64) n;
  return i < n ? (int) i : (int) (2 * (gint64) n - 1 - i);
}

/* One direction: @n positions @step apart, on each of @lines lines @line apart. The mirrored line
 * is laid out once with its margins, so that the sums run without questions. */
static gboolean
blur_lines (gint64 lines, gint64 line, int n, gint64 step, const double *weight, int radius,
            const float *x, float *y, GCancellable *cancellable)
{
  g_autofree double *wide = g_new (double, (gsize) n + 2 * radius);

  for (gint64 l = 0; l < lines; l++) {
    const float *from = x + l * line;
    float *to = y + l * line;

    if (g_cancellable_is_cancelled (cancellable))
      return FALSE;
    for (int i = -radius; i < n + radius; i++)
      wide[i + radius] = from[mirror (i, n) * step];
    for (int i = 0; i < n; i++) {
      const double *centre = wide + i + radius;
      double sum = weight[0] * centre[0];

      for (int k = 1; k <= radius; k++)
        sum += weight[k] * (centre[-k] + centre[k]);
      to[i * step] = sum;
    }
  }
  return TRUE;
}

gboolean
sal_blur (gint64 planes, int height, int width, int depth, const float *x, double sigma, float *y,
          GCancellable *cancellable)
{
  int radius = (int) (4 * sigma + 0.5);
  gint64 row = (gint64) width * depth, plane = row * height;
  g_autofree double *weight = g_new (double, radius + 1);
  g_autofree float *half = g_new (float, plane);
  double sum = 0;

  for (int k = 0; k <= radius; k++) {
    weight[k] = k == 0 ? 1 : exp (-0.5 * k * k / (sigma * sigma));
    sum += k == 0 ? 1 : 2 * weight[k];
  }
  for (int k = 0; k <= radius; k++)
    weight[k] /= sum;

  for (gint64 p = 0; p < planes; p++) {
    if (!blur_lines (row, 1, height, row, weight, radius, x + p * plane, half, cancellable))
      return FALSE;
    for (int c = 0; c < depth; c++)
      if (!blur_lines (height, row, width, depth, weight, radius, half + c, y + p * plane + c,
                       cancellable))
        return FALSE;
  }
  return TRUE;
}
