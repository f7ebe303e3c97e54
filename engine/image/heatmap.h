/* An attribution as one number per pixel, scaled for showing. */
#pragma once

#include "engine/image/prepare.h"
#include "engine/tensor/tensor.h"

/**
 * SalReduce: from the channels of a pixel to one number
 * @SAL_REDUCE_MAX_ABS: the largest absolute value
 * @SAL_REDUCE_SUM: the sum
 * @SAL_REDUCE_MEAN_ABS: the mean of the absolute values
 * @SAL_REDUCE_L2: the Euclidean length
 */
typedef enum {
  SAL_REDUCE_MAX_ABS,
  SAL_REDUCE_SUM,
  SAL_REDUCE_MEAN_ABS,
  SAL_REDUCE_L2,
} SalReduce;

/**
 * SalSign: which part of the attribution is shown
 * @SAL_SIGN_ABSOLUTE: how much, whatever the sign: 0..1
 * @SAL_SIGN_POSITIVE: what speaks for the class: 0..1
 * @SAL_SIGN_NEGATIVE: what speaks against it, as magnitude: 0..1
 * @SAL_SIGN_SIGNED: both: −1..1, and 0 stays 0
 *
 * The sum is taken first and then its sign; the other three reductions know no sign, so positive
 * and negative keep only such channels, and signed takes the sign of the channel that is largest
 * (max-abs) or of the sum (mean-abs, l2).
 */
typedef enum {
  SAL_SIGN_ABSOLUTE,
  SAL_SIGN_POSITIVE,
  SAL_SIGN_NEGATIVE,
  SAL_SIGN_SIGNED,
} SalSign;

/**
 * SalNormalize: which real value is shown as 1
 * @SAL_NORMALIZE_MAX: the largest magnitude
 * @SAL_NORMALIZE_PERCENTILE: the magnitude that clip percent of the pixels pass (numpy's linear
 *   percentile 100 − clip); they saturate
 * @SAL_NORMALIZE_MASS: the magnitude at which the sum over pixels, smallest first, reaches 100 −
 *   clip percent of the whole (Captum's way)
 * @SAL_NORMALIZE_ZSCORE: three standard deviations: mean + 3 σ, at most the largest, and what is
 *   below mean − 3 σ is shown as 0; for signed maps 3 root-mean-squares, so that 0 stays 0
 *
 * A scale that comes out as 0 because nearly all pixels are 0 gives way to the largest magnitude.
 */
typedef enum {
  SAL_NORMALIZE_MAX,
  SAL_NORMALIZE_PERCENTILE,
  SAL_NORMALIZE_MASS,
  SAL_NORMALIZE_ZSCORE,
} SalNormalize;

/**
 * SalHeatmapStyle:
 * @clip: percent of the pixels (or of the mass) that saturate, 0..50
 * @limit: 0, or the real magnitude to show as 1 in place of @normalize's, so that several maps can
 *   share a scale
 */
typedef struct {
  SalReduce reduce;
  SalSign sign;
  SalNormalize normalize;
  double clip;
  double limit;
} SalHeatmapStyle;

#define SAL_HEATMAP_STYLE_INIT                                                                     \
  {                                                                                                \
    SAL_REDUCE_MAX_ABS, SAL_SIGN_ABSOLUTE, SAL_NORMALIZE_PERCENTILE, 2.0, 0.0                      \
  }

/** SalHeatmap: (ref-func sal_heatmap_ref) (unref-func sal_heatmap_unref): atomic counts, constant
 */
typedef struct _SalHeatmap SalHeatmap;

/**
 * sal_heatmap_new:
 * @attribution: float, [H,W], [C,H,W] or [1,C,H,W]; with SAL_NHWC [H,W], [H,W,C] or [1,H,W,C]. A
 *   CAM at its layer's size is [1,h,w] and SAL_NCHW
 *
 * Any numbers are welcome: NaN counts as 0 and infinities as the largest finite magnitude (see
 * sal_heatmap_broken()), and a map that is the same everywhere comes out as 0 everywhere (see
 * sal_heatmap_flat()). The heatmap itself never holds anything but finite numbers in range.
 *
 * Returns: (transfer full): or %NULL and @error: %SAL_ERROR_SHAPE if @attribution is no such array
 *   or empty, %SAL_ERROR_ARGUMENT if @style's clip or limit is out of range
 */
SalHeatmap *sal_heatmap_new (const SalTensor *attribution, SalLayout layout,
                             const SalHeatmapStyle *style, GError **error);

/**
 * sal_heatmap_mix:
 * @t: 0..1: how far from @from to @to
 *
 * For one map that fades into another: colours on the way are colours of the map.
 *
 * Returns: (transfer full): @to with its values that far on the way from those of @from; @to itself
 *   where the two have different sizes or kinds of sign
 */
SalHeatmap *sal_heatmap_mix (SalHeatmap *from, SalHeatmap *to, double t);

SalHeatmap *sal_heatmap_ref (SalHeatmap *heatmap);
void sal_heatmap_unref (SalHeatmap *heatmap);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SalHeatmap, sal_heatmap_unref)

int sal_heatmap_width (const SalHeatmap *heatmap);
int sal_heatmap_height (const SalHeatmap *heatmap);

/** sal_heatmap_values: Returns: (transfer none): height · width, −1..1 if signed, else 0..1 */
const float *sal_heatmap_values (const SalHeatmap *heatmap);

/** sal_heatmap_signed: Returns: whether values run from −1 to 1, 0 in the middle */
gboolean sal_heatmap_signed (const SalHeatmap *heatmap);

/**
 * sal_heatmap_range:
 * @low: (out): the real value at the lower end of the colour bar (value 0, or −1 if signed)
 * @high: (out): the real value at its upper end (value 1). Below @low for SAL_SIGN_NEGATIVE, equal
 *   to it for a flat map
 */
void sal_heatmap_range (const SalHeatmap *heatmap, double *low, double *high);

/** sal_heatmap_limit: Returns: the real magnitude shown as 1; the way to share it, see @limit */
double sal_heatmap_limit (const SalHeatmap *heatmap);

/** sal_heatmap_flat: Returns: whether all pixels have one value, so that there is nothing to see */
gboolean sal_heatmap_flat (const SalHeatmap *heatmap);

/** sal_heatmap_broken: Returns: how many numbers of the attribution were NaN or infinite */
gint64 sal_heatmap_broken (const SalHeatmap *heatmap);

/**
 * sal_heatmap_real:
 *
 * Returns: the reduced value at column @x of row @y in the attribution's own unit, before scaling
 *   and clipping; with its sign where the reduction has one
 */
double sal_heatmap_real (const SalHeatmap *heatmap, int x, int y);

/**
 * sal_heatmap_rank:
 *
 * Returns: which share of the pixels has a larger magnitude than the one at column @x of row @y:
 *   0 for the strongest, just under 1 for the weakest ("top 1 %" is 0.01). Takes time in
 *   proportion to the pixels
 */
double sal_heatmap_rank (const SalHeatmap *heatmap, int x, int y);
