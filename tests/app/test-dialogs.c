/* Dialogs that are GTK's: in what state they are shown, and what GTK says by itself. */
#include "tests/app/app-window.h"

#include "ui/browse.h"

#include <string.h>

static GtkWidget *
find (GtkWidget *widget, GType type)
{
  if (G_TYPE_CHECK_INSTANCE_TYPE (widget, type))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child)) {
    GtkWidget *found = find (child, type);
    if (found != NULL)
      return found;
  }
  return NULL;
}

static GtkWidget *
chooser (void)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++) {
    g_autoptr (GtkWidget) window = g_list_model_get_item (windows, i);
    if (GTK_IS_FILE_CHOOSER (window) && gtk_widget_get_mapped (window))
      return window;
  }
  return NULL;
}

static gboolean
is_listed (gpointer data)
{
  GtkWidget *dialog = chooser ();
  GtkWidget *list = dialog != NULL ? find (dialog, GTK_TYPE_TREE_VIEW) : NULL;

  return list != NULL && gtk_tree_view_get_model (GTK_TREE_VIEW (list)) != NULL;
}

static gboolean
is_gone (gpointer data)
{
  return chooser () == NULL;
}

/* A list that never gets rows complains when one of its columns is clicked, and warnings are
 * fatal. */
static void
check_chooser (const char *folder)
{
  g_assert_true (ui_wait_until (is_listed, NULL, 20000));
  GtkWidget *dialog = chooser ();
  GtkTreeView *list = GTK_TREE_VIEW (find (dialog, GTK_TYPE_TREE_VIEW));
  g_autoptr (GFile) shown = gtk_file_chooser_get_current_folder (GTK_FILE_CHOOSER (dialog));
  g_autofree char *path = g_file_get_path (shown);

  g_assert_cmpstr (path, ==, folder);
  gtk_tree_view_column_clicked (gtk_tree_view_get_column (list, 0));
  gtk_window_close (GTK_WINDOW (dialog));
  g_assert_true (ui_wait_until (is_gone, NULL, 20000));
}

static void
test_window (void)
{
  static const char *const actions[] = { "win.open-model", "win.open-picture", "win.open-folder",
                                         "win.save-session", "win.export" };
  SalWindow *window = app_window_with_example ();

  if (window == NULL)
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (actions); i++) {
    app_activate (window, actions[i], NULL);
    check_chooser (g_get_home_dir ());
  }
  app_window_finish (window);
}

static void
chosen (GtkWidget *row, const char *path)
{
  g_assert_null (path);
}

/* What a parameter names is looked for where the last one was found, if that is still there. */
static void
test_parameter (void)
{
  static const SalParam array = { .label = "Mask", .kind = SAL_PARAM_ARRAY };
  static const SalParam folder = { .label = "Pictures", .kind = SAL_PARAM_FOLDER };
  g_autofree char *path = test_scratch ("mask.npy"), *from = g_path_get_dirname (path);
  g_autofree char *lost = g_build_filename (from, "nowhere", "mask.npy", NULL);
  SalWindow *window = app_window_new (900, 600);
  GtkNativeDialog *dialog = NULL;

  sal_browse (GTK_WIDGET (window), &array, path, &dialog, chosen);
  check_chooser (from);
  sal_browse (GTK_WIDGET (window), &array, lost, &dialog, chosen);
  check_chooser (g_get_home_dir ());
  sal_browse (GTK_WIDGET (window), &folder, "", &dialog, chosen);
  check_chooser (g_get_home_dir ());
  g_assert_null (dialog);
  app_window_finish (window);
}

static int n_complaints;

static GLogWriterOutput
count (GLogLevelFlags level, const GLogField *fields, gsize n, gpointer data)
{
  for (gsize i = 0; i < n; i++)
    if (g_str_equal (fields[i].key, "MESSAGE") && strstr (fields[i].value, APP_TOLERATED) != NULL) {
      n_complaints++;
      return G_LOG_WRITER_HANDLED;
    }
  return g_log_writer_default (level, fields, n, data);
}

static void
xdotool (const char *what)
{
  g_autofree char *line = g_strconcat ("xdotool ", what, NULL);
  g_autoptr (GError) error = NULL;

  g_spawn_command_line_async (line, &error);
  g_assert_no_error (error);
  ui_run (200);
}

/* What the monkey lets off is GTK's own: a bare window that is moved by its title bar says it. */
static void
test_tolerated (void)
{
  GtkWidget *window = gtk_window_new ();

  gtk_window_set_titlebar (GTK_WINDOW (window), gtk_header_bar_new ());
  gtk_window_set_default_size (GTK_WINDOW (window), 400, 300);
  gtk_window_present (GTK_WINDOW (window));
  ui_run (500);
  for (int i = 0; i < 10 && n_complaints == 0; i++) {
    xdotool ("mousemove 100 30 mousedown 1");
    xdotool ("mousemove 140 40");
    xdotool ("mousemove 150 50");
    xdotool ("mouseup 1");
    xdotool ("mousemove 100 30 click 1");
  }
  gtk_window_destroy (GTK_WINDOW (window));
  if (n_complaints == 0 && gtk_get_minor_version () > 8)
    g_test_skip ("this GTK does not say it any more");
  else
    g_assert_cmpint (n_complaints, >, 0);
}

int
main (int argc, char *argv[])
{
  app_init (&argc, &argv);
  g_log_set_writer_func (count, NULL, NULL);
  g_test_add_func ("/app/dialogs/window", test_window);
  g_test_add_func ("/app/dialogs/parameter", test_parameter);
  g_test_add_func ("/app/dialogs/tolerated", test_tolerated);
  int status = g_test_run ();
  test_scratch_clear ();
  return app_end (status);
}
