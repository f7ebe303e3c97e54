/* Where the values, gradients and gates of a plan lie in the memory of its runs: each has its place
 * only for as long as somebody writes or reads it. */
#pragma once

#include "engine/graph/plan-private.h"

/**
 * sal_place:
 * @plan: whose steps and shapes are known, and which values have gradients
 * @options: those of the plan
 *
 * Fills in what is left: places, and what backward has to clear, set and gate.
 *
 * Returns: %FALSE and @error (%SAL_ERROR_MEMORY) if a run would take more than @max_bytes
 */
gboolean sal_place (SalPlan *plan, const SalPlanOptions *options, guint64 max_bytes,
                    GError **error);
