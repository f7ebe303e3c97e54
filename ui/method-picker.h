/* Which explainer: a drop-down of all methods by their groups, those that a model does not allow
 * with the reason, and what there is to know about the chosen one. */
#pragma once

#include "engine/explain/method.h"

#include <gtk/gtk.h>

#define SAL_TYPE_METHOD_PICKER (sal_method_picker_get_type ())
G_DECLARE_FINAL_TYPE (SalMethodPicker, sal_method_picker, SAL, METHOD_PICKER, GtkWidget)

/** SalMethodPicker::chosen: the person has chosen another method */

/** sal_method_picker_set_model: @model: (nullable): says which methods can be applied */
void sal_method_picker_set_model (SalMethodPicker *self, SalModel *model);
void sal_method_picker_set_method (SalMethodPicker *self, const SalMethod *method);
/** sal_method_picker_get_method: Returns: (transfer none) (nullable) */
const SalMethod *sal_method_picker_get_method (SalMethodPicker *self);
/** sal_method_picker_drop_down: Returns: (transfer none): for tests */
GtkDropDown *sal_method_picker_drop_down (SalMethodPicker *self);
