/* Many small jobs, one after the other: thumbnails, the cells of a grid. Where a lane (jobs.h)
 * forgets what waits when something newer is asked for, a queue does all of it, the most urgent
 * first. Everything here is called, and calls back, on the main thread, except SalQueueType.run. */
#pragma once

#include "engine/base/progress.h"

/**
 * SalQueueType: what a queue does
 * @run: does the work, in a worker thread; the answer, or %NULL and @error
 * @progress: (nullable): how far the running job is, and what there is of its result
 * @done: the answer (transfer full), or %NULL and @error. Called once for each job that was not
 *   cancelled, with the key it was added under
 * @free_input, @free_result: how to free both
 */
typedef struct {
  gpointer (*run) (gpointer input, const SalProgress *progress, GError **error);
  void (*progress) (gpointer key, double fraction, const SalPartial *partial, gpointer owner);
  void (*done) (gpointer key, gpointer result, const GError *error, gpointer owner);
  GDestroyNotify free_input;
  GDestroyNotify free_result;
} SalQueueType;

typedef struct _SalQueue SalQueue;

/** sal_queue_new: @type must outlive the queue, and @owner too: it gets no calls after
 *  sal_queue_free() */
SalQueue *sal_queue_new (const SalQueueType *type, gpointer owner);
/** sal_queue_free: cancels what runs, forgets what waits */
void sal_queue_free (SalQueue *queue);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SalQueue, sal_queue_free)

/**
 * sal_queue_add:
 * @key: names the job; must stay valid until done() or sal_queue_cancel(). A job that waits under
 *   the same key is replaced
 * @input: (transfer full): for @run
 * @urgency: the highest goes first; of equal ones the earliest
 */
void sal_queue_add (SalQueue *queue, gpointer key, gpointer input, int urgency);
/** sal_queue_cancel: nothing is heard of @key's job any more */
void sal_queue_cancel (SalQueue *queue, gpointer key);
/** sal_queue_clear: cancels all */
void sal_queue_clear (SalQueue *queue);
/** sal_queue_length: Returns: how many jobs wait or run */
guint sal_queue_length (const SalQueue *queue);
/** sal_queue_has: Returns: whether @key's job waits or runs */
gboolean sal_queue_has (const SalQueue *queue, gpointer key);
