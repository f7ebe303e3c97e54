/* Double clicks, told by when and where the presses were. */
#pragma once

#include <gtk/gtk.h>

/**
 * sal_press_count:
 * @gesture: which has told of a press
 * @x: where the press is, in pixels of the widget
 * @y: where the press is, in pixels of the widget
 *
 * To be called at each "pressed" of @gesture, once.
 *
 * Returns: which press of a row this is, from 1, as far apart as presses of double clicks may be.
 * GTK 4.8's own count goes by when it hears of presses: to a program that was busy, clicks with a
 * second between them are a row. And it starts again when a frame comes between hearing of a press
 * and of its release, for GTK then asks where the pointer is, and sees the button up already.
 */
int sal_press_count (GtkGestureClick *gesture, double x, double y);
