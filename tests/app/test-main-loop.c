/* The main loop comes round while pages are filled in the background: at most 50 ms lie between two
 * rounds, by the clock of a machine that does nothing else, and 100 elsewhere (app_hold_gap()). */
#include "app/bundled.h"
#include "app/class-check.h"
#include "app/compare-page.h"
#include "app/model-page.h"
#include "app/shelf-strip.h"
#include "engine/image/png.h"
#include "tests/app/app-window.h"
#include "tests/app/gap.h"
#include "ui/method-picker.h"
#include "ui/param-panel.h"
#include "ui/slider-row.h"

#include <glib/gstdio.h>
#include <math.h>

static void
drag_steps (gpointer window)
{
  GtkWidget *row = sal_param_panel_find (app_part (window, "params"), "steps");

  for (int i = 0; i < 60; i++) {
    gtk_range_set_value (sal_slider_row_scale (SAL_SLIDER_ROW (row)), 0.3 + 0.005 * i);
    ui_run (16);
  }
  app_settle (sal_window_document (window));
}

/* A slider in motion, and pictures of what comes of it. */
static void
test_explore (void)
{
  SalWindow *window = app_window_with_example ();

  if (window == NULL)
    return;
  ui_run (300);
  app_hold_gap (drag_steps, window);
  app_window_finish (window);
}

/* Every cell anew: four methods and four pictures. */
static void
fill_grid (gpointer window)
{
  static int attempt;
  SalDocument *document = sal_window_document (window);
  SalComparison *comparison = sal_compare_page_comparison (app_part (window, "compare_page"));
  g_autofree char *steps = g_strdup_printf ("%d", 20 + attempt++);

  app_set (document, "steps", steps);
  app_settle (document);
  app_activate (window, "win.page", "compare");
  ui_run (100);
  g_assert_true (ui_wait_until (app_is_compared, comparison, 60000));
  ui_run (300);
  app_activate (window, "win.page", "explore");
  ui_run (100);
}

static void
test_compare (void)
{
  static const char *const names[] = { "butterfly", "mug", "house" };
  SalWindow *window = app_window_with_example ();

  if (window == NULL)
    return;
  SalComparison *comparison = sal_compare_page_comparison (app_part (window, "compare_page"));
  app_activate (window, "win.page", "compare");
  ui_run (100);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *path = sal_bundled_example (names[i]);

    g_assert_true (path == NULL || sal_comparison_add_picture (comparison, path));
  }
  g_assert_true (ui_wait_until (app_is_compared, comparison, 60000));
  app_activate (window, "win.page", "explore");
  ui_run (100);
  app_hold_gap (fill_grid, window);
  app_window_finish (window);
}

static gboolean
is_shown (gpointer window)
{
  return !sal_model_page_is_busy (app_part (window, "model_page"));
}

static char *network; /* a file, opened again for each attempt */

static void
open_network (gpointer window)
{
  g_autoptr (GFile) file = g_file_new_for_path (network);

  sal_window_open_files (window, &file, 1);
  app_activate (window, "win.page", "model");
  app_settle (sal_window_document (window));
  ui_run (100);
  g_assert_true (ui_wait_until (is_shown, window, 60000));
  ui_run (300);
}

static void
model_page_of (const char *path)
{
  SalWindow *window = app_window_with_example ();

  if (window == NULL)
    return;
  network = g_strdup (path);
  app_activate (window, "win.page", "model");
  ui_run (300);
  app_hold_gap (open_network, window);
  g_clear_pointer (&network, g_free);
  app_window_finish (window);
}

static void
test_model_page (void)
{
  g_autofree char *model = NULL, *picture = NULL;

  if (app_example (&model, &picture))
    model_page_of (model);
}

/* Many layers, and a thousand classes. */
static void
test_large_model_page (void)
{
  g_autofree char *path = test_reference ("realdata/models/mobilenet_v2_1.0_224.onnx");

  if (path != NULL)
    model_page_of (path);
}

static char *folder;

static gboolean
all_looked_at (gpointer window)
{
  GListModel *list = G_LIST_MODEL (gtk_list_view_get_model (app_part (window, "folder_list")));
  guint n = g_list_model_get_n_items (list);

  for (guint i = 0; i < n; i++) {
    g_autoptr (GObject) item = g_list_model_get_item (list, i);
    g_autofree char *answer = NULL;

    g_object_get (item, "answer", &answer, NULL);
    if (*answer == '\0')
      return FALSE;
  }
  return n > 0;
}

static void
open_folder (gpointer window)
{
  g_autoptr (GFile) file = g_file_new_for_path (folder);

  sal_window_open_files (window, &file, 1);
  ui_run (200);
  g_assert_true (ui_wait_until (all_looked_at, window, 60000));
  app_settle (sal_window_document (window));
  ui_run (300);
  app_activate (window, "win.close-folder", NULL);
  ui_run (100);
}

/* Forty pictures of a usual camera's proportions. */
static void
test_folder (void)
{
  SalWindow *window = app_window_with_example ();

  if (window == NULL)
    return;
  g_autoptr (SalImage) image = ui_scenery (900, 600);
  g_autofree char *contents = NULL, *first = NULL;
  gsize length;

  folder = test_scratch ("forty");
  g_mkdir (folder, 0700);
  first = g_build_filename (folder, "00.png", NULL);
  g_assert_true (sal_png_write (first, image, NULL, NULL));
  g_assert_true (g_file_get_contents (first, &contents, &length, NULL));
  for (int i = 1; i < 40; i++) {
    g_autofree char *name = g_strdup_printf ("%02d.png", i);
    g_autofree char *path = g_build_filename (folder, name, NULL);

    test_write (path, contents, length);
  }
  app_hold_gap (open_folder, window);
  g_clear_pointer (&folder, g_free);
  app_window_finish (window);
}

static char *session;

static guint
n_results (SalWindow *window)
{
  return g_list_model_get_n_items (G_LIST_MODEL (
      gtk_list_view_get_model (sal_shelf_strip_list (app_part (window, "shelf_strip")))));
}

static gboolean
is_restored (gpointer window)
{
  return n_results (window) >= 5 &&
         sal_document_state (sal_window_document (window)) == SAL_DOCUMENT_DONE;
}

static void
restore (gpointer data)
{
  SalWindow *window = g_queue_pop_head (data);
  g_autoptr (GFile) file = g_file_new_for_path (session);

  g_assert_nonnull (window);
  sal_window_open_files (window, &file, 1);
  g_assert_true (ui_wait_until (is_restored, window, 60000));
  ui_run (300);
}

/* Results of several methods, worked out again one after the other. */
static void
test_session (void)
{
  static const char *const methods[] = { "grad-cam", "gradient", "lrp", "deeplift" };
  SalWindow *window = app_window_with_example ();

  if (window == NULL)
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (methods); i++)
    app_set_method (window, methods[i]);
  session = test_scratch ("five.salience");
  g_autoptr (GFile) file = g_file_new_for_path (session);
  sal_window_save_session_to (window, file);
  app_window_finish (window);

  /* A window each time; making one is not what is measured. */
  SalWindow *windows[APP_ATTEMPTS];
  GQueue queue = G_QUEUE_INIT;
  for (int i = 0; i < APP_ATTEMPTS; i++) {
    windows[i] = app_window_new (1280, 800);
    g_queue_push_tail (&queue, windows[i]);
  }
  ui_run (300);
  app_hold_gap (restore, &queue);
  g_queue_clear (&queue);
  g_clear_pointer (&session, g_free);
  for (int i = 0; i < APP_ATTEMPTS; i++)
    app_window_finish (windows[i]);
}

/* A class is named letter by letter, and each is judged in a sentence of its own length. */
static void
name_class (gpointer window)
{
  static const char *const names[] = { "0", "01", "clock", "bo", "boat", "butterfly", "fish" };
  GtkWidget *page = app_part (window, "model_page");
  GtkWidget *check =
      GTK_WIDGET (gtk_widget_get_template_child (page, SAL_TYPE_MODEL_PAGE, "check"));
  GtkEditable *entry =
      GTK_EDITABLE (gtk_widget_get_template_child (check, SAL_TYPE_CLASS_CHECK, "entry"));

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
    gtk_editable_set_text (entry, names[i]);
    ui_run (150);
  }
  app_wait_label (check, "*“fish”*");
  gtk_editable_set_text (entry, "");
  ui_run (150);
}

static void
test_class_check (void)
{
  SalWindow *window = app_window_with_example ();

  if (window == NULL)
    return;
  app_activate (window, "win.page", "model");
  ui_run (500);
  app_hold_gap (name_class, window);
  app_window_finish (window);
}

/* The list of methods comes up for the first time: three lines for each of some thirty. */
static void
open_methods (gpointer queue)
{
  SalWindow *window = g_queue_pop_head (queue);
  SalMethodPicker *picker = app_part (window, "methods");

  gtk_widget_activate (GTK_WIDGET (sal_method_picker_drop_down (picker)));
  GtkWidget *row = app_wait_label (picker, "LIME");
  ui_run (300);
  gtk_popover_popdown (GTK_POPOVER (gtk_widget_get_ancestor (row, GTK_TYPE_POPOVER)));
  ui_run (300);
}

static void
test_methods (void)
{
  SalWindow *windows[APP_ATTEMPTS];
  GQueue queue = G_QUEUE_INIT;

  for (int i = 0; i < APP_ATTEMPTS; i++) {
    windows[i] = app_window_with_example ();
    if (windows[i] == NULL)
      return;
    g_queue_push_tail (&queue, windows[i]);
  }
  ui_run (300);
  app_hold_gap (open_methods, &queue);
  g_queue_clear (&queue);
  for (int i = 0; i < APP_ATTEMPTS; i++)
    app_window_finish (windows[i]);
}

int
main (int argc, char *argv[])
{
  app_init (&argc, &argv);
  g_test_add_func ("/app/main-loop/explore", test_explore);
  g_test_add_func ("/app/main-loop/compare", test_compare);
  g_test_add_func ("/app/main-loop/model-page", test_model_page);
  g_test_add_func ("/app/main-loop/model-page-of-MobileNetV2", test_large_model_page);
  g_test_add_func ("/app/main-loop/folder", test_folder);
  g_test_add_func ("/app/main-loop/session", test_session);
  g_test_add_func ("/app/main-loop/class-check", test_class_check);
  g_test_add_func ("/app/main-loop/methods", test_methods);
  int status = g_test_run ();
  test_scratch_clear ();
  return app_end (status);
}
