/* One node computed on the spot: how constants are folded. */
#pragma once

#include "engine/ops/op.h"

/**
 * SalNodeSetup: the setup of one node and what it points at; used while a plan is made.
 */
typedef struct {
  SalOpSetup setup;
  gboolean *x_given;
  SalShape *x_shape;
  SalType *x_type;
  SalTensor **x_value;
  SalShape y_shape[SAL_MAX_OUTPUTS];
  SalType y_type[SAL_MAX_OUTPUTS];
  SalTensor *y_value[SAL_MAX_OUTPUTS];
} SalNodeSetup;

/** sal_node_setup_new: Returns: (transfer full): empty, with room for the node's inputs */
SalNodeSetup *sal_node_setup_new (const SalNode *node);
void sal_node_setup_free (SalNodeSetup *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SalNodeSetup, sal_node_setup_free)

/** sal_node_setup_input: states input @i; @value is %NULL where it is not known */
void sal_node_setup_input (SalNodeSetup *self, int i, const SalShape *shape, SalType type,
                           SalTensor *value);

/**
 * sal_node_setup_run:
 *
 * Calls the operator's setup and checks what it answers.
 */
gboolean sal_node_setup_run (SalNodeSetup *self, const SalOp *op, GError **error);

/**
 * sal_node_setup_evaluate:
 * @max_bytes: refuse (%SAL_ERROR_MEMORY) if outputs and scratch would take more
 * @work: (inout): elements read and written, and multiply-adds, that may still be spent; starts at
 *   %SAL_EVALUATE_WORK. Refuses (%SAL_ERROR_UNSUPPORTED) once it is spent: reading a model must end
 *
 * After sal_node_setup_run(), with every input known: computes the outputs into y_value.
 */
gboolean sal_node_setup_evaluate (SalNodeSetup *self, const SalOp *op, guint64 max_bytes,
                                  gint64 *work, GError **error);

/** SAL_EVALUATE_WORK: some ten seconds of computing; real models take well under one */
#define SAL_EVALUATE_WORK (G_GINT64_CONSTANT (1) << 33)
