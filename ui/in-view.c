#include "ui/in-view.h"

/* Callbacks come before a frame's sizes: what they were given for is there in the frame after. */
static gboolean
scroll_cb (GtkWidget *widget, GdkFrameClock *clock, gpointer asked)
{
  GtkWidget *view = gtk_widget_get_ancestor (widget, GTK_TYPE_VIEWPORT);
  graphene_rect_t place;

  if (gdk_frame_clock_get_frame_counter (clock) < *(gint64 *) asked + 2)
    return G_SOURCE_CONTINUE;
  if (view != NULL && gtk_widget_compute_bounds (widget, view, &place)) {
    GtkAdjustment *down = gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (view));
    double top = gtk_adjustment_get_value (down) + (double) place.origin.y;

    gtk_adjustment_clamp_page (down, top, top + (double) place.size.height);
  }
  return G_SOURCE_REMOVE;
}

void
sal_bring_into_view (GtkWidget *widget)
{
  g_return_if_fail (GTK_IS_WIDGET (widget));
  GdkFrameClock *clock = gtk_widget_get_frame_clock (widget);
  gint64 *asked;

  if (clock == NULL)
    return;
  asked = g_new (gint64, 1);
  *asked = gdk_frame_clock_get_frame_counter (clock);
  gtk_widget_add_tick_callback (widget, scroll_cb, asked, g_free);
}
