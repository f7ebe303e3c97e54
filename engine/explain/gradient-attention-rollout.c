#include "engine/explain/attention.h"
#include "engine/explain/methods.h"

#include <string.h>

static const SalParam params[] = { { NULL } };

/* R = I, and for each layer R += (mean over heads of max (A ⊙ ∂f / ∂A, 0)) R */
static void
roll (const SalAttention *a, double *rolled)
{
  gint64 t = a->n_tokens;
  g_autofree double *step = g_new (double, t *t);
  g_autofree double *product = g_new (double, t *t);

  for (gint64 i = 0; i < t; i++)
    rolled[i * t + i] = 1;
  for (int l = 0; l < a->n_layers; l++) {
    memset (step, 0, t * t * sizeof (double));
    for (gint64 h = 0; h < a->n_heads[l]; h++)
      for (gint64 i = 0; i < t * t; i++) {
        double share = (double) a->weights[l][h * t * t + i] * a->gradients[l][h * t * t + i];

        step[i] += MAX (share, 0) / a->n_heads[l];
      }
    memset (product, 0, t * t * sizeof (double));
    for (gint64 i = 0; i < t; i++)
      for (gint64 k = 0; k < t; k++)
        for (gint64 j = 0; j < t; j++)
          product[i * t + j] += step[i * t + k] * rolled[k * t + j];
    for (gint64 i = 0; i < t * t; i++)
      rolled[i] += product[i];
  }
}

static SalTensor *
explain (SalExplainer *explainer, const SalTensor *inputs, const SalProgress *progress,
         GError **error)
{
  return sal_attention_explain (explainer, inputs, TRUE, roll, progress, error);
}

const SalMethod sal_method_gradient_attention_rollout = {
  .id = "gradient-attention-rollout",
  .name = "Gradient × Attention Rollout",
  .group = SAL_GROUP_ATTENTION,
  .summary = "Attention rolled out with each weight times its positive gradient, so that only "
             "attention that speaks for the class counts.",
  .formula = "R ← R + mean over heads of max(A ⊙ ∂f / ∂A, 0) · R, layer by layer from R = I",
  .promise = "Attention whose gradient speaks against the class counts nothing.",
  .advice = "Where a vision transformer looks for this class.",
  .caveat = "What passes outside of attention, in the layers between, is taken as it is.",
  .paper =
      "Chefer, Gur, Wolf: Generic Attention-model Explainability for Interpreting Bi-Modal and "
      "Encoder-Decoder Transformers. ICCV 2021.",
  .params = params,
  .check = sal_attention_check,
  .explain = explain,
};
