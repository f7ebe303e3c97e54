/* The pace of frames while something moves.
 *
 * GTK's clock, asked for one frame at a time, begins each as many whole milliseconds after the one
 * before as its timer makes of the rest of a sixtieth of a second: 57 frames a second, whatever
 * they cost. Asked to go on, it makes up for what its timer rounds. */
#include "ui/canvas-private.h"

/* As long as a hand may rest without having let go. */
#define REST_US 100000

static gboolean
tick_cb (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  SalCanvas *self = SAL_CANVAS (widget);

  if (gdk_frame_clock_get_frame_time (clock) - self->pace_from < REST_US)
    return G_SOURCE_CONTINUE;
  self->pace_id = 0;
  return G_SOURCE_REMOVE;
}

void
sal_canvas_pace (SalCanvas *self)
{
  self->pace_from = g_get_monotonic_time ();
  if (self->pace_id == 0)
    self->pace_id = gtk_widget_add_tick_callback (GTK_WIDGET (self), tick_cb, NULL, NULL);
}
