/* Operators that see a tensor's shape and leave its elements where they are. */
#include "engine/base/error.h"
#include "engine/ops/check.h"
#include "engine/ops/expect.h"
#include "engine/ops/families.h"
#include "engine/ops/move.h"

#include <string.h>

static gboolean
identity_setup (SalOpSetup *setup, GError **error)
{
  return sal_op_expect (setup, "a", 1, error) && sal_setup_view (setup, error);
}

/* Dropout passes its input on when a model is applied. The mask says that nothing was dropped; it
 * was of the input's type before it became boolean in opset 10. */
static gboolean
dropout_setup (SalOpSetup *setup, GError **error)
{
  if (!sal_op_expect_inputs (setup, setup->node->opset < 12 ? "a" : "a?ai", 2, error))
    return FALSE;
  if (sal_op_setup_has (setup, 2)) {
    const SalTensor *training = setup->x_value[2], *ratio = setup->x_value[1];
    gboolean drops_nothing = ratio != NULL && sal_tensor_type (ratio) == SAL_FLOAT &&
                             sal_tensor_count (ratio) == 1 && sal_tensor_floats (ratio)[0] == 0.f;

    if (!drops_nothing && (training == NULL || sal_tensor_count (training) != 1 ||
                           sal_tensor_ints (training)[0] != 0))
      return sal_op_setup_fail (setup, error, SAL_ERROR_UNSUPPORTED,
                                "training_mode is not false: the model was exported for training");
  }
  setup->y_shape[0] = setup->x_shape[0];
  if (setup->n_y == 1) {
    setup->view = TRUE;
    return TRUE;
  }
  setup->y_shape[1] = setup->x_shape[0];
  if (setup->node->opset >= 10)
    setup->y_type[1] = SAL_INT;
  return TRUE;
}

static void
dropout_forward (const SalOpArgs *a)
{
  if (a->y[0] != NULL)
    sal_copy_forward (a);
  if (a->n_y < 2 || a->y[1] == NULL)
    return;
  for (gint64 i = 0; i < a->n; i++) {
    if (a->node->opset >= 10)
      sal_y_ints (a, 1)[i] = 1;
    else
      a->y[1][i] = 1.f;
  }
}

static void
dropout_backward (const SalOpArgs *a)
{
  if (a->gy[0] != NULL)
    sal_copy_backward (a);
}

static gboolean
set_view (SalOpSetup *setup, const SalShape *shape, GError **error)
{
  if (!sal_shape_check (shape, "output", error))
    return FALSE;
  if (sal_shape_count (shape) != sal_shape_count (&setup->x_shape[0])) {
    g_autofree char *from = sal_shape_to_string (&setup->x_shape[0]);
    g_autofree char *to = sal_shape_to_string (shape);

    return sal_op_setup_fail (setup, error, SAL_ERROR_SHAPE, "input is %s, cannot become %s", from,
                              to);
  }
  setup->y_shape[0] = *shape;
  setup->view = TRUE;
  return TRUE;
}

/* A 0 keeps the input's length, unless allowzero says that it means none; -1 is what is left. */
static gboolean
reshape_setup (SalOpSetup *setup, GError **error)
{
  gboolean allow_zero = setup->node->opset >= 14 && sal_node_int (setup->node, "allowzero", 0) != 0;
  const SalShape *x = setup->x_shape;
  SalShape y = { .rank = 0 };
  int open = -1;
  const gint64 *dims;
  gint64 n;

  if (!sal_op_expect (setup, "ai", 1, error))
    return FALSE;
  dims = sal_op_setup_ints (setup, 1, &n, error);
  if (dims == NULL)
    return FALSE;
  if (n > SAL_MAX_RANK)
    return sal_op_setup_fail (setup, error, SAL_ERROR_UNSUPPORTED,
                              "to %" PRId64 " axes, at most %d", n, SAL_MAX_RANK);
  y.rank = (int) n;
  for (int i = 0; i < y.rank; i++) {
    y.dim[i] = dims[i];
    if (dims[i] == 0 && !allow_zero) {
      if (i >= x->rank)
        return sal_op_setup_fail (setup, error, SAL_ERROR_SHAPE,
                                  "axis %d is kept, but the input has %d axes", i, x->rank);
      y.dim[i] = x->dim[i];
    } else if (dims[i] == -1) {
      if (open >= 0)
        return sal_op_setup_fail (setup, error, SAL_ERROR_FORMAT, "axes %d and %d are both -1",
                                  open, i);
      open = i;
      y.dim[i] = 1;
    }
  }
  if (open >= 0) {
    gint64 rest;

    if (!sal_shape_check (&y, "output", error))
      return FALSE;
    rest = sal_shape_count (&y);
    /* A remainder makes the counts differ, which set_view() reports. */
    if (rest > 0)
      y.dim[open] = sal_shape_count (x) / rest;
  }
  return set_view (setup, &y, error);
}

static gboolean
flatten_setup (SalOpSetup *setup, GError **error)
{
  gint64 axis = sal_node_int (setup->node, "axis", 1);
  const SalShape *x = setup->x_shape;
  SalShape y;

  if (!sal_op_expect (setup, "a", 1, error))
    return FALSE;
  if (axis < -x->rank || axis > x->rank)
    return sal_op_setup_fail (setup, error, SAL_ERROR_SHAPE,
                              "axis %" PRId64 " of a tensor with %d axes", axis, x->rank);
  if (axis < 0)
    axis += x->rank;
  y = SAL_SHAPE (sal_shape_span (x, 0, (int) axis), sal_shape_span (x, (int) axis, x->rank));
  return set_view (setup, &y, error);
}

/* The axes are an attribute up to opset 12, an input from opset 13 on. */
static gboolean
squeeze_setup (SalOpSetup *setup, GError **error)
{
  gboolean chosen[SAL_MAX_RANK];
  const SalShape *x = setup->x_shape;
  SalShape y = { .rank = 0 };
  const gint64 *axes;
  gint64 n;
  int input = setup->node->opset < 13 ? -1 : 1;

  if (!sal_op_expect (setup, input < 0 ? "a" : "a?i", 1, error) ||
      !sal_check_axes_given (setup, "axes", input, &axes, &n, error) ||
      !sal_check_axes (setup, axes, n, x->rank, chosen, error))
    return FALSE;
  for (int i = 0; i < x->rank; i++) {
    if (axes == NULL)
      chosen[i] = x->dim[i] == 1;
    else if (chosen[i] && x->dim[i] != 1)
      return sal_op_setup_fail (setup, error, SAL_ERROR_SHAPE,
                                "axis %d has length %" PRId64 ", should be 1", i, x->dim[i]);
    if (!chosen[i])
      y.dim[y.rank++] = x->dim[i];
  }
  return set_view (setup, &y, error);
}

static gboolean
unsqueeze_setup (SalOpSetup *setup, GError **error)
{
  gboolean chosen[SAL_MAX_RANK];
  const SalShape *x = setup->x_shape;
  SalShape y = { .rank = 0 };
  const gint64 *axes;
  gint64 n;
  int input = setup->node->opset < 13 ? -1 : 1, from = 0;

  if (!sal_op_expect (setup, input < 0 ? "a" : "ai", 1, error) ||
      !sal_check_axes_given (setup, "axes", input, &axes, &n, error))
    return FALSE;
  if (axes == NULL)
    return sal_op_setup_fail (setup, error, SAL_ERROR_FORMAT, "axes are missing");
  if (n > SAL_MAX_RANK - x->rank)
    return sal_op_setup_fail (setup, error, SAL_ERROR_UNSUPPORTED,
                              "adds %" PRId64 " axes to %d, at most %d in all", n, x->rank,
                              SAL_MAX_RANK);
  y.rank = x->rank + (int) n;
  if (!sal_check_axes (setup, axes, n, y.rank, chosen, error))
    return FALSE;
  for (int i = 0; i < y.rank; i++)
    y.dim[i] = chosen[i] ? 1 : x->dim[from++];
  return set_view (setup, &y, error);
}

/* Shape and Size answer from the input's shape alone, so what follows from them is known when the
 * plan is made. */

static gint64
clamp_end (gint64 end, int rank)
{
  return CLAMP (end < 0 ? end + rank : end, 0, rank);
}

static void
shape_range (const SalNode *node, int rank, int *start, int *end)
{
  gboolean has_range = node->opset >= 15;

  *start = (int) (has_range ? clamp_end (sal_node_int (node, "start", 0), rank) : 0);
  *end = (int) (has_range ? clamp_end (sal_node_int (node, "end", rank), rank) : rank);
  *end = MAX (*start, *end);
}

static gboolean
shape_setup (SalOpSetup *setup, GError **error)
{
  int start, end;

  if (!sal_op_expect (setup, "a", 1, error))
    return FALSE;
  shape_range (setup->node, setup->x_shape[0].rank, &start, &end);
  setup->y_shape[0] = SAL_SHAPE (end - start);
  setup->y_type[0] = SAL_INT;
  setup->y_value[0] =
      sal_tensor_new_copy (SAL_INT, &setup->y_shape[0], setup->x_shape[0].dim + start);
  return TRUE;
}

static void
shape_forward (const SalOpArgs *a)
{
  int start, end;

  shape_range (a->node, a->x_shape[0].rank, &start, &end);
  memcpy (a->y[0], a->x_shape[0].dim + start, a->n * sizeof (gint64));
}

static gboolean
size_setup (SalOpSetup *setup, GError **error)
{
  gint64 count;

  if (!sal_op_expect (setup, "a", 1, error))
    return FALSE;
  count = sal_shape_count (&setup->x_shape[0]);
  setup->y_shape[0] = SAL_SCALAR;
  setup->y_type[0] = SAL_INT;
  setup->y_value[0] = sal_tensor_new_copy (SAL_INT, &setup->y_shape[0], &count);
  return TRUE;
}

static void
size_forward (const SalOpArgs *a)
{
  *sal_y_ints (a, 0) = sal_shape_count (&a->x_shape[0]);
}

const SalOp sal_ops_shape[] = {
  { "Identity", 1, SAL_KEEP_NOTHING, identity_setup, sal_copy_forward, sal_copy_backward },
  { "Dropout", 7, SAL_KEEP_NOTHING, dropout_setup, dropout_forward, dropout_backward },
  { "Reshape", 5, SAL_KEEP_NOTHING, reshape_setup, sal_copy_forward, sal_copy_backward },
  { "Flatten", 1, SAL_KEEP_NOTHING, flatten_setup, sal_copy_forward, sal_copy_backward },
  { "Squeeze", 1, SAL_KEEP_NOTHING, squeeze_setup, sal_copy_forward, sal_copy_backward },
  { "Unsqueeze", 1, SAL_KEEP_NOTHING, unsqueeze_setup, sal_copy_forward, sal_copy_backward },
  { "Shape", 1, SAL_KEEP_NOTHING, shape_setup, shape_forward, NULL },
  { "Size", 1, SAL_KEEP_NOTHING, size_setup, size_forward, NULL },
  { NULL },
};
