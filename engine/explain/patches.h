/* Scores of points that differ from one of them in a rectangle each: what they share is computed
 * once. Which way each takes follows from the rectangles and the network's shapes alone, so the
 * same points get the same bits for any number of threads. */
#pragma once

#include "engine/explain/route.h"
#include "engine/explain/scorer.h"

/** SalPatches: for one model and score; keeps the origin's values from one call to the next */
typedef struct _SalPatches SalPatches;

/**
 * sal_patches_new:
 * @scores: value with the class scores
 * @threads: workers
 * @batch: points a pass, where there are enough of them
 * @whole_batch: the same for a pass through the whole network
 *
 * Returns: (transfer full) (nullable): %NULL where no change stays within a part of any value: for
 *   networks that take no pictures, transformers ...
 */
SalPatches *sal_patches_new (SalModel *model, int scores, int threads, int batch, int whole_batch);
void sal_patches_free (SalPatches *patches);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SalPatches, sal_patches_free)

/**
 * sal_patches_begin:
 * @points: with an origin; kept until the next call
 * @team: (nullable): threads that share the origin's pass
 * @n_pieces: (out): passes to make; 0 where passes through the whole network are as fast
 *
 * Returns: %FALSE and @error if cancelled
 */
gboolean sal_patches_begin (SalPatches *patches, const SalPoints *points, SalTeam *team,
                            gint64 *n_pieces, GCancellable *cancellable, GError **error);

/** sal_patches_origin: Returns: (transfer none): the origin's class scores, and so those of all
 *  points that are the same */
const float *sal_patches_origin (const SalPatches *patches);

/** sal_patches_piece: Returns: (transfer none) (array length=n): numbers of the points in a pass;
 *  each point that may differ from the origin is in one */
const gint64 *sal_patches_piece (const SalPatches *patches, gint64 piece, int *n);

/**
 * sal_patches_run:
 * @worker: 0 .. threads-1; one thread each
 * @team: (nullable): threads that share the work
 * @z: (array): gets the class scores of the piece's points one after the other
 *
 * Returns: %FALSE and @error if cancelled
 */
gboolean sal_patches_run (SalPatches *patches, int worker, gint64 piece, SalTeam *team, float *z,
                          GCancellable *cancellable, GError **error);
/** sal_patches_most: Returns: the most points of any piece */
int sal_patches_most (const SalPatches *patches);
