/* Lines around what is selected. Those around cells are kept for as long as nothing moves: a region
 * of a fine grid has thousands of corners. */
#include "ui/canvas-private.h"

#include <math.h>

/* Of a line and its dark rim, beyond the cells. */
#define RIM 3

/* Inks, with their opacity in them: white at 95 % over black at 45 %, the latter alone, and white
 * at 35 %. */
#define LIGHT 0xf8f2f2f2u
#define DARK 0x73000000u
#define FAINT 0x59595959u

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
  const guint8 *mask;           /* (nullable): a region's */
  int segment;                  /* the one that counts, -1 for all of them */
  int left, top, right, bottom; /* which of them are seen, the last two not counted */
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

/* A fine grid that is far enlarged has thousands of lines of which some ten are seen. */
static void
find_seen (Cells *cells, const Frame *f, const cairo_rectangle_int_t *visible)
{
  double rim = RIM * cells->self->view.scale;
  int columns = cells->self->columns, rows = cells->self->rows;

  cells->left = (int) CLAMP (floor ((visible->x - rim - f->x) / f->column), 0, columns);
  cells->top = (int) CLAMP (floor ((visible->y - rim - f->y) / f->row), 0, rows);
  cells->right =
      (int) CLAMP (ceil ((visible->x + visible->width + rim - f->x) / f->column), 0, columns);
  cells->bottom =
      (int) CLAMP (ceil ((visible->y + visible->height + rim - f->y) / f->row), 0, rows);
}

/* What lines are drawn into: @window of the widget. */
typedef struct {
  guint32 *pixels; /* ARGB32, as Cairo has it */
  gsize stride;    /* in pixels */
  cairo_rectangle_int_t window;
} Sheet;

/* Lines of the grid are upright or level, so that whole pixels do: as paths, thousands of them take
 * longer than a frame. It is set rather than laid over: where lines cross they are no denser. */
static void
draw_line (const Sheet *sheet, double x0, double y0, double x1, double y1, int width, guint32 ink)
{
  const cairo_rectangle_int_t *w = &sheet->window;
  int from = (int) lround (x0 - width / 2.0) - w->x, to = (int) lround (x1 - width / 2.0) - w->x;
  int top = (int) lround (y0 - width / 2.0) - w->y, bottom = (int) lround (y1 - width / 2.0) - w->y;

  for (int y = MAX (top, 0); y < MIN (bottom + width, w->height); y++)
    for (int x = MAX (from, 0); x < MIN (to + width, w->width); x++)
      sheet->pixels[(gsize) y * sheet->stride + (gsize) x] = ink;
}

/* Lines between cells of different parts, as long as they go. */
static void
trace (const Sheet *sheet, const Cells *cells, const Frame *f, int width, guint32 ink)
{
  for (int y = cells->top; y <= cells->bottom; y++)
    for (int x = cells->left; x < cells->right; x++) {
      int from = x;

      while (x < cells->right && part_of (cells, x, y - 1) != part_of (cells, x, y))
        x++;
      if (x > from)
        draw_line (sheet, f->x + from * f->column, f->y + y * f->row, f->x + x * f->column,
                   f->y + y * f->row, width, ink);
    }
  for (int x = cells->left; x <= cells->right; x++)
    for (int y = cells->top; y < cells->bottom; y++) {
      int from = y;

      while (y < cells->bottom && part_of (cells, x - 1, y) != part_of (cells, x, y))
        y++;
      if (y > from)
        draw_line (sheet, f->x + x * f->column, f->y + from * f->row, f->x + x * f->column,
                   f->y + y * f->row, width, ink);
    }
}

/* The part of the widget that the cells in question take up, and their lines. */
static cairo_rectangle_int_t
bounds_of (const Cells *cells, const Frame *f, const cairo_rectangle_int_t *visible)
{
  const SalCanvas *self = cells->self;
  int left = self->columns, right = -1, top = self->rows, bottom = -1;

  for (int y = cells->top; y < cells->bottom; y++)
    for (int x = cells->left; x < cells->right; x++)
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

/* As sal_canvas_stroke() draws them, or faint where all cells have some. */
static void
draw_lines (cairo_surface_t *surface, const cairo_rectangle_int_t *window, const Cells *cells,
            const Frame *f)
{
  if (cairo_surface_status (surface) != CAIRO_STATUS_SUCCESS)
    return;
  Sheet sheet = { (guint32 *) (gpointer) cairo_image_surface_get_data (surface),
                  (gsize) cairo_image_surface_get_stride (surface) / sizeof (guint32), *window };
  int scale = cells->self->view.scale, width = (3 * scale + 1) / 2;

  if (cells->mask == NULL && cells->segment < 0) {
    trace (&sheet, cells, f, scale, FAINT);
  } else {
    trace (&sheet, cells, f, width + 2, DARK);
    trace (&sheet, cells, f, width, LIGHT);
  }
  cairo_surface_mark_dirty (surface);
}

static void
make_outline (SalCanvasOutline *outline, const SalCanvasPane *pane, Cells *cells)
{
  SalCanvas *self = (SalCanvas *) cells->self;
  Frame f = frame_of (self, pane);

  find_seen (cells, &f, &pane->visible);
  cairo_rectangle_int_t window = bounds_of (cells, &f, &pane->visible);

  g_clear_pointer (&outline->surface, cairo_surface_destroy);
  outline->width = pane->picture.width;
  outline->height = pane->picture.height;
  outline->window = window;
  outline->window.x -= pane->visible.x;
  outline->window.y -= pane->visible.y;
  outline->surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, MAX (window.width, 1),
                                                 MAX (window.height, 1));
  draw_lines (outline->surface, &window, cells, &f);
  cairo_surface_set_device_scale (outline->surface, self->view.scale, self->view.scale);
}

static void
draw_cells (SalCanvas *self, GtkSnapshot *snapshot, const SalCanvasPane *pane,
            SalCanvasOutline *outline, Cells *cells)
{
  /* Both panes show the same part: only the place of the window differs. */
  cairo_rectangle_int_t at = { pane->picture.x - pane->visible.x, pane->picture.y - pane->visible.y,
                               pane->visible.width, pane->visible.height };

  if (outline->surface == NULL || outline->width != pane->picture.width ||
      outline->height != pane->picture.height || outline->at.x != at.x || outline->at.y != at.y ||
      outline->at.width != at.width || outline->at.height != at.height) {
    make_outline (outline, pane, cells);
    outline->at = at;
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

gboolean
sal_canvas_selects_in (SalCanvas *self, const graphene_rect_t *place)
{
  g_return_val_if_fail (SAL_IS_CANVAS (self), FALSE);
  SalCanvasPane panes[2];
  int n = sal_canvas_view_panes (&self->view, panes), scale = self->view.scale;
  cairo_rectangle_int_t covered = { (int) place->origin.x * scale, (int) place->origin.y * scale,
                                    (int) ceilf (place->size.width) * scale,
                                    (int) ceilf (place->size.height) * scale };

  for (int i = 0; i < n && self->region != NULL; i++) {
    Cells cells = { .self = self, .mask = sal_region_mask (self->region), .segment = -1 };
    cairo_region_t *both = cairo_region_create_rectangle (&panes[i].visible);
    cairo_rectangle_int_t part;
    Frame f = frame_of (self, &panes[i]);

    cairo_region_intersect_rectangle (both, &covered);
    cairo_region_get_extents (both, &part);
    cairo_region_destroy (both);
    if (part.width == 0 || part.height == 0)
      continue;
    find_seen (&cells, &f, &part);
    for (int y = cells.top; y < cells.bottom; y++)
      for (int x = cells.left; x < cells.right; x++)
        if (part_of (&cells, x, y) >= 0)
          return TRUE;
  }
  return FALSE;
}

void
sal_canvas_outline_paint (SalCanvas *self, GtkSnapshot *snapshot, const SalCanvasPane *pane)
{
  if (self->columns == 0 || pane->visible.width <= 0 || pane->visible.height <= 0)
    return;
  if (self->tool == SAL_CANVAS_SEGMENTS && self->segments != NULL)
    draw_cells (self, snapshot, pane, &self->cuts, &(Cells){ .self = self, .segment = -1 });
  if (self->region != NULL)
    draw_cells (self, snapshot, pane, &self->outline,
                &(Cells){ .self = self, .mask = sal_region_mask (self->region), .segment = -1 });
  if (self->pointed_segment >= 0 && self->segments != NULL)
    draw_cells (self, snapshot, pane, &self->hint,
                &(Cells){ .self = self, .segment = self->pointed_segment });
  if (self->trail->len > 1 && self->tool != SAL_CANVAS_SEGMENTS)
    draw_trail (self, snapshot, pane);
}
