/* Independent pieces of work spread over threads, their results taken in order. */
#pragma once

#include <gio/gio.h>

/** sal_threads: Returns: @wanted, or the number of processors where it is 0; at least 1 */
int sal_threads (int wanted);

/**
 * SalOrderedWork:
 * @n: number of pieces
 * @work: computes piece @piece as worker @worker (0 .. threads-1, each a thread of its own, so it
 *   indexes what one thread may use alone); %FALSE and @error end everything
 * @take: called once for each piece, in order of the pieces whatever the number of threads, never
 *   by two threads at once, by the worker that computed it: results are added up here, so sums
 *   have the same bits for any number of threads
 */
typedef struct {
  gint64 n;
  gboolean (*work) (int worker, gint64 piece, gpointer data, GError **error);
  gboolean (*take) (int worker, gint64 piece, gpointer data, GError **error);
  gpointer data;
} SalOrderedWork;

/**
 * sal_parallel_ordered:
 * @threads: at most so many; 1 runs everything in the calling thread
 *
 * Workers never wait for each other except for their turn to hand in a piece, so one result per
 * worker is all that is ever held.
 *
 * Returns: %FALSE and the first error; no worker is left running
 */
gboolean sal_parallel_ordered (const SalOrderedWork *work, int threads, GError **error);
