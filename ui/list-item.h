/* An entry of a list that people choose from, as a GObject for list models. */
#pragma once

#include <gtk/gtk.h>

#define SAL_TYPE_LIST_ITEM (sal_list_item_get_type ())
G_DECLARE_FINAL_TYPE (SalListItem, sal_list_item, SAL, LIST_ITEM, GObject)

/**
 * sal_list_item_new:
 * @id: for the program
 * @label: for people; property "label"
 * @detail: (nullable): small print
 * @heading: (nullable): of the group that starts here
 */
SalListItem *sal_list_item_new (const char *id, const char *label, const char *detail,
                                const char *heading);
const char *sal_list_item_id (SalListItem *self);
const char *sal_list_item_label (SalListItem *self);
const char *sal_list_item_detail (SalListItem *self);
const char *sal_list_item_heading (SalListItem *self);

/** sal_list_item_set_reason: property "reason": (nullable): why it cannot be chosen */
void sal_list_item_set_reason (SalListItem *self, const char *reason);
const char *sal_list_item_reason (SalListItem *self);

/** sal_list_item_set_picture: property "picture": (nullable): what it looks like */
void sal_list_item_set_picture (SalListItem *self, GdkPaintable *picture);
GdkPaintable *sal_list_item_picture (SalListItem *self);

/** sal_list_item_find: Returns: position of the item called @id in a list of items, or
 *  %G_MAXUINT */
guint sal_list_item_find (GListModel *items, const char *id);
