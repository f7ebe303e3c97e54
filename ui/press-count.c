#include "ui/press-count.h"

#include <math.h>

typedef struct {
  int n;
  guint32 time; /* in the events' milliseconds */
  double x, y;  /* of the first of the row */
} Row;

static Row *
row_of (GtkGestureClick *gesture)
{
  Row *row = g_object_get_data (G_OBJECT (gesture), "sal-row-of-presses");

  if (row == NULL) {
    row = g_new0 (Row, 1);
    g_object_set_data_full (G_OBJECT (gesture), "sal-row-of-presses", row, g_free);
  }
  return row;
}

int
sal_press_count (GtkGestureClick *gesture, double x, double y)
{
  GtkEventController *controller = GTK_EVENT_CONTROLLER (gesture);
  guint32 now = gtk_event_controller_get_current_event_time (controller);
  Row *row = row_of (gesture);
  int within, distance;

  g_object_get (gtk_widget_get_settings (gtk_event_controller_get_widget (controller)),
                "gtk-double-click-time", &within, "gtk-double-click-distance", &distance, NULL);
  if (row->n > 0 && now - row->time <= (guint32) within && fabs (x - row->x) < distance &&
      fabs (y - row->y) < distance)
    row->n++;
  else
    *row = (Row){ .n = 1, .x = x, .y = y };
  row->time = now;
  return row->n;
}
