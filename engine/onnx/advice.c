#include "engine/onnx/advice.h"

#include <glib/gi18n.h>
#include <string.h>

#define PREFIX "ai.onnx.ml::"

/* Steps everywhere: the derivative is 0 wherever there is one. */
static const char *const trees[] = { "TreeEnsemble", "TreeEnsembleClassifier",
                                     "TreeEnsembleRegressor", NULL };
/* Sums and smooth functions, which other operators can say as well. */
static const char *const smooth[] = { "LinearClassifier",
                                      "LinearRegressor",
                                      "SVMClassifier",
                                      "SVMRegressor",
                                      "Scaler",
                                      "Normalizer",
                                      NULL };

static gboolean
any (const char *const *op_types, guint n, const char *const *names)
{
  for (guint i = 0; i < n; i++)
    if (g_str_has_prefix (op_types[i], PREFIX) &&
        (names == NULL || g_strv_contains (names, op_types[i] + strlen (PREFIX))))
      return TRUE;
  return FALSE;
}

const char *
sal_onnx_advice (const char *const *op_types, guint n)
{
  if (any (op_types, n, trees))
    return N_ (
        "A tree ensemble has no gradient, so gradients, Integrated Gradients, Grad-CAM and the "
        "like say nothing about it, in any program. Occlusion, Feature Ablation, Shapley "
        "Values, KernelSHAP and LIME ask a model only for answers; they would apply, if its "
        "operators could be run here. For trees themselves there is TreeSHAP.");
  if (any (op_types, n, smooth))
    return N_ (
        "Operators of classical machine learning (ai.onnx.ml) cannot be run here. A linear "
        "model or a perceptron can be exported with Gemm and Softmax in their place, and then "
        "every method applies.");
  if (any (op_types, n, NULL))
    return N_ (
        "Operators of classical machine learning (ai.onnx.ml) cannot be run here. Occlusion, "
        "Feature Ablation, Shapley Values, KernelSHAP and LIME ask a model only for answers; "
        "they would apply, if its operators could be run.");
  return NULL;
}
