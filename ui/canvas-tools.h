/* What lies beside the picture while the pointer is on it: what a drag does, the loupe, the zoom.
 * Its buttons name actions of the window: win.tool, win.loupe, win.zoom-in, win.zoom-out and
 * win.zoom-toggle. */
#pragma once

#include <gtk/gtk.h>

#define SAL_TYPE_CANVAS_TOOLS (sal_canvas_tools_get_type ())
G_DECLARE_FINAL_TYPE (SalCanvasTools, sal_canvas_tools, SAL, CANVAS_TOOLS, GtkWidget)

/** sal_canvas_tools_set_zoom: @zoom: that shows, 1 for one to one; 0 where nothing shows */
void sal_canvas_tools_set_zoom (SalCanvasTools *self, double zoom);
