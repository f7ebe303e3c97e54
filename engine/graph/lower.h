/* The graph of a plan, written anew in operators that run fast.
 *
 * Pictures go through convolutional networks with channels last (N×H×W×C): convolutions of
 * engine/kernels want it so, pooling and depthwise filters vectorise over channels, and operators
 * that take elements one by one do not mind. Per-channel factors and shifts after a convolution
 * (BatchNormalization) join its weights, an addend and a clamp (Relu, Clip) join its last loop. */
#pragma once

#include "engine/graph/plan-private.h"

/**
 * sal_lower:
 * @draft: a plan whose steps and shapes are known
 * @options: those of the plan: values that are asked for stay as they are in the model
 *
 * Returns: (transfer full) (nullable): a graph in which every value of the plan's graph has the
 *   same number, and more come after them; %NULL where there is nothing to gain
 */
SalGraph *sal_lower (const SalPlan *draft, const SalPlanOptions *options);
