#include "engine/explain/layer-path.h"

#include "engine/explain/path.h"

#include <string.h>

typedef struct {
  const float *x;
  const float *start;
  gint64 n_x, n;
  int steps;
  SalLayerStep step;
  float *before; /* the layer at the point before */
} Line;

/* α = k / steps; from k = 0 where steps are measured, else from k = 1. */
static double
place (gint64 index, gpointer data)
{
  const Line *line = data;

  return (double) (index + (line->step != NULL ? 0 : 1)) / line->steps;
}

static void
point (gint64 index, float *x, gpointer data)
{
  const Line *line = data;

  sal_path_straight (line->start, line->x, (float) place (index, data), line->n_x, x);
}

static void
step_cb (const SalPoint *at, double *way, gpointer data)
{
  Line *line = data;

  if (line->step == NULL) {
    for (gint64 i = 0; i < line->n; i++)
      way[i] = 1;
    return;
  }
  line->step (at->activation, at->index > 0 ? line->before : NULL, line->n, way);
  memcpy (line->before, at->activation, line->n * sizeof (float));
}

SalTensor *
sal_layer_path_explain (SalExplainer *explainer, const float *x, SalLayerStep step,
                        const SalProgress *progress, GError **error)
{
  const SalModel *model = sal_explainer_query (explainer)->model;
  int layer = sal_explainer_layer (explainer, error);
  SalScorer *scorer =
      layer != SAL_NO_VALUE ? sal_explainer_scorer (explainer, layer, NULL, error) : NULL;
  gint64 n = scorer != NULL ? sal_shape_count (sal_scorer_wrt_shape (scorer)) : 0;
  g_autofree float *before = g_new (float, n);
  g_autofree double *sum = g_new (double, n);
  Line line = { .x = x,
                .start = sal_explainer_start (explainer),
                .n_x = sal_shape_count (sal_model_input_shape (model)),
                .n = n,
                .steps = (int) sal_explainer_number (explainer, "steps"),
                .step = step,
                .before = before };
  SalPath path = { .n = line.steps + (line.step != NULL ? 1 : 0),
                   .mean = line.step == NULL,
                   .place = place,
                   .point = point,
                   .step = step_cb,
                   .data = &line };

  if (scorer == NULL || !sal_path_integrate (explainer, scorer, &path, sum, NULL, progress, error))
    return NULL;
  return sal_path_values (scorer, sum, path.mean ? 1.0 / path.n : 1.0);
}
