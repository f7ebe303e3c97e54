#include "engine/base/error.h"
#include "engine/image/enlarge.h"
#include "engine/image/heatmap.h"
#include "engine/tensor/npy.h"
#include "tests/support.h"

#include <float.h>
#include <math.h>
#include <string.h>

#define assert_near(a, b) g_assert_cmpfloat_with_epsilon ((a), (b), 1e-6)

static SalHeatmap *
make (const SalShape *shape, const float *data, SalLayout layout, const SalHeatmapStyle *style)
{
  g_autoptr (SalTensor) attribution = sal_tensor_new_copy (SAL_FLOAT, shape, data);
  g_autoptr (GError) error = NULL;
  SalHeatmap *heatmap = sal_heatmap_new (attribution, layout, style, &error);

  g_assert_no_error (error);

  /* Whatever comes in, what goes out can be drawn. */
  int n = sal_heatmap_width (heatmap) * sal_heatmap_height (heatmap);
  float low = sal_heatmap_signed (heatmap) ? -1 : 0;
  double from, to;

  for (int i = 0; i < n; i++) {
    float value = sal_heatmap_values (heatmap)[i];

    g_assert_true (value >= low && value <= 1); /* NaN is neither */
  }
  sal_heatmap_range (heatmap, &from, &to);
  g_assert_true (isfinite (from) && isfinite (to));
  return heatmap;
}

/* The same three channels of 2×2 pixels in both layouts. */
static const float planes[] = { 1, -4, 0, 2, /**/ -3, 1, 0, 2, /**/ 1, 1, 0, -5 };
static const float pixels[] = { 1, -3, 1, /**/ -4, 1, 1, /**/ 0, 0, 0, /**/ 2, 2, -5 };

static void
test_reduce (void)
{
  static const struct {
    SalReduce reduce;
    double absolute[4], positive[4], negative[4], both[4];
  } cases[] = {
    { SAL_REDUCE_MAX_ABS, { 3, 4, 0, 5 }, { 1, 1, 0, 2 }, { 3, 4, 0, 5 }, { -3, -4, 0, -5 } },
    { SAL_REDUCE_SUM, { 1, 2, 0, 1 }, { 0, 0, 0, 0 }, { 1, 2, 0, 1 }, { -1, -2, 0, -1 } },
    { SAL_REDUCE_MEAN_ABS,
      { 5 / 3.0, 2, 0, 3 },
      { 2 / 3.0, 2 / 3.0, 0, 4 / 3.0 },
      { 1, 4 / 3.0, 0, 5 / 3.0 },
      { -5 / 3.0, -2, 0, -3 } },
    { SAL_REDUCE_L2,
      { 3.3166247903554, 4.2426406871193, 0, 5.7445626465380 },
      { 1.4142135623731, 1.4142135623731, 0, 2.8284271247462 },
      { 3, 4, 0, 5 },
      { -3.3166247903554, -4.2426406871193, 0, -5.7445626465380 } },
  };

  for (gsize c = 0; c < G_N_ELEMENTS (cases); c++)
    for (int sign = SAL_SIGN_ABSOLUTE; sign <= SAL_SIGN_SIGNED; sign++) {
      const double *expected = sign == SAL_SIGN_ABSOLUTE   ? cases[c].absolute
                               : sign == SAL_SIGN_POSITIVE ? cases[c].positive
                               : sign == SAL_SIGN_NEGATIVE ? cases[c].negative
                                                           : cases[c].both;
      SalHeatmapStyle style = { cases[c].reduce, sign, SAL_NORMALIZE_MAX, 0, 0 };
      double direction = sign == SAL_SIGN_NEGATIVE ? -1 : 1;
      g_autoptr (SalHeatmap) a = make (&SAL_SHAPE (1, 3, 2, 2), planes, SAL_NCHW, &style);
      g_autoptr (SalHeatmap) b = make (&SAL_SHAPE (3, 2, 2), planes, SAL_NCHW, &style);
      g_autoptr (SalHeatmap) d = make (&SAL_SHAPE (1, 2, 2, 3), pixels, SAL_NHWC, &style);
      double largest = 0;

      for (int i = 0; i < 4; i++)
        largest = fmax (largest, fabs (expected[i]));
      for (int i = 0; i < 4; i++) {
        assert_near (sal_heatmap_real (a, i % 2, i / 2), direction * expected[i]);
        assert_near (sal_heatmap_values (a)[i], largest > 0 ? expected[i] / largest : 0);
      }
      g_assert_cmpmem (sal_heatmap_values (a), 16, sal_heatmap_values (b), 16);
      g_assert_cmpmem (sal_heatmap_values (a), 16, sal_heatmap_values (d), 16);
      g_assert_cmpint (sal_heatmap_signed (a), ==, sign == SAL_SIGN_SIGNED);
      g_assert_cmpint (sal_heatmap_flat (a), ==, largest == 0);
    }
}

/* Channels that cancel have no direction. */
static void
test_no_direction (void)
{
  const float data[] = { 2, 1, -2, 1 };
  SalHeatmapStyle style = { SAL_REDUCE_L2, SAL_SIGN_SIGNED, SAL_NORMALIZE_MAX, 0, 0 };
  g_autoptr (SalHeatmap) heatmap = make (&SAL_SHAPE (2, 1, 2), data, SAL_NCHW, &style);

  g_assert_true (sal_heatmap_values (heatmap)[0] == 0);
  g_assert_true (sal_heatmap_values (heatmap)[1] == 1);
}

static void
test_scales (void)
{
  /* 0, 1 ... 100, of which numpy.percentile (..., 98) is 98 and (..., 97.5) is 97.5. */
  float data[101];
  double low, high;

  for (int i = 0; i <= 100; i++)
    data[(i * 37) % 101] = i;
  for (int sign = SAL_SIGN_ABSOLUTE; sign <= SAL_SIGN_SIGNED; sign += SAL_SIGN_SIGNED) {
    SalHeatmapStyle style = { SAL_REDUCE_SUM, sign, SAL_NORMALIZE_PERCENTILE, 2, 0 };

    if (sign == SAL_SIGN_SIGNED)
      data[50] = -data[50];

    g_autoptr (SalHeatmap) two = make (&SAL_SHAPE (1, 101), data, SAL_NCHW, &style);

    sal_heatmap_range (two, &low, &high);
    assert_near (high, 98);
    assert_near (low, sign == SAL_SIGN_SIGNED ? -98 : 0);
    assert_near (sal_heatmap_limit (two), 98);
    for (int i = 0; i < 101; i++)
      assert_near (sal_heatmap_values (two)[i], CLAMP (data[i] / 98, -1, 1));

    style.clip = 2.5;

    g_autoptr (SalHeatmap) more = make (&SAL_SHAPE (1, 101), data, SAL_NCHW, &style);

    assert_near (sal_heatmap_limit (more), 97.5);

    style.clip = 0;

    g_autoptr (SalHeatmap) none = make (&SAL_SHAPE (1, 101), data, SAL_NCHW, &style);

    assert_near (sal_heatmap_limit (none), 100);

    /* 0 + 1 + ... + 98 is 4851 of 5050, 96.06 percent; 98 percent of 5050 is 4949, passed at 99. */
    style.clip = 2;
    style.normalize = SAL_NORMALIZE_MASS;

    g_autoptr (SalHeatmap) mass = make (&SAL_SHAPE (1, 101), data, SAL_NCHW, &style);

    assert_near (sal_heatmap_limit (mass), 99);

    style.limit = 25;

    g_autoptr (SalHeatmap) shared = make (&SAL_SHAPE (1, 101), data, SAL_NCHW, &style);

    assert_near (sal_heatmap_limit (shared), 25);
    for (int i = 0; i < 101; i++)
      assert_near (sal_heatmap_values (shared)[i], CLAMP (data[i] / 25, -1, 1));
  }
}

static void
test_zscore (void)
{
  /* 99 values at 10 ± 1 and one at 100: mean 10.9 and deviation 9.0 by numpy. */
  float data[100];
  double low, high, sum = 0, squares = 0;
  SalHeatmapStyle style = { SAL_REDUCE_SUM, SAL_SIGN_ABSOLUTE, SAL_NORMALIZE_ZSCORE, 2, 0 };

  for (int i = 0; i < 100; i++) {
    data[i] = i == 7 ? 100 : 10 + (i % 3 - 1);
    sum += data[i];
    squares += (double) data[i] * data[i];
  }

  double mean = sum / 100, deviation = sqrt (squares / 100 - mean * mean);
  g_autoptr (SalHeatmap) one_sided = make (&SAL_SHAPE (10, 10), data, SAL_NCHW, &style);

  sal_heatmap_range (one_sided, &low, &high);
  assert_near (high, mean + 3 * deviation);
  assert_near (low, 0); /* mean − 3 σ is negative */

  style.sign = SAL_SIGN_SIGNED;
  data[0] = 0;

  g_autoptr (SalHeatmap) two_sided = make (&SAL_SHAPE (10, 10), data, SAL_NCHW, &style);

  sal_heatmap_range (two_sided, &low, &high);
  g_assert_true (low == -high);
  g_assert_true (sal_heatmap_values (two_sided)[0] == 0);
  assert_near (high, 3 * sqrt ((squares - 81) / 100));

  /* A small spread far from 0 fills the range. */
  style.sign = SAL_SIGN_ABSOLUTE;
  for (int i = 0; i < 100; i++)
    data[i] = 1000 + (i % 2);

  g_autoptr (SalHeatmap) narrow = make (&SAL_SHAPE (10, 10), data, SAL_NCHW, &style);

  sal_heatmap_range (narrow, &low, &high);
  assert_near (low, 1000.5 - 1.5);
  assert_near (high, 1001);
}

/* Nearly all zeros, as an occlusion map may be: the 98th percentile is 0, the map is still shown.
 */
static void
test_sparse (void)
{
  float data[1000] = { 0 };

  data[500] = 4;
  data[501] = 2;
  for (int normalize = SAL_NORMALIZE_MAX; normalize <= SAL_NORMALIZE_ZSCORE; normalize++) {
    SalHeatmapStyle style = { SAL_REDUCE_SUM, SAL_SIGN_ABSOLUTE, normalize, 2, 0 };
    g_autoptr (SalHeatmap) heatmap = make (&SAL_SHAPE (1, 1, 1000), data, SAL_NCHW, &style);

    g_assert_false (sal_heatmap_flat (heatmap));
    g_assert_true (sal_heatmap_values (heatmap)[500] == 1);
    g_assert_true (sal_heatmap_values (heatmap)[0] == 0);
  }
}

static void
test_strange (void)
{
  static const struct {
    const char *what;
    float data[4];
    gboolean flat;
    int broken;
    float values[4]; /* signed, sum, max */
  } cases[] = {
    { "zeros", { 0, 0, 0, 0 }, TRUE, 0, { 0, 0, 0, 0 } },
    { "constant", { 3, 3, 3, 3 }, TRUE, 0, { 0, 0, 0, 0 } },
    { "negative constant", { -3, -3, -3, -3 }, TRUE, 0, { 0, 0, 0, 0 } },
    { "all NaN", { NAN, NAN, NAN, NAN }, TRUE, 4, { 0, 0, 0, 0 } },
    { "all infinite", { INFINITY, INFINITY, INFINITY, INFINITY }, TRUE, 4, { 0, 0, 0, 0 } },
    { "some NaN", { 1, NAN, -2, NAN }, FALSE, 2, { 0.5, 0, -1, 0 } },
    { "some infinite", { 1, INFINITY, -2, -INFINITY }, FALSE, 2, { 0.5, 1, -1, -1 } },
    { "infinite and zero", { 0, INFINITY, 0, -INFINITY }, FALSE, 2, { 0, 1, 0, -1 } },
    { "denormal", { 1e-44f, -2e-44f, 0, 5e-45f }, FALSE, 0, { 0.5, -1, 0, 0.285714f } },
    { "smallest", { FLT_TRUE_MIN, 0, 0, 0 }, FALSE, 0, { 1, 0, 0, 0 } },
    { "largest", { FLT_MAX, -FLT_MAX, 0, FLT_MAX / 2 }, FALSE, 0, { 1, -1, 0, 0.5 } },
    { "far apart", { FLT_MAX, FLT_TRUE_MIN, 0, -1 }, FALSE, 0, { 1, 0, 0, 0 } },
  };

  for (gsize c = 0; c < G_N_ELEMENTS (cases); c++) {
    g_test_message ("%s", cases[c].what);

    /* Every combination must give finite numbers in range; make() looks. */
    for (int reduce = SAL_REDUCE_MAX_ABS; reduce <= SAL_REDUCE_L2; reduce++)
      for (int sign = SAL_SIGN_ABSOLUTE; sign <= SAL_SIGN_SIGNED; sign++)
        for (int normalize = SAL_NORMALIZE_MAX; normalize <= SAL_NORMALIZE_ZSCORE; normalize++)
          for (double limit = 0; limit < 2e-300; limit += 1e-300) {
            SalHeatmapStyle style = { reduce, sign, normalize, 10, limit };
            g_autoptr (SalHeatmap) a = make (&SAL_SHAPE (1, 2, 2), cases[c].data, SAL_NCHW, &style);
            g_autoptr (SalHeatmap) b = make (&SAL_SHAPE (4, 1, 1), cases[c].data, SAL_NCHW, &style);

            g_assert_cmpint (sal_heatmap_broken (a), ==, cases[c].broken);
          }

    SalHeatmapStyle style = { SAL_REDUCE_SUM, SAL_SIGN_SIGNED, SAL_NORMALIZE_MAX, 0, 0 };
    g_autoptr (SalHeatmap) heatmap = make (&SAL_SHAPE (2, 2), cases[c].data, SAL_NCHW, &style);

    g_assert_cmpint (sal_heatmap_flat (heatmap), ==, cases[c].flat);
    for (int i = 0; i < 4; i++)
      assert_near (sal_heatmap_values (heatmap)[i], cases[c].values[i]);
  }

  /* The real value of a flat map is told; with a shared scale it is shown, too. */
  const float three[] = { -3, -3, -3, -3 };
  SalHeatmapStyle style = SAL_HEATMAP_STYLE_INIT;
  double low, high;

  style.sign = SAL_SIGN_SIGNED;

  g_autoptr (SalHeatmap) flat = make (&SAL_SHAPE (2, 2), three, SAL_NCHW, &style);

  sal_heatmap_range (flat, &low, &high);
  g_assert_true (low == -3 && high == -3);
  style.limit = 6;

  g_autoptr (SalHeatmap) shared = make (&SAL_SHAPE (2, 2), three, SAL_NCHW, &style);

  g_assert_true (sal_heatmap_values (shared)[0] == -0.5f);
}

static void
test_refused (void)
{
  static const struct {
    SalType type;
    SalShape shape;
    double clip, limit;
    int code;
  } cases[] = {
    { SAL_FLOAT, { 0 }, 2, 0, SAL_ERROR_SHAPE },
    { SAL_FLOAT, { 1, { 5 } }, 2, 0, SAL_ERROR_SHAPE },
    { SAL_FLOAT, { 4, { 2, 1, 2, 2 } }, 2, 0, SAL_ERROR_SHAPE },
    { SAL_FLOAT, { 3, { 3, 0, 2 } }, 2, 0, SAL_ERROR_SHAPE },
    { SAL_FLOAT, { 3, { 0, 2, 2 } }, 2, 0, SAL_ERROR_SHAPE },
    { SAL_FLOAT, { 5, { 1, 1, 1, 2, 2 } }, 2, 0, SAL_ERROR_SHAPE },
    { SAL_INT, { 3, { 1, 2, 2 } }, 2, 0, SAL_ERROR_SHAPE },
    { SAL_FLOAT, { 3, { 1, 2, 2 } }, -1, 0, SAL_ERROR_ARGUMENT },
    { SAL_FLOAT, { 3, { 1, 2, 2 } }, 51, 0, SAL_ERROR_ARGUMENT },
    { SAL_FLOAT, { 3, { 1, 2, 2 } }, NAN, 0, SAL_ERROR_ARGUMENT },
    { SAL_FLOAT, { 3, { 1, 2, 2 } }, 2, -1, SAL_ERROR_ARGUMENT },
    { SAL_FLOAT, { 3, { 1, 2, 2 } }, 2, INFINITY, SAL_ERROR_ARGUMENT },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (SalTensor) attribution = sal_tensor_new (cases[i].type, &cases[i].shape);
    SalHeatmapStyle style = SAL_HEATMAP_STYLE_INIT;
    g_autoptr (GError) error = NULL;

    style.clip = cases[i].clip;
    style.limit = cases[i].limit;
    g_assert_null (sal_heatmap_new (attribution, SAL_NCHW, &style, &error));
    g_assert_error (error, SAL_ERROR, cases[i].code);
  }
}

static void
test_rank (void)
{
  const float data[] = { 4, -8, 2, 2 };
  SalHeatmapStyle style = { SAL_REDUCE_SUM, SAL_SIGN_SIGNED, SAL_NORMALIZE_MAX, 0, 0 };
  g_autoptr (SalHeatmap) heatmap = make (&SAL_SHAPE (2, 2), data, SAL_NCHW, &style);

  g_assert_true (sal_heatmap_rank (heatmap, 1, 0) == 0);
  g_assert_true (sal_heatmap_rank (heatmap, 0, 0) == 0.25);
  g_assert_true (sal_heatmap_rank (heatmap, 0, 1) == 0.5);
  g_assert_true (sal_heatmap_rank (heatmap, 1, 1) == 0.5);
}

/* The quick selection agrees with sorting on data that is hard for it. */
static void
test_percentiles_sorted (void)
{
  GRand *rand = g_rand_new_with_seed (5);

  for (int round = 0; round < 200; round++) {
    int n = g_rand_int_range (rand, 2, 400), kinds = g_rand_int_range (rand, 2, 400);
    g_autofree float *data = g_new (float, n);
    g_autofree float *sorted = g_new (float, n);
    double clip = g_rand_double_range (rand, 0.1, 50), position = (n - 1) * (100 - clip) / 100;

    for (int i = 0; i < n; i++)
      data[i] = round % 3 == 0 ? i % kinds : g_rand_int_range (rand, 0, kinds);
    data[0] = kinds + 1; /* never flat */
    for (int i = 0; i < n; i++) {
      int at = i;

      for (; at > 0 && sorted[at - 1] > data[i]; at--)
        sorted[at] = sorted[at - 1];
      sorted[at] = data[i];
    }

    int below = (int) position;
    double expected = sorted[below];

    if (below + 1 < n)
      expected += (sorted[below + 1] - sorted[below]) * (position - below);
    if (expected == 0)
      expected = sorted[n - 1];

    SalHeatmapStyle style = { SAL_REDUCE_SUM, SAL_SIGN_ABSOLUTE, SAL_NORMALIZE_PERCENTILE, clip,
                              0 };
    g_autoptr (SalHeatmap) heatmap = make (&SAL_SHAPE (1, n), data, SAL_NCHW, &style);

    assert_near (sal_heatmap_limit (heatmap), expected);
  }
  g_rand_free (rand);
}

static void
assert_enlarged (const SalShape *shape, const float *data, int height, int width, SalEnlarge mode,
                 const float *expected)
{
  g_autoptr (SalTensor) map = sal_tensor_new_copy (SAL_FLOAT, shape, data);
  g_autoptr (GError) error = NULL;
  g_autoptr (SalTensor) large = sal_enlarge (map, height, width, mode, &error);

  g_assert_no_error (error);
  for (gint64 i = 0; i < sal_tensor_count (large); i++)
    assert_near (sal_tensor_floats (large)[i], expected[i]);
}

/* torch.nn.functional.interpolate (..., align_corners=False) on these inputs. */
static void
test_enlarge (void)
{
  const float data[] = { 0, 4, 8, 16 };
  const float expected[] = { 0, 1, 3, 4, 2, 3.25, 5.75, 7, 6, 7.75, 11.25, 13, 8, 10, 14, 16 };
  const float nearest[] = { 0, 0, 4, 0, 0, 4, 8, 8, 16 };
  const float row[] = { 1, 2, 3, 4, 5 };
  const float fewer[] = { 1, 2, 4 };

  assert_enlarged (&SAL_SHAPE (1, 2, 2), data, 4, 4, SAL_ENLARGE_BILINEAR, expected);
  assert_enlarged (&SAL_SHAPE (2, 2), data, 3, 3, SAL_ENLARGE_NEAREST, nearest);
  assert_enlarged (&SAL_SHAPE (1, 1, 1, 5), row, 1, 3, SAL_ENLARGE_NEAREST, fewer);
  assert_enlarged (&SAL_SHAPE (4, 1, 1), data, 1, 1, SAL_ENLARGE_BILINEAR, data);
  assert_enlarged (&SAL_SHAPE (2, 2), data, 2, 2, SAL_ENLARGE_BILINEAR, data);

  g_autoptr (SalTensor) flat = sal_tensor_new (SAL_FLOAT, &SAL_SHAPE (4));
  g_autoptr (GError) error = NULL;

  g_assert_null (sal_enlarge (flat, 2, 2, SAL_ENLARGE_NEAREST, &error));
  g_assert_error (error, SAL_ERROR, SAL_ERROR_SHAPE);
}

/* A CAM and what PyTorch made of it. */
static void
test_enlarge_reference (void)
{
  g_autofree char *raw_path = test_reference ("oracles/cnn/gradcam_relu2.npy");
  g_autofree char *up_path =
      raw_path != NULL ? test_reference ("oracles/cnn/gradcam_relu2_up.npy") : NULL;
  g_autoptr (GError) error = NULL;

  if (up_path == NULL)
    return;

  g_autoptr (SalTensor) raw = sal_npy_load (raw_path, &error);
  g_autoptr (SalTensor) up = sal_npy_load (up_path, &error);
  const SalShape *shape = sal_tensor_shape (up);
  g_autoptr (SalTensor) large = sal_enlarge (
      raw, shape->dim[shape->rank - 2], shape->dim[shape->rank - 1], SAL_ENLARGE_BILINEAR, &error);

  g_assert_no_error (error);
  for (gint64 i = 0; i < sal_tensor_count (up); i++)
    assert_near (sal_tensor_floats (large)[i], sal_tensor_floats (up)[i]);
}

static void
test_mix (void)
{
  const float first[] = { 1, -1, 0, 0.5f }, second[] = { 0, 1, 2, -2 };
  SalHeatmapStyle style = { SAL_REDUCE_SUM, SAL_SIGN_SIGNED, SAL_NORMALIZE_MAX, 0, 0 };
  g_autoptr (SalHeatmap) from = make (&SAL_SHAPE (2, 2), first, SAL_NCHW, &style);
  g_autoptr (SalHeatmap) to = make (&SAL_SHAPE (2, 2), second, SAL_NCHW, &style);
  g_autoptr (SalHeatmap) quarter = sal_heatmap_mix (from, to, 0.25);
  g_autoptr (SalHeatmap) end = sal_heatmap_mix (from, to, 1);
  const float want[] = { 0.75f, -0.625f, 0.25f, 0.125f };
  double low, high;

  for (int i = 0; i < 4; i++) {
    assert_near (sal_heatmap_values (quarter)[i], want[i]);
    assert_near (sal_heatmap_values (end)[i], sal_heatmap_values (to)[i]);
  }
  /* All but what is drawn is of the one it will be. */
  sal_heatmap_range (quarter, &low, &high);
  assert_near (high, 2);
  assert_near (sal_heatmap_real (quarter, 1, 1), -2);

  style.sign = SAL_SIGN_ABSOLUTE;
  g_autoptr (SalHeatmap) unsigned_map = make (&SAL_SHAPE (2, 2), first, SAL_NCHW, &style);
  g_autoptr (SalHeatmap) none = sal_heatmap_mix (unsigned_map, to, 0.5);
  g_assert_true (none == to);
  style.sign = SAL_SIGN_SIGNED;
  g_autoptr (SalHeatmap) narrow = make (&SAL_SHAPE (4, 1), first, SAL_NCHW, &style);
  g_autoptr (SalHeatmap) other = sal_heatmap_mix (narrow, to, 0.5);
  g_assert_true (other == to);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/image/heatmap/reduce", test_reduce);
  g_test_add_func ("/engine/image/heatmap/no-direction", test_no_direction);
  g_test_add_func ("/engine/image/heatmap/scales", test_scales);
  g_test_add_func ("/engine/image/heatmap/zscore", test_zscore);
  g_test_add_func ("/engine/image/heatmap/sparse", test_sparse);
  g_test_add_func ("/engine/image/heatmap/strange", test_strange);
  g_test_add_func ("/engine/image/heatmap/refused", test_refused);
  g_test_add_func ("/engine/image/heatmap/rank", test_rank);
  g_test_add_func ("/engine/image/heatmap/percentiles-sorted", test_percentiles_sorted);
  g_test_add_func ("/engine/image/heatmap/mix", test_mix);
  g_test_add_func ("/engine/image/enlarge/known", test_enlarge);
  g_test_add_func ("/engine/image/enlarge/reference", test_enlarge_reference);
  return g_test_run ();
}
