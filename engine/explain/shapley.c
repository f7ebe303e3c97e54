#include "engine/base/random.h"
#include "engine/explain/each.h"
#include "engine/explain/groups.h"
#include "engine/explain/methods.h"

#include <math.h>
#include <string.h>

/* Up to so many groups all 2^n subsets are evaluated, and the values are exact. */
#define EXACT_GROUPS 12
/* Streams of random numbers that no other use draws from. */
#define STREAM (G_GUINT64_CONSTANT (1) << 61)

static const SalParam params[] = {
  SAL_GROUPS_PARAMS,
  { .key = "permutations",
    .label = "Permutations",
    .help = "Random orders in which segments are put back; with 12 segments or fewer all subsets "
            "are tried and the values are exact.",
    .kind = SAL_PARAM_INT,
    .min = 1,
    .max = 10000,
    .otherwise = 25,
    .logarithmic = TRUE },
  { .key = "order-seed",
    .label = "Seed of the orders",
    .help = "The same seed gives the same values.",
    .kind = SAL_PARAM_INT,
    .max = 4294967295.0,
    .advanced = TRUE },
  SAL_GROUPS_ABSENT,
  { NULL },
};

typedef struct {
  const SalGroups *groups;
  const float *x;
  const float *baseline;
  SalShape shape;
  guint64 seed;
  gboolean exact;
  double *scores;   /* exact: by subset */
  SalSamples *sums; /* of the groups' contributions, a permutation a sample */
  double empty, full, before;
  int *order; /* of the permutation whose scores come in */
} Shapley;

/* Fisher and Yates, from the permutation's own stream. */
static void
permutation (const Shapley *s, gint64 number, int *order)
{
  int n = s->groups->n;
  g_autofree float *u = g_new (float, n);

  sal_random_uniforms (s->seed, STREAM + number, u, n);
  for (int i = 0; i < n; i++)
    order[i] = i;
  for (int i = n - 1; i > 0; i--) {
    int j = MIN ((int) (u[i] * (i + 1)), i), swap = order[i];

    order[i] = order[j];
    order[j] = swap;
  }
}

/* Exact: point i is subset i. Else points 0 and 1 are nothing and all, and then each permutation
 * takes n - 1 points, its first 1, 2 ... n - 1 groups being present. */
static void
fill (gint64 index, float *out, gpointer data)
{
  const Shapley *s = data;
  int n = s->groups->n;
  g_autofree gboolean *present = g_new0 (gboolean, n);

  if (s->exact) {
    for (int g = 0; g < n; g++)
      present[g] = index >> g & 1;
  } else if (index < 2) {
    for (int g = 0; g < n; g++)
      present[g] = index == 1;
  } else {
    g_autofree int *order = g_new (int, n);

    permutation (s, (index - 2) / (n - 1), order);
    for (gint64 i = 0; i <= (index - 2) % (n - 1); i++)
      present[order[i]] = TRUE;
  }
  sal_groups_blend (s->groups, present, s->x, s->baseline, out);
}

static void
contribute (Shapley *s, int group, double difference)
{
  s->sums->sum[group] += difference;
  s->sums->squares[group] += difference * difference;
}

static void
take (const SalPoint *point, gpointer data)
{
  Shapley *s = data;
  int n = s->groups->n;
  gint64 step = (point->index - 2) % (n > 1 ? n - 1 : 1);

  if (s->exact) {
    s->scores[point->index] = point->score;
    return;
  }
  if (point->index < 2) {
    *(point->index == 0 ? &s->empty : &s->full) = point->score;
    return;
  }
  if (step == 0) {
    permutation (s, (point->index - 2) / (n - 1), s->order);
    s->before = s->empty;
  }
  contribute (s, s->order[step], point->score - s->before);
  s->before = point->score;
  if (step == n - 2)
    contribute (s, s->order[n - 1], s->full - s->before);
}

/* φ(g) = Σ over T without g of |T|! (n - |T| - 1)! / n! · (v(T + g) - v(T)) */
static void
finish_exact (const Shapley *s, double *value)
{
  int n = s->groups->n;
  double weight[EXACT_GROUPS + 1];

  for (int size = 0; size < n; size++)
    weight[size] = exp (lgamma (size + 1.0) + lgamma (n - size) - lgamma (n + 1.0));
  for (int g = 0; g < n; g++) {
    value[g] = 0;
    for (guint set = 0; set < 1u << n; set++)
      if (!(set >> g & 1))
        value[g] += weight[__builtin_popcount (set)] * (s->scores[set | 1u << g] - s->scores[set]);
  }
}

static SalTensor *
spread (const Shapley *s, const double *value)
{
  SalTensor *out = sal_tensor_new (SAL_FLOAT, &s->shape);

  sal_groups_spread (s->groups, value, sal_tensor_edit (out));
  return out;
}

/* Each group's mean over @done points and its standard error, which takes two permutations.
 * Groups that the permutation in progress has come to already have one more. */
static gboolean
means (const Shapley *s, gint64 done, double *value, double *error)
{
  int n = s->groups->n;
  /* One group alone is exact, and has no order to divide by. */
  gint64 orders = s->exact ? 0 : (done - 2) / (n - 1);
  g_autofree int *order = g_new (int, n);
  g_autofree gint64 *count = g_new (gint64, n);

  if (orders < (error != NULL ? 2 : 1))
    return FALSE;
  for (int g = 0; g < n; g++)
    count[g] = orders;
  permutation (s, orders, order);
  for (gint64 i = 0; i < (done - 2) % (n - 1); i++)
    count[order[i]]++;
  for (int g = 0; g < n; g++) {
    double mean = s->sums->sum[g] / count[g];

    if (value != NULL)
      value[g] = mean;
    if (error != NULL)
      error[g] = sqrt (MAX (s->sums->squares[g] / count[g] - mean * mean, 0) / (count[g] - 1));
  }
  return TRUE;
}

static SalTensor *
partial (gint64 done, gpointer data)
{
  const Shapley *s = data;
  g_autofree double *value = g_new (double, s->groups->n);

  return means (s, done, value, NULL) ? spread (s, value) : NULL;
}

static SalTensor *
partial_error (gint64 done, gpointer data)
{
  const Shapley *s = data;
  g_autofree double *error = g_new (double, s->groups->n);

  return means (s, done, NULL, error) ? spread (s, error) : NULL;
}

static SalTensor *
finish (SalExplainer *explainer, const Shapley *s)
{
  int n = s->groups->n;
  g_autofree double *value = g_new0 (double, n), *error = g_new0 (double, n);

  gint64 done = 2 + s->sums->count * (n - 1);

  if (s->exact)
    finish_exact (s, value);
  else
    means (s, done, value, NULL);
  /* A single permutation says nothing of how far another would be from it. */
  if (s->exact || means (s, done, NULL, error)) {
    g_autoptr (SalTensor) errors = spread (s, error);

    sal_explainer_report (explainer, "standard-error", errors);
  }
  return spread (s, value);
}

/* All subsets; or as many permutations as are asked for, from those on that an earlier answer has:
 * then the empty and the full picture are looked at again, being points 0 and 1. */
static gboolean
evaluate (SalExplainer *explainer, SalScorer *scorer, Shapley *s, gint64 orders,
          const SalProgress *progress, GError **error)
{
  static const char *const but[] = { "permutations", NULL };
  int n = s->groups->n;
  const SalSamples *earlier = sal_explainer_earlier (explainer, "permutations", orders, but);
  SalPoints points = {
    s->exact ? 1 << n : 2 + orders * (n - 1), fill, take, partial, s, .error = partial_error
  };

  if (earlier != NULL && !s->exact) {
    SalProgress ends = sal_progress_part (progress, 0, 0);
    SalPoints two = { 2, fill, take, NULL, s };

    if (!sal_scorer_run (scorer, &two, &ends, error))
      return FALSE;
    s->sums = sal_samples_copy (earlier);
    points.first = 2 + earlier->count * (n - 1);
  } else {
    s->sums = sal_samples_new ("permutations", &SAL_SHAPE (n));
  }
  if (!sal_scorer_run (scorer, &points, progress, error))
    return FALSE;
  s->sums->count = orders;
  if (!s->exact)
    sal_explainer_keep (explainer, s->sums);
  return TRUE;
}

static SalTensor *
explain_one (SalExplainer *explainer, const float *x, const SalProgress *progress, GError **error)
{
  const SalQuery *query = sal_explainer_query (explainer);
  SalScorer *scorer = sal_explainer_scorer (explainer, SAL_NO_VALUE, NULL, error);
  gint64 orders = (gint64) sal_explainer_number (explainer, "permutations");
  g_autoptr (SalGroups) groups =
      scorer != NULL ? sal_groups_chosen (explainer, x, sal_progress_cancellable (progress), error)
                     : NULL;
  g_autofree double *scores = NULL;
  g_autofree int *order = NULL;
  Shapley s = { .groups = groups,
                .x = x,
                .baseline = sal_explainer_start (explainer),
                .seed = (guint64) sal_explainer_number (explainer, "order-seed") };
  SalTensor *out;

  if (groups == NULL)
    return NULL;
  s.exact = groups->n <= EXACT_GROUPS;
  s.shape = sal_plane_shape (&groups->plane, query->model);
  s.scores = scores = g_new0 (double, s.exact ? 1 << groups->n : 1);
  s.order = order = g_new (int, groups->n);
  out = evaluate (explainer, scorer, &s, orders, progress, error) ? finish (explainer, &s) : NULL;
  g_clear_pointer (&s.sums, sal_samples_unref);
  return out;
}

static SalTensor *
explain (SalExplainer *explainer, const SalTensor *inputs, const SalProgress *progress,
         GError **error)
{
  return sal_explain_each (explainer, inputs, explain_one, progress, error);
}

const SalMethod sal_method_shapley = {
  .id = "shapley",
  .name = "Shapley Values",
  .group = SAL_GROUP_PERTURBATION,
  .summary = "Each segment’s fair share of the score: what it adds, averaged over all orders in "
             "which the segments could be put into the picture.",
  .formula = "φ(g) = mean over orders of f(those before g, and g) − f(those before g)",
  .promise = "Complete, symmetric, linear, and nothing for what does not matter: exact for up to "
             "12 segments, else a mean with its error.",
  .advice = "For theory: the only division that is symmetric, complete and linear.",
  .caveat = "Most of the pictures it tries, with many segments missing, are like none the network "
            "was trained on.",
  .paper = "Shapley: A Value for n-Person Games. 1953; sampled as in Castro, Gómez, Tejada: "
           "Polynomial calculation of the Shapley value based on sampling. 2009.",
  .params = params,
  .is_signed = TRUE,
  .explain = explain,
};
