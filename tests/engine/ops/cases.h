/* The families' tables of cases, each ending in an empty row. */
#pragma once

#include "tests/engine/op-case.h"

extern const OpCase op_cases_activation[];
extern const OpCase op_cases_arithmetic[];
extern const OpCase op_cases_axis[];
extern const OpCase op_cases_cast[];
extern const OpCase op_cases_compare[];
extern const OpCase op_cases_conv[];
extern const OpCase op_cases_det[];
extern const OpCase op_cases_gather[];
extern const OpCase op_cases_generate[];
extern const OpCase op_cases_layout[];
extern const OpCase op_cases_grid_sample[];
extern const OpCase op_cases_linear[];
extern const OpCase op_cases_norm[];
extern const OpCase op_cases_pad[];
extern const OpCase op_cases_pool[];
extern const OpCase op_cases_quantize[];
extern const OpCase op_cases_reduce[];
extern const OpCase op_cases_recurrent[];
extern const OpCase op_cases_resize[];
extern const OpCase op_cases_scatter[];
extern const OpCase op_cases_shape[];
extern const OpCase op_cases_slice[];
extern const OpCase op_cases_softmax[];
extern const OpCase op_cases_unary[];
extern const OpCase op_cases_unique[];
