#include "engine/explain/gradients.h"

#include <string.h>

typedef struct {
  const float *x;
  gint64 n_x;
  float *out;
  gint64 n_out;
  double score; /* of the first */
} Batch;

static void
fill (gint64 index, float *x, gpointer data)
{
  const Batch *batch = data;

  memcpy (x, batch->x + index * batch->n_x, batch->n_x * sizeof (float));
}

static void
take (const SalPoint *point, gpointer data)
{
  Batch *batch = data;

  if (point->index == 0)
    batch->score = point->score;
  memcpy (batch->out + point->index * batch->n_out, point->gradient, batch->n_out * sizeof (float));
}

SalShape
sal_batched_shape (const SalShape *shape, gint64 batch)
{
  SalShape batched = *shape;

  batched.dim[0] *= batch;
  return batched;
}

SalTensor *
sal_gradients (SalExplainer *explainer, const SalTensor *inputs, int wrt, const SalRuleSet *rules,
               const SalProgress *progress, GError **error)
{
  gint64 n_x = sal_shape_count (sal_model_input_shape (sal_explainer_query (explainer)->model));
  gint64 n = sal_tensor_count (inputs) / n_x;
  SalScorer *scorer = sal_explainer_scorer (explainer, wrt, rules, error);
  g_autoptr (SalTensor) out = NULL;
  SalShape shape;
  Batch batch;
  SalPoints points = { n, fill, take, NULL, &batch };

  if (scorer == NULL)
    return NULL;
  shape = sal_batched_shape (sal_scorer_wrt_shape (scorer), n);
  out = sal_tensor_new (SAL_FLOAT, &shape);
  batch = (Batch){ sal_tensor_floats (inputs), n_x, sal_tensor_edit (out),
                   sal_tensor_count (out) / n, 0 };
  if (!sal_scorer_run (scorer, &points, progress, error))
    return NULL;
  sal_explainer_set_score (explainer, inputs, batch.score);
  return g_steal_pointer (&out);
}
