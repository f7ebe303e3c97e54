/* The layers of a network: a list to search and sort, and what is known about the one selected,
 * with what it puts out at the picture that is open. */
#pragma once

#include "app/work.h"

#include <adwaita.h>

#define SAL_TYPE_LAYER_LIST (sal_layer_list_get_type ())
G_DECLARE_FINAL_TYPE (SalLayerList, sal_layer_list, SAL, LAYER_LIST, GtkWidget)

/** sal_layer_list_show: @model, @view: each (nullable): what is open */
void sal_layer_list_show (SalLayerList *self, SalModel *model, SalView *view);
/** sal_layer_list_is_busy: Returns: whether layers are being listed or looked at */
gboolean sal_layer_list_is_busy (SalLayerList *self);
