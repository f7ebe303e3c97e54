/* How an answer is shown: from an attribution to a heatmap, off the main thread because of large
 * inputs, and to a file. */
#include "app/document-private.h"

#include "app/looks.h"

#include <gio/gio.h>
#include <glib/gi18n.h>

SalAppearance
sal_document_appearance (SalDocument *self)
{
  SalAppearance appearance =
      sal_looks_appearance (self->method, sal_document_settings (self), self->looks);

  if (self->shows_error)
    appearance.heatmap.sign = SAL_SIGN_ABSOLUTE;
  return appearance;
}

static gboolean
style_equal (const SalHeatmapStyle *a, const SalHeatmapStyle *b)
{
  return a->reduce == b->reduce && a->sign == b->sign && a->normalize == b->normalize &&
         a->clip == b->clip && a->limit == b->limit;
}

static void
show (SalDocument *self)
{
  SalShow *job = g_new0 (SalShow, 1);

  self->shows_error = self->mean.error != NULL && sal_looks_want_error (self->looks);
  self->style = sal_document_appearance (self).heatmap;
  job->values = sal_tensor_ref (self->shows_error ? self->mean.error : self->mean.values);
  job->layout = self->layout;
  job->style = self->style;
  sal_lane_start (self->heatmaps, job, SAL_LANE_QUEUE);
}

void
sal_document_show_nothing (SalDocument *self)
{
  g_clear_pointer (&self->mean.values, sal_tensor_unref);
  g_clear_pointer (&self->mean.error, sal_tensor_unref);
  self->shows_error = FALSE;
}

void
sal_document_show_partial (SalDocument *self, const SalPartial *partial,
                           const SalExplanation *whose)
{
  SalTensor *values = sal_tensor_ref (partial->values);
  SalTensor *error = partial->error != NULL ? sal_tensor_ref (partial->error) : NULL;

  sal_document_show_nothing (self);
  self->mean = (SalPartial){ values, error };
  self->layout = sal_explanation_layout (whose, values);
  show (self);
}

void
sal_document_show_answer (SalDocument *self, const SalExplanation *answer)
{
  GHashTable *extras = answer->attribution->extras;
  SalPartial all = { answer->attribution->values, g_hash_table_lookup (extras, "standard-error") };

  sal_document_show_partial (self, &all, answer);
}

SalTensor *
sal_document_error (SalDocument *self)
{
  return self->mean.error;
}

SalTensor *
sal_document_values (SalDocument *self, SalLayout *layout)
{
  *layout = self->layout;
  return self->mean.values;
}

gboolean
sal_document_shows_error (SalDocument *self)
{
  return self->shows_error;
}

static void
heatmap_done (gpointer result, const GError *error, gpointer owner)
{
  SalDocument *self = owner;

  if (result == NULL) {
    sal_document_fail (self, _ ("The result cannot be shown"), error);
  } else {
    g_clear_pointer (&self->heatmap, sal_heatmap_unref);
    self->heatmap = result;
    sal_document_notify (self, PROP_HEATMAP);
  }
  if (self->settling && !sal_lane_busy (self->heatmaps)) {
    self->settling = FALSE;
    sal_document_set_state (self, result != NULL ? SAL_DOCUMENT_DONE : SAL_DOCUMENT_FAILED);
  }
}

const SalLaneType sal_document_heatmap_lane = {
  sal_work_show,
  NULL,
  heatmap_done,
  (GDestroyNotify) sal_show_free,
  (GDestroyNotify) sal_heatmap_unref,
};

void
sal_document_set_looks (SalDocument *self, const SalSettings *looks)
{
  g_return_if_fail (SAL_IS_DOCUMENT (self));
  SalSettings *copy = sal_settings_copy (looks);

  sal_settings_free (self->looks);
  self->looks = copy;
  sal_document_notify (self, PROP_LOOKS);

  gboolean other =
      self->mean.error != NULL && self->shows_error != sal_looks_want_error (self->looks);
  SalHeatmapStyle style = sal_document_appearance (self).heatmap;
  if (self->mean.values != NULL && (other || !style_equal (&style, &self->style)))
    show (self);
}

const SalSettings *
sal_document_looks (SalDocument *self)
{
  return self->looks;
}

/* In a file. */

/* @key: the path. The document has stayed until now, and the program runs on: neither closing a
 * window nor leaving loses what was to be written. */
static void
export_done (gpointer key, gpointer result, const GError *error, gpointer owner)
{
  SalDocument *self = owner;

  if (result == NULL)
    sal_document_fail_file (self, _ ("“%s” was not saved"), key, error);
  else
    sal_document_exported (self, result);
  g_free (result);
  g_free (key);
  if (g_application_get_default () != NULL)
    g_application_release (g_application_get_default ());
  g_object_unref (self);
}

const SalQueueType sal_document_export_queue = {
  sal_work_export, NULL, export_done, (GDestroyNotify) sal_export_free, g_free,
};

static SalExport *
export_new (SalDocument *self, const char *path)
{
  SalExport *job = g_new0 (SalExport, 1);

  job->appearance = sal_looks_appearance (self->method, sal_document_settings (self), self->looks);
  job->path = g_strdup (path);
  return job;
}

static void
start_export (SalDocument *self, SalExport *job)
{
  if (g_application_get_default () != NULL)
    g_application_hold (g_application_get_default ());
  g_object_ref (self);
  sal_queue_add (self->exports, g_strdup (job->path), job, 0);
}

void
sal_document_export (SalDocument *self, const char *path)
{
  g_return_if_fail (SAL_IS_DOCUMENT (self) && path != NULL);
  if (self->state != SAL_DOCUMENT_DONE || self->explanation == NULL)
    return;
  SalExport *job = export_new (self, path);

  job->explanation = sal_explanation_ref (self->explanation);
  start_export (self, job);
}

void
sal_document_export_exhibit (SalDocument *self, SalExhibit *exhibit, const char *path)
{
  g_return_if_fail (SAL_IS_DOCUMENT (self) && path != NULL);
  SalExport *job = export_new (self, path);

  job->picture = sal_image_ref (exhibit->picture);
  job->heatmap = sal_heatmap_ref (exhibit->heatmap);
  job->seen = exhibit->seen;
  start_export (self, job);
}
