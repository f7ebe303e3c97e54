/* What GtkDropDown of GTK 4.8 leaves to be done. */
#pragma once

#include <gtk/gtk.h>

/** sal_drop_down_focus_selected: has the list open with the keyboard on the row that is selected,
 *  also where the program has selected it (by itself it opens on the row the keyboard was on last)
 */
void sal_drop_down_focus_selected (GtkDropDown *drop_down);
/** sal_drop_down_give_way: of strings: its button gives way where room is scarce, its list does not
 */
void sal_drop_down_give_way (GtkDropDown *drop_down);
