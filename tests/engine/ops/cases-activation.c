#include "tests/engine/ops/cases.h"

const OpCase op_cases_activation[] = {
  { "Relu",
    "signs",
    14,
    NULL,
    { FLOATS (SAL_SHAPE (3), -1, 0.5, 2) },
    { OUT (SAL_SHAPE (3), 0, 0.5, 2) } },
  { "Relu", "spread", 6, NULL, { SPREAD (2, 3, 4) } },
  { "Sigmoid",
    "values",
    13,
    NULL,
    { FLOATS (SAL_SHAPE (3), 0, 2, -100) },
    { OUT (SAL_SHAPE (3), 0.5, 0.880797078, 0) } },
  { "Sigmoid", "random", 6, NULL, { IN_RANGE (-4, 4, 3, 5) } },
  { NULL },
};
