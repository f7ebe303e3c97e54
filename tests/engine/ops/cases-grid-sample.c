#include "tests/engine/ops/cases.h"

/* Places for a picture of 4 by 5: clear of the elements' middles and of the borders, where linear
 * interpolation has kinks; inside, and outside to every side. */
#define PLACES                                                                                     \
  FLOATS (SAL_SHAPE (1, 2, 4, 2), -0.53, -0.61, 0.27, 0.37, 0.83, -0.16, -0.06, 0.81, 1.31, 0.41,  \
          -1.35, -0.66, 0.13, 1.74, -0.27, -2.11)

#define BOX_PIXELS IN (2, 2, 5, 6)
#define BOXES                                                                                      \
  CONST_FLOATS (SAL_SHAPE (3, 4), 0.3, 0.6, 3.9, 4.1, 1.2, -1.7, 5.5, 2.3, 2.1, 1.4, 2.3, 1.9)

const OpCase op_cases_grid_sample[] = {
  /* clang-format off */
  { "GridSample", "by-hand", 16, "align_corners=1",
    { FLOATS (SAL_SHAPE (1, 1, 2, 2), 1, 2, 3, 5), FLOATS (SAL_SHAPE (1, 1, 3, 2), 0, -0.5, 0.5, 0.25, -1, -2) },
    { OUT (SAL_SHAPE (1, 1, 1, 3), 2.125, 3.46875, 0.5) }, .step = 0x1p-8, .no_gradient = TRUE },
  { "GridSample", "linear-zeros", 16, NULL, { IN (1, 2, 4, 5), PLACES }, .step = 0x1p-9 },
  { "GridSample", "linear-border", 16, "padding_mode=border", { IN (1, 2, 4, 5), PLACES }, .step = 0x1p-9 },
  { "GridSample", "linear-reflection", 16, "padding_mode=reflection", { IN (1, 2, 4, 5), PLACES }, .step = 0x1p-9 },
  { "GridSample", "linear-corners", 20, "align_corners=1 mode=linear", { IN (1, 2, 4, 5), PLACES }, .step = 0x1p-9 },
  { "GridSample", "linear-corners-reflection", 20, "align_corners=1 mode=linear padding_mode=reflection",
    { IN (1, 2, 4, 5), PLACES }, .step = 0x1p-9 },
  { "GridSample", "cubic-zeros", 16, "mode=bicubic", { IN (1, 2, 4, 5), PLACES }, .step = 0x1p-8 },
  { "GridSample", "cubic-border", 16, "mode=bicubic padding_mode=border", { IN (1, 2, 4, 5), PLACES }, .step = 0x1p-8 },
  { "GridSample", "cubic-reflection", 20, "mode=cubic padding_mode=reflection align_corners=1",
    { IN (1, 2, 4, 5), PLACES }, .step = 0x1p-8 },
  { "GridSample", "nearest", 16, "mode=nearest", { IN (1, 2, 4, 5), PLACES }, .step = 0x1p-8 },
  { "GridSample", "nearest-reflection", 16, "mode=nearest padding_mode=reflection", { IN (1, 2, 4, 5), PLACES },
    .step = 0x1p-8 },
  { "GridSample", "volume", 20, NULL,
    { IN (1, 2, 3, 4, 3), FLOATS (SAL_SHAPE (1, 1, 1, 3, 3), -0.43, 0.31, 0.11, 0.47, -0.4, -0.81, 1.2, 0.55, -0.3) },
    .step = 0x1p-8 },
  { "GridSample", "batch", 16, NULL, { IN (2, 1, 3, 3), IN_RANGE (0.05, 0.55, 2, 2, 2, 2) }, .step = 0x1p-9 },
  { "GridSample", "empty", 16, NULL, { IN (0, 1, 3, 3), IN (0, 2, 2, 2) }, { OUT_SHAPE (0, 1, 2, 2) } },
  { "GridSample", "no-place", 16, NULL,
    { FLOATS (SAL_SHAPE (1, 1, 1, 1), 3), FLOATS (SAL_SHAPE (1, 1, 2, 2), G_MAXFLOAT, 0, -1e20, 1e20) },
    { OUT (SAL_SHAPE (1, 1, 1, 2), 0, 0) }, .no_gradient = TRUE },
  { "GridSample", "wrong-grid", 16, NULL, { IN (1, 1, 3, 3), IN (1, 2, 2, 3) }, .error = "grid of shape 1×2×2×3" },
  { "GridSample", "wrong-mode", 16, "mode=lanczos", { IN (1, 1, 3, 3), IN (1, 2, 2, 2) }, .error = "mode is \"lanczos\"" },

  { "AffineGrid", "identity", 20, NULL,
    { FLOATS (SAL_SHAPE (1, 2, 3), 1, 0, 0, 0, 1, 0), INTS (SAL_SHAPE (4), 1, 1, 2, 2) },
    { OUT (SAL_SHAPE (1, 2, 2, 2), -0.5, -0.5, 0.5, -0.5, -0.5, 0.5, 0.5, 0.5) } },
  { "AffineGrid", "corners", 20, "align_corners=1",
    { FLOATS (SAL_SHAPE (1, 2, 3), 1, 0, 0.5, 0, 2, 0), INTS (SAL_SHAPE (4), 1, 1, 1, 2) },
    { OUT (SAL_SHAPE (1, 1, 2, 2), -0.5, 0, 1.5, 0) } },
  { "AffineGrid", "picture", 20, NULL, { IN (2, 2, 3), INTS (SAL_SHAPE (4), 2, 1, 2, 3) } },
  { "AffineGrid", "volume", 20, "align_corners=1", { IN (1, 3, 4), INTS (SAL_SHAPE (5), 1, 1, 2, 3, 2) },
    { OUT_SHAPE (1, 2, 3, 2, 3) } },
  { "AffineGrid", "wrong-theta", 20, NULL, { IN (1, 3, 4), INTS (SAL_SHAPE (4), 1, 1, 2, 3) },
    .error = "theta of shape 1×3×4 for a size of 4 numbers" },

  { "RoiAlign", "by-hand", 16, "output_height=1 output_width=2 sampling_ratio=1",
    { FLOATS (SAL_SHAPE (1, 1, 2, 2), 1, 2, 3, 4), CONST_FLOATS (SAL_SHAPE (1, 4), 0.5, 0.5, 1.5, 1.5), INTS (SAL_SHAPE (1), 0) },
    { OUT (SAL_SHAPE (1, 1, 1, 2), 2.25, 2.75) } },
  { "RoiAlign", "adaptive", 10, "output_height=2 output_width=3 spatial_scale=0.75",
    { BOX_PIXELS, BOXES, INTS (SAL_SHAPE (3), 0, 1, 1) } },
  { "RoiAlign", "half-pixel", 16, "output_height=2 output_width=2 sampling_ratio=2",
    { BOX_PIXELS, BOXES, FED_INTS (SAL_SHAPE (3), 1, 0, 1) } },
  { "RoiAlign", "max", 16, "output_height=2 output_width=2 sampling_ratio=2 mode=max",
    { IN_RANGE (0.5, 2, 2, 2, 5, 6), BOXES, FED_INTS (SAL_SHAPE (3), 1, 0, 1) }, .step = 0x1p-10 },
  { "RoiAlign", "no-such-picture", 16, NULL, { IN (1, 1, 2, 2), CONST_FLOATS (SAL_SHAPE (1, 4), 0, 0, 1, 1), FED_INTS (SAL_SHAPE (1), 3) },
    { OUT (SAL_SHAPE (1, 1, 1, 1), 0) }, .no_gradient = TRUE },
  { "RoiAlign", "huge-box", 16, NULL,
    { FLOATS (SAL_SHAPE (1, 1, 2, 2), 1, 1, 1, 1), CONST_FLOATS (SAL_SHAPE (1, 4), -1e30, 0, 1e30, 1), INTS (SAL_SHAPE (1), 0) },
    { OUT (SAL_SHAPE (1, 1, 1, 1), 0) }, .no_gradient = TRUE },
  { "RoiAlign", "no-boxes", 16, NULL, { IN (1, 2, 2, 2), IN (0, 4), FED_INTS (SAL_SHAPE (0), 0) }, { OUT_SHAPE (0, 2, 1, 1) } },
  { "RoiAlign", "wrong-mode", 16, "mode=sum", { BOX_PIXELS, BOXES, INTS (SAL_SHAPE (3), 0, 1, 1) }, .error = "mode is \"sum\"" },
  { NULL },
  /* clang-format on */
};
