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
