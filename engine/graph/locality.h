/* How far a change of a picture reaches: which values of a network depend on it place by place, and
 * on which places.
 *
 * From the input on, as long as every node is a convolution, a pool, or takes places one by one, a
 * changed rectangle changes a rectangle of each value, and what it changes there can be computed
 * from a somewhat larger part of a value before. Where all that is computed later goes through one
 * value, the network may be cut: what lies before the cut need not be computed again for places
 * that the change does not reach. */
#pragma once

#include "engine/graph/plan.h"

/** SalSpan: positions @first .. @last along an axis; none where @last < @first */
typedef struct {
  gint64 first, last;
} SalSpan;

#define SAL_SPAN_NONE ((SalSpan){ 0, -1 })

static inline gboolean
sal_span_is_empty (SalSpan span)
{
  return span.last < span.first;
}

/**
 * SalExtent: a rectangle of a picture
 * @span: its rows and columns; the rectangle is empty if either is
 */
typedef struct {
  SalSpan span[2];
} SalExtent;

#define SAL_EXTENT_NONE ((SalExtent){ { SAL_SPAN_NONE, SAL_SPAN_NONE } })

static inline gboolean
sal_extent_is_empty (const SalExtent *places)
{
  return sal_span_is_empty (places->span[0]) || sal_span_is_empty (places->span[1]);
}

/** sal_extent_include: makes it large enough to hold a place */
static inline void
sal_extent_include (SalExtent *extent, gint64 row, gint64 column)
{
  const gint64 at[2] = { row, column };

  for (int axis = 0; axis < 2; axis++) {
    SalSpan *span = &extent->span[axis];

    if (sal_span_is_empty (*span))
      *span = (SalSpan){ at[axis], at[axis] };
    span->first = MIN (span->first, at[axis]);
    span->last = MAX (span->last, at[axis]);
  }
}

/**
 * SalCut: a value that everything after it depends on the input through
 * @shape: as in the plan
 * @rows: its axis of rows; that of columns is the next
 * @stride: input places, down and across, from one of its places to the next
 */
typedef struct {
  int value;
  SalShape shape;
  int rows;
  gint64 stride[2];
} SalCut;

/** SalLocality: of one graph and input shape; immutable */
typedef struct _SalLocality SalLocality;

/**
 * sal_locality_new:
 * @graph: sealed
 * @plan: a plan of it, whose shapes and constants count
 * @input: the value that is changed, one picture
 * @rows: its axis of rows: 2 for N×C×H×W, 1 for N×H×W×C
 * @output: what is computed in the end
 *
 * Returns: (transfer full) (nullable): %NULL where the network can be cut nowhere
 */
SalLocality *sal_locality_new (SalGraph *graph, const SalPlan *plan, int input, int rows,
                               int output);
void sal_locality_free (SalLocality *locality);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SalLocality, sal_locality_free)

/** sal_locality_n_cuts: at least 2; the first is the input itself */
int sal_locality_n_cuts (const SalLocality *locality);
/** sal_locality_cut: Returns: (transfer none): in order of computation */
const SalCut *sal_locality_cut (const SalLocality *locality, int cut);

/**
 * sal_locality_reach:
 * @axis: 0 for rows, 1 for columns
 * @changed: of the input
 * @at: (out) (array length=n_cuts): what may change at each cut; no place outside does
 */
void sal_locality_reach (const SalLocality *locality, int axis, SalSpan changed, SalSpan *at);

/**
 * sal_locality_step: Returns: places of cut @from, along @axis, to one place of the later cut @to:
 *  parts that are computed by themselves begin at multiples of it
 */
gint64 sal_locality_step (const SalLocality *locality, int from, int to, int axis);

/**
 * sal_locality_spare:
 * @from, @to: cuts, in this order
 * @wanted: places of @to
 * @front, @back: (out): how many steps of @from can be cut off at either end, so that the same
 *   nodes still compute the wanted places, with the network's own padding where they meet it
 *
 * After that @to is shorter by @front + @back places, and wanted ones are found @front places
 * earlier. Any fewer may be cut off as well.
 */
void sal_locality_spare (const SalLocality *locality, int from, int to, int axis, SalSpan wanted,
                         gint64 *front, gint64 *back);

/**
 * sal_locality_cost:
 * @off: steps of @from that are cut off, down and across
 *
 * Returns: an estimate of the time from one cut to another, in multiply-adds of a convolution
 */
double sal_locality_cost (const SalLocality *locality, int from, int to, const gint64 off[2]);
/** sal_locality_rest: Returns: the same from a cut to the output */
double sal_locality_rest (const SalLocality *locality, int from);
