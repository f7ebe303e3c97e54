/* What the canvas says of what it shows: to the pointer, to actions, to assistive technology. */
#include "ui/canvas-number.h"
#include "ui/canvas-private.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

/* How long a change may take to reach assistive technology; partial results would flood it. */
#define DESCRIBE_MS 150

/* A sentence each, so that every language can put its own together. */

static char *
size_text (SalCanvas *self)
{
  int columns = self->view.columns, rows = self->view.rows;
  double zoom = 100 * sal_canvas_view_zoom (&self->view), low, high;

  if (self->heatmap == NULL)
    return g_strdup_printf (_ ("%d × %d pixels, zoom %.0f %%"), columns, rows, zoom);
  gboolean is_signed = sal_heatmap_signed (self->heatmap);

  sal_heatmap_range (self->heatmap, &low, &high);
  g_autofree char *from = sal_canvas_number (low, is_signed);
  g_autofree char *to = sal_canvas_number (high, is_signed);
  return g_strdup_printf (_ ("%d × %d pixels, zoom %.0f %%, values %s to %s"), columns, rows, zoom,
                          from, to);
}

static char *
cursor_text (SalCanvas *self)
{
  if (!self->hover.has_value)
    return g_strdup_printf (_ ("x %d, y %d"), self->hover.x, self->hover.y);
  g_autofree char *value = sal_canvas_number (self->hover.value, FALSE);
  return g_strdup_printf (_ ("x %d, y %d, %s"), self->hover.x, self->hover.y, value);
}

static gboolean
describe_cb (gpointer data)
{
  SalCanvas *self = data;
  g_autoptr (GStrvBuilder) sentences = g_strv_builder_new ();
  const char *name = self->picture == NULL   ? _ ("No picture")
                     : self->heatmap == NULL ? _ ("Picture")
                                             : _ ("Picture with heatmap");

  self->describe_id = 0;
  if (self->description != NULL && *self->description != '\0')
    g_strv_builder_add (sentences, self->description);
  if (self->picture != NULL) {
    g_autofree char *size = size_text (self);
    g_strv_builder_add (sentences, size);
  }
  if (self->cursor && self->hover.x >= 0) {
    g_autofree char *place = cursor_text (self);
    g_strv_builder_add (sentences, place);
  }
  g_auto (GStrv) all = g_strv_builder_end (sentences);
  g_autofree char *text = g_strjoinv (". ", all);

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, name,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
  return G_SOURCE_REMOVE;
}

void
sal_canvas_describe (SalCanvas *self)
{
  if (self->describe_id == 0)
    self->describe_id = g_timeout_add (DESCRIBE_MS, describe_cb, self);
}

static gboolean
probe (SalCanvas *self, SalCanvasHover *hover)
{
  double px, py;

  *hover = (SalCanvasHover){ .x = -1, .y = -1 };
  if (!self->pointed || self->picture == NULL ||
      !sal_canvas_view_to_picture (&self->view, self->pointer_x, self->pointer_y, &px, &py))
    return FALSE;
  hover->x = CLAMP ((int) px, 0, self->view.columns - 1);
  hover->y = CLAMP ((int) py, 0, self->view.rows - 1);
  memcpy (hover->rgb, sal_image_pixel (self->picture, hover->x, hover->y), 3);

  if (self->heatmap == NULL)
    return TRUE;

  SalRect seen = sal_canvas_get_seen (self);
  int columns = sal_heatmap_width (self->heatmap), rows = sal_heatmap_height (self->heatmap);
  double column = floor ((px - seen.x) / seen.width * columns);
  double row = floor ((py - seen.y) / seen.height * rows);

  if (column >= 0 && column < columns && row >= 0 && row < rows) {
    hover->has_value = TRUE;
    hover->column = (int) column;
    hover->row = (int) row;
    hover->value = sal_heatmap_real (self->heatmap, hover->column, hover->row);
    /* Linear in the heatmap's pixels, 30 µs for a usual one: less than sorting each partial one. */
    hover->rank = sal_heatmap_rank (self->heatmap, hover->column, hover->row);
  }
  return TRUE;
}

static gboolean
same_hover (const SalCanvasHover *a, const SalCanvasHover *b)
{
  return a->x == b->x && a->y == b->y && memcmp (a->rgb, b->rgb, 3) == 0 &&
         a->has_value == b->has_value && a->column == b->column && a->row == b->row &&
         a->value == b->value && a->rank == b->rank;
}

void
sal_canvas_probe (SalCanvas *self)
{
  SalCanvasHover hover;

  probe (self, &hover);
  if (same_hover (&hover, &self->hover))
    return;
  self->hover = hover;
  /* The mark on the colour bar, and the loupe. */
  if ((self->heatmap != NULL && self->show_bar) || self->loupe)
    gtk_widget_queue_draw (GTK_WIDGET (self));
  g_signal_emit_by_name (self, "hover");
}

void
sal_canvas_update_actions (SalCanvas *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  double min, max, zoom = sal_canvas_view_zoom (&self->view);
  gboolean any = zoom > 0;

  sal_canvas_view_range (&self->view, &min, &max);
  gtk_widget_action_set_enabled (widget, "view.zoom-in", any && zoom < max);
  gtk_widget_action_set_enabled (widget, "view.zoom-out", any && zoom > min);
  gtk_widget_action_set_enabled (widget, "view.zoom-fit", any && !self->view.fit);
  gtk_widget_action_set_enabled (widget, "view.zoom-actual", any && zoom != 1);
}
