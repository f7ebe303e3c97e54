#include "app/comparison-private.h"

#include "app/looks.h"

#include <math.h>

static SalHeatmapStyle
heatmap_style (SalComparison *self, const SalComparisonCell *cell)
{
  const SalExplanation *explanation = cell->public.explanation;
  SalHeatmapStyle style =
      sal_looks_appearance (explanation->method, explanation->settings, self->looks).heatmap;

  if (self->shared)
    style.limit = self->limit;
  return style;
}

void
sal_comparison_next_heatmap (SalComparison *self)
{
  if (sal_lane_busy (self->heatmap_lane))
    return;
  for (guint j = 0; j < self->rows->len; j++)
    for (guint i = 0; i < self->columns->len; i++) {
      SalComparisonCell *cell = sal_comparison_cell_at (self, i, j);

      if (cell->public.explanation == NULL || cell->public.heatmap != NULL)
        continue;
      SalShow *show = g_new0 (SalShow, 1);
      show->values = sal_tensor_ref (cell->public.explanation->attribution->values);
      show->layout = sal_explanation_layout (cell->public.explanation, show->values);
      show->style = heatmap_style (self, cell);
      self->drawing = cell;
      sal_lane_start (self->heatmap_lane, show, SAL_LANE_QUEUE);
      return;
    }
}

/* The scale that holds for all: that of the strongest. */
static double
strongest (SalComparison *self)
{
  double limit = 0;

  for (guint j = 0; j < self->rows->len; j++)
    for (guint i = 0; i < self->columns->len; i++) {
      const SalComparisonCell *cell = sal_comparison_cell_at (self, i, j);
      if (cell->comparable != NULL)
        limit = fmax (limit, sal_heatmap_limit (cell->comparable));
    }
  return limit;
}

void
sal_comparison_redraw (SalComparison *self)
{
  self->drawing = NULL;
  for (guint j = 0; j < self->rows->len; j++)
    for (guint i = 0; i < self->columns->len; i++)
      g_clear_pointer (&sal_comparison_cell_at (self, i, j)->public.heatmap, sal_heatmap_unref);
  sal_comparison_next_heatmap (self);
}

static void
heatmap_done (gpointer result, const GError *error, gpointer owner)
{
  SalComparison *self = owner;
  g_autoptr (SalHeatmap) heatmap = result;
  SalComparisonCell *cell = self->drawing;

  self->drawing = NULL;
  if (cell != NULL && heatmap != NULL) {
    cell->public.heatmap = g_steal_pointer (&heatmap);
    sal_comparison_cell_changed (self, cell);
  } else if (cell != NULL && error != NULL) {
    sal_comparison_detach (self, cell);
    cell->public.state = SAL_CELL_FAILED;
    cell->public.problem = g_utf8_make_valid (error->message, -1);
    g_clear_pointer (&cell->public.explanation, sal_explanation_unref);
    sal_comparison_cell_changed (self, cell);
  }
  double limit = self->shared ? strongest (self) : 0;
  if (limit != self->limit) {
    self->limit = limit;
    sal_comparison_redraw (self);
  } else {
    sal_comparison_next_heatmap (self);
  }
}

const SalLaneType sal_comparison_heatmap_lane = {
  sal_work_show,
  NULL,
  heatmap_done,
  (GDestroyNotify) sal_show_free,
  (GDestroyNotify) sal_heatmap_unref,
};

SalOverlayStyle
sal_comparison_style (SalComparison *self, const SalCell *cell)
{
  return sal_looks_appearance (cell->explanation->method, cell->explanation->settings, self->looks)
      .overlay;
}

void
sal_comparison_set_shared (SalComparison *self, gboolean shared)
{
  g_return_if_fail (SAL_IS_COMPARISON (self));
  if (self->shared == !!shared)
    return;
  self->shared = !!shared;
  self->limit = shared ? strongest (self) : 0;
  sal_comparison_redraw (self);
}

gboolean
sal_comparison_shared (SalComparison *self)
{
  return self->shared;
}
