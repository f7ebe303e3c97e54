#include "engine/base/error.h"
#include "engine/explain/each.h"
#include "engine/explain/methods.h"

#include <math.h>
#include <string.h>

/* Step of the central difference of gradients, as a share of the direction. */
#define STEP 0.01
/* Elements that a full Jacobian may have. */
#define MOST_JACOBIAN (G_GINT64_CONSTANT (1) << 26)

static const SalParam params[] = {
  { .key = "direction",
    .label = "Direction",
    .help = "A .npy array ε in the input’s shape; without one, the way to the baseline.",
    .kind = SAL_PARAM_ARRAY,
    .advanced = TRUE },
  { .key = "baseline",
    .label = "Towards",
    .help = "The direction is from the picture to this one.",
    .kind = SAL_PARAM_BASELINE,
    .text_otherwise = "blur" },
  { .key = "scale",
    .label = "Length",
    .help = "How much of the direction is gone.",
    .kind = SAL_PARAM_DOUBLE,
    .min = 0.001,
    .max = 1,
    .otherwise = 0.1,
    .digits = 3,
    .logarithmic = TRUE },
  { .key = "jacobian",
    .label = "Full Jacobian",
    .help = "Report the gradient of every class as well, classes × the input’s shape.",
    .kind = SAL_PARAM_SWITCH,
    .max = 1,
    .advanced = TRUE },
  { NULL },
};

typedef struct {
  const float *x;
  const float *direction;
  gint64 n;
  double *gradient[3]; /* at x, x + h ε, x - h ε */
  double score[4];     /* at those, and at x + ε */
} Direction;

static double
factor_of (gint64 index)
{
  const double factors[] = { 0, STEP, -STEP, 1 };

  return factors[index];
}

static void
fill (gint64 index, float *out, gpointer data)
{
  const Direction *d = data;

  for (gint64 i = 0; i < d->n; i++)
    out[i] = (float) (d->x[i] + factor_of (index) * d->direction[i]);
}

static void
take (const SalPoint *point, gpointer data)
{
  Direction *d = data;

  d->score[point->index] = point->score;
  for (gint64 i = 0; point->index < 3 && i < d->n; i++)
    d->gradient[point->index][i] = point->gradient[i];
}

static void
report_number (SalExplainer *explainer, const char *name, double number)
{
  g_autoptr (SalTensor) scalar = sal_tensor_new (SAL_FLOAT, &SAL_SHAPE (1));

  *(float *) sal_tensor_edit (scalar) = (float) number;
  sal_explainer_report (explainer, name, scalar);
}

typedef struct {
  const float *x;
  gint64 n;
  float *out;
} Row;

static void
fill_row (gint64 index, float *out, gpointer data)
{
  const Row *row = data;

  memcpy (out, row->x, row->n * sizeof (float));
}

static void
take_row (const SalPoint *point, gpointer data)
{
  const Row *row = data;

  memcpy (row->out, point->gradient, row->n * sizeof (float));
}

static gboolean
report_jacobian (SalExplainer *explainer, const float *x, const SalProgress *progress,
                 GError **error)
{
  const SalQuery *query = sal_explainer_query (explainer);
  SalShape shape = *sal_model_input_shape (query->model);
  gint64 n = sal_shape_count (&shape);
  int n_classes = sal_model_n_classes (query->model);
  g_autoptr (SalTensor) jacobian = NULL;

  if (n * n_classes > MOST_JACOBIAN) {
    sal_error_set (error, SAL_ERROR_MEMORY,
                   "jacobian: %d classes × %" PRId64 " inputs are too many numbers", n_classes, n);
    return FALSE;
  }
  shape.dim[0] = n_classes;
  jacobian = sal_tensor_new (SAL_FLOAT, &shape);
  for (int k = 0; k < n_classes; k++) {
    SalTarget target = { k, -1, query->target.kind };
    g_autoptr (SalScorer) scorer =
        sal_scorer_new (query->model, &target, sal_model_input (query->model), NULL, 1, 1, error);
    Row row = { x, n, (float *) sal_tensor_edit (jacobian) + k * n };
    SalPoints points = { 1, fill_row, take_row, NULL, &row };
    SalProgress part = sal_progress_part (progress, (double) k / n_classes, (k + 1.0) / n_classes);

    if (scorer == NULL || !sal_scorer_run (scorer, &points, &part, error))
      return FALSE;
  }
  sal_explainer_report (explainer, "jacobian", jacobian);
  return TRUE;
}

static SalTensor *
explain_one (SalExplainer *explainer, const float *x, const SalProgress *progress, GError **error)
{
  SalModel *model = sal_explainer_query (explainer)->model;
  const SalShape *shape = sal_model_input_shape (model);
  SalScorer *scorer = sal_explainer_scorer (explainer, sal_model_input (model), NULL, error);
  const SalTensor *given = sal_explainer_array (explainer, "direction");
  double scale = sal_explainer_number (explainer, "scale"), first = 0, second = 0;
  gint64 n = sal_shape_count (shape);
  g_autofree float *direction = g_new (float, n);
  g_autofree double *gradients = g_new (double, 3 * n);
  Direction d = { x, direction, n, { gradients, gradients + n, gradients + 2 * n } };
  SalPoints points = { 4, fill, take, NULL, &d };
  SalTensor *out;

  if (scorer == NULL)
    return NULL;
  if (given != NULL && (sal_tensor_type (given) != SAL_FLOAT || sal_tensor_count (given) != n)) {
    sal_error_set (error, SAL_ERROR_SHAPE, "direction: needs %" PRId64 " floats, has %" PRId64, n,
                   sal_tensor_count (given));
    return NULL;
  }
  for (gint64 i = 0; i < n; i++)
    direction[i] = (float) (scale * (given != NULL ? sal_tensor_floats (given)[i]
                                                   : sal_explainer_start (explainer)[i] - x[i]));
  if (!sal_scorer_run (scorer, &points, progress, error))
    return NULL;
  out = sal_tensor_new (SAL_FLOAT, shape);
  for (gint64 i = 0; i < n; i++) {
    double share = d.gradient[0][i] * direction[i];

    ((float *) sal_tensor_edit (out))[i] = (float) share;
    first += share;
    second += direction[i] * (d.gradient[1][i] - d.gradient[2][i]) / (4 * STEP);
  }
  report_number (explainer, "first-order", first);
  report_number (explainer, "second-order", second);
  report_number (explainer, "difference", d.score[3] - d.score[0]);
  if (sal_explainer_number (explainer, "jacobian") != 0 &&
      !report_jacobian (explainer, x, progress, error)) {
    sal_tensor_unref (out);
    return NULL;
  }
  return out;
}

static SalTensor *
explain (SalExplainer *explainer, const SalTensor *inputs, const SalProgress *progress,
         GError **error)
{
  return sal_explain_each (explainer, inputs, explain_one, progress, error);
}

const SalMethod sal_method_directional = {
  .id = "directional",
  .name = "Directional Derivative",
  .group = SAL_GROUP_GRADIENT,
  .summary =
      "What each pixel adds to the score if the picture moves a little in a given direction, "
      "beside what the score really does.",
  .formula = "A = ∂f / ∂x ⊙ ε;  f(x + ε) − f(x) = Σ A + ½ εᵀ H ε + …",
  .promise = "The parts sum to the first-order change, shown beside the second-order term and the "
             "true change.",
  .advice = "How far a gradient can be trusted: first order, second order and truth side by side.",
  .caveat = "Across the kinks of ReLU the second-order term says little.",
  .paper = "Taylor’s theorem; as a test of explanations in Yeh, Hsieh, Suggala, Inouye, Ravikumar: "
           "On the (In)fidelity and Sensitivity of Explanations. NeurIPS 2019.",
  .params = params,
  .is_signed = TRUE,
  .explain = explain,
};
