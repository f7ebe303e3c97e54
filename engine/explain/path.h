/* Paths from where nothing is there to the picture, and the gradients along them: the one loop
 * under Integrated Gradients and its relatives. What differs from one method to the next is the
 * path. */
#pragma once

#include "engine/explain/method.h"

/**
 * SalPath: where gradients are taken, and what each of them is multiplied with
 * @n: number of points
 * @mean: whether partial results are divided by the number of points that they have
 * @first: points before this one are known already: @sum and @squares have what they gave
 * @squares: (nullable): Σ over the points of (gradient ⊙ way)², for the error of a mean
 * @place: (nullable): Returns: how far along the path a point lies, 0..1: for plots
 * @point: writes point @index, in the model's input shape for one picture. Without @advance it is
 *   called by several threads at once
 * @step: writes the way that a point stands for, in the shape that gradients are taken for
 * @advance: (nullable): in place of @step, for a path that depends on the gradients met on the way:
 *   points are then evaluated one after the other, and @advance moves on to the next. Returns:
 *   %FALSE and @error where it cannot
 */
typedef struct {
  gint64 n;
  gboolean mean;
  double (*place) (gint64 index, gpointer data);
  void (*point) (gint64 index, float *x, gpointer data);
  void (*step) (const SalPoint *point, double *way, gpointer data);
  gboolean (*advance) (const SalPoint *point, double *way, gpointer data, GCancellable *cancellable,
                       GError **error);
  gpointer data;
  gint64 first;
  double *squares;
} SalPath;

/**
 * sal_path_integrate:
 * @sum: (inout): Σ over the points of gradient ⊙ way, in the shape of the scorer's gradient
 * @before: (nullable): added to partial results, for a mean over several paths
 *
 * Reports, for a path that knows places, "path-alphas", "path-scores" (the target's score at each
 * point) and "path-slopes" (the mean over the elements of the gradient's magnitude).
 *
 * Returns: %FALSE and @error if cancelled
 */
gboolean sal_path_integrate (SalExplainer *explainer, SalScorer *scorer, const SalPath *path,
                             double *sum, const double *before, const SalProgress *progress,
                             GError **error);

/** sal_path_values: Returns: (transfer full): @sum · @scale in the shape of the scorer's gradient
 */
SalTensor *sal_path_values (const SalScorer *scorer, const double *sum, double scale);

/** sal_path_straight: writes @from + @alpha (@to - @from), of @n elements */
void sal_path_straight (const float *from, const float *to, float alpha, gint64 n, float *x);
