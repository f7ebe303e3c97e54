#include "ui/drop-down.h"

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
map_cb (GtkDropDown *drop_down, GtkWidget *popover)
{
  GtkWidget *list = find (popover, GTK_TYPE_LIST_VIEW);

  if (list == NULL || gtk_drop_down_get_enable_search (drop_down))
    return;
  gtk_widget_activate_action (list, "list.scroll-to-item", "u",
                              gtk_drop_down_get_selected (drop_down));
  for (GtkWidget *row = gtk_widget_get_first_child (list); row != NULL;
       row = gtk_widget_get_next_sibling (row))
    if (gtk_widget_get_state_flags (row) & GTK_STATE_FLAG_SELECTED)
      gtk_widget_grab_focus (row);
}

void
sal_drop_down_focus_selected (GtkDropDown *drop_down)
{
  GtkWidget *popover = find (GTK_WIDGET (drop_down), GTK_TYPE_POPOVER);

  g_return_if_fail (popover != NULL);
  g_signal_connect_object (popover, "map", G_CALLBACK (map_cb), drop_down,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
}

static void
choice_setup_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer button)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  if (button != NULL) {
    gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
    gtk_label_set_width_chars (GTK_LABEL (label), 8);
  }
  gtk_list_item_set_child (item, label);
}

static void
choice_bind_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer button)
{
  GtkWidget *label = gtk_list_item_get_child (item);
  const char *text = gtk_string_object_get_string (gtk_list_item_get_item (item));

  gtk_label_set_label (GTK_LABEL (label), text);
  if (button != NULL) /* where it may be cut */
    gtk_widget_set_tooltip_text (label, text);
}

void
sal_drop_down_give_way (GtkDropDown *drop_down)
{
  for (int button = 0; button <= 1; button++) {
    g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();

    g_signal_connect (factory, "setup", G_CALLBACK (choice_setup_cb), button ? drop_down : NULL);
    g_signal_connect (factory, "bind", G_CALLBACK (choice_bind_cb), button ? drop_down : NULL);
    if (button)
      gtk_drop_down_set_factory (drop_down, factory);
    else
      gtk_drop_down_set_list_factory (drop_down, factory);
  }
}
