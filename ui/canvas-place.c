/* Where the canvas shows it: zoom, fit, and the divider of a wipe. */
#include "ui/canvas-private.h"
#include "ui/later.h"

#include <math.h>

/* How long nothing moves before the picture is drawn with the good filter. */
#define REST_MS 120
#define DIVIDER_REACH 9

static gboolean
rest_cb (gpointer data)
{
  SalCanvas *self = data;

  self->rest_id = 0;
  self->moving = FALSE;
  /* A copy that is good already stays: see sal_canvas_layer_picture(). */
  sal_canvas_layers_drop (self, FALSE, FALSE);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  return G_SOURCE_REMOVE;
}

static void
settle (SalCanvas *self, gboolean moving)
{
  sal_canvas_view_settle (&self->view);
  if (moving) {
    self->moving = TRUE;
    g_clear_handle_id (&self->rest_id, g_source_remove);
    self->rest_id = g_timeout_add (REST_MS, rest_cb, self);
  }
  sal_canvas_layers_drop (self, FALSE, FALSE);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  sal_canvas_pace (self);
}

static void
tell (gpointer canvas)
{
  SalCanvas *self = canvas;
  double zoom = sal_canvas_view_zoom (&self->view);

  if (self->notified_zoom != zoom) {
    self->notified_zoom = zoom;
    g_object_notify (G_OBJECT (self), "zoom");
  }
  if (self->notified_fit != self->view.fit) {
    self->notified_fit = self->view.fit;
    g_object_notify (G_OBJECT (self), "fit");
  }
  sal_canvas_update_actions (self);
  sal_canvas_probe (self);
  sal_canvas_describe (self);
  g_signal_emit_by_name (self, "moved");
}

void
sal_canvas_view_changed (SalCanvas *self, gboolean moving)
{
  settle (self, moving);
  tell (self);
}

void
sal_canvas_view_resized (SalCanvas *self, gboolean moving)
{
  settle (self, moving);
  sal_later (self, tell);
}

void
sal_canvas_set_wipe (SalCanvas *self, double wipe)
{
  g_return_if_fail (SAL_IS_CANVAS (self));
  wipe = CLAMP (wipe, 0, 1);
  if (!(wipe >= 0) || wipe == self->wipe)
    return;
  self->wipe = wipe;
  sal_canvas_layers_drop (self, FALSE, FALSE);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  sal_canvas_pace (self);
  g_object_notify (G_OBJECT (self), "wipe");
}

double
sal_canvas_get_wipe (SalCanvas *self)
{
  g_return_val_if_fail (SAL_IS_CANVAS (self), 0);
  return self->wipe;
}

gboolean
sal_canvas_on_divider (SalCanvas *self, double x, double y)
{
  SalCanvasPane panes[2];

  if (self->mode != SAL_CANVAS_WIPE)
    return FALSE;
  sal_canvas_view_panes (&self->view, panes);

  const cairo_rectangle_int_t *v = &panes[0].visible;
  double at = (v->x + self->wipe * v->width) / self->view.scale;

  return v->width > 0 && fabs (x - at) <= DIVIDER_REACH && y * self->view.scale >= v->y &&
         y * self->view.scale <= v->y + v->height;
}

void
sal_canvas_wipe_to (SalCanvas *self, double x)
{
  SalCanvasPane panes[2];

  sal_canvas_view_panes (&self->view, panes);
  if (panes[0].visible.width > 0)
    sal_canvas_set_wipe (self,
                         (x * self->view.scale - panes[0].visible.x) / panes[0].visible.width);
}

void
sal_canvas_set_zoom (SalCanvas *self, double zoom)
{
  g_return_if_fail (SAL_IS_CANVAS (self));
  g_return_if_fail (isfinite (zoom));
  if (sal_canvas_view_zoom (&self->view) == zoom)
    return;

  SalCanvasPane panes[2];

  sal_canvas_view_panes (&self->view, panes);

  const cairo_rectangle_int_t *room = &panes[0].room;

  sal_canvas_view_zoom_at (&self->view, zoom, (room->x + room->width / 2.0) / self->view.scale,
                           (room->y + room->height / 2.0) / self->view.scale);
  sal_canvas_view_changed (self, FALSE);
}

double
sal_canvas_get_zoom (SalCanvas *self)
{
  g_return_val_if_fail (SAL_IS_CANVAS (self), 0);
  return sal_canvas_view_zoom (&self->view);
}

void
sal_canvas_set_fit (SalCanvas *self, gboolean fit)
{
  g_return_if_fail (SAL_IS_CANVAS (self));
  if (fit == self->view.fit)
    return;
  self->view.fit = fit;
  sal_canvas_view_changed (self, FALSE);
}

gboolean
sal_canvas_get_fit (SalCanvas *self)
{
  g_return_val_if_fail (SAL_IS_CANVAS (self), TRUE);
  return self->view.fit;
}
