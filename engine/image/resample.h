/* Changing the size of 8-bit RGB pictures the way training pipelines do. */
#pragma once

#include "engine/image/image.h"

/**
 * sal_resample:
 * @width: of the whole picture after scaling; @height likewise
 * @left: first column of the scaled picture that is wanted; @top likewise
 * @out_width: columns wanted; @left + @out_width is at most @width
 * @out_height: rows wanted
 *
 * Scales the picture to @width × @height and cuts a window out of it; only the window is ever
 * computed, so a thin strip enlarged a thousandfold costs no more than what is seen of it.
 *
 * The filter is a triangle of half-width max (1, source/target) source pixels around the target
 * pixel's centre, cut at the border and normalised: Pillow's BILINEAR, with its two passes
 * (columns, then rows), 22-bit weights and rounding to 8 bits in between. The result equals
 * Pillow's, not just nearly: a network sees the pixels it was trained and measured with. A side
 * whose length stays the same is not touched.
 *
 * Returns: (transfer full): @out_width × @out_height
 */
SalImage *sal_resample (const SalImage *image, gint64 width, gint64 height, gint64 left, gint64 top,
                        int out_width, int out_height);
