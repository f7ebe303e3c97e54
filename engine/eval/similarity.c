#include "engine/eval/similarity.h"

#include "engine/base/error.h"

#include <math.h>

#define SSIM_SIDE 11
#define SSIM_SIGMA 1.5
#define SSIM_K1 0.01
#define SSIM_K2 0.03

typedef struct {
  float value;
  guint32 index;
} Entry;

static int
ascending (gconstpointer a, gconstpointer b)
{
  const Entry *p = a, *q = b;

  if (p->value != q->value)
    return p->value < q->value ? -1 : 1;
  return p->index < q->index ? -1 : 1;
}

/* Largest magnitude first. */
static int
strongest_first (gconstpointer a, gconstpointer b)
{
  const Entry *p = a, *q = b;

  if (p->value != q->value)
    return p->value > q->value ? -1 : 1;
  return p->index < q->index ? -1 : 1;
}

static Entry *
sorted (const float *values, gsize n, gboolean magnitude)
{
  Entry *entries = g_new (Entry, n);

  for (gsize i = 0; i < n; i++)
    entries[i] = (Entry){ magnitude ? fabsf (values[i]) : values[i], (guint32) i };
  qsort (entries, n, sizeof *entries, magnitude ? strongest_first : ascending);
  return entries;
}

/* Ranks from 0, less their mean. */
static double *
ranks (const float *values, gsize n)
{
  g_autofree Entry *entries = sorted (values, n, FALSE);
  double *result = g_new (double, n);

  for (gsize i = 0, j; i < n; i = j) {
    for (j = i + 1; j < n && entries[j].value == entries[i].value; j++)
      ;
    for (gsize k = i; k < j; k++)
      result[entries[k].index] = 0.5 * (double) (i + j - 1) - 0.5 * (double) (n - 1);
  }
  return result;
}

double
sal_similarity_spearman (const float *a, const float *b, gsize n)
{
  if (n == 0)
    return NAN;
  g_autofree double *p = ranks (a, n), *q = ranks (b, n);
  double pq = 0, pp = 0, qq = 0;

  for (gsize i = 0; i < n; i++) {
    pq += p[i] * q[i];
    pp += p[i] * p[i];
    qq += q[i] * q[i];
  }
  return pp > 0 && qq > 0 ? CLAMP (pq / sqrt (pp * qq), -1, 1) : NAN;
}

double
sal_similarity_top (const float *a, const float *b, gsize n, double fraction)
{
  if (n == 0)
    return NAN;
  gsize k = CLAMP ((gsize) llround (fraction * (double) n), 1, n), common = 0;
  g_autofree Entry *p = sorted (a, n, TRUE), *q = sorted (b, n, TRUE);
  g_autofree guint8 *chosen = g_new0 (guint8, n);

  for (gsize i = 0; i < k; i++)
    chosen[p[i].index] = 1;
  for (gsize i = 0; i < k; i++)
    common += chosen[q[i].index];
  return (double) common / (double) (2 * k - common);
}

/* Five moments under the window, rows first and columns then, as the window is a product. */
enum { MEAN_A, MEAN_B, SQUARE_A, SQUARE_B, PRODUCT, N_MOMENTS };

static void
across (const float *a, const float *b, const double *window, int side, int out_width,
        double *moments)
{
  for (int x = 0; x < out_width; x++) {
    double *m = moments + (gsize) x * N_MOMENTS;

    for (int i = 0; i < N_MOMENTS; i++)
      m[i] = 0;
    for (int i = 0; i < side; i++) {
      double p = a[x + i], q = b[x + i], w = window[i];
      m[MEAN_A] += w * p;
      m[MEAN_B] += w * q;
      m[SQUARE_A] += w * p * p;
      m[SQUARE_B] += w * q * q;
      m[PRODUCT] += w * p * q;
    }
  }
}

double
sal_similarity_ssim (const float *a, const float *b, int width, int height, double range)
{
  int side = MIN (SSIM_SIDE, MIN (width, height));

  side -= side % 2 == 0;
  if (side < 1)
    return NAN;
  int out_width = width - side + 1, out_height = height - side + 1;
  double window[SSIM_SIDE], total = 0, sum = 0;
  double sigma = SSIM_SIGMA * side / SSIM_SIDE;
  double c1 = SSIM_K1 * range * SSIM_K1 * range, c2 = SSIM_K2 * range * SSIM_K2 * range;
  g_autofree double *rows = g_new (double, (gsize) height *out_width *N_MOMENTS);

  for (int i = 0; i < side; i++) {
    double d = i - side / 2;
    total += window[i] = exp (-0.5 * d * d / (sigma * sigma));
  }
  for (int i = 0; i < side; i++)
    window[i] /= total;
  for (int y = 0; y < height; y++)
    across (a + (gsize) y * width, b + (gsize) y * width, window, side, out_width,
            rows + (gsize) y * out_width * N_MOMENTS);
  for (int y = 0; y < out_height; y++)
    for (int x = 0; x < out_width; x++) {
      double m[N_MOMENTS] = { 0 };

      for (int i = 0; i < side; i++) {
        const double *row = rows + ((gsize) (y + i) * out_width + x) * N_MOMENTS;
        for (int j = 0; j < N_MOMENTS; j++)
          m[j] += window[i] * row[j];
      }
      double aa = m[MEAN_A] * m[MEAN_A], bb = m[MEAN_B] * m[MEAN_B], ab = m[MEAN_A] * m[MEAN_B];
      double variances = m[SQUARE_A] - aa + m[SQUARE_B] - bb;

      sum += (2 * ab + c1) * (2 * (m[PRODUCT] - ab) + c2) / ((aa + bb + c1) * (variances + c2));
    }
  return sum / ((double) out_width * out_height);
}

/* The heatmap at a point of the picture. */
static float
sample (const SalHeatmap *map, const SalRect *seen, double x, double y)
{
  int width = sal_heatmap_width (map), height = sal_heatmap_height (map);
  const float *values = sal_heatmap_values (map);
  double u = CLAMP ((x - seen->x) / seen->width * width - 0.5, 0, width - 1);
  double v = CLAMP ((y - seen->y) / seen->height * height - 0.5, 0, height - 1);
  int i = MIN ((int) u, MAX (width - 2, 0)), j = MIN ((int) v, MAX (height - 2, 0));
  int right = MIN (i + 1, width - 1), below = MIN (j + 1, height - 1);
  double p = u - i, q = v - j;
  const float *top = values + (gsize) j * width, *bottom = values + (gsize) below * width;

  return (float) ((1 - q) * ((1 - p) * top[i] + p * top[right]) +
                  q * ((1 - p) * bottom[i] + p * bottom[right]));
}

/* Cells of the grid for a stretch of the picture, as fine as the finer map. */
static int
cells (double stretch, double a, int n_a, double b, int n_b)
{
  double finest = fmax (n_a / a, n_b / b);

  return CLAMP ((int) ceil (stretch * finest - 1e-6), 1, SAL_SIMILARITY_SIDE);
}

gboolean
sal_similarity_pair (const SalHeatmap *a, const SalRect *seen_a, const SalHeatmap *b,
                     const SalRect *seen_b, SalSimilarity *similarity, SalTensor **difference,
                     SalRect *where, GError **error)
{
  double left = fmax (seen_a->x, seen_b->x), top = fmax (seen_a->y, seen_b->y);
  double right = fmin (seen_a->x + seen_a->width, seen_b->x + seen_b->width);
  double bottom = fmin (seen_a->y + seen_a->height, seen_b->y + seen_b->height);

  if (!(right > left && bottom > top)) {
    sal_error_set (error, SAL_ERROR_ARGUMENT, "the two maps show different parts of the picture");
    return FALSE;
  }
  int width = cells (right - left, seen_a->width, sal_heatmap_width (a), seen_b->width,
                     sal_heatmap_width (b));
  int height = cells (bottom - top, seen_a->height, sal_heatmap_height (a), seen_b->height,
                      sal_heatmap_height (b));
  gsize n = (gsize) width * height;
  g_autofree float *p = g_new (float, n), *q = g_new (float, n);

  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++) {
      double at_x = left + (x + 0.5) * (right - left) / width;
      double at_y = top + (y + 0.5) * (bottom - top) / height;

      p[(gsize) y * width + x] = sample (a, seen_a, at_x, at_y);
      q[(gsize) y * width + x] = sample (b, seen_b, at_x, at_y);
    }
  double range = sal_heatmap_signed (a) || sal_heatmap_signed (b) ? 2 : 1;

  similarity->spearman = sal_similarity_spearman (p, q, n);
  similarity->ssim = sal_similarity_ssim (p, q, width, height, range);
  similarity->top = sal_similarity_top (p, q, n, SAL_SIMILARITY_TOP);
  if (difference != NULL) {
    *difference = sal_tensor_new (SAL_FLOAT, &SAL_SHAPE (height, width));
    float *d = sal_tensor_edit (*difference);
    for (gsize i = 0; i < n; i++)
      d[i] = p[i] - q[i];
  }
  if (where != NULL)
    *where = (SalRect){ left, top, right - left, bottom - top };
  return TRUE;
}
