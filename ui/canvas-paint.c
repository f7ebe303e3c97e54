/* Drawing. The copies of picture and heatmap are kept as one node, so that the hairline, the colour
 * bar or a cross cost nothing of the picture. */
#include "ui/canvas-bar.h"
#include "ui/canvas-private.h"

#include <math.h>

#define GRID_FROM 16.0
#define HAIRLINE 2
#define HANDLE 15

/* Neutral: a tint beside a picture changes the colours in it. */
static const GdkRGBA light_surround = { 0.82f, 0.82f, 0.82f, 1 };
static const GdkRGBA dark_surround = { 0.16f, 0.16f, 0.16f, 1 };
static const GdkRGBA light_backing = { 0.75f, 0.75f, 0.75f, 1 };
static const GdkRGBA dark_backing = { 0.22f, 0.22f, 0.22f, 1 };

static gboolean
is_dark (GtkWidget *widget)
{
  GdkRGBA text;

  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &text);
  return text.red + text.green + text.blue > 1.5f;
}

static GdkRGBA
accent (GtkWidget *widget)
{
  GtkStyleContext *context = gtk_widget_get_style_context (widget);
  GdkRGBA colour;

  if (gtk_style_context_lookup_color (context, "accent_bg_color", &colour) ||
      gtk_style_context_lookup_color (context, "theme_selected_bg_color", &colour))
    return colour;
  return (GdkRGBA){ 0.21f, 0.52f, 0.89f, 1 };
}

void
sal_canvas_rect (const SalCanvas *self, const cairo_rectangle_int_t *device, graphene_rect_t *rect)
{
  float f = self->view.scale;

  graphene_rect_init (rect, device->x / f, device->y / f, device->width / f, device->height / f);
}

/* Cairo draws its own surfaces many times faster than textures; a GPU is the other way round. */
static gboolean
wants_textures (GtkWidget *widget)
{
  GtkNative *native = gtk_widget_get_native (widget);
  GskRenderer *renderer = native != NULL ? gtk_native_get_renderer (native) : NULL;

  return renderer != NULL && !GSK_IS_CAIRO_RENDERER (renderer);
}

static void
draw_layer (SalCanvas *self, GtkSnapshot *snapshot, SalCanvasLayer *layer,
            const cairo_rectangle_int_t *at)
{
  graphene_rect_t rect;

  if (layer->surface == NULL || cairo_surface_status (layer->surface) != CAIRO_STATUS_SUCCESS)
    return;
  sal_canvas_rect (self, at, &rect);
  if (wants_textures (GTK_WIDGET (self))) {
    if (layer->texture == NULL) {
      gsize stride = cairo_image_surface_get_stride (layer->surface);
      g_autoptr (GBytes) bytes = g_bytes_new_with_free_func (
          cairo_image_surface_get_data (layer->surface), stride * at->height,
          (GDestroyNotify) cairo_surface_destroy, cairo_surface_reference (layer->surface));

      layer->texture =
          gdk_memory_texture_new (at->width, at->height, GDK_MEMORY_DEFAULT, bytes, stride);
    }
    gtk_snapshot_append_texture (snapshot, layer->texture, &rect);
  } else {
    cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &rect);

    cairo_surface_set_device_scale (layer->surface, self->view.scale, self->view.scale);
    cairo_set_source_surface (cr, layer->surface, rect.origin.x, rect.origin.y);
    /* Pixels are drawn 1:1; no filter is to see an offset where there is only rounding. */
    cairo_pattern_set_filter (cairo_get_source (cr), CAIRO_FILTER_NEAREST);
    cairo_paint (cr);
    cairo_destroy (cr);
  }
}

/* Lines between the pixels of the picture, once they are large enough to be counted. */
static void
draw_grid (SalCanvas *self, GtkSnapshot *snapshot, const SalCanvasPane *pane)
{
  graphene_rect_t rect;
  const cairo_rectangle_int_t *v = &pane->visible, *p = &pane->picture;

  sal_canvas_rect (self, v, &rect);

  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &rect);
  double sx = (double) p->width / self->view.columns, sy = (double) p->height / self->view.rows;

  cairo_scale (cr, 1.0 / self->view.scale, 1.0 / self->view.scale);
  cairo_set_antialias (cr, CAIRO_ANTIALIAS_NONE);
  for (int i = MAX ((int) ((v->x - p->x) / sx), 1); i < self->view.columns; i++) {
    int x = p->x + (int) lround (i * sx);

    if (x >= v->x + v->width)
      break;
    cairo_rectangle (cr, x, v->y, 1, v->height);
  }
  for (int i = MAX ((int) ((v->y - p->y) / sy), 1); i < self->view.rows; i++) {
    int y = p->y + (int) lround (i * sy);

    if (y >= v->y + v->height)
      break;
    cairo_rectangle (cr, v->x, y, v->width, 1);
  }
  cairo_set_source_rgba (cr, 0.5, 0.5, 0.5, 0.4);
  cairo_fill (cr);
  cairo_destroy (cr);
}

/* Maps begin or have their middle in colours near those around them. */
static void
draw_edge (SalCanvas *self, GtkSnapshot *snapshot, const SalCanvasPane *pane)
{
  float f = 1.f / self->view.scale;
  GskRoundedRect outline;
  graphene_rect_t rect;
  GdkRGBA colour;

  gtk_style_context_get_color (gtk_widget_get_style_context (GTK_WIDGET (self)), &colour);
  colour.alpha = 0.15f;
  sal_canvas_rect (self, &pane->visible, &rect);
  gsk_rounded_rect_init_from_rect (&outline, &rect, 0);
  gtk_snapshot_append_border (snapshot, &outline, (float[4]){ f, f, f, f },
                              (GdkRGBA[4]){ colour, colour, colour, colour });
}

/* GTK 4.8 never frees what is drawn in an empty clip, and with it a copy of the surface. */
static void
draw_clipped (SalCanvas *self, GtkSnapshot *snapshot, SalCanvasLayer *layer,
              const cairo_rectangle_int_t *at, const cairo_rectangle_int_t *to)
{
  graphene_rect_t clip;

  if (to->width <= 0 || to->height <= 0)
    return;
  sal_canvas_rect (self, to, &clip);
  gtk_snapshot_push_clip (snapshot, &clip);
  draw_layer (self, snapshot, layer, at);
  gtk_snapshot_pop (snapshot);
}

static double
divider (SalCanvas *self, const SalCanvasPane *pane)
{
  return round (pane->visible.x + self->wipe * pane->visible.width);
}

static void
draw_pane (SalCanvas *self, GtkSnapshot *snapshot, int index, const SalCanvasPane *pane)
{
  gboolean alone =
      !self->bare && (self->mode == SAL_CANVAS_HEATMAP || (self->view.two && index == 1));
  gboolean over = !self->bare && self->heatmap != NULL &&
                  (self->mode == SAL_CANVAS_OVERLAY || self->mode == SAL_CANVAS_WIPE);

  if (alone) {
    graphene_rect_t rect;

    sal_canvas_rect (self, &pane->visible, &rect);
    gtk_snapshot_append_color (snapshot,
                               is_dark (GTK_WIDGET (self)) ? &dark_backing : &light_backing, &rect);
  } else {
    sal_canvas_layer_picture (self, &self->panes[index], pane);
    draw_layer (self, snapshot, &self->panes[index], &pane->visible);
  }
  if ((alone && self->heatmap != NULL) || over) {
    sal_canvas_layer_heat (self, pane, alone);
    if (self->mode == SAL_CANVAS_WIPE) {
      cairo_rectangle_int_t right = pane->visible;

      right.x = (int) divider (self, pane);
      right.width = pane->visible.x + pane->visible.width - right.x;
      draw_clipped (self, snapshot, &self->heat, &pane->visible, &right);
    } else
      draw_layer (self, snapshot, &self->heat, &pane->visible);
  }
  if (alone)
    draw_edge (self, snapshot, pane);
  if (!self->view.fit && sal_canvas_view_zoom (&self->view) >= GRID_FROM)
    draw_grid (self, snapshot, pane);
}

static void
draw_line (cairo_t *cr, double x0, double y0, double x1, double y1)
{
  cairo_move_to (cr, x0, y0);
  cairo_line_to (cr, x1, y1);
}

void
sal_canvas_stroke (cairo_t *cr, double width)
{
  cairo_set_line_width (cr, width + 2);
  cairo_set_source_rgba (cr, 0, 0, 0, 0.45);
  cairo_stroke_preserve (cr);
  cairo_set_line_width (cr, width);
  cairo_set_source_rgba (cr, 1, 1, 1, 0.95);
  cairo_stroke (cr);
}

static void
draw_divider (SalCanvas *self, GtkSnapshot *snapshot, const SalCanvasPane *pane)
{
  double x = divider (self, pane) / self->view.scale;
  graphene_rect_t rect;

  sal_canvas_rect (self, &pane->visible, &rect);

  double top = rect.origin.y, bottom = top + rect.size.height, middle = (top + bottom) / 2;
  cairo_t *cr = gtk_snapshot_append_cairo (
      snapshot,
      &GRAPHENE_RECT_INIT ((float) x - HANDLE - 3, (float) MIN (top, middle - HANDLE - 3),
                           2 * HANDLE + 6, (float) MAX (rect.size.height, 2 * HANDLE + 6)));

  draw_line (cr, x, top, x, bottom);
  sal_canvas_stroke (cr, 1.5);
  cairo_arc (cr, x, middle, HANDLE, 0, 2 * G_PI);
  cairo_set_source_rgba (cr, 0, 0, 0, 0.3);
  cairo_set_line_width (cr, 2);
  cairo_stroke_preserve (cr);
  cairo_set_source_rgba (cr, 1, 1, 1, 0.95);
  cairo_fill (cr);
  for (int side = -1; side <= 1; side += 2) {
    cairo_move_to (cr, x + side * 4, middle - 4);
    cairo_rel_line_to (cr, side * 4, 4);
    cairo_rel_line_to (cr, side * -4, 4);
  }
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  cairo_set_source_rgba (cr, 0, 0, 0, 0.7);
  cairo_stroke (cr);
  cairo_destroy (cr);
}

static void
draw_cross (SalCanvas *self, GtkSnapshot *snapshot, const SalCanvasPane *pane, double px, double py)
{
  double f = self->view.scale;
  double x = (pane->picture.x + px * pane->picture.width / self->view.columns) / f;
  double y = (pane->picture.y + py * pane->picture.height / self->view.rows) / f;
  graphene_rect_t rect;

  sal_canvas_rect (self, &pane->visible, &rect);
  if (!graphene_rect_contains_point (&rect, &GRAPHENE_POINT_INIT ((float) x, (float) y)))
    return;

  cairo_t *cr = gtk_snapshot_append_cairo (
      snapshot, &GRAPHENE_RECT_INIT ((float) x - 12, (float) y - 12, 24, 24));

  /* The middle stays open: that is the pixel in question. */
  draw_line (cr, x - 10, y, x - 3, y);
  draw_line (cr, x + 3, y, x + 10, y);
  draw_line (cr, x, y - 10, x, y - 3);
  draw_line (cr, x, y + 3, x, y + 10);
  sal_canvas_stroke (cr, 1.25);
  cairo_destroy (cr);
}

/* The corners of what the network saw, where that is not the whole picture. */
static void
draw_marks (SalCanvas *self, GtkSnapshot *snapshot, const SalCanvasPane *pane)
{
  double sx = (double) pane->picture.width / self->view.columns / self->view.scale;
  double sy = (double) pane->picture.height / self->view.rows / self->view.scale;
  SalRect seen = sal_canvas_get_seen (self);
  double x0 = (double) pane->picture.x / self->view.scale + seen.x * sx, x1 = x0 + seen.width * sx;
  double y0 = (double) pane->picture.y / self->view.scale + seen.y * sy, y1 = y0 + seen.height * sy;
  double arm = MIN (14, MIN (x1 - x0, y1 - y0) / 4);
  graphene_rect_t rect;

  if (seen.width >= self->view.columns && seen.height >= self->view.rows)
    return;
  sal_canvas_rect (self, &pane->visible, &rect);

  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &rect);

  for (int corner = 0; corner < 4; corner++) {
    double x = round (corner & 1 ? x1 : x0) + (corner & 1 ? -0.5 : 0.5);
    double y = round (corner & 2 ? y1 : y0) + (corner & 2 ? -0.5 : 0.5);

    cairo_move_to (cr, x + (corner & 1 ? -arm : arm), y);
    cairo_line_to (cr, x, y);
    cairo_line_to (cr, x, y + (corner & 2 ? -arm : arm));
  }
  sal_canvas_stroke (cr, 1);
  cairo_destroy (cr);
}

static void
draw_focus (GtkWidget *widget, GtkSnapshot *snapshot)
{
  GdkRGBA colour = accent (widget);
  GskRoundedRect ring;

  colour.alpha *= 0.6f;
  gsk_rounded_rect_init_from_rect (&ring,
                                   &GRAPHENE_RECT_INIT (2, 2, gtk_widget_get_width (widget) - 4.f,
                                                        gtk_widget_get_height (widget) - 4.f),
                                   6);
  gtk_snapshot_append_border (snapshot, &ring, (float[4]){ 2, 2, 2, 2 },
                              (GdkRGBA[4]){ colour, colour, colour, colour });
}

static void
draw_content (SalCanvas *self, GtkSnapshot *snapshot, const SalCanvasPane *panes, int n)
{
  if (self->content == NULL) {
    GtkSnapshot *own = gtk_snapshot_new ();

    for (int i = 0; i < n; i++)
      draw_pane (self, own, i, &panes[i]);
    self->content = gtk_snapshot_free_to_node (own);
  }
  if (self->content != NULL)
    gtk_snapshot_append_node (snapshot, self->content);
}

gboolean
sal_canvas_points_at_bar (SalCanvas *self)
{
  return self->pointed &&
         graphene_rect_contains_point (
             &self->bar, &GRAPHENE_POINT_INIT ((float) self->pointer_x, (float) self->pointer_y));
}

static void
draw_bar (SalCanvas *self, GtkSnapshot *snapshot, const SalCanvasPane *pane)
{
  SalOverlayStyle style = self->style;
  GtkWidget *widget = GTK_WIDGET (self);
  graphene_rect_t picture, bar;

  sal_canvas_rect (self, &pane->visible, &picture);
  if (!sal_canvas_bar_place (widget, self->view.width, self->view.height, &picture, &bar))
    return;

  /* It gives way to the pointer: what lies under it is part of the picture, too. */
  self->bar = bar;
  self->bar_faint = sal_canvas_points_at_bar (self);
  if (self->view.two || self->mode == SAL_CANVAS_HEATMAP)
    style.blend = SAL_BLEND_SIDE_BY_SIDE;
  gtk_snapshot_push_opacity (snapshot, self->bar_faint ? 0.15 : 1);
  sal_canvas_bar_snapshot (snapshot, widget, self->heatmap, &style, &bar,
                           self->hover.has_value ? self->hover.value : NAN);
  gtk_snapshot_pop (snapshot);
}

void
sal_canvas_paint (SalCanvas *self, GtkSnapshot *snapshot)
{
  GtkWidget *widget = GTK_WIDGET (self);
  float width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  SalCanvasPane panes[2];
  int n = sal_canvas_view_panes (&self->view, panes);
  gboolean over = !self->bare && self->heatmap != NULL && self->picture != NULL;

  if (width <= 0 || height <= 0)
    return; /* an empty clip, see draw_clipped() */
  sal_canvas_layers_age (self);
  gtk_snapshot_push_clip (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));
  gtk_snapshot_append_color (snapshot, is_dark (widget) ? &dark_surround : &light_surround,
                             &GRAPHENE_RECT_INIT (0, 0, width, height));
  if (panes[0].visible.width > 0 && panes[0].visible.height > 0) {
    draw_content (self, snapshot, panes, n);
    /* Colours all over the rectangle show its edge by themselves. */
    if (over && self->style.blend != SAL_BLEND_OVER &&
        (self->mode == SAL_CANVAS_OVERLAY || self->mode == SAL_CANVAS_WIPE))
      draw_marks (self, snapshot, &panes[0]);
    for (int i = 0; i < n && !self->bare; i++)
      sal_canvas_outline_paint (self, snapshot, &panes[i]);
    if (self->mode == SAL_CANVAS_WIPE)
      draw_divider (self, snapshot, &panes[0]);
    for (int i = 0; i < n && self->cross_x >= 0 && self->cross_y >= 0; i++)
      draw_cross (self, snapshot, &panes[i], self->cross_x, self->cross_y);
    for (int i = 0; i < n && self->cursor && self->hover.x >= 0; i++)
      draw_cross (self, snapshot, &panes[i], self->hover.x + 0.5, self->hover.y + 0.5);
  }
  self->bar = GRAPHENE_RECT_INIT (0, 0, 0, 0);
  self->bar_faint = FALSE;
  if (over && self->show_bar && self->mode != SAL_CANVAS_PICTURE)
    draw_bar (self, snapshot, &panes[n == 2 && panes[1].clip.y > 0]);
  sal_canvas_loupe_paint (self, snapshot);
  if (self->progress >= 0) {
    GdkRGBA colour = accent (widget);

    gtk_snapshot_append_color (
        snapshot, &colour, &GRAPHENE_RECT_INIT (0, 0, (float) (width * self->progress), HAIRLINE));
  }
  if (gtk_widget_get_state_flags (widget) & GTK_STATE_FLAG_FOCUS_VISIBLE)
    draw_focus (widget, snapshot);
  gtk_snapshot_pop (snapshot);
}
