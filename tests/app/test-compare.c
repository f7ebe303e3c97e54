/* The comparison: cells fill by themselves, share what they should, move together, and can be
 * stopped. */
#include "app/bundled.h"
#include "app/compare-page.h"
#include "app/exhibit.h"
#include "app/looks.h"
#include "tests/app/app-window.h"
#include "ui/canvas.h"

#include <math.h>
#include <string.h>

static SalComparison *
comparison (SalWindow *window)
{
  return sal_compare_page_comparison (app_part (window, "compare_page"));
}

static gboolean
done (gpointer data)
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

static void
settle (SalWindow *window)
{
  g_assert_true (ui_wait_until (done, comparison (window), 120000));
  ui_run (100);
}

static SalWindow *
window_comparing (void)
{
  SalWindow *window = app_window_with_example ();

  if (window == NULL)
    return NULL;
  app_set (sal_window_document (window), "steps", "8");
  app_settle (sal_window_document (window));
  app_activate (window, "win.page", "compare");
  ui_run (50);
  settle (window);
  return window;
}

static void
press (SalWindow *window, const char *label)
{
  GtkWidget *button = app_find_button (app_part (window, "compare_page"), label);

  g_assert_nonnull (button);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (button), TRUE);
  ui_run (20);
}

static void
assert_all_done (SalWindow *window)
{
  SalComparison *self = comparison (window);

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

static void
test_methods (void)
{
  SalWindow *window = window_comparing ();

  if (window == NULL)
    return;
  SalComparison *self = comparison (window);
  GtkWidget *page = app_part (window, "compare_page");
  g_autofree char *butterfly = sal_bundled_example ("butterfly");
  SalSimilarity similarity;

  g_assert_cmpuint (sal_comparison_n_columns (self), ==, 4);
  g_assert_cmpuint (sal_comparison_n_rows (self), ==, 1);
  assert_all_done (window);
  g_assert_nonnull (app_find_label (page, "Integrated Gradients"));
  g_assert_nonnull (app_find_label (page, "clock 5* %"));
  g_assert_nonnull (app_find_label (page, "*Each cell has its own colour scale"));
  /* The document's own answer, bit for bit. */
  const SalCell *own = sal_comparison_cell (self, 0, 0);
  SalExplanation *answer = sal_document_explanation (sal_window_document (window));
  g_assert_true (own->explanation->method == answer->method);
  g_assert_cmpmem (sal_tensor_floats (own->explanation->attribution->values), 4000,
                   sal_tensor_floats (answer->attribution->values), 4000);

  /* Another picture is another row, about its own class. */
  g_assert_true (sal_comparison_add_picture (self, butterfly));
  g_assert_false (sal_comparison_add_picture (self, butterfly));
  settle (window);
  g_assert_cmpuint (sal_comparison_n_rows (self), ==, 2);
  assert_all_done (window);
  g_assert_nonnull (app_find_label (page, "butterfly 9* %"));
  g_assert_true (sal_comparison_similarity (self, 0, 1, &similarity));
  g_assert_cmpfloat (fabs (similarity.spearman), <=, 1);
  g_assert_nonnull (app_find_label (app_part (window, "compare_page"), "0.*"));

  /* Columns come, go and change places, each with its answers. */
  const SalCell *moved = sal_comparison_cell (self, 0, 1);
  sal_comparison_move (self, 0, 2);
  g_assert_true (sal_comparison_cell (self, 2, 1) == moved);
  g_assert_cmpint (moved->state, ==, SAL_CELL_DONE);
  g_assert_true (sal_comparison_add (self, "layer-cam"));
  g_assert_false (sal_comparison_add (self, "layer-cam"));
  g_assert_false (sal_comparison_add (self, "/a/dropped/model.onnx"));
  settle (window);
  assert_all_done (window);
  g_assert_cmpuint (sal_comparison_n_columns (self), ==, 5);
  sal_comparison_remove (self, 2);
  g_assert_cmpuint (sal_comparison_n_columns (self), ==, 4);
  ui_run (50);
  g_assert_null (app_find_label (page, "Integrated Gradients"));
  sal_comparison_remove_picture (self, 1);
  settle (window);
  assert_all_done (window);
  app_window_finish (window);
}

static SalAppearance
appearance_of (SalWindow *window, const SalExplanation *answer)
{
  return sal_looks_appearance (answer->method, answer->settings,
                               sal_document_looks (sal_window_document (window)));
}

/* Returns: (transfer full): what the column is compared by, as it is to be shown now */
static SalHeatmap *
compared (SalWindow *window, guint column)
{
  const SalExplanation *answer = sal_comparison_cell (comparison (window), column, 0)->explanation;
  SalAppearance appearance = appearance_of (window, answer);
  SalHeatmap *map = sal_exhibit_comparable (answer, &appearance, NULL);

  g_assert_nonnull (map);
  return map;
}

/* What the column shows at full strength when it has a scale of its own. */
static double
own_scale (SalWindow *window, guint column)
{
  const SalExplanation *answer = sal_comparison_cell (comparison (window), column, 0)->explanation;
  SalAppearance appearance = appearance_of (window, answer);
  SalTensor *values = answer->attribution->values;
  SalLayout layout = sal_explanation_layout (answer, values);
  g_autoptr (SalHeatmap) map = sal_heatmap_new (values, layout, &appearance.heatmap, NULL);

  g_assert_nonnull (map);
  return sal_heatmap_limit (map);
}

static guint
strongest_column (SalWindow *window)
{
  double most = 0;
  guint found = 0;

  for (guint i = 0; i < sal_comparison_n_columns (comparison (window)); i++) {
    double scale = own_scale (window, i);
    if (scale > most) {
      most = scale;
      found = i;
    }
  }
  return found;
}

static void
assert_one_scale (SalWindow *window)
{
  SalComparison *self = comparison (window);
  double strongest = own_scale (window, strongest_column (window));

  for (guint i = 0; i < sal_comparison_n_columns (self); i++)
    g_assert_cmpfloat (sal_heatmap_limit (sal_comparison_cell (self, i, 0)->heatmap), ==,
                       strongest);
}

/* One scale: what is shown as 1 is the same everywhere. */
static void
test_scale (void)
{
  SalWindow *window = window_comparing ();

  if (window == NULL)
    return;
  SalComparison *self = comparison (window);

  press (window, "Classes");
  settle (window);
  assert_all_done (window);
  g_assert_cmpuint (sal_comparison_n_columns (self), ==, 4);
  g_assert_cmpint (sal_comparison_cell (self, 0, 0)->explanation->target.class_index, !=,
                   sal_comparison_cell (self, 1, 0)->explanation->target.class_index);
  press (window, "One Colour Scale");
  settle (window);
  assert_one_scale (window);
  g_assert_nonnull (
      app_find_label (app_part (window, "compare_page"), "*One colour scale for all"));
  assert_all_done (window);

  /* Of those that are left, once the strongest has gone; and its own again when it is back. */
  sal_comparison_remove (self, strongest_column (window));
  settle (window);
  assert_all_done (window);
  assert_one_scale (window);
  app_activate (window, "win.undo", NULL);
  settle (window);
  assert_all_done (window);
  assert_one_scale (window);
  app_window_finish (window);
}

/* What is looked for in vain is said to be; Escape closes the popover. */
static void
assert_search (GtkWidget *page)
{
  gpointer add = gtk_widget_get_template_child (page, SAL_TYPE_COMPARE_PAGE, "add");
  gpointer search = gtk_widget_get_template_child (page, SAL_TYPE_COMPARE_PAGE, "search");
  gpointer nothing = gtk_widget_get_template_child (page, SAL_TYPE_COMPARE_PAGE, "nothing");
  gpointer choices = gtk_widget_get_template_child (page, SAL_TYPE_COMPARE_PAGE, "choices");

  gtk_menu_button_popup (add);
  ui_run (50);
  g_assert_true (gtk_widget_get_visible (choices));
  g_assert_false (gtk_widget_get_visible (nothing));
  gtk_editable_set_text (search, "no such layer");
  g_assert_true (gtk_widget_get_visible (nothing));
  gtk_editable_set_text (search, "conv");
  g_assert_false (gtk_widget_get_visible (nothing));
  g_signal_emit_by_name (search, "stop-search");
  ui_run (50);
  g_assert_false (gtk_widget_get_visible (choices));
}

static void
test_layers_and_models (void)
{
  SalWindow *window = window_comparing ();

  if (window == NULL)
    return;
  SalComparison *self = comparison (window);
  GtkWidget *page = app_part (window, "compare_page");
  g_autofree char *model = sal_bundled_model (), *contents = NULL;
  g_autofree char *copy = test_scratch ("second.onnx"), *broken = test_scratch ("broken.onnx");
  gsize length;

  press (window, "Layers");
  settle (window);
  assert_all_done (window);
  g_assert_nonnull (app_find_label (page, "relu6"));
  assert_search (page);
  g_assert_nonnull (app_find_label (page, "Grad-CAM\n*"));

  press (window, "Models");
  settle (window);
  g_assert_cmpuint (sal_comparison_n_columns (self), ==, 1);
  g_assert_true (g_file_get_contents (model, &contents, &length, NULL));
  test_write (copy, contents, length);
  test_write (broken, "no model", 8);
  g_assert_true (sal_comparison_add (self, copy));
  g_assert_true (sal_comparison_add (self, broken));
  settle (window);
  g_assert_cmpint (sal_comparison_cell (self, 1, 0)->state, ==, SAL_CELL_DONE);
  g_assert_cmpint (sal_comparison_cell (self, 2, 0)->state, ==, SAL_CELL_FAILED);
  g_assert_nonnull (app_find_label (page, "*broken*"));
  /* The reason stands in the empty cell, all of it. */
  GtkWidget *reason = app_find_label (page, "*is not an ONNX model");
  g_assert_nonnull (reason);
  ui_run (100);
  g_assert_false (pango_layout_is_ellipsized (gtk_label_get_layout (GTK_LABEL (reason))));
  /* And no number is promised that would compare it. */
  app_wait_label (page, "?.??");
  g_assert_nonnull (app_find_label (page, "–"));
  g_assert_null (app_find_label (page, "…"));
  app_window_finish (window);
}

static int
explained (SalComparison *self, guint column)
{
  const SalCell *cell = sal_comparison_cell (self, column, 0);

  g_assert_cmpint (cell->state, ==, SAL_CELL_DONE);
  return cell->explanation->target.class_index;
}

/* Every model is asked for the class that is asked for, by its name, and its number elsewhere may
 * be another; a model that has no such class is asked for its highest. */
static void
test_classes_of_models (void)
{
  static const char *const names[] = { "mushroom\nclock\nhouse\nboat\nfish\nkey\nmug\nbutterfly\n"
                                       "umbrella\ncactus\n",
                                       "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n" };
  SalWindow *window = window_comparing ();

  if (window == NULL)
    return;
  SalComparison *self = comparison (window);
  SalDocument *document = sal_window_document (window);
  g_autofree char *model = sal_bundled_model (), *contents = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (model, &contents, &length, NULL));
  press (window, "Models");
  settle (window);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *name = g_strdup_printf ("renamed-%zu", i);
    g_autofree char *stem = test_scratch (name);
    g_autofree char *path = g_strconcat (stem, ".onnx", NULL);
    g_autofree char *labels = g_strconcat (stem, ".txt", NULL);
    g_autofree char *sidecar = g_strconcat (stem, ".json", NULL);
    g_autofree char *json =
        g_strdup_printf ("{\"mean\": [0.5, 0.5, 0.5], \"std\": [0.5, 0.5, 0.5], "
                         "\"labels\": \"%s.txt\"}",
                         name);

    test_write (path, contents, length);
    test_write (labels, names[i], strlen (names[i]));
    test_write (sidecar, json, strlen (json));
    g_assert_true (sal_comparison_add (self, path));
  }
  settle (window);
  g_assert_cmpint (explained (self, 0), ==, 3);
  g_assert_cmpint (explained (self, 1), ==, 1);
  g_assert_cmpint (explained (self, 2), ==, 3);

  /* Mushroom, which no one of them has as its highest, rather than clock. */
  app_activate (window, "win.page", "explore");
  sal_document_set_target (document, 8);
  sal_document_set_versus (document, 3);
  app_settle (document);
  app_activate (window, "win.page", "compare");
  ui_run (50);
  settle (window);
  g_assert_cmpint (explained (self, 0), ==, 8);
  g_assert_cmpint (explained (self, 1), ==, 0);
  g_assert_cmpint (explained (self, 2), ==, 3);
  g_assert_cmpint (sal_comparison_cell (self, 1, 0)->explanation->target.versus, ==, 1);
  g_assert_cmpint (sal_comparison_cell (self, 2, 0)->explanation->target.versus, ==, -1);
  g_assert_nonnull (app_find_label (app_part (window, "compare_page"), "*“mushroom”, or the *"));

  /* What is there is not worked out anew. */
  const SalExplanation *before = sal_comparison_cell (self, 1, 0)->explanation;
  app_activate (window, "win.page", "explore");
  ui_run (50);
  app_activate (window, "win.page", "compare");
  ui_run (50);
  settle (window);
  g_assert_true (sal_comparison_cell (self, 1, 0)->explanation == before);
  app_window_finish (window);
}

/* Zoom and pan are those of all. */
static void
test_linked (void)
{
  SalWindow *window = window_comparing ();

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
  SalWindow *window = window_comparing ();

  if (window == NULL)
    return;
  SalComparison *self = comparison (window);
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
  settle (window);
  assert_all_done (window);
  g_assert_true (gtk_widget_get_root (number) != NULL);
  g_object_add_weak_pointer (G_OBJECT (second), (gpointer *) &second);
  sal_comparison_remove (self, 0);
  g_assert_null (second);
  g_assert_true (sal_compare_page_canvas (page, 0, 0) == first);
  assert_all_done (window);
  app_window_finish (window);
}

/* Long work shows how far it is, and every cell can be stopped and taken up again. */
static void
test_cancel (void)
{
  SalWindow *window = window_comparing ();

  if (window == NULL)
    return;
  SalComparison *self = comparison (window);
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
  settle (window);
  g_assert_false (app_enabled (window, "cancel-compare"));
  for (guint i = 0; i < 4; i++)
    g_assert_cmpint (sal_comparison_cell (self, i, 0)->state, ==, SAL_CELL_CANCELLED);
  g_assert_nonnull (app_find_label (page, "Stopped"));
  /* What can be worked out again shows. */
  g_assert_nonnull (sal_canvas_get_picture (
      SAL_CANVAS (sal_compare_page_canvas (SAL_COMPARE_PAGE (page), 3, 0))));
  app_window_finish (window);
}

static GtkWidget *
remover (SalWindow *window, const char *column)
{
  GtkWidget *label = app_find_label (app_part (window, "compare_page"), column);

  g_assert_nonnull (label);
  return gtk_widget_get_next_sibling (label);
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

  g_assert_true (focus == remover (window, column));
  gtk_test_accessible_assert_property (focus, GTK_ACCESSIBLE_PROPERTY_LABEL, name);
}

/* Each column has a button of its own name, and the keyboard stays with what it was at. */
static void
test_keyboard (void)
{
  SalWindow *window = window_comparing ();

  if (window == NULL)
    return;
  SalComparison *self = comparison (window);

  g_assert_true (gtk_widget_grab_focus (remover (window, "Gradient")));
  assert_focus (window, "Gradient");
  press_key (gtk_widget_get_parent (remover (window, "Gradient")), GDK_KEY_Right);
  g_assert_cmpstr (sal_comparison_column_label (self, 2), ==, "Gradient");
  assert_focus (window, "Gradient");
  app_click (remover (window, "Gradient"));
  ui_run (50);
  g_assert_cmpuint (sal_comparison_n_columns (self), ==, 3);
  assert_focus (window, sal_comparison_column_label (self, 2));
  app_click (remover (window, sal_comparison_column_label (self, 2)));
  ui_run (50);
  assert_focus (window, sal_comparison_column_label (self, 1));
  app_window_finish (window);
}

/* In a narrow window the pictures have all the room, and what is beside them comes on request. */
static void
test_narrow (void)
{
  SalWindow *window = window_comparing ();
  g_autofree char *butterfly = sal_bundled_example ("butterfly");

  if (window == NULL)
    return;
  GtkWidget *page = app_part (window, "compare_page");
  GObject *flap = gtk_widget_get_template_child (page, SAL_TYPE_COMPARE_PAGE, "flap");
  gpointer button = gtk_widget_get_template_child (page, SAL_TYPE_COMPARE_PAGE, "alike_button");
  gpointer cells = gtk_widget_get_template_child (page, SAL_TYPE_COMPARE_PAGE, "cells");
  gpointer scrolled = gtk_widget_get_ancestor (cells, GTK_TYPE_SCROLLED_WINDOW);
  GtkAdjustment *across = gtk_scrolled_window_get_hadjustment (scrolled);

  g_assert_true (sal_comparison_add_picture (comparison (window), butterfly));
  settle (window);
  g_assert_false (adw_flap_get_folded (ADW_FLAP (flap)));
  g_assert_true (adw_flap_get_reveal_flap (ADW_FLAP (flap)));
  g_assert_false (gtk_widget_get_visible (button));
  gtk_window_set_default_size (GTK_WINDOW (window), 900, 650);
  ui_run (500);
  g_assert_cmpint (gtk_widget_get_width (GTK_WIDGET (window)), <=, 900);
  g_assert_true (adw_flap_get_folded (ADW_FLAP (flap)));
  g_assert_false (adw_flap_get_reveal_flap (ADW_FLAP (flap)));
  g_assert_cmpuint (sal_comparison_n_columns (comparison (window)), ==, 4);
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

static void
leave_and_return (SalWindow *window)
{
  app_settle (sal_window_document (window));
  app_activate (window, "win.page", "explore");
  ui_run (50);
  app_activate (window, "win.page", "compare");
  ui_run (50);
}

/* Who looks at one cell alone, and comes back, finds all of them as they were. */
static void
test_back (void)
{
  SalWindow *window = window_comparing ();

  if (window == NULL)
    return;
  SalComparison *self = comparison (window);
  g_autofree char *butterfly = sal_bundled_example ("butterfly");
  /* Kept, so that no other one gets its address. */
  SalExplanation *before[4][2];

  g_assert_true (sal_comparison_add_picture (self, butterfly));
  settle (window);
  for (guint i = 0; i < 4; i++)
    for (guint j = 0; j < 2; j++)
      before[i][j] = sal_explanation_ref (sal_comparison_cell (self, i, j)->explanation);
  /* Another method, and the other picture, which is the open one then and comes first. */
  g_signal_emit_by_name (app_part (window, "compare_page"), "opened", before[1][1]);
  ui_run (50);
  leave_and_return (window);
  g_assert_cmpstr (sal_comparison_row_label (self, 0), ==, "butterfly.png");
  g_assert_cmpuint (sal_comparison_n_rows (self), ==, 2);
  for (guint i = 0; i < 4; i++)
    for (guint j = 0; j < 2; j++) {
      g_assert_cmpint (sal_comparison_cell (self, i, j)->state, ==, SAL_CELL_DONE);
      g_assert_true (sal_comparison_cell (self, i, j)->explanation == before[i][1 - j]);
    }
  /* What is asked otherwise is answered anew, and only that. */
  app_activate (window, "win.next-class", NULL);
  leave_and_return (window);
  settle (window);
  for (guint i = 0; i < 4; i++) {
    g_assert_true (sal_comparison_cell (self, i, 0)->explanation != before[i][1]);
    g_assert_true (sal_comparison_cell (self, i, 1)->explanation == before[i][0]);
    sal_explanation_unref (before[i][0]);
    sal_explanation_unref (before[i][1]);
  }
  assert_all_done (window);
  app_window_finish (window);
}

/* Columns that were chosen stay when the model is prepared otherwise, or its classes renamed. */
static void
test_chosen_columns (void)
{
  SalWindow *window = window_comparing ();

  if (window == NULL)
    return;
  SalComparison *self = comparison (window);
  SalDocument *document = sal_window_document (window);
  const char *const names[] = { NULL };
  g_autoptr (SalModel) nameless =
      sal_model_with_labels (sal_document_model (document), names, NULL, NULL);

  sal_comparison_remove (self, 0);
  g_assert_true (sal_comparison_add (self, "layer-cam"));
  settle (window);
  sal_document_take_model (document, nameless);
  app_settle (document);
  settle (window);
  g_assert_cmpuint (sal_comparison_n_columns (self), ==, 4);
  g_assert_cmpstr (sal_comparison_column_label (self, 3), ==, "LayerCAM");
  assert_all_done (window);
  g_assert_true (sal_comparison_cell (self, 0, 0)->explanation->view->model == nameless);

  press (window, "Classes");
  settle (window);
  sal_comparison_remove (self, 0);
  g_autofree char *unnamed = g_strdup (sal_comparison_column_label (self, 0));
  g_autoptr (SalModel) again = sal_work_open_model (sal_model_path (nameless), NULL, NULL);
  sal_document_take_model (document, again);
  app_settle (document);
  settle (window);
  g_assert_cmpuint (sal_comparison_n_columns (self), ==, 3); /* opened again: they stay */
  g_assert_cmpstr (sal_comparison_column_label (self, 0), !=, unnamed);
  g_autoptr (SalModel) other = sal_model_open (sal_model_path (nameless), NULL);
  sal_document_take_model (document, other);
  app_settle (document);
  settle (window);
  g_assert_cmpuint (sal_comparison_n_columns (self), ==, 4); /* another graph: afresh */
  g_assert_nonnull (app_find_label (app_part (window, "compare_page"), "clock"));
  app_window_finish (window);
}

/* Columns of layers are those of a method that has some, whatever is asked elsewhere. */
static void
test_layers_again (void)
{
  SalWindow *window = app_window_with_example ();

  if (window == NULL)
    return;
  SalComparison *self = comparison (window);

  app_set_method (window, "occlusion");
  app_activate (window, "win.page", "compare");
  ui_run (50);
  press (window, "Layers");
  settle (window);
  SalExplanation *before = sal_comparison_cell (self, 2, 0)->explanation;
  leave_and_return (window);
  g_assert_true (sal_comparison_cell (self, 2, 0)->explanation == before);
  /* Also when they come back to another method than they were left with. */
  press (window, "Methods");
  app_set_method (window, "gradient");
  leave_and_return (window);
  app_set_method (window, "lime");
  leave_and_return (window);
  press (window, "Layers");
  settle (window);
  assert_all_done (window);
  app_window_finish (window);
}

/* What was removed by mistake comes back, with what had been worked out. */
static void
test_undo (void)
{
  SalWindow *window = window_comparing ();

  if (window == NULL)
    return;
  SalComparison *self = comparison (window);
  g_autofree char *butterfly = sal_bundled_example ("butterfly");
  SalSimilarity similarity;

  g_assert_true (sal_comparison_add_picture (self, butterfly));
  settle (window);
  SalExplanation *column[2] = { sal_comparison_cell (self, 1, 0)->explanation,
                                sal_comparison_cell (self, 1, 1)->explanation };
  app_click (remover (window, "Gradient"));
  g_assert_cmpuint (sal_comparison_n_columns (self), ==, 3);
  app_wait_label (window, "Removed “Gradient”");
  app_click (app_find_button (GTK_WIDGET (window), "_Undo"));
  g_assert_cmpuint (sal_comparison_n_columns (self), ==, 4);
  for (guint j = 0; j < 2; j++)
    g_assert_true (sal_comparison_cell (self, 1, j)->explanation == column[j]);
  settle (window);
  assert_all_done (window);
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
  settle (window);
  assert_all_done (window);

  /* Into columns of another kind it does not come back; nor does it do harm. */
  sal_comparison_remove (self, 2);
  SalExplanation *kept = sal_comparison_cell (self, 0, 1)->explanation;
  press (window, "Classes");
  app_activate (window, "win.undo", NULL);
  settle (window);
  g_assert_cmpuint (sal_comparison_n_columns (self), ==, 4);
  assert_all_done (window);

  /* Columns of one kind wait for their return while others are shown. */
  press (window, "Methods");
  g_assert_cmpuint (sal_comparison_n_columns (self), ==, 3);
  g_assert_true (sal_comparison_cell (self, 0, 1)->explanation == kept);
  settle (window);
  assert_all_done (window);
  app_window_finish (window);
}

/* What is shown, and what is compared, is the part of the attribution that the looks ask for. */
static void
assert_looks (SalWindow *window, gboolean both_signs)
{
  SalComparison *self = comparison (window);
  g_autoptr (SalHeatmap) a = compared (window, 0), b = compared (window, 1);
  const SalRect *seen = &sal_comparison_cell (self, 0, 0)->explanation->view->seen;
  SalSimilarity wanted, found;

  settle (window);
  assert_all_done (window);
  for (guint i = 0; i < 2; i++)
    g_assert_cmpint (sal_heatmap_signed (sal_comparison_cell (self, i, 0)->heatmap), ==,
                     both_signs);
  g_assert_true (sal_similarity_pair (a, seen, b, seen, &wanted, NULL, NULL, NULL));
  g_assert_true (sal_comparison_similarity (self, 0, 1, &found));
  g_assert_cmpfloat (found.spearman, ==, wanted.spearman);
}

/* Also of columns that were away meanwhile. */
static void
test_looks (void)
{
  SalWindow *window = window_comparing ();

  if (window == NULL)
    return;
  SalComparison *self = comparison (window);
  SalDocument *document = sal_window_document (window);

  app_set_look (document, "sign", "absolute");
  leave_and_return (window);
  assert_looks (window, FALSE);

  app_click (remover (window, sal_comparison_column_label (self, 0)));
  app_wait_label (window, "Removed “*”");
  app_set_look (document, "sign", "signed");
  leave_and_return (window);
  app_click (app_find_button (GTK_WIDGET (window), "_Undo"));
  g_assert_cmpuint (sal_comparison_n_columns (self), ==, 4);
  assert_looks (window, TRUE);

  press (window, "Classes");
  settle (window);
  app_set_look (document, "sign", "absolute");
  leave_and_return (window);
  sal_comparison_set_axis (self, SAL_COMPARE_METHODS);
  for (guint i = 0; i < 4; i++) { /* nothing of the classes that were there */
    GtkWidget *canvas = sal_compare_page_canvas (app_part (window, "compare_page"), i, 0);
    g_assert_true (sal_canvas_get_heatmap (SAL_CANVAS (canvas)) ==
                   sal_comparison_cell (self, i, 0)->heatmap);
  }
  assert_looks (window, FALSE);
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
  SalWindow *window = window_comparing ();

  if (window == NULL)
    return;
  SalComparison *self = comparison (window);
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

/* A row that is gone leaves nothing of its picture in columns that wait for their return. */
static void
test_row_gone (void)
{
  g_autofree char *model = sal_bundled_model (), *first = sal_bundled_picture ();
  g_autofree char *butterfly = sal_bundled_example ("butterfly");
  g_autoptr (GError) error = NULL;

  if (model == NULL || first == NULL) {
    g_test_skip ("the bundled example is absent");
    return;
  }
  g_autoptr (SalView) view = sal_work_see (NULL, model, NULL, first, NULL, &error);
  g_assert_no_error (error);
  g_autoptr (SalComparison) self = sal_comparison_new ();
  g_autoptr (SalSettings) settings = sal_settings_new ();
  g_autoptr (SalSettings) looks = sal_looks_new ();

  sal_comparison_ask (self, view, sal_method_find ("grad-cam"), settings,
                      (SalTarget){ 0, -1, SAL_OUTPUT_LOGIT }, looks);
  sal_comparison_set_axis (self, SAL_COMPARE_CLASSES);
  g_assert_true (sal_comparison_add_picture (self, butterfly));
  g_assert_true (ui_wait_until (done, self, 120000));
  g_autoptr (SalPicture) picture =
      sal_picture_ref (sal_comparison_cell (self, 0, 1)->explanation->view->picture);
  sal_comparison_set_axis (self, SAL_COMPARE_METHODS);
  g_assert_true (ui_wait_until (done, self, 120000));
  sal_comparison_remove_picture (self, 1);
  g_assert_true (ui_wait_until (done, self, 120000));
  ui_run (50);
  g_assert_true (g_atomic_ref_count_compare (&picture->refs, 1));
  sal_comparison_set_axis (self, SAL_COMPARE_CLASSES);
  g_assert_cmpint (sal_comparison_cell (self, 0, 0)->state, ==, SAL_CELL_DONE);
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
  g_test_add_func ("/app/compare/methods", test_methods);
  g_test_add_func ("/app/compare/scale", test_scale);
  g_test_add_func ("/app/compare/layers-and-models", test_layers_and_models);
  g_test_add_func ("/app/compare/classes-of-models", test_classes_of_models);
  g_test_add_func ("/app/compare/linked", test_linked);
  g_test_add_func ("/app/compare/stays", test_stays);
  g_test_add_func ("/app/compare/cancel", test_cancel);
  g_test_add_func ("/app/compare/keyboard", test_keyboard);
  g_test_add_func ("/app/compare/narrow", test_narrow);
  g_test_add_func ("/app/compare/back", test_back);
  g_test_add_func ("/app/compare/chosen-columns", test_chosen_columns);
  g_test_add_func ("/app/compare/layers-again", test_layers_again);
  g_test_add_func ("/app/compare/undo", test_undo);
  g_test_add_func ("/app/compare/looks", test_looks);
  g_test_add_func ("/app/compare/drop", test_drop);
  g_test_add_func ("/app/compare/row-gone", test_row_gone);
  g_test_add_func ("/app/compare/early-end", test_early_end);
  return app_end (g_test_run ());
}
