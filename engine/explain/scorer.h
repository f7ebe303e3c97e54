/* Class scores, and their gradients, at many points: the loop under every explainer. Points go
 * through the network in batches, spread over threads, and come back in order. */
#pragma once

#include "engine/base/progress.h"
#include "engine/graph/locality.h"
#include "engine/graph/run.h"
#include "engine/model.h"

/**
 * SalTarget: the scalar that is explained
 * @class_index: 0 .. classes-1
 * @versus: another class whose score is subtracted ("why this rather than that"), or -1
 * @kind: logit, probability or the graph's output
 */
typedef struct {
  int class_index;
  int versus;
  SalOutputKind kind;
} SalTarget;

/** SalScorer: plan and runs for one model and target; one call at a time */
typedef struct _SalScorer SalScorer;

/**
 * sal_scorer_new:
 * @wrt: value that gradients are taken for (the model's input, or a layer), %SAL_NO_VALUE for
 *   scores alone
 * @rules: (nullable): backward rules; must outlive the scorer
 * @threads: worker threads, 0 for one a processor
 * @batch: points a pass, 0 to choose by the size of the network alone, so that the same point gets
 *   the same bits whatever the number of threads
 *
 * Returns: or %NULL and @error: %SAL_ERROR_ARGUMENT for a class or a value that there is not, or a
 *   value that is constant
 */
SalScorer *sal_scorer_new (SalModel *model, const SalTarget *target, int wrt,
                           const SalRuleSet *rules, int threads, int batch, GError **error);
void sal_scorer_free (SalScorer *scorer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SalScorer, sal_scorer_free)

/** sal_scorer_wrt_shape: Returns: the shape of one point's gradient; its first axis is 1 */
const SalShape *sal_scorer_wrt_shape (const SalScorer *scorer);
/** sal_scorer_batch: Returns: points a pass where there are @n of them */
int sal_scorer_batch (SalScorer *scorer, gint64 n);
/** sal_scorer_points: for measurements. @gradients: (out): for how many points a gradient was
 *  taken. Returns: how many points all scorers of this process have evaluated so far */
gint64 sal_scorer_points (gint64 *gradients);

/**
 * SalPoint: what is known of one point
 * @index: its number
 * @score: the target's score there
 * @top: the class with the highest score of all, the first of equals; -1 where others than the
 *   target's were not computed: with gradients of logits
 * @gradient: (nullable): of the score, with respect to the scorer's value
 * @activation: (nullable): that value itself, be it a layer or the input
 */
typedef struct {
  gint64 index;
  double score;
  int top;
  const float *gradient;
  const float *activation;
} SalPoint;

/**
 * SalPoints: a stream of points to evaluate
 * @n: number of points
 * @first: points before this one are known already, and are not taken: the others get the same bits
 *   as if they were
 * @origin: (nullable): an input that points differ from in a rectangle each, if @where is given:
 *   what is the same of scores without gradients is then computed once
 * @where: (nullable): the rectangle outside of which point @index is @origin bit for bit, maybe an
 *   empty one
 * @fill: writes point @index, in the model's input shape for one picture; called by several
 *   threads at once
 * @take: receives what was computed, in order of the points, never by two threads at once
 * @partial: (nullable): Returns: (transfer full) (nullable): the attribution after @done points,
 *   called between takes at most some twenty times a second
 * @error: (nullable): likewise its standard error
 */
typedef struct {
  gint64 n;
  void (*fill) (gint64 index, float *x, gpointer data);
  void (*take) (const SalPoint *point, gpointer data);
  SalTensor *(*partial) (gint64 done, gpointer data);
  gpointer data;
  gint64 first;
  const float *origin;
  void (*where) (gint64 index, SalExtent *extent, gpointer data);
  SalTensor *(*error) (gint64 done, gpointer data);
} SalPoints;

/**
 * sal_scorer_run:
 *
 * Returns: %FALSE and G_IO_ERROR_CANCELLED if cancelled; all workers have then stopped
 */
gboolean sal_scorer_run (SalScorer *scorer, const SalPoints *points, const SalProgress *progress,
                         GError **error);

/** sal_scorer_score: score of one point. Returns: %FALSE if cancelled */
gboolean sal_scorer_score (SalScorer *scorer, const float *x, double *score,
                           GCancellable *cancellable, GError **error);
