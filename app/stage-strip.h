/* The picture on its way to the network: original, resized, cut, as it is received. */
#pragma once

#include "app/preview.h"

#include <gtk/gtk.h>

#define SAL_TYPE_STAGE_STRIP (sal_stage_strip_get_type ())
G_DECLARE_FINAL_TYPE (SalStageStrip, sal_stage_strip, SAL, STAGE_STRIP, GtkWidget)

/** sal_stage_strip_show: @preview: of a picture */
void sal_stage_strip_show (SalStageStrip *self, const SalPreview *preview);
