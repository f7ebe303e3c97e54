/* The window in this process: what its controls ask the document: classes, methods, parameters. */
#include "tests/app/app-window.h"

#include "app/model-page.h"
#include "engine/explain/conventions.h"
#include "engine/explain/segments.h"
#include "engine/explain/smooth.h"
#include "ui/baseline-row.h"
#include "ui/canvas.h"
#include "ui/choice-row.h"
#include "ui/class-list.h"
#include "ui/list-item.h"
#include "ui/method-picker.h"
#include "ui/param-panel.h"
#include "ui/path-row.h"
#include "ui/slider-row.h"

#include <math.h>

/* Every class that is shown can be chosen; keys go through them in order. */
static void
test_classes (void)
{
  SalWindow *window = app_window_with_example ();

  if (window == NULL)
    return;
  SalDocument *document = sal_window_document (window);
  GtkListBox *list = sal_class_list_list (app_part (window, "classes"));
  GArray *predictions = sal_document_view (document)->predictions;
  guint jobs = sal_document_jobs (document);

  for (int i = 4; i >= 0; i--) {
    GtkListBoxRow *row = gtk_list_box_get_row_at_index (list, i);

    g_assert_nonnull (row);
    gtk_list_box_select_row (list, row);
    app_settle (document);
    g_assert_cmpint (sal_document_target (document), ==,
                     g_array_index (predictions, SalPrediction, i).class_index);
    g_assert_cmpuint (sal_document_jobs (document), ==, ++jobs);
  }
  app_activate (window, "win.previous-class", NULL); /* there is none above */
  g_assert_cmpint (sal_document_target (document), ==,
                   g_array_index (predictions, SalPrediction, 0).class_index);
  for (int i = 1; i <= 7; i++) {
    app_activate (window, "win.next-class", NULL);
    g_assert_cmpint (sal_document_target (document), ==,
                     g_array_index (predictions, SalPrediction, i).class_index);
  }
  /* The eighth is shown, though not among the highest five. */
  g_autofree char *name =
      sal_class_name (sal_document_model (document), sal_document_target (document));
  g_assert_nonnull (app_find_label (GTK_WIDGET (list), name));
  app_settle (document);

  /* Searched for among all, by name or number; found or not, that is seen. */
  GtkWidget *search = GTK_WIDGET (
      gtk_widget_get_template_child (app_part (window, "classes"), SAL_TYPE_CLASS_LIST, "search"));
  gtk_editable_set_text (GTK_EDITABLE (search), "  BUTTER");
  app_wait_label (list, "butterfly");
  g_assert_null (gtk_list_box_get_row_at_index (list, 1));
  gtk_editable_set_text (GTK_EDITABLE (search), "zebra");
  app_wait_label (list, "No class is called that");
  gtk_editable_set_text (GTK_EDITABLE (search), "");
  ui_run (400);
  g_assert_null (app_find_label (GTK_WIDGET (list), "No class is called that"));
  g_assert_nonnull (gtk_list_box_get_row_at_index (list, 4));

  app_activate (window, "win.score", "probability");
  g_assert_cmpint (sal_document_kind (document), ==, SAL_OUTPUT_PROBABILITY);
  g_assert_nonnull (app_find_label (GTK_WIDGET (list), "*%"));
  app_activate (window, "win.score", "logit");
  g_assert_null (app_find_label (GTK_WIDGET (list), "*%"));
  app_settle (document);
  app_window_finish (window);
}

/* What is found is the highest of it; that there is more is said. */
static void
test_many_found (void)
{
  static const char *const names[] = { "kind A", "kind B", "kind C", "kind D", "kind E", "kind F",
                                       "kind G", "kind H", "kind I", "other",  NULL };
  SalWindow *window = app_window_with_example ();

  if (window == NULL)
    return;
  GtkWidget *classes = app_part (window, "classes");
  GtkWidget *search =
      GTK_WIDGET (gtk_widget_get_template_child (classes, SAL_TYPE_CLASS_LIST, "search"));
  GtkListBox *list = sal_class_list_list (SAL_CLASS_LIST (classes));

  sal_model_page_set_names (app_part (window, "model_page"), names);
  while (sal_model_page_is_busy (app_part (window, "model_page")))
    ui_run (10);
  app_settle (sal_window_document (window));
  g_assert_null (app_find_label (classes, "The highest *"));
  gtk_editable_set_text (GTK_EDITABLE (search), "kind");
  app_wait_label (classes, "The highest 8 of 9 that match");
  g_assert_nonnull (gtk_list_box_get_row_at_index (list, 7));
  g_assert_null (gtk_list_box_get_row_at_index (list, 8));
  gtk_editable_set_text (GTK_EDITABLE (search), "other");
  app_wait_label (list, "other");
  ui_run (200);
  g_assert_null (app_find_label (classes, "The highest *"));
  app_window_finish (window);
}

static gboolean
shift_return (GtkWidget *list)
{
  g_autoptr (GListModel) all = gtk_widget_observe_controllers (list);
  gboolean taken = FALSE;

  for (guint i = 0; i < g_list_model_get_n_items (all); i++) {
    g_autoptr (GtkEventController) item = g_list_model_get_item (all, i);
    if (GTK_IS_EVENT_CONTROLLER_KEY (item) && !taken)
      g_signal_emit_by_name (item, "key-pressed", GDK_KEY_Return, 36, GDK_SHIFT_MASK, &taken);
  }
  return taken;
}

/* Why one class rather than another: asked for at a row, said in caption, title and result, and
 * what the two answers differ by. */
static void
test_versus (void)
{
  SalWindow *window = app_window_with_example ();

  if (window == NULL)
    return;
  SalDocument *document = sal_window_document (window);
  GtkWidget *classes = app_part (window, "classes");
  GtkListBox *list = sal_class_list_list (SAL_CLASS_LIST (classes));
  double whole = sal_document_explanation (document)->attribution->score;

  gtk_widget_grab_focus (GTK_WIDGET (gtk_list_box_get_row_at_index (list, 1)));
  g_assert_true (shift_return (GTK_WIDGET (list)));
  app_settle (document);
  int other = sal_document_versus (document);
  g_assert_cmpint (
      other, ==,
      g_array_index (sal_document_view (document)->predictions, SalPrediction, 1).class_index);
  g_assert_nonnull (app_find_label (GTK_WIDGET (window), "* for “clock” rather than “mushroom”"));
  g_assert_nonnull (app_find_label (classes, "Why “clock” rather than “mushroom”: ahead by *"));
  g_assert_nonnull (strstr (gtk_window_get_title (GTK_WINDOW (window)), "clock − mushroom"));
  const SalExplanation *answer = sal_document_explanation (document);
  g_assert_cmpint (answer->target.versus, ==, other);
  const SalPrediction *p = sal_view_prediction (answer->view, answer->target.class_index);
  const SalPrediction *q = sal_view_prediction (answer->view, other);
  g_assert_cmpfloat_with_epsilon (answer->attribution->score, p->logit - q->logit, 1e-3);
  g_assert_cmpfloat (fabs (answer->attribution->score - whole), >, 1e-3);

  /* The class itself cannot be compared with itself; the other again ends it. */
  gtk_widget_grab_focus (GTK_WIDGET (gtk_list_box_get_row_at_index (list, 0)));
  shift_return (GTK_WIDGET (list));
  g_assert_cmpint (sal_document_versus (document), ==, other);
  gtk_widget_grab_focus (GTK_WIDGET (gtk_list_box_get_row_at_index (list, 1)));
  shift_return (GTK_WIDGET (list));
  g_assert_cmpint (sal_document_versus (document), ==, -1);
  g_assert_null (app_find_label (classes, "Why*"));

  /* A target that was the other one leaves nothing to compare. */
  sal_document_set_versus (document, other);
  sal_document_set_target (document, other);
  g_assert_cmpint (sal_document_versus (document), ==, -1);
  app_settle (document);
  app_window_finish (window);
}

/* Each parameter of each method has a control that shows its value and, set by a person, changes
 * it and starts a job. Sliders are dragged. */
static void
use_control (SalWindow *window, const SalParam *list, const SalParam *param)
{
  SalDocument *document = sal_window_document (window);
  GtkWidget *row = sal_param_panel_find (app_part (window, "params"), param->key);
  guint jobs = sal_document_jobs (document);

  g_assert_nonnull (row);
  const SalSettings *settings = sal_document_settings (document);
  gboolean applies = sal_settings_applies (settings, list, param) &&
                     (!g_strv_contains (sal_segments_keys (), param->key) ||
                      sal_segments_possible (sal_document_method (document), settings));
  GtkWidget *list_row = gtk_widget_get_ancestor (row, GTK_TYPE_LIST_BOX_ROW);
  g_assert_cmpint (gtk_widget_get_visible (list_row), ==, applies);
  if (!applies)
    return;

  if (SAL_IS_SLIDER_ROW (row)) {
    GtkRange *scale = sal_slider_row_scale (SAL_SLIDER_ROW (row));
    GtkAdjustment *adjustment = gtk_range_get_adjustment (scale);
    double low = gtk_adjustment_get_lower (adjustment),
           high = gtk_adjustment_get_upper (adjustment);
    double now = gtk_range_get_value (scale);
    g_autofree char *size = g_strdup (sal_settings_text (sal_document_settings (document), param));
    double value = param->kind != SAL_PARAM_SIZE
                       ? sal_settings_number (sal_document_settings (document), param)
                       : 0;

    gtk_range_set_value (scale, now < (low + high) / 2 ? low + 0.6 * (high - low)
                                                       : low + 0.2 * (high - low));
    if (param->kind == SAL_PARAM_SIZE)
      g_assert_cmpstr (sal_settings_text (sal_document_settings (document), param), !=, size);
    else
      g_assert_cmpfloat (sal_settings_number (sal_document_settings (document), param), !=, value);
  } else if (SAL_IS_CHOICE_ROW (row)) {
    GtkDropDown *drop_down = sal_choice_row_drop_down (SAL_CHOICE_ROW (row));
    g_autofree char *text = g_strdup (sal_settings_text (sal_document_settings (document), param));
    guint n = g_list_model_get_n_items (gtk_drop_down_get_model (drop_down));

    g_assert_cmpuint (n, >, 1);
    gtk_drop_down_set_selected (drop_down, (gtk_drop_down_get_selected (drop_down) + 1) % n);
    g_assert_cmpstr (sal_settings_text (sal_document_settings (document), param), !=, text);
  } else if (SAL_IS_PATH_ROW (row)) {
    return; /* the only other entry asks for a file */
  } else if (SAL_IS_BASELINE_ROW (row)) {
    gtk_toggle_button_set_active (sal_baseline_row_button (SAL_BASELINE_ROW (row), "white"), TRUE);
    g_assert_cmpstr (sal_settings_text (sal_document_settings (document), param), ==, "white");
  } else {
    GtkSwitch *control = GTK_SWITCH (gtk_widget_get_last_child (row));
    double value = sal_settings_number (sal_document_settings (document), param);

    gtk_switch_set_active (control, value == 0);
    g_assert_cmpfloat (sal_settings_number (sal_document_settings (document), param), !=, value);
  }
  /* A job waits or runs; it may have been taken together with the one before. */
  g_assert_cmpint (sal_document_state (document), ==, SAL_DOCUMENT_RUNNING);
  g_assert_cmpuint (sal_document_jobs (document), >=, jobs);
  sal_document_cancel (document);
  app_settle (document);
}

static void
test_controls (void)
{
  SalWindow *window = app_window_with_example ();
  const SalMethod *const *methods = sal_methods ();

  if (window == NULL)
    return;
  SalDocument *document = sal_window_document (window);
  SalMethodPicker *picker = app_part (window, "methods");

  for (guint i = 0; methods[i] != NULL; i++) {
    const SalMethod *method = methods[i];
    gboolean possible = sal_method_reason (method, sal_document_model (document)) == NULL;

    gtk_drop_down_set_selected (sal_method_picker_drop_down (picker), i);
    g_assert_cmpint (sal_document_method (document) == method, ==, possible);
    g_assert_true (sal_method_picker_get_method (picker) == sal_document_method (document));
    if (!possible) {
      g_test_message ("%s: %s", method->name,
                      sal_method_reason (method, sal_document_model (document)));
      continue;
    }
    sal_document_cancel (document);
    app_settle (document);
    for (const SalParam *param = method->params; param != NULL && param->key != NULL; param++)
      use_control (window, method->params, param);
    for (const SalParam *param = sal_smooth_params (); param->key != NULL; param++)
      use_control (window, sal_smooth_params (), param);
  }
  app_window_finish (window);
}

/* A dragged slider comes to another answer; one that the program sets asks nothing. */
static void
test_slider (void)
{
  SalWindow *window = app_window_with_example ();

  if (window == NULL)
    return;
  SalDocument *document = sal_window_document (window);
  GtkWidget *row = sal_param_panel_find (app_part (window, "params"), "steps");
  GtkRange *scale = sal_slider_row_scale (SAL_SLIDER_ROW (row));
  double first = sal_document_explanation (document)->attribution->sum;

  for (int i = 0; i <= 20; i++) {
    gtk_range_set_value (scale, 0.05 + 0.01 * i);
    ui_run (15);
  }
  app_settle (document);
  g_assert_cmpint (sal_document_state (document), ==, SAL_DOCUMENT_DONE);
  double second = sal_document_explanation (document)->attribution->sum;
  g_assert_cmpfloat (second, !=, first);
  sal_slider_row_set_value (SAL_SLIDER_ROW (row), 50); /* the program does; nobody is told */
  ui_run (50);
  g_assert_cmpfloat (
      sal_settings_number (sal_document_settings (document),
                           sal_param_find (sal_document_method (document)->params, "steps")),
      !=, 50);
  app_window_finish (window);
}

static void
show_params (SalParamPanel *panel, const SalMethod *method, GPtrArray *params)
{
  const SalParam *lists[] = { method->params, sal_smooth_params () };
  g_autoptr (GPtrArray) owners = g_ptr_array_new ();

  g_ptr_array_set_size (params, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (lists); i++)
    for (const SalParam *param = lists[i]; param != NULL && param->key != NULL; param++) {
      g_ptr_array_add (params, (gpointer) param);
      g_ptr_array_add (owners, (gpointer) lists[i]);
    }
  sal_param_panel_set_params (panel, (const SalParam *const *) params->pdata,
                              (const SalParam *const *) owners->pdata, params->len, NULL);
}

/* Rows stand in the order of the parameters, whatever was shown before, and those of smoothing,
 * which every method has, are not made again. */
static void
test_rows (void)
{
  SalParamPanel *panel = SAL_PARAM_PANEL (g_object_ref_sink (sal_param_panel_new ()));
  g_autoptr (GPtrArray) params = g_ptr_array_new ();
  const SalMethod *const *methods = sal_methods ();
  GtkWidget *samples = NULL;
  int n = 0;

  while (methods[n] != NULL)
    n++;
  for (int i = 0; i < 5 * n; i++) {
    const SalMethod *method = methods[i * 7 % n];
    int last[2] = { -1, -1 };

    show_params (panel, method, params);
    for (guint j = 0; j < params->len; j++) {
      const SalParam *param = params->pdata[j];
      GtkWidget *row =
          gtk_widget_get_ancestor (sal_param_panel_find (panel, param->key), GTK_TYPE_LIST_BOX_ROW);
      gboolean in_more = gtk_widget_get_ancestor (row, ADW_TYPE_EXPANDER_ROW) != NULL;
      int index = gtk_list_box_row_get_index (GTK_LIST_BOX_ROW (row));

      g_assert_true (in_more == param->advanced);
      g_assert_cmpint (index, ==, last[in_more] + 1);
      last[in_more] = index;
    }
    g_assert_true (samples == NULL || sal_param_panel_find (panel, "samples") == samples);
    samples = sal_param_panel_find (panel, "samples");
  }
  g_assert_finalize_object (panel);
}

static void
test_layer (void)
{
  SalWindow *window = app_window_with_example ();
  int n;

  if (window == NULL)
    return;
  SalDocument *document = sal_window_document (window);
  sal_document_set_method (document, sal_method_find ("grad-cam"));
  app_settle (document);
  GtkWidget *row = sal_param_panel_find (app_part (window, "params"), "layer");
  GtkDropDown *drop_down = sal_choice_row_drop_down (SAL_CHOICE_ROW (row));
  sal_model_layers (sal_document_model (document), &n);

  g_assert_cmpuint (g_list_model_get_n_items (gtk_drop_down_get_model (drop_down)), ==,
                    (guint) n + 1);
  for (guint i = 1; i <= (guint) n; i++) {
    gtk_drop_down_set_selected (drop_down, i);
    app_settle (document);
    g_assert_cmpint (sal_document_state (document), ==, SAL_DOCUMENT_DONE);
  }
  app_window_finish (window);
}

/* Other programs' defaults: everything at once, said while it holds, and taken back. */
static void
test_conventions (void)
{
  SalWindow *window = app_window_with_example ();

  if (window == NULL)
    return;
  SalDocument *document = sal_window_document (window);
  GtkMenuButton *button = app_part (window, "conventions");
  const SalParam *params = sal_document_method (document)->params;

  g_assert_cmpstr (gtk_menu_button_get_label (button), ==, "Defaults");
  app_activate (window, "win.convention", "zennit");
  app_settle (document);
  g_assert_cmpstr (gtk_menu_button_get_label (button), ==, "As Zennit");
  g_assert_cmpfloat (
      sal_settings_number (sal_document_settings (document), sal_param_find (params, "steps")), ==,
      20);
  g_assert_cmpstr (sal_canvas_get_style (app_part (window, "canvas"))->map->id, ==, "bwr");
  app_set (document, "steps", "21");
  g_assert_cmpstr (gtk_menu_button_get_label (button), ==, "Custom");
  app_set (document, "steps", "20");
  g_assert_cmpstr (gtk_menu_button_get_label (button), ==, "As Zennit");
  for (const SalConvention *c = sal_conventions (); c->id != NULL; c++) {
    app_activate (window, "win.convention", c->id);
    g_autoptr (GVariant) state =
        g_action_group_get_action_state (G_ACTION_GROUP (window), "convention");
    g_assert_cmpstr (g_variant_get_string (state, NULL), ==, c->id);
  }
  app_activate (window, "win.convention", "salience");
  g_assert_cmpstr (gtk_menu_button_get_label (button), ==, "Defaults");
  app_settle (document);
  app_window_finish (window);
}

static GtkPicture *
baseline_picture (SalWindow *window, const char *id)
{
  GtkWidget *row = sal_param_panel_find (app_part (window, "params"), "baseline");
  GtkToggleButton *button = sal_baseline_row_button (SAL_BASELINE_ROW (row), id);

  return GTK_PICTURE (gtk_button_get_child (GTK_BUTTON (button)));
}

static gboolean
has_baselines (gpointer window)
{
  return gtk_picture_get_paintable (baseline_picture (window, "black")) != NULL;
}

static guint32
middle_of (GdkPaintable *paintable)
{
  int width = gdk_texture_get_width (GDK_TEXTURE (paintable));
  int height = gdk_texture_get_height (GDK_TEXTURE (paintable));
  g_autofree guint32 *pixels = g_new (guint32, width * height);

  gdk_texture_download (GDK_TEXTURE (paintable), (guchar *) pixels, (gsize) width * 4);
  return pixels[height / 2 * width + width / 2] & 0xffffff;
}

static SalListItem *
layer_item (SalWindow *window, guint position)
{
  GtkWidget *row = sal_param_panel_find (app_part (window, "params"), "layer");
  GListModel *items = gtk_drop_down_get_model (sal_choice_row_drop_down (SAL_CHOICE_ROW (row)));

  return g_list_model_get_item (items, position);
}

static gboolean
has_layers (gpointer window)
{
  g_autoptr (SalListItem) item = layer_item (window, 1);

  return sal_list_item_picture (item) != NULL;
}

/* Baselines and layers are shown as what they are, for this picture. */
static void
test_previews (void)
{
  SalWindow *window = app_window_with_example ();
  int n;

  if (window == NULL)
    return;
  SalDocument *document = sal_window_document (window);

  g_assert_true (ui_wait_until (has_baselines, window, 20000));
  g_assert_cmphex (middle_of (gtk_picture_get_paintable (baseline_picture (window, "black"))), ==,
                   0);
  g_assert_cmphex (middle_of (gtk_picture_get_paintable (baseline_picture (window, "white"))), ==,
                   0xffffff);
  g_assert_cmpint (
      ui_far (middle_of (gtk_picture_get_paintable (baseline_picture (window, "gray"))), 0x808080),
      <=, 1);
  g_assert_cmphex (middle_of (gtk_picture_get_paintable (baseline_picture (window, "blur"))), !=,
                   middle_of (gtk_picture_get_paintable (baseline_picture (window, "noise"))));

  sal_document_set_method (document, sal_method_find ("grad-cam"));
  app_settle (document);
  g_assert_true (ui_wait_until (has_layers, window, 20000));
  sal_model_layers (sal_document_model (document), &n);
  for (int i = 1; i <= n; i++) {
    g_autoptr (SalListItem) item = layer_item (window, (guint) i);
    g_assert_nonnull (sal_list_item_picture (item));
    g_assert_nonnull (sal_list_item_detail (item));
  }
  app_window_finish (window);
}

int
main (int argc, char *argv[])
{
  app_init (&argc, &argv);
  g_test_add_func ("/app/window/classes", test_classes);
  g_test_add_func ("/app/window/many-found", test_many_found);
  g_test_add_func ("/app/window/versus", test_versus);
  g_test_add_func ("/app/window/controls", test_controls);
  g_test_add_func ("/app/window/slider", test_slider);
  g_test_add_func ("/app/window/rows", test_rows);
  g_test_add_func ("/app/window/layer", test_layer);
  g_test_add_func ("/app/window/conventions", test_conventions);
  g_test_add_func ("/app/window/previews", test_previews);
  int status = g_test_run ();
  test_scratch_clear ();
  return app_end (status);
}
