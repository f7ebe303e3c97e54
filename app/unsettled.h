/* Where an explanation's sign is not settled: a job of its own. */
#pragma once

#include "app/work.h"
#include "engine/image/region.h"

/** SalUnsettled: a question: @values: attributions; @error: their standard error, in their shape */
typedef struct {
  SalTensor *values;
  SalTensor *error;
  SalLayout layout;
  SalHeatmapStyle style;
} SalUnsettled;

SalUnsettled *sal_unsettled_new (SalTensor *values, SalTensor *error, SalLayout layout,
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
