/* Operators that only move elements: each element of the output is an element of the input, found
 * by strides (Transpose, Slice, Expand, Tile ...). Their derivative moves the gradient back. */
#pragma once

#include "engine/ops/op.h"
#include "engine/ops/walk.h"

/**
 * SalMove:
 * @walk: operand 0 is the side that is written in whole or in part once per element, operand 1 the
 *   side that is read
 * @y_offset: where the walk starts in operand 0
 * @x_offset: where it starts in operand 1
 */
typedef struct {
  SalWalk walk;
  gint64 y_offset;
  gint64 x_offset;
} SalMove;

/** sal_move_run: y = x; @type: of both */
void sal_move_run (const SalMove *move, SalType type, gpointer y, gconstpointer x);
/** sal_move_back: gx += gy */
void sal_move_back (const SalMove *move, float *gx, const float *gy);

/**
 * sal_setup_move:
 * @walk: sealed, over y (operand 0) and x (operand 1)
 * @x_offset: element of x that the walk starts at
 *
 * Makes @walk the operator's state, or the output a view of the input where the elements keep
 * their order. Output 0 must have its shape by now. Returns: %TRUE
 */
gboolean sal_setup_move (SalOpSetup *setup, const SalWalk *walk, gint64 x_offset);
void sal_move_forward (const SalOpArgs *a);
void sal_move_backward (const SalOpArgs *a);

/** sal_copy_forward: y = x, for operators that are a view in most cases */
void sal_copy_forward (const SalOpArgs *a);
void sal_copy_backward (const SalOpArgs *a);
