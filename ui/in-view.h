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

/**
 * sal_bring_item_into_view:
 * @list: a GtkListView
 * @position: of the item
 *
 * Scrolls to it, now and when its row has got its size: a list that goes by what rows are wide or
 * high on average stops too early where one is larger.
 */
void sal_bring_item_into_view (GtkWidget *list, guint position);
