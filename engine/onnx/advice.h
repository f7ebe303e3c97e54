/* What to say of a model that has no gradient, or whose operators are of ONNX's set for classical
 * machine learning (ai.onnx.ml): which kinds of explanation would apply to it. */
#pragma once

#include <glib.h>

/**
 * sal_onnx_advice:
 * @op_types: operators that cannot be computed here, such as "ai.onnx.ml::TreeEnsembleClassifier"
 * @n: how many
 *
 * Returns: (nullable): one or two sentences for the person, %NULL if nothing is known of them
 */
const char *sal_onnx_advice (const char *const *op_types, guint n);
