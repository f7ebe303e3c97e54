/* One of several: label and drop-down. Items have an id that others see, a label that people see
 * and perhaps a detail in small print. */
#pragma once

#include <gtk/gtk.h>

/** SalItem: a row of the list; @detail: (nullable) */
typedef struct {
  const char *id;
  const char *label;
  const char *detail;
} SalItem;

#define SAL_TYPE_CHOICE_ROW (sal_choice_row_get_type ())
G_DECLARE_FINAL_TYPE (SalChoiceRow, sal_choice_row, SAL, CHOICE_ROW, GtkWidget)

/** SalChoiceRow::changed: the person has chosen another item */

/** sal_choice_row_new: @help: (nullable): for the tooltip */
GtkWidget *sal_choice_row_new (const char *label, const char *help);

/** sal_choice_row_set_items: @items: copied, @n of them; long lists get a search entry. The choice
 *  stays where its id is among them, else the first is chosen; nothing is emitted */
void sal_choice_row_set_items (SalChoiceRow *self, const SalItem *items, guint n);
/** sal_choice_row_set_pictures: @pictures: (nullable) (element-type utf8 SalImage): what items look
 *  like, by id; shown in the list */
void sal_choice_row_set_pictures (SalChoiceRow *self, GHashTable *pictures);
/** sal_choice_row_set_id: an id that is not there changes nothing */
void sal_choice_row_set_id (SalChoiceRow *self, const char *id);
/** sal_choice_row_get_id: Returns: (transfer none) (nullable) */
const char *sal_choice_row_get_id (SalChoiceRow *self);
/** sal_choice_row_drop_down: Returns: (transfer none): for tests */
GtkDropDown *sal_choice_row_drop_down (SalChoiceRow *self);

/** sal_choice_row_label: Returns: (transfer none): the label, to be made as wide as those of other
 * rows */
GtkWidget *sal_choice_row_label (SalChoiceRow *self);
