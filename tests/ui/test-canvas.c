/* The canvas in a window: what it draws, compared with what files get. */
#include "tests/ui/canvas-stage.h"
#include "ui/canvas-bar.h"

#include <malloc.h>

/* At 1:1 the window shows what a file would hold, to within the rounding of one multiplication. */
static void
test_overlay_actual (void)
{
  static const struct {
    SalBlend blend;
    SalSign sign;
    double opacity;
    gboolean smooth;
  } cases[] = {
    { SAL_BLEND_OVER, SAL_SIGN_ABSOLUTE, 0.6, TRUE },
    { SAL_BLEND_OVER, SAL_SIGN_SIGNED, 1, FALSE },
    { SAL_BLEND_FADE, SAL_SIGN_SIGNED, 0.9, TRUE },
    { SAL_BLEND_MASK, SAL_SIGN_ABSOLUTE, 0.8, TRUE },
    { SAL_BLEND_OVER, SAL_SIGN_ABSOLUTE, 0, TRUE },
  };
  g_autoptr (SalImage) picture = ui_scenery (300, 210);
  Stage stage;

  stage_init (&stage, picture, NULL);
  sal_canvas_set_zoom (stage.canvas, 1);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    SalOverlayStyle style = { NULL, cases[i].blend, cases[i].opacity, cases[i].smooth };
    g_autoptr (SalHeatmap) heatmap = ui_attribution (56, 56, cases[i].sign, i);
    SalRect parts[] = { { 0, 0, 300, 210 }, { 45, 0, 210, 210 } };

    sal_canvas_set_heatmap (stage.canvas, heatmap);
    sal_canvas_set_style (stage.canvas, &style);
    for (int j = 0; j < 2; j++) {
      sal_canvas_set_seen (stage.canvas, &parts[j]);

      cairo_surface_t *drawn = stage_look (&stage);
      SalCanvasPane pane = stage_pane (&stage, 0);
      g_autoptr (SalImage) file = stage_rendered (&stage, 1);

      /* The corner marks, where there are any, lie on the pixels to compare. */
      if (j == 0 || cases[i].blend == SAL_BLEND_OVER)
        g_assert_cmpint (stage_far (drawn, &pane, file), <=, 1);
      else
        g_assert_cmpint (stage_far_from (drawn, &pane, file, 0, 40), <=, 1);
      cairo_surface_destroy (drawn);
    }
  }
  stage_clear (&stage);
}

static void
test_overlay_enlarged (void)
{
  g_autoptr (SalImage) picture = ui_scenery (120, 100);
  g_autoptr (SalHeatmap) heatmap = ui_attribution (20, 20, SAL_SIGN_SIGNED, 0);
  SalOverlayStyle style = { NULL, SAL_BLEND_OVER, 0.5, FALSE };
  Stage stage;

  stage_init (&stage, picture, heatmap);
  sal_canvas_set_style (stage.canvas, &style);
  sal_canvas_set_zoom (stage.canvas, 7 * stage.scale);
  /* The same in a corner, so that part of the copy is reused. */
  for (int i = 0; i < 2; i++) {
    cairo_surface_t *drawn = stage_look (&stage);
    SalCanvasPane pane = stage_pane (&stage, 0);
    g_autoptr (SalImage) file = stage_rendered (&stage, 7 * stage.scale);

    g_assert_cmpint (pane.picture.width, ==, 840 * stage.scale);
    g_assert_cmpint (stage_far (drawn, &pane, file), <=, 1);
    cairo_surface_destroy (drawn);
    sal_canvas_view_pan (&stage.canvas->view, 37, -1000);
    sal_canvas_view_changed (stage.canvas, FALSE);
  }
  stage_clear (&stage);
}

/* Panning puts the picture together from an old copy and what comes into view. */
static void
test_panned (void)
{
  g_autoptr (SalImage) picture = ui_scenery (2400, 1800);
  g_autoptr (SalImage) scaled = sal_image_scale (picture, 1680, 1260);
  Stage stage;

  stage_init (&stage, picture, NULL);
  sal_canvas_set_zoom (stage.canvas, 0.7);
  for (int i = 0; i < 6; i++) {
    cairo_surface_t *drawn = stage_look (&stage);
    SalCanvasPane pane = stage_pane (&stage, 0);

    g_assert_cmpint (stage.canvas->panes[0].how, ==, SAL_SAMPLING_FINE);
    g_assert_cmpint (stage_far (drawn, &pane, scaled), ==, 0);
    cairo_surface_destroy (drawn);
    sal_canvas_view_pan (&stage.canvas->view, i % 3 == 0 ? 90 : -31, i % 2 == 0 ? 57 : -120);
    sal_canvas_view_changed (stage.canvas, FALSE);
  }
  stage_clear (&stage);
}

static void
test_modes (void)
{
  g_autoptr (SalImage) picture = ui_scenery (200, 150);
  g_autoptr (SalHeatmap) heatmap = ui_attribution (50, 50, SAL_SIGN_ABSOLUTE, 0);
  SalOverlayStyle style = SAL_OVERLAY_STYLE_INIT;
  g_autoptr (SalImage) alone = sal_overlay_heatmap (heatmap, &style, 200, 150);
  Stage stage;

  stage_init (&stage, picture, heatmap);
  sal_canvas_set_zoom (stage.canvas, 1);

  g_autoptr (SalImage) overlay = stage_rendered (&stage, 1);
  SalCanvasPane pane = stage_pane (&stage, 0);
  cairo_surface_t *drawn = stage_look (&stage);

  g_assert_cmpint (stage_far (drawn, &pane, overlay), <=, 1);

  /* Both ways of drawing are tested, one with each kind of renderer. */
  GskRenderer *renderer = gtk_native_get_renderer (GTK_NATIVE (stage.window));

  g_assert_cmpint (stage.canvas->heat.texture != NULL, ==, !GSK_IS_CAIRO_RENDERER (renderer));
  g_test_message ("drawn by %s", G_OBJECT_TYPE_NAME (renderer));

  /* The surround is neutral. */
  guint32 surround = ui_pixel (drawn, 2, 2);
  g_assert_cmpuint (surround >> 16, ==, surround & 0xff);
  g_assert_cmpuint (surround >> 16, ==, surround >> 8 & 0xff);
  cairo_surface_destroy (drawn);

  sal_canvas_set_mode (stage.canvas, SAL_CANVAS_PICTURE);
  drawn = stage_look (&stage);
  g_assert_cmpint (stage_far (drawn, &pane, picture), ==, 0);
  cairo_surface_destroy (drawn);

  /* The outermost pixel is the hairline around the map. */
  sal_canvas_set_mode (stage.canvas, SAL_CANVAS_HEATMAP);
  drawn = stage_look (&stage);
  for (int i = 1; i < 149; i += 7)
    g_assert_cmpint (
        ui_far (ui_pixel (drawn, pane.picture.x + i, pane.picture.y + i), stage_rgb (alone, i, i)),
        ==, 0);
  cairo_surface_destroy (drawn);

  sal_canvas_set_mode (stage.canvas, SAL_CANVAS_WIPE);
  for (double wipe = 0.25; wipe < 1; wipe += 0.5) {
    int at = (int) (200 * wipe);

    sal_canvas_set_wipe (stage.canvas, wipe);
    drawn = stage_look (&stage);
    /* Beside the handle, 18 pixels either way. */
    g_assert_cmpint (stage_far_from (drawn, &pane, picture, 0, at - 17 * stage.scale), ==, 0);
    g_assert_cmpint (stage_far_from (drawn, &pane, overlay, at + 17 * stage.scale, 200), <=, 1);
    cairo_surface_destroy (drawn);
  }

  sal_canvas_set_mode (stage.canvas, SAL_CANVAS_SIDE_BY_SIDE);
  drawn = stage_look (&stage);
  pane = stage_pane (&stage, 0);
  g_assert_cmpint (stage_far (drawn, &pane, picture), ==, 0);
  pane = stage_pane (&stage, 1);
  g_assert_cmpint (ui_far (ui_pixel (drawn, pane.picture.x + 60, pane.picture.y + 70),
                           stage_rgb (alone, 60, 70)),
                   ==, 0);
  cairo_surface_destroy (drawn);

  /* Bare shows the picture in either pane and moves nothing. */
  sal_canvas_set_bare (stage.canvas, TRUE);
  drawn = stage_look (&stage);
  for (int i = 0; i < 2; i++) {
    pane = stage_pane (&stage, i);
    g_assert_cmpint (stage_far (drawn, &pane, picture), ==, 0);
  }
  cairo_surface_destroy (drawn);
  stage_clear (&stage);
}

static gsize
bytes_in_use (void)
{
  struct mallinfo2 info = mallinfo2 ();

  return info.uordblks + info.hblkhd;
}

/* Wiped to the right end nothing of the map is to be seen, and nothing of it is kept however often
 * it changes: GTK 4.8 leaks what is drawn in an empty clip. With a sanitizer that is found at the
 * end. */
static void
test_wiped_away (void)
{
  g_autoptr (SalImage) picture = ui_scenery (200, 150);
  g_autoptr (SalHeatmap) heatmap = ui_attribution (50, 50, SAL_SIGN_ABSOLUTE, 0);
  SalOverlayStyle style = SAL_OVERLAY_STYLE_INIT;
  gsize before = 0, surface;
  Stage stage;

  stage_init (&stage, picture, heatmap);
  sal_canvas_set_zoom (stage.canvas, 2);
  sal_canvas_set_mode (stage.canvas, SAL_CANVAS_WIPE);
  sal_canvas_set_wipe (stage.canvas, 1);

  SalCanvasPane pane = stage_pane (&stage, 0);

  surface = (gsize) 4 * pane.visible.width * pane.visible.height;
  for (int i = 0; i < 40; i++) {
    style.opacity = i / 40.0;
    sal_canvas_set_style (stage.canvas, &style);
    cairo_surface_destroy (stage_look (&stage));
    if (i == 9)
      before = bytes_in_use ();
  }
  g_test_message ("%.2f surfaces kept in 30 changes",
                  ((double) bytes_in_use () - (double) before) / surface);
  g_assert_cmpuint (bytes_in_use (), <, before + 5 * surface);
  stage_clear (&stage);
}

/* A map with nothing in it is shown like any other. */
static void
test_no_heatmap (void)
{
  g_autoptr (SalImage) picture = ui_scenery (64, 48);
  Stage stage;

  stage_init (&stage, NULL, NULL);
  for (int mode = SAL_CANVAS_OVERLAY; mode <= SAL_CANVAS_PICTURE; mode++) {
    sal_canvas_set_mode (stage.canvas, mode);
    sal_canvas_set_picture (stage.canvas, NULL);
    cairo_surface_destroy (stage_look (&stage));
    g_assert_cmpfloat (sal_canvas_get_zoom (stage.canvas), ==, 0);
    sal_canvas_set_picture (stage.canvas, picture);
    sal_canvas_set_zoom (stage.canvas, 1);

    cairo_surface_t *drawn = stage_look (&stage);
    SalCanvasPane pane = stage_pane (&stage, 0);

    if (mode == SAL_CANVAS_OVERLAY || mode == SAL_CANVAS_PICTURE)
      g_assert_cmpint (stage_far (drawn, &pane, picture), ==, 0);
    cairo_surface_destroy (drawn);
  }
  stage_clear (&stage);
}

static void
test_bar (void)
{
  g_autoptr (SalImage) picture = ui_scenery (400, 300);
  g_autoptr (SalHeatmap) heatmap = ui_attribution (40, 40, SAL_SIGN_SIGNED, 0);
  Stage stage;

  stage_init (&stage, picture, heatmap);

  cairo_surface_t *without = stage_look (&stage);

  sal_canvas_set_show_bar (stage.canvas, TRUE);

  cairo_surface_t *with = stage_look (&stage);
  graphene_rect_t bar, at;
  SalCanvasPane pane = stage_pane (&stage, 0);
  int f = stage.scale, changed = 0;

  graphene_rect_init (&at, (float) pane.visible.x / f, (float) pane.visible.y / f,
                      (float) pane.visible.width / f, (float) pane.visible.height / f);
  g_assert_true (
      sal_canvas_bar_place (GTK_WIDGET (stage.canvas), STAGE_WIDTH, STAGE_HEIGHT, &at, &bar));
  g_assert_true (graphene_rect_contains_rect (&at, &bar));
  for (int y = 0; y < STAGE_HEIGHT * f; y++)
    for (int x = 0; x < STAGE_WIDTH * f; x++)
      if (ui_pixel (with, x, y) != ui_pixel (without, x, y)) {
        changed++;
        g_assert_true (graphene_rect_contains_point (
            &bar, &GRAPHENE_POINT_INIT ((float) x / f, (float) y / f)));
      }
  g_assert_cmpint (changed, >, 0.9 * bar.size.width * bar.size.height * f * f);

  /* The strip runs from the colour of the lowest value to that of the highest. */
  const SalColormap *map = sal_colormap_default (TRUE);
  int y = (int) ((bar.origin.y + 14) * f);

  for (double t = 0.1; t < 1; t += 0.2) {
    int x = (int) ((bar.origin.x + 12 + t * (bar.size.width - 24)) * f);

    g_assert_cmpint (ui_far (ui_pixel (with, x, y), sal_colormap_colour (map, t)), <=, 6);
  }
  cairo_surface_destroy (with);
  cairo_surface_destroy (without);
  stage_clear (&stage);
}

/* The bar gives way to the pointer, and comes back, beside the picture as well as on it. */
static void
test_bar_pointed (void)
{
  g_autoptr (SalHeatmap) heatmap = ui_attribution (40, 40, SAL_SIGN_SIGNED, 0);

  for (int wide = 0; wide < 2; wide++) {
    g_autoptr (SalImage) picture = ui_scenery (wide ? 400 : 100, wide ? 300 : 400);
    Stage stage;

    stage_init (&stage, picture, heatmap);
    sal_canvas_set_show_bar (stage.canvas, TRUE);
    cairo_surface_t *before = stage_look (&stage);
    double x = (stage.canvas->bar.origin.x + 5) * stage.scale;
    double y = (stage.canvas->bar.origin.y + stage.canvas->bar.size.height - 5) * stage.scale;
    guint32 colour = ui_pixel (before, (int) x, (int) y);

    stage_point_at (&stage, x, y);
    cairo_surface_t *under = stage_look (&stage);
    g_assert_cmpint (ui_far (ui_pixel (under, (int) x, (int) y), colour), >, 50);
    g_signal_emit_by_name (stage_controller (&stage, GTK_TYPE_EVENT_CONTROLLER_MOTION), "leave");
    cairo_surface_t *after = stage_look (&stage);
    g_assert_cmpint (ui_far (ui_pixel (after, (int) x, (int) y), colour), ==, 0);
    cairo_surface_destroy (before);
    cairo_surface_destroy (under);
    cairo_surface_destroy (after);
    stage_clear (&stage);
  }
}

/* Beside the picture, below it, on it, or nowhere; never across one of its edges. */
static void
test_bar_place (void)
{
  static const struct {
    graphene_rect_t picture;
    gboolean inside;
  } cases[] = {
    { { { 200, 12 }, { 240, 456 } }, FALSE }, { { { 12, 90 }, { 616, 300 } }, FALSE },
    { { { 12, 12 }, { 616, 456 } }, TRUE },   { { { 0, 0 }, { 640, 480 } }, TRUE },
    { { { 100, 30 }, { 440, 420 } }, TRUE },
  };
  GtkWidget *canvas = g_object_ref_sink (sal_canvas_new ());
  graphene_rect_t bar, overlap;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    const graphene_rect_t *picture = &cases[i].picture;

    g_assert_true (sal_canvas_bar_place (canvas, STAGE_WIDTH, STAGE_HEIGHT, picture, &bar));
    g_assert_true (graphene_rect_contains_rect (
        &GRAPHENE_RECT_INIT (12, 12, STAGE_WIDTH - 24, STAGE_HEIGHT - 24), &bar));
    g_assert_cmpint (graphene_rect_intersection (picture, &bar, &overlap), ==, cases[i].inside);
    if (cases[i].inside)
      g_assert_true (graphene_rect_contains_rect (picture, &bar));
  }
  /* A cell that is just high enough for it. */
  const graphene_rect_t above = GRAPHENE_RECT_INIT (12, 54, 196, 172);
  g_assert_true (sal_canvas_bar_place (canvas, 220, 280, &above, &bar));
  g_assert_false (graphene_rect_intersection (&above, &bar, &overlap));
  g_assert_true (
      graphene_rect_contains_rect (&GRAPHENE_RECT_INIT (12, 12, 196, 280 - 12 - 3), &bar));
  /* Cells of a table: it would hide what it explains. */
  g_assert_false (
      sal_canvas_bar_place (canvas, 200, 150, &GRAPHENE_RECT_INIT (12, 12, 176, 126), &bar));
  g_assert_false (
      sal_canvas_bar_place (canvas, 64, 64, &GRAPHENE_RECT_INIT (12, 12, 40, 40), &bar));
  g_object_unref (canvas);
}

static void
test_progress (void)
{
  g_autoptr (SalImage) picture = ui_scenery (64, 48);
  Stage stage;

  stage_init (&stage, picture, NULL);

  cairo_surface_t *before = stage_look (&stage);

  sal_canvas_set_progress (stage.canvas, 0.5);

  cairo_surface_t *after = stage_look (&stage);
  int end = STAGE_WIDTH * stage.scale, half = end / 2;

  for (int x = 0; x < end; x++)
    g_assert_true ((ui_pixel (before, x, 0) != ui_pixel (after, x, 0)) == (x < half));
  cairo_surface_destroy (after);
  sal_canvas_set_progress (stage.canvas, -0.5);
  g_assert_cmpfloat (sal_canvas_get_progress (stage.canvas), ==, -1);
  after = stage_look (&stage);
  for (int x = 0; x < end; x++)
    g_assert_cmpuint (ui_pixel (before, x, 0), ==, ui_pixel (after, x, 0));
  cairo_surface_destroy (after);
  cairo_surface_destroy (before);
  stage_clear (&stage);
}

/* The focus shows as a ring in the air around the picture, once keys are used. */
static void
test_focus (void)
{
  g_autoptr (SalImage) picture = ui_scenery (64, 48);
  Stage stage;

  stage_init (&stage, picture, NULL);
  gtk_window_set_focus_visible (GTK_WINDOW (stage.window), FALSE);
  gtk_widget_grab_focus (GTK_WIDGET (stage.canvas));
  for (int visible = 0; visible < 3; visible++) {
    gtk_window_set_focus_visible (GTK_WINDOW (stage.window), visible % 2);

    cairo_surface_t *drawn = stage_look (&stage);
    int x = 3 * stage.scale, y = STAGE_HEIGHT * stage.scale / 2;

    g_assert_cmpint (ui_pixel (drawn, x, y) != ui_pixel (drawn, 8 * stage.scale, y), ==,
                     visible % 2);
    cairo_surface_destroy (drawn);
  }
  stage_clear (&stage);
}

/* Sizes */

static void
test_huge (void)
{
  static const struct {
    int columns, rows;
  } sizes[] = { { 6000, 4000 }, { 20000, 10 }, { 10, 20000 }, { 1, 1 }, { 2, 1 } };
  g_autoptr (SalHeatmap) heatmap = ui_attribution (32, 32, SAL_SIGN_ABSOLUTE, 0);
  Stage stage;

  stage_init (&stage, NULL, heatmap);
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    g_autoptr (SalImage) picture = stage_large (sizes[i].columns, sizes[i].rows);
    double least, most;

    for (int mode = SAL_CANVAS_OVERLAY; mode <= SAL_CANVAS_SIDE_BY_SIDE; mode++) {
      sal_canvas_set_mode (stage.canvas, mode);
      gint64 start = g_get_monotonic_time ();

      sal_canvas_set_picture (stage.canvas, NULL);
      sal_canvas_set_picture (stage.canvas, picture);
      ui_drawn (stage.window);
      if (mode == SAL_CANVAS_OVERLAY)
        g_test_message ("%d × %d: first frame after %.0f ms", sizes[i].columns, sizes[i].rows,
                        (g_get_monotonic_time () - start) / 1000.0);
      sal_canvas_view_range (&stage.canvas->view, &least, &most);
      for (int step = 0; step < 4; step++) {
        double zooms[] = { sal_canvas_get_zoom (stage.canvas), least, 1, most };

        sal_canvas_set_zoom (stage.canvas, zooms[step]);
        g_assert_cmpfloat_with_epsilon (sal_canvas_get_zoom (stage.canvas), zooms[step], 1e-9);
        cairo_surface_destroy (stage_look (&stage));

        /* Whatever the zoom, a copy is no larger than what it is for. */
        const SalCanvasLayer *layers[] = { &stage.canvas->panes[0], &stage.canvas->panes[1],
                                           &stage.canvas->heat };

        for (int j = 0; j < 3; j++) {
          if (layers[j]->surface == NULL)
            continue;
          g_assert_cmpint (cairo_image_surface_get_width (layers[j]->surface), <=,
                           STAGE_WIDTH * stage.scale);
          g_assert_cmpint (cairo_image_surface_get_height (layers[j]->surface), <=,
                           STAGE_HEIGHT * stage.scale);
        }
      }
    }
  }
  stage_clear (&stage);
}

static void
test_tiny_widget (void)
{
  g_autoptr (SalImage) picture = ui_scenery (333, 77);
  g_autoptr (SalHeatmap) heatmap = ui_attribution (7, 7, SAL_SIGN_SIGNED, 0);
  GtkWidget *canvas = sal_canvas_new ();
  GtkWidget *window;

  sal_canvas_set_picture (SAL_CANVAS (canvas), picture);
  sal_canvas_set_heatmap (SAL_CANVAS (canvas), heatmap);
  window = ui_show (canvas, 64, 64);
  for (int mode = SAL_CANVAS_OVERLAY; mode <= SAL_CANVAS_PICTURE; mode++) {
    sal_canvas_set_mode (SAL_CANVAS (canvas), mode);
    cairo_surface_destroy (ui_picture_of (canvas));
    g_assert_cmpfloat (sal_canvas_get_zoom (SAL_CANVAS (canvas)), >, 0);
  }
  gtk_window_destroy (GTK_WINDOW (window));
}

int
main (int argc, char **argv)
{
  ui_init (&argc, &argv);
  g_test_add_func ("/ui/canvas/overlay/actual", test_overlay_actual);
  g_test_add_func ("/ui/canvas/overlay/enlarged", test_overlay_enlarged);
  g_test_add_func ("/ui/canvas/panned", test_panned);
  g_test_add_func ("/ui/canvas/modes", test_modes);
  g_test_add_func ("/ui/canvas/wiped-away", test_wiped_away);
  g_test_add_func ("/ui/canvas/no-heatmap", test_no_heatmap);
  g_test_add_func ("/ui/canvas/bar/drawn", test_bar);
  g_test_add_func ("/ui/canvas/bar/pointed", test_bar_pointed);
  g_test_add_func ("/ui/canvas/bar/place", test_bar_place);
  g_test_add_func ("/ui/canvas/progress", test_progress);
  g_test_add_func ("/ui/canvas/focus", test_focus);
  g_test_add_func ("/ui/canvas/huge", test_huge);
  g_test_add_func ("/ui/canvas/tiny-widget", test_tiny_widget);
  return g_test_run ();
}
