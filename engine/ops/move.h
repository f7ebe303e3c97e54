/* Operators that only move elements: each element of the output is an element of the input, found
 * by strides (Transpose, Slice, Expand, Tile ...). Their derivative moves the gradient back. */
#pragma once

#include "engine/ops/op.h"
#include "engine/ops/walk.h"

/**
 * sal_setup_move:
 * @walk: sealed, over y (operand 0) and x (operand 1)
 * @x_offset: element of x that the walk starts at
 *
 * Sets the operator up for sal_move_forward() and sal_move_backward(), or makes the output a view
 * of the input where the elements keep their order. Output 0 must have its shape by now. Returns:
 * %TRUE
 */
gboolean sal_setup_move (SalOpSetup *setup, const SalWalk *walk, gint64 x_offset);
/** sal_move_forward: y = the elements of x that the walk visits */
void sal_move_forward (const SalOpArgs *a);
void sal_move_backward (const SalOpArgs *a);

/** sal_copy_forward: y = x, for operators that are a view in most cases */
void sal_copy_forward (const SalOpArgs *a);
void sal_copy_backward (const SalOpArgs *a);
