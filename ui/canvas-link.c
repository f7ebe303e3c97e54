#include "ui/canvas-link.h"

#include "ui/canvas-private.h"

struct _SalCanvasLink {
  GPtrArray *canvases; /* not owned */
  gboolean busy;       /* others follow, and are not followed in turn */
};

static void
follow (SalCanvas *self, const SalCanvas *leader)
{
  const SalCanvasView *from = &leader->view;
  SalCanvasView *to = &self->view;

  if (from->columns == 0 || to->columns == 0)
    return;
  to->fit = from->fit;
  if (!from->fit) {
    to->zoom = sal_canvas_view_fit_zoom (to) * sal_canvas_view_zoom (from) /
               sal_canvas_view_fit_zoom (from);
    to->x = from->x / from->columns * to->columns;
    to->y = from->y / from->rows * to->rows;
  }
  sal_canvas_view_changed (self, leader->moving);
}

static void
moved_cb (SalCanvas *leader, SalCanvasLink *link)
{
  if (link->busy)
    return;
  link->busy = TRUE;
  for (guint i = 0; i < link->canvases->len; i++)
    if (link->canvases->pdata[i] != leader)
      follow (link->canvases->pdata[i], leader);
  link->busy = FALSE;
}

static void
hover_cb (SalCanvas *leader, SalCanvasLink *link)
{
  SalCanvasHover hover;
  gboolean pointed = sal_canvas_get_hover (leader, &hover);

  sal_canvas_set_cross (leader, -1, -1);
  for (guint i = 0; i < link->canvases->len; i++) {
    SalCanvas *canvas = link->canvases->pdata[i];

    if (canvas == leader)
      continue;
    if (pointed && leader->view.columns > 0 && canvas->view.columns > 0)
      sal_canvas_set_cross (canvas, (hover.x + 0.5) / leader->view.columns * canvas->view.columns,
                            (hover.y + 0.5) / leader->view.rows * canvas->view.rows);
    else if (leader->pointed || !canvas->pointed || canvas->view.columns == 0)
      sal_canvas_set_cross (canvas, -1, -1);
  }
}

static void
gone_cb (gpointer data, GObject *canvas)
{
  SalCanvasLink *link = data;

  g_ptr_array_remove (link->canvases, canvas);
}

SalCanvasLink *
sal_canvas_link_new (void)
{
  SalCanvasLink *link = g_new0 (SalCanvasLink, 1);

  link->canvases = g_ptr_array_new ();
  return link;
}

void
sal_canvas_link_free (SalCanvasLink *link)
{
  if (link == NULL)
    return;
  for (guint i = 0; i < link->canvases->len; i++) {
    g_object_weak_unref (link->canvases->pdata[i], gone_cb, link);
    sal_canvas_set_cross (link->canvases->pdata[i], -1, -1);
    g_signal_handlers_disconnect_by_data (link->canvases->pdata[i], link);
  }
  g_ptr_array_unref (link->canvases);
  g_free (link);
}

void
sal_canvas_link_add (SalCanvasLink *link, SalCanvas *canvas)
{
  if (link->canvases->len > 0)
    follow (canvas, link->canvases->pdata[0]);
  g_ptr_array_add (link->canvases, canvas);
  g_object_weak_ref (G_OBJECT (canvas), gone_cb, link);
  g_signal_connect (canvas, "moved", G_CALLBACK (moved_cb), link);
  g_signal_connect (canvas, "hover", G_CALLBACK (hover_cb), link);
}
