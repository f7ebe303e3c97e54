/* Estimates that fade into the next: what is drawn meanwhile, and what is said at once. */
#include "tests/ui/ui-support.h"
#include "ui/canvas-private.h"

static SalHeatmap *
even (float value, SalSign sign)
{
  const float values[] = { value, value, value, 1 };
  SalHeatmapStyle style = { SAL_REDUCE_SUM, sign, SAL_NORMALIZE_MAX, 0, 0 };
  g_autoptr (SalTensor) tensor = sal_tensor_new_copy (SAL_FLOAT, &SAL_SHAPE (2, 2), values);
  GError *error = NULL;
  SalHeatmap *heatmap = sal_heatmap_new (tensor, SAL_NCHW, &style, &error);

  g_assert_no_error (error);
  return heatmap;
}

static GtkWidget *
stage (SalCanvas **canvas)
{
  g_autoptr (SalImage) picture = ui_scenery (100, 100);

  *canvas = SAL_CANVAS (sal_canvas_new ());
  sal_canvas_set_picture (*canvas, picture);
  return ui_show (GTK_WIDGET (*canvas), 200, 200);
}

static gboolean
is_over (gpointer canvas)
{
  return SAL_CANVAS (canvas)->fade_id == 0;
}

static void
test_fade (void)
{
  g_autoptr (SalHeatmap) weak = even (0, SAL_SIGN_ABSOLUTE);
  g_autoptr (SalHeatmap) strong = even (0.8f, SAL_SIGN_ABSOLUTE);
  SalCanvas *canvas;
  GtkWidget *window = stage (&canvas);

  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", TRUE, NULL);
  /* There is nothing to fade from. */
  sal_canvas_fade_heatmap (canvas, weak);
  g_assert_true (is_over (canvas));
  sal_canvas_fade_heatmap (canvas, strong);
  g_assert_false (is_over (canvas));
  g_assert_true (sal_canvas_get_heatmap (canvas) == strong);
  float last = 0;
  gboolean between = FALSE;
  while (!is_over (canvas)) {
    float now = sal_heatmap_values (sal_canvas_drawn (canvas))[0];
    g_assert_cmpfloat (now, >=, last);
    between |= now > 0.01f && now < 0.79f;
    last = now;
    ui_run (5);
  }
  g_assert_true (between);
  g_assert_true (sal_canvas_drawn (canvas) == strong);

  /* Another one on the way starts from what is seen. */
  sal_canvas_fade_heatmap (canvas, weak);
  ui_run (60);
  float seen = sal_heatmap_values (sal_canvas_drawn (canvas))[0];
  sal_canvas_fade_heatmap (canvas, strong);
  g_assert_cmpfloat (sal_heatmap_values (sal_canvas_drawn (canvas))[0], ==, seen);
  /* What is set is there at once. */
  sal_canvas_set_heatmap (canvas, weak);
  g_assert_true (is_over (canvas));
  g_assert_true (sal_canvas_drawn (canvas) == weak);

  /* The last one ends in itself, and a canvas may go meanwhile. */
  sal_canvas_fade_heatmap (canvas, strong);
  g_assert_true (ui_wait_until (is_over, canvas, 20000));
  sal_canvas_fade_heatmap (canvas, weak);
  sal_canvas_fade_heatmap (canvas, NULL);
  g_assert_null (sal_canvas_drawn (canvas));
  sal_canvas_set_heatmap (canvas, weak);
  sal_canvas_fade_heatmap (canvas, strong);
  g_object_ref (canvas);
  gtk_window_destroy (GTK_WINDOW (window));
  g_assert_finalize_object (canvas);
}

/* Without animations nothing moves, and maps of different kinds change at once. */
static void
test_no_fade (void)
{
  g_autoptr (SalHeatmap) weak = even (0, SAL_SIGN_ABSOLUTE);
  g_autoptr (SalHeatmap) strong = even (0.8f, SAL_SIGN_ABSOLUTE);
  g_autoptr (SalHeatmap) other = even (0.8f, SAL_SIGN_SIGNED);
  SalCanvas *canvas;
  GtkWidget *window = stage (&canvas);

  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
  sal_canvas_set_heatmap (canvas, weak);
  sal_canvas_fade_heatmap (canvas, strong);
  g_assert_true (sal_canvas_drawn (canvas) == strong);
  g_assert_true (is_over (canvas));

  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", TRUE, NULL);
  sal_canvas_fade_heatmap (canvas, other);
  ui_run (40);
  g_assert_true (sal_canvas_drawn (canvas) == other);
  gtk_window_destroy (GTK_WINDOW (window));
}

int
main (int argc, char *argv[])
{
  ui_init (&argc, &argv);
  g_test_add_func ("/ui/canvas-fade/fade", test_fade);
  g_test_add_func ("/ui/canvas-fade/no-fade", test_no_fade);
  return g_test_run ();
}
