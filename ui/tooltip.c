#include "ui/tooltip.h"

void
sal_tooltip_set (GtkWidget *widget, const char *text)
{
  g_return_if_fail (GTK_IS_WIDGET (widget));
  if (g_strcmp0 (gtk_widget_get_tooltip_text (widget), text) == 0)
    return;

  gboolean hide = gtk_widget_get_root (widget) == NULL && gtk_widget_get_visible (widget);

  /* It does not ask for a widget that is not to be seen. */
  if (hide)
    gtk_widget_set_visible (widget, FALSE);
  gtk_widget_set_tooltip_text (widget, text);
  if (hide)
    gtk_widget_set_visible (widget, TRUE);
}
