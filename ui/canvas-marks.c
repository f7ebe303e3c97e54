/* Hatching over cells of the heatmap that are not settled. */
#include "ui/canvas-private.h"

#include <math.h>

/* Light and dark lines beside each other, to be seen on any colour; device pixels at scale 1. */
#define PERIOD 6

static guint32
laid_over (guint32 below, guint32 level)
{
  guint32 out = 0;

  /* Half of it, premultiplied, over what is there. */
  for (int shift = 0; shift < 32; shift += 8) {
    guint32 top = shift == 24 ? 128 : level / 2;

    out |= ((below >> shift & 0xff) / 2 + top) << shift;
  }
  return out;
}

void
sal_canvas_marks_paint (SalCanvas *self, cairo_surface_t *surface, const SalRect *where)
{
  if (self->marks == NULL || self->heatmap == NULL)
    return;
  int columns = sal_heatmap_width (self->heatmap), rows = sal_heatmap_height (self->heatmap);

  if (sal_region_width (self->marks) != columns || sal_region_height (self->marks) != rows)
    return;
  int width = cairo_image_surface_get_width (surface);
  int height = cairo_image_surface_get_height (surface);
  gsize stride = cairo_image_surface_get_stride (surface);
  guint8 *data = cairo_image_surface_get_data (surface);
  const guint8 *mask = sal_region_mask (self->marks);
  g_autofree int *column = g_new (int, MAX (width, 1));
  int scale = self->view.scale;

  for (int x = 0; x < width; x++)
    column[x] = (int) floor ((x + 0.5 - where->x) / where->width * columns);
  for (int y = 0; y < height; y++) {
    guint32 *line = (guint32 *) (gpointer) (data + y * stride);
    int row = (int) floor ((y + 0.5 - where->y) / where->height * rows);

    if (row < 0 || row >= rows)
      continue;
    for (int x = 0; x < width; x++) {
      int phase = (x + y) / scale % PERIOD;

      if (phase < 2 && column[x] >= 0 && column[x] < columns &&
          mask[row * columns + column[x]] != 0)
        line[x] = laid_over (line[x], phase == 0 ? 255 : 0);
    }
  }
}

void
sal_canvas_set_marks (SalCanvas *self, SalRegion *marks)
{
  g_return_if_fail (SAL_IS_CANVAS (self));
  if (marks == self->marks)
    return;
  if (marks != NULL)
    sal_region_ref (marks);
  g_clear_pointer (&self->marks, sal_region_unref);
  self->marks = marks;
  sal_canvas_layers_drop (self, FALSE, TRUE);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

SalRegion *
sal_canvas_get_marks (SalCanvas *self)
{
  g_return_val_if_fail (SAL_IS_CANVAS (self), NULL);
  return self->marks;
}
