#include "app/window-private.h"

#include "app/bundled.h"
#include "app/file-failure.h"
#include "app/path-text.h"
#include "app/preferences.h"

#include <glib/gi18n.h>
#include <string.h>

char *
sal_window_path (SalWindow *self, GFile *file, const char *format)
{
  char *path = g_file_get_path (file);

  if (path == NULL) {
    g_autofree char *uri = g_file_get_uri (file);
    g_autofree char *summary = sal_file_summary (format, uri);
    g_autofree char *details = g_strdup_printf (_ ("%s: is not a file on this computer"), uri);
    sal_window_failed (self, summary, details);
  }
  return path;
}

/* Opening. */

static void
open_paths (SalWindow *self, GPtrArray *paths)
{
  g_ptr_array_add (paths, NULL);
  self->complement = TRUE;
  sal_document_open_files (self->document, (const char *const *) paths->pdata);
}

void
sal_window_welcome_again (SalWindow *self)
{
  if (sal_document_model (self->document) == NULL &&
      sal_document_picture (self->document) == NULL && !sal_document_is_opening (self->document) &&
      !sal_folder_is_busy (self->folder))
    sal_welcome_load (self->welcome);
}

/* Of several pictures one is shown, and all are there to be gone through: their folder. */
static void
list_beside (SalWindow *self, const GPtrArray *paths)
{
  g_autofree char *folder = NULL;
  guint n = 0;

  for (guint i = 0; i < paths->len; i++) {
    g_autofree char *of = g_path_get_dirname (paths->pdata[i]);

    if (!g_file_test (paths->pdata[i], G_FILE_TEST_IS_REGULAR) ||
        !sal_work_is_picture (paths->pdata[i]))
      continue;
    if (folder != NULL && !g_str_equal (of, folder))
      return;
    if (folder == NULL)
      folder = g_steal_pointer (&of);
    n++;
  }
  if (n > 1)
    sal_window_list_folder (self, folder, TRUE);
}

void
sal_window_open_files (SalWindow *self, GFile *const *files, guint n)
{
  g_return_if_fail (SAL_IS_WINDOW (self));
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);

  sal_window_forget_failure (self);
  for (guint i = 0; i < n; i++) {
    char *path = sal_window_path (self, files[i], _ ("“%s” cannot be opened"));
    if (path != NULL && g_file_test (path, G_FILE_TEST_IS_DIR) &&
        !g_str_has_suffix (path, ".onnx")) {
      sal_window_list_folder (self, path, FALSE);
      g_free (path);
    } else if (path != NULL && g_str_has_suffix (path, SAL_SESSION_ENDING)) {
      sal_window_open_session (self, path);
      g_free (path);
    } else if (path != NULL) {
      g_ptr_array_add (paths, path);
    }
  }
  if (paths->len > 1)
    list_beside (self, paths);
  if (paths->len > 0)
    open_paths (self, paths);
  sal_window_welcome_again (self);
}

void
sal_window_welcome (SalWindow *self)
{
  g_return_if_fail (SAL_IS_WINDOW (self));
  sal_welcome_load (self->welcome);
}

void
sal_window_open_example (SalWindow *self)
{
  g_return_if_fail (SAL_IS_WINDOW (self));
  g_autofree char *model = sal_bundled_model ();
  g_autofree char *picture = sal_bundled_picture ();

  if (model != NULL)
    sal_document_open_model (self->document, model);
  if (picture != NULL)
    sal_document_open_picture (self->document, picture);
}

/* The model that was used last, if it is still there, else the bundled one. */
static char *
last_model (SalWindow *self)
{
  g_autofree char *text =
      self->preferences != NULL ? g_settings_get_string (self->preferences, "last-model") : NULL;
  g_autofree char *path = text != NULL ? sal_path_from_text (text) : NULL;

  if (path != NULL && g_file_test (path, G_FILE_TEST_IS_REGULAR))
    return g_steal_pointer (&path);
  return sal_bundled_model ();
}

static void
model_cb (SalWindow *self)
{
  SalModel *model = sal_document_model (self->document);

  if (self->preferences == NULL || model == NULL || sal_model_path (model) == NULL)
    return;
  g_autofree char *text = sal_path_text (sal_model_path (model));
  g_settings_set_string (self->preferences, "last-model", text);
}

/* A model alone has nothing to look at, a picture alone nobody who looks. */
static void
opening_cb (SalWindow *self)
{
  if (sal_document_is_opening (self->document) || !self->complement)
    return;
  SalModel *model = sal_document_model (self->document);
  SalPicture *picture = sal_document_picture (self->document);
  g_autofree char *other = NULL;

  self->complement = FALSE;
  if (model != NULL && picture == NULL && (other = sal_bundled_picture_for (model)) != NULL)
    sal_document_open_picture (self->document, other);
  else if (model == NULL && picture != NULL && (other = last_model (self)) != NULL)
    sal_document_open_model (self->document, other);
  sal_window_welcome_again (self);
}

/* Asking. */

const SalFileKind sal_window_models = { .action = GTK_FILE_CHOOSER_ACTION_OPEN,
                                        .filter = N_ ("ONNX models"),
                                        .suffix = "onnx",
                                        .all = TRUE };
static const SalFileKind pictures = {
  .action = GTK_FILE_CHOOSER_ACTION_OPEN, .filter = N_ ("Pictures"), .all = TRUE, .picture = TRUE
};
static const SalFileKind exports = { .action = GTK_FILE_CHOOSER_ACTION_SAVE,
                                     .filter = N_ ("PNG pictures"),
                                     .suffix = "png",
                                     .picture = TRUE };

static void
files_chosen (GtkWidget *window, GListModel *files)
{
  SalWindow *self = SAL_WINDOW (window);

  for (guint i = 0; i < g_list_model_get_n_items (files); i++) {
    g_autoptr (GFile) file = g_list_model_get_item (files, i);

    sal_preferences_set_folder (self->preferences, file);
    self->chosen (self, file);
  }
}

void
sal_window_choose (SalWindow *self, const SalFileKind *kind, const char *title, const char *name,
                   void (*chosen) (SalWindow *self, GFile *file))
{
  g_autoptr (GFile) folder = sal_preferences_folder (self->preferences);

  self->chosen = chosen;
  sal_file_dialog_ask (GTK_WIDGET (self), kind, title, folder, name, files_chosen);
}

static void
open_chosen (SalWindow *self, GFile *file)
{
  sal_window_open_files (self, &file, 1);
}

void
sal_window_choose_model (SalWindow *self)
{
  sal_window_choose (self, &sal_window_models, _ ("Open Model"), NULL, open_chosen);
}

void
sal_window_choose_picture (SalWindow *self)
{
  sal_window_choose (self, &pictures, _ ("Open Picture"), NULL, open_chosen);
}

gboolean
sal_window_drop (SalWindow *self, const GValue *value)
{
  g_autoptr (GPtrArray) files = g_ptr_array_new (), others = g_ptr_array_new ();

  if (!G_VALUE_HOLDS (value, GDK_TYPE_FILE_LIST))
    return FALSE;
  sal_window_forget_failure (self);
  g_autoptr (GSList) list = gdk_file_list_get_files (g_value_get_boxed (value));
  for (GSList *l = list; l != NULL; l = l->next)
    g_ptr_array_add (files, l->data);
  /* On the page that compares, files join what is compared; a model only where models are. */
  for (guint i = 0; i < files->len; i++)
    if (g_strcmp0 (adw_view_stack_get_visible_child_name (self->stack), "compare") != 0 ||
        !sal_window_compare_add (self, files->pdata[i]))
      g_ptr_array_add (others, files->pdata[i]);
  if (others->len > 0)
    sal_window_open_files (self, (GFile *const *) others->pdata, others->len);
  return files->len > 0;
}

/* Exporting. */

/* What distinguishes one export from the next: picture and method, or what else is shown. */
static char *
export_name (SalWindow *self)
{
  if (self->exhibit != NULL) {
    g_autofree char *title = g_strdelimit (g_strdup (self->exhibit->title), "/", '-');
    return g_strconcat (title, ".png", NULL);
  }
  SalPicture *picture = sal_document_picture (self->document);
  g_autofree char *base = g_filename_display_basename (picture->path);
  char *dot = strrchr (base, '.');

  if (dot != NULL && dot != base)
    *dot = '\0';
  return g_strdup_printf ("%s-%s.png", base, sal_document_method (self->document)->id);
}

void
sal_window_choose_export (SalWindow *self)
{
  g_autofree char *name = export_name (self);

  sal_window_choose (self, &exports, _ ("Export as PNG"), name, sal_window_export_to);
}

void
sal_window_export_to (SalWindow *self, GFile *file)
{
  g_return_if_fail (SAL_IS_WINDOW (self));
  g_autofree char *path = sal_window_path (self, file, _ ("“%s” was not saved"));

  if (path != NULL && self->exhibit != NULL)
    sal_document_export_exhibit (self->document, self->exhibit, path);
  else if (path != NULL)
    sal_document_export (self->document, path);
}

static void
open_folder_cb (AdwToast *toast, gpointer self)
{
  const char *path = g_object_get_data (G_OBJECT (toast), "path");
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *uri = g_filename_to_uri (folder, NULL, NULL);

  if (uri != NULL)
    gtk_show_uri (GTK_WINDOW (self), uri, GDK_CURRENT_TIME);
}

static void
exported_cb (SalWindow *self, const char *path)
{
  g_autofree char *name = g_filename_display_basename (path);
  g_autofree char *title = g_markup_printf_escaped (_ ("Exported %s"), name);
  AdwToast *toast = adw_toast_new (title);

  adw_toast_set_button_label (toast, _ ("Open Folder"));
  g_object_set_data_full (G_OBJECT (toast), "path", g_strdup (path), g_free);
  g_signal_connect_object (toast, "button-clicked", G_CALLBACK (open_folder_cb), self, 0);
  sal_window_toast (self, toast);
}

void
sal_window_files_init (SalWindow *self)
{
  g_signal_connect_object (self->document, "notify::model", G_CALLBACK (model_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->document, "notify::opening", G_CALLBACK (opening_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->document, "exported", G_CALLBACK (exported_cb), self,
                           G_CONNECT_SWAPPED);
}
