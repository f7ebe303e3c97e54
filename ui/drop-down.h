/* What GtkDropDown of GTK 4.8 leaves to be done. */
#pragma once

#include <gtk/gtk.h>

/** sal_drop_down_focus_selected: has the list open with the keyboard on the row that is selected,
 *  also where the program has selected it (by itself it opens on the row the keyboard was on last)
 */
void sal_drop_down_focus_selected (GtkDropDown *drop_down);
/** sal_drop_down_set_name: what assistive technology calls it, and its button, which is what gets
 * the focus; the button is described by what is chosen. Its model or expression is set already */
void sal_drop_down_set_name (GtkDropDown *drop_down, const char *name);
/** sal_drop_down_set_height: @height: that its list has before it scrolls, in pixels */
void sal_drop_down_set_height (GtkDropDown *drop_down, int height);
/** sal_drop_down_set_row: for the list's own factory: @content, and behind it the mark of the row
 *  that is chosen, which GTK gives only to rows of its own making */
void sal_drop_down_set_row (GtkDropDown *drop_down, GtkListItem *list_item, GtkWidget *content);
/** sal_drop_down_row: Returns: (transfer none): the content it was given */
GtkWidget *sal_drop_down_row (GtkListItem *list_item);
/** sal_drop_down_give_way: of strings: its button gives way where room is scarce, its list does not
 */
void sal_drop_down_give_way (GtkDropDown *drop_down);
