/* The scores of a few classes alone.
 *
 * Explaining a class takes one logit of a thousand. A score is made by the last layer that has
 * weights, whose other rows are then not needed, and what follows it keeps channels apart: pools,
 * activations, changes of shape. In SqueezeNet that layer is a fourth of the work. */
#pragma once

#include "engine/graph/plan.h"

/**
 * sal_narrow:
 * @draft: a plan of the graph, for the shapes
 * @scores: [N, classes], or with further axes of length 1
 * @whole: a value that must stay as it is, %SAL_NO_VALUE for none
 * @classes: (array length=n): which of the scores
 * @narrow: (out): the value [N, n], in the order of @classes, and with the same further axes
 *
 * Returns: (transfer full) (nullable): the draft's graph under the same numbers, with what computes
 *   @narrow added; %NULL where the scores are not made so
 */
SalGraph *sal_narrow (const SalPlan *draft, int scores, int whole, const int *classes, int n,
                      int *narrow);
