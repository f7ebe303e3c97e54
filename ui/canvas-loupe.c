/* A small magnifying glass beside the pointer: the pixels under it one by one. */
#include "ui/canvas-private.h"

#include <math.h>

#define SIZE 152
/* From the pointer. */
#define AWAY 22
/* Screen pixels per picture pixel, at least. */
#define LEAST 8

static gboolean
beside (const SalCanvas *self, double at, double room, double *start)
{
  *start = at + AWAY;
  if (*start + SIZE <= room)
    return TRUE;
  *start = at - AWAY - SIZE;
  return *start >= 0;
}

/* Of the heatmap, what the place under the pointer shows. */
static void
paint_heat (SalCanvas *self, cairo_t *cr, const cairo_rectangle_int_t *window, int zoom,
            gboolean alone)
{
  SalRect seen = sal_canvas_get_seen (self);
  SalRect where = { seen.x * zoom - window->x, seen.y * zoom - window->y, seen.width * zoom,
                    seen.height * zoom };
  SalRect cover = { -window->x, -window->y, (double) self->view.columns * zoom,
                    (double) self->view.rows * zoom };
  SalOverlayStyle style = self->style;

  if (alone)
    style.blend = SAL_BLEND_SIDE_BY_SIDE;
  else if (style.blend == SAL_BLEND_SIDE_BY_SIDE)
    style.blend = SAL_BLEND_OVER;

  cairo_surface_t *heat = sal_overlay_surface (sal_canvas_drawn (self), &style, window->width,
                                               window->height, &where, &cover);

  cairo_set_source_surface (cr, heat, 0, 0);
  cairo_paint (cr);
  cairo_surface_destroy (heat);
}

static void
paint_pixels (SalCanvas *self, cairo_t *cr, const cairo_rectangle_int_t *window, int zoom,
              gboolean heat, gboolean alone)
{
  if (!alone) {
    cairo_surface_t *pixels =
        cairo_image_surface_create (CAIRO_FORMAT_RGB24, window->width, window->height);

    if (cairo_surface_status (pixels) == CAIRO_STATUS_SUCCESS) {
      sal_pyramid_sample (self->pyramid, self->view.columns * zoom, self->view.rows * zoom, window,
                          SAL_SAMPLING_NEAREST,
                          (guint32 *) (gpointer) cairo_image_surface_get_data (pixels),
                          cairo_image_surface_get_stride (pixels));
      cairo_surface_mark_dirty (pixels);
      cairo_set_source_surface (cr, pixels, 0, 0);
      cairo_paint (cr);
    }
    cairo_surface_destroy (pixels);
  }
  if (heat)
    paint_heat (self, cr, window, zoom, alone);
}

void
sal_canvas_loupe_paint (SalCanvas *self, GtkSnapshot *snapshot)
{
  SalCanvasPane panes[2];
  int n = sal_canvas_view_panes (&self->view, panes);
  double x, y;

  if (!self->loupe || self->hover.x < 0 || self->drag != SAL_CANVAS_DRAG_NONE)
    return;
  beside (self, self->pointer_x, self->view.width, &x);
  beside (self, self->pointer_y, self->view.height, &y);

  gboolean second = n == 2 && self->pointer_x * self->view.scale >= panes[1].clip.x &&
                    self->pointer_y * self->view.scale >= panes[1].clip.y;
  gboolean alone = !self->bare && (self->mode == SAL_CANVAS_HEATMAP || second);
  gboolean over = self->mode == SAL_CANVAS_OVERLAY || self->mode == SAL_CANVAS_WIPE;
  gboolean heat = self->heatmap != NULL && !self->bare && (alone || over);
  int scale = self->view.scale, size = SIZE * scale;
  int zoom = (int) fmax (LEAST * scale, ceil (2 * sal_canvas_view_zoom (&self->view)));
  /* The pixel under the pointer lies in the middle; beyond the edge there is nothing. */
  int left = (int) floor ((self->hover.x + 0.5) * zoom - size / 2.0);
  int top = (int) floor ((self->hover.y + 0.5) * zoom - size / 2.0);
  cairo_rectangle_int_t window = { MAX (left, 0), MAX (top, 0), 0, 0 };

  window.width = MIN (left + size, self->view.columns * zoom) - window.x;
  window.height = MIN (top + size, self->view.rows * zoom) - window.y;

  graphene_rect_t rect =
      GRAPHENE_RECT_INIT ((float) round (x) - 3, (float) round (y) - 3, SIZE + 6, SIZE + 6);
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &rect);

  cairo_translate (cr, round (x), round (y));
  cairo_scale (cr, 1.0 / scale, 1.0 / scale);
  cairo_arc (cr, size / 2.0, size / 2.0, size / 2.0, 0, 2 * G_PI);
  cairo_set_source_rgb (cr, 0.5, 0.5, 0.5);
  cairo_fill_preserve (cr);
  cairo_save (cr);
  cairo_clip (cr);
  cairo_translate (cr, window.x - left, window.y - top);
  paint_pixels (self, cr, &window, zoom, heat, alone);
  cairo_restore (cr);
  cairo_rectangle (cr, self->hover.x * zoom - left, self->hover.y * zoom - top, zoom, zoom);
  sal_canvas_stroke (cr, scale);
  cairo_arc (cr, size / 2.0, size / 2.0, size / 2.0, 0, 2 * G_PI);
  sal_canvas_stroke (cr, 2 * scale);
  cairo_destroy (cr);
}

void
sal_canvas_set_loupe (SalCanvas *self, gboolean loupe)
{
  g_return_if_fail (SAL_IS_CANVAS (self));
  if (loupe == self->loupe)
    return;
  self->loupe = loupe;
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_object_notify (G_OBJECT (self), "loupe");
}

gboolean
sal_canvas_get_loupe (SalCanvas *self)
{
  g_return_val_if_fail (SAL_IS_CANVAS (self), FALSE);
  return self->loupe;
}
