/* Pictures: decoding, and the few operations that everything else is built from. */
#pragma once

#include <glib.h>

/** SAL_IMAGE_MAX_PIXELS: larger pictures are refused before their pixels are decoded */
#define SAL_IMAGE_MAX_PIXELS G_GINT64_CONSTANT (200000000)

/**
 * SalRect: a rectangle in pixels of some picture; pixel (i, j) covers i .. i+1, j .. j+1
 */
typedef struct {
  double x, y, width, height;
} SalRect;

/**
 * SalImage: (ref-func sal_image_ref) (unref-func sal_image_unref)
 *
 * 8-bit RGB, rows packed without gaps, top row first. Never changes once made; reference counted
 * with atomic counts, so threads may share it.
 */
typedef struct _SalImage SalImage;

/**
 * sal_image_load:
 * @path: a file or pipe in any format gdk-pixbuf reads on this machine (PNG and JPEG everywhere)
 *
 * The picture as a person sees it: turned as its EXIF orientation says, gray expanded to RGB,
 * 16 bits reduced to the upper 8, the first frame of an animation, transparency laid over white.
 * Colour profiles are not applied: networks are trained on the stored numbers.
 *
 * Returns: (transfer full): or %NULL and @error: G_IO_ERROR if it cannot be read,
 *   %SAL_ERROR_FORMAT if it is no picture or is cut short, %SAL_ERROR_MEMORY if it has more than
 *   %SAL_IMAGE_MAX_PIXELS
 */
SalImage *sal_image_load (const char *path, GError **error);

/**
 * sal_image_load_bytes:
 * @name: what to call it in messages
 *
 * As sal_image_load(), from the contents of a file.
 */
SalImage *sal_image_load_bytes (GBytes *bytes, const char *name, GError **error);

/**
 * sal_image_new_from_rgb:
 * @data: R, G, B of each pixel, 0..255; copied
 * @stride: bytes from one row to the next, at least 3 · @width
 *
 * Returns: (transfer full): a picture of @width × @height, both at least 1 and within
 *   %SAL_IMAGE_MAX_PIXELS
 */
SalImage *sal_image_new_from_rgb (int width, int height, const guint8 *data, gsize stride);

/** sal_image_new_take: as above from packed rows in g_malloc() memory, which it takes over */
SalImage *sal_image_new_take (int width, int height, guint8 *data);

/** sal_image_new_filled: Returns: (transfer full): a picture of one colour */
SalImage *sal_image_new_filled (int width, int height, const guint8 rgb[3]);

SalImage *sal_image_ref (SalImage *image);
void sal_image_unref (SalImage *image);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SalImage, sal_image_unref)

int sal_image_width (const SalImage *image);
int sal_image_height (const SalImage *image);
/** sal_image_pixels: Returns: (transfer none): height · width · 3 bytes, packed */
const guint8 *sal_image_pixels (const SalImage *image);
/** sal_image_pixel: Returns: (transfer none): R, G, B at column @x of row @y */
const guint8 *sal_image_pixel (const SalImage *image, int x, int y);
/** sal_image_equal: Returns: whether size and every pixel agree */
gboolean sal_image_equal (const SalImage *a, const SalImage *b);

/** sal_image_crop: Returns: (transfer full): the part at (@x, @y), which must lie inside */
SalImage *sal_image_crop (const SalImage *image, int x, int y, int width, int height);

/**
 * sal_image_scale:
 *
 * Triangle filter, widened by the factor when shrinking, so that each source pixel counts (see
 * resample.h).
 *
 * Returns: (transfer full): the whole picture at @width × @height
 */
SalImage *sal_image_scale (const SalImage *image, int width, int height);

/** sal_image_enlarge_nearest: Returns: (transfer full): each pixel as @factor × @factor pixels */
SalImage *sal_image_enlarge_nearest (const SalImage *image, int factor);

/**
 * sal_image_to_gray:
 *
 * ITU-R 601 luma in Pillow's integers: (19595 R + 38470 G + 7471 B + 32768) >> 16.
 *
 * Returns: (transfer full): R = G = B = luma
 */
SalImage *sal_image_to_gray (const SalImage *image);
