/* The page that shows a comparison: a grid of canvases that move together, what they share, and how
 * alike they are. */
#pragma once

#include "app/comparison.h"

#include <adwaita.h>

#define SAL_TYPE_COMPARE_PAGE (sal_compare_page_get_type ())
G_DECLARE_FINAL_TYPE (SalComparePage, sal_compare_page, SAL, COMPARE_PAGE, GtkWidget)

/**
 * SalComparePage::wanted:
 *
 * The page has come into sight, and wants to be asked with sal_comparison_ask().
 *
 * SalComparePage::opened:
 * @explanation: (type gpointer): of a cell that was double-clicked, to be looked at alone
 */

/** sal_compare_page_comparison: Returns: (transfer none): what it shows */
SalComparison *sal_compare_page_comparison (SalComparePage *self);
/** sal_compare_page_toggle_panel: shows or hides what stands beside the cells */
void sal_compare_page_toggle_panel (SalComparePage *self);
/** sal_compare_page_canvas: Returns: (transfer none) (nullable): of a cell */
GtkWidget *sal_compare_page_canvas (SalComparePage *self, guint column, guint row);
