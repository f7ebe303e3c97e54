/* What GTK 4.8 leaves to be done for assistive technologies. */
#pragma once

#include <gtk/gtk.h>

/**
 * sal_announce:
 * @widget: just mapped or not yet; may come and go later, or be hidden now
 *
 * Has screen readers told whenever @widget comes. By itself GTK tells them when one goes, but not
 * when one comes that has never been realized: to a reader that listens, replaced rows are gone for
 * good.
 */
void sal_announce (GtkWidget *widget);
