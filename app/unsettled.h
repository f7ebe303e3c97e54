/* Where an explanation's sign is not settled: a job of its own. */
#pragma once

#include "app/work.h"
#include "engine/image/region.h"

/** SalUnsettled: a question: @error: the attributions' standard error, in their shape */
typedef struct {
  SalExplanation *explanation;
  SalTensor *error;
  SalHeatmapStyle style;
} SalUnsettled;

/** sal_unsettled_new: @explanation: answered */
SalUnsettled *sal_unsettled_new (SalExplanation *explanation, SalTensor *error,
                                 const SalHeatmapStyle *style);
void sal_unsettled_free (SalUnsettled *unsettled);

/**
 * sal_work_unsettled:
 *
 * SalUnsettled to SalRegion, of the size of the map: its cells that have a colour but whose value
 * lies less than two standard errors away from 0. Errors of channels are taken together as their
 * values are, which is too much rather than too little: what is not marked is settled.
 */
gpointer sal_work_unsettled (gpointer unsettled, const SalProgress *progress, GError **error);
