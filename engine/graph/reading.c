#include "engine/graph/reading.h"

#include "engine/ops/window.h"

#include <string.h>

/* What a rule finds out; it begins as one of the inputs. */
typedef struct {
  SalField field;
  SalReading reading[2];
} Output;

/* Whether a constant that is broadcast to a picture is the same at all places. */
static gboolean
is_uniform (const SalNodeSetup *setup, int i, int rows)
{
  const SalShape *shape = &setup->x_shape[i];
  int missing = 4 - shape->rank;

  if (setup->x_value[i] == NULL || missing < 0)
    return FALSE;
  for (int axis = rows; axis < rows + 2; axis++)
    if (axis >= missing && shape->dim[axis - missing] != 1)
      return FALSE;
  return TRUE;
}

static gboolean
same_places (const SalField *a, const SalField *b)
{
  return a->rows == b->rows && memcmp (a->stride, b->stride, sizeof a->stride) == 0 &&
         memcmp (a->length, b->length, sizeof a->length) == 0;
}

/* One picture, the rest constants of operators that look at each element by itself. */
static gboolean
is_unary (const SalNodeSetup *setup, const SalField *const *x, Output *y)
{
  for (int i = 1; i < setup->setup.n_x; i++)
    if (setup->x_given[i] && setup->x_value[i] == NULL)
      return FALSE;
  return TRUE;
}

/* Factors and sums over the channels of one place, which are axis 1. */
static gboolean
is_channelwise (const SalNodeSetup *setup, const SalField *const *x, Output *y)
{
  return y->field.rows == 2 && is_unary (setup, x, y) &&
         sal_node_int (setup->setup.node, "training_mode", 0) == 0;
}

/* Pictures of the same places, or constants that do not depend on them. */
static gboolean
is_joint (const SalNodeSetup *setup, const SalField *const *x, Output *y)
{
  for (int i = 0; i < setup->setup.n_x; i++)
    if (x[i] != NULL ? !same_places (x[i], &y->field) : !is_uniform (setup, i, y->field.rows))
      return FALSE;
  return TRUE;
}

static gboolean
is_concat (const SalNodeSetup *setup, const SalField *const *x, Output *y)
{
  gint64 axis = sal_node_int (setup->setup.node, "axis", 1);

  axis += axis < 0 ? 4 : 0;
  if (axis == 0 || axis == y->field.rows || axis == y->field.rows + 1)
    return FALSE;
  for (int i = 0; i < setup->setup.n_x; i++)
    if (x[i] == NULL || !same_places (x[i], &y->field))
      return FALSE;
  return TRUE;
}

static void
read_window (const SalWindow *w, Output *y)
{
  for (int a = 0; a < 2; a++) {
    int axis = sal_window_axis (w, a);

    y->reading[a] = (SalReading){ w->kernel[axis], w->stride[axis], w->dilation[axis],
                                  w->before[axis], w->after[axis] };
    y->field.stride[a] *= w->stride[axis];
  }
}

static gboolean
is_conv (const SalNodeSetup *setup, const SalField *const *x, Output *y)
{
  SalWindow window;

  if (y->field.rows != 2 || !is_unary (setup, x, y) ||
      !sal_window_init (&window, &setup->setup, setup->x_shape[1].dim + 2, NULL) ||
      !sal_window_slide (&window, &setup->setup, FALSE, NULL))
    return FALSE;
  read_window (&window, y);
  return TRUE;
}

static gboolean
is_pool (const SalNodeSetup *setup, const SalField *const *x, Output *y)
{
  gboolean ceil_mode = sal_node_int (setup->setup.node, "ceil_mode", 0) != 0;
  SalWindow window;

  if (y->field.rows != 2 || !sal_window_init (&window, &setup->setup, NULL, NULL) ||
      !sal_window_slide (&window, &setup->setup, ceil_mode, NULL))
    return FALSE;
  read_window (&window, y);
  return TRUE;
}

/* Rows and columns stay side by side, in this order, and pictures come first. */
static gboolean
is_turned (const SalNodeSetup *setup, const SalField *const *x, Output *y)
{
  gsize n;
  const gint64 *perm = sal_node_ints (setup->setup.node, "perm", &n);

  if (n != 4 || perm[0] != 0)
    return FALSE;
  for (int axis = 1; axis < 3; axis++)
    if (perm[axis] == y->field.rows && perm[axis + 1] == y->field.rows + 1) {
      y->field.rows = axis;
      return TRUE;
    }
  return FALSE;
}

typedef struct {
  const char *op_type;
  SalReaderKind kind;
  gboolean (*is_local) (const SalNodeSetup *setup, const SalField *const *x, Output *y);
} Rule;

static const Rule rules[] = {
  { "Conv", SAL_READER_PLACES, is_conv },
  { "MaxPool", SAL_READER_PLACES, is_pool },
  { "AveragePool", SAL_READER_PLACES, is_pool },
  { "LpPool", SAL_READER_PLACES, is_pool },
  { "BatchNormalization", SAL_READER_ELEMENTS, is_channelwise },
  { "LRN", SAL_READER_PLACES, is_channelwise },
  { "Concat", SAL_READER_PLACES, is_concat },
  { "Transpose", SAL_READER_TURNED, is_turned },
  { "Add", SAL_READER_JOINT, is_joint },
  { "Sub", SAL_READER_JOINT, is_joint },
  { "Mul", SAL_READER_JOINT, is_joint },
  { "Div", SAL_READER_JOINT, is_joint },
  { "Pow", SAL_READER_JOINT, is_joint },
  { "Sum", SAL_READER_JOINT, is_joint },
  { "Mean", SAL_READER_JOINT, is_joint },
  { "Max", SAL_READER_JOINT, is_joint },
  { "Min", SAL_READER_JOINT, is_joint },
  { "PRelu", SAL_READER_JOINT, is_joint },
  { "Relu", SAL_READER_ELEMENTS, is_unary },
  { "Clip", SAL_READER_ELEMENTS, is_unary },
  { "LeakyRelu", SAL_READER_ELEMENTS, is_unary },
  { "Elu", SAL_READER_ELEMENTS, is_unary },
  { "Selu", SAL_READER_ELEMENTS, is_unary },
  { "Celu", SAL_READER_ELEMENTS, is_unary },
  { "Sigmoid", SAL_READER_ELEMENTS, is_unary },
  { "Tanh", SAL_READER_ELEMENTS, is_unary },
  { "HardSigmoid", SAL_READER_ELEMENTS, is_unary },
  { "HardSwish", SAL_READER_ELEMENTS, is_unary },
  { "Swish", SAL_READER_ELEMENTS, is_unary },
  { "Gelu", SAL_READER_ELEMENTS, is_unary },
  { "Mish", SAL_READER_ELEMENTS, is_unary },
  { "Softplus", SAL_READER_ELEMENTS, is_unary },
  { "Softsign", SAL_READER_ELEMENTS, is_unary },
  { "ThresholdedRelu", SAL_READER_ELEMENTS, is_unary },
  { "Identity", SAL_READER_ELEMENTS, is_unary },
  { "Dropout", SAL_READER_ELEMENTS, is_unary },
  { "Erf", SAL_READER_ELEMENTS, is_unary },
  { "Exp", SAL_READER_ELEMENTS, is_unary },
  { "Log", SAL_READER_ELEMENTS, is_unary },
  { "Sqrt", SAL_READER_ELEMENTS, is_unary },
  { "Neg", SAL_READER_ELEMENTS, is_unary },
  { "Abs", SAL_READER_ELEMENTS, is_unary },
  { "Reciprocal", SAL_READER_ELEMENTS, is_unary },
};

static const Rule *
find_rule (const SalNode *node)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rules); i++)
    if (strcmp (rules[i].op_type, node->op_type) == 0)
      return &rules[i];
  return NULL;
}

SalReaderKind
sal_reader_kind (const SalNode *node)
{
  const Rule *rule = find_rule (node);

  return rule != NULL ? rule->kind : SAL_READER_WHOLE;
}

static gboolean
is_picture (const SalShape *shape)
{
  return shape->rank == 4 && shape->dim[0] == 1 && sal_shape_count (shape) > 0;
}

gboolean
sal_reading_of (const SalNodeSetup *setup, const SalField *const *x, SalField *y,
                SalReading reading[2])
{
  const Rule *rule = find_rule (setup->setup.node);
  const SalShape *shape = &setup->y_shape[0];
  Output output = { .reading = { { 1, 1, 1, 0, 0 }, { 1, 1, 1, 0, 0 } } };
  int first = 0;

  while (first < setup->setup.n_x && x[first] == NULL)
    first++;
  if (rule == NULL || first == setup->setup.n_x || setup->y_type[0] != SAL_FLOAT ||
      !is_picture (shape) || !is_picture (&setup->x_shape[first]))
    return FALSE;
  output.field = *x[first];
  if (!rule->is_local (setup, x, &output))
    return FALSE;
  *y = output.field;
  memcpy (reading, output.reading, sizeof output.reading);
  for (int axis = 0; axis < 2; axis++)
    y->length[axis] = shape->dim[y->rows + axis];
  return TRUE;
}
