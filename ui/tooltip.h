/* Tooltips that are set often. GTK looks for the pointer each time one is set, to show it at once
 * where the pointer rests: on X11 several questions to the server, a third of a millisecond, and
 * many times that while others ask it, too. */
#pragma once

#include <gtk/gtk.h>

/** sal_tooltip_set: as gtk_widget_set_tooltip_text(), but the text is given when GTK asks for it,
 *  and GTK is to ask at once only where the pointer is on @widget. @text: (nullable) */
void sal_tooltip_set (GtkWidget *widget, const char *text);

/** sal_tooltip_get: Returns: (nullable): the text that was set, here or in GTK's way */
const char *sal_tooltip_get (GtkWidget *widget);

/** sal_tooltip_yield: lets no menu button in @root show its tooltip while its menu is open, which
 *  would come over the first row of that */
void sal_tooltip_yield (GtkWidget *root);
