/* Asking for the file that a parameter names. */
#pragma once

#include "engine/explain/params.h"
#include "ui/file-dialog.h"

/**
 * sal_browse:
 * @row: a widget of the window that asks
 * @param: of kind %SAL_PARAM_BASELINE (a picture), %SAL_PARAM_ARRAY or %SAL_PARAM_FOLDER
 * @current: what is chosen now; when it is a file, its folder is shown
 */
void sal_browse (GtkWidget *row, const SalParam *param, const char *current, SalFileFunc chosen);

/** sal_browse_path: Returns: (transfer full) (nullable): the path that was chosen, if one was */
char *sal_browse_path (GListModel *files);
