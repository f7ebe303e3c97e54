/* What must wait until GTK has given out sizes. */
#pragma once

#include <gtk/gtk.h>

typedef void (*SalLaterFunc) (gpointer widget);

/**
 * sal_later:
 * @widget: given to @func
 *
 * Calls @func from the main loop, before the next frame; not at all if @widget is gone by then. For
 * handlers that GTK may call in the midst of giving out sizes: widgets are mapped and unmapped
 * there, and with them focus and pointer come and go. Who asks for another size just then may be
 * overlooked, and with him all that he is in: GTK 4.8 draws none of it ("Trying to snapshot …
 * without a current allocation") until the window gets another size.
 */
void sal_later (gpointer widget, SalLaterFunc func);
