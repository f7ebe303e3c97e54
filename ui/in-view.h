/* What GTK 4.8 does only for what gets the focus. */
#pragma once

#include <gtk/gtk.h>

/**
 * sal_bring_into_view:
 * @widget: within a GtkViewport, or nothing happens
 *
 * Scrolls as little as needed to show all of @widget, or its top where it is larger than the view.
 * Not at once, but when sizes have been given out anew: it may just have got larger.
 */
void sal_bring_into_view (GtkWidget *widget);
