/* Layout of a widget with one child, whose width does not depend on its height. */
#pragma once

#include <gtk/gtk.h>

/**
 * SalSteadyLayout: as GtkBinLayout, but the child is never asked how wide it is at a height
 *
 * GTK 4.8's boxes ask that when they give out sizes. A label that wraps answers after laying its
 * words out at some eight widths, and each upright box around it asks for some ten heights in turn:
 * a sentence on a page was laid out 400 times, 150 ms, for each letter that a person typed. Where
 * text wraps, the width is given and the height follows; there is nothing to be found out.
 */
#define SAL_TYPE_STEADY_LAYOUT (sal_steady_layout_get_type ())
G_DECLARE_FINAL_TYPE (SalSteadyLayout, sal_steady_layout, SAL, STEADY_LAYOUT, GtkLayoutManager)
