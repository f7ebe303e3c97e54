/* What a region of the picture is worth: its share of the attribution, and what the model says of
 * the picture without it. Main thread only; asked again by itself whenever the document's question
 * or answer changes. */
#pragma once

#include "app/document.h"
#include "engine/image/region.h"

/**
 * SalProbeAnswer:
 * @target: whose score
 * @area: share of what the network sees, 0..1
 * @has_share: whether there was a finished attribution, so that the next are known
 * @share: of the map that is shown: see sal_region_share()
 * @has_sum: whether the signed sum means something for the method
 * @inside: sum of the attributions in the region, over all channels; @whole: of all of them
 * @score: of the picture, @without: of the picture with the region replaced
 * @baseline: by what: as in sal_baseline_new()
 * @top: the highest class of the picture without the region
 * @failure: (nullable): why not all of that could be found out; then @score, @without and @top mean
 *   nothing
 */
typedef struct {
  SalTarget target;
  double area;
  gboolean has_share;
  SalRegionShare share;
  gboolean has_sum;
  double inside, whole;
  double score, without;
  char *baseline;
  int top;
  char *failure;
} SalProbeAnswer;

#define SAL_TYPE_PROBE (sal_probe_get_type ())
G_DECLARE_FINAL_TYPE (SalProbe, sal_probe, SAL, PROBE, GObject)

/** SalProbe::answered: sal_probe_answer() is another one, or none */
/** SalProbe::segmented: sal_probe_segments() is another one, or none */

/** sal_probe_new: @document: must outlive it */
SalProbe *sal_probe_new (SalDocument *document);

/** sal_probe_set_region: @region: (nullable): on the grid of the view, see sal_probe_grid() */
void sal_probe_set_region (SalProbe *self, SalRegion *region);
/** sal_probe_answer: Returns: (transfer none) (nullable): of the last region, if it is still set */
const SalProbeAnswer *sal_probe_answer (SalProbe *self);

/** sal_probe_grid: the network's own pixels: the grid of regions; 0 × 0 without a view */
void sal_probe_grid (SalProbe *self, int *columns, int *rows);
/** sal_probe_want_segments: cuts each view into superpixels from now on */
void sal_probe_want_segments (SalProbe *self);
/** sal_probe_segments: Returns: (transfer none) (nullable): the superpixel of each cell */
const int *sal_probe_segments (SalProbe *self);
