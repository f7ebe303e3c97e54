/* Gaussian blur of a network input: the baseline that keeps colours and loses edges. */
#pragma once

#include "engine/tensor/tensor.h"

#include <gio/gio.h>

/**
 * sal_blur:
 * @planes: number of planes, N · C of [N,C,H,W] or N of [N,H,W,C]
 * @depth: numbers per pixel, 1 of [N,C,H,W] or C of [N,H,W,C]
 * @x: @planes · @height · @width · @depth numbers
 * @sigma: standard deviation in pixels, 0..1000
 * @y: as many; not @x
 *
 * Columns, then rows, with weights exp (-i² / 2 sigma²), |i| up to round (4 sigma), that sum to
 * 1; the border is mirrored (d c b a | a b c d). Sums in float64. This is
 * scipy.ndimage.gaussian_filter with its defaults. Time goes with @sigma, and is a minute for large
 * pictures.
 *
 * Returns: %FALSE, with anything in @y, if @cancellable (nullable) has stopped it
 */
gboolean sal_blur (gint64 planes, int height, int width, int depth, const float *x, double sigma,
                   float *y, GCancellable *cancellable);
