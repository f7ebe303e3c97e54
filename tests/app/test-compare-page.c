/* The comparison's page: what a person does there, with keys, in little room, stopping, removing,
 * dropping, leaving and coming back. */
#include "app/bundled.h"
#include "tests/app/compare-support.h"
#include "ui/canvas.h"

/* Zoom and pan are those of all. */
static void
test_linked (void)
{
  SalWindow *window = compare_window_new ();

  if (window == NULL)
    return;
  SalComparePage *page = app_part (window, "compare_page");
  SalCanvas *first = SAL_CANVAS (sal_compare_page_canvas (page, 0, 0));
  SalCanvas *last = SAL_CANVAS (sal_compare_page_canvas (page, 3, 0));

  sal_canvas_set_zoom (first, 2);
  ui_run (50);
  g_assert_false (sal_canvas_get_fit (last));
  g_assert_cmpfloat_with_epsilon (sal_canvas_get_zoom (last), sal_canvas_get_zoom (first), 0.1);
  sal_canvas_set_fit (last, TRUE);
  ui_run (50);
  g_assert_true (sal_canvas_get_fit (first));
  app_window_finish (window);
}

/* What stays where columns and rows come and go is not made anew; it goes with its column. */
static void
test_stays (void)
{
  SalWindow *window = compare_window_new ();

  if (window == NULL)
    return;
  SalComparison *self = compare_grid (window);
  SalComparePage *page = app_part (window, "compare_page");
  g_autofree char *butterfly = sal_bundled_example ("butterfly");
  GtkWidget *first = sal_compare_page_canvas (page, 0, 0);
  GtkWidget *second = sal_compare_page_canvas (page, 1, 0);
  GtkWidget *number = app_find_label (GTK_WIDGET (page), "0.??");

  g_assert_nonnull (number);
  g_assert_true (sal_comparison_add_picture (self, butterfly));
  g_assert_true (sal_compare_page_canvas (page, 0, 0) == first);
  sal_comparison_move (self, 0, 1);
  g_assert_true (sal_compare_page_canvas (page, 1, 0) == first);
  g_assert_true (sal_compare_page_canvas (page, 0, 0) == second);
  g_assert_nonnull (sal_canvas_get_heatmap (SAL_CANVAS (first)));
  /* Nothing of another one's picture while there is no answer yet. */
  g_assert_null (sal_canvas_get_picture (SAL_CANVAS (sal_compare_page_canvas (page, 0, 1))));
  compare_settle (window);
  compare_assert_done (window);
  g_assert_true (gtk_widget_get_root (number) != NULL);
  g_object_add_weak_pointer (G_OBJECT (second), (gpointer *) &second);
  sal_comparison_remove (self, 0);
  g_assert_null (second);
  g_assert_true (sal_compare_page_canvas (page, 0, 0) == first);
  compare_assert_done (window);
  app_window_finish (window);
}

/* Long work shows how far it is, and every cell can be stopped and taken up again. */
static void
test_cancel (void)
{
  SalWindow *window = compare_window_new ();

  if (window == NULL)
    return;
  SalComparison *self = compare_grid (window);
  GtkWidget *page = app_part (window, "compare_page");

  app_set (sal_window_document (window), "smooth", "smoothgrad");
  app_set (sal_window_document (window), "samples", "1000");
  sal_document_cancel (sal_window_document (window));
  app_settle (sal_window_document (window));
  app_activate (window, "win.page", "explore");
  ui_run (50);
  app_activate (window, "win.page", "compare");
  ui_run (300);
  g_assert_cmpint (sal_comparison_cell (self, 0, 0)->state, ==, SAL_CELL_RUNNING);
  g_assert_nonnull (app_find_label (page, "* of 4"));
  g_assert_nonnull (app_find_label (page, "*Same 1000 draws of noise (seed 0)*"));
  sal_comparison_cancel_cell (self, 0, 0);
  sal_comparison_cancel_cell (self, 2, 0);
  for (int i = 0; i < 1000 && sal_comparison_cell (self, 0, 0)->state != SAL_CELL_CANCELLED; i++)
    ui_run (10);
  g_assert_cmpint (sal_comparison_cell (self, 0, 0)->state, ==, SAL_CELL_CANCELLED);
  g_assert_cmpint (sal_comparison_cell (self, 2, 0)->state, ==, SAL_CELL_CANCELLED);
  sal_comparison_resume_cell (self, 2, 0);
  g_assert_cmpint (sal_comparison_cell (self, 2, 0)->state, !=, SAL_CELL_CANCELLED);
  /* As Escape does, for what one looks at alone. */
  g_assert_true (app_enabled (window, "cancel-compare"));
  app_activate (window, "win.page", "explore");
  g_assert_false (app_enabled (window, "cancel-compare"));
  app_activate (window, "win.page", "compare");
  ui_run (50);
  app_activate (window, "win.cancel-compare", NULL);
  compare_settle (window);
  g_assert_false (app_enabled (window, "cancel-compare"));
  for (guint i = 0; i < 4; i++)
    g_assert_cmpint (sal_comparison_cell (self, i, 0)->state, ==, SAL_CELL_CANCELLED);
  g_assert_nonnull (app_find_label (page, "Stopped"));
  /* What can be worked out again shows. */
  g_assert_nonnull (sal_canvas_get_picture (
      SAL_CANVAS (sal_compare_page_canvas (SAL_COMPARE_PAGE (page), 3, 0))));
  app_window_finish (window);
}

static void
press_key (GtkWidget *header, guint key)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (header);
  gboolean taken = FALSE;

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++) {
    g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);
    if (GTK_IS_EVENT_CONTROLLER_KEY (controller))
      g_signal_emit_by_name (controller, "key-pressed", key, 0, GDK_CONTROL_MASK, &taken);
  }
  ui_run (50);
}

static void
assert_focus (SalWindow *window, const char *column)
{
  GtkWidget *focus = gtk_root_get_focus (GTK_ROOT (window));
  g_autofree char *name = g_strdup_printf ("Remove column “%s”", column);

  g_assert_true (focus == compare_remover (window, column));
  gtk_test_accessible_assert_property (focus, GTK_ACCESSIBLE_PROPERTY_LABEL, name);
}

/* Each column has a button of its own name, and the keyboard stays with what it was at. */
static void
test_keyboard (void)
{
  SalWindow *window = compare_window_new ();

  if (window == NULL)
    return;
  SalComparison *self = compare_grid (window);

  g_assert_true (gtk_widget_grab_focus (compare_remover (window, "Gradient")));
  assert_focus (window, "Gradient");
  press_key (gtk_widget_get_parent (compare_remover (window, "Gradient")), GDK_KEY_Right);
  g_assert_cmpstr (sal_comparison_column_label (self, 2), ==, "Gradient");
  assert_focus (window, "Gradient");
  app_click (compare_remover (window, "Gradient"));
  ui_run (50);
  g_assert_cmpuint (sal_comparison_n_columns (self), ==, 3);
  assert_focus (window, sal_comparison_column_label (self, 2));
  app_click (compare_remover (window, sal_comparison_column_label (self, 2)));
  ui_run (50);
  assert_focus (window, sal_comparison_column_label (self, 1));
  app_window_finish (window);
}

/* In a narrow window the pictures have all the room, and what is beside them comes on request. */
static void
test_narrow (void)
{
  SalWindow *window = compare_window_new ();
  g_autofree char *butterfly = sal_bundled_example ("butterfly");

  if (window == NULL)
    return;
  GtkWidget *page = app_part (window, "compare_page");
  GObject *flap = gtk_widget_get_template_child (page, SAL_TYPE_COMPARE_PAGE, "flap");
  gpointer button = gtk_widget_get_template_child (page, SAL_TYPE_COMPARE_PAGE, "alike_button");
  gpointer cells = gtk_widget_get_template_child (page, SAL_TYPE_COMPARE_PAGE, "cells");
  gpointer scrolled = gtk_widget_get_ancestor (cells, GTK_TYPE_SCROLLED_WINDOW);
  GtkAdjustment *across = gtk_scrolled_window_get_hadjustment (scrolled);

  g_assert_true (sal_comparison_add_picture (compare_grid (window), butterfly));
  compare_settle (window);
  g_assert_false (adw_flap_get_folded (ADW_FLAP (flap)));
  g_assert_true (adw_flap_get_reveal_flap (ADW_FLAP (flap)));
  g_assert_false (gtk_widget_get_visible (button));
  gtk_window_set_default_size (GTK_WINDOW (window), 900, 650);
  ui_run (500);
  g_assert_cmpint (gtk_widget_get_width (GTK_WIDGET (window)), <=, 900);
  g_assert_true (adw_flap_get_folded (ADW_FLAP (flap)));
  g_assert_false (adw_flap_get_reveal_flap (ADW_FLAP (flap)));
  g_assert_cmpuint (sal_comparison_n_columns (compare_grid (window)), ==, 4);
  g_assert_cmpfloat (gtk_adjustment_get_upper (across), <=, gtk_adjustment_get_page_size (across));
  g_assert_true (gtk_widget_get_visible (button));
  gtk_toggle_button_set_active (button, TRUE);
  ui_run (500);
  g_assert_true (adw_flap_get_reveal_flap (ADW_FLAP (flap)));
  g_assert_true (gtk_widget_get_mapped (app_find_label (page, "How Alike")));
  app_activate (window, "win.side-panel", NULL); /* F9, that of this page */
  ui_run (500);
  g_assert_false (adw_flap_get_reveal_flap (ADW_FLAP (flap)));
  g_assert_false (gtk_toggle_button_get_active (button));
  g_assert_true (adw_flap_get_reveal_flap (app_part (window, "flap")));
  gtk_window_set_default_size (GTK_WINDOW (window), 1280, 800);
  ui_run (500);
  g_assert_false (adw_flap_get_folded (ADW_FLAP (flap)));
  g_assert_false (gtk_widget_get_visible (button));
  app_window_finish (window);
}

/* Who looks at one cell alone, and comes back, finds all of them as they were. */
static void
test_back (void)
{
  SalWindow *window = compare_window_new ();

  if (window == NULL)
    return;
  SalComparison *self = compare_grid (window);
  g_autofree char *butterfly = sal_bundled_example ("butterfly");
  /* Kept, so that no other one gets its address. */
  SalExplanation *before[4][2];

  g_assert_true (sal_comparison_add_picture (self, butterfly));
  compare_settle (window);
  for (guint i = 0; i < 4; i++)
    for (guint j = 0; j < 2; j++)
      before[i][j] = sal_explanation_ref (sal_comparison_cell (self, i, j)->explanation);
  /* Another method, and the other picture, which is the open one then and comes first. */
  g_signal_emit_by_name (app_part (window, "compare_page"), "opened", before[1][1]);
  ui_run (50);
  compare_leave_and_return (window);
  g_assert_cmpstr (sal_comparison_row_label (self, 0), ==, "butterfly.png");
  g_assert_cmpuint (sal_comparison_n_rows (self), ==, 2);
  for (guint i = 0; i < 4; i++)
    for (guint j = 0; j < 2; j++) {
      g_assert_cmpint (sal_comparison_cell (self, i, j)->state, ==, SAL_CELL_DONE);
      g_assert_true (sal_comparison_cell (self, i, j)->explanation == before[i][1 - j]);
    }
  /* What is asked otherwise is answered anew, and only that. */
  app_activate (window, "win.next-class", NULL);
  compare_leave_and_return (window);
  compare_settle (window);
  for (guint i = 0; i < 4; i++) {
    g_assert_true (sal_comparison_cell (self, i, 0)->explanation != before[i][1]);
    g_assert_true (sal_comparison_cell (self, i, 1)->explanation == before[i][0]);
    sal_explanation_unref (before[i][0]);
    sal_explanation_unref (before[i][1]);
  }
  compare_assert_done (window);
  app_window_finish (window);
}

/* What was removed by mistake comes back, with what had been worked out. */
static void
test_undo (void)
{
  SalWindow *window = compare_window_new ();

  if (window == NULL)
    return;
  SalComparison *self = compare_grid (window);
  g_autofree char *butterfly = sal_bundled_example ("butterfly");
  SalSimilarity similarity;

  g_assert_true (sal_comparison_add_picture (self, butterfly));
  compare_settle (window);
  SalExplanation *column[2] = { sal_comparison_cell (self, 1, 0)->explanation,
                                sal_comparison_cell (self, 1, 1)->explanation };
  app_click (compare_remover (window, "Gradient"));
  g_assert_cmpuint (sal_comparison_n_columns (self), ==, 3);
  app_wait_label (window, "Removed “Gradient”");
  app_click (app_find_button (GTK_WIDGET (window), "_Undo"));
  g_assert_cmpuint (sal_comparison_n_columns (self), ==, 4);
  for (guint j = 0; j < 2; j++)
    g_assert_true (sal_comparison_cell (self, 1, j)->explanation == column[j]);
  compare_settle (window);
  compare_assert_done (window);
  g_assert_true (sal_comparison_similarity (self, 0, 1, &similarity));

  /* A row, by the keyboard; and away again. */
  sal_comparison_remove_picture (self, 1);
  g_assert_cmpuint (sal_comparison_n_rows (self), ==, 1);
  sal_comparison_remove (self, 0);
  app_activate (window, "win.undo", NULL);
  g_assert_cmpuint (sal_comparison_n_columns (self), ==, 4);
  app_activate (window, "win.undo", NULL);
  g_assert_cmpuint (sal_comparison_n_rows (self), ==, 2);
  g_assert_true (sal_comparison_cell (self, 1, 1)->explanation == column[1]);
  app_activate (window, "win.redo", NULL);
  g_assert_cmpuint (sal_comparison_n_rows (self), ==, 1);
  app_activate (window, "win.undo", NULL);
  compare_settle (window);
  compare_assert_done (window);

  /* Into columns of another kind it does not come back; nor does it do harm. */
  sal_comparison_remove (self, 2);
  SalExplanation *kept = sal_comparison_cell (self, 0, 1)->explanation;
  compare_press (window, "Classes");
  app_activate (window, "win.undo", NULL);
  compare_settle (window);
  g_assert_cmpuint (sal_comparison_n_columns (self), ==, 4);
  compare_assert_done (window);

  /* Columns of one kind wait for their return while others are shown. */
  compare_press (window, "Methods");
  g_assert_cmpuint (sal_comparison_n_columns (self), ==, 3);
  g_assert_true (sal_comparison_cell (self, 0, 1)->explanation == kept);
  compare_settle (window);
  compare_assert_done (window);
  app_window_finish (window);
}

static gboolean
folder_listed (gpointer window)
{
  return gtk_widget_get_visible (app_part (window, "folder_strip"));
}

/* What is dropped is a row where it is a picture, and says so where there is no room. */
static void
test_drop (void)
{
  SalWindow *window = compare_window_new ();

  if (window == NULL)
    return;
  SalComparison *self = compare_grid (window);
  g_autofree char *picture = sal_bundled_picture (), *folder = g_path_get_dirname (picture);
  g_autofree char *contents = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (picture, &contents, &length, NULL));
  app_drop (window, folder);
  g_assert_true (ui_wait_until (folder_listed, window, 20000));
  g_assert_cmpuint (sal_comparison_n_rows (self), ==, 1);
  for (guint i = 1; i <= SAL_COMPARISON_SIDE; i++) {
    g_autofree char *name = g_strdup_printf ("row-%u.png", i), *path = test_scratch (name);

    test_write (path, contents, length);
    app_drop (window, path);
    g_assert_cmpuint (sal_comparison_n_rows (self), ==, MIN (i + 1, SAL_COMPARISON_SIDE));
  }
  app_wait_label (window, "There is no room for more");
  app_window_finish (window);
}

/* A window that goes while cells are being worked out leaves nothing behind. */
static void
test_early_end (void)
{
  SalWindow *window = app_window_with_example ();

  if (window == NULL)
    return;
  app_activate (window, "win.page", "compare");
  ui_run (30);
  app_window_finish (window);
}

int
main (int argc, char *argv[])
{
  app_init (&argc, &argv);
  g_test_add_func ("/app/compare/linked", test_linked);
  g_test_add_func ("/app/compare/stays", test_stays);
  g_test_add_func ("/app/compare/cancel", test_cancel);
  g_test_add_func ("/app/compare/keyboard", test_keyboard);
  g_test_add_func ("/app/compare/narrow", test_narrow);
  g_test_add_func ("/app/compare/back", test_back);
  g_test_add_func ("/app/compare/undo", test_undo);
  g_test_add_func ("/app/compare/drop", test_drop);
  g_test_add_func ("/app/compare/early-end", test_early_end);
  return app_end (g_test_run ());
}
