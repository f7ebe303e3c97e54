#include "tests/app/compare-support.h"

#include "ui/canvas.h"

SalComparison *
compare_grid (SalWindow *window)
{
  return sal_compare_page_comparison (app_part (window, "compare_page"));
}

gboolean
compare_is_settled (gpointer data)
{
  SalComparison *self = data;
  guint n, all;

  if (sal_comparison_progress (self, &n, &all))
    return FALSE;
  for (guint i = 0; i < sal_comparison_n_columns (self); i++)
    for (guint j = 0; j < sal_comparison_n_rows (self); j++) {
      const SalCell *cell = sal_comparison_cell (self, i, j);
      SalSimilarity similarity;
      if (cell->state == SAL_CELL_DONE && cell->heatmap == NULL)
        return FALSE;
      for (guint k = 0; k < i; k++)
        if (cell->state == SAL_CELL_DONE &&
            sal_comparison_cell (self, k, j)->state == SAL_CELL_DONE &&
            !sal_comparison_similarity (self, i, k, &similarity))
          return FALSE;
    }
  return TRUE;
}

void
compare_settle (SalWindow *window)
{
  g_assert_true (ui_wait_until (compare_is_settled, compare_grid (window), 120000));
  ui_run (100);
}

SalWindow *
compare_window_new (void)
{
  SalWindow *window = app_window_with_example ();

  if (window == NULL)
    return NULL;
  app_set (sal_window_document (window), "steps", "8");
  app_settle (sal_window_document (window));
  app_activate (window, "win.page", "compare");
  ui_run (50);
  compare_settle (window);
  return window;
}

void
compare_press (SalWindow *window, const char *label)
{
  GtkWidget *button = app_find_button (app_part (window, "compare_page"), label);

  g_assert_nonnull (button);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (button), TRUE);
  ui_run (20);
}

void
compare_assert_done (SalWindow *window)
{
  SalComparison *self = compare_grid (window);

  for (guint i = 0; i < sal_comparison_n_columns (self); i++)
    for (guint j = 0; j < sal_comparison_n_rows (self); j++) {
      const SalCell *cell = sal_comparison_cell (self, i, j);
      SalCanvas *canvas =
          SAL_CANVAS (sal_compare_page_canvas (app_part (window, "compare_page"), i, j));

      g_assert_cmpstr (cell->problem, ==, NULL);
      g_assert_cmpint (cell->state, ==, SAL_CELL_DONE);
      g_assert_true (sal_canvas_get_heatmap (canvas) == cell->heatmap);
      g_assert_true (sal_canvas_get_picture (canvas) == cell->explanation->view->picture->image);
    }
}

GtkWidget *
compare_remover (SalWindow *window, const char *column)
{
  GtkWidget *label = app_find_label (app_part (window, "compare_page"), column);

  g_assert_nonnull (label);
  return gtk_widget_get_next_sibling (label);
}

void
compare_leave_and_return (SalWindow *window)
{
  app_settle (sal_window_document (window));
  app_activate (window, "win.page", "explore");
  ui_run (50);
  app_activate (window, "win.page", "compare");
  ui_run (50);
}
