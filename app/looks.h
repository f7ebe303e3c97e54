/* How results are shown in the window: the appearance that the command line knows as well
 * (engine/explain/appearance.h), and what only a screen has. */
#pragma once

#include "engine/explain/appearance.h"

/** sal_looks_new: Returns: (transfer full): what a new window starts with: the picture stays clear
 *  where there is nothing to show */
SalSettings *sal_looks_new (void);

/** sal_looks_params: Returns: (transfer none): "cells": how a heatmap coarser than the screen is
 *  drawn, smooth or sharp */
const SalParam *sal_looks_params (void);

/**
 * sal_looks_appearance:
 * @settings: of @method
 * @looks: values of sal_appearance_params() and sal_looks_params()
 *
 * Returns: what the looks mean for results of @method
 */
SalAppearance sal_looks_appearance (const SalMethod *method, const SalSettings *settings,
                                    const SalSettings *looks);
