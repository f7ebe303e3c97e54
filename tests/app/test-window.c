/* The window in this process: what its controls do to the document, and what the document does to
 * its controls. */
#include "tests/app/app-support.h"

#include "app/application.h"
#include "app/bundled.h"
#include "app/looks.h"
#include "app/window.h"
#include "engine/explain/conventions.h"
#include "engine/explain/segments.h"
#include "engine/explain/smooth.h"
#include "engine/image/png.h"
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

static GtkApplication *app;

static gpointer
part (SalWindow *window, const char *name)
{
  GObject *child = gtk_widget_get_template_child (GTK_WIDGET (window), SAL_TYPE_WINDOW, name);

  g_assert_nonnull (child);
  return child;
}

static gboolean
mapped (gpointer widget)
{
  return gtk_widget_get_mapped (widget) && gtk_widget_get_width (widget) > 0;
}

static SalWindow *
window_new (int width, int height)
{
  GtkWidget *window = sal_window_new (app);

  gtk_window_set_default_size (GTK_WINDOW (window), width, height);
  gtk_window_present (GTK_WINDOW (window));
  g_assert_true (ui_wait_until (mapped, window, 20000));
  return SAL_WINDOW (window);
}

static SalWindow *
window_with_example (void)
{
  g_autofree char *model = NULL, *picture = NULL;

  if (!app_example (&model, &picture))
    return NULL;
  SalWindow *window = window_new (1280, 800);
  sal_document_set_method (sal_window_document (window), sal_method_find ("integrated-gradients"));
  sal_window_open_example (window);
  app_settle (sal_window_document (window));
  g_assert_cmpint (sal_document_state (sal_window_document (window)), ==, SAL_DOCUMENT_DONE);
  return window;
}

/* Nothing may hold on to a closed window, nor to what was open in it. */
static void
finish (SalWindow *window)
{
  SalDocument *document = g_object_ref (sal_window_document (window));

  g_object_ref (window);
  gtk_window_destroy (GTK_WINDOW (window));
  ui_run (50);
  g_assert_finalize_object (window);
  g_assert_finalize_object (document);
}

static void
activate (SalWindow *window, const char *action, const char *target)
{
  g_assert_true (gtk_widget_activate_action_variant (
      GTK_WIDGET (window), action, target != NULL ? g_variant_new_string (target) : NULL));
}

static gboolean
enabled (SalWindow *window, const char *action)
{
  return g_action_group_get_action_enabled (G_ACTION_GROUP (window), action);
}

/* The first widget of a type below another whose text is like the pattern. */
static GtkWidget *
find_label (GtkWidget *widget, const char *pattern)
{
  if (GTK_IS_LABEL (widget) && gtk_widget_get_mapped (widget) &&
      g_pattern_match_simple (pattern, gtk_label_get_text (GTK_LABEL (widget))))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child)) {
    GtkWidget *found = find_label (child, pattern);
    if (found != NULL)
      return found;
  }
  return NULL;
}

static void
test_empty (void)
{
  SalWindow *window = window_new (900, 600);

  g_assert_nonnull (find_label (GTK_WIDGET (window), "See Where*"));
  g_assert_false (enabled (window, "export"));
  g_assert_false (enabled (window, "cancel"));
  g_assert_cmpstr (sal_document_method (sal_window_document (window))->id, ==, "grad-cam");
  /* None of this has anything to do yet, and none of it complains. */
  static const char *const actions[] = {
    "win.next-class", "win.previous-class", "win.next-method",
    "win.next-view",  "win.less-opaque",    "win.more-opaque"
  };
  for (gsize i = 0; i < G_N_ELEMENTS (actions); i++)
    activate (window, actions[i], NULL);
  activate (window, "win.score", "probability");
  g_assert_cmpstr (gtk_window_get_title (GTK_WINDOW (window)), ==, "Salience");
  finish (window);
}

static void
test_example (void)
{
  SalWindow *window = window_with_example ();

  if (window == NULL)
    return;
  SalDocument *document = sal_window_document (window);
  SalCanvas *canvas = part (window, "canvas");

  g_assert_cmpstr (gtk_window_get_title (GTK_WINDOW (window)), ==,
                   "Salience · scenes — clock-and-mushroom.png");
  g_assert_true (sal_canvas_get_picture (canvas) == sal_document_picture (document)->image);
  g_assert_true (sal_canvas_get_heatmap (canvas) == sal_document_heatmap (document));
  g_assert_true (enabled (window, "export"));
  g_assert_false (enabled (window, "cancel"));
  g_assert_nonnull (find_label (GTK_WIDGET (window), "Integrated Gradients for “*”"));
  g_assert_nonnull (find_label (GTK_WIDGET (window), "Σ * of * · missing * %"));
  g_assert_true (gtk_window_get_focus (GTK_WINDOW (window)) == GTK_WIDGET (canvas));
  finish (window);
}

/* Every class that is shown can be chosen; keys go through them in order. */
static void
test_classes (void)
{
  SalWindow *window = window_with_example ();

  if (window == NULL)
    return;
  SalDocument *document = sal_window_document (window);
  GtkListBox *list = sal_class_list_list (part (window, "classes"));
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
  activate (window, "win.previous-class", NULL); /* there is none above */
  g_assert_cmpint (sal_document_target (document), ==,
                   g_array_index (predictions, SalPrediction, 0).class_index);
  for (int i = 1; i <= 7; i++) {
    activate (window, "win.next-class", NULL);
    g_assert_cmpint (sal_document_target (document), ==,
                     g_array_index (predictions, SalPrediction, i).class_index);
  }
  /* The eighth is shown, though not among the highest five. */
  g_autofree char *name =
      sal_class_name (sal_document_model (document), sal_document_target (document));
  g_assert_nonnull (find_label (GTK_WIDGET (list), name));
  app_settle (document);

  activate (window, "win.score", "probability");
  g_assert_cmpint (sal_document_kind (document), ==, SAL_OUTPUT_PROBABILITY);
  g_assert_nonnull (find_label (GTK_WIDGET (list), "*%"));
  activate (window, "win.score", "logit");
  g_assert_null (find_label (GTK_WIDGET (list), "*%"));
  app_settle (document);
  finish (window);
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
  SalWindow *window = window_with_example ();

  if (window == NULL)
    return;
  SalDocument *document = sal_window_document (window);
  GtkWidget *classes = part (window, "classes");
  GtkListBox *list = sal_class_list_list (SAL_CLASS_LIST (classes));
  double whole = sal_document_explanation (document)->attribution->score;

  gtk_widget_grab_focus (GTK_WIDGET (gtk_list_box_get_row_at_index (list, 1)));
  g_assert_true (shift_return (GTK_WIDGET (list)));
  app_settle (document);
  int other = sal_document_versus (document);
  g_assert_cmpint (
      other, ==,
      g_array_index (sal_document_view (document)->predictions, SalPrediction, 1).class_index);
  g_assert_nonnull (find_label (GTK_WIDGET (window), "* for “clock” rather than “mushroom”"));
  g_assert_nonnull (find_label (classes, "Why clock rather than mushroom: ahead by *"));
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
  g_assert_null (find_label (classes, "Why*"));

  /* A target that was the other one leaves nothing to compare. */
  sal_document_set_versus (document, other);
  sal_document_set_target (document, other);
  g_assert_cmpint (sal_document_versus (document), ==, -1);
  app_settle (document);
  finish (window);
}

/* Each parameter of each method has a control that shows its value and, set by a person, changes
 * it and starts a job. Sliders are dragged. */
static void
use_control (SalWindow *window, const SalParam *list, const SalParam *param)
{
  SalDocument *document = sal_window_document (window);
  GtkWidget *row = sal_param_panel_find (part (window, "params"), param->key);
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
  SalWindow *window = window_with_example ();
  const SalMethod *const *methods = sal_methods ();

  if (window == NULL)
    return;
  SalDocument *document = sal_window_document (window);
  SalMethodPicker *picker = part (window, "methods");

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
  finish (window);
}

/* A dragged slider comes to another answer; a reset one back to the first. */
static void
test_slider (void)
{
  SalWindow *window = window_with_example ();

  if (window == NULL)
    return;
  SalDocument *document = sal_window_document (window);
  GtkWidget *row = sal_param_panel_find (part (window, "params"), "steps");
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
  finish (window);
}

static void
test_layer (void)
{
  SalWindow *window = window_with_example ();
  int n;

  if (window == NULL)
    return;
  SalDocument *document = sal_window_document (window);
  sal_document_set_method (document, sal_method_find ("grad-cam"));
  app_settle (document);
  GtkWidget *row = sal_param_panel_find (part (window, "params"), "layer");
  GtkDropDown *drop_down = sal_choice_row_drop_down (SAL_CHOICE_ROW (row));
  sal_model_layers (sal_document_model (document), &n);

  g_assert_cmpuint (g_list_model_get_n_items (gtk_drop_down_get_model (drop_down)), ==,
                    (guint) n + 1);
  for (guint i = 1; i <= (guint) n; i++) {
    gtk_drop_down_set_selected (drop_down, i);
    app_settle (document);
    g_assert_cmpint (sal_document_state (document), ==, SAL_DOCUMENT_DONE);
  }
  finish (window);
}

/* Other programs' defaults: everything at once, said while it holds, and taken back. */
static void
test_conventions (void)
{
  SalWindow *window = window_with_example ();

  if (window == NULL)
    return;
  SalDocument *document = sal_window_document (window);
  GtkMenuButton *button = part (window, "conventions");
  const SalParam *params = sal_document_method (document)->params;

  g_assert_cmpstr (gtk_menu_button_get_label (button), ==, "Defaults");
  activate (window, "win.convention", "zennit");
  app_settle (document);
  g_assert_cmpstr (gtk_menu_button_get_label (button), ==, "As Zennit");
  g_assert_cmpfloat (
      sal_settings_number (sal_document_settings (document), sal_param_find (params, "steps")), ==,
      20);
  g_assert_cmpstr (sal_canvas_get_style (part (window, "canvas"))->map->id, ==, "bwr");
  app_set (document, "steps", "21");
  g_assert_cmpstr (gtk_menu_button_get_label (button), ==, "Custom");
  app_set (document, "steps", "20");
  g_assert_cmpstr (gtk_menu_button_get_label (button), ==, "As Zennit");
  for (const SalConvention *c = sal_conventions (); c->id != NULL; c++) {
    activate (window, "win.convention", c->id);
    g_autoptr (GVariant) state =
        g_action_group_get_action_state (G_ACTION_GROUP (window), "convention");
    g_assert_cmpstr (g_variant_get_string (state, NULL), ==, c->id);
  }
  activate (window, "win.convention", "salience");
  g_assert_cmpstr (gtk_menu_button_get_label (button), ==, "Defaults");
  app_settle (document);
  finish (window);
}

static GtkPicture *
baseline_picture (SalWindow *window, const char *id)
{
  GtkWidget *row = sal_param_panel_find (part (window, "params"), "baseline");
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
  GtkWidget *row = sal_param_panel_find (part (window, "params"), "layer");
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
  SalWindow *window = window_with_example ();
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
  finish (window);
}

/* Looks and views are drawn anew; the engine rests. */
static void
test_looks (void)
{
  SalWindow *window = window_with_example ();
  static const char *const keys[] = { "colormap", "sign",  "reduce", "normalize",
                                      "clip",     "blend", "cells" };

  if (window == NULL)
    return;
  SalDocument *document = sal_window_document (window);
  SalCanvas *canvas = part (window, "canvas");
  guint jobs = sal_document_jobs (document);

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++) {
    GtkWidget *row = sal_param_panel_find (part (window, "looks"), keys[i]);

    g_assert_nonnull (row);
    if (SAL_IS_SLIDER_ROW (row))
      gtk_range_set_value (sal_slider_row_scale (SAL_SLIDER_ROW (row)), 10);
    else
      gtk_drop_down_set_selected (sal_choice_row_drop_down (SAL_CHOICE_ROW (row)), 1);
    ui_run (30);
  }
  gtk_range_set_value (part (window, "opacity"), 35);
  g_assert_cmpfloat_with_epsilon (sal_canvas_get_style (canvas)->opacity, 0.35, 1e-9);
  g_assert_false (sal_canvas_get_style (canvas)->smooth);
  g_assert_nonnull (sal_canvas_get_style (canvas)->map);
  activate (window, "win.more-opaque", NULL);
  g_assert_cmpfloat_with_epsilon (sal_canvas_get_style (canvas)->opacity, 0.45, 1e-9);
  g_assert_cmpfloat_with_epsilon (gtk_range_get_value (part (window, "opacity")), 45, 0.5);
  for (int i = 0; i < 12; i++)
    activate (window, "win.less-opaque", NULL);
  g_assert_cmpfloat (sal_canvas_get_style (canvas)->opacity, ==, 0);
  for (int i = 1; i <= 5; i++) {
    activate (window, "win.next-view", NULL);
    g_assert_cmpint (sal_canvas_get_mode (canvas), ==, i % 5);
  }
  activate (window, "win.view", "wipe");
  g_assert_cmpint (sal_canvas_get_mode (canvas), ==, SAL_CANVAS_WIPE);
  ui_run (50);
  g_assert_cmpuint (sal_document_jobs (document), ==, jobs);
  finish (window);
}

static void
look_as (SalDocument *document, const char *key, const char *value)
{
  g_autoptr (SalSettings) looks = sal_settings_copy (sal_document_looks (document));
  const SalParam *param = sal_param_find (sal_looks_params (), key);

  if (param == NULL)
    param = sal_param_find (sal_appearance_params (), key);
  g_assert_true (sal_settings_parse (looks, param, value, NULL));
  sal_document_set_looks (document, looks);
}

static gboolean
probed (gpointer window)
{
  return find_label (window, "*Replaced by *") != NULL;
}

/* A region of the picture: its share, and the score without it, which is that of a picture whose
 * every cell there is the baseline. */
static void
test_region (void)
{
  SalWindow *window = window_with_example ();

  if (window == NULL)
    return;
  SalDocument *document = sal_window_document (window);
  SalCanvas *canvas = part (window, "canvas");
  SalView *view = sal_document_view (document);
  const gint64 *dim = sal_model_input_shape (view->model)->dim;
  int size = (int) dim[2];

  activate (window, "win.tool", "rectangle");
  g_assert_cmpint (sal_canvas_get_tool (canvas), ==, SAL_CANVAS_RECTANGLE);
  /* The whole of it: all of the attribution, and the score of nothing. */
  g_autoptr (SalRegion) whole = sal_region_new_rectangle (size, size, 0, 0, size, size);
  sal_canvas_set_region (canvas, whole);
  g_signal_emit_by_name (canvas, "region");
  g_assert_true (ui_wait_until (probed, window, 20000));
  g_assert_nonnull (find_label (GTK_WIDGET (window), "100 % of the attribution in 100 %*"));
  const SalExplanation *answer = sal_document_explanation (document);
  double nothing = answer->attribution->score - answer->attribution->difference;
  g_autofree char *from = g_strdup_printf ("%.2f", answer->attribution->score);
  g_autofree char *to = g_strdup_printf ("%.2f", fabs (nothing));
  g_autofree char *said =
      g_strdup_printf ("*clock goes from %s to %s%s*", from, nothing < 0 ? "−" : "", to);
  g_assert_nonnull (find_label (GTK_WIDGET (window), said));

  /* Appearance changes what counts as magnitude, not the scores: the engine rests. */
  gint64 gradients, points = sal_scorer_points (&gradients);
  look_as (document, "clip", "10");
  ui_run (300);
  look_as (document, "reduce", "max-abs");
  ui_run (300);
  g_assert_cmpint (sal_scorer_points (&gradients), ==, points);
  g_assert_nonnull (find_label (GTK_WIDGET (window), said));

  /* Another class is asked about at once. */
  sal_document_set_versus (document, sal_document_target (document) != 0 ? 0 : 1);
  app_settle (document);
  for (int i = 0; i < 500 && find_label (GTK_WIDGET (window), "*clock − * goes *") == NULL; i++)
    ui_run (10);
  g_assert_nonnull (find_label (GTK_WIDGET (window), "*clock − * goes from*"));

  /* Superpixels are cut when they are asked for, and cover everything. */
  activate (window, "win.tool", "segments");
  for (int i = 0; i < 1000 && !sal_canvas_has_segments (canvas); i++)
    ui_run (10);
  g_assert_true (sal_canvas_has_segments (canvas));

  /* Another picture has another place. */
  sal_window_open_example (window);
  app_settle (document);
  g_assert_null (sal_canvas_get_region (canvas));
  g_assert_null (find_label (GTK_WIDGET (window), "*Replaced by *"));
  finish (window);
}

/* The zoom is said beside the tools, and set there. */
static void
test_zoom (void)
{
  SalWindow *window = window_with_example ();

  if (window == NULL)
    return;
  SalCanvas *canvas = part (window, "canvas");
  GtkWidget *tools = part (window, "canvas_tools");
  g_autofree char *fitted = g_strdup_printf ("%.0f", 100 * sal_canvas_get_zoom (canvas));

  g_assert_nonnull (find_label (tools, fitted));
  activate (window, "win.zoom-toggle", NULL);
  g_assert_cmpfloat (sal_canvas_get_zoom (canvas), ==, 1);
  g_assert_nonnull (find_label (tools, "100"));
  activate (window, "win.zoom-in", NULL);
  g_assert_cmpfloat (sal_canvas_get_zoom (canvas), >, 1);
  activate (window, "win.zoom-out", NULL);
  activate (window, "win.zoom-out", NULL);
  g_assert_cmpfloat (sal_canvas_get_zoom (canvas), <, 1);
  activate (window, "win.zoom-toggle", NULL);
  g_assert_true (sal_canvas_get_fit (canvas));
  g_assert_nonnull (find_label (tools, fitted));
  finish (window);
}

static gboolean
marked (gpointer window)
{
  return sal_canvas_get_marks (part (window, "canvas")) != NULL;
}

static gboolean
row_there (SalWindow *window, const char *key)
{
  GtkWidget *row = sal_param_panel_find (part (window, "looks"), key);

  return gtk_widget_get_visible (gtk_widget_get_ancestor (row, GTK_TYPE_LIST_BOX_ROW));
}

/* A mean of samples has an error that can be looked at, and signs that are not settled; other
 * results have not, and the rows for it are absent. The engine rests. */
static void
test_errors (void)
{
  SalWindow *window = window_with_example ();

  if (window == NULL)
    return;
  SalDocument *document = sal_window_document (window);
  SalCanvas *canvas = part (window, "canvas");

  g_assert_null (sal_document_error (document));
  g_assert_false (row_there (window, "quantity"));
  g_assert_false (row_there (window, "unsettled"));
  sal_document_set_method (document, sal_method_find ("shapley"));
  app_settle (document);
  g_assert_nonnull (sal_document_error (document));
  g_assert_true (row_there (window, "quantity"));
  guint jobs = sal_document_jobs (document);

  /* By hand: the row's own switch. */
  GtkWidget *row = sal_param_panel_find (part (window, "looks"), "unsettled");
  gtk_switch_set_active (GTK_SWITCH (gtk_widget_get_last_child (row)), TRUE);
  g_assert_true (ui_wait_until (marked, window, 10000));
  double share = sal_region_area (sal_canvas_get_marks (canvas));
  g_test_message ("%.0f %% of the signs are not settled", 100 * share);
  g_assert_cmpfloat (share, >, 0);
  g_assert_cmpfloat (share, <, 1);

  look_as (document, "quantity", "error");
  for (int i = 0; i < 500 && find_label (GTK_WIDGET (window), "Standard error of *") == NULL; i++)
    ui_run (10);
  g_assert_nonnull (find_label (GTK_WIDGET (window), "Standard error of *"));
  g_assert_true (sal_document_shows_error (document));
  g_assert_false (sal_heatmap_signed (sal_canvas_get_heatmap (canvas)));
  look_as (document, "quantity", "attribution");
  look_as (document, "unsettled", "off");
  ui_run (200);
  g_assert_true (sal_heatmap_signed (sal_canvas_get_heatmap (canvas)));
  g_assert_null (sal_canvas_get_marks (canvas));
  g_assert_null (find_label (GTK_WIDGET (window), "Standard error of *"));
  g_assert_cmpuint (sal_document_jobs (document), ==, jobs);
  finish (window);
}

static gboolean
announced (gpointer widget)
{
  return gtk_widget_get_visible (widget);
}

/* A long job is announced with its number and can be stopped; a short one is not announced. */
static void
test_job (void)
{
  SalWindow *window = window_with_example ();

  if (window == NULL)
    return;
  SalDocument *document = sal_window_document (window);
  GtkWidget *job = part (window, "job");

  g_assert_false (gtk_widget_get_visible (job));
  app_set (document, "smooth", "smoothgrad");
  app_set (document, "samples", "1000");
  g_assert_true (ui_wait_until (announced, job, 20000));
  g_assert_true (enabled (window, "cancel"));
  g_assert_false (enabled (window, "export"));
  ui_run (300);
  g_assert_nonnull (find_label (GTK_WIDGET (window), "* of 1000 samples"));
  g_assert_nonnull (find_label (job, "* %"));
  activate (window, "win.cancel", NULL);
  app_settle (document);
  g_assert_false (gtk_widget_get_visible (job));
  g_assert_nonnull (find_label (GTK_WIDGET (window), "Stopped: * of 1000 samples"));
  g_assert_false (enabled (window, "cancel"));
  finish (window);
}

static void
drop (SalWindow *window, const char *path)
{
  GtkDropTarget *target = part (window, "drop_target");
  g_autoptr (GFile) file = g_file_new_for_path (path);
  GFile *files[] = { file };
  GdkFileList *list = gdk_file_list_new_from_array (files, 1);
  GValue value = G_VALUE_INIT;
  gboolean taken = FALSE;

  g_value_init (&value, GDK_TYPE_FILE_LIST);
  g_value_take_boxed (&value, list);
  g_signal_emit_by_name (target, "drop", &value, 10.0, 10.0, &taken);
  g_value_unset (&value);
  g_assert_true (taken);
  app_settle (sal_window_document (window));
}

/* Dropped files: a picture is looked at, whatever it is called; what is wrong comes as a toast, and
 * what was there stays. */
static void
test_drop (void)
{
  SalWindow *window = window_with_example ();

  if (window == NULL)
    return;
  SalDocument *document = sal_window_document (window);
  g_autoptr (SalImage) image = sal_image_new_filled (50, 40, (const guint8[]){ 9, 90, 200 });
  g_autofree char *picture = test_scratch ("dropped");

  g_assert_true (sal_png_write (picture, image, NULL, NULL));
  drop (window, picture);
  g_assert_cmpstr (sal_document_picture (document)->path, ==, picture);
  g_assert_cmpint (sal_image_width (sal_canvas_get_picture (part (window, "canvas"))), ==, 50);

  g_auto (GStrv) broken = app_broken ();
  for (int i = 0; broken[i] != NULL; i++) {
    drop (window, broken[i]);
    ui_run (100);
    g_assert_nonnull (find_label (GTK_WIDGET (window), "The * cannot be opened"));
    g_assert_nonnull (find_label (GTK_WIDGET (window), "Details"));
    g_assert_cmpstr (sal_document_picture (document)->path, ==, picture);
    g_assert_nonnull (find_label (GTK_WIDGET (window), "Σ *"));
    g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
  }
  finish (window);
}

/* A model alone gets the bundled picture, and a picture alone the bundled model. */
static void
test_complement (void)
{
  g_autofree char *model = NULL, *picture = NULL;

  if (!app_example (&model, &picture))
    return;
  for (int i = 0; i < 2; i++) {
    SalWindow *window = window_new (1000, 700);
    g_autoptr (GFile) file = g_file_new_for_path (i == 0 ? model : picture);

    sal_window_open_files (window, &file, 1);
    app_settle (sal_window_document (window));
    g_assert_nonnull (sal_document_view (sal_window_document (window)));
    finish (window);
  }
}

/* What was assumed about a model is said beside its predictions. */
static void
test_notes (void)
{
  g_autofree char *model = NULL, *picture = NULL, *contents = NULL;
  g_autofree char *bare = test_scratch ("bare.onnx");
  gsize length;

  if (!app_example (&model, &picture))
    return;
  SalWindow *window = window_with_example ();
  GtkWidget *notes = part (window, "notes");
  g_assert_false (gtk_widget_get_visible (notes));
  g_assert_true (g_file_get_contents (model, &contents, &length, NULL));
  test_write (bare, contents, length);
  drop (window, bare);
  g_assert_true (gtk_widget_get_visible (notes));
  g_assert_nonnull (strstr (gtk_label_get_text (GTK_LABEL (notes)), "bare.onnx"));
  /* Without labels, classes have numbers. */
  g_assert_nonnull (
      find_label (GTK_WIDGET (sal_class_list_list (part (window, "classes"))), "Class *"));
  drop (window, model);
  g_assert_false (gtk_widget_get_visible (notes));
  finish (window);
}

static void
test_export (void)
{
  SalWindow *window = window_with_example ();

  if (window == NULL)
    return;
  g_autofree char *path = test_scratch ("from-window.png");
  g_autoptr (GFile) file = g_file_new_for_path (path);

  sal_window_export_to (window, file);
  for (int i = 0; i < 1000 && find_label (GTK_WIDGET (window), "Exported from-window.png") == NULL;
       i++)
    ui_run (10);
  g_assert_nonnull (find_label (GTK_WIDGET (window), "Open Folder"));
  g_autofree char *recipe = sal_png_read_text (path, SAL_PNG_PARAMETERS, NULL);
  g_assert_nonnull (recipe);
  finish (window);
}

/* Everything that can be operated has a name, or text of its own. */
static void
check_names (GtkWidget *widget, int *n)
{
  if (!gtk_widget_get_visible (widget) || GTK_IS_WINDOW_CONTROLS (widget))
    return;
  gboolean button = GTK_IS_BUTTON (widget) && !GTK_IS_DROP_DOWN (gtk_widget_get_parent (widget)) &&
                    !GTK_IS_MENU_BUTTON (gtk_widget_get_parent (widget));
  gboolean control = button || GTK_IS_DROP_DOWN (widget) || GTK_IS_SCALE (widget) ||
                     GTK_IS_SWITCH (widget) || GTK_IS_ENTRY (widget) ||
                     GTK_IS_SEARCH_ENTRY (widget) || GTK_IS_MENU_BUTTON (widget) ||
                     SAL_IS_CANVAS (widget);

  if (control) {
    GtkAccessible *accessible = GTK_ACCESSIBLE (widget);
    gboolean named =
        gtk_test_accessible_has_property (accessible, GTK_ACCESSIBLE_PROPERTY_LABEL) ||
        gtk_test_accessible_has_relation (accessible, GTK_ACCESSIBLE_RELATION_LABELLED_BY) ||
        (GTK_IS_BUTTON (widget) && gtk_button_get_label (GTK_BUTTON (widget)) != NULL);

    if (!named)
      g_test_message ("%s in %s has no name", G_OBJECT_TYPE_NAME (widget),
                      G_OBJECT_TYPE_NAME (gtk_widget_get_parent (widget)));
    g_assert_true (named);
    (*n)++;
  }
  if (GTK_IS_DROP_DOWN (widget) || GTK_IS_ENTRY (widget) || GTK_IS_POPOVER (widget))
    return;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    check_names (child, n);
}

static void
test_names (void)
{
  SalWindow *window = window_with_example ();
  int n = 0;

  if (window == NULL)
    return;
  gtk_toggle_button_set_active (part (window, "looks_button"), TRUE);
  ui_run (50);
  check_names (GTK_WIDGET (window), &n);
  g_test_message ("%d controls", n);
  g_assert_cmpint (n, >, 20);
  g_assert_true (gtk_test_accessible_has_role (part (window, "canvas"), GTK_ACCESSIBLE_ROLE_IMG));
  finish (window);
}

static gboolean
folded (gpointer flap)
{
  return adw_flap_get_folded (flap);
}

/* Wide, the sidebar stands beside the picture; narrow, it lies over it on request. */
static void
test_sizes (void)
{
  g_autofree char *model = NULL, *picture = NULL;

  if (!app_example (&model, &picture))
    return;
  SalWindow *window = window_new (900, 600);
  sal_window_open_example (window);
  app_settle (sal_window_document (window));
  g_assert_true (ui_wait_until (folded, part (window, "flap"), 5000));
  g_assert_cmpint (gtk_widget_get_width (GTK_WIDGET (window)), <=, 900);
  g_assert_cmpint (gtk_widget_get_height (GTK_WIDGET (window)), <=, 600);
  finish (window);

  window = window_new (1280, 700);
  sal_window_open_example (window);
  app_settle (sal_window_document (window));
  ui_run (300);
  g_assert_false (adw_flap_get_folded (part (window, "flap")));
  g_assert_true (adw_flap_get_reveal_flap (part (window, "flap")));
  g_assert_cmpint (gtk_widget_get_width (part (window, "sidebar")), ==, 340);
  activate (window, "win.sidebar", NULL);
  ui_run (300);
  g_assert_false (adw_flap_get_reveal_flap (part (window, "flap")));
  finish (window);
}

static void
drag_steps (gpointer window)
{
  GtkWidget *row = sal_param_panel_find (part (window, "params"), "steps");

  for (int i = 0; i < 60; i++) {
    gtk_range_set_value (sal_slider_row_scale (SAL_SLIDER_ROW (row)), 0.3 + 0.005 * i);
    ui_run (16);
  }
  app_settle (sal_window_document (window));
}

/* A slider in motion, pictures of what comes of it, and a main loop that comes round as if nothing
 * was going on. */
static void
test_main_loop_runs_on (void)
{
  SalWindow *window = window_with_example ();

  if (window == NULL)
    return;
  ui_run (300);
  app_hold_gap (drag_steps, window);
  finish (window);
}

int
main (int argc, char *argv[])
{
  ui_init (&argc, &argv);
  adw_init ();
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
  app = GTK_APPLICATION (sal_application_new ());
  g_application_set_flags (G_APPLICATION (app), G_APPLICATION_NON_UNIQUE);
  g_assert_true (g_application_register (G_APPLICATION (app), NULL, NULL));
  g_test_add_func ("/app/window/empty", test_empty);
  g_test_add_func ("/app/window/example", test_example);
  g_test_add_func ("/app/window/classes", test_classes);
  g_test_add_func ("/app/window/versus", test_versus);
  g_test_add_func ("/app/window/controls", test_controls);
  g_test_add_func ("/app/window/slider", test_slider);
  g_test_add_func ("/app/window/layer", test_layer);
  g_test_add_func ("/app/window/conventions", test_conventions);
  g_test_add_func ("/app/window/previews", test_previews);
  g_test_add_func ("/app/window/looks", test_looks);
  g_test_add_func ("/app/window/region", test_region);
  g_test_add_func ("/app/window/zoom", test_zoom);
  g_test_add_func ("/app/window/errors", test_errors);
  g_test_add_func ("/app/window/job", test_job);
  g_test_add_func ("/app/window/drop", test_drop);
  g_test_add_func ("/app/window/complement", test_complement);
  g_test_add_func ("/app/window/notes", test_notes);
  g_test_add_func ("/app/window/export", test_export);
  g_test_add_func ("/app/window/names", test_names);
  g_test_add_func ("/app/window/sizes", test_sizes);
  g_test_add_func ("/app/window/main-loop-runs-on", test_main_loop_runs_on);
  int status = g_test_run ();
  test_scratch_clear ();
  g_object_unref (app);
  return status;
}
