#include "engine/explain/baseline.h"
#include "engine/explain/each.h"
#include "engine/explain/methods.h"
#include "engine/explain/path.h"

#include <math.h>
#include <string.h>

static const SalParam params[] = {
  { .key = "steps",
    .label = "Steps",
    .help = "Steps of the path; each takes two evaluations, one after the other.",
    .kind = SAL_PARAM_INT,
    .min = 2,
    .max = 1000,
    .otherwise = 50,
    .logarithmic = TRUE },
  /* The authors' 201 steps of 256 gray levels are some 150 %: on a deep network their sum is many
   * times the difference in score, and a twentieth of it already changes the class. */
  { .key = "reach",
    .label = "Reach",
    .unit = "%",
    .help = "Length of the whole path, as a share of the way from the picture to the reference.",
    .kind = SAL_PARAM_DOUBLE,
    .min = 0.001,
    .max = 10,
    .otherwise = 0.05,
    .digits = 1,
    .logarithmic = TRUE },
  { .key = "layer",
    .label = "Representation",
    .help = "The layer in which the path nears the reference; what the last weights read is usual.",
    .kind = SAL_PARAM_LAYER,
    .advanced = TRUE },
  { .key = "baseline",
    .label = "Reference",
    .help = "Another picture: the path leads to where the network takes this one for that.",
    .kind = SAL_PARAM_BASELINE,
    .text_otherwise = "blur" },
  { NULL },
};

/* The representation of an input, and the way to the reference's. */
typedef struct {
  SalPlan *plan;
  SalRun *run;
  int input, layer;
  gint64 n, n_layer;
  float *reference; /* the reference's representation */
} Near;

static void
near_free (gpointer data)
{
  Near *near = data;

  sal_run_free (near->run);
  g_clear_pointer (&near->plan, sal_plan_unref);
  g_free (near->reference);
  g_free (near);
}

/* What the last node with weights reads. */
static int
last_representation (const SalModel *model)
{
  static const char *const weighted[] = { "Gemm", "MatMul", "Conv", NULL };
  const SalGraph *graph = sal_model_graph (model);
  int value = sal_model_logits (model);

  for (;;) {
    int producer = sal_graph_get_value (graph, value)->producer;
    const SalNode *node = producer >= 0 ? sal_graph_node (graph, producer) : NULL;

    if (node == NULL || node->n_x == 0 || node->x[0] == SAL_NO_VALUE ||
        sal_plan_constant (sal_model_plan (model), node->x[0]) != NULL)
      return sal_model_logits (model);
    value = node->x[0];
    if (g_strv_contains (weighted, node->op_type))
      return value;
  }
}

static gboolean
represent (const Near *near, const float *x, GCancellable *cancellable, GError **error)
{
  memcpy (sal_run_feed (near->run, near->input), x, near->n * sizeof (float));
  return sal_run_forward (near->run, cancellable, error);
}

static Near *
near_new (SalExplainer *explainer, GCancellable *cancellable, GError **error)
{
  SalModel *model = sal_explainer_query (explainer)->model;
  const char *name = sal_explainer_text (explainer, "layer");
  int layer =
      *name != '\0' ? sal_model_find_value (model, name, error) : last_representation (model);
  SalFeed feed = { sal_model_input (model), *sal_model_input_shape (model) };
  SalPlanOptions options;
  Near *near = g_new0 (Near, 1);

  near->input = feed.value;
  near->layer = layer;
  near->n = sal_shape_count (&feed.shape);
  if (layer != SAL_NO_VALUE) {
    sal_model_plan_options (model, &options);
    options.feeds = &feed;
    options.n_feeds = 1;
    options.outputs = &layer;
    options.n_outputs = 1;
    options.gradients = &feed.value;
    options.n_gradients = 1;
    near->plan = sal_plan_new (sal_model_graph (model), &options, error);
  }
  if (near->plan != NULL) {
    near->run = sal_run_new (near->plan);
    near->n_layer = sal_shape_count (sal_plan_shape (near->plan, layer));
  }
  if (near->run == NULL || !represent (near, sal_explainer_start (explainer), cancellable, error))
    g_clear_pointer (&near, near_free);
  else
    near->reference = g_memdup2 (sal_run_value (near->run, layer), near->n_layer * sizeof (float));
  return near;
}

typedef struct {
  const Near *near;
  int steps;
  double length; /* of a step */
  float *at;     /* where the path is */
  const float *low, *high;
} Descent;

/* From the picture, 1, to where the network takes it for the reference, 0. */
static double
place (gint64 index, gpointer data)
{
  return 1 - (double) index / ((const Descent *) data)->steps;
}

static void
point (gint64 index, float *x, gpointer data)
{
  const Descent *d = data;

  memcpy (x, d->at, d->near->n * sizeof (float));
}

/* A step of fixed length down the gradient of the squared distance of the representations, within
 * what pixels can be. */
static gboolean
advance (const SalPoint *here, double *way, gpointer data, GCancellable *cancellable,
         GError **error)
{
  Descent *d = data;
  const Near *near = d->near;
  const float *now, *slope;
  float *seed;
  double length = 0;

  if (!represent (near, d->at, cancellable, error))
    return FALSE;
  now = sal_run_value (near->run, near->layer);
  seed = sal_run_seed (near->run, near->layer);
  for (gint64 i = 0; i < near->n_layer; i++)
    seed[i] = 2 * (now[i] - near->reference[i]);
  if (!sal_run_backward (near->run, cancellable, error))
    return FALSE;
  slope = sal_run_gradient (near->run, near->input);
  for (gint64 i = 0; i < near->n; i++)
    length += (double) slope[i] * slope[i];
  length = sqrt (length);
  for (gint64 i = 0; i < near->n; i++) {
    float before = d->at[i];
    double after = before - (length > 0 ? d->length * slope[i] / length : 0);

    if (d->low != NULL)
      after = CLAMP (after, MIN (d->low[i], before), MAX (d->high[i], before));
    d->at[i] = (float) after;
    way[i] = (double) before - d->at[i];
  }
  return TRUE;
}

static double
distance (const float *x, const float *y, gint64 n)
{
  double sum = 0;

  for (gint64 i = 0; i < n; i++)
    sum += ((double) x[i] - y[i]) * ((double) x[i] - y[i]);
  return sqrt (sum);
}

static SalTensor *
explain_one (SalExplainer *explainer, const float *x, const SalProgress *progress, GError **error)
{
  SalModel *model = sal_explainer_query (explainer)->model;
  const SalShape *shape = sal_model_input_shape (model);
  SalScorer *scorer = sal_explainer_scorer (explainer, sal_model_input (model), NULL, error);
  Near *near = sal_explainer_state (explainer);
  gint64 n = sal_shape_count (shape);
  g_autofree float *at = g_memdup2 (x, n * sizeof (float));
  g_autofree double *sum = g_new (double, n);
  g_autoptr (SalTensor) low = NULL, high = NULL, end = NULL;

  if (scorer == NULL)
    return NULL;
  if (near == NULL) {
    near = near_new (explainer, sal_progress_cancellable (progress), error);
    if (near == NULL)
      return NULL;
    sal_explainer_set_state (explainer, near, near_free);
  }
  if (sal_model_preparation (model) != NULL) {
    low = sal_baseline_new (model, "black", NULL, 0, NULL, error);
    high = low != NULL ? sal_baseline_new (model, "white", NULL, 0, NULL, error) : NULL;
    if (high == NULL)
      return NULL;
  }

  int steps = (int) sal_explainer_number (explainer, "steps");
  Descent d = { near,
                steps,
                sal_explainer_number (explainer, "reach") *
                    distance (x, sal_explainer_start (explainer), n) / steps,
                at,
                low != NULL ? sal_tensor_floats (low) : NULL,
                low != NULL ? sal_tensor_floats (high) : NULL };
  SalPath path = { .n = steps, .place = place, .point = point, .advance = advance, .data = &d };

  if (!sal_path_integrate (explainer, scorer, &path, sum, NULL, progress, error))
    return NULL;
  end = sal_tensor_new_copy (SAL_FLOAT, shape, at);
  sal_explainer_report (explainer, "counterfactual", end);
  sal_explainer_set_origin (explainer, at);
  return sal_path_values (scorer, sum, 1);
}

static SalTensor *
explain (SalExplainer *explainer, const SalTensor *inputs, const SalProgress *progress,
         GError **error)
{
  return sal_explain_each (explainer, inputs, explain_one, progress, error);
}

const SalMethod sal_method_ig2 = {
  .id = "ig2",
  .name = "IG²",
  .group = SAL_GROUP_PATH,
  .summary = "Integrates along a path that changes the picture just so that the network takes it "
             "for a reference, following the gradient of what it sees.",
  .formula = "A = Σⱼ ∂f(xⱼ) / ∂x ⊙ (xⱼ − xⱼ₊₁),  xⱼ₊₁ = xⱼ − η gⱼ / |gⱼ|,  "
             "gⱼ = ∂|r(xⱼ) − r(x′)|² / ∂x",
  .promise = "The parts sum to the score of the picture less that at the path’s end, as far as "
             "steps are short.",
  .advice = "Why this and not that: give a picture of another class as the reference.",
  .caveat = "The path leads to a picture that only the network takes for the reference; where it "
            "slides along the kinks of ReLU, more steps do not make the sum exact.",
  .paper = "Zhuo, Ge: IG²: Integrated Gradient on Iterative Gradient Path for Feature Attribution. "
           "TPAMI 2024.",
  .params = params,
  .complete = TRUE,
  .is_signed = TRUE,
  .explain = explain,
};
