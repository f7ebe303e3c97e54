/* Which baseline: each choice as the picture it really is, and a file for any other. */
#pragma once

#include "engine/explain/params.h"

#include <gtk/gtk.h>

#define SAL_TYPE_BASELINE_ROW (sal_baseline_row_get_type ())
G_DECLARE_FINAL_TYPE (SalBaselineRow, sal_baseline_row, SAL, BASELINE_ROW, GtkWidget)

/** SalBaselineRow::changed: the person has chosen another baseline */

/** sal_baseline_name: Returns: (transfer full): what a baseline is called, for people: "Black",
 * "Black + White" for several, or the name of a file; @text: as in sal_baseline_new() */
char *sal_baseline_name (const char *text);

/** sal_baseline_row_new: @param: of kind %SAL_PARAM_BASELINE; must outlive the row */
GtkWidget *sal_baseline_row_new (const SalParam *param);

/** sal_baseline_row_set_text: as in sal_baseline_new(); nothing is emitted */
void sal_baseline_row_set_text (SalBaselineRow *self, const char *text);
const char *sal_baseline_row_get_text (SalBaselineRow *self);

/** sal_baseline_row_set_pictures: @pictures: (nullable) (element-type utf8 SalImage): by text */
void sal_baseline_row_set_pictures (SalBaselineRow *self, GHashTable *pictures);

/** sal_baseline_row_button: Returns: (transfer none) (nullable): of a choice, for tests */
GtkToggleButton *sal_baseline_row_button (SalBaselineRow *self, const char *id);
