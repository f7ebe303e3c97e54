/* Lines around what is selected. Those around cells are drawn once and kept: a region of a fine
 * grid has thousands of corners. */
#include "ui/canvas-private.h"

#include <math.h>

/* Of a line and its dark rim, beyond the cells. */
#define RIM 3

/* Where the grid lies on the screen, in device pixels. */
typedef struct {
  double x, y, column, row;
} Frame;

static Frame
frame_of (const SalCanvas *self, const SalCanvasPane *pane)
{
  SalRect seen = sal_canvas_get_seen ((SalCanvas *) self);
  double sx = (double) pane->picture.width / self->view.columns;
  double sy = (double) pane->picture.height / self->view.rows;

  return (Frame){ pane->picture.x + seen.x * sx, pane->picture.y + seen.y * sy,
                  seen.width * sx / self->columns, seen.height * sy / self->rows };
}

/* What part a cell belongs to; beyond the grid none. */
typedef struct {
  const SalCanvas *self;
  const guint8 *mask; /* (nullable): a region's */
  int segment;        /* the one that counts, -1 for all of them */
} Cells;

static int
part_of (const Cells *cells, int x, int y)
{
  const SalCanvas *self = cells->self;

  if (x < 0 || y < 0 || x >= self->columns || y >= self->rows)
    return -1;
  int at = y * self->columns + x;
  if (cells->mask != NULL)
    return cells->mask[at] != 0 ? 1 : -1;
  if (cells->segment >= 0)
    return self->segments[at] == cells->segment ? 1 : -1;
  return self->segments[at];
}

/* Lines between cells of different parts, as long as they go. */
static void
trace (cairo_t *cr, const Cells *cells, const Frame *f)
{
  const SalCanvas *self = cells->self;

  for (int y = 0; y <= self->rows; y++)
    for (int x = 0; x < self->columns; x++) {
      int from = x;

      while (x < self->columns && part_of (cells, x, y - 1) != part_of (cells, x, y))
        x++;
      if (x > from) {
        cairo_move_to (cr, f->x + from * f->column, f->y + y * f->row);
        cairo_line_to (cr, f->x + x * f->column, f->y + y * f->row);
      }
    }
  for (int x = 0; x <= self->columns; x++)
    for (int y = 0; y < self->rows; y++) {
      int from = y;

      while (y < self->rows && part_of (cells, x - 1, y) != part_of (cells, x, y))
        y++;
      if (y > from) {
        cairo_move_to (cr, f->x + x * f->column, f->y + from * f->row);
        cairo_line_to (cr, f->x + x * f->column, f->y + y * f->row);
      }
    }
}

/* The part of the widget that the cells in question take up, and their lines. */
static cairo_rectangle_int_t
bounds_of (const Cells *cells, const Frame *f, const cairo_rectangle_int_t *visible)
{
  const SalCanvas *self = cells->self;
  int left = self->columns, right = -1, top = self->rows, bottom = -1;

  for (int y = 0; y < self->rows; y++)
    for (int x = 0; x < self->columns; x++)
      if (part_of (cells, x, y) >= 0) {
        left = MIN (left, x), right = MAX (right, x);
        top = MIN (top, y), bottom = MAX (bottom, y);
      }
  int rim = RIM * self->view.scale;
  int x0 = MAX ((int) floor (f->x + left * f->column) - rim, visible->x);
  int y0 = MAX ((int) floor (f->y + top * f->row) - rim, visible->y);
  int x1 = MIN ((int) ceil (f->x + (right + 1) * f->column) + rim, visible->x + visible->width);
  int y1 = MIN ((int) ceil (f->y + (bottom + 1) * f->row) + rim, visible->y + visible->height);

  return (cairo_rectangle_int_t){ x0, y0, MAX (x1 - x0, 0), MAX (y1 - y0, 0) };
}

static void
draw_cells (SalCanvas *self, GtkSnapshot *snapshot, const SalCanvasPane *pane,
            SalCanvasOutline *outline, const Cells *cells)
{
  /* Both panes show the same part: only the place of the window differs. */
  cairo_rectangle_int_t at = { pane->picture.x - pane->visible.x, pane->picture.y - pane->visible.y,
                               pane->visible.width, pane->visible.height };

  if (outline->surface == NULL || outline->width != pane->picture.width ||
      outline->height != pane->picture.height || outline->at.x != at.x || outline->at.y != at.y ||
      outline->at.width != at.width || outline->at.height != at.height) {
    Frame f = frame_of (self, pane);
    cairo_rectangle_int_t window = bounds_of (cells, &f, &pane->visible);

    g_clear_pointer (&outline->surface, cairo_surface_destroy);
    outline->at = at;
    outline->width = pane->picture.width;
    outline->height = pane->picture.height;
    outline->window = window;
    outline->window.x -= pane->visible.x;
    outline->window.y -= pane->visible.y;
    outline->surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, MAX (window.width, 1),
                                                   MAX (window.height, 1));

    cairo_t *cr = cairo_create (outline->surface);

    cairo_translate (cr, -window.x, -window.y);
    cairo_set_line_cap (cr, CAIRO_LINE_CAP_SQUARE);
    trace (cr, cells, &f);
    if (cells->mask == NULL && cells->segment < 0) {
      cairo_set_line_width (cr, self->view.scale);
      cairo_set_source_rgba (cr, 1, 1, 1, 0.35);
      cairo_stroke (cr);
    } else {
      sal_canvas_stroke (cr, 1.5 * self->view.scale);
    }
    cairo_destroy (cr);
    cairo_surface_set_device_scale (outline->surface, self->view.scale, self->view.scale);
  }

  cairo_rectangle_int_t window = outline->window;
  graphene_rect_t rect;

  if (window.width <= 0 || window.height <= 0)
    return;
  window.x += pane->visible.x;
  window.y += pane->visible.y;
  sal_canvas_rect (self, &window, &rect);

  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &rect);

  cairo_set_source_surface (cr, outline->surface, rect.origin.x, rect.origin.y);
  cairo_pattern_set_filter (cairo_get_source (cr), CAIRO_FILTER_NEAREST);
  cairo_paint (cr);
  cairo_destroy (cr);
}

/* The rectangle or the loop that is being drawn. */
static void
draw_trail (SalCanvas *self, GtkSnapshot *snapshot, const SalCanvasPane *pane)
{
  const double (*points)[2] = (const double (*)[2]) (gpointer) self->trail->data;
  guint n = self->trail->len;
  Frame f = frame_of (self, pane);
  graphene_rect_t rect;

  sal_canvas_rect (self, &pane->visible, &rect);

  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &rect);
  double s = self->view.scale;

  if (self->tool == SAL_CANVAS_RECTANGLE)
    cairo_rectangle (cr, (f.x + points[0][0] * f.column) / s, (f.y + points[0][1] * f.row) / s,
                     (points[n - 1][0] - points[0][0]) * f.column / s,
                     (points[n - 1][1] - points[0][1]) * f.row / s);
  else
    for (guint i = 0; i < n; i++)
      cairo_line_to (cr, (f.x + points[i][0] * f.column) / s, (f.y + points[i][1] * f.row) / s);
  if (self->tool == SAL_CANVAS_LASSO)
    cairo_close_path (cr);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  sal_canvas_stroke (cr, 1.5);
  cairo_destroy (cr);
}

void
sal_canvas_outline_paint (SalCanvas *self, GtkSnapshot *snapshot, const SalCanvasPane *pane)
{
  if (self->columns == 0 || pane->visible.width <= 0 || pane->visible.height <= 0)
    return;
  if (self->tool == SAL_CANVAS_SEGMENTS && self->segments != NULL)
    draw_cells (self, snapshot, pane, &self->cuts, &(Cells){ self, NULL, -1 });
  if (self->region != NULL)
    draw_cells (self, snapshot, pane, &self->outline,
                &(Cells){ self, sal_region_mask (self->region), -1 });
  if (self->pointed_segment >= 0 && self->segments != NULL)
    draw_cells (self, snapshot, pane, &self->hint, &(Cells){ self, NULL, self->pointed_segment });
  if (self->trail->len > 1 && self->tool != SAL_CANVAS_SEGMENTS)
    draw_trail (self, snapshot, pane);
}
