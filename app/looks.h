/* How results are shown in the window: the appearance that the command line knows as well
 * (engine/explain/appearance.h), and what only a screen has. */
#pragma once

#include "engine/explain/appearance.h"

/** sal_looks_new: Returns: (transfer full): what a new window starts with: the picture stays clear
 *  where there is nothing to show */
SalSettings *sal_looks_new (void);

/** sal_looks_params: Returns: (transfer none): "quantity": the attribution or its standard error;
 *  "unsettled": whether pixels are marked whose sign is not settled. Both mean something for
 * results that are means of samples */
const SalParam *sal_looks_params (void);
/** sal_looks_want_error: Returns: whether the standard error is to be shown where there is one */
gboolean sal_looks_want_error (const SalSettings *looks);
/** sal_looks_want_marks: Returns: whether unsettled signs are to be marked */
gboolean sal_looks_want_marks (const SalSettings *looks);

/**
 * sal_looks_appearance:
 * @settings: of @method
 * @looks: values of sal_appearance_params() and sal_looks_params()
 *
 * Returns: what the looks mean for results of @method
 */
SalAppearance sal_looks_appearance (const SalMethod *method, const SalSettings *settings,
                                    const SalSettings *looks);
