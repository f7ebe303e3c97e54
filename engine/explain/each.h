/* For methods that explain one input at a time: the loop over several. */
#pragma once

#include "engine/explain/method.h"

/**
 * SalExplainOne:
 * @x: one input
 *
 * Returns: (transfer full) (nullable): its attribution, with a leading axis of 1
 */
typedef SalTensor *(*SalExplainOne) (SalExplainer *explainer, const float *x,
                                     const SalProgress *progress, GError **error);

/** sal_explain_each: Returns: (transfer full) (nullable): the attributions one after the other */
SalTensor *sal_explain_each (SalExplainer *explainer, const SalTensor *inputs, SalExplainOne one,
                             const SalProgress *progress, GError **error);
