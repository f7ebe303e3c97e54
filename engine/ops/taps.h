/* Interpolation along one axis, as a sparse matrix: each output element is a weighted sum of a few
 * input elements. Resize is one such matrix after another. */
#pragma once

#include <glib.h>

typedef enum { SAL_NEAREST, SAL_LINEAR, SAL_CUBIC } SalInterpolation;

/** SalNearest: which neighbour is nearest; @SAL_NEAREST_OLD: Resize before opset 11, the one below
 *  when enlarging and the one above when shrinking */
typedef enum {
  SAL_NEAREST_ROUND_PREFER_FLOOR,
  SAL_NEAREST_ROUND_PREFER_CEIL,
  SAL_NEAREST_FLOOR,
  SAL_NEAREST_CEIL,
  SAL_NEAREST_OLD,
} SalNearest;

/** SalCoordinates: ONNX's coordinate_transformation_mode */
typedef enum {
  SAL_HALF_PIXEL,
  SAL_HALF_PIXEL_SYMMETRIC,
  SAL_PYTORCH_HALF_PIXEL,
  SAL_ALIGN_CORNERS,
  SAL_ASYMMETRIC,
  SAL_TF_HALF_PIXEL_FOR_NN,
  SAL_TF_CROP_AND_RESIZE,
} SalCoordinates;

typedef struct {
  SalInterpolation interpolation;
  SalNearest nearest;
  SalCoordinates coordinates;
  double cubic_a;
  gboolean exclude_outside;
  gboolean antialias;
} SalResizeRule;

/**
 * SalTaps:
 * @in: length read
 * @out: length written
 * @n: elements read for one written
 * @index: [out][n], 0 .. in-1
 * @weight: [out][n]
 * @outside: (nullable): [out]; whether the element lies outside the input and gets no weight at
 *   all, which happens with SAL_TF_CROP_AND_RESIZE only
 */
typedef struct {
  gint64 in, out;
  int n;
  gint32 *index;
  float *weight;
  gboolean *outside;
} SalTaps;

/**
 * sal_taps_init:
 * @in: at least 1 and at most 2^24
 * @out: at most 2^24
 * @width: the length written as a real number, in · scale; @out is that rounded
 * @roi_start, @roi_end: part of the axis that is read, 0..1, with SAL_TF_CROP_AND_RESIZE
 */
void sal_taps_init (SalTaps *taps, const SalResizeRule *rule, gint64 in, gint64 out, double width,
                    double roi_start, double roi_end);
void sal_taps_clear (SalTaps *taps);
/** sal_taps_identity: Returns: whether nothing changes */
gboolean sal_taps_identity (const SalTaps *taps);
/** sal_taps_apply: from @x [outer][in][inner] to @y [outer][out][inner] */
void sal_taps_apply (const SalTaps *taps, gint64 outer, gint64 inner, const float *x, float *y);
/** sal_taps_apply_transposed: adds to @gx [outer][in][inner] from @gy [outer][out][inner] */
void sal_taps_apply_transposed (const SalTaps *taps, gint64 outer, gint64 inner, const float *gy,
                                float *gx);
