/* sal_explain(), and what it hands to methods. */
#include "engine/base/error.h"
#include "engine/base/parallel.h"
#include "engine/explain/method.h"
#include "engine/explain/question.h"
#include "engine/explain/reasons.h"
#include "engine/explain/segments.h"
#include "engine/explain/smooth.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

struct _SalExplainer {
  const SalQuery *query;
  int threads;
  GPtrArray *scorers; /* of Cached */
  GHashTable *extras;
  SalSamples *samples; /* kept for a later query, or NULL */
  SalTensor *zeros;    /* made at first need */
  SalTensor *origin;   /* what a method has as its baseline in place of the query's, or NULL */
  gboolean stopped;    /* by whoever keeps the mean so far */
  gboolean has_score;
  double score; /* of the query's input, where a method found it on its way */
  gpointer state;
  GDestroyNotify state_free;
};

typedef struct {
  int wrt;
  const SalRuleSet *rules;
  SalScorer *scorer;
} Cached;

static void
cached_free (gpointer data)
{
  Cached *cached = data;

  sal_scorer_free (cached->scorer);
  g_free (cached);
}

SalExplainer *
sal_explainer_new (const SalQuery *query, int threads)
{
  SalExplainer *explainer = g_new0 (SalExplainer, 1);

  explainer->query = query;
  explainer->threads = threads;
  explainer->scorers = g_ptr_array_new_with_free_func (cached_free);
  explainer->extras =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) sal_tensor_unref);
  return explainer;
}

void
sal_explainer_free (SalExplainer *explainer)
{
  if (explainer == NULL)
    return;
  g_ptr_array_unref (explainer->scorers);
  g_hash_table_unref (explainer->extras);
  g_clear_pointer (&explainer->samples, sal_samples_unref);
  g_clear_pointer (&explainer->zeros, sal_tensor_unref);
  g_clear_pointer (&explainer->origin, sal_tensor_unref);
  if (explainer->state != NULL)
    explainer->state_free (explainer->state);
  g_free (explainer);
}

const SalQuery *
sal_explainer_query (const SalExplainer *explainer)
{
  return explainer->query;
}

int
sal_explainer_threads (const SalExplainer *explainer)
{
  return explainer->threads;
}

double
sal_explainer_number (const SalExplainer *explainer, const char *key)
{
  const SalQuery *query = explainer->query;

  return sal_settings_number (query->settings, sal_param_find (query->method->params, key));
}

const char *
sal_explainer_text (const SalExplainer *explainer, const char *key)
{
  const SalQuery *query = explainer->query;

  return sal_settings_text (query->settings, sal_param_find (query->method->params, key));
}

void
sal_explainer_size (const SalExplainer *explainer, const char *key, int *height, int *width)
{
  const SalQuery *query = explainer->query;

  sal_settings_size (query->settings, sal_param_find (query->method->params, key), height, width);
}

SalTensor *
sal_explainer_array (const SalExplainer *explainer, const char *key)
{
  GHashTable *arrays = explainer->query->arrays;

  return arrays != NULL ? g_hash_table_lookup (arrays, key) : NULL;
}

void
sal_explainer_report (SalExplainer *explainer, const char *name, SalTensor *tensor)
{
  g_hash_table_insert (explainer->extras, g_strdup (name), sal_tensor_ref (tensor));
}

SalSamples *
sal_explainer_earlier (const SalExplainer *explainer, const char *what, gint64 most,
                       const char *const *but)
{
  const SalAttribution *earlier = explainer->query->earlier;

  if (earlier == NULL || earlier->samples == NULL || earlier->samples->count > most ||
      strcmp (earlier->samples->what, what) != 0 ||
      !sal_question_matches (earlier->question, explainer->query, but))
    return NULL;
  return earlier->samples;
}

void
sal_explainer_keep (SalExplainer *explainer, SalSamples *samples)
{
  g_clear_pointer (&explainer->samples, sal_samples_unref);
  explainer->samples = sal_samples_ref (samples);
}

void
sal_explainer_stopped (SalExplainer *explainer)
{
  explainer->stopped = TRUE;
}

const float *
sal_explainer_start (SalExplainer *explainer)
{
  const SalQuery *query = explainer->query;

  if (query->baseline != NULL)
    return sal_tensor_floats (query->baseline);
  if (explainer->zeros == NULL)
    explainer->zeros = sal_tensor_new (SAL_FLOAT, sal_model_input_shape (query->model));
  return sal_tensor_floats (explainer->zeros);
}

void
sal_explainer_set_origin (SalExplainer *explainer, const float *x)
{
  g_clear_pointer (&explainer->origin, sal_tensor_unref);
  explainer->origin =
      sal_tensor_new_copy (SAL_FLOAT, sal_model_input_shape (explainer->query->model), x);
}

void
sal_explainer_set_state (SalExplainer *explainer, gpointer state, GDestroyNotify state_free)
{
  g_return_if_fail (explainer->state == NULL);
  explainer->state = state;
  explainer->state_free = state_free;
}

gpointer
sal_explainer_state (SalExplainer *explainer)
{
  return explainer->state;
}

gint64
sal_explainer_n_starts (const SalExplainer *explainer)
{
  const SalTensor *baseline = explainer->query->baseline;

  return baseline != NULL ? sal_tensor_shape (baseline)->dim[0] : 1;
}

void
sal_explainer_set_score (SalExplainer *explainer, const SalTensor *inputs, double score)
{
  if (inputs != explainer->query->input)
    return;
  explainer->has_score = TRUE;
  explainer->score = score;
}

int
sal_explainer_layer (SalExplainer *explainer, GError **error)
{
  const char *name = sal_explainer_text (explainer, "layer");
  SalModel *model = explainer->query->model;
  const SalLayer *layer;

  if (*name != '\0')
    return sal_model_find_value (model, name, error);
  layer = sal_model_default_layer (model);
  if (layer != NULL)
    return layer->value;
  sal_error_set (error, SAL_ERROR_UNSUPPORTED, "%s: no layer of the model has more than 1×1 places",
                 explainer->query->method->id);
  return SAL_NO_VALUE;
}

SalScorer *
sal_explainer_scorer (SalExplainer *explainer, int wrt, const SalRuleSet *rules, GError **error)
{
  const SalQuery *query = explainer->query;
  SalScorer *scorer;
  Cached *cached;

  for (guint i = 0; i < explainer->scorers->len; i++) {
    cached = explainer->scorers->pdata[i];
    if (cached->wrt == wrt && cached->rules == rules)
      return cached->scorer;
  }
  scorer = sal_scorer_new (query->model, &query->target, wrt, rules, explainer->threads,
                           query->batch, error);
  if (scorer == NULL)
    return NULL;
  cached = g_new (Cached, 1);
  *cached = (Cached){ wrt, rules, scorer };
  g_ptr_array_add (explainer->scorers, cached);
  return scorer;
}

double
sal_attribution_number (const SalAttribution *attribution, const char *name)
{
  const SalTensor *extra =
      attribution->extras != NULL ? g_hash_table_lookup (attribution->extras, name) : NULL;

  return extra != NULL ? sal_tensor_floats (extra)[0] : NAN;
}

SalAttribution *
sal_attribution_ref (SalAttribution *attribution)
{
  g_atomic_ref_count_inc (&attribution->refs);
  return attribution;
}

void
sal_attribution_unref (SalAttribution *attribution)
{
  if (!g_atomic_ref_count_dec (&attribution->refs))
    return;
  g_clear_pointer (&attribution->values, sal_tensor_unref);
  g_clear_pointer (&attribution->pixels, sal_tensor_unref);
  g_clear_pointer (&attribution->extras, g_hash_table_unref);
  g_clear_pointer (&attribution->question, sal_question_free);
  g_clear_pointer (&attribution->samples, sal_samples_unref);
  g_free (attribution);
}

static gboolean
check_array (const SalQuery *query, const SalTensor *array, gboolean many, const char *what,
             GError **error)
{
  SalShape want = *sal_model_input_shape (query->model);
  SalShape got;
  g_autofree char *want_text = NULL, *got_text = NULL;

  if (array == NULL)
    return TRUE;
  got = *sal_tensor_shape (array);
  if (many && got.rank > 0 && got.dim[0] > 0)
    want.dim[0] = got.dim[0];
  if (sal_tensor_type (array) == SAL_FLOAT && sal_shape_equal (&want, &got))
    return TRUE;
  want_text = sal_shape_to_string (&want);
  got_text = sal_shape_to_string (&got);
  sal_error_set (error, SAL_ERROR_SHAPE,
                 sal_tensor_type (array) == SAL_INT
                     ? N_ ("%s: the model takes %s, given is %s of integers")
                     : N_ ("%s: the model takes %s, given is %s"),
                 what, want_text, got_text);
  return FALSE;
}

/* f(x). */
static gboolean
find_score (SalExplainer *explainer, GCancellable *cancellable, GError **error)
{
  SalScorer *scorer;

  if (explainer->has_score)
    return TRUE;
  scorer = sal_explainer_scorer (explainer, SAL_NO_VALUE, NULL, error);
  explainer->has_score =
      scorer != NULL && sal_scorer_score (scorer, sal_tensor_floats (explainer->query->input),
                                          &explainer->score, cancellable, error);
  return explainer->has_score;
}

/* f(x), and what the method promises that attributions sum to. */
static gboolean
measure (SalAttribution *attribution, SalExplainer *explainer, gboolean smooth,
         GCancellable *cancellable, GError **error)
{
  const SalQuery *query = explainer->query;
  gboolean sums = !smooth && (query->method->complete || query->method->conserves);
  SalScorer *scorer;
  gint64 n, n_x = sal_shape_count (sal_model_input_shape (query->model));
  const float *starts = explainer->origin != NULL ? sal_tensor_floats (explainer->origin)
                                                  : sal_explainer_start (explainer);
  double start = 0;

  if (!find_score (explainer, cancellable, error))
    return FALSE;
  attribution->score = explainer->score;
  if (!sums)
    return TRUE;
  scorer = sal_explainer_scorer (explainer, SAL_NO_VALUE, NULL, error);
  if (scorer == NULL)
    return FALSE;
  n = !query->method->complete    ? 0
      : explainer->origin != NULL ? 1
                                  : sal_explainer_n_starts (explainer);
  for (gint64 b = 0; b < n; b++) {
    double score;

    if (!sal_scorer_score (scorer, starts + b * n_x, &score, cancellable, error))
      return FALSE;
    start += score / n;
  }
  attribution->has_completeness = TRUE;
  attribution->sum = sal_tensor_sum (attribution->values);
  attribution->difference = attribution->score - start;
  return TRUE;
}

/* What the method says, pixel by pixel. */
static gboolean
compute (SalAttribution *attribution, SalExplainer *explainer, const SalProgress *progress,
         GError **error)
{
  const SalQuery *query = explainer->query;
  gboolean smooth = sal_smooth_wanted (query->settings);

  /* Whoever stops a mean to keep it does not wait for anything after that. */
  if (smooth && progress != NULL && progress->keeps &&
      !find_score (explainer, progress->cancellable, error))
    return FALSE;
  attribution->values = smooth ? sal_smooth_explain (explainer, progress, error)
                               : query->method->explain (explainer, query->input, progress, error);
  if (attribution->values == NULL ||
      !measure (attribution, explainer, smooth, sal_progress_cancellable (progress), error))
    return FALSE;
  attribution->extras = g_hash_table_ref (explainer->extras);
  attribution->samples = g_steal_pointer (&explainer->samples);
  attribution->stopped = explainer->stopped;
  return TRUE;
}

/* What @attribution is the answer to: where it was stopped, a question for as many samples as it
 * has. */
static SalQuestion *
answered (const SalQuery *query, const SalAttribution *attribution)
{
  SalQuery fewer = *query;
  g_autoptr (SalSettings) settings = NULL;

  if (attribution->stopped) {
    fewer.settings = settings = sal_settings_copy (query->settings);
    sal_settings_set_number (settings, sal_param_find (sal_smooth_params (), "samples"),
                             sal_attribution_number (attribution, "samples"), NULL);
  }
  return sal_question_new (&fewer);
}

/* The extras with the standard error, which is that of pixels, under the name for @summed values.
 */
static GHashTable *
name_error (GHashTable *extras, gboolean summed)
{
  static const char *const names[] = { "standard-error", "pixel-standard-error" };
  GHashTable *named =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) sal_tensor_unref);
  GHashTableIter iter;
  gpointer key, tensor;

  g_hash_table_iter_init (&iter, extras);
  while (g_hash_table_iter_next (&iter, &key, &tensor))
    g_hash_table_insert (named,
                         g_strdup (g_strcmp0 (key, names[!summed]) == 0 ? names[summed] : key),
                         sal_tensor_ref (tensor));
  return named;
}

/* The same where an earlier answer has all of it, and differs in how pixels are summed alone. */
static gboolean
take_over (SalAttribution *attribution, const SalQuery *query)
{
  static const char *const but[] = { NULL };
  const SalAttribution *earlier = query->earlier;

  if (earlier == NULL || (!sal_segments_wanted (query->settings) && earlier->pixels == NULL) ||
      !sal_question_matches (earlier->question, query, but))
    return FALSE;
  attribution->values =
      sal_tensor_ref (earlier->pixels != NULL ? earlier->pixels : earlier->values);
  attribution->score = earlier->score;
  attribution->has_completeness = earlier->has_completeness;
  attribution->sum = earlier->sum;
  attribution->difference = earlier->difference;
  attribution->extras = name_error (earlier->extras, FALSE);
  attribution->samples = earlier->samples != NULL ? sal_samples_ref (earlier->samples) : NULL;
  return TRUE;
}

SalAttribution *
sal_explain (const SalQuery *query, const SalProgress *progress, GError **error)
{
  const SalMethod *method = query->method;
  int threads = sal_threads (query->threads);
  gint64 start = g_get_monotonic_time ();
  g_autoptr (SalAttribution) attribution = g_new0 (SalAttribution, 1);
  g_autoptr (SalExplainer) explainer = sal_explainer_new (query, threads);
  const char *reason = method->check != NULL ? method->check (query->model) : NULL;

  g_atomic_ref_count_init (&attribution->refs);
  if (reason != NULL) {
    g_autofree char *why = sal_reason_text (reason);

    g_set_error (error, SAL_ERROR, SAL_ERROR_UNSUPPORTED, "%s: %s", _ (method->name), why);
    return NULL;
  }
  if (!check_array (query, query->input, FALSE, "input", error) ||
      !check_array (query, query->baseline, method->many_baselines, "baseline", error) ||
      !check_array (query, query->noise, TRUE, "noise", error))
    return NULL;
  if (!take_over (attribution, query) && !compute (attribution, explainer, progress, error))
    return NULL;
  if (sal_segments_wanted (query->settings)) {
    attribution->pixels = attribution->values;
    attribution->values =
        sal_segments_sum (query, attribution->pixels,
                          attribution->stopped ? NULL : sal_progress_cancellable (progress), error);
    if (attribution->values == NULL)
      return NULL;

    GHashTable *pixels = attribution->extras;

    attribution->extras = name_error (pixels, TRUE);
    g_hash_table_unref (pixels);
  }
  attribution->question = answered (query, attribution);
  attribution->threads = threads;
  attribution->milliseconds = (g_get_monotonic_time () - start) / 1000.0;
  return g_steal_pointer (&attribution);
}
