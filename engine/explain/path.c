#include "engine/explain/path.h"

#include "engine/base/clones.h"
#include "engine/explain/samples.h"

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

/* sum += way · g. Points are taken one by one while others are computed, so this had better be
 * short. */
SAL_CLONES static void
add_products (gint64 n, const double *way, const float *g, double *sum)
{
  for (gint64 i = 0; i < n; i++)
    sum[i] += way[i] * g[i];
}

/* squares += (way · g)² */
SAL_CLONES static void
add_squares (gint64 n, const double *way, const float *g, double *squares)
{
  for (gint64 i = 0; i < n; i++)
    squares[i] += way[i] * g[i] * (way[i] * g[i]);
}

/* Returns: Σ |g|, in as many sums as are added at once */
SAL_CLONES static double
size_of (gint64 n, const float *g)
{
  double sum[16] = { 0 }, all = 0;
  gint64 i = 0;

  for (; i + 16 <= n; i += 16)
    for (int j = 0; j < 16; j++)
      sum[j] += fabs ((double) g[i + j]);
  for (; i < n; i++)
    sum[i % 16] += fabs ((double) g[i]);
  for (int j = 0; j < 16; j++)
    all += sum[j];
  return all;
}

static void
record (Walk *walk, const SalPoint *point)
{
  add_products (walk->n, walk->way, point->gradient, walk->sum);
  if (walk->path->squares != NULL)
    add_squares (walk->n, walk->way, point->gradient, walk->path->squares);
  walk->scores[point->index] = (float) point->score;
  walk->slopes[point->index] = (float) (size_of (walk->n, point->gradient) / walk->n);
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

/* Of a mean over points that are drawn. */
static SalTensor *
error_cb (gint64 done, gpointer data)
{
  const Walk *walk = data;
  const SalSamples samples = { .shape = *sal_scorer_wrt_shape (walk->scorer),
                               .n = walk->n,
                               .count = done,
                               .sum = walk->sum,
                               .squares = walk->path->squares };

  return done > 1 ? sal_samples_error (&samples) : NULL;
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
    g_autoptr (SalTensor) values = NULL;

    if (!sal_scorer_run (scorer, &points, &silent, error) ||
        !walk->path->advance (&walk->here, walk->way, walk->path->data, cancellable, error))
      return FALSE;
    record (walk, &walk->here);
    if (progress != NULL && progress->partials)
      values = partial_cb (k + 1, walk);
    if (!sal_progress_step (progress, (k + 1.0) / walk->path->n,
                            values != NULL ? &(SalPartial){ values, NULL } : NULL, error))
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

  if (path->squares != NULL)
    points.error = error_cb;
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

SAL_CLONES void
sal_path_straight (const float *from, const float *to, float alpha, gint64 n, float *x)
{
  for (gint64 i = 0; i < n; i++)
    x[i] = from[i] + alpha * (to[i] - from[i]);
}
