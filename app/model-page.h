/* What is known about the open model: its layers, and how a picture becomes its input, to be
 * changed while one watches. */
#pragma once

#include "app/work.h"

#include <adwaita.h>

#define SAL_TYPE_MODEL_PAGE (sal_model_page_get_type ())
G_DECLARE_FINAL_TYPE (SalModelPage, sal_model_page, SAL, MODEL_PAGE, GtkWidget)

/**
 * SalModelPage::changed:
 * @model: (type gpointer) (transfer none): the same graph with the preparation that the person has
 *   set
 *
 * SalModelPage::saved:
 * @path: of the sidecar that was written
 *
 * SalModelPage::kept:
 * @path, @name: of the model that was open before, of which something was set and not saved
 *
 * SalModelPage::resumed:
 * @name: of the model that is open again, prepared as it was set then
 *
 * SalModelPage::failed:
 * @summary, @details: what did not work, and why
 *
 * SalModelPage::doubt:
 * @text: (nullable): a sentence that the prediction looks as if the network was fed wrongly; %NULL
 *   where it does not
 */

/**
 * sal_model_page_show:
 * @model, @picture, @view: each (nullable): what is open
 * @fresh: whether @model is as its files say, not as it was prepared for a result
 *
 * What had been set of @model and not saved before another was open is set again where it is
 * @fresh.
 */
void sal_model_page_show (SalModelPage *self, SalModel *model, gboolean fresh, SalPicture *picture,
                          SalView *view);
/** sal_model_page_set_labels: gives the classes the names in a file, one a line */
void sal_model_page_set_labels (SalModelPage *self, const char *path);
/** sal_model_page_set_names: gives the classes these names, ended by %NULL */
void sal_model_page_set_names (SalModelPage *self, const char *const *names);
/** sal_model_page_save: writes the sidecar beside the model */
void sal_model_page_save (SalModelPage *self);
/** sal_model_page_save_kept: likewise what was set of a model before, see SalModelPage::kept; does
 *  nothing where nothing is kept. Returns: %FALSE if it could not be written */
gboolean sal_model_page_save_kept (SalModelPage *self, const char *path);
/** sal_model_page_unsaved: Returns: (transfer full) (element-type utf8): paths of models, this one
 *  and others that were open before, of which something was set and not saved */
GPtrArray *sal_model_page_unsaved (SalModelPage *self);
/** sal_model_page_save_all: writes what is unsaved; Returns: %FALSE if something could not be, see
 *  SalModelPage::failed */
gboolean sal_model_page_save_all (SalModelPage *self);
/** sal_model_page_is_busy: Returns: whether a preview is being made */
gboolean sal_model_page_is_busy (SalModelPage *self);
