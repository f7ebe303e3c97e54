#include "engine/graph/summary.h"

#include "engine/graph/plan-private.h"

GArray *
sal_plan_summary (const SalPlan *plan)
{
  GArray *nodes = g_array_new (FALSE, TRUE, sizeof (SalNodeSummary));
  g_autoptr (GHashTable) counted = g_hash_table_new (NULL, NULL);

  for (guint i = 0; i < plan->steps->len; i++) {
    const SalStep *step = &g_array_index (plan->steps, SalStep, i);
    const SalNode *node = step->node;
    SalNodeSummary summary = { .name = node->name,
                               .op_type = node->op_type,
                               .multiply_adds = step->setup->setup.multiply_adds };
    int first = 0;

    while (node->y[first] == SAL_NO_VALUE)
      first++;
    summary.value = node->y[first];
    summary.node = sal_graph_get_value (plan->graph, summary.value)->producer;
    summary.shape = plan->slots[summary.value].shape;
    for (int j = 0; j < node->n_x; j++) {
      SalTensor *constant = node->x[j] != SAL_NO_VALUE
                                ? sal_graph_get_value (plan->graph, node->x[j])->constant
                                : NULL;
      if (constant != NULL && sal_tensor_type (constant) == SAL_FLOAT &&
          g_hash_table_add (counted, constant))
        summary.parameters += sal_tensor_count (constant);
    }
    g_array_append_val (nodes, summary);
  }
  return nodes;
}
