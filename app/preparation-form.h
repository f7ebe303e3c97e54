/* The controls of a preparation: presets, fit, order of channels, numbers, and what is known of the
 * names of classes. */
#pragma once

#include "engine/model.h"

#include <gtk/gtk.h>

#define SAL_TYPE_PREPARATION_FORM (sal_preparation_form_get_type ())
G_DECLARE_FINAL_TYPE (SalPreparationForm, sal_preparation_form, SAL, PREPARATION_FORM, GtkWidget)

/**
 * SalPreparationForm::changed:
 * @format: (type gpointer) (transfer none): a SalPixelFormat, as the person has set it
 */

/** sal_preparation_form_show: @model: whose preparation it is in place of; its names of classes
 *  count where @preparation has none */
void sal_preparation_form_show (SalPreparationForm *self, SalPreparation *preparation,
                                SalModel *model);
/** sal_preparation_form_enter: takes what is typed for entered, where it is numbers */
void sal_preparation_form_enter (SalPreparationForm *self);
