#include "engine/explain/baseline.h"
#include "engine/explain/gradients.h"
#include "engine/explain/methods.h"
#include "engine/explain/quadrature.h"

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
  { .key = "baseline",
    .label = "Baseline",
    .help = "Where the path starts: a picture that stands for “nothing there”.",
    .kind = SAL_PARAM_BASELINE,
    .text_otherwise = "black" },
  { NULL },
};

typedef struct {
  const float *x;
  const float *baseline;
  gint64 n;
  const double *alpha;
  const double *weight;
  double *sum; /* Σ weight · gradient so far */
  const SalShape *shape;
} Path;

static void
fill (gint64 index, float *x, gpointer data)
{
  const Path *path = data;
  float alpha = (float) path->alpha[index];

  for (gint64 i = 0; i < path->n; i++) {
    float start = path->baseline[i];

    x[i] = start + alpha * (path->x[i] - start);
  }
}

static void
take (const SalPoint *point, gpointer data)
{
  const Path *path = data;
  double weight = path->weight[point->index];

  for (gint64 i = 0; i < path->n; i++)
    path->sum[i] += weight * point->gradient[i];
}

static void
finish (const Path *path, float *out)
{
  for (gint64 i = 0; i < path->n; i++)
    out[i] = (float) ((path->x[i] - (double) path->baseline[i]) * path->sum[i]);
}

static SalTensor *
partial (gint64 done, gpointer data)
{
  const Path *path = data;
  SalTensor *out = sal_tensor_new (SAL_FLOAT, path->shape);

  finish (path, sal_tensor_edit (out));
  return out;
}

static SalTensor *
explain (SalExplainer *explainer, const SalTensor *inputs, const SalProgress *progress,
         GError **error)
{
  const SalQuery *query = sal_explainer_query (explainer);
  const SalShape *shape = sal_model_input_shape (query->model);
  SalScorer *scorer = sal_explainer_scorer (explainer, sal_model_input (query->model), NULL, error);
  int steps = (int) sal_explainer_number (explainer, "steps");
  const char *rule = sal_explainer_text (explainer, "rule");
  gint64 n = sal_shape_count (shape), n_inputs = sal_tensor_count (inputs) / n;
  g_autofree double *alpha = g_new (double, steps);
  g_autofree double *weight = g_new (double, steps);
  g_autofree double *sum = g_new (double, n);
  g_autoptr (SalTensor) out = NULL;
  Path path = { .n = n, .alpha = alpha, .weight = weight, .sum = sum, .shape = shape };
  SalPoints points = { steps, fill, take, n_inputs == 1 ? partial : NULL, &path };
  int number = 0;

  if (scorer == NULL)
    return NULL;
  while (strcmp (rules[number].id, rule) != 0)
    number++;
  sal_quadrature ((SalQuadrature) number, steps, alpha, weight);
  path.baseline = sal_explainer_start (explainer);
  out = sal_tensor_new (SAL_FLOAT, sal_tensor_shape (inputs));
  for (gint64 b = 0; b < n_inputs; b++) {
    SalProgress part = sal_progress_part (progress, (double) b / n_inputs, (b + 1.0) / n_inputs);

    path.x = sal_tensor_floats (inputs) + b * n;
    memset (sum, 0, n * sizeof (double));
    if (!sal_scorer_run (scorer, &points, n_inputs == 1 ? progress : &part, error))
      return NULL;
    finish (&path, (float *) sal_tensor_edit (out) + b * n);
  }
  return g_steal_pointer (&out);
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
  .complete = TRUE,
  .is_signed = TRUE,
  .explain = explain,
};
