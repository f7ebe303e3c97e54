/* A slider that is clicked twice is set back. */
#pragma once

#include <gtk/gtk.h>

/**
 * sal_is_double_click:
 * @gesture: of which "pressed" is being told
 * @n_press: which press of a row it is, to GTK
 *
 * To be asked at each "pressed" of @gesture.
 *
 * Returns: whether it is the second press, or a later one, within the time of a double click. GTK
 * counts presses by when it hears of them: to a program that was busy, clicks with a second between
 * them are a row.
 */
gboolean sal_is_double_click (GtkGestureClick *gesture, int n_press);
