/* A canvas in a window, for tests: what it draws and where, and pointing at it. */
#pragma once

#include "tests/ui/ui-support.h"
#include "ui/canvas-private.h"

/* Logical pixels of the window. */
#define STAGE_WIDTH 640
#define STAGE_HEIGHT 480

/** Stage: @scale: device pixels in a logical one; @hovers: how often "hover" was emitted */
typedef struct {
  SalCanvas *canvas;
  GtkWidget *window;
  int scale;
  int hovers;
} Stage;

/** stage_init: a window with a canvas, without colour bar; @heatmap: (nullable) */
void stage_init (Stage *stage, SalImage *picture, SalHeatmap *heatmap);
/** stage_clear: closes the window; nothing may keep the canvas alive */
void stage_clear (Stage *stage);
/** stage_is_settled: for ui_wait_until(): nothing of @canvas moves, nor is worked out */
gboolean stage_is_settled (gpointer canvas);
/** stage_look: Returns: (transfer full): what is drawn once nothing moves */
cairo_surface_t *stage_look (Stage *stage);
/** stage_pane: Returns: where the pane @index is, in device pixels */
SalCanvasPane stage_pane (Stage *stage, int index);
/** stage_far_from: Returns: the largest difference of a colour between what is seen at @pane and
 *  @image, which covers the whole scaled picture there, in the columns @from to @to of what is
 *  visible */
int stage_far_from (cairo_surface_t *drawn, const SalCanvasPane *pane, const SalImage *image,
                    int from, int to);
/** stage_far: the same in all columns */
int stage_far (cairo_surface_t *drawn, const SalCanvasPane *pane, const SalImage *image);
/** stage_rendered: Returns: (transfer full): what a file of it would hold, enlarged @factor times
 */
SalImage *stage_rendered (Stage *stage, int factor);
/** stage_controller: Returns: (transfer none): the canvas's event controller of @type */
GtkEventController *stage_controller (Stage *stage, GType type);
/** stage_point_at: the pointer moves to a device pixel of the widget */
void stage_point_at (Stage *stage, double x, double y);
/** stage_rgb: Returns: 0xRRGGBB of a picture's pixel */
guint32 stage_rgb (const SalImage *image, int x, int y);
/** stage_large: Returns: (transfer full): scenery in large pixels, which is quick to paint */
SalImage *stage_large (int columns, int rows);
