/* A folder of pictures: steps through it, what the model says of each, and averages over all. */
#include "app/average.h"
#include "app/bundled.h"
#include "app/folder.h"
#include "app/looks.h"
#include "engine/image/png.h"
#include "tests/app/app-window.h"
#include "tests/app/gap.h"
#include "ui/canvas.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

static GListModel *
pictures (SalWindow *window)
{
  return G_LIST_MODEL (gtk_list_view_get_model (app_part (window, "folder_list")));
}

static gboolean
all_looked_at (gpointer data)
{
  GListModel *list = data;

  for (guint i = 0; i < g_list_model_get_n_items (list); i++) {
    g_autoptr (GObject) item = g_list_model_get_item (list, i);
    g_autofree char *answer = NULL;

    g_object_get (item, "answer", &answer, NULL);
    if (*answer == '\0')
      return FALSE;
  }
  return TRUE;
}

static char *
text_of (GListModel *list, guint i, const char *property)
{
  g_autoptr (GObject) item = g_list_model_get_item (list, i);
  char *text;

  g_object_get (item, property, &text, NULL);
  return text;
}

/* For assistive technology, which is told what the tiles show. */
static gboolean
row_named (GtkWidget *widget, const char *name)
{
  g_autofree char *differs = gtk_test_accessible_check_property (
      GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, name);

  if (differs == NULL && gtk_widget_get_mapped (widget))
    return TRUE;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (row_named (child, name))
      return TRUE;
  return FALSE;
}

/* butterfly-10 after butterfly-9, a broken picture, and what is no picture. */
static char *
make_folder (void)
{
  static const char *const sources[] = { "butterfly", "butterfly", "mug" };
  static const char *const names[] = { "butterfly-9.png", "butterfly-10.png", "mug.png" };
  char *folder = test_scratch ("folder");

  g_mkdir (folder, 0700);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *from = sal_bundled_example (sources[i]);
    g_autofree char *to = g_build_filename (folder, names[i], NULL), *contents = NULL;
    gsize length;

    if (from == NULL) {
      g_free (folder);
      return NULL;
    }
    g_assert_true (g_file_get_contents (from, &contents, &length, NULL));
    test_write (to, contents, length);
  }
  g_autofree char *broken = g_build_filename (folder, "z-broken.png", NULL);
  g_autofree char *text = g_build_filename (folder, "read-me.txt", NULL);
  test_write (broken, "no picture", 10);
  test_write (text, "no picture either", 17);
  return folder;
}

static const char *
shown (SalWindow *window)
{
  return strrchr (sal_document_picture (sal_window_document (window))->path, '/') + 1;
}

static void
step (SalWindow *window, const char *action)
{
  app_activate (window, action, NULL);
  app_settle (sal_window_document (window));
  ui_run (20);
}

static gboolean
is_listed (gpointer folder)
{
  return sal_folder_total (folder) > 0;
}

/* The bundled folders hold what their lists of samples name: no masks among them. */
static void
test_bundled (void)
{
  static const char *const names[] = { "scenes", "scans", "fashion" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *path =
        g_build_filename (g_getenv ("SALIENCE_SOURCE_ROOT"), "data/images", names[i], NULL);
    g_autofree char *samples = g_build_filename (path, "samples.json", NULL), *text = NULL;
    g_autoptr (SalFolder) folder = sal_folder_new ();

    g_assert_true (g_file_get_contents (samples, &text, NULL, NULL));
    sal_folder_open (folder, path);
    g_assert_true (ui_wait_until (is_listed, folder, 20000));
    g_auto (GStrv) paths = sal_folder_paths (folder);
    for (char **p = paths; *p != NULL; p++) {
      g_autofree char *name = g_path_get_basename (*p);
      g_autofree char *named = g_strdup_printf ("\"file\": \"%s\"", name);

      g_test_message ("%s", name);
      g_assert_nonnull (strstr (text, named));
    }
    sal_folder_close (folder);
  }
}

static void
test_steps (void)
{
  g_autofree char *folder = make_folder ();

  if (folder == NULL) {
    g_test_skip ("the bundled example is absent");
    return;
  }
  SalWindow *window = app_window_with_example ();
  g_assert_false (app_enabled (window, "next-picture"));
  app_drop (window, folder);
  app_wait_label (window, "1/4");
  app_settle (sal_window_document (window));
  g_assert_cmpuint (g_list_model_get_n_items (pictures (window)), ==, 4);
  g_assert_cmpstr (shown (window), ==, "butterfly-9.png");
  g_assert_false (app_enabled (window, "previous-picture"));
  step (window, "win.next-picture");
  g_assert_cmpstr (shown (window), ==, "butterfly-10.png");
  step (window, "win.next-picture");
  g_assert_cmpstr (shown (window), ==, "mug.png");
  g_assert_nonnull (app_find_label (GTK_WIDGET (window), "3/4"));

  /* What cannot be read is said, and does not stand in the way. */
  app_activate (window, "win.next-picture", NULL);
  app_wait_label (window, "“z-broken.png” cannot be opened");
  app_settle (sal_window_document (window));
  step (window, "win.previous-picture");
  g_assert_cmpstr (shown (window), ==, "mug.png");
  step (window, "win.previous-picture");
  step (window, "win.previous-picture");
  g_assert_cmpstr (shown (window), ==, "butterfly-9.png");

  /* Many keys at once end where they lead. */
  app_activate (window, "win.next-picture", NULL);
  app_activate (window, "win.next-picture", NULL);
  app_settle (sal_window_document (window));
  g_assert_cmpstr (shown (window), ==, "mug.png");

  gtk_selection_model_select_item (GTK_SELECTION_MODEL (pictures (window)), 1, TRUE);
  app_settle (sal_window_document (window));
  g_assert_cmpstr (shown (window), ==, "butterfly-10.png");

  g_assert_true (ui_wait_until (all_looked_at, pictures (window), 60000));
  g_autofree char *first = text_of (pictures (window), 0, "answer");
  g_autofree char *third = text_of (pictures (window), 2, "answer");
  g_autofree char *last = text_of (pictures (window), 3, "answer");
  g_assert_true (g_str_has_prefix (first, "butterfly 9"));
  g_assert_true (g_str_has_prefix (third, "mug 9"));
  g_assert_cmpstr (last, ==, "cannot be read");
  g_autofree char *row = g_strdup_printf ("%s, butterfly-9.png", first);
  g_assert_true (row_named (app_part (window, "folder_strip"), row));
  g_assert_false (row_named (app_part (window, "folder_strip"), ", butterfly-9.png"));
  g_assert_true (row_named (app_part (window, "folder_strip"), "cannot be read, z-broken.png"));

  app_activate (window, "win.close-folder", NULL);
  ui_run (50);
  g_assert_null (app_find_label (GTK_WIDGET (window), "*/4"));
  g_assert_false (app_enabled (window, "next-picture"));
  app_window_finish (window);
}

static gboolean
listed (gpointer window)
{
  return g_list_model_get_n_items (pictures (window)) > 4;
}

/* Of more classes than memory is for, those with most pictures. */
static void
test_many_classes (void)
{
  g_autofree char *folder = make_folder (), *path = sal_bundled_model ();
  g_autoptr (SalSettings) settings = sal_settings_new (), looks = sal_looks_new ();
  g_autoptr (GError) error = NULL;

  if (folder == NULL || path == NULL) {
    g_test_skip ("the bundled example is absent");
    return;
  }
  static const char *const names[] = { "mug.png", "butterfly-9.png", "butterfly-10.png" };
  g_autoptr (SalModel) model = sal_work_open_model (path, NULL, &error);
  g_assert_no_error (error);
  for (guint most = 1; most <= 2; most++) {
    char **paths = g_new0 (char *, G_N_ELEMENTS (names) + 1);
    for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
      paths[i] = g_build_filename (folder, names[i], NULL);
    SalAverageOrder *order = sal_average_order_new (model, paths, sal_method_find ("gradient"),
                                                    settings, SAL_OUTPUT_LOGIT, looks);
    g_assert_cmpuint (order->n_classes, >, 100);
    order->n_classes = most;
    g_autoptr (SalAverages) averages = sal_work_average (order, NULL, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (averages->exhibits->len, ==, most);
    g_assert_cmpuint (averages->n_rare, ==, 2 - most);
    g_assert_cmpuint (averages->n_failed, ==, 0);
    const SalExhibit *first = averages->exhibits->pdata[0];
    g_assert_true (g_str_has_prefix (first->title, "butterfly"));
    g_assert_nonnull (strstr (first->title, "2 pictures"));
    sal_average_order_free (order);
  }
}

static void
test_average (void)
{
  g_autofree char *folder = make_folder ();

  if (folder == NULL) {
    g_test_skip ("the bundled example is absent");
    return;
  }
  SalWindow *window = app_window_with_example ();
  SalDocument *document = sal_window_document (window);
  SalCanvas *canvas = app_part (window, "canvas");
  GtkDropDown *choice = app_part (window, "exhibit_choice");

  app_set_method (window, "grad-cam");
  app_drop (window, folder);
  app_wait_label (window, "1/4");
  app_settle (document);
  app_click (app_find_button (GTK_WIDGET (window), "Average Maps"));
  app_wait_label (window, "butterfly · Grad-CAM on average over 2 pictures");
  app_wait_label (window, "1 picture could not be explained"); /* z-broken.png */
  g_assert_cmpint (sal_image_width (sal_canvas_get_picture (canvas)), ==, 128);
  g_assert_true (sal_canvas_get_heatmap (canvas) != sal_document_heatmap (document));
  g_assert_true (gtk_widget_get_mapped (GTK_WIDGET (choice)));
  g_assert_false (gtk_widget_get_mapped (app_part (window, "exhibit_title"))); /* said once */
  gtk_drop_down_set_selected (choice, 1);
  app_wait_label (app_part (window, "exhibit_bar"), "mug · Grad-CAM on average over 1 picture");
  app_activate (window, "win.end-exhibit", NULL);
  ui_run (50);
  g_assert_true (sal_canvas_get_heatmap (canvas) == sal_document_heatmap (document));
  g_assert_false (gtk_widget_get_mapped (GTK_WIDGET (choice)));

  /* It can be stopped. */
  sal_document_set_method (document, sal_method_find ("integrated-gradients"));
  app_set (document, "steps", "1000");
  app_activate (window, "win.average-folder", NULL);
  ui_run (50);
  app_click (app_find_button (GTK_WIDGET (window), "Stop (*"));
  for (int i = 0; i < 1000 && app_find_button (GTK_WIDGET (window), "Average Maps") == NULL; i++)
    ui_run (10);
  g_assert_nonnull (app_find_button (GTK_WIDGET (window), "Average Maps"));

  /* Of the folder that was open before, nobody wants it any more. */
  g_autofree char *picture = sal_bundled_picture (), *other = g_path_get_dirname (picture);
  app_activate (window, "win.average-folder", NULL);
  ui_run (50);
  g_assert_nonnull (app_find_button (GTK_WIDGET (window), "Stop (*"));
  app_drop (window, other);
  g_assert_true (ui_wait_until (listed, window, 20000));
  g_assert_nonnull (app_find_button (GTK_WIDGET (window), "Average Maps"));
  sal_document_cancel (document);
  app_settle (document);
  app_window_finish (window);
}

/* A model named beside a folder looks at its first picture. */
static void
test_with_model (void)
{
  g_autofree char *folder = make_folder (), *bundled = sal_bundled_model (), *contents = NULL;
  gsize length;

  if (folder == NULL || bundled == NULL) {
    g_test_skip ("the bundled example is absent");
    return;
  }
  g_autofree char *copy = test_scratch ("beside.onnx");
  g_assert_true (g_file_get_contents (bundled, &contents, &length, NULL));
  test_write (copy, contents, length);
  SalWindow *window = app_window_new (1280, 800);
  SalDocument *document = sal_window_document (window);
  g_autoptr (GFile) first = g_file_new_for_path (copy);
  g_autoptr (GFile) second = g_file_new_for_path (folder);
  GFile *files[] = { first, second };

  sal_window_open_files (window, files, 2);
  app_wait_label (window, "1/4");
  app_settle (document);
  g_assert_cmpstr (shown (window), ==, "butterfly-9.png");
  g_assert_cmpstr (sal_model_path (sal_document_model (document)), ==, copy);
  app_window_finish (window);
}

static gboolean
strip_shown (gpointer window)
{
  return gtk_widget_get_visible (app_part (window, "folder_strip"));
}

/* Thousands of pictures come without the window standing still; which of too many is not left to
 * chance, and said. */
static void
test_many (void)
{
  SalWindow *window = app_window_with_example ();
  g_autofree char *large = test_scratch ("thousands");
  Gap gap;

  if (window == NULL)
    return;
  g_autofree char *first = g_build_filename (large, "0000.png", NULL);
  g_autoptr (SalImage) image = sal_image_new_filled (8, 8, (const guint8[]){ 9, 90, 200 });
  g_mkdir (large, 0700);
  g_assert_true (sal_png_write (first, image, NULL, NULL));
  for (int i = 1; i < SAL_FOLDER_MAX + 20; i++) {
    g_autofree char *name = g_strdup_printf ("%04d.png", i);
    g_autofree char *path = g_build_filename (large, name, NULL);
    g_assert_cmpint (link (first, path), ==, 0);
  }
  g_autoptr (GFile) file = g_file_new_for_path (large);
  ui_run (300);
  app_gap_start (&gap);
  sal_window_open_files (window, &file, 1);
  g_assert_true (ui_wait_until (strip_shown, window, 30000));
  ui_run (500);
  app_gap_stop (&gap);
  if (!app_sanitized ())
    g_assert_cmpint (gap.work, <, 100 * 1000);
  g_assert_cmpuint (g_list_model_get_n_items (pictures (window)), ==, SAL_FOLDER_MAX);
  g_autofree char *last = text_of (pictures (window), SAL_FOLDER_MAX - 1, "name");
  g_autofree char *wanted = g_strdup_printf ("%04d.png", SAL_FOLDER_MAX - 1);
  g_assert_cmpstr (last, ==, wanted);
  app_wait_label (window, "The first 5*000 of 5*020 pictures are listed");
  app_activate (window, "win.close-folder", NULL);
  app_window_finish (window);
}

static void
test_empty (void)
{
  g_autofree char *folder = test_scratch ("empty-folder");
  SalWindow *window = app_window_new (900, 600);
  g_autoptr (GFile) file = g_file_new_for_path (folder);

  g_mkdir (folder, 0700);
  sal_window_open_files (window, &file, 1);
  app_wait_label (window, "“empty-folder” cannot be opened");
  app_window_finish (window);
}

int
main (int argc, char *argv[])
{
  app_init (&argc, &argv);
  g_test_add_func ("/app/folder/bundled", test_bundled);
  g_test_add_func ("/app/folder/steps", test_steps);
  g_test_add_func ("/app/folder/average", test_average);
  g_test_add_func ("/app/folder/many-classes", test_many_classes);
  g_test_add_func ("/app/folder/with-model", test_with_model);
  g_test_add_func ("/app/folder/many", test_many);
  g_test_add_func ("/app/folder/empty", test_empty);
  return app_end (g_test_run ());
}
