/* Windows that slide over the spatial axes of [N,C,...] tensors: convolution and pooling. */
#pragma once

#include "engine/ops/op.h"

/** SAL_WINDOW_AXES: most spatial axes; fewer are padded in front with axes of length 1 */
#define SAL_WINDOW_AXES 3

/**
 * SalWindow: all per spatial axis, outermost first
 * @in: lengths of the tensor the window slides over
 * @out: numbers of places the window takes
 * @kernel: taps of the window
 * @stride: distance between places
 * @dilation: distance between taps
 * @before, @after: padding on either end of @in
 *
 * Tap k of place o reads position o · stride - before + k · dilation, which is padding where it is
 * outside 0 .. in-1.
 */
typedef struct {
  int rank;
  gint64 in[SAL_WINDOW_AXES], out[SAL_WINDOW_AXES];
  gint64 kernel[SAL_WINDOW_AXES], stride[SAL_WINDOW_AXES], dilation[SAL_WINDOW_AXES];
  gint64 before[SAL_WINDOW_AXES], after[SAL_WINDOW_AXES];
} SalWindow;

/**
 * sal_window_init:
 * @kernel: (nullable): the window's spatial lengths from the weight; %NULL to read `kernel_shape`.
 *   Where both are there they must agree.
 *
 * Reads `kernel_shape`, `strides`, `dilations`, `pads` and `auto_pad` for input 0, [N,C,...] with 1
 * to 3 spatial axes, checks them, and fills in everything but @out and what `auto_pad` decides.
 *
 * Returns: %FALSE and @error if an attribute is out of range
 */
gboolean sal_window_init (SalWindow *window, const SalOpSetup *setup, const gint64 *kernel,
                          GError **error);

/** sal_window_init_for: the same for a window that slides over a tensor of shape @x */
gboolean sal_window_init_for (SalWindow *window, const SalOpSetup *setup, const SalShape *x,
                              const gint64 *kernel, GError **error);

/**
 * sal_window_slide:
 * @ceil_mode: a last place may reach beyond the padding, as long as it starts before its end
 *
 * Fills in @out, and @before and @after where `auto_pad` is SAME_UPPER or SAME_LOWER.
 *
 * Returns: %FALSE and %SAL_ERROR_SHAPE if the window is larger than the padded input
 */
gboolean sal_window_slide (SalWindow *window, const SalOpSetup *setup, gboolean ceil_mode,
                           GError **error);

/** sal_window_axis: Returns: the window's axis for spatial axis @i of the tensor */
static inline int
sal_window_axis (const SalWindow *window, int i)
{
  return SAL_WINDOW_AXES - window->rank + i;
}

static inline gint64
sal_window_volume (const gint64 *lengths)
{
  return lengths[0] * lengths[1] * lengths[2];
}

/**
 * sal_window_taps:
 * @place: of the window along @axis
 * @from: (out): first tap that reads the input, not padding
 * @to: (out): one after the last; @to <= @from if there is none
 */
static inline void
sal_window_taps (const SalWindow *window, int axis, gint64 place, gint64 *from, gint64 *to)
{
  gint64 start = place * window->stride[axis] - window->before[axis];
  gint64 dilation = window->dilation[axis], left = window->in[axis] - start;

  /* Divisions are slow, and most windows have no dilation. */
  if (dilation > 1) {
    start = start < 0 ? start - dilation + 1 : start;
    start /= dilation;
    left = left > 0 ? (left + dilation - 1) / dilation : 0;
  }
  *from = MAX (-start, 0);
  *to = CLAMP (left, 0, window->kernel[axis]);
}

/**
 * sal_window_places:
 * @tap: along @axis
 * @from: (out): first place at which the tap reads the input, not padding
 * @to: (out): one after the last; @to <= @from if there is none
 */
static inline void
sal_window_places (const SalWindow *window, int axis, gint64 tap, gint64 *from, gint64 *to)
{
  gint64 offset = tap * window->dilation[axis] - window->before[axis];
  gint64 stride = window->stride[axis], left = window->in[axis] - offset;

  *from = offset < 0 ? (-offset + stride - 1) / stride : 0;
  *to = left <= 0 ? 0 : MIN (window->out[axis], (left + stride - 1) / stride);
}

/**
 * SalReach: one tap over all places
 * @from, @to: the places, on each axis, at which it reads the input and not padding
 * @at: what it reads at the first of them
 */
typedef struct {
  gint64 from[SAL_WINDOW_AXES], to[SAL_WINDOW_AXES], at[SAL_WINDOW_AXES];
} SalReach;

/** sal_window_reach: Returns: the reach of tap number @tap in row-major order */
static inline SalReach
sal_window_reach (const SalWindow *window, gint64 tap)
{
  SalReach r;

  for (int i = SAL_WINDOW_AXES - 1; i >= 0; i--) {
    gint64 k = tap % window->kernel[i];

    tap /= window->kernel[i];
    sal_window_places (window, i, k, &r.from[i], &r.to[i]);
    r.at[i] = r.from[i] * window->stride[i] - window->before[i] + k * window->dilation[i];
  }
  return r;
}

/** SAL_FOR_EACH_ROW: the loop over the rows of places that tap @r reaches, places @r.from[2] up to
 *  @r.to[2] of each: @o is the element of the first of them and @i that of the input it reads */
#define SAL_FOR_EACH_ROW(w, r, o, i)                                                               \
  for (gint64 d_ = (r).from[0]; d_ < (r).to[0]; d_++)                                              \
    for (gint64 h_ = (r).from[1], o = (d_ * (w)->out[1] + h_) * (w)->out[2] + (r).from[2],         \
                i = (((r).at[0] + (d_ - (r).from[0]) * (w)->stride[0]) * (w)->in[1] + (r).at[1]) * \
                        (w)->in[2] +                                                               \
                    (r).at[2];                                                                     \
         h_ < (r).to[1]; h_++, o += (w)->out[2], i += (w)->stride[1] * (w)->in[2])

/**
 * sal_im2col:
 * @x: [channels][in]
 * @from, @to: places, of all out[0]·out[1]·out[2] in row-major order
 * @col: [channels · taps][to - from], what each tap reads at each place, 0 for padding
 */
void sal_im2col (const SalWindow *window, gint64 channels, const float *x, gint64 from, gint64 to,
                 float *col);

/** sal_col2im: the transpose of sal_im2col(): adds each element of @col to where it was read */
void sal_col2im (const SalWindow *window, gint64 channels, const float *col, gint64 from, gint64 to,
                 float *x);

/**
 * sal_window_strip:
 * @rows: channels · taps of a column
 *
 * Returns: how many places to handle at once, so that the columns stay in the second-level cache,
 *   yet the product is wide enough that packing the weight does not dominate
 */
gint64 sal_window_strip (const SalWindow *window, gint64 rows);
