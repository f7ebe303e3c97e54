/* Selecting on the canvas: what a drag selects with each tool, what shows, what leaves. */
#include "tests/ui/ui-support.h"
#include "ui/canvas-private.h"

#include <math.h>

/* A picture that fits with 12 pixels of air and 4 screen pixels a cell. */
#define SIDE 324
#define CELLS 30
#define CELL 10.0
#define AIR 12

typedef struct {
  SalCanvas *canvas;
  GtkWidget *window;
  int regions;
} Stage;

static void
region_cb (SalCanvas *canvas, Stage *stage)
{
  stage->regions++;
}

static void
stage_init (Stage *stage, SalCanvasTool tool)
{
  g_autoptr (SalImage) picture = ui_scenery (300, 300);
  g_autoptr (SalHeatmap) heatmap = ui_attribution (30, 30, SAL_SIGN_SIGNED, 0);
  int quarters[CELLS * CELLS];

  for (int i = 0; i < CELLS * CELLS; i++)
    quarters[i] = 2 * (i / CELLS >= CELLS / 2) + (i % CELLS >= CELLS / 2);
  *stage = (Stage){ .canvas = SAL_CANVAS (sal_canvas_new ()) };
  sal_canvas_set_show_bar (stage->canvas, FALSE);
  sal_canvas_set_picture (stage->canvas, picture);
  sal_canvas_set_heatmap (stage->canvas, heatmap);
  sal_canvas_set_grid (stage->canvas, CELLS, CELLS, quarters);
  sal_canvas_set_tool (stage->canvas, tool);
  g_signal_connect (stage->canvas, "region", G_CALLBACK (region_cb), stage);
  stage->window = ui_show (GTK_WIDGET (stage->canvas), SIDE, SIDE);
}

static void
stage_clear (Stage *stage)
{
  g_object_ref (stage->canvas);
  gtk_window_destroy (GTK_WINDOW (stage->window));
  g_assert_finalize_object (stage->canvas);
}

/* In cells of the grid. */
static void
drag (Stage *stage, double x0, double y0, gboolean more, const double (*points)[2], int n)
{
  double x = AIR + x0 * CELL, y = AIR + y0 * CELL;

  g_assert_true (sal_canvas_select_begin (stage->canvas, x, y, more));
  for (int i = 0; i < n; i++)
    sal_canvas_select_update (stage->canvas, AIR + points[i][0] * CELL, AIR + points[i][1] * CELL);
  sal_canvas_select_end (stage->canvas);
}

static int
count (Stage *stage)
{
  SalRegion *region = sal_canvas_get_region (stage->canvas);

  return region != NULL ? (int) lround (sal_region_area (region) * CELLS * CELLS) : 0;
}

static void
test_rectangle (void)
{
  Stage stage;

  stage_init (&stage, SAL_CANVAS_RECTANGLE);
  /* The middle of the way does not count. */
  drag (&stage, 2, 3, FALSE, (const double[][2]){ { 29, 29 }, { 7, 5 } }, 2);
  g_assert_cmpint (stage.regions, ==, 1);
  g_assert_cmpint (count (&stage), ==, 5 * 2);
  g_assert_cmpint (sal_region_mask (sal_canvas_get_region (stage.canvas))[3 * CELLS + 2], ==, 1);

  /* Its edge is drawn white; inside and outside are as before. */
  cairo_surface_t *with = ui_picture_of (GTK_WIDGET (stage.canvas));
  sal_canvas_set_region (stage.canvas, NULL);
  cairo_surface_t *bare = ui_picture_of (GTK_WIDGET (stage.canvas));
  int s = gtk_widget_get_scale_factor (GTK_WIDGET (stage.canvas));
  g_assert_cmpint (ui_far (ui_pixel (with, 57 * s, 42 * s), 0xffffff), <, 80);
  g_assert_cmpint (ui_far (ui_pixel (with, 57 * s, 52 * s), ui_pixel (bare, 57 * s, 52 * s)), ==,
                   0);
  g_assert_cmpint (ui_far (ui_pixel (with, 57 * s, 80 * s), ui_pixel (bare, 57 * s, 80 * s)), ==,
                   0);
  cairo_surface_destroy (with);
  cairo_surface_destroy (bare);
  g_assert_cmpint (stage.regions, ==, 1); /* the program is not told of what it does itself */

  /* Beyond the edge it ends at the edge; a click selects nothing. */
  drag (&stage, 28, 28, FALSE, (const double[][2]){ { 90, 90 } }, 1);
  g_assert_cmpint (count (&stage), ==, 4);
  drag (&stage, 5, 5, FALSE, (const double[][2]){ { 5.1, 5 } }, 1);
  g_assert_null (sal_canvas_get_region (stage.canvas));
  g_assert_cmpint (stage.regions, ==, 3);
  stage_clear (&stage);
}

static void
test_lasso (void)
{
  Stage stage;

  stage_init (&stage, SAL_CANVAS_LASSO);
  drag (&stage, 0, 0, FALSE, (const double[][2]){ { 10.2, 0 }, { 0, 10.2 } }, 2);
  g_assert_cmpint (count (&stage), ==, 55);
  stage_clear (&stage);
}

static void
test_segments (void)
{
  const int quarter = CELLS * CELLS / 4;
  Stage stage;

  stage_init (&stage, SAL_CANVAS_SEGMENTS);
  drag (&stage, 3, 3, FALSE, NULL, 0);
  g_assert_cmpint (count (&stage), ==, quarter);
  /* Each click starts over; with Shift it adds, or takes away again. */
  drag (&stage, 20, 3, FALSE, NULL, 0);
  g_assert_cmpint (count (&stage), ==, quarter);
  drag (&stage, 3, 20, TRUE, NULL, 0);
  g_assert_cmpint (count (&stage), ==, 2 * quarter);
  drag (&stage, 21, 4, TRUE, NULL, 0);
  g_assert_cmpint (count (&stage), ==, quarter);
  /* A drag takes what it touches. */
  drag (&stage, 3, 3, FALSE, (const double[][2]){ { 20, 3 }, { 20, 20 }, { 50, 50 } }, 3);
  g_assert_cmpint (count (&stage), ==, 3 * quarter);
  drag (&stage, 50, 50, FALSE, NULL, 0);
  g_assert_cmpint (count (&stage), ==, 0);

  /* The one under the pointer is shown. */
  GtkWidget *widget = GTK_WIDGET (stage.canvas);
  cairo_surface_t *before = ui_picture_of (widget);
  stage.canvas->pointed = TRUE;
  stage.canvas->pointer_x = stage.canvas->pointer_y = AIR + 30;
  sal_canvas_select_point (stage.canvas);
  cairo_surface_t *after = ui_picture_of (widget);
  int s = gtk_widget_get_scale_factor (widget), y = (AIR + 150) * s;
  g_assert_cmpint (ui_far (ui_pixel (after, 80 * s, y), 0xffffff), <, 80);
  g_assert_cmpint (ui_far (ui_pixel (before, 80 * s, y), 0xffffff), >, 20);
  cairo_surface_destroy (before);
  cairo_surface_destroy (after);
  stage_clear (&stage);
}

/* Escape takes one thing back at a time; another grid makes every region void. */
static void
test_leave (void)
{
  Stage stage;

  stage_init (&stage, SAL_CANVAS_RECTANGLE);
  drag (&stage, 2, 3, FALSE, (const double[][2]){ { 7, 5 } }, 1);
  g_assert_true (sal_canvas_select_escape (stage.canvas));
  g_assert_null (sal_canvas_get_region (stage.canvas));
  g_assert_cmpint (stage.regions, ==, 2);
  g_assert_true (sal_canvas_select_escape (stage.canvas));
  g_assert_cmpint (sal_canvas_get_tool (stage.canvas), ==, SAL_CANVAS_MOVE);
  g_assert_false (sal_canvas_select_escape (stage.canvas));

  sal_canvas_set_tool (stage.canvas, SAL_CANVAS_RECTANGLE);
  drag (&stage, 2, 3, FALSE, (const double[][2]){ { 7, 5 } }, 1);
  sal_canvas_set_grid (stage.canvas, 8, 8, NULL);
  g_assert_null (sal_canvas_get_region (stage.canvas));
  sal_canvas_set_grid (stage.canvas, 0, 0, NULL);
  g_assert_false (sal_canvas_select_begin (stage.canvas, 100, 100, FALSE));
  stage_clear (&stage);
}

static void
press (Stage *stage, guint key, GdkModifierType state, int times)
{
  g_autoptr (GListModel) all = gtk_widget_observe_controllers (GTK_WIDGET (stage->canvas));

  for (guint i = 0; i < g_list_model_get_n_items (all); i++) {
    g_autoptr (GtkEventController) controller = g_list_model_get_item (all, i);

    if (!GTK_IS_SHORTCUT_CONTROLLER (controller))
      continue;
    for (guint j = 0; j < g_list_model_get_n_items (G_LIST_MODEL (controller)); j++) {
      g_autoptr (GtkShortcut) shortcut = g_list_model_get_item (G_LIST_MODEL (controller), j);
      GtkShortcutTrigger *trigger = gtk_shortcut_get_trigger (shortcut);

      if (GTK_IS_KEYVAL_TRIGGER (trigger) &&
          gtk_keyval_trigger_get_keyval (GTK_KEYVAL_TRIGGER (trigger)) == key &&
          gtk_keyval_trigger_get_modifiers (GTK_KEYVAL_TRIGGER (trigger)) == state)
        for (int n = 0; n < times; n++)
          gtk_shortcut_action_activate (gtk_shortcut_get_action (shortcut), 0,
                                        GTK_WIDGET (stage->canvas),
                                        gtk_shortcut_get_arguments (shortcut));
    }
  }
}

/* Everything without a mouse. */
static void
test_keys (void)
{
  const int quarter = CELLS * CELLS / 4;
  SalCanvasHover hover;
  Stage stage;

  stage_init (&stage, SAL_CANVAS_RECTANGLE);
  press (&stage, GDK_KEY_Return, 0, 1); /* there is no cursor yet */
  press (&stage, GDK_KEY_Right, GDK_ALT_MASK, 3);
  press (&stage, GDK_KEY_Up, GDK_ALT_MASK | GDK_SHIFT_MASK, 2);
  g_assert_true (sal_canvas_get_hover (stage.canvas, &hover));
  g_assert_cmpint (hover.x, ==, 152);
  g_assert_cmpint (hover.y, ==, 130);
  press (&stage, GDK_KEY_Return, 0, 1);
  g_assert_cmpint (stage.regions, ==, 0);
  press (&stage, GDK_KEY_Right, GDK_ALT_MASK | GDK_SHIFT_MASK, 5);
  press (&stage, GDK_KEY_Down, GDK_ALT_MASK | GDK_SHIFT_MASK, 3);
  press (&stage, GDK_KEY_Return, 0, 1);
  g_assert_cmpint (stage.regions, ==, 1);
  g_assert_cmpint (count (&stage), ==, 5 * 3);
  /* Begun and left again: what was selected stays. */
  press (&stage, GDK_KEY_Return, 0, 1);
  press (&stage, GDK_KEY_Left, GDK_ALT_MASK, 30);
  g_assert_true (sal_canvas_select_escape (stage.canvas));
  g_assert_cmpint (count (&stage), ==, 5 * 3);

  sal_canvas_set_tool (stage.canvas, SAL_CANVAS_SEGMENTS);
  sal_canvas_set_region (stage.canvas, NULL);
  press (&stage, GDK_KEY_Return, 0, 1);
  g_assert_cmpint (count (&stage), ==, quarter);
  press (&stage, GDK_KEY_Left, GDK_ALT_MASK | GDK_SHIFT_MASK, 30); /* it ends at the edge */
  g_assert_true (sal_canvas_get_hover (stage.canvas, &hover));
  g_assert_cmpint (hover.x, ==, 0);
  press (&stage, GDK_KEY_Return, 0, 1);
  g_assert_cmpint (count (&stage), ==, 2 * quarter);
  press (&stage, GDK_KEY_Return, 0, 1);
  g_assert_cmpint (count (&stage), ==, quarter);

  /* What is out of sight comes into view. */
  sal_canvas_set_zoom (stage.canvas, 8);
  press (&stage, GDK_KEY_Right, GDK_ALT_MASK | GDK_SHIFT_MASK, 40);
  g_assert_true (sal_canvas_get_hover (stage.canvas, &hover));
  g_assert_cmpint (hover.x, ==, 299);
  stage_clear (&stage);
}

/* In each view, at any zoom, something is drawn and nothing breaks. */
static void
test_views (void)
{
  Stage stage;

  stage_init (&stage, SAL_CANVAS_SEGMENTS);
  drag (&stage, 3, 3, FALSE, NULL, 0);
  for (int mode = SAL_CANVAS_OVERLAY; mode <= SAL_CANVAS_PICTURE; mode++)
    for (double zoom = 0.2; zoom < 70; zoom *= 4) {
      sal_canvas_set_mode (stage.canvas, mode);
      sal_canvas_set_zoom (stage.canvas, zoom);
      cairo_surface_destroy (ui_picture_of (GTK_WIDGET (stage.canvas)));
    }
  stage_clear (&stage);
}

/* The loupe has the pixel under the pointer in its middle, and nothing under the pointer itself. */
static void
test_loupe (void)
{
  g_autoptr (SalImage) picture = ui_scenery (300, 300);
  Stage stage;

  stage_init (&stage, SAL_CANVAS_MOVE);
  sal_canvas_set_heatmap (stage.canvas, NULL);
  sal_canvas_set_loupe (stage.canvas, TRUE);
  stage.canvas->pointed = TRUE;
  for (int corner = 0; corner < 2; corner++) {
    int x = corner ? 250 : 40;
    stage.canvas->pointer_x = stage.canvas->pointer_y = AIR + x + 0.5;
    sal_canvas_probe (stage.canvas);

    cairo_surface_t *drawn = ui_picture_of (GTK_WIDGET (stage.canvas));
    int s = gtk_widget_get_scale_factor (GTK_WIDGET (stage.canvas));
    int middle = (int) round (AIR + x + 0.5 + (corner ? -22 - 152 : 22)) + 76;
    const guint8 *p = sal_image_pixel (picture, x, x);
    guint32 rgb = (guint32) p[0] << 16 | (guint32) p[1] << 8 | p[2];

    g_assert_cmpint (ui_far (ui_pixel (drawn, middle * s, middle * s), rgb), ==, 0);
    cairo_surface_destroy (drawn);
  }
  sal_canvas_set_loupe (stage.canvas, FALSE);
  stage_clear (&stage);
}

int
main (int argc, char *argv[])
{
  ui_init (&argc, &argv);
  g_test_add_func ("/ui/canvas-select/rectangle", test_rectangle);
  g_test_add_func ("/ui/canvas-select/lasso", test_lasso);
  g_test_add_func ("/ui/canvas-select/segments", test_segments);
  g_test_add_func ("/ui/canvas-select/leave", test_leave);
  g_test_add_func ("/ui/canvas-select/keys", test_keys);
  g_test_add_func ("/ui/canvas-select/views", test_views);
  g_test_add_func ("/ui/canvas-select/loupe", test_loupe);
  return g_test_run ();
}
