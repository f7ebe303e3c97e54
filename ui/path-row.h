/* A parameter whose value is a file or nothing: a folder, an array. A drop-down of none, the file
 * in force, and an entry that asks for one. */
#pragma once

#include "engine/explain/params.h"

#include <gtk/gtk.h>

#define SAL_TYPE_PATH_ROW (sal_path_row_get_type ())
G_DECLARE_FINAL_TYPE (SalPathRow, sal_path_row, SAL, PATH_ROW, GtkWidget)

/** SalPathRow::changed: the person has chosen another value */

/** sal_path_row_new: @param: of kind %SAL_PARAM_FOLDER or %SAL_PARAM_ARRAY; must outlive the row */
GtkWidget *sal_path_row_new (const SalParam *param);

/** sal_path_row_set_text: @text: a path, or "" for none; nothing is emitted */
void sal_path_row_set_text (SalPathRow *self, const char *text);
const char *sal_path_row_get_text (SalPathRow *self);

/** sal_path_row_label: Returns: (transfer none): the label, as in choice-row.h */
GtkWidget *sal_path_row_label (SalPathRow *self);
