/* How alike two maps are, in three ways that disagree usefully: the order of all pixels, the local
 * structure, and where the strongest pixels are. */
#pragma once

#include "engine/image/heatmap.h"
#include "engine/image/image.h"

/**
 * sal_similarity_spearman:
 * @a: @n values, @b likewise
 *
 * Spearman's rank correlation: Pearson's correlation of the ranks, equal values sharing their mean
 * rank. (Spearman: The Proof and Measurement of Association between Two Things, 1904.)
 *
 * Returns: −1..1; NaN if all values of a map are equal, or @n is 0
 */
double sal_similarity_spearman (const float *a, const float *b, gsize n);

/**
 * sal_similarity_ssim:
 * @a: @height rows of @width values, @b likewise
 * @range: between the lowest and the highest possible value: 1 for 0..1, 2 for −1..1
 *
 * The mean structural similarity of Wang, Bovik, Sheikh, Simoncelli: Image Quality Assessment: From
 * Error Visibility to Structural Similarity, TIP 2004: a Gaussian window of 11×11 with σ = 1.5, K1
 * = 0.01, K2 = 0.03, over all places where the window lies inside. On a map narrower than 11 the
 * window is the largest odd one that fits, with σ in proportion.
 *
 * Returns: −1..1; NaN if there is nothing to compare
 */
double sal_similarity_ssim (const float *a, const float *b, int width, int height, double range);

/**
 * sal_similarity_top:
 * @fraction: share of the pixels that counts as strongest, 0..1
 *
 * The @n · @fraction pixels (rounded, at least 1) of greatest magnitude in each map, of equal ones
 * the first; how many they have in common of how many they are together (Jaccard index).
 *
 * Returns: 0..1; NaN if @n is 0
 */
double sal_similarity_top (const float *a, const float *b, gsize n, double fraction);

/**
 * SalSimilarity: all of them for a pair of maps
 * @spearman: sal_similarity_spearman(), @ssim: sal_similarity_ssim()
 * @top: sal_similarity_top() of a tenth of the pixels
 */
typedef struct {
  double spearman, ssim, top;
} SalSimilarity;

/** SAL_SIMILARITY_TOP: the share in SalSimilarity's @top */
#define SAL_SIMILARITY_TOP 0.1

/** SAL_SIMILARITY_SIDE: maps are compared at no more than this many pixels a side */
#define SAL_SIMILARITY_SIDE 256

/**
 * sal_similarity_pair:
 * @a: a heatmap, scaled with SAL_NORMALIZE_MAX and no clip, or ties would hide its order
 * @seen_a: where it lies on the picture; likewise @b and @seen_b, on the same picture
 * @difference: (out) (optional) (transfer full): [H,W]: @a − @b, each scaled so that its largest
 *   magnitude is 1
 * @where: (out) (optional): the part of the picture that both cover and @difference lies on
 *
 * Brings both onto one grid, as fine as the finer of the two, over the part that both cover;
 * values between cells are bilinear.
 *
 * Returns: %FALSE and %SAL_ERROR_ARGUMENT if they do not overlap
 */
gboolean sal_similarity_pair (const SalHeatmap *a, const SalRect *seen_a, const SalHeatmap *b,
                              const SalRect *seen_b, SalSimilarity *similarity,
                              SalTensor **difference, SalRect *where, GError **error);
