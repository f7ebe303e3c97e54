/* What lies beside the picture while the pointer is on it: what a drag does, and the loupe. Its
 * buttons name actions of the window, win.tool and win.loupe. */
#pragma once

#include <gtk/gtk.h>

#define SAL_TYPE_CANVAS_TOOLS (sal_canvas_tools_get_type ())
G_DECLARE_FINAL_TYPE (SalCanvasTools, sal_canvas_tools, SAL, CANVAS_TOOLS, GtkWidget)
