/* The colour bar: which colour stands for which number. */
#pragma once

#include "engine/image/heatmap.h"
#include "engine/image/overlay.h"

#include <gtk/gtk.h>

/**
 * sal_canvas_bar_place:
 * @width: of the canvas in logical pixels, @height likewise
 * @picture: the part of the picture that is seen there
 * @bar: (out): where the bar goes: the lower left corner of the canvas if it can leave the picture
 *   alone there, else that of the picture, so that it never lies across an edge
 *
 * Returns: %FALSE if there is no room, or if it would hide too much of the picture
 */
gboolean sal_canvas_bar_place (GtkWidget *widget, int width, int height,
                               const graphene_rect_t *picture, graphene_rect_t *bar);

/**
 * sal_canvas_bar_snapshot:
 * @widget: for the font
 * @bar: of sal_canvas_bar_place()
 * @style: as it is drawn: with SAL_BLEND_MASK the strip shows brightness, else colours
 * @mark: a real value to point at; NaN for none
 *
 * A strip of the colour map with the real values at its ends, and 0 in the middle for signed maps.
 */
void sal_canvas_bar_snapshot (GtkSnapshot *snapshot, GtkWidget *widget, const SalHeatmap *heatmap,
                              const SalOverlayStyle *style, const graphene_rect_t *bar,
                              double mark);
