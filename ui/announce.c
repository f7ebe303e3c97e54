#include "ui/announce.h"

#include "ui/later.h"

/* GTK tells of a new child when its state "hidden" is set, but only if readers know it already: if
 * its accessible object is "realized", which happens when somebody asks for it, or when something
 * about its focus changes. */
static void
announce (gpointer widget)
{
  gboolean focusable = gtk_widget_get_focusable (widget);

  gtk_widget_set_focusable (widget, !focusable);
  gtk_widget_set_focusable (widget, focusable);
  gtk_accessible_update_state (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_STATE_HIDDEN, FALSE, -1);
}

/* Whether it can have the focus counts for its size, and it may be mapped while sizes are given
 * out. */
static void
map_cb (GtkWidget *widget)
{
  sal_later (widget, announce);
}

void
sal_announce (GtkWidget *widget)
{
  g_return_if_fail (GTK_IS_WIDGET (widget));
  g_signal_connect (widget, "map", G_CALLBACK (map_cb), NULL);
  if (gtk_widget_get_mapped (widget))
    map_cb (widget);
}
