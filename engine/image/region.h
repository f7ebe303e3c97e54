/* A part of what a network sees: which cells of a grid over it, and what share of an attribution
 * lies in them. */
#pragma once

#include "engine/image/heatmap.h"

/** SalRegion: (ref-func sal_region_ref) (unref-func sal_region_unref): atomic counts, constant */
typedef struct _SalRegion SalRegion;

/** sal_region_new: Returns: (transfer full): the cells that are not 0 in @mask, @height rows of
 *  @width */
SalRegion *sal_region_new (int width, int height, const guint8 *mask);

/**
 * sal_region_new_rectangle:
 * @x0: of one corner, in cells; @y0 likewise
 * @x1: of the opposite corner, in any order
 *
 * Returns: (transfer full): the cells whose centres lie in the rectangle; at least the one that
 *   holds its middle, if that is on the grid
 */
SalRegion *sal_region_new_rectangle (int width, int height, double x0, double y0, double x1,
                                     double y1);

/**
 * sal_region_new_polygon:
 * @points: (array length=n): corners, x and y in turn, in cells; the last is joined to the first
 *
 * Returns: (transfer full): the cells whose centres lie inside, by the even–odd rule
 */
SalRegion *sal_region_new_polygon (int width, int height, const double (*points)[2], int n);

/** sal_region_new_segment: Returns: (transfer full): the cells labelled @segment in @of, @height
 *  rows of @width */
SalRegion *sal_region_new_segment (int width, int height, const int *of, int segment);

/** sal_region_join: Returns: (transfer full): cells of either; both are of one size */
SalRegion *sal_region_join (const SalRegion *a, const SalRegion *b);
/** sal_region_take: Returns: (transfer full): cells of @a that are not in @b */
SalRegion *sal_region_take (const SalRegion *a, const SalRegion *b);

SalRegion *sal_region_ref (SalRegion *region);
void sal_region_unref (SalRegion *region);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SalRegion, sal_region_unref)

int sal_region_width (const SalRegion *region);
int sal_region_height (const SalRegion *region);
/** sal_region_mask: Returns: (transfer none): height · width bytes, 1 inside and 0 outside */
const guint8 *sal_region_mask (const SalRegion *region);
/** sal_region_area: Returns: share of all cells, 0..1 */
double sal_region_area (const SalRegion *region);

/**
 * SalRegionShare: what of an attribution lies in a region
 * @magnitude: share of the sum of magnitudes, 0..1; 0 where that sum is 0
 * @inside: sum of the values
 * @whole: sum of the values of the whole map
 */
typedef struct {
  double magnitude;
  double inside;
  double whole;
} SalRegionShare;

/**
 * sal_region_share:
 * @heatmap: over the same part of the picture, of any size: a cell of it that the region covers in
 *   part counts in part. Values are those of sal_heatmap_real()
 */
SalRegionShare sal_region_share (const SalRegion *region, const SalHeatmap *heatmap);
