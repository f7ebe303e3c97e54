/* What is given out when there is little room, and what waits until it has been. */
#include "tests/ui/ui-support.h"
#include "ui/first-fit.h"
#include "ui/later.h"
#include "ui/steady-layout.h"

static GtkWidget *
child_new (GtkWidget *parent, int width)
{
  GtkWidget *child = gtk_label_new (NULL);

  gtk_widget_set_size_request (child, width, 30);
  gtk_widget_set_parent (child, parent);
  return child;
}

static int wanted;

static gboolean
has_width (gpointer widget)
{
  return gtk_widget_get_mapped (widget) && gtk_widget_get_width (widget) == wanted;
}

static void
assert_shown (GtkWidget *window, int width, GtkWidget *shown, GtkWidget *other)
{
  gtk_window_set_default_size (GTK_WINDOW (window), width, 100);
  wanted = width;
  g_assert_true (ui_wait_until (has_width, shown, 10000));
  g_assert_false (gtk_widget_get_mapped (other));
}

static void
test_first_fit (void)
{
  GtkWidget *fit = g_object_new (SAL_TYPE_FIRST_FIT, NULL);
  GtkWidget *wide = child_new (fit, 300), *narrow = child_new (fit, 100);
  int least, usual;

  gtk_widget_measure (fit, GTK_ORIENTATION_HORIZONTAL, -1, &least, &usual, NULL, NULL);
  g_assert_cmpint (least, ==, 100);
  g_assert_cmpint (usual, ==, 300);
  GtkWidget *window = ui_show (fit, 300, 100);
  assert_shown (window, 300, wide, narrow);
  assert_shown (window, 299, narrow, wide);
  assert_shown (window, 100, narrow, wide);
  assert_shown (window, 400, wide, narrow);
  gtk_window_destroy (GTK_WINDOW (window));
}

/* A child as a label that wraps: the less wide, the higher. It counts how often it is asked how
 * wide it is at a height. */
typedef struct {
  GtkWidget parent_instance;
} Wrapped;
typedef GtkWidgetClass WrappedClass;

static GType wrapped_get_type (void);
G_DEFINE_TYPE (Wrapped, wrapped, GTK_TYPE_WIDGET)

static int asked;

static GtkSizeRequestMode
wrapped_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
wrapped_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                 int *natural, int *minimum_baseline, int *natural_baseline)
{
  if (orientation == GTK_ORIENTATION_VERTICAL) {
    *minimum = *natural = 12000 / MAX (for_size, 60);
  } else {
    asked += for_size >= 0;
    *minimum = 60;
    *natural = 400;
  }
}

static void
wrapped_class_init (WrappedClass *klass)
{
  klass->get_request_mode = wrapped_get_request_mode;
  klass->measure = wrapped_measure;
}

static void
wrapped_init (Wrapped *self)
{
}

/* In lying boxes with upright ones in them, which try heights out. */
static void
test_steady (void)
{
  for (int steady = 0; steady < 2; steady++) {
    GtkWidget *outer = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
    GtkWidget *inner = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
    GtkWidget *host = g_object_new (wrapped_get_type (), NULL);
    GtkWidget *child = g_object_new (wrapped_get_type (), NULL);

    gtk_widget_set_layout_manager (host, steady ? g_object_new (SAL_TYPE_STEADY_LAYOUT, NULL)
                                                : gtk_bin_layout_new ());
    gtk_widget_set_parent (child, host);
    gtk_widget_set_hexpand (host, TRUE);
    gtk_widget_set_hexpand (inner, TRUE);
    gtk_box_append (GTK_BOX (outer), inner);
    gtk_box_append (GTK_BOX (inner), host);
    asked = 0;
    GtkWidget *window = ui_show (outer, 300, 200);
    ui_drawn (window);
    g_test_message ("%s: asked %d times", steady ? "steady" : "as GTK does", asked);
    if (steady)
      g_assert_cmpint (asked, ==, 0);
    g_assert_cmpint (gtk_widget_get_width (child), ==, 300);
    g_assert_cmpint (gtk_widget_get_height (child), ==, 12000 / 300);
    gtk_widget_unparent (child);
    gtk_window_destroy (GTK_WINDOW (window));
  }
}

static void
count (gpointer widget)
{
  int *n = g_object_get_data (widget, "n");

  (*n)++;
}

/* Once for each time it was asked for, not at once, and not for what is gone. */
static void
test_later (void)
{
  g_autoptr (GtkWidget) there = g_object_ref_sink (gtk_label_new (NULL));
  GtkWidget *gone = g_object_ref_sink (gtk_label_new (NULL));
  int n = 0;

  g_object_set_data (G_OBJECT (there), "n", &n);
  g_object_set_data (G_OBJECT (gone), "n", &n);
  sal_later (there, count);
  sal_later (gone, count);
  g_assert_cmpint (n, ==, 0);
  g_assert_finalize_object (gone);
  ui_run (50);
  g_assert_cmpint (n, ==, 1);
}

int
main (int argc, char *argv[])
{
  ui_init (&argc, &argv);
  g_test_add_func ("/ui/layout/first-fit", test_first_fit);
  g_test_add_func ("/ui/layout/later", test_later);
  g_test_add_func ("/ui/layout/steady", test_steady);
  return g_test_run ();
}
