/* Keys, pointer and touch. */
#include "ui/canvas-private.h"
#include "ui/later.h"
#include "ui/press-count.h"

#include <math.h>

/* One click of the wheel, or one press of a key. */
#define STEP 1.25
#define KEY_PAN 64.0
#define KEY_WIPE 0.02

static void
middle_of_pane (SalCanvas *self, double *x, double *y)
{
  SalCanvasPane panes[2];

  sal_canvas_view_panes (&self->view, panes);
  *x = (panes[0].room.x + panes[0].room.width / 2.0) / self->view.scale;
  *y = (panes[0].room.y + panes[0].room.height / 2.0) / self->view.scale;
}

/* Actions */

static void
step (SalCanvas *self, double factor)
{
  double x, y;

  middle_of_pane (self, &x, &y);
  sal_canvas_view_step (&self->view, factor, x, y);
  sal_canvas_view_changed (self, FALSE);
}

static void
zoom_in (GtkWidget *widget, const char *action, GVariant *parameter)
{
  step (SAL_CANVAS (widget), STEP);
}

static void
zoom_out (GtkWidget *widget, const char *action, GVariant *parameter)
{
  step (SAL_CANVAS (widget), 1 / STEP);
}

static void
zoom_fit (GtkWidget *widget, const char *action, GVariant *parameter)
{
  sal_canvas_set_fit (SAL_CANVAS (widget), TRUE);
}

static void
zoom_actual (GtkWidget *widget, const char *action, GVariant *parameter)
{
  sal_canvas_set_zoom (SAL_CANVAS (widget), 1);
}

/* Keys */

static gboolean
pan_key (GtkWidget *widget, GVariant *arguments, gpointer data)
{
  SalCanvas *self = SAL_CANVAS (widget);
  double dx, dy;

  if (!sal_canvas_view_can_pan (&self->view))
    return GDK_EVENT_PROPAGATE;
  g_variant_get (arguments, "(dd)", &dx, &dy);
  sal_canvas_view_pan (&self->view, dx, dy);
  sal_canvas_view_changed (self, FALSE);
  return GDK_EVENT_STOP;
}

static gboolean
wipe_key (GtkWidget *widget, GVariant *arguments, gpointer data)
{
  SalCanvas *self = SAL_CANVAS (widget);
  double by;

  if (self->mode != SAL_CANVAS_WIPE)
    return GDK_EVENT_PROPAGATE;
  g_variant_get (arguments, "(d)", &by);
  sal_canvas_set_wipe (self, self->wipe + by);
  return GDK_EVENT_STOP;
}

static gboolean
key_pressed_cb (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state,
                SalCanvas *self)
{
  if (key == GDK_KEY_Escape && sal_canvas_select_escape (self))
    return GDK_EVENT_STOP;
  if (key != GDK_KEY_space || (state & gtk_accelerator_get_default_mod_mask ()) != 0)
    return GDK_EVENT_PROPAGATE;
  sal_canvas_set_bare (self, TRUE);
  return GDK_EVENT_STOP;
}

static void
key_released_cb (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state,
                 SalCanvas *self)
{
  if (key == GDK_KEY_space)
    sal_canvas_set_bare (self, FALSE);
}

/* The release of a key goes to whoever has the focus by then. */
static void
focus_left_cb (GtkEventControllerFocus *controller, SalCanvas *self)
{
  sal_canvas_set_bare (self, FALSE);
}

/* Pointer */

static void
show_cursor (SalCanvas *self)
{
  const char *name = NULL;

  if (self->drag == SAL_CANVAS_DRAG_PAN)
    name = "grabbing";
  else if (self->drag == SAL_CANVAS_DRAG_WIPE ||
           (self->pointed && sal_canvas_on_divider (self, self->pointer_x, self->pointer_y)))
    name = "col-resize";
  else if (self->tool != SAL_CANVAS_MOVE)
    name = "crosshair";
  gtk_widget_set_cursor_from_name (GTK_WIDGET (self), name);
}

static void
follow (gpointer canvas)
{
  SalCanvas *self = canvas;

  show_cursor (self);
  sal_canvas_probe (self);
  sal_canvas_select_point (self);
  /* The bar may lie beside the picture, where nothing else changes with the pointer. */
  if (self->loupe || sal_canvas_points_at_bar (self) != self->bar_faint)
    gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
point (SalCanvas *self, double x, double y)
{
  self->pointed = TRUE;
  self->cursor = FALSE;
  self->pointer_x = x;
  self->pointer_y = y;
}

static void
motion_cb (GtkEventControllerMotion *controller, double x, double y, SalCanvas *self)
{
  point (self, x, y);
  follow (self);
}

/* The pointer comes and goes as well while what is around the canvas is laid out. */
static void
enter_cb (GtkEventControllerMotion *controller, double x, double y, SalCanvas *self)
{
  point (self, x, y);
  sal_later (self, follow);
}

static void
leave_cb (GtkEventControllerMotion *controller, SalCanvas *self)
{
  self->pointed = self->cursor = FALSE;
  sal_later (self, follow);
}

static gboolean
scroll_cb (GtkEventControllerScroll *scroll, double dx, double dy, SalCanvas *self)
{
  GdkModifierType state =
      gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (scroll));
  gboolean touchpad = gtk_event_controller_scroll_get_unit (scroll) == GDK_SCROLL_UNIT_SURFACE;

  if (self->picture == NULL)
    return GDK_EVENT_PROPAGATE;
  /* Two fingers pan, as they do in every other view; a wheel has nothing better to do than zoom. */
  if (touchpad && (state & GDK_CONTROL_MASK) == 0) {
    sal_canvas_view_pan (&self->view, -dx, -dy);
    sal_canvas_view_changed (self, FALSE);
  } else if ((state & GDK_SHIFT_MASK) != 0) {
    sal_canvas_view_pan (&self->view, -KEY_PAN * (dx != 0 ? dx : dy), 0);
    sal_canvas_view_changed (self, FALSE);
  } else if (dy != 0) {
    double x = self->pointer_x, y = self->pointer_y;

    if (!self->pointed)
      middle_of_pane (self, &x, &y);
    sal_canvas_view_step (&self->view, pow (STEP, touchpad ? -dy / 20 : -dy), x, y);
    sal_canvas_view_changed (self, TRUE);
  }
  return GDK_EVENT_STOP;
}

static void
drag_begin_cb (GtkGestureDrag *gesture, double x, double y, SalCanvas *self)
{
  guint button = gtk_gesture_single_get_current_button (GTK_GESTURE_SINGLE (gesture));

  gtk_widget_grab_focus (GTK_WIDGET (self));
  self->drag_x = self->drag_y = 0;
  self->drag_from_x = x;
  self->drag_from_y = y;
  if (button > GDK_BUTTON_MIDDLE)
    gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_DENIED);
  else if (button != GDK_BUTTON_MIDDLE && sal_canvas_on_divider (self, x, y)) {
    self->drag = SAL_CANVAS_DRAG_WIPE;
    gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
    show_cursor (self);
  } else if (button != GDK_BUTTON_MIDDLE && self->tool != SAL_CANVAS_MOVE &&
             sal_canvas_select_begin (
                 self, x, y,
                 (gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (gesture)) &
                  (GDK_SHIFT_MASK | GDK_CONTROL_MASK)) != 0)) {
    self->drag = SAL_CANVAS_DRAG_SELECT;
    gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  }
}

/* GTK makes one motion of all that came within a frame; which way the pointer went is in its
 * history. */
static void
select_along (GtkGestureDrag *gesture, double x, double y, SalCanvas *self)
{
  GdkEvent *event = gtk_event_controller_get_current_event (GTK_EVENT_CONTROLLER (gesture));
  g_autofree GdkTimeCoord *way = NULL;
  double on_surface_x, on_surface_y;
  guint n = 0;

  if (event != NULL && gdk_event_get_position (event, &on_surface_x, &on_surface_y))
    way = gdk_event_get_history (event, &n);
  for (guint i = 0; i < n; i++)
    if ((way[i].flags & GDK_AXIS_FLAG_X) != 0 && (way[i].flags & GDK_AXIS_FLAG_Y) != 0)
      sal_canvas_select_update (self, x + way[i].axes[GDK_AXIS_X] - on_surface_x,
                                y + way[i].axes[GDK_AXIS_Y] - on_surface_y);
  sal_canvas_select_update (self, x, y);
}

static void
drag_update_cb (GtkGestureDrag *gesture, double dx, double dy, SalCanvas *self)
{
  if (self->drag == SAL_CANVAS_DRAG_WIPE) {
    sal_canvas_wipe_to (self, self->drag_from_x + dx);
    return;
  }
  if (self->drag == SAL_CANVAS_DRAG_SELECT) {
    select_along (gesture, self->drag_from_x + dx, self->drag_from_y + dy, self);
    return;
  }
  if (self->drag == SAL_CANVAS_DRAG_NONE) {
    /* A click trembles; it is to stay a click. */
    if (hypot (dx, dy) < 3 || !sal_canvas_view_can_pan (&self->view))
      return;
    self->drag = SAL_CANVAS_DRAG_PAN;
    gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
    show_cursor (self);
  }
  sal_canvas_view_pan (&self->view, dx - self->drag_x, dy - self->drag_y);
  self->drag_x = dx;
  self->drag_y = dy;
  sal_canvas_view_changed (self, FALSE);
}

static void
drag_end_cb (GtkGestureDrag *gesture, double dx, double dy, SalCanvas *self)
{
  if (self->drag == SAL_CANVAS_DRAG_SELECT)
    sal_canvas_select_end (self);
  self->drag = SAL_CANVAS_DRAG_NONE;
  show_cursor (self);
}

static void
pressed_cb (GtkGestureClick *gesture, int n, double x, double y, SalCanvas *self)
{
  if (sal_press_count (gesture, x, y) != 2 || self->picture == NULL ||
      self->tool != SAL_CANVAS_MOVE || sal_canvas_on_divider (self, x, y))
    return;
  if (self->view.fit) {
    sal_canvas_view_zoom_at (&self->view, 1, x, y);
    sal_canvas_view_changed (self, FALSE);
  } else
    sal_canvas_set_fit (self, TRUE);
}

static void
pinch_begin_cb (GtkGesture *gesture, GdkEventSequence *sequence, SalCanvas *self)
{
  double x, y;

  if (self->picture == NULL || !gtk_gesture_get_bounding_box_center (gesture, &x, &y)) {
    gtk_gesture_set_state (gesture, GTK_EVENT_SEQUENCE_DENIED);
    return;
  }
  self->pinch_zoom = sal_canvas_view_zoom (&self->view);
  sal_canvas_view_to_picture (&self->view, x, y, &self->pinch_x, &self->pinch_y);
  gtk_gesture_set_state (gesture, GTK_EVENT_SEQUENCE_CLAIMED);
}

static void
pinch_cb (GtkGestureZoom *gesture, double by, SalCanvas *self)
{
  double x, y;

  if (!gtk_gesture_get_bounding_box_center (GTK_GESTURE (gesture), &x, &y))
    return;
  sal_canvas_view_zoom_to (&self->view, self->pinch_zoom * by, self->pinch_x, self->pinch_y, x, y);
  sal_canvas_view_changed (self, TRUE);
}

static void
add (SalCanvas *self, gpointer controller)
{
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (controller));
}

static void
add_gestures (SalCanvas *self)
{
  GtkGesture *click = gtk_gesture_click_new ();

  g_signal_connect (click, "pressed", G_CALLBACK (pressed_cb), self);
  add (self, click);

  GtkGesture *drag = gtk_gesture_drag_new ();

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (drag), 0);
  g_signal_connect (drag, "drag-begin", G_CALLBACK (drag_begin_cb), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (drag_update_cb), self);
  g_signal_connect (drag, "drag-end", G_CALLBACK (drag_end_cb), self);
  add (self, drag);
  /* A double click that trembles is still one. */
  gtk_gesture_group (click, drag);

  GtkGesture *pinch = gtk_gesture_zoom_new ();

  g_signal_connect (pinch, "begin", G_CALLBACK (pinch_begin_cb), self);
  g_signal_connect (pinch, "scale-changed", G_CALLBACK (pinch_cb), self);
  add (self, pinch);

  self->gestures[0] = GTK_EVENT_CONTROLLER (click);
  self->gestures[1] = GTK_EVENT_CONTROLLER (drag);
  self->gestures[2] = GTK_EVENT_CONTROLLER (pinch);
}

/* A widget that is taken away while a button is pressed over it is kept by its own gestures for
 * good (GTK 4.8), and with a canvas its picture. New ones hold nothing. */
void
sal_canvas_input_let_go (SalCanvas *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->gestures); i++)
    gtk_widget_remove_controller (GTK_WIDGET (self), self->gestures[i]);
  add_gestures (self);
}

void
sal_canvas_input_add (SalCanvas *self)
{
  GtkEventController *key = gtk_event_controller_key_new ();

  g_signal_connect (key, "key-pressed", G_CALLBACK (key_pressed_cb), self);
  g_signal_connect (key, "key-released", G_CALLBACK (key_released_cb), self);
  add (self, key);

  GtkEventController *focus = gtk_event_controller_focus_new ();

  g_signal_connect (focus, "leave", G_CALLBACK (focus_left_cb), self);
  add (self, focus);

  GtkEventController *motion = gtk_event_controller_motion_new ();

  g_signal_connect (motion, "enter", G_CALLBACK (enter_cb), self);
  g_signal_connect (motion, "motion", G_CALLBACK (motion_cb), self);
  g_signal_connect (motion, "leave", G_CALLBACK (leave_cb), self);
  add (self, motion);

  GtkEventController *scroll =
      gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES);

  g_signal_connect (scroll, "scroll", G_CALLBACK (scroll_cb), self);
  add (self, scroll);

  add_gestures (self);
}

static void
bind_action (GtkWidgetClass *widget_class, guint key, const char *action)
{
  gtk_widget_class_add_binding_action (widget_class, key, 0, action, NULL);
  gtk_widget_class_add_binding_action (widget_class, key, GDK_CONTROL_MASK, action, NULL);
}

void
sal_canvas_input_class (GtkWidgetClass *widget_class)
{
  static const struct {
    guint key;
    const char *action;
  } keys[] = {
    { GDK_KEY_plus, "view.zoom-in" },         { GDK_KEY_equal, "view.zoom-in" },
    { GDK_KEY_KP_Add, "view.zoom-in" },       { GDK_KEY_minus, "view.zoom-out" },
    { GDK_KEY_KP_Subtract, "view.zoom-out" }, { GDK_KEY_0, "view.zoom-fit" },
    { GDK_KEY_KP_0, "view.zoom-fit" },        { GDK_KEY_1, "view.zoom-actual" },
    { GDK_KEY_KP_1, "view.zoom-actual" },
  };
  static const struct {
    guint key;
    double dx, dy;
  } arrows[] = {
    { GDK_KEY_Left, KEY_PAN, 0 },   { GDK_KEY_KP_Left, KEY_PAN, 0 },
    { GDK_KEY_Right, -KEY_PAN, 0 }, { GDK_KEY_KP_Right, -KEY_PAN, 0 },
    { GDK_KEY_Up, 0, KEY_PAN },     { GDK_KEY_KP_Up, 0, KEY_PAN },
    { GDK_KEY_Down, 0, -KEY_PAN },  { GDK_KEY_KP_Down, 0, -KEY_PAN },
  };

  sal_canvas_cursor_class (widget_class);
  gtk_widget_class_install_action (widget_class, "view.zoom-in", NULL, zoom_in);
  gtk_widget_class_install_action (widget_class, "view.zoom-out", NULL, zoom_out);
  gtk_widget_class_install_action (widget_class, "view.zoom-fit", NULL, zoom_fit);
  gtk_widget_class_install_action (widget_class, "view.zoom-actual", NULL, zoom_actual);

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    bind_action (widget_class, keys[i].key, keys[i].action);
  /* Ctrl+F is for searching. */
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_f, 0, "view.zoom-fit", NULL);
  for (guint i = 0; i < G_N_ELEMENTS (arrows); i++)
    gtk_widget_class_add_binding (widget_class, arrows[i].key, GDK_SHIFT_MASK, pan_key, "(dd)",
                                  arrows[i].dx, arrows[i].dy);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Left, GDK_CONTROL_MASK, wipe_key, "(d)",
                                -KEY_WIPE);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Right, GDK_CONTROL_MASK, wipe_key, "(d)",
                                KEY_WIPE);
}
