/* A pointer that keys move: every pixel can be asked about, and every region selected, without a
 * mouse. */
#include "ui/canvas-private.h"

#define FAR 10

/* Puts the pointer onto a pixel of the picture, which comes into view if it was not. */
static void
go_to (SalCanvas *self, int x, int y)
{
  SalCanvasPane panes[2];

  x = CLAMP (x, 0, self->view.columns - 1);
  y = CLAMP (y, 0, self->view.rows - 1);
  for (int attempt = 0; attempt < 2; attempt++) {
    sal_canvas_view_panes (&self->view, panes);

    const cairo_rectangle_int_t *p = &panes[0].picture, *v = &panes[0].visible;
    double at_x = p->x + (x + 0.5) * p->width / self->view.columns;
    double at_y = p->y + (y + 0.5) * p->height / self->view.rows;

    self->pointer_x = at_x / self->view.scale;
    self->pointer_y = at_y / self->view.scale;
    if (at_x >= v->x && at_x < v->x + v->width && at_y >= v->y && at_y < v->y + v->height)
      break;
    sal_canvas_view_zoom_to (&self->view, sal_canvas_view_zoom (&self->view), x + 0.5, y + 0.5,
                             (panes[0].room.x + panes[0].room.width / 2.0) / self->view.scale,
                             (panes[0].room.y + panes[0].room.height / 2.0) / self->view.scale);
    sal_canvas_view_changed (self, FALSE);
  }
  self->pointed = self->cursor = TRUE;
  sal_canvas_probe (self);
  sal_canvas_select_point (self);
  sal_canvas_describe (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static gboolean
move_key (GtkWidget *widget, GVariant *arguments, gpointer data)
{
  SalCanvas *self = SAL_CANVAS (widget);
  int dx, dy;

  if (self->picture == NULL || sal_canvas_view_zoom (&self->view) <= 0)
    return GDK_EVENT_PROPAGATE;
  g_variant_get (arguments, "(ii)", &dx, &dy);
  if (self->hover.x >= 0)
    go_to (self, self->hover.x + dx, self->hover.y + dy);
  else
    go_to (self, self->view.columns / 2, self->view.rows / 2);
  if (self->drag == SAL_CANVAS_DRAG_SELECT)
    sal_canvas_select_update (self, self->pointer_x, self->pointer_y);
  return GDK_EVENT_STOP;
}

/* Starts a rectangle or a lasso, and ends it; takes a superpixel, or gives it back. */
static gboolean
select_key (GtkWidget *widget, GVariant *arguments, gpointer data)
{
  SalCanvas *self = SAL_CANVAS (widget);

  if (self->tool == SAL_CANVAS_MOVE || !self->cursor || self->hover.x < 0)
    return GDK_EVENT_PROPAGATE;
  if (self->drag == SAL_CANVAS_DRAG_SELECT) {
    sal_canvas_select_end (self);
    self->drag = SAL_CANVAS_DRAG_NONE;
  } else if (sal_canvas_select_begin (self, self->pointer_x, self->pointer_y,
                                      self->tool == SAL_CANVAS_SEGMENTS)) {
    if (self->tool == SAL_CANVAS_SEGMENTS)
      sal_canvas_select_end (self);
    else
      self->drag = SAL_CANVAS_DRAG_SELECT;
  }
  return GDK_EVENT_STOP;
}

void
sal_canvas_cursor_class (GtkWidgetClass *widget_class)
{
  static const struct {
    guint key;
    int dx, dy;
  } keys[] = {
    { GDK_KEY_Left, -1, 0 },    { GDK_KEY_KP_Left, -1, 0 }, { GDK_KEY_Right, 1, 0 },
    { GDK_KEY_KP_Right, 1, 0 }, { GDK_KEY_Up, 0, -1 },      { GDK_KEY_KP_Up, 0, -1 },
    { GDK_KEY_Down, 0, 1 },     { GDK_KEY_KP_Down, 0, 1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++) {
    gtk_widget_class_add_binding (widget_class, keys[i].key, GDK_ALT_MASK, move_key, "(ii)",
                                  keys[i].dx, keys[i].dy);
    gtk_widget_class_add_binding (widget_class, keys[i].key, GDK_ALT_MASK | GDK_SHIFT_MASK,
                                  move_key, "(ii)", FAR * keys[i].dx, FAR * keys[i].dy);
  }
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Return, 0, select_key, NULL);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_KP_Enter, 0, select_key, NULL);
}
