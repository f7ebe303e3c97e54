#include "ui/left-to-right.h"

void
sal_left_to_right (GtkWidget *widget)
{
  gboolean mirrored = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;

  gtk_widget_set_direction (widget, GTK_TEXT_DIR_LTR);
  if (mirrored && GTK_IS_LABEL (widget))
    gtk_label_set_xalign (GTK_LABEL (widget), 1 - gtk_label_get_xalign (GTK_LABEL (widget)));
}
