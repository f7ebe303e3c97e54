/* Operators whose output is made from attributes and small integers rather than from data. */
#include "engine/base/error.h"
#include "engine/ops/check.h"
#include "engine/ops/dtype.h"
#include "engine/ops/expect.h"
#include "engine/ops/families.h"

#include <math.h>
#include <string.h>

/* Most elements of anything that a number in a file can ask for; sal_shape_check() allows as
 * many. */
#define MOST (G_GINT64_CONSTANT (1) << 40)

static gboolean
constant_setup (SalOpSetup *setup, GError **error)
{
  const SalNode *node = setup->node;
  SalTensor *value = sal_node_tensor (node, "value");
  gsize n;

  if (!sal_op_expect (setup, "", 1, error))
    return FALSE;
  if (value != NULL) {
    setup->y_shape[0] = *sal_tensor_shape (value);
    setup->y_type[0] = sal_tensor_type (value);
  } else if (sal_node_floats (node, "value_float", &n) != NULL) {
    setup->y_shape[0] = SAL_SCALAR;
  } else if (sal_node_ints (node, "value_int", &n) != NULL) {
    setup->y_shape[0] = SAL_SCALAR;
    setup->y_type[0] = SAL_INT;
  } else if (sal_node_has (node, "value_floats")) {
    sal_node_floats (node, "value_floats", &n);
    setup->y_shape[0] = SAL_SHAPE ((gint64) n);
  } else if (sal_node_has (node, "value_ints")) {
    sal_node_ints (node, "value_ints", &n);
    setup->y_shape[0] = SAL_SHAPE ((gint64) n);
    setup->y_type[0] = SAL_INT;
  } else {
    return sal_op_setup_fail (setup, error, SAL_ERROR_UNSUPPORTED,
                              "has no tensor or number as its value");
  }
  return TRUE;
}

static void
constant_forward (const SalOpArgs *a)
{
  static const char *const float_names[] = { "value_float", "value_floats" };
  static const char *const int_names[] = { "value_int", "value_ints" };
  const SalTensor *value = sal_node_tensor (a->node, "value");
  gsize n;

  if (value != NULL) {
    memcpy (a->y[0], sal_tensor_data (value), a->n * sal_type_size (sal_tensor_type (value)));
    return;
  }
  for (int i = 0; i < 2; i++) {
    const float *floats = sal_node_floats (a->node, float_names[i], &n);
    const gint64 *ints;

    if (floats != NULL) {
      memcpy (a->y[0], floats, MIN (a->n, (gint64) n) * sizeof (float));
      return;
    }
    ints = sal_node_ints (a->node, int_names[i], &n);
    if (ints != NULL) {
      memcpy (a->y[0], ints, MIN (a->n, (gint64) n) * sizeof (gint64));
      return;
    }
  }
}

static gboolean
constant_of_shape_setup (SalOpSetup *setup, GError **error)
{
  const SalTensor *value = sal_node_tensor (setup->node, "value");
  const gint64 *dims;
  gint64 n;

  if (!sal_op_expect (setup, "a", 1, error))
    return FALSE;
  dims = sal_op_setup_ints (setup, 0, &n, error);
  if (dims == NULL)
    return FALSE;
  if (n > SAL_MAX_RANK)
    return sal_op_setup_fail (setup, error, SAL_ERROR_UNSUPPORTED,
                              "of %" PRId64 " axes, at most %d", n, SAL_MAX_RANK);
  if (value != NULL && sal_tensor_count (value) != 1)
    return sal_op_setup_fail (setup, error, SAL_ERROR_FORMAT,
                              "value has %" PRId64 " elements, should have 1",
                              sal_tensor_count (value));
  setup->y_shape[0].rank = (int) n;
  for (int i = 0; i < n; i++)
    setup->y_shape[0].dim[i] = dims[i];
  setup->y_type[0] = value != NULL ? sal_tensor_type (value) : SAL_FLOAT;
  return TRUE;
}

static void
constant_of_shape_forward (const SalOpArgs *a)
{
  const SalTensor *value = sal_node_tensor (a->node, "value");

  if (value != NULL && sal_tensor_type (value) == SAL_INT) {
    for (gint64 i = 0; i < a->n; i++)
      sal_y_ints (a, 0)[i] = sal_tensor_ints (value)[0];
    return;
  }
  for (gint64 i = 0; i < a->n; i++)
    a->y[0][i] = value != NULL ? sal_tensor_floats (value)[0] : 0.f;
}

/* y[i] = start + i · delta, up to but without limit */
static gboolean
range_setup (SalOpSetup *setup, GError **error)
{
  double count;

  if (!sal_op_expect (setup, "aaa", 1, error) || !sal_check_same_type (setup, 0, 1, error) ||
      !sal_check_same_type (setup, 0, 2, error))
    return FALSE;
  for (int i = 0; i < 3; i++) {
    if (sal_shape_count (&setup->x_shape[i]) != 1)
      return sal_op_setup_fail (setup, error, SAL_ERROR_SHAPE, "input %d is no single number", i);
    if (setup->x_value[i] == NULL)
      return sal_op_setup_fail (setup, error, SAL_ERROR_UNSUPPORTED,
                                "input %d must be known before the picture is", i);
  }
  if (setup->x_type[0] == SAL_FLOAT) {
    double start = sal_tensor_floats (setup->x_value[0])[0];
    double limit = sal_tensor_floats (setup->x_value[1])[0];
    double delta = sal_tensor_floats (setup->x_value[2])[0];

    count = ceil ((limit - start) / delta);
  } else {
    double start = sal_tensor_ints (setup->x_value[0])[0];
    double limit = sal_tensor_ints (setup->x_value[1])[0];
    double delta = sal_tensor_ints (setup->x_value[2])[0];

    count = ceil ((limit - start) / delta);
  }
  /* A step of 0 makes it infinite or no number at all. */
  if (!(count <= MOST))
    return sal_op_setup_fail (setup, error, SAL_ERROR_SHAPE, "would have %g elements", count);
  setup->y_shape[0] = SAL_SHAPE ((gint64) MAX (count, 0));
  return TRUE;
}

static void
range_forward (const SalOpArgs *a)
{
  for (gint64 i = 0; i < a->n; i++) {
    if (a->x_type[0] == SAL_FLOAT)
      a->y[0][i] = (float) (a->x[0][0] + (double) i * a->x[2][0]);
    else
      sal_y_ints (a, 0)[i] = sal_x_ints (a, 0)[0] + i * sal_x_ints (a, 2)[0];
  }
}

/* Ones on diagonal k. The element type is given by its ONNX number, else it is the input's. */
static gboolean
eye_like_setup (SalOpSetup *setup, GError **error)
{
  gint64 dtype = sal_node_int (setup->node, "dtype", 0);

  if (!sal_op_expect (setup, "a", 1, error))
    return FALSE;
  if (setup->x_shape[0].rank != 2)
    return sal_op_setup_fail (setup, error, SAL_ERROR_SHAPE, "input has %d axes, should have 2",
                              setup->x_shape[0].rank);
  setup->y_shape[0] = setup->x_shape[0];
  if (dtype != SAL_DTYPE_UNDEFINED && !sal_dtype_kind (dtype, &setup->y_type[0]))
    return sal_op_setup_fail (setup, error, SAL_ERROR_UNSUPPORTED,
                              "dtype %" PRId64 " is no common number type of ONNX", dtype);
  *(SalType *) sal_op_setup_state (setup, sizeof (SalType), NULL) = setup->y_type[0];
  return TRUE;
}

static void
eye_like_forward (const SalOpArgs *a)
{
  gint64 k = sal_node_int (a->node, "k", 0), columns = a->y_shape[0].dim[1];
  const SalType *type = a->state;

  for (gint64 i = 0; i < a->n; i++) {
    gboolean one = i % columns - i / columns == k;

    if (*type == SAL_FLOAT)
      a->y[0][i] = one ? 1.f : 0.f;
    else
      sal_y_ints (a, 0)[i] = one;
  }
}

/* The places of the elements that are not zero, a column each: how many there are must be known
 * when the plan is made. */
static gboolean
non_zero_setup (SalOpSetup *setup, GError **error)
{
  const SalTensor *x;
  gint64 count = 0;

  if (!sal_op_expect (setup, "a", 1, error))
    return FALSE;
  x = setup->x_value[0];
  if (x == NULL)
    return sal_op_setup_fail (setup, error, SAL_ERROR_UNSUPPORTED,
                              "input 0 must be known before the picture is");
  for (gint64 i = 0; i < sal_tensor_count (x); i++)
    count += setup->x_type[0] == SAL_FLOAT ? sal_tensor_floats (x)[i] != 0.f
                                           : sal_tensor_ints (x)[i] != 0;
  setup->y_shape[0] = SAL_SHAPE (setup->x_shape[0].rank, count);
  setup->y_type[0] = SAL_INT;
  return TRUE;
}

static void
non_zero_forward (const SalOpArgs *a)
{
  const SalShape *x = a->x_shape;
  gint64 n = sal_shape_count (x), columns = a->y_shape[0].dim[1], column = 0;

  for (gint64 i = 0; i < n; i++) {
    gint64 rest = i;

    if (a->x_type[0] == SAL_FLOAT ? a->x[0][i] == 0.f : sal_x_ints (a, 0)[i] == 0)
      continue;
    for (int axis = x->rank - 1; axis >= 0; axis--) {
      sal_y_ints (a, 0)[axis * columns + column] = rest % x->dim[axis];
      rest /= x->dim[axis];
    }
    column++;
  }
}

const SalOp sal_ops_generate[] = {
  { "Constant", 1, SAL_KEEP_NOTHING, constant_setup, constant_forward, NULL },
  { "ConstantOfShape", 9, SAL_KEEP_NOTHING, constant_of_shape_setup, constant_of_shape_forward,
    NULL },
  { "Range", 11, SAL_KEEP_NOTHING, range_setup, range_forward, NULL },
  { "EyeLike", 9, SAL_KEEP_NOTHING, eye_like_setup, eye_like_forward, NULL },
  { "NonZero", 9, SAL_KEEP_NOTHING, non_zero_setup, non_zero_forward, NULL },
  { NULL },
};
