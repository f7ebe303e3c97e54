/* How long a change takes to be seen: from the slider's new value, or another class, to the end of
 * the first frame that shows something of the answer.
 *
 * The aims, on two cores that do nothing else: 150 ms for the bundled model and 500 ms for
 * MobileNetV2. `meson test --benchmark first-estimate` holds the longest of several changes to them
 * (SALIENCE_BY_CLOCK); the test prints the times and fails only where nothing comes. */
#include "tests/app/app-window.h"

#include "ui/param-panel.h"
#include "ui/slider-row.h"

/* Methods, smoothing, and the slider to move; without one, another class is chosen. */
static const struct {
  const char *method, *smooth, *slider;
} changes[] = {
  { "gradient", "smoothgrad", "noise" },
  { "gradient", "none", NULL },
  { "integrated-gradients", "none", "steps" },
  { "integrated-gradients", "smoothgrad", "noise" },
  { "grad-cam", "none", NULL },
  { "grad-cam", "smoothgrad", "noise" },
  { "occlusion", "none", "stride" },
  { "occlusion", "none", NULL },
};

typedef struct {
  SalDocument *document;
  guint jobs; /* before the change */
  gboolean there;
  gint64 at;
} Wait;

/* What comes of the job before does not count. */
static void
heatmap_cb (SalDocument *document, GParamSpec *spec, Wait *wait)
{
  if (sal_document_jobs (document) > wait->jobs && sal_document_heatmap (document) != NULL)
    wait->there = TRUE;
}

static void
after_cb (GdkFrameClock *clock, Wait *wait)
{
  if (wait->there && wait->at == 0)
    wait->at = g_get_monotonic_time ();
}

static gboolean
is_seen (gpointer wait)
{
  return ((Wait *) wait)->at != 0;
}

/* Returns: milliseconds. */
static double
change (SalWindow *window, const char *slider, int i)
{
  SalDocument *document = sal_window_document (window);
  GdkFrameClock *clock = gtk_widget_get_frame_clock (GTK_WIDGET (window));
  Wait wait = { document, sal_document_jobs (document), FALSE, 0 };

  g_signal_connect (document, "notify::heatmap", G_CALLBACK (heatmap_cb), &wait);
  g_signal_connect (clock, "after-paint", G_CALLBACK (after_cb), &wait);
  gint64 start = g_get_monotonic_time ();
  if (slider != NULL) {
    GtkWidget *row = sal_param_panel_find (app_part (window, "params"), slider);
    GtkRange *scale = sal_slider_row_scale (SAL_SLIDER_ROW (row));
    double low = gtk_adjustment_get_lower (gtk_range_get_adjustment (scale)),
           high = gtk_adjustment_get_upper (gtk_range_get_adjustment (scale));
    gtk_range_set_value (scale, low + (i % 2 == 0 ? 0.45 : 0.65) * (high - low));
  } else {
    sal_document_set_target (document, sal_document_target (document) == 0 ? 1 : 0);
  }
  g_assert_true (ui_wait_until (is_seen, &wait, 60000));
  g_signal_handlers_disconnect_by_data (document, &wait);
  g_signal_handlers_disconnect_by_data (clock, &wait);
  return (wait.at - start) / 1e3;
}

/* In turn at rest, and while the answer to the change before is still refined. */
static void
measure (SalWindow *window, const char *name, gsize which, double aim)
{
  SalDocument *document = sal_window_document (window);
  gboolean by_clock = g_getenv ("SALIENCE_BY_CLOCK") != NULL;
  int n = by_clock ? 7 : 2;
  int n_changes = 0;
  double longest[2] = { 0 }, sum[2] = { 0 };

  sal_document_set_method (document, sal_method_find (changes[which].method));
  app_set (document, "smooth", changes[which].smooth);
  sal_document_cancel (document);
  app_settle (document);
  for (int moving = 0; moving < 2; moving++)
    for (int i = 0; i < n; i++) {
      if (!moving) {
        sal_document_cancel (document);
        app_settle (document);
        ui_run (100); /* what was computed last is shown */
      }
      double took = change (window, changes[which].slider, n_changes++);
      sum[moving] += took;
      longest[moving] = MAX (longest[moving], took);
      if (moving)
        ui_run (30);
    }
  sal_document_cancel (document);
  app_settle (document);
  g_test_message ("%s, %s, smoothing %s, another %s: first estimate after %.0f ms, at most %.0f; "
                  "while the one before runs %.0f, at most %.0f (aim %.0f)",
                  name, changes[which].method, changes[which].smooth,
                  changes[which].slider != NULL ? changes[which].slider : "class", sum[0] / n,
                  longest[0], sum[1] / n, longest[1], aim);
  if (by_clock)
    g_assert_cmpfloat (MAX (longest[0], longest[1]), <=, aim);
}

static void
test_bundled (void)
{
  SalWindow *window = app_window_with_example ();

  if (window == NULL)
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (changes); i++)
    measure (window, "bundled model", i, 150);
  app_window_finish (window);
}

static void
test_mobilenet (void)
{
  g_autofree char *path = test_reference ("realdata/models/mobilenet_v2_1.0_224.onnx");

  if (path == NULL)
    return;
  SalWindow *window = app_window_with_example ();
  if (window == NULL)
    return;
  sal_document_open_model (sal_window_document (window), path);
  app_settle (sal_window_document (window));
  for (gsize i = 0; i < G_N_ELEMENTS (changes); i++)
    measure (window, "MobileNetV2", i, 500);
  app_window_finish (window);
}

int
main (int argc, char *argv[])
{
  app_init (&argc, &argv);
  g_test_add_func ("/app/first-estimate/bundled", test_bundled);
  g_test_add_func ("/app/first-estimate/MobileNetV2", test_mobilenet);
  int status = g_test_run ();
  test_scratch_clear ();
  return app_end (status);
}
