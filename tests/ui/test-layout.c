/* What is given out when there is little room, and what waits until it has been. */
#include "tests/ui/ui-support.h"
#include "ui/first-fit.h"
#include "ui/later.h"

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
  return g_test_run ();
}
