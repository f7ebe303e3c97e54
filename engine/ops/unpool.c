/* MaxUnpool: puts each element back to where MaxPool found it, and 0 everywhere else. */
#include "engine/ops/expect.h"
#include "engine/ops/families.h"
#include "engine/ops/window.h"

#include "engine/base/error.h"

#include <string.h>

/* Indices count through the tensor that MaxPool read, which strides, kernel and pads tell; a larger
 * output_shape adds zeros behind it. */
typedef struct {
  int rank;
  gint64 from[SAL_MAX_RANK]; /* lengths of MaxPool's input */
  gint64 to[SAL_MAX_RANK];   /* lengths of y */
} Unpool;

static gboolean
unpool_setup (SalOpSetup *setup, GError **error)
{
  const SalShape *x = &setup->x_shape[0];
  Unpool u = { .rank = x->rank };
  SalWindow w;

  if (!sal_op_expect (setup, "fi?i", 1, error) || !sal_window_init (&w, setup, NULL, error) ||
      !sal_op_expect_shape (setup, 1, x, error))
    return FALSE;
  for (int i = 0; i < x->rank; i++) {
    int axis = sal_window_axis (&w, i - 2);

    u.from[i] = x->dim[i];
    if (i >= 2 && x->dim[i] > 0)
      u.from[i] =
          (x->dim[i] - 1) * w.stride[axis] + w.kernel[axis] - w.before[axis] - w.after[axis];
    if (u.from[i] < 0)
      return sal_op_setup_fail (setup, error, SAL_ERROR_SHAPE,
                                "pads take more than the output along axis %d", i);
  }
  memcpy (u.to, u.from, sizeof u.to);
  if (sal_op_setup_has (setup, 2)) {
    gint64 n;
    const gint64 *lengths = sal_op_setup_ints (setup, 2, &n, error);

    if (lengths == NULL)
      return FALSE;
    if (n != x->rank)
      return sal_op_setup_fail (setup, error, SAL_ERROR_SHAPE,
                                "output_shape has %" PRId64 " numbers for %d axes", n, x->rank);
    memcpy (u.to, lengths, n * sizeof *lengths);
    for (int i = 0; i < x->rank; i++)
      if (u.to[i] < u.from[i])
        return sal_op_setup_fail (setup, error, SAL_ERROR_SHAPE,
                                  "output_shape has %" PRId64 " for axis %d, at "
                                  "least %" PRId64 " are needed",
                                  u.to[i], i, u.from[i]);
  }
  setup->y_shape[0].rank = x->rank;
  memcpy (setup->y_shape[0].dim, u.to, sizeof u.to);
  if (!sal_shape_check (&setup->y_shape[0], setup->node->name, error))
    return FALSE;
  setup->scratch_bytes = sal_shape_count (&setup->y_shape[0]) * sizeof (gint64);
  *(Unpool *) sal_op_setup_state (setup, sizeof u, NULL) = u;
  return TRUE;
}

/* The element of y that an index names, or -1: the picture may bring any index. */
static gint64
target (const Unpool *u, gint64 index)
{
  gint64 element = 0, stride = 1;

  if (index < 0)
    return -1;
  for (int i = u->rank - 1; i >= 0; i--) {
    if (u->from[i] == 0)
      return -1;
    element += index % u->from[i] * stride;
    index /= u->from[i];
    stride *= u->to[i];
  }
  return index == 0 ? element : -1;
}

static void
unpool_forward (const SalOpArgs *a)
{
  const gint64 *index = sal_x_ints (a, 1);
  gint64 n = sal_shape_count (&a->x_shape[0]);

  memset (a->y[0], 0, a->n * sizeof (float));
  for (gint64 i = 0; i < n; i++) {
    gint64 element = target (a->state, index[i]);

    if (element >= 0)
      a->y[0][element] = a->x[0][i];
  }
}

/* Of several elements with one index, the last is the one that stayed. */
static void
unpool_backward (const SalOpArgs *a)
{
  const gint64 *index = sal_x_ints (a, 1);
  gint64 *last = a->scratch, n = sal_shape_count (&a->x_shape[0]);

  for (gint64 i = 0; i < n; i++) {
    gint64 element = target (a->state, index[i]);

    if (element >= 0)
      last[element] = i;
  }
  for (gint64 i = 0; i < n; i++) {
    gint64 element = target (a->state, index[i]);

    if (element >= 0 && last[element] == i)
      a->gx[0][i] += a->gy[0][element];
  }
}

const SalOp sal_ops_unpool[] = {
  { "MaxUnpool", 9, SAL_KEEP_X (1), unpool_setup, unpool_forward, unpool_backward },
  { NULL },
};
