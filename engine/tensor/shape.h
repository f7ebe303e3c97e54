/* The shape of a tensor: how many axes, and how long each is. Small, passed by value. */
#pragma once

#include <glib.h>

/** SAL_MAX_RANK: more axes than any classifier uses; a model with more is refused */
#define SAL_MAX_RANK 8

/**
 * SalShape:
 * @rank: number of axes, 0 for a scalar
 * @dim: length of each axis, outermost first (N, C, H, W for pictures); in a graph's declared
 *   shapes -1 where the length is open
 */
typedef struct {
  int rank;
  gint64 dim[SAL_MAX_RANK];
} SalShape;

/** SAL_SHAPE: a shape from its lengths: `SAL_SHAPE (1, 3, 224, 224)` */
#define SAL_SHAPE(...)                                                                             \
  ((SalShape){ .rank = (int) (sizeof ((gint64[]){ __VA_ARGS__ }) / sizeof (gint64)),               \
               .dim = { __VA_ARGS__ } })
#define SAL_SCALAR ((SalShape){ .rank = 0 })

/**
 * sal_shape_count:
 *
 * Returns: the number of elements; 1 for a scalar. The shape must be a checked one (see
 *   sal_shape_check()), so the product cannot overflow.
 */
gint64 sal_shape_count (const SalShape *shape);

/**
 * sal_shape_check:
 * @what: what has this shape, for the message; to be translated
 *
 * Returns: %FALSE and %SAL_ERROR_SHAPE if an axis is negative or the element count passes
 *   2^40 (a bound far above any memory, far below overflow)
 */
gboolean sal_shape_check (const SalShape *shape, const char *what, GError **error);

gboolean sal_shape_equal (const SalShape *a, const SalShape *b);

/** sal_shape_row: Returns: the length of the last axis, 1 for a scalar */
gint64 sal_shape_row (const SalShape *shape);

/** sal_shape_span: Returns: the product of the lengths of axes @from .. @to-1 */
gint64 sal_shape_span (const SalShape *shape, int from, int to);

/**
 * sal_shape_axis:
 * @axis: -rank .. rank-1 in ONNX's way of counting
 * @result: (out): 0 .. rank-1
 *
 * Returns: %FALSE and %SAL_ERROR_SHAPE if @axis is outside
 */
gboolean sal_shape_axis (int rank, gint64 axis, int *result, GError **error);

/**
 * sal_shape_broadcast:
 * @y: (out): the shape of `a op b` under numpy's rules
 *
 * Returns: %FALSE and %SAL_ERROR_SHAPE if the two do not fit
 */
gboolean sal_shape_broadcast (const SalShape *a, const SalShape *b, SalShape *y, GError **error);

/** sal_shape_to_string: Returns: (transfer full): such as `1×3×224×224`; `?` for an open axis */
char *sal_shape_to_string (const SalShape *shape);
