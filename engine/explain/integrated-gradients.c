#include "engine/base/clones.h"
#include "engine/explain/baseline.h"
#include "engine/explain/each.h"
#include "engine/explain/methods.h"
#include "engine/explain/path.h"
#include "engine/explain/quadrature.h"

#include <math.h>
#include <string.h>

/* In the order of SalQuadrature. */
static const SalChoice rules[] = {
  { "gauss-legendre", "Gauss–Legendre" },
  { "right", "Right sum" },
  { "left", "Left sum" },
  { "midpoint", "Midpoint" },
  { "trapezoid", "Trapezoid" },
  { "both-ends", "Mean with both ends" },
  { NULL },
};

static const SalParam params[] = {
  { .key = "steps",
    .label = "Steps",
    .help = "Points on the path from the baseline to the picture: more make the sum more exact.",
    .kind = SAL_PARAM_INT,
    .min = 1,
    .max = 1000,
    .otherwise = 50,
    .logarithmic = TRUE },
  { .key = "rule",
    .label = "Quadrature",
    .help = "How the integral becomes a sum; “right” is the sum printed in the paper.",
    .kind = SAL_PARAM_CHOICE,
    .choices = rules },
  { .key = "tolerance",
    .label = "Largest residue",
    .unit = "%",
    .help = "Take more steps, up to 1000, until what is missing from the sum is less than this "
            "share; 0 leaves the steps as they are.",
    .kind = SAL_PARAM_DOUBLE,
    .max = 0.5,
    .digits = 1,
    .advanced = TRUE },
  { .key = "baseline",
    .label = "Baseline",
    .help = "Where the path starts: a picture that stands for “nothing there”.",
    .kind = SAL_PARAM_BASELINE,
    .text_otherwise = "black" },
  { NULL },
};

#define MOST_STEPS 1000

typedef struct {
  const float *x;
  const float *start;
  gint64 n;
  const double *alpha;
  const double *weight;
} Line;

static double
place (gint64 index, gpointer data)
{
  return ((const Line *) data)->alpha[index];
}

static void
point (gint64 index, float *x, gpointer data)
{
  const Line *line = data;

  sal_path_straight (line->start, line->x, (float) line->alpha[index], line->n, x);
}

SAL_CLONES static void
step (const SalPoint *at, double *way, gpointer data)
{
  const Line *line = data;

  for (gint64 i = 0; i < line->n; i++)
    way[i] = line->weight[at->index] * ((double) line->x[i] - line->start[i]);
}

static SalQuadrature
rule_of (const SalExplainer *explainer)
{
  const char *rule = sal_explainer_text (explainer, "rule");
  int number = 0;

  while (strcmp (rules[number].id, rule) != 0)
    number++;
  return (SalQuadrature) number;
}

/* The line with @steps points. */
static gboolean
integrate (SalExplainer *explainer, SalScorer *scorer, Line *line, int steps, double *sum,
           const double *before, const SalProgress *progress, GError **error)
{
  g_autofree double *points = g_new (double, 2 * (gsize) steps);
  SalPath path = { .n = steps, .place = place, .point = point, .step = step, .data = line };

  sal_quadrature (rule_of (explainer), steps, points, points + steps);
  line->alpha = points;
  line->weight = points + steps;
  return sal_path_integrate (explainer, scorer, &path, sum, before, progress, error);
}

/* More and more steps, until the sum is as near to the difference in score as is asked for. @taken
 * grows to what that took. */
static gboolean
integrate_until (SalExplainer *explainer, SalScorer *scorer, Line *line, double tolerance,
                 int *taken, double *sum, const double *before, const SalProgress *progress,
                 GError **error)
{
  GCancellable *cancellable = sal_progress_cancellable (progress);
  int steps = (int) sal_explainer_number (explainer, "steps");
  SalScorer *forward =
      tolerance > 0 ? sal_explainer_scorer (explainer, SAL_NO_VALUE, NULL, error) : NULL;
  double end = 0, start = 0;

  if (tolerance <= 0)
    return integrate (explainer, scorer, line, steps, sum, before, progress, error);
  if (forward == NULL || !sal_scorer_score (forward, line->x, &end, cancellable, error) ||
      !sal_scorer_score (forward, line->start, &start, cancellable, error))
    return FALSE;
  for (;; steps = MIN (2 * steps, MOST_STEPS)) {
    double total = 0;

    if (!integrate (explainer, scorer, line, steps, sum, before, progress, error))
      return FALSE;
    for (gint64 i = 0; i < line->n; i++)
      total += sum[i];
    if (steps == MOST_STEPS || fabs (total - (end - start)) <= tolerance * fabs (end - start)) {
      *taken = MAX (*taken, steps);
      return TRUE;
    }
  }
}

static SalTensor *
explain_one (SalExplainer *explainer, const float *x, const SalProgress *progress, GError **error)
{
  SalModel *model = sal_explainer_query (explainer)->model;
  SalScorer *scorer = sal_explainer_scorer (explainer, sal_model_input (model), NULL, error);
  double tolerance = sal_explainer_number (explainer, "tolerance");
  gint64 n = sal_shape_count (sal_model_input_shape (model));
  gint64 n_starts = sal_explainer_n_starts (explainer);
  g_autofree double *sum = g_new (double, n);
  g_autofree double *total = g_new0 (double, n);
  Line line = { .x = x, .n = n };
  int taken = 0;

  if (scorer == NULL)
    return NULL;
  for (gint64 b = 0; b < n_starts; b++) {
    SalProgress part = { NULL };

    /* Every baseline is a part of its own, and yet its partial results are the whole's. */
    if (progress != NULL) {
      part = sal_progress_part (progress, (double) b / n_starts, (b + 1.0) / n_starts);
      part.partials = progress->partials;
    }
    line.start = sal_explainer_start (explainer) + b * n;
    if (!integrate_until (explainer, scorer, &line, tolerance, &taken, sum, b > 0 ? total : NULL,
                          progress != NULL ? &part : NULL, error))
      return NULL;
    for (gint64 i = 0; i < n; i++)
      total[i] += sum[i];
  }
  if (taken > 0) {
    float steps = (float) taken;
    g_autoptr (SalTensor) report = sal_tensor_new_copy (SAL_FLOAT, &SAL_SHAPE (1), &steps);

    sal_explainer_report (explainer, "steps", report);
  }
  return sal_path_values (scorer, total, 1.0 / n_starts);
}

static SalTensor *
explain (SalExplainer *explainer, const SalTensor *inputs, const SalProgress *progress,
         GError **error)
{
  return sal_explain_each (explainer, inputs, explain_one, progress, error);
}

const SalMethod sal_method_integrated_gradients = {
  .id = "integrated-gradients",
  .name = "Integrated Gradients",
  .group = SAL_GROUP_PATH,
  .summary = "Adds up the gradients on the straight way from a baseline to the picture, so that "
             "the parts sum to the whole difference in score.",
  .formula = "A = (x − x′) ⊙ ∫₀¹ ∂f(x′ + α (x − x′)) / ∂x dα",
  .promise = "Complete: the parts sum to f(x) − f(x′) up to the error shown; what does not matter "
             "gets nothing, and two networks of one function get one map.",
  .advice = "For theory: completeness says how much of the score is accounted for.",
  .caveat = "It answers “compared with what?”: another baseline gives another map, and pixels that "
            "equal the baseline get nothing.",
  .paper = "Sundararajan, Taly, Yan: Axiomatic Attribution for Deep Networks. ICML 2017.",
  .params = params,
  .many_baselines = TRUE,
  .complete = TRUE,
  .is_signed = TRUE,
  .explain = explain,
};
