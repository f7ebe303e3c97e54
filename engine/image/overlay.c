#include "engine/image/overlay.h"

#include "engine/base/error.h"

#include <math.h>
#include <string.h>

#define MAX_SCALE 64
#define STRIP 64

/* Colours are looked up; entry 512 is exactly the 0 of a signed map. */
#define STEPS 1024

/* Values of a heatmap at the pixels of a target: for each column, where to read. */
typedef struct {
  const float *values;
  float *owned;      /* (nullable): cells averaged beforehand, where the target is small */
  int width, height; /* cells */
  SalRect where;
  gboolean smooth;
  int left, right; /* columns of the target inside @where */
  int *cell;
  float *share;
  float *line; /* one row of cells, the last one repeated */
} Sampler;

static void
sampler_clear (Sampler *s)
{
  g_free (s->owned);
  g_free (s->cell);
  g_free (s->share);
  g_free (s->line);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Sampler, sampler_clear)

/* Blocks of @across × @down cells as their mean: reading single cells far apart would make a small
 * view of a noisy map depend on which ones it happens to hit. */
static void
average_blocks (Sampler *s, int across, int down)
{
  int width = (s->width + across - 1) / across, height = (s->height + down - 1) / down;

  s->owned = g_new (float, (gsize) width *height);
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++) {
      int bottom = MIN ((y + 1) * down, s->height), end = MIN ((x + 1) * across, s->width);
      double sum = 0;

      for (int i = y * down; i < bottom; i++)
        for (int j = x * across; j < end; j++)
          sum += s->values[(gsize) i * s->width + j];
      s->owned[(gsize) y * width + x] = (float) (sum / ((bottom - y * down) * (end - x * across)));
    }
  s->values = s->owned;
  s->width = width;
  s->height = height;
}

static gboolean
is_rectangle (const SalRect *r)
{
  return r->width > 0 && r->height > 0 && isfinite (r->x) && isfinite (r->y) &&
         isfinite (r->width) && isfinite (r->height);
}

/* Target pixels whose centres are at or right of @edge start here. */
static int
first_pixel (double edge, int length)
{
  if (!(edge > 0.5)) /* NaN is neither */
    return 0;
  return edge < length ? (int) ceil (edge - 0.5) : length;
}

/* The cell at or before @position (in cells), and how far on to the next one. */
static int
find_cell (double position, int cells, gboolean smooth, float *share)
{
  double at = smooth ? CLAMP (position - 0.5, 0, cells - 1) : CLAMP (position, 0, cells - 1);
  int cell = (int) at;

  *share = smooth ? (float) (at - cell) : 0;
  return cell;
}

static void
sampler_init (Sampler *s, const SalHeatmap *heatmap, gboolean smooth, const SalRect *where,
              int target_width)
{
  *s = (Sampler){ .values = sal_heatmap_values (heatmap),
                  .width = sal_heatmap_width (heatmap),
                  .height = sal_heatmap_height (heatmap),
                  .where = *where,
                  .smooth = smooth };
  if (!is_rectangle (where)) {
    s->where = (SalRect){ 0, 0, 0, 0 }; /* nothing to be seen */
    return;
  }
  if (smooth) {
    int across = (int) fmax (s->width / fmax (where->width, 1), 1);
    int down = (int) fmax (s->height / fmax (where->height, 1), 1);

    if (across > 1 || down > 1)
      average_blocks (s, across, down);
  }
  s->left = first_pixel (where->x, target_width);
  s->right = MAX (first_pixel (where->x + where->width, target_width), s->left);
  s->cell = g_new (int, target_width);
  s->share = g_new (float, target_width);
  s->line = g_new (float, s->width + 1);
  for (int x = s->left; x < s->right; x++)
    s->cell[x] =
        find_cell ((x + 0.5 - where->x) / where->width * s->width, s->width, smooth, &s->share[x]);
}

static gboolean
sampler_has_row (const Sampler *s, int y)
{
  return y + 0.5 >= s->where.y && y + 0.5 < s->where.y + s->where.height;
}

/* The values of columns @left .. @right-1 of row @y, times @factor plus @offset. */
static void
sampler_read (const Sampler *s, int y, float factor, float offset, float *values)
{
  float down;
  int row =
      find_cell ((y + 0.5 - s->where.y) / s->where.height * s->height, s->height, s->smooth, &down);
  const float *above = s->values + (gsize) row * s->width;
  const float *below = row + 1 < s->height ? above + s->width : above;

  for (int x = 0; x < s->width; x++)
    s->line[x] = (above[x] + (below[x] - above[x]) * down) * factor + offset;
  s->line[s->width] = s->line[s->width - 1];
  for (int x = s->left; x < s->right; x++) {
    float a = s->line[s->cell[x]], b = s->line[s->cell[x] + 1];

    values[x] = a + (b - a) * s->share[x];
  }
}

/* Premultiplied colours for values −1..1 or 0..1. */
typedef struct {
  float factor, offset; /* from a value to its entry, with rounding */
  guint32 nothing;      /* for what the network did not see */
  guint32 argb[STEPS + 1];
} Palette;

static guint32
premultiply (guint32 rgb, double alpha)
{
  guint32 argb = (guint32) (alpha * 255 + 0.5) << 24;

  for (int shift = 16; shift >= 0; shift -= 8)
    argb |= (guint32) ((rgb >> shift & 255) * alpha + 0.5) << shift;
  return argb;
}

static void
palette_init (Palette *palette, const SalHeatmap *heatmap, const SalOverlayStyle *style)
{
  gboolean two_sided = sal_heatmap_signed (heatmap);
  const SalColormap *map = style->map != NULL ? style->map : sal_colormap_default (two_sided);
  double opacity = CLAMP (style->opacity, 0, 1);

  palette->factor = two_sided ? STEPS / 2 : STEPS;
  palette->offset = (two_sided ? STEPS / 2 : 0) + 0.5f;
  for (int i = 0; i <= STEPS; i++) {
    double value = two_sided ? 2.0 * i / STEPS - 1 : (double) i / STEPS;
    guint32 rgb = sal_colormap_colour (map, sal_colormap_position (map, value, two_sided));

    switch (style->blend) {
    case SAL_BLEND_OVER:
      palette->argb[i] = premultiply (rgb, opacity);
      break;
    case SAL_BLEND_FADE:
      palette->argb[i] = premultiply (rgb, opacity * fabs (value));
      break;
    case SAL_BLEND_MASK:
      palette->argb[i] = premultiply (0, opacity * (1 - fabs (value)));
      break;
    case SAL_BLEND_SIDE_BY_SIDE:
      palette->argb[i] = premultiply (rgb, 1);
      break;
    }
  }
  palette->nothing = style->blend == SAL_BLEND_MASK ? premultiply (0, opacity) : 0;
}

static void
fill (guint32 *row, int from, int to, guint32 argb)
{
  for (int x = from; x < to; x++)
    row[x] = argb;
}

/* One row of the target, of which @from .. @to-1 belong to the picture. */
static void
paint_row (const Sampler *s, const Palette *palette, int y, int width, int from, int to,
           float *values, guint32 *row)
{
  int left = s->left, right = s->right;

  if (!sampler_has_row (s, y))
    left = right = 0;
  else
    sampler_read (s, y, palette->factor, palette->offset, values);
  memset (row, 0, sizeof *row * width);
  if (palette->nothing != 0)
    fill (row, from, to, palette->nothing);
  for (int x = left; x < right; x++)
    row[x] = palette->argb[(int) values[x]];
}

void
sal_overlay_paint (const SalHeatmap *heatmap, const SalOverlayStyle *style, guint32 *argb,
                   int width, int height, gsize stride, const SalRect *where, const SalRect *cover)
{
  g_auto (Sampler) s = { 0 };
  Palette palette;
  g_autofree float *values = g_new (float, MAX (width, 1));

  if (cover == NULL)
    cover = where;
  palette_init (&palette, heatmap, style);
  sampler_init (&s, heatmap, style->smooth, where, width);

  int from = first_pixel (cover->x, width), to = first_pixel (cover->x + cover->width, width);
  int top = first_pixel (cover->y, height);
  int end = is_rectangle (cover) ? first_pixel (cover->y + cover->height, height) : top;

  for (int y = 0; y < height; y++) {
    gboolean covered = y >= top && y < end;

    paint_row (&s, &palette, y, width, covered ? from : 0, covered ? to : 0, values,
               (guint32 *) ((guint8 *) argb + y * stride));
  }
}

cairo_surface_t *
sal_overlay_surface (const SalHeatmap *heatmap, const SalOverlayStyle *style, int width, int height,
                     const SalRect *where, const SalRect *cover)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, width, height);

  if (cairo_surface_status (surface) != CAIRO_STATUS_SUCCESS)
    return surface;
  cairo_surface_flush (surface);
  sal_overlay_paint (heatmap, style, (guint32 *) cairo_image_surface_get_data (surface), width,
                     height, cairo_image_surface_get_stride (surface), where, cover);
  cairo_surface_mark_dirty (surface);
  return surface;
}

/* @rgb under @argb, in place. */
static void
compose (const guint32 *argb, guint8 *rgb, int n)
{
  for (int i = 0; i < n; i++) {
    guint32 over = argb[i], rest = 255 - (over >> 24);

    for (int c = 0; c < 3; c++, rgb++)
      *rgb = MIN ((over >> (16 - 8 * c) & 255) + (*rgb * rest + 127) / 255, 255);
  }
}

/* The picture as a pale gray ghost, to show where the heatmap beside it belongs. */
static void
ghost (const guint8 *from, guint8 *to, gint64 n)
{
  for (gint64 i = 0; i < n; i++, from += 3, to += 3)
    memset (to, 255 - (255 - (from[0] * 77 + from[1] * 150 + from[2] * 29) / 256) / 6, 3);
}

/* The overlay onto a picture of @width × @height whose rows are @row bytes apart, a strip at a
 * time: only the picture is ever in memory as a whole. */
static void
compose_all (const SalHeatmap *heatmap, const SalOverlayStyle *style, const SalRect *where,
             guint8 *rgb, int width, int height, gsize row)
{
  g_autofree guint32 *strip = g_new (guint32, (gsize) width * STRIP);

  for (int y = 0; y < height; y += STRIP) {
    int rows = MIN (STRIP, height - y);
    SalRect here = { where->x, where->y - y, where->width, where->height };
    SalRect cover = { 0, -y, width, height };

    sal_overlay_paint (heatmap, style, strip, width, rows, (gsize) width * 4, &here, &cover);
    for (int i = 0; i < rows; i++)
      compose (strip + (gsize) i * width, rgb + (y + i) * row, width);
  }
}

SalImage *
sal_overlay_render (const SalImage *picture, const SalHeatmap *heatmap, const SalRect *seen,
                    const SalOverlayStyle *style, int scale, GError **error)
{
  if (scale < 1 || scale > MAX_SCALE) {
    sal_error_set (error, SAL_ERROR_ARGUMENT, "scale is %d; 1 to %d are possible", scale,
                   MAX_SCALE);
    return NULL;
  }

  gboolean beside = style->blend == SAL_BLEND_SIDE_BY_SIDE;
  gint64 width = (gint64) sal_image_width (picture) * scale;
  gint64 height = (gint64) sal_image_height (picture) * scale;
  gint64 gap = beside ? MAX (width / 64, 1) : 0;
  gint64 whole = beside ? 2 * width + gap : width;

  if (whole * height > SAL_IMAGE_MAX_PIXELS || whole > G_MAXINT) {
    sal_error_set (error, SAL_ERROR_MEMORY,
                   "the overlay would have %" PRId64 "×%" PRId64
                   " pixels; up to %d megapixels are possible",
                   whole, height, (int) (SAL_IMAGE_MAX_PIXELS / 1000000));
    return NULL;
  }

  g_autoptr (SalImage) large = scale == 1      ? sal_image_ref ((SalImage *) picture)
                               : style->smooth ? sal_image_scale (picture, width, height)
                                               : sal_image_enlarge_nearest (picture, scale);
  SalRect where = { seen->x * scale, seen->y * scale, seen->width * scale, seen->height * scale };
  gsize row = (gsize) whole * 3;
  guint8 *rgb = g_malloc (row * height);

  if (beside)
    memset (rgb, 255, row * height);
  for (gint64 y = 0; y < height; y++) {
    const guint8 *from = sal_image_pixel (large, 0, (int) y);

    memcpy (rgb + y * row, from, (gsize) width * 3);
    if (beside)
      ghost (from, rgb + y * row + (width + gap) * 3, width);
  }
  compose_all (heatmap, style, &where, rgb + (beside ? (width + gap) * 3 : 0), (int) width,
               (int) height, row);
  return sal_image_new_take ((int) whole, (int) height, rgb);
}

SalImage *
sal_overlay_heatmap (const SalHeatmap *heatmap, const SalOverlayStyle *style, int width, int height)
{
  SalOverlayStyle alone = *style;
  SalRect where = { 0, 0, width, height };
  gsize row = (gsize) width * 3;
  guint8 *rgb = g_malloc0 (row * height);

  alone.blend = SAL_BLEND_SIDE_BY_SIDE;
  compose_all (heatmap, &alone, &where, rgb, width, height, row);
  return sal_image_new_take (width, height, rgb);
}

guint8 *
sal_overlay_gray (const SalHeatmap *heatmap, gboolean smooth, int width, int height)
{
  g_auto (Sampler) s = { 0 };
  SalRect where = { 0, 0, width, height };
  gboolean two_sided = sal_heatmap_signed (heatmap);
  g_autofree float *values = g_new (float, width);
  guint8 *gray = g_malloc ((gsize) width * height);

  sampler_init (&s, heatmap, smooth, &where, width);
  for (int y = 0; y < height; y++) {
    sampler_read (&s, y, two_sided ? 127.5f : 255, two_sided ? 128 : 0.5f, values);
    for (int x = 0; x < width; x++)
      gray[(gsize) y * width + x] = (guint8) MIN (values[x], 255);
  }
  return gray;
}
