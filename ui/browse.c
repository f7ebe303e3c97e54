#include "ui/browse.h"

#include <glib/gi18n.h>

GtkNativeDialog *
sal_browse (GtkWidget *near, const SalParam *param)
{
  gboolean folder = param->kind == SAL_PARAM_FOLDER;
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();
  GtkNativeDialog *dialog = GTK_NATIVE_DIALOG (gtk_file_chooser_native_new (
      _ (param->label), GTK_WINDOW (gtk_widget_get_root (near)),
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
  gtk_native_dialog_set_modal (dialog, TRUE);
  return dialog;
}

char *
sal_browse_path (GtkNativeDialog *dialog, int response)
{
  g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));

  return response == GTK_RESPONSE_ACCEPT && file != NULL ? g_file_get_path (file) : NULL;
}
