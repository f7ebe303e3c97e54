/* The canvas in a window: what it draws, compared with what files get, and what it says. */
#include "tests/ui/ui-support.h"
#include "ui/canvas-bar.h"
#include "ui/canvas-private.h"

#include <math.h>
#include <time.h>

#define WIDTH 640
#define HEIGHT 480

typedef struct {
  SalCanvas *canvas;
  GtkWidget *window;
  int scale;
  int hovers;
} Stage;

static void
hover_cb (SalCanvas *canvas, Stage *stage)
{
  stage->hovers++;
}

static void
stage_init (Stage *stage, SalImage *picture, SalHeatmap *heatmap)
{
  GtkWidget *canvas = sal_canvas_new ();

  *stage = (Stage){ .canvas = SAL_CANVAS (canvas) };
  sal_canvas_set_show_bar (stage->canvas, FALSE);
  sal_canvas_set_picture (stage->canvas, picture);
  sal_canvas_set_heatmap (stage->canvas, heatmap);
  g_signal_connect (canvas, "hover", G_CALLBACK (hover_cb), stage);
  stage->window = ui_show (canvas, WIDTH, HEIGHT);
  stage->scale = gtk_widget_get_scale_factor (canvas);
  g_assert_cmpint (stage->canvas->view.scale, ==, stage->scale);
}

/* Nothing may keep a canvas alive that its window has let go. */
static void
stage_clear (Stage *stage)
{
  g_object_ref (stage->canvas);
  gtk_window_destroy (GTK_WINDOW (stage->window));
  g_assert_finalize_object (stage->canvas);
}

static gboolean
is_settled (gpointer data)
{
  SalCanvas *canvas = data;

  return canvas->rest_id == 0 && canvas->work_id == 0;
}

/* What is drawn once nothing moves. */
static cairo_surface_t *
look (Stage *stage)
{
  g_assert_true (ui_wait_until (is_settled, stage->canvas, 10000));
  return ui_picture_of (GTK_WIDGET (stage->canvas));
}

static SalCanvasPane
pane_of (Stage *stage, int index)
{
  SalCanvasPane panes[2];

  g_assert_cmpint (sal_canvas_view_panes (&stage->canvas->view, panes), >, index);
  return panes[index];
}

static guint32
rgb_of (const SalImage *image, int x, int y)
{
  const guint8 *p = sal_image_pixel (image, x, y);

  return (guint32) p[0] << 16 | (guint32) p[1] << 8 | p[2];
}

/* How far what is seen at a pane is from @image, which covers the whole scaled picture there, in
 * the columns from..to of what is visible. */
static int
far_from (cairo_surface_t *drawn, const SalCanvasPane *pane, const SalImage *image, int from,
          int to)
{
  int far = 0;

  g_assert_cmpint (sal_image_width (image), ==, pane->picture.width);
  g_assert_cmpint (sal_image_height (image), ==, pane->picture.height);
  g_assert_cmpint (pane->visible.width, >, 0);
  for (int y = pane->visible.y; y < pane->visible.y + pane->visible.height; y++)
    for (int x = pane->visible.x + from; x < pane->visible.x + to; x++)
      far = MAX (far, ui_far (ui_pixel (drawn, x, y),
                              rgb_of (image, x - pane->picture.x, y - pane->picture.y)));
  return far;
}

static int
far_all (cairo_surface_t *drawn, const SalCanvasPane *pane, const SalImage *image)
{
  return far_from (drawn, pane, image, 0, pane->visible.width);
}

static SalImage *
rendered (Stage *stage, int factor)
{
  g_autoptr (GError) error = NULL;
  SalRect seen = sal_canvas_get_seen (stage->canvas);
  SalImage *image = sal_overlay_render (sal_canvas_get_picture (stage->canvas),
                                        sal_canvas_get_heatmap (stage->canvas), &seen,
                                        sal_canvas_get_style (stage->canvas), factor, &error);

  g_assert_no_error (error);
  return image;
}

static GtkEventController *
controller (Stage *stage, GType type)
{
  g_autoptr (GListModel) all = gtk_widget_observe_controllers (GTK_WIDGET (stage->canvas));

  for (guint i = 0; i < g_list_model_get_n_items (all); i++) {
    g_autoptr (GtkEventController) item = g_list_model_get_item (all, i);

    if (G_TYPE_CHECK_INSTANCE_TYPE (item, type))
      return item;
  }
  g_assert_not_reached ();
}

/* Points at a device pixel of the widget. */
static void
point_at (Stage *stage, double x, double y)
{
  g_signal_emit_by_name (controller (stage, GTK_TYPE_EVENT_CONTROLLER_MOTION), "motion",
                         x / stage->scale, y / stage->scale);
}

/* Pixels */

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

      cairo_surface_t *drawn = look (&stage);
      SalCanvasPane pane = pane_of (&stage, 0);
      g_autoptr (SalImage) file = rendered (&stage, 1);

      /* The corner marks, where there are any, lie on the pixels to compare. */
      if (j == 0 || cases[i].blend == SAL_BLEND_OVER)
        g_assert_cmpint (far_all (drawn, &pane, file), <=, 1);
      else
        g_assert_cmpint (far_from (drawn, &pane, file, 0, 40), <=, 1);
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
    cairo_surface_t *drawn = look (&stage);
    SalCanvasPane pane = pane_of (&stage, 0);
    g_autoptr (SalImage) file = rendered (&stage, 7 * stage.scale);

    g_assert_cmpint (pane.picture.width, ==, 840 * stage.scale);
    g_assert_cmpint (far_all (drawn, &pane, file), <=, 1);
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
    cairo_surface_t *drawn = look (&stage);
    SalCanvasPane pane = pane_of (&stage, 0);

    g_assert_cmpint (stage.canvas->panes[0].how, ==, SAL_SAMPLING_FINE);
    g_assert_cmpint (far_all (drawn, &pane, scaled), ==, 0);
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

  g_autoptr (SalImage) overlay = rendered (&stage, 1);
  SalCanvasPane pane = pane_of (&stage, 0);
  cairo_surface_t *drawn = look (&stage);

  g_assert_cmpint (far_all (drawn, &pane, overlay), <=, 1);

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
  drawn = look (&stage);
  g_assert_cmpint (far_all (drawn, &pane, picture), ==, 0);
  cairo_surface_destroy (drawn);

  /* The outermost pixel is the hairline around the map. */
  sal_canvas_set_mode (stage.canvas, SAL_CANVAS_HEATMAP);
  drawn = look (&stage);
  for (int i = 1; i < 149; i += 7)
    g_assert_cmpint (
        ui_far (ui_pixel (drawn, pane.picture.x + i, pane.picture.y + i), rgb_of (alone, i, i)), ==,
        0);
  cairo_surface_destroy (drawn);

  sal_canvas_set_mode (stage.canvas, SAL_CANVAS_WIPE);
  for (double wipe = 0.25; wipe < 1; wipe += 0.5) {
    int at = (int) (200 * wipe);

    sal_canvas_set_wipe (stage.canvas, wipe);
    drawn = look (&stage);
    /* Beside the handle, 18 pixels either way. */
    g_assert_cmpint (far_from (drawn, &pane, picture, 0, at - 17 * stage.scale), ==, 0);
    g_assert_cmpint (far_from (drawn, &pane, overlay, at + 17 * stage.scale, 200), <=, 1);
    cairo_surface_destroy (drawn);
  }

  sal_canvas_set_mode (stage.canvas, SAL_CANVAS_SIDE_BY_SIDE);
  drawn = look (&stage);
  pane = pane_of (&stage, 0);
  g_assert_cmpint (far_all (drawn, &pane, picture), ==, 0);
  pane = pane_of (&stage, 1);
  g_assert_cmpint (
      ui_far (ui_pixel (drawn, pane.picture.x + 60, pane.picture.y + 70), rgb_of (alone, 60, 70)),
      ==, 0);
  cairo_surface_destroy (drawn);

  /* Bare shows the picture in either pane and moves nothing. */
  sal_canvas_set_bare (stage.canvas, TRUE);
  drawn = look (&stage);
  for (int i = 0; i < 2; i++) {
    pane = pane_of (&stage, i);
    g_assert_cmpint (far_all (drawn, &pane, picture), ==, 0);
  }
  cairo_surface_destroy (drawn);
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
    cairo_surface_destroy (look (&stage));
    g_assert_cmpfloat (sal_canvas_get_zoom (stage.canvas), ==, 0);
    sal_canvas_set_picture (stage.canvas, picture);
    sal_canvas_set_zoom (stage.canvas, 1);

    cairo_surface_t *drawn = look (&stage);
    SalCanvasPane pane = pane_of (&stage, 0);

    if (mode == SAL_CANVAS_OVERLAY || mode == SAL_CANVAS_PICTURE)
      g_assert_cmpint (far_all (drawn, &pane, picture), ==, 0);
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

  cairo_surface_t *without = look (&stage);

  sal_canvas_set_show_bar (stage.canvas, TRUE);

  cairo_surface_t *with = look (&stage);
  graphene_rect_t bar, at;
  SalCanvasPane pane = pane_of (&stage, 0);
  int f = stage.scale, changed = 0;

  graphene_rect_init (&at, (float) pane.visible.x / f, (float) pane.visible.y / f,
                      (float) pane.visible.width / f, (float) pane.visible.height / f);
  g_assert_true (sal_canvas_bar_place (GTK_WIDGET (stage.canvas), WIDTH, HEIGHT, &at, &bar));
  g_assert_true (graphene_rect_contains_rect (&at, &bar));
  for (int y = 0; y < HEIGHT * f; y++)
    for (int x = 0; x < WIDTH * f; x++)
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

    g_assert_true (sal_canvas_bar_place (canvas, WIDTH, HEIGHT, picture, &bar));
    g_assert_true (
        graphene_rect_contains_rect (&GRAPHENE_RECT_INIT (12, 12, WIDTH - 24, HEIGHT - 24), &bar));
    g_assert_cmpint (graphene_rect_intersection (picture, &bar, &overlap), ==, cases[i].inside);
    if (cases[i].inside)
      g_assert_true (graphene_rect_contains_rect (picture, &bar));
  }
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

  cairo_surface_t *before = look (&stage);

  sal_canvas_set_progress (stage.canvas, 0.5);

  cairo_surface_t *after = look (&stage);
  int end = WIDTH * stage.scale, half = end / 2;

  for (int x = 0; x < end; x++)
    g_assert_true ((ui_pixel (before, x, 0) != ui_pixel (after, x, 0)) == (x < half));
  cairo_surface_destroy (after);
  sal_canvas_set_progress (stage.canvas, -0.5);
  g_assert_cmpfloat (sal_canvas_get_progress (stage.canvas), ==, -1);
  after = look (&stage);
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

    cairo_surface_t *drawn = look (&stage);
    int x = 3 * stage.scale, y = HEIGHT * stage.scale / 2;

    g_assert_cmpint (ui_pixel (drawn, x, y) != ui_pixel (drawn, 8 * stage.scale, y), ==,
                     visible % 2);
    cairo_surface_destroy (drawn);
  }
  stage_clear (&stage);
}

/* Sizes */

/* Scenery takes a while to paint. */
static SalImage *
large (int columns, int rows)
{
  int factor = MAX (MIN (columns, rows) / 100, 1);
  g_autoptr (SalImage) small = ui_scenery (columns / factor, rows / factor);

  return sal_image_enlarge_nearest (small, factor);
}

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
    g_autoptr (SalImage) picture = large (sizes[i].columns, sizes[i].rows);
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
        cairo_surface_destroy (look (&stage));

        /* Whatever the zoom, a copy is no larger than what it is for. */
        const SalCanvasLayer *layers[] = { &stage.canvas->panes[0], &stage.canvas->panes[1],
                                           &stage.canvas->heat };

        for (int j = 0; j < 3; j++) {
          if (layers[j]->surface == NULL)
            continue;
          g_assert_cmpint (cairo_image_surface_get_width (layers[j]->surface), <=,
                           WIDTH * stage.scale);
          g_assert_cmpint (cairo_image_surface_get_height (layers[j]->surface), <=,
                           HEIGHT * stage.scale);
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
      SalCanvasPane pane = pane_of (&stage, n);

      for (int y = 5; y < 200; y += 13)
        for (int x = 3; x < 300; x += 17) {
          /* The middle of a pixel, if it is on the screen. */
          double px = pane.picture.x + (x + 0.5) * pane.picture.width / 300;
          double py = pane.picture.y + (y + 0.5) * pane.picture.height / 200;

          if (px < pane.clip.x || px >= pane.clip.x + pane.clip.width || py < pane.clip.y ||
              py >= pane.clip.y + pane.clip.height)
            continue;
          point_at (&stage, px, py);
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

  SalCanvasPane pane = pane_of (&stage, 0);
  double x = pane.picture.x + pane.picture.width / 2.0, y = pane.picture.y + 100;

  point_at (&stage, x, y);
  stage.hovers = 0;
  point_at (&stage, x + 0.01, y);
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
  point_at (&stage, 1, 1);
  g_assert_false (sal_canvas_get_hover (stage.canvas, &hover));
  point_at (&stage, x, y);
  g_signal_emit_by_name (controller (&stage, GTK_TYPE_EVENT_CONTROLLER_MOTION), "leave");
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
  g_assert_cmpfloat_with_epsilon (fit, stage.scale * (WIDTH - 24) / 1000.0, 1e-9);
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
  cairo_surface_destroy (look (&stage));
  point_at (&stage, 200 * stage.scale, 300 * stage.scale);
  sal_canvas_get_hover (stage.canvas, &before);
  for (int i = 0; i < 4; i++)
    g_signal_emit_by_name (controller (&stage, GTK_TYPE_EVENT_CONTROLLER_SCROLL), "scroll", 0.0,
                           -1.0, &handled);
  g_assert_true (handled);
  g_assert_cmpfloat_with_epsilon (sal_canvas_get_zoom (stage.canvas),
                                  1.1 * stage.scale * pow (1.25, 4), 1e-6);
  sal_canvas_get_hover (stage.canvas, &after);
  g_assert_cmpint (ABS (before.x - after.x), <=, 1);
  g_assert_cmpint (ABS (before.y - after.y), <=, 1);

  sal_canvas_set_zoom (stage.canvas, 0.9 * stage.scale);
  g_signal_emit_by_name (controller (&stage, GTK_TYPE_EVENT_CONTROLLER_SCROLL), "scroll", 0.0, 1.0,
                         &handled);
  cairo_surface_destroy (ui_picture_of (GTK_WIDGET (stage.canvas)));
  g_assert_cmpint (stage.canvas->panes[0].how, ==, SAL_SAMPLING_QUICK);
  cairo_surface_destroy (look (&stage));
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
  cairo_surface_destroy (look (&stage));

  const cairo_surface_t *copy = stage.canvas->panes[0].surface;
  gint64 start = g_get_monotonic_time ();

  for (int i = 0; i < 200; i++) {
    sal_canvas_set_heatmap (stage.canvas, maps[i % 4]);
    cairo_surface_destroy (ui_picture_of (GTK_WIDGET (stage.canvas)));
  }
  g_test_message ("replaced and drawn in %.2f ms each", (g_get_monotonic_time () - start) / 200e3);
  /* The picture was not touched, and every map but the one that shows is gone. */
  g_assert_true (stage.canvas->panes[0].surface == copy);

  cairo_surface_t *drawn = look (&stage);
  SalCanvasPane pane = pane_of (&stage, 0);

  /* With 200 maps between two frames, only the last is coloured: nothing in between. */
  for (int i = 0; i < 200; i++)
    sal_canvas_set_heatmap (stage.canvas, maps[(i + 1) % 4]);
  g_assert_null (stage.canvas->heat.surface);

  sal_canvas_set_heatmap (stage.canvas, maps[199 % 4]);

  cairo_surface_t *again = look (&stage);

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

    cairo_surface_t *then = look (&stage);
    g_autoptr (GdkPaintable) live = gtk_widget_paintable_new (GTK_WIDGET (stage.canvas));
    g_autoptr (GdkPaintable) still = gdk_paintable_get_current_image (live);

    for (int j = 0; j < 6; j++) {
      g_autoptr (SalHeatmap) next = ui_attribution (64, 64, SAL_SIGN_SIGNED, 10 + j);

      sal_canvas_set_heatmap (stage.canvas, next);
      sal_canvas_layers_drop (stage.canvas, TRUE, TRUE);
      ui_drawn (stage.window);
    }

    cairo_surface_t *now = ui_drawing_of (still, WIDTH, HEIGHT, stage.scale);

    for (int y = 0; y < HEIGHT * stage.scale; y += 3)
      for (int x = 0; x < WIDTH * stage.scale; x += 5)
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
  g_assert_true (ui_wait_until (is_described, stage.canvas, 2000));
  gtk_test_accessible_assert_role (GTK_ACCESSIBLE (stage.canvas), GTK_ACCESSIBLE_ROLE_IMG);
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (stage.canvas), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "No picture");
  sal_canvas_set_picture (stage.canvas, picture);
  sal_canvas_set_heatmap (stage.canvas, heatmap);
  sal_canvas_set_zoom (stage.canvas, 1.5);
  sal_canvas_set_description (stage.canvas, "Gradient for owl");
  g_assert_true (ui_wait_until (is_described, stage.canvas, 2000));
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
  g_autoptr (SalImage) picture = large (8000, 6000);

  sal_canvas_set_picture (canvas, picture);
  g_assert_cmpuint (canvas->work_id, !=, 0);
  g_assert_finalize_object (g_steal_pointer (&canvas));
  ui_run (50);
}

/* What a frame costs, as processor time; printed, for it depends on the machine. */
static void
test_frame_time (void)
{
  g_autoptr (SalImage) picture = large (4000, 3000);
  g_autoptr (SalHeatmap) heatmap = ui_attribution (224, 224, SAL_SIGN_ABSOLUTE, 0);
  GtkWidget *canvas = sal_canvas_new ();

  sal_canvas_set_picture (SAL_CANVAS (canvas), picture);
  sal_canvas_set_heatmap (SAL_CANVAS (canvas), heatmap);

  GtkWidget *window = ui_show (canvas, 1280, 800);
  int scale = gtk_widget_get_scale_factor (canvas);
  static const char *const names[] = { "opacity", "pan at 1:1", "wheel", "wipe", "resize, fine" };

  g_assert_true (ui_wait_until (is_settled, canvas, 10000));
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
    g_assert_true (ui_wait_until (is_settled, canvas, 10000));
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
  g_test_add_func ("/ui/canvas/overlay/actual", test_overlay_actual);
  g_test_add_func ("/ui/canvas/overlay/enlarged", test_overlay_enlarged);
  g_test_add_func ("/ui/canvas/panned", test_panned);
  g_test_add_func ("/ui/canvas/modes", test_modes);
  g_test_add_func ("/ui/canvas/no-heatmap", test_no_heatmap);
  g_test_add_func ("/ui/canvas/bar/drawn", test_bar);
  g_test_add_func ("/ui/canvas/bar/place", test_bar_place);
  g_test_add_func ("/ui/canvas/progress", test_progress);
  g_test_add_func ("/ui/canvas/focus", test_focus);
  g_test_add_func ("/ui/canvas/huge", test_huge);
  g_test_add_func ("/ui/canvas/tiny-widget", test_tiny_widget);
  g_test_add_func ("/ui/canvas/hover", test_hover);
  g_test_add_func ("/ui/canvas/actions", test_actions);
  g_test_add_func ("/ui/canvas/next-picture", test_next_picture);
  g_test_add_func ("/ui/canvas/wheel", test_wheel);
  g_test_add_func ("/ui/canvas/replace", test_replace);
  g_test_add_func ("/ui/canvas/kept", test_kept);
  g_test_add_func ("/ui/canvas/accessible", test_accessible);
  g_test_add_func ("/ui/canvas/properties", test_properties);
  g_test_add_func ("/ui/canvas/frame-time", test_frame_time);
  return g_test_run ();
}
