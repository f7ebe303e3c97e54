/* Concatenations of channels without copies: what is put side by side lies in the concatenation's
 * memory from the start, and so does its gradient.
 *
 * Whoever computes or reads such a part skips the channels of the others from one row to the next.
 * Each part's gradient is where that of the concatenation is, so that whoever reads either adds to
 * the same numbers. One concatenation may be part of a longer one, or stand there by itself once
 * its parts lie side by side in a longer one (DenseNet). What cannot be so is copied: a value that
 * somebody reads who knows nothing of gaps, that the caller asks for, or that lies elsewhere. */
#pragma once

#include "engine/graph/plan-private.h"

/** sal_join: finds for each value of the plan in which other one it lies, and where */
void sal_join (SalPlan *plan, const SalPlanOptions *options);

/** sal_join_is_there: Returns: whether input @i of @step, which may be any step, already lies where
 *  a concatenation would copy it to */
gboolean sal_join_is_there (const SalPlan *plan, const SalStep *step, int i);
