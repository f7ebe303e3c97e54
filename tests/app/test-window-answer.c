/* The window in this process: how an answer is looked at, asked about and waited for. */
#include "tests/app/app-window.h"

#include "app/bundled.h"
#include "app/looks.h"
#include "engine/explain/smooth.h"
#include "ui/canvas.h"
#include "ui/choice-row.h"
#include "ui/param-panel.h"
#include "ui/slider-row.h"

#include <glib/gstdio.h>
#include <math.h>

/* Looks and views are drawn anew; the engine rests. */
static void
test_looks (void)
{
  SalWindow *window = app_window_with_example ();
  static const char *const keys[] = { "colormap", "sign",  "reduce", "normalize",
                                      "clip",     "blend", "cells" };

  if (window == NULL)
    return;
  SalDocument *document = sal_window_document (window);
  SalCanvas *canvas = app_part (window, "canvas");
  guint jobs = sal_document_jobs (document);

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++) {
    GtkWidget *row = sal_param_panel_find (app_part (window, "looks"), keys[i]);

    g_assert_nonnull (row);
    if (SAL_IS_SLIDER_ROW (row))
      gtk_range_set_value (sal_slider_row_scale (SAL_SLIDER_ROW (row)), 10);
    else
      gtk_drop_down_set_selected (sal_choice_row_drop_down (SAL_CHOICE_ROW (row)), 1);
    ui_run (30);
  }
  gtk_range_set_value (app_part (window, "opacity"), 35);
  g_assert_cmpfloat_with_epsilon (sal_canvas_get_style (canvas)->opacity, 0.35, 1e-9);
  g_assert_false (sal_canvas_get_style (canvas)->smooth);
  g_assert_nonnull (sal_canvas_get_style (canvas)->map);
  app_activate (window, "win.more-opaque", NULL);
  g_assert_cmpfloat_with_epsilon (sal_canvas_get_style (canvas)->opacity, 0.45, 1e-9);
  g_assert_cmpfloat_with_epsilon (gtk_range_get_value (app_part (window, "opacity")), 45, 0.5);
  for (int i = 0; i < 12; i++)
    app_activate (window, "win.less-opaque", NULL);
  g_assert_cmpfloat (sal_canvas_get_style (canvas)->opacity, ==, 0);
  for (int i = 1; i <= 5; i++) {
    app_activate (window, "win.next-view", NULL);
    g_assert_cmpint (sal_canvas_get_mode (canvas), ==, i % 5);
  }
  app_activate (window, "win.view", "wipe");
  g_assert_cmpint (sal_canvas_get_mode (canvas), ==, SAL_CANVAS_WIPE);
  ui_run (50);
  g_assert_cmpuint (sal_document_jobs (document), ==, jobs);
  app_window_finish (window);
}

static gboolean
probed (gpointer window)
{
  return app_find_label (window, "*Replaced by *") != NULL;
}

/* A region of the picture: its share, and the score without it, which is that of a picture whose
 * every cell there is the baseline. */
static void
test_region (void)
{
  SalWindow *window = app_window_with_example ();

  if (window == NULL)
    return;
  SalDocument *document = sal_window_document (window);
  SalCanvas *canvas = app_part (window, "canvas");
  SalView *view = sal_document_view (document);
  const gint64 *dim = sal_model_input_shape (view->model)->dim;
  int size = (int) dim[2];

  app_activate (window, "win.tool", "rectangle");
  g_assert_cmpint (sal_canvas_get_tool (canvas), ==, SAL_CANVAS_RECTANGLE);
  /* The whole of it: all of the attribution, and the score of nothing. */
  g_autoptr (SalRegion) whole = sal_region_new_rectangle (size, size, 0, 0, size, size);
  sal_canvas_set_region (canvas, whole);
  g_signal_emit_by_name (canvas, "region");
  g_assert_true (ui_wait_until (probed, window, 20000));
  g_assert_nonnull (app_find_label (GTK_WIDGET (window), "100 % of the attribution in 100 %*"));
  const SalExplanation *answer = sal_document_explanation (document);
  double nothing = answer->attribution->score - answer->attribution->difference;
  g_autofree char *from = g_strdup_printf ("%.2f", answer->attribution->score);
  g_autofree char *to = g_strdup_printf ("%.2f", fabs (nothing));
  g_autofree char *said =
      g_strdup_printf ("*“clock” goes from %s to %s%s*", from, nothing < 0 ? "−" : "", to);
  g_assert_nonnull (app_find_label (GTK_WIDGET (window), said));

  /* Appearance changes what counts as magnitude, not the scores: the engine rests. */
  gint64 gradients, points = sal_scorer_points (&gradients);
  app_set_look (document, "clip", "10");
  ui_run (300);
  app_set_look (document, "reduce", "max-abs");
  ui_run (300);
  g_assert_cmpint (sal_scorer_points (&gradients), ==, points);
  g_assert_nonnull (app_find_label (GTK_WIDGET (window), said));

  /* Another class is asked about at once. */
  sal_document_set_versus (document, sal_document_target (document) != 0 ? 0 : 1);
  app_settle (document);
  for (int i = 0; i < 500 && app_find_label (GTK_WIDGET (window), "*“clock − *” goes *") == NULL;
       i++)
    ui_run (10);
  g_assert_nonnull (app_find_label (GTK_WIDGET (window), "*“clock − *” goes from*"));

  /* Of several baselines, all are said. */
  app_set (document, "baseline", "black+mean");
  app_settle (document);
  for (int i = 0; i < 500 && app_find_label (GTK_WIDGET (window), "*Replaced by black + *") == NULL;
       i++)
    ui_run (10);
  g_assert_nonnull (app_find_label (GTK_WIDGET (window), "*Replaced by black + mean*, “clock*"));

  /* Superpixels are cut when they are asked for, and cover everything. */
  app_activate (window, "win.tool", "segments");
  for (int i = 0; i < 1000 && !sal_canvas_has_segments (canvas); i++)
    ui_run (10);
  g_assert_true (sal_canvas_has_segments (canvas));

  /* Another picture has another place. */
  sal_window_open_example (window);
  app_settle (document);
  g_assert_null (sal_canvas_get_region (canvas));
  g_assert_null (app_find_label (GTK_WIDGET (window), "*Replaced by *"));
  app_window_finish (window);
}

/* The card lies beside what it is about, at the top where that has room. */
static void
test_region_card (void)
{
  SalWindow *window = app_window_with_example ();

  if (window == NULL)
    return;
  SalCanvas *canvas = app_part (window, "canvas");
  GtkWidget *card = app_part (window, "region_card");
  int size =
      (int) sal_model_input_shape (sal_document_view (sal_window_document (window))->model)->dim[2];

  for (int low = 0; low < 2; low++) {
    int y = low ? size - 20 : 0;
    g_autoptr (SalRegion) corner =
        sal_region_new_rectangle (size, size, size - 20, y, size, y + 20);
    graphene_rect_t place;

    sal_canvas_set_region (canvas, corner);
    g_signal_emit_by_name (canvas, "region");
    g_assert_true (ui_wait_until (probed, window, 20000));
    ui_run (100);
    g_assert_true (gtk_widget_compute_bounds (card, GTK_WIDGET (canvas), &place));
    g_assert_cmpint (place.origin.y < 50, ==, low);
    g_assert_false (sal_canvas_selects_in (canvas, &place));
    g_signal_emit_by_name (card, "closed");
    ui_run (50);
  }
  app_window_finish (window);
}

static gboolean
failed (gpointer window)
{
  return app_find_label (window, "*cannot be computed: *") != NULL;
}

/* What cannot be found out about a region is said on its card, and the rest as well. */
static void
test_region_failure (void)
{
  SalWindow *window = app_window_with_example ();

  if (window == NULL)
    return;
  SalDocument *document = sal_window_document (window);
  SalCanvas *canvas = app_part (window, "canvas");
  int size = (int) sal_model_input_shape (sal_document_model (document))->dim[2];
  g_autofree char *picture = sal_bundled_example ("butterfly");
  g_autofree char *baseline = test_scratch ("baseline.png");
  g_autofree char *contents = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (picture, &contents, &length, NULL));
  test_write (baseline, contents, length);
  app_set_method (window, "integrated-gradients");
  app_set (document, "baseline", baseline);
  app_settle (document);
  g_assert_cmpint (sal_document_state (document), ==, SAL_DOCUMENT_DONE);
  g_assert_cmpint (g_unlink (baseline), ==, 0);
  g_autoptr (SalRegion) whole = sal_region_new_rectangle (size, size, 0, 0, size, size);
  sal_canvas_set_region (canvas, whole);
  g_signal_emit_by_name (canvas, "region");
  g_assert_true (ui_wait_until (failed, window, 20000));
  g_assert_nonnull (app_find_label (GTK_WIDGET (window), "100 % of the attribution in 100 %*"));
  g_assert_nonnull (app_find_label (GTK_WIDGET (window), "*baseline.png*"));

  /* Asked anew, it is answered. */
  test_write (baseline, contents, length);
  g_signal_emit_by_name (canvas, "region");
  g_assert_true (ui_wait_until (probed, window, 20000));
  g_assert_false (failed (window));
  app_window_finish (window);
}

/* The zoom is said beside the tools, and set there. */
static void
test_zoom (void)
{
  SalWindow *window = app_window_with_example ();

  if (window == NULL)
    return;
  SalCanvas *canvas = app_part (window, "canvas");
  GtkWidget *tools = app_part (window, "canvas_tools");
  g_autofree char *fitted = g_strdup_printf ("%.0f %%", 100 * sal_canvas_get_zoom (canvas));

  g_assert_nonnull (app_find_label (tools, fitted));
  app_activate (window, "win.zoom-toggle", NULL);
  g_assert_cmpfloat (sal_canvas_get_zoom (canvas), ==, 1);
  g_assert_nonnull (app_find_label (tools, "100 %"));
  app_activate (window, "win.zoom-in", NULL);
  g_assert_cmpfloat (sal_canvas_get_zoom (canvas), >, 1);
  app_activate (window, "win.zoom-out", NULL);
  app_activate (window, "win.zoom-out", NULL);
  g_assert_cmpfloat (sal_canvas_get_zoom (canvas), <, 1);
  app_activate (window, "win.zoom-toggle", NULL);
  g_assert_true (sal_canvas_get_fit (canvas));
  g_assert_nonnull (app_find_label (tools, fitted));
  app_window_finish (window);
}

static gboolean
marked (gpointer window)
{
  return sal_canvas_get_marks (app_part (window, "canvas")) != NULL;
}

static gboolean
row_there (SalWindow *window, const char *key)
{
  GtkWidget *row = sal_param_panel_find (app_part (window, "looks"), key);

  return gtk_widget_get_visible (gtk_widget_get_ancestor (row, GTK_TYPE_LIST_BOX_ROW));
}

/* Not the last answer's. */
static gboolean
has_running_error (gpointer document)
{
  const SalExplanation *answer = sal_document_explanation (document);
  SalTensor *error = sal_document_error (document);

  return error != NULL &&
         error != g_hash_table_lookup (answer->attribution->extras, "standard-error");
}

static gboolean
has_stopped (gpointer document)
{
  return sal_document_state (document) == SAL_DOCUMENT_STOPPED;
}

/* A mean of samples has an error that can be looked at, and signs that are not settled; other
 * results have not, and the rows for it are absent. The engine rests. */
static void
test_errors (void)
{
  SalWindow *window = app_window_with_example ();

  if (window == NULL)
    return;
  SalDocument *document = sal_window_document (window);
  SalCanvas *canvas = app_part (window, "canvas");

  g_assert_null (sal_document_error (document));
  g_assert_false (row_there (window, "quantity"));
  g_assert_false (row_there (window, "unsettled"));
  /* Five orders of the segments have an error as well as 25, for a fifth of the time. */
  const SalMethod *method = sal_method_find ("shapley");
  g_autoptr (SalSettings) settings = sal_settings_new ();
  g_assert_true (
      sal_settings_set_number (settings, sal_param_find (method->params, "permutations"), 5, NULL));
  sal_document_remember (document, method, settings);
  sal_document_set_method (document, method);
  app_settle (document);
  g_assert_nonnull (sal_document_error (document));
  g_assert_true (row_there (window, "quantity"));
  guint jobs = sal_document_jobs (document);

  /* By hand: the row's own switch. */
  GtkWidget *row = sal_param_panel_find (app_part (window, "looks"), "unsettled");
  gtk_switch_set_active (GTK_SWITCH (gtk_widget_get_last_child (row)), TRUE);
  g_assert_true (ui_wait_until (marked, window, 20000));
  double share = sal_region_area (sal_canvas_get_marks (canvas));
  g_test_message ("%.0f %% of the signs are not settled", 100 * share);
  g_assert_cmpfloat (share, >, 0);
  g_assert_cmpfloat (share, <, 1);

  app_set_look (document, "quantity", "error");
  for (int i = 0; i < 500 && app_find_label (GTK_WIDGET (window), "Standard error of *") == NULL;
       i++)
    ui_run (10);
  g_assert_nonnull (app_find_label (GTK_WIDGET (window), "Standard error of *"));
  g_assert_true (sal_document_shows_error (document));
  g_assert_false (sal_heatmap_signed (sal_canvas_get_heatmap (canvas)));
  app_set_look (document, "quantity", "attribution");
  app_set_look (document, "unsettled", "off");
  ui_run (200);
  g_assert_true (sal_heatmap_signed (sal_canvas_get_heatmap (canvas)));
  g_assert_null (sal_canvas_get_marks (canvas));
  g_assert_null (app_find_label (GTK_WIDGET (window), "Standard error of *"));
  g_assert_cmpuint (sal_document_jobs (document), ==, jobs);

  /* Already while samples are taken, and of a run that was stopped. */
  app_set_look (document, "unsettled", "on");
  app_set (document, "permutations", "10000");
  g_assert_true (ui_wait_until (has_running_error, document, 60000));
  g_assert_true (row_there (window, "unsettled"));
  g_assert_true (ui_wait_until (marked, window, 20000));
  sal_document_cancel (document);
  g_assert_true (ui_wait_until (has_stopped, document, 20000));
  ui_run (200);
  g_assert_true (has_running_error (document));
  g_assert_nonnull (sal_canvas_get_marks (canvas));
  app_set_look (document, "quantity", "error");
  g_assert_true (sal_document_shows_error (document));
  app_window_finish (window);
}

static gboolean
announced (gpointer widget)
{
  return gtk_widget_get_visible (widget);
}

/* A long job is announced with its number and can be stopped; a short one is not announced. */
static void
test_job (void)
{
  SalWindow *window = app_window_with_example ();

  if (window == NULL)
    return;
  SalDocument *document = sal_window_document (window);
  GtkWidget *job = app_part (window, "job");

  g_assert_false (gtk_widget_get_visible (job));
  app_set (document, "smooth", "smoothgrad");
  app_set (document, "samples", "1000");
  g_assert_true (ui_wait_until (announced, job, 20000));
  g_assert_true (app_enabled (window, "cancel"));
  g_assert_false (app_enabled (window, "export"));
  ui_run (300);
  g_assert_nonnull (app_find_label (GTK_WIDGET (window), "* of 1000 samples"));
  g_assert_nonnull (app_find_label (job, "* %"));
  g_assert_true (ui_wait_until (has_running_error, document, 60000));
  app_activate (window, "win.cancel", NULL);
  app_settle (document);
  g_assert_false (gtk_widget_get_visible (job));
  g_assert_false (app_enabled (window, "cancel"));
  /* The mean so far is a result: it can be exported, stands on the shelf, and the slider tells how
   * many samples it has; undone, the run goes on from there. */
  g_assert_nonnull (app_find_label (GTK_WIDGET (window), "Stopped at * samples · Score *"));
  g_assert_true (app_enabled (window, "export"));
  const SalParam *samples = sal_param_find (sal_smooth_params (), "samples");
  double n = sal_settings_number (sal_document_settings (document), samples);
  GtkWidget *row = sal_param_panel_find (app_part (window, "params"), "samples");
  g_assert_cmpfloat (n, <, 1000);
  g_assert_cmpfloat (sal_slider_row_get_value (SAL_SLIDER_ROW (row)), ==, n);
  app_activate (window, "win.undo", NULL);
  ui_run (50);
  g_assert_cmpfloat (sal_settings_number (sal_document_settings (document), samples), ==, 1000);
  sal_document_cancel (document);
  app_settle (document);
  g_assert_cmpfloat (sal_settings_number (sal_document_settings (document), samples), >=, n);
  app_window_finish (window);
}

int
main (int argc, char *argv[])
{
  app_init (&argc, &argv);
  g_test_add_func ("/app/window/looks", test_looks);
  g_test_add_func ("/app/window/region", test_region);
  g_test_add_func ("/app/window/region-card", test_region_card);
  g_test_add_func ("/app/window/region-failure", test_region_failure);
  g_test_add_func ("/app/window/zoom", test_zoom);
  g_test_add_func ("/app/window/errors", test_errors);
  g_test_add_func ("/app/window/job", test_job);
  int status = g_test_run ();
  test_scratch_clear ();
  return app_end (status);
}
