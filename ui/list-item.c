#include "ui/list-item.h"

#include <string.h>

struct _SalListItem {
  GObject parent_instance;
  char *id, *label, *detail, *heading, *reason;
  GdkPaintable *picture;
};

G_DEFINE_FINAL_TYPE (SalListItem, sal_list_item, G_TYPE_OBJECT)

enum { PROP_LABEL = 1, PROP_REASON, PROP_PICTURE, N_PROPS };

static GParamSpec *props[N_PROPS];

static void
sal_list_item_get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  if (id == PROP_LABEL)
    g_value_set_string (value, SAL_LIST_ITEM (object)->label);
  else if (id == PROP_REASON)
    g_value_set_string (value, SAL_LIST_ITEM (object)->reason);
  else if (id == PROP_PICTURE)
    g_value_set_object (value, SAL_LIST_ITEM (object)->picture);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
}

static void
sal_list_item_finalize (GObject *object)
{
  SalListItem *self = SAL_LIST_ITEM (object);

  g_free (self->id);
  g_free (self->label);
  g_free (self->detail);
  g_free (self->heading);
  g_free (self->reason);
  g_clear_object (&self->picture);
  G_OBJECT_CLASS (sal_list_item_parent_class)->finalize (object);
}

static void
sal_list_item_class_init (SalListItemClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = sal_list_item_get_property;
  object_class->finalize = sal_list_item_finalize;
  props[PROP_LABEL] =
      g_param_spec_string ("label", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  props[PROP_REASON] =
      g_param_spec_string ("reason", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  props[PROP_PICTURE] = g_param_spec_object ("picture", NULL, NULL, GDK_TYPE_PAINTABLE,
                                             G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
sal_list_item_init (SalListItem *self)
{
}

SalListItem *
sal_list_item_new (const char *id, const char *label, const char *detail, const char *heading)
{
  SalListItem *self = g_object_new (SAL_TYPE_LIST_ITEM, NULL);

  self->id = g_strdup (id);
  self->label = g_strdup (label);
  self->detail = g_strdup (detail);
  self->heading = g_strdup (heading);
  return self;
}

const char *
sal_list_item_id (SalListItem *self)
{
  return self->id;
}

const char *
sal_list_item_label (SalListItem *self)
{
  return self->label;
}

const char *
sal_list_item_detail (SalListItem *self)
{
  return self->detail;
}

const char *
sal_list_item_heading (SalListItem *self)
{
  return self->heading;
}

void
sal_list_item_set_reason (SalListItem *self, const char *reason)
{
  if (g_strcmp0 (reason, self->reason) == 0)
    return;
  g_free (self->reason);
  self->reason = g_strdup (reason);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_REASON]);
}

const char *
sal_list_item_reason (SalListItem *self)
{
  return self->reason;
}

void
sal_list_item_set_picture (SalListItem *self, GdkPaintable *picture)
{
  if (g_set_object (&self->picture, picture))
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_PICTURE]);
}

GdkPaintable *
sal_list_item_picture (SalListItem *self)
{
  return self->picture;
}

guint
sal_list_item_find (GListModel *items, const char *id)
{
  guint n = g_list_model_get_n_items (items);

  for (guint i = 0; i < n; i++) {
    g_autoptr (SalListItem) item = g_list_model_get_item (items, i);
    if (strcmp (item->id, id) == 0)
      return i;
  }
  return G_MAXUINT;
}
