#include "tests/ui/ui-support.h"

#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

void
ui_init (int *argc, char ***argv)
{
  if (g_getenv ("DISPLAY") == NULL && g_getenv ("WAYLAND_DISPLAY") == NULL) {
    printf ("1..0 # SKIP no display\n");
    exit (77);
  }
  gtk_test_init (argc, argv, NULL);
  /* gtk_test_init() asks for en_US.UTF-8, which may not be there. */
  setlocale (LC_ALL, "C.UTF-8");
}

/* Microseconds of one iteration that count: while a process is stopped, it does not wait. */
#define LONGEST_ITERATION (500 * 1000)

static gboolean
wake_cb (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

gboolean
ui_wait_until (gboolean (*ok) (gpointer data), gpointer data, int ms)
{
  gint64 left = ms * G_GINT64_CONSTANT (1000), last = g_get_monotonic_time ();
  guint id = g_timeout_add (5, wake_cb, NULL);

  while (!ok (data) && left > 0) {
    g_main_context_iteration (NULL, TRUE);
    gint64 now = g_get_monotonic_time ();
    left -= MIN (now - last, LONGEST_ITERATION);
    last = now;
  }
  g_source_remove (id);
  return ok (data);
}

static gboolean
never (gpointer data)
{
  return FALSE;
}

void
ui_run (int ms)
{
  ui_wait_until (never, NULL, ms);
}

static gboolean
is_shown (gpointer data)
{
  return gtk_widget_get_mapped (data) && gtk_widget_get_width (data) > 0;
}

void
ui_drawn (GtkWidget *window)
{
  gtk_widget_queue_draw (window);
  gtk_test_widget_wait_for_draw (window);
}

GtkWidget *
ui_show (GtkWidget *child, int width, int height)
{
  GtkWidget *window = gtk_window_new ();

  gtk_window_set_decorated (GTK_WINDOW (window), FALSE);
  gtk_window_set_default_size (GTK_WINDOW (window), width, height);
  gtk_window_set_child (GTK_WINDOW (window), child);
  gtk_window_present (GTK_WINDOW (window));
  g_assert_true (ui_wait_until (is_shown, child, 20000));
  ui_drawn (window);
  g_assert_cmpint (gtk_widget_get_width (child), ==, width);
  g_assert_cmpint (gtk_widget_get_height (child), ==, height);
  return window;
}

cairo_surface_t *
ui_drawing_of (GdkPaintable *paintable, int width, int height, int scale)
{
  GtkSnapshot *snapshot = gtk_snapshot_new ();

  gdk_paintable_snapshot (paintable, snapshot, width, height);

  GskRenderNode *node = gtk_snapshot_free_to_node (snapshot);
  cairo_surface_t *surface =
      cairo_image_surface_create (CAIRO_FORMAT_ARGB32, width * scale, height * scale);
  cairo_t *cr = cairo_create (surface);

  cairo_scale (cr, scale, scale);
  if (node != NULL) {
    gsk_render_node_draw (node, cr);
    gsk_render_node_unref (node);
  }
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  return surface;
}

cairo_surface_t *
ui_picture_of (GtkWidget *widget)
{
  /* A widget's paintable is what was drawn last. */
  ui_drawn (GTK_WIDGET (gtk_widget_get_root (widget)));

  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (widget);

  return ui_drawing_of (paintable, gtk_widget_get_width (widget), gtk_widget_get_height (widget),
                        gtk_widget_get_scale_factor (widget));
}

guint32
ui_pixel (cairo_surface_t *surface, int x, int y)
{
  g_assert_cmpint (x, >=, 0);
  g_assert_cmpint (y, >=, 0);
  g_assert_cmpint (x, <, cairo_image_surface_get_width (surface));
  g_assert_cmpint (y, <, cairo_image_surface_get_height (surface));

  const guint8 *row =
      cairo_image_surface_get_data (surface) + (gsize) y * cairo_image_surface_get_stride (surface);
  guint32 argb = ((const guint32 *) row)[x];

  g_assert_cmpuint (argb >> 24, ==, 0xff);
  return argb & 0xffffff;
}

int
ui_far (guint32 a, guint32 b)
{
  int far = 0;

  for (int shift = 0; shift < 24; shift += 8)
    far = MAX (far, abs ((int) (a >> shift & 0xff) - (int) (b >> shift & 0xff)));
  return far;
}

static guint8
byte (double v)
{
  return (guint8) CLAMP (lround (v), 0, 255);
}

/* A hash of a pixel's place, 0..1. */
static double
grain (int x, int y)
{
  guint32 h = (guint32) x * 374761393u + (guint32) y * 668265263u;

  h = (h ^ (h >> 13)) * 1274126177u;
  return ((h ^ (h >> 16)) & 0xffff) / 65535.0;
}

SalImage *
ui_scenery (int width, int height)
{
  guint8 *data = g_malloc ((gsize) width * height * 3), *p = data;

  for (int j = 0; j < height; j++) {
    double v = (j + 0.5) / height;

    for (int i = 0; i < width; i++, p += 3) {
      double u = (i + 0.5) / width, aspect = (double) width / height;
      double hills = 0.62 + 0.06 * sin (u * 7) + 0.02 * sin (u * 23);
      double sun = hypot ((u - 0.68) * aspect, v - 0.3);
      double rgb[3] = { 120 + 110 * v, 160 + 60 * v, 215 - 20 * v };

      if (sun < 0.13)
        rgb[0] = 250, rgb[1] = 214, rgb[2] = 120;
      if (v > hills) {
        double depth = (v - hills) / (1 - hills), stripe = 10 * sin (u * 90 + v * 40);

        rgb[0] = 96 - 50 * depth + stripe;
        rgb[1] = 130 - 55 * depth + stripe;
        rgb[2] = 70 - 40 * depth;
      }
      for (int c = 0; c < 3; c++)
        p[c] = byte (rgb[c] + 12 * (grain (3 * i + c, j) - 0.5));
    }
  }
  return sal_image_new_take (width, height, data);
}

SalHeatmap *
ui_attribution (int width, int height, SalSign sign, double phase)
{
  g_autoptr (SalTensor) tensor = sal_tensor_new (SAL_FLOAT, &SAL_SHAPE (height, width));
  float *a = sal_tensor_edit (tensor);
  SalHeatmapStyle style = SAL_HEATMAP_STYLE_INIT;
  g_autoptr (GError) error = NULL;

  for (int j = 0; j < height; j++)
    for (int i = 0; i < width; i++) {
      double u = (i + 0.5) / width, v = (j + 0.5) / height;
      double strong = exp (-(pow (u - 0.68, 2) + pow (v - 0.3 - 0.02 * phase, 2)) / 0.012);
      double weak = exp (-(pow (u - 0.3, 2) + pow (v - 0.7, 2)) / 0.02);

      *a++ =
          (float) (0.021 * (strong - 0.6 * weak + 0.3 * (grain (i, j + (int) (97 * phase)) - 0.5)));
    }
  style.sign = sign;
  style.reduce = SAL_REDUCE_SUM;

  SalHeatmap *heatmap = sal_heatmap_new (tensor, SAL_NCHW, &style, &error);

  g_assert_no_error (error);
  return heatmap;
}
