/* A monkey at the window: thousands of random acts, the same for the same seed, by the real pointer
 * and keys and on every control there is. Nothing but GTK of itself may complain (warnings are
 * fatal), the main loop must come round, and memory must come to rest.
 *
 * SALIENCE_MONKEY_SECONDS says how long (20; 600 as a benchmark), SALIENCE_MONKEY_SEED where it
 * starts. */
#include "tests/app/app-window.h"
#include "tests/app/gap.h"

#include "app/compare-page.h"
#include "app/jobs.h"
#include "app/shelf-strip.h"
#include "app/shelf.h"
#include "engine/graph/workspace.h"
#include "engine/image/png.h"
#include "ui/canvas.h"

#include <gdk/x11/gdkx.h>
#include <gio/gio.h>
#include <malloc.h>
#include <math.h>
#include <string.h>

/* What is held to the bounds that the program has to keep: a measurement, with the machine left
 * alone. What is shorter runs among other tests, which slow the processor down, and weighs memory
 * when caches are still being filled. */
#define SOAK_SECONDS 240

/* @stall: microseconds that the main thread may work in one go; by the clock other programs count
 * as well. @growth: bytes that may be in use beyond what was in the first half of the time.
 * @sections: in which that is measured */
typedef struct {
  int sections;
  gint64 stall;
  gsize growth;
} Bounds;

static const Bounds soak = { 8, 100 * 1000, 12 << 20 };
static const Bounds brief = { 4, 250 * 1000, 40 << 20 };

typedef struct _Monkey Monkey;
struct _Monkey {
  SalWindow *window;
  SalShelf *shelf;
  GRand *random;
  GPtrArray *files;  /* pictures, models and wrong files */
  GOutputStream *to; /* xdotool's script */
  GtkWidget *controls[400];
  int n_controls;
  int n_acts;
  const Gap *gap;
  GString *what;                 /* the act that is being done */
  char *worst;                   /* (nullable): the one that the longest work came from */
  char *export;                  /* a picture that is to be written */
  int x, y;                      /* on the screen: where the pointer is last sent to */
  void (*turn) (Monkey *monkey); /* (nullable): what is to be done */
};

static int
below (Monkey *monkey, int n)
{
  return g_rand_int_range (monkey->random, 0, n);
}

/* Real pointer and keys, by a second program that reads what to do. */
static void
xdotool (Monkey *monkey, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_autofree char *line = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_autofree char *whole = g_strconcat (line, "\n", NULL);
  g_string_append_printf (monkey->what, " %s", line);
  g_assert_true (g_output_stream_write_all (monkey->to, whole, strlen (whole), NULL, NULL, NULL));
}

/* Where a place of the canvas is on the screen: without a window manager the window is at 0,0. */
static void
place (Monkey *monkey, int *x, int *y)
{
  GtkWidget *canvas = app_part (monkey->window, "canvas");
  double left, top, shadow_x, shadow_y;

  gtk_widget_translate_coordinates (canvas, GTK_WIDGET (monkey->window), 0, 0, &left, &top);
  gtk_native_get_surface_transform (GTK_NATIVE (monkey->window), &shadow_x, &shadow_y);
  *x = (int) (left + shadow_x) + below (monkey, MAX (gtk_widget_get_width (canvas), 1));
  *y = (int) (top + shadow_y) + below (monkey, MAX (gtk_widget_get_height (canvas), 1));
}

static void
act_pointer (Monkey *monkey)
{
  int x, y, to_x, to_y;

  place (monkey, &x, &y);
  place (monkey, &to_x, &to_y);
  monkey->x = x;
  monkey->y = y;
  switch (below (monkey, 5)) {
  case 0:
    xdotool (monkey, "mousemove %d %d click --repeat %d %d", x, y, 1 + below (monkey, 4),
             4 + below (monkey, 2));
    break;
  case 1:
    xdotool (monkey, "mousemove %d %d mousedown 1 mousemove %d %d mouseup 1", x, y, to_x, to_y);
    monkey->x = to_x;
    monkey->y = to_y;
    break;
  case 2:
    xdotool (monkey, "mousemove %d %d click --repeat 2 1", x, y);
    break;
  default:
    xdotool (monkey, "mousemove %d %d", x, y);
  }
}

/* None of these opens a dialog of the toolkit, of which GTK is in charge. */
static void
act_key (Monkey *monkey)
{
  static const char *const keys[] = {
    "m",      "v",  "bracketleft", "bracketright", "s",      "Up",       "Down",
    "Left",   "0",  "1",           "plus",         "minus",  "Right",    "Tab",
    "Escape", "F9", "ctrl+z",      "ctrl+shift+z", "ctrl+z", "shift+Tab"
  };

  xdotool (monkey, "key %s", keys[below (monkey, G_N_ELEMENTS (keys))]);
}

/* What a control is to somebody who looks for it in the window. */
static void
note_control (Monkey *monkey, GtkWidget *widget)
{
  const char *text = NULL;

  if (GTK_IS_BUTTON (widget)) {
    text = gtk_actionable_get_action_name (GTK_ACTIONABLE (widget));
    if (text == NULL)
      text = gtk_button_get_label (GTK_BUTTON (widget));
    if (text == NULL)
      text = gtk_button_get_icon_name (GTK_BUTTON (widget));
  }
  g_string_append_printf (monkey->what, " %s", G_OBJECT_TYPE_NAME (widget));
  if (text != NULL)
    g_string_append_printf (monkey->what, " \"%s\"", text);
  for (GtkWidget *at = widget; at != NULL; at = gtk_widget_get_parent (at))
    if (g_str_has_prefix (G_OBJECT_TYPE_NAME (at), "Sal")) {
      g_string_append_printf (monkey->what, " in %s", G_OBJECT_TYPE_NAME (at));
      return;
    }
}

/* GTK 4.8 leaks in file dialogs, see test-dialogs.c: with a sanitizer none is opened, so that it
 * finds what this program leaks. */
static gboolean
asks_for_file (const char *action)
{
  return g_str_has_prefix (action, "win.compare-add-") || g_str_has_prefix (action, "win.open-") ||
         g_str_equal (action, "win.export") || g_str_equal (action, "win.labels");
}

static gboolean
wanted (GtkWidget *widget)
{
  if (GTK_IS_BUTTON (widget)) {
    const char *action = gtk_actionable_get_action_name (GTK_ACTIONABLE (widget));
    const char *label = gtk_button_get_label (GTK_BUTTON (widget));
    const char *icon = gtk_button_get_icon_name (GTK_BUTTON (widget));
    g_autofree char *name = action != NULL ? g_ascii_strdown (action, -1) : g_strdup ("");

    if (asks_for_file (name))
      return !app_sanitized ();
    /* Other dialogs and programs, and the end of the window. */
    return strstr (name, "close") == NULL && strstr (name, "quit") == NULL &&
           strstr (name, "about") == NULL && strstr (name, "help") == NULL &&
           strstr (name, "save") == NULL && (label == NULL || strstr (label, "Open") == NULL) &&
           (icon == NULL || strstr (icon, "open") == NULL);
  }
  return GTK_IS_RANGE (widget) || GTK_IS_DROP_DOWN (widget) || GTK_IS_SWITCH (widget) ||
         GTK_IS_LIST_BOX (widget);
}

static void
collect (Monkey *monkey, GtkWidget *widget)
{
  if (!gtk_widget_get_mapped (widget) || GTK_IS_WINDOW_CONTROLS (widget))
    return;
  if (wanted (widget) && gtk_widget_is_sensitive (widget) &&
      monkey->n_controls < (int) G_N_ELEMENTS (monkey->controls))
    monkey->controls[monkey->n_controls++] = widget;
  /* What is inside is GTK's; a menu that opens without a pointer finds no monitor to open on. */
  if (GTK_IS_DROP_DOWN (widget) || GTK_IS_MENU_BUTTON (widget))
    return;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    collect (monkey, child);
}

/* The entry of a list of paths that asks for a file. */
static gboolean
asks (GtkDropDown *drop_down, guint item)
{
  g_autoptr (GObject) object = g_list_model_get_item (gtk_drop_down_get_model (drop_down), item);
  g_autofree char *text = NULL;

  if (GTK_IS_STRING_OBJECT (object))
    return strstr (gtk_string_object_get_string (GTK_STRING_OBJECT (object)), "…") != NULL;
  if (g_object_class_find_property (G_OBJECT_GET_CLASS (object), "label") != NULL)
    g_object_get (object, "label", &text, NULL);
  return text != NULL && strstr (text, "…") != NULL;
}

static gboolean
has_arrived (gpointer data)
{
  Monkey *monkey = data;
  GdkSurface *surface = gtk_native_get_surface (GTK_NATIVE (monkey->window));
  GdkSeat *seat = gdk_display_get_default_seat (gdk_surface_get_display (surface));
  double x, y;
  GdkModifierType state;

  return gdk_surface_get_device_position (surface, gdk_seat_get_pointer (seat), &x, &y, &state) &&
         fabs (x - monkey->x) < 1 && fabs (y - monkey->y) < 1 && (state & GDK_BUTTON1_MASK) == 0;
}

/* Nobody opens a file dialog in the middle of a drag; GTK 4.8 never frees one that is. */
static void
click (Monkey *monkey, GtkWidget *button)
{
  const char *action = gtk_actionable_get_action_name (GTK_ACTIONABLE (button));

  if (action != NULL && asks_for_file (action))
    ui_wait_until (has_arrived, monkey, 500);
  g_signal_emit_by_name (button, "clicked");
}

static void
act_control (Monkey *monkey)
{
  monkey->n_controls = 0;
  collect (monkey, GTK_WIDGET (monkey->window));
  if (monkey->n_controls == 0)
    return;
  GtkWidget *widget = monkey->controls[below (monkey, monkey->n_controls)];

  note_control (monkey, widget);
  if (GTK_IS_RANGE (widget)) {
    GtkAdjustment *adjustment = gtk_range_get_adjustment (GTK_RANGE (widget));
    double low = gtk_adjustment_get_lower (adjustment),
           high = gtk_adjustment_get_upper (adjustment) - gtk_adjustment_get_page_size (adjustment);

    gtk_range_set_value (GTK_RANGE (widget),
                         low + g_rand_double (monkey->random) * MAX (high - low, 0));
  } else if (GTK_IS_DROP_DOWN (widget)) {
    GListModel *model = gtk_drop_down_get_model (GTK_DROP_DOWN (widget));
    guint n = model != NULL ? g_list_model_get_n_items (model) : 0;
    guint item = n > 0 ? (guint) below (monkey, (int) n) : 0;

    if (n > 0 && !asks (GTK_DROP_DOWN (widget), item))
      gtk_drop_down_set_selected (GTK_DROP_DOWN (widget), item);
  } else if (GTK_IS_SWITCH (widget)) {
    gtk_switch_set_active (GTK_SWITCH (widget), !gtk_switch_get_active (GTK_SWITCH (widget)));
  } else if (GTK_IS_LIST_BOX (widget)) {
    GtkListBoxRow *row = gtk_list_box_get_row_at_index (GTK_LIST_BOX (widget), below (monkey, 8));

    if (row != NULL && gtk_list_box_row_get_selectable (row))
      gtk_list_box_select_row (GTK_LIST_BOX (widget), row);
  } else {
    click (monkey, widget);
  }
}

static void
act_drop (Monkey *monkey)
{
  GtkDropTarget *target = app_part (monkey->window, "drop_target");
  const char *path = monkey->files->pdata[below (monkey, (int) monkey->files->len)];
  g_autoptr (GFile) file = g_file_new_for_path (path);
  GFile *files[] = { file };

  g_string_append_printf (monkey->what, " drop %s", path);
  GValue value = G_VALUE_INIT;
  gboolean taken = FALSE;

  g_value_init (&value, GDK_TYPE_FILE_LIST);
  g_value_take_boxed (&value, gdk_file_list_new_from_array (files, 1));
  g_signal_emit_by_name (target, "drop", &value, 10.0, 10.0, &taken);
  g_value_unset (&value);
}

static void
act_export (Monkey *monkey)
{
  g_autofree char *path = test_scratch ("monkey-export.png");
  g_autoptr (GFile) file = g_file_new_for_path (path);

  g_string_append (monkey->what, " export");
  sal_window_export_to (monkey->window, file);
}

/* From outside, as a window manager would: GTK's own way without one paints once before the new
 * size is there, and says so. */
static void
set_size (Monkey *monkey, int width, int height)
{
  xdotool (monkey, "windowsize %lu %d %d",
           gdk_x11_surface_get_xid (gtk_native_get_surface (GTK_NATIVE (monkey->window))), width,
           height);
}

static void
act_size (Monkey *monkey)
{
  set_size (monkey, 900 + below (monkey, 600), 600 + below (monkey, 400));
}

/* A dialog is read and closed; also one of GTK's about a dialog that was closed before it had read
 * its folder. */
static void
close_dialogs (Monkey *monkey)
{
  g_autolist (GtkWidget) windows = gtk_window_list_toplevels ();

  for (GList *l = windows; l != NULL; l = l->next)
    g_object_ref (l->data); /* one may go with another */
  for (GList *l = windows; l != NULL; l = l->next)
    if (l->data != monkey->window && gtk_widget_get_visible (l->data))
      gtk_window_close (l->data);
}

static gboolean
turn_cb (gpointer data)
{
  Monkey *monkey = data;

  monkey->turn (monkey);
  monkey->turn = NULL;
  return G_SOURCE_REMOVE;
}

static gboolean
is_done (gpointer monkey)
{
  return ((Monkey *) monkey)->turn == NULL;
}

/* A person's acts come as events, each in a turn of the main loop: done between two turns, one
 * would be counted together with the frame before it. */
static void
in_turn (Monkey *monkey, void (*what) (Monkey *monkey))
{
  monkey->turn = what;
  g_idle_add_full (G_PRIORITY_DEFAULT, turn_cb, monkey, NULL);
  g_assert_true (ui_wait_until (is_done, monkey, 60000));
}

static void
act (Monkey *monkey)
{
  int which = below (monkey, 100);

  monkey->n_acts++;
  if (which < 50)
    act_control (monkey);
  else if (which < 75)
    act_pointer (monkey);
  else if (which < 92)
    act_key (monkey);
  else if (which < 96)
    act_drop (monkey);
  else if (which < 98)
    act_export (monkey);
  else
    act_size (monkey);
}

static char *
picture (const char *name, int width, int height)
{
  g_autoptr (SalImage) image = ui_scenery (width, height);
  char *path = test_scratch (name);

  g_assert_true (sal_png_write (path, image, NULL, NULL));
  return path;
}

static GPtrArray *
files (void)
{
  GPtrArray *all = g_ptr_array_new_with_free_func (g_free);
  char **broken = app_broken (), *model, *example;

  g_assert_true (app_example (&model, &example));
  for (int i = 0; i < 4; i++) /* wrong ones less often than good ones */
    g_ptr_array_add (all, g_strdup (i % 2 == 0 ? example : model));
  for (guint i = 0; i < g_strv_length (broken); i += 3)
    g_ptr_array_add (all, g_strdup (broken[i]));
  g_strfreev (broken);
  g_free (model);
  g_free (example);
  g_ptr_array_add (all, picture ("wide.png", 1200, 300));
  g_ptr_array_add (all, picture ("large.png", 3000, 2000));
  g_ptr_array_add (all, picture ("small.png", 20, 30));
  return all;
}

static SalShelf *
shelf_of (SalWindow *window)
{
  GListModel *model = G_LIST_MODEL (
      gtk_list_view_get_model (sal_shelf_strip_list (app_part (window, "shelf_strip"))));

  while (!SAL_IS_SHELF (model) &&
         g_object_class_find_property (G_OBJECT_GET_CLASS (model), "model") != NULL) {
    g_object_get (model, "model", &model, NULL);
    g_object_unref (model); /* the list keeps it */
  }
  g_assert_true (SAL_IS_SHELF (model));
  return SAL_SHELF (model);
}

/* What a finished opening asks by itself is stopped as well: with what the monkey has set, it may
 * take minutes. */
static gboolean
is_stopped (gpointer document)
{
  if (sal_document_is_opening (document))
    return FALSE;
  if (sal_document_state (document) != SAL_DOCUMENT_RUNNING)
    return TRUE;
  sal_document_cancel (document);
  return FALSE;
}

/* Only the picture that is open, and the columns that are there at first. */
static void
compare_little (Monkey *monkey)
{
  SalComparison *comparison =
      sal_compare_page_comparison (app_part (monkey->window, "compare_page"));

  app_activate (monkey->window, "win.page", "compare");
  ui_run (50);
  sal_comparison_cancel (comparison);
  while (sal_comparison_n_rows (comparison) > 1)
    sal_comparison_remove_picture (comparison, 1);
  for (int axis = SAL_N_COMPARE; axis-- > 0;) {
    sal_comparison_set_axis (comparison, (SalCompareAxis) axis);
    while (sal_comparison_n_columns (comparison) > 1)
      sal_comparison_remove (comparison, 1);
  }
  /* What was removed can be put back, until more has been removed. */
  for (int i = 0; i < 5; i++) {
    if (!sal_comparison_add (comparison, "occlusion"))
      sal_comparison_add (comparison, "gradient");
    sal_comparison_cancel (comparison);
    sal_comparison_remove (comparison, 1);
  }
  sal_comparison_cancel (comparison);
  g_assert_true (ui_wait_until (app_is_compared, comparison, 60000));
  app_activate (monkey->window, "win.page", "explore");
}

/* One result, of what is open now: stars would keep others. */
static void
keep_little (Monkey *monkey)
{
  GListModel *results = G_LIST_MODEL (monkey->shelf);

  for (guint i = 0; i < g_list_model_get_n_items (results); i++) {
    g_autoptr (SalResult) result = g_list_model_get_item (results, i);
    sal_result_set_starred (result, FALSE);
  }
  sal_shelf_set_limits (monkey->shelf, SAL_SHELF_BYTES, 1);
}

static void
exported_cb (SalDocument *document, const char *path, Monkey *monkey)
{
  if (g_strcmp0 (path, monkey->export) == 0)
    g_clear_pointer (&monkey->export, g_free);
}

static gboolean
is_exported (gpointer monkey)
{
  return ((Monkey *) monkey)->export == NULL;
}

/* Pictures are written one after the other: with one more, all are. */
static void
finish_exports (Monkey *monkey)
{
  SalDocument *document = sal_window_document (monkey->window);

  monkey->export = test_scratch ("monkey-last.png");
  gulong id = g_signal_connect (document, "exported", G_CALLBACK (exported_cb), monkey);
  sal_document_export (document, monkey->export);
  g_assert_true (ui_wait_until (is_exported, monkey, 120000));
  g_signal_handler_disconnect (document, id);
}

static gboolean
nothing_runs (gpointer data)
{
  return sal_jobs_running () == 0;
}

/* Bytes in use once nothing runs. The same is open each time, so that it weighs the same. */
static gsize
memory (Monkey *monkey)
{
  SalDocument *document = sal_window_document (monkey->window);
  g_autofree char *model = NULL, *example = NULL;
  g_autoptr (SalSettings) settings = sal_settings_new ();

  g_assert_true (app_example (&model, &example));
  /* A region that were still to be selected would keep what it is asked about with. */
  ui_wait_until (has_arrived, monkey, 2000);
  ui_run (100);
  g_assert_true (ui_wait_until (is_stopped, document, 60000));
  sal_document_set_method (document, sal_method_find ("gradient"));
  sal_document_set_settings (document, settings);
  sal_document_open_model (document, model);
  sal_document_open_picture (document, example);
  app_settle (document);
  finish_exports (monkey);
  /* What is drawn takes memory by its size. */
  set_size (monkey, 1000, 700);
  /* GTK holds on to what the pointer was over until it is over something else. */
  xdotool (monkey, "mousemove 300 20");
  compare_little (monkey);
  keep_little (monkey);
  app_activate (monkey->window, "win.close-folder", NULL); /* and the average over it ends */
  g_assert_true (ui_wait_until (nothing_runs, NULL, 120000));
  ui_run (3500); /* what hidden canvases keep goes after three seconds */
  g_assert_true (ui_wait_until (nothing_runs, NULL, 120000));
  /* Runs leave their memory for the next ones, up to a bound. */
  sal_workspace_trim ();
  gsize bytes = mallinfo2 ().uordblks + mallinfo2 ().hblkhd;
  sal_shelf_set_limits (monkey->shelf, SAL_SHELF_BYTES, 12);
  return bytes;
}

static void
work (Monkey *monkey, gint64 microseconds)
{
  gint64 end = g_get_monotonic_time () + microseconds;

  while (g_get_monotonic_time () < end) {
    gint64 longest = monkey->gap->work;

    g_string_truncate (monkey->what, 0);
    in_turn (monkey, act);
    ui_run (below (monkey, 4) == 0 ? 60 : 5);
    in_turn (monkey, close_dialogs);
    if (monkey->gap->work > longest) {
      g_free (monkey->worst);
      monkey->worst =
          g_strdup_printf ("%.1f ms on or after%s", monkey->gap->work / 1e3, monkey->what->str);
    }
  }
}

static void
test_monkey (void)
{
  const char *seconds_text = g_getenv ("SALIENCE_MONKEY_SECONDS");
  const char *seed_text = g_getenv ("SALIENCE_MONKEY_SEED");
  double usual = g_getenv ("SALIENCE_BY_CLOCK") != NULL ? 600 : 20;
  double seconds = seconds_text != NULL ? g_ascii_strtod (seconds_text, NULL) : usual;
  guint32 seed = seed_text != NULL ? (guint32) g_ascii_strtoull (seed_text, NULL, 10) : 1;
  SalWindow *window = app_window_with_example ();
  g_autoptr (GError) error = NULL;
  Gap gap;

  if (window == NULL)
    return;
  g_autoptr (GSubprocess) tool =
      g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE, &error, "xdotool", "-", NULL);
  g_assert_no_error (error);
  Monkey monkey = { .window = window,
                    .shelf = shelf_of (window),
                    .random = g_rand_new_with_seed (seed),
                    .files = files (),
                    .gap = &gap,
                    .what = g_string_new (NULL),
                    .to = g_subprocess_get_stdin_pipe (tool) };
  /* What is in use goes up and down by what happens to be remembered: what there is most of in the
   * second half of the time must not be more than in the first. */
  const Bounds *bounds = seconds >= SOAK_SECONDS ? &soak : &brief;
  gsize most[2] = { 0, 0 };
  g_autoptr (GString) weights = g_string_new (NULL);

  app_gap_start (&gap);
  for (int i = 0; i < bounds->sections; i++) {
    work (&monkey, (gint64) (seconds / bounds->sections * G_USEC_PER_SEC));
    if (i < bounds->sections - 1)
      app_gap_pause (&gap);
    else
      app_gap_stop (&gap);
    gsize bytes = memory (&monkey);
    if (i < bounds->sections - 1)
      app_gap_resume (&gap);
    most[2 * i / bounds->sections] = MAX (most[2 * i / bounds->sections], bytes);
    g_string_append_printf (weights, " %.1f", bytes / 1e6);
  }
  g_test_message ("longest work: %s", monkey.worst);
  g_test_message ("seed %u: %d acts in %.0f s, %u jobs; memory%s MB", seed, monkey.n_acts, seconds,
                  sal_document_jobs (sal_window_document (window)), weights->str);
  if (!app_sanitized ()) {
    g_assert_cmpint (gap.work, <=, bounds->stall);
    g_assert_cmpuint (most[1], <, most[0] + bounds->growth);
  }

  /* And it still does what it is for; what the monkey has set for that might take minutes. */
  g_autoptr (SalSettings) settings = sal_settings_new ();

  sal_document_remember (sal_window_document (window), sal_method_find ("integrated-gradients"),
                         settings);
  app_set_method (window, "integrated-gradients");
  g_output_stream_close (monkey.to, NULL, NULL);
  g_subprocess_wait (tool, NULL, NULL);
  g_rand_free (monkey.random);
  g_string_free (monkey.what, TRUE);
  g_free (monkey.worst);
  g_ptr_array_unref (monkey.files);
  app_window_finish (window);
}

/* What is bundled, where it may be written to: the monkey finds out how a sidecar is saved. */
static void
move_data (void)
{
  g_autofree char *from = g_build_filename (g_getenv ("SALIENCE_SOURCE_ROOT"), "data", NULL);
  g_autofree char *to = test_scratch ("data");
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) copy =
      g_subprocess_new (G_SUBPROCESS_FLAGS_NONE, &error, "cp", "-r", from, to, NULL);

  g_assert_no_error (error);
  g_assert_true (g_subprocess_wait_check (copy, NULL, &error));
  g_setenv ("SALIENCE_DATADIR", to, TRUE);
}

int
main (int argc, char *argv[])
{
  app_init (&argc, &argv);
  move_data ();
  app_tolerate ();
  g_test_add_func ("/app/monkey", test_monkey);
  int status = g_test_run ();
  test_scratch_clear ();
  return app_end (status);
}
