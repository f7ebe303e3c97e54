/* Asks a person what the picture shows, and says whether the names of the classes stand in the
 * network's order; offers another order that fits. */
#pragma once

#include "engine/model.h"

#include <gtk/gtk.h>

#define SAL_TYPE_CLASS_CHECK (sal_class_check_get_type ())
G_DECLARE_FINAL_TYPE (SalClassCheck, sal_class_check, SAL, CLASS_CHECK, GtkWidget)

/**
 * SalClassCheck::use:
 * @names: (type gpointer) (transfer none): names of the classes, ended by %NULL, that the person
 *   wants in place of those there are
 */

/**
 * sal_class_check_show:
 * @names: (nullable): ended by %NULL, as they stand
 * @predictions: (nullable) (element-type SalPrediction): of the picture
 *
 * What was said of the picture stays, and is judged anew.
 */
void sal_class_check_show (SalClassCheck *self, int n_classes, const char *const *names,
                           GArray *predictions);
/** sal_class_check_forget: the picture is another: nothing has been said of it */
void sal_class_check_forget (SalClassCheck *self);
