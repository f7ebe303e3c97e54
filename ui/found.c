#include "ui/found.h"

static void
show_cb (GtkWidget *label)
{
  GtkEditable *search = g_object_get_data (G_OBJECT (label), "search");
  GListModel *found = g_object_get_data (G_OBJECT (label), "found");

  gtk_widget_set_visible (label, *gtk_editable_get_text (search) != '\0' &&
                                     g_list_model_get_n_items (found) == 0);
}

void
sal_found_nothing (GtkWidget *label, GtkEditable *search, GListModel *found)
{
  g_object_set_data_full (G_OBJECT (label), "search", g_object_ref (search), g_object_unref);
  g_object_set_data_full (G_OBJECT (label), "found", g_object_ref (found), g_object_unref);
  g_signal_connect_object (search, "notify::text", G_CALLBACK (show_cb), label, G_CONNECT_SWAPPED);
  g_signal_connect_object (found, "items-changed", G_CALLBACK (show_cb), label, G_CONNECT_SWAPPED);
  show_cb (label);
}
