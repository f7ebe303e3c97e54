#include "engine/ops/dtype.h"

gboolean
sal_dtype_kind (gint64 dtype, SalType *type)
{
  switch (dtype) {
  case SAL_DTYPE_FLOAT:
  case SAL_DTYPE_DOUBLE:
  case SAL_DTYPE_FLOAT16:
  case SAL_DTYPE_BFLOAT16:
    *type = SAL_FLOAT;
    return TRUE;
  case SAL_DTYPE_UINT8:
  case SAL_DTYPE_INT8:
  case SAL_DTYPE_UINT16:
  case SAL_DTYPE_INT16:
  case SAL_DTYPE_INT32:
  case SAL_DTYPE_INT64:
  case SAL_DTYPE_BOOL:
  case SAL_DTYPE_UINT32:
  case SAL_DTYPE_UINT64:
  case SAL_DTYPE_UINT4:
  case SAL_DTYPE_INT4:
    *type = SAL_INT;
    return TRUE;
  default:
    return FALSE;
  }
}
