#include "tests/engine/ops/cases.h"

#define VECTOR(...) SAL_SHAPE (__VA_ARGS__)

#define A FLOATS (VECTOR (3), 1, 2, 3)
#define B FLOATS (SAL_SCALAR, 2)
#define I FED_INTS (VECTOR (2, 1), 1, 3)
#define J INTS (VECTOR (3), 1, 2, 3)
#define P FED_INTS (VECTOR (4), 0, 0, 1, 1)
#define Q FED_INTS (VECTOR (4), 0, 1, 0, 1)

const OpCase op_cases_compare[] = {
  { "Equal", "floats", 13, NULL, { A, B }, { OUT_INTS (VECTOR (3), 0, 1, 0) } },
  { "Equal", "integers", 7, NULL, { I, J }, { OUT_INTS (VECTOR (2, 3), 1, 0, 0, 0, 0, 1) } },
  { "Greater", "floats", 13, NULL, { A, B }, { OUT_INTS (VECTOR (3), 0, 0, 1) } },
  { "Greater", "integers", 9, NULL, { I, J }, { OUT_INTS (VECTOR (2, 3), 0, 0, 0, 1, 1, 0) } },
  { "GreaterOrEqual", "floats", 16, NULL, { A, B }, { OUT_INTS (VECTOR (3), 0, 1, 1) } },
  { "Less", "floats", 7, NULL, { A, B }, { OUT_INTS (VECTOR (3), 1, 0, 0) } },
  { "Less", "integers", 9, NULL, { I, J }, { OUT_INTS (VECTOR (2, 3), 0, 1, 1, 0, 0, 0) } },
  { "LessOrEqual", "floats", 12, NULL, { A, B }, { OUT_INTS (VECTOR (3), 1, 1, 0) } },
  { "Less", "types", 9, NULL, { A, J }, .error = "input 0 holds floats, input 1 holds integers" },

  { "And", "table", 7, NULL, { P, Q }, { OUT_INTS (VECTOR (4), 0, 0, 0, 1) } },
  { "Or", "table", 7, NULL, { P, Q }, { OUT_INTS (VECTOR (4), 0, 1, 1, 1) } },
  { "Xor", "table", 7, NULL, { P, Q }, { OUT_INTS (VECTOR (4), 0, 1, 1, 0) } },
  { "Or", "floats", 7, NULL, { P, B }, .error = "input 1 holds floats" },

  { "Where",
    "values",
    16,
    NULL,
    { INTS (VECTOR (2, 2), 1, 0, 0, 1), FLOATS (VECTOR (2), 1, 2), FLOATS (SAL_SCALAR, 9) },
    { OUT (VECTOR (2, 2), 1, 9, 9, 2) } },
  { "Where",
    "broadcast",
    9,
    NULL,
    { FED_INTS (VECTOR (3, 1), 1, 0, 1), IN (2, 1, 4), IN (2, 3, 4) } },
  { "Where",
    "mask",
    9,
    NULL,
    { FED_INTS (VECTOR (3), 1, 0, 1), CONST_FLOATS (SAL_SCALAR, -1e9), IN (2, 3) },
    .no_gradient = TRUE },
  { "Where",
    "integers",
    9,
    NULL,
    { INTS (VECTOR (2), 1, 0), FED_INTS (VECTOR (2), 5, 6), INTS (SAL_SCALAR, -1) },
    { OUT_INTS (VECTOR (2), 5, -1) },
    .no_gradient = TRUE },
  { "Where", "float condition", 9, NULL, { A, A, A }, .error = "input 0 holds floats" },
  { NULL },
};
