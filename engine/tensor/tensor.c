#include "engine/tensor/tensor.h"

#include "engine/base/block.h"

#include <pthread.h>
#include <string.h>

typedef struct _Derived Derived;
struct _Derived {
  char *key;
  gpointer data;
  GDestroyNotify destroy;
  Derived *next;
};

struct _SalTensor {
  gatomicrefcount refs;
  SalType type;
  SalShape shape;
  gint64 count;
  gpointer data;
  Derived *derived;
};

gsize
sal_type_size (SalType type)
{
  return type == SAL_FLOAT ? sizeof (float) : sizeof (gint64);
}

/* Its elements are yet to be allocated. */
static SalTensor *
tensor_new (SalType type, const SalShape *shape)
{
  SalTensor *tensor = g_new0 (SalTensor, 1);

  g_atomic_ref_count_init (&tensor->refs);
  tensor->type = type;
  tensor->shape = *shape;
  tensor->count = sal_shape_count (shape);
  return tensor;
}

static gsize
bytes_of (const SalTensor *tensor)
{
  return tensor->count * sal_type_size (tensor->type);
}

/* An empty tensor, too, gets an address, so that kernels need no special case. */
SalTensor *
sal_tensor_new (SalType type, const SalShape *shape)
{
  SalTensor *tensor = tensor_new (type, shape);

  tensor->data = sal_block_new0 (bytes_of (tensor));
  return tensor;
}

SalTensor *
sal_tensor_new_copy (SalType type, const SalShape *shape, gconstpointer data)
{
  SalTensor *tensor = tensor_new (type, shape);

  tensor->data = sal_block_new (bytes_of (tensor));
  /* An empty list may come without an address. */
  if (tensor->count > 0)
    memcpy (tensor->data, data, bytes_of (tensor));
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
  for (Derived *d = tensor->derived, *next; d != NULL; d = next) {
    next = d->next;
    d->destroy (d->data);
    g_free (d->key);
    g_free (d);
  }
  sal_block_free (tensor->data);
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

gpointer
sal_tensor_derive (SalTensor *tensor, const char *key, gpointer (*make) (gpointer data),
                   gpointer data, GDestroyNotify destroy)
{
  /* One for all tensors: plans are made now and then, and two that need the same had better wait
   * for it than make it twice. */
  static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  Derived *d;

  pthread_mutex_lock (&mutex);
  for (d = tensor->derived; d != NULL && strcmp (d->key, key) != 0; d = d->next)
    ;
  if (d == NULL) {
    d = g_new (Derived, 1);
    *d = (Derived){ g_strdup (key), make (data), destroy, tensor->derived };
    tensor->derived = d;
  }
  pthread_mutex_unlock (&mutex);
  return d->data;
}
