/* An array of numbers with a shape: constants of a graph, network inputs, results. */
#pragma once

#include "engine/tensor/shape.h"

#include <glib.h>

/**
 * SalType:
 * @SAL_FLOAT: float32; ONNX's float, double, float16 and bfloat16 are kept so
 * @SAL_INT: int64; ONNX's integers of every width and its booleans (0, 1) are kept so
 *
 * What a tensor's elements are in memory. Two kinds are enough: gradients exist for floats only,
 * and integers are indices, shapes and masks.
 */
typedef enum { SAL_FLOAT, SAL_INT } SalType;

/** sal_type_size: Returns: bytes an element */
gsize sal_type_size (SalType type);

/**
 * SalTensor: (ref-func sal_tensor_ref) (unref-func sal_tensor_unref)
 *
 * Contiguous, row-major (NCHW for pictures), 64-byte aligned. Reference counted with atomic
 * counts. Filled by who made it; once shared it never changes, so threads may read it freely.
 */
typedef struct _SalTensor SalTensor;

/** sal_tensor_new: Returns: (transfer full): zeros. The shape must have passed sal_shape_check() */
SalTensor *sal_tensor_new (SalType type, const SalShape *shape);
/** sal_tensor_new_copy: Returns: (transfer full): a tensor with a copy of @data */
SalTensor *sal_tensor_new_copy (SalType type, const SalShape *shape, gconstpointer data);
/** sal_tensor_reshape: Returns: (transfer full): a copy with another shape of as many elements */
SalTensor *sal_tensor_reshape (const SalTensor *tensor, const SalShape *shape);
SalTensor *sal_tensor_ref (SalTensor *tensor);
void sal_tensor_unref (SalTensor *tensor);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SalTensor, sal_tensor_unref)

SalType sal_tensor_type (const SalTensor *tensor);
const SalShape *sal_tensor_shape (const SalTensor *tensor);
gint64 sal_tensor_count (const SalTensor *tensor);

/** sal_tensor_floats: Returns: (transfer none): the elements; the tensor must be SAL_FLOAT */
const float *sal_tensor_floats (const SalTensor *tensor);
/** sal_tensor_ints: Returns: (transfer none): the elements; the tensor must be SAL_INT */
const gint64 *sal_tensor_ints (const SalTensor *tensor);
/** sal_tensor_data: Returns: (transfer none): the elements, whichever the type is */
gconstpointer sal_tensor_data (const SalTensor *tensor);
/** sal_tensor_edit: Returns: (transfer none): the elements, writable while only the maker has it */
gpointer sal_tensor_edit (SalTensor *tensor);

/** sal_tensor_sum: Returns: the sum of a float tensor's elements, added in float64 */
double sal_tensor_sum (const SalTensor *tensor);

/**
 * sal_tensor_derive:
 * @key: what it is; one meaning for one tensor
 * @make: (transfer full): makes it of @data, at first need; must not derive from any tensor itself
 * @destroy: frees it, when @tensor goes
 *
 * What follows from a constant and takes long to make or much memory to hold (weights in a kernel's
 * own order), shared by all who need it. Safe from any thread.
 *
 * Returns: (transfer none): what @make returned, at this call or an earlier one with the same key
 */
gpointer sal_tensor_derive (SalTensor *tensor, const char *key, gpointer (*make) (gpointer data),
                            gpointer data, GDestroyNotify destroy);
