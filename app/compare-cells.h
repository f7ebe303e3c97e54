/* The grid of a comparison: a canvas for each cell, which all move together, with what it found and
 * the buttons to stop it and to look at it alone; headers that take columns and rows away, and
 * change the order of columns, by the pointer or by keys. */
#pragma once

#include "app/comparison.h"

#include <gtk/gtk.h>

#define SAL_TYPE_COMPARE_CELLS (sal_compare_cells_get_type ())
G_DECLARE_FINAL_TYPE (SalCompareCells, sal_compare_cells, SAL, COMPARE_CELLS, GtkWidget)

/**
 * SalCompareCells::opened:
 * @explanation: (type gpointer): of a cell that is to be looked at alone
 */

/** sal_compare_cells_show: @comparison: followed from now on; once */
void sal_compare_cells_show (SalCompareCells *self, SalComparison *comparison);
/** sal_compare_cells_canvas: Returns: (transfer none) (nullable): of a cell */
GtkWidget *sal_compare_cells_canvas (SalCompareCells *self, guint column, guint row);
