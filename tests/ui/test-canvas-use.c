/* The canvas in a window: how it is moved and pointed at, what it keeps, and what it says. */
#include "tests/ui/canvas-stage.h"

#include <math.h>
#include <time.h>

/* What the pointer finds */

static void
test_hover (void)
{
  g_autoptr (SalImage) picture = ui_scenery (300, 200);
  g_autoptr (SalHeatmap) heatmap = ui_attribution (32, 32, SAL_SIGN_SIGNED, 0);
  SalRect seen = { 62.5, 12.5, 175, 175 };
  SalCanvasHover hover;
  Stage stage;

  stage_init (&stage, picture, heatmap);
  sal_canvas_set_seen (stage.canvas, &seen);
  g_assert_false (sal_canvas_get_hover (stage.canvas, &hover));
  g_assert_cmpint (hover.x, ==, -1);

  for (int zoomed = 0; zoomed < 3; zoomed++) {
    if (zoomed == 1)
      sal_canvas_set_zoom (stage.canvas, 3.3 * stage.scale);
    if (zoomed == 2) {
      sal_canvas_set_fit (stage.canvas, TRUE);
      sal_canvas_set_mode (stage.canvas, SAL_CANVAS_SIDE_BY_SIDE);
    }
    for (int n = zoomed == 2 ? 1 : 0; n >= 0; n--) {
      SalCanvasPane pane = stage_pane (&stage, n);

      for (int y = 5; y < 200; y += 13)
        for (int x = 3; x < 300; x += 17) {
          /* The middle of a pixel, if it is on the screen. */
          double px = pane.picture.x + (x + 0.5) * pane.picture.width / 300;
          double py = pane.picture.y + (y + 0.5) * pane.picture.height / 200;

          if (px < pane.clip.x || px >= pane.clip.x + pane.clip.width || py < pane.clip.y ||
              py >= pane.clip.y + pane.clip.height)
            continue;
          stage_point_at (&stage, px, py);
          g_assert_true (sal_canvas_get_hover (stage.canvas, &hover));
          g_assert_cmpint (hover.x, ==, x);
          g_assert_cmpint (hover.y, ==, y);
          g_assert_cmpmem (hover.rgb, 3, sal_image_pixel (picture, x, y), 3);

          int column = (int) floor ((x + 0.5 - 62.5) / 175 * 32);
          int row = (int) floor ((y + 0.5 - 12.5) / 175 * 32);
          gboolean inside =
              x + 0.5 >= 62.5 && x + 0.5 < 237.5 && y + 0.5 >= 12.5 && y + 0.5 < 187.5;

          g_assert_cmpint (hover.has_value, ==, inside);
          if (inside) {
            g_assert_cmpint (hover.column, ==, column);
            g_assert_cmpint (hover.row, ==, row);
            g_assert_cmpfloat (hover.value, ==, sal_heatmap_real (heatmap, column, row));
            g_assert_cmpfloat (hover.rank, ==, sal_heatmap_rank (heatmap, column, row));
          }
        }
    }
  }

  /* One report per change, none for the same pixel again, one for leaving. */
  sal_canvas_set_mode (stage.canvas, SAL_CANVAS_OVERLAY);

  SalCanvasPane pane = stage_pane (&stage, 0);
  double x = pane.picture.x + pane.picture.width / 2.0, y = pane.picture.y + 100;

  stage_point_at (&stage, x, y);
  stage.hovers = 0;
  stage_point_at (&stage, x + 0.01, y);
  g_assert_cmpint (stage.hovers, ==, 0);

  g_autoptr (SalHeatmap) other = ui_attribution (32, 32, SAL_SIGN_SIGNED, 1);

  sal_canvas_set_heatmap (stage.canvas, other);
  g_assert_cmpint (stage.hovers, ==, 1);
  sal_canvas_get_hover (stage.canvas, &hover);
  g_assert_cmpfloat (hover.value, ==, sal_heatmap_real (other, hover.column, hover.row));
  sal_canvas_set_heatmap (stage.canvas, NULL);
  g_assert_cmpint (stage.hovers, ==, 2);
  g_assert_true (sal_canvas_get_hover (stage.canvas, &hover));
  g_assert_false (hover.has_value);
  stage_point_at (&stage, 1, 1);
  g_assert_false (sal_canvas_get_hover (stage.canvas, &hover));
  stage_point_at (&stage, x, y);
  g_signal_emit_by_name (stage_controller (&stage, GTK_TYPE_EVENT_CONTROLLER_MOTION), "leave");
  ui_run (20);
  g_assert_false (sal_canvas_get_hover (stage.canvas, &hover));
  g_assert_cmpint (hover.y, ==, -1);
  stage_clear (&stage);
}

/* Zoom */

static void
count_cb (GObject *object, GParamSpec *pspec, int *count)
{
  ++*count;
}

static void
test_actions (void)
{
  g_autoptr (SalImage) picture = ui_scenery (1000, 700);
  Stage stage;
  int zooms = 0, fits = 0;

  stage_init (&stage, picture, NULL);

  GtkWidget *canvas = GTK_WIDGET (stage.canvas);
  double fit = sal_canvas_get_zoom (stage.canvas);

  g_signal_connect (canvas, "notify::zoom", G_CALLBACK (count_cb), &zooms);
  g_signal_connect (canvas, "notify::fit", G_CALLBACK (count_cb), &fits);
  g_assert_cmpfloat_with_epsilon (fit, stage.scale * (STAGE_WIDTH - 24) / 1000.0, 1e-9);
  g_assert_true (sal_canvas_get_fit (stage.canvas));

  g_assert_true (gtk_widget_activate_action (canvas, "view.zoom-in", NULL));
  g_assert_cmpfloat_with_epsilon (sal_canvas_get_zoom (stage.canvas),
                                  stage.scale == 1 ? 1.25 * fit : fit * 1.25, 1e-9);
  g_assert_false (sal_canvas_get_fit (stage.canvas));
  g_assert_cmpint (zooms, ==, 1);
  g_assert_cmpint (fits, ==, 1);
  g_assert_true (gtk_widget_activate_action (canvas, "view.zoom-out", NULL));
  g_assert_true (sal_canvas_get_fit (stage.canvas));
  g_assert_cmpint (fits, ==, 2);
  g_assert_true (gtk_widget_activate_action (canvas, "view.zoom-actual", NULL));
  g_assert_cmpfloat (sal_canvas_get_zoom (stage.canvas), ==, 1);
  g_assert_true (gtk_widget_activate_action (canvas, "view.zoom-fit", NULL));
  g_assert_cmpfloat (sal_canvas_get_zoom (stage.canvas), ==, fit);

  /* Both ends of the range. */
  for (int i = 0; i < 40; i++)
    gtk_widget_activate_action (canvas, "view.zoom-in", NULL);
  g_assert_cmpfloat (sal_canvas_get_zoom (stage.canvas), ==, 64);
  for (int i = 0; i < 60; i++)
    gtk_widget_activate_action (canvas, "view.zoom-out", NULL);
  g_assert_cmpfloat_with_epsilon (sal_canvas_get_zoom (stage.canvas), fit / 4, 1e-9);

  zooms = 0;
  sal_canvas_set_zoom (stage.canvas, sal_canvas_get_zoom (stage.canvas));
  g_assert_cmpint (zooms, ==, 0);
  stage_clear (&stage);
}

/* A picture of the same size keeps the place that is looked at; another one is seen as a whole. */
static void
test_next_picture (void)
{
  g_autoptr (SalImage) first = ui_scenery (900, 700), second = ui_scenery (900, 700);
  g_autoptr (SalImage) third = ui_scenery (700, 900);
  SalRect seen = { 100, 0, 700, 700 };
  Stage stage;

  stage_init (&stage, first, NULL);
  sal_canvas_set_seen (stage.canvas, &seen);
  sal_canvas_set_zoom (stage.canvas, 3);
  sal_canvas_set_picture (stage.canvas, second);
  g_assert_cmpfloat (sal_canvas_get_zoom (stage.canvas), ==, 3);
  g_assert_cmpfloat (sal_canvas_get_seen (stage.canvas).x, ==, 100);
  sal_canvas_set_picture (stage.canvas, third);
  g_assert_true (sal_canvas_get_fit (stage.canvas));
  g_assert_cmpfloat (sal_canvas_get_seen (stage.canvas).width, ==, 700);
  g_assert_cmpfloat (sal_canvas_get_seen (stage.canvas).height, ==, 900);
  stage_clear (&stage);
}

/* The wheel zooms where the pointer is, coarsely at first, finely once it rests. */
static void
test_wheel (void)
{
  g_autoptr (SalImage) picture = ui_scenery (1600, 1200);
  SalCanvasHover before, after;
  gboolean handled = FALSE;
  Stage stage;

  stage_init (&stage, picture, NULL);
  sal_canvas_set_zoom (stage.canvas, 1.1 * stage.scale);
  cairo_surface_destroy (stage_look (&stage));
  stage_point_at (&stage, 200 * stage.scale, 300 * stage.scale);
  sal_canvas_get_hover (stage.canvas, &before);
  for (int i = 0; i < 4; i++)
    g_signal_emit_by_name (stage_controller (&stage, GTK_TYPE_EVENT_CONTROLLER_SCROLL), "scroll",
                           0.0, -1.0, &handled);
  g_assert_true (handled);
  g_assert_cmpfloat_with_epsilon (sal_canvas_get_zoom (stage.canvas),
                                  1.1 * stage.scale * pow (1.25, 4), 1e-6);
  sal_canvas_get_hover (stage.canvas, &after);
  g_assert_cmpint (ABS (before.x - after.x), <=, 1);
  g_assert_cmpint (ABS (before.y - after.y), <=, 1);

  sal_canvas_set_zoom (stage.canvas, 0.9 * stage.scale);
  g_signal_emit_by_name (stage_controller (&stage, GTK_TYPE_EVENT_CONTROLLER_SCROLL), "scroll", 0.0,
                         1.0, &handled);
  cairo_surface_destroy (ui_picture_of (GTK_WIDGET (stage.canvas)));
  g_assert_cmpint (stage.canvas->panes[0].how, ==, SAL_SAMPLING_QUICK);
  cairo_surface_destroy (stage_look (&stage));
  g_assert_cmpint (stage.canvas->panes[0].how, ==, SAL_SAMPLING_FINE);
  stage_clear (&stage);
}

/* Partial results */

static void
test_replace (void)
{
  g_autoptr (SalImage) picture = ui_scenery (800, 600);
  SalHeatmap *maps[4];
  Stage stage;

  stage_init (&stage, picture, NULL);
  for (int i = 0; i < 4; i++)
    maps[i] = ui_attribution (224, 224, SAL_SIGN_SIGNED, i);
  cairo_surface_destroy (stage_look (&stage));

  const cairo_surface_t *copy = stage.canvas->panes[0].surface;
  gint64 start = g_get_monotonic_time ();

  for (int i = 0; i < 200; i++) {
    sal_canvas_set_heatmap (stage.canvas, maps[i % 4]);
    cairo_surface_destroy (ui_picture_of (GTK_WIDGET (stage.canvas)));
  }
  g_test_message ("replaced and drawn in %.2f ms each", (g_get_monotonic_time () - start) / 200e3);
  /* The picture was not touched, and every map but the one that shows is gone. */
  g_assert_true (stage.canvas->panes[0].surface == copy);

  cairo_surface_t *drawn = stage_look (&stage);
  SalCanvasPane pane = stage_pane (&stage, 0);

  /* With 200 maps between two frames, only the last is coloured: nothing in between. */
  for (int i = 0; i < 200; i++)
    sal_canvas_set_heatmap (stage.canvas, maps[(i + 1) % 4]);
  g_assert_null (stage.canvas->heat.surface);

  sal_canvas_set_heatmap (stage.canvas, maps[199 % 4]);

  cairo_surface_t *again = stage_look (&stage);

  for (int y = pane.visible.y; y < pane.visible.y + pane.visible.height; y += 3)
    for (int x = pane.visible.x; x < pane.visible.x + pane.visible.width; x += 3)
      g_assert_cmpuint (ui_pixel (drawn, x, y), ==, ui_pixel (again, x, y));
  cairo_surface_destroy (drawn);
  cairo_surface_destroy (again);
  stage_clear (&stage);
  for (int i = 0; i < 4; i++)
    sal_heatmap_unref (maps[i]);
}

/* What was drawn may still be shown elsewhere (a drag's icon, a transition): memory that is used
 * again does not change it. */
static void
test_kept (void)
{
  g_autoptr (SalImage) picture = ui_scenery (800, 600);
  Stage stage;

  stage_init (&stage, picture, NULL);
  for (int i = 0; i < 3; i++) {
    g_autoptr (SalHeatmap) heatmap = ui_attribution (64, 64, SAL_SIGN_SIGNED, i);

    sal_canvas_set_heatmap (stage.canvas, heatmap);

    cairo_surface_t *then = stage_look (&stage);
    g_autoptr (GdkPaintable) live = gtk_widget_paintable_new (GTK_WIDGET (stage.canvas));
    g_autoptr (GdkPaintable) still = gdk_paintable_get_current_image (live);

    for (int j = 0; j < 6; j++) {
      g_autoptr (SalHeatmap) next = ui_attribution (64, 64, SAL_SIGN_SIGNED, 10 + j);

      sal_canvas_set_heatmap (stage.canvas, next);
      sal_canvas_layers_drop (stage.canvas, TRUE, TRUE);
      ui_drawn (stage.window);
    }

    cairo_surface_t *now = ui_drawing_of (still, STAGE_WIDTH, STAGE_HEIGHT, stage.scale);

    for (int y = 0; y < STAGE_HEIGHT * stage.scale; y += 3)
      for (int x = 0; x < STAGE_WIDTH * stage.scale; x += 5)
        g_assert_cmpuint (ui_pixel (then, x, y), ==, ui_pixel (now, x, y));
    cairo_surface_destroy (now);
    cairo_surface_destroy (then);
  }
  stage_clear (&stage);
}

/* For those who do not see it */

static gboolean
is_described (gpointer canvas)
{
  return SAL_CANVAS (canvas)->describe_id == 0;
}

static void
test_accessible (void)
{
  g_autoptr (SalImage) picture = ui_scenery (320, 200);
  g_autoptr (SalHeatmap) heatmap = ui_attribution (16, 16, SAL_SIGN_SIGNED, 0);
  Stage stage;
  double low, high;

  stage_init (&stage, NULL, NULL);
  g_assert_true (ui_wait_until (is_described, stage.canvas, 20000));
  gtk_test_accessible_assert_role (GTK_ACCESSIBLE (stage.canvas), GTK_ACCESSIBLE_ROLE_IMG);
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (stage.canvas), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "No picture");
  sal_canvas_set_picture (stage.canvas, picture);
  sal_canvas_set_heatmap (stage.canvas, heatmap);
  sal_canvas_set_zoom (stage.canvas, 1.5);
  sal_canvas_set_description (stage.canvas, "Gradient for owl");
  g_assert_true (ui_wait_until (is_described, stage.canvas, 20000));
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (stage.canvas), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "Picture with heatmap");
  sal_heatmap_range (heatmap, &low, &high);

  g_autofree char *text = g_strdup_printf (
      "Gradient for owl. 320 × 200 pixels, zoom 150 %%, values −%.4f to +%.4f", -low, high);

  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (stage.canvas),
                                       GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text);
  g_assert_true (gtk_widget_get_focusable (GTK_WIDGET (stage.canvas)));
  stage_clear (&stage);
}

static void
test_properties (void)
{
  g_autoptr (SalCanvas) canvas = g_object_ref_sink (SAL_CANVAS (sal_canvas_new ()));
  SalCanvasMode mode;
  gboolean bare, show_bar, fit;
  double wipe, progress, zoom;
  g_autofree char *description = NULL;
  int notified = 0;

  g_signal_connect (canvas, "notify", G_CALLBACK (count_cb), &notified);
  g_object_set (canvas, "mode", SAL_CANVAS_WIPE, "bare", TRUE, "wipe", 0.25, "progress", 0.5,
                "show-bar", FALSE, "description", "words", NULL);
  g_assert_cmpint (notified, ==, 6);
  g_object_set (canvas, "mode", SAL_CANVAS_WIPE, "bare", TRUE, "wipe", 0.25, "progress", 0.5,
                "show-bar", FALSE, "description", "words", "fit", TRUE, NULL);
  g_assert_cmpint (notified, ==, 6);
  g_object_get (canvas, "mode", &mode, "bare", &bare, "wipe", &wipe, "progress", &progress,
                "show-bar", &show_bar, "description", &description, "fit", &fit, "zoom", &zoom,
                NULL);
  g_assert_cmpint (mode, ==, SAL_CANVAS_WIPE);
  g_assert_true (bare);
  g_assert_cmpfloat (wipe, ==, 0.25);
  g_assert_cmpfloat (progress, ==, 0.5);
  g_assert_false (show_bar);
  g_assert_cmpstr (description, ==, "words");
  g_assert_true (fit);
  g_assert_cmpfloat (zoom, ==, 0);
  sal_canvas_set_wipe (canvas, 7);
  g_assert_cmpfloat (sal_canvas_get_wipe (canvas), ==, 1);

  /* Never shown, and gone while everything it waits for is still to come. */
  g_autoptr (SalImage) picture = stage_large (8000, 6000);

  sal_canvas_set_picture (canvas, picture);
  g_assert_false (sal_pyramid_is_done (canvas->pyramid));
  g_assert_finalize_object (g_steal_pointer (&canvas));
  ui_run (50);
}

static gboolean
is_halved (gpointer canvas)
{
  return sal_pyramid_is_done (((SalCanvas *) canvas)->pyramid);
}

/* Canvases that show one picture halve it once, as long as one of them is left. */
static void
test_shared_picture (void)
{
  SalCanvas *first = g_object_ref_sink (SAL_CANVAS (sal_canvas_new ()));
  SalCanvas *second = g_object_ref_sink (SAL_CANVAS (sal_canvas_new ()));
  g_autoptr (SalImage) picture = stage_large (8000, 6000);

  sal_canvas_set_picture (first, picture);
  g_assert_false (is_halved (first));
  gint64 start = g_get_monotonic_time ();
  sal_canvas_set_picture (second, picture);
  g_assert_true (second->pyramid == first->pyramid);
  g_assert_cmpint (g_get_monotonic_time () - start, <, 20000);
  sal_canvas_set_picture (first, NULL);
  g_assert_true (ui_wait_until (is_halved, second, 20000));
  /* Nobody waits twice for it. */
  sal_canvas_set_picture (first, picture);
  g_assert_true (is_halved (first));
  g_assert_finalize_object (first);
  g_assert_finalize_object (second);

  g_autoptr (SalPyramid) anew = sal_pyramid_share (picture);
  g_assert_false (sal_pyramid_is_done (anew));
}

static gsize
bytes_of (cairo_surface_t *surface)
{
  cairo_surface_flush (surface);
  return (gsize) cairo_image_surface_get_stride (surface) *
         cairo_image_surface_get_height (surface);
}

static gboolean
has_nothing_spare (gpointer data)
{
  SalCanvas *canvas = data;

  for (guint i = 0; i < G_N_ELEMENTS (canvas->spare); i++)
    if (canvas->spare[i].surface != NULL)
      return FALSE;
  return TRUE;
}

static gboolean
has_no_copies (gpointer data)
{
  SalCanvas *canvas = data;

  return canvas->panes[0].surface == NULL && canvas->heat.surface == NULL &&
         has_nothing_spare (canvas);
}

/* Copies at device pixels go soon after what shows them, and those that were used before. */
static void
test_let_go (void)
{
  g_autoptr (SalImage) picture = ui_scenery (300, 200);
  g_autoptr (SalHeatmap) heatmap = ui_attribution (30, 20, SAL_SIGN_ABSOLUTE, 0);
  Stage stage;

  stage_init (&stage, picture, heatmap);
  cairo_surface_t *before = stage_look (&stage);
  g_assert_nonnull (stage.canvas->panes[0].surface);

  sal_canvas_set_mode (stage.canvas, SAL_CANVAS_SIDE_BY_SIDE);
  cairo_surface_destroy (stage_look (&stage));
  sal_canvas_set_mode (stage.canvas, SAL_CANVAS_OVERLAY);
  cairo_surface_destroy (stage_look (&stage));
  g_assert_true (ui_wait_until (has_nothing_spare, stage.canvas, 10000));
  g_assert_nonnull (stage.canvas->panes[0].surface);

  gtk_widget_set_visible (GTK_WIDGET (stage.canvas), FALSE);
  g_assert_true (ui_wait_until (has_no_copies, stage.canvas, 20000));

  gtk_widget_set_visible (GTK_WIDGET (stage.canvas), TRUE);
  ui_run (100);
  cairo_surface_t *after = stage_look (&stage);
  g_assert_cmpmem (cairo_image_surface_get_data (before), bytes_of (before),
                   cairo_image_surface_get_data (after), bytes_of (after));
  cairo_surface_destroy (before);
  cairo_surface_destroy (after);
  stage_clear (&stage);
}

/* What a frame costs, as processor time; printed, for it depends on the machine. */
static void
test_frame_time (void)
{
  g_autoptr (SalImage) picture = stage_large (4000, 3000);
  g_autoptr (SalHeatmap) heatmap = ui_attribution (224, 224, SAL_SIGN_ABSOLUTE, 0);
  GtkWidget *canvas = sal_canvas_new ();

  sal_canvas_set_picture (SAL_CANVAS (canvas), picture);
  sal_canvas_set_heatmap (SAL_CANVAS (canvas), heatmap);

  GtkWidget *window = ui_show (canvas, 1280, 800);
  int scale = gtk_widget_get_scale_factor (canvas);
  static const char *const names[] = { "opacity", "pan at 1:1", "wheel", "wipe", "resize, fine" };

  g_assert_true (ui_wait_until (stage_is_settled, canvas, 20000));
  for (guint what = 0; what < G_N_ELEMENTS (names); what++) {
    const int frames = 10;
    clock_t making = 0, drawing = 0;
    cairo_surface_t *target =
        cairo_image_surface_create (CAIRO_FORMAT_ARGB32, 1280 * scale, 800 * scale);
    cairo_t *cr = cairo_create (target);

    cairo_scale (cr, scale, scale);
    if (what == 1)
      sal_canvas_set_zoom (SAL_CANVAS (canvas), 1);
    else
      sal_canvas_set_fit (SAL_CANVAS (canvas), TRUE);
    sal_canvas_set_mode (SAL_CANVAS (canvas), what == 3 ? SAL_CANVAS_WIPE : SAL_CANVAS_OVERLAY);
    cairo_surface_destroy (ui_picture_of (canvas));
    for (int i = 0; i < frames; i++) {
      SalCanvas *self = SAL_CANVAS (canvas);
      SalOverlayStyle style = SAL_OVERLAY_STYLE_INIT;

      if (what == 0) {
        style.opacity = 0.3 + 0.04 * i;
        sal_canvas_set_style (self, &style);
      } else if (what == 1) {
        sal_canvas_view_pan (&self->view, -9, -5);
        sal_canvas_view_changed (self, FALSE);
      } else if (what == 2) {
        sal_canvas_view_step (&self->view, 1.07, 400, 300);
        sal_canvas_view_changed (self, TRUE);
      } else if (what == 3)
        sal_canvas_set_wipe (self, 0.06 * i + 0.1);
      else
        sal_canvas_layers_drop (self, TRUE, TRUE);

      clock_t start = clock ();
      GtkSnapshot *snapshot = gtk_snapshot_new ();

      GTK_WIDGET_GET_CLASS (canvas)->snapshot (canvas, snapshot);

      GskRenderNode *node = gtk_snapshot_free_to_node (snapshot);
      clock_t made = clock ();

      gsk_render_node_draw (node, cr);
      drawing += clock () - made;
      making += made - start;
      gsk_render_node_unref (node);
    }
    g_test_message ("%s: %.1f ms to make, %.1f ms to draw per frame", names[what],
                    1000.0 * (double) making / CLOCKS_PER_SEC / frames,
                    1000.0 * (double) drawing / CLOCKS_PER_SEC / frames);
    cairo_destroy (cr);
    cairo_surface_destroy (target);
    g_assert_true (ui_wait_until (stage_is_settled, canvas, 20000));
  }
  /* The same through GTK. */
  sal_canvas_set_fit (SAL_CANVAS (canvas), TRUE);
  ui_drawn (window);

  clock_t start = clock ();

  for (int i = 0; i < 20; i++) {
    SalOverlayStyle style = SAL_OVERLAY_STYLE_INIT;

    style.opacity = 0.04 * i;
    sal_canvas_set_style (SAL_CANVAS (canvas), &style);
    gtk_test_widget_wait_for_draw (window);
  }
  g_test_message ("opacity, in the window: %.1f ms of processor time per frame",
                  1000.0 * (double) (clock () - start) / CLOCKS_PER_SEC / 20);
  gtk_window_destroy (GTK_WINDOW (window));
}

int
main (int argc, char **argv)
{
  ui_init (&argc, &argv);
  g_test_add_func ("/ui/canvas/hover", test_hover);
  g_test_add_func ("/ui/canvas/actions", test_actions);
  g_test_add_func ("/ui/canvas/next-picture", test_next_picture);
  g_test_add_func ("/ui/canvas/wheel", test_wheel);
  g_test_add_func ("/ui/canvas/replace", test_replace);
  g_test_add_func ("/ui/canvas/kept", test_kept);
  g_test_add_func ("/ui/canvas/accessible", test_accessible);
  g_test_add_func ("/ui/canvas/properties", test_properties);
  g_test_add_func ("/ui/canvas/shared-picture", test_shared_picture);
  g_test_add_func ("/ui/canvas/let-go", test_let_go);
  g_test_add_func ("/ui/canvas/frame-time", test_frame_time);
  return g_test_run ();
}
