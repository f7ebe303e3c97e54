/* Sessions: what was open and asked comes back, from a file that has been moved with what it names,
 * and at the next start; what is broken is said. */
#include "app/bundled.h"
#include "app/compare-page.h"
#include "app/looks.h"
#include "app/model-page.h"
#include "app/session.h"
#include "app/shelf-strip.h"
#include "tests/app/app-window.h"
#include "ui/canvas.h"

#include <glib/gstdio.h>
#include <string.h>

static GListModel *
results (SalWindow *window)
{
  return G_LIST_MODEL (
      gtk_list_view_get_model (sal_shelf_strip_list (app_part (window, "shelf_strip"))));
}

static SalResult *
result (SalWindow *window, guint position)
{
  g_autoptr (SalResult) item = g_list_model_get_item (results (window), position);

  g_assert_nonnull (item);
  return item;
}

static void
copy (const char *from, const char *folder, const char *name)
{
  g_autofree char *to = g_build_filename (folder, name, NULL), *contents = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (from, &contents, &length, NULL));
  test_write (to, contents, length);
}

typedef struct {
  SalWindow *window;
  guint results;
} Wanted;

static gboolean
complete (gpointer data)
{
  Wanted *wanted = data;

  return g_list_model_get_n_items (results (wanted->window)) >= wanted->results &&
         sal_document_state (sal_window_document (wanted->window)) == SAL_DOCUMENT_DONE;
}

/* The last that is made again is the one with the star. */
static gboolean
starred (gpointer window)
{
  guint n = 0;

  for (guint i = 0; i < g_list_model_get_n_items (results (window)); i++)
    n += sal_result_starred (result (window, i));
  return n == 1;
}

static double
steps (SalWindow *window)
{
  SalDocument *document = sal_window_document (window);

  return sal_settings_number (sal_document_settings (document),
                              sal_param_find (sal_document_method (document)->params, "steps"));
}

static void
test_file (void)
{
  g_autofree char *model = NULL, *picture = NULL;
  g_autofree char *before = test_scratch ("before"), *after = test_scratch ("after");

  if (!app_example (&model, &picture))
    return;
  g_mkdir (before, 0700);
  copy (model, before, "net.onnx");
  copy (picture, before, "scene.png");
  g_autofree char *own_model = g_build_filename (before, "net.onnx", NULL);
  g_autofree char *own_picture = g_build_filename (before, "scene.png", NULL);
  SalWindow *window = app_window_new (1280, 800);
  SalDocument *document = sal_window_document (window);
  g_autoptr (GFile) model_file = g_file_new_for_path (own_model);
  g_autoptr (GFile) picture_file = g_file_new_for_path (own_picture);
  GFile *files[2] = { model_file, picture_file };
  sal_window_open_files (window, files, 2);
  app_settle (document);
  app_set_method (window, "gradient");
  sal_result_set_name (result (window, g_list_model_get_n_items (results (window)) - 1),
                       "The first one");
  app_set_method (window, "integrated-gradients");
  app_set (document, "steps", "7");
  app_activate (window, "win.next-class", NULL);
  app_settle (document);
  gtk_range_set_value (app_part (window, "opacity"), 42);
  app_activate (window, "win.view", "wipe");
  app_activate (window, "win.star", NULL);
  ui_run (50);
  int target = sal_document_target (document);
  guint n = g_list_model_get_n_items (results (window));
  double sum = sal_document_explanation (document)->attribution->sum;

  g_autofree char *path = g_build_filename (before, "session", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  sal_window_save_session_to (window, file); /* the ending comes by itself */
  app_wait_label (window, "Saved session.salience");
  app_window_finish (window);

  /* To a colleague. */
  g_assert_cmpint (g_rename (before, after), ==, 0);
  g_autofree char *moved = g_build_filename (after, "session.salience", NULL);
  window = app_window_new (1280, 800);
  document = sal_window_document (window);
  app_drop (window, moved);
  Wanted wanted = { window, n };
  g_assert_true (ui_wait_until (complete, &wanted, 60000));
  ui_run (100);
  g_autofree char *moved_picture = g_build_filename (after, "scene.png", NULL);
  g_assert_cmpstr (sal_document_picture (document)->path, ==, moved_picture);
  g_assert_cmpstr (sal_document_method (document)->id, ==, "integrated-gradients");
  g_assert_cmpfloat (steps (window), ==, 7);
  g_assert_cmpint (sal_document_target (document), ==, target);
  g_assert_cmpfloat (sal_document_explanation (document)->attribution->sum, ==, sum);
  g_assert_cmpfloat_with_epsilon (sal_canvas_get_style (app_part (window, "canvas"))->opacity, 0.42,
                                  1e-9);
  g_assert_cmpint (sal_canvas_get_mode (app_part (window, "canvas")), ==, SAL_CANVAS_WIPE);
  g_assert_nonnull (app_wait_label (app_part (window, "shelf_strip"), "The first one"));
  g_assert_true (ui_wait_until (starred, window, 60000));
  g_assert_cmpuint (g_list_model_get_n_items (results (window)), ==, n);
  app_window_finish (window);
}

/* What comes with the program is found wherever another computer has it, and a folder of it, which
 * is no file, as any other. */
static void
test_bundled (void)
{
  g_autofree char *model = sal_bundled_model (), *picture = sal_bundled_picture ();
  g_autofree char *folder = picture != NULL ? g_path_get_dirname (picture) : NULL;
  g_autoptr (GError) error = NULL;

  if (model == NULL || picture == NULL) {
    g_test_skip ("the bundled example is absent");
    return;
  }
  g_autoptr (SalSession) session = sal_session_new ();
  g_autoptr (SalSettings) settings = sal_settings_new (), looks = sal_looks_new ();
  session->now = sal_session_result_new (NULL, picture, sal_method_find ("gradient"), settings,
                                         (SalTarget){ 0, -1, SAL_OUTPUT_LOGIT }, looks);
  session->now->model = g_strdup (model);
  session->folder = g_strdup (folder);
  g_autofree char *json = sal_session_write (session, "/nowhere/a.salience");
  g_assert_nonnull (strstr (json, "\"salience:models/scenes.onnx\""));
  g_assert_nonnull (strstr (json, "\"salience:images/scenes/clock-and-mushroom.png\""));
  g_assert_null (strstr (json, "\"salience:images/scenes\""));

  g_autoptr (SalSession) again = sal_session_read (json, "/elsewhere/a.salience", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (again->now->model, ==, model);
  g_assert_cmpstr (again->now->picture, ==, picture);
}

static SalComparison *
comparison (SalWindow *window)
{
  return sal_compare_page_comparison (app_part (window, "compare_page"));
}

static void
assert_columns (SalWindow *window, const char *const *labels)
{
  SalComparison *grid = comparison (window);

  g_assert_cmpuint (sal_comparison_n_columns (grid), ==, g_strv_length ((char **) labels));
  for (guint i = 0; labels[i] != NULL; i++)
    g_assert_cmpstr (sal_comparison_column_label (grid, i), ==, labels[i]);
}

static gboolean
has_rows (gpointer window)
{
  return sal_comparison_n_rows (comparison (window)) == 2;
}

/* The columns and rows of a comparison, of each kind, come back with a session, also by way of a
 * window that never showed them. */
static void
test_compared (void)
{
  static const char *const methods[] = { "Gradient", "LayerCAM", "Grad-CAM", NULL };
  static const char *const classes[] = { "clock", "house", "fish", NULL };
  g_autofree char *model = NULL, *picture = NULL, *butterfly = sal_bundled_example ("butterfly");
  g_autofree char *before = test_scratch ("here"), *after = test_scratch ("there");

  if (!app_example (&model, &picture))
    return;
  g_mkdir (before, 0700);
  copy (model, before, "net.onnx");
  copy (picture, before, "scene.png");
  copy (butterfly, before, "other.png");
  g_autofree char *own_model = g_build_filename (before, "net.onnx", NULL);
  g_autofree char *own_picture = g_build_filename (before, "scene.png", NULL);
  g_autofree char *other_picture = g_build_filename (before, "other.png", NULL);
  g_autofree char *saved = g_build_filename (before, "grid.salience", NULL);
  g_autoptr (GFile) model_file = g_file_new_for_path (own_model);
  g_autoptr (GFile) picture_file = g_file_new_for_path (own_picture);
  g_autoptr (GFile) saved_file = g_file_new_for_path (saved);
  GFile *files[2] = { model_file, picture_file };

  SalWindow *window = app_window_new (1280, 800);
  sal_window_open_files (window, files, 2);
  app_settle (sal_window_document (window));
  g_autofree char *names =
      g_build_filename (g_getenv ("SALIENCE_SOURCE_ROOT"), "data/labels/scenes.txt", NULL);
  sal_model_page_set_labels (app_part (window, "model_page"), names);
  while (sal_model_page_is_busy (app_part (window, "model_page")))
    ui_run (10);
  sal_model_page_save (app_part (window, "model_page"));
  app_set_method (window, "grad-cam");
  app_activate (window, "win.page", "compare");
  ui_run (50);
  SalComparison *grid = comparison (window);
  while (sal_comparison_n_columns (grid) > 2)
    sal_comparison_remove (grid, 2);
  g_assert_true (sal_comparison_add (grid, "layer-cam"));
  sal_comparison_move (grid, 0, 2);
  assert_columns (window, methods);
  g_assert_true (sal_comparison_add_picture (grid, other_picture));
  sal_comparison_set_axis (grid, SAL_COMPARE_CLASSES);
  while (sal_comparison_n_columns (grid) > 1)
    sal_comparison_remove (grid, 1);
  g_assert_true (sal_comparison_add (grid, "5"));
  g_assert_true (sal_comparison_add (grid, "4"));
  assert_columns (window, classes);
  sal_comparison_set_shared (grid, TRUE);
  sal_window_save_session_to (window, saved_file);
  app_wait_label (window, "Saved grid.salience");
  app_window_finish (window);

  g_assert_cmpint (g_rename (before, after), ==, 0);
  for (int turn = 0; turn < 2; turn++) {
    g_autofree char *name = turn == 0 ? g_strdup ("grid.salience") : g_strdup ("again.salience");
    g_autofree char *moved = g_build_filename (after, name, NULL);
    g_autofree char *again = g_build_filename (after, "again.salience", NULL);
    g_autoptr (GFile) again_file = g_file_new_for_path (again);

    window = app_window_new (1280, 800);
    grid = comparison (window);
    app_drop (window, moved);
    app_settle (sal_window_document (window));
    app_activate (window, "win.page", "compare");
    g_assert_true (ui_wait_until (has_rows, window, 20000));
    ui_run (50);
    g_assert_cmpint (sal_comparison_axis (grid), ==, SAL_COMPARE_CLASSES);
    assert_columns (window, classes);
    g_assert_cmpstr (sal_comparison_row_label (grid, 1), ==, "other.png");
    g_assert_true (sal_comparison_shared (grid));
    GtkWidget *page = app_part (window, "compare_page");
    g_assert_true (
        gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (app_find_button (page, "Classes"))));
    g_assert_true (gtk_toggle_button_get_active (
        GTK_TOGGLE_BUTTON (app_find_button (page, "One Colour Scale"))));
    gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (app_find_button (page, "Methods")), TRUE);
    ui_run (50);
    assert_columns (window, methods);
    app_window_finish (window);

    /* Opened, not looked at, and saved again. */
    if (turn == 0) {
      g_autoptr (GError) error = NULL;
      g_autofree char *text = NULL;

      g_assert_true (g_file_get_contents (moved, &text, NULL, NULL));
      g_autoptr (SalSession) session = sal_session_read (text, moved, &error);
      g_assert_no_error (error);
      g_free (session->page);
      session->page = g_strdup ("explore");
      g_autofree char *unseen = sal_session_write (session, again);
      g_assert_true (g_file_set_contents (again, unseen, -1, NULL));
      window = app_window_new (1280, 800);
      app_drop (window, again);
      app_settle (sal_window_document (window));
      sal_window_save_session_to (window, again_file);
      app_wait_label (window, "Saved again.salience");
      app_window_finish (window);
    }
  }
}

/* Saved where it was opened from or saved to last, without a question. */
static void
test_again (void)
{
  SalWindow *window = app_window_with_example ();

  if (window == NULL)
    return;
  g_autofree char *path = test_scratch ("mine.salience");
  g_autoptr (GFile) file = g_file_new_for_path (path);

  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  sal_window_save_session_to (window, file);
  g_assert_cmpint (g_unlink (path), ==, 0);
  app_activate (window, "win.save-session", NULL);
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
  app_window_finish (window);

  window = app_window_new (1280, 800);
  app_drop (window, path);
  app_settle (sal_window_document (window));
  ui_run (50);
  g_assert_cmpint (g_unlink (path), ==, 0);
  app_activate (window, "win.save-session", NULL);
  app_wait_label (window, "Saved mine.salience");
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
  app_window_finish (window);
}

/* Closing and starting again. */
static void
test_restart (void)
{
  SalWindow *window = app_window_with_example ();

  if (window == NULL)
    return;
  SalDocument *document = sal_window_document (window);
  app_set (document, "steps", "9");
  app_activate (window, "win.next-class", NULL);
  app_settle (document);
  app_activate (window, "win.page", "compare");
  g_autofree char *butterfly = sal_bundled_example ("butterfly"), *gone = test_scratch ("gone.png");
  g_assert_true (sal_comparison_add_picture (comparison (window), gone));
  g_assert_true (sal_comparison_add_picture (comparison (window), butterfly));
  sal_comparison_remove (comparison (window), 0);
  g_autofree char *first = g_strdup (sal_comparison_column_label (comparison (window), 0));
  int target = sal_document_target (document);
  gtk_window_close (GTK_WINDOW (window));
  ui_run (100);

  window = app_window_new (1280, 800);
  document = sal_window_document (window);
  g_assert_true (sal_window_restore_session (window));
  app_settle (document);
  ui_run (50);
  g_assert_cmpint (sal_document_target (document), ==, target);
  g_assert_cmpfloat (steps (window), ==, 9);
  g_assert_cmpstr (
      adw_view_stack_get_visible_child_name (ADW_VIEW_STACK (app_part (window, "stack"))), ==,
      "compare");
  g_assert_cmpuint (sal_comparison_n_rows (comparison (window)), ==, 2);
  g_assert_cmpstr (sal_comparison_row_label (comparison (window), 1), ==, "butterfly.png");
  g_assert_cmpstr (sal_comparison_column_label (comparison (window), 0), ==, first);
  /* Not everybody wants that. */
  app_activate (window, "win.restore", NULL);
  app_window_finish (window);
  window = app_window_new (900, 600);
  g_assert_false (sal_window_restore_session (window));
  app_activate (window, "win.restore", NULL);
  app_window_finish (window);
}

static gboolean
has_view (gpointer window)
{
  return sal_document_view (sal_window_document (window)) != NULL;
}

/* Results that are made again come one by one. */
static gboolean
all_starred (gpointer window)
{
  guint n = g_list_model_get_n_items (results (window));

  for (guint i = 0; i < n; i++)
    if (!sal_result_starred (result (window, i)))
      return FALSE;
  return n > 0;
}

/* Stars outlive a window that is closed before they could be made again. */
static void
test_hasty (void)
{
  SalWindow *window = app_window_with_example ();

  if (window == NULL)
    return;
  app_set_method (window, "gradient");
  app_set_method (window, "grad-cam");
  guint n = g_list_model_get_n_items (results (window));
  for (guint i = 0; i < n; i++)
    sal_result_set_starred (result (window, i), TRUE);
  gtk_window_close (GTK_WINDOW (window));
  ui_run (100);

  for (int i = 0; i < 2; i++) {
    window = app_window_new (1280, 800);
    g_assert_true (sal_window_restore_session (window));
    g_assert_true (ui_wait_until (has_view, window, 20000));
    gtk_window_close (GTK_WINDOW (window));
    ui_run (100);
  }
  window = app_window_new (1280, 800);
  g_assert_true (sal_window_restore_session (window));
  Wanted wanted = { window, n };
  g_assert_true (ui_wait_until (complete, &wanted, 60000));
  g_assert_true (ui_wait_until (all_starred, window, 60000));
  app_window_finish (window);
}

/* What was open lately can be opened again from the header. */
static void
test_recent (void)
{
  SalWindow *window = app_window_with_example ();

  if (window == NULL)
    return;
  SalDocument *document = sal_window_document (window);
  g_autofree char *butterfly = sal_bundled_example ("butterfly");
  GtkMenuButton *recent = app_part (window, "recent_pictures");
  g_autofree char *first = NULL;

  app_drop (window, butterfly);
  GMenuModel *menu = gtk_menu_button_get_menu_model (recent);
  g_assert_true (gtk_widget_get_visible (GTK_WIDGET (recent)));
  g_assert_cmpint (g_menu_model_get_n_items (menu), >=, 2);
  g_assert_true (g_menu_model_get_item_attribute (menu, 0, "target", "s", &first));
  g_assert_cmpstr (first, ==, butterfly);
  g_autofree char *second = NULL;
  g_assert_true (g_menu_model_get_item_attribute (menu, 1, "target", "s", &second));
  app_activate (window, "win.open-recent", second);
  app_settle (document);
  g_assert_cmpstr (sal_document_picture (document)->path, ==, second);
  app_window_finish (window);
}

static void
test_broken (void)
{
  static const struct {
    const char *text, *why;
  } cases[] = {
    { "no JSON", "*" },
    { "{}", "*not a session of Salience" },
    { "[1]", "*" },
    { "{\"salience-session\": 99}", "*newer version*" },
  };
  static const char *const odd[] = {
    "{\"salience-session\": 1}",
    "{\"salience-session\": 1, \"results\": 7, \"question\": 3, \"model\": {}}",
    "{\"salience-session\": 1, \"question\": {\"method\": \"no-such\"}, \"results\": [1, {}, []]}",
    "{\"salience-session\": 1, \"question\": {\"method\": \"grad-cam\", \"target\": {\"index\": "
    "-5},"
    " \"parameters\": {\"layer\": 3, \"smooth\": \"what\"}, \"output-kind\": \"?\"},"
    " \"results\": [{\"question\": {\"method\": \"gradient\"}, \"starred\": \"yes\"}]}",
    "{\"salience-session\": 1, \"compare\": 7}",
    "{\"salience-session\": 1, \"compare\": {\"columns\": [], \"one-scale\": \"yes\","
    " \"methods\": 3, \"classes\": [1, {}, {\"index\": -7, \"label\": 8}], \"layers\": [null, "
    "\"\"],"
    " \"models\": [{}], \"pictures\": {}}}",
  };
  SalWindow *window = app_window_new (900, 600);
  g_autofree char *path = test_scratch ("broken.salience");

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    GError *error = NULL;

    g_assert_null (sal_session_read (cases[i].text, "x.salience", &error));
    g_assert_nonnull (error);
    g_assert_true (g_pattern_match_simple (cases[i].why, error->message));
    g_assert_nonnull (strstr (error->message, "x.salience"));
    g_clear_error (&error);
    test_write (path, cases[i].text, strlen (cases[i].text));
    app_drop (window, path);
    app_wait_label (window, "“broken.salience” cannot be opened");
  }
  for (gsize i = 0; i < G_N_ELEMENTS (odd); i++) {
    g_autoptr (SalSession) session = sal_session_read (odd[i], NULL, NULL);
    g_assert_nonnull (session);
    g_assert_cmpuint (session->results->len, ==, 0);
  }
  app_window_finish (window);
}

int
main (int argc, char *argv[])
{
  app_init (&argc, &argv);
  g_test_add_func ("/app/session/broken", test_broken);
  g_test_add_func ("/app/session/file", test_file);
  g_test_add_func ("/app/session/bundled", test_bundled);
  g_test_add_func ("/app/session/compared", test_compared);
  g_test_add_func ("/app/session/again", test_again);
  g_test_add_func ("/app/session/restart", test_restart);
  g_test_add_func ("/app/session/hasty", test_hasty);
  g_test_add_func ("/app/session/recent", test_recent);
  return app_end (g_test_run ());
}
