/* The families of operators: one table a file, each ending in an empty row. */
#pragma once

#include "engine/ops/op.h"

extern const SalOp sal_ops_activation[];
extern const SalOp sal_ops_unary[];
extern const SalOp sal_ops_arithmetic[];
extern const SalOp sal_ops_compare[];
extern const SalOp sal_ops_axis_norm[];
extern const SalOp sal_ops_conv[];
extern const SalOp sal_ops_conv_transpose[];
extern const SalOp sal_ops_layer_norm[];
extern const SalOp sal_ops_linear[];
extern const SalOp sal_ops_norm[];
extern const SalOp sal_ops_pool[];
extern const SalOp sal_ops_resize[];
extern const SalOp sal_ops_softmax[];
extern const SalOp sal_ops_unpool[];
