/* The operator interface: what a plan asks of an operator, and what its kernels are handed.
 *
 * An operator is one SalOp row in the table of its family: a `setup` that checks everything and
 * fixes the output shapes when a plan is made, a `forward`, and a `backward` that is its
 * derivative. Kernels cannot fail. To add an operator, write the three side by side in the file of
 * its family and add the row; nothing else names it. */
#pragma once

#include "engine/base/team.h"
#include "engine/ops/gate.h"
#include "engine/ops/node.h"

/** SAL_MAX_OUTPUTS: more than any supported operator has (Split may have many) */
#define SAL_MAX_OUTPUTS 256

/* What of a node's values must still be there when its backward runs: a set of bits. Inputs above
 * 15 are kept with SAL_KEEP_INPUTS only. Constants are always there. */
#define SAL_KEEP_NOTHING 0u
#define SAL_KEEP_X(i) (1u << (i))
#define SAL_KEEP_INPUTS 0xffffu
#define SAL_KEEP_OUTPUT (1u << 16)

#define SAL_SKIPS_X (1u << 0)
#define SAL_SKIPS_Y (1u << 1)

typedef struct _SalOp SalOp;
typedef struct _SalOpSetup SalOpSetup;
typedef struct _SalOpArgs SalOpArgs;

/**
 * SalOpSetup: handed to an operator's setup when a plan is made.
 * @node: the node, with its attributes
 * @n_x: number of inputs, left-out ones included
 * @x_given: whether input i is there
 * @x_shape: its shape, complete
 * @x_type: float or integer
 * @x_value: (nullable): its value where it is known when the plan is made (weights, results of
 *   shape arithmetic), else %NULL. An operator whose output shape depends on a value (Reshape,
 *   Slice ...) refuses with %SAL_ERROR_UNSUPPORTED where that is %NULL.
 * @n_y: number of outputs
 *
 * To be filled in by setup:
 * @y_shape: shape of each output
 * @y_type: float (default: the type of input 0) or integer
 * @keep: what backward reads; starts as the row's @keep
 * @y_value: (array of nullable) (transfer full): set where an output is known from the inputs'
 *   shapes alone (Shape, Size): forward is then never called. A node whose inputs are all known is
 *   computed by the plan itself and needs nothing here.
 * @view: %TRUE if output 0 is input 0's memory with another shape: forward and backward are then
 *   never called, for the plan lets both share one buffer
 * @sets: inputs (bit i) whose gradient backward can set, not only add to: it must where SalOpArgs'
 *   @set says so
 * @passes: the addend: an input of output 0's shape whose gradient is output 0's unchanged, -1 (the
 *   default) for none. Both may then share one buffer: backward does nothing for it where gx[i] is
 *   gy[0], and reads gy[0] before anything is added to it
 * @clamps: %TRUE if output 0 ends in a clamp whose gate forward writes (SalOpArgs' @gate); backward
 *   is then handed gradients that have been through the gate
 * @gates: inputs (bit i) whose finished gradient backward can put through a gate (SalOpArgs'
 *   @x_gate), so that no further pass over it is needed
 * @skips: SAL_SKIPS_X if the inputs that have gradients, SAL_SKIPS_Y if output 0 may lie in wider
 *   values, so that the kernels find gaps between the rows of their last axis (SalOpArgs' @x_step,
 *   @y_step)
 * @joins: %TRUE if output 0 is the inputs side by side on the last axis. An input may then lie in
 *   its place within the output already, and its gradient within the output's: the kernels leave
 *   alone what is there
 * @prepare_backward: (nullable): called when the plan is to run backward; may add to the state and
 *   raise @scratch_bytes
 * @state: the operator's own numbers (strides, axes, prepared weights), made with
 *   sal_op_setup_state(); read-only afterwards, shared by all runs
 * @saved_bytes: memory that forward fills and backward reads (an argmax, gate bits)
 * @scratch_bytes: memory that a kernel may use while it runs
 * @packed_bytes: of constants, as forward reads them
 * @multiply_adds: how many multiply-adds forward takes, for reports
 */
struct _SalOpSetup {
  const SalNode *node;
  int n_x, n_y;
  const gboolean *x_given;
  const SalShape *x_shape;
  const SalType *x_type;
  SalTensor *const *x_value;

  SalShape *y_shape;
  SalType *y_type;
  SalTensor **y_value;
  guint keep;
  gboolean view;
  guint sets;
  int passes;
  gboolean clamps;
  guint gates;
  guint skips;
  gboolean joins;
  void (*prepare_backward) (SalOpSetup *setup);
  gpointer state;
  GDestroyNotify state_free;
  gsize saved_bytes;
  gsize scratch_bytes;
  gsize packed_bytes;
  gint64 multiply_adds;
};

/**
 * sal_op_setup_state:
 * @state_free: (nullable): frees the whole state; %NULL for g_free()
 *
 * Returns: (transfer none): @size zeroed bytes that become @setup's state
 */
gpointer sal_op_setup_state (SalOpSetup *setup, gsize size, GDestroyNotify state_free);

/**
 * sal_op_setup_fail:
 *
 * Sets @error to `Conv "layer1/conv": ` followed by the text, translated. Returns: %FALSE
 */
gboolean sal_op_setup_fail (const SalOpSetup *setup, GError **error, int code, const char *format,
                            ...) G_GNUC_PRINTF (4, 5);

/**
 * sal_op_setup_ints:
 * @i: an input that must be known when the plan is made
 * @n: (out): its number of elements
 *
 * Returns: (nullable) (transfer none): the elements of integer input @i, or %NULL with @error set
 */
const gint64 *sal_op_setup_ints (const SalOpSetup *setup, int i, gint64 *n, GError **error);

/** sal_op_setup_has: Returns: whether input @i is given */
static inline gboolean
sal_op_setup_has (const SalOpSetup *setup, int i)
{
  return i < setup->n_x && setup->x_given[i];
}

/**
 * SalOpArgs: handed to forward and backward.
 * @x: inputs, %NULL where left out; integer inputs are read with sal_x_ints(). In backward, only
 *   what the operator keeps may be read.
 * @y: outputs; in backward, only with SAL_KEEP_OUTPUT
 * @gx: (backward) gradients of the inputs, %NULL where nobody asked or the input is an integer;
 *   backward ADDS to them and never sets them
 * @gy: (backward) gradients of the outputs, %NULL where nothing reached that output: then it counts
 *   as zero (never for output 0 of a one-output operator)
 * @x_step: from one row of input i's last axis to the next, in floats; for its gradient too. The
 *   row's length but where the operator says that it @skips
 * @y_step: likewise of output 0
 * @set: inputs (bit i) whose gradient backward must set, for they hold nothing yet
 * @gate: (nullable): a bit for each element of output 0, 1 where the gradient passes, for forward
 * to fill (gate.h); @gate_step bytes from one row of the last axis to the next. %NULL where no
 *   backward pass will be made
 * @x_gate: (nullable): in backward, the gate that the gradient of input i is to be put through once
 *   everything has been added to it; @x_gate_step bytes from row to row
 * @team: (nullable): threads that may share the work
 * @x_shape: shapes of the inputs; @y_shape of the outputs
 * @n: number of elements of output 0
 * @state, @saved, @scratch: see SalOpSetup; memory is 64-byte aligned, scratch is not cleared
 * @rule, @rule_scratch: (nullable): for backward rules that replace an operator's own (plan.h)
 */
struct _SalOpArgs {
  const SalNode *node;
  int n_x, n_y;
  const float *const *x;
  float *const *y;
  float *const *gx;
  const float *const *gy;
  const gint64 *x_step;
  gint64 y_step;
  guint set;
  guint8 *gate;
  gint64 gate_step;
  const guint8 *const *x_gate;
  const gint64 *x_gate_step;
  SalTeam *team;
  const SalShape *x_shape;
  const SalShape *y_shape;
  const SalType *x_type;
  gint64 n;
  gconstpointer state;
  gpointer saved;
  gpointer scratch;
  gconstpointer rule;
  gpointer rule_scratch;
};

/** sal_x_ints: Returns: the elements of integer input @i */
static inline const gint64 *
sal_x_ints (const SalOpArgs *a, int i)
{
  return (const gint64 *) (gconstpointer) a->x[i];
}

/** sal_y_ints: Returns: the elements of integer output @i */
static inline gint64 *
sal_y_ints (const SalOpArgs *a, int i)
{
  return (gint64 *) (gpointer) a->y[i];
}

typedef gboolean (*SalSetupFunc) (SalOpSetup *setup, GError **error);
typedef void (*SalKernelFunc) (const SalOpArgs *a);

/**
 * SalOp:
 * @name: ONNX's name
 * @since: first opset with this meaning; a row stands for every opset from here to the next row of
 *   the same name
 * @keep: what backward reads (SAL_KEEP_...)
 * @setup: checks attributes and shapes, sizes memory
 * @forward: computes the outputs
 * @backward: (nullable): adds to the inputs' gradients; %NULL where the derivative is zero or does
 *   not exist (integer results, comparisons, rounding)
 */
struct _SalOp {
  const char *name;
  int since;
  guint keep;
  SalSetupFunc setup;
  SalKernelFunc forward;
  SalKernelFunc backward;
};

/**
 * sal_op_find:
 *
 * Returns: (nullable) (transfer none): the row of operator @name in opset @opset
 */
const SalOp *sal_op_find (const char *name, int opset);

/** sal_op_families: Returns: (transfer none): %NULL-terminated list of the families' tables */
const SalOp *const *sal_op_families (void);

/* Setups that several families share. */

/** sal_setup_view: output 0 is input 0 unchanged (Identity, Dropout) */
gboolean sal_setup_view (SalOpSetup *setup, GError **error);
