#include "ui/method-picker.h"

#include "engine/explain/reasons.h"
#include "ui/drop-down.h"
#include "ui/list-item.h"
#include "ui/tooltip.h"
#include "ui/wrap.h"

#include <glib/gi18n.h>

/* Of the list: some ten methods with their groups, and still within a small window. */
#define LIST_HEIGHT 560
#define LETTERS_A_LINE 44

struct _SalMethodPicker {
  GtkWidget parent_instance;

  GtkDropDown *drop_down;
  GtkLabel *title, *summary, *formula, *advice, *caveat, *paper;
  GtkWidget *copy;

  GListStore *items;
  const SalMethod *method;
  gboolean showing; /* set by the program, not by a person */
};

G_DEFINE_FINAL_TYPE (SalMethodPicker, sal_method_picker, GTK_TYPE_WIDGET)

enum { CHOSEN, N_SIGNALS };

static guint signals[N_SIGNALS];

static void
set_text (GtkLabel *label, const char *text)
{
  gtk_label_set_label (label, text != NULL ? _ (text) : "");
}

static void
show_about (SalMethodPicker *self)
{
  const SalMethod *method = self->method;
  g_autofree char *summary = g_strconcat (_ (method->summary), " ", _ (method->promise), NULL);

  set_text (self->title, method->name);
  gtk_label_set_label (self->summary, summary);
  gtk_label_set_label (self->formula, method->formula != NULL ? method->formula : "");
  set_text (self->advice, method->advice);
  set_text (self->caveat, method->caveat);
  gtk_label_set_label (self->paper, method->paper != NULL ? method->paper : "");
  gtk_widget_set_visible (self->copy, method->paper != NULL);
}

static void
copy_cb (SalMethodPicker *self)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), self->method->paper);
}

static void
selected_cb (SalMethodPicker *self)
{
  SalListItem *item = gtk_drop_down_get_selected_item (self->drop_down);

  if (self->showing || item == NULL)
    return;
  if (sal_list_item_reason (item) != NULL) {
    /* Keys can get to rows that the pointer cannot choose. */
    sal_method_picker_set_method (self, self->method);
    return;
  }
  self->method = sal_method_find (sal_list_item_id (item));
  show_about (self);
  g_signal_emit (self, signals[CHOSEN], 0);
}

/* A row: the group's name above its first method; the method; when to use it. */
static void
setup_row_cb (SalMethodPicker *self, GtkListItem *list_item)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  /* A group's name is no part of the name of its first method. */
  GtkWidget *group = g_object_new (GTK_TYPE_LABEL, "accessible-role",
                                   GTK_ACCESSIBLE_ROLE_PRESENTATION, "xalign", 0.f, NULL);
  GtkWidget *name = gtk_label_new (NULL), *reason = gtk_label_new (NULL);

  gtk_widget_add_css_class (group, "group");
  gtk_label_set_xalign (GTK_LABEL (name), 0);
  gtk_widget_add_css_class (reason, "reason");
  gtk_label_set_xalign (GTK_LABEL (reason), 0);
  gtk_box_append (GTK_BOX (box), group);
  gtk_box_append (GTK_BOX (box), name);
  gtk_box_append (GTK_BOX (box), reason);
  sal_drop_down_set_row (self->drop_down, list_item, box);
}

static void
show_row (GtkListItem *list_item)
{
  SalListItem *item = gtk_list_item_get_item (list_item);
  GtkWidget *heading = gtk_widget_get_first_child (sal_drop_down_row (list_item));
  GtkWidget *label = gtk_widget_get_next_sibling (heading);
  GtkWidget *small = gtk_widget_get_next_sibling (label);
  const char *group = sal_list_item_heading (item), *reason = sal_list_item_reason (item);
  /* When to use it or, where it cannot be used, why. */
  g_autofree char *lines =
      sal_in_lines (reason != NULL ? reason : sal_list_item_detail (item), LETTERS_A_LINE);

  gtk_label_set_label (GTK_LABEL (heading), group != NULL ? group : "");
  gtk_widget_set_visible (heading, group != NULL);
  gtk_label_set_label (GTK_LABEL (label), sal_list_item_label (item));
  gtk_widget_set_sensitive (label, reason == NULL);
  gtk_label_set_label (GTK_LABEL (small), lines);
  sal_tooltip_set (gtk_list_item_get_child (list_item), reason);
  gtk_list_item_set_selectable (list_item, reason == NULL);
  gtk_list_item_set_activatable (list_item, reason == NULL);
}

static void
bind_row_cb (SalMethodPicker *self, GtkListItem *list_item)
{
  g_signal_connect_object (gtk_list_item_get_item (list_item), "notify::reason",
                           G_CALLBACK (show_row), list_item, G_CONNECT_SWAPPED);
  show_row (list_item);
}

static void
unbind_row_cb (SalMethodPicker *self, GtkListItem *list_item)
{
  g_signal_handlers_disconnect_by_data (gtk_list_item_get_item (list_item), list_item);
}

static void
setup_button_cb (SalMethodPicker *self, GtkListItem *list_item)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_list_item_set_child (list_item, label);
}

static void
bind_button_cb (SalMethodPicker *self, GtkListItem *list_item)
{
  gtk_label_set_label (GTK_LABEL (gtk_list_item_get_child (list_item)),
                       sal_list_item_label (gtk_list_item_get_item (list_item)));
}

static void
fill (SalMethodPicker *self)
{
  const SalMethod *const *methods = sal_methods ();

  for (int i = 0; methods[i] != NULL; i++) {
    gboolean starts = i == 0 || methods[i - 1]->group != methods[i]->group;
    const char *heading = starts ? _ (sal_method_group_name (methods[i]->group)) : NULL;
    g_autoptr (SalListItem) item =
        sal_list_item_new (methods[i]->id, _ (methods[i]->name), _ (methods[i]->advice), heading);

    g_list_store_append (self->items, item);
  }
}

void
sal_method_picker_set_model (SalMethodPicker *self, SalModel *model)
{
  g_return_if_fail (SAL_IS_METHOD_PICKER (self));
  const SalMethod *const *methods = sal_methods ();

  for (guint i = 0; methods[i] != NULL; i++) {
    g_autoptr (SalListItem) item = g_list_model_get_item (G_LIST_MODEL (self->items), i);
    const char *reason =
        model != NULL && methods[i]->check != NULL ? methods[i]->check (model) : NULL;

    g_autofree char *text = reason != NULL ? sal_reason_text (reason) : NULL;

    sal_list_item_set_reason (item, text);
  }
}

void
sal_method_picker_set_method (SalMethodPicker *self, const SalMethod *method)
{
  g_return_if_fail (SAL_IS_METHOD_PICKER (self) && method != NULL);
  guint position = sal_list_item_find (G_LIST_MODEL (self->items), method->id);

  self->method = method;
  if (position != G_MAXUINT) {
    self->showing = TRUE;
    gtk_drop_down_set_selected (self->drop_down, position);
    self->showing = FALSE;
  }
  show_about (self);
}

const SalMethod *
sal_method_picker_get_method (SalMethodPicker *self)
{
  return self->method;
}

GtkDropDown *
sal_method_picker_drop_down (SalMethodPicker *self)
{
  return self->drop_down;
}

static void
sal_method_picker_dispose (GObject *object)
{
  SalMethodPicker *self = SAL_METHOD_PICKER (object);
  GtkWidget *child;

  self->showing = TRUE;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->items);
  G_OBJECT_CLASS (sal_method_picker_parent_class)->dispose (object);
}

static void
sal_method_picker_class_init (SalMethodPickerClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sal_method_picker_dispose;
  signals[CHOSEN] = g_signal_new ("chosen", SAL_TYPE_METHOD_PICKER, G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/salience/Salience/ui/method-picker.ui");
  gtk_widget_class_bind_template_child (widget_class, SalMethodPicker, drop_down);
  gtk_widget_class_bind_template_child (widget_class, SalMethodPicker, title);
  gtk_widget_class_bind_template_child (widget_class, SalMethodPicker, summary);
  gtk_widget_class_bind_template_child (widget_class, SalMethodPicker, formula);
  gtk_widget_class_bind_template_child (widget_class, SalMethodPicker, advice);
  gtk_widget_class_bind_template_child (widget_class, SalMethodPicker, caveat);
  gtk_widget_class_bind_template_child (widget_class, SalMethodPicker, paper);
  gtk_widget_class_bind_template_child (widget_class, SalMethodPicker, copy);
  gtk_widget_class_bind_template_callback (widget_class, selected_cb);
  gtk_widget_class_bind_template_callback (widget_class, copy_cb);
  gtk_widget_class_bind_template_callback (widget_class, setup_row_cb);
  gtk_widget_class_bind_template_callback (widget_class, bind_row_cb);
  gtk_widget_class_bind_template_callback (widget_class, unbind_row_cb);
  gtk_widget_class_bind_template_callback (widget_class, setup_button_cb);
  gtk_widget_class_bind_template_callback (widget_class, bind_button_cb);
}

static void
sal_method_picker_init (SalMethodPicker *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->items = g_list_store_new (SAL_TYPE_LIST_ITEM);
  self->showing = TRUE;
  gtk_drop_down_set_model (self->drop_down, G_LIST_MODEL (self->items));
  GtkExpression *label = gtk_property_expression_new (SAL_TYPE_LIST_ITEM, NULL, "label");
  gtk_drop_down_set_expression (self->drop_down, label);
  gtk_expression_unref (label);
  sal_drop_down_focus_selected (self->drop_down);
  sal_drop_down_set_name (self->drop_down, _ ("Method"));
  sal_drop_down_set_height (self->drop_down, LIST_HEIGHT);
  fill (self);
  self->showing = FALSE;
}
