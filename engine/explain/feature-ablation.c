#include "engine/explain/each.h"
#include "engine/explain/groups.h"
#include "engine/explain/methods.h"

static const SalParam params[] = {
  SAL_GROUPS_PARAMS,
  { .key = "baseline",
    .label = "Replaced by",
    .help = "What is put in place of a segment.",
    .kind = SAL_PARAM_BASELINE,
    .text_otherwise = "black" },
  { NULL },
};

typedef struct {
  const SalGroups *groups;
  const float *x;
  const float *baseline;
  SalShape shape;
  const SalExtent *extents; /* by group */
  double full;
  double *drop; /* by group */
} Ablation;

/* Point 0 is the picture itself, point g + 1 lacks group g. */
static void
fill (gint64 index, float *out, gpointer data)
{
  const Ablation *a = data;
  g_autofree gboolean *present = g_new (gboolean, a->groups->n);

  for (int g = 0; g < a->groups->n; g++)
    present[g] = g + 1 != index;
  sal_groups_blend (a->groups, present, a->x, a->baseline, out);
}

static void
where (gint64 index, SalExtent *extent, gpointer data)
{
  const Ablation *a = data;

  *extent = index > 0 ? a->extents[index - 1] : SAL_EXTENT_NONE;
}

static void
take (const SalPoint *point, gpointer data)
{
  Ablation *a = data;

  if (point->index == 0)
    a->full = point->score;
  else
    a->drop[point->index - 1] = a->full - point->score;
}

static SalTensor *
partial (gint64 done, gpointer data)
{
  const Ablation *a = data;
  SalTensor *out = sal_tensor_new (SAL_FLOAT, &a->shape);

  sal_groups_spread (a->groups, a->drop, sal_tensor_edit (out));
  return out;
}

static SalTensor *
explain_one (SalExplainer *explainer, const float *x, const SalProgress *progress, GError **error)
{
  const SalQuery *query = sal_explainer_query (explainer);
  SalScorer *scorer = sal_explainer_scorer (explainer, SAL_NO_VALUE, NULL, error);
  g_autoptr (SalGroups) groups =
      scorer != NULL ? sal_groups_chosen (explainer, x, sal_progress_cancellable (progress), error)
                     : NULL;
  g_autofree SalExtent *extents = groups != NULL ? sal_groups_extents (groups) : NULL;
  g_autofree double *drop = NULL;
  Ablation a = {
    .groups = groups, .x = x, .baseline = sal_explainer_start (explainer), .extents = extents
  };
  SalPoints points = {
    .fill = fill, .take = take, .partial = partial, .data = &a, .origin = x, .where = where
  };

  if (groups == NULL)
    return NULL;
  a.drop = drop = g_new0 (double, groups->n);
  a.shape = sal_plane_shape (&groups->plane, query->model);
  points.n = groups->n + 1;
  if (!sal_scorer_run (scorer, &points, progress, error))
    return NULL;
  return partial (points.n, &a);
}

static SalTensor *
explain (SalExplainer *explainer, const SalTensor *inputs, const SalProgress *progress,
         GError **error)
{
  return sal_explain_each (explainer, inputs, explain_one, progress, error);
}

const SalMethod sal_method_feature_ablation = {
  .id = "feature-ablation",
  .name = "Feature Ablation",
  .group = SAL_GROUP_PERTURBATION,
  .summary = "Takes away one segment of the picture after another and notes how far the class "
             "score falls.",
  .formula = "A(g) = f(x) − f(x without g)",
  .promise = "Every number is a difference of scores that was measured.",
  .advice = "Which part matters? A quick check on the gradient methods, part by part.",
  .caveat = "Segments that stand in for each other both look unimportant: each is missed only when "
            "the other is gone, too.",
  .paper = "The idea is in Zeiler, Fergus: Visualizing and Understanding Convolutional Networks. "
           "ECCV 2014; on segments as in Captum.",
  .params = params,
  .is_signed = TRUE,
  .explain = explain,
};
