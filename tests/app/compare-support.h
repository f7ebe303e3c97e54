/* What tests of the comparison share: a window that compares, waiting for its cells, finding things
 * on its page. */
#pragma once

#include "app/compare-page.h"
#include "tests/app/app-window.h"

/** compare_window_new: Returns: (transfer none) (nullable): a window with the bundled example, few
 *  steps, and its methods compared; %NULL after g_test_skip() */
SalWindow *compare_window_new (void);
/** compare_grid: Returns: (transfer none): what @window's page compares */
SalComparison *compare_grid (SalWindow *window);

/** compare_is_settled: Returns: whether no cell of a SalComparison is worked on, and what is done
 *  has its heatmap and is compared with what else is in its row; for ui_wait_until() */
gboolean compare_is_settled (gpointer comparison);
/** compare_settle: waits until this is so of @window's page */
void compare_settle (SalWindow *window);
/** compare_assert_done: that every cell has its answer, and its canvas shows it */
void compare_assert_done (SalWindow *window);

/** compare_press: presses the page's toggle button with a label like @label */
void compare_press (SalWindow *window, const char *label);
/** compare_remover: Returns: (transfer none): the button that removes the column whose label is
 *  like @column */
GtkWidget *compare_remover (SalWindow *window, const char *column);
/** compare_leave_and_return: waits for the document's answer, looks at it alone, and comes back to
 *  the comparison; waits for none of its cells */
void compare_leave_and_return (SalWindow *window);
