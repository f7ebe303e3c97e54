/* How a graph is computed for fixed input shapes: the order, every shape, every buffer.
 *
 * All that can be wrong with a model and its input is found when the plan is made, and all the
 * memory a run will take is known then. A plan never changes and is shared by threads; each thread
 * has a SalRun of its own. */
#pragma once

#include "engine/graph/graph.h"
#include "engine/ops/op.h"

/**
 * SalFeed: a value that the caller fills in, and its shape. Usually a graph input; any other
 * float value may be fed as well (an embedding, an inner layer), and then what computes it is left
 * out of the plan.
 */
typedef struct {
  int value;
  SalShape shape;
} SalFeed;

/**
 * SalBinding: a value that is fixed when the plan is made: what follows from it alone is computed
 * then, as if it were a constant of the graph
 */
typedef struct {
  int value;
  SalTensor *tensor;
} SalBinding;

/**
 * SalRule: what takes the place of a node's derivative in a backward pass
 * @kernel: keeps backward's contract: adds to gx
 * @keep: what it reads (SAL_KEEP_...); what the operator's own backward reads to begin with
 * @scratch_bytes: memory that it may use beside the operator's own, see SalOpArgs
 * @data: handed to @kernel as SalOpArgs' @rule
 */
typedef struct {
  SalKernelFunc kernel;
  guint keep;
  gsize scratch_bytes;
  gconstpointer data;
} SalRule;

/**
 * SalRuleSet:
 * @find: asked once for each node but views when a plan is made, with its finished setup. %TRUE if
 *   @rule was filled in, %FALSE for the derivative
 * @data: for @find
 * @activations_only: %TRUE if no rule is found for anything but elementwise activations, and none
 *   reads more of its node than values and gradients: all else may then run in fused form
 *
 * Modified backward passes (guided backpropagation, DeconvNet, LRP, DeepLIFT ...) are rule sets:
 * operators keep their true derivative, and need not know of them.
 */
typedef struct {
  gboolean (*find) (const SalOpSetup *setup, const SalOp *op, SalRule *rule, gconstpointer data);
  gconstpointer data;
  gboolean activations_only;
} SalRuleSet;

/**
 * SalCompute: how a plan computes what can be computed in several ways
 * @SAL_COMPUTE_FAST: channels last, fused, 3×3 convolutions by Winograd's minimal filtering where
 *   that is faster; errors of about 1e-6 a layer
 * @SAL_COMPUTE_EXACT: the same without Winograd: errors as of plain sums
 * @SAL_COMPUTE_REFERENCE: every node as the model has it, by the operators' own kernels
 *
 * Rules that replace more than activations' derivatives are always run node by node.
 */
typedef enum { SAL_COMPUTE_FAST, SAL_COMPUTE_EXACT, SAL_COMPUTE_REFERENCE } SalCompute;

/**
 * SalPlanOptions: what a plan is to compute; zero-initialise and fill in.
 * @feeds: values the caller fills in
 * @bindings: values that are fixed; a feed of the same value wins
 * @outputs: values to compute, readable after a forward pass until the next pass begins
 * @keep: further values to be readable after a forward pass and all through the backward pass
 * @gradients: values whose gradient a backward pass is to compute; none for a forward-only plan
 * @rules: (nullable): backward rules in place of the derivatives
 * @compute: how
 * @parts: how many equal parts the first axis of the only feed may be cut into, to go through the
 *   first steps one after another (parts.h): the batch, where each part is one input of the model;
 *   0 or 1 for none
 * @front: how many of the first steps those are, or a few less if the batch cannot be cut there; 0
 *   chooses what is fastest
 * @max_bytes: most memory a run may take; 0: sal_memory_limit()
 */
typedef struct {
  const SalFeed *feeds;
  int n_feeds;
  const SalBinding *bindings;
  int n_bindings;
  const int *outputs;
  int n_outputs;
  const int *keep;
  int n_keep;
  const int *gradients;
  int n_gradients;
  const SalRuleSet *rules;
  SalCompute compute;
  int parts;
  int front;
  guint64 max_bytes;
} SalPlanOptions;

/** SalPlan: (ref-func sal_plan_ref) (unref-func sal_plan_unref): atomic reference count */
typedef struct _SalPlan SalPlan;

/**
 * sal_plan_new:
 * @graph: sealed
 *
 * Returns: (transfer full) (nullable): the plan, or %NULL and @error: %SAL_ERROR_SHAPE if shapes
 *   do not fit, %SAL_ERROR_UNSUPPORTED for what an operator cannot do, %SAL_ERROR_FORMAT for
 *   contradictory attributes, %SAL_ERROR_MEMORY if a run would pass @max_bytes
 */
SalPlan *sal_plan_new (SalGraph *graph, const SalPlanOptions *options, GError **error);
SalPlan *sal_plan_ref (SalPlan *plan);
void sal_plan_unref (SalPlan *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SalPlan, sal_plan_unref)

SalGraph *sal_plan_graph (const SalPlan *plan);
/** sal_plan_output: Returns: the @i-th of the values that it was to compute */
int sal_plan_output (const SalPlan *plan, int i);
/** sal_plan_shape: Returns: (nullable): the shape of a value; %NULL if the plan does not need it,
 * and for %SAL_NO_VALUE */
const SalShape *sal_plan_shape (const SalPlan *plan, int value);
/** sal_plan_type: Returns: float or integer, for a value that has a shape */
SalType sal_plan_type (const SalPlan *plan, int value);
/** sal_plan_constant: Returns: (nullable) (transfer none): the value where it does not depend on
 *  what is fed, known when the plan was made; %NULL for %SAL_NO_VALUE */
SalTensor *sal_plan_constant (const SalPlan *plan, int value);
/** sal_plan_bytes: Returns: bytes that one run of this plan allocates */
gsize sal_plan_bytes (const SalPlan *plan);
/** sal_plan_arena_bytes: Returns: bytes of it for values and gradients; the rest is scratch, of
 * which each thread touches its own part */
gsize sal_plan_arena_bytes (const SalPlan *plan);
/** sal_plan_constant_bytes: Returns: bytes of the constants that a pass reads */
gsize sal_plan_constant_bytes (const SalPlan *plan);
/** sal_plan_value_bytes: Returns: bytes of all values that a forward pass computes, which share
 *  memory */
gsize sal_plan_value_bytes (const SalPlan *plan);
/** sal_plan_multiply_adds: Returns: multiply-adds of one forward pass */
gint64 sal_plan_multiply_adds (const SalPlan *plan);

/** sal_plan_parts: Returns: parts that the batch goes through the first steps in, one after another
 *  (SalPlanOptions' @parts); 1 if there are no such steps */
int sal_plan_parts (const SalPlan *plan);
/** sal_plan_separate: Returns: whether each input of the batch is known to get the same bits
 * whatever the batch; asked of plans that have SalPlanOptions' @parts */
gboolean sal_plan_separate (const SalPlan *plan);
