#include "tests/engine/ops/cases.h"

const OpCase op_cases_softmax[] = {
  /* clang-format off */
  { "Softmax", "by-hand", 13, NULL, { FLOATS (SAL_SHAPE (1, 3), 0, 0.693147181, 1.09861229) },
    { OUT (SAL_SHAPE (1, 3), 1. / 6, 2. / 6, 3. / 6) } },
  { "Softmax", "last-axis", 13, NULL, { IN (2, 3, 4) } },
  { "Softmax", "first-axis", 13, "axis=0", { IN (4, 3) } },
  { "Softmax", "middle-axis", 13, "axis=-2", { IN (2, 4, 3) } },
  { "Softmax", "flat", 1, NULL, { IN (2, 3, 2) } },
  { "Softmax", "flat-by-hand", 11, NULL, { FLOATS (SAL_SHAPE (1, 2, 2), 0, 0, 0, 0) },
    { OUT (SAL_SHAPE (1, 2, 2), 0.25, 0.25, 0.25, 0.25) } },
  { "Softmax", "flat-all", 11, "axis=0", { IN (2, 3) } },
  { "Softmax", "flat-negative-axis", 11, "axis=-1", { IN (2, 3, 2) } },
  { "Softmax", "large", 13, NULL, { FLOATS (SAL_SHAPE (1, 3), 1000, 999.306853, -1000) },
    { OUT (SAL_SHAPE (1, 3), 2. / 3, 1. / 3, 0) }, .tolerance = 1e-4, .no_gradient = TRUE },
  { "Softmax", "masked", 13, NULL, { FLOATS (SAL_SHAPE (1, 3), 1, -G_MAXFLOAT, 1) },
    { OUT (SAL_SHAPE (1, 3), 0.5, 0, 0.5) }, .no_gradient = TRUE },
  { "Softmax", "scalar", 13, NULL, { FLOATS (SAL_SCALAR, 3) }, { OUT (SAL_SCALAR, 1) }, .no_gradient = TRUE },
  { "Softmax", "empty", 13, NULL, { IN (2, 0) }, { OUT_SHAPE (2, 0) } },
  { "Softmax", "no-rows", 13, NULL, { IN (0, 2) }, { OUT_SHAPE (0, 2) } },
  { "Softmax", "wrong-axis", 13, "axis=2", { IN (2, 3) }, .error = "axis 2 of an input with 2 axes" },

  { "LogSoftmax", "by-hand", 13, NULL, { FLOATS (SAL_SHAPE (1, 3), 0, 0.693147181, 1.09861229) },
    { OUT (SAL_SHAPE (1, 3), -1.79175947, -1.09861229, -0.693147181) } },
  { "LogSoftmax", "middle-axis", 13, "axis=1", { IN (2, 4, 3) } },
  { "LogSoftmax", "flat", 1, "axis=1", { IN (2, 3, 2) } },
  { "LogSoftmax", "large", 13, NULL, { FLOATS (SAL_SHAPE (1, 2), 10000, 0) },
    { OUT (SAL_SHAPE (1, 2), 0, -10000) }, .no_gradient = TRUE },

  { "Hardmax", "first-of-equals", 13, NULL, { FLOATS (SAL_SHAPE (2, 3), 1, 3, 3, 2, 1, 0) },
    { OUT (SAL_SHAPE (2, 3), 0, 1, 0, 1, 0, 0) } },
  { "Hardmax", "axis", 13, "axis=0", { FLOATS (SAL_SHAPE (2, 2), 1, 4, 3, 2) },
    { OUT (SAL_SHAPE (2, 2), 0, 1, 1, 0) } },
  { "Hardmax", "flat", 1, NULL, { FLOATS (SAL_SHAPE (1, 2, 2), 1, 4, 3, 2) },
    { OUT (SAL_SHAPE (1, 2, 2), 0, 1, 0, 0) } },
  { NULL },
  /* clang-format on */
};
