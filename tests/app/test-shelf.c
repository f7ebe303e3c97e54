/* The results shelf in the window: what was computed comes back whole without the engine, and can
 * be starred, renamed, deleted, compared. */
#include "app/bundled.h"
#include "app/queue.h"
#include "app/shelf-strip.h"
#include "engine/image/png.h"
#include "tests/app/app-window.h"
#include "ui/canvas.h"
#include "ui/class-list.h"

#include <string.h>

static GListModel *
results (SalWindow *window)
{
  return G_LIST_MODEL (
      gtk_list_view_get_model (sal_shelf_strip_list (app_part (window, "shelf_strip"))));
}

static void
choose (SalWindow *window, guint position, gboolean alone)
{
  g_assert_true (
      gtk_selection_model_select_item (GTK_SELECTION_MODEL (results (window)), position, alone));
  app_settle (sal_window_document (window));
  ui_run (30);
}

static SalResult *
result (SalWindow *window, guint position)
{
  g_autoptr (SalResult) item = g_list_model_get_item (results (window), position);

  g_assert_nonnull (item);
  return item;
}

static void
set_opacity (SalWindow *window, double percent)
{
  gtk_range_set_value (app_part (window, "opacity"), percent);
  ui_run (30);
}

/* Class, method, parameters, appearance and picture return; the engine rests. */
static void
test_restore (void)
{
  SalWindow *window = app_window_with_example ();

  if (window == NULL)
    return;
  SalDocument *document = sal_window_document (window);
  SalCanvas *canvas = app_part (window, "canvas");
  int target = sal_document_target (document);
  SalPicture *picture = sal_document_picture (document);

  g_assert_cmpuint (g_list_model_get_n_items (results (window)), ==, 1);
  set_opacity (window, 40);
  app_set (document, "steps", "12");
  app_settle (document);
  g_assert_cmpuint (g_list_model_get_n_items (results (window)), ==, 2);
  app_activate (window, "win.next-class", NULL);
  app_set_method (window, "grad-cam");
  set_opacity (window, 90);
  /* And another picture. */
  g_autoptr (SalImage) image = sal_image_new_filled (50, 40, (const guint8[]){ 9, 90, 200 });
  g_autofree char *path = test_scratch ("blue.png");
  g_assert_true (sal_png_write (path, image, NULL, NULL));
  app_drop (window, path);
  guint n = g_list_model_get_n_items (results (window)), jobs = sal_document_jobs (document);
  g_assert_cmpuint (n, >=, 4);

  choose (window, 1, TRUE);
  g_assert_cmpuint (sal_document_jobs (document), ==, jobs);
  g_assert_cmpstr (sal_document_method (document)->id, ==, "integrated-gradients");
  g_assert_cmpint (sal_document_target (document), ==, target);
  g_assert_true (sal_document_picture (document) == picture);
  g_assert_true (sal_canvas_get_picture (canvas) == picture->image);
  g_assert_cmpfloat (
      sal_settings_number (sal_document_settings (document),
                           sal_param_find (sal_document_method (document)->params, "steps")),
      ==, 12);
  g_assert_cmpfloat_with_epsilon (sal_canvas_get_style (canvas)->opacity, 0.4, 1e-9);
  g_assert_true (sal_document_explanation (document) ==
                 sal_result_explanation (result (window, 1)));
  g_assert_nonnull (app_find_label (GTK_WIDGET (window), "Integrated Gradients for “*”"));
  g_assert_nonnull (app_find_label (GTK_WIDGET (window), "Σ * of *"));
  g_assert_true (app_enabled (window, "export"));
  g_assert_cmpuint (g_list_model_get_n_items (results (window)), ==, n);

  /* Asking the same again gives no second tile, and what follows works as ever. */
  choose (window, n - 1, TRUE);
  g_assert_cmpstr (sal_document_picture (document)->path, ==, path);
  g_assert_cmpfloat_with_epsilon (sal_canvas_get_style (canvas)->opacity, 0.9, 1e-9);
  choose (window, 0, TRUE);
  app_set (document, "steps", "12");
  app_settle (document);
  g_assert_cmpuint (g_list_model_get_n_items (results (window)), ==, n);
  g_assert_true (gtk_selection_model_is_selected (GTK_SELECTION_MODEL (results (window)), 1));
  app_window_finish (window);
}

/* A result chosen while something runs or is being opened wins. */
static void
test_restore_at_once (void)
{
  SalWindow *window = app_window_with_example ();

  if (window == NULL)
    return;
  SalDocument *document = sal_window_document (window);
  g_autoptr (SalImage) image = sal_image_new_filled (50, 40, (const guint8[]){ 9, 90, 200 });
  g_autofree char *path = test_scratch ("late.png");
  g_assert_true (sal_png_write (path, image, NULL, NULL));

  app_set (document, "smooth", "smoothgrad");
  app_set (document, "samples", "1000");
  ui_run (200);
  g_assert_cmpint (sal_document_state (document), ==, SAL_DOCUMENT_RUNNING);
  sal_document_open_picture (document, path);
  gtk_selection_model_unselect_all (GTK_SELECTION_MODEL (results (window)));
  choose (window, 0, TRUE);
  ui_run (300);
  g_assert_cmpint (sal_document_state (document), ==, SAL_DOCUMENT_DONE);
  g_assert_true (sal_document_explanation (document) ==
                 sal_result_explanation (result (window, 0)));
  g_assert_true (g_str_has_suffix (sal_document_picture (document)->path, "mushroom.png"));
  g_assert_cmpuint (g_list_model_get_n_items (results (window)), ==, 1);
  app_window_finish (window);
}

static gboolean
has_thumbnail (gpointer data)
{
  g_autoptr (GdkPaintable) thumbnail = NULL;

  g_object_get (data, "thumbnail", &thumbnail, NULL);
  return thumbnail != NULL;
}

static gboolean
offers_nothing (gpointer window)
{
  return app_find_button (window, "_Undo") == NULL;
}

static void
test_tiles (void)
{
  SalWindow *window = app_window_with_example ();

  if (window == NULL)
    return;
  GtkWidget *strip = app_part (window, "shelf_strip");
  GtkEditable *entry =
      GTK_EDITABLE (gtk_widget_get_template_child (strip, SAL_TYPE_SHELF_STRIP, "entry"));

  app_set_method (window, "gradient");
  app_set_method (window, "grad-cam");
  g_assert_cmpuint (g_list_model_get_n_items (results (window)), ==, 3);
  for (guint i = 0; i < 3; i++)
    g_assert_true (ui_wait_until (has_thumbnail, result (window, i), 20000));
  g_assert_nonnull (app_wait_label (strip, "Gradient"));

  g_autoptr (SalResult) second = g_object_ref (result (window, 1));
  choose (window, 1, TRUE);
  app_activate (window, "win.star", NULL);
  g_assert_true (sal_result_starred (second));
  app_activate (window, "win.undo", NULL);
  g_assert_false (sal_result_starred (second));
  app_activate (window, "win.redo", NULL);
  g_assert_true (sal_result_starred (second));
  g_assert_true (gtk_widget_activate_action (strip, "shelf.star", NULL));
  g_assert_false (sal_result_starred (second));
  app_activate (window, "win.undo", NULL);
  g_assert_true (sal_result_starred (second));

  g_assert_true (gtk_widget_activate_action (strip, "shelf.rename", NULL));
  ui_run (50);
  g_assert_cmpstr (gtk_editable_get_text (entry), ==, "Gradient");
  g_signal_emit_by_name (entry, "activate"); /* what it is called anyhow is no name given to it */
  g_assert_null (sal_result_given_name (second));
  ui_run (50);
  g_assert_true (gtk_widget_activate_action (strip, "shelf.rename", NULL));
  gtk_editable_set_text (entry, "The sharp one");
  g_signal_emit_by_name (entry, "activate");
  g_assert_nonnull (app_wait_label (strip, "The sharp one"));
  g_assert_true (gtk_widget_activate_action (strip, "shelf.rename", NULL));
  gtk_editable_set_text (entry, "");
  g_signal_emit_by_name (entry, "activate");
  g_assert_nonnull (app_wait_label (strip, "Gradient"));
  ui_run (50);

  g_assert_true (gtk_widget_activate_action (strip, "shelf.delete", NULL));
  ui_run (50);
  g_assert_cmpuint (g_list_model_get_n_items (results (window)), ==, 2);
  g_assert_nonnull (app_wait_label (window, "Deleted “Gradient”"));
  app_activate (window, "win.star", NULL); /* nobody would see it */
  g_assert_true (sal_result_starred (second));
  app_click (app_find_button (GTK_WIDGET (window), "_Undo"));
  g_assert_cmpuint (g_list_model_get_n_items (results (window)), ==, 3);
  g_assert_true (result (window, 1) == second);

  /* What a key has undone is not offered any more. */
  choose (window, 1, TRUE);
  g_assert_true (gtk_widget_activate_action (strip, "shelf.delete", NULL));
  g_assert_nonnull (app_wait_label (window, "Deleted “Gradient”"));
  app_activate (window, "win.undo", NULL);
  g_assert_true (result (window, 1) == second);
  g_assert_true (ui_wait_until (offers_nothing, window, 5000));

  /* Undo undoes what was done last, which was the deletion, though another picture is open now. */
  choose (window, 1, TRUE);
  g_assert_true (gtk_widget_activate_action (strip, "shelf.delete", NULL));
  g_autofree char *butterfly = sal_bundled_example ("butterfly");
  app_drop (window, butterfly);
  guint n = g_list_model_get_n_items (results (window));
  app_activate (window, "win.undo", NULL);
  ui_run (50);
  g_assert_cmpuint (g_list_model_get_n_items (results (window)), ==, n + 1);
  g_assert_true (result (window, 1) == second);
  app_activate (window, "win.redo", NULL);
  g_assert_cmpuint (g_list_model_get_n_items (results (window)), ==, n);
  app_activate (window, "win.undo", NULL);
  g_assert_true (result (window, 1) == second);

  /* A name is given back, too. */
  choose (window, 1, TRUE);
  g_assert_true (gtk_widget_activate_action (strip, "shelf.rename", NULL));
  gtk_editable_set_text (entry, "Again");
  g_signal_emit_by_name (entry, "activate");
  ui_run (50);
  g_assert_cmpstr (sal_result_name (second), ==, "Again");
  app_activate (window, "win.undo", NULL);
  g_assert_cmpstr (sal_result_name (second), ==, "Gradient");
  app_activate (window, "win.redo", NULL);
  g_assert_cmpstr (sal_result_name (second), ==, "Again");

  /* From anywhere on the page it is the result that is shown, unless text is being edited. */
  GtkWidget *popover =
      GTK_WIDGET (gtk_widget_get_template_child (strip, SAL_TYPE_SHELF_STRIP, "rename"));
  GtkWidget *classes = app_part (window, "classes");
  g_assert_true (gtk_widget_grab_focus (app_part (window, "canvas")));
  app_activate (window, "win.rename", NULL);
  ui_run (50);
  g_assert_true (gtk_widget_get_visible (popover));
  g_assert_cmpstr (gtk_editable_get_text (entry), ==, "Again");
  g_signal_emit_by_name (entry, "activate");
  ui_run (50);
  g_assert_false (gtk_widget_get_visible (popover));
  /* And what had the focus has it again. */
  g_assert_true (gtk_window_get_focus (GTK_WINDOW (window)) == app_part (window, "canvas"));
  app_activate (window, "win.rename", NULL);
  gtk_popover_popdown (GTK_POPOVER (popover));
  ui_run (50);
  g_assert_true (gtk_window_get_focus (GTK_WINDOW (window)) == app_part (window, "canvas"));
  g_assert_true (gtk_widget_grab_focus (GTK_WIDGET (
      gtk_widget_get_template_child (GTK_WIDGET (classes), SAL_TYPE_CLASS_LIST, "search"))));
  app_activate (window, "win.rename", NULL);
  ui_run (50);
  g_assert_false (gtk_widget_get_visible (popover));
  g_assert_true (gtk_widget_grab_focus (app_part (window, "canvas")));
  app_activate (window, "win.page", "compare");
  app_activate (window, "win.rename", NULL);
  ui_run (50);
  g_assert_false (gtk_widget_get_visible (popover));
  app_activate (window, "win.page", "explore");
  ui_run (50);

  /* Many stars are no reason to forget what was deleted. */
  guint before = g_list_model_get_n_items (results (window));
  g_assert_true (gtk_widget_activate_action (strip, "shelf.delete", NULL));
  choose (window, 0, TRUE);
  for (int i = 0; i < 8; i++)
    app_activate (window, "win.star", NULL);
  for (int i = 0; i < 12 && app_enabled (window, "undo"); i++)
    app_activate (window, "win.undo", NULL);
  g_assert_cmpuint (g_list_model_get_n_items (results (window)), ==, before);
  app_window_finish (window);
}

static double
place (SalWindow *window)
{
  GObject *scroller = gtk_widget_get_template_child (app_part (window, "shelf_strip"),
                                                     SAL_TYPE_SHELF_STRIP, "scroller");
  GtkAdjustment *adjustment = gtk_scrolled_window_get_hadjustment (GTK_SCROLLED_WINDOW (scroller));

  return gtk_adjustment_get_value (adjustment) /
         (gtk_adjustment_get_upper (adjustment) - gtk_adjustment_get_page_size (adjustment));
}

static gboolean
is_at_end (gpointer window)
{
  return place (window) > 0.99;
}

static GtkWidget *
selected_tile (GtkWidget *list)
{
  for (GtkWidget *tile = gtk_widget_get_first_child (list); tile != NULL;
       tile = gtk_widget_get_next_sibling (tile))
    if (gtk_widget_get_mapped (tile) &&
        (gtk_widget_get_state_flags (tile) & GTK_STATE_FLAG_SELECTED) != 0)
      return tile;
  return NULL;
}

static gboolean
shows_selected (gpointer list)
{
  GtkWidget *tile = selected_tile (list);
  graphene_rect_t bounds;

  if (tile == NULL || !gtk_widget_compute_bounds (tile, list, &bounds))
    return FALSE;
  return bounds.size.width > 0 && bounds.origin.x >= 0 &&
         bounds.origin.x + bounds.size.width <= gtk_widget_get_width (list);
}

/* Also where tiles are as wide as very different names, and where an old one comes again. */
static void
test_in_sight (void)
{
  static const char *const methods[] = {
    "gradient",
    "input-x-gradient",
    "integrated-gradients",
    "xrai",
    "deeplift",
    "lrp",
    "guided-backprop",
    "deconvnet",
    "grad-cam-plus-plus",
    "layer-cam",
    "xgrad-cam",
    "activation",
    "gradient",
  };
  SalWindow *window = app_window_with_example ();

  if (window == NULL)
    return;
  GtkListView *list = sal_shelf_strip_list (app_part (window, "shelf_strip"));

  for (gsize i = 0; i < G_N_ELEMENTS (methods); i++) {
    g_test_message ("%s", methods[i]);
    app_set_method (window, methods[i]);
    g_assert_true (ui_wait_until (shows_selected, list, 5000));
  }
  app_window_finish (window);
}

static gboolean
count_cb (GtkWidget *widget, GdkFrameClock *clock, gpointer left)
{
  return --*(int *) left > 0;
}

static gboolean
are_drawn (gpointer left)
{
  return *(int *) left == 0;
}

/* The newest result comes into sight; who then scrolls back is left there. */
static void
test_scrolling (void)
{
  SalWindow *window = app_window_with_example ();

  if (window == NULL)
    return;
  GtkWidget *strip = app_part (window, "shelf_strip");
  GtkScrolledWindow *scroller =
      GTK_SCROLLED_WINDOW (gtk_widget_get_template_child (strip, SAL_TYPE_SHELF_STRIP, "scroller"));

  for (int i = 0; i < 8; i++) {
    g_autofree char *steps = g_strdup_printf ("%d", i + 2);
    app_set (sal_window_document (window), "steps", steps);
    app_settle (sal_window_document (window));
  }
  g_assert_true (ui_wait_until (is_at_end, window, 20000));
  /* It comes into sight again once sizes are known, two frames later. */
  int left = 4;
  gtk_widget_add_tick_callback (strip, count_cb, &left, NULL);
  g_assert_true (ui_wait_until (are_drawn, &left, 20000));
  gtk_adjustment_set_value (gtk_scrolled_window_get_hadjustment (scroller), 0);
  gtk_window_set_default_size (GTK_WINDOW (window), 1100, 760);
  ui_run (300);
  gtk_window_set_default_size (GTK_WINDOW (window), 1280, 800);
  ui_run (300);
  g_assert_cmpfloat_with_epsilon (place (window), 0, 0.01);
  app_window_finish (window);
}

static void
test_difference (void)
{
  SalWindow *window = app_window_with_example ();

  if (window == NULL)
    return;
  SalDocument *document = sal_window_document (window);
  GtkWidget *strip = app_part (window, "shelf_strip");
  SalCanvas *canvas = app_part (window, "canvas");

  app_set_method (window, "grad-cam");
  app_set_method (window, "grad-cam-plus-plus");
  guint jobs = sal_document_jobs (document);
  choose (window, 1, TRUE);
  g_assert_null (app_find_button (strip, "Difference"));
  choose (window, 2, FALSE);
  app_click (app_find_button (strip, "Difference"));
  app_wait_label (window, "Grad-CAM − Grad-CAM++ · rank correlation 0.*");
  SalHeatmap *difference = sal_canvas_get_heatmap (canvas);
  g_assert_true (difference != sal_document_heatmap (document));
  g_assert_true (sal_heatmap_signed (difference));

  /* What is shown is what is exported; what is selected would be of something else. */
  g_autofree char *path = test_scratch ("difference.png");
  g_autoptr (GFile) file = g_file_new_for_path (path);
  sal_window_export_to (window, file);
  app_wait_label (window, "Exported difference.png");
  g_autoptr (SalImage) written = sal_image_load (path, NULL);
  g_autoptr (SalImage) drawn =
      sal_overlay_render (sal_canvas_get_picture (canvas), difference,
                          &(SalRect){ 0, 0, sal_image_width (sal_canvas_get_picture (canvas)),
                                      sal_image_height (sal_canvas_get_picture (canvas)) },
                          sal_canvas_get_style (canvas), 1, NULL);
  g_assert_true (sal_image_equal (written, drawn));
  app_activate (window, "win.tool", "rectangle");
  g_assert_true (gtk_widget_grab_focus (GTK_WIDGET (canvas)));
  g_assert_false (sal_canvas_has_segments (canvas));
  g_assert_null (sal_canvas_get_region (canvas));
  app_activate (window, "win.tool", "move");

  /* Opacity leaves it alone; the document's own news end it, and so does the person. */
  set_opacity (window, 70);
  g_assert_true (sal_canvas_get_heatmap (canvas) == difference);
  app_click (app_find_button (GTK_WIDGET (window), "Back to the Result"));
  ui_run (50);
  g_assert_true (sal_canvas_get_heatmap (canvas) == sal_document_heatmap (document));
  g_assert_null (app_find_button (GTK_WIDGET (window), "Back to the Result"));
  g_assert_nonnull (app_find_label (GTK_WIDGET (window), "Grad-CAM for “*”"));

  /* Dropped on the canvas: the shown one less the dropped one. */
  GListModel *controllers = gtk_widget_observe_controllers (app_part (window, "pages"));
  GtkDropTarget *target = NULL;
  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++) {
    g_autoptr (GObject) controller = g_list_model_get_item (controllers, i);
    if (GTK_IS_DROP_TARGET (controller))
      target = GTK_DROP_TARGET (controller);
  }
  g_object_unref (controllers);
  choose (window, 1, TRUE);
  GValue value = G_VALUE_INIT;
  gboolean taken;
  g_value_init (&value, SAL_TYPE_RESULT);
  g_value_set_object (&value, result (window, 0));
  g_signal_emit_by_name (target, "drop", &value, 10.0, 10.0, &taken);
  g_value_unset (&value);
  g_assert_true (taken);
  app_wait_label (window, "Grad-CAM − Integrated Gradients · rank correlation *");
  g_assert_cmpuint (sal_document_jobs (document), ==, jobs);
  app_set_method (window, "gradient");
  g_assert_null (app_find_label (GTK_WIDGET (window), "* rank correlation *"));
  g_assert_true (sal_canvas_get_heatmap (canvas) == sal_document_heatmap (document));

  /* One that goes leaves no pair. */
  choose (window, 1, TRUE);
  choose (window, 2, FALSE);
  g_assert_nonnull (app_find_button (strip, "Difference"));
  g_assert_true (gtk_widget_activate_action (strip, "shelf.delete", NULL));
  ui_run (50);
  g_assert_null (app_find_button (strip, "Difference"));
  app_window_finish (window);
}

/* What does not fit leaves, oldest first, stars last; memory stays under the limit. */
static void
test_bounds (void)
{
  Said said = { 0 };
  g_autoptr (SalDocument) document = app_document (&said);

  if (document == NULL)
    return;
  SalExplanation *answer = sal_document_explanation (document);
  g_autoptr (SalShelf) shelf = sal_shelf_new ();
  const SalParam *steps = sal_param_find (answer->method->params, "steps");
  g_autoptr (SalResult) first = NULL;

  for (int i = 1; i <= 30; i++) {
    g_autoptr (SalExplanation) next =
        sal_explanation_new (answer->view, answer->method, answer->settings, answer->target);
    sal_settings_set_number (next->settings, steps, i, NULL);
    next->attribution = sal_attribution_ref (answer->attribution);
    SalResult *result = sal_shelf_add (shelf, next, sal_document_looks (document));
    if (i == 1) {
      /* The newest is there anyway, and so is what it shares with others: a model, say, that is
       * larger than any limit. */
      g_assert_cmpuint (sal_shelf_bytes (shelf), ==, 0);
      first = g_object_ref (result);
      sal_result_set_starred (first, TRUE);
    }
  }
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (shelf)), ==, 30);
  sal_shelf_set_limits (shelf, SAL_SHELF_BYTES, 10);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (shelf)), ==, 10);
  g_assert_true (sal_shelf_find (shelf, first, NULL));
  gsize bytes = sal_shelf_bytes (shelf);
  sal_shelf_set_limits (shelf, bytes / 2 + bytes / 4, 10);
  g_assert_cmpuint (sal_shelf_bytes (shelf), <=, bytes / 2 + bytes / 4);
  g_assert_true (sal_shelf_find (shelf, first, NULL));
  sal_shelf_set_limits (shelf, 1, 10); /* the newest is what is seen, whatever it weighs */
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (shelf)), ==, 1);
  app_said_clear (&said);
}

/* Queues: all that was asked for, the most urgent first, nothing of what was cancelled. */

typedef struct {
  char order[32];
  int n_failed;
} Heard;

static gpointer
work (gpointer input, const SalProgress *progress, GError **error)
{
  g_usleep (5000);
  if (*(char *) input == '!') {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, "as asked");
    return NULL;
  }
  return g_strdup (input);
}

static void
heard_cb (gpointer key, gpointer answer, const GError *error, gpointer owner)
{
  Heard *heard = owner;

  if (answer == NULL) {
    heard->n_failed++;
    return;
  }
  g_assert_cmpstr (answer, ==, key);
  g_strlcat (heard->order, answer, sizeof heard->order);
  g_free (answer);
}

static gboolean
idle (gpointer queue)
{
  return sal_queue_length (queue) == 0;
}

static const SalQueueType queue_type = { work, NULL, heard_cb, g_free, g_free };

static void
test_queue (void)
{
  static char *const keys[] = { "a", "b", "c", "d", "!", "e" };
  static const int urgencies[] = { 0, 0, 5, 0, 0, 5 };
  Heard heard = { "" };
  SalQueue *queue = sal_queue_new (&queue_type, &heard);

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    sal_queue_add (queue, keys[i], g_strdup (keys[i]), urgencies[i]);
  g_assert_cmpuint (sal_queue_length (queue), ==, 6);
  sal_queue_add (queue, keys[1], g_strdup (keys[1]), 9); /* more urgent now, and only once */
  sal_queue_cancel (queue, keys[3]);
  g_assert_false (sal_queue_has (queue, keys[3]));
  g_assert_true (ui_wait_until (idle, queue, 20000));
  g_assert_cmpstr (heard.order, ==, "abce");
  g_assert_cmpint (heard.n_failed, ==, 1);

  sal_queue_add (queue, keys[0], g_strdup (keys[0]), 0);
  sal_queue_add (queue, keys[1], g_strdup (keys[1]), 0);
  sal_queue_cancel (queue, keys[0]); /* while it runs */
  g_assert_true (ui_wait_until (idle, queue, 20000));
  g_assert_cmpstr (heard.order, ==, "abceb");
  sal_queue_add (queue, keys[0], g_strdup (keys[0]), 0);
  sal_queue_add (queue, keys[2], g_strdup (keys[2]), 0);
  sal_queue_clear (queue);
  ui_run (50);
  sal_queue_add (queue, keys[0], g_strdup (keys[0]), 0);
  sal_queue_free (queue); /* the job ends alone */
  ui_run (50);
  g_assert_cmpstr (heard.order, ==, "abceb");
}

/* Every picture of a large folder is asked about again when another model is open: while that is
 * written down the window stands still. */
static void
test_long_queue (void)
{
  const gsize n = 50000;
  Heard heard = { "" };
  SalQueue *queue = sal_queue_new (&queue_type, &heard);
  gint64 start = g_get_monotonic_time ();

  for (gsize i = 0; i < 2 * n; i++)
    sal_queue_add (queue, GSIZE_TO_POINTER (i % n + 1), g_strdup ("!"), 0);
  g_assert_cmpuint (sal_queue_length (queue), ==, n + 1); /* one runs already */
  g_assert_true (sal_queue_has (queue, GSIZE_TO_POINTER (n)));
  sal_queue_free (queue);
  g_assert_cmpint (g_get_monotonic_time () - start, <, 5 * G_USEC_PER_SEC);
}

int
main (int argc, char *argv[])
{
  app_init (&argc, &argv);
  g_test_add_func ("/app/shelf/queue", test_queue);
  g_test_add_func ("/app/shelf/long-queue", test_long_queue);
  g_test_add_func ("/app/shelf/bounds", test_bounds);
  g_test_add_func ("/app/shelf/restore", test_restore);
  g_test_add_func ("/app/shelf/restore-at-once", test_restore_at_once);
  g_test_add_func ("/app/shelf/tiles", test_tiles);
  g_test_add_func ("/app/shelf/in-sight", test_in_sight);
  g_test_add_func ("/app/shelf/scrolling", test_scrolling);
  g_test_add_func ("/app/shelf/difference", test_difference);
  return app_end (g_test_run ());
}
