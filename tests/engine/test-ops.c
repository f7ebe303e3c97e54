/* Every operator, forward and backward, on the cases of its family. */
#include "tests/engine/level.h"
#include "tests/engine/ops/cases.h"

#include "engine/ops/channels-last.h"

#include <string.h>

/* clang-format off */
static const OpCase *const families[] = {
  op_cases_activation,
  op_cases_arithmetic,
  op_cases_axis,
  op_cases_cast,
  op_cases_compare,
  op_cases_conv,
  op_cases_det,
  op_cases_gather,
  op_cases_generate,
  op_cases_layout,
  op_cases_grid_sample,
  op_cases_linear,
  op_cases_norm,
  op_cases_pad,
  op_cases_pool,
  op_cases_quantize,
  op_cases_reduce,
  op_cases_recurrent,
  op_cases_resize,
  op_cases_scatter,
  op_cases_shape,
  op_cases_slice,
  op_cases_softmax,
  op_cases_unary,
  op_cases_unique,
};
/* clang-format on */

static void
case_cb (gconstpointer data)
{
  op_case_check (data);
}

static void
fuzz_cb (gconstpointer data)
{
  op_case_fuzz (data);
}

/* A derivative that no case reaches could be wrong unseen: each row with a backward needs one. What
 * plans alone write is compared with these in test-lower.c. */
static void
coverage_cb (void)
{
  for (const SalOp *const *family = sal_op_families (); *family != NULL; family++)
    for (const SalOp *op = *family; op->name != NULL; op++) {
      gboolean found = op->backward == NULL || op->since >= SAL_OPSET_LOWERED;

      for (gsize i = 0; i < G_N_ELEMENTS (families) && !found; i++)
        for (const OpCase *c = families[i]; c->op != NULL && !found; c++)
          found = !c->no_gradient && c->error == NULL && strcmp (c->op, op->name) == 0 &&
                  sal_op_find (c->op, c->opset) == op;
      if (!found) {
        g_test_message ("%s since opset %d has a backward and no case", op->name, op->since);
        g_test_fail ();
      }
    }
}

/* What image and text classifiers are made of, by the version from which it is needed at the latest.
 * Constant, If and functions are the reader's. */
static void
classifiers_cb (void)
{
  static const char *const names[] = {
    "Abs", "Acos", "Acosh", "Add", "And", "ArgMax", "ArgMin", "Asin", "Asinh", "Atan", "Atanh",
    "AveragePool", "BatchNormalization", "Cast", "Ceil", "Celu", "Clip", "Concat",
    "ConstantOfShape", "Conv", "ConvTranspose", "Cos", "Cosh", "CumSum", "DepthToSpace",
    "DequantizeLinear", "Div", "Dropout", "DynamicQuantizeLinear", "Einsum", "Elu", "Equal",
    "Erf", "Exp", "Expand", "EyeLike", "Flatten", "Floor", "Gather", "GatherElements", "GatherND",
    "Gelu", "Gemm", "GlobalAveragePool", "GlobalLpPool", "GlobalMaxPool", "Greater",
    "GreaterOrEqual", "GridSample", "GroupNormalization", "GRU", "HardSigmoid", "HardSwish",
    "Hardmax", "Identity", "InstanceNormalization", "LRN", "LSTM", "LayerNormalization",
    "LeakyRelu", "Less", "LessOrEqual", "Log", "LogSoftmax", "LpNormalization", "LpPool",
    "MatMul", "Max", "MaxPool", "MaxUnpool", "Mean", "MeanVarianceNormalization", "Min", "Mish",
    "Mod", "Mul", "Neg", "NonZero", "Not", "OneHot", "Or", "PRelu", "Pad", "Pow",
    "QuantizeLinear", "RNN", "Range", "Reciprocal", "ReduceL1", "ReduceL2", "ReduceLogSum",
    "ReduceLogSumExp", "ReduceMax", "ReduceMean", "ReduceMin", "ReduceProd", "ReduceSum",
    "ReduceSumSquare", "Relu", "Reshape", "Resize", "RoiAlign", "Round", "ScatterElements",
    "ScatterND", "Selu", "Shape", "Sigmoid", "Sign", "Sin", "Sinh", "Size", "Slice", "Softmax",
    "Softplus", "Softsign", "SpaceToDepth", "Split", "Sqrt", "Squeeze", "Sub", "Sum", "Tan",
    "Tanh", "ThresholdedRelu", "Tile", "TopK", "Transpose", "Trilu", "Unsqueeze", "Where", "Xor",
  };
  static const struct {
    const char *name;
    int opset;
  } others[] = { { "Upsample", 7 },   { "Upsample", 9 },         { "Scatter", 9 },
                 { "Attention", 23 }, { "RMSNormalization", 23 }, { "RotaryEmbedding", 23 } };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (sal_op_find (names[i], 21) == NULL) {
      g_test_message ("%s is unknown in opset 21", names[i]);
      g_test_fail ();
    }
  for (gsize i = 0; i < G_N_ELEMENTS (others); i++)
    if (sal_op_find (others[i].name, others[i].opset) == NULL) {
      g_test_message ("%s is unknown in opset %d", others[i].name, others[i].opset);
      g_test_fail ();
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  if (!level_take (argc, argv))
    return 0;
  for (gsize i = 0; i < G_N_ELEMENTS (families); i++)
    for (const OpCase *c = families[i]; c->op != NULL; c++) {
      g_autofree char *path = g_strdup_printf ("/engine/ops/%s/%d/%s", c->op, c->opset, c->name);
      g_autofree char *changed = g_strdup_printf ("%s/changed", path);
      g_test_add_data_func (path, c, case_cb);
      g_test_add_data_func (changed, c, fuzz_cb);
    }
  g_test_add_func ("/engine/ops/coverage", coverage_cb);
  g_test_add_func ("/engine/ops/classifiers", classifiers_cb);
  return g_test_run ();
}
