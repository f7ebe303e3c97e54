#include "engine/explain/each.h"

#include <string.h>

SalTensor *
sal_explain_each (SalExplainer *explainer, const SalTensor *inputs, SalExplainOne one,
                  const SalProgress *progress, GError **error)
{
  gint64 n_x = sal_shape_count (sal_model_input_shape (sal_explainer_query (explainer)->model));
  gint64 n = sal_tensor_count (inputs) / n_x;
  const float *x = sal_tensor_floats (inputs);
  g_autoptr (SalTensor) all = NULL;

  /* Partial results of a part would not be those of the whole; a single one is the whole. */
  if (n == 1)
    return one (explainer, x, progress, error);
  for (gint64 b = 0; b < n; b++) {
    SalProgress part = sal_progress_part (progress, (double) b / n, (b + 1.0) / n);
    g_autoptr (SalTensor) result = one (explainer, x + b * n_x, &part, error);

    if (result == NULL)
      return NULL;
    if (all == NULL) {
      SalShape shape = *sal_tensor_shape (result);

      shape.dim[0] *= n;
      all = sal_tensor_new (SAL_FLOAT, &shape);
    }
    memcpy ((float *) sal_tensor_edit (all) + b * sal_tensor_count (result),
            sal_tensor_floats (result), sal_tensor_count (result) * sizeof (float));
  }
  return g_steal_pointer (&all);
}
