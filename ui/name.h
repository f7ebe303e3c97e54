/* What assistive technology calls widgets, where GTK 4.8 says nothing by itself, or too much. */
#pragma once

#include <gtk/gtk.h>

/** sal_name: @name: what @widget is called, and nothing else: not what a label in it says */
void sal_name (GtkWidget *widget, const char *name);
/** sal_name_row: @content: of a cell or row that a list view has made; its row, which is what gets
 *  the focus, is called @name */
void sal_name_row (GtkWidget *content, const char *name);
/** sal_name_buttons: buttons in @root whose labels have a mnemonic are called by the label alone
 *  (GTK says it twice, once with the underscore) */
void sal_name_buttons (GtkWidget *root);
