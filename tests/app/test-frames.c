/* What a frame of the whole window costs while something is dragged over a large picture, and how
 * long a change takes to show its first estimate. The aims, with the cairo renderer on two cores
 * that do nothing else: frames of 16.7 ms in the median and of 33 ms at the 99th percentile, a
 * first estimate within 150 ms for the bundled model and within 500 ms for MobileNetV2. Times are
 * printed always, by the clock and by the main thread's processor time; the latter must keep to the
 * aim, for it does not depend on what else the machine does. */
#include "tests/app/app-support.h"

#include "app/application.h"
#include "app/window.h"
#include "ui/canvas.h"

#include <math.h>
#include <time.h>

#define COLUMNS 4000
#define ROWS 3000
#define FRAMES 150

static GtkApplication *app;

/* The fastest format there is to write: no compression. */
static char *
large_picture (void)
{
  char *path = test_scratch ("large.ppm");
  g_autoptr (GString) data = g_string_new (NULL);

  g_string_printf (data, "P6\n%d %d\n255\n", COLUMNS, ROWS);
  gsize head = data->len;
  g_string_set_size (data, head + (gsize) COLUMNS * ROWS * 3);
  for (int y = 0; y < ROWS; y++)
    for (int x = 0; x < COLUMNS; x++) {
      char *p = data->str + head + ((gsize) y * COLUMNS + x) * 3;

      p[0] = (char) (x / 16);
      p[1] = (char) (y / 12);
      p[2] = (char) ((x ^ y) & 0xff);
    }
  test_write (path, data->str, data->len);
  return path;
}

typedef struct {
  SalWindow *window;
  GtkRange *opacity;
  SalCanvas *canvas;
  int what, n;
  gint64 last, started, started_work;
  double interval[FRAMES], clock[FRAMES], work[FRAMES];
} Drag;

static gint64
thread_time (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

/* As the pointer would: a little further in each frame, there and back. */
static void
before_cb (GdkFrameClock *clock, Drag *drag)
{
  double t = (drag->n % 60) / 30.0, at = 0.1 + 0.8 * (t < 1 ? t : 2 - t);

  drag->started = g_get_monotonic_time ();
  drag->started_work = thread_time ();
  if (drag->what == 0)
    gtk_range_set_value (drag->opacity, 100 * at);
  else if (drag->what == 1)
    sal_canvas_set_wipe (drag->canvas, at);
  else
    sal_canvas_set_zoom (drag->canvas, 0.2 + at);
}

static void
after_cb (GdkFrameClock *clock, Drag *drag)
{
  gint64 now = g_get_monotonic_time ();

  if (drag->n < FRAMES && drag->last != 0) {
    drag->interval[drag->n] = (now - drag->last) / 1e3;
    drag->clock[drag->n] = (now - drag->started) / 1e3;
    drag->work[drag->n] = (thread_time () - drag->started_work) / 1e3;
    drag->n++;
  }
  drag->last = now;
  gtk_widget_queue_draw (GTK_WIDGET (drag->canvas));
}

static gboolean
all_drawn (gpointer data)
{
  return ((Drag *) data)->n == FRAMES;
}

static int
by_value (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static double
part (double *values, double share)
{
  qsort (values, FRAMES, sizeof *values, by_value);
  return values[(int) (share * (FRAMES - 1))];
}

static void
measure (SalWindow *window, int what, const char *name)
{
  Drag drag = { .window = window, .what = what };
  GdkFrameClock *clock = gtk_widget_get_frame_clock (GTK_WIDGET (window));

  drag.opacity =
      GTK_RANGE (gtk_widget_get_template_child (GTK_WIDGET (window), SAL_TYPE_WINDOW, "opacity"));
  drag.canvas =
      SAL_CANVAS (gtk_widget_get_template_child (GTK_WIDGET (window), SAL_TYPE_WINDOW, "canvas"));
  sal_canvas_set_mode (drag.canvas, what == 1 ? SAL_CANVAS_WIPE : SAL_CANVAS_OVERLAY);
  sal_canvas_set_fit (drag.canvas, TRUE);
  ui_run (300);
  gulong before = g_signal_connect (clock, "before-paint", G_CALLBACK (before_cb), &drag);
  gulong after = g_signal_connect (clock, "after-paint", G_CALLBACK (after_cb), &drag);
  gtk_widget_queue_draw (GTK_WIDGET (window));
  g_assert_true (ui_wait_until (all_drawn, &drag, 60000));
  g_signal_handler_disconnect (clock, before);
  g_signal_handler_disconnect (clock, after);

  g_test_message ("%s: from frame to frame: median %.1f ms, 99th percentile %.1f ms", name,
                  part (drag.interval, 0.5), part (drag.interval, 0.99));
  g_test_message ("%s: cost by the clock: median %.1f ms, 99th percentile %.1f ms", name,
                  part (drag.clock, 0.5), part (drag.clock, 0.99));
  g_test_message ("%s: cost in processor time: median %.1f ms, 99th percentile %.1f ms", name,
                  part (drag.work, 0.5), part (drag.work, 0.99));
  /* Zooming samples the picture anew in each frame; it is printed for comparison. */
  if (!app_sanitized () && what < 2) {
    g_assert_cmpfloat (part (drag.work, 0.5), <=, 16.7);
    g_assert_cmpfloat (part (drag.work, 0.99), <=, 33);
  }
}

static gboolean
mapped (gpointer widget)
{
  return gtk_widget_get_mapped (widget) && gtk_widget_get_width (widget) > 0;
}

static void
test_frames (void)
{
  g_autofree char *model = NULL, *bundled = NULL;

  if (!app_example (&model, &bundled))
    return;
  g_autofree char *picture = large_picture ();
  GFile *files[] = { g_file_new_for_path (model), g_file_new_for_path (picture) };
  GtkWidget *window = sal_window_new (app);

  gtk_window_set_default_size (GTK_WINDOW (window), 1280, 800);
  gtk_window_present (GTK_WINDOW (window));
  g_assert_true (ui_wait_until (mapped, window, 20000));
  sal_window_open_files (SAL_WINDOW (window), files, 2);
  app_settle (sal_window_document (SAL_WINDOW (window)));
  g_object_unref (files[0]);
  g_object_unref (files[1]);
  ui_run (1000);
  measure (SAL_WINDOW (window), 0, "opacity");
  measure (SAL_WINDOW (window), 1, "wipe");
  measure (SAL_WINDOW (window), 2, "zoom");
  gtk_window_destroy (GTK_WINDOW (window));
  ui_run (50);
}

static void
heatmap_cb (SalDocument *document, GParamSpec *spec, gint64 *at)
{
  if (*at == 0 && sal_document_heatmap (document) != NULL)
    *at = g_get_monotonic_time ();
}

static gboolean
is_set (gpointer at)
{
  return *(gint64 *) at != 0;
}

/* The least of several changes: what the machine does beside it is not in question. */
static void
measure_first (const char *name, const char *model, const char *picture, const char *smooth,
               double aim)
{
  g_autoptr (SalDocument) document = sal_document_new ();
  const char *const paths[] = { model, picture, NULL };
  double least = INFINITY;

  sal_document_set_method (document, sal_method_find ("integrated-gradients"));
  sal_document_open_files (document, paths);
  app_settle (document);
  g_assert_nonnull (sal_document_heatmap (document));
  app_set (document, "smooth", smooth);
  for (int i = 0; i < 5; i++) {
    g_autofree char *steps = g_strdup_printf ("%d", 40 + i);
    gint64 at = 0, start;

    sal_document_cancel (document);
    app_settle (document);
    ui_run (200); /* what was computed last is shown */
    gulong handler = g_signal_connect (document, "notify::heatmap", G_CALLBACK (heatmap_cb), &at);
    start = g_get_monotonic_time ();
    app_set (document, "steps", steps);
    g_assert_true (ui_wait_until (is_set, &at, 60000));
    g_signal_handler_disconnect (document, handler);
    least = MIN (least, (at - start) / 1e3);
  }
  sal_document_cancel (document);
  app_settle (document);
  g_test_message (
      "%s, smoothing %s: first estimate of Integrated Gradients after %.0f ms (aim %.0f)", name,
      smooth, least, aim);
}

static void
test_first_estimate (void)
{
  static const char *const smooth[] = { "none", "smoothgrad" };
  g_autofree char *model = NULL, *picture = NULL;

  if (!app_example (&model, &picture))
    return;
  g_autofree char *mobilenet = test_reference ("realdata/models/mobilenet_v2_1.0_224.onnx");
  for (gsize i = 0; i < G_N_ELEMENTS (smooth); i++) {
    measure_first ("bundled model", model, picture, smooth[i], 150);
    if (mobilenet != NULL)
      measure_first ("MobileNetV2", mobilenet, picture, smooth[i], 500);
  }
}

int
main (int argc, char *argv[])
{
  ui_init (&argc, &argv);
  adw_init ();
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
  app = GTK_APPLICATION (sal_application_new ());
  g_application_set_flags (G_APPLICATION (app), G_APPLICATION_NON_UNIQUE);
  g_assert_true (g_application_register (G_APPLICATION (app), NULL, NULL));
  g_test_add_func ("/app/frames/dragged", test_frames);
  g_test_add_func ("/app/frames/first-estimate", test_first_estimate);
  int status = g_test_run ();
  test_scratch_clear ();
  g_object_unref (app);
  return status;
}
