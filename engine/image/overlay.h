/* A heatmap over its picture: for files, and for the window at 60 frames a second. */
#pragma once

#include "engine/image/colormap.h"
#include "engine/image/heatmap.h"
#include "engine/image/image.h"

#include <cairo.h>

/**
 * SalBlend:
 * @SAL_BLEND_OVER: the heatmap's colours over the picture with one opacity
 * @SAL_BLEND_FADE: the opacity grows with the magnitude, so that the picture stays clear where
 *   there is nothing
 * @SAL_BLEND_MASK: the picture itself, darkened where the magnitude is low; the opacity is how
 *   dark. What the network does not see counts as 0
 * @SAL_BLEND_SIDE_BY_SIDE: the picture on the left, the heatmap alone on the right, around it a
 *   pale ghost of what the network did not see
 */
typedef enum {
  SAL_BLEND_OVER,
  SAL_BLEND_FADE,
  SAL_BLEND_MASK,
  SAL_BLEND_SIDE_BY_SIDE,
} SalBlend;

/**
 * SalOverlayStyle:
 * @map: (nullable): %NULL for the default of the heatmap's sign
 * @opacity: 0..1
 * @smooth: whether values run smoothly from cell to cell (bilinear), else cells show as they are
 */
typedef struct {
  const SalColormap *map;
  SalBlend blend;
  double opacity;
  gboolean smooth;
} SalOverlayStyle;

#define SAL_OVERLAY_STYLE_INIT                                                                     \
  {                                                                                                \
    NULL, SAL_BLEND_OVER, 0.6, TRUE                                                                \
  }

/**
 * sal_overlay_render:
 * @picture: the whole picture
 * @seen: what the network saw of it (sal_preparation_seen()); the heatmap lies there and the rest
 *   of the picture stays plain
 * @scale: pixels of the result per pixel of the picture, 1..64
 *
 * Values are interpolated, then coloured, so that no colours appear that the map does not have.
 *
 * Returns: (transfer full): @scale times the picture's size (side by side: twice as wide, and a
 *   gap of 1/64), or %NULL and @error: %SAL_ERROR_ARGUMENT if @scale is out of range,
 *   %SAL_ERROR_MEMORY if the result passes %SAL_IMAGE_MAX_PIXELS
 */
SalImage *sal_overlay_render (const SalImage *picture, const SalHeatmap *heatmap,
                              const SalRect *seen, const SalOverlayStyle *style, int scale,
                              GError **error);

/**
 * sal_overlay_heatmap:
 * @width: of the result; @height likewise; both at least 1
 *
 * Returns: (transfer full): the heatmap's colours alone, opaque
 */
SalImage *sal_overlay_heatmap (const SalHeatmap *heatmap, const SalOverlayStyle *style, int width,
                               int height);

/**
 * sal_overlay_gray:
 *
 * Returns: (transfer full) (array): @width · @height bytes: value 0 is 0 and 1 is 255; for a signed
 *   heatmap −1 is 0, 0 is 128 and 1 is 255
 */
guint8 *sal_overlay_gray (const SalHeatmap *heatmap, gboolean smooth, int width, int height);

/**
 * sal_overlay_paint:
 * @argb: @height rows of @width pixels, native-endian 0xAARRGGBB with colours premultiplied, as
 *   CAIRO_FORMAT_ARGB32 and GDK_MEMORY_DEFAULT are; all are overwritten
 * @stride: bytes from one row to the next
 * @where: where the whole heatmap lies, in pixels of @argb; may reach beyond it on any side, so
 *   that a zoomed view pays for the visible part alone
 * @cover: (nullable): where the whole picture lies, for SAL_BLEND_MASK, which darkens all of it;
 *   %NULL for @where
 *
 * What is to be drawn over the picture: transparent outside @where. Side by side gives the heatmap
 * alone, opaque. 1280×800 takes a few milliseconds.
 */
void sal_overlay_paint (const SalHeatmap *heatmap, const SalOverlayStyle *style, guint32 *argb,
                        int width, int height, gsize stride, const SalRect *where,
                        const SalRect *cover);

/**
 * sal_overlay_surface:
 *
 * sal_overlay_paint() into a new surface.
 *
 * Returns: (transfer full): CAIRO_FORMAT_ARGB32, @width × @height; in an error state
 *   (cairo_surface_status()) if there is no memory for it
 */
cairo_surface_t *sal_overlay_surface (const SalHeatmap *heatmap, const SalOverlayStyle *style,
                                      int width, int height, const SalRect *where,
                                      const SalRect *cover);
