/* Parts of what a network sees: which cells they hold, and what share of a map lies in them. */
#include "engine/image/region.h"
#include "tests/support.h"

#include <math.h>

static void
expect (SalRegion *region, int width, int height, const char *picture)
{
  const guint8 *mask = sal_region_mask (region);
  int n = 0;

  g_assert_cmpint (sal_region_width (region), ==, width);
  g_assert_cmpint (sal_region_height (region), ==, height);
  for (int i = 0; i < width * height; i++) {
    g_assert_cmpint (mask[i], ==, picture[i] == '#');
    n += mask[i];
  }
  g_assert_cmpfloat_with_epsilon (sal_region_area (region), (double) n / (width * height), 1e-12);
}

static void
test_rectangle (void)
{
  g_autoptr (SalRegion) plain = sal_region_new_rectangle (4, 3, 1, 1, 3, 3);
  expect (plain, 4, 3,
          "...."
          ".##."
          ".##.");
  /* Corners in any order, and only cells whose centres are inside. */
  g_autoptr (SalRegion) turned = sal_region_new_rectangle (4, 3, 3.4, 2.6, 0.6, 0.4);
  expect (turned, 4, 3,
          ".##."
          ".##."
          ".##.");
  /* A click, and a rectangle that reaches beyond the grid. */
  g_autoptr (SalRegion) click = sal_region_new_rectangle (4, 3, 2.2, 1.9, 2.2, 1.9);
  expect (click, 4, 3,
          "...."
          "..#."
          "....");
  g_autoptr (SalRegion) beyond = sal_region_new_rectangle (4, 3, -50, -50, 1, 50);
  expect (beyond, 4, 3,
          "#..."
          "#..."
          "#...");
  g_autoptr (SalRegion) off = sal_region_new_rectangle (4, 3, 10, 10, 11, 11);
  expect (off, 4, 3,
          "...."
          "...."
          "....");
}

static void
test_polygon (void)
{
  const double triangle[][2] = { { 0, 0 }, { 6.2, 0 }, { 0, 6.2 } };
  g_autoptr (SalRegion) region = sal_region_new_polygon (6, 6, triangle, 3);
  expect (region, 6, 6,
          "######"
          "#####."
          "####.."
          "###..."
          "##...."
          "#.....");
  /* A corner at the height of a row's centre is crossed once. */
  const double diamond[][2] = { { 2.5, 0 }, { 5, 2.5 }, { 2.5, 5 }, { 0, 2.5 } };
  g_autoptr (SalRegion) middle = sal_region_new_polygon (5, 5, diamond, 4);
  expect (middle, 5, 5,
          "..#.."
          ".###."
          "#####"
          ".###."
          "..#..");
  /* What is enclosed twice is outside; fewer than three corners enclose nothing. */
  const double twice[][2] = { { 0, 0 }, { 4, 0 }, { 4, 4 }, { 0, 4 }, { 0, 0 },
                              { 3, 0 }, { 3, 3 }, { 0, 3 }, { 0, 0 } };
  g_autoptr (SalRegion) rim = sal_region_new_polygon (4, 4, twice, 9);
  expect (rim, 4, 4,
          "...#"
          "...#"
          "...#"
          "####");
  g_autoptr (SalRegion) line = sal_region_new_polygon (4, 4, triangle, 2);
  g_assert_cmpfloat (sal_region_area (line), ==, 0);
  g_autoptr (SalRegion) none = sal_region_new_polygon (4, 4, triangle, 0);
  g_assert_cmpfloat (sal_region_area (none), ==, 0);
}

static void
test_combine (void)
{
  const int of[] = { 0, 0, 1, 1, 2, 2 };
  g_autoptr (SalRegion) first = sal_region_new_segment (3, 2, of, 0);
  g_autoptr (SalRegion) second = sal_region_new_segment (3, 2, of, 1);
  g_autoptr (SalRegion) both = sal_region_join (first, second);
  expect (both, 3, 2,
          "###"
          "#..");
  g_autoptr (SalRegion) back = sal_region_take (both, first);
  expect (back, 3, 2,
          "..#"
          "#..");
  g_autoptr (SalRegion) again = sal_region_new (3, 2, sal_region_mask (back));
  expect (again, 3, 2,
          "..#"
          "#..");
}

static SalHeatmap *
map (int width, int height, const float *values)
{
  g_autoptr (SalTensor) tensor =
      sal_tensor_new_copy (SAL_FLOAT, &SAL_SHAPE (height, width), values);
  SalHeatmapStyle style = { SAL_REDUCE_SUM, SAL_SIGN_SIGNED, SAL_NORMALIZE_MAX, 0, 0 };
  GError *error = NULL;
  SalHeatmap *heatmap = sal_heatmap_new (tensor, SAL_NCHW, &style, &error);

  g_assert_no_error (error);
  return heatmap;
}

static void
test_share (void)
{
  const float values[] = { 1, -2, 3, 4 };
  g_autoptr (SalHeatmap) heatmap = map (2, 2, values);
  const guint8 left[] = { 1, 0, 1, 0 };
  g_autoptr (SalRegion) region = sal_region_new (2, 2, left);
  SalRegionShare share = sal_region_share (region, heatmap);

  g_assert_cmpfloat_with_epsilon (share.magnitude, 0.4, 1e-6);
  g_assert_cmpfloat_with_epsilon (share.inside, 4, 1e-6);
  g_assert_cmpfloat_with_epsilon (share.whole, 6, 1e-6);

  /* A finer and a coarser region, and one whose grid does not fit into the map's. */
  g_autoptr (SalRegion) fine = sal_region_new_rectangle (8, 8, 0, 0, 2, 8);
  share = sal_region_share (fine, heatmap);
  g_assert_cmpfloat_with_epsilon (share.magnitude, 0.2, 1e-6);
  g_assert_cmpfloat_with_epsilon (share.inside, 2, 1e-6);
  g_autoptr (SalRegion) all = sal_region_new_rectangle (1, 1, 0, 0, 1, 1);
  share = sal_region_share (all, heatmap);
  g_assert_cmpfloat_with_epsilon (share.magnitude, 1, 1e-6);
  g_autoptr (SalRegion) thirds = sal_region_new_rectangle (3, 3, 0, 0, 2, 3);
  share = sal_region_share (thirds, heatmap);
  g_assert_cmpfloat_with_epsilon (share.inside, 1 + 3 + (-2 + 4) / 3.0, 1e-6);

  const float zeros[4] = { 0 };
  g_autoptr (SalHeatmap) nothing = map (2, 2, zeros);
  g_assert_cmpfloat (sal_region_share (region, nothing).magnitude, ==, 0);
}

/* The parts of any cut sum to the whole, whatever the sizes. */
static void
test_parts_sum (void)
{
  for (int size = 1; size <= 13; size++) {
    g_autofree float *values = g_new (float, size *size);
    double sum = 0, magnitude = 0;
    SalRegionShare share;

    for (int i = 0; i < size * size; i++)
      values[i] = (float) sin (1 + 3.7 * i);
    g_autoptr (SalHeatmap) heatmap = map (size, size, values);
    for (int part = 0; part < 7; part++) {
      g_autoptr (SalRegion) strip = sal_region_new_rectangle (7, 5, part, 0, part + 1, 5);
      share = sal_region_share (strip, heatmap);
      sum += share.inside;
      magnitude += share.magnitude;
    }
    g_assert_cmpfloat_with_epsilon (magnitude, 1, 1e-9);
    g_assert_cmpfloat_with_epsilon (sum, share.whole, 1e-9);
  }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/image/region/rectangle", test_rectangle);
  g_test_add_func ("/engine/image/region/polygon", test_polygon);
  g_test_add_func ("/engine/image/region/combine", test_combine);
  g_test_add_func ("/engine/image/region/share", test_share);
  g_test_add_func ("/engine/image/region/parts-sum", test_parts_sum);
  return g_test_run ();
}
