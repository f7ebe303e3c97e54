/* What LSTM, GRU and RNN share: sequences, directions, memory; the cells differ. Private to the
 * files of the recurrent operators. */
#pragma once

#include "engine/ops/op.h"

/** SalGate: an activation function of a cell, with its numbers */
typedef enum {
  SAL_GATE_SIGMOID,
  SAL_GATE_TANH,
  SAL_GATE_RELU,
  SAL_GATE_AFFINE,
  SAL_GATE_LEAKY_RELU,
  SAL_GATE_THRESHOLDED_RELU,
  SAL_GATE_SCALED_TANH,
  SAL_GATE_HARD_SIGMOID,
  SAL_GATE_ELU,
  SAL_GATE_SOFTSIGN,
  SAL_GATE_SOFTPLUS,
} SalGateKind;

typedef struct {
  SalGateKind kind;
  float alpha, beta;
} SalGate;

typedef struct _SalRecurrent SalRecurrent;
typedef struct _SalStep SalStepArgs;

/**
 * SalCell: one kind of recurrent network
 * @gates: blocks of H rows in W and R
 * @n_functions: activation functions of a direction
 * @functions: the default ones
 * @stored: blocks of H numbers of a step that backward reads
 * @has_cell: whether there is a second state C beside H
 * @forward: one step of all samples
 * @backward: its derivative
 */
typedef struct {
  int gates, n_functions, stored;
  const SalGateKind *functions;
  gboolean has_cell;
  void (*forward) (const SalStepArgs *step);
  void (*backward) (const SalStepArgs *step);
} SalCell;

/**
 * SalRecurrent: the state of a node
 * @T, @N, @I, @H: steps, samples, inputs, hidden size
 */
struct _SalRecurrent {
  const SalCell *cell;
  gint64 T, N, I, H;
  int directions;
  gboolean reverse[2];
  gboolean batch_first;
  gboolean coupled;             /* LSTM: the forget gate is 1 - the input gate */
  gboolean linear_before_reset; /* GRU */
  float clip;                   /* of what goes into an activation; 0 for none */
  SalGate function[2][3];
};

/**
 * SalStepArgs: one step of one direction, all samples; [N][...] each
 * @R: [gates · H][H]; @B: (nullable): [gates · H], the bias on R's side; @P: (nullable): peepholes
 * @input: W · x + biases, a row of gates · H for each sample and time, see sal_step_row()
 * @h, @c: states before the step; @h1, @c1: after it
 * @value, @slope: [N][stored · H], for the cell
 * @product: [N][gates · H] of scratch; in backward, what the cell leaves there is added to the bias
 * @hidden, @spare: [N][H] of scratch
 *
 * In backward: @dh and @dc, [N][H], come in as the gradients of h1 and c1 (what Y asks of h1 is
 * added already), and go out as those of h and c; @input takes the gradient of what it held.
 * @gR, @gP: (nullable): gradients to add to.
 */
struct _SalStep {
  const SalRecurrent *r;
  const SalOpArgs *args;
  int direction;
  gint64 step;
  const float *R, *B, *P;
  float *input;
  const float *h, *c;
  float *h1, *c1;
  float *value, *slope;
  float *product, *hidden, *spare;
  float *dh, *dc, *gR, *gP;
};

/** sal_step_row: Returns: the row of @input for sample @n, -1 once its sequence is over: then the
 *  states stay */
gint64 sal_step_row (const SalStepArgs *step, gint64 n);

/** sal_gate: Returns: the activation of @x; @slope: (out): its derivative */
float sal_gate (const SalRecurrent *r, const SalGate *gate, float x, float *slope);

/** sal_step_product: product[gates @from .. @to-1] = h · Rᵀ, for any [N][H] in @h */
void sal_step_product (const SalStepArgs *step, const float *h, int from, int to);
/** sal_step_product_backward: with product[gates @from .. @to-1] as the gradient: @dh += product ·
 * R and gR += productᵀ · @h */
void sal_step_product_backward (const SalStepArgs *step, const float *h, int from, int to,
                                float *dh);

/** sal_recurrent_saved: Returns: floats that a direction leaves for backward */
gint64 sal_recurrent_saved (const SalRecurrent *r);
/** sal_recurrent_scratch: Returns: floats of scratch memory */
gint64 sal_recurrent_scratch (const SalRecurrent *r);
void sal_recurrent_forward (const SalOpArgs *a);
void sal_recurrent_backward (const SalOpArgs *a);

extern const SalCell sal_cell_lstm, sal_cell_gru, sal_cell_rnn;
