/* The header of a column or a row of a comparison: its name, and a button that takes it away.
 * Columns are dragged to another place; with the keyboard, Ctrl with an arrow moves the one whose
 * button has the focus. */
#pragma once

#include "app/comparison.h"

#include <gtk/gtk.h>

/** sal_compare_header_new: @number: of the column or row; @comparison: outlives it */
GtkWidget *sal_compare_header_new (SalComparison *comparison, gboolean column, guint number);
/** sal_compare_header_number: Returns: where it stands, or is about to */
guint sal_compare_header_number (GtkWidget *header);
/** sal_compare_header_focus: gives its button the focus; Returns: %FALSE if it has none */
gboolean sal_compare_header_focus (GtkWidget *header);

/** sal_compare_button_new: a small button; @tooltip, @name: (nullable): to be set later; @name is
 *  for those who do not see it */
GtkWidget *sal_compare_button_new (const char *icon, const char *tooltip, const char *name);
