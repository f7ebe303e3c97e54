#include "engine/image/colormap.h"

#include <math.h>

/* viridis, inferno and magma (Smith and van der Walt, matplotlib, CC0) and turbo (Mikhailov, Google
 * AI blog, 2019) are published as 256 colours each; these 33 knots, fitted by least squares, give
 * them back to within 2/255. tests/data/image/colormaps.py does the fitting. */
static const guint32 viridis[] = {
  0x440154, 0x470d60, 0x48186a, 0x482374, 0x472d7b, 0x453681, 0x424086, 0x3f4989, 0x3b528b,
  0x375a8d, 0x33638d, 0x2f6a8e, 0x2c728e, 0x297a8e, 0x26818e, 0x23898e, 0x21908d, 0x1f988b,
  0x1e9f88, 0x21a685, 0x27ae80, 0x31b57b, 0x3dbc74, 0x4cc26c, 0x5cc963, 0x6ece58, 0x81d44c,
  0x96d840, 0xabdc32, 0xc0df24, 0xd5e219, 0xeae519, 0xfde725,
};
static const guint32 inferno[] = {
  0x000004, 0x030312, 0x0a0724, 0x150b37, 0x210c4a, 0x2e0a5b, 0x3c0965, 0x4a0b6b, 0x57106e,
  0x63146f, 0x70196e, 0x7d1e6d, 0x89226a, 0x962766, 0xa32b62, 0xaf315c, 0xbb3755, 0xc63d4d,
  0xd14545, 0xdb4f3c, 0xe45932, 0xeb6528, 0xf1711e, 0xf67f14, 0xf98d09, 0xfb9c05, 0xfcab0f,
  0xfbba1f, 0xf9ca32, 0xf5d949, 0xf2e965, 0xf2f586, 0xfcffa4,
};
static const guint32 magma[] = {
  0x000004, 0x030311, 0x0a0822, 0x130d33, 0x1d1146, 0x28125a, 0x36106b, 0x430f76, 0x50127c,
  0x5d177f, 0x691c81, 0x762181, 0x822682, 0x8f2a81, 0x9c2e7f, 0xa9327d, 0xb6377a, 0xc33b75,
  0xd04170, 0xdb486a, 0xe65063, 0xef5c5e, 0xf5695b, 0xf9785c, 0xfc8761, 0xfd9668, 0xfea571,
  0xfeb47b, 0xfec387, 0xfed194, 0xfde0a1, 0xfceeb0, 0xfcfdbf,
};
static const guint32 turbo[] = {
  0x30123b, 0x3a2a74, 0x4040a2, 0x4556c7, 0x476be4, 0x477ff7, 0x4393ff, 0x37a8fb, 0x29bbec,
  0x1ccdd8, 0x17dcc3, 0x1de8b0, 0x30f299, 0x4cf97e, 0x6bfe63, 0x8aff4c, 0xa3fd3c, 0xb8f734,
  0xcced34, 0xdee037, 0xedd03a, 0xf8c03a, 0xfdae35, 0xfe982c, 0xfc8022, 0xf56817, 0xec520e,
  0xe14009, 0xd23105, 0xc12302, 0xac1701, 0x950c01, 0x7a0403,
};
static const guint32 gray[] = { 0x000000, 0xffffff };
static const guint32 hot[] = {
  0x000000, 0x550000, 0xaa0000, 0xff0000, 0xff5500, 0xffaa00, 0xffff00, 0xffff80, 0xffffff,
};
static const guint32 jet[] = {
  0x000080, 0x0000ff, 0x0080ff, 0x00ffff, 0x80ff80, 0xffff00, 0xff8000, 0xff0000, 0x800000,
};

/* Moreland: Diverging Color Maps for Scientific Visualization, ISVC 2009: his formula in Msh space
 * between (59, 76, 192) and (180, 4, 38), at 33 places. */
static const guint32 coolwarm[] = {
  0x3b4cc0, 0x445acc, 0x4e68d7, 0x5875e1, 0x6282ea, 0x6c8ef1, 0x779af7, 0x82a5fb, 0x8db0fe,
  0x98b9ff, 0xa3c2ff, 0xaec9fd, 0xb8d0f9, 0xc2d5f4, 0xccd9ee, 0xd5dbe6, 0xdddddd, 0xe5d8d1,
  0xecd3c6, 0xf1ccb9, 0xf5c4ad, 0xf7bba0, 0xf7b194, 0xf7a687, 0xf49a7b, 0xf18d6f, 0xec7f63,
  0xe57057, 0xde614c, 0xd55042, 0xcb3e38, 0xc0282f, 0xb40426,
};
/* ColorBrewer's RdBu of 11 colours (Brewer, Harrower, Penn State), red for positive. */
static const guint32 rdbu[] = {
  0x053061, 0x2166ac, 0x4393c3, 0x92c5de, 0xd1e5f0, 0xf7f7f7,
  0xfddbc7, 0xf4a582, 0xd6604d, 0xb2182b, 0x67001f,
};
static const guint32 bwr[] = { 0x0000ff, 0xffffff, 0xff0000 };
static const guint32 seismic[] = { 0x00004c, 0x0000ff, 0xffffff, 0xff0000, 0x800000 };

#define MAP(id, name, diverging, uniform)                                                          \
  {                                                                                                \
#id, name, diverging, uniform, G_N_ELEMENTS(id), id                                            \
  }

static const SalColormap maps[] = {
  MAP (inferno, "Inferno", FALSE, TRUE), MAP (viridis, "Viridis", FALSE, TRUE),
  MAP (magma, "Magma", FALSE, TRUE),     MAP (gray, "Gray", FALSE, TRUE),
  MAP (turbo, "Turbo", FALSE, FALSE),    MAP (hot, "Hot", FALSE, FALSE),
  MAP (jet, "Jet", FALSE, FALSE),        MAP (coolwarm, "Cool to warm", TRUE, TRUE),
  MAP (rdbu, "Blue to red", TRUE, TRUE), MAP (bwr, "Blue, white, red", TRUE, FALSE),
  MAP (seismic, "Seismic", TRUE, FALSE),
};

const SalColormap *
sal_colormaps (int *n)
{
  *n = G_N_ELEMENTS (maps);
  return maps;
}

const SalColormap *
sal_colormap_find (const char *id)
{
  for (gsize i = 0; i < G_N_ELEMENTS (maps); i++)
    if (g_strcmp0 (maps[i].id, id) == 0)
      return &maps[i];
  return NULL;
}

const SalColormap *
sal_colormap_default (gboolean for_signed)
{
  return sal_colormap_find (for_signed ? "coolwarm" : "inferno");
}

guint32
sal_colormap_colour (const SalColormap *map, double position)
{
  double t = position > 0 ? fmin (position, 1) * (map->n_knots - 1) : 0; /* NaN is not above 0 */
  int i = MIN ((int) t, map->n_knots - 2);
  guint32 a = map->knots[i], b = map->knots[i + 1], colour = 0;

  for (int shift = 16; shift >= 0; shift -= 8) {
    int from = a >> shift & 255, to = b >> shift & 255;

    colour |= (guint32) (from + (to - from) * (t - i) + 0.5) << shift;
  }
  return colour;
}

double
sal_colormap_position (const SalColormap *map, double value, gboolean for_signed)
{
  return map->diverging || for_signed ? (value + 1) / 2 : value;
}
