/* Lists that are searched. */
#pragma once

#include <gtk/gtk.h>

/** sal_found_nothing: @label shows while @search asks for what is not in @found, what was found */
void sal_found_nothing (GtkWidget *label, GtkEditable *search, GListModel *found);
