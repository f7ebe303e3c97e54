/* Work off the main thread: the one place that starts threads.
 *
 * A lane runs one job at a time, the newest one asked for. While a job runs, what is asked for
 * next waits; what waited before it is forgotten. Everything here is called, and calls back, on the
 * main thread, except SalLaneType.run. */
#pragma once

#include "engine/base/progress.h"

/**
 * SalLaneType: what a lane does
 * @run: does the work, in a worker thread; the answer, or %NULL and @error
 * @progress: (nullable): how far the work is and, where there is one, the result so far (transfer
 *   none). Never more than one call is queued: a busy main loop gets the newest state, not a
 * backlog
 * @done: the answer (transfer full), or %NULL and @error (%G_IO_ERROR_CANCELLED after
 *   sal_lane_cancel()). Not called for work that sal_lane_start() replaced
 * @free_input, @free_result: how to free both; the input is freed on the main thread
 * @keeps: whether what a job has when sal_lane_cancel() stops it may be an answer (progress.h), and
 *   goes to @done then
 */
typedef struct {
  gpointer (*run) (gpointer input, const SalProgress *progress, GError **error);
  void (*progress) (double fraction, const SalPartial *partial, gpointer owner);
  void (*done) (gpointer result, const GError *error, gpointer owner);
  GDestroyNotify free_input;
  GDestroyNotify free_result;
  gboolean keeps;
} SalLaneType;

/**
 * SalLaneManner: what becomes of the running job when a newer one is asked for
 * @SAL_LANE_REPLACE: it is cancelled now, and nothing of it is seen any more
 * @SAL_LANE_FOLLOW: for sliders in motion: it is cancelled as soon as it has shown something (or a
 *   moment has passed), so that a slider that never rests still shows where it is going. Should it
 *   end by itself, done() is called, with sal_lane_busy() still %TRUE
 * @SAL_LANE_QUEUE: it ends in its own time, for short work where the last request counts
 */
typedef enum { SAL_LANE_REPLACE, SAL_LANE_FOLLOW, SAL_LANE_QUEUE } SalLaneManner;

typedef struct _SalLane SalLane;

/** sal_lane_new: @type must outlive the lane, and @owner too: it gets no calls after
 *  sal_lane_free() */
SalLane *sal_lane_new (const SalLaneType *type, gpointer owner);
/** sal_lane_free: cancels what runs and forgets it; the worker cleans up behind itself */
void sal_lane_free (SalLane *lane);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SalLane, sal_lane_free)

/** sal_lane_start: @input: (transfer full): for @run */
void sal_lane_start (SalLane *lane, gpointer input, SalLaneManner manner);
/** sal_lane_cancel: stops what runs and drops what waits; done() tells when it has stopped */
void sal_lane_cancel (SalLane *lane);
/** sal_lane_forget: as sal_lane_cancel(), but nothing is heard of it any more */
void sal_lane_forget (SalLane *lane);
/** sal_lane_busy: Returns: whether something runs or waits of which something will be heard */
gboolean sal_lane_busy (const SalLane *lane);
/** sal_lane_count: Returns: how many jobs were really started */
guint sal_lane_count (const SalLane *lane);
/** sal_jobs_running: Returns: how many jobs of all lanes have not ended, also those of which
 * nothing will be heard */
guint sal_jobs_running (void);
