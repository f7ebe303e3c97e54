#include "engine/image/region.h"

#include <math.h>
#include <string.h>

struct _SalRegion {
  gatomicrefcount refs;
  int width, height;
  guint8 *mask;
  int n;
};

static SalRegion *
allocate (int width, int height)
{
  SalRegion *region = g_new0 (SalRegion, 1);

  g_atomic_ref_count_init (&region->refs);
  region->width = width;
  region->height = height;
  region->mask = g_malloc0 ((gsize) width * height);
  return region;
}

static SalRegion *
finish (SalRegion *region)
{
  gsize n = (gsize) region->width * region->height;

  for (gsize i = 0; i < n; i++)
    region->n += region->mask[i];
  return region;
}

SalRegion *
sal_region_new (int width, int height, const guint8 *mask)
{
  g_return_val_if_fail (width > 0 && height > 0, NULL);
  SalRegion *region = allocate (width, height);

  for (gsize i = 0; i < (gsize) width * height; i++)
    region->mask[i] = mask[i] != 0;
  return finish (region);
}

SalRegion *
sal_region_new_rectangle (int width, int height, double x0, double y0, double x1, double y1)
{
  g_return_val_if_fail (width > 0 && height > 0, NULL);
  SalRegion *region = allocate (width, height);
  double left = MIN (x0, x1), right = MAX (x0, x1), top = MIN (y0, y1), bottom = MAX (y0, y1);
  double x = floor ((left + right) / 2), y = floor ((top + bottom) / 2);

  for (int j = 0; j < height; j++)
    for (int i = 0; i < width; i++)
      region->mask[(gsize) j * width + i] =
          i + 0.5 >= left && i + 0.5 < right && j + 0.5 >= top && j + 0.5 < bottom;
  if (x >= 0 && x < width && y >= 0 && y < height)
    region->mask[(gsize) y * width + (gsize) x] = 1;
  return finish (region);
}

/* Whether a row's centre crosses the edge from a to b, and where. Half open, so that a corner on
 * the line counts once. */
static gboolean
crossing (const double a[2], const double b[2], double y, double *x)
{
  if ((a[1] <= y) == (b[1] <= y))
    return FALSE;
  *x = a[0] + (y - a[1]) / (b[1] - a[1]) * (b[0] - a[0]);
  return TRUE;
}

static int
by_value (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

SalRegion *
sal_region_new_polygon (int width, int height, const double (*points)[2], int n)
{
  g_return_val_if_fail (width > 0 && height > 0 && n >= 0, NULL);
  SalRegion *region = allocate (width, height);
  g_autoptr (GArray) crossings = g_array_new (FALSE, FALSE, sizeof (double));

  for (int j = 0; j < height; j++) {
    double x;

    g_array_set_size (crossings, 0);
    for (int i = 0; i < n; i++)
      if (crossing (points[i], points[(i + 1) % n], j + 0.5, &x))
        g_array_append_val (crossings, x);
    g_array_sort (crossings, by_value);
    for (guint i = 0; i + 1 < crossings->len; i += 2) {
      double from = ceil (g_array_index (crossings, double, i) - 0.5);
      double to = ceil (g_array_index (crossings, double, i + 1) - 0.5);

      for (int c = (int) CLAMP (from, 0, width); c < (int) CLAMP (to, 0, width); c++)
        region->mask[(gsize) j * width + c] = 1;
    }
  }
  return finish (region);
}

SalRegion *
sal_region_new_segment (int width, int height, const int *of, int segment)
{
  g_return_val_if_fail (width > 0 && height > 0, NULL);
  SalRegion *region = allocate (width, height);

  for (gsize i = 0; i < (gsize) width * height; i++)
    region->mask[i] = of[i] == segment;
  return finish (region);
}

static SalRegion *
combine (const SalRegion *a, const SalRegion *b, gboolean join)
{
  g_return_val_if_fail (a->width == b->width && a->height == b->height, NULL);
  SalRegion *region = allocate (a->width, a->height);

  for (gsize i = 0; i < (gsize) a->width * a->height; i++)
    region->mask[i] = join ? a->mask[i] | b->mask[i] : a->mask[i] & !b->mask[i];
  return finish (region);
}

SalRegion *
sal_region_join (const SalRegion *a, const SalRegion *b)
{
  return combine (a, b, TRUE);
}

SalRegion *
sal_region_take (const SalRegion *a, const SalRegion *b)
{
  return combine (a, b, FALSE);
}

SalRegion *
sal_region_ref (SalRegion *region)
{
  g_atomic_ref_count_inc (&region->refs);
  return region;
}

void
sal_region_unref (SalRegion *region)
{
  if (region == NULL || !g_atomic_ref_count_dec (&region->refs))
    return;
  g_free (region->mask);
  g_free (region);
}

int
sal_region_width (const SalRegion *region)
{
  return region->width;
}

int
sal_region_height (const SalRegion *region)
{
  return region->height;
}

const guint8 *
sal_region_mask (const SalRegion *region)
{
  return region->mask;
}

double
sal_region_area (const SalRegion *region)
{
  return (double) region->n / ((double) region->width * region->height);
}

/* How many cells of the region's grid a heatmap's cell covers, in columns or rows, and with which
 * weights: both grids are laid over the unit interval. */
typedef struct {
  int first, n;
  double head, tail; /* of the first and the last, 0..1; the others count whole */
} Span;

static Span
span_of (int i, int n, int cells)
{
  double from = (double) i * cells / n, to = (double) (i + 1) * cells / n;
  int first = (int) floor (from + 1e-9), last = (int) ceil (to - 1e-9) - 1;
  Span span = { first, MAX (last - first + 1, 1), 1, 1 };

  if (span.n == 1) {
    span.head = span.tail = to - from;
  } else {
    span.head = first + 1 - from;
    span.tail = to - last;
  }
  return span;
}

static double
weight (const Span *span, int i)
{
  return i == 0 ? span->head : i == span->n - 1 ? span->tail : 1;
}

/* Share of a heatmap's cell that the region covers. */
static double
cover (const SalRegion *region, const Span *columns, const Span *rows)
{
  double inside = 0, all = 0;

  for (int j = 0; j < rows->n; j++)
    for (int i = 0; i < columns->n; i++) {
      double w = weight (rows, j) * weight (columns, i);
      gsize at = (gsize) MIN (rows->first + j, region->height - 1) * region->width +
                 MIN (columns->first + i, region->width - 1);

      all += w;
      inside += w * region->mask[at];
    }
  return inside / all;
}

SalRegionShare
sal_region_share (const SalRegion *region, const SalHeatmap *heatmap)
{
  int width = sal_heatmap_width (heatmap), height = sal_heatmap_height (heatmap);
  g_autofree Span *columns = g_new (Span, width);
  SalRegionShare share = { 0 };
  double magnitude = 0, all = 0;

  for (int x = 0; x < width; x++)
    columns[x] = span_of (x, width, region->width);
  for (int y = 0; y < height; y++) {
    Span rows = span_of (y, height, region->height);

    for (int x = 0; x < width; x++) {
      double value = sal_heatmap_real (heatmap, x, y), part = cover (region, &columns[x], &rows);

      all += fabs (value);
      magnitude += part * fabs (value);
      share.whole += value;
      share.inside += part * value;
    }
  }
  share.magnitude = all > 0 ? magnitude / all : 0;
  return share;
}
