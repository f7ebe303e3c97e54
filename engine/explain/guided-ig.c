#include "engine/explain/each.h"
#include "engine/explain/methods.h"
#include "engine/explain/path.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const SalParam params[] = {
  { .key = "steps",
    .label = "Steps",
    .help = "Steps of the path; each takes one evaluation, one after the other.",
    .kind = SAL_PARAM_INT,
    .min = 2,
    .max = 1000,
    .otherwise = 100,
    .logarithmic = TRUE },
  { .key = "fraction",
    .label = "Share moved",
    .unit = "%",
    .help = "Which share of the pixels, those of the smallest gradient, moves first in a step.",
    .kind = SAL_PARAM_DOUBLE,
    .min = 0.01,
    .max = 1,
    .otherwise = 0.25 },
  { .key = "max-distance",
    .label = "Leash",
    .unit = "%",
    .help = "How far the path may leave the straight line, as a share of its length.",
    .kind = SAL_PARAM_DOUBLE,
    .min = 0,
    .max = 1,
    .otherwise = 0.02 },
  { .key = "baseline",
    .label = "Baseline",
    .help = "Where the path starts.",
    .kind = SAL_PARAM_BASELINE,
    .text_otherwise = "black" },
  { NULL },
};

static int
by_value (gconstpointer a, gconstpointer b)
{
  float x = *(const float *) a, y = *(const float *) b;

  return x < y ? -1 : x > y;
}

typedef struct {
  const float *x;
  const float *start;
  gint64 n;
  int steps;
  double fraction, leash;
  double whole;          /* length of the straight way, the sum of its magnitudes */
  float *at;             /* where the path is */
  const float *gradient; /* there */
  double *way;           /* that the step goes */
  float *rank;           /* |gradient| of those that may still move in it, infinite for the rest */
  float *sorted;
} Guide;

/* The share of the whole way that a pixel has behind it. */
static double
alpha_at (const Guide *p, gint64 i, double value)
{
  double way = (double) p->x[i] - p->start[i];

  return way != 0 ? (value - p->start[i]) / way : NAN;
}

static double
distance_left (const Guide *p)
{
  double left = 0;

  for (gint64 i = 0; i < p->n; i++)
    left += fabs ((double) p->x[i] - p->at[i]);
  return left;
}

/* Moves pixel @i to @value. */
static void
move (Guide *p, gint64 i, double value)
{
  float before = p->at[i];

  p->at[i] = (float) value;
  p->way[i] += (double) p->at[i] - before;
}

/* One step: first whoever lags behind the leash is pulled up to it; then pixels of small gradient
 * move, until what is left of the way is what the step asks for. */
static void
step (Guide *p, double target_left, double alpha_low, double alpha_high, double fraction)
{
  for (gint64 i = 0; i < p->n; i++) {
    double alpha = alpha_at (p, i, p->at[i]);

    if (alpha < alpha_low)
      move (p, i, p->start[i] + alpha_low * ((double) p->x[i] - p->start[i]));
    alpha = alpha_at (p, i, p->at[i]);
    p->rank[i] = !isnan (alpha) && alpha < alpha_high ? fabsf (p->gradient[i]) : INFINITY;
  }
  for (;;) {
    double left = distance_left (p), gain = 0, gamma, threshold;
    gint64 movable = 0;

    if (left <= target_left * (1 + 1e-6) + 1e-12)
      return;
    for (gint64 i = 0; i < p->n; i++)
      if (p->rank[i] < INFINITY)
        p->sorted[movable++] = p->rank[i];
    if (movable == 0)
      return;
    qsort (p->sorted, movable, sizeof (float), by_value);
    threshold = p->sorted[MIN ((gint64) (fraction * movable), movable - 1)];
    for (gint64 i = 0; i < p->n; i++)
      if (p->rank[i] <= threshold) {
        double goal = p->start[i] + alpha_high * ((double) p->x[i] - p->start[i]);

        gain += fabs (goal - p->at[i]);
      }
    gamma = gain > 0 ? MIN ((left - target_left) / gain, 1.0) : 1.0;
    for (gint64 i = 0; i < p->n; i++)
      if (p->rank[i] <= threshold) {
        double goal = p->start[i] + alpha_high * ((double) p->x[i] - p->start[i]);

        move (p, i, gamma < 1 ? p->at[i] + gamma * (goal - p->at[i]) : goal);
        p->rank[i] = INFINITY; /* has had its turn: every round leaves fewer */
      }
    if (gamma < 1)
      return;
  }
}

static double
place (gint64 index, gpointer data)
{
  return (double) index / ((const Guide *) data)->steps;
}

static void
point (gint64 index, float *x, gpointer data)
{
  const Guide *p = data;

  memcpy (x, p->at, p->n * sizeof (float));
}

static gboolean
advance (const SalPoint *here, double *way, gpointer data, GCancellable *cancellable,
         GError **error)
{
  Guide *p = data;
  double alpha = (here->index + 1.0) / p->steps;

  p->gradient = here->gradient;
  p->way = way;
  memset (way, 0, p->n * sizeof (double));
  step (p, p->whole * (1 - alpha), MAX (alpha - p->leash, 0), MIN (alpha + p->leash, 1),
        p->fraction);
  return TRUE;
}

static SalTensor *
explain_one (SalExplainer *explainer, const float *x, const SalProgress *progress, GError **error)
{
  SalModel *model = sal_explainer_query (explainer)->model;
  SalScorer *scorer = sal_explainer_scorer (explainer, sal_model_input (model), NULL, error);
  gint64 n = sal_shape_count (sal_model_input_shape (model));
  g_autofree float *floats = g_new (float, 3 * n);
  g_autofree double *sum = g_new (double, n);
  Guide p = { .x = x,
              .start = sal_explainer_start (explainer),
              .n = n,
              .steps = (int) sal_explainer_number (explainer, "steps"),
              .fraction = sal_explainer_number (explainer, "fraction"),
              .leash = sal_explainer_number (explainer, "max-distance"),
              .at = floats,
              .rank = floats + n,
              .sorted = floats + 2 * n };
  SalPath path = { .n = p.steps, .place = place, .point = point, .advance = advance, .data = &p };

  if (scorer == NULL)
    return NULL;
  memcpy (p.at, p.start, n * sizeof (float));
  p.whole = distance_left (&p);
  if (!sal_path_integrate (explainer, scorer, &path, sum, NULL, progress, error))
    return NULL;
  return sal_path_values (scorer, sum, 1);
}

static SalTensor *
explain (SalExplainer *explainer, const SalTensor *inputs, const SalProgress *progress,
         GError **error)
{
  return sal_explain_each (explainer, inputs, explain_one, progress, error);
}

const SalMethod sal_method_guided_ig = {
  .id = "guided-ig",
  .name = "Guided Integrated Gradients",
  .group = SAL_GROUP_PATH,
  .summary = "Integrates along a path that moves pixels of small gradient first, and so keeps away "
             "from noise on the way.",
  .formula = "A = ∫ ∂f(γ(α)) / ∂x ⊙ dγ,  γ adapting to |∂f / ∂x|",
  .promise = "Complete as steps become many: the parts sum to f(x) − f(x′).",
  .advice = "Cleaner than Integrated Gradients where its map is speckled.",
  .caveat = "The path depends on the network, so two networks of the same function can differ; one "
            "step after the other: it cannot be spread over processors.",
  .paper =
      "Kapishnikov, Venugopalan, Avci, Wedin, Terry, Bolukbasi: Guided Integrated Gradients: an "
      "Adaptive Path Method for Removing Noise. CVPR 2021.",
  .params = params,
  .complete = TRUE,
  .is_signed = TRUE,
  .explain = explain,
};
