/* Small pictures of what can be chosen: each baseline as it is for this picture, each layer's mean
 * activation. Made by jobs for the method that is chosen, once its answer is there. Main thread
 * only. */
#pragma once

#include "app/document.h"

#define SAL_TYPE_PREVIEWS (sal_previews_get_type ())
G_DECLARE_FINAL_TYPE (SalPreviews, sal_previews, SAL, PREVIEWS, GObject)

/** SalPreviews::changed: there are other pictures, or none */

/** sal_previews_new: @document: must outlive it */
SalPreviews *sal_previews_new (SalDocument *document);

/** sal_previews_get: @kind: %SAL_PARAM_BASELINE or %SAL_PARAM_LAYER; Returns: (transfer none)
 *  (nullable) (element-type utf8 SalImage): by value of the parameter, %NULL until they are made */
GHashTable *sal_previews_get (SalPreviews *self, SalParamKind kind);
