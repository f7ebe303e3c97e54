/* Tensors of indices: checking them, and working out which elements they name. Shared by the
 * operators that gather and those that scatter. */
#pragma once

#include "engine/ops/op.h"
#include "engine/ops/walk.h"

/**
 * sal_index_check:
 * @i: an input of indices
 * @dim: length of the axis they point into
 *
 * Returns: %FALSE and %SAL_ERROR_SHAPE if the axis is empty and indices are not, or if the indices
 *   are known and one is outside -@dim .. @dim-1
 */
gboolean sal_index_check (const SalOpSetup *setup, int i, gint64 dim, GError **error);

/** sal_index_inside: Returns: @index as 0 .. @dim-1: counted from the end where it is negative, and
 *  the nearest where it is outside */
static inline gint64
sal_index_inside (gint64 index, gint64 dim)
{
  if (index < 0)
    index = index < -dim ? 0 : index + dim;
  return index < dim ? index : dim - 1;
}

/**
 * SalPlaces: blocks of elements of input 0 that input 1 points at
 * @shape: shape of all blocks together: the output of a gather, the updates of a scatter
 * @n: number of blocks
 * @block: elements in each, contiguous
 */
typedef struct {
  SalShape shape;
  gint64 n;
  gint64 block;
  gboolean tuples;
  /* elements: a walk of the indices and of x without the axis */
  SalWalk walk;
  gint64 dim, stride;
  /* tuples of indices */
  int length;
  gint64 batch_count, batch_stride;
  gint64 dims[SAL_MAX_RANK], strides[SAL_MAX_RANK];
} SalPlaces;

/** sal_places_of_elements: reads input 1 as GatherElements and ScatterElements do: as an index on
 *  attribute `axis` for each element */
gboolean sal_places_of_elements (SalOpSetup *setup, SalPlaces *places, GError **error);
/** sal_places_of_tuples: reads input 1 as GatherND (with attribute `batch_dims`) and ScatterND do:
 *  its last axis is a tuple of indices */
gboolean sal_places_of_tuples (SalOpSetup *setup, SalPlaces *places, GError **error);
/** sal_places_bytes: Returns: size of what sal_places_find() fills */
gsize sal_places_bytes (const SalPlaces *places);
/** sal_places_find: @place: (out) (array length=n): the element of x that each block begins at */
void sal_places_find (const SalPlaces *places, const gint64 *index, gint64 *place);
