/* What tests let off is GTK's own: bare windows, with nothing of ours, make GTK say it. */
#include "tests/app/app-window.h"

static int n_complaints;

static GLogWriterOutput
count (GLogLevelFlags level, const GLogField *fields, gsize n, gpointer data)
{
  for (gsize i = 0; i < n; i++)
    if (g_str_equal (fields[i].key, "MESSAGE") && app_is_tolerated (fields[i].value)) {
      n_complaints++;
      return G_LOG_WRITER_HANDLED;
    }
  return g_log_writer_default (level, fields, n, data);
}

static gboolean
has_complained (gpointer data)
{
  return n_complaints > 0;
}

/* A later GTK that is silent needs no letting off. */
static void
check_complained (void)
{
  if (n_complaints == 0 && gtk_get_minor_version () > 8)
    g_test_skip ("this GTK does not say it any more");
  else
    g_assert_cmpint (n_complaints, >, 0);
  n_complaints = 0;
}

static gboolean
is_mapped (gpointer window)
{
  return gtk_widget_get_mapped (window) && gtk_widget_get_width (window) > 0;
}

static GtkWidget *
bare_window (void)
{
  GtkWidget *window = gtk_window_new ();

  gtk_window_set_default_size (GTK_WINDOW (window), 400, 300);
  return window;
}

static void
show (GtkWidget *window)
{
  gtk_window_present (GTK_WINDOW (window));
  g_assert_true (ui_wait_until (is_mapped, window, 20000));
  ui_run (300);
}

static void
xdotool (const char *what)
{
  g_autofree char *line = g_strconcat ("xdotool ", what, NULL);
  g_autoptr (GError) error = NULL;

  g_spawn_command_line_async (line, &error);
  g_assert_no_error (error);
  ui_wait_until (has_complained, NULL, 200);
}

static void
test_title_bar (void)
{
  GtkWidget *window = bare_window ();

  gtk_window_set_titlebar (GTK_WINDOW (window), gtk_header_bar_new ());
  show (window);
  for (int i = 0; i < 10 && n_complaints == 0; i++) {
    xdotool ("mousemove 100 30 mousedown 1");
    xdotool ("mousemove 140 40");
    xdotool ("mousemove 150 50");
    xdotool ("mouseup 1");
  }
  gtk_window_destroy (GTK_WINDOW (window));
  check_complained ();
}

static void
setup_cb (GtkListItemFactory *factory, GtkListItem *item)
{
  gtk_list_item_set_child (item, gtk_label_new ("row"));
}

static void
test_list (void)
{
  GtkWidget *window = bare_window (), *scroller = gtk_scrolled_window_new ();
  GtkStringList *rows = gtk_string_list_new (NULL);
  GtkSelectionModel *model = GTK_SELECTION_MODEL (gtk_no_selection_new (G_LIST_MODEL (rows)));
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  GtkWidget *list = gtk_column_view_new (model);

  for (int i = 0; i < 200; i++)
    gtk_string_list_append (rows, "row");
  g_signal_connect (factory, "setup", G_CALLBACK (setup_cb), NULL);
  g_autoptr (GtkColumnViewColumn) column = gtk_column_view_column_new ("Column", factory);
  gtk_column_view_append_column (GTK_COLUMN_VIEW (list), column);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), list);
  gtk_window_set_child (GTK_WINDOW (window), scroller);
  show (window);
  GtkAdjustment *place = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scroller));
  gtk_adjustment_set_value (place, 1000);
  ui_run (100);
  g_assert_cmpint (n_complaints, ==, 0);
  gtk_string_list_splice (rows, 0, 200, NULL);
  gtk_adjustment_set_value (place, 900); /* as the wheel does */
  gtk_window_destroy (GTK_WINDOW (window));
  check_complained ();
}

int
main (int argc, char *argv[])
{
  app_init (&argc, &argv);
  g_log_set_writer_func (count, NULL, NULL);
  g_test_add_func ("/app/toolkit/title-bar", test_title_bar);
  g_test_add_func ("/app/toolkit/list", test_list);
  return app_end (g_test_run ());
}
