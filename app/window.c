#include "app/window-private.h"

#include "app/export-help.h"
#include "app/path-text.h"
#include "app/preferences.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#define OPACITY_STEP 0.1

G_DEFINE_FINAL_TYPE (SalWindow, sal_window, ADW_TYPE_APPLICATION_WINDOW)

/* From the widgets to the document. */

static void
class_chosen_cb (SalWindow *self, int class_index)
{
  sal_document_set_target (self->document, class_index);
}

static void
versus_chosen_cb (SalWindow *self, int class_index)
{
  sal_document_set_versus (self->document, class_index);
}

static void
region_closed_cb (SalWindow *self)
{
  sal_window_deselect (self);
}

static void
method_chosen_cb (SalWindow *self)
{
  sal_document_set_method (self->document, sal_method_picker_get_method (self->methods));
}

static void
params_changed_cb (SalWindow *self)
{
  sal_document_set_settings (self->document, sal_param_panel_get_settings (self->params));
}

static void
looks_changed_cb (SalWindow *self)
{
  sal_document_set_looks (self->document, sal_param_panel_get_settings (self->looks));
}

static void
set_opacity (SalWindow *self, double opacity)
{
  const SalParam *param = sal_param_find (sal_appearance_params (), "opacity");
  g_autoptr (SalSettings) looks = sal_settings_copy (sal_document_looks (self->document));

  sal_settings_set_number (looks, param, CLAMP (opacity, param->min, param->max), NULL);
  sal_document_set_looks (self->document, looks);
}

static void
opacity_changed_cb (SalWindow *self)
{
  if (!self->showing)
    set_opacity (self, round (gtk_range_get_value (self->opacity)) / 100);
}

static void
example_chosen_cb (SalWindow *self, SalExplanation *explanation)
{
  sal_document_restore (self->document, explanation, sal_document_looks (self->document));
}

static gboolean
key_pressed_cb (SalWindow *self, guint key)
{
  if (key != GDK_KEY_space)
    return GDK_EVENT_PROPAGATE;
  sal_canvas_set_bare (self->canvas, TRUE);
  return GDK_EVENT_STOP;
}

static void
key_released_cb (SalWindow *self, guint key)
{
  if (key == GDK_KEY_space)
    sal_canvas_set_bare (self->canvas, FALSE);
}

/* The release of a key that is held goes to the window that is active by then. */
static void
active_cb (SalWindow *self)
{
  if (!gtk_window_is_active (GTK_WINDOW (self)))
    sal_canvas_set_bare (self->canvas, FALSE);
}

static gboolean
drop_cb (SalWindow *self, const GValue *value)
{
  gtk_widget_remove_css_class (GTK_WIDGET (self->pages), "drop-here");
  return sal_window_drop (self, value);
}

static GdkDragAction
drop_enter_cb (SalWindow *self)
{
  gtk_widget_add_css_class (GTK_WIDGET (self->pages), "drop-here");
  return GDK_ACTION_COPY;
}

static void
drop_leave_cb (SalWindow *self)
{
  gtk_widget_remove_css_class (GTK_WIDGET (self->pages), "drop-here");
}

/* Actions. */

static void
open_model_cb (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  sal_window_choose_model (self);
}

static void
open_picture_cb (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  sal_window_choose_picture (self);
}

static void
export_help_cb (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  sal_export_help_show (self);
}

static void
gallery_cb (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  sal_window_show_gallery (self);
}

static void
open_example_cb (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  sal_window_open_example (self);
}

static void
save_session_cb (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  sal_window_choose_session (self);
}

static void
open_session_cb (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  sal_window_choose_opened_session (self);
}

static void
open_recent_cb (GSimpleAction *action, GVariant *path, gpointer self)
{
  g_autofree char *name = sal_path_from_text (g_variant_get_string (path, NULL));
  g_autoptr (GFile) file = g_file_new_for_path (name);

  sal_window_open_files (self, &file, 1);
}

static void
open_folder_cb (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  sal_window_choose_folder (self);
}

static void
close_folder_cb (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  sal_window_close_folder (self);
}

static void
next_picture_cb (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  sal_window_step_picture (self, 1);
}

static void
previous_picture_cb (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  sal_window_step_picture (self, -1);
}

static void
average_folder_cb (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  sal_window_average_folder (self);
}

static void
compare_add_model_cb (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  sal_window_choose_compare_model (self);
}

static void
compare_add_picture_cb (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  sal_window_choose_compare_picture (self);
}

static void
page_cb (GSimpleAction *action, GVariant *name, gpointer data)
{
  SalWindow *self = data;

  if (g_str_equal (gtk_stack_get_visible_child_name (self->title), "pages"))
    adw_view_stack_set_visible_child_name (self->stack, g_variant_get_string (name, NULL));
}

static void
export_cb (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  sal_window_choose_export (self);
}

static void
cancel_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  SalWindow *self = data;

  sal_document_cancel (self->document);
}

/* The class above or below the explained one in order of the predictions. */
static void
step_class (SalWindow *self, int by)
{
  SalView *view = sal_document_view (self->document);

  for (guint i = 0; view != NULL && i < view->predictions->len; i++)
    if (g_array_index (view->predictions, SalPrediction, i).class_index ==
        sal_document_target (self->document)) {
      int next = CLAMP ((int) i + by, 0, (int) view->predictions->len - 1);
      sal_document_set_target (self->document,
                               g_array_index (view->predictions, SalPrediction, next).class_index);
      return;
    }
}

static void
next_class_cb (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  step_class (self, 1);
}

static void
previous_class_cb (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  step_class (self, -1);
}

static void
next_method_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  SalWindow *self = data;
  const SalMethod *const *methods = sal_methods ();
  const SalMethod *now = sal_document_method (self->document);
  int n = 0, position = 0;

  for (; methods[n] != NULL; n++)
    if (methods[n] == now)
      position = n;
  for (int i = 1; i < n; i++) {
    const SalMethod *method = methods[(position + i) % n];
    if (sal_method_reason (method, sal_document_model (self->document)) == NULL) {
      sal_document_set_method (self->document, method);
      return;
    }
  }
}

static void
next_view_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  SalWindow *self = data;
  SalCanvasMode mode = sal_canvas_get_mode (self->canvas);

  sal_canvas_set_mode (self->canvas, mode == SAL_CANVAS_PICTURE ? SAL_CANVAS_OVERLAY : mode + 1);
}

static void
less_opaque_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  SalWindow *self = data;

  set_opacity (self, sal_document_appearance (self->document).overlay.opacity - OPACITY_STEP);
}

static void
more_opaque_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  SalWindow *self = data;

  set_opacity (self, sal_document_appearance (self->document).overlay.opacity + OPACITY_STEP);
}

/* The canvas knows what a step is, and where it ends. */
static void
zoom_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  SalWindow *self = data;
  gboolean in = g_str_equal (g_action_get_name (G_ACTION (action)), "zoom-in");

  gtk_widget_activate_action (GTK_WIDGET (self->canvas), in ? "view.zoom-in" : "view.zoom-out",
                              NULL);
}

static void
zoom_toggle_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  SalWindow *self = data;

  if (sal_canvas_get_fit (self->canvas))
    sal_canvas_set_zoom (self->canvas, 1);
  else
    sal_canvas_set_fit (self->canvas, TRUE);
}

static void
fullscreen_cb (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  if (gtk_window_is_fullscreen (self))
    gtk_window_unfullscreen (self);
  else
    gtk_window_fullscreen (self);
}

static void
star_cb (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  sal_window_star (self);
}

static void
end_exhibit_cb (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  sal_window_end_exhibit (self);
}

static const char *const score_names[] = { "logit", "probability" };

static void
score_cb (GSimpleAction *action, GVariant *state, gpointer data)
{
  SalWindow *self = data;

  for (guint i = 0; i < G_N_ELEMENTS (score_names); i++)
    if (g_str_equal (g_variant_get_string (state, NULL), score_names[i]))
      sal_document_set_kind (self->document, (SalOutputKind) i);
}

static void
kind_cb (SalWindow *self)
{
  SalOutputKind kind = sal_document_kind (self->document);
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self), "score");

  if (kind < G_N_ELEMENTS (score_names))
    g_simple_action_set_state (G_SIMPLE_ACTION (action), g_variant_new_string (score_names[kind]));
}

static const GActionEntry actions[] = {
  { .name = "open-model", .activate = open_model_cb },
  { .name = "open-picture", .activate = open_picture_cb },
  { .name = "open-example", .activate = open_example_cb },
  { .name = "gallery", .activate = gallery_cb },
  { .name = "export-help", .activate = export_help_cb },
  { .name = "save-session", .activate = save_session_cb },
  { .name = "open-session", .activate = open_session_cb },
  { .name = "open-recent", .parameter_type = "s", .activate = open_recent_cb },
  { .name = "open-folder", .activate = open_folder_cb },
  { .name = "close-folder", .activate = close_folder_cb },
  { .name = "next-picture", .activate = next_picture_cb },
  { .name = "previous-picture", .activate = previous_picture_cb },
  { .name = "average-folder", .activate = average_folder_cb },
  { .name = "compare-add-model", .activate = compare_add_model_cb },
  { .name = "compare-add-picture", .activate = compare_add_picture_cb },
  { .name = "page", .parameter_type = "s", .activate = page_cb },
  { .name = "export", .activate = export_cb },
  { .name = "cancel", .activate = cancel_cb },
  { .name = "next-class", .activate = next_class_cb },
  { .name = "previous-class", .activate = previous_class_cb },
  { .name = "next-method", .activate = next_method_cb },
  { .name = "next-view", .activate = next_view_cb },
  { .name = "less-opaque", .activate = less_opaque_cb },
  { .name = "more-opaque", .activate = more_opaque_cb },
  { .name = "star", .activate = star_cb },
  { .name = "end-exhibit", .activate = end_exhibit_cb },
  { .name = "zoom-in", .activate = zoom_cb },
  { .name = "zoom-out", .activate = zoom_cb },
  { .name = "zoom-toggle", .activate = zoom_toggle_cb },
  { .name = "fullscreen", .activate = fullscreen_cb },
  { .name = "score", .parameter_type = "s", .state = "'logit'", .change_state = score_cb },
};

/* Such an action holds on to its object, which must not be the window itself. */
static void
add_property_action (SalWindow *self, const char *name, gpointer object, const char *property)
{
  g_autoptr (GPropertyAction) action = g_property_action_new (name, object, property);

  g_action_map_add_action (G_ACTION_MAP (self), G_ACTION (action));
}

/* Remembering. */

static void
restore (SalWindow *self)
{
  if (self->preferences == NULL)
    return;
  gtk_window_set_default_size (GTK_WINDOW (self), g_settings_get_int (self->preferences, "width"),
                               g_settings_get_int (self->preferences, "height"));
  if (g_settings_get_boolean (self->preferences, "maximized"))
    gtk_window_maximize (GTK_WINDOW (self));
  adw_flap_set_reveal_flap (self->flap, g_settings_get_boolean (self->preferences, "sidebar"));
  gtk_toggle_button_set_active (self->looks_button,
                                g_settings_get_boolean (self->preferences, "appearance-open"));
  sal_preferences_restore (self->preferences, self->document);
}

static gboolean
sal_window_close_request (GtkWindow *window)
{
  SalWindow *self = SAL_WINDOW (window);

  if (self->preferences != NULL) {
    int width, height;

    gtk_window_get_default_size (window, &width, &height);
    g_settings_set_int (self->preferences, "width", width);
    g_settings_set_int (self->preferences, "height", height);
    g_settings_set_boolean (self->preferences, "maximized", gtk_window_is_maximized (window));
    if (!adw_flap_get_folded (self->flap))
      g_settings_set_boolean (self->preferences, "sidebar", adw_flap_get_reveal_flap (self->flap));
    g_settings_set_boolean (self->preferences, "appearance-open",
                            gtk_toggle_button_get_active (self->looks_button));
    sal_preferences_save (self->preferences, self->document);
    sal_window_keep_session (self);
  }
  return GTK_WINDOW_CLASS (sal_window_parent_class)->close_request (window);
}

static void
sal_window_dispose (GObject *object)
{
  SalWindow *self = SAL_WINDOW (object);

  g_clear_handle_id (&self->job_delay, g_source_remove);
  g_clear_weak_pointer (&self->toast);
  g_clear_pointer (&self->history, sal_history_free);
  g_clear_object (&self->toasted);
  g_clear_object (&self->dialog);
  sal_window_shelf_dispose (self);
  sal_window_folder_dispose (self);
  sal_window_session_dispose (self);
  g_clear_object (&self->probe);
  g_clear_object (&self->previews);
  g_clear_pointer (&self->marks, sal_lane_free);
  sal_window_gallery_dispose (self);
  g_clear_pointer (&self->labels_path, g_free);
  g_clear_pointer (&self->doubt, g_free);
  if (self->document != NULL) /* which may stay to write a file */
    g_signal_handlers_disconnect_by_data (self->document, self);
  g_clear_object (&self->document);
  g_clear_object (&self->preferences);
  G_OBJECT_CLASS (sal_window_parent_class)->dispose (object);
}

static void
sal_window_class_init (SalWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sal_window_dispose;
  GTK_WINDOW_CLASS (klass)->close_request = sal_window_close_request;
  g_type_ensure (SAL_TYPE_CANVAS);
  g_type_ensure (SAL_TYPE_CANVAS_TOOLS);
  g_type_ensure (SAL_TYPE_CLASS_LIST);
  g_type_ensure (SAL_TYPE_FIRST_FIT);
  g_type_ensure (SAL_TYPE_METHOD_PICKER);
  g_type_ensure (SAL_TYPE_PARAM_PANEL);
  g_type_ensure (SAL_TYPE_PROGRESS_RING);
  g_type_ensure (SAL_TYPE_SHELF_STRIP);
  g_type_ensure (SAL_TYPE_WELCOME);
  g_type_ensure (SAL_TYPE_REGION_CARD);
  g_type_ensure (SAL_TYPE_MODEL_PAGE);
  g_type_ensure (SAL_TYPE_COMPARE_PAGE);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/salience/Salience/ui/window.ui");
  gtk_widget_class_bind_template_child (widget_class, SalWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, SalWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, SalWindow, welcome);
  gtk_widget_class_bind_template_child (widget_class, SalWindow, drop_target);
  gtk_widget_class_bind_template_child (widget_class, SalWindow, sidebar);
  gtk_widget_class_bind_template_child (widget_class, SalWindow, switcher);
  gtk_widget_class_bind_template_child (widget_class, SalWindow, title);
  gtk_widget_class_bind_template_child (widget_class, SalWindow, model_label);
  gtk_widget_class_bind_template_child (widget_class, SalWindow, picture_label);
  gtk_widget_class_bind_template_child (widget_class, SalWindow, model_page);
  gtk_widget_class_bind_template_child (widget_class, SalWindow, compare_page);
  gtk_widget_class_bind_template_child (widget_class, SalWindow, recent_models);
  gtk_widget_class_bind_template_child (widget_class, SalWindow, recent_pictures);
  gtk_widget_class_bind_template_child (widget_class, SalWindow, place_box);
  gtk_widget_class_bind_template_child (widget_class, SalWindow, place);
  gtk_widget_class_bind_template_child (widget_class, SalWindow, folder_strip);
  gtk_widget_class_bind_template_child (widget_class, SalWindow, folder_list);
  gtk_widget_class_bind_template_child (widget_class, SalWindow, average);
  gtk_widget_class_bind_template_child (widget_class, SalWindow, exhibit_choice);
  gtk_widget_class_bind_template_child (widget_class, SalWindow, export_content);
  gtk_widget_class_bind_template_child (widget_class, SalWindow, job);
  gtk_widget_class_bind_template_child (widget_class, SalWindow, sidebar_button);
  gtk_widget_class_bind_template_child (widget_class, SalWindow, ring);
  gtk_widget_class_bind_template_child (widget_class, SalWindow, percent);
  gtk_widget_class_bind_template_child (widget_class, SalWindow, flap);
  gtk_widget_class_bind_template_child (widget_class, SalWindow, pages);
  gtk_widget_class_bind_template_child (widget_class, SalWindow, canvas);
  gtk_widget_class_bind_template_child (widget_class, SalWindow, region_card);
  gtk_widget_class_bind_template_child (widget_class, SalWindow, canvas_tools);
  gtk_widget_class_bind_template_child (widget_class, SalWindow, caption);
  gtk_widget_class_bind_template_child (widget_class, SalWindow, shown);
  gtk_widget_class_bind_template_child (widget_class, SalWindow, status);
  gtk_widget_class_bind_template_child (widget_class, SalWindow, readout);
  gtk_widget_class_bind_template_child (widget_class, SalWindow, view_bar);
  gtk_widget_class_bind_template_child (widget_class, SalWindow, views);
  gtk_widget_class_bind_template_child (widget_class, SalWindow, view_name);
  gtk_widget_class_bind_template_child (widget_class, SalWindow, shelf_strip);
  gtk_widget_class_bind_template_child (widget_class, SalWindow, exhibit_bar);
  gtk_widget_class_bind_template_child (widget_class, SalWindow, exhibit_title);
  gtk_widget_class_bind_template_child (widget_class, SalWindow, opacity);
  gtk_widget_class_bind_template_child (widget_class, SalWindow, opacity_value);
  gtk_widget_class_bind_template_child (widget_class, SalWindow, classes);
  gtk_widget_class_bind_template_child (widget_class, SalWindow, notes);
  gtk_widget_class_bind_template_child (widget_class, SalWindow, methods);
  gtk_widget_class_bind_template_child (widget_class, SalWindow, conventions);
  gtk_widget_class_bind_template_child (widget_class, SalWindow, params);
  gtk_widget_class_bind_template_child (widget_class, SalWindow, looks);
  gtk_widget_class_bind_template_child (widget_class, SalWindow, looks_button);
  gtk_widget_class_bind_template_child (widget_class, SalWindow, mark);
  gtk_widget_class_bind_template_child (widget_class, SalWindow, result);
  gtk_widget_class_bind_template_child (widget_class, SalWindow, time);
  gtk_widget_class_bind_template_callback (widget_class, class_chosen_cb);
  gtk_widget_class_bind_template_callback (widget_class, example_chosen_cb);
  gtk_widget_class_bind_template_callback (widget_class, versus_chosen_cb);
  gtk_widget_class_bind_template_callback (widget_class, region_closed_cb);
  gtk_widget_class_bind_template_callback (widget_class, method_chosen_cb);
  gtk_widget_class_bind_template_callback (widget_class, params_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, looks_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, opacity_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, key_pressed_cb);
  gtk_widget_class_bind_template_callback (widget_class, key_released_cb);
  gtk_widget_class_bind_template_callback (widget_class, active_cb);
  gtk_widget_class_bind_template_callback (widget_class, drop_cb);
  gtk_widget_class_bind_template_callback (widget_class, drop_enter_cb);
  gtk_widget_class_bind_template_callback (widget_class, drop_leave_cb);
}

static void
sal_window_init (SalWindow *self)
{
  self->document = sal_document_new ();
  self->preferences = sal_preferences_new ();
  self->previews = sal_previews_new (self->document);
  gtk_widget_init_template (GTK_WIDGET (self));
  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
  add_property_action (self, "view", self->canvas, "mode");
  add_property_action (self, "tool", self->canvas, "tool");
  add_property_action (self, "loupe", self->canvas, "loupe");
  add_property_action (self, "sidebar", self->flap, "reveal-flap");
  restore (self);
  sal_window_files_init (self);
  sal_window_labels_init (self);
  sal_window_history_init (self);
  sal_window_show_init (self);
  sal_window_shelf_init (self);
  sal_window_folder_init (self);
  sal_window_session_init (self);
  sal_window_region_init (self);
  sal_window_convention_init (self);
  sal_window_errors_init (self);
  sal_window_model_init (self);
  sal_window_compare_init (self);
  g_signal_connect_object (self->document, "notify::kind", G_CALLBACK (kind_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->canvas, "hover", G_CALLBACK (sal_window_show_hover), self,
                           G_CONNECT_SWAPPED);
}

GtkWidget *
sal_window_new (GtkApplication *app)
{
  return g_object_new (SAL_TYPE_WINDOW, "application", app, NULL);
}

SalDocument *
sal_window_document (SalWindow *self)
{
  g_return_val_if_fail (SAL_IS_WINDOW (self), NULL);
  return self->document;
}
