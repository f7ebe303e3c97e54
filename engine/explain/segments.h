/* Any attribution of pixels, summed over superpixels: to be compared with the methods that work on
 * segments from the start. */
#pragma once

#include "engine/explain/method.h"

/* Parameters, of the list around any method (smooth.h): "per-segment" (none, superpixels, grid),
 * "per-segment-count", "per-segment-mask". */
#define SAL_SEGMENTS_PARAMS                                                                        \
  { .key = "per-segment",                                                                          \
    .label = "Sum by",                                                                             \
    .help = "Add up what lies in each segment of the picture and show the sums.",                  \
    .kind = SAL_PARAM_CHOICE,                                                                      \
    .choices = sal_segments_choices },                                                             \
      { .key = "per-segment-count",                                                                \
        .label = "Segments summed",                                                                \
        .help = "About how many segments the picture is cut into.",                                \
        .kind = SAL_PARAM_INT,                                                                     \
        .min = 2,                                                                                  \
        .max = 1000,                                                                               \
        .otherwise = 64,                                                                           \
        .logarithmic = TRUE,                                                                       \
        .unless_key = "per-segment",                                                               \
        .unless_value = "none" },                                                                  \
  {                                                                                                \
    .key = "per-segment-mask", .label = "Mask of the sums",                                        \
    .help = "Your own segments in place of the tool's: a .npy array of integers, one a pixel.",    \
    .kind = SAL_PARAM_ARRAY, .advanced = TRUE, .unless_key = "per-segment", .unless_value = "none" \
  }
extern const SalChoice sal_segments_choices[];

/** sal_segments_keys: Returns: (transfer none): the parameters' keys, %NULL-terminated */
const char *const *sal_segments_keys (void);
/** sal_segments_possible: Returns: whether what the method attributes with these settings lies on
 * the picture, and not on a layer */
gboolean sal_segments_possible (const SalMethod *method, const SalSettings *settings);
/** sal_segments_wanted: Returns: whether the settings ask for sums */
gboolean sal_segments_wanted (const SalSettings *settings);

/**
 * sal_segments_sum:
 * @values: a number for each element of the query's input, or for each place of it
 *
 * Returns: (transfer full) (nullable): a number a place, the sum over its segment and all channels;
 *   %NULL and @error: %SAL_ERROR_ARGUMENT if @values is of another shape, %SAL_ERROR_SHAPE if the
 *   mask is
 */
SalTensor *sal_segments_sum (const SalQuery *query, const SalTensor *values,
                             GCancellable *cancellable, GError **error);
