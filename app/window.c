#include "app/window-private.h"

#include "app/looks.h"
#include "app/preferences.h"
#include "ui/in-view.h"
#include "ui/left-to-right.h"
#include "ui/name.h"
#include "ui/press-count.h"
#include "ui/tooltip.h"

#include <math.h>

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

/* What was asked for at the bottom of the sidebar unfolds below it. */
static void
looks_revealed_cb (SalWindow *self, GParamSpec *pspec, GtkRevealer *revealer)
{
  if (gtk_revealer_get_child_revealed (revealer) && gtk_widget_get_mapped (GTK_WIDGET (revealer)))
    sal_bring_into_view (GTK_WIDGET (self->looks));
}

void
sal_window_set_opacity (SalWindow *self, double opacity)
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
    sal_window_set_opacity (self, round (gtk_range_get_value (self->opacity)) / 100);
}

/* Of a double click the slider must not see the second press: it would follow the pointer. */
static void
opacity_pressed_cb (SalWindow *self, int n, double x, double y, GtkGestureClick *gesture)
{
  if (sal_press_count (gesture, x, y) < 2)
    return;
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  const SalParam *param = sal_param_find (sal_appearance_params (), "opacity");
  g_autoptr (SalSettings) looks = sal_looks_new ();
  sal_window_set_opacity (self, sal_settings_number (looks, param));
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

  if (sal_window_ask_to_save (self))
    return GDK_EVENT_STOP;
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
  g_clear_weak_pointer (&self->closing);
  g_clear_pointer (&self->history, sal_history_free);
  g_clear_object (&self->toasted);
  sal_window_exhibit_dispose (self);
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
  gtk_widget_class_bind_template_child (widget_class, SalWindow, header);
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
  gtk_widget_class_bind_template_child (widget_class, SalWindow, export_button);
  gtk_widget_class_bind_template_child (widget_class, SalWindow, doubt_button);
  gtk_widget_class_bind_template_child (widget_class, SalWindow, resume);
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
  gtk_widget_class_bind_template_callback (widget_class, looks_revealed_cb);
  gtk_widget_class_bind_template_callback (widget_class, opacity_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, opacity_pressed_cb);
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
  sal_name_buttons (GTK_WIDGET (self));
  sal_left_to_right (GTK_WIDGET (self->opacity_value));
  sal_left_to_right (GTK_WIDGET (self->percent));
  sal_window_actions_init (self);
  restore (self);
  sal_window_toast_init (self);
  sal_window_files_init (self);
  sal_window_labels_init (self);
  sal_window_history_init (self);
  sal_window_show_init (self);
  sal_window_state_init (self);
  sal_window_exhibit_init (self);
  sal_window_shelf_init (self);
  sal_window_folder_init (self);
  sal_window_session_init (self);
  sal_window_recent_init (self);
  sal_tooltip_yield (GTK_WIDGET (self));
  sal_window_region_init (self);
  sal_window_convention_init (self);
  sal_window_errors_init (self);
  sal_window_model_init (self);
  sal_window_compare_init (self);
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
