/* A list model over an array: what the shelf and a folder have in common. */
#pragma once

#include <gio/gio.h>

#define SAL_TYPE_ITEM_LIST (sal_item_list_get_type ())
G_DECLARE_DERIVABLE_TYPE (SalItemList, sal_item_list, SAL, ITEM_LIST, GObject)

/** SalItemListClass: @item_type: of the items; set by each class derived from this */
struct _SalItemListClass {
  GObjectClass parent_class;

  GType item_type;
};

/** sal_item_list_items: Returns: (transfer none): the items, which the array owns. Who changes it
 *  emits g_list_model_items_changed() */
GPtrArray *sal_item_list_items (SalItemList *self);
