/* The gallery of public models: downloading, cancelling, failing, opening, with a local server. */
#include "app/export-help.h"
#include "app/gallery-row.h"
#include "app/gallery.h"
#include "app/model-page.h"
#include "app/zoo.h"
#include "tests/app/app-window.h"
#include "tests/app/web.h"

#include <glib/gstdio.h>
#include <string.h>

static char *address;
static GBytes *content;

/* Three models, the same file on paths where the server behaves differently. */
static void
put_manifest (void)
{
  static const char *const names[] = { "file", "slow", "nothing" };
  g_autofree char *sha256 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, content);
  g_autofree char *path = test_scratch ("zoo.json");
  g_autoptr (GString) text = g_string_new (NULL);

  g_string_append_printf (text, "{ \"address\": \"%s\", \"models\": [", address);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    g_string_append_printf (
        text,
        "%s{ \"name\": \"%s\", \"title\": \"Net <%s>\", \"licence\": \"MIT\","
        "    \"bytes\": %" G_GSIZE_FORMAT ", \"sha256\": \"%s\", \"path\": \"%s/net.onnx\","
        "    \"labels\": \"imagenet\", \"input\": { \"mean\": [0.5, 0.5, 0.5],"
        "    \"std\": [0.5, 0.5, 0.5], \"resize\": { \"size\": [128, 128] } } }",
        i > 0 ? ", " : "", names[i], names[i], g_bytes_get_size (content), sha256, names[i]);
  g_string_append (text, "] }");
  test_write (path, text->str, text->len);
}

static SalGallery *
gallery_of (SalWindow *window)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++) {
    g_autoptr (GtkWidget) item = g_list_model_get_item (windows, i);

    if (SAL_IS_GALLERY (item) &&
        gtk_window_get_transient_for (GTK_WINDOW (item)) == GTK_WINDOW (window))
      return SAL_GALLERY (item);
  }
  return NULL;
}

static SalGalleryRow *
row_called (SalGallery *gallery, const char *title)
{
  GtkWidget *row;

  for (guint i = 0; (row = sal_gallery_row (gallery, i)) != NULL; i++)
    if (strstr (adw_preferences_row_get_title (ADW_PREFERENCES_ROW (row)), title) != NULL)
      return SAL_GALLERY_ROW (row);
  g_assert_not_reached ();
}

static const char *
button_says (SalGalleryRow *row)
{
  return gtk_button_get_label (sal_gallery_row_button (row));
}

static void
click (SalGalleryRow *row)
{
  app_click (GTK_WIDGET (sal_gallery_row_button (row)));
}

typedef struct {
  SalGalleryRow *row;
  const char *label;
} Label;

static gboolean
has_label (gpointer data)
{
  const Label *wanted = data;

  return strcmp (button_says (wanted->row), wanted->label) == 0;
}

static void
wait_for (SalGalleryRow *row, const char *label)
{
  Label wanted = { row, label };

  g_assert_true (ui_wait_until (has_label, &wanted, 20000));
}

static void
clear_files (void)
{
  static const char *const names[] = { "file", "slow", "nothing" };
  static const char *const endings[] = { "onnx", "onnx.part", "json" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    for (gsize j = 0; j < G_N_ELEMENTS (endings); j++) {
      g_autofree char *name = g_strdup_printf ("salience/models/%s.%s", names[i], endings[j]);
      g_autofree char *path = test_scratch (name);

      g_remove (path);
    }
}

static SalGallery *
show (SalWindow *window)
{
  app_activate (window, "win.gallery", NULL);
  ui_run (100);

  SalGallery *gallery = gallery_of (window);

  g_assert_nonnull (gallery);
  g_assert_true (gtk_widget_get_mapped (GTK_WIDGET (gallery)));
  return gallery;
}

/* Downloaded and opened, with the sidecar that came with it. */
static void
test_download (void)
{
  SalWindow *window = app_window_new (900, 600);
  SalGallery *gallery = show (window);
  SalGalleryRow *row = row_called (gallery, "file");
  SalDocument *document = sal_window_document (window);

  g_assert_cmpint (web_requests (), ==, 0);
  g_assert_cmpstr (button_says (row), ==, "Download");
  click (row);
  wait_for (row, "Open");
  app_settle (document);
  g_assert_false (gtk_widget_get_visible (GTK_WIDGET (gallery)));
  g_assert_cmpstr (sal_model_name (sal_document_model (document)), ==, "file");
  g_assert_true (
      sal_preparation_format (sal_model_preparation (sal_document_model (document)))->mean[0] ==
      0.5);
  web_requests ();

  /* And again from where it is. */
  g_assert_true (show (window) == gallery);
  click (row);
  app_settle (document);
  g_assert_cmpint (web_requests (), ==, 0);
  g_assert_false (gtk_widget_get_visible (GTK_WIDGET (gallery)));
  app_window_finish (window);
  clear_files ();
}

static void
test_cancel (void)
{
  SalWindow *window = app_window_new (900, 600);
  SalGalleryRow *row = row_called (show (window), "slow");

  click (row);
  wait_for (row, "Cancel");
  ui_run (300);
  g_assert_nonnull (strstr (adw_action_row_get_subtitle (ADW_ACTION_ROW (row)), " of "));
  click (row);
  wait_for (row, "Download");
  g_assert_nonnull (strstr (adw_action_row_get_subtitle (ADW_ACTION_ROW (row)), "ImageNet"));
  g_assert_null (sal_document_model (sal_window_document (window)));
  /* A window that goes takes its downloads along. */
  click (row);
  wait_for (row, "Cancel");
  app_window_finish (window);
  clear_files ();
}

static void
test_fail (void)
{
  SalWindow *window = app_window_new (900, 600);
  SalGalleryRow *row = row_called (show (window), "nothing");

  click (row);
  wait_for (row, "Cancel");
  wait_for (row, "Download");
  g_assert_nonnull (strstr (adw_action_row_get_subtitle (ADW_ACTION_ROW (row)), "404"));
  g_assert_true (gtk_widget_has_css_class (GTK_WIDGET (row), "failed"));
  app_window_finish (window);
  clear_files ();
}

/* Whoever has closed the gallery is asked before the window changes. */
static void
test_closed (void)
{
  SalWindow *window = app_window_new (900, 600);
  SalGallery *gallery = show (window);
  SalGalleryRow *row = row_called (gallery, "file");
  SalDocument *document = sal_window_document (window);

  click (row);
  gtk_window_close (GTK_WINDOW (gallery));
  app_wait_label (window, "*has been downloaded");
  g_assert_null (sal_document_model (document));
  app_click (app_find_button (GTK_WIDGET (window), "Open"));
  app_settle (document);
  g_assert_cmpstr (sal_model_name (sal_document_model (document)), ==, "file");
  app_window_finish (window);
  clear_files ();
}

/* The commands for exporting a model of one's own, to be read and copied. */
static void
test_export_help (void)
{
  SalWindow *window = app_window_new (900, 600);
  GListModel *windows = gtk_window_get_toplevels ();
  GtkWidget *help = NULL;

  app_activate (window, "win.export-help", NULL);
  ui_run (100);
  for (guint i = 0; i < g_list_model_get_n_items (windows); i++) {
    g_autoptr (GtkWidget) item = g_list_model_get_item (windows, i);

    if (SAL_IS_EXPORT_HELP (item))
      help = item;
  }
  g_assert_nonnull (help);

  GtkStack *stack = GTK_STACK (gtk_widget_get_template_child (help, SAL_TYPE_EXPORT_HELP, "stack"));
  static const char *const pages[] = { "pytorch", "keras", "scikit-learn" };

  for (gsize i = 0; i < G_N_ELEMENTS (pages); i++) {
    g_assert_nonnull (gtk_stack_get_child_by_name (stack, pages[i]));
    gtk_stack_set_visible_child_name (stack, pages[i]);
    ui_run (50);
  }
  gtk_window_close (GTK_WINDOW (help));
  app_window_finish (window);
}

/* Other names for the classes of the model that is open; another model begins with its own. */
static void
test_labels (void)
{
  SalWindow *window = app_window_with_example ();

  if (window == NULL)
    return;

  SalDocument *document = sal_window_document (window);
  g_autofree char *path = g_strdup (sal_model_path (sal_document_model (document)));

  app_activate (window, "win.labels", "digits");
  while (sal_model_page_is_busy (app_part (window, "model_page")))
    ui_run (10);
  app_settle (document);
  g_assert_cmpstr (sal_model_label (sal_document_model (document), 7), ==, "7");
  app_activate (window, "win.labels", "none");
  app_settle (document);
  g_assert_null (sal_model_label (sal_document_model (document), 7));
  app_activate (window, "win.labels", "");
  app_settle (document);
  g_assert_cmpstr (sal_model_label (sal_document_model (document), 7), ==, "mug");
  app_window_finish (window);
}

int
main (int argc, char *argv[])
{
  g_autofree char *folder = test_scratch (""), *model = NULL, *bytes = NULL;
  gsize size;
  int status;

  /* Before anybody asks GLib where data are. */
  g_setenv ("XDG_DATA_HOME", folder, TRUE);
  g_setenv ("SALIENCE_DATADIR", folder, TRUE);
  app_init (&argc, &argv);
  model = test_data ("../../data/models/scenes.onnx");
  g_assert_true (g_file_get_contents (model, &bytes, &size, NULL));
  content = g_bytes_new (bytes, size);
  address = web_start (content);
  put_manifest ();
  g_test_add_func ("/app/gallery/download", test_download);
  g_test_add_func ("/app/gallery/cancel", test_cancel);
  g_test_add_func ("/app/gallery/fail", test_fail);
  g_test_add_func ("/app/gallery/closed", test_closed);
  g_test_add_func ("/app/gallery/export-help", test_export_help);
  g_test_add_func ("/app/gallery/labels", test_labels);
  status = g_test_run ();
  web_stop ();
  test_scratch_clear ();
  g_free (address);
  g_bytes_unref (content);
  return app_end (status);
}
