#include "tests/engine/ops/cases.h"

const OpCase op_cases_det[] = {
  /* clang-format off */
  { "Det", "by-hand", 11, NULL, { FLOATS (SAL_SHAPE (2, 2), 1, 2, 3, 4) }, { OUT (SAL_SCALAR, -2) } },
  { "Det", "rows-in-another-order", 11, NULL,
    { FLOATS (SAL_SHAPE (3, 3), 0, 2, 0, 0, 0, 3, 4, 0, 0) }, { OUT (SAL_SCALAR, 24) } },
  { "Det", "one", 11, NULL, { FLOATS (SAL_SHAPE (2, 1, 1), -3, 5) }, { OUT (SAL_SHAPE (2), -3, 5) } },
  { "Det", "batch", 11, NULL, { IN (2, 2, 4, 4) }, { OUT_SHAPE (2, 2) } },
  { "Det", "empty", 11, NULL, { IN (2, 0, 0) }, { OUT (SAL_SHAPE (2), 1, 1) } },
  { "Det", "not-square", 11, NULL, { IN (2, 2, 3) }, .error = "2×2×3 are no square matrices" },
  { "Det", "vector", 11, NULL, { IN (3) }, .error = "input 0" },
  { NULL },
  /* clang-format on */
};
