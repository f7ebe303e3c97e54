#include "engine/base/clones.h"
#include "engine/base/error.h"
#include "engine/explain/gradients.h"
#include "engine/explain/methods.h"

#include <math.h>
#include <string.h>

/* Below this difference of its inputs a nonlinearity has its derivative. */
#define TINY 1e-10

/* Of the largest magnitude in a channel: what is nearer to each other is equal. A product of
 * matrices may round the same sum otherwise at another place, by some 1e-6 of that. */
#define EQUAL 4e-6

/* Operators of one input that are not linear, elementwise. */
static const char *const elementwise[] = {
  "Relu",        "Clip",      "LeakyRelu", "PRelu",    "ThresholdedRelu",
  "Elu",         "Celu",      "Selu",      "Sigmoid",  "Tanh",
  "HardSigmoid", "HardSwish", "Softplus",  "Softsign", "Gelu",
  "Mish",        "Erf",       "Exp",       "Log",      "Sqrt",
  "Reciprocal",  "Abs",       "Pow",       "Sin",      "Cos",
  "Tan",         "Asin",      "Acos",      "Atan",     "Sinh",
  "Cosh",        "Asinh",     "Acosh",     "Atanh",    "Shrink",
  NULL
};
/* Linear in each input alone: two that both depend on the picture make a product. */
static const char *const bilinear[] = { "Mul", "MatMul", "Gemm", NULL };

static const SalParam params[] = {
  { .key = "baseline",
    .label = "Reference",
    .help = "The picture that the difference is taken to.",
    .kind = SAL_PARAM_BASELINE,
    .text_otherwise = "black" },
  { NULL },
};

/* What the rules of a plan need: one pass of the baseline. */
typedef struct {
  SalPlan *plan;
  SalRun *run;
  SalRuleSet rules;
  GPtrArray *nodes; /* of Node, one for each rule handed out */
} Reference;

typedef struct {
  const SalOp *op;
  const float *x[2]; /* at the baseline, one picture */
  const float *y;
  float *ordered; /* x[0] where a maximum is looked for, or NULL */
  gint64 n_x[2], n_y;
  gsize saved_bytes, scratch_offset;
} Node;

static gint64
count_x (const SalOpArgs *a, int i)
{
  return sal_shape_count (&a->x_shape[i]);
}

/* The operator's own backward into @gx, which is cleared first. */
static void
derivative (const SalOpArgs *a, const Node *node, const float *gy, float *gx)
{
  const float *gys[1] = { gy };
  float *gxs[16] = { gx };
  SalOpArgs own = *a;

  memset (gx, 0, count_x (a, 0) * sizeof (float));
  own.gx = gxs;
  own.gy = gys;
  node->op->backward (&own);
}

/* Of one picture. */
SAL_CLONES static void
rescale_picture (gint64 n, const float *gy, const float *slope, const float *x, const float *x0,
                 const float *y, const float *y0, float *gx)
{
  for (gint64 i = 0; i < n; i++) {
    double dx = (double) x[i] - x0[i];
    float multiplier = (float) (gy[i] * ((double) y[i] - y0[i]) / dx);

    gx[i] += fabs (dx) < TINY ? slope[i] : multiplier;
  }
}

/* gx += gy · (y - y′) / (x - x′), the derivative where x and x′ are the same. */
static void
rescale (const SalOpArgs *a)
{
  const Node *node = a->rule;
  float *slope = a->rule_scratch;

  derivative (a, node, a->gy[0], slope);
  for (gint64 i = 0; i < a->n; i += node->n_y)
    rescale_picture (node->n_y, a->gy[0] + i, slope + i, a->x[0] + i, node->x[0], a->y[0] + i,
                     node->y, a->gx[0] + i);
}

/* Where the baseline is even, as a black picture is, so is what a layer makes of it, but for
 * rounding, which the place of a maximum must not hang on. Of equal values the first is the
 * maximum: here each is made less than those before it in any window, by as little as counts.
 * Returns: (transfer full): @x, one picture of @shape, for the windows of the pooling @node */
static float *
put_in_order (const SalNode *node, const SalShape *shape, const float *x)
{
  gsize count;
  const gint64 *kernel = sal_node_ints (node, "kernel_shape", &count);
  const gint64 *dilations = sal_node_ints (node, "dilations", &count);
  const gint64 *dim = shape->dim + 2;
  int n_axes = shape->rank - 2;
  gint64 step[SAL_MAX_RANK], plane = 1, n;

  step[n_axes - 1] = 1;
  for (int axis = n_axes - 1; axis > 0; axis--) {
    gint64 apart = dilations != NULL ? dilations[axis] : 1;

    step[axis - 1] = step[axis] * ((kernel[axis] - 1) * apart + 1);
  }
  for (int axis = 0; axis < n_axes; axis++)
    plane *= dim[axis];
  n = shape->dim[1] * plane;

  float *out = g_new (float, n);

  for (gint64 from = 0; from < n; from += plane) {
    double largest = 0;

    for (gint64 i = 0; i < plane; i++)
      largest = MAX (largest, fabs (x[from + i]));
    for (gint64 i = 0; i < plane; i++) {
      gint64 place = i, before = 0;

      for (int axis = n_axes - 1; axis >= 0; axis--) {
        before += step[axis] * (place % dim[axis]);
        place /= dim[axis];
      }
      out[from + i] = (float) (x[from + i] - EQUAL * largest * (double) before);
    }
  }
  return out;
}

/* With c = max (y, y′): m (c - y′) goes to the place of the maximum of x and m (y - c) to that of
 * x′, each divided by x - x′ there; what the two sum to is m (y - y′). */
static void
rescale_max_pool (const SalOpArgs *a)
{
  const Node *node = a->rule;
  gint64 n_x = count_x (a, 0);
  float *plain = a->rule_scratch, *moved = plain + n_x, *start = moved + n_x;
  float *pooled = start + n_x, *part = pooled + a->n;
  const float *xs[1] = { start }, *gys[1] = { part };
  float *ys[SAL_MAX_OUTPUTS] = { pooled }, *gxs[1] = { moved };
  SalOpArgs at_start = *a;

  for (gint64 i = 0; i < n_x; i++)
    start[i] = node->ordered[i % node->n_x[0]];
  at_start.x = xs;
  at_start.y = ys;
  at_start.n_y = 1;
  at_start.saved = (char *) a->rule_scratch + node->scratch_offset;
  node->op->forward (&at_start);
  for (gint64 i = 0; i < a->n; i++)
    pooled[i] = node->y[i % node->n_y];

  derivative (a, node, a->gy[0], plain);
  for (gint64 i = 0; i < a->n; i++)
    part[i] = a->gy[0][i] * (MAX (a->y[0][i], pooled[i]) - pooled[i]);
  derivative (a, node, part, moved);
  for (gint64 i = 0; i < a->n; i++)
    part[i] = a->gy[0][i] * (a->y[0][i] - MAX (a->y[0][i], pooled[i]));
  at_start.gx = gxs;
  at_start.gy = gys;
  node->op->backward (&at_start);
  for (gint64 i = 0; i < n_x; i++) {
    double dx = (double) a->x[0][i] - node->x[0][i % node->n_x[0]];

    a->gx[0][i] += fabs (dx) < TINY ? plain[i] : (float) (moved[i] / dx);
  }
}

/* Δ(u v) = Δu (v + v′) / 2 + Δv (u + u′) / 2: the operator's own derivative at the mean of picture
 * and baseline. */
static void
rescale_product (const SalOpArgs *a)
{
  const Node *node = a->rule;
  float *mean = a->rule_scratch;
  const float *x[16];
  SalOpArgs at_mean = *a;

  memcpy (x, a->x, a->n_x * sizeof *x);
  for (int j = 0; j < 2; j++) {
    for (gint64 i = 0; i < count_x (a, j); i++)
      mean[i] = (a->x[j][i] + node->x[j][i % node->n_x[j]]) / 2;
    x[j] = mean;
    mean += count_x (a, j);
  }
  at_mean.x = x;
  node->op->backward (&at_mean);
}

static void
at_baseline (const Reference *self, int value, const float **where, gint64 *count)
{
  const SalShape *shape = sal_plan_shape (self->plan, value);

  *where = sal_run_value (self->run, value);
  *count = MAX (sal_shape_count (shape), 1);
}

static void
node_free (gpointer data)
{
  Node *node = data;

  g_free (node->ordered);
  g_free (node);
}

static gboolean
find (const SalOpSetup *setup, const SalOp *op, SalRule *rule, gconstpointer data)
{
  const Reference *self = data;
  const SalNode *n = setup->node;
  gint64 n_x = setup->n_x > 0 && setup->x_given[0] ? sal_shape_count (&setup->x_shape[0]) : 0;
  gint64 n_y = sal_shape_count (&setup->y_shape[0]);
  gboolean unary = g_strv_contains (elementwise, op->name) && n_x == n_y;
  gboolean pool = strcmp (op->name, "MaxPool") == 0;
  gboolean product = g_strv_contains (bilinear, op->name) && setup->n_x >= 2 &&
                     setup->x_value[0] == NULL && setup->x_value[1] == NULL;
  Node *node;

  if (!(unary || pool || product) || setup->n_x > 16 || op->backward == NULL ||
      setup->x_type[0] != SAL_FLOAT)
    return FALSE;
  node = g_new0 (Node, 1);
  g_ptr_array_add (self->nodes, node);
  node->op = op;
  at_baseline (self, n->x[0], &node->x[0], &node->n_x[0]);
  at_baseline (self, n->y[0], &node->y, &node->n_y);
  rule->data = node;
  rule->keep |= SAL_KEEP_X (0) | SAL_KEEP_OUTPUT;
  if (unary) {
    rule->kernel = rescale;
    rule->scratch_bytes = n_x * sizeof (float);
  } else if (pool) {
    rule->kernel = rescale_max_pool;
    node->ordered = put_in_order (n, &setup->x_shape[0], node->x[0]);
    node->scratch_offset = ((3 * n_x + 2 * n_y) * sizeof (float) + 63) / 64 * 64;
    rule->scratch_bytes = node->scratch_offset + setup->saved_bytes;
  } else {
    at_baseline (self, n->x[1], &node->x[1], &node->n_x[1]);
    rule->kernel = rescale_product;
    rule->keep |= SAL_KEEP_X (1);
    rule->scratch_bytes = (n_x + sal_shape_count (&setup->x_shape[1])) * sizeof (float);
  }
  return TRUE;
}

static void
reference_free (gpointer data)
{
  Reference *self = data;

  g_ptr_array_unref (self->nodes);
  sal_run_free (self->run);
  g_clear_pointer (&self->plan, sal_plan_unref);
  g_free (self);
}

/* Every float value of the model is kept of the baseline's pass: rules read inputs and outputs. */
static Reference *
reference_new (SalExplainer *explainer, GCancellable *cancellable, GError **error)
{
  SalModel *model = sal_explainer_query (explainer)->model;
  SalGraph *graph = sal_model_graph (model);
  SalPlan *shapes = sal_model_plan (model);
  SalFeed feed = { sal_model_input (model), *sal_model_input_shape (model) };
  int output = sal_model_logits (model);
  g_autoptr (GArray) keep = g_array_new (FALSE, FALSE, sizeof (int));
  g_autoptr (SalTeam) team = sal_team_new (sal_explainer_threads (explainer));
  SalPlanOptions options;
  Reference *self = g_new0 (Reference, 1);

  for (int v = 0; v < sal_graph_n_values (graph); v++)
    if (sal_plan_shape (shapes, v) != NULL && sal_plan_type (shapes, v) == SAL_FLOAT &&
        sal_plan_constant (shapes, v) == NULL)
      g_array_append_val (keep, v);
  sal_model_plan_options (model, &options);
  options.feeds = &feed;
  options.n_feeds = 1;
  options.outputs = &output;
  options.n_outputs = 1;
  options.keep = (const int *) (gpointer) keep->data;
  options.n_keep = keep->len;
  self->nodes = g_ptr_array_new_with_free_func (node_free);
  self->rules = (SalRuleSet){ find, self };
  /* Rules run node by node: values that are equal must be so to the last bit. */
  options.compute = SAL_COMPUTE_REFERENCE;
  self->plan = sal_plan_new (graph, &options, error);
  if (self->plan != NULL) {
    self->run = sal_run_new (self->plan);
    memcpy (sal_run_feed (self->run, feed.value), sal_explainer_start (explainer),
            sal_shape_count (&feed.shape) * sizeof (float));
    sal_run_set_team (self->run, team);
  }
  if (self->run == NULL || !sal_run_forward (self->run, cancellable, error))
    g_clear_pointer (&self, reference_free);
  else
    sal_run_set_team (self->run, NULL);
  return self;
}

static SalTensor *
explain (SalExplainer *explainer, const SalTensor *inputs, const SalProgress *progress,
         GError **error)
{
  SalModel *model = sal_explainer_query (explainer)->model;
  Reference *self = sal_explainer_state (explainer);
  const float *start = sal_explainer_start (explainer), *x = sal_tensor_floats (inputs);
  gint64 n = sal_shape_count (sal_model_input_shape (model));
  SalTensor *out;
  float *a;

  if (self == NULL) {
    self = reference_new (explainer, sal_progress_cancellable (progress), error);
    if (self == NULL)
      return NULL;
    sal_explainer_set_state (explainer, self, reference_free);
  }
  out = sal_gradients (explainer, inputs, sal_model_input (model), &self->rules, progress, error);
  if (out == NULL)
    return NULL;
  a = sal_tensor_edit (out);
  for (gint64 i = 0; i < sal_tensor_count (out); i++)
    a[i] = (float) (((double) x[i] - start[i % n]) * a[i]);
  return out;
}

const SalMethod sal_method_deeplift = {
  .id = "deeplift",
  .name = "DeepLIFT",
  .group = SAL_GROUP_RULES,
  .summary = "Traces the difference in score between the picture and a reference back through the "
             "network, each nonlinearity passing its own difference quotient.",
  .formula = "A = (x − x′) ⊙ m,  m through a nonlinearity: (y − y′) / (x − x′)",
  .promise = "Complete: the parts sum to f(x) − f(x′) through linear layers, elementwise "
             "nonlinearities and maximum pooling; what is missing is shown.",
  .advice = "What Integrated Gradients says, in one pass: complete, and not fooled by saturation.",
  .caveat = "The rescale rule: two graphs of the same function can give two maps. Softmax and "
            "normalisation inside the network keep their derivative, and then the sum is not "
            "exact.",
  .paper = "Shrikumar, Greenside, Kundaje: Learning Important Features Through Propagating "
           "Activation Differences. ICML 2017; maximum pooling as in Lundberg, Lee: A Unified "
           "Approach to Interpreting Model Predictions. NIPS 2017.",
  .params = params,
  .single_pass = TRUE,
  .complete = TRUE,
  .is_signed = TRUE,
  .explain = explain,
};
