/* Walking through several arrays at once, each with strides of its own: the loop under
 * broadcasting, transposition, slicing and reduction.
 *
 * A walk visits a box of index tuples. For each operand it knows how far apart neighbours on an
 * axis lie in memory: 0 where the operand is broadcast along it. Axes are merged where every
 * operand allows, so that most walks end up with one to three axes and a long innermost one, which
 * the caller loops over itself. */
#pragma once

#include "engine/tensor/tensor.h"

/** SAL_WALK_RANK: room for operators that split each axis in two (Tile, DepthToSpace) */
#define SAL_WALK_RANK (2 * SAL_MAX_RANK)
#define SAL_WALK_OPERANDS 4

/**
 * SalWalk: zero-initialise, sal_walk_axis() for each axis, then sal_walk_seal().
 * @rank: number of axes left after merging, at least 1 once sealed
 * @dim: their lengths, outermost first
 * @stride: for each operand, in elements
 */
typedef struct {
  int rank;
  gint64 dim[SAL_WALK_RANK];
  gint64 stride[SAL_WALK_OPERANDS][SAL_WALK_RANK];
} SalWalk;

/** SalWalkAt: where a walk is; @offset is the element of each operand */
typedef struct {
  gint64 index[SAL_WALK_RANK];
  gint64 offset[SAL_WALK_OPERANDS];
} SalWalkAt;

/**
 * sal_walk_axis:
 * @dim: its length
 * @stride: (array fixed-size=4): strides of the operands along it; 0 for operands there are not
 *
 * Adds an axis inside those there already are.
 */
void sal_walk_axis (SalWalk *walk, gint64 dim, const gint64 stride[SAL_WALK_OPERANDS]);
/** sal_walk_seal: makes sure that there is an axis at all */
void sal_walk_seal (SalWalk *walk);

/**
 * sal_walk_broadcast:
 * @y: shape of operand 0, contiguous
 * @x: (array length=n): shapes of operands 1 .. @n, which must broadcast to @y
 *
 * Makes the whole walk of numpy's broadcasting.
 */
void sal_walk_broadcast (SalWalk *walk, const SalShape *y, const SalShape *const *x, int n);

/** sal_walk_strides: (out) @stride: of a contiguous array, in elements */
void sal_walk_strides (const SalShape *shape, gint64 stride[SAL_MAX_RANK]);

/** sal_walk_first: Returns: %FALSE if there is nothing to visit */
gboolean sal_walk_first (const SalWalk *walk, SalWalkAt *at);
/**
 * sal_walk_next:
 * @inner: how many of the innermost axes the caller loops over itself, 0 to 2
 *
 * Returns: %FALSE once every place has been visited
 */
gboolean sal_walk_next (const SalWalk *walk, int inner, SalWalkAt *at);

/** sal_walk_n: Returns: length of the innermost axis */
static inline gint64
sal_walk_n (const SalWalk *walk)
{
  return walk->dim[walk->rank - 1];
}

/** sal_walk_step: Returns: stride of an operand along the innermost axis */
static inline gint64
sal_walk_step (const SalWalk *walk, int operand)
{
  return walk->stride[operand][walk->rank - 1];
}

/* Moving elements: a walk of operand 0 (y, each element once) and operand 1 (x). */

/**
 * sal_walk_tile:
 *
 * Reorders the axes of a copying walk so that sal_walk_copy() and sal_walk_add() can go through a
 * transposition in tiles that stay in cache.
 */
void sal_walk_tile (SalWalk *walk);
/** sal_walk_copy: y[operand 0] = x[operand 1] */
void sal_walk_copy (const SalWalk *walk, SalType type, gpointer y, gconstpointer x);
/** sal_walk_add: gx[operand 1] += gy[operand 0], in the order of operand 0 */
void sal_walk_add (const SalWalk *walk, float *gx, const float *gy);
