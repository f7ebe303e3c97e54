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
  double *scores;  /* exact: by subset */
  double *sum;     /* by group: of its contributions */
  double *squares; /* by group */
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
  s->sum[group] += difference;
  s->squares[group] += difference * difference;
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

/* Means over the permutations that are whole. */
static SalTensor *
partial (gint64 done, gpointer data)
{
  const Shapley *s = data;
  int n = s->groups->n;
  /* One group alone is exact, and has no order to divide by. */
  gint64 orders = s->exact ? 0 : (done - 2) / (n - 1);
  g_autofree double *value = g_new (double, n);

  if (orders < 1)
    return NULL;
  for (int g = 0; g < n; g++)
    value[g] = s->sum[g] / orders;
  return spread (s, value);
}

static SalTensor *
finish (SalExplainer *explainer, const Shapley *s, gint64 orders)
{
  int n = s->groups->n;
  g_autofree double *value = g_new0 (double, n), *error = g_new0 (double, n);
  g_autoptr (SalTensor) errors = NULL;

  if (s->exact)
    finish_exact (s, value);
  for (int g = 0; !s->exact && g < n; g++) {
    value[g] = s->sum[g] / orders;
    error[g] = orders > 1
                   ? sqrt (MAX (s->squares[g] / orders - value[g] * value[g], 0) / (orders - 1))
                   : INFINITY;
  }
  errors = spread (s, error);
  sal_explainer_report (explainer, "standard-error", errors);
  return spread (s, value);
}

static SalTensor *
explain_one (SalExplainer *explainer, const float *x, const SalProgress *progress, GError **error)
{
  const SalQuery *query = sal_explainer_query (explainer);
  SalScorer *scorer = sal_explainer_scorer (explainer, SAL_NO_VALUE, NULL, error);
  gint64 orders = (gint64) sal_explainer_number (explainer, "permutations");
  g_autoptr (SalGroups) groups = scorer != NULL ? sal_groups_chosen (explainer, x, error) : NULL;
  g_autofree double *numbers = NULL;
  g_autofree int *order = NULL;
  Shapley s = { .groups = groups,
                .x = x,
                .baseline = sal_explainer_start (explainer),
                .seed = (guint64) sal_explainer_number (explainer, "order-seed") };
  SalPoints points = { 0, fill, take, partial, &s };

  if (groups == NULL)
    return NULL;
  s.exact = groups->n <= EXACT_GROUPS;
  s.shape = sal_plane_shape (&groups->plane, query->model);
  points.n = s.exact ? 1 << groups->n : 2 + orders * (groups->n - 1);
  numbers = g_new0 (double, 2 * (gsize) groups->n + (s.exact ? points.n : 0));
  order = g_new (int, groups->n);
  s.sum = numbers;
  s.squares = numbers + groups->n;
  s.scores = numbers + 2 * (gsize) groups->n;
  s.order = order;
  if (!sal_scorer_run (scorer, &points, progress, error))
    return NULL;
  return finish (explainer, &s, orders);
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
  .advice = "For theory: the only division that is symmetric, complete and linear.",
  .caveat = "Most of the pictures it tries, with many segments missing, are like none the network "
            "was trained on.",
  .paper = "Shapley: A Value for n-Person Games. 1953; sampled as in Castro, Gómez, Tejada: "
           "Polynomial calculation of the Shapley value based on sampling. 2009.",
  .params = params,
  .is_signed = TRUE,
  .explain = explain,
};
