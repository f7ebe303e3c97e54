/* ONNX's TensorProto as a tensor: every element type, stored in the model or in a file beside it.
 * Private to this folder. */
#pragma once

#include "engine/onnx/onnx.pb-c.h"
#include "engine/tensor/tensor.h"

/**
 * SalOnnxStore: where tensors come from and how much they may take.
 * @folder: (nullable): resolved path of the model's folder, the only one external data may come
 *   from; %NULL: external data is refused
 * @bytes: memory of all tensors made so far
 * @max_bytes: bound on @bytes; a few bytes of a model can ask for the same external file again
 *   and again
 */
typedef struct {
  const char *folder;
  guint64 bytes;
  guint64 max_bytes;
} SalOnnxStore;

/**
 * sal_onnx_tensor:
 * @what: what the tensor is, for error messages: `weight "conv1.weight"`
 *
 * The number of elements that the dimensions claim must be what the data holds, exactly; that is
 * checked before anything is allocated.
 *
 * Returns: (transfer full) (nullable): the tensor; %NULL and @error: %SAL_ERROR_FORMAT if it
 *   contradicts itself or its external data cannot be had, %SAL_ERROR_UNSUPPORTED for element
 *   types that are not kept (strings, complex numbers, 8-bit floats), %SAL_ERROR_MEMORY past
 *   @store's bound
 */
SalTensor *sal_onnx_tensor (const Onnx__TensorProto *proto, SalOnnxStore *store, const char *what,
                            GError **error);

/**
 * sal_onnx_type:
 * @data_type: ONNX's number of an element type
 * @type: (out): how such elements are kept
 *
 * Returns: %FALSE if they are not
 */
gboolean sal_onnx_type (int data_type, SalType *type);

/** sal_onnx_type_name: Returns: ONNX's name of an element type, its number if it has none.
 *  (transfer full) */
char *sal_onnx_type_name (int data_type);
