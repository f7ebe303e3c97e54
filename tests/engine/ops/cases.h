/* The families' tables of cases, each ending in an empty row. */
#pragma once

#include "tests/engine/op-case.h"

extern const OpCase op_cases_activation[];
extern const OpCase op_cases_arithmetic[];
extern const OpCase op_cases_compare[];
extern const OpCase op_cases_unary[];
