/* The model page: what is known of the network, and a preparation that is changed while one
 * watches. */
#include "app/class-check.h"
#include "app/compare-page.h"
#include "app/layer-list.h"
#include "app/model-page.h"
#include "app/preparation-form.h"
#include "app/preview.h"
#include "engine/image/sidecar.h"
#include "tests/app/app-window.h"
#include "ui/class-list.h"

#include <glib/gstdio.h>
#include <string.h>

static GtkWidget *
part (SalWindow *window, const char *name)
{
  GObject *child =
      gtk_widget_get_template_child (app_part (window, "model_page"), SAL_TYPE_MODEL_PAGE, name);

  g_assert_nonnull (child);
  return GTK_WIDGET (child);
}

static GtkWidget *
list_part (SalWindow *window, const char *name)
{
  GObject *child =
      gtk_widget_get_template_child (part (window, "layer_list"), SAL_TYPE_LAYER_LIST, name);

  g_assert_nonnull (child);
  return GTK_WIDGET (child);
}

static GtkWidget *
form_part (SalWindow *window, const char *name)
{
  GObject *child =
      gtk_widget_get_template_child (part (window, "form"), SAL_TYPE_PREPARATION_FORM, name);

  g_assert_nonnull (child);
  return GTK_WIDGET (child);
}

static GtkEditable *
check_entry (SalWindow *window)
{
  return GTK_EDITABLE (
      gtk_widget_get_template_child (part (window, "check"), SAL_TYPE_CLASS_CHECK, "entry"));
}

static gboolean
idle (gpointer data)
{
  SalWindow *window = data;
  SalDocument *document = sal_window_document (window);

  return !sal_model_page_is_busy (app_part (window, "model_page")) &&
         !sal_document_is_opening (document) &&
         sal_document_state (document) != SAL_DOCUMENT_RUNNING;
}

static void
settle (SalWindow *window)
{
  ui_run (20);
  g_assert_true (ui_wait_until (idle, window, 60000));
  ui_run (20);
}

/* A copy of the bundled model in a folder of its own, without a sidecar. */
static char *
bare_model (const char *name)
{
  g_autofree char *model = NULL, *picture = NULL, *contents = NULL;
  gsize length;

  if (!app_example (&model, &picture))
    return NULL;
  char *copy = test_scratch (name);
  g_assert_true (g_file_get_contents (model, &contents, &length, NULL));
  test_write (copy, contents, length);
  return copy;
}

static SalWindow *
window_with (const char *model)
{
  SalWindow *window = app_window_new (1280, 800);
  g_autofree char *picture = NULL, *bundled = NULL;

  g_assert_true (app_example (&bundled, &picture));
  app_drop (window, model);
  app_drop (window, picture);
  app_settle (sal_window_document (window));
  app_activate (window, "win.page", "model");
  settle (window);
  return window;
}

static guint
n_layers (SalWindow *window)
{
  return g_list_model_get_n_items (
      G_LIST_MODEL (gtk_column_view_get_model (GTK_COLUMN_VIEW (list_part (window, "layers")))));
}

typedef struct {
  SalWindow *window;
  guint n;
} Found;

static gboolean
has_found (gpointer data)
{
  Found *found = data;
  return n_layers (found->window) == found->n;
}

/* The list follows a little after what was typed, and shows everything between two words. */
static void
search (SalWindow *window, const char *text, guint n)
{
  Found found = { window, n };

  gtk_editable_set_text (GTK_EDITABLE (list_part (window, "search")), text);
  g_assert_true (ui_wait_until (has_found, &found, 20000));
}

/* Keys move among the layers when the page opens, and write nowhere. */
static void
test_focus (void)
{
  SalWindow *window = app_window_with_example ();

  if (window == NULL)
    return;
  g_assert_true (gtk_widget_grab_focus (app_part (window, "canvas")));
  for (int turn = 0; turn < 2; turn++) {
    app_activate (window, "win.page", "model");
    settle (window);
    GtkWidget *focus = gtk_root_get_focus (GTK_ROOT (window));
    g_assert_nonnull (focus);
    g_test_message ("the focus is in a %s", G_OBJECT_TYPE_NAME (focus));
    g_assert_true (gtk_widget_is_ancestor (focus, list_part (window, "layers")));
    app_activate (window, "win.page", "explore");
    ui_run (50);
  }
  app_window_finish (window);
}

static GtkWidget *
focus_of (SalWindow *window)
{
  return gtk_root_get_focus (GTK_ROOT (window));
}

static void
press_tab (SalWindow *window, GdkModifierType state)
{
  g_autoptr (GListModel) controllers =
      gtk_widget_observe_controllers (list_part (window, "layers"));

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++) {
    g_autoptr (GObject) controller = g_list_model_get_item (controllers, i);
    gboolean taken = FALSE;
    if (GTK_IS_EVENT_CONTROLLER_KEY (controller))
      g_signal_emit_by_name (controller, "key-pressed", GDK_KEY_Tab, 0, state, &taken);
    if (taken)
      return;
  }
  g_assert_not_reached ();
}

/* A row says what is in it, and one key leads out of the table, however long it is. */
static void
test_table (void)
{
  SalWindow *window = app_window_with_example ();

  if (window == NULL)
    return;
  app_activate (window, "win.page", "model");
  settle (window);
  GtkWidget *layers = list_part (window, "layers");
  GtkWidget *row = app_wait_label (layers, "conv1");
  while (!g_str_equal (G_OBJECT_TYPE_NAME (row), "GtkListItemWidget"))
    row = gtk_widget_get_parent (row);
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "conv1, Conv, 1×24×64×64");
  press_tab (window, 0);
  g_assert_true (gtk_widget_is_ancestor (focus_of (window), list_part (window, "details")));
  gtk_widget_grab_focus (layers);
  press_tab (window, GDK_SHIFT_MASK);
  g_assert_true (gtk_widget_is_ancestor (focus_of (window), list_part (window, "search")));

  GtkWidget *channel =
      gtk_widget_get_first_child (list_part (window, "channels")); /* of a flow box */
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (channel), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "Channel 8");
  app_window_finish (window);
}

static gboolean
keyboard_on_selected (gpointer list)
{
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (list));

  return focus != NULL && gtk_widget_is_ancestor (focus, list) &&
         (gtk_widget_get_state_flags (focus) & GTK_STATE_FLAG_SELECTED) != 0;
}

/* The keyboard begins where the choice is now, not at the top of the list. */
static void
test_lists (void)
{
  SalWindow *window = app_window_with_example ();

  if (window == NULL)
    return;
  gpointer measure = gtk_widget_get_template_child (app_part (window, "compare_page"),
                                                    SAL_TYPE_COMPARE_PAGE, "measure");
  const struct {
    const char *page;
    gpointer list;
  } lists[] = { { "model", form_part (window, "preset") }, { "compare", measure } };

  for (gsize i = 0; i < G_N_ELEMENTS (lists); i++) {
    GtkWidget *popover = gtk_widget_get_last_child (lists[i].list);

    app_activate (window, "win.page", lists[i].page);
    settle (window);
    gtk_drop_down_set_selected (lists[i].list, 2);
    settle (window);
    gtk_popover_popup (GTK_POPOVER (popover));
    g_assert_true (ui_wait_until (keyboard_on_selected, lists[i].list, 10000));
    gtk_popover_popdown (GTK_POPOVER (popover));
  }
  app_window_finish (window);
}

static void
test_layers (void)
{
  SalWindow *window = app_window_with_example ();

  if (window == NULL)
    return;
  app_activate (window, "win.page", "model");
  settle (window);
  g_assert_cmpuint (n_layers (window), ==, 17);
  g_assert_nonnull (app_find_label (GTK_WIDGET (window), "17 layers · 269*642 parameters · *"));
  g_assert_nonnull (app_find_label (GTK_WIDGET (window), "1×24×64×64"));
  g_assert_nonnull (app_find_label (GTK_WIDGET (window), "*At this picture: *"));
  g_assert_nonnull (app_find_label (GTK_WIDGET (window), "Channel *"));

  search (window, "CONV", 6);
  search (window, "classify", 1);
  g_assert_false (gtk_widget_get_visible (list_part (window, "nothing")));
  settle (window);
  g_assert_cmpstr (gtk_label_get_text (GTK_LABEL (list_part (window, "layer_name"))), ==,
                   "classify");
  g_assert_null (app_find_label (list_part (window, "channels"), "Channel *")); /* no places */
  search (window, "no such layer", 0);
  g_assert_true (gtk_widget_get_visible (list_part (window, "nothing")));
  g_assert_cmpstr (gtk_label_get_text (GTK_LABEL (list_part (window, "layer_name"))), ==, "");
  search (window, "", 17);
  g_assert_false (gtk_widget_get_visible (list_part (window, "nothing")));
  app_window_finish (window);
}

/* Every number that is set reaches the network, the document follows, and saving keeps it. */
static void
test_preparation (void)
{
  g_autofree char *model = bare_model ("edited.onnx");

  if (model == NULL)
    return;
  SalWindow *window = window_with (model);
  SalDocument *document = sal_window_document (window);
  GtkWidget *page = app_part (window, "model_page");
  GtkDropDown *preset = GTK_DROP_DOWN (form_part (window, "preset"));
  GtkDropDown *fit = GTK_DROP_DOWN (form_part (window, "fit"));

  g_assert_cmpuint (gtk_drop_down_get_selected (preset), ==, 0); /* assumed: ImageNet */
  const SalPixelFormat *format =
      sal_preparation_format (sal_model_preparation (sal_document_model (document)));
  g_assert_cmpfloat (format->mean[0], ==, 0.485);
  gtk_drop_down_set_selected (preset, 1);
  settle (window);
  format = sal_preparation_format (sal_model_preparation (sal_document_model (document)));
  g_assert_cmpfloat (format->mean[0], ==, 0.5);
  g_assert_cmpint (format->fit, ==, SAL_FIT_CROP);
  gtk_drop_down_set_selected (fit, 1);
  settle (window);
  format = sal_preparation_format (sal_model_preparation (sal_document_model (document)));
  g_assert_cmpint (format->fit, ==, SAL_FIT_STRETCH);
  g_assert_cmpfloat (format->mean[0], ==, 0.5);
  g_assert_nonnull (app_find_label (page, "128×128"));
  g_assert_nonnull (app_find_label (page, "Class 3 5* %*")); /* clock, without names */

  /* Typed numbers; what is no number is marked and does nothing. */
  GtkEditable *entry = GTK_EDITABLE (gtk_widget_get_first_child (form_part (window, "means")));
  gtk_editable_set_text (entry, "0,25");
  g_signal_emit_by_name (entry, "activate");
  settle (window);
  format = sal_preparation_format (sal_model_preparation (sal_document_model (document)));
  g_assert_cmpfloat (format->mean[0], ==, 0.25);
  g_assert_cmpstr (gtk_editable_get_text (entry), ==, "0.25");
  guint own = g_list_model_get_n_items (gtk_drop_down_get_model (preset)) - 1;
  g_assert_cmpuint (gtk_drop_down_get_selected (preset), ==, own);
  gtk_editable_set_text (entry, "half");
  g_signal_emit_by_name (entry, "activate");
  settle (window);
  g_assert_true (gtk_widget_has_css_class (GTK_WIDGET (entry), "error"));
  format = sal_preparation_format (sal_model_preparation (sal_document_model (document)));
  g_assert_cmpfloat (format->mean[0], ==, 0.25);
  GtkEditable *deviation = GTK_EDITABLE (gtk_widget_get_first_child (form_part (window, "stds")));
  gtk_editable_set_text (entry, "0.5");
  gtk_editable_set_text (deviation, "0");
  g_signal_emit_by_name (deviation, "activate");
  settle (window);
  app_wait_label (window, "The preparation cannot be used");
  gtk_drop_down_set_selected (preset, 1);
  settle (window);

  /* Names: of the right number, of the wrong one, and none at all. */
  g_autofree char *bundled =
      g_build_filename (g_getenv ("SALIENCE_SOURCE_ROOT"), "data/labels/scenes.txt", NULL);
  g_autofree char *few = test_scratch ("few.txt"), *none = test_scratch ("none.txt");
  test_write (few, "one\ntwo\n", 8);
  test_write (none, "", 0);
  sal_model_page_set_labels (SAL_MODEL_PAGE (page), few);
  settle (window);
  g_assert_nonnull (app_find_label (page, "2 for 10 classes"));
  sal_model_page_set_labels (SAL_MODEL_PAGE (page), none);
  settle (window);
  app_wait_label (window, "The preparation cannot be used");
  sal_model_page_set_labels (SAL_MODEL_PAGE (page), bundled);
  settle (window);
  g_assert_nonnull (app_find_label (page, "10, one for each class"));
  g_assert_nonnull (app_find_label (page, "clock 5* % · mushroom 4* %*"));

  g_assert_true (gtk_widget_activate_action (page, "model.save", NULL));
  app_wait_label (window, "Saved edited.json");
  app_window_finish (window);

  g_autoptr (SalModel) again = sal_model_open (model, NULL);
  g_assert_nonnull (again);
  format = sal_preparation_format (sal_model_preparation (again));
  g_assert_cmpfloat (format->mean[0], ==, 0.5);
  g_assert_cmpint (format->fit, ==, SAL_FIT_STRETCH);
  g_assert_cmpstr (sal_model_label (again, 3), ==, "clock");
}

/* A network that takes pictures at their own size goes on doing so, whatever else is set. */
static void
test_own_size (void)
{
  static const char own[] = "{\"input\": {\"resize\": {\"default\": \"own\"}}}";
  g_autofree char *model = bare_model ("own.onnx");
  g_autofree char *sidecar = test_scratch ("own.json");

  if (model == NULL)
    return;
  test_write (sidecar, own, sizeof own - 1);
  SalWindow *window = window_with (model);
  SalDocument *document = sal_window_document (window);
  GtkDropDown *fit = GTK_DROP_DOWN (form_part (window, "fit"));

  g_assert_cmpuint (gtk_drop_down_get_selected (fit), ==, SAL_FIT_OWN);
  g_assert_nonnull (app_find_label (form_part (window, "fit"), "At its own size"));
  gtk_drop_down_set_selected (GTK_DROP_DOWN (form_part (window, "preset")), 1);
  settle (window);
  const SalPixelFormat *format =
      sal_preparation_format (sal_model_preparation (sal_document_model (document)));
  g_assert_cmpint (format->fit, ==, SAL_FIT_OWN);
  g_assert_cmpfloat (format->mean[0], ==, 0.5);
  for (int i = SAL_FIT_STRETCH; i <= SAL_FIT_OWN; i++) {
    gtk_drop_down_set_selected (fit, (guint) i);
    settle (window);
    format = sal_preparation_format (sal_model_preparation (sal_document_model (document)));
    g_assert_cmpint (format->fit, ==, i);
  }
  app_window_finish (window);
}

static void
test_revert (void)
{
  SalWindow *window = app_window_with_example ();

  if (window == NULL)
    return;
  GtkWidget *page = app_part (window, "model_page");
  SalDocument *document = sal_window_document (window);
  SalModel *model = sal_document_model (document);

  app_activate (window, "win.page", "model");
  settle (window);
  g_assert_false (gtk_widget_activate_action (page, "model.revert", NULL) &&
                  sal_document_model (document) != model);
  gtk_drop_down_set_selected (GTK_DROP_DOWN (form_part (window, "order")), 1);
  settle (window);
  g_assert_true (sal_document_model (document) != model);
  g_assert_true (gtk_widget_activate_action (page, "model.revert", NULL));
  settle (window);
  g_assert_true (sal_document_model (document) == model);
  g_assert_cmpuint (gtk_drop_down_get_selected (GTK_DROP_DOWN (form_part (window, "order"))), ==,
                    0);
  app_window_finish (window);
}

static double
mean (SalWindow *window)
{
  return sal_preparation_format (
             sal_model_preparation (sal_document_model (sal_window_document (window))))
      ->mean[0];
}

static void
open_model (SalWindow *window, const char *path)
{
  app_drop (window, path);
  settle (window);
}

static GtkWidget *
name_of_model (SalWindow *window, const char *name)
{
  return app_find_label (app_part (window, "model_label"), name);
}

/* What was set and not saved is there again with its model, whatever was open meanwhile. */
static void
test_kept (void)
{
  g_autofree char *model = bare_model ("kept.onnx"), *other = bare_model ("other.onnx");
  g_autofree char *sidecar = test_scratch ("kept.json");

  if (model == NULL)
    return;
  SalWindow *window = window_with (model);
  SalDocument *document = sal_window_document (window);
  GtkWidget *page = app_part (window, "model_page");
  g_autofree char *names =
      g_build_filename (g_getenv ("SALIENCE_SOURCE_ROOT"), "data/labels/scenes.txt", NULL);

  gtk_drop_down_set_selected (GTK_DROP_DOWN (form_part (window, "preset")), 1);
  settle (window);
  sal_model_page_set_labels (SAL_MODEL_PAGE (page), names);
  settle (window);
  g_assert_cmpfloat (mean (window), ==, 0.5);
  app_activate (window, "win.page", "explore");
  open_model (window, other);
  g_assert_nonnull (name_of_model (window, "other"));
  g_assert_cmpfloat (mean (window), ==, 0.485);
  app_wait_label (window, "The preparation of “kept” is kept, but not saved");

  /* Numbers and names, without the page in sight; it can be reverted still. */
  open_model (window, model);
  g_assert_nonnull (name_of_model (window, "kept"));
  g_assert_cmpfloat (mean (window), ==, 0.5);
  g_assert_cmpstr (sal_model_label (sal_document_model (document), 3), ==, "clock");
  app_wait_label (window, "“kept” is prepared as you had set it");
  app_activate (window, "win.page", "model");
  settle (window);
  g_assert_nonnull (app_find_label (page, "10, one for each class"));
  app_click (app_find_button (GTK_WIDGET (window), "_Revert"));
  settle (window);
  g_assert_cmpfloat (mean (window), ==, 0.485);
  open_model (window, other);
  open_model (window, model);
  g_assert_cmpfloat (mean (window), ==, 0.485);

  /* A result is shown again as it was made; what the file says can be had then, too. */
  gtk_drop_down_set_selected (GTK_DROP_DOWN (form_part (window, "preset")), 1);
  settle (window);
  SalExplanation *made = sal_explanation_ref (sal_document_explanation (document));
  open_model (window, other);
  gtk_drop_down_set_selected (GTK_DROP_DOWN (form_part (window, "preset")), 2);
  settle (window);
  double another = mean (window);
  g_assert_cmpfloat (another, !=, 0.485);
  sal_document_restore (document, made, sal_document_looks (document));
  sal_explanation_unref (made);
  settle (window);
  g_assert_true (sal_document_explanation (document) == made);
  g_assert_cmpfloat (mean (window), ==, 0.5);

  /* What was set last is still kept; saved from afar, it is what the file says. */
  open_model (window, other);
  g_assert_cmpfloat (mean (window), ==, another);
  gtk_widget_activate_action (page, "model.revert", NULL);
  settle (window);
  open_model (window, model);
  g_assert_cmpfloat (mean (window), ==, 0.5);
  gtk_drop_down_set_selected (GTK_DROP_DOWN (form_part (window, "preset")), 3);
  settle (window);
  double last = mean (window);
  open_model (window, other);
  app_wait_label (window, "The preparation of “kept” is kept, but not saved");
  g_assert_false (g_file_test (sidecar, G_FILE_TEST_EXISTS));
  app_click (app_find_button (GTK_WIDGET (window), "_Save"));
  app_wait_label (window, "Saved kept.json");
  open_model (window, model);
  g_assert_cmpfloat (mean (window), ==, last);
  gtk_widget_activate_action (page, "model.revert", NULL);
  settle (window);
  g_assert_cmpfloat (mean (window), ==, last);
  app_window_finish (window);
}

static AdwMessageDialog *
question (void)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++) {
    g_autoptr (GtkWidget) window = g_list_model_get_item (windows, i);
    if (ADW_IS_MESSAGE_DIALOG (window) && gtk_widget_get_mapped (window))
      return ADW_MESSAGE_DIALOG (window);
  }
  return NULL;
}

static gboolean
is_asked (gpointer data)
{
  return question () != NULL;
}

/* Closes a window of which something is not saved. */
static void
close_and_answer (SalWindow *window, const char *answer)
{
  gtk_window_close (GTK_WINDOW (window));
  g_assert_true (ui_wait_until (is_asked, NULL, 20000));
  AdwMessageDialog *dialog = question ();
  g_assert_cmpstr (adw_message_dialog_get_heading (dialog), ==, "Save Preparation?");
  g_assert_nonnull (strstr (adw_message_dialog_get_body (dialog), "“ended.onnx”"));
  GtkWidget *button = app_find_button (GTK_WIDGET (dialog), answer);
  g_assert_nonnull (button);
  app_click (button);
  ui_run (100);
  g_assert_null (question ());
}

static gboolean
is_null (gpointer pointer)
{
  return *(gpointer *) pointer == NULL;
}

/* The window does not take along what was set and not saved without a word. */
static void
test_ended (void)
{
  g_autofree char *model = bare_model ("ended.onnx"), *other = bare_model ("beside.onnx");
  g_autofree char *sidecar = test_scratch ("ended.json");

  if (model == NULL)
    return;
  for (int turn = 0; turn < 4; turn++) {
    SalWindow *window = window_with (model);
    GtkDropDown *preset = GTK_DROP_DOWN (form_part (window, "preset"));

    g_object_add_weak_pointer (G_OBJECT (window), (gpointer *) &window);
    if (turn < 3) {
      gtk_drop_down_set_selected (preset, 1);
      if (turn != 1) /* saved before the network has it */
        settle (window);
      close_and_answer (window, "_Cancel");
      g_assert_true (gtk_widget_get_mapped (GTK_WIDGET (window)));
      g_assert_false (g_file_test (sidecar, G_FILE_TEST_EXISTS));
    }
    if (turn == 2) /* the question is about models that were open before, too */
      open_model (window, other);
    if (turn < 3)
      close_and_answer (window, turn == 0 ? "_Discard" : "_Save");
    else
      gtk_window_close (GTK_WINDOW (window));
    g_assert_true (ui_wait_until (is_null, &window, 20000));
    g_assert_true (g_file_test (sidecar, G_FILE_TEST_EXISTS) == (turn > 0));
    if (turn == 1)
      g_unlink (sidecar);
  }
}

/* What is saved is no longer asked about, whether the network has it already or not. */
static void
test_ended_saved (void)
{
  g_autofree char *model = bare_model ("ended-saved.onnx");

  if (model == NULL)
    return;
  SalWindow *window = window_with (model);
  GtkWidget *page = app_part (window, "model_page");

  for (guint preset = 1; preset < 3; preset++) {
    g_autoptr (GPtrArray) before = sal_model_page_unsaved (SAL_MODEL_PAGE (page));

    g_assert_cmpuint (before->len, ==, 0);
    gtk_drop_down_set_selected (GTK_DROP_DOWN (form_part (window, "preset")), preset);
    if (preset == 2)
      settle (window);
    g_autoptr (GPtrArray) set = sal_model_page_unsaved (SAL_MODEL_PAGE (page));
    g_assert_cmpuint (set->len, ==, 1);
    g_assert_cmpstr (set->pdata[0], ==, model);
    gtk_widget_activate_action (page, "model.save", NULL);
    g_autoptr (GPtrArray) saved = sal_model_page_unsaved (SAL_MODEL_PAGE (page));
    g_assert_cmpuint (saved->len, ==, 0);
    settle (window);
    g_assert_cmpuint (gtk_widget_get_sensitive (GTK_WIDGET (app_find_button (page, "Revert"))), ==,
                      FALSE);
  }
  app_window_finish (window);
}

/* A network that is sure of nothing because it is fed wrongly says so, and what would help. */
static void
test_doubt (void)
{
  g_autofree char *model = bare_model ("flat.onnx");
  const char *sidecar =
      "{ \"input\": { \"shape\": [\"N\", 3, 128, 128], \"value_range\": [0, 0.01],"
      " \"mean\": [0, 0, 0], \"std\": [1, 1, 1], \"resize\": { \"default\": \"stretch\" } } }";

  if (model == NULL)
    return;
  g_autofree char *path = test_scratch ("flat.json");
  test_write (path, sidecar, strlen (sidecar));
  SalWindow *window = window_with (model);
  GtkWidget *page = app_part (window, "model_page");

  app_wait_label (page, "The network is sure of nothing*would say:*");
  app_activate (window, "win.page", "explore");
  ui_run (50);
  app_wait_label (window, "The network is sure of nothing*");
  g_assert_true (gtk_widget_get_mapped (app_part (window, "doubt_button")));
  app_activate (window, "win.page", "model");
  ui_run (50);
  app_click (app_find_button (page, "Use It"));
  settle (window);
  g_assert_null (app_find_label (page, "The network is sure of nothing*"));
  g_assert_nonnull (app_find_label (page, "Class 3 * %*"));
  app_window_finish (window);
}

/* A picture of a known class tells whether the names stand in the network's order. */
static void
test_order (void)
{
  g_autofree char *model = bare_model ("order.onnx"), *folder = NULL;

  if (model == NULL)
    return;
  folder = g_path_get_dirname (model);
  g_autofree char *late = g_build_filename (folder, "late.txt", NULL);
  g_autofree char *bundled =
      g_build_filename (g_getenv ("SALIENCE_SOURCE_ROOT"), "data/labels/scenes.txt", NULL);
  g_autofree char *names = NULL, *picture = NULL, *sidecar = test_scratch ("order.json");
  const char *text = "{ \"input\": { \"shape\": [\"N\", 3, 128, 128], \"mean\": [0.5, 0.5, 0.5],"
                     " \"std\": [0.5, 0.5, 0.5], \"resize\": { \"default\": \"stretch\" } } }";

  test_write (sidecar, text, strlen (text));
  g_assert_true (g_file_get_contents (bundled, &names, NULL, NULL));
  SalWindow *window = window_with (model);
  SalDocument *document = sal_window_document (window);
  SalModelPage *page = app_part (window, "model_page");

  picture =
      g_build_filename (g_getenv ("SALIENCE_SOURCE_ROOT"), "data/images/scenes/mug.png", NULL);
  app_drop (window, picture);
  settle (window);

  /* The right names, and one of those that are near. */
  sal_model_page_set_labels (page, bundled);
  settle (window);
  gtk_editable_set_text (check_entry (window), " Mug ");
  app_wait_label (GTK_WIDGET (page), "The network’s answer is “mug”: the names fit.");
  gtk_editable_set_text (check_entry (window), "zebra");
  app_wait_label (GTK_WIDGET (page), "No class is called “zebra”.");

  /* All one class later than the network’s own, alphabetical order: said, offered, used, kept. */
  g_auto (GStrv) lines = g_strsplit (g_strchomp (names), "\n", -1);
  guint n = g_strv_length (lines);
  GString *moved = g_string_new (lines[n - 1]);
  for (guint i = 0; i + 1 < n; i++)
    g_string_append_printf (moved, "\n%s", lines[i]);
  test_write (late, moved->str, moved->len);
  g_string_free (moved, TRUE);
  sal_model_page_set_labels (page, late);
  settle (window);
  g_assert_cmpstr (sal_model_label (sal_document_model (document), 0), ==, lines[n - 1]);
  gtk_editable_set_text (check_entry (window), "mug");
  app_wait_label (GTK_WIDGET (page), "*With the names in alphabetical order it would be “mug”.");
  app_click (app_find_button (part (window, "check"), "Use It"));
  settle (window);
  app_wait_label (GTK_WIDGET (page), "The network’s answer is “mug”: the names fit.");
  for (guint i = 0; i < n; i++)
    g_assert_cmpstr (sal_model_label (sal_document_model (document), (int) i), ==, lines[i]);
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (page), "model.save", NULL));
  app_wait_label (window, "Saved order.json");

  /* One name too many is seen without a picture's help. */
  g_autofree char *more = g_strconcat ("nothing\n", names, NULL);
  test_write (late, more, strlen (more));
  sal_model_page_set_labels (page, late);
  gtk_editable_set_text (check_entry (window), "");
  settle (window);
  app_wait_label (GTK_WIDGET (page),
                  "11 names for 10 classes. Meant may be the first name left out.");
  app_click (app_find_button (part (window, "check"), "Use It"));
  settle (window);
  g_assert_cmpstr (sal_model_label (sal_document_model (document), 0), ==, lines[0]);
  g_assert_null (app_find_label (GTK_WIDGET (page), "11 names*"));

  /* Another picture has not been spoken of. */
  gtk_editable_set_text (check_entry (window), "mug");
  g_autofree char *other =
      g_build_filename (g_getenv ("SALIENCE_SOURCE_ROOT"), "data/images/scenes/house.png", NULL);
  app_drop (window, other);
  settle (window);
  g_assert_cmpstr (gtk_editable_get_text (check_entry (window)), ==, "");
  app_window_finish (window);

  g_autoptr (SalModel) again = sal_model_open (model, NULL);
  g_assert_nonnull (again);
  for (guint i = 0; i < n; i++)
    g_assert_cmpstr (sal_model_label (again, (int) i), ==, lines[i]);
}

static void
test_flatness (void)
{
  g_autoptr (GArray) predictions = g_array_new (FALSE, FALSE, sizeof (SalPrediction));
  SalPrediction all[4] = { { 0, 0, 0.25 }, { 1, 0, 0.25 }, { 2, 0, 0.25 }, { 3, 0, 0.25 } };

  g_array_append_vals (predictions, all, 4);
  g_assert_cmpfloat_with_epsilon (sal_preview_flatness (predictions), 1, 1e-12);
  for (int i = 0; i < 4; i++)
    g_array_index (predictions, SalPrediction, i).probability = i < 2 ? 0.5 : 0;
  g_assert_cmpfloat_with_epsilon (sal_preview_flatness (predictions), 0.5, 1e-12);
  g_array_index (predictions, SalPrediction, 1).probability = 0;
  g_assert_cmpfloat_with_epsilon (sal_preview_flatness (predictions), 0, 1e-12);
}

static GtkEditable *
mean_entry (SalWindow *window)
{
  return GTK_EDITABLE (gtk_widget_get_first_child (form_part (window, "means")));
}

/* Without Enter. */
static void
type (SalWindow *window, const char *text)
{
  GtkEditable *entry = mean_entry (window);

  g_assert_true (gtk_widget_grab_focus (GTK_WIDGET (entry)));
  ui_run (20);
  gtk_editable_set_text (entry, text);
}

/* What stands in an entry counts, whatever is done next. */
static void
test_typed (void)
{
  g_autofree char *model = bare_model ("typed.onnx"), *other = bare_model ("typed-2.onnx");

  if (model == NULL)
    return;
  SalWindow *window = window_with (model);
  GtkWidget *page = app_part (window, "model_page");

  type (window, "0.25");
  app_activate (window, "win.page", "explore");
  settle (window);
  g_assert_cmpfloat (mean (window), ==, 0.25);
  app_activate (window, "win.page", "model");
  settle (window);
  type (window, "0.125");
  open_model (window, other);
  g_assert_nonnull (name_of_model (window, "typed-2"));
  g_assert_cmpfloat (mean (window), ==, 0.485);
  app_wait_label (window, "The preparation of “typed” is kept, but not saved");
  open_model (window, model);
  g_assert_cmpfloat (mean (window), ==, 0.125);
  type (window, "0.75");
  gtk_widget_activate_action (page, "model.save", NULL);
  app_wait_label (window, "Saved typed.json");
  settle (window);
  g_assert_cmpfloat (mean (window), ==, 0.75);

  /* The window asks; what is no number is not asked about, and does no harm. */
  type (window, "0.5");
  gtk_window_close (GTK_WINDOW (window));
  g_assert_true (ui_wait_until (is_asked, NULL, 20000));
  g_object_add_weak_pointer (G_OBJECT (window), (gpointer *) &window);
  app_click (app_find_button (GTK_WIDGET (question ()), "_Save"));
  g_assert_true (ui_wait_until (is_null, &window, 20000));
  window = window_with (model);
  g_assert_cmpfloat (mean (window), ==, 0.5);
  type (window, "half");
  app_window_finish (window);
}

static guint
n_unsaved (SalWindow *window)
{
  g_autoptr (GPtrArray) paths = sal_model_page_unsaved (app_part (window, "model_page"));

  return paths->len;
}

/* What is set back to what it was is nothing to save, nor is an entry that was only looked at. */
static void
test_set_back (void)
{
  static const char clip[] = "{\"input\": {\"mean\": [0.48145466, 0.4578275, 0.40821073],"
                             " \"std\": [0.26862954, 0.26130258, 0.27577711]}}";
  g_autofree char *model = bare_model ("set-back.onnx");
  g_autofree char *sidecar = test_scratch ("set-back.json");

  if (model == NULL)
    return;
  test_write (sidecar, clip, sizeof clip - 1);
  SalWindow *window = window_with (model);
  GtkDropDown *order = GTK_DROP_DOWN (form_part (window, "order"));
  SalModel *opened = sal_document_model (sal_window_document (window));

  g_assert_cmpstr (gtk_editable_get_text (mean_entry (window)), ==, "0.481455");
  g_assert_true (gtk_widget_grab_focus (GTK_WIDGET (mean_entry (window))));
  ui_run (20);
  app_activate (window, "win.page", "explore");
  settle (window);
  g_assert_cmpuint (n_unsaved (window), ==, 0);
  g_assert_cmpfloat (mean (window), ==, 0.48145466);
  for (guint turn = 0; turn < 2; turn++) {
    gtk_drop_down_set_selected (order, 1);
    if (turn > 0)
      settle (window);
    g_assert_cmpuint (n_unsaved (window), ==, 1);
    gtk_drop_down_set_selected (order, 0);
    g_assert_cmpuint (n_unsaved (window), ==, 0);
    settle (window);
    g_assert_true (sal_document_model (sal_window_document (window)) == opened);
  }
  app_window_finish (window);
}

int
main (int argc, char *argv[])
{
  app_init (&argc, &argv);
  g_test_add_func ("/app/model-page/flatness", test_flatness);
  g_test_add_func ("/app/model-page/layers", test_layers);
  g_test_add_func ("/app/model-page/focus", test_focus);
  g_test_add_func ("/app/model-page/lists", test_lists);
  g_test_add_func ("/app/model-page/table", test_table);
  g_test_add_func ("/app/model-page/preparation", test_preparation);
  g_test_add_func ("/app/model-page/own-size", test_own_size);
  g_test_add_func ("/app/model-page/revert", test_revert);
  g_test_add_func ("/app/model-page/kept", test_kept);
  g_test_add_func ("/app/model-page/ended", test_ended);
  g_test_add_func ("/app/model-page/ended-saved", test_ended_saved);
  g_test_add_func ("/app/model-page/doubt", test_doubt);
  g_test_add_func ("/app/model-page/order", test_order);
  g_test_add_func ("/app/model-page/typed", test_typed);
  g_test_add_func ("/app/model-page/set-back", test_set_back);
  return app_end (g_test_run ());
}
