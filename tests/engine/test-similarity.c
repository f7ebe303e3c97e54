/* Measures of similarity, against answers known beforehand and a slow computation from the
 * definition. */
#include "engine/eval/similarity.h"
#include "tests/support.h"

#include <math.h>

#define NEAR(a, b, within) g_assert_cmpfloat_with_epsilon (a, b, within)

static float *
noise (gsize n, guint32 seed)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  float *values = g_new (float, n);

  for (gsize i = 0; i < n; i++)
    values[i] = (float) g_rand_double_range (rand, -1, 1);
  return values;
}

static void
test_spearman (void)
{
  const float a[] = { 1, 2, 3, 4, 5 };
  const float cubes[] = { 1, 8, 27, 64, 125 };
  const float down[] = { 9, 7, 1, 0, -4 };
  const float swapped[] = { 2, 1, 3, 5, 4 }; /* 1 - 6 · 4 / (5 · 24) = 0.8 */
  const float ties[] = { 1, 1, 2, 2, 3 };    /* scipy.stats.spearmanr: 0.948683… */
  const float flat[] = { 7, 7, 7, 7, 7 };

  NEAR (sal_similarity_spearman (a, a, 5), 1, 1e-12);
  NEAR (sal_similarity_spearman (a, cubes, 5), 1, 1e-12);
  NEAR (sal_similarity_spearman (a, down, 5), -1, 1e-12);
  NEAR (sal_similarity_spearman (a, swapped, 5), 0.8, 1e-12);
  NEAR (sal_similarity_spearman (a, ties, 5), 0.9486832980505138, 1e-12);
  g_assert_true (isnan (sal_similarity_spearman (a, flat, 5)));
  g_assert_true (isnan (sal_similarity_spearman (a, a, 0)));
  g_autofree float *p = noise (20000, 1), *q = noise (20000, 2);
  g_assert_cmpfloat (fabs (sal_similarity_spearman (p, q, 20000)), <, 0.03);
}

static void
test_top (void)
{
  const float a[] = { 0, -9, 8, 7, 0, 0, 0, 0, 0, 0 };
  const float b[] = { 0, 9, 8, 0, 7, 0, 0, 0, 0, 0 };

  NEAR (sal_similarity_top (a, a, 10, 0.3), 1, 1e-12);
  NEAR (sal_similarity_top (a, b, 10, 0.2), 1, 1e-12);   /* magnitude counts, not sign */
  NEAR (sal_similarity_top (a, b, 10, 0.3), 0.5, 1e-12); /* two of four */
  NEAR (sal_similarity_top (a, b, 10, 0), 1, 1e-12);     /* at least one */
  NEAR (sal_similarity_top (a, b, 10, 1), 1, 1e-12);
  g_assert_true (isnan (sal_similarity_top (a, b, 0, 0.5)));
}

/* Straight from the paper. */
static double
slow_ssim (const float *a, const float *b, int width, int height, double range)
{
  double c1 = pow (0.01 * range, 2), c2 = pow (0.03 * range, 2), sum = 0;

  for (int y = 5; y < height - 5; y++)
    for (int x = 5; x < width - 5; x++) {
      double total = 0, ma = 0, mb = 0, va = 0, vb = 0, cov = 0;

      for (int pass = 0; pass < 2; pass++)
        for (int j = -5; j <= 5; j++)
          for (int i = -5; i <= 5; i++) {
            double w = exp (-(i * i + j * j) / (2 * 1.5 * 1.5));
            double p = a[(y + j) * width + x + i], q = b[(y + j) * width + x + i];
            if (pass == 0) {
              total += w;
              ma += w * p;
              mb += w * q;
            } else {
              va += w / total * (p - ma / total) * (p - ma / total);
              vb += w / total * (q - mb / total) * (q - mb / total);
              cov += w / total * (p - ma / total) * (q - mb / total);
            }
          }
      ma /= total;
      mb /= total;
      sum += (2 * ma * mb + c1) * (2 * cov + c2) / ((ma * ma + mb * mb + c1) * (va + vb + c2));
    }
  return sum / ((width - 10.0) * (height - 10.0));
}

static void
test_ssim (void)
{
  g_autofree float *a = noise (24 * 19, 3), *b = noise (24 * 19, 4);
  float half[400], more[400];

  NEAR (sal_similarity_ssim (a, a, 24, 19, 2), 1, 1e-9);
  NEAR (sal_similarity_ssim (a, b, 24, 19, 2), slow_ssim (a, b, 24, 19, 2), 1e-9);
  for (int i = 0; i < 24 * 19; i++)
    b[i] = a[i] + 0.3f * b[i];
  NEAR (sal_similarity_ssim (a, b, 24, 19, 2), slow_ssim (a, b, 24, 19, 2), 1e-9);
  /* Without structure the means alone count: (2 · 0.5 · 0.7 + 1e-4) / (0.25 + 0.49 + 1e-4). */
  for (int i = 0; i < 400; i++) {
    half[i] = 0.5f;
    more[i] = 0.7f;
  }
  NEAR (sal_similarity_ssim (half, more, 20, 20, 1), 0.7001 / 0.7401, 1e-6);
  NEAR (sal_similarity_ssim (half, half, 7, 7, 1), 1, 1e-12); /* smaller than the window */
  NEAR (sal_similarity_ssim (half, half, 1, 1, 1), 1, 1e-12);
  g_assert_true (isnan (sal_similarity_ssim (half, half, 0, 5, 1)));
}

static SalHeatmap *
map_of (const float *values, int width, int height)
{
  g_autoptr (SalTensor) tensor =
      sal_tensor_new_copy (SAL_FLOAT, &SAL_SHAPE (height, width), values);
  const SalHeatmapStyle style = { SAL_REDUCE_SUM, SAL_SIGN_SIGNED, SAL_NORMALIZE_MAX, 0, 0 };
  SalHeatmap *map = sal_heatmap_new (tensor, SAL_NCHW, &style, NULL);

  g_assert_nonnull (map);
  return map;
}

/* Maps of any size on any two parts of one picture. */
static void
test_pair (void)
{
  g_autofree float *fine = g_new (float, 40 * 40);
  float coarse[16], other[16];
  SalRect all = { 0, 0, 80, 80 }, right = { 40, 0, 40, 80 }, away = { 90, 0, 10, 10 }, where;
  SalSimilarity s;
  GError *error = NULL;

  for (int i = 0; i < 16; i++) {
    coarse[i] = (float) (i % 4) - 1.5f;
    other[i] = -coarse[i];
  }
  for (int i = 0; i < 1600; i++)
    fine[i] = (float) (i % 40) - 19.5f;
  g_autoptr (SalHeatmap) a = map_of (coarse, 4, 4), b = map_of (fine, 40, 40),
                         c = map_of (other, 4, 4);
  g_autoptr (SalTensor) difference = NULL, none = NULL;

  g_assert_true (sal_similarity_pair (a, &all, b, &all, &s, &difference, &where, &error));
  g_assert_no_error (error);
  g_assert_cmpint (sal_tensor_shape (difference)->dim[0], ==, 40);
  g_assert_cmpint (sal_tensor_shape (difference)->dim[1], ==, 40);
  g_assert_cmpfloat (s.spearman, >, 0.98); /* the coarse ramp is level at both ends */
  NEAR (where.width, 80, 1e-12);
  NEAR (sal_tensor_floats (difference)[0], 0, 1e-6);

  g_assert_true (sal_similarity_pair (a, &all, c, &all, &s, &none, NULL, &error));
  NEAR (s.spearman, -1, 1e-9);
  NEAR (s.top, 1, 1e-12);
  NEAR (sal_tensor_floats (none)[0], -2, 1e-6);

  /* The same colours on the right half only: shifted, so not the same map. */
  g_assert_true (sal_similarity_pair (a, &all, b, &right, &s, NULL, &where, &error));
  NEAR (where.x, 40, 1e-12);
  NEAR (where.width, 40, 1e-12);

  g_assert_false (sal_similarity_pair (a, &all, b, &away, &s, NULL, NULL, &error));
  g_assert_nonnull (error);
  g_error_free (error);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/similarity/spearman", test_spearman);
  g_test_add_func ("/engine/similarity/top", test_top);
  g_test_add_func ("/engine/similarity/ssim", test_ssim);
  g_test_add_func ("/engine/similarity/pair", test_pair);
  return g_test_run ();
}
