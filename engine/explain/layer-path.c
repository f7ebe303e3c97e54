#include "engine/explain/layer-path.h"

#include <string.h>

typedef struct {
  const float *x;
  const float *start;
  gint64 n_x, n;
  int steps;
  gboolean with_start;
  SalLayerStep step;
  float *before;
  gboolean has_before;
  double *sum;
  const SalShape *shape;
} Path;

/* α = k / steps; from k = 0 with the baseline itself, else from k = 1. */
static void
fill (gint64 index, float *out, gpointer data)
{
  const Path *p = data;
  float alpha = (float) (index + (p->with_start ? 0 : 1)) / (float) p->steps;

  for (gint64 i = 0; i < p->n_x; i++)
    out[i] = p->start[i] + alpha * (p->x[i] - p->start[i]);
}

static void
take (const SalPoint *point, gpointer data)
{
  Path *p = data;

  p->step (point->gradient, point->activation, p->has_before ? p->before : NULL, p->n, p->steps,
           p->sum);
  memcpy (p->before, point->activation, p->n * sizeof (float));
  p->has_before = TRUE;
}

static SalTensor *
partial (gint64 done, gpointer data)
{
  const Path *p = data;
  SalTensor *out = sal_tensor_new (SAL_FLOAT, p->shape);

  for (gint64 i = 0; i < p->n; i++)
    ((float *) sal_tensor_edit (out))[i] = (float) p->sum[i];
  return out;
}

SalTensor *
sal_layer_path_explain (SalExplainer *explainer, const SalTensor *inputs, SalLayerStep step,
                        gboolean with_start, const SalProgress *progress, GError **error)
{
  SalModel *model = sal_explainer_query (explainer)->model;
  int layer = sal_explainer_layer (explainer, error), steps;
  SalScorer *scorer =
      layer != SAL_NO_VALUE ? sal_explainer_scorer (explainer, layer, NULL, error) : NULL;
  gint64 n_x = sal_shape_count (sal_model_input_shape (model));
  gint64 n_inputs = sal_tensor_count (inputs) / n_x;
  g_autoptr (SalTensor) all = NULL;
  SalShape shape;

  if (scorer == NULL)
    return NULL;
  steps = (int) sal_explainer_number (explainer, "steps");
  shape = *sal_scorer_wrt_shape (scorer);
  shape.dim[0] *= n_inputs;
  all = sal_tensor_new (SAL_FLOAT, &shape);
  for (gint64 b = 0; b < n_inputs; b++) {
    gint64 n = sal_tensor_count (all) / n_inputs;
    g_autofree float *before = g_new (float, n);
    g_autofree double *sum = g_new0 (double, n);
    Path p = { sal_tensor_floats (inputs) + b * n_x,
               sal_explainer_start (explainer),
               n_x,
               n,
               steps,
               with_start,
               step,
               before,
               FALSE,
               sum,
               sal_scorer_wrt_shape (scorer) };
    SalPoints points = { steps + (with_start ? 1 : 0), fill, take, n_inputs == 1 ? partial : NULL,
                         &p };
    SalProgress part = sal_progress_part (progress, (double) b / n_inputs, (b + 1.0) / n_inputs);

    if (!sal_scorer_run (scorer, &points, n_inputs == 1 ? progress : &part, error))
      return NULL;
    for (gint64 i = 0; i < n; i++)
      ((float *) sal_tensor_edit (all))[b * n + i] = (float) sum[i];
  }
  return g_steal_pointer (&all);
}
