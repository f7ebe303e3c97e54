#include "ui/in-view.h"

typedef struct {
  gint64 asked; /* the frame */
  guint position;
} Wish;

/* Callbacks come before a frame's sizes: what they were given for is there in the frame after. */
static gboolean
too_early (GdkFrameClock *clock, const Wish *wish)
{
  return gdk_frame_clock_get_frame_counter (clock) < wish->asked + 2;
}

static void
wait_for_sizes (GtkWidget *widget, guint position, GtkTickCallback callback)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (widget);
  Wish *wish;

  if (clock == NULL)
    return;
  wish = g_new (Wish, 1);
  *wish = (Wish){ gdk_frame_clock_get_frame_counter (clock), position };
  gtk_widget_add_tick_callback (widget, callback, wish, g_free);
}

static gboolean
scroll_cb (GtkWidget *widget, GdkFrameClock *clock, gpointer wish)
{
  GtkWidget *view = gtk_widget_get_ancestor (widget, GTK_TYPE_VIEWPORT);
  graphene_rect_t place;

  if (too_early (clock, wish))
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
  wait_for_sizes (widget, 0, scroll_cb);
}

static gboolean
scroll_item_cb (GtkWidget *list, GdkFrameClock *clock, gpointer data)
{
  const Wish *wish = data;

  if (too_early (clock, wish))
    return G_SOURCE_CONTINUE;
  gtk_widget_activate_action (list, "list.scroll-to-item", "u", wish->position);
  return G_SOURCE_REMOVE;
}

void
sal_bring_item_into_view (GtkWidget *list, guint position)
{
  g_return_if_fail (GTK_IS_LIST_VIEW (list));
  gtk_widget_activate_action (list, "list.scroll-to-item", "u", position);
  wait_for_sizes (list, position, scroll_item_cb);
}
