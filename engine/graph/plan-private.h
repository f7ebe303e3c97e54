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
 * @copies_gradient: a view whose two ends have gradients of their own
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
  gsize saved; /* place in the arena */
} SalStep;

/**
 * SalSlot: what the plan knows of a value.
 * @known: (nullable): its value where that does not depend on the feeds
 * @place: of its elements in the arena; @gradient: of its gradient's
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
  gsize place;
  gsize gradient;
  gboolean gradient_is_zero;
} SalSlot;

struct _SalPlan {
  gatomicrefcount refs;
  SalGraph *graph;
  SalSlot *slots;  /* one a value of the graph */
  GArray *steps;   /* of SalStep */
  GArray *outputs; /* of int */
  gsize arena_bytes;
  gsize scratch_bytes;      /* the operators' */
  gsize rule_scratch_bytes; /* the rules', after it */
  gint64 multiply_adds;
  gboolean has_backward;
};
