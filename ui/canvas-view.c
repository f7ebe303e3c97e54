#include "ui/canvas-view.h"

#include <math.h>

/* Two panes lie side by side unless stacking enlarges the fitted picture by more than this: the
 * order picture, heatmap reads better from left to right. */
#define STACK_GAIN 1.15

static cairo_rectangle_int_t
intersect (const cairo_rectangle_int_t *a, const cairo_rectangle_int_t *b)
{
  int x = MAX (a->x, b->x), y = MAX (a->y, b->y);
  int width = MIN (a->x + a->width, b->x + b->width) - x;
  int height = MIN (a->y + a->height, b->y + b->height) - y;

  return (cairo_rectangle_int_t){ x, y, MAX (width, 0), MAX (height, 0) };
}

static gboolean
is_empty (const SalCanvasView *view)
{
  return view->columns <= 0 || view->rows <= 0 || view->width <= 0 || view->height <= 0;
}

/* A widget too small for the air has less of it. */
static int
air (const SalCanvasView *view)
{
  return MIN (SAL_CANVAS_AIR, MIN (view->width, view->height) / 4) * view->scale;
}

static double
fit_in (const SalCanvasView *view, int width, int height)
{
  return MIN ((double) MAX (width, 1) / view->columns, (double) MAX (height, 1) / view->rows);
}

/* The gap between two panes is as wide as the air, so inner edges have none of their own. */
static gboolean
stacked (const SalCanvasView *view)
{
  int w = view->width * view->scale, h = view->height * view->scale, a = air (view);
  double beside = fit_in (view, (w - 3 * a) / 2, h - 2 * a);
  double below = fit_in (view, w - 2 * a, (h - 3 * a) / 2);

  return below > STACK_GAIN * beside;
}

/* Clip and room of the first pane, and how far it is to the second. */
static void
first_pane (const SalCanvasView *view, SalCanvasPane *pane, int *dx, int *dy)
{
  int w = view->width * view->scale, h = view->height * view->scale, a = air (view);

  *dx = *dy = 0;
  pane->clip = (cairo_rectangle_int_t){ 0, 0, w, h };
  pane->room = (cairo_rectangle_int_t){ a, a, MAX (w - 2 * a, 1), MAX (h - 2 * a, 1) };
  if (!view->two)
    return;
  if (stacked (view)) {
    pane->clip.height = MAX ((h - a) / 2, 1);
    pane->room.height = MAX (pane->clip.height - a, 1);
    *dy = h - pane->clip.height;
  } else {
    pane->clip.width = MAX ((w - a) / 2, 1);
    pane->room.width = MAX (pane->clip.width - a, 1);
    *dx = w - pane->clip.width;
  }
}

/* The second pane mirrors the first: along the axis that was cut its air is on the other side. */
static SalCanvasPane
second_pane (const SalCanvasPane *first, int dx, int dy)
{
  SalCanvasPane pane = *first;

  pane.clip.x += dx;
  pane.clip.y += dy;
  if (dx > 0)
    pane.room.x = pane.clip.x;
  if (dy > 0)
    pane.room.y = pane.clip.y;
  return pane;
}

double
sal_canvas_view_fit_zoom (const SalCanvasView *view)
{
  if (is_empty (view))
    return 0;

  SalCanvasPane pane;
  int dx, dy;

  first_pane (view, &pane, &dx, &dy);
  return fit_in (view, pane.room.width, pane.room.height);
}

double
sal_canvas_view_zoom (const SalCanvasView *view)
{
  return is_empty (view) || view->fit ? sal_canvas_view_fit_zoom (view) : view->zoom;
}

void
sal_canvas_view_range (const SalCanvasView *view, double *min, double *max)
{
  double fit = sal_canvas_view_fit_zoom (view);

  *min = MIN (fit / 4, 1);
  *max = MAX (SAL_CANVAS_ZOOM_MAX, fit);
}

/* Where the picture begins along one axis: centred while it fits, else never further in than the
 * edges of the room. */
static double
begin (double middle, double room, double room_length, double length)
{
  if (length <= room_length)
    return room + (room_length - length) / 2;
  return CLAMP (middle, room + room_length - length, room);
}

static int
length (int pixels, double zoom)
{
  return MAX ((int) lround (pixels * zoom), 1);
}

static void
place (const SalCanvasView *view, SalCanvasPane *pane)
{
  double zoom = sal_canvas_view_zoom (view);
  const cairo_rectangle_int_t *room = &pane->room;
  int width = length (view->columns, zoom), height = length (view->rows, zoom);
  double x = begin (room->x + room->width / 2.0 - view->x * zoom, room->x, room->width, width);
  double y = begin (room->y + room->height / 2.0 - view->y * zoom, room->y, room->height, height);

  pane->picture =
      (cairo_rectangle_int_t){ (int) floor (x + 0.5), (int) floor (y + 0.5), width, height };
  pane->visible = intersect (&pane->picture, &pane->clip);
}

int
sal_canvas_view_panes (const SalCanvasView *view, SalCanvasPane panes[2])
{
  int dx, dy;

  first_pane (view, &panes[0], &dx, &dy);
  if (is_empty (view)) {
    panes[0].picture = panes[0].visible = (cairo_rectangle_int_t){ 0, 0, 0, 0 };
    panes[1] = panes[0];
    return 1;
  }
  place (view, &panes[0]);
  if (!view->two)
    return 1;
  panes[1] = second_pane (&panes[0], dx, dy);
  place (view, &panes[1]);
  return 2;
}

/* The pane that a point belongs to: the second begins where the gap is half crossed. */
static SalCanvasPane
pane_at (const SalCanvasView *view, double x, double y)
{
  SalCanvasPane panes[2];

  if (sal_canvas_view_panes (view, panes) < 2)
    return panes[0];

  gboolean stack = panes[1].clip.y > 0;
  double at = (stack ? y : x) * view->scale;
  double middle = (stack ? view->height : view->width) * view->scale / 2.0;

  return panes[at >= middle];
}

/* Keeps the middle where the picture's position is as begin() has it, so that panning against an
 * edge leaves nothing to be panned back. */
void
sal_canvas_view_settle (SalCanvasView *view)
{
  if (is_empty (view))
    return;
  if (view->fit) {
    view->x = view->columns / 2.0;
    view->y = view->rows / 2.0;
    view->zoom = sal_canvas_view_fit_zoom (view);
    return;
  }

  double min, max;

  sal_canvas_view_range (view, &min, &max);
  view->zoom = CLAMP (view->zoom, min, max);

  SalCanvasPane pane;
  int dx, dy;

  first_pane (view, &pane, &dx, &dy);

  const cairo_rectangle_int_t *room = &pane.room;
  double zoom = view->zoom;
  double middle_x = room->x + room->width / 2.0, middle_y = room->y + room->height / 2.0;

  view->x = (middle_x - begin (middle_x - view->x * zoom, room->x, room->width,
                               length (view->columns, zoom))) /
            zoom;
  view->y = (middle_y -
             begin (middle_y - view->y * zoom, room->y, room->height, length (view->rows, zoom))) /
            zoom;
}

void
sal_canvas_view_zoom_to (SalCanvasView *view, double zoom, double px, double py, double x, double y)
{
  if (is_empty (view) || !isfinite (zoom))
    return;

  double min, max;

  sal_canvas_view_range (view, &min, &max);
  zoom = CLAMP (zoom, min, max);

  SalCanvasPane pane = pane_at (view, x, y);

  view->x = px - (x * view->scale - pane.room.x - pane.room.width / 2.0) / zoom;
  view->y = py - (y * view->scale - pane.room.y - pane.room.height / 2.0) / zoom;
  view->zoom = zoom;
  view->fit = FALSE;
  sal_canvas_view_settle (view);
}

void
sal_canvas_view_zoom_at (SalCanvasView *view, double zoom, double x, double y)
{
  if (is_empty (view))
    return;

  /* From the exact position, not from the drawn one: its rounding would add up over a gesture. */
  SalCanvasPane pane = pane_at (view, x, y);
  double from = sal_canvas_view_zoom (view);
  double px = view->x + (x * view->scale - pane.room.x - pane.room.width / 2.0) / from;
  double py = view->y + (y * view->scale - pane.room.y - pane.room.height / 2.0) / from;

  sal_canvas_view_zoom_to (view, zoom, px, py, x, y);
}

void
sal_canvas_view_step (SalCanvasView *view, double factor, double x, double y)
{
  if (is_empty (view) || !(factor > 0))
    return;

  double fit = sal_canvas_view_fit_zoom (view), from = sal_canvas_view_zoom (view);
  double to = from * factor;
  double stops[] = { fit, 1 };

  for (int i = 0; i < 2; i++) {
    /* The margin: a zoom that is a stop but for rounding is not passed again. */
    double margin = 1e-6 * stops[i];

    if ((from < stops[i] - margin && to > stops[i]) || (from > stops[i] + margin && to < stops[i]))
      to = stops[i];
  }
  if (fabs (to - fit) <= 1e-6 * fit) {
    view->fit = TRUE;
    sal_canvas_view_settle (view);
  } else
    sal_canvas_view_zoom_at (view, to, x, y);
}

void
sal_canvas_view_pan (SalCanvasView *view, double dx, double dy)
{
  if (is_empty (view) || view->fit)
    return;
  view->x -= dx * view->scale / view->zoom;
  view->y -= dy * view->scale / view->zoom;
  sal_canvas_view_settle (view);
}

gboolean
sal_canvas_view_can_pan (const SalCanvasView *view)
{
  if (is_empty (view) || view->fit)
    return FALSE;

  SalCanvasPane panes[2];

  sal_canvas_view_panes (view, panes);
  return panes[0].picture.width > panes[0].room.width ||
         panes[0].picture.height > panes[0].room.height;
}

gboolean
sal_canvas_view_to_picture (const SalCanvasView *view, double x, double y, double *px, double *py)
{
  *px = *py = -1;
  if (is_empty (view))
    return FALSE;

  SalCanvasPane pane = pane_at (view, x, y);
  double dx = x * view->scale, dy = y * view->scale;

  *px = (dx - pane.picture.x) * view->columns / pane.picture.width;
  *py = (dy - pane.picture.y) * view->rows / pane.picture.height;
  return dx >= pane.visible.x && dx < pane.visible.x + pane.visible.width && dy >= pane.visible.y &&
         dy < pane.visible.y + pane.visible.height;
}
