/* Tooltips that are set often. GTK looks for the pointer each time one is set, to show it at once
 * where the pointer rests: on X11 several questions to the server, a third of a millisecond. */
#pragma once

#include <gtk/gtk.h>

/** sal_tooltip_set: as gtk_widget_set_tooltip_text(), which is left out where the text is the same
 *  or where no pointer can be, as the widget is in no window yet. @text: (nullable) */
void sal_tooltip_set (GtkWidget *widget, const char *text);

/** sal_tooltip_yield: lets no menu button in @root show its tooltip while its menu is open, which
 *  would come over the first row of that */
void sal_tooltip_yield (GtkWidget *root);
