/* A number that can be dragged or typed: label, slider, value with its unit. Built from the
 * parameter's declaration alone. A double click goes back to the default, but for one in the
 * value, which selects it. */
#pragma once

#include "engine/explain/params.h"

#include <gtk/gtk.h>

#define SAL_TYPE_SLIDER_ROW (sal_slider_row_get_type ())
G_DECLARE_FINAL_TYPE (SalSliderRow, sal_slider_row, SAL, SLIDER_ROW, GtkWidget)

/** SalSliderRow::changed: the person has set another value (not sal_slider_row_set_value()) */

/**
 * sal_slider_row_new:
 * @param: of kind %SAL_PARAM_INT, %SAL_PARAM_DOUBLE or %SAL_PARAM_SIZE; must outlive the row. A
 *   range too wide to drag in (seeds) is typed only; sizes are dragged square and typed as they
 *   like
 */
GtkWidget *sal_slider_row_new (const SalParam *param);

/** sal_slider_row_set_value: property "value", in the parameter's own unit (0.15 for 15 %) */
void sal_slider_row_set_value (SalSliderRow *self, double value);
double sal_slider_row_get_value (SalSliderRow *self);

/** sal_slider_row_set_size: for %SAL_PARAM_SIZE: "15x15" */
void sal_slider_row_set_size (SalSliderRow *self, const char *size);
/** sal_slider_row_get_size: Returns: (transfer full): likewise */
char *sal_slider_row_get_size (SalSliderRow *self);

/** sal_slider_row_scale: Returns: (transfer none): the slider itself, for tests; its range is 0..1
 *  where the parameter is logarithmic */
GtkRange *sal_slider_row_scale (SalSliderRow *self);

/** sal_slider_row_label: Returns: (transfer none): the label, to be made as wide as those of other
 * rows */
GtkWidget *sal_slider_row_label (SalSliderRow *self);
