/* Asking for the file that a parameter names. */
#pragma once

#include "engine/explain/params.h"

#include <gtk/gtk.h>

/**
 * sal_browse:
 * @near: a widget of the window that asks
 * @param: of kind %SAL_PARAM_BASELINE (a picture), %SAL_PARAM_ARRAY or %SAL_PARAM_FOLDER
 *
 * Returns: (transfer full): a dialog, not shown yet: connect to "response", then
 *   gtk_native_dialog_show()
 */
GtkNativeDialog *sal_browse (GtkWidget *near, const SalParam *param);

/** sal_browse_path: Returns: (transfer full) (nullable): what was chosen */
char *sal_browse_path (GtkNativeDialog *dialog, int response);
