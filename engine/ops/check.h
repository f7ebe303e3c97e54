/* Checks of a setup beyond expect.h: inputs that must be of one type, and lists of axes. */
#pragma once

#include "engine/ops/op.h"

/** sal_check_same_type: Returns: %FALSE and %SAL_ERROR_FORMAT if inputs @i and @j differ in type */
gboolean sal_check_same_type (const SalOpSetup *setup, int i, int j, GError **error);

/**
 * sal_check_axes:
 * @axes: (array length=n): as ONNX counts them
 * @chosen: (out) (array length=rank): TRUE for each axis named
 *
 * Returns: %FALSE and %SAL_ERROR_SHAPE if an axis is outside or named twice
 */
gboolean sal_check_axes (const SalOpSetup *setup, const gint64 *axes, gint64 n, int rank,
                         gboolean *chosen, GError **error);

/**
 * sal_check_axes_given:
 * @attribute: name of the attribute that lists them
 * @input: number of the input that lists them, -1 where the opset has the attribute
 * @axes: (out) (nullable) (transfer none): the list; %NULL where there is none
 * @n: (out): its length
 *
 * For the operators whose axes were an attribute first and an input later.
 *
 * Returns: %FALSE and @error if the input is not known when the plan is made
 */
gboolean sal_check_axes_given (const SalOpSetup *setup, const char *attribute, int input,
                               const gint64 **axes, gint64 *n, GError **error);

/** sal_setup_unary: one float input, one output of the same shape */
gboolean sal_setup_unary (SalOpSetup *setup, GError **error);
