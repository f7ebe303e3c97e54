/* A picture at any size, quickly: halved again and again, so that a sample costs what is seen. */
#pragma once

#include "engine/image/image.h"

#include <cairo.h>

/**
 * SalPyramid:
 *
 * The picture at 1/2, 1/4, 1/8 ... of its size, a third of the picture's memory altogether; made
 * piece by piece between frames. Belongs to one thread.
 */
typedef struct _SalPyramid SalPyramid;

/** sal_pyramid_new: Returns: (transfer full): nothing is computed yet */
SalPyramid *sal_pyramid_new (SalImage *image);
void sal_pyramid_free (SalPyramid *pyramid);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SalPyramid, sal_pyramid_free)

/**
 * sal_pyramid_work:
 * @until: of g_get_monotonic_time(); a little is done even if it has passed
 *
 * Returns: whether there is more to do
 */
gboolean sal_pyramid_work (SalPyramid *pyramid, gint64 until);

/** sal_pyramid_ready: Returns: whether all is made that the best picture of this size takes */
gboolean sal_pyramid_ready (const SalPyramid *pyramid, int width, int height);

/**
 * SalSampling:
 * @SAL_SAMPLING_QUICK: the nearest pixel of the nearest level: while something moves
 * @SAL_SAMPLING_NEAREST: the nearest pixel of the picture
 * @SAL_SAMPLING_FINE: every pixel counts (sal_resample())
 */
typedef enum { SAL_SAMPLING_QUICK, SAL_SAMPLING_NEAREST, SAL_SAMPLING_FINE } SalSampling;

/**
 * sal_pyramid_sample:
 * @width: of the whole picture when scaled, @height likewise
 * @window: what is wanted of it, within 0 .. @width, 0 .. @height, not empty
 * @xrgb: (out caller-allocates): @window->height rows of @window->width pixels 0xFFRRGGBB
 * @stride: bytes from one row to the next
 *
 * A window is cut from what the whole would be, bit for bit, so that a view can be put together
 * from several.
 */
void sal_pyramid_sample (const SalPyramid *pyramid, int width, int height,
                         const cairo_rectangle_int_t *window, SalSampling how, guint32 *xrgb,
                         gsize stride);
