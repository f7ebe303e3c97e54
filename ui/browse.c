#include "ui/browse.h"

#include <glib/gi18n.h>

void
sal_browse_from (GtkFileChooser *dialog, GFile *folder)
{
  const char *path = folder != NULL ? g_file_peek_path (folder) : NULL;
  gboolean there = path != NULL && g_file_test (path, G_FILE_TEST_IS_DIR);
  g_autoptr (GFile) home = g_file_new_for_path (g_get_home_dir ());

  gtk_file_chooser_set_current_folder (dialog, there ? folder : home, NULL);
}

typedef struct {
  GtkNativeDialog **dialog;
  SalBrowseFunc chosen;
} Question;

static void
response_cb (GtkWidget *row, int response, GtkNativeDialog *dialog)
{
  Question question = *(Question *) g_object_get_data (G_OBJECT (dialog), "question");
  g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
  g_autofree char *path =
      response == GTK_RESPONSE_ACCEPT && file != NULL ? g_file_get_path (file) : NULL;

  question.chosen (row, path);
  g_clear_object (question.dialog);
}

static GtkNativeDialog *
dialog_new (GtkWidget *row, const SalParam *param, const char *current)
{
  gboolean folder = param->kind == SAL_PARAM_FOLDER;
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();
  g_autoptr (GFile) file = g_path_is_absolute (current) ? g_file_new_for_path (current) : NULL;
  g_autoptr (GFile) start = file != NULL ? g_file_get_parent (file) : NULL;
  GtkNativeDialog *dialog = GTK_NATIVE_DIALOG (gtk_file_chooser_native_new (
      _ (param->label), GTK_WINDOW (gtk_widget_get_root (row)),
      folder ? GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER : GTK_FILE_CHOOSER_ACTION_OPEN, NULL, NULL));

  if (param->kind == SAL_PARAM_ARRAY) {
    gtk_file_filter_set_name (filter, _ ("NumPy arrays"));
    gtk_file_filter_add_suffix (filter, "npy");
  } else {
    gtk_file_filter_set_name (filter, _ ("Pictures"));
    gtk_file_filter_add_pixbuf_formats (filter);
  }
  if (!folder)
    gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (dialog), filter);
  sal_browse_from (GTK_FILE_CHOOSER (dialog), start);
  gtk_native_dialog_set_modal (dialog, TRUE);
  return dialog;
}

void
sal_browse (GtkWidget *row, const SalParam *param, const char *current, GtkNativeDialog **dialog,
            SalBrowseFunc chosen)
{
  Question *question = g_new0 (Question, 1);

  *question = (Question){ dialog, chosen };
  g_clear_object (dialog);
  *dialog = dialog_new (row, param, current);
  g_object_set_data_full (G_OBJECT (*dialog), "question", question, g_free);
  g_signal_connect_object (*dialog, "response", G_CALLBACK (response_cb), row, G_CONNECT_SWAPPED);
  gtk_native_dialog_show (*dialog);
}
