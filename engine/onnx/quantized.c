#include "engine/onnx/quantized.h"

#include "engine/base/error.h"

#include <string.h>

/* Memory of the nodes that replace one, roughly. */
#define BYTES 4000

/**
 * Spelling:
 * @core: what the operator does to floats
 * @scaled: whether operands have scales and the result is quantised; inputs are then a, its scale,
 *   its zero point, b, its scale, its zero point, the result's scale and zero point, a bias; else
 *   a, b, and the zero points
 * @n_required: inputs that must be there
 * @a_axis, @b_axis: axis of a dimension that may have scales or zero points of its own
 */
typedef struct {
  const char *op, *core;
  gboolean scaled;
  int n_required;
  gint64 a_axis, b_axis;
} Spelling;

static const Spelling spellings[] = {
  { "QLinearConv", "Conv", TRUE, 8, 1, 0 },
  { "QLinearMatMul", "MatMul", TRUE, 8, -2, -1 },
  { "ConvInteger", "Conv", FALSE, 2, 1, 0 },
  { "MatMulInteger", "MatMul", FALSE, 2, -2, -1 },
};

static const Spelling *
find_spelling (const char *op)
{
  for (gsize i = 0; i < G_N_ELEMENTS (spellings); i++)
    if (strcmp (spellings[i].op, op) == 0)
      return &spellings[i];
  return NULL;
}

gboolean
sal_onnx_is_spelt_out (const char *op)
{
  return find_spelling (op) != NULL;
}

static int
input (const SalNode *node, int i)
{
  return i < node->n_x ? node->x[i] : SAL_NO_VALUE;
}

/* Scales of 1, as many as there are zero points: one where those are only known later. */
static int
ones_for (SalOnnxReader *reader, const SalNode *node, const char *what, int zero)
{
  const SalTensor *known =
      zero != SAL_NO_VALUE ? sal_graph_get_value (reader->graph, zero)->constant : NULL;
  SalShape shape = known != NULL ? *sal_tensor_shape (known) : SAL_SCALAR;
  g_autoptr (SalTensor) ones = sal_tensor_new (SAL_FLOAT, &shape);

  for (gint64 i = 0; i < sal_tensor_count (ones); i++)
    ((float *) sal_tensor_edit (ones))[i] = 1;
  return sal_onnx_helper_constant (reader, node, what, ones);
}

static int
dequantize (SalOnnxReader *reader, const SalNode *node, const char *what, int value, int scale,
            int zero, gint64 axis)
{
  const int x[] = { value, scale, zero };
  SalNode *helper =
      sal_onnx_helper (reader, node, "DequantizeLinear", what, x, zero != SAL_NO_VALUE ? 3 : 2);

  sal_node_set_int (helper, "axis", axis);
  return helper->y[0];
}

/* The bias is of the operands' scales' product and has no zero point. */
static int
dequantize_bias (SalOnnxReader *reader, const SalNode *node, int bias)
{
  const int scales[] = { node->x[1], node->x[4] };
  int scale = sal_onnx_helper (reader, node, "Mul", "bias-scale", scales, 2)->y[0];

  return dequantize (reader, node, "bias", bias, scale, SAL_NO_VALUE, 0);
}

gboolean
sal_onnx_spell_out (SalOnnxReader *reader, const SalNode *node, gboolean *replaced, GError **error)
{
  const Spelling *s = find_spelling (node->op_type);
  int operands[3], n_operands = 2;

  *replaced = s != NULL;
  if (s == NULL)
    return TRUE;
  for (int i = 0; i < s->n_required; i++)
    if (input (node, i) == SAL_NO_VALUE) {
      sal_error_set (error, SAL_ERROR_FORMAT, "%s \"%s\": input %d is missing", node->op_type,
                     node->name, i);
      return FALSE;
    }
  if (node->n_y != 1 || node->y[0] == SAL_NO_VALUE) {
    sal_error_set (error, SAL_ERROR_FORMAT, "%s \"%s\": has %d outputs, not one", node->op_type,
                   node->name, node->n_y);
    return FALSE;
  }
  if (!sal_onnx_spend (reader, BYTES + 16 * strlen (node->name), error))
    return FALSE;

  int a_zero = input (node, 2), b_zero = input (node, s->scaled ? 5 : 3);
  int a_scale = s->scaled ? node->x[1] : ones_for (reader, node, "a-scale", a_zero);
  int b_scale = s->scaled ? node->x[4] : ones_for (reader, node, "b-scale", b_zero);
  operands[0] = dequantize (reader, node, "a", node->x[0], a_scale, a_zero, s->a_axis);
  operands[1] =
      dequantize (reader, node, "b", node->x[s->scaled ? 3 : 1], b_scale, b_zero, s->b_axis);
  if (s->scaled && input (node, 8) != SAL_NO_VALUE)
    operands[n_operands++] = dequantize_bias (reader, node, node->x[8]);

  if (!s->scaled) {
    SalNode *core =
        sal_node_new (s->core, node->name, node->opset, operands, n_operands, node->y, 1);
    sal_node_copy_attributes (core, node);
    sal_onnx_add_node (reader, core);
    return TRUE;
  }
  SalNode *core = sal_onnx_helper (reader, node, s->core, s->core, operands, n_operands);
  sal_node_copy_attributes (core, node);
  const int x[] = { core->y[0], node->x[6], node->x[7] };
  sal_onnx_add_node (reader,
                     sal_node_new ("QuantizeLinear", node->name, node->opset, x, 3, node->y, 1));
  return TRUE;
}
