/* First checks of an operator's setup: how many inputs and outputs there are, and of what type. */
#pragma once

#include "engine/ops/op.h"

/**
 * sal_op_expect:
 * @inputs: a letter for each input: `f` float, `i` integer, `a` either; those after `?` may be left
 *   out, and after `*` come any number like the last; `ff?f` is Conv's, `a*` is Concat's
 * @n_y: most outputs that the operator has
 *
 * Returns: %FALSE and %SAL_ERROR_FORMAT if an input is missing, there are too many of inputs or
 *   outputs, output 0 is left out, or a type is not the one expected
 */
gboolean sal_op_expect (const SalOpSetup *setup, const char *inputs, int n_y, GError **error);

/** sal_op_expect_inputs: the same for operators that may leave out output 0 (LSTM, Split) */
gboolean sal_op_expect_inputs (const SalOpSetup *setup, const char *inputs, int n_y,
                               GError **error);

/**
 * sal_op_expect_rank:
 *
 * Returns: %FALSE and %SAL_ERROR_SHAPE unless input @i has from @low to @high axes
 */
gboolean sal_op_expect_rank (const SalOpSetup *setup, int i, int low, int high, GError **error);

/**
 * sal_op_expect_shape:
 *
 * Returns: %FALSE and %SAL_ERROR_SHAPE unless input @i, if it is given, has shape @shape
 */
gboolean sal_op_expect_shape (const SalOpSetup *setup, int i, const SalShape *shape,
                              GError **error);

/**
 * sal_op_expect_axis:
 * @axis: as the file gives it, negative from the end
 * @result: (out): 0 .. rank-1
 *
 * Returns: %FALSE and %SAL_ERROR_SHAPE if input @i has no such axis
 */
gboolean sal_op_expect_axis (const SalOpSetup *setup, int i, gint64 axis, int *result,
                             GError **error);

/** sal_op_wants: Returns: whether output @i is given a name, so is to be computed */
static inline gboolean
sal_op_wants (const SalNode *node, int i)
{
  return i < node->n_y && node->y[i] != SAL_NO_VALUE;
}

/** sal_op_count: sets how many multiply-adds forward takes; a float64, for it may be any number */
static inline void
sal_op_count (SalOpSetup *setup, double multiply_adds)
{
  setup->multiply_adds = multiply_adds < 0x1p60 ? (gint64) multiply_adds : (gint64) 1 << 60;
}

/**
 * sal_op_keep_factors: for y = x[0] · x[1], where backward reads each factor only for the other's
 * gradient: does without the one whose partner is constant
 */
static inline void
sal_op_keep_factors (SalOpSetup *setup)
{
  for (int i = 0; i < 2; i++)
    if (setup->x_value[1 - i] != NULL)
      setup->keep &= ~SAL_KEEP_X (i);
}
