#include "engine/explain/smooth.h"

#include "engine/base/parallel.h"
#include "engine/base/random.h"
#include "engine/explain/question.h"
#include "engine/explain/segments.h"

#include <math.h>
#include <pthread.h>
#include <string.h>

/* Copies handed at once to a method that takes one pass an input. */
#define PIECE 5
#define PARTIAL_MICROSECONDS 50000
/* The error of fewer samples is not known well enough to end by. */
#define FEWEST 8

static const SalChoice kinds[] = {
  { "none", "None" },
  { "smoothgrad", "SmoothGrad" },
  { "smoothgrad-squared", "SmoothGrad²" },
  { "vargrad", "VarGrad" },
  { NULL },
};

static const SalParam params[] = {
  { .key = "smooth",
    .label = "Smoothing",
    .help = "Repeat the method on noisy copies of the picture: their mean, mean of squares or "
            "variance.",
    .kind = SAL_PARAM_CHOICE,
    .choices = kinds },
  { .key = "noise",
    .label = "Noise",
    .unit = "%",
    .help = "Standard deviation of the noise, as a share of the range of the network’s input.",
    .kind = SAL_PARAM_DOUBLE,
    .min = 0,
    .max = 1,
    .otherwise = 0.15,
    .unless_key = "smooth",
    .unless_value = "none" },
  { .key = "noise-absolute",
    .label = "Noise, absolute",
    .help =
        "Standard deviation in the network’s own numbers, in place of the share; 0 leaves it to "
        "the share.",
    .kind = SAL_PARAM_DOUBLE,
    .min = 0,
    .max = 1e6,
    .digits = 3,
    .advanced = TRUE,
    .unless_key = "smooth",
    .unless_value = "none" },
  { .key = "samples",
    .label = "Samples",
    .help = "Noisy copies: the error of the mean falls with the square root of their number.",
    .kind = SAL_PARAM_INT,
    .min = 1,
    .max = 1000,
    .otherwise = 25,
    .logarithmic = TRUE,
    .unless_key = "smooth",
    .unless_value = "none" },
  { .key = "error-bound",
    .label = "Enough at",
    .unit = "%",
    .help = "Stop before all samples are taken once the standard error of SmoothGrad’s mean is "
            "below this share of it; 0 takes them all.",
    .kind = SAL_PARAM_DOUBLE,
    .min = 0,
    .max = 1,
    .digits = 1,
    .advanced = TRUE,
    .unless_key = "smooth",
    .unless_value = "none" },
  { .key = "seed",
    .label = "Seed",
    .help = "Number of the random draws: the same seed gives the same map.",
    .kind = SAL_PARAM_INT,
    .min = 0,
    .max = 4294967295.0,
    .advanced = TRUE,
    .unless_key = "smooth",
    .unless_value = "none" },
  SAL_SEGMENTS_PARAMS,
  { NULL },
};

typedef struct {
  const SalQuery *query;
  const SalProgress *progress;
  gint64 samples;
  gint64 piece; /* samples a piece */
  guint64 seed;
  float sigma;
  SalExplainer **explainers; /* one a worker */
  SalTensor **results;       /* one a worker: attributions of its piece */
  double *fractions;         /* one a worker: how far it is with its piece */
  gint64 *running;           /* one a worker: samples of its piece */
  pthread_mutex_t mutex;     /* progress is told by one at a time */
  gint64 first;              /* samples that an earlier answer had */
  gint64 done;               /* samples added up */
  SalSamples *sums;
  SalSamples *whole; /* the same without a last piece that is not full, NULL if it is full */
  double bound;      /* relative error at which there are enough, or 0 */
  gboolean enough;
  const char *kind;
  gint64 last_partial;
} Smooth;

typedef struct {
  Smooth *smooth;
  int worker;
} Inner;

const SalParam *
sal_smooth_params (void)
{
  return params;
}

gboolean
sal_smooth_wanted (const SalSettings *settings)
{
  return strcmp (sal_settings_text (settings, &params[0]), "none") != 0;
}

static double
number (const SalQuery *query, const char *key)
{
  return sal_settings_number (query->settings, sal_param_find (params, key));
}

/* Progress of a worker's method is its share of the whole; the mutex is held. */
static double
fraction (const Smooth *smooth, int n_workers)
{
  double done = smooth->done;

  for (int i = 0; i < n_workers; i++)
    done += smooth->fractions[i] * smooth->running[i];
  return done / smooth->samples;
}

static void
inner_progress_cb (double part, const SalPartial *partial, gpointer data)
{
  const Inner *inner = data;
  Smooth *smooth = inner->smooth;
  int n_workers = sal_threads (smooth->query->threads);

  pthread_mutex_lock (&smooth->mutex);
  smooth->fractions[inner->worker] = part;
  /* Until there is a mean, the first copy's own estimate is the best there is. Its error is not the
   * mean's. */
  SalPartial first = { partial != NULL ? partial->values : NULL, NULL };
  sal_progress_step (smooth->progress, fraction (smooth, n_workers),
                     smooth->done == 0 && partial != NULL ? &first : NULL, NULL);
  pthread_mutex_unlock (&smooth->mutex);
}

static SalTensor *
noisy_copies (const Smooth *smooth, gint64 first, gint64 count)
{
  const SalTensor *input = smooth->query->input, *noise = smooth->query->noise;
  const float *x = sal_tensor_floats (input);
  gint64 n = sal_tensor_count (input);
  SalShape shape = *sal_tensor_shape (input);
  SalTensor *copies;
  float *out;

  shape.dim[0] *= count;
  copies = sal_tensor_new (SAL_FLOAT, &shape);
  out = sal_tensor_edit (copies);
  for (gint64 s = 0; s < count; s++, out += n) {
    if (noise != NULL)
      memcpy (out, sal_tensor_floats (noise) + (first + s) * n, n * sizeof (float));
    else
      sal_random_normals (smooth->seed, first + s, out, n);
    for (gint64 i = 0; i < n; i++)
      out[i] = x[i] + smooth->sigma * out[i];
  }
  return copies;
}

/* Pieces begin where the earlier answer ended, which is where one of its pieces did. */
static gint64
start_of (const Smooth *smooth, gint64 piece)
{
  return smooth->first + piece * smooth->piece;
}

static gint64
count_of (const Smooth *smooth, gint64 piece)
{
  return MIN (smooth->piece, smooth->samples - start_of (smooth, piece));
}

static gboolean
work (int worker, gint64 piece, gpointer data, GError **error)
{
  Smooth *smooth = data;
  gint64 count = count_of (smooth, piece);
  g_autoptr (SalTensor) copies = noisy_copies (smooth, start_of (smooth, piece), count);
  Inner inner = { smooth, worker };
  SalProgress progress =
      SAL_PROGRESS_INIT (sal_progress_cancellable (smooth->progress), inner_progress_cb, &inner);

  /* Of one copy alone: a batch of them is in no shape to be shown, and a variance takes two. */
  progress.partials = piece == 0 && smooth->first == 0 && count == 1 &&
                      strcmp (smooth->kind, "smoothgrad") == 0 && smooth->progress != NULL &&
                      smooth->progress->partials;
  if (smooth->explainers[worker] == NULL)
    smooth->explainers[worker] = sal_explainer_new (smooth->query, 1);
  pthread_mutex_lock (&smooth->mutex);
  smooth->fractions[worker] = 0;
  smooth->running[worker] = count;
  pthread_mutex_unlock (&smooth->mutex);
  smooth->results[worker] =
      smooth->query->method->explain (smooth->explainers[worker], copies, &progress, error);
  return smooth->results[worker] != NULL;
}

static SalTensor *
so_far (const Smooth *smooth)
{
  if (strcmp (smooth->kind, "vargrad") == 0)
    return sal_samples_variance (smooth->sums);
  if (strcmp (smooth->kind, "smoothgrad-squared") == 0)
    return sal_samples_mean_square (smooth->sums);
  return sal_samples_mean (smooth->sums);
}

/* Returns: (transfer full) (nullable): how far the mean may be off; of variances that is not known
 */
static SalTensor *
error_so_far (const Smooth *smooth)
{
  return strcmp (smooth->kind, "smoothgrad") == 0 && smooth->sums->count > 1
             ? sal_samples_error (smooth->sums)
             : NULL;
}

static gboolean
take (int worker, gint64 piece, gpointer data, GError **error)
{
  Smooth *smooth = data;
  g_autoptr (SalTensor) result = g_steal_pointer (&smooth->results[worker]);
  g_autoptr (SalTensor) values = NULL, errors = NULL;
  gint64 count = count_of (smooth, piece);
  const float *a = sal_tensor_floats (result);
  gboolean go_on;

  if (smooth->sums == NULL) {
    SalShape shape = *sal_tensor_shape (result);

    shape.dim[0] /= count;
    smooth->sums = sal_samples_new ("samples", &shape);
  }
  if (count < smooth->piece)
    smooth->whole = sal_samples_copy (smooth->sums);
  for (gint64 s = 0; s < count; s++)
    sal_samples_add (smooth->sums, a + s * smooth->sums->n);
  smooth->enough = smooth->bound > 0 && smooth->sums->count >= FEWEST &&
                   sal_samples_relative_error (smooth->sums) <= smooth->bound;
  pthread_mutex_lock (&smooth->mutex);
  smooth->done += count;
  smooth->running[worker] = 0;
  if (smooth->progress != NULL && smooth->progress->partials &&
      g_get_monotonic_time () - smooth->last_partial > PARTIAL_MICROSECONDS) {
    values = so_far (smooth);
    errors = error_so_far (smooth);
    smooth->last_partial = g_get_monotonic_time ();
  }
  go_on =
      sal_progress_step (smooth->progress, fraction (smooth, sal_threads (smooth->query->threads)),
                         values != NULL ? &(SalPartial){ values, errors } : NULL, error);
  pthread_mutex_unlock (&smooth->mutex);
  /* Without an error: nothing is wrong, only nothing more is to be done. */
  return go_on && !smooth->enough;
}

static float
standard_deviation (const SalQuery *query)
{
  const float *x = sal_tensor_floats (query->input);
  gint64 n = sal_tensor_count (query->input);
  double absolute = number (query, "noise-absolute");
  float low = x[0], high = x[0];

  for (gint64 i = 1; i < n; i++) {
    low = MIN (low, x[i]);
    high = MAX (high, x[i]);
  }
  return (float) (absolute > 0 ? absolute : number (query, "noise") * ((double) high - low));
}

/* An earlier answer with a stricter bound went on where this one would have stopped. */
static SalSamples *
earlier_samples (SalExplainer *explainer, const Smooth *smooth)
{
  static const char *const but[] = { "smooth", "samples", "error-bound", NULL };
  const SalAttribution *earlier = smooth->query->earlier;
  const SalParam *bound = sal_param_find (params, "error-bound");
  SalSamples *samples = sal_explainer_earlier (explainer, "samples", smooth->samples, but);

  return samples != NULL && smooth->bound <= sal_question_number (earlier->question, bound)
             ? samples
             : NULL;
}

/* Whether the samples so far are the answer though not all were taken; clears the error of being
 * stopped. */
static gboolean
settle (SalExplainer *explainer, const Smooth *smooth, GError **why)
{
  if (*why == NULL)
    return smooth->enough;
  if (smooth->progress == NULL || !smooth->progress->keeps || smooth->sums == NULL ||
      smooth->sums->count < 2 || !g_error_matches (*why, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return FALSE;
  g_clear_error (why);
  sal_explainer_stopped (explainer);
  return TRUE;
}

static void
report (SalExplainer *explainer, const Smooth *smooth)
{
  float n = (float) smooth->sums->count;
  g_autoptr (SalTensor) count = sal_tensor_new_copy (SAL_FLOAT, &SAL_SHAPE (1), &n);
  g_autoptr (SalTensor) error = error_so_far (smooth);

  sal_explainer_report (explainer, "samples", count);
  if (error != NULL) {
    float relative = (float) sal_samples_relative_error (smooth->sums);
    g_autoptr (SalTensor) share = sal_tensor_new_copy (SAL_FLOAT, &SAL_SHAPE (1), &relative);

    sal_explainer_report (explainer, "standard-error", error);
    sal_explainer_report (explainer, "relative-error", share);
  }
  sal_explainer_keep (explainer, smooth->whole != NULL ? smooth->whole : smooth->sums);
}

double
sal_smooth_bound (const SalSettings *settings)
{
  return strcmp (sal_settings_text (settings, &params[0]), "smoothgrad") == 0
             ? sal_settings_number (settings, sal_param_find (params, "error-bound"))
             : 0;
}

SalTensor *
sal_smooth_explain (SalExplainer *explainer, const SalProgress *progress, GError **error)
{
  const SalQuery *query = sal_explainer_query (explainer);
  int threads = sal_threads (query->threads);
  Smooth smooth = { .query = query,
                    .progress = progress,
                    .samples = query->noise != NULL ? sal_tensor_count (query->noise) /
                                                          sal_tensor_count (query->input)
                                                    : (gint64) number (query, "samples"),
                    .piece = query->method->single_pass ? PIECE : 1,
                    .seed = (guint64) number (query, "seed"),
                    .sigma = standard_deviation (query),
                    .kind = sal_settings_text (query->settings, &params[0]) };
  SalOrderedWork ordered = { .work = work, .take = take, .data = &smooth };
  SalSamples *earlier;
  SalTensor *out = NULL;
  GError *why = NULL;

  smooth.bound = sal_smooth_bound (query->settings);
  earlier = earlier_samples (explainer, &smooth);
  if (earlier != NULL) {
    smooth.sums = sal_samples_copy (earlier);
    smooth.first = smooth.done = earlier->count;
  }
  ordered.n = (smooth.samples - smooth.first + smooth.piece - 1) / smooth.piece;
  smooth.explainers = g_new0 (SalExplainer *, threads);
  smooth.results = g_new0 (SalTensor *, threads);
  smooth.fractions = g_new0 (double, threads);
  smooth.running = g_new0 (gint64, threads);
  pthread_mutex_init (&smooth.mutex, NULL);
  if (sal_parallel_ordered (&ordered, threads, &why) || settle (explainer, &smooth, &why)) {
    out = so_far (&smooth);
    report (explainer, &smooth);
  } else {
    g_propagate_error (error, why);
  }
  pthread_mutex_destroy (&smooth.mutex);
  for (int i = 0; i < threads; i++) {
    sal_explainer_free (smooth.explainers[i]);
    g_clear_pointer (&smooth.results[i], sal_tensor_unref);
  }
  g_free (smooth.explainers);
  g_free (smooth.results);
  g_free (smooth.fractions);
  g_free (smooth.running);
  g_clear_pointer (&smooth.sums, sal_samples_unref);
  g_clear_pointer (&smooth.whole, sal_samples_unref);
  return out;
}
