#include "app/document-private.h"

#include "app/file-failure.h"
#include "app/jobs.h"
#include "app/looks.h"
#include "app/opener.h"
#include "engine/explain/smooth.h"

#include <glib/gi18n.h>
#include <string.h>

G_DEFINE_FINAL_TYPE (SalDocument, sal_document, G_TYPE_OBJECT)

enum { FAILED, EXPORTED, N_SIGNALS };

static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];

void
sal_document_notify (SalDocument *self, int prop)
{
  g_object_notify_by_pspec (G_OBJECT (self), props[prop]);
}

void
sal_document_fail (SalDocument *self, const char *summary, const GError *error)
{
  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_signal_emit (self, signals[FAILED], 0, summary, error->message);
}

void
sal_document_fail_file (SalDocument *self, const char *format, const char *path,
                        const GError *error)
{
  g_autofree char *summary = sal_file_summary (format, path);
  g_autofree char *details = sal_file_details (error->message, path);

  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_signal_emit (self, signals[FAILED], 0, summary, details);
}

void
sal_document_exported (SalDocument *self, const char *path)
{
  g_signal_emit (self, signals[EXPORTED], 0, path);
}

void
sal_document_set_state (SalDocument *self, SalDocumentState state)
{
  if (self->state == state)
    return;
  self->state = state;
  sal_document_notify (self, PROP_STATE);
}

/* Explaining. */

void
sal_document_explain (SalDocument *self, SalLaneManner manner)
{
  if (self->view == NULL || self->method == NULL)
    return;
  SalTarget target = { self->target, self->versus, self->kind };

  g_clear_pointer (&self->asked, sal_explanation_unref);
  self->asked =
      sal_explanation_new (self->view, self->method, sal_document_settings (self), target);
  self->asked->latest = sal_latest_ref (self->latest);
  self->settling = FALSE;
  self->fraction = 0;
  sal_document_notify (self, PROP_FRACTION);
  sal_document_set_state (self, SAL_DOCUMENT_RUNNING);
  sal_lane_start (self->explanations, sal_explanation_ref (self->asked), manner);
}

static void
explanation_progress (double fraction, const SalPartial *partial, gpointer owner)
{
  SalDocument *self = owner;

  self->fraction = CLAMP (fraction, 0, 1);
  sal_document_notify (self, PROP_FRACTION);
  if (partial != NULL)
    sal_document_show_partial (self, partial, self->asked);
}

/* What stands in the sidebar is what there is; to undo that goes on. */
static void
settle_for_fewer (SalDocument *self, const SalExplanation *answer)
{
  const SalParam *samples = sal_param_find (sal_smooth_params (), "samples");
  g_autoptr (SalSettings) settings = sal_settings_copy (sal_document_settings (self));

  sal_settings_set_number (settings, samples, sal_settings_number (answer->settings, samples),
                           NULL);
  sal_document_remember (self, self->method, settings);
  sal_document_notify (self, PROP_SETTINGS);
}

static void
explanation_done (gpointer result, const GError *error, gpointer owner)
{
  SalDocument *self = owner;
  g_autoptr (SalExplanation) answer = result;

  if (answer == NULL) {
    if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
      sal_document_set_state (self, SAL_DOCUMENT_STOPPED);
    } else {
      /* What was shown of the failed attempt gives way to the last answer. */
      if (self->explanation != NULL)
        sal_document_show_answer (self, self->explanation);
      sal_document_set_state (self, SAL_DOCUMENT_FAILED);
      g_autofree char *summary = g_strdup_printf (_ ("%s did not work"), _ (self->method->name));
      sal_document_fail (self, summary, error);
    }
    return;
  }
  sal_document_show_answer (self, answer);
  if (sal_lane_busy (self->explanations))
    return; /* a slider has moved on: this was a preview */
  g_clear_pointer (&self->explanation, sal_explanation_unref);
  self->explanation = g_steal_pointer (&answer);
  if (self->explanation->attribution->stopped)
    settle_for_fewer (self, self->explanation);
  self->fraction = 1;
  sal_document_notify (self, PROP_FRACTION);
  self->settling = TRUE;
}

static const SalMethod *
first_method (const SalModel *model)
{
  const SalMethod *const *methods = sal_methods ();
  /* Quick, and plain to see. */
  const SalMethod *wanted = sal_method_find ("grad-cam");

  if (wanted != NULL && sal_method_reason (wanted, model) == NULL)
    return wanted;
  for (int i = 0; methods[i] != NULL; i++)
    if (sal_method_reason (methods[i], model) == NULL)
      return methods[i];
  return methods[0];
}

/* Opening. */

static void
opening_changed_cb (gpointer owner)
{
  sal_document_notify (owner, PROP_OPENING);
}

static void
opening_failed_cb (const char *summary, const char *path, const GError *error, gpointer owner)
{
  sal_document_fail_file (owner, summary, path, error);
}

/* Nothing of what was open before may appear over what is open now. */
static void
take_view (SalDocument *self, SalModel *model, SalPicture *picture, SalView *view)
{
  gboolean other_model = model != self->model;
  gboolean other_picture = picture != self->picture;

  sal_lane_forget (self->heatmaps);
  g_clear_pointer (&self->heatmap, sal_heatmap_unref);
  sal_document_show_nothing (self);
  g_clear_pointer (&self->explanation, sal_explanation_unref);
  g_clear_pointer (&self->view, sal_view_unref);
  sal_latest_unref (self->latest);
  self->latest = sal_latest_new ();
  if (view != NULL)
    self->view = sal_view_ref (view);
  if (other_model) {
    g_clear_pointer (&self->model, sal_model_unref);
    self->model = model != NULL ? sal_model_ref (model) : NULL;
    sal_document_notify (self, PROP_MODEL);
  }
  if (other_picture) {
    g_clear_pointer (&self->picture, sal_picture_unref);
    self->picture = picture != NULL ? sal_picture_ref (picture) : NULL;
    sal_document_notify (self, PROP_PICTURE);
  }
  sal_document_notify (self, PROP_VIEW);
  sal_document_notify (self, PROP_HEATMAP);
}

static void
opened_cb (SalModel *model, SalPicture *picture, SalView *view, gpointer owner)
{
  SalDocument *self = owner;

  if (view != NULL)
    self->target = g_array_index (view->predictions, SalPrediction, 0).class_index;
  self->versus = -1;
  if (model != NULL && model != self->model) {
    sal_document_forget_layers (self, model);
    sal_document_notify (self, PROP_SETTINGS);
  }
  if (model != NULL && sal_method_reason (self->method, model) != NULL) {
    self->method = first_method (model);
    sal_document_notify (self, PROP_METHOD);
    sal_document_notify (self, PROP_SETTINGS);
  }
  take_view (self, model, picture, view);
  sal_document_notify (self, PROP_TARGET);
  sal_document_notify (self, PROP_VERSUS);
  sal_document_explain (self, SAL_LANE_REPLACE);
}

static const SalOpenerType opener_type = { opened_cb, opening_failed_cb, opening_changed_cb };

void
sal_document_open_model (SalDocument *self, const char *path)
{
  g_return_if_fail (SAL_IS_DOCUMENT (self) && path != NULL);
  sal_opener_model (self->opener, path, NULL);
}

void
sal_document_set_labels (SalDocument *self, const char *labels)
{
  g_return_if_fail (SAL_IS_DOCUMENT (self) && self->model != NULL);
  sal_opener_model (self->opener, sal_model_path (self->model), labels);
}

void
sal_document_open_picture (SalDocument *self, const char *path)
{
  g_return_if_fail (SAL_IS_DOCUMENT (self) && path != NULL);
  sal_opener_picture (self->opener, path);
}

void
sal_document_open_files (SalDocument *self, const char *const *paths)
{
  g_return_if_fail (SAL_IS_DOCUMENT (self) && paths != NULL);
  sal_opener_files (self->opener, paths);
}

void
sal_document_take_model (SalDocument *self, SalModel *model)
{
  g_return_if_fail (SAL_IS_DOCUMENT (self) && model != NULL);
  sal_opener_take_model (self->opener, model);
}

gboolean
sal_document_is_opening (SalDocument *self)
{
  return sal_opener_busy (self->opener);
}

SalModel *
sal_document_model (SalDocument *self)
{
  return self->model;
}

SalPicture *
sal_document_picture (SalDocument *self)
{
  return self->picture;
}

SalView *
sal_document_view (SalDocument *self)
{
  return self->view;
}

/* The answer. */

SalDocumentState
sal_document_state (SalDocument *self)
{
  return self->state;
}

double
sal_document_fraction (SalDocument *self)
{
  return self->fraction;
}

SalHeatmap *
sal_document_heatmap (SalDocument *self)
{
  return self->heatmap;
}

SalExplanation *
sal_document_explanation (SalDocument *self)
{
  return self->explanation;
}

void
sal_document_resume (SalDocument *self)
{
  g_return_if_fail (SAL_IS_DOCUMENT (self));
  if (self->state == SAL_DOCUMENT_STOPPED)
    sal_document_explain (self, SAL_LANE_REPLACE);
}

void
sal_document_cancel (SalDocument *self)
{
  g_return_if_fail (SAL_IS_DOCUMENT (self));
  sal_lane_cancel (self->explanations);
}

guint
sal_document_jobs (SalDocument *self)
{
  return sal_lane_count (self->explanations);
}

void
sal_document_restore (SalDocument *self, SalExplanation *answer, const SalSettings *looks)
{
  g_return_if_fail (SAL_IS_DOCUMENT (self) && answer->attribution != NULL);
  SalView *view = answer->view;

  sal_explanation_ref (answer);
  sal_lane_forget (self->explanations);
  sal_opener_set (self->opener, view->model, view->picture);
  sal_document_set_question (self, answer->method, answer->settings, answer->target);
  if (view != self->view)
    take_view (self, view->model, view->picture, view);
  g_clear_pointer (&self->asked, sal_explanation_unref);
  self->asked = sal_explanation_ref (answer);
  g_clear_pointer (&self->explanation, sal_explanation_unref);
  self->explanation = answer;
  sal_latest_set (self->latest, answer->attribution);
  sal_document_notify_question (self);
  sal_document_show_nothing (self); /* or the looks would be shown of these */
  sal_document_set_looks (self, looks);
  self->fraction = 1;
  sal_document_notify (self, PROP_FRACTION);
  self->settling = TRUE;
  sal_document_set_state (self, SAL_DOCUMENT_RUNNING);
  sal_document_show_answer (self, answer);
}

/* GObject. */

static void
sal_document_get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  SalDocument *self = SAL_DOCUMENT (object);

  switch (id) {
  case PROP_OPENING:
    g_value_set_boolean (value, sal_document_is_opening (self));
    break;
  case PROP_MODEL:
    g_value_set_pointer (value, self->model);
    break;
  case PROP_PICTURE:
    g_value_set_pointer (value, self->picture);
    break;
  case PROP_VIEW:
    g_value_set_pointer (value, self->view);
    break;
  case PROP_TARGET:
    g_value_set_int (value, self->target);
    break;
  case PROP_VERSUS:
    g_value_set_int (value, self->versus);
    break;
  case PROP_KIND:
    g_value_set_int (value, (int) self->kind);
    break;
  case PROP_METHOD:
    g_value_set_pointer (value, (gpointer) self->method);
    break;
  case PROP_SETTINGS:
    g_value_set_pointer (value, (gpointer) sal_document_settings (self));
    break;
  case PROP_STATE:
    g_value_set_int (value, (int) self->state);
    break;
  case PROP_FRACTION:
    g_value_set_double (value, self->fraction);
    break;
  case PROP_HEATMAP:
    g_value_set_pointer (value, self->heatmap);
    break;
  case PROP_LOOKS:
    g_value_set_pointer (value, self->looks);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
  }
}

static void
sal_document_dispose (GObject *object)
{
  SalDocument *self = SAL_DOCUMENT (object);
  g_clear_pointer (&self->opener, sal_opener_free);
  g_clear_pointer (&self->explanations, sal_lane_free);
  g_clear_pointer (&self->heatmaps, sal_lane_free);
  g_clear_pointer (&self->exports, sal_queue_free);
  G_OBJECT_CLASS (sal_document_parent_class)->dispose (object);
}

static void
sal_document_finalize (GObject *object)
{
  SalDocument *self = SAL_DOCUMENT (object);

  g_clear_pointer (&self->model, sal_model_unref);
  g_clear_pointer (&self->picture, sal_picture_unref);
  g_clear_pointer (&self->view, sal_view_unref);
  g_clear_pointer (&self->asked, sal_explanation_unref);
  g_clear_pointer (&self->latest, sal_latest_unref);
  g_clear_pointer (&self->explanation, sal_explanation_unref);
  sal_document_show_nothing (self);
  g_clear_pointer (&self->heatmap, sal_heatmap_unref);
  g_hash_table_unref (self->settings);
  sal_settings_free (self->looks);
  G_OBJECT_CLASS (sal_document_parent_class)->finalize (object);
}

static GParamSpec *
pointer_property (const char *name)
{
  return g_param_spec_pointer (name, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
}

static GParamSpec *
int_property (const char *name)
{
  return g_param_spec_int (name, NULL, NULL, 0, G_MAXINT, 0,
                           G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
}

static void
sal_document_class_init (SalDocumentClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = sal_document_get_property;
  object_class->dispose = sal_document_dispose;
  object_class->finalize = sal_document_finalize;
  props[PROP_OPENING] = g_param_spec_boolean ("opening", NULL, NULL, FALSE,
                                              G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  props[PROP_MODEL] = pointer_property ("model");
  props[PROP_PICTURE] = pointer_property ("picture");
  props[PROP_VIEW] = pointer_property ("view");
  props[PROP_TARGET] = int_property ("target");
  props[PROP_VERSUS] = g_param_spec_int ("versus", NULL, NULL, -1, G_MAXINT, -1,
                                         G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  props[PROP_KIND] = int_property ("kind");
  props[PROP_METHOD] = pointer_property ("method");
  props[PROP_SETTINGS] = pointer_property ("settings");
  props[PROP_STATE] = int_property ("state");
  props[PROP_FRACTION] = g_param_spec_double ("fraction", NULL, NULL, 0, 1, 0,
                                              G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  props[PROP_HEATMAP] = pointer_property ("heatmap");
  props[PROP_LOOKS] = pointer_property ("looks");
  g_object_class_install_properties (object_class, N_PROPS, props);
  signals[FAILED] = g_signal_new ("failed", SAL_TYPE_DOCUMENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
  signals[EXPORTED] = g_signal_new ("exported", SAL_TYPE_DOCUMENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                    NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static const SalLaneType explanation_lane = {
  sal_work_explain,
  explanation_progress,
  explanation_done,
  (GDestroyNotify) sal_explanation_unref,
  (GDestroyNotify) sal_explanation_unref,
  .keeps = TRUE,
};

static void
sal_document_init (SalDocument *self)
{
  self->versus = -1;
  self->latest = sal_latest_new ();
  self->opener = sal_opener_new (&opener_type, self);
  self->explanations = sal_lane_new (&explanation_lane, self);
  self->heatmaps = sal_lane_new (&sal_document_heatmap_lane, self);
  self->exports = sal_queue_new (&sal_document_export_queue, self);
  self->settings =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) sal_settings_free);
  self->looks = sal_looks_new ();
  self->method = first_method (NULL);
}

SalDocument *
sal_document_new (void)
{
  return g_object_new (SAL_TYPE_DOCUMENT, NULL);
}
