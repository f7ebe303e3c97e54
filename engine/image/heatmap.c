#include "engine/image/heatmap.h"

#include "engine/base/error.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MAX_CLIP 50

struct _SalHeatmap {
  gatomicrefcount refs;
  int width, height;
  gboolean two_sided;
  float *values;
  double *real;
  double low, high, limit;
  gboolean flat;
  gint64 broken;
};

/* How an attribution lies in memory. */
typedef struct {
  const float *x;
  gint64 count;
  gint64 pixels, channels;
  gint64 pixel_step, channel_step;
  int width, height;
} View;

static gboolean
view_init (View *view, const SalTensor *attribution, SalLayout layout, GError **error)
{
  const SalShape *shape = sal_tensor_shape (attribution);
  const gint64 *dim = shape->dim;
  int rank = shape->rank;

  if (rank == 4 && dim[0] == 1) { /* the batch of one goes away */
    dim++;
    rank--;
  }
  if (sal_tensor_type (attribution) == SAL_FLOAT && (rank == 2 || rank == 3) &&
      sal_tensor_count (attribution) > 0) {
    gboolean planes = layout == SAL_NCHW;
    gint64 channels = rank == 2 ? 1 : dim[planes ? 0 : 2];
    gint64 height = dim[rank == 3 && planes ? 1 : 0];
    gint64 width = dim[rank == 3 && planes ? 2 : 1];

    if (height <= SAL_IMAGE_MAX_PIXELS / width) {
      *view = (View){ .x = sal_tensor_floats (attribution),
                      .count = sal_tensor_count (attribution),
                      .pixels = height * width,
                      .channels = channels,
                      .pixel_step = planes ? 1 : channels,
                      .channel_step = planes ? height * width : 1,
                      .width = (int) width,
                      .height = (int) height };
      return TRUE;
    }
  }

  g_autofree char *text = sal_shape_to_string (shape);

  sal_error_set (error, SAL_ERROR_SHAPE, "an attribution of shape %s cannot be shown as a picture",
                 text);
  return FALSE;
}

/* Counts what is not finite, and finds what infinities are shown as. */
static double
largest_finite (const View *view, gint64 *broken)
{
  double largest = 0;

  *broken = 0;
  for (gint64 i = 0; i < view->count; i++)
    if (isfinite (view->x[i]))
      largest = fmax (largest, fabsf (view->x[i]));
    else
      (*broken)++;
  return largest > 0 ? largest : 1;
}

static double
clean (float x, double infinite)
{
  return isnan (x) ? 0 : isinf (x) ? copysign (infinite, x) : x;
}

/* The part of a number that a sign leaves, as magnitude. */
static double
part (double x, SalSign sign)
{
  return sign == SAL_SIGN_POSITIVE   ? fmax (x, 0)
         : sign == SAL_SIGN_NEGATIVE ? fmax (-x, 0)
                                     : fabs (x);
}

static double
reduce (const float *x, const View *view, SalReduce how, SalSign sign, double infinite)
{
  double sum = 0, magnitudes = 0, squares = 0, largest = 0, dominant = 0;

  for (gint64 c = 0; c < view->channels; c++) {
    double value = clean (x[c * view->channel_step], infinite);
    double kept = part (value, sign);

    sum += value;
    magnitudes += kept;
    squares += kept * kept;
    if (kept > largest) {
      largest = kept;
      dominant = value;
    }
  }
  if (how == SAL_REDUCE_SUM)
    return sign == SAL_SIGN_SIGNED ? sum : part (sum, sign);

  double result = how == SAL_REDUCE_MAX_ABS    ? largest
                  : how == SAL_REDUCE_MEAN_ABS ? magnitudes / view->channels
                                               : sqrt (squares);
  double direction = how == SAL_REDUCE_MAX_ABS ? dominant : sum;

  if (sign != SAL_SIGN_SIGNED)
    return result;
  return direction > 0 ? result : direction < 0 ? -result : 0;
}

/* The value at position @k of @x in ascending order; @x is reordered. The middle part of the
 * three-way split takes runs of equal values, zeros above all, in one step. */
static double
select_nth (double *x, gint64 n, gint64 k)
{
  gint64 low = 0, high = n - 1;

  while (low < high) {
    double pivot = x[low + (high - low) / 2];
    gint64 below = low, at = low, above = high;

    while (at <= above)
      if (x[at] < pivot) {
        double t = x[below];
        x[below++] = x[at];
        x[at++] = t;
      } else if (x[at] > pivot) {
        double t = x[above];
        x[above--] = x[at];
        x[at] = t;
      } else {
        at++;
      }
    if (k < below)
      high = below - 1;
    else if (k > above)
      low = above + 1;
    else
      return pivot;
  }
  return x[k];
}

static double
percentile (double *x, gint64 n, double percent)
{
  double position = (n - 1) * percent / 100;
  gint64 below = (gint64) position;
  double a = select_nth (x, n, below);

  return below + 1 < n ? a + (select_nth (x, n, below + 1) - a) * (position - below) : a;
}

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static double
mass (double *x, gint64 n, double percent)
{
  double total = 0, sum = 0;

  qsort (x, n, sizeof *x, compare_doubles);
  for (gint64 i = 0; i < n; i++)
    total += x[i];
  for (gint64 i = 0; i < n; i++) {
    sum += x[i];
    if (sum >= total * percent / 100)
      return x[i];
  }
  return x[n - 1];
}

/* The magnitudes shown as 0 and as 1. */
static void
find_scale (const double *real, gint64 n, gboolean two_sided, const SalHeatmapStyle *style,
            double *low, double *high)
{
  double largest = 0, sum = 0, squares = 0;

  *low = 0;
  for (gint64 i = 0; i < n; i++) {
    largest = fmax (largest, fabs (real[i]));
    sum += fabs (real[i]);
  }
  if (style->limit > 0) {
    *high = style->limit;
    return;
  }
  *high = largest;
  if (style->normalize == SAL_NORMALIZE_ZSCORE) {
    double mean = two_sided ? 0 : sum / n;

    for (gint64 i = 0; i < n; i++) {
      double away = (fabs (real[i]) - mean) / largest; /* squares of huge numbers stay finite */

      squares += away * away;
    }

    double deviation = 3 * sqrt (squares / n) * largest;

    *high = fmin (mean + deviation, largest);
    *low = two_sided ? 0 : fmax (mean - deviation, 0);
  } else if (style->normalize != SAL_NORMALIZE_MAX && style->clip > 0) {
    g_autofree double *magnitudes = g_new (double, n);

    for (gint64 i = 0; i < n; i++)
      magnitudes[i] = fabs (real[i]);
    *high = style->normalize == SAL_NORMALIZE_MASS ? mass (magnitudes, n, 100 - style->clip)
                                                   : percentile (magnitudes, n, 100 - style->clip);
  }
  if (!(*high > 0))
    *high = largest;
  if (!(*high > *low))
    *low = 0;
}

static void
scale (SalHeatmap *heatmap, SalSign sign, const SalHeatmapStyle *style)
{
  gint64 n = (gint64) heatmap->width * heatmap->height;
  double low, high;

  heatmap->flat = TRUE;
  for (gint64 i = 1; i < n && heatmap->flat; i++)
    heatmap->flat = heatmap->real[i] == heatmap->real[0];
  if (heatmap->flat && style->limit <= 0) {
    double real = sign == SAL_SIGN_NEGATIVE ? -heatmap->real[0] : heatmap->real[0];

    heatmap->low = heatmap->high = real;
    heatmap->limit = fabs (real);
    return;
  }
  find_scale (heatmap->real, n, heatmap->two_sided, style, &low, &high);
  for (gint64 i = 0; i < n; i++) {
    double value = (fabs (heatmap->real[i]) - low) / (high - low);

    heatmap->values[i] = (float) copysign (CLAMP (value, 0, 1), heatmap->real[i]);
  }
  heatmap->limit = high;
  heatmap->low = heatmap->two_sided ? -high : sign == SAL_SIGN_NEGATIVE ? -low : low;
  heatmap->high = sign == SAL_SIGN_NEGATIVE ? -high : high;
}

SalHeatmap *
sal_heatmap_new (const SalTensor *attribution, SalLayout layout, const SalHeatmapStyle *style,
                 GError **error)
{
  View view;

  if (!view_init (&view, attribution, layout, error))
    return NULL;
  if (!(style->clip >= 0 && style->clip <= MAX_CLIP)) {
    sal_error_set (error, SAL_ERROR_ARGUMENT, "clip is %g percent; 0 to %d are possible",
                   style->clip, MAX_CLIP);
    return NULL;
  }
  if (!(style->limit >= 0 && isfinite (style->limit))) {
    sal_error_set (error, SAL_ERROR_ARGUMENT, "limit is %g; a positive number or 0 is needed",
                   style->limit);
    return NULL;
  }

  SalHeatmap *heatmap = g_new0 (SalHeatmap, 1);
  double infinite = largest_finite (&view, &heatmap->broken);

  g_atomic_ref_count_init (&heatmap->refs);
  heatmap->width = view.width;
  heatmap->height = view.height;
  heatmap->two_sided = style->sign == SAL_SIGN_SIGNED;
  heatmap->values = g_new0 (float, view.pixels);
  heatmap->real = g_new (double, view.pixels);
  for (gint64 i = 0; i < view.pixels; i++)
    heatmap->real[i] =
        reduce (view.x + i * view.pixel_step, &view, style->reduce, style->sign, infinite);
  scale (heatmap, style->sign, style);
  if (style->sign == SAL_SIGN_NEGATIVE)
    for (gint64 i = 0; i < view.pixels; i++)
      heatmap->real[i] = -heatmap->real[i];
  return heatmap;
}

SalHeatmap *
sal_heatmap_mix (SalHeatmap *from, SalHeatmap *to, double t)
{
  gint64 n = (gint64) to->width * to->height;

  if (from->width != to->width || from->height != to->height || from->two_sided != to->two_sided)
    return sal_heatmap_ref (to);
  SalHeatmap *mixed = g_memdup2 (to, sizeof *to);

  g_atomic_ref_count_init (&mixed->refs);
  mixed->real = g_memdup2 (to->real, n * sizeof *to->real);
  mixed->values = g_new (float, n);
  for (gint64 i = 0; i < n; i++)
    mixed->values[i] = (float) ((1 - t) * from->values[i] + t * to->values[i]);
  return mixed;
}

SalHeatmap *
sal_heatmap_ref (SalHeatmap *heatmap)
{
  g_atomic_ref_count_inc (&heatmap->refs);
  return heatmap;
}

void
sal_heatmap_unref (SalHeatmap *heatmap)
{
  if (!g_atomic_ref_count_dec (&heatmap->refs))
    return;
  g_free (heatmap->values);
  g_free (heatmap->real);
  g_free (heatmap);
}

int
sal_heatmap_width (const SalHeatmap *heatmap)
{
  return heatmap->width;
}

int
sal_heatmap_height (const SalHeatmap *heatmap)
{
  return heatmap->height;
}

const float *
sal_heatmap_values (const SalHeatmap *heatmap)
{
  return heatmap->values;
}

gboolean
sal_heatmap_signed (const SalHeatmap *heatmap)
{
  return heatmap->two_sided;
}

void
sal_heatmap_range (const SalHeatmap *heatmap, double *low, double *high)
{
  *low = heatmap->low;
  *high = heatmap->high;
}

double
sal_heatmap_limit (const SalHeatmap *heatmap)
{
  return heatmap->limit;
}

gboolean
sal_heatmap_flat (const SalHeatmap *heatmap)
{
  return heatmap->flat;
}

gint64
sal_heatmap_broken (const SalHeatmap *heatmap)
{
  return heatmap->broken;
}

double
sal_heatmap_real (const SalHeatmap *heatmap, int x, int y)
{
  g_return_val_if_fail (x >= 0 && x < heatmap->width && y >= 0 && y < heatmap->height, 0);
  return heatmap->real[(gint64) y * heatmap->width + x];
}

double
sal_heatmap_rank (const SalHeatmap *heatmap, int x, int y)
{
  double magnitude = fabs (sal_heatmap_real (heatmap, x, y));
  gint64 n = (gint64) heatmap->width * heatmap->height, larger = 0;

  for (gint64 i = 0; i < n; i++)
    larger += fabs (heatmap->real[i]) > magnitude;
  return (double) larger / n;
}
