#include "tests/ui/canvas-stage.h"

static void
hover_cb (SalCanvas *canvas, Stage *stage)
{
  stage->hovers++;
}

void
stage_init (Stage *stage, SalImage *picture, SalHeatmap *heatmap)
{
  GtkWidget *canvas = sal_canvas_new ();

  *stage = (Stage){ .canvas = SAL_CANVAS (canvas) };
  sal_canvas_set_show_bar (stage->canvas, FALSE);
  sal_canvas_set_picture (stage->canvas, picture);
  sal_canvas_set_heatmap (stage->canvas, heatmap);
  g_signal_connect (canvas, "hover", G_CALLBACK (hover_cb), stage);
  stage->window = ui_show (canvas, STAGE_WIDTH, STAGE_HEIGHT);
  stage->scale = gtk_widget_get_scale_factor (canvas);
  g_assert_cmpint (stage->canvas->view.scale, ==, stage->scale);
}

void
stage_clear (Stage *stage)
{
  g_object_ref (stage->canvas);
  gtk_window_destroy (GTK_WINDOW (stage->window));
  g_assert_finalize_object (stage->canvas);
}

gboolean
stage_is_settled (gpointer data)
{
  SalCanvas *canvas = data;

  return canvas->rest_id == 0 && (canvas->pyramid == NULL || sal_pyramid_is_done (canvas->pyramid));
}

cairo_surface_t *
stage_look (Stage *stage)
{
  g_assert_true (ui_wait_until (stage_is_settled, stage->canvas, 20000));
  return ui_picture_of (GTK_WIDGET (stage->canvas));
}

SalCanvasPane
stage_pane (Stage *stage, int index)
{
  SalCanvasPane panes[2];

  g_assert_cmpint (sal_canvas_view_panes (&stage->canvas->view, panes), >, index);
  return panes[index];
}

guint32
stage_rgb (const SalImage *image, int x, int y)
{
  const guint8 *p = sal_image_pixel (image, x, y);

  return (guint32) p[0] << 16 | (guint32) p[1] << 8 | p[2];
}

int
stage_far_from (cairo_surface_t *drawn, const SalCanvasPane *pane, const SalImage *image, int from,
                int to)
{
  int far = 0;

  g_assert_cmpint (sal_image_width (image), ==, pane->picture.width);
  g_assert_cmpint (sal_image_height (image), ==, pane->picture.height);
  g_assert_cmpint (pane->visible.width, >, 0);
  for (int y = pane->visible.y; y < pane->visible.y + pane->visible.height; y++)
    for (int x = pane->visible.x + from; x < pane->visible.x + to; x++)
      far = MAX (far, ui_far (ui_pixel (drawn, x, y),
                              stage_rgb (image, x - pane->picture.x, y - pane->picture.y)));
  return far;
}

int
stage_far (cairo_surface_t *drawn, const SalCanvasPane *pane, const SalImage *image)
{
  return stage_far_from (drawn, pane, image, 0, pane->visible.width);
}

SalImage *
stage_rendered (Stage *stage, int factor)
{
  g_autoptr (GError) error = NULL;
  SalRect seen = sal_canvas_get_seen (stage->canvas);
  SalImage *image = sal_overlay_render (sal_canvas_get_picture (stage->canvas),
                                        sal_canvas_get_heatmap (stage->canvas), &seen,
                                        sal_canvas_get_style (stage->canvas), factor, &error);

  g_assert_no_error (error);
  return image;
}

GtkEventController *
stage_controller (Stage *stage, GType type)
{
  g_autoptr (GListModel) all = gtk_widget_observe_controllers (GTK_WIDGET (stage->canvas));

  for (guint i = 0; i < g_list_model_get_n_items (all); i++) {
    g_autoptr (GtkEventController) item = g_list_model_get_item (all, i);

    if (G_TYPE_CHECK_INSTANCE_TYPE (item, type))
      return item;
  }
  g_assert_not_reached ();
}

void
stage_point_at (Stage *stage, double x, double y)
{
  g_signal_emit_by_name (stage_controller (stage, GTK_TYPE_EVENT_CONTROLLER_MOTION), "motion",
                         x / stage->scale, y / stage->scale);
}

SalImage *
stage_large (int columns, int rows)
{
  int factor = MAX (MIN (columns, rows) / 100, 1);
  g_autoptr (SalImage) small = ui_scenery (columns / factor, rows / factor);

  return sal_image_enlarge_nearest (small, factor);
}
