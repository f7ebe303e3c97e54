#include "ui/choice-row.h"

#include "ui/drop-down.h"
#include "ui/image-texture.h"
#include "ui/list-item.h"
#include "ui/tooltip.h"

/* From so many items on, a list has a search entry. */
#define SEARCH_FROM 16

/* Of a picture in the list. */
#define SIDE 32

struct _SalChoiceRow {
  GtkWidget parent_instance;

  GtkWidget *label;
  GtkDropDown *drop_down;
  GListStore *items;
  gboolean showing; /* the choice is being set by the program */
};

G_DEFINE_FINAL_TYPE (SalChoiceRow, sal_choice_row, GTK_TYPE_WIDGET)

enum { CHANGED, N_SIGNALS };

static guint signals[N_SIGNALS];

static void
selected_cb (SalChoiceRow *self)
{
  if (!self->showing)
    g_signal_emit (self, signals[CHANGED], 0);
}

/* The list's rows: label, and detail at the far end. The closed drop-down shows the label only. */
static void
setup_row_cb (SalChoiceRow *self, GtkListItem *list_item)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *picture = gtk_picture_new ();
  GtkWidget *label = gtk_label_new (NULL);
  GtkWidget *detail = gtk_label_new (NULL);

  gtk_widget_set_size_request (picture, SIDE, SIDE);
  gtk_widget_set_valign (picture, GTK_ALIGN_CENTER);
  gtk_picture_set_can_shrink (GTK_PICTURE (picture), TRUE);
  gtk_box_append (GTK_BOX (box), picture);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_widget_add_css_class (detail, "dim-label");
  gtk_widget_add_css_class (detail, "numeric");
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box), detail);
  sal_drop_down_set_row (self->drop_down, list_item, box);
}

static void
show_picture (GtkListItem *list_item)
{
  GtkWidget *picture = gtk_widget_get_first_child (sal_drop_down_row (list_item));
  GdkPaintable *shown = sal_list_item_picture (gtk_list_item_get_item (list_item));

  gtk_picture_set_paintable (GTK_PICTURE (picture), shown);
  gtk_widget_set_visible (picture, shown != NULL);
}

static void
bind_row_cb (SalChoiceRow *self, GtkListItem *list_item)
{
  SalListItem *item = gtk_list_item_get_item (list_item);
  GtkWidget *picture = gtk_widget_get_first_child (sal_drop_down_row (list_item));
  GtkWidget *label = gtk_widget_get_next_sibling (picture);
  GtkWidget *detail = gtk_widget_get_next_sibling (label);
  const char *small = sal_list_item_detail (item);

  gtk_label_set_label (GTK_LABEL (label), sal_list_item_label (item));
  gtk_label_set_label (GTK_LABEL (detail), small != NULL ? small : "");
  gtk_widget_set_visible (detail, small != NULL);
  g_signal_connect_object (item, "notify::picture", G_CALLBACK (show_picture), list_item,
                           G_CONNECT_SWAPPED);
  show_picture (list_item);
}

static void
unbind_row_cb (SalChoiceRow *self, GtkListItem *list_item)
{
  g_signal_handlers_disconnect_by_data (gtk_list_item_get_item (list_item), list_item);
}

static void
setup_button_cb (SalChoiceRow *self, GtkListItem *list_item)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_list_item_set_child (list_item, label);
}

static void
bind_button_cb (SalChoiceRow *self, GtkListItem *list_item)
{
  SalListItem *item = gtk_list_item_get_item (list_item);

  GtkWidget *label = gtk_list_item_get_child (list_item);
  g_autofree char *whole =
      sal_list_item_detail (item) != NULL
          ? g_strdup_printf ("%s · %s", sal_list_item_label (item), sal_list_item_detail (item))
          : g_strdup (sal_list_item_label (item));

  gtk_label_set_label (GTK_LABEL (label), sal_list_item_label (item));
  sal_tooltip_set (label, whole);
}

static gboolean
same_item (SalChoiceRow *self, guint position, const SalItem *item)
{
  g_autoptr (SalListItem) old = g_list_model_get_item (G_LIST_MODEL (self->items), position);

  return g_strcmp0 (sal_list_item_id (old), item->id) == 0 &&
         g_strcmp0 (sal_list_item_label (old), item->label) == 0 &&
         g_strcmp0 (sal_list_item_detail (old), item->detail) == 0;
}

/* Only what differs is replaced: a list that loses its selected row opens with the keyboard on the
 * wrong one. */
void
sal_choice_row_set_items (SalChoiceRow *self, const SalItem *items, guint n)
{
  g_return_if_fail (SAL_IS_CHOICE_ROW (self));
  g_autofree char *id = g_strdup (sal_choice_row_get_id (self));
  guint n_old = g_list_model_get_n_items (G_LIST_MODEL (self->items));
  g_autoptr (GPtrArray) fresh = g_ptr_array_new_with_free_func (g_object_unref);
  guint head = 0, tail = 0;

  while (head < MIN (n, n_old) && same_item (self, head, &items[head]))
    head++;
  while (tail < MIN (n, n_old) - head && same_item (self, n_old - 1 - tail, &items[n - 1 - tail]))
    tail++;
  for (guint i = head; i < n - tail; i++)
    g_ptr_array_add (fresh, sal_list_item_new (items[i].id, items[i].label, items[i].detail, NULL));
  self->showing = TRUE;
  g_list_store_splice (self->items, head, n_old - head - tail, fresh->pdata, fresh->len);
  gtk_drop_down_set_enable_search (self->drop_down, n >= SEARCH_FROM);
  self->showing = FALSE;
  if (id != NULL)
    sal_choice_row_set_id (self, id);
}

void
sal_choice_row_set_pictures (SalChoiceRow *self, GHashTable *pictures)
{
  g_return_if_fail (SAL_IS_CHOICE_ROW (self));
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->items));

  for (guint i = 0; i < n; i++) {
    g_autoptr (SalListItem) item = g_list_model_get_item (G_LIST_MODEL (self->items), i);
    SalImage *image =
        pictures != NULL ? g_hash_table_lookup (pictures, sal_list_item_id (item)) : NULL;
    g_autoptr (GdkTexture) texture = image != NULL ? sal_image_texture (image) : NULL;

    sal_list_item_set_picture (item, GDK_PAINTABLE (texture));
  }
}

void
sal_choice_row_set_id (SalChoiceRow *self, const char *id)
{
  g_return_if_fail (SAL_IS_CHOICE_ROW (self) && id != NULL);
  guint position = sal_list_item_find (G_LIST_MODEL (self->items), id);

  if (position == G_MAXUINT)
    return;
  self->showing = TRUE;
  gtk_drop_down_set_selected (self->drop_down, position);
  self->showing = FALSE;
}

const char *
sal_choice_row_get_id (SalChoiceRow *self)
{
  g_return_val_if_fail (SAL_IS_CHOICE_ROW (self), NULL);
  SalListItem *item = gtk_drop_down_get_selected_item (self->drop_down);

  return item != NULL ? sal_list_item_id (item) : NULL;
}

GtkDropDown *
sal_choice_row_drop_down (SalChoiceRow *self)
{
  return self->drop_down;
}

GtkWidget *
sal_choice_row_label (SalChoiceRow *self)
{
  g_return_val_if_fail (SAL_IS_CHOICE_ROW (self), NULL);
  return self->label;
}

static void
sal_choice_row_dispose (GObject *object)
{
  SalChoiceRow *self = SAL_CHOICE_ROW (object);
  GtkWidget *child;

  self->showing = TRUE; /* a drop-down that is taken apart selects nothing, and says so */
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->items);
  G_OBJECT_CLASS (sal_choice_row_parent_class)->dispose (object);
}

static void
sal_choice_row_class_init (SalChoiceRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sal_choice_row_dispose;
  signals[CHANGED] = g_signal_new ("changed", SAL_TYPE_CHOICE_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/salience/Salience/ui/choice-row.ui");
  gtk_widget_class_bind_template_child (widget_class, SalChoiceRow, label);
  gtk_widget_class_bind_template_child (widget_class, SalChoiceRow, drop_down);
  gtk_widget_class_bind_template_callback (widget_class, selected_cb);
  gtk_widget_class_bind_template_callback (widget_class, setup_row_cb);
  gtk_widget_class_bind_template_callback (widget_class, bind_row_cb);
  gtk_widget_class_bind_template_callback (widget_class, unbind_row_cb);
  gtk_widget_class_bind_template_callback (widget_class, setup_button_cb);
  gtk_widget_class_bind_template_callback (widget_class, bind_button_cb);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
}

static void
sal_choice_row_init (SalChoiceRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->items = g_list_store_new (SAL_TYPE_LIST_ITEM);
  self->showing = TRUE;
  gtk_drop_down_set_model (self->drop_down, G_LIST_MODEL (self->items));
  self->showing = FALSE;

  GtkExpression *label = gtk_property_expression_new (SAL_TYPE_LIST_ITEM, NULL, "label");
  gtk_drop_down_set_expression (self->drop_down, label);
  gtk_expression_unref (label);
  sal_drop_down_focus_selected (self->drop_down);
}

GtkWidget *
sal_choice_row_new (const char *label, const char *help)
{
  SalChoiceRow *self = g_object_new (SAL_TYPE_CHOICE_ROW, NULL);

  gtk_label_set_label (GTK_LABEL (self->label), label);
  sal_tooltip_set (GTK_WIDGET (self), help);
  sal_drop_down_set_name (self->drop_down, label);
  return GTK_WIDGET (self);
}
