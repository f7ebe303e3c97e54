/* How a long computation reports how far it is, shows what it has so far, and is stopped. */
#pragma once

#include <gio/gio.h>

typedef struct _SalTensor SalTensor;

/**
 * SalPartial: what there is of an attribution
 * @values: as it stands (a running mean, a growing integral), in the shape of the final one
 * @error: (nullable): the standard error of a running mean, in the same shape
 */
typedef struct {
  SalTensor *values;
  SalTensor *error;
} SalPartial;

/**
 * SalProgressFunc:
 * @fraction: 0..1 of the whole work
 * @partial: (nullable): valid during the call only, its tensors too unless a reference is taken
 *
 * Called in the thread that computes, never by two threads at once.
 */
typedef void (*SalProgressFunc) (double fraction, const SalPartial *partial, gpointer data);

/**
 * SalProgress:
 * @cancellable: (nullable): asked at every step
 * @func: (nullable): told at every step
 * @partials: whether @func wants partial results (they cost a copy each)
 * @keeps: whether a mean of samples that is stopped is an answer, of as many as there are by then,
 *   instead of an error (sal_explain())
 * @from: where this part of the work starts, 0..1 of the whole
 * @span: how much of the whole this part is
 *
 * Passed by value or const pointer; a part of a longer work gets its own with
 * sal_progress_part(). A %NULL progress is allowed everywhere: no report, no stop.
 */
typedef struct {
  GCancellable *cancellable;
  SalProgressFunc func;
  gpointer data;
  gboolean partials;
  gboolean keeps;
  double from;
  double span;
} SalProgress;

#define SAL_PROGRESS_INIT(cancellable, func, data)                                                 \
  {                                                                                                \
    (cancellable), (func), (data), TRUE, FALSE, 0.0, 1.0                                           \
  }

/**
 * sal_progress_part:
 * @from: start of the part, 0..1 of @progress
 * @to: end of the part, 0..1 of @progress
 *
 * Returns: progress for one part, which reports no partial results and keeps none: a part's
 *   map is not the whole's map
 */
SalProgress sal_progress_part (const SalProgress *progress, double from, double to);

/**
 * sal_progress_step:
 * @fraction: 0..1 of this part
 * @partial: (nullable): the attribution so far
 *
 * Returns: %FALSE and G_IO_ERROR_CANCELLED in @error once the work is cancelled
 */
gboolean sal_progress_step (const SalProgress *progress, double fraction, const SalPartial *partial,
                            GError **error);

/** sal_progress_cancellable: Returns: (nullable) (transfer none): what stops the work */
GCancellable *sal_progress_cancellable (const SalProgress *progress);
