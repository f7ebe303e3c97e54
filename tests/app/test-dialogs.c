/* File dialogs, which are GTK's: where they start, that what is chosen there is opened, that there
 * is one for each kind of file, and that they go with their window. */
#include "tests/app/app-window.h"

#include "app/bundled.h"
#include "ui/baseline-row.h"
#include "ui/browse.h"
#include "ui/param-panel.h"

#ifdef __SANITIZE_ADDRESS__
/* A file dialog of GTK 4.8 that a bare window opens and closes leaves some hundred small blocks:
 * what its path bar learns of folders, what its filters learn of pictures, and what
 * libcloudproviders does. Most have no name to be left out by. That no dialog stays is asserted
 * here. */
const char *__asan_default_options (void);

const char *
__asan_default_options (void)
{
  return "detect_leaks=0";
}
#endif

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

static int living; /* dialogs that have been seen, and have not been finalized */

static void
finalized_cb (gpointer data)
{
  living--;
}

static gboolean
is_listed (gpointer data)
{
  GtkWidget *dialog = chooser ();

  if (dialog != NULL && g_object_get_data (G_OBJECT (dialog), "seen") == NULL) {
    living++;
    g_object_set_data_full (G_OBJECT (dialog), "seen", &living, finalized_cb);
  }
  GtkWidget *list = dialog != NULL ? find (dialog, GTK_TYPE_TREE_VIEW) : NULL;

  return list != NULL && gtk_tree_view_get_model (GTK_TREE_VIEW (list)) != NULL;
}

static gboolean
is_gone (gpointer data)
{
  return chooser () == NULL;
}

static gboolean
is_in (gpointer folder)
{
  g_autoptr (GFile) shown = gtk_file_chooser_get_current_folder (GTK_FILE_CHOOSER (chooser ()));
  g_autofree char *path = shown != NULL ? g_file_get_path (shown) : NULL;

  return g_strcmp0 (path, folder) == 0;
}

/* A list that never gets rows complains when one of its columns is clicked, and warnings are
 * fatal. */
static void
check_chooser (const char *folder)
{
  g_assert_true (ui_wait_until (is_listed, NULL, 20000));
  g_assert_true (ui_wait_until (is_in, (gpointer) folder, 20000)); /* it may come from another */
  g_assert_true (ui_wait_until (is_listed, NULL, 20000));
  GtkWidget *dialog = chooser ();
  GtkTreeView *list = GTK_TREE_VIEW (find (dialog, GTK_TYPE_TREE_VIEW));

  gtk_tree_view_column_clicked (gtk_tree_view_get_column (list, 0));
  gtk_window_close (GTK_WINDOW (dialog));
  g_assert_true (ui_wait_until (is_gone, NULL, 20000));
}

static void
finish (SalWindow *window)
{
  app_window_finish (window);
  g_assert_cmpint (living, ==, 0);
}

static void
test_window (void)
{
  static const char *const actions[] = { "win.open-model",   "win.open-picture",
                                         "win.open-folder",  "win.open-session",
                                         "win.save-session", "win.save-session-as",
                                         "win.export" };
  SalWindow *window = app_window_with_example ();

  if (window == NULL)
    return;
  for (gsize i = 0; i < 2 * G_N_ELEMENTS (actions); i++) {
    app_activate (window, actions[i % G_N_ELEMENTS (actions)], NULL);
    check_chooser (g_get_home_dir ());
  }
  g_assert_cmpint (living, ==, 6); /* a session is saved in one way */
  finish (window);
}

static void
chosen (GtkWidget *row, GListModel *files)
{
  g_autofree char *path = sal_browse_path (files);

  g_assert_null (path);
  g_object_set_data (G_OBJECT (row), "answered", row);
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

  sal_browse (GTK_WIDGET (window), &array, path, chosen);
  check_chooser (from);
  sal_browse (GTK_WIDGET (window), &array, lost, chosen);
  check_chooser (g_get_home_dir ());
  sal_browse (GTK_WIDGET (window), &folder, "", chosen);
  check_chooser (g_get_home_dir ());
  g_assert_nonnull (g_object_get_data (G_OBJECT (window), "answered"));
  finish (window);
}

/* Nobody is left who could take an answer. */
static void
test_asker (void)
{
  static const SalParam array = { .label = "Mask", .kind = SAL_PARAM_ARRAY };
  GtkWindow *window = GTK_WINDOW (gtk_window_new ());
  GtkWidget *label = gtk_label_new (NULL);

  gtk_window_set_child (window, label);
  gtk_window_present (window);
  sal_browse (label, &array, "", chosen);
  g_assert_true (ui_wait_until (is_listed, NULL, 20000));
  gtk_window_set_child (window, NULL);
  g_assert_true (ui_wait_until (is_gone, NULL, 20000));
  gtk_window_destroy (window);
  g_assert_cmpint (living, ==, 0);
}

/* A later question is the one that is answered. */
static void
test_later (void)
{
  static const SalParam array = { .label = "Mask", .kind = SAL_PARAM_ARRAY };
  static const SalParam folder = { .label = "Pictures", .kind = SAL_PARAM_FOLDER };
  SalWindow *window = app_window_new (900, 600);

  sal_browse (GTK_WIDGET (window), &array, "", chosen);
  g_assert_true (ui_wait_until (is_listed, NULL, 20000));
  sal_browse (GTK_WIDGET (window), &folder, "", chosen);
  g_assert_true (ui_wait_until (is_listed, NULL, 20000));
  g_assert_cmpstr (gtk_window_get_title (GTK_WINDOW (chooser ())), ==, "Pictures");
  g_assert_null (g_object_get_data (G_OBJECT (window), "answered"));
  check_chooser (g_get_home_dir ());
  g_assert_nonnull (g_object_get_data (G_OBJECT (window), "answered"));
  finish (window);
}

static gboolean
is_chosen (gpointer path)
{
  g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser ()));
  g_autofree char *now = file != NULL ? g_file_get_path (file) : NULL;

  return g_strcmp0 (now, path) == 0;
}

static void
choose (const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  GError *error = NULL;

  g_assert_true (ui_wait_until (is_listed, NULL, 20000));
  gtk_file_chooser_set_file (GTK_FILE_CHOOSER (chooser ()), file, &error);
  g_assert_no_error (error);
  g_assert_true (ui_wait_until (is_chosen, (gpointer) path, 20000));
  gtk_dialog_response (GTK_DIALOG (chooser ()), GTK_RESPONSE_ACCEPT);
  g_assert_true (ui_wait_until (is_gone, NULL, 20000));
}

static void
test_open (void)
{
  SalWindow *window = app_window_with_example ();

  if (window == NULL)
    return;
  SalDocument *document = sal_window_document (window);
  g_autofree char *boat = sal_bundled_example ("boat"), *folder = g_path_get_dirname (boat);

  app_activate (window, "win.open-picture", NULL);
  choose (boat);
  app_wait_label (window, "boat.png");
  app_settle (document);
  g_assert_cmpstr (sal_document_picture (document)->path, ==, boat);
  /* The next one is probably beside it. */
  app_activate (window, "win.open-picture", NULL);
  check_chooser (folder);
  finish (window);
}

/* A session that somebody has handed on. */
static void
test_session (void)
{
  SalWindow *window = app_window_with_example ();

  if (window == NULL)
    return;
  SalDocument *document = sal_window_document (window);
  g_autofree char *path = test_scratch ("handed-on.salience");
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autofree char *picture = g_strdup (sal_document_picture (document)->path);
  g_autofree char *boat = sal_bundled_example ("boat");

  sal_window_save_session_to (window, file);
  app_wait_label (window, "Saved handed-on.salience");
  app_drop (window, boat);
  g_assert_cmpstr (sal_document_picture (document)->path, ==, boat);
  app_activate (window, "win.open-session", NULL);
  choose (path);
  app_settle (document);
  g_assert_cmpstr (sal_document_picture (document)->path, ==, picture);
  finish (window);
}

/* Saves a session under a name that is typed. */
static void
save_as (SalWindow *window, const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GFile) in = g_file_new_for_path (folder);
  GError *error = NULL;

  app_activate (window, "win.save-session-as", NULL);
  g_assert_true (ui_wait_until (is_listed, NULL, 20000));
  gtk_file_chooser_set_current_folder (GTK_FILE_CHOOSER (chooser ()), in, &error);
  g_assert_no_error (error);
  g_assert_true (ui_wait_until (is_in, (gpointer) folder, 20000));
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (chooser ()), name);
  g_assert_true (ui_wait_until (is_chosen, path, 20000));
  gtk_dialog_response (GTK_DIALOG (chooser ()), GTK_RESPONSE_ACCEPT);
  g_assert_true (ui_wait_until (is_gone, NULL, 20000));
}

/* Who types a whole name gets its ending once; unless there is such a file, of which GTK has not
 * asked whether to replace it. */
static void
test_ending_twice (void)
{
  SalWindow *window = app_window_with_example ();

  if (window == NULL)
    return;
  g_autofree char *once = test_scratch ("typed.salience"), *folder = g_path_get_dirname (once);
  g_autofree char *twice = g_strconcat (once, ".salience", NULL);

  save_as (window, folder, "typed.salience.salience");
  app_wait_label (window, "Saved typed.salience");
  g_assert_true (g_file_test (once, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (twice, G_FILE_TEST_EXISTS));
  save_as (window, folder, "typed.salience.salience");
  app_wait_label (window, "Saved typed.salience.salience");
  g_assert_true (g_file_test (twice, G_FILE_TEST_EXISTS));
  save_as (window, folder, ".salience.salience");
  app_wait_label (window, "Saved .salience.salience");
  finish (window);
}

/* A picture of one's own as baseline, by the button for it. */
static void
test_baseline (void)
{
  SalWindow *window = app_window_with_example ();

  if (window == NULL)
    return;
  SalDocument *document = sal_window_document (window);
  g_autofree char *path = sal_bundled_example ("butterfly");

  app_set_method (window, "integrated-gradients");
  GtkWidget *row = sal_param_panel_find (app_part (window, "params"), "baseline");
  app_click (GTK_WIDGET (gtk_widget_get_template_child (row, SAL_TYPE_BASELINE_ROW, "file")));
  choose (path);
  app_wait_label (row, "butterfly.png");
  app_settle (document);
  g_assert_cmpint (sal_document_state (document), ==, SAL_DOCUMENT_DONE);
  const SalExplanation *answer = sal_document_explanation (document);
  g_assert_cmpstr (
      sal_settings_text (answer->settings, sal_param_find (answer->method->params, "baseline")), ==,
      path);
  finish (window);
}

static gboolean
has_keys (gpointer window)
{
  GtkWidget *keys = GTK_WIDGET (gtk_application_window_get_help_overlay (window));

  return keys != NULL && gtk_widget_get_mapped (keys) && gtk_widget_get_width (keys) > 0;
}

/* All keys are listed, on several pages, and GTK has nothing to complain of. */
static void
test_keys (void)
{
  SalWindow *window = app_window_new (900, 600);

  app_activate (window, "win.show-help-overlay", NULL);
  g_assert_true (ui_wait_until (has_keys, window, 20000));
  ui_run (200);
  GtkWidget *keys =
      GTK_WIDGET (gtk_application_window_get_help_overlay (GTK_APPLICATION_WINDOW (window)));
  g_assert_nonnull (app_find_label (keys, "Save the session as another file"));
  gtk_widget_set_visible (keys, FALSE);
  finish (window);
}

int
main (int argc, char *argv[])
{
  app_init (&argc, &argv);
  app_tolerate ();
  g_test_add_func ("/app/dialogs/window", test_window);
  g_test_add_func ("/app/dialogs/parameter", test_parameter);
  g_test_add_func ("/app/dialogs/asker", test_asker);
  g_test_add_func ("/app/dialogs/later", test_later);
  g_test_add_func ("/app/dialogs/open", test_open);
  g_test_add_func ("/app/dialogs/session", test_session);
  g_test_add_func ("/app/dialogs/ending-twice", test_ending_twice);
  g_test_add_func ("/app/dialogs/baseline", test_baseline);
  g_test_add_func ("/app/dialogs/keys", test_keys);
  int status = g_test_run ();
  test_scratch_clear ();
  return app_end (status);
}
