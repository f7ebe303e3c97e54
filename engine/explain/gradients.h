/* Gradients at a batch of inputs: what the one-pass methods have in common. */
#pragma once

#include "engine/explain/method.h"

/**
 * sal_gradients:
 * @inputs: [B, input shape]
 * @wrt: value the gradient is taken for
 * @rules: (nullable): backward rules; must outlive the explainer
 *
 * Returns: (transfer full) (nullable): [B, the value's shape]
 */
SalTensor *sal_gradients (SalExplainer *explainer, const SalTensor *inputs, int wrt,
                          const SalRuleSet *rules, const SalProgress *progress, GError **error);

/** sal_batched_shape: Returns: @shape, which has a leading 1, with @batch in its place */
SalShape sal_batched_shape (const SalShape *shape, gint64 batch);
