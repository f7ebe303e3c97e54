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
/** sal_pyramid_share: Returns: (transfer full): the one that somebody has of this very image
 * already, however much of it is made, else a new one. Main thread only */
SalPyramid *sal_pyramid_share (SalImage *image);
void sal_pyramid_unref (SalPyramid *pyramid);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SalPyramid, sal_pyramid_unref)

/**
 * sal_pyramid_work:
 * @until: of g_get_monotonic_time(); a little is done even if it has passed
 *
 * Returns: whether there is more to do
 */
gboolean sal_pyramid_work (SalPyramid *pyramid, gint64 until);

/**
 * sal_pyramid_wait:
 * @ready: called with @data once all is made, in a while if not at once, which is done between
 *   frames from now on; not after sal_pyramid_leave()
 *
 * However many wait, the work is done once. Main thread only.
 */
void sal_pyramid_wait (SalPyramid *pyramid, void (*ready) (gpointer data), gpointer data);
/** sal_pyramid_leave: @data: of somebody who need not wait */
void sal_pyramid_leave (SalPyramid *pyramid, gpointer data);

/** sal_pyramid_is_done: Returns: whether all is made that there is to make */
gboolean sal_pyramid_is_done (const SalPyramid *pyramid);
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
