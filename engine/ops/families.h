/* The families of operators: one table a file, each ending in an empty row. */
#pragma once

#include "engine/ops/op.h"

extern const SalOp sal_ops_activation[];
extern const SalOp sal_ops_arithmetic[];
extern const SalOp sal_ops_axis[];
extern const SalOp sal_ops_attention[];
extern const SalOp sal_ops_axis_norm[];
extern const SalOp sal_ops_cast[];
extern const SalOp sal_ops_compare[];
extern const SalOp sal_ops_col2im[];
extern const SalOp sal_ops_concat_last[];
extern const SalOp sal_ops_conv[];
extern const SalOp sal_ops_conv_last[];
extern const SalOp sal_ops_det[];
extern const SalOp sal_ops_conv_transpose[];
extern const SalOp sal_ops_gather[];
extern const SalOp sal_ops_generate[];
extern const SalOp sal_ops_deform_conv[];
extern const SalOp sal_ops_einsum[];
extern const SalOp sal_ops_grid_sample[];
extern const SalOp sal_ops_layer_norm[];
extern const SalOp sal_ops_layout[];
extern const SalOp sal_ops_layout_last[];
extern const SalOp sal_ops_linear[];
extern const SalOp sal_ops_norm[];
extern const SalOp sal_ops_pad[];
extern const SalOp sal_ops_pool[];
extern const SalOp sal_ops_pool_last[];
extern const SalOp sal_ops_quantize[];
extern const SalOp sal_ops_reduce[];
extern const SalOp sal_ops_recurrent[];
extern const SalOp sal_ops_resize[];
extern const SalOp sal_ops_scale_last[];
extern const SalOp sal_ops_scatter[];
extern const SalOp sal_ops_shape[];
extern const SalOp sal_ops_slice[];
extern const SalOp sal_ops_roi_align[];
extern const SalOp sal_ops_rotary[];
extern const SalOp sal_ops_softmax[];
extern const SalOp sal_ops_unary[];
extern const SalOp sal_ops_unique[];
extern const SalOp sal_ops_unpool[];
