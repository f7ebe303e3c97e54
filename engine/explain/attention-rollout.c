#include "engine/explain/attention.h"
#include "engine/explain/methods.h"

#include <string.h>

static const SalParam params[] = { { NULL } };

/* R = Ã_L … Ã_1, Ã the rows of (mean over heads + I) / 2 scaled to the sum 1 */
static void
roll (const SalAttention *a, double *rolled)
{
  gint64 t = a->n_tokens;
  g_autofree double *step = g_new (double, t *t);
  g_autofree double *product = g_new (double, t *t);

  for (gint64 i = 0; i < t; i++)
    rolled[i * t + i] = 1;
  for (int l = 0; l < a->n_layers; l++) {
    for (gint64 i = 0; i < t; i++) {
      double sum = 0;

      for (gint64 j = 0; j < t; j++) {
        double mean = 0;

        for (gint64 h = 0; h < a->n_heads[l]; h++)
          mean += a->weights[l][(h * t + i) * t + j];
        step[i * t + j] = 0.5 * mean / a->n_heads[l] + (i == j ? 0.5 : 0.0);
        sum += step[i * t + j];
      }
      for (gint64 j = 0; sum > 0 && j < t; j++)
        step[i * t + j] /= sum;
    }
    memset (product, 0, t * t * sizeof (double));
    for (gint64 i = 0; i < t; i++)
      for (gint64 k = 0; k < t; k++)
        for (gint64 j = 0; j < t; j++)
          product[i * t + j] += step[i * t + k] * rolled[k * t + j];
    memcpy (rolled, product, t * t * sizeof (double));
  }
}

static SalTensor *
explain (SalExplainer *explainer, const SalTensor *inputs, const SalProgress *progress,
         GError **error)
{
  return sal_attention_explain (explainer, inputs, FALSE, roll, progress, error);
}

const SalMethod sal_method_attention_rollout = {
  .id = "attention-rollout",
  .name = "Attention Rollout",
  .group = SAL_GROUP_ATTENTION,
  .summary = "Multiplies a transformer’s attention matrices, half of each layer being the residual "
             "path, to see which patches reach the class token.",
  .formula = "R = Ã_L … Ã₁,  Ã = rows of (mean over heads A + I) / 2 scaled to 1",
  .promise = "Shares of attention: they are not negative and sum to one over the tokens.",
  .advice = "How information flows in a vision transformer.",
  .caveat = "It does not depend on the class, and attention that carries nothing counts as much as "
            "attention that decides.",
  .paper = "Abnar, Zuidema: Quantifying Attention Flow in Transformers. ACL 2020.",
  .params = params,
  .check = sal_attention_check,
  .explain = explain,
};
