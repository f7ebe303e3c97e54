/* Enlarging a map of numbers: the CAM of a 7×7 layer to the network's input. */
#pragma once

#include "engine/tensor/tensor.h"

/**
 * SalEnlarge:
 * @SAL_ENLARGE_BILINEAR: half-pixel centres, border values held (PyTorch's interpolate() with
 *   align_corners=False)
 * @SAL_ENLARGE_NEAREST: row i reads row floor (i · h / H)
 */
typedef enum { SAL_ENLARGE_BILINEAR, SAL_ENLARGE_NEAREST } SalEnlarge;

/**
 * sal_enlarge:
 * @map: float, [h,w], [C,h,w] or [1,C,h,w]; @height and @width may be smaller, too (samples, no
 *   averaging)
 *
 * Returns: (transfer full): @map with its last two axes @height and @width, both at least 1; or
 *   %NULL and %SAL_ERROR_SHAPE if @map has another rank or an empty axis
 */
SalTensor *sal_enlarge (const SalTensor *map, gint64 height, gint64 width, SalEnlarge mode,
                        GError **error);
