/* Selecting a part of what the network sees: tools and the region they make. */
#include "ui/canvas-private.h"

#include <math.h>

/* A drag shorter than this is a click. */
#define CLICK 3.0

void
sal_canvas_select_init (SalCanvas *self)
{
  self->trail = g_array_new (FALSE, FALSE, sizeof (double[2]));
  self->pointed_segment = -1;
}

static void
drop (SalCanvasOutline *outline)
{
  g_clear_pointer (&outline->surface, cairo_surface_destroy);
}

void
sal_canvas_select_drop (SalCanvas *self)
{
  drop (&self->outline);
  drop (&self->hint);
  drop (&self->cuts);
}

void
sal_canvas_select_clear (SalCanvas *self)
{
  sal_canvas_select_drop (self);
  g_clear_pointer (&self->region, sal_region_unref);
  g_clear_pointer (&self->segments, g_free);
  self->columns = self->rows = 0;
}

static void
take_region (SalCanvas *self, SalRegion *region)
{
  g_clear_pointer (&self->region, sal_region_unref);
  self->region = region;
  drop (&self->outline);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* By the person. An empty region is none. */
static void
select_region (SalCanvas *self, SalRegion *region)
{
  if (region != NULL && sal_region_area (region) == 0)
    g_clear_pointer (&region, sal_region_unref);
  if (region == NULL && self->region == NULL)
    return;
  take_region (self, region);
  g_signal_emit_by_name (self, "region");
}

void
sal_canvas_set_tool (SalCanvas *self, SalCanvasTool tool)
{
  g_return_if_fail (SAL_IS_CANVAS (self));
  g_return_if_fail (tool >= SAL_CANVAS_MOVE && tool <= SAL_CANVAS_SEGMENTS);
  if (tool == self->tool)
    return;
  self->tool = tool;
  g_array_set_size (self->trail, 0);
  if (self->drag == SAL_CANVAS_DRAG_SELECT)
    self->drag = SAL_CANVAS_DRAG_NONE;
  gtk_widget_set_cursor_from_name (GTK_WIDGET (self), tool == SAL_CANVAS_MOVE ? NULL : "crosshair");
  sal_canvas_select_point (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_object_notify (G_OBJECT (self), "tool");
}

SalCanvasTool
sal_canvas_get_tool (SalCanvas *self)
{
  g_return_val_if_fail (SAL_IS_CANVAS (self), SAL_CANVAS_MOVE);
  return self->tool;
}

void
sal_canvas_set_grid (SalCanvas *self, int columns, int rows, const int *segments)
{
  g_return_if_fail (SAL_IS_CANVAS (self));
  g_return_if_fail (columns >= 0 && rows >= 0);
  gboolean other = columns != self->columns || rows != self->rows;

  if (other)
    sal_canvas_select_clear (self);
  self->columns = columns;
  self->rows = rows;
  g_clear_pointer (&self->segments, g_free);
  if (segments != NULL)
    self->segments = g_memdup2 (segments, sizeof *segments * columns * rows);
  drop (&self->cuts);
  self->pointed_segment = -1;
  sal_canvas_select_point (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

gboolean
sal_canvas_has_segments (SalCanvas *self)
{
  g_return_val_if_fail (SAL_IS_CANVAS (self), FALSE);
  return self->segments != NULL;
}

void
sal_canvas_set_region (SalCanvas *self, SalRegion *region)
{
  g_return_if_fail (SAL_IS_CANVAS (self));
  g_return_if_fail (region == NULL || (sal_region_width (region) == self->columns &&
                                       sal_region_height (region) == self->rows));
  if (region != self->region)
    take_region (self, region != NULL ? sal_region_ref (region) : NULL);
}

SalRegion *
sal_canvas_get_region (SalCanvas *self)
{
  g_return_val_if_fail (SAL_IS_CANVAS (self), NULL);
  return self->region;
}

/* From the widget to cells, also outside the grid. */
static void
to_cells (SalCanvas *self, double x, double y, double cell[2])
{
  SalRect seen = sal_canvas_get_seen (self);
  double px, py;

  sal_canvas_view_to_picture (&self->view, x, y, &px, &py);
  cell[0] = (px - seen.x) / seen.width * self->columns;
  cell[1] = (py - seen.y) / seen.height * self->rows;
}

static int
segment_at (SalCanvas *self, const double cell[2])
{
  if (self->segments == NULL || !(cell[0] >= 0 && cell[0] < self->columns) ||
      !(cell[1] >= 0 && cell[1] < self->rows))
    return -1;
  return self->segments[(int) cell[1] * self->columns + (int) cell[0]];
}

/* Adds the segment under a point, or takes it away. */
static void
touch_segment (SalCanvas *self, const double cell[2])
{
  int segment = segment_at (self, cell);

  if (segment < 0)
    return;
  int at = (int) cell[1] * self->columns + (int) cell[0];
  gboolean in = self->region != NULL && sal_region_mask (self->region)[at] != 0;
  g_autoptr (SalRegion) one =
      sal_region_new_segment (self->columns, self->rows, self->segments, segment);

  if (in == !self->taking)
    return;
  if (self->taking)
    select_region (self, sal_region_take (self->region, one));
  else
    select_region (self, self->region != NULL ? sal_region_join (self->region, one)
                                              : g_steal_pointer (&one));
}

gboolean
sal_canvas_select_begin (SalCanvas *self, double x, double y, gboolean more)
{
  double cell[2];

  if (self->picture == NULL || self->columns == 0)
    return FALSE;
  to_cells (self, x, y, cell);
  g_array_set_size (self->trail, 0);
  g_array_append_val (self->trail, cell);
  if (self->tool == SAL_CANVAS_SEGMENTS) {
    int segment = segment_at (self, cell);
    int at = segment >= 0 ? (int) cell[1] * self->columns + (int) cell[0] : 0;

    self->taking =
        more && segment >= 0 && self->region != NULL && sal_region_mask (self->region)[at] != 0;
    if (!more)
      select_region (self, NULL);
    touch_segment (self, cell);
  }
  return TRUE;
}

void
sal_canvas_select_update (SalCanvas *self, double x, double y)
{
  double cell[2];

  to_cells (self, x, y, cell);
  if (self->tool == SAL_CANVAS_RECTANGLE && self->trail->len > 1)
    g_array_set_size (self->trail, 1);
  g_array_append_val (self->trail, cell);
  if (self->tool == SAL_CANVAS_SEGMENTS)
    touch_segment (self, cell);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* How far the trail goes, in pixels of the screen. */
static double
extent (SalCanvas *self)
{
  const double (*points)[2] = (const double (*)[2]) (gpointer) self->trail->data;
  SalRect seen = sal_canvas_get_seen (self);
  double zoom = sal_canvas_view_zoom (&self->view) / self->view.scale, most = 0;

  for (guint i = 1; i < self->trail->len; i++)
    most = fmax (most, hypot ((points[i][0] - points[0][0]) / self->columns * seen.width,
                              (points[i][1] - points[0][1]) / self->rows * seen.height) *
                           zoom);
  return most;
}

void
sal_canvas_select_end (SalCanvas *self)
{
  const double (*points)[2] = (const double (*)[2]) (gpointer) self->trail->data;
  guint n = self->trail->len;

  if (self->tool == SAL_CANVAS_RECTANGLE || self->tool == SAL_CANVAS_LASSO) {
    if (n < 2 || extent (self) < CLICK)
      select_region (self, NULL);
    else if (self->tool == SAL_CANVAS_RECTANGLE)
      select_region (self,
                     sal_region_new_rectangle (self->columns, self->rows, points[0][0],
                                               points[0][1], points[n - 1][0], points[n - 1][1]));
    else
      select_region (self, sal_region_new_polygon (self->columns, self->rows, points, (int) n));
  }
  g_array_set_size (self->trail, 0);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
sal_canvas_select_point (SalCanvas *self)
{
  double cell[2], px, py;
  int segment = -1;

  if (self->tool == SAL_CANVAS_SEGMENTS && self->pointed && self->picture != NULL &&
      self->columns > 0 &&
      sal_canvas_view_to_picture (&self->view, self->pointer_x, self->pointer_y, &px, &py)) {
    to_cells (self, self->pointer_x, self->pointer_y, cell);
    segment = segment_at (self, cell);
  }
  if (segment == self->pointed_segment)
    return;
  self->pointed_segment = segment;
  drop (&self->hint);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

gboolean
sal_canvas_select_escape (SalCanvas *self)
{
  if (self->drag == SAL_CANVAS_DRAG_SELECT) { /* by keys: the pointer would still hold it */
    self->drag = SAL_CANVAS_DRAG_NONE;
    g_array_set_size (self->trail, 0);
    gtk_widget_queue_draw (GTK_WIDGET (self));
    return TRUE;
  }
  if (self->region != NULL) {
    select_region (self, NULL);
    return TRUE;
  }
  if (self->tool != SAL_CANVAS_MOVE) {
    sal_canvas_set_tool (self, SAL_CANVAS_MOVE);
    return TRUE;
  }
  return FALSE;
}
