#include "app/comparison-private.h"

#include "app/exhibit.h"
#include "app/looks.h"

#include <math.h>

static SalHeatmapStyle
style_of (const SalComparisonCell *cell, const SalSettings *looks)
{
  const SalExplanation *explanation = cell->public.explanation;

  return sal_looks_appearance (explanation->method, explanation->settings, looks).heatmap;
}

/* The scale that holds for all: that of the strongest, as it would be shown alone. By their largest
 * values a single pixel of one would leave all of them without colour. */
static double
strongest (SalComparison *self)
{
  double limit = 0;

  for (guint j = 0; j < self->rows->len; j++)
    for (guint i = 0; i < self->columns->len; i++) {
      const SalComparisonCell *cell = sal_comparison_cell_at (self, i, j);
      if (cell->measured)
        limit = fmax (limit, cell->scale);
    }
  return limit;
}

static void
forget_heatmaps (SalComparison *self)
{
  self->drawing = NULL;
  for (guint j = 0; j < self->rows->len; j++)
    for (guint i = 0; i < self->columns->len; i++)
      g_clear_pointer (&sal_comparison_cell_at (self, i, j)->public.heatmap, sal_heatmap_unref);
}

/* Returns: (nullable): the next one to be drawn. What cells are compared by comes first, then where
 * one scale is to hold for all, what that of each would be. */
static SalComparisonCell *
next_cell (SalComparison *self)
{
  SalComparisonCell *next = NULL, *unmeasured = NULL;

  for (guint j = 0; j < self->rows->len; j++)
    for (guint i = 0; i < self->columns->len; i++) {
      SalComparisonCell *cell = sal_comparison_cell_at (self, i, j);

      if (cell->public.explanation == NULL)
        continue;
      if (cell->comparable == NULL)
        return cell;
      if (unmeasured == NULL && self->shared && !cell->measured)
        unmeasured = cell;
      if (next == NULL && cell->public.heatmap == NULL)
        next = cell;
    }
  return unmeasured != NULL ? unmeasured : next;
}

void
sal_comparison_next_heatmap (SalComparison *self)
{
  double limit = self->shared ? strongest (self) : 0;

  if (limit != self->limit) {
    self->limit = limit;
    forget_heatmaps (self);
  }
  SalComparisonCell *cell = sal_lane_busy (self->heatmap_lane) ? NULL : next_cell (self);
  if (cell == NULL)
    return;
  SalShow *show = g_new0 (SalShow, 1);
  show->values = sal_tensor_ref (cell->public.explanation->attribution->values);
  show->layout = sal_explanation_layout (cell->public.explanation, show->values);
  show->style = style_of (cell, self->looks);
  if (cell->comparable == NULL)
    show->style = sal_exhibit_comparable_style (&show->style);
  else if (cell->measured)
    show->style.limit = self->limit;
  self->drawing = cell;
  sal_lane_start (self->heatmap_lane, show, SAL_LANE_QUEUE);
}

/* What a cell is compared by shows the same part of the attribution. */
static void
forget_comparables (SalComparison *self, const SalSettings *looks)
{
  gboolean any = FALSE;

  for (guint j = 0; j < self->rows->len; j++)
    for (guint i = 0; i < self->columns->len; i++) {
      SalComparisonCell *cell = sal_comparison_cell_at (self, i, j);

      if (cell->comparable == NULL)
        continue;
      SalHeatmapStyle before = style_of (cell, self->looks), after = style_of (cell, looks);
      if (before.reduce == after.reduce && before.sign == after.sign)
        continue;
      sal_comparison_detach (self, cell);
      g_clear_pointer (&cell->comparable, sal_heatmap_unref);
      any = TRUE;
    }
  if (any)
    sal_comparison_similarity_changed (self);
}

void
sal_comparison_take_looks (SalComparison *self, const SalSettings *looks)
{
  SalSettings *copy = sal_settings_copy (looks);

  forget_comparables (self, looks);
  g_clear_pointer (&self->looks, sal_settings_free);
  self->looks = copy;
}

void
sal_comparison_redraw (SalComparison *self)
{
  for (guint j = 0; j < self->rows->len; j++)
    for (guint i = 0; i < self->columns->len; i++)
      sal_comparison_cell_at (self, i, j)->measured = FALSE;
  forget_heatmaps (self);
  sal_comparison_next_heatmap (self);
}

static void
heatmap_done (gpointer result, const GError *error, gpointer owner)
{
  SalComparison *self = owner;
  g_autoptr (SalHeatmap) heatmap = result;
  SalComparisonCell *cell = self->drawing;

  self->drawing = NULL;
  if (cell != NULL && heatmap != NULL && cell->comparable == NULL) {
    cell->comparable = g_steal_pointer (&heatmap);
    sal_comparison_add_pairs (self, cell);
    sal_comparison_next_pair (self);
  } else if (cell != NULL && heatmap != NULL) {
    gboolean own = !cell->measured;
    if (own)
      cell->scale = sal_heatmap_limit (heatmap);
    cell->measured = TRUE;
    if (!own || !self->shared) {
      cell->public.heatmap = g_steal_pointer (&heatmap);
      sal_comparison_cell_changed (self, cell);
    }
  } else if (cell != NULL && error != NULL) {
    sal_comparison_detach (self, cell);
    cell->public.state = SAL_CELL_FAILED;
    cell->public.problem = g_utf8_make_valid (error->message, -1);
    g_clear_pointer (&cell->public.explanation, sal_explanation_unref);
    g_clear_pointer (&cell->comparable, sal_heatmap_unref);
    sal_comparison_cell_changed (self, cell);
  }
  sal_comparison_next_heatmap (self);
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
  sal_comparison_next_heatmap (self);
}

gboolean
sal_comparison_shared (SalComparison *self)
{
  return self->shared;
}
