/* Copies of picture and heatmap at device pixels: what is drawn 1:1 in each frame, made again only
 * when what it shows changes. */
#include "ui/canvas-private.h"

#include <string.h>

/* Above this many device pixels per picture pixel the pixels are to be seen as they are. */
#define NEAREST_ABOVE 4.0

/* A surface that was dropped may be in the node of this frame and of the one before; writing to it,
 * or freeing it, would make cairo copy it for them. After so many frames it is nobody's. */
#define FRAMES_IN_USE 2

/* How long none must have been dropped before those that were are freed, and between them. */
#define SPARE_SECONDS 1

/* Memory that was just used is mapped already: a new surface of the size of a window costs as much
 * for its pages as its pixels do. */
static cairo_surface_t *
take_surface (SalCanvas *self, cairo_format_t format, int width, int height)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->spare); i++) {
    cairo_surface_t *surface = self->spare[i].surface;

    if (surface != NULL && self->spare[i].frames > FRAMES_IN_USE &&
        cairo_surface_get_reference_count (surface) == 1 &&
        cairo_image_surface_get_format (surface) == format &&
        cairo_image_surface_get_width (surface) == width &&
        cairo_image_surface_get_height (surface) == height) {
      self->spare[i].surface = NULL;
      cairo_surface_flush (surface);
      return surface;
    }
  }
  return cairo_image_surface_create (format, width, height);
}

/* One in a turn: where no frame has come since, a node still shows it and cairo copies it. */
static gboolean
spare_cb (gpointer canvas)
{
  SalCanvas *self = canvas;

  for (guint i = 0; i < G_N_ELEMENTS (self->spare); i++)
    if (self->spare[i].surface != NULL) {
      g_clear_pointer (&self->spare[i].surface, cairo_surface_destroy);
      return G_SOURCE_CONTINUE;
    }
  self->spare_id = 0;
  return G_SOURCE_REMOVE;
}

static void
give_surface (SalCanvas *self, cairo_surface_t *surface)
{
  guint oldest = 0;

  for (guint i = 0; i < G_N_ELEMENTS (self->spare); i++) {
    if (self->spare[i].surface == NULL) {
      oldest = i;
      break;
    }
    if (self->spare[i].frames > self->spare[oldest].frames)
      oldest = i;
  }
  g_clear_pointer (&self->spare[oldest].surface, cairo_surface_destroy);
  self->spare[oldest].surface = surface;
  self->spare[oldest].frames = 0;
  g_clear_handle_id (&self->spare_id, g_source_remove);
  self->spare_id = g_timeout_add_seconds (SPARE_SECONDS, spare_cb, self);
}

void
sal_canvas_layers_age (SalCanvas *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->spare); i++)
    self->spare[i].frames++;
}

void
sal_canvas_layers_clear (SalCanvas *self)
{
  g_clear_handle_id (&self->spare_id, g_source_remove);
  for (guint i = 0; i < G_N_ELEMENTS (self->spare); i++)
    g_clear_pointer (&self->spare[i].surface, cairo_surface_destroy);
}

static void
drop_layer (SalCanvas *self, SalCanvasLayer *layer)
{
  /* First: it holds a reference to the surface's memory. */
  g_clear_object (&layer->texture);
  if (layer->surface != NULL)
    give_surface (self, g_steal_pointer (&layer->surface));
}

void
sal_canvas_layers_drop (SalCanvas *self, gboolean picture, gboolean heat)
{
  g_clear_pointer (&self->content, gsk_render_node_unref);
  if (picture) {
    drop_layer (self, &self->panes[0]);
    drop_layer (self, &self->panes[1]);
  }
  if (heat)
    drop_layer (self, &self->heat);
}

static gboolean
same_size (const SalCanvasLayer *layer, const SalCanvasPane *pane)
{
  return layer->width == pane->picture.width && layer->height == pane->picture.height;
}

static cairo_rectangle_int_t
window_of (const SalCanvasPane *pane)
{
  return (cairo_rectangle_int_t){ pane->visible.x - pane->picture.x,
                                  pane->visible.y - pane->picture.y, pane->visible.width,
                                  pane->visible.height };
}

static gboolean
same_window (const cairo_rectangle_int_t *a, const cairo_rectangle_int_t *b)
{
  return a->x == b->x && a->y == b->y && a->width == b->width && a->height == b->height;
}

/* Samples what @region has of the window, where a surface has it. */
static void
sample_region (SalCanvas *self, const SalCanvasLayer *layer, const cairo_region_t *region)
{
  gsize stride = cairo_image_surface_get_stride (layer->surface);
  guint8 *data = cairo_image_surface_get_data (layer->surface);

  for (int i = 0; i < cairo_region_num_rectangles (region); i++) {
    cairo_rectangle_int_t part;

    cairo_region_get_rectangle (region, i, &part);

    guint8 *at = data + (part.y - layer->window.y) * stride + 4 * (part.x - layer->window.x);

    sal_pyramid_sample (self->pyramid, layer->width, layer->height, &part, layer->how,
                        (guint32 *) at, stride);
  }
}

/* What the old copy has of the window is not computed again: panning costs what comes into view. */
static void
copy_overlap (const SalCanvasLayer *from, const SalCanvasLayer *to, cairo_region_t *missing)
{
  cairo_region_t *both = cairo_region_create_rectangle (&from->window);

  cairo_region_intersect_rectangle (both, &to->window);
  if (!cairo_region_is_empty (both)) {
    cairo_rectangle_int_t part;
    gsize from_stride = cairo_image_surface_get_stride (from->surface);
    gsize to_stride = cairo_image_surface_get_stride (to->surface);
    const guint8 *in = cairo_image_surface_get_data (from->surface);
    guint8 *out = cairo_image_surface_get_data (to->surface);

    cairo_region_get_extents (both, &part);
    in += (part.y - from->window.y) * from_stride + 4 * (part.x - from->window.x);
    out += (part.y - to->window.y) * to_stride + 4 * (part.x - to->window.x);
    for (int y = 0; y < part.height; y++)
      memcpy (out + y * to_stride, in + y * from_stride, (gsize) 4 * part.width);
    cairo_region_subtract_rectangle (missing, &part);
  }
  cairo_region_destroy (both);
}

void
sal_canvas_layer_picture (SalCanvas *self, SalCanvasLayer *layer, const SalCanvasPane *pane)
{
  double zoom = sal_canvas_view_zoom (&self->view);
  SalCanvasLayer made = { .window = window_of (pane),
                          .width = pane->picture.width,
                          .height = pane->picture.height };

  if (zoom > NEAREST_ABOVE)
    made.how = SAL_SAMPLING_NEAREST;
  else if (self->moving || !sal_pyramid_ready (self->pyramid, made.width, made.height))
    made.how = SAL_SAMPLING_QUICK;
  else
    made.how = SAL_SAMPLING_FINE;

  gboolean usable = layer->surface != NULL && same_size (layer, pane) &&
                    (layer->how == made.how || layer->how == SAL_SAMPLING_FINE);

  if (usable) {
    made.how = layer->how;
    if (same_window (&layer->window, &made.window))
      return;
  }
  made.surface = take_surface (self, CAIRO_FORMAT_RGB24, made.window.width, made.window.height);
  if (cairo_surface_status (made.surface) == CAIRO_STATUS_SUCCESS) {
    cairo_region_t *missing = cairo_region_create_rectangle (&made.window);

    if (usable)
      copy_overlap (layer, &made, missing);
    sample_region (self, &made, missing);
    cairo_region_destroy (missing);
    cairo_surface_mark_dirty (made.surface);
  }
  drop_layer (self, layer);
  *layer = made;
}

void
sal_canvas_layer_heat (SalCanvas *self, const SalCanvasPane *pane, gboolean alone)
{
  SalCanvasLayer *layer = &self->heat;
  cairo_rectangle_int_t window = window_of (pane);

  if (layer->surface != NULL && same_size (layer, pane) && same_window (&layer->window, &window))
    return;
  drop_layer (self, layer);
  layer->window = window;
  layer->width = pane->picture.width;
  layer->height = pane->picture.height;
  layer->surface = take_surface (self, CAIRO_FORMAT_ARGB32, window.width, window.height);
  if (cairo_surface_status (layer->surface) != CAIRO_STATUS_SUCCESS)
    return;

  double sx = (double) layer->width / self->view.columns;
  double sy = (double) layer->height / self->view.rows;
  SalRect seen = sal_canvas_get_seen (self);
  SalRect where = { seen.x * sx - window.x, seen.y * sy - window.y, seen.width * sx,
                    seen.height * sy };
  SalRect cover = { -window.x, -window.y, layer->width, layer->height };
  SalOverlayStyle style = self->style;

  if (alone)
    style.blend = SAL_BLEND_SIDE_BY_SIDE;
  else if (style.blend == SAL_BLEND_SIDE_BY_SIDE)
    style.blend = SAL_BLEND_OVER;
  sal_overlay_paint (
      sal_canvas_drawn (self), &style, (guint32 *) cairo_image_surface_get_data (layer->surface),
      window.width, window.height, cairo_image_surface_get_stride (layer->surface), &where, &cover);
  sal_canvas_marks_paint (self, layer->surface, &where);
  cairo_surface_mark_dirty (layer->surface);
}
