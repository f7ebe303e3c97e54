/* What a run reads of its plan. */
#pragma once

#include "engine/graph/evaluate.h"
#include "engine/graph/plan.h"

/** SAL_NO_PLACE: no memory in the arena */
#define SAL_NO_PLACE G_MAXSIZE

/**
 * SalStep: one node of the plan.
 * @gx_wanted: which inputs get a gradient; @gx_clear: which of those this step must set to zero
 *   first, being the first to add to them
 * @gx_set: which it sets without that, as a set of bits
 * @copies_gradient: a view whose two ends have gradients of their own
 * @gates_gy: the gradient of output 0 has not been through its gate when this step's backward
 *   begins
 * @x_gate: the value whose gate the gradient of input i is to be put through, %SAL_NO_VALUE: none
 */
typedef struct {
  const SalNode *node;
  const SalOp *op;
  SalNodeSetup *setup;
  SalKernelFunc backward; /* NULL where no gradient passes */
  gconstpointer rule;     /* what a rule in place of the derivative works with */
  gboolean view;
  gboolean copies_gradient;
  gboolean *gx_wanted;
  gboolean *gx_clear;
  guint gx_set;
  int *x_gate;
  gboolean gates_gy;
  gsize saved;        /* place in the arena */
  gsize saved_stride; /* from one part of the batch to the next: see SalSlot */
} SalStep;

/**
 * SalSlot: what the plan knows of a value.
 * @known: (nullable): its value where that does not depend on the feeds
 * @active: a gradient with respect to it is computed
 * @whole: the value in whose rows it lies, from element @from of each on, and its gradient in that
 *   one's: itself, but for parts of concatenations (join.h)
 * @place: of its elements in the arena; @gradient: of its gradient's; @gate: of its gate bits,
 *   @gate_step bytes from one row to the next
 * @stride: of a step before the cut: bytes from one part of the batch to the next; 0 where all
 *   parts use the same memory, one after another. @gradient_stride, @gate_stride: likewise
 * @gradient_is_zero: it was asked for, but nothing ever adds to it
 */
typedef struct {
  gboolean needed;
  gboolean shaped;
  gboolean fed;
  gboolean is_output;
  SalShape shape;
  SalType type;
  SalTensor *known;
  gboolean active;
  int whole;
  gint64 from;
  gsize place;
  gsize gradient;
  gsize gate;
  gint64 gate_step;
  gsize stride;
  gsize gradient_stride;
  gsize gate_stride;
  gboolean gradient_is_zero;
} SalSlot;

struct _SalPlan {
  gatomicrefcount refs;
  SalGraph *model_graph; /* what the caller knows */
  SalGraph *graph;       /* what is computed: that, or the same lowered, with values added */
  SalSlot *slots;        /* one a value of the graph */
  GArray *steps;         /* of SalStep */
  GArray *outputs;       /* of int */
  int front;             /* steps that go through the batch part by part: see parts.h */
  int parts;             /* of the batch; 1 if there are no such steps */
  gboolean separate;     /* see sal_plan_separate() */
  gsize arena_bytes;
  gsize scratch_bytes;      /* the operators' */
  gsize rule_scratch_bytes; /* the rules', after it */
  gint64 multiply_adds;
  gboolean has_backward;
};
