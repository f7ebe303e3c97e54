/* What a plan computes, node by node, for people who want to know a network. */
#pragma once

#include "engine/graph/plan.h"

/**
 * SalNodeSummary: one node of a plan
 * @node: number in the graph
 * @name, @op_type: of the node; they belong to the graph
 * @value: the first of its outputs that is not left out
 * @shape: of @value
 * @parameters: numbers in the constants it reads, each constant counted where it is read first
 * @multiply_adds: of its forward computation
 */
typedef struct {
  int node;
  const char *name;
  const char *op_type;
  int value;
  SalShape shape;
  gint64 parameters;
  gint64 multiply_adds;
} SalNodeSummary;

/**
 * sal_plan_summary:
 * @plan: with SAL_COMPUTE_REFERENCE, so that it has the model's own nodes
 *
 * Returns: (transfer full) (element-type SalNodeSummary): those that depend on what is fed, in
 * order of computation
 */
GArray *sal_plan_summary (const SalPlan *plan);
