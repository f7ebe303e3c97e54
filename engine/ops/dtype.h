/* ONNX's element types, where an operator still has to tell them apart. */
#pragma once

#include "engine/tensor/tensor.h"

/** SalDtype: the numbers of TensorProto.DataType */
typedef enum {
  SAL_DTYPE_UNDEFINED = 0,
  SAL_DTYPE_FLOAT = 1,
  SAL_DTYPE_UINT8 = 2,
  SAL_DTYPE_INT8 = 3,
  SAL_DTYPE_UINT16 = 4,
  SAL_DTYPE_INT16 = 5,
  SAL_DTYPE_INT32 = 6,
  SAL_DTYPE_INT64 = 7,
  SAL_DTYPE_BOOL = 9,
  SAL_DTYPE_FLOAT16 = 10,
  SAL_DTYPE_DOUBLE = 11,
  SAL_DTYPE_UINT32 = 12,
  SAL_DTYPE_UINT64 = 13,
  SAL_DTYPE_BFLOAT16 = 16,
  SAL_DTYPE_UINT4 = 21,
  SAL_DTYPE_INT4 = 22,
} SalDtype;

/**
 * sal_dtype_kind:
 * @dtype: as in a file
 * @type: (out): how its elements are kept
 *
 * Returns: %FALSE for strings, complex numbers, 8-bit floats and numbers that are no type
 */
gboolean sal_dtype_kind (gint64 dtype, SalType *type);
