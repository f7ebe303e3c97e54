/* Why a method cannot be applied to a model, in words that can be translated. A reason is one of
 * these, or one of these followed by ": " and a name of the model's own. */
#pragma once

#define SAL_REASON_NO_PLACES "no layer of this model has more than 1×1 places"
#define SAL_REASON_NO_ATTENTION                                                                    \
  "the model has no attention over all tokens (a softmax that weighs a matrix product)"
#define SAL_REASON_NO_GRID "its tokens lie on no square grid of patches"
#define SAL_REASON_NO_RULE "no rule is known for its operator"
#define SAL_REASON_NO_BLUR "the model takes no pictures to blur"
#define SAL_REASON_NO_REGIONS "the model takes no pictures to cut into regions"

/** sal_reasons: Returns: (transfer none): all of them, %NULL-terminated */
const char *const *sal_reasons (void);

/** sal_reason_text: @reason: of a method's check. Returns: (transfer full): translated, what is a
 *  name left as it is */
char *sal_reason_text (const char *reason);
