#include "engine/base/error.h"
#include "engine/image/overlay.h"
#include "tests/engine/synthetic.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static SalHeatmap *
heatmap_new (int height, int width, const float *data, SalSign sign)
{
  g_autoptr (SalTensor) attribution =
      sal_tensor_new_copy (SAL_FLOAT, &SAL_SHAPE (height, width), data);
  SalHeatmapStyle style = { SAL_REDUCE_SUM, sign, SAL_NORMALIZE_MAX, 0, 0 };
  SalHeatmap *heatmap = sal_heatmap_new (attribution, SAL_NCHW, &style, NULL);

  g_assert_nonnull (heatmap);
  return heatmap;
}

static guint32
pixel (const SalImage *image, int x, int y)
{
  const guint8 *p = sal_image_pixel (image, x, y);

  return (guint32) p[0] << 16 | p[1] << 8 | p[2];
}

static void
assert_close (guint32 a, guint32 b, int most)
{
  for (int shift = 0; shift < 24; shift += 8)
    g_assert_cmpint (abs ((int) (a >> shift & 255) - (int) (b >> shift & 255)), <=, most);
}

static guint32
mix (guint32 over, guint32 under, double opacity)
{
  guint32 result = 0;

  for (int shift = 0; shift < 24; shift += 8)
    result |=
        (guint32) ((over >> shift & 255) * opacity + (under >> shift & 255) * (1 - opacity) + 0.5)
        << shift;
  return result;
}

static const float quarter[] = { 0, 0.25, 0.5, 1 };

/* Outside of what the network saw, the picture is as it was, to the bit. */
static void
test_plain_outside (void)
{
  g_autoptr (SalImage) picture = synthetic_new (40, 30);
  g_autoptr (SalHeatmap) heatmap = heatmap_new (2, 2, quarter, SAL_SIGN_ABSOLUTE);
  SalRect seen = { 8, 3, 24, 24 };

  for (int blend = SAL_BLEND_OVER; blend <= SAL_BLEND_FADE; blend++)
    for (int scale = 1; scale <= 3; scale += 2) {
      SalOverlayStyle style = { NULL, blend, 1, FALSE };
      g_autoptr (GError) error = NULL;
      g_autoptr (SalImage) result =
          sal_overlay_render (picture, heatmap, &seen, &style, scale, &error);

      g_assert_no_error (error);
      g_assert_cmpint (sal_image_width (result), ==, 40 * scale);
      g_assert_cmpint (sal_image_height (result), ==, 30 * scale);
      for (int y = 0; y < 30 * scale; y++)
        for (int x = 0; x < 40 * scale; x++) {
          int px = x / scale, py = y / scale;
          gboolean inside = px >= 8 && px < 32 && py >= 3 && py < 27;
          float value = quarter[(py >= 15) * 2 + (px >= 20)];
          guint32 colour = sal_colormap_colour (sal_colormap_default (FALSE), value);
          double opacity = blend == SAL_BLEND_FADE ? value : 1;

          if (inside)
            assert_close (pixel (result, x, y), mix (colour, pixel (picture, px, py), opacity), 1);
          else
            g_assert_cmphex (pixel (result, x, y), ==, pixel (picture, px, py));
        }
    }
}

static void
test_opacity (void)
{
  g_autoptr (SalImage) picture = synthetic_new (16, 16);
  g_autoptr (SalHeatmap) heatmap = heatmap_new (2, 2, quarter, SAL_SIGN_SIGNED);
  SalRect seen = { 0, 0, 16, 16 };

  for (double opacity = 0; opacity <= 1; opacity += 0.2) {
    SalOverlayStyle style = { sal_colormap_find ("rdbu"), SAL_BLEND_OVER, opacity, FALSE };
    g_autoptr (SalImage) result = sal_overlay_render (picture, heatmap, &seen, &style, 1, NULL);

    for (int y = 0; y < 16; y++)
      for (int x = 0; x < 16; x++) {
        double position = (quarter[y / 8 * 2 + x / 8] + 1) / 2;

        assert_close (
            pixel (result, x, y),
            mix (sal_colormap_colour (style.map, position), pixel (picture, x, y), opacity), 1);
      }
    if (opacity == 0)
      g_assert_true (sal_image_equal (result, picture));
  }
}

static void
test_mask (void)
{
  const guint8 white[] = { 255, 255, 255 };
  g_autoptr (SalImage) picture = sal_image_new_filled (20, 10, white);
  g_autoptr (SalHeatmap) heatmap = heatmap_new (2, 2, quarter, SAL_SIGN_ABSOLUTE);
  SalRect seen = { 5, 0, 10, 10 };
  SalOverlayStyle style = { NULL, SAL_BLEND_MASK, 0.8, FALSE };
  g_autoptr (SalImage) result = sal_overlay_render (picture, heatmap, &seen, &style, 1, NULL);

  assert_close (pixel (result, 0, 5), 0x333333, 1); /* not seen: 1 − 0.8 */
  assert_close (pixel (result, 6, 2), 0x333333, 1);
  assert_close (pixel (result, 12, 2), 0x666666, 1); /* 1 − 0.8 · 0.75 */
  assert_close (pixel (result, 12, 7), 0xffffff, 0);
}

static void
test_side_by_side (void)
{
  g_autoptr (SalImage) picture = synthetic_new (128, 40);
  g_autoptr (SalHeatmap) heatmap = heatmap_new (2, 2, quarter, SAL_SIGN_ABSOLUTE);
  SalRect seen = { 44, 0, 40, 40 };
  SalOverlayStyle style = { sal_colormap_find ("gray"), SAL_BLEND_SIDE_BY_SIDE, 0.1, FALSE };
  g_autoptr (SalImage) result = sal_overlay_render (picture, heatmap, &seen, &style, 1, NULL);

  g_assert_cmpint (sal_image_width (result), ==, 128 + 2 + 128);
  g_assert_cmpint (sal_image_height (result), ==, 40);

  g_autoptr (SalImage) left = sal_image_crop (result, 0, 0, 128, 40);

  g_assert_true (sal_image_equal (left, picture));
  g_assert_cmphex (pixel (result, 129, 20), ==, 0xffffff);
  for (int x = 0; x < 44; x++) { /* a ghost: gray, pale */
    const guint8 *p = sal_image_pixel (result, 130 + x, 20);

    g_assert_true (p[0] == p[1] && p[1] == p[2]);
    g_assert_cmpint (p[0], >=, 212);
  }
  g_assert_cmphex (pixel (result, 130 + 44, 0), ==, 0x000000);
  g_assert_cmphex (pixel (result, 130 + 83, 39), ==, 0xffffff);
  g_assert_cmphex (pixel (result, 130 + 83, 0), ==, 0x404040);
}

/* Smooth values are those of bilinear interpolation with half-pixel centres. */
static void
test_smooth (void)
{
  const float data[] = { 0, 0.4, 1, 0.2, 0.6, 0 };
  g_autoptr (SalHeatmap) heatmap = heatmap_new (2, 3, data, SAL_SIGN_ABSOLUTE);
  g_autofree guint8 *gray = sal_overlay_gray (heatmap, TRUE, 30, 20);

  for (int y = 0; y < 20; y++)
    for (int x = 0; x < 30; x++) {
      double u = CLAMP ((x + 0.5) / 10 - 0.5, 0, 2), v = CLAMP ((y + 0.5) / 10 - 0.5, 0, 1);
      int j = MIN ((int) u, 1);
      double top = data[j] + (data[j + 1] - data[j]) * (u - j);
      double bottom = data[3 + j] + (data[4 + j] - data[3 + j]) * (u - j);

      g_assert_cmpfloat_with_epsilon (gray[y * 30 + x], 255 * (top + (bottom - top) * v), 0.501);
    }
}

static void
test_gray (void)
{
  const float data[] = { -1, 0, 1, -0.5 };
  g_autoptr (SalHeatmap) both = heatmap_new (2, 2, data, SAL_SIGN_SIGNED);
  g_autoptr (SalHeatmap) magnitude = heatmap_new (2, 2, data, SAL_SIGN_ABSOLUTE);
  g_autofree guint8 *a = sal_overlay_gray (both, FALSE, 2, 2);
  g_autofree guint8 *b = sal_overlay_gray (magnitude, FALSE, 4, 4);

  g_assert_cmpmem (a, 4, "\x00\x80\xff\x40", 4);
  g_assert_cmpmem (b, 4, "\xff\xff\x00\x00", 4);
  g_assert_cmpmem (b + 12, 4, "\xff\xff\x80\x80", 4);
}

/* The live view paints what the exported file shows. */
static void
test_paint_equals_render (void)
{
  g_autoptr (SalImage) black = sal_image_new_filled (60, 45, (const guint8[]){ 0, 0, 0 });
  float data[35];

  for (int i = 0; i < 35; i++)
    data[i] = (float) sin (i * 1.7);

  g_autoptr (SalHeatmap) heatmap = heatmap_new (5, 7, data, SAL_SIGN_SIGNED);
  SalRect seen = { 7.3, 2.1, 44.4, 40.2 };
  SalOverlayStyle style = { NULL, SAL_BLEND_OVER, 0.7, TRUE };
  g_autoptr (SalImage) file = sal_overlay_render (black, heatmap, &seen, &style, 1, NULL);
  g_autofree guint32 *view = g_new (guint32, 60 * 45);

  sal_overlay_paint (heatmap, &style, view, 60, 45, 60 * 4, &seen, NULL);
  for (int i = 0; i < 60 * 45; i++)
    g_assert_cmphex (view[i] & 0xffffff, ==, pixel (file, i % 60, i / 60));

  /* A window into it, as of a zoomed view, holds the same pixels. */
  guint32 part[20 * 10];
  SalRect moved = { seen.x - 25, seen.y - 30, seen.width, seen.height };

  sal_overlay_paint (heatmap, &style, part, 20, 10, 20 * 4, &moved, NULL);
  for (int y = 0; y < 10; y++)
    g_assert_cmpmem (part + y * 20, 80, view + (y + 30) * 60 + 25, 80);
}

/* Rectangles outside, inside out, enormous or not numbers paint nothing, and nothing else. */
static void
test_strange_rectangles (void)
{
  static const SalRect rects[] = {
    { -500, 0, 10, 10 },   { 500, 0, 10, 10 },       { 0, -500, 10, 10 },
    { 0, 0, 0, 10 },       { 0, 0, -5, -5 },         { NAN, 0, 10, 10 },
    { 0, 0, NAN, 10 },     { 0, 0, INFINITY, 10 },   { 5, 5, 1e-300, 1e-300 },
    { -1e300, 0, 10, 10 }, { 1e300, 1e300, 10, 10 },
  };
  g_autoptr (SalHeatmap) heatmap = heatmap_new (2, 2, quarter, SAL_SIGN_ABSOLUTE);

  for (gsize i = 0; i < G_N_ELEMENTS (rects); i++)
    for (int blend = SAL_BLEND_OVER; blend <= SAL_BLEND_SIDE_BY_SIDE; blend++)
      for (int smooth = 0; smooth <= 1; smooth++) {
        SalOverlayStyle style = { NULL, blend, 1, smooth };
        guint32 argb[12 * 9];

        memset (argb, 0x5a, sizeof argb);
        sal_overlay_paint (heatmap, &style, argb, 12, 9, 48, &rects[i], NULL);
        for (int p = 0; p < 12 * 9; p++)
          g_assert_cmphex (argb[p], ==, 0);
      }

  /* One cell, far enlarged. */
  SalOverlayStyle style = { sal_colormap_find ("gray"), SAL_BLEND_SIDE_BY_SIDE, 1, TRUE };
  SalRect far = { -1e9, -1e9, 1e9 + 1e6, 1e9 + 1e6 };
  guint32 argb[12 * 9];

  sal_overlay_paint (heatmap, &style, argb, 12, 9, 48, &far, NULL);
  for (int p = 0; p < 12 * 9; p++)
    g_assert_cmphex (argb[p], ==, 0xffffffff);
}

/* A thumbnail shows means, not whichever cell a pixel's centre hits. */
static void
test_small (void)
{
  g_autofree float *data = g_new0 (float, 64 * 64);

  for (int y = 0; y < 64; y++)
    for (int x = 0; x < 64; x++)
      data[y * 64 + x] = (x + y) % 2;

  g_autoptr (SalHeatmap) heatmap = heatmap_new (64, 64, data, SAL_SIGN_ABSOLUTE);
  g_autofree guint8 *gray = sal_overlay_gray (heatmap, TRUE, 8, 8);

  for (int i = 0; i < 64; i++)
    g_assert_cmpint (gray[i], ==, 128);

  /* 10 of 64 do not divide; the borders still belong to the picture. */
  g_autofree guint8 *odd = sal_overlay_gray (heatmap, TRUE, 10, 7);

  for (int i = 0; i < 70; i++)
    g_assert_cmpint (abs (odd[i] - 128), <=, 4);
}

static void
test_refused (void)
{
  g_autoptr (SalImage) picture = synthetic_new (4000, 2000);
  g_autoptr (SalHeatmap) heatmap = heatmap_new (2, 2, quarter, SAL_SIGN_ABSOLUTE);
  SalRect seen = { 0, 0, 4000, 2000 };
  SalOverlayStyle style = SAL_OVERLAY_STYLE_INIT;
  g_autoptr (GError) error = NULL;

  g_assert_null (sal_overlay_render (picture, heatmap, &seen, &style, 0, &error));
  g_assert_error (error, SAL_ERROR, SAL_ERROR_ARGUMENT);
  g_clear_error (&error);
  g_assert_null (sal_overlay_render (picture, heatmap, &seen, &style, 64, &error));
  g_assert_error (error, SAL_ERROR, SAL_ERROR_MEMORY);
}

static void
test_surface (void)
{
  g_autoptr (SalHeatmap) heatmap = heatmap_new (2, 2, quarter, SAL_SIGN_ABSOLUTE);
  SalOverlayStyle style = { sal_colormap_find ("gray"), SAL_BLEND_FADE, 0.5, FALSE };
  SalRect where = { 1, 0, 4, 4 };
  cairo_surface_t *surface = sal_overlay_surface (heatmap, &style, 5, 4, &where, NULL);

  g_assert_cmpint (cairo_surface_status (surface), ==, CAIRO_STATUS_SUCCESS);

  const guint32 *last = (const guint32 *) (cairo_image_surface_get_data (surface) +
                                           3 * cairo_image_surface_get_stride (surface));

  g_assert_cmphex (last[0], ==, 0);
  g_assert_cmphex (last[1], ==, 0x40202020); /* value ½: gray 0x80 at ¼ */
  g_assert_cmphex (last[4], ==, 0x80808080);
  cairo_surface_destroy (surface);
}

/* Not a benchmark of the machine, but a guard against something quadratic: the promise is a few
 * milliseconds for a whole window. */
static void
test_speed (void)
{
  g_autofree float *data = g_new (float, 224 * 224);
  g_autofree guint32 *argb = g_new (guint32, 1280 * 800);
  SalOverlayStyle style = SAL_OVERLAY_STYLE_INIT;
  SalRect where = { 240, 0, 800, 800 };
  double best = G_MAXDOUBLE;

  for (int i = 0; i < 224 * 224; i++)
    data[i] = (float) sin (i * 0.37);

  g_autoptr (SalHeatmap) heatmap = heatmap_new (224, 224, data, SAL_SIGN_SIGNED);

  for (int i = 0; i < 10; i++) {
    gint64 start = g_get_monotonic_time ();

    sal_overlay_paint (heatmap, &style, argb, 1280, 800, 1280 * 4, &where, NULL);
    best = fmin (best, (g_get_monotonic_time () - start) / 1000.0);
  }
  g_test_minimized_result (best, "1280×800 painted in %.2f ms", best);
  g_assert_cmpfloat (best, <, 100);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/image/overlay/plain-outside", test_plain_outside);
  g_test_add_func ("/engine/image/overlay/opacity", test_opacity);
  g_test_add_func ("/engine/image/overlay/mask", test_mask);
  g_test_add_func ("/engine/image/overlay/side-by-side", test_side_by_side);
  g_test_add_func ("/engine/image/overlay/smooth", test_smooth);
  g_test_add_func ("/engine/image/overlay/gray", test_gray);
  g_test_add_func ("/engine/image/overlay/paint-equals-render", test_paint_equals_render);
  g_test_add_func ("/engine/image/overlay/strange-rectangles", test_strange_rectangles);
  g_test_add_func ("/engine/image/overlay/small", test_small);
  g_test_add_func ("/engine/image/overlay/refused", test_refused);
  g_test_add_func ("/engine/image/overlay/surface", test_surface);
  g_test_add_func ("/engine/image/overlay/speed", test_speed);
  return g_test_run ();
}
