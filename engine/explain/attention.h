/* Attention matrices of a transformer: where they are, what they hold, and what they add up to. */
#pragma once

#include "engine/explain/method.h"

/**
 * SalAttention: the matrices at one input
 * @n_layers: in order of computation
 * @n_tokens: T; each head's matrix is T × T, rows being queries
 * @n_heads: of each layer
 * @weights: of each layer [heads][T][T]
 * @gradients: of each layer, of the target's score; %NULL if not asked for
 */
typedef struct {
  int n_layers;
  gint64 n_tokens;
  gint64 *n_heads;
  float **weights;
  float **gradients;
} SalAttention;

void sal_attention_free (SalAttention *attention);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SalAttention, sal_attention_free)

/**
 * sal_attention_values:
 *
 * An attention matrix is the output of a Softmax, 1 × heads × T × T, that is multiplied from the
 * left with another matrix (MatMul), perhaps after a Dropout or Identity.
 *
 * Returns: (transfer full) (element-type int): the graph's values that hold one, all of the same T;
 *   empty where there is none
 */
GArray *sal_attention_values (const SalModel *model);

/** sal_attention_check: Returns: (nullable): why a model has no attention to roll out */
const char *sal_attention_check (const SalModel *model);

/**
 * sal_attention_explain:
 * @gradients: whether they are needed
 * @roll: writes the relevance of every token for every token, T × T, into @rolled
 *
 * Rolls out the attention of each input and shows what the class token has of the others on the
 * picture: the grid of patches enlarged to the input. Without a class token it is the mean over
 * all tokens; for a text model one number a token. Reports "rollout", T × T, and for each layer l
 * "attention-l" and, with gradients, "attention-gradient-l".
 */
SalTensor *sal_attention_explain (SalExplainer *explainer, const SalTensor *inputs,
                                  gboolean gradients,
                                  void (*roll) (const SalAttention *attention, double *rolled),
                                  const SalProgress *progress, GError **error);
