/* Controls for parameters, made from their declarations alone (engine/explain/params.h): a slider
 * for a number, a drop-down for choices and layers, pictures for baselines, a switch. What has no
 * effect now is absent; what is seldom needed is folded away. */
#pragma once

#include "engine/explain/params.h"
#include "engine/model.h"

#include <gtk/gtk.h>

#define SAL_TYPE_PARAM_PANEL (sal_param_panel_get_type ())
G_DECLARE_FINAL_TYPE (SalParamPanel, sal_param_panel, SAL, PARAM_PANEL, GtkWidget)

/**
 * SalParamPanel::changed:
 * @key: of the parameter
 *
 * The person has changed a value; sal_param_panel_get_settings() has it.
 */

GtkWidget *sal_param_panel_new (void);

/**
 * sal_param_panel_set_params:
 * @params: (array length=n): parameters in the order to show; an entry with another list than the
 *   one before is still of one panel. Must outlive the panel
 * @lists: (array length=n): the list each of them belongs to, for what applies
 * @model: (nullable): whose layers can be chosen
 *
 * Makes the rows anew only if anything of this has changed.
 */
void sal_param_panel_set_params (SalParamPanel *self, const SalParam *const *params,
                                 const SalParam *const *lists, guint n, SalModel *model);

/** sal_param_panel_set_available: whether the row of a parameter is there at all; all are, at first
 */
void sal_param_panel_set_available (SalParamPanel *self, const char *key, gboolean available);

/** sal_param_panel_set_settings: shows these values; nothing is emitted. @settings: copied */
void sal_param_panel_set_settings (SalParamPanel *self, const SalSettings *settings);
const SalSettings *sal_param_panel_get_settings (SalParamPanel *self);

/** sal_param_panel_set_pictures: shows what the values of baselines or layers look like
 *  @kind: %SAL_PARAM_BASELINE or %SAL_PARAM_LAYER
 *  @pictures: (nullable) (element-type utf8 SalImage): by value */
void sal_param_panel_set_pictures (SalParamPanel *self, SalParamKind kind, GHashTable *pictures);

/** sal_param_panel_find: Returns: (transfer none) (nullable): the row of a parameter, for tests: a
 *  SalSliderRow, a SalChoiceRow, a SalBaselineRow, a SalPathRow or, for switches, a box with a
 * GtkSwitch at its end
 */
GtkWidget *sal_param_panel_find (SalParamPanel *self, const char *key);
