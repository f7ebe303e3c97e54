#include "ui/canvas-bar.h"

#include "ui/canvas-number.h"

#include <math.h>

#define STRIP_WIDTH 208
#define STRIP_MIN 104
#define STRIP_HEIGHT 10
#define PAD_X 12
#define PAD_Y 9
/* Where it can just be put below the picture: of the bar itself, and around it. */
#define PAD_Y_TIGHT 6
#define INSET_TIGHT 3
#define GAP 4
/* Of two numbers, so that they are two. */
#define BETWEEN 10
#define STOPS 33
/* From the edge of what the bar lies on. */
#define INSET 12
/* Of a picture that it has to lie on. */
#define MAX_WIDTH 0.4
#define MAX_AREA 0.12

/* Light on dark in either style, as things that lie on pictures are. */
static const GdkRGBA plate = { 0.09f, 0.09f, 0.09f, 0.78f };
static const GdkRGBA ink = { 1, 1, 1, 0.92f };
static const GdkRGBA edge = { 1, 1, 1, 0.16f };

static GdkRGBA
rgba (guint32 colour)
{
  return (GdkRGBA){ (colour >> 16 & 0xff) / 255.f, (colour >> 8 & 0xff) / 255.f,
                    (colour & 0xff) / 255.f, 1 };
}

static PangoLayout *
lay_out (GtkWidget *widget, const char *text)
{
  PangoLayout *layout = gtk_widget_create_pango_layout (widget, text);
  PangoAttrList *attributes = pango_attr_list_new ();

  pango_attr_list_insert (attributes, pango_attr_font_features_new ("tnum=1"));
  pango_attr_list_insert (attributes, pango_attr_scale_new (PANGO_SCALE_SMALL));
  pango_layout_set_attributes (layout, attributes);
  pango_attr_list_unref (attributes);
  return layout;
}

static PangoLayout *
number (GtkWidget *widget, double value, gboolean plus)
{
  g_autofree char *text = sal_canvas_number (value, plus);

  return lay_out (widget, text);
}

static void
write_at (GtkSnapshot *snapshot, PangoLayout *layout, double x, double y)
{
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float) round (x), (float) y));
  gtk_snapshot_append_layout (snapshot, layout, &ink);
  gtk_snapshot_restore (snapshot);
}

/* What stands for a value: its colour on the map or, where the picture is darkened, how bright it
 * leaves white. */
static GdkRGBA
colour_of (const SalHeatmap *heatmap, const SalOverlayStyle *style, double value)
{
  gboolean is_signed = sal_heatmap_signed (heatmap);

  if (style->blend == SAL_BLEND_MASK) {
    float left = (float) (1 - CLAMP (style->opacity, 0, 1) * (1 - fabs (value)));

    return (GdkRGBA){ left, left, left, 1 };
  }

  const SalColormap *map = style->map != NULL ? style->map : sal_colormap_default (is_signed);

  return rgba (sal_colormap_colour (map, sal_colormap_position (map, value, is_signed)));
}

static void
draw_strip (GtkSnapshot *snapshot, const SalHeatmap *heatmap, const SalOverlayStyle *style,
            const graphene_rect_t *where)
{
  GskColorStop stops[STOPS];
  GskRoundedRect outline;

  for (int i = 0; i < STOPS; i++) {
    double t = (double) i / (STOPS - 1);

    stops[i] =
        (GskColorStop){ (float) t,
                        colour_of (heatmap, style, sal_heatmap_signed (heatmap) ? 2 * t - 1 : t) };
  }
  gsk_rounded_rect_init_from_rect (&outline, where, 2);
  gtk_snapshot_push_rounded_clip (snapshot, &outline);
  gtk_snapshot_append_linear_gradient (
      snapshot, where, &where->origin,
      &GRAPHENE_POINT_INIT (where->origin.x + where->size.width, where->origin.y), stops, STOPS);
  gtk_snapshot_pop (snapshot);
  /* Where the map ends in black or white it would run into the plate. */
  gtk_snapshot_append_border (snapshot, &outline, (float[4]){ 1, 1, 1, 1 },
                              (GdkRGBA[4]){ edge, edge, edge, edge });
}

/* A small triangle that stands on the strip. */
static void
draw_mark (GtkSnapshot *snapshot, const graphene_rect_t *strip, double fraction)
{
  double x = strip->origin.x + CLAMP (fraction, 0, 1) * strip->size.width, y = strip->origin.y;
  cairo_t *cr = gtk_snapshot_append_cairo (
      snapshot, &GRAPHENE_RECT_INIT ((float) floor (x) - 6, (float) y - 7, 13, 8));

  cairo_move_to (cr, x, y - 1);
  cairo_rel_line_to (cr, -4, -5);
  cairo_rel_line_to (cr, 8, 0);
  cairo_close_path (cr);
  gdk_cairo_set_source_rgba (cr, &ink);
  cairo_fill (cr);
  cairo_destroy (cr);
}

gboolean
sal_canvas_bar_place (GtkWidget *widget, int width, int height, const graphene_rect_t *picture,
                      graphene_rect_t *bar)
{
  g_autoptr (PangoLayout) sample = number (widget, 0, FALSE);
  const double full = STRIP_WIDTH + 2 * PAD_X, least = STRIP_MIN + 2 * PAD_X;
  double left = picture->origin.x, bottom = picture->origin.y + picture->size.height;
  int text_height;

  pango_layout_get_pixel_size (sample, NULL, &text_height);

  double inner = STRIP_HEIGHT + GAP + text_height, tall = 2 * PAD_Y + inner;
  double below = height - bottom, x = INSET, y = height - INSET, across;

  if (left >= least + 2 * INSET) /* beside the picture */
    across = left - 2 * INSET;
  else if (below >= tall + 2 * INSET) /* below it */
    across = width - 2 * INSET;
  else if (below >= inner + 2 * PAD_Y_TIGHT + 2 * INSET_TIGHT) { /* just so */
    across = width - 2 * INSET;
    tall = MIN (tall, below - 2 * INSET_TIGHT);
    y = height - (below - tall) / 2;
  } else {
    x += MAX (left, 0);
    y = MIN (bottom, height) - INSET;
    across = MAX (picture->size.width * MAX_WIDTH, least);
    if (across * tall > picture->size.width * picture->size.height * MAX_AREA)
      return FALSE;
  }
  across = MIN (across, MIN (full, width - INSET - x));
  if (across < least || y - tall < INSET)
    return FALSE;
  graphene_rect_init (bar, (float) round (x), (float) round (y - tall), (float) floor (across),
                      (float) floor (tall));
  return TRUE;
}

void
sal_canvas_bar_snapshot (GtkSnapshot *snapshot, GtkWidget *widget, const SalHeatmap *heatmap,
                         const SalOverlayStyle *style, const graphene_rect_t *bar, double mark)
{
  double low, high;

  sal_heatmap_range (heatmap, &low, &high);

  gboolean is_signed = sal_heatmap_signed (heatmap);
  g_autoptr (PangoLayout) left = number (widget, low, is_signed);
  g_autoptr (PangoLayout) right = number (widget, high, is_signed);
  g_autoptr (PangoLayout) zero = number (widget, 0, FALSE);
  int left_width, right_width, zero_width, text_height;

  pango_layout_get_pixel_size (left, &left_width, NULL);
  pango_layout_get_pixel_size (right, &right_width, NULL);
  pango_layout_get_pixel_size (zero, &zero_width, &text_height);

  double width = bar->size.width - 2 * PAD_X;
  double pad = (bar->size.height - (float) (STRIP_HEIGHT + GAP + text_height)) / 2;
  graphene_rect_t strip =
      GRAPHENE_RECT_INIT (bar->origin.x + PAD_X, (float) round (bar->origin.y + (float) pad),
                          (float) width, STRIP_HEIGHT);
  GskRoundedRect outline;

  gsk_rounded_rect_init_from_rect (&outline, bar, 8);
  gtk_snapshot_push_rounded_clip (snapshot, &outline);
  gtk_snapshot_append_color (snapshot, &plate, bar);
  gtk_snapshot_pop (snapshot);
  draw_strip (snapshot, heatmap, style, &strip);

  double text_y = strip.origin.y + STRIP_HEIGHT + GAP, middle = width / 2;

  if (is_signed && left_width + right_width + BETWEEN > width) {
    /* Too narrow for both, but they are the same number. */
    g_autofree char *text = sal_canvas_number (high, FALSE);
    g_autofree char *either = g_strconcat ("±", text, NULL);
    g_autoptr (PangoLayout) both = lay_out (widget, either);
    int both_width;

    pango_layout_get_pixel_size (both, &both_width, NULL);
    write_at (snapshot, both, strip.origin.x + middle - both_width / 2.0, text_y);
  } else {
    write_at (snapshot, left, strip.origin.x, text_y);
    if (high != low)
      write_at (snapshot, right, strip.origin.x + width - right_width, text_y);
    if (is_signed && high != low &&
        MAX (left_width, right_width) + BETWEEN + zero_width / 2.0 <= middle)
      write_at (snapshot, zero, strip.origin.x + middle - zero_width / 2.0, text_y);
  }
  if (isfinite (mark) && high != low)
    draw_mark (snapshot, &strip, (mark - low) / (high - low));
}
