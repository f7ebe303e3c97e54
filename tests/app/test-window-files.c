/* Files with unusual names and addresses, from dropping them to the next start. */
#include "app/bundled.h"
#include "app/shelf-strip.h"
#include "engine/image/png.h"
#include "tests/app/app-window.h"

#include <glib/gstdio.h>

static char *
copy (const char *from, const char *folder, const char *name)
{
  char *to = g_build_filename (folder, name, NULL);
  g_autofree char *contents = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (from, &contents, &length, NULL));
  test_write (to, contents, length);
  return to;
}

static gboolean
listed (gpointer window)
{
  GtkSelectionModel *pictures = gtk_list_view_get_model (app_part (window, "folder_list"));

  return g_list_model_get_n_items (G_LIST_MODEL (pictures)) == 1;
}

static void
drop (SalWindow *window, GFile **files, gsize n)
{
  GValue value = G_VALUE_INIT;
  gboolean taken;

  g_value_init (&value, GDK_TYPE_FILE_LIST);
  g_value_take_boxed (&value, gdk_file_list_new_from_array (files, n));
  g_signal_emit_by_name (app_part (window, "drop_target"), "drop", &value, 10.0, 10.0, &taken);
  g_value_unset (&value);
}

static void
drop_uri (SalWindow *window, const char *uri)
{
  g_autoptr (GFile) file = g_file_new_for_uri (uri);

  drop (window, &file, 1);
}

/* Names of files are bytes; "ä" may be one that is no text. */
static void
test_bytes (void)
{
  g_autofree char *model = NULL, *picture = NULL, *folder = test_scratch ("m\xe4ppchen");

  if (!app_example (&model, &picture))
    return;
  g_mkdir (folder, 0700);
  g_autofree char *own_model = copy (model, folder, "netz_\xfc.onnx");
  g_autofree char *own_picture = copy (picture, folder, "bild-\xe4.png");
  SalWindow *window = app_window_new (1280, 800);
  SalDocument *document = sal_window_document (window);

  app_drop (window, own_model);
  app_drop (window, own_picture);
  g_assert_cmpstr (sal_document_picture (document)->path, ==, own_picture);
  app_wait_label (window, "netz_\xef\xbf\xbd");
  app_wait_label (window, "bild-\xef\xbf\xbd.png");
  app_drop (window, folder);
  g_assert_true (ui_wait_until (listed, window, 20000));
  app_settle (document);
  app_activate (window, "win.page", "compare");
  ui_run (300);
  app_activate (window, "win.page", "model");
  ui_run (300);
  app_activate (window, "win.page", "explore");

  g_autofree char *export = g_build_filename (folder, "aus-\xe4.png", NULL);
  g_autoptr (GFile) to = g_file_new_for_path (export);
  sal_window_export_to (window, to);
  app_wait_label (window, "Exported aus-\xef\xbf\xbd.png");
  g_assert_true (g_file_test (export, G_FILE_TEST_EXISTS));
  g_autofree char *session = g_build_filename (folder, "s\xf6.salience", NULL);
  g_autoptr (GFile) session_file = g_file_new_for_path (session);
  sal_window_save_session_to (window, session_file);
  app_wait_label (window, "Saved s\xef\xbf\xbd.salience");
  gtk_window_close (GTK_WINDOW (window));
  ui_run (100);

  window = app_window_new (1280, 800);
  document = sal_window_document (window);
  app_drop (window, session);
  app_settle (document);
  g_assert_cmpstr (sal_document_picture (document)->path, ==, own_picture);
  gtk_window_close (GTK_WINDOW (window));
  ui_run (100);
  window = app_window_new (1280, 800);
  document = sal_window_document (window);
  g_assert_true (sal_window_restore_session (window));
  app_settle (document);
  g_assert_cmpstr (sal_document_picture (document)->path, ==, own_picture);
  app_window_finish (window);
}

/* What is not on this computer cannot be opened, and that is said. */
static void
test_elsewhere (void)
{
  SalWindow *window = app_window_new (1280, 800);
  g_autoptr (GFile) nowhere = g_file_new_for_uri ("https://example.org/out.png");
  g_autoptr (GFile) nowhere_either = g_file_new_for_uri ("https://example.org/out.salience");

  drop_uri (window, "https://example.org/cat.png");
  app_wait_label (window, "“cat.png” cannot be opened");
  g_autofree char *details = NULL;
  gtk_window_destroy (GTK_WINDOW (app_open_details (window, &details)));
  g_assert_true (g_pattern_match_simple ("*https://example.org/cat.png*", details));
  sal_window_export_to (window, nowhere);
  app_wait_label (window, "“out.png” was not saved");
  sal_window_save_session_to (window, nowhere_either);
  app_wait_label (window, "“out.salience” was not saved");
  app_window_finish (window);
}

static gboolean
all_listed (gpointer window)
{
  GtkSelectionModel *pictures = gtk_list_view_get_model (app_part (window, "folder_list"));

  return g_list_model_get_n_items (G_LIST_MODEL (pictures)) == 3;
}

/* Of several pictures none is lost: those that are not shown are beside it. */
static void
test_several (void)
{
  g_autofree char *model = NULL, *picture = NULL, *folder = test_scratch ("several");

  if (!app_example (&model, &picture))
    return;
  g_mkdir (folder, 0700);
  g_autofree char *first = copy (picture, folder, "1.png");
  g_autofree char *second = copy (picture, folder, "2.png");
  g_autofree char *third = copy (picture, folder, "3.png");
  g_autoptr (GFile) one = g_file_new_for_path (first), two = g_file_new_for_path (second);
  GFile *files[] = { one, two };
  SalWindow *window = app_window_new (1280, 800);
  SalDocument *document = sal_window_document (window);

  drop (window, files, G_N_ELEMENTS (files));
  g_assert_true (ui_wait_until (all_listed, window, 60000));
  app_settle (document);
  g_assert_cmpstr (sal_document_picture (document)->path, ==, second);
  app_wait_label (window, "2/3");
  app_window_finish (window);
}

/* What is wrong with a file is said until something else is opened. */
static void
test_neither (void)
{
  g_autofree char *model = NULL, *picture = NULL, *text = test_scratch ("notes.txt");

  if (!app_example (&model, &picture))
    return;
  test_write (text, "some words\n", 11);
  SalWindow *window = app_window_with_example ();

  app_drop (window, text);
  app_wait_label (window, "“notes.txt” is neither a picture nor a model that can be read");
  g_autofree char *details = NULL;
  gtk_window_destroy (GTK_WINDOW (app_open_details (window, &details)));
  g_assert_true (g_pattern_match_simple ("*is not an ONNX model*", details));
  app_drop (window, text);
  app_wait_label (window, "“notes.txt” is neither *");
  app_drop (window, picture);
  for (int i = 0; i < 500 && app_find_label (GTK_WIDGET (window), "“notes.txt” *") != NULL; i++)
    ui_run (10);
  g_assert_null (app_find_label (GTK_WIDGET (window), "“notes.txt” *"));

  /* Where pictures are compared, it is no row that fails. */
  app_activate (window, "win.page", "compare");
  app_drop (window, text);
  app_wait_label (window, "“notes.txt” cannot be opened");
  g_assert_null (app_find_label (app_part (window, "compare_page"), "notes*"));
  app_window_finish (window);
}

int
main (int argc, char *argv[])
{
  app_init (&argc, &argv);
  g_test_add_func ("/app/window-files/bytes", test_bytes);
  g_test_add_func ("/app/window-files/elsewhere", test_elsewhere);
  g_test_add_func ("/app/window-files/several", test_several);
  g_test_add_func ("/app/window-files/neither", test_neither);
  int status = g_test_run ();
  test_scratch_clear ();
  return app_end (status);
}
