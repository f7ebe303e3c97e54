#include "ui/drop-down.h"

#include "ui/later.h"
#include "ui/name.h"
#include "ui/tooltip.h"

static GtkWidget *
find (GtkWidget *widget, GType type)
{
  if (g_type_is_a (G_OBJECT_TYPE (widget), type))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child)) {
    GtkWidget *found = find (child, type);
    if (found != NULL)
      return found;
  }
  return NULL;
}

static void
show_selected (GtkDropDown *drop_down, GtkWidget *list)
{
  gtk_widget_activate_action (list, "list.scroll-to-item", "u",
                              gtk_drop_down_get_selected (drop_down));
  if (gtk_drop_down_get_enable_search (drop_down))
    return;
  for (GtkWidget *row = gtk_widget_get_first_child (list); row != NULL;
       row = gtk_widget_get_next_sibling (row))
    if (gtk_widget_get_state_flags (row) & GTK_STATE_FLAG_SELECTED)
      gtk_widget_grab_focus (row);
}

/* A list that has no size yet cannot scroll. Its drop-down may go before it gets one. */
static gboolean
sized_cb (GtkWidget *list, GdkFrameClock *clock, gpointer data)
{
  GtkWidget *drop_down = gtk_widget_get_ancestor (list, GTK_TYPE_DROP_DOWN);

  if (gtk_widget_get_height (list) == 0)
    return G_SOURCE_CONTINUE;
  if (drop_down != NULL)
    show_selected (GTK_DROP_DOWN (drop_down), list);
  return G_SOURCE_REMOVE;
}

static void
let_tooltip (GtkWidget *widget, gboolean come)
{
  if (sal_tooltip_get (widget) != NULL)
    gtk_widget_set_has_tooltip (widget, come);
}

static void
let_tooltips_in (GtkWidget *widget, gboolean come)
{
  let_tooltip (widget, come);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    let_tooltips_in (child, come);
}

/* The tooltip of what is in the button, and of what the button is in, would come over the first
 * row. */
static void
let_tooltips (GtkWidget *drop_down, gboolean come)
{
  let_tooltips_in (gtk_widget_get_first_child (drop_down), come);
  for (GtkWidget *around = drop_down; around != NULL; around = gtk_widget_get_parent (around))
    let_tooltip (around, come);
}

/* GTK then asks where the pointer is, for which there must be a surface. */
static void
again (gpointer drop_down)
{
  if (gtk_widget_get_mapped (drop_down))
    let_tooltips (drop_down, TRUE);
}

static void
unmap_cb (GtkDropDown *drop_down, GtkWidget *popover)
{
  sal_later (drop_down, again);
}

static void
map_cb (GtkDropDown *drop_down, GtkWidget *popover)
{
  GtkWidget *list = find (popover, GTK_TYPE_LIST_VIEW);

  let_tooltips (GTK_WIDGET (drop_down), FALSE);

  if (list == NULL)
    return;
  show_selected (drop_down, list);
  gtk_widget_add_tick_callback (list, sized_cb, NULL, NULL);
}

void
sal_drop_down_focus_selected (GtkDropDown *drop_down)
{
  GtkWidget *popover = find (GTK_WIDGET (drop_down), GTK_TYPE_POPOVER);

  g_return_if_fail (popover != NULL);
  g_signal_connect_object (popover, "map", G_CALLBACK (map_cb), drop_down,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  g_signal_connect_object (popover, "unmap", G_CALLBACK (unmap_cb), drop_down, G_CONNECT_SWAPPED);
}

static void
describe (GtkDropDown *drop_down)
{
  GtkWidget *button = gtk_widget_get_first_child (GTK_WIDGET (drop_down));
  gpointer item = gtk_drop_down_get_selected_item (drop_down);
  GtkExpression *expression = gtk_drop_down_get_expression (drop_down);
  g_auto (GValue) text = G_VALUE_INIT;

  if (GTK_IS_STRING_OBJECT (item)) {
    g_value_init (&text, G_TYPE_STRING);
    g_value_set_string (&text, gtk_string_object_get_string (item));
  } else if (item == NULL || expression == NULL ||
             !gtk_expression_evaluate (expression, item, &text)) {
    return;
  }
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  g_value_get_string (&text), -1);
}

void
sal_drop_down_set_name (GtkDropDown *drop_down, const char *name)
{
  sal_name (GTK_WIDGET (drop_down), name);
  sal_name (gtk_widget_get_first_child (GTK_WIDGET (drop_down)), name);
  g_signal_connect (drop_down, "notify::selected-item", G_CALLBACK (describe), NULL);
  describe (drop_down);
}

void
sal_drop_down_set_height (GtkDropDown *drop_down, int height)
{
  GtkWidget *scrolled =
      find (find (GTK_WIDGET (drop_down), GTK_TYPE_POPOVER), GTK_TYPE_SCROLLED_WINDOW);

  g_return_if_fail (scrolled != NULL);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (scrolled), height);
}

/* The item that a mark is for is only compared, never looked into. */
static void
show_mark (GtkDropDown *drop_down, GParamSpec *pspec, GtkWidget *mark)
{
  gpointer item = g_object_get_data (G_OBJECT (mark), "item");

  gtk_widget_set_opacity (
      mark, item != NULL && item == gtk_drop_down_get_selected_item (drop_down) ? 1 : 0);
}

static void
marked_cb (GtkListItem *list_item, GParamSpec *pspec, GtkWidget *mark)
{
  g_object_set_data (G_OBJECT (mark), "item", gtk_list_item_get_item (list_item));
  show_mark (g_object_get_data (G_OBJECT (mark), "drop-down"), NULL, mark);
}

void
sal_drop_down_set_row (GtkDropDown *drop_down, GtkListItem *list_item, GtkWidget *content)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *mark = g_object_new (GTK_TYPE_IMAGE, "icon-name", "object-select-symbolic",
                                  "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);

  gtk_widget_set_hexpand (content, TRUE);
  gtk_box_append (GTK_BOX (row), content);
  gtk_box_append (GTK_BOX (row), mark);
  g_object_set_data (G_OBJECT (mark), "drop-down", drop_down);
  g_signal_connect_object (drop_down, "notify::selected-item", G_CALLBACK (show_mark), mark, 0);
  g_signal_connect_object (list_item, "notify::item", G_CALLBACK (marked_cb), mark, 0);
  marked_cb (list_item, NULL, mark);
  gtk_list_item_set_child (list_item, row);
}

GtkWidget *
sal_drop_down_row (GtkListItem *list_item)
{
  return gtk_widget_get_first_child (gtk_list_item_get_child (list_item));
}

static void
button_setup_cb (GtkSignalListItemFactory *factory, GtkListItem *item, GtkDropDown *drop_down)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_width_chars (GTK_LABEL (label), 8);
  gtk_list_item_set_child (item, label);
}

static void
button_bind_cb (GtkSignalListItemFactory *factory, GtkListItem *item, GtkDropDown *drop_down)
{
  GtkWidget *label = gtk_list_item_get_child (item);
  const char *text = gtk_string_object_get_string (gtk_list_item_get_item (item));

  gtk_label_set_label (GTK_LABEL (label), text);
  sal_tooltip_set (label, text); /* where it may be cut */
}

static void
row_setup_cb (GtkSignalListItemFactory *factory, GtkListItem *item, GtkDropDown *drop_down)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  sal_drop_down_set_row (drop_down, item, label);
}

static void
row_bind_cb (GtkSignalListItemFactory *factory, GtkListItem *item, GtkDropDown *drop_down)
{
  gtk_label_set_label (GTK_LABEL (sal_drop_down_row (item)),
                       gtk_string_object_get_string (gtk_list_item_get_item (item)));
}

void
sal_drop_down_give_way (GtkDropDown *drop_down)
{
  for (int button = 0; button <= 1; button++) {
    g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();

    g_signal_connect (factory, "setup", G_CALLBACK (button ? button_setup_cb : row_setup_cb),
                      drop_down);
    g_signal_connect (factory, "bind", G_CALLBACK (button ? button_bind_cb : row_bind_cb),
                      drop_down);
    if (button)
      gtk_drop_down_set_factory (drop_down, factory);
    else
      gtk_drop_down_set_list_factory (drop_down, factory);
  }
}
