/* What layer-wise relevance propagation does at each operator. */
#pragma once

#include "engine/model.h"

/**
 * SalLrpClass:
 * @SAL_LRP_UNKNOWN: there is no rule
 * @SAL_LRP_WEIGHTED: has weights, which the rules tell apart
 * @SAL_LRP_SHARING: shares by contribution, its own kernel being linear where it stands
 * @SAL_LRP_SHARING_EVENLY: the same, and takes every input of a unit alike
 * @SAL_LRP_PASSING: passes relevance on as it is
 * @SAL_LRP_MOVING: only moves numbers about, so that its derivative moves relevance
 */
typedef enum {
  SAL_LRP_UNKNOWN,
  SAL_LRP_WEIGHTED,
  SAL_LRP_SHARING,
  SAL_LRP_SHARING_EVENLY,
  SAL_LRP_PASSING,
  SAL_LRP_MOVING,
} SalLrpClass;

/** sal_lrp_class: Returns: that of an ONNX operator */
SalLrpClass sal_lrp_class (const char *op_type);

/** sal_lrp_check: Returns: (nullable): why no rule is known for a model, naming an operator */
const char *sal_lrp_check (const SalModel *model);
