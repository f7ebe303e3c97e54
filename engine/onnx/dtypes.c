/* Element types of values, as the file has them. A graph keeps floats and integers only, so the one
 * thing that an operator asks about the file's types is settled here: what QuantizeLinear
 * saturates to follows from the type of its zero point. */
#include "engine/onnx/reader-private.h"
#include "engine/ops/dtype.h"

#include <string.h>

#define MAX_STEPS 64

void
sal_onnx_note_dtype (SalOnnxReader *reader, int value, gint32 dtype)
{
  if (value == SAL_NO_VALUE)
    return;
  if ((guint) value >= reader->dtypes->len)
    g_array_set_size (reader->dtypes, value + 1);
  g_array_index (reader->dtypes, gint32, value) = dtype;
}

/* Operators whose output has the element type of their first input, as far as they stand between a
 * zero point and its use. */
static gboolean
passes_type_on (const SalNode *node)
{
  static const char *const names[] = { "Identity",  "Reshape", "Flatten", "Squeeze", "Unsqueeze",
                                       "Transpose", "Expand",  "Tile",    "Gather",  "Slice",
                                       "Concat",    "Split",   "Clip",    NULL };

  return g_strv_contains (names, node->op_type);
}

static gint64
find_dtype (const SalOnnxReader *reader, int value)
{
  /* A zero point is a few nodes away; the bound is for files that make it a long way for each of
   * many nodes, or a circle. */
  for (int steps = 0; steps < MAX_STEPS; steps++) {
    const SalNode *node;

    if (value == SAL_NO_VALUE)
      return SAL_DTYPE_UNDEFINED;
    if ((guint) value < reader->dtypes->len && g_array_index (reader->dtypes, gint32, value) != 0)
      return g_array_index (reader->dtypes, gint32, value);
    node = (guint) value < reader->producers->len ? reader->producers->pdata[value] : NULL;
    if (node == NULL)
      return SAL_DTYPE_UNDEFINED;
    if (g_str_equal (node->op_type, "Cast"))
      return sal_node_int (node, "to", SAL_DTYPE_UNDEFINED);
    if (g_str_equal (node->op_type, "DynamicQuantizeLinear"))
      return SAL_DTYPE_UINT8;
    if (!passes_type_on (node) || node->n_x == 0)
      return SAL_DTYPE_UNDEFINED;
    value = node->x[0];
  }
  return SAL_DTYPE_UNDEFINED;
}

void
sal_onnx_state_quantized_types (SalOnnxReader *reader)
{
  for (guint i = 0; i < reader->nodes->len; i++) {
    SalNode *node = reader->nodes->pdata[i];
    gint64 dtype;

    if (!g_str_equal (node->op_type, "QuantizeLinear") || node->n_x < 3 ||
        node->x[2] == SAL_NO_VALUE || sal_node_int (node, "output_dtype", 0) != 0)
      continue;
    dtype = find_dtype (reader, node->x[2]);
    if (dtype != SAL_DTYPE_UNDEFINED)
      sal_node_set_int (node, "output_dtype", dtype);
  }
}
