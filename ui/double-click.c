#include "ui/double-click.h"

gboolean
sal_is_double_click (GtkGestureClick *gesture, int n_press)
{
  static const char last[] = "sal-last-press";
  GtkEventController *controller = GTK_EVENT_CONTROLLER (gesture);
  guint32 now = gtk_event_controller_get_current_event_time (controller);
  guint32 before = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (gesture), last));
  int within;

  g_object_get (gtk_widget_get_settings (gtk_event_controller_get_widget (controller)),
                "gtk-double-click-time", &within, NULL);
  g_object_set_data (G_OBJECT (gesture), last, GUINT_TO_POINTER (now));
  return n_press > 1 && now - before <= (guint32) within;
}
