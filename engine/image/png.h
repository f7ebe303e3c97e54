/* PNG files that carry their recipe. */
#pragma once

#include "engine/image/image.h"

/** SAL_PNG_PARAMETERS: the text chunk that holds the JSON of how the picture was made */
#define SAL_PNG_PARAMETERS "Salience:Parameters"

/**
 * sal_png_write:
 * @path: written beside, then renamed: there is never half a file
 * @parameters: (nullable): UTF-8, JSON, kept as %SAL_PNG_PARAMETERS; `Software` is always there
 *
 * Returns: %FALSE and G_IO_ERROR if it cannot be written
 */
gboolean sal_png_write (const char *path, const SalImage *image, const char *parameters,
                        GError **error);

/** sal_png_write_gray: as above from 8-bit gray, @width · @height bytes */
gboolean sal_png_write_gray (const char *path, int width, int height, const guint8 *gray,
                             const char *parameters, GError **error);

/**
 * sal_png_write_argb:
 *
 * As above, with transparency, from premultiplied native-endian 0xAARRGGBB as sal_overlay_paint()
 * makes them (or a CAIRO_FORMAT_ARGB32 surface holds).
 */
gboolean sal_png_write_argb (const char *path, int width, int height, const guint32 *argb,
                             gsize stride, const char *parameters, GError **error);

/**
 * sal_png_encode: Returns: (transfer full): what sal_png_write() would write, for a clipboard or a
 *   pipe
 */
GBytes *sal_png_encode (const SalImage *image, const char *parameters, GError **error);

/**
 * sal_png_read_text:
 * @key: of a tEXt, zTXt or iTXt chunk
 *
 * Returns: (transfer full) (nullable): the text as UTF-8; %NULL without @error set if the picture
 *   has no such chunk, %NULL with %SAL_ERROR_FORMAT or G_IO_ERROR if it is no PNG
 */
char *sal_png_read_text (const char *path, const char *key, GError **error);
