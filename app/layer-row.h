/* A layer of a network in a list model: what the columns of the model page show. */
#pragma once

#include "engine/graph/summary.h"

#include <gio/gio.h>

/** SalLayerRow: properties "name", "operator", "output", "parameters", "work" (strings) */
#define SAL_TYPE_LAYER_ROW (sal_layer_row_get_type ())
G_DECLARE_FINAL_TYPE (SalLayerRow, sal_layer_row, SAL, LAYER_ROW, GObject)

SalLayerRow *sal_layer_row_new (const SalNodeSummary *summary);
/** sal_layer_row_summary: Returns: (transfer none): its names belong to the graph */
const SalNodeSummary *sal_layer_row_summary (SalLayerRow *self);
/** sal_layer_row_matches: Returns: whether name or operator contain @text, case aside */
gboolean sal_layer_row_matches (SalLayerRow *self, const char *text);

/** sal_shape_text: Returns: (transfer full): "1×64×56×56" */
char *sal_shape_text (const SalShape *shape);
/** sal_count_text: Returns: (transfer full): "269 642", groups of three apart */
char *sal_count_text (gint64 count);
/** sal_amount_text: Returns: (transfer full): "41.2 M", three digits */
char *sal_amount_text (double amount);
