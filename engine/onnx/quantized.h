/* Convolutions and matrix products of quantised numbers, spelt out in operators on floats. Private
 * to this folder. */
#pragma once

#include "engine/onnx/reader-private.h"

/** sal_onnx_is_spelt_out: Returns: whether nodes of @op are replaced by sal_onnx_spell_out() */
gboolean sal_onnx_is_spelt_out (const char *op);

/**
 * sal_onnx_spell_out:
 * @node: with its attributes, not yet added
 * @replaced: (out): whether other nodes that compute @node's output were added
 *
 * QLinearConv, QLinearMatMul, ConvInteger and MatMulInteger are by definition a Conv or MatMul
 * between a DequantizeLinear of each operand and, for the first two, a QuantizeLinear. Those
 * weights become floats once, when the graph is sealed, and gradients pass as through any other
 * network. Results of the integer ones are whole numbers kept as floats, like QuantizeLinear's.
 *
 * Returns: %FALSE and %SAL_ERROR_MEMORY past the reader's bound, or %SAL_ERROR_FORMAT if operands
 *   are missing
 */
gboolean sal_onnx_spell_out (SalOnnxReader *reader, const SalNode *node, gboolean *replaced,
                             GError **error);
