#include "ui/browse.h"

#include <glib/gi18n.h>

static const SalFileKind folders = { .action = GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER };
static const SalFileKind arrays = { .action = GTK_FILE_CHOOSER_ACTION_OPEN,
                                    .filter = N_ ("NumPy arrays"),
                                    .suffix = "npy" };
static const SalFileKind pictures = { .action = GTK_FILE_CHOOSER_ACTION_OPEN,
                                      .filter = N_ ("Pictures") };

void
sal_browse (GtkWidget *row, const SalParam *param, const char *current, SalFileFunc chosen)
{
  g_autoptr (GFile) file = g_path_is_absolute (current) ? g_file_new_for_path (current) : NULL;
  g_autoptr (GFile) start = file != NULL ? g_file_get_parent (file) : NULL;
  const SalFileKind *kind = param->kind == SAL_PARAM_FOLDER  ? &folders
                            : param->kind == SAL_PARAM_ARRAY ? &arrays
                                                             : &pictures;

  sal_file_dialog_ask (row, kind, _ (param->label), start, NULL, chosen);
}

char *
sal_browse_path (GListModel *files)
{
  g_autoptr (GFile) file = g_list_model_get_item (files, 0);

  return file != NULL ? g_file_get_path (file) : NULL;
}
