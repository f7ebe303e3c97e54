#include "engine/explain/path.h"

#include <math.h>
#include <string.h>

typedef struct {
  const SalPath *path;
  const SalScorer *scorer;
  gint64 n; /* elements of a gradient */
  double *sum;
  const double *before;
  double *way;
  float *scores, *slopes;
  SalPoint here; /* the last point evaluated, of a path that goes on from what it meets */
} Walk;

static void
point_cb (gint64 index, float *x, gpointer data)
{
  const Walk *walk = data;

  walk->path->point (index, x, walk->path->data);
}

static void
record (Walk *walk, const SalPoint *point)
{
  double slope = 0;

  for (gint64 i = 0; i < walk->n; i++) {
    walk->sum[i] += walk->way[i] * point->gradient[i];
    slope += fabs ((double) point->gradient[i]);
  }
  for (gint64 i = 0; walk->path->squares != NULL && i < walk->n; i++) {
    double part = walk->way[i] * point->gradient[i];

    walk->path->squares[i] += part * part;
  }
  walk->scores[point->index] = (float) point->score;
  walk->slopes[point->index] = (float) (slope / walk->n);
}

static void
take_cb (const SalPoint *point, gpointer data)
{
  Walk *walk = data;

  walk->path->step (point, walk->way, walk->path->data);
  record (walk, point);
}

static SalTensor *
partial_cb (gint64 done, gpointer data)
{
  const Walk *walk = data;
  double scale = walk->path->mean ? 1.0 / done : 1.0;
  SalTensor *out = sal_path_values (walk->scorer, walk->sum, scale);

  for (gint64 i = 0; walk->before != NULL && i < walk->n; i++)
    ((float *) sal_tensor_edit (out))[i] = (float) (walk->sum[i] * scale + walk->before[i]);
  return out;
}

/* One point of a path that goes on from what it meets. */
typedef struct {
  Walk *walk;
  gint64 index;
} Single;

static void
single_point_cb (gint64 index, float *x, gpointer data)
{
  const Single *single = data;

  point_cb (single->index, x, single->walk);
}

static void
single_take_cb (const SalPoint *point, gpointer data)
{
  const Single *single = data;

  /* What a scorer gives of one point stays where it is until the scorer's next run. */
  single->walk->here = *point;
  single->walk->here.index = single->index;
}

static gboolean
walk_on (Walk *walk, SalScorer *scorer, const SalProgress *progress, GError **error)
{
  GCancellable *cancellable = sal_progress_cancellable (progress);
  SalProgress silent = SAL_PROGRESS_INIT (cancellable, NULL, NULL);

  for (gint64 k = 0; k < walk->path->n; k++) {
    Single single = { walk, k };
    SalPoints points = { 1, single_point_cb, single_take_cb, NULL, &single };
    g_autoptr (SalTensor) partial = NULL;

    if (!sal_scorer_run (scorer, &points, &silent, error) ||
        !walk->path->advance (&walk->here, walk->way, walk->path->data, cancellable, error))
      return FALSE;
    record (walk, &walk->here);
    if (progress != NULL && progress->partials)
      partial = partial_cb (k + 1, walk);
    if (!sal_progress_step (progress, (k + 1.0) / walk->path->n, partial, error))
      return FALSE;
  }
  return TRUE;
}

static void
report (SalExplainer *explainer, const Walk *walk)
{
  const SalPath *path = walk->path;
  const SalShape shape = SAL_SHAPE (path->n);
  g_autoptr (SalTensor) alphas = sal_tensor_new (SAL_FLOAT, &shape);
  g_autoptr (SalTensor) scores = sal_tensor_new_copy (SAL_FLOAT, &shape, walk->scores);
  g_autoptr (SalTensor) slopes = sal_tensor_new_copy (SAL_FLOAT, &shape, walk->slopes);

  for (gint64 k = 0; k < path->n; k++)
    ((float *) sal_tensor_edit (alphas))[k] = (float) path->place (k, path->data);
  sal_explainer_report (explainer, "path-alphas", alphas);
  sal_explainer_report (explainer, "path-scores", scores);
  sal_explainer_report (explainer, "path-slopes", slopes);
}

gboolean
sal_path_integrate (SalExplainer *explainer, SalScorer *scorer, const SalPath *path, double *sum,
                    const double *before, const SalProgress *progress, GError **error)
{
  gint64 n = sal_shape_count (sal_scorer_wrt_shape (scorer));
  g_autofree double *way = g_new (double, n);
  g_autofree float *curves = g_new0 (float, 2 * (gsize) path->n);
  Walk walk = { path, scorer, n, sum, before, way, curves, curves + path->n };
  SalPoints points = { path->n, point_cb, take_cb, partial_cb, &walk, path->first };

  if (path->first == 0)
    memset (sum, 0, n * sizeof (double));
  if (path->advance != NULL ? !walk_on (&walk, scorer, progress, error)
                            : !sal_scorer_run (scorer, &points, progress, error))
    return FALSE;
  if (path->place != NULL)
    report (explainer, &walk);
  return TRUE;
}

SalTensor *
sal_path_values (const SalScorer *scorer, const double *sum, double scale)
{
  SalTensor *out = sal_tensor_new (SAL_FLOAT, sal_scorer_wrt_shape (scorer));
  float *a = sal_tensor_edit (out);

  for (gint64 i = 0; i < sal_tensor_count (out); i++)
    a[i] = (float) (sum[i] * scale);
  return out;
}

void
sal_path_straight (const float *from, const float *to, float alpha, gint64 n, float *x)
{
  for (gint64 i = 0; i < n; i++)
    x[i] = from[i] + alpha * (to[i] - from[i]);
}
