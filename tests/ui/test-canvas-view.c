/* The parts of the canvas that need no display: where things lie, copies of a size, numbers. */
#include "ui/canvas-number.h"
#include "ui/canvas-pyramid.h"
#include "ui/canvas-view.h"
#include "ui/number.h"

#include "engine/image/resample.h"

#include <math.h>

static SalCanvasView
view_of (int width, int height, int scale, int columns, int rows)
{
  SalCanvasView view = {
    .width = width, .height = height, .scale = scale, .columns = columns, .rows = rows, .fit = TRUE
  };

  sal_canvas_view_settle (&view);
  return view;
}

static void
assert_rect (const cairo_rectangle_int_t *r, int x, int y, int width, int height)
{
  g_assert_cmpint (r->x, ==, x);
  g_assert_cmpint (r->y, ==, y);
  g_assert_cmpint (r->width, ==, width);
  g_assert_cmpint (r->height, ==, height);
}

static void
test_fit (void)
{
  SalCanvasPane panes[2];

  for (int scale = 1; scale <= 2; scale++) {
    SalCanvasView view = view_of (824, 424, scale, 400, 400);

    /* 12 pixels of air, and the rest of the width shared between left and right. */
    g_assert_cmpint (sal_canvas_view_panes (&view, panes), ==, 1);
    assert_rect (&panes[0].picture, 212 * scale, 12 * scale, 400 * scale, 400 * scale);
    assert_rect (&panes[0].visible, 212 * scale, 12 * scale, 400 * scale, 400 * scale);
    g_assert_cmpfloat_with_epsilon (sal_canvas_view_zoom (&view), scale, 1e-12);
    g_assert_false (sal_canvas_view_can_pan (&view));

    /* Enlarged, too, and the longer side decides. */
    view = view_of (424, 324, scale, 20, 4);
    sal_canvas_view_panes (&view, panes);
    assert_rect (&panes[0].picture, 12 * scale, 122 * scale, 400 * scale, 80 * scale);
  }
}

static void
test_extremes (void)
{
  static const int sizes[][2] = {
    { 1, 1 }, { 20000, 10 }, { 10, 20000 }, { 1, 100000 }, { 14000, 14000 }
  };
  static const int widgets[][2] = { { 1, 1 }, { 3, 700 }, { 64, 64 }, { 3840, 2160 } };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    for (guint j = 0; j < G_N_ELEMENTS (widgets); j++)
      for (int scale = 1; scale <= 3; scale++)
        for (int two = 0; two < 2; two++)
          for (double zoom = 1e-6; zoom < 1e9; zoom *= 30) {
            SalCanvasView view =
                view_of (widgets[j][0], widgets[j][1], scale, sizes[i][0], sizes[i][1]);
            SalCanvasPane panes[2];
            double min, max;

            view.two = two;
            sal_canvas_view_settle (&view);
            sal_canvas_view_range (&view, &min, &max);
            sal_canvas_view_zoom_at (&view, zoom, widgets[j][0] / 3.0, widgets[j][1] / 2.0);
            sal_canvas_view_pan (&view, 1e7, -1e7);
            g_assert_cmpfloat (sal_canvas_view_zoom (&view), >=, min);
            g_assert_cmpfloat (sal_canvas_view_zoom (&view), <=, max);
            for (int n = sal_canvas_view_panes (&view, panes) - 1; n >= 0; n--) {
              g_assert_cmpint (panes[n].picture.width, >=, 1);
              g_assert_cmpint (panes[n].picture.height, >=, 1);
              g_assert_cmpint (panes[n].visible.width, <=, widgets[j][0] * scale);
              g_assert_cmpint (panes[n].visible.height, <=, widgets[j][1] * scale);
            }
          }

  SalCanvasView none = view_of (300, 200, 1, 0, 0);
  double px, py;

  sal_canvas_view_step (&none, 2, 10, 10);
  sal_canvas_view_pan (&none, 10, 10);
  g_assert_cmpfloat (sal_canvas_view_zoom (&none), ==, 0);
  g_assert_false (sal_canvas_view_to_picture (&none, 150, 100, &px, &py));
}

/* The point under the pointer stays there over a whole gesture, exactly but for the whole pixels
 * that the picture is drawn at, wherever it is larger than the window. */
static void
test_zoom_at (void)
{
  for (int scale = 1; scale <= 2; scale++)
    for (int two = 0; two < 2; two++) {
      SalCanvasView view = view_of (1000, 700, scale, 4000, 3000);
      double start_x = 0, start_y = 0, px, py;

      view.two = two;
      sal_canvas_view_zoom_at (&view, 1, 400, 300);
      for (int i = 0; i < 60; i++) {
        int pane = two && i % 20 < 10;
        double x = pane ? 700 : 230, y = 310;
        SalCanvasPane p[2];

        if (i % 10 == 0) {
          const cairo_rectangle_int_t *room = &p[pane].room;

          sal_canvas_view_panes (&view, p);
          start_x = view.x + (x * scale - room->x - room->width / 2.0) / view.zoom;
          start_y = view.y + (y * scale - room->y - room->height / 2.0) / view.zoom;
        }
        sal_canvas_view_zoom_at (&view, view.zoom * (i < 30 ? 1.06 : 0.98), x, y);
        g_assert_true (sal_canvas_view_to_picture (&view, x, y, &px, &py));
        g_assert_cmpfloat (fabs (px - start_x) * view.zoom, <=, 1);
        g_assert_cmpfloat (fabs (py - start_y) * view.zoom, <=, 1);
      }
    }
}

static void
test_edges (void)
{
  SalCanvasView view = view_of (500, 400, 2, 2000, 300);
  SalCanvasPane panes[2];

  sal_canvas_view_zoom_at (&view, 1, 250, 200);
  g_assert_true (sal_canvas_view_can_pan (&view));
  /* Across it is larger than the window and stops at the air; down it fits and stays centred. */
  sal_canvas_view_pan (&view, 5000, 5000);
  sal_canvas_view_panes (&view, panes);
  assert_rect (&panes[0].picture, 24, 250, 2000, 300);
  assert_rect (&panes[0].visible, 24, 250, 976, 300);
  sal_canvas_view_pan (&view, -5000, -5000);
  sal_canvas_view_panes (&view, panes);
  assert_rect (&panes[0].picture, 1000 - 24 - 2000, 250, 2000, 300);
  /* There is nothing to be panned back first. */
  sal_canvas_view_pan (&view, 10, 0);
  sal_canvas_view_panes (&view, panes);
  g_assert_cmpint (panes[0].picture.x, ==, 1000 - 24 - 2000 + 20);

  /* Zooming out to the size of the window ends where fitting would have it. */
  sal_canvas_view_zoom_at (&view, sal_canvas_view_fit_zoom (&view), 20, 20);

  SalCanvasView fitted = view_of (500, 400, 2, 2000, 300);
  SalCanvasPane expected[2];

  sal_canvas_view_panes (&view, panes);
  sal_canvas_view_panes (&fitted, expected);
  assert_rect (&panes[0].picture, expected[0].picture.x, expected[0].picture.y,
               expected[0].picture.width, expected[0].picture.height);
}

static void
test_panes (void)
{
  static const struct {
    int columns, rows;
    gboolean stacked;
  } cases[] = {
    { 300, 300, FALSE }, { 400, 300, FALSE }, { 1600, 400, TRUE }, { 300, 900, FALSE }
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    SalCanvasView view = view_of (901, 701, 1, cases[i].columns, cases[i].rows);
    SalCanvasPane p[2];

    view.two = TRUE;
    sal_canvas_view_settle (&view);
    for (int zoomed = 0; zoomed < 2; zoomed++) {
      g_assert_cmpint (sal_canvas_view_panes (&view, p), ==, 2);
      g_assert_cmpint (p[1].clip.y > 0, ==, cases[i].stacked);
      g_assert_cmpint (p[0].picture.width, ==, p[1].picture.width);
      g_assert_cmpint (p[0].picture.height, ==, p[1].picture.height);
      g_assert_cmpint (p[0].room.width, ==, p[1].room.width);
      /* Both lie within the widget and 12 pixels apart. */
      g_assert_cmpint (p[1].clip.x + p[1].clip.width, ==, 901);
      g_assert_cmpint (p[1].clip.y + p[1].clip.height, ==, 701);
      if (cases[i].stacked)
        g_assert_cmpint (p[1].clip.y - (p[0].clip.y + p[0].clip.height) - 12, <=, 1);
      else
        g_assert_cmpint (p[1].clip.x - (p[0].clip.x + p[0].clip.width) - 12, <=, 1);
      /* The same picture point lies at the same place of either. */
      g_assert_cmpint (p[0].picture.x - p[0].room.x, ==, p[1].picture.x - p[1].room.x);
      g_assert_cmpint (p[0].picture.y - p[0].room.y, ==, p[1].picture.y - p[1].room.y);
      sal_canvas_view_zoom_at (&view, 5, 300, 200);
    }
  }
}

static void
test_step (void)
{
  SalCanvasView view = view_of (524, 424, 1, 1000, 800);
  gboolean fitted = FALSE, actual = FALSE;

  g_assert_cmpfloat_with_epsilon (sal_canvas_view_zoom (&view), 0.5, 1e-12);
  sal_canvas_view_zoom_at (&view, 0.2, 100, 100);
  /* Through both stops, and not stuck at either. */
  for (int i = 0; i < 30 && view.zoom < 2; i++) {
    sal_canvas_view_step (&view, 1.3, 200, 100);
    fitted = fitted || view.fit;
    actual = actual || view.zoom == 1;
  }
  g_assert_true (fitted);
  g_assert_true (actual);
  g_assert_false (view.fit);
  for (int i = 0; i < 50; i++)
    sal_canvas_view_step (&view, 1 / 1.3, 200, 100);
  g_assert_cmpfloat_with_epsilon (view.zoom, 0.125, 1e-12);
}

static void
test_to_picture (void)
{
  SalCanvasView view = view_of (424, 324, 2, 100, 75);
  double x, y;

  /* The picture covers 12..412 × 12..312. */
  g_assert_true (sal_canvas_view_to_picture (&view, 12, 12, &x, &y));
  g_assert_cmpfloat_with_epsilon (x, 0, 1e-12);
  g_assert_cmpfloat_with_epsilon (y, 0, 1e-12);
  g_assert_true (sal_canvas_view_to_picture (&view, 212, 162, &x, &y));
  g_assert_cmpfloat_with_epsilon (x, 50, 1e-12);
  g_assert_cmpfloat_with_epsilon (y, 37.5, 1e-12);
  g_assert_false (sal_canvas_view_to_picture (&view, 11.9, 100, &x, &y));
  g_assert_false (sal_canvas_view_to_picture (&view, 412, 100, &x, &y));
  g_assert_false (sal_canvas_view_to_picture (&view, 200, 312.5, &x, &y));
}

/* Pyramid */

static SalImage *
noise (int width, int height)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (7);
  guint8 *data = g_malloc ((gsize) width * height * 3);

  for (gsize i = 0; i < (gsize) width * height * 3; i++)
    data[i] = (guint8) g_rand_int (random);
  return sal_image_new_take (width, height, data);
}

static guint32 *
sample (const SalPyramid *pyramid, int width, int height, cairo_rectangle_int_t window,
        SalSampling how)
{
  guint32 *xrgb = g_new (guint32, (gsize) window.width * window.height);

  sal_pyramid_sample (pyramid, width, height, &window, how, xrgb, sizeof *xrgb * window.width);
  return xrgb;
}

static guint32
expected (const SalImage *image, int x, int y)
{
  const guint8 *p = sal_image_pixel (image, x, y);

  return 0xff000000u | (guint32) p[0] << 16 | (guint32) p[1] << 8 | p[2];
}

static void
finish (SalPyramid *pyramid)
{
  int pieces = 0;

  while (sal_pyramid_work (pyramid, 0))
    g_assert_cmpint (++pieces, <, 100000);
}

static void
test_pyramid_samples (void)
{
  g_autoptr (SalImage) image = noise (150, 90);
  g_autoptr (SalPyramid) pyramid = sal_pyramid_new (image);

  finish (pyramid);
  for (int how = SAL_SAMPLING_QUICK; how <= SAL_SAMPLING_FINE; how++) {
    /* Unscaled, all three are the picture itself. */
    g_autofree guint32 *same =
        sample (pyramid, 150, 90, (cairo_rectangle_int_t){ 0, 0, 150, 90 }, how);

    for (int y = 0; y < 90; y++)
      for (int x = 0; x < 150; x++)
        g_assert_cmphex (same[y * 150 + x], ==, expected (image, x, y));

    /* A window is a part of the whole. */
    g_autofree guint32 *whole =
        sample (pyramid, 211, 133, (cairo_rectangle_int_t){ 0, 0, 211, 133 }, how);
    g_autofree guint32 *part =
        sample (pyramid, 211, 133, (cairo_rectangle_int_t){ 57, 101, 90, 32 }, how);

    for (int y = 0; y < 32; y++)
      for (int x = 0; x < 90; x++)
        g_assert_cmphex (part[y * 90 + x], ==, whole[(y + 101) * 211 + x + 57]);
  }

  /* Enlarged by whole numbers, the nearest pixel is the one that covers the place. */
  g_autofree guint32 *large =
      sample (pyramid, 150 * 7, 90 * 7, (cairo_rectangle_int_t){ 100, 200, 300, 400 },
              SAL_SAMPLING_NEAREST);

  for (int y = 0; y < 400; y++)
    for (int x = 0; x < 300; x++)
      g_assert_cmphex (large[y * 300 + x], ==, expected (image, (x + 100) / 7, (y + 200) / 7));
}

/* A large picture is halved in pieces, can be drawn at any time, and ends up with the mean colour
 * of what it shows. */
static void
test_pyramid_levels (void)
{
  guint8 colours[4][3] = { { 250, 10, 60 }, { 30, 200, 90 }, { 5, 5, 250 }, { 240, 240, 240 } };
  g_autoptr (SalImage) corners = sal_image_new_from_rgb (2, 2, colours[0], 6);
  g_autoptr (SalImage) image = sal_image_scale (corners, 3001, 1999);
  g_autoptr (SalPyramid) pyramid = sal_pyramid_new (image);
  cairo_rectangle_int_t all = { 0, 0, 300, 200 };
  g_autoptr (SalImage) direct = sal_image_scale (image, 300, 200);

  g_assert_false (sal_pyramid_ready (pyramid, 300, 200));
  g_assert_true (sal_pyramid_ready (pyramid, 3001, 1999));
  g_assert_true (sal_pyramid_ready (pyramid, 1501, 200));
  g_assert_true (sal_pyramid_work (pyramid, 0));

  g_autofree guint32 *early = sample (pyramid, 300, 200, all, SAL_SAMPLING_QUICK);

  finish (pyramid);
  g_assert_true (sal_pyramid_ready (pyramid, 300, 200));

  g_autofree guint32 *fine = sample (pyramid, 300, 200, all, SAL_SAMPLING_FINE);
  g_autofree guint32 *quick = sample (pyramid, 300, 200, all, SAL_SAMPLING_QUICK);

  for (int i = 0; i < 300 * 200; i++)
    for (int shift = 0; shift < 24; shift += 8) {
      int want = expected (direct, i % 300, i / 300) >> shift & 0xff;

      g_assert_cmpint (abs ((int) (fine[i] >> shift & 0xff) - want), <=, 3);
      g_assert_cmpint (abs ((int) (quick[i] >> shift & 0xff) - want), <=, 5);
      g_assert_cmpint (abs ((int) (early[i] >> shift & 0xff) - want), <=, 5);
    }
}

/* Every pixel counts: where single pixels alternate, a small copy is gray and not one of both. */
static void
test_pyramid_averages (void)
{
  int width = 2048, height = 1500;
  guint8 *data = g_malloc ((gsize) width * height * 3);

  for (int y = 0; y < height; y++)
    memset (data + (gsize) y * width * 3, 0, (gsize) width * 3);
  for (int y = 0; y < height; y++)
    for (int x = y % 2; x < width; x += 2)
      memset (data + ((gsize) y * width + x) * 3, 255, 3);

  g_autoptr (SalImage) image = sal_image_new_take (width, height, data);
  g_autoptr (SalPyramid) pyramid = sal_pyramid_new (image);

  finish (pyramid);

  g_autofree guint32 *small =
      sample (pyramid, 400, 293, (cairo_rectangle_int_t){ 0, 0, 400, 293 }, SAL_SAMPLING_QUICK);

  for (int i = 0; i < 400 * 293; i++)
    g_assert_cmphex (small[i], ==, 0xff808080);
}

/* Numbers */

static void
test_numbers (void)
{
  static const struct {
    double value;
    gboolean plus;
    const char *text;
  } cases[] = {
    { 0, TRUE, "0" },
    { -0.0, FALSE, "0" },
    { 0.021, FALSE, "0.0210" },
    { -0.021, FALSE, "−0.0210" },
    { 0.021, TRUE, "+0.0210" },
    { 13.71, FALSE, "13.7" },
    { 1, FALSE, "1.00" },
    { 0.9996, FALSE, "1.00" },
    { 0.09996, FALSE, "0.100" },
    { 999.6, FALSE, "1000" },
    { 12345.4, TRUE, "+12345" },
    { 99999.7, FALSE, "1.00×10⁵" },
    { 0.001, FALSE, "0.00100" },
    { 0.00099951, FALSE, "0.00100" },
    { 0.00021, FALSE, "2.10×10⁻⁴" },
    { -6.02214076e23, FALSE, "−6.02×10²³" },
    { 4.9e-324, FALSE, "4.94×10⁻³²⁴" },
    { INFINITY, TRUE, "+∞" },
    { -INFINITY, FALSE, "−∞" },
    { NAN, TRUE, "–" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *text = sal_canvas_number (cases[i].value, cases[i].plus);

    g_assert_cmpstr (text, ==, cases[i].text);
  }
}

static void
test_percent (void)
{
  static const struct {
    double fraction;
    int decimals;
    const char *text;
  } cases[] = {
    { 0, 0, "0 %" },          { 1, 0, "100 %" },       { 0.54, 0, "54 %" },
    { 0.005, 0, "0 %" },      { 0.0049, 0, "< 1 %" },  { 1e-30, 0, "< 1 %" },
    { 0.9949, 0, "99 %" },    { 0.9951, 0, "> 99 %" }, { 0.9999, 1, "> 99.9 %" },
    { 0.0004, 1, "< 0.1 %" }, { 0.0006, 1, "0.1 %" },  { NAN, 0, "–" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *text = sal_number_percent (cases[i].fraction, cases[i].decimals);

    g_assert_cmpstr (text, ==, cases[i].text);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ui/canvas-view/percent", test_percent);
  g_test_add_func ("/ui/canvas-view/fit", test_fit);
  g_test_add_func ("/ui/canvas-view/extremes", test_extremes);
  g_test_add_func ("/ui/canvas-view/zoom-at", test_zoom_at);
  g_test_add_func ("/ui/canvas-view/edges", test_edges);
  g_test_add_func ("/ui/canvas-view/panes", test_panes);
  g_test_add_func ("/ui/canvas-view/step", test_step);
  g_test_add_func ("/ui/canvas-view/to-picture", test_to_picture);
  g_test_add_func ("/ui/canvas-pyramid/samples", test_pyramid_samples);
  g_test_add_func ("/ui/canvas-pyramid/levels", test_pyramid_levels);
  g_test_add_func ("/ui/canvas-pyramid/averages", test_pyramid_averages);
  g_test_add_func ("/ui/canvas-number", test_numbers);
  return g_test_run ();
}
