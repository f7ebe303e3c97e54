#include "engine/tensor/tensor.h"

#include <string.h>

#define ALIGNMENT 64

struct _SalTensor {
  gatomicrefcount refs;
  SalType type;
  SalShape shape;
  gint64 count;
  gpointer data;
};

gsize
sal_type_size (SalType type)
{
  return type == SAL_FLOAT ? sizeof (float) : sizeof (gint64);
}

SalTensor *
sal_tensor_new (SalType type, const SalShape *shape)
{
  SalTensor *tensor = g_new0 (SalTensor, 1);

  g_atomic_ref_count_init (&tensor->refs);
  tensor->type = type;
  tensor->shape = *shape;
  tensor->count = sal_shape_count (shape);
  /* An empty tensor still gets an address, so that kernels need no special case. */
  tensor->data = g_aligned_alloc0 (MAX (tensor->count, 1), sal_type_size (type), ALIGNMENT);
  return tensor;
}

SalTensor *
sal_tensor_new_copy (SalType type, const SalShape *shape, gconstpointer data)
{
  SalTensor *tensor = sal_tensor_new (type, shape);

  /* An empty list may come without an address. */
  if (tensor->count > 0)
    memcpy (tensor->data, data, tensor->count * sal_type_size (type));
  return tensor;
}

SalTensor *
sal_tensor_reshape (const SalTensor *tensor, const SalShape *shape)
{
  g_return_val_if_fail (sal_shape_count (shape) == tensor->count, NULL);
  return sal_tensor_new_copy (tensor->type, shape, tensor->data);
}

SalTensor *
sal_tensor_ref (SalTensor *tensor)
{
  g_atomic_ref_count_inc (&tensor->refs);
  return tensor;
}

void
sal_tensor_unref (SalTensor *tensor)
{
  if (!g_atomic_ref_count_dec (&tensor->refs))
    return;
  g_aligned_free (tensor->data);
  g_free (tensor);
}

SalType
sal_tensor_type (const SalTensor *tensor)
{
  return tensor->type;
}

const SalShape *
sal_tensor_shape (const SalTensor *tensor)
{
  return &tensor->shape;
}

gint64
sal_tensor_count (const SalTensor *tensor)
{
  return tensor->count;
}

const float *
sal_tensor_floats (const SalTensor *tensor)
{
  g_assert (tensor->type == SAL_FLOAT);
  return tensor->data;
}

const gint64 *
sal_tensor_ints (const SalTensor *tensor)
{
  g_assert (tensor->type == SAL_INT);
  return tensor->data;
}

gconstpointer
sal_tensor_data (const SalTensor *tensor)
{
  return tensor->data;
}

gpointer
sal_tensor_edit (SalTensor *tensor)
{
  return tensor->data;
}

double
sal_tensor_sum (const SalTensor *tensor)
{
  const float *x = sal_tensor_floats (tensor);
  double sum = 0;

  for (gint64 i = 0; i < tensor->count; i++)
    sum += x[i];
  return sum;
}
