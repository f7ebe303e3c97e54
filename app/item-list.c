#include "app/item-list.h"

typedef struct {
  GPtrArray *items;
} SalItemListPrivate;

static GType
item_type (GListModel *model)
{
  return SAL_ITEM_LIST_GET_CLASS (model)->item_type;
}

static guint
n_items (GListModel *model)
{
  return sal_item_list_items (SAL_ITEM_LIST (model))->len;
}

static gpointer
item (GListModel *model, guint position)
{
  GPtrArray *items = sal_item_list_items (SAL_ITEM_LIST (model));

  return position < items->len ? g_object_ref (items->pdata[position]) : NULL;
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = item_type;
  iface->get_n_items = n_items;
  iface->get_item = item;
}

G_DEFINE_ABSTRACT_TYPE_WITH_CODE (SalItemList, sal_item_list, G_TYPE_OBJECT,
                                  G_ADD_PRIVATE (SalItemList)
                                      G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

GPtrArray *
sal_item_list_items (SalItemList *self)
{
  SalItemListPrivate *private = sal_item_list_get_instance_private (self);

  return private->items;
}

static void
sal_item_list_finalize (GObject *object)
{
  g_ptr_array_unref (sal_item_list_items (SAL_ITEM_LIST (object)));
  G_OBJECT_CLASS (sal_item_list_parent_class)->finalize (object);
}

static void
sal_item_list_class_init (SalItemListClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sal_item_list_finalize;
  klass->item_type = G_TYPE_OBJECT;
}

static void
sal_item_list_init (SalItemList *self)
{
  SalItemListPrivate *private = sal_item_list_get_instance_private (self);

  private->items = g_ptr_array_new_with_free_func (g_object_unref);
}
