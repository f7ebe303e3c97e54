#include "engine/explain/lrp-operators.h"

#include "engine/explain/reasons.h"

static const char *const weighted[] = { "Conv", "ConvTranspose", "Gemm", "MatMul", NULL };
static const char *const sharing[] = { "BatchNormalization", "Sub", "LRN", "LpPool", NULL };
static const char *const evenly[] = {
  "AveragePool", "GlobalAveragePool", "MaxPool", "GlobalMaxPool", "Add", "Sum", "Mean",
  "ReduceMean",  "ReduceSum",         NULL
};
static const char *const passing[] = { "Relu",     "Clip",        "LeakyRelu", "PRelu",
                                       "Elu",      "Celu",        "Selu",      "Sigmoid",
                                       "Tanh",     "HardSigmoid", "HardSwish", "Softplus",
                                       "Softsign", "Gelu",        "Mish",      "ThresholdedRelu",
                                       NULL };
static const char *const moving[] = { "Concat",       "Flatten",   "Reshape",  "Squeeze",
                                      "Unsqueeze",    "Transpose", "Pad",      "Slice",
                                      "Split",        "Gather",    "Identity", "Dropout",
                                      "Cast",         "Expand",    "Tile",     "DepthToSpace",
                                      "SpaceToDepth", "Upsample",  "Resize",   "Shape",
                                      "Constant",     NULL };
/* By SalLrpClass. */
static const char *const *const classes[] = { NULL, weighted, sharing, evenly, passing, moving };

SalLrpClass
sal_lrp_class (const char *op_type)
{
  for (int class = SAL_LRP_WEIGHTED; class <= SAL_LRP_MOVING; class ++)
    if (g_strv_contains (classes[class], op_type))
      return (SalLrpClass) class;
  return SAL_LRP_UNKNOWN;
}

static gboolean
has_rule (const SalModel *model, const SalNode *node)
{
  SalLrpClass class = sal_lrp_class (node->op_type);

  if (class == SAL_LRP_WEIGHTED)
    return node->n_x >= 2 && sal_plan_constant (sal_model_plan (model), node->x[1]) != NULL;
  return class != SAL_LRP_UNKNOWN;
}

const char *
sal_lrp_check (const SalModel *model)
{
  SalGraph *graph = sal_model_graph (model);
  SalPlan *plan = sal_model_plan (model);
  int head = sal_model_logits (model);
  int last = sal_graph_get_value (graph, head)->producer;

  for (int i = 0; i <= last; i++) {
    const SalNode *node = sal_graph_node (graph, i);
    gboolean varies = FALSE;

    for (int j = 0; j < node->n_y; j++)
      varies = varies || (node->y[j] != SAL_NO_VALUE && sal_plan_shape (plan, node->y[j]) != NULL &&
                          sal_plan_constant (plan, node->y[j]) == NULL);
    if (varies && !has_rule (model, node)) {
      g_autofree char *reason = g_strdup_printf ("%s: %s", SAL_REASON_NO_RULE, node->op_type);

      return g_intern_string (reason);
    }
  }
  return NULL;
}
