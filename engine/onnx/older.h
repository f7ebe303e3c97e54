/* Nodes of the operator sets before 7, told in the words of later ones. Private to this folder. */
#pragma once

#include "engine/onnx/reader-private.h"

/**
 * sal_onnx_modernise:
 * @node: of a set before 7, with its attributes, not yet added
 *
 * Arithmetic then had `broadcast` and `axis` where later sets follow numpy; where these differ,
 * nodes are added that bring the second operand into the shape for which they agree. Operators
 * that only lost arguments which mean nothing when a network is evaluated count as the later ones.
 * What has changed in another way stays as it is, for the operators' table to know or not.
 *
 * Returns: %FALSE and %SAL_ERROR_MEMORY past the reader's bound
 */
gboolean sal_onnx_modernise (SalOnnxReader *reader, SalNode *node, GError **error);
