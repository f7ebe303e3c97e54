/* What a person can do in the window as a whole, as actions (`win.*`). Those of one subject are in
 * its file: undoing, the names of classes, conventions. */
#include "app/window-private.h"

#include "app/export-help.h"
#include "app/path-text.h"

#define OPACITY_STEP 0.1

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
  sal_window_save_session (self);
}

static void
save_session_as_cb (GSimpleAction *action, GVariant *parameter, gpointer self)
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

/* What stands beside the pictures of the page that is open. */
static void
side_panel_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  SalWindow *self = data;
  const char *page = adw_view_stack_get_visible_child_name (self->stack);

  if (g_strcmp0 (page, "explore") == 0)
    g_action_group_activate_action (G_ACTION_GROUP (self), "sidebar", NULL);
  else if (g_strcmp0 (page, "compare") == 0)
    sal_compare_page_toggle_panel (self->compare_page);
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

static void
resume_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  SalWindow *self = data;

  sal_document_resume (self->document);
}

static void
cancel_compare_cb (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  sal_window_cancel_compare (self);
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

  sal_window_set_opacity (self,
                          sal_document_appearance (self->document).overlay.opacity - OPACITY_STEP);
}

static void
more_opaque_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  SalWindow *self = data;

  sal_window_set_opacity (self,
                          sal_document_appearance (self->document).overlay.opacity + OPACITY_STEP);
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
rename_cb (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  sal_window_rename (self);
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

  if (kind < G_N_ELEMENTS (score_names))
    sal_window_set_state (self, "score", score_names[kind]);
}

static const GActionEntry actions[] = {
  { .name = "open-model", .activate = open_model_cb },
  { .name = "open-picture", .activate = open_picture_cb },
  { .name = "open-example", .activate = open_example_cb },
  { .name = "gallery", .activate = gallery_cb },
  { .name = "export-help", .activate = export_help_cb },
  { .name = "save-session", .activate = save_session_cb },
  { .name = "save-session-as", .activate = save_session_as_cb },
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
  { .name = "side-panel", .activate = side_panel_cb },
  { .name = "export", .activate = export_cb },
  { .name = "cancel", .activate = cancel_cb },
  { .name = "resume", .activate = resume_cb },
  { .name = "cancel-compare", .activate = cancel_compare_cb },
  { .name = "next-class", .activate = next_class_cb },
  { .name = "previous-class", .activate = previous_class_cb },
  { .name = "next-method", .activate = next_method_cb },
  { .name = "next-view", .activate = next_view_cb },
  { .name = "less-opaque", .activate = less_opaque_cb },
  { .name = "more-opaque", .activate = more_opaque_cb },
  { .name = "star", .activate = star_cb },
  { .name = "rename", .activate = rename_cb },
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

static GSimpleAction *
find (SalWindow *self, const char *name)
{
  return G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (self), name));
}

void
sal_window_enable (SalWindow *self, const char *name, gboolean enabled)
{
  g_simple_action_set_enabled (find (self, name), enabled);
}

void
sal_window_set_state (SalWindow *self, const char *name, const char *state)
{
  g_simple_action_set_state (find (self, name), g_variant_new_string (state));
}

void
sal_window_actions_init (SalWindow *self)
{
  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
  add_property_action (self, "view", self->canvas, "mode");
  add_property_action (self, "tool", self->canvas, "tool");
  add_property_action (self, "loupe", self->canvas, "loupe");
  add_property_action (self, "sidebar", self->flap, "reveal-flap");
  g_signal_connect_object (self->document, "notify::kind", G_CALLBACK (kind_cb), self,
                           G_CONNECT_SWAPPED);
}
