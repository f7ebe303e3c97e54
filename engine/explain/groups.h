/* Groups of places that are taken away together: superpixels, a grid, or a given mask. */
#pragma once

#include "engine/explain/method.h"
#include "engine/explain/plane.h"

/**
 * SalGroups:
 * @n: number of groups
 * @of: (array length=n_places): group of each place, 0 .. n-1
 */
typedef struct {
  int n;
  gint64 n_places;
  int *of;
  SalPlane plane;
} SalGroups;

void sal_groups_free (SalGroups *groups);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SalGroups, sal_groups_free)

/**
 * sal_groups_from_mask:
 * @mask: integers, one a place; each different number is a group, in ascending order
 *
 * Returns: (transfer full) (nullable): or %NULL and %SAL_ERROR_SHAPE
 */
SalGroups *sal_groups_from_mask (const SalPlane *plane, const SalTensor *mask, GError **error);

/** sal_groups_grid: Returns: (transfer full): about @wanted rectangles; every place of a vector */
SalGroups *sal_groups_grid (const SalPlane *plane, int wanted);

/**
 * sal_groups_superpixels:
 * @x: an input of the plane
 * @wanted: about how many
 *
 * SLIC (Achanta, Shaji, Smith, Lucchi, Fua, Süsstrunk: SLIC Superpixels Compared to
 * State-of-the-Art Superpixel Methods. PAMI 2012): k-means of colour and position within twice a
 * grid cell's size, ten rounds, compactness 10 relative to a colour range of 100; pieces that hang
 * together no more go to a neighbour. Colour distances are taken in the input's own numbers, scaled
 * by its range.
 *
 * Returns: (transfer full): for a vector, every place by itself; %NULL and @error if @cancellable
 *   (nullable) has stopped it
 */
SalGroups *sal_groups_superpixels (const SalPlane *plane, const float *x, int wanted,
                                   GCancellable *cancellable, GError **error);

/* Parameters shared by the methods that work on groups: "segments", "segmentation", "mask". */
#define SAL_GROUPS_PARAMS                                                                          \
  { .key = "segments",                                                                             \
    .label = "Segments",                                                                           \
    .help = "About how many groups of pixels the picture is cut into.",                            \
    .kind = SAL_PARAM_INT,                                                                         \
    .min = 2,                                                                                      \
    .max = 1000,                                                                                   \
    .otherwise = 64,                                                                               \
    .logarithmic = TRUE },                                                                         \
      { .key = "segmentation",                                                                     \
        .label = "Cut into",                                                                       \
        .help = "Superpixels follow the picture's edges (SLIC); a grid does not.",                 \
        .kind = SAL_PARAM_CHOICE,                                                                  \
        .choices = sal_groups_choices },                                                           \
  {                                                                                                \
    .key = "mask", .label = "Mask",                                                                \
    .help = "Your own groups in place of the tool's: a .npy array of integers, one a pixel.",      \
    .kind = SAL_PARAM_ARRAY, .advanced = TRUE                                                      \
  }
extern const SalChoice sal_groups_choices[];

/* The last parameter of those that put segments back: "baseline". */
#define SAL_GROUPS_ABSENT                                                                          \
  {                                                                                                \
    .key = "baseline", .label = "Absent is",                                                       \
    .help = "What stands in place of a segment that is absent.", .kind = SAL_PARAM_BASELINE,       \
    .text_otherwise = "black"                                                                      \
  }

/**
 * sal_groups_new:
 * @choice: one of sal_groups_choices
 * @wanted: about how many
 * @mask: (nullable): in place of both
 *
 * Returns: (transfer full) (nullable): or %NULL and @error: %SAL_ERROR_SHAPE if the mask does
 *   not fit, or %G_IO_ERROR_CANCELLED
 */
SalGroups *sal_groups_new (const SalPlane *plane, const float *x, const char *choice, int wanted,
                           const SalTensor *mask, GCancellable *cancellable, GError **error);

/** sal_groups_chosen: Returns: (transfer full) (nullable): what the parameters above ask for */
SalGroups *sal_groups_chosen (SalExplainer *explainer, const float *x, GCancellable *cancellable,
                              GError **error);

/**
 * sal_groups_blend:
 * @out: gets @x where a group is present, @baseline where it is absent
 * @present: (array length=n)
 */
void sal_groups_blend (const SalGroups *groups, const gboolean *present, const float *x,
                       const float *baseline, float *out);

/** sal_groups_spread: writes each group's number to all its places */
void sal_groups_spread (const SalGroups *groups, const double *value, float *out);

/** sal_groups_extents: Returns: (transfer full) (array length=n): the rectangle around each group
 */
SalExtent *sal_groups_extents (const SalGroups *groups);
