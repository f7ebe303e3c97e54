/* The picture with its heatmap: the widget that the window is about.
 *
 * It shows what it is given and starts no work: everything it computes is at most as large as the
 * widget, and recolouring (opacity, colour map, another heatmap) takes a few milliseconds. Used on
 * the main thread only, like every widget.
 *
 * Keys, while it has the focus: + and - zoom, 0 and F fit, 1 shows one picture pixel per screen
 * pixel, Shift with an arrow pans, Ctrl with ← or → moves the divider, Space shows the bare picture
 * while it is held. Alt with an arrow moves a cursor from pixel to pixel, with Shift ten at a time;
 * Return starts and ends a selection there, or takes a superpixel. Ctrl+scroll, the wheel and
 * pinching zoom at the pointer, dragging pans, a double click fits and, when fitted, goes to 1:1.
 *
 * Actions, for gtk_widget_activate_action() on the canvas: view.zoom-in, view.zoom-out,
 * view.zoom-fit, view.zoom-actual; each is disabled while it would change nothing.
 */
#pragma once

#include "engine/image/heatmap.h"
#include "engine/image/image.h"
#include "engine/image/overlay.h"
#include "engine/image/region.h"

#include <gtk/gtk.h>

/**
 * SalCanvasMode:
 * @SAL_CANVAS_OVERLAY: the heatmap over the picture
 * @SAL_CANVAS_SIDE_BY_SIDE: the picture, and beside it (below it, where that leaves more room) the
 *   heatmap alone; both move together
 * @SAL_CANVAS_WIPE: the picture left of a divider and the overlay right of it
 * @SAL_CANVAS_HEATMAP: the heatmap alone
 * @SAL_CANVAS_PICTURE: the picture alone
 *
 * The nicks of the enumeration type are overlay, side-by-side, wipe, heatmap and picture.
 */
typedef enum {
  SAL_CANVAS_OVERLAY,
  SAL_CANVAS_SIDE_BY_SIDE,
  SAL_CANVAS_WIPE,
  SAL_CANVAS_HEATMAP,
  SAL_CANVAS_PICTURE,
} SalCanvasMode;

#define SAL_TYPE_CANVAS_MODE (sal_canvas_mode_get_type ())
GType sal_canvas_mode_get_type (void);

/**
 * SalCanvasTool: what a drag with the first button does
 * @SAL_CANVAS_MOVE: pans
 * @SAL_CANVAS_RECTANGLE: selects a rectangle
 * @SAL_CANVAS_LASSO: selects what it goes around
 * @SAL_CANVAS_SEGMENTS: selects the superpixels it touches; with Shift or Ctrl it adds those that
 *   are not selected, or takes away those that are
 *
 * The nicks are move, rectangle, lasso and segments. The middle button always pans. A click with
 * rectangle or lasso, and Escape, select nothing; Escape with nothing selected goes back to move.
 */
typedef enum {
  SAL_CANVAS_MOVE,
  SAL_CANVAS_RECTANGLE,
  SAL_CANVAS_LASSO,
  SAL_CANVAS_SEGMENTS,
} SalCanvasTool;

#define SAL_TYPE_CANVAS_TOOL (sal_canvas_tool_get_type ())
GType sal_canvas_tool_get_type (void);

/**
 * SalCanvasHover: what is under the pointer
 * @x: column of the picture, @y: its row; both −1 where the pointer is not on the picture
 * @rgb: colour of that pixel
 * @has_value: whether the heatmap covers it; the rest is 0 otherwise
 * @column: of the heatmap, @row likewise
 * @value: of the attribution there, in its own unit: sal_heatmap_real()
 * @rank: share of the heatmap that is stronger, 0..1: sal_heatmap_rank()
 */
typedef struct {
  int x, y;
  guint8 rgb[3];
  gboolean has_value;
  int column, row;
  double value;
  double rank;
} SalCanvasHover;

#define SAL_TYPE_CANVAS (sal_canvas_get_type ())
G_DECLARE_FINAL_TYPE (SalCanvas, sal_canvas, SAL, CANVAS, GtkWidget)

/**
 * SalCanvas::hover:
 *
 * What sal_canvas_get_hover() tells has changed: the pointer has moved to another pixel or away, or
 * picture, heatmap or view have changed under it.
 */

/**
 * SalCanvas::region:
 *
 * The person has selected another region, or none: sal_canvas_get_region().
 */

/**
 * SalCanvas::moved:
 *
 * Another part of the picture shows, or at another zoom (see canvas-link.h).
 */

GtkWidget *sal_canvas_new (void);

/**
 * sal_canvas_set_picture:
 * @picture: (nullable): %NULL for an empty canvas
 *
 * A picture of another size is fitted; one of the same size is shown with the zoom that is set, so
 * that the same place can be compared. The rectangle that the network sees becomes the whole
 * picture if the size changes.
 */
void sal_canvas_set_picture (SalCanvas *self, SalImage *picture);
/** sal_canvas_get_picture: Returns: (transfer none) (nullable): */
SalImage *sal_canvas_get_picture (SalCanvas *self);

/**
 * sal_canvas_set_heatmap:
 * @heatmap: (nullable): of any size; it is stretched over the seen rectangle
 *
 * May be called as often as results come in: at most one is coloured per frame, and what is on the
 * screen stays until the next frame has it.
 */
void sal_canvas_set_heatmap (SalCanvas *self, SalHeatmap *heatmap);
/**
 * sal_canvas_fade_heatmap:
 *
 * As above, but what is drawn now goes over into @heatmap within a moment, unless the person wants
 * no animations: for estimates that become better. Read-out and colour bar are @heatmap's at once.
 */
void sal_canvas_fade_heatmap (SalCanvas *self, SalHeatmap *heatmap);
/** sal_canvas_get_heatmap: Returns: (transfer none) (nullable): */
SalHeatmap *sal_canvas_get_heatmap (SalCanvas *self);

/**
 * sal_canvas_set_marks:
 * @marks: (nullable): cells of the heatmap, in its size, that are hatched wherever it shows, as
 * what is not settled yet. Another size than that of the heatmap marks nothing
 */
void sal_canvas_set_marks (SalCanvas *self, SalRegion *marks);
/** sal_canvas_get_marks: Returns: (transfer none) (nullable): */
SalRegion *sal_canvas_get_marks (SalCanvas *self);

/**
 * sal_canvas_set_seen:
 * @seen: (nullable): the part of the picture that the network saw, in picture pixels
 *   (sal_preparation_seen()); the heatmap lies there. %NULL for the whole picture
 */
void sal_canvas_set_seen (SalCanvas *self, const SalRect *seen);
/** sal_canvas_get_seen: Returns: the whole picture if nothing was set */
SalRect sal_canvas_get_seen (SalCanvas *self);

/**
 * sal_canvas_set_style:
 * @style: copied. SAL_BLEND_SIDE_BY_SIDE is for files and counts as SAL_BLEND_OVER here: the mode
 *   says what lies beside what
 */
void sal_canvas_set_style (SalCanvas *self, const SalOverlayStyle *style);
/** sal_canvas_get_style: Returns: (transfer none): */
const SalOverlayStyle *sal_canvas_get_style (SalCanvas *self);

/** sal_canvas_set_tool: property "tool" */
void sal_canvas_set_tool (SalCanvas *self, SalCanvasTool tool);
SalCanvasTool sal_canvas_get_tool (SalCanvas *self);

/**
 * sal_canvas_set_grid:
 * @columns: of the cells that regions are made of, over the seen rectangle; @rows likewise: the
 *   network's own pixels. 0 where nothing can be selected
 * @segments: (nullable) (array): a label for each cell, row by row; copied. Without it there is
 *   nothing to select with SAL_CANVAS_SEGMENTS
 *
 * Another grid takes the region away.
 */
void sal_canvas_set_grid (SalCanvas *self, int columns, int rows, const int *segments);

/** sal_canvas_has_segments: Returns: whether superpixels can be selected now */
gboolean sal_canvas_has_segments (SalCanvas *self);

/** sal_canvas_set_region: @region: (nullable): on the grid; nothing is emitted */
void sal_canvas_set_region (SalCanvas *self, SalRegion *region);
/** sal_canvas_get_region: Returns: (transfer none) (nullable) */
SalRegion *sal_canvas_get_region (SalCanvas *self);

/** sal_canvas_selects_in: Returns: whether some of the region shows in @place, a part of the widget
 */
gboolean sal_canvas_selects_in (SalCanvas *self, const graphene_rect_t *place);

/** sal_canvas_set_mode: property "mode" */
void sal_canvas_set_mode (SalCanvas *self, SalCanvasMode mode);
SalCanvasMode sal_canvas_get_mode (SalCanvas *self);

/**
 * sal_canvas_set_bare:
 *
 * Property "bare": whether the bare picture shows wherever the heatmap would be; nothing moves. The
 * canvas sets it itself while Space is held over it; the window's keys may, too.
 */
void sal_canvas_set_bare (SalCanvas *self, gboolean bare);
gboolean sal_canvas_get_bare (SalCanvas *self);

/** sal_canvas_set_wipe: property "wipe": 0..1, where the divider is, of the picture's visible part
 */
void sal_canvas_set_wipe (SalCanvas *self, double wipe);
double sal_canvas_get_wipe (SalCanvas *self);

/**
 * sal_canvas_set_zoom:
 * @zoom: property "zoom": screen pixels per picture pixel, so 1 is 1:1 on any screen; held between
 *   a quarter of the fitted zoom (or 1, if that is less) and 64 (or the fitted zoom)
 *
 * Zooms about the middle.
 */
void sal_canvas_set_zoom (SalCanvas *self, double zoom);
/** sal_canvas_get_zoom: Returns: the zoom that shows, fitted or not; 0 without picture or size */
double sal_canvas_get_zoom (SalCanvas *self);
/** sal_canvas_set_fit: property "fit": whether the picture follows the size of the widget */
void sal_canvas_set_fit (SalCanvas *self, gboolean fit);
gboolean sal_canvas_get_fit (SalCanvas *self);

/** sal_canvas_set_loupe: property "loupe": whether the pixels under the pointer are shown enlarged
 *  beside it */
void sal_canvas_set_loupe (SalCanvas *self, gboolean loupe);
gboolean sal_canvas_get_loupe (SalCanvas *self);

/**
 * sal_canvas_set_cross:
 * @x: in picture pixels, @y likewise; a negative one takes the cross away
 *
 * Marks a place, as where the pointer is in another canvas that shows the same picture.
 */
void sal_canvas_set_cross (SalCanvas *self, double x, double y);

/**
 * sal_canvas_set_progress:
 * @progress: property "progress": 0..1 for a hairline at the top; below 0 for none
 */
void sal_canvas_set_progress (SalCanvas *self, double progress);
double sal_canvas_get_progress (SalCanvas *self);

/** sal_canvas_set_show_bar: property "show-bar": the colour bar in the lower left corner */
void sal_canvas_set_show_bar (SalCanvas *self, gboolean show_bar);
gboolean sal_canvas_get_show_bar (SalCanvas *self);

/**
 * sal_canvas_set_description:
 * @description: (nullable): property "description": what is shown, in words, for those who do not
 *   see it ("Integrated Gradients for Egyptian cat"); size, zoom and range are added
 */
void sal_canvas_set_description (SalCanvas *self, const char *description);
const char *sal_canvas_get_description (SalCanvas *self);

/**
 * sal_canvas_get_hover:
 * @hover: (out):
 *
 * Returns: whether the pointer is on the picture
 */
gboolean sal_canvas_get_hover (SalCanvas *self, SalCanvasHover *hover);
