/* The families' tables of cases, each ending in an empty row. */
#pragma once

#include "tests/engine/op-case.h"

extern const OpCase op_cases_activation[];
extern const OpCase op_cases_arithmetic[];
extern const OpCase op_cases_compare[];
extern const OpCase op_cases_unary[];
extern const OpCase op_cases_conv[];
extern const OpCase op_cases_linear[];
extern const OpCase op_cases_norm[];
extern const OpCase op_cases_pool[];
extern const OpCase op_cases_resize[];
extern const OpCase op_cases_softmax[];
