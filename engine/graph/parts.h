/* Where a batch goes through the first steps input by input.
 *
 * The values of first layers are large and their weights small: one input's values stay in the
 * processor's cache from layer to layer, a batch's do not. Later layers are the other way round,
 * and read their weights once for a whole batch. So a plan may cut its steps in two: those before
 * the cut are run for one part of the batch after the other, forward and backward, in the same
 * memory; what they leave for the steps behind the cut or for the backward pass lies side by side.
 * Results are the same to the bit: no kernel's sums depend on the batch. */
#pragma once

#include "engine/graph/plan-private.h"

/**
 * sal_parts_cut:
 * @plan: lowered, its steps and shapes known, but not yet what their backward does
 *
 * Chooses the cut by the bytes that do not come from the cache, and sets the steps before it up for
 * a part: SalPlan's @front and @parts.
 *
 * Returns: %FALSE and @error if a step cannot be set up, which then has been for the whole batch
 */
gboolean sal_parts_cut (SalPlan *plan, const SalPlanOptions *options, GError **error);
