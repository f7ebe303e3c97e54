/* Asking for the file that a parameter names. */
#pragma once

#include "engine/explain/params.h"

#include <gtk/gtk.h>

/** SalBrowseFunc: @path: (nullable): what was chosen; @row: that asked */
typedef void (*SalBrowseFunc) (GtkWidget *row, const char *path);

/**
 * sal_browse:
 * @row: a widget of the window that asks
 * @param: of kind %SAL_PARAM_BASELINE (a picture), %SAL_PARAM_ARRAY or %SAL_PARAM_FOLDER
 * @dialog: (inout): where @row keeps its dialog while it is open, and lets go of it when it is
 *   disposed of
 *
 * Asks in place of an earlier question of the same row.
 */
void sal_browse (GtkWidget *row, const SalParam *param, GtkNativeDialog **dialog,
                 SalBrowseFunc chosen);
