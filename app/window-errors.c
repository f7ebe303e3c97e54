/* Standard errors in the window: rows that come and go with a result that has them, and marks on
 * pixels whose sign is not settled. */
#include "app/window-private.h"

#include "app/looks.h"
#include "app/unsettled.h"

static void
marks_done (gpointer result, const GError *error, gpointer owner)
{
  SalWindow *self = owner;

  sal_canvas_set_marks (self->canvas, result);
  sal_region_unref (result);
}

static const SalLaneType marks_lane = {
  sal_work_unsettled,
  NULL,
  marks_done,
  (GDestroyNotify) sal_unsettled_free,
  (GDestroyNotify) sal_region_unref,
};

void
sal_window_show_errors (SalWindow *self)
{
  SalTensor *error = sal_document_error (self->document);
  SalLayout layout;

  /* Rows stay while the next result is on its way: it may have them, too. */
  if (error != NULL || sal_document_state (self->document) == SAL_DOCUMENT_DONE) {
    sal_param_panel_set_available (self->looks, "quantity", error != NULL);
    sal_param_panel_set_available (self->looks, "unsettled", error != NULL);
  }
  if (error != NULL && self->exhibit == NULL &&
      sal_looks_want_marks (sal_document_looks (self->document))) {
    SalTensor *values = sal_document_values (self->document, &layout);
    SalHeatmapStyle style = sal_looks_appearance (sal_document_method (self->document),
                                                  sal_document_settings (self->document),
                                                  sal_document_looks (self->document))
                                .heatmap;

    sal_lane_start (self->marks, sal_unsettled_new (values, error, layout, &style), SAL_LANE_QUEUE);
  } else {
    sal_lane_cancel (self->marks);
    sal_canvas_set_marks (self->canvas, NULL);
  }
}

void
sal_window_errors_init (SalWindow *self)
{
  static const char *const signals[] = { "notify::state", "notify::looks", "notify::view",
                                         "notify::heatmap" };

  self->marks = sal_lane_new (&marks_lane, self);
  sal_window_show_errors (self);
  sal_param_panel_set_available (self->looks, "quantity", FALSE);
  sal_param_panel_set_available (self->looks, "unsettled", FALSE);
  for (gsize i = 0; i < G_N_ELEMENTS (signals); i++)
    g_signal_connect_object (self->document, signals[i], G_CALLBACK (sal_window_show_errors), self,
                             G_CONNECT_SWAPPED);
}
