/* Asking for the file that a parameter names. */
#pragma once

#include "engine/explain/params.h"

#include <gtk/gtk.h>

/**
 * sal_browse_from:
 * @folder: (nullable): where to start if it is still there; otherwise the home folder
 *
 * Left alone, GTK starts with the files that were used last. Where there are none that list has no
 * rows, but still columns, and clicking one is a critical warning.
 */
void sal_browse_from (GtkFileChooser *dialog, GFile *folder);

/** SalBrowseFunc: @path: (nullable): what was chosen; @row: that asked */
typedef void (*SalBrowseFunc) (GtkWidget *row, const char *path);

/**
 * sal_browse:
 * @row: a widget of the window that asks
 * @param: of kind %SAL_PARAM_BASELINE (a picture), %SAL_PARAM_ARRAY or %SAL_PARAM_FOLDER
 * @current: what is chosen now; when it is a file, its folder is shown
 * @dialog: (inout): where @row keeps its dialog while it is open, and lets go of it when it is
 *   disposed of
 *
 * Asks in place of an earlier question of the same row.
 */
void sal_browse (GtkWidget *row, const SalParam *param, const char *current,
                 GtkNativeDialog **dialog, SalBrowseFunc chosen);
