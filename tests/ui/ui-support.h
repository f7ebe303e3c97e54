/* What tests of widgets share: a window, waiting, looking at pixels, something to show. */
#pragma once

#include "engine/image/heatmap.h"
#include "engine/image/image.h"

#include <gtk/gtk.h>

/** ui_init: GTK and the locale; ends the program as skipped (status 77) where there is no display
 */
void ui_init (int *argc, char ***argv);

/**
 * ui_wait_until:
 * @ms: at most
 *
 * Runs the main loop until @ok.
 *
 * Returns: the last answer of @ok
 */
gboolean ui_wait_until (gboolean (*ok) (gpointer data), gpointer data, int ms);

/** ui_run: runs the main loop for @ms milliseconds */
void ui_run (int ms);

/**
 * ui_show:
 * @child: gets exactly @width × @height logical pixels
 *
 * Returns: (transfer none): a window, mapped and drawn; gtk_window_destroy() ends it
 */
GtkWidget *ui_show (GtkWidget *child, int width, int height);

/** ui_drawn: waits until what was changed is on the screen */
void ui_drawn (GtkWidget *window);

/**
 * ui_picture_of:
 * @widget: mapped
 *
 * Waits for a frame, so that whatever a change has queued is in it.
 *
 * Returns: (transfer full): what the widget draws, in device pixels
 */
cairo_surface_t *ui_picture_of (GtkWidget *widget);

/**
 * ui_drawing_of:
 * @width: logical pixels, @height likewise; @scale times as many are drawn
 *
 * Returns: (transfer full): what the paintable draws
 */
cairo_surface_t *ui_drawing_of (GdkPaintable *paintable, int width, int height, int scale);

/** ui_pixel: Returns: 0xRRGGBB of a picture by ui_picture_of(), which is opaque there */
guint32 ui_pixel (cairo_surface_t *surface, int x, int y);

/** ui_far: Returns: the largest difference of two colours' channels */
int ui_far (guint32 a, guint32 b);

/** ui_scenery: Returns: (transfer full): a made-up landscape, every pixel a colour of its own */
SalImage *ui_scenery (int width, int height);

/**
 * ui_attribution:
 * @phase: another one gives another map
 *
 * Returns: (transfer full): a heatmap with a strong place right of the middle, a weaker negative
 *   one at the left, and a little noise
 */
SalHeatmap *ui_attribution (int width, int height, SalSign sign, double phase);
