/* Numbers, shapes and places in a picture in languages that run from right to left. */
#pragma once

#include <gtk/gtk.h>

/** sal_left_to_right: @widget shows nothing but numbers and signs, which run from left to right in
 *  every language: without a letter to tell, GTK would turn "−0.98" into "0.98−" and a shape round.
 *  A label stays on the side where it was */
void sal_left_to_right (GtkWidget *widget);
