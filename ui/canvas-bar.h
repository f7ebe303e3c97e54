/* The colour bar: which colour stands for which number. */
#pragma once

#include "engine/image/heatmap.h"
#include "engine/image/overlay.h"

#include <gtk/gtk.h>

/**
 * sal_canvas_bar_snapshot:
 * @widget: for fonts and directions
 * @room: where the bar may lie, in logical pixels; it takes the lower left corner, and draws
 *   nothing if there is too little room
 * @mark: a real value to point at; NaN for none
 *
 * A strip of the colour map with the real values at its ends, and 0 in the middle for signed maps.
 */
void sal_canvas_bar_snapshot (GtkSnapshot *snapshot, GtkWidget *widget, const SalHeatmap *heatmap,
                              const SalOverlayStyle *style, const graphene_rect_t *room,
                              double mark);
