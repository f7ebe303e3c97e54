/* Sessions in the window: saved, opened, and taken up at the next start. */
#include "app/window-private.h"

#include "app/session.h"
#include "engine/base/file.h"

#include <glib/gi18n.h>
#include <string.h>

#define MAX_BYTES (16 << 20)

/* What there is, as a session. */

static void
add_waiting (SalSession *session, const SalSessionResult *result, gboolean starred_only)
{
  if (!starred_only || result->starred)
    g_ptr_array_add (session->results, sal_session_result_copy (result));
}

/* What has not yet been taken up of a session that is being opened is part of it, too. */
static SalComparisonLayout *
compared (SalWindow *self)
{
  if (self->session != NULL && self->session_opening && self->session->compare != NULL)
    return sal_comparison_layout_copy (self->session->compare);
  return sal_comparison_get_layout (sal_compare_page_comparison (self->compare_page));
}

static SalSession *
session_of (SalWindow *self, gboolean starred_only)
{
  SalSession *session = sal_session_new ();
  SalPicture *picture = sal_document_picture (self->document);
  SalTarget target = { sal_document_target (self->document), sal_document_versus (self->document),
                       sal_document_kind (self->document) };
  GEnumClass *modes = g_type_class_ref (SAL_TYPE_CANVAS_MODE);
  GListModel *results = G_LIST_MODEL (self->shelf);

  session->now = sal_session_result_new (
      sal_document_model (self->document), picture != NULL ? picture->path : NULL,
      sal_document_method (self->document), sal_document_settings (self->document), target,
      sal_document_looks (self->document));
  session->folder = g_strdup (sal_folder_path (self->folder));
  session->compare = compared (self);
  session->page = g_strdup (adw_view_stack_get_visible_child_name (self->stack));
  session->view =
      g_strdup (g_enum_get_value (modes, (int) sal_canvas_get_mode (self->canvas))->value_nick);
  for (guint i = 0; i < g_list_model_get_n_items (results); i++) {
    g_autoptr (SalResult) result = g_list_model_get_item (results, i);
    const SalExplanation *of = sal_result_explanation (result);

    if (starred_only && !sal_result_starred (result))
      continue;
    SalSessionResult *saved =
        sal_session_result_new (of->view->model, of->view->picture->path, of->method, of->settings,
                                of->target, sal_result_looks (result));
    saved->name = g_strdup (sal_result_given_name (result));
    saved->starred = sal_result_starred (result);
    g_ptr_array_add (session->results, saved);
  }
  /* What is still to be made again is part of it, too. */
  if (sal_lane_busy (self->remakes))
    add_waiting (session, self->remaking, starred_only);
  for (guint i = 0; self->session != NULL && i < self->session->results->len; i++)
    add_waiting (session, self->session->results->pdata[i], starred_only);
  g_type_class_unref (modes);
  return session;
}

static void
take_path (SalWindow *self, const char *path)
{
  g_free (self->session_path);
  self->session_path = g_strdup (path);
}

static gboolean
save (SalWindow *self, const char *path)
{
  g_autoptr (SalSession) session = session_of (self, FALSE);
  g_autofree char *json = sal_session_write (session, path);
  g_autofree char *text = g_strconcat (json, "\n", NULL);
  g_autoptr (GError) error = NULL;

  if (!sal_file_write (path, text, strlen (text), &error)) {
    sal_window_file_failed (self, _ ("“%s” was not saved"), path, error->message);
    return FALSE;
  }
  g_autofree char *name = g_filename_display_basename (path);
  g_autofree char *title = g_markup_printf_escaped (_ ("Saved %s"), name);
  sal_window_toast (self, adw_toast_new (title));
  return TRUE;
}

void
sal_window_save_session_to (SalWindow *self, GFile *file)
{
  g_autofree char *chosen = sal_window_path (self, file, _ ("“%s” was not saved"));

  if (chosen == NULL)
    return;
  g_autofree char *path = g_str_has_suffix (chosen, SAL_SESSION_ENDING)
                              ? g_strdup (chosen)
                              : g_strconcat (chosen, SAL_SESSION_ENDING, NULL);
  if (save (self, path))
    take_path (self, path);
}

static char *
name_of_session (SalWindow *self)
{
  SalModel *model = sal_document_model (self->document);

  if (self->session_path != NULL)
    return g_filename_display_basename (self->session_path);
  return g_strconcat (model != NULL ? sal_model_name (model) : "session", SAL_SESSION_ENDING, NULL);
}

void
sal_window_choose_session (SalWindow *self)
{
  static const SalFileKind kind = { .action = GTK_FILE_CHOOSER_ACTION_SAVE };
  g_autofree char *name = name_of_session (self);

  sal_window_choose (self, &kind, _ ("Save Session"), name, sal_window_save_session_to);
}

void
sal_window_save_session (SalWindow *self)
{
  if (self->session_path != NULL)
    save (self, self->session_path);
  else
    sal_window_choose_session (self);
}

static void
session_chosen (SalWindow *self, GFile *file)
{
  g_autofree char *path = sal_window_path (self, file, _ ("“%s” cannot be opened"));

  if (path != NULL)
    sal_window_open_session (self, path);
}

void
sal_window_choose_opened_session (SalWindow *self)
{
  static const SalFileKind kind = { .action = GTK_FILE_CHOOSER_ACTION_OPEN,
                                    .filter = N_ ("Sessions"),
                                    .suffix = &SAL_SESSION_ENDING[1] }; /* without the dot */

  sal_window_choose (self, &kind, _ ("Open Session"), NULL, session_chosen);
}

/* Results, worked out again one after the other. */

typedef struct {
  SalModel *model;
  SalPicture *picture;
  SalView *view; /* each (nullable): to be made */
  SalSessionResult *result;
} Order;

static void
order_free (gpointer data)
{
  Order *order = data;

  g_clear_pointer (&order->model, sal_model_unref);
  g_clear_pointer (&order->picture, sal_picture_unref);
  g_clear_pointer (&order->view, sal_view_unref);
  sal_session_result_free (order->result);
  g_free (order);
}

static gpointer
work (gpointer data, const SalProgress *progress, GError **error)
{
  Order *order = data;

  if (order->view == NULL) {
    order->view = sal_work_see (order->model, order->result->model, order->picture,
                                order->result->picture, progress, error);
    if (order->view == NULL)
      return NULL;
  }
  g_autoptr (SalExplanation) asked =
      sal_explanation_new (order->view, order->result->method, order->result->settings,
                           sal_session_target (order->result, order->view));
  return sal_work_explain (asked, progress, error);
}

/* What is in memory already is not loaded again. */
static void
find_parts (SalWindow *self, Order *order)
{
  GListModel *results = G_LIST_MODEL (self->shelf);
  SalView *now = sal_document_view (self->document);
  guint n = g_list_model_get_n_items (results);

  for (guint i = 0; i <= n && order->view == NULL; i++) {
    g_autoptr (SalResult) result = g_list_model_get_item (results, i);
    SalView *view = result != NULL ? sal_result_explanation (result)->view : now;
    gboolean model, picture;

    if (view == NULL)
      continue;
    model = g_strcmp0 (sal_model_path (view->model), order->result->model) == 0;
    picture = g_strcmp0 (view->picture->path, order->result->picture) == 0;
    if (model && picture)
      order->view = sal_view_ref (view);
    if (model && order->model == NULL)
      order->model = sal_model_ref (view->model);
    if (picture && order->picture == NULL)
      order->picture = sal_picture_ref (view->picture);
  }
}

static void
next_result (SalWindow *self)
{
  if (self->session == NULL)
    return;
  if (self->session->results->len == 0) {
    g_clear_pointer (&self->session, sal_session_free);
    return;
  }
  Order *order = g_new0 (Order, 1);

  g_clear_pointer (&self->remaking, sal_session_result_free);
  self->remaking = g_ptr_array_steal_index (self->session->results, 0);
  order->result = sal_session_result_copy (self->remaking);
  find_parts (self, order);
  sal_lane_start (self->remakes, order, SAL_LANE_QUEUE);
}

static void
remade (gpointer answer, const GError *error, gpointer owner)
{
  SalWindow *self = owner;
  g_autoptr (SalExplanation) explanation = answer;

  if (explanation != NULL) {
    SalResult *result = sal_shelf_add (self->shelf, explanation, self->remaking->looks);

    sal_result_set_name (result, self->remaking->name);
    sal_result_set_starred (result, self->remaking->starred);
    sal_shelf_strip_select (self->shelf_strip, self->current);
  } else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    sal_window_failed (self, _ ("A result could not be made again"), error->message);
  }
  next_result (self);
}

static const SalLaneType remake_lane = {
  work, NULL, remade, order_free, (GDestroyNotify) sal_explanation_unref,
};

/* Opening. */

static void
ask (SalWindow *self)
{
  SalView *view = sal_document_view (self->document);
  const SalSessionResult *now = self->session->now;
  SalTarget target = sal_session_target (now, view);
  GEnumClass *modes = g_type_class_ref (SAL_TYPE_CANVAS_MODE);
  GEnumValue *mode =
      self->session->view != NULL ? g_enum_get_value_by_nick (modes, self->session->view) : NULL;

  sal_document_set_kind (self->document, target.kind);
  sal_document_set_target (self->document, target.class_index);
  if (target.versus >= 0)
    sal_document_set_versus (self->document, target.versus);
  if (mode != NULL)
    sal_canvas_set_mode (self->canvas, (SalCanvasMode) mode->value);
  if (self->session->compare != NULL)
    sal_window_arrange_compare (self, self->session->compare);
  if (g_strcmp0 (self->session->page, "compare") == 0 ||
      g_strcmp0 (self->session->page, "model") == 0)
    adw_view_stack_set_visible_child_name (self->stack, self->session->page);
  g_type_class_unref (modes);
}

static void
opening_cb (SalWindow *self)
{
  if (self->session == NULL || !self->session_opening || sal_document_is_opening (self->document))
    return;
  self->session_opening = FALSE;
  if (sal_document_view (self->document) != NULL && self->session->now != NULL)
    ask (self);
  next_result (self);
}

static void
take (SalWindow *self, SalSession *session)
{
  const SalSessionResult *now = session->now;

  sal_lane_forget (self->remakes);
  g_clear_pointer (&self->session, sal_session_free);
  self->session = session;
  self->session_opening = TRUE;
  if (now != NULL) {
    sal_document_set_looks (self->document, now->looks);
    sal_document_remember (self->document, now->method, now->settings);
    sal_document_set_method (self->document, now->method);
  }
  if (session->folder != NULL)
    sal_window_list_folder (self, session->folder, now != NULL && now->picture != NULL);
  if (now != NULL && now->model != NULL)
    sal_document_open_model (self->document, now->model);
  if (now != NULL && now->picture != NULL)
    sal_document_open_picture (self->document, now->picture);
  opening_cb (self);
}

void
sal_window_open_session (SalWindow *self, const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = sal_file_read (path, MAX_BYTES, &error);
  g_autofree char *text =
      bytes != NULL ? g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes)) : NULL;
  SalSession *session = text != NULL ? sal_session_read (text, path, &error) : NULL;

  if (session == NULL) {
    sal_window_file_failed (self, _ ("“%s” cannot be opened"), path, error->message);
    return;
  }
  take_path (self, path);
  take (self, session);
}

static void
leave_out_missing (GPtrArray *paths)
{
  for (guint i = paths != NULL ? paths->len : 0; i-- > 0;)
    if (!g_file_test (paths->pdata[i], G_FILE_TEST_IS_REGULAR))
      g_ptr_array_remove_index (paths, i);
}

gboolean
sal_window_restore_session (SalWindow *self)
{
  if (self->preferences == NULL || !g_settings_get_boolean (self->preferences, "restore"))
    return FALSE;
  g_autofree char *text = g_settings_get_string (self->preferences, "session");
  SalSession *session = *text != '\0' ? sal_session_read (text, NULL, NULL) : NULL;

  /* Files that have gone since are no reason to begin with an error. */
  if (session == NULL || session->now == NULL || session->now->model == NULL ||
      session->now->picture == NULL || !g_file_test (session->now->model, G_FILE_TEST_IS_REGULAR) ||
      !g_file_test (session->now->picture, G_FILE_TEST_IS_REGULAR)) {
    sal_session_free (session);
    return FALSE;
  }
  if (session->folder != NULL && !g_file_test (session->folder, G_FILE_TEST_IS_DIR))
    g_clear_pointer (&session->folder, g_free);
  if (session->compare != NULL) {
    leave_out_missing (session->compare->pictures);
    leave_out_missing (session->compare->columns[SAL_COMPARE_MODELS]);
  }
  take (self, session);
  return TRUE;
}

void
sal_window_keep_session (SalWindow *self)
{
  g_autoptr (SalSession) session = NULL;
  g_autofree char *json = NULL;

  if (self->preferences == NULL || sal_document_view (self->document) == NULL)
    return;
  session = session_of (self, TRUE);
  json = sal_session_write (session, NULL);
  g_settings_set_string (self->preferences, "session", json);
}

void
sal_window_session_init (SalWindow *self)
{
  self->remakes = sal_lane_new (&remake_lane, self);
  g_signal_connect_object (self->document, "notify::opening", G_CALLBACK (opening_cb), self,
                           G_CONNECT_SWAPPED);
  if (self->preferences == NULL)
    return;
  g_autoptr (GAction) restore = g_settings_create_action (self->preferences, "restore");
  g_action_map_add_action (G_ACTION_MAP (self), restore);
}

void
sal_window_session_dispose (SalWindow *self)
{
  g_clear_pointer (&self->remakes, sal_lane_free);
  g_clear_pointer (&self->session_path, g_free);
  g_clear_pointer (&self->session, sal_session_free);
  g_clear_pointer (&self->remaking, sal_session_result_free);
}
