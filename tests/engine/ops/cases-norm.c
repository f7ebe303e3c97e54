#include "tests/engine/ops/cases.h"

#define STATISTICS(c) PARAM (c), PARAM (c), PARAM (c), PARAM_RANGE (0.5, 2, c)

const OpCase op_cases_norm[] = {
  /* clang-format off */
  { "BatchNormalization", "by-hand", 15, "epsilon=0.0",
    { FLOATS (SAL_SHAPE (1, 2, 2), 1, 2, 3, 4), CONST_FLOATS (SAL_SHAPE (2), 2, 3),
      CONST_FLOATS (SAL_SHAPE (2), 10, 20), CONST_FLOATS (SAL_SHAPE (2), 1, 2),
      CONST_FLOATS (SAL_SHAPE (2), 4, 0.25) },
    { OUT (SAL_SHAPE (1, 2, 2), 10, 11, 26, 32) } },
  { "BatchNormalization", "images", 7, "epsilon=0.01 momentum=0.8 spatial=1",
    { IN (2, 3, 2, 3), STATISTICS (3) } },
  { "BatchNormalization", "vectors", 9, NULL, { IN (4, 3), STATISTICS (3) } },
  { "BatchNormalization", "one-axis", 9, NULL, { IN (4), STATISTICS (1) } },
  { "BatchNormalization", "volumes", 14, "training_mode=0", { IN (1, 2, 2, 3, 2), STATISTICS (2) } },
  { "BatchNormalization", "outputs-left-out", 9, NULL, { IN (2, 3, 2), STATISTICS (3) },
    .n_y = 3, .y_absent = 6 },
  { "BatchNormalization", "empty", 15, NULL, { IN (0, 3, 2, 2), STATISTICS (3) } },
  { "BatchNormalization", "training", 14, "training_mode=1", { IN (2, 3, 2), STATISTICS (3) },
    .error = "training_mode is 1" },
  { "BatchNormalization", "training-outputs", 9, NULL, { IN (2, 3, 2), STATISTICS (3) }, .n_y = 3,
    .error = "output 1 exists in training only" },
  { "BatchNormalization", "per-element", 7, "spatial=0", { IN (2, 3, 2), STATISTICS (3) },
    .error = "spatial is 0" },
  { "BatchNormalization", "wrong-channels", 15, NULL, { IN (2, 3, 2), STATISTICS (2) },
    .error = "input 1 has shape 2, not 3" },

  { "LRN", "by-hand", 13, "size=3 alpha=3.0 beta=1.0 bias=1.0",
    { FLOATS (SAL_SHAPE (1, 3, 1), 1, 2, 3) },
    { OUT (SAL_SHAPE (1, 3, 1), 1. / 6, 2. / 15, 3. / 14) } },
  { "LRN", "odd", 1, "size=3 alpha=0.5 beta=0.75 bias=2.0", { IN (2, 5, 2, 2) } },
  { "LRN", "even-reaches-up", 13, "size=2 alpha=2.0 beta=1.0 bias=1.0",
    { FLOATS (SAL_SHAPE (1, 3, 1), 1, 2, 3) },
    { OUT (SAL_SHAPE (1, 3, 1), 1. / 6, 2. / 14, 3. / 10) } },
  { "LRN", "even", 13, "size=4 alpha=0.9 beta=0.5 bias=1.5", { IN (1, 6, 3) } },
  { "LRN", "wider-than-channels", 13, "size=7 alpha=0.9", { IN (1, 3, 2, 2) } },
  { "LRN", "defaults", 13, "size=5", { IN (1, 6, 2, 2) } },
  { "LRN", "empty", 13, "size=5", { IN (1, 0, 2, 2) } },
  { "LRN", "no-size", 13, NULL, { IN (1, 3, 2, 2) }, .error = "size is 0" },
  { NULL },
  /* clang-format on */
};
