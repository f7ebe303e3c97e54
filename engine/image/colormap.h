/* From a number to a colour. */
#pragma once

#include <glib.h>

/**
 * SalColormap:
 * @id: for command lines, settings and saved files; never changes
 * @name: for people
 * @diverging: whether it runs from one hue through a neutral middle to another: for signed maps
 * @uniform: whether equal steps of value look like equal steps (and survive printing in gray)
 * @n_knots: number of colours in @knots
 * @knots: 0xRRGGBB at equal distances from 0 to 1, lines in between
 */
typedef struct {
  const char *id;
  const char *name;
  gboolean diverging;
  gboolean uniform;
  int n_knots;
  const guint32 *knots;
} SalColormap;

/** sal_colormaps: Returns: (transfer none): all @n maps, in the order of a menu */
const SalColormap *sal_colormaps (int *n);

/** sal_colormap_find: Returns: (nullable): the map called @id */
const SalColormap *sal_colormap_find (const char *id);

/**
 * sal_colormap_default:
 *
 * Returns: coolwarm for signed heatmaps (its middle is neutral, positive is red), else inferno
 */
const SalColormap *sal_colormap_default (gboolean for_signed);

/**
 * sal_colormap_colour:
 * @position: 0..1; outside is held, NaN is 0
 *
 * Returns: 0xRRGGBB, rounded
 */
guint32 sal_colormap_colour (const SalColormap *map, double position);

/**
 * sal_colormap_position:
 * @value: of a heatmap
 * @for_signed: whether that heatmap is signed, −1..1
 *
 * Where a heatmap's value lies on the map: (value + 1) / 2 if either is two-sided (a diverging map
 * shows magnitudes in its upper half), else the value.
 */
double sal_colormap_position (const SalColormap *map, double value, gboolean for_signed);
