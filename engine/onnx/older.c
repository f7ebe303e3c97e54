#include "engine/onnx/older.h"

#include <string.h>

/* Memory of the nodes that place one operand, roughly. */
#define PLACING_BYTES 4000

/* How the meaning of before compares to that of set @since. */
typedef enum {
  SAME,      /* except for arguments without meaning here (consumed_inputs, is_test) */
  BROADCAST, /* second operand placed by broadcast and axis */
  CHANNELS,  /* second operand one number, or one for each channel */
} Change;

static const struct {
  const char *op;
  int since;
  Change change;
} changes[] = {
  { "Add", 7, BROADCAST },
  { "And", 7, BROADCAST },
  { "BatchNormalization", 7, SAME },
  { "Clip", 6, SAME },
  { "Div", 7, BROADCAST },
  { "Dropout", 7, SAME },
  { "Equal", 7, BROADCAST },
  { "Gemm", 7, SAME },
  { "Greater", 7, BROADCAST },
  { "InstanceNormalization", 6, SAME },
  { "Less", 7, BROADCAST },
  { "Max", 6, SAME },
  { "Mean", 6, SAME },
  { "Min", 6, SAME },
  { "Mul", 7, BROADCAST },
  { "Or", 7, BROADCAST },
  { "PRelu", 7, CHANNELS },
  { "Pow", 7, BROADCAST },
  { "Sub", 7, BROADCAST },
  { "Sum", 6, SAME },
  { "Xor", 7, BROADCAST },
};

/* Adds a node with one or two inputs. Returns: its result */
static int
add (SalOnnxReader *reader, const SalNode *owner, const char *op, const char *what, int a, int b)
{
  const int x[] = { a, b };
  SalNode *node = sal_onnx_helper (reader, owner, op, what, x, b == SAL_NO_VALUE ? 1 : 2);

  if (g_str_equal (op, "Concat"))
    sal_node_set_int (node, "axis", 0);
  if (g_str_equal (op, "ConstantOfShape")) {
    const gint64 one = 1;
    g_autoptr (SalTensor) value = sal_tensor_new_copy (SAL_INT, &SAL_SHAPE (1), &one);
    sal_node_set_tensor (node, "value", value);
  }
  return node->y[0];
}

/* The shape of b is to lie on that of a from @axis on: as many axes of length 1 as are missing
 * behind it are appended, known when the plan knows the shapes. */
static int
place (SalOnnxReader *reader, const SalNode *node, int a, int b, gint64 axis)
{
  g_autoptr (SalTensor) offset = sal_tensor_new_copy (SAL_INT, &SAL_SHAPE (1), &axis);
  int start = sal_onnx_helper_constant (reader, node, "axis", offset);
  int a_shape = add (reader, node, "Shape", "a-shape", a, SAL_NO_VALUE);
  int b_shape = add (reader, node, "Shape", "b-shape", b, SAL_NO_VALUE);
  int a_rank = add (reader, node, "Shape", "a-rank", a_shape, SAL_NO_VALUE);
  int b_rank = add (reader, node, "Shape", "b-rank", b_shape, SAL_NO_VALUE);
  int behind = add (reader, node, "Sub", "from-axis", a_rank, start);
  int missing = add (reader, node, "Sub", "missing", behind, b_rank);
  int ones = add (reader, node, "ConstantOfShape", "ones", missing, SAL_NO_VALUE);
  int shape = add (reader, node, "Concat", "shape", b_shape, ones);
  return add (reader, node, "Reshape", "placed", b, shape);
}

static gboolean
is_one_number (SalOnnxReader *reader, int value)
{
  const SalTensor *constant = sal_graph_get_value (reader->graph, value)->constant;

  return constant != NULL && sal_tensor_count (constant) == 1;
}

gboolean
sal_onnx_modernise (SalOnnxReader *reader, SalNode *node, GError **error)
{
  gsize i = 0;

  while (i < G_N_ELEMENTS (changes) && strcmp (changes[i].op, node->op_type) != 0)
    i++;
  if (i == G_N_ELEMENTS (changes) || node->opset >= changes[i].since)
    return TRUE;

  gboolean placed = (changes[i].change == BROADCAST && sal_node_int (node, "broadcast", 0) != 0 &&
                     sal_node_has (node, "axis") && sal_node_int (node, "axis", 0) >= 0) ||
                    changes[i].change == CHANNELS;
  if (placed && node->n_x == 2 && node->x[0] != SAL_NO_VALUE && node->x[1] != SAL_NO_VALUE &&
      !is_one_number (reader, node->x[1])) {
    if (!sal_onnx_spend (reader, PLACING_BYTES + 16 * strlen (node->name), error))
      return FALSE;
    gint64 axis = changes[i].change == CHANNELS ? 1 : sal_node_int (node, "axis", 0);
    node->x[1] = place (reader, node, node->x[0], node->x[1], axis);
  }
  node->opset = changes[i].since;
  return TRUE;
}
