/* One thread's computation of a plan: fill the feeds, go forward, seed, go backward, read. */
#pragma once

#include "engine/graph/plan.h"

#include <gio/gio.h>

/** SalRun: buffers of one plan; belongs to one thread at a time */
typedef struct _SalRun SalRun;

SalRun *sal_run_new (SalPlan *plan);
void sal_run_free (SalRun *run);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SalRun, sal_run_free)

SalPlan *sal_run_plan (const SalRun *run);

/**
 * sal_run_feed:
 * @value: one of the plan's feeds
 *
 * Returns: (transfer none): the buffer to fill before each forward pass, in the feed's shape;
 *   floats or gint64 as the value's type is. Its content is lost when a pass runs, so it must be
 *   filled anew each time.
 */
gpointer sal_run_feed (SalRun *run, int value);

/** sal_run_set_team: @team: (nullable): threads that share the work of each node from now on; must
 *  outlive the run's use of it. Results are the same with any. */
void sal_run_set_team (SalRun *run, SalTeam *team);

/**
 * sal_run_forward:
 *
 * Returns: %FALSE and G_IO_ERROR_CANCELLED if cancelled, asked between any two nodes
 */
gboolean sal_run_forward (SalRun *run, GCancellable *cancellable, GError **error);

/**
 * sal_run_value:
 * @value: a feed, an output or a kept value of the plan, or one that is constant
 *
 * Returns: (transfer none): its elements after a forward pass
 */
gconstpointer sal_run_value (const SalRun *run, int value);

/**
 * sal_run_seed:
 * @value: one of the plan's float outputs; the plan must have gradients
 *
 * Returns: (transfer none): the buffer of the gradient with respect to it, for the caller to fill
 *   before each backward pass: zero except 1 at the score that is to be differentiated, or any
 *   cotangent. Outputs that are not seeded in between two backward passes count as zero.
 */
float *sal_run_seed (SalRun *run, int value);

/**
 * sal_run_backward:
 *
 * Computes the gradients of sum (seed · output) with respect to the plan's @gradients. Each
 * backward pass needs a forward pass of its own before it, for it reuses that one's memory.
 *
 * Returns: %FALSE and G_IO_ERROR_CANCELLED if cancelled
 */
gboolean sal_run_backward (SalRun *run, GCancellable *cancellable, GError **error);

/**
 * sal_run_gradient:
 * @value: one of the plan's @gradients
 *
 * Returns: (transfer none): the gradient after a backward pass, in the value's shape
 */
const float *sal_run_gradient (const SalRun *run, int value);
