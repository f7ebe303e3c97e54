/* What the canvas shows: picture, heatmap, and how they lie over each other. */
#include "ui/canvas-private.h"

#include <string.h>

/* Now a smaller copy can be drawn from, and better. */
static void
ready_cb (gpointer data)
{
  SalCanvas *self = data;

  sal_canvas_layers_drop (self, FALSE, FALSE);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
sal_canvas_let_go_of_picture (SalCanvas *self)
{
  if (self->pyramid != NULL)
    sal_pyramid_leave (self->pyramid, self);
  g_clear_pointer (&self->pyramid, sal_pyramid_unref);
  g_clear_pointer (&self->picture, sal_image_unref);
}

void
sal_canvas_set_picture (SalCanvas *self, SalImage *picture)
{
  g_return_if_fail (SAL_IS_CANVAS (self));
  if (picture == self->picture)
    return;

  int columns = picture != NULL ? sal_image_width (picture) : 0;
  int rows = picture != NULL ? sal_image_height (picture) : 0;

  if (picture != NULL)
    sal_image_ref (picture);
  sal_canvas_let_go_of_picture (self);
  self->picture = picture;
  if (picture != NULL) {
    self->pyramid = sal_pyramid_share (picture);
    if (!sal_pyramid_is_done (self->pyramid))
      sal_pyramid_wait (self->pyramid, ready_cb, self);
  }
  if (columns != self->view.columns || rows != self->view.rows) {
    self->view.columns = columns;
    self->view.rows = rows;
    self->view.fit = TRUE;
    self->seen = (SalRect){ 0 };
    sal_canvas_layers_drop (self, TRUE, TRUE);
    sal_canvas_select_drop (self);
  } else
    sal_canvas_layers_drop (self, TRUE, FALSE);
  sal_canvas_view_changed (self, FALSE);
}

SalImage *
sal_canvas_get_picture (SalCanvas *self)
{
  g_return_val_if_fail (SAL_IS_CANVAS (self), NULL);
  return self->picture;
}

/* The heatmap's copy is stale; that of the picture is not. */
static void
recolour (SalCanvas *self)
{
  sal_canvas_layers_drop (self, FALSE, TRUE);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  sal_canvas_pace (self);
}

void
sal_canvas_set_heatmap (SalCanvas *self, SalHeatmap *heatmap)
{
  g_return_if_fail (SAL_IS_CANVAS (self));
  sal_canvas_fade_stop (self);
  if (heatmap == self->heatmap)
    return;
  if (heatmap != NULL)
    sal_heatmap_ref (heatmap);
  g_clear_pointer (&self->heatmap, sal_heatmap_unref);
  self->heatmap = heatmap;
  recolour (self);
  sal_canvas_probe (self);
  sal_canvas_describe (self);
}

SalHeatmap *
sal_canvas_get_heatmap (SalCanvas *self)
{
  g_return_val_if_fail (SAL_IS_CANVAS (self), NULL);
  return self->heatmap;
}

void
sal_canvas_set_seen (SalCanvas *self, const SalRect *seen)
{
  g_return_if_fail (SAL_IS_CANVAS (self));
  g_return_if_fail (seen == NULL || (seen->width > 0 && seen->height > 0));

  SalRect wanted = seen != NULL ? *seen : (SalRect){ 0 };

  if (memcmp (&wanted, &self->seen, sizeof wanted) == 0)
    return;
  self->seen = wanted;
  recolour (self);
  sal_canvas_select_drop (self);
  sal_canvas_probe (self);
}

SalRect
sal_canvas_get_seen (SalCanvas *self)
{
  g_return_val_if_fail (SAL_IS_CANVAS (self), (SalRect){ 0 });
  return self->seen.width > 0 ? self->seen : (SalRect){ 0, 0, self->view.columns, self->view.rows };
}

void
sal_canvas_set_style (SalCanvas *self, const SalOverlayStyle *style)
{
  g_return_if_fail (SAL_IS_CANVAS (self));
  g_return_if_fail (style != NULL);
  if (style->map == self->style.map && style->blend == self->style.blend &&
      style->opacity == self->style.opacity && style->smooth == self->style.smooth)
    return;
  self->style = *style;
  recolour (self);
}

const SalOverlayStyle *
sal_canvas_get_style (SalCanvas *self)
{
  g_return_val_if_fail (SAL_IS_CANVAS (self), NULL);
  return &self->style;
}

void
sal_canvas_set_mode (SalCanvas *self, SalCanvasMode mode)
{
  g_return_if_fail (SAL_IS_CANVAS (self));
  g_return_if_fail (mode >= SAL_CANVAS_OVERLAY && mode <= SAL_CANVAS_PICTURE);
  if (mode == self->mode)
    return;
  self->mode = mode;
  self->view.two = mode == SAL_CANVAS_SIDE_BY_SIDE;
  recolour (self);
  sal_canvas_view_changed (self, FALSE);
  g_object_notify (G_OBJECT (self), "mode");
}

SalCanvasMode
sal_canvas_get_mode (SalCanvas *self)
{
  g_return_val_if_fail (SAL_IS_CANVAS (self), SAL_CANVAS_OVERLAY);
  return self->mode;
}

void
sal_canvas_set_bare (SalCanvas *self, gboolean bare)
{
  g_return_if_fail (SAL_IS_CANVAS (self));
  if (bare == self->bare)
    return;
  self->bare = bare;
  /* Both copies stay: flickering between them is what this is for. */
  sal_canvas_layers_drop (self, FALSE, FALSE);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_object_notify (G_OBJECT (self), "bare");
}

gboolean
sal_canvas_get_bare (SalCanvas *self)
{
  g_return_val_if_fail (SAL_IS_CANVAS (self), FALSE);
  return self->bare;
}
