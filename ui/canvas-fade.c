/* One estimate fades into the next. */
#include "ui/canvas-private.h"

#define FADE_US 200000

SalHeatmap *
sal_canvas_drawn (SalCanvas *self)
{
  return self->drawn != NULL ? self->drawn : self->heatmap;
}

static void
redraw (SalCanvas *self)
{
  sal_canvas_layers_drop (self, FALSE, TRUE);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
sal_canvas_fade_stop (SalCanvas *self)
{
  if (self->fade_id != 0) {
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->fade_id);
    self->fade_id = 0;
  }
  if (self->drawn != NULL)
    redraw (self);
  g_clear_pointer (&self->drawn, sal_heatmap_unref);
  g_clear_pointer (&self->fade_from, sal_heatmap_unref);
}

static gboolean
tick_cb (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  SalCanvas *self = SAL_CANVAS (widget);
  gint64 now = gdk_frame_clock_get_frame_time (clock);

  if (self->fade_start == 0)
    self->fade_start = now;

  double t = (double) (now - self->fade_start) / FADE_US;

  if (t >= 1 || self->heatmap == NULL) {
    self->fade_id = 0;
    sal_canvas_fade_stop (self);
    return G_SOURCE_REMOVE;
  }
  g_clear_pointer (&self->drawn, sal_heatmap_unref);
  self->drawn = sal_heatmap_mix (self->fade_from, self->heatmap, t);
  redraw (self);
  return G_SOURCE_CONTINUE;
}

void
sal_canvas_fade_heatmap (SalCanvas *self, SalHeatmap *heatmap)
{
  g_return_if_fail (SAL_IS_CANVAS (self));
  g_autoptr (SalHeatmap) from =
      self->heatmap != NULL ? sal_heatmap_ref (sal_canvas_drawn (self)) : NULL;
  gboolean animate;

  if (heatmap == self->heatmap)
    return;
  g_object_get (gtk_widget_get_settings (GTK_WIDGET (self)), "gtk-enable-animations", &animate,
                NULL);
  sal_canvas_set_heatmap (self, heatmap);
  if (from == NULL || heatmap == NULL || !animate || !gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  self->fade_from = g_steal_pointer (&from);
  self->drawn = sal_heatmap_ref (self->fade_from);
  self->fade_start = 0;
  self->fade_id = gtk_widget_add_tick_callback (GTK_WIDGET (self), tick_cb, NULL, NULL);
}
