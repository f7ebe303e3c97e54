/* What the model says: its highest classes with their scores, and which of them is explained.
 * Where there are many classes, any can be searched for. */
#pragma once

#include "engine/model.h"

#include <gtk/gtk.h>

#define SAL_TYPE_CLASS_LIST (sal_class_list_get_type ())
G_DECLARE_FINAL_TYPE (SalClassList, sal_class_list, SAL, CLASS_LIST, GtkWidget)

/**
 * SalClassList::chosen:
 * @class_index: the class that the person wants explained
 */

/**
 * SalClassList::versus-chosen:
 * @class_index: the class whose score the person wants subtracted (Shift+click, Shift+Return), or
 *   −1 for none
 */

/**
 * sal_class_list_set_predictions:
 * @model: (nullable): for the labels
 * @predictions: (nullable) (element-type SalPrediction): all classes, highest first
 */
void sal_class_list_set_predictions (SalClassList *self, SalModel *model, GArray *predictions);
/** sal_class_list_set_target: the class that is explained; it is shown even if it is not among the
 *  highest */
void sal_class_list_set_target (SalClassList *self, int class_index);
/** sal_class_list_set_versus: the class whose score is subtracted from the target's, −1 for none;
 *  the comparison is then said under the list */
void sal_class_list_set_versus (SalClassList *self, int class_index);
/** sal_class_list_set_kind: which number is shown beside a class */
void sal_class_list_set_kind (SalClassList *self, SalOutputKind kind);
/** sal_class_list_list: Returns: (transfer none): the rows, for tests */
GtkListBox *sal_class_list_list (SalClassList *self);

/** sal_class_name: Returns: (transfer full): a class's label, or "Class 7" if it has none */
char *sal_class_name (const SalModel *model, int class_index);

/** sal_class_first_name: Returns: (transfer full): the first of a label's several names, for a line
 *  that cuts what is too long by itself */
char *sal_class_first_name (const SalModel *model, int class_index);

/** sal_class_short_name: Returns: (transfer full): for a line that it shares: the first of a
 * label's names, which commas separate, and no more than 24 letters of it */
char *sal_class_short_name (const SalModel *model, int class_index);
