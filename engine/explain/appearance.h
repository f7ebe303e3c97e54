/* How an attribution is shown: which choices there are, what is meant where nothing is said. The
 * command line, the window and saved recipes name them alike. */
#pragma once

#include "engine/explain/method.h"
#include "engine/image/overlay.h"

/** SAL_SCALE_MAX: most pixels of an overlay per pixel of its picture, along a side */
#define SAL_SCALE_MAX 64

/**
 * SalAppearance: a plain value; nothing in it is owned
 * @heatmap: from an attribution to one number per pixel
 * @overlay: from such a number to a colour over the picture
 * @scale: pixels of an overlay per pixel of its picture
 */
typedef struct {
  SalHeatmapStyle heatmap;
  SalOverlayStyle overlay;
  int scale;
} SalAppearance;

/**
 * sal_appearance_params: Returns: (transfer none): "reduce", "sign", "normalize", "clip",
 *   "limit", "colormap", "opacity", "blend", "cells", "scale". The first choice of "reduce", "sign"
 * and "colormap" is "auto": what suits the method
 */
const SalParam *sal_appearance_params (void);

/**
 * sal_appearance_default:
 * @settings: (nullable): the method's and smoothing's: squares and variances have no sign
 *
 * What suits the results of @method: signed maps of sums where the sign has a meaning, else the
 * largest magnitude over the channels.
 */
SalAppearance sal_appearance_default (const SalMethod *method, const SalSettings *settings);

/**
 * sal_appearance_from_settings:
 * @settings: (nullable): values of sal_appearance_params(), smoothing's and the method's
 *
 * Returns: what @settings say, and sal_appearance_default() where they say "auto" or nothing
 */
SalAppearance sal_appearance_from_settings (const SalMethod *method, const SalSettings *settings);

/** sal_appearance_write: adds sal_appearance_params()' keys with the values in force, never
 *  "auto", as members of the JSON object being built */
void sal_appearance_write (const SalAppearance *appearance, JsonBuilder *builder);

/* Names of the choices: ids for files and command lines, labels for people, ended by an empty
 * entry; entry i is value i of the enumeration. */
const SalChoice *sal_reduce_choices (void);
const SalChoice *sal_sign_choices (void);
const SalChoice *sal_normalize_choices (void);
const SalChoice *sal_blend_choices (void);
/** sal_output_kind_choices: of SalOutputKind */
const SalChoice *sal_output_kind_choices (void);
