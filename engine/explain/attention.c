#include "engine/explain/attention.h"

#include "engine/base/error.h"
#include "engine/explain/plane.h"
#include "engine/explain/reasons.h"
#include "engine/image/enlarge.h"

#include <string.h>

void
sal_attention_free (SalAttention *attention)
{
  for (int l = 0; l < attention->n_layers; l++) {
    g_free (attention->weights[l]);
    if (attention->gradients != NULL)
      g_free (attention->gradients[l]);
  }
  g_free (attention->weights);
  g_free (attention->gradients);
  g_free (attention->n_heads);
  g_free (attention);
}

/* Whether @value, or what passes it on unchanged, is the left factor of a MatMul. */
static gboolean
weighs_something (SalGraph *graph, int value)
{
  for (int i = 0; i < sal_graph_n_nodes (graph) && value != SAL_NO_VALUE; i++) {
    const SalNode *node = sal_graph_node (graph, i);

    if (node->n_x == 0 || node->x[0] != value)
      continue;
    if (strcmp (node->op_type, "MatMul") == 0)
      return TRUE;
    if ((strcmp (node->op_type, "Dropout") == 0 || strcmp (node->op_type, "Identity") == 0) &&
        weighs_something (graph, node->y[0]))
      return TRUE;
  }
  return FALSE;
}

GArray *
sal_attention_values (const SalModel *model)
{
  SalGraph *graph = sal_model_graph (model);
  GArray *values = g_array_new (FALSE, FALSE, sizeof (int));
  gint64 n_tokens = 0;

  for (int i = 0; i < sal_graph_n_nodes (graph); i++) {
    const SalNode *node = sal_graph_node (graph, i);
    const SalShape *shape = sal_plan_shape (sal_model_plan (model), node->y[0]);

    if (strcmp (node->op_type, "Softmax") != 0 || shape == NULL || shape->rank != 4 ||
        shape->dim[0] != 1 || shape->dim[2] != shape->dim[3] || shape->dim[2] < 2 ||
        !weighs_something (graph, node->y[0]))
      continue;
    if (values->len > 0 && shape->dim[2] != n_tokens) {
      g_array_set_size (values, 0);
      return values;
    }
    n_tokens = shape->dim[2];
    g_array_append_val (values, node->y[0]);
  }
  return values;
}

/* The patches of a picture, or the tokens of a text, on which what is found is shown. */
static gboolean
grid_of (const SalModel *model, gint64 n_tokens, gint64 *skipped, gint64 *side)
{
  SalShape shape = SAL_SHAPE (1, n_tokens, 1);

  if (sal_model_tokens (model) != SAL_NO_VALUE) {
    *skipped = *side = 0;
    return sal_model_input_shape (model)->dim[1] == n_tokens;
  }
  *side = sal_token_grid (&shape, skipped);
  return *side > 0 && sal_model_input_shape (model)->rank == 4;
}

const char *
sal_attention_check (const SalModel *model)
{
  g_autoptr (GArray) values = sal_attention_values (model);
  gint64 skipped, side;

  if (values->len == 0)
    return SAL_REASON_NO_ATTENTION;
  if (!grid_of (model,
                sal_plan_shape (sal_model_plan (model), g_array_index (values, int, 0))->dim[2],
                &skipped, &side))
    return SAL_REASON_NO_GRID;
  return NULL;
}

typedef struct {
  SalAttention *attention;
  int layer;
  const float *x;
  gint64 n_x;
} Call;

static void
fill (gint64 index, float *x, gpointer data)
{
  const Call *call = data;

  memcpy (x, call->x, call->n_x * sizeof (float));
}

static void
take (const SalPoint *point, gpointer data)
{
  const Call *call = data;
  SalAttention *a = call->attention;
  gsize bytes = a->n_heads[call->layer] * a->n_tokens * a->n_tokens * sizeof (float);

  a->weights[call->layer] = g_memdup2 (point->activation, bytes);
  if (a->gradients != NULL)
    a->gradients[call->layer] = g_memdup2 (point->gradient, bytes);
}

/* One pass a layer: transformers that people open have few, and a pass is what a gradient costs. */
static SalAttention *
look (SalExplainer *explainer, const float *x, gboolean gradients, const SalProgress *progress,
      GError **error)
{
  SalModel *model = sal_explainer_query (explainer)->model;
  g_autoptr (GArray) values = sal_attention_values (model);
  g_autoptr (SalAttention) a = g_new0 (SalAttention, 1);
  Call call = { a, 0, x, sal_shape_count (sal_model_input_shape (model)) };
  SalPoints points = { 1, fill, take, NULL, &call };

  a->weights = g_new0 (float *, values->len + 1);
  a->gradients = gradients ? g_new0 (float *, values->len + 1) : NULL;
  a->n_heads = g_new0 (gint64, values->len + 1);
  a->n_layers = values->len;
  for (; call.layer < a->n_layers; call.layer++) {
    SalProgress part = sal_progress_part (progress, (double) call.layer / a->n_layers,
                                          (call.layer + 1.0) / a->n_layers);
    int value = g_array_index (values, int, call.layer);
    SalScorer *scorer = sal_explainer_scorer (explainer, value, NULL, error);

    if (scorer == NULL)
      return NULL;
    a->n_heads[call.layer] = sal_scorer_wrt_shape (scorer)->dim[1];
    a->n_tokens = sal_scorer_wrt_shape (scorer)->dim[2];
    if (!sal_scorer_run (scorer, &points, &part, error))
      return NULL;
  }
  return g_steal_pointer (&a);
}

static void
report (SalExplainer *explainer, const SalAttention *a, const double *rolled)
{
  gint64 t = a->n_tokens;
  g_autoptr (SalTensor) square = sal_tensor_new (SAL_FLOAT, &SAL_SHAPE (t, t));

  for (gint64 i = 0; i < t * t; i++)
    ((float *) sal_tensor_edit (square))[i] = (float) rolled[i];
  sal_explainer_report (explainer, "rollout", square);
  for (int l = 0; l < a->n_layers; l++) {
    SalShape shape = SAL_SHAPE (1, a->n_heads[l], t, t);
    g_autoptr (SalTensor) weights = sal_tensor_new_copy (SAL_FLOAT, &shape, a->weights[l]);
    g_autofree char *name = g_strdup_printf ("attention-%d", l);

    sal_explainer_report (explainer, name, weights);
    if (a->gradients != NULL) {
      g_autoptr (SalTensor) gradient = sal_tensor_new_copy (SAL_FLOAT, &shape, a->gradients[l]);
      g_autofree char *called = g_strdup_printf ("attention-gradient-%d", l);

      sal_explainer_report (explainer, called, gradient);
    }
  }
}

/* The class token's row without itself; without a class token the mean of all rows. */
static void
row_of (const double *rolled, gint64 t, gint64 skipped, float *row)
{
  for (gint64 j = skipped; j < t; j++) {
    double sum = 0;

    for (gint64 i = 0; i < (skipped > 0 ? 1 : t); i++)
      sum += rolled[i * t + j];
    row[j - skipped] = (float) (skipped > 0 ? sum : sum / t);
  }
}

static SalTensor *
show (const SalModel *model, const double *rolled, gint64 t, GError **error)
{
  SalPlane plane = sal_plane_of (model);
  SalShape shape = sal_plane_shape (&plane, model);
  gint64 skipped, side;
  g_autoptr (SalTensor) small = NULL;
  SalTensor *out;

  if (!grid_of (model, t, &skipped, &side)) {
    g_autofree char *why = sal_reason_text (sal_attention_check (model));

    g_set_error_literal (error, SAL_ERROR, SAL_ERROR_UNSUPPORTED, why);
    return NULL;
  }
  if (side == 0) {
    out = sal_tensor_new (SAL_FLOAT, &shape);
    row_of (rolled, t, 0, sal_tensor_edit (out));
    return out;
  }
  small = sal_tensor_new (SAL_FLOAT, &SAL_SHAPE (1, 1, side, side));
  row_of (rolled, t, skipped, sal_tensor_edit (small));
  return sal_enlarge (small, plane.height, plane.width, SAL_ENLARGE_BILINEAR, error);
}

SalTensor *
sal_attention_explain (SalExplainer *explainer, const SalTensor *inputs, gboolean gradients,
                       void (*roll) (const SalAttention *attention, double *rolled),
                       const SalProgress *progress, GError **error)
{
  SalModel *model = sal_explainer_query (explainer)->model;
  gint64 n_x = sal_shape_count (sal_model_input_shape (model));
  gint64 n = sal_tensor_count (inputs) / n_x;
  g_autoptr (SalTensor) all = NULL;

  for (gint64 b = 0; b < n; b++) {
    SalProgress part = sal_progress_part (progress, (double) b / n, (b + 1.0) / n);
    g_autoptr (SalAttention) a =
        look (explainer, sal_tensor_floats (inputs) + b * n_x, gradients, &part, error);
    g_autofree double *rolled = a != NULL ? g_new0 (double, a->n_tokens * a->n_tokens) : NULL;
    g_autoptr (SalTensor) map = NULL;

    if (a == NULL)
      return NULL;
    roll (a, rolled);
    report (explainer, a, rolled);
    map = show (model, rolled, a->n_tokens, error);
    if (map == NULL)
      return NULL;
    if (all == NULL) {
      SalShape shape = *sal_tensor_shape (map);

      shape.dim[0] *= n;
      all = sal_tensor_new (SAL_FLOAT, &shape);
    }
    memcpy ((float *) sal_tensor_edit (all) + b * sal_tensor_count (map), sal_tensor_floats (map),
            sal_tensor_count (map) * sizeof (float));
  }
  return g_steal_pointer (&all);
}
