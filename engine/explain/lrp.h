/* The rules of layer-wise relevance propagation as a rule set of the engine.
 *
 * Each rule is a sum of terms s · (input variant) · (weight variant): their forward results add up
 * to z, and the relevance R of the output comes back as Σ s · input ⊙ Jᵀ (R / z), J being the
 * operator with the term's weights. */
#pragma once

#include "engine/model.h"

/**
 * SalLrpRule:
 * @SAL_LRP_EPSILON: z = a w + b, and ε is added with its sign (Bach 2015)
 * @SAL_LRP_GAMMA: weights of the sign of their input count γ more (Montavon 2019)
 * @SAL_LRP_ALPHA2_BETA1: positive contributions share 2 R, negative ones take 1 R back
 * @SAL_LRP_Z_PLUS: positive contributions alone
 * @SAL_LRP_FLAT: all inputs of a unit share alike
 * @SAL_LRP_W_SQUARED: w², inputs share by the squares of their weights, for inputs of any size
 *   (Montavon 2017)
 * @SAL_LRP_BOX: z^B, for inputs between the prepared black and white
 */
typedef enum {
  SAL_LRP_EPSILON,
  SAL_LRP_GAMMA,
  SAL_LRP_ALPHA2_BETA1,
  SAL_LRP_Z_PLUS,
  SAL_LRP_FLAT,
  SAL_LRP_W_SQUARED,
  SAL_LRP_BOX,
} SalLrpRule;

/**
 * SalLrpRules: which rule where; @first is for layers that read the picture itself
 * @spread: whether what a unit has and no input contributed to (its bias' share, what ε drops, all
 *   of it where every contribution is zero) is spread evenly over its inputs, so that relevance is
 *   conserved (the "bias factor" of Lapuschkin, Binder, Montavon, Müller, Samek: The LRP Toolbox
 *   for Artificial Neural Networks. JMLR 2016); else it ends there
 * @fold: whether batch normalisation is taken as part of the convolution before it
 */
typedef struct {
  SalLrpRule first, convolution, dense;
  double epsilon, gamma;
  gboolean spread;
  gboolean fold;
} SalLrpRules;

typedef struct _SalLrp SalLrp;

SalLrp *sal_lrp_new (SalModel *model, const SalLrpRules *rules);
void sal_lrp_free (SalLrp *lrp);
/** sal_lrp_rules: Returns: (transfer none): lives as long as @lrp */
const SalRuleSet *sal_lrp_rules (const SalLrp *lrp);
