#include "engine/explain/baseline.h"
#include "engine/explain/each.h"
#include "engine/explain/methods.h"
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
    .label = "Sum",
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
  int steps;
  const double *alpha;
  const double *weight;
  const double *before; /* what earlier baselines gave, NULL for the first */
  double *sum;          /* Σ weight · gradient so far */
  float *scores;        /* along the path, for plots */
  float *slopes;        /* mean of |gradient| along it */
  const SalShape *shape;
} Path;

static void
fill (gint64 index, float *x, gpointer data)
{
  const Path *path = data;
  float alpha = (float) path->alpha[index];

  for (gint64 i = 0; i < path->n; i++)
    x[i] = path->start[i] + alpha * (path->x[i] - path->start[i]);
}

static void
take (const SalPoint *point, gpointer data)
{
  const Path *path = data;
  double weight = path->weight[point->index], slope = 0;

  for (gint64 i = 0; i < path->n; i++) {
    path->sum[i] += weight * point->gradient[i];
    slope += fabs ((double) point->gradient[i]);
  }
  path->scores[point->index] = (float) point->score;
  path->slopes[point->index] = (float) (slope / path->n);
}

static double
value_of (const Path *path, gint64 i)
{
  return ((double) path->x[i] - path->start[i]) * path->sum[i];
}

static SalTensor *
partial (gint64 done, gpointer data)
{
  const Path *path = data;
  SalTensor *out = sal_tensor_new (SAL_FLOAT, path->shape);
  float *a = sal_tensor_edit (out);

  for (gint64 i = 0; i < path->n; i++)
    a[i] = (float) (value_of (path, i) + (path->before != NULL ? path->before[i] : 0));
  return out;
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

static void
report (SalExplainer *explainer, const Path *path)
{
  const char *const names[] = { "path-alphas", "path-scores", "path-slopes" };

  for (int k = 0; k < 3; k++) {
    g_autoptr (SalTensor) curve = sal_tensor_new (SAL_FLOAT, &SAL_SHAPE (path->steps));

    for (int i = 0; i < path->steps; i++)
      ((float *) sal_tensor_edit (curve))[i] = k == 0   ? (float) path->alpha[i]
                                               : k == 1 ? path->scores[i]
                                                        : path->slopes[i];
    sal_explainer_report (explainer, names[k], curve);
  }
}

/* The path with @steps points. */
static gboolean
integrate (SalExplainer *explainer, SalScorer *scorer, Path *path, int steps,
           const SalProgress *progress, GError **error)
{
  g_autofree double *points = g_new (double, 2 * (gsize) steps);
  g_autofree float *curves = g_new0 (float, 2 * (gsize) steps);
  SalPoints stream = { steps, fill, take, partial, path };

  sal_quadrature (rule_of (explainer), steps, points, points + steps);
  path->steps = steps;
  path->alpha = points;
  path->weight = points + steps;
  path->scores = curves;
  path->slopes = curves + steps;
  memset (path->sum, 0, path->n * sizeof (double));
  if (!sal_scorer_run (scorer, &stream, progress, error))
    return FALSE;
  report (explainer, path);
  return TRUE;
}

/* More and more steps, until the sum is as near to the difference in score as is asked for. */
static gboolean
integrate_until (SalExplainer *explainer, SalScorer *scorer, Path *path, double tolerance,
                 const SalProgress *progress, GError **error)
{
  GCancellable *cancellable = sal_progress_cancellable (progress);
  int steps = (int) sal_explainer_number (explainer, "steps");
  SalScorer *forward =
      tolerance > 0 ? sal_explainer_scorer (explainer, SAL_NO_VALUE, NULL, error) : NULL;
  double end = 0, start = 0;

  if (tolerance <= 0)
    return integrate (explainer, scorer, path, steps, progress, error);
  if (forward == NULL || !sal_scorer_score (forward, path->x, &end, cancellable, error) ||
      !sal_scorer_score (forward, path->start, &start, cancellable, error))
    return FALSE;
  for (;; steps = MIN (2 * steps, MOST_STEPS)) {
    double sum = 0;

    if (!integrate (explainer, scorer, path, steps, progress, error))
      return FALSE;
    for (gint64 i = 0; i < path->n; i++)
      sum += value_of (path, i);
    if (steps == MOST_STEPS || fabs (sum - (end - start)) <= tolerance * fabs (end - start))
      return TRUE;
  }
}

static SalTensor *
explain_one (SalExplainer *explainer, const float *x, const SalProgress *progress, GError **error)
{
  SalModel *model = sal_explainer_query (explainer)->model;
  const SalShape *shape = sal_model_input_shape (model);
  SalScorer *scorer = sal_explainer_scorer (explainer, sal_model_input (model), NULL, error);
  double tolerance = sal_explainer_number (explainer, "tolerance");
  gint64 n = sal_shape_count (shape), n_starts = sal_explainer_n_starts (explainer);
  g_autofree double *sum = g_new (double, n);
  g_autofree double *mean = g_new0 (double, n);
  Path path = { .x = x, .n = n, .sum = sum, .shape = shape };
  SalTensor *out;

  if (scorer == NULL)
    return NULL;
  for (gint64 b = 0; b < n_starts; b++) {
    SalProgress part = { NULL };

    /* Every baseline is a part of its own, and yet its partial results are the whole's. */
    if (progress != NULL) {
      part = sal_progress_part (progress, (double) b / n_starts, (b + 1.0) / n_starts);
      part.partials = progress->partials;
    }
    path.start = sal_explainer_start (explainer) + b * n;
    path.before = b > 0 ? mean : NULL;
    if (!integrate_until (explainer, scorer, &path, tolerance, progress != NULL ? &part : NULL,
                          error))
      return NULL;
    for (gint64 i = 0; i < n; i++)
      mean[i] += value_of (&path, i);
  }
  out = sal_tensor_new (SAL_FLOAT, shape);
  for (gint64 i = 0; i < n; i++)
    ((float *) sal_tensor_edit (out))[i] = (float) (mean[i] / n_starts);
  return out;
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
