#include "engine/image/resample.h"

#include <math.h>
#include <string.h>

/* Weights are integers of this many fractional bits; a sum of 255 · weight then fits 31 bits. */
#define BITS 22
#define HALF (1 << (BITS - 1))

/* For each target position: which source positions count, from @start on, and how much. */
typedef struct {
  int *start;
  int *count;
  int most; /* weights per target position in @weight */
  gint32 *weight;
} Taps;

static void
taps_clear (Taps *taps)
{
  g_free (taps->start);
  g_free (taps->count);
  g_free (taps->weight);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Taps, taps_clear)

/* @from positions become @to, of which the @n from @first on are wanted. */
static void
taps_init (Taps *taps, int from, gint64 to, gint64 first, int n)
{
  double scale = (double) from / to;
  double support = fmax (scale, 1);
  double slope = 1 / support;
  g_autofree double *w = NULL;

  taps->most = MIN ((int) ceil (support) * 2 + 1, from);
  taps->start = g_new (int, n);
  taps->count = g_new (int, n);
  taps->weight = g_new (gint32, (gsize) n * taps->most);
  w = g_new (double, taps->most);

  for (int i = 0; i < n; i++) {
    double centre = (first + i + 0.5) * scale;
    int start = MAX ((int) (centre - support + 0.5), 0);
    int end = MIN ((int) (centre + support + 0.5), from);
    double sum = 0;

    taps->start[i] = start;
    taps->count[i] = end - start;
    for (int k = 0; k < end - start; k++) {
      w[k] = fmax (1 - fabs ((start + k - centre + 0.5) * slope), 0);
      sum += w[k];
    }
    sum = 1 / sum;
    for (int k = 0; k < end - start; k++)
      taps->weight[(gsize) i * taps->most + k] = (gint32) (w[k] * sum * (1 << BITS) + 0.5);
  }
}

static guint8
to_byte (gint32 sum)
{
  return CLAMP (sum >> BITS, 0, 255);
}

/* Columns, for source rows @first .. @first + @rows - 1. */
static guint8 *
shrink_columns (const SalImage *image, const Taps *taps, int n, int first, int rows)
{
  guint8 *data = g_malloc ((gsize) n * rows * 3);
  guint8 *to = data;

  for (int y = 0; y < rows; y++) {
    const guint8 *row = sal_image_pixel (image, 0, first + y);

    for (int i = 0; i < n; i++, to += 3) {
      const guint8 *from = row + (gsize) taps->start[i] * 3;
      const gint32 *weight = taps->weight + (gsize) i * taps->most;
      gint32 r = HALF, g = HALF, b = HALF;

      for (int k = 0; k < taps->count[i]; k++, from += 3) {
        r += from[0] * weight[k];
        g += from[1] * weight[k];
        b += from[2] * weight[k];
      }
      to[0] = to_byte (r);
      to[1] = to_byte (g);
      to[2] = to_byte (b);
    }
  }
  return data;
}

/* Rows of @row bytes; the source's first row here is row @first of the picture. */
static guint8 *
shrink_rows (const guint8 *data, gsize row, const Taps *taps, int n, int first)
{
  guint8 *out = g_malloc (row * n);
  g_autofree gint32 *sum = g_new (gint32, row);

  for (int i = 0; i < n; i++) {
    const guint8 *from = data + (taps->start[i] - first) * row;

    for (gsize j = 0; j < row; j++)
      sum[j] = HALF;
    for (int k = 0; k < taps->count[i]; k++, from += row) {
      gint32 weight = taps->weight[(gsize) i * taps->most + k];

      for (gsize j = 0; j < row; j++)
        sum[j] += from[j] * weight;
    }
    for (gsize j = 0; j < row; j++)
      out[i * row + j] = to_byte (sum[j]);
  }
  return out;
}

SalImage *
sal_resample (const SalImage *image, gint64 width, gint64 height, gint64 left, gint64 top,
              int out_width, int out_height)
{
  g_return_val_if_fail (out_width >= 1 && out_height >= 1 && left >= 0 && top >= 0, NULL);
  g_return_val_if_fail (out_width <= width - left && out_height <= height - top, NULL);

  g_auto (Taps) columns = { 0 };
  g_auto (Taps) rows = { 0 };

  taps_init (&columns, sal_image_width (image), width, left, out_width);
  taps_init (&rows, sal_image_height (image), height, top, out_height);

  int first = rows.start[0];
  int last = rows.start[out_height - 1] + rows.count[out_height - 1];
  g_autofree guint8 *narrow = shrink_columns (image, &columns, out_width, first, last - first);

  return sal_image_new_take (out_width, out_height,
                             shrink_rows (narrow, (gsize) out_width * 3, &rows, out_height, first));
}
