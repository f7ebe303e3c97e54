#include "engine/image/colormap.h"

#include <math.h>
#include <stdlib.h>

/* Entries 0, 16, 51 ... of the published tables of 256 (tests/data/image/colormaps.py). */
static void
test_published (void)
{
  static const int positions[] = { 0, 16, 51, 85, 100, 128, 170, 204, 230, 255 };
  static const struct {
    const char *id;
    guint32 colours[10];
  } maps[] = {
    { "viridis",
      { 0x440154, 0x48186a, 0x414487, 0x31688e, 0x2a768e, 0x21918c, 0x35b779, 0x7ad151, 0xbddf26,
        0xfde725 } },
    { "inferno",
      { 0x000004, 0x0b0724, 0x420a68, 0x781c6d, 0x902568, 0xbc3754, 0xed6925, 0xfca50a, 0xf6d746,
        0xfcffa4 } },
    { "magma",
      { 0x000004, 0x0a0822, 0x3b0f70, 0x721f81, 0x892881, 0xb73779, 0xf1605d, 0xfe9f6d, 0xfecf92,
        0xfcfdbf } },
    { "turbo",
      { 0x30123b, 0x4040a2, 0x3e9bfe, 0x1ae4b6, 0x3ff68a, 0xa4fc3c, 0xfaba39, 0xf05b12, 0xc32503,
        0x7a0403 } },
  };

  for (gsize m = 0; m < G_N_ELEMENTS (maps); m++) {
    const SalColormap *map = sal_colormap_find (maps[m].id);

    for (int i = 0; i < 10; i++) {
      guint32 colour = sal_colormap_colour (map, positions[i] / 255.0);

      for (int shift = 0; shift <= 16; shift += 8) {
        int a = colour >> shift & 255, b = maps[m].colours[i] >> shift & 255;

        g_assert_cmpint (abs (a - b), <=, 2);
      }
    }
  }
}

static void
test_corners (void)
{
  static const struct {
    const char *id;
    double position;
    guint32 colour;
  } cases[] = {
    { "gray", 0, 0x000000 },      { "gray", 0.5, 0x808080 },         { "gray", 1, 0xffffff },
    { "hot", 0, 0x000000 },       { "hot", 0.375, 0xff0000 },        { "hot", 0.75, 0xffff00 },
    { "jet", 0, 0x000080 },       { "jet", 0.375, 0x00ffff },        { "jet", 0.625, 0xffff00 },
    { "jet", 1, 0x800000 },       { "coolwarm", 0, 0x3b4cc0 },       { "coolwarm", 0.5, 0xdddddd },
    { "coolwarm", 1, 0xb40426 },  { "rdbu", 0, 0x053061 },           { "rdbu", 0.5, 0xf7f7f7 },
    { "rdbu", 0.9, 0xb2182b },    { "rdbu", 1, 0x67001f },           { "bwr", 0.25, 0x8080ff },
    { "seismic", 0.5, 0xffffff }, { "viridis", -5, 0x440154 },       { "viridis", 7, 0xfde725 },
    { "viridis", NAN, 0x440154 }, { "viridis", INFINITY, 0xfde725 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmphex (sal_colormap_colour (sal_colormap_find (cases[i].id), cases[i].position), ==,
                     cases[i].colour);
}

/* What a diverging map is for: 0 is neutral, and the two sides are equally far from it. */
static void
test_neutral (void)
{
  int n;
  const SalColormap *maps = sal_colormaps (&n);

  for (int i = 0; i < n; i++) {
    g_assert_true (sal_colormap_find (maps[i].id) == &maps[i]);
    if (!maps[i].diverging)
      continue;

    guint32 zero = sal_colormap_colour (&maps[i], sal_colormap_position (&maps[i], 0, TRUE));

    g_assert_cmphex (zero >> 16, ==, zero & 255);
    g_assert_cmphex (zero >> 8 & 255, ==, zero & 255);
    /* A magnitude is on the warm side. */
    g_assert_true (sal_colormap_position (&maps[i], 1, FALSE) == 1);
    g_assert_true (sal_colormap_position (&maps[i], 0, FALSE) == 0.5);

    guint32 high = sal_colormap_colour (&maps[i], 0.9), low = sal_colormap_colour (&maps[i], 0.1);

    g_assert_cmpint (high >> 16, >, high & 255);
    g_assert_cmpint (low >> 16, <, low & 255);
  }
  g_assert_true (sal_colormap_default (TRUE)->diverging);
  g_assert_false (sal_colormap_default (FALSE)->diverging);
  g_assert_null (sal_colormap_find ("parula"));
  g_assert_null (sal_colormap_find (NULL));
}

/* Maps that call themselves uniform grow steadily lighter; the others are known not to. */
static void
test_uniform (void)
{
  int n;
  const SalColormap *maps = sal_colormaps (&n);

  for (int i = 0; i < n; i++) {
    double before = -1;
    gboolean steady = TRUE;

    if (maps[i].diverging)
      continue;
    for (int k = 0; k <= 64; k++) {
      guint32 c = sal_colormap_colour (&maps[i], k / 64.0);
      double light = 0.2126 * pow ((c >> 16 & 255) / 255.0, 2.2) +
                     0.7152 * pow ((c >> 8 & 255) / 255.0, 2.2) +
                     0.0722 * pow ((c & 255) / 255.0, 2.2);

      steady = steady && light > before;
      before = light;
    }
    if (maps[i].uniform)
      g_assert_true (steady);
    else if (!g_str_equal (maps[i].id, "hot"))
      g_assert_false (steady);
  }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/image/colormap/published", test_published);
  g_test_add_func ("/engine/image/colormap/corners", test_corners);
  g_test_add_func ("/engine/image/colormap/neutral", test_neutral);
  g_test_add_func ("/engine/image/colormap/uniform", test_uniform);
  return g_test_run ();
}
