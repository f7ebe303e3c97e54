/* Where the picture lies in a canvas: fitting, zooming and panning, as plain arithmetic.
 *
 * The picture always covers whole device pixels; that rectangle, not the zoom, is what points are
 * converted with, so that what is drawn, pointed at and marked agree.
 */
#pragma once

#include <cairo.h>
#include <glib.h>

/** SAL_CANVAS_AIR: logical pixels around a fitted picture */
#define SAL_CANVAS_AIR 12

/** SAL_CANVAS_ZOOM_MAX: device pixels per picture pixel */
#define SAL_CANVAS_ZOOM_MAX 64.0

/**
 * SalCanvasView:
 * @width: of the widget in logical pixels, @height likewise
 * @scale: device pixels per logical pixel
 * @columns: of the picture, @rows likewise; 0 if there is none
 * @two: whether there are two panes with the same part of the picture in each
 * @fit: whether the picture fills the pane, up to the air around it
 * @zoom: device pixels per picture pixel, unless @fit
 * @x: picture point in the middle of the pane, @y likewise, unless @fit
 */
typedef struct {
  int width, height;
  int scale;
  int columns, rows;
  gboolean two;
  gboolean fit;
  double zoom;
  double x, y;
} SalCanvasView;

/**
 * SalCanvasPane: in device pixels of the widget
 * @clip: what belongs to the pane
 * @room: @clip without air: where a picture is fitted
 * @picture: where the whole picture lies
 * @visible: the part of @picture within @clip; empty if there is none
 */
typedef struct {
  cairo_rectangle_int_t clip, room, picture, visible;
} SalCanvasPane;

/** sal_canvas_view_panes: Returns: how many panes there are, 1 or 2; both have equal sizes */
int sal_canvas_view_panes (const SalCanvasView *view, SalCanvasPane panes[2]);

/** sal_canvas_view_zoom: Returns: the zoom that shows; 0 if there is nothing to show */
double sal_canvas_view_zoom (const SalCanvasView *view);

/** sal_canvas_view_fit_zoom: Returns: the zoom at which the picture just fits */
double sal_canvas_view_fit_zoom (const SalCanvasView *view);

void sal_canvas_view_range (const SalCanvasView *view, double *min, double *max);

/**
 * sal_canvas_view_zoom_to:
 * @px: a point of the picture
 * @x: where in the widget it is to lie, in logical pixels
 *
 * Zooms so that the point lies there, as far as the picture still fills the pane: an axis along
 * which it fits is centred, and along the other its edge stays at the air or beyond.
 */
void sal_canvas_view_zoom_to (SalCanvasView *view, double zoom, double px, double py, double x,
                              double y);

/** sal_canvas_view_zoom_at: as above, with the point that lies there now */
void sal_canvas_view_zoom_at (SalCanvasView *view, double zoom, double x, double y);

/**
 * sal_canvas_view_step:
 *
 * Zooms by @factor at a point of the widget, but stops at the fitted zoom and at 1:1 on the way.
 */
void sal_canvas_view_step (SalCanvasView *view, double factor, double x, double y);

/** sal_canvas_view_pan: moves the picture by logical pixels, as far as it goes */
void sal_canvas_view_pan (SalCanvasView *view, double dx, double dy);

/** sal_canvas_view_can_pan: Returns: whether the picture is larger than its pane */
gboolean sal_canvas_view_can_pan (const SalCanvasView *view);

/** sal_canvas_view_settle: to be called after @width, @height, @scale, @two or the picture changed
 */
void sal_canvas_view_settle (SalCanvasView *view);

/**
 * sal_canvas_view_to_picture:
 * @x: logical pixels of the widget, @y likewise
 * @px: (out): in picture pixels, @py likewise; beyond 0 .. columns outside the picture
 *
 * Returns: whether the point lies on the picture, in one of the panes
 */
gboolean sal_canvas_view_to_picture (const SalCanvasView *view, double x, double y, double *px,
                                     double *py);
