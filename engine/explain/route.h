/* The way of points through a network, past what they have in common with one of them.
 *
 * Points that differ from an origin in a small rectangle differ in a small part of each early
 * value. A route cuts the network there (graph/locality.h): from cut to cut only a part around the
 * change is computed, and put into a copy of the origin's value; from the last cut on, all of it.
 */
#pragma once

#include "engine/graph/locality.h"
#include "engine/graph/run.h"
#include "engine/model.h"

/** SalRoute: for one model and for rectangles up to one size; a worker a thread */
typedef struct _SalRoute SalRoute;

/**
 * sal_route_new:
 * @locality: of the model; must outlive the route
 * @extents: (array length=n): what points change; none of them empty
 *
 * Chooses where to cut, by an estimate of the time.
 *
 * Returns: (transfer full): a route that cannot be taken before sal_route_open(); without any cuts
 *   it is a whole pass
 */
SalRoute *sal_route_new (const SalLocality *locality, const SalExtent *extents, gint64 n);
/** sal_route_new_whole: Returns: (transfer full): a whole pass */
SalRoute *sal_route_new_whole (const SalLocality *locality);
void sal_route_free (SalRoute *route);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SalRoute, sal_route_free)

/** sal_route_cost: Returns: an estimate of the time of one point, see sal_locality_cost() */
double sal_route_cost (const SalRoute *route);
/** sal_route_is_whole: Returns: whether it has no cuts */
gboolean sal_route_is_whole (const SalRoute *route);
/** sal_route_uses: Returns: whether it needs the origin's value at a cut */
gboolean sal_route_uses (const SalRoute *route, int cut);

/**
 * sal_route_open:
 * @graph: the model's, with cuts in any size
 * @scores: value to compute
 * @threads: workers
 * @batch: points a pass
 *
 * Returns: %FALSE and @error if a part of the network cannot be computed by itself
 */
gboolean sal_route_open (SalRoute *route, SalModel *model, SalGraph *graph, int scores, int threads,
                         int batch, GError **error);

/**
 * sal_route_enter:
 * @worker: 0 .. threads-1; one thread each
 * @number: 0 .. batch-1
 * @extent: where the point differs from the origin
 * @x: the point
 */
void sal_route_enter (SalRoute *route, int worker, int number, const SalExtent *extent,
                      const float *x);

/**
 * sal_route_run:
 * @n: points that have been entered, 1 .. batch
 * @origin: (array length=n_cuts): the origin's values at the cuts that the route uses
 * @team: (nullable): threads that share the work
 *
 * Returns: (transfer none) (nullable): the scores of the points, one after the other, or %NULL and
 *   @error if cancelled
 */
const float *sal_route_run (SalRoute *route, int worker, int n, SalTensor *const *origin,
                            SalTeam *team, GCancellable *cancellable, GError **error);
