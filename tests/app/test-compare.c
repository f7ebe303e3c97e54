/* The comparison's cells: what they are asked by method, class, layer and model, what they show and
 * are compared by, and what is kept of them. */
#include "app/bundled.h"
#include "app/exhibit.h"
#include "app/looks.h"
#include "tests/app/compare-support.h"
#include "ui/canvas.h"

#include <math.h>
#include <string.h>

static void
test_methods (void)
{
  SalWindow *window = compare_window_new ();

  if (window == NULL)
    return;
  SalComparison *self = compare_grid (window);
  GtkWidget *page = app_part (window, "compare_page");
  g_autofree char *butterfly = sal_bundled_example ("butterfly");
  SalSimilarity similarity;

  g_assert_cmpuint (sal_comparison_n_columns (self), ==, 4);
  g_assert_cmpuint (sal_comparison_n_rows (self), ==, 1);
  compare_assert_done (window);
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
  compare_settle (window);
  g_assert_cmpuint (sal_comparison_n_rows (self), ==, 2);
  compare_assert_done (window);
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
  compare_settle (window);
  compare_assert_done (window);
  g_assert_cmpuint (sal_comparison_n_columns (self), ==, 5);
  sal_comparison_remove (self, 2);
  g_assert_cmpuint (sal_comparison_n_columns (self), ==, 4);
  ui_run (50);
  g_assert_null (app_find_label (page, "Integrated Gradients"));
  sal_comparison_remove_picture (self, 1);
  compare_settle (window);
  compare_assert_done (window);
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
  const SalExplanation *answer =
      sal_comparison_cell (compare_grid (window), column, 0)->explanation;
  SalAppearance appearance = appearance_of (window, answer);
  SalHeatmap *map = sal_exhibit_comparable (answer, &appearance, NULL);

  g_assert_nonnull (map);
  return map;
}

/* What the column shows at full strength when it has a scale of its own. */
static double
own_scale (SalWindow *window, guint column)
{
  const SalExplanation *answer =
      sal_comparison_cell (compare_grid (window), column, 0)->explanation;
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

  for (guint i = 0; i < sal_comparison_n_columns (compare_grid (window)); i++) {
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
  SalComparison *self = compare_grid (window);
  double strongest = own_scale (window, strongest_column (window));

  for (guint i = 0; i < sal_comparison_n_columns (self); i++)
    g_assert_cmpfloat (sal_heatmap_limit (sal_comparison_cell (self, i, 0)->heatmap), ==,
                       strongest);
}

/* One scale: what is shown as 1 is the same everywhere. */
static void
test_scale (void)
{
  SalWindow *window = compare_window_new ();

  if (window == NULL)
    return;
  SalComparison *self = compare_grid (window);

  compare_press (window, "Classes");
  compare_settle (window);
  compare_assert_done (window);
  g_assert_cmpuint (sal_comparison_n_columns (self), ==, 4);
  g_assert_cmpint (sal_comparison_cell (self, 0, 0)->explanation->target.class_index, !=,
                   sal_comparison_cell (self, 1, 0)->explanation->target.class_index);
  compare_press (window, "One Colour Scale");
  compare_settle (window);
  assert_one_scale (window);
  g_assert_nonnull (
      app_find_label (app_part (window, "compare_page"), "*One colour scale for all"));
  compare_assert_done (window);

  /* Of those that are left, once the strongest has gone; and its own again when it is back. */
  sal_comparison_remove (self, strongest_column (window));
  compare_settle (window);
  compare_assert_done (window);
  assert_one_scale (window);
  app_activate (window, "win.undo", NULL);
  compare_settle (window);
  compare_assert_done (window);
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
  SalWindow *window = compare_window_new ();

  if (window == NULL)
    return;
  SalComparison *self = compare_grid (window);
  GtkWidget *page = app_part (window, "compare_page");
  g_autofree char *model = sal_bundled_model (), *contents = NULL;
  g_autofree char *copy = test_scratch ("second.onnx"), *broken = test_scratch ("broken.onnx");
  gsize length;

  compare_press (window, "Layers");
  compare_settle (window);
  compare_assert_done (window);
  g_assert_nonnull (app_find_label (page, "relu6"));
  assert_search (page);
  g_assert_nonnull (app_find_label (page, "Grad-CAM\n*"));

  compare_press (window, "Models");
  compare_settle (window);
  g_assert_cmpuint (sal_comparison_n_columns (self), ==, 1);
  g_assert_true (g_file_get_contents (model, &contents, &length, NULL));
  test_write (copy, contents, length);
  test_write (broken, "no model", 8);
  g_assert_true (sal_comparison_add (self, copy));
  g_assert_true (sal_comparison_add (self, broken));
  compare_settle (window);
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
  SalWindow *window = compare_window_new ();

  if (window == NULL)
    return;
  SalComparison *self = compare_grid (window);
  SalDocument *document = sal_window_document (window);
  g_autofree char *model = sal_bundled_model (), *contents = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (model, &contents, &length, NULL));
  compare_press (window, "Models");
  compare_settle (window);
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
  compare_settle (window);
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
  compare_settle (window);
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
  compare_settle (window);
  g_assert_true (sal_comparison_cell (self, 1, 0)->explanation == before);
  app_window_finish (window);
}

/* Columns that were chosen stay when the model is prepared otherwise, or its classes renamed. */
static void
test_chosen_columns (void)
{
  SalWindow *window = compare_window_new ();

  if (window == NULL)
    return;
  SalComparison *self = compare_grid (window);
  SalDocument *document = sal_window_document (window);
  const char *const names[] = { NULL };
  g_autoptr (SalModel) nameless =
      sal_model_with_labels (sal_document_model (document), names, NULL, NULL);

  sal_comparison_remove (self, 0);
  g_assert_true (sal_comparison_add (self, "layer-cam"));
  compare_settle (window);
  sal_document_take_model (document, nameless);
  app_settle (document);
  compare_settle (window);
  g_assert_cmpuint (sal_comparison_n_columns (self), ==, 4);
  g_assert_cmpstr (sal_comparison_column_label (self, 3), ==, "LayerCAM");
  compare_assert_done (window);
  g_assert_true (sal_comparison_cell (self, 0, 0)->explanation->view->model == nameless);

  compare_press (window, "Classes");
  compare_settle (window);
  sal_comparison_remove (self, 0);
  g_autofree char *unnamed = g_strdup (sal_comparison_column_label (self, 0));
  g_autoptr (SalModel) again = sal_work_open_model (sal_model_path (nameless), NULL, NULL);
  sal_document_take_model (document, again);
  app_settle (document);
  compare_settle (window);
  g_assert_cmpuint (sal_comparison_n_columns (self), ==, 3); /* opened again: they stay */
  g_assert_cmpstr (sal_comparison_column_label (self, 0), !=, unnamed);
  g_autoptr (SalModel) other = sal_model_open (sal_model_path (nameless), NULL);
  sal_document_take_model (document, other);
  app_settle (document);
  compare_settle (window);
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
  SalComparison *self = compare_grid (window);

  app_set_method (window, "occlusion");
  app_activate (window, "win.page", "compare");
  ui_run (50);
  compare_press (window, "Layers");
  compare_settle (window);
  SalExplanation *before = sal_comparison_cell (self, 2, 0)->explanation;
  compare_leave_and_return (window);
  g_assert_true (sal_comparison_cell (self, 2, 0)->explanation == before);
  /* Also when they come back to another method than they were left with. */
  compare_press (window, "Methods");
  app_set_method (window, "gradient");
  compare_leave_and_return (window);
  app_set_method (window, "lime");
  compare_leave_and_return (window);
  compare_press (window, "Layers");
  compare_settle (window);
  compare_assert_done (window);
  app_window_finish (window);
}

/* What is shown, and what is compared, is the part of the attribution that the looks ask for. */
static void
assert_looks (SalWindow *window, gboolean both_signs)
{
  SalComparison *self = compare_grid (window);
  g_autoptr (SalHeatmap) a = compared (window, 0), b = compared (window, 1);
  const SalRect *seen = &sal_comparison_cell (self, 0, 0)->explanation->view->seen;
  SalSimilarity wanted, found;

  compare_settle (window);
  compare_assert_done (window);
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
  SalWindow *window = compare_window_new ();

  if (window == NULL)
    return;
  SalComparison *self = compare_grid (window);
  SalDocument *document = sal_window_document (window);

  app_set_look (document, "sign", "absolute");
  compare_leave_and_return (window);
  assert_looks (window, FALSE);

  app_click (compare_remover (window, sal_comparison_column_label (self, 0)));
  app_wait_label (window, "Removed “*”");
  app_set_look (document, "sign", "signed");
  compare_leave_and_return (window);
  app_click (app_find_button (GTK_WIDGET (window), "_Undo"));
  g_assert_cmpuint (sal_comparison_n_columns (self), ==, 4);
  assert_looks (window, TRUE);

  compare_press (window, "Classes");
  compare_settle (window);
  app_set_look (document, "sign", "absolute");
  compare_leave_and_return (window);
  sal_comparison_set_axis (self, SAL_COMPARE_METHODS);
  for (guint i = 0; i < 4; i++) { /* nothing of the classes that were there */
    GtkWidget *canvas = sal_compare_page_canvas (app_part (window, "compare_page"), i, 0);
    g_assert_true (sal_canvas_get_heatmap (SAL_CANVAS (canvas)) ==
                   sal_comparison_cell (self, i, 0)->heatmap);
  }
  assert_looks (window, FALSE);
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
  g_assert_true (ui_wait_until (compare_is_settled, self, 120000));
  g_autoptr (SalPicture) picture =
      sal_picture_ref (sal_comparison_cell (self, 0, 1)->explanation->view->picture);
  sal_comparison_set_axis (self, SAL_COMPARE_METHODS);
  g_assert_true (ui_wait_until (compare_is_settled, self, 120000));
  sal_comparison_remove_picture (self, 1);
  g_assert_true (ui_wait_until (compare_is_settled, self, 120000));
  ui_run (50);
  g_assert_true (g_atomic_ref_count_compare (&picture->refs, 1));
  sal_comparison_set_axis (self, SAL_COMPARE_CLASSES);
  g_assert_cmpint (sal_comparison_cell (self, 0, 0)->state, ==, SAL_CELL_DONE);
}

int
main (int argc, char *argv[])
{
  app_init (&argc, &argv);
  g_test_add_func ("/app/compare/methods", test_methods);
  g_test_add_func ("/app/compare/scale", test_scale);
  g_test_add_func ("/app/compare/layers-and-models", test_layers_and_models);
  g_test_add_func ("/app/compare/classes-of-models", test_classes_of_models);
  g_test_add_func ("/app/compare/chosen-columns", test_chosen_columns);
  g_test_add_func ("/app/compare/layers-again", test_layers_again);
  g_test_add_func ("/app/compare/looks", test_looks);
  g_test_add_func ("/app/compare/row-gone", test_row_gone);
  return app_end (g_test_run ());
}
