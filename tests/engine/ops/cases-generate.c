#include "tests/engine/ops/cases.h"

#include <math.h>

#define VECTOR(...) SAL_SHAPE (__VA_ARGS__)

static void
float_tensor (SalNode *node)
{
  const float values[] = { 1, 2 };
  g_autoptr (SalTensor) value = sal_tensor_new_copy (SAL_FLOAT, &VECTOR (1, 2), values);

  sal_node_set_tensor (node, "value", value);
}

static void
int_tensor (SalNode *node)
{
  const gint64 values[] = { 7 };
  g_autoptr (SalTensor) value = sal_tensor_new_copy (SAL_INT, &VECTOR (1), values);

  sal_node_set_tensor (node, "value", value);
}

static void
one_float (SalNode *node)
{
  const float values[] = { 7.5 };
  g_autoptr (SalTensor) value = sal_tensor_new_copy (SAL_FLOAT, &VECTOR (1), values);

  sal_node_set_tensor (node, "value", value);
}

#define NO_INTS                                                                                    \
  {                                                                                                \
    .kind = OP_INPUT_INTS, .shape = { .rank = 1 }, .constant = TRUE                                \
  }

const OpCase op_cases_generate[] = {
  { "Constant",
    "tensor",
    1,
    NULL,
    { { 0 } },
    { OUT (VECTOR (1, 2), 1, 2) },
    .prepare = float_tensor },
  { "Constant",
    "integer tensor",
    13,
    NULL,
    { { 0 } },
    { OUT_INTS (VECTOR (1), 7) },
    .prepare = int_tensor },
  { "Constant", "float", 12, "value_float=0.5", { { 0 } }, { OUT (SAL_SCALAR, 0.5) } },
  { "Constant", "floats", 12, "value_floats=[0.5,2]", { { 0 } }, { OUT (VECTOR (2), 0.5, 2) } },
  { "Constant", "int", 13, "value_int=-3", { { 0 } }, { OUT_INTS (SAL_SCALAR, -3) } },
  { "Constant", "ints", 13, "value_ints=[4,5,6]", { { 0 } }, { OUT_INTS (VECTOR (3), 4, 5, 6) } },
  { "Constant",
    "string",
    13,
    "value_string=abc",
    { { 0 } },
    .error = "has no tensor or number as its value" },

  { "ConstantOfShape",
    "zeros",
    9,
    NULL,
    { INTS (VECTOR (2), 1, 3) },
    { OUT (VECTOR (1, 3), 0, 0, 0) } },
  { "ConstantOfShape",
    "floats",
    9,
    NULL,
    { INTS (VECTOR (1), 2) },
    { OUT (VECTOR (2), 7.5, 7.5) },
    .prepare = one_float },
  { "ConstantOfShape",
    "integers",
    9,
    NULL,
    { INTS (VECTOR (1), 2) },
    { OUT_INTS (VECTOR (2), 7, 7) },
    .prepare = int_tensor },
  { "ConstantOfShape",
    "scalar",
    9,
    NULL,
    { NO_INTS },
    { OUT_INTS (SAL_SCALAR, 7) },
    .prepare = int_tensor },
  { "ConstantOfShape",
    "two values",
    9,
    NULL,
    { INTS (VECTOR (1), 2) },
    .prepare = float_tensor,
    .error = "value has 2 elements" },
  { "ConstantOfShape", "negative", 9, NULL, { INTS (VECTOR (1), -2) }, .error = "is not possible" },
  { "ConstantOfShape",
    "too much",
    9,
    NULL,
    { INTS (VECTOR (2), 1048576, 1048576) },
    .error = "the limit is" },

  { "Range",
    "integers",
    11,
    NULL,
    { INTS (SAL_SCALAR, 10), INTS (SAL_SCALAR, 4), INTS (SAL_SCALAR, -2) },
    { OUT_INTS (VECTOR (3), 10, 8, 6) } },
  { "Range",
    "floats",
    11,
    NULL,
    { CONST_FLOATS (SAL_SCALAR, 1), CONST_FLOATS (SAL_SCALAR, 2.25),
      CONST_FLOATS (SAL_SCALAR, 0.5) },
    { OUT (VECTOR (3), 1, 1.5, 2) } },
  { "Range",
    "empty",
    11,
    NULL,
    { INTS (SAL_SCALAR, 1), INTS (SAL_SCALAR, 0), INTS (SAL_SCALAR, 1) },
    { OUT_SHAPE (0) } },
  { "Range",
    "step 0",
    11,
    NULL,
    { INTS (SAL_SCALAR, 1), INTS (SAL_SCALAR, 0), INTS (SAL_SCALAR, 0) },
    { OUT_SHAPE (0) } },
  { "Range",
    "endless",
    11,
    NULL,
    { INTS (SAL_SCALAR, 1), INTS (SAL_SCALAR, 5), INTS (SAL_SCALAR, 0) },
    .error = "would have inf elements" },
  { "Range",
    "not a number",
    11,
    NULL,
    { CONST_FLOATS (SAL_SCALAR, 1), CONST_FLOATS (SAL_SCALAR, NAN), CONST_FLOATS (SAL_SCALAR, 1) },
    .error = "would have" },
  { "Range",
    "unknown limit",
    11,
    NULL,
    { INTS (SAL_SCALAR, 1), FED_INTS (SAL_SCALAR, 5), INTS (SAL_SCALAR, 1) },
    .error = "input 1 must be known" },

  { "EyeLike", "type of input", 9, NULL, { IN (2, 3) }, { OUT (VECTOR (2, 3), 1, 0, 0, 0, 1, 0) } },
  { "EyeLike",
    "diagonal",
    9,
    "k=-1 dtype=7",
    { IN (2, 3) },
    { OUT_INTS (VECTOR (2, 3), 0, 0, 0, 1, 0, 0) } },
  { "EyeLike", "vector", 9, NULL, { IN (2) }, .error = "input has 1 axes, should have 2" },

  { "NonZero",
    "floats",
    13,
    NULL,
    { CONST_FLOATS (VECTOR (2, 2), 1, 0, 0, -2) },
    { OUT_INTS (VECTOR (2, 2), 0, 1, 0, 1) } },
  { "NonZero",
    "integers",
    9,
    NULL,
    { INTS (VECTOR (3), 0, 5, 6) },
    { OUT_INTS (VECTOR (1, 2), 1, 2) } },
  { "NonZero", "unknown", 13, NULL, { IN (3) }, .error = "must be known before the picture is" },
  { NULL },
};
