#include "app/comparison-private.h"

#include "engine/explain/smooth.h"

#include <string.h>

G_DEFINE_FINAL_TYPE (SalComparison, sal_comparison, G_TYPE_OBJECT)

enum { LAYOUT, CELL, PROGRESS, SIMILARITY, REMOVED, N_SIGNALS };
static guint signals[N_SIGNALS];

/* Cells. */

void
sal_comparison_cell_clear (SalComparisonCell *cell)
{
  g_clear_pointer (&cell->public.explanation, sal_explanation_unref);
  g_clear_pointer (&cell->public.heatmap, sal_heatmap_unref);
  g_clear_pointer (&cell->public.problem, g_free);
  g_clear_pointer (&cell->comparable, sal_heatmap_unref);
  g_clear_pointer (&cell->asked, sal_comparison_question_free);
  cell->measured = FALSE;
  cell->public.state = SAL_CELL_WAITING;
  cell->public.fraction = 0;
}

void
sal_comparison_detach (SalComparison *self, SalComparisonCell *cell)
{
  if (self->running == cell) {
    self->running = NULL;
    sal_lane_cancel (self->lane);
  }
  if (self->drawing == cell)
    self->drawing = NULL;
  if (self->pair[0] == cell || self->pair[1] == cell)
    self->pair[0] = self->pair[1] = NULL;
  for (guint i = self->pairs->len; i-- > 0;) {
    const SalComparisonPair *pair = &g_array_index (self->pairs, SalComparisonPair, i);
    if (pair->a == cell || pair->b == cell)
      g_array_remove_index_fast (self->pairs, i);
  }
}

void
sal_comparison_cell_free (gpointer data)
{
  if (data == NULL)
    return;
  sal_comparison_cell_clear (data);
  g_free (data);
}

static void
column_free (gpointer data)
{
  SalComparisonColumn *column = data;

  g_free (column->id);
  g_free (column->label);
  g_clear_pointer (&column->model, sal_model_unref);
  g_ptr_array_unref (column->cells);
  g_free (column);
}

static void
row_free (gpointer data)
{
  SalComparisonRow *row = data;

  g_free (row->path);
  g_free (row->label);
  g_clear_pointer (&row->picture, sal_picture_unref);
  g_free (row);
}

SalComparisonColumn *
sal_comparison_column (SalComparison *self, guint i)
{
  return self->columns->pdata[i];
}

SalComparisonCell *
sal_comparison_cell_at (SalComparison *self, guint column, guint row)
{
  return sal_comparison_column (self, column)->cells->pdata[row];
}

gboolean
sal_comparison_find (SalComparison *self, const SalComparisonCell *cell, guint *column, guint *row)
{
  for (guint i = 0; cell != NULL && i < self->columns->len; i++)
    if (g_ptr_array_find (sal_comparison_column (self, i)->cells, cell, row)) {
      *column = i;
      return TRUE;
    }
  return FALSE;
}

void
sal_comparison_cell_changed (SalComparison *self, const SalComparisonCell *cell)
{
  guint column, row;

  if (sal_comparison_find (self, cell, &column, &row))
    g_signal_emit (self, signals[CELL], 0, column, row);
  g_signal_emit (self, signals[PROGRESS], 0);
}

void
sal_comparison_similarity_changed (SalComparison *self)
{
  g_signal_emit (self, signals[SIMILARITY], 0);
}

static void
restart_cell (SalComparison *self, SalComparisonCell *cell)
{
  sal_comparison_detach (self, cell);
  sal_comparison_cell_clear (cell);
}

/* Columns and rows. */

gboolean
sal_comparison_append (SalComparison *self, const char *id)
{
  if (self->columns->len >= SAL_COMPARISON_SIDE)
    return FALSE;
  for (guint i = 0; i < self->columns->len; i++)
    if (g_str_equal (sal_comparison_column (self, i)->id, id))
      return FALSE;
  SalComparisonColumn *column = g_new0 (SalComparisonColumn, 1);

  column->id = g_strdup (id);
  column->label = sal_comparison_label (self, id);
  column->cells = g_ptr_array_new_with_free_func (sal_comparison_cell_free);
  for (guint j = 0; j < self->rows->len; j++)
    g_ptr_array_add (column->cells, g_new0 (SalComparisonCell, 1));
  if (self->axis == SAL_COMPARE_MODELS && g_strcmp0 (sal_model_path (self->view->model), id) == 0)
    column->model = sal_model_ref (self->view->model);
  g_ptr_array_add (self->columns, column);
  return TRUE;
}

void
sal_comparison_drop (SalComparison *self, guint i)
{
  for (guint j = 0; j < self->rows->len; j++)
    sal_comparison_detach (self, sal_comparison_cell_at (self, i, j));
  g_ptr_array_remove_index (self->columns, i);
}

void
sal_comparison_changed (SalComparison *self)
{
  g_signal_emit (self, signals[LAYOUT], 0);
  g_signal_emit (self, signals[PROGRESS], 0);
  g_signal_emit (self, signals[SIMILARITY], 0);
  sal_comparison_next (self);
  sal_comparison_next_heatmap (self);
  sal_comparison_next_pair (self);
}

gboolean
sal_comparison_add (SalComparison *self, const char *id)
{
  g_return_val_if_fail (SAL_IS_COMPARISON (self), FALSE);
  if (self->view == NULL || (self->axis == SAL_COMPARE_METHODS && sal_method_find (id) == NULL) ||
      !sal_comparison_append (self, id))
    return FALSE;
  sal_comparison_changed (self);
  return TRUE;
}

void
sal_comparison_remove (SalComparison *self, guint column)
{
  g_return_if_fail (SAL_IS_COMPARISON (self) && column < self->columns->len);
  SalComparisonPart *part = sal_comparison_take (self, FALSE, column);

  g_signal_emit (self, signals[REMOVED], 0, part);
  sal_comparison_part_unref (part);
}

void
sal_comparison_move (SalComparison *self, guint column, guint to)
{
  g_return_if_fail (SAL_IS_COMPARISON (self) && column < self->columns->len);
  SalComparisonColumn *moved = g_ptr_array_steal_index (self->columns, column);

  g_ptr_array_insert (self->columns, (int) MIN (to, self->columns->len), moved);
  sal_comparison_changed (self);
}

gboolean
sal_comparison_append_row (SalComparison *self, const char *path, SalPicture *picture)
{
  if (self->rows->len >= SAL_COMPARISON_SIDE)
    return FALSE;
  for (guint j = 0; j < self->rows->len; j++)
    if (g_str_equal (((SalComparisonRow *) self->rows->pdata[j])->path, path))
      return FALSE;
  SalComparisonRow *row = g_new0 (SalComparisonRow, 1);

  row->path = g_strdup (path);
  row->label = g_filename_display_basename (path);
  row->picture = picture != NULL ? sal_picture_ref (picture) : NULL;
  g_ptr_array_add (self->rows, row);
  for (guint i = 0; i < self->columns->len; i++)
    g_ptr_array_add (sal_comparison_column (self, i)->cells, g_new0 (SalComparisonCell, 1));
  return TRUE;
}

gboolean
sal_comparison_add_picture (SalComparison *self, const char *path)
{
  g_return_val_if_fail (SAL_IS_COMPARISON (self), FALSE);
  if (self->view == NULL || !sal_comparison_append_row (self, path, NULL))
    return FALSE;
  sal_comparison_changed (self);
  return TRUE;
}

void
sal_comparison_drop_row (SalComparison *self, guint row)
{
  for (guint i = 0; i < self->columns->len; i++) {
    sal_comparison_detach (self, sal_comparison_cell_at (self, i, row));
    g_ptr_array_remove_index (sal_comparison_column (self, i)->cells, row);
  }
  g_ptr_array_remove_index (self->rows, row);
}

void
sal_comparison_remove_picture (SalComparison *self, guint row)
{
  g_return_if_fail (SAL_IS_COMPARISON (self) && row < self->rows->len);
  SalComparisonPart *part = sal_comparison_take (self, TRUE, row);

  g_signal_emit (self, signals[REMOVED], 0, part);
  sal_comparison_part_unref (part);
}

/* The question. */

/* The picture that is open comes first. In the place of the one that was open before, unless it is
 * one of the others already. */
static void
take_first_row (SalComparison *self, SalPicture *picture)
{
  guint at = 0;

  while (at < self->rows->len &&
         !g_str_equal (((SalComparisonRow *) self->rows->pdata[at])->path, picture->path))
    at++;
  if (at == self->rows->len) {
    if (at > 0)
      sal_comparison_drop_row (self, 0);
    sal_comparison_append_row (self, picture->path, picture);
    at = self->rows->len - 1;
  }
  g_ptr_array_insert (self->rows, 0, g_ptr_array_steal_index (self->rows, at));
  for (guint i = 0; i < self->columns->len; i++) {
    GPtrArray *cells = sal_comparison_column (self, i)->cells;
    g_ptr_array_insert (cells, 0, g_ptr_array_steal_index (cells, at));
  }
  SalComparisonRow *row = self->rows->pdata[0];
  sal_picture_ref (picture);
  g_clear_pointer (&row->picture, sal_picture_unref);
  row->picture = picture;
}

static void
restart_outdated (SalComparison *self)
{
  for (guint i = 0; i < self->columns->len; i++)
    for (guint j = 0; j < self->rows->len; j++)
      if (!sal_comparison_is_current (self, i, j))
        restart_cell (self, sal_comparison_cell_at (self, i, j));
}

/* Columns of layers are those of a method that has some. */
static const SalMethod *
method_for (SalCompareAxis axis, const SalMethod *method)
{
  return axis == SAL_COMPARE_LAYERS && method != NULL &&
                 sal_param_find (method->params, "layer") == NULL
             ? sal_method_find ("grad-cam")
             : method;
}

/* Another picture is open, or another model: columns and rows are adapted to it. */
static void
take_view (SalComparison *self, SalView *view)
{
  g_autoptr (SalView) before = self->view;
  gboolean same_graph = before != NULL && !self->other_graph &&
                        sal_model_graph (before->model) == sal_model_graph (view->model);

  self->view = sal_view_ref (view);
  if (!same_graph)
    g_hash_table_remove_all (self->remembered); /* layers that this one does not have */
  if (self->resting || before == NULL || before->model != view->model)
    sal_comparison_adapt_columns (self, same_graph ? before->model : NULL);
  take_first_row (self, view->picture);
  if (before != NULL)
    sal_comparison_forget_away (self, before, view);
  self->resting = self->other_graph = FALSE;
}

gboolean
sal_comparison_is_past (const SalComparisonCell *cell, const SalView *before, const SalView *view)
{
  const SalComparisonQuestion *asked = cell->asked;

  return asked != NULL && ((before->model != view->model && asked->model == before->model) ||
                           (before->picture != view->picture && asked->picture == before->picture));
}

void
sal_comparison_leave (SalComparison *self, SalView *view)
{
  g_return_if_fail (SAL_IS_COMPARISON (self) && view != NULL);
  if (self->view == NULL || self->view == view)
    return;
  g_autoptr (SalView) before = g_steal_pointer (&self->view);

  for (guint j = 0; j < self->rows->len; j++) {
    SalComparisonRow *row = self->rows->pdata[j];

    for (guint i = 0; i < self->columns->len; i++) {
      SalComparisonCell *cell = sal_comparison_cell_at (self, i, j);

      if (cell == self->running || sal_comparison_is_past (cell, before, view))
        restart_cell (self, cell);
    }
    if (row->picture == before->picture && view->picture != before->picture)
      g_clear_pointer (&row->picture, sal_picture_unref);
  }
  for (guint i = 0; i < self->columns->len; i++) {
    SalComparisonColumn *column = sal_comparison_column (self, i);

    if (column->model == before->model && view->model != before->model)
      g_clear_pointer (&column->model, sal_model_unref);
  }
  sal_comparison_forget_away (self, before, view);
  self->view = sal_view_ref (view);
  self->resting = TRUE;
  self->other_graph |= sal_model_graph (before->model) != sal_model_graph (view->model);
  sal_comparison_changed (self);
}

void
sal_comparison_ask (SalComparison *self, SalView *view, const SalMethod *method,
                    const SalSettings *settings, SalTarget target, const SalSettings *looks)
{
  g_return_if_fail (SAL_IS_COMPARISON (self) && view != NULL);
  const SalMethod *asked = method;
  method = method_for (self->axis, asked);
  gboolean anew = self->view != view || self->resting;
  gboolean other = anew || self->method != method ||
                   memcmp (&target, &self->target, sizeof target) != 0 ||
                   !sal_settings_same (method->params, settings, self->settings) ||
                   !sal_settings_same (sal_smooth_params (), settings, self->settings);
  SalSettings *copy = sal_settings_copy (settings);

  self->method = method;
  g_clear_pointer (&self->settings, sal_settings_free);
  self->settings = copy;
  sal_comparison_take_looks (self, looks);
  self->target = target;
  if (anew)
    take_view (self, view);
  g_hash_table_insert (self->remembered, (gpointer) method->id, sal_settings_copy (settings));
  if (sal_comparison_take_wish (self)) {
    self->method = method_for (self->axis, asked);
    other = TRUE;
  }
  if (other) {
    restart_outdated (self);
    sal_comparison_changed (self);
  }
  sal_comparison_redraw (self);
}

void
sal_comparison_set_axis (SalComparison *self, SalCompareAxis axis)
{
  g_return_if_fail (SAL_IS_COMPARISON (self));
  if (self->axis == axis && self->columns->len > 0)
    return;
  sal_comparison_put_away (self);
  self->axis = axis;
  self->method = method_for (axis, self->method);
  if (!sal_comparison_bring_back (self))
    sal_comparison_start_columns (self);
  sal_comparison_changed (self);
}

SalCompareAxis
sal_comparison_axis (SalComparison *self)
{
  return self->axis;
}

guint
sal_comparison_n_columns (SalComparison *self)
{
  return self->columns->len;
}

guint
sal_comparison_n_rows (SalComparison *self)
{
  return self->rows->len;
}

const char *
sal_comparison_column_label (SalComparison *self, guint column)
{
  return sal_comparison_column (self, column)->label;
}

const char *
sal_comparison_row_label (SalComparison *self, guint row)
{
  return ((SalComparisonRow *) self->rows->pdata[row])->label;
}

SalPicture *
sal_comparison_picture (SalComparison *self, guint row)
{
  return ((SalComparisonRow *) self->rows->pdata[row])->picture;
}

const SalCell *
sal_comparison_cell (SalComparison *self, guint column, guint row)
{
  return &sal_comparison_cell_at (self, column, row)->public;
}

void
sal_comparison_cancel_cell (SalComparison *self, guint column, guint row)
{
  SalComparisonCell *cell = sal_comparison_cell_at (self, column, row);

  if (cell == self->running) {
    sal_lane_cancel (self->lane);
  } else if (cell->public.state == SAL_CELL_WAITING) {
    cell->public.state = SAL_CELL_CANCELLED;
    sal_comparison_cell_changed (self, cell);
  }
}

void
sal_comparison_resume_cell (SalComparison *self, guint column, guint row)
{
  SalComparisonCell *cell = sal_comparison_cell_at (self, column, row);

  if (cell->public.state != SAL_CELL_CANCELLED && cell->public.state != SAL_CELL_FAILED)
    return;
  restart_cell (self, cell);
  sal_comparison_cell_changed (self, cell);
  sal_comparison_next (self);
}

void
sal_comparison_cancel (SalComparison *self)
{
  for (guint j = 0; j < self->rows->len; j++)
    for (guint i = 0; i < self->columns->len; i++)
      sal_comparison_cancel_cell (self, i, j);
}

gboolean
sal_comparison_progress (SalComparison *self, guint *done, guint *all)
{
  guint open = 0;

  *all = self->columns->len * self->rows->len;
  for (guint j = 0; j < self->rows->len; j++)
    for (guint i = 0; i < self->columns->len; i++) {
      SalCellState state = sal_comparison_cell_at (self, i, j)->public.state;
      open += state == SAL_CELL_WAITING || state == SAL_CELL_RUNNING;
    }
  *done = *all - open;
  return open > 0 && self->view != NULL && !self->resting;
}

static void
sal_comparison_dispose (GObject *object)
{
  SalComparison *self = SAL_COMPARISON (object);

  g_clear_pointer (&self->lane, sal_lane_free);
  g_clear_pointer (&self->heatmap_lane, sal_lane_free);
  g_clear_pointer (&self->pair_lane, sal_lane_free);
  G_OBJECT_CLASS (sal_comparison_parent_class)->dispose (object);
}

static void
sal_comparison_finalize (GObject *object)
{
  SalComparison *self = SAL_COMPARISON (object);

  for (int i = 0; i < SAL_N_COMPARE; i++)
    g_ptr_array_unref (self->away[i]);
  g_ptr_array_unref (self->columns);
  g_ptr_array_unref (self->rows);
  g_array_unref (self->pairs);
  g_clear_pointer (&self->wish, sal_comparison_layout_free);
  g_clear_pointer (&self->view, sal_view_unref);
  g_clear_pointer (&self->settings, sal_settings_free);
  g_clear_pointer (&self->looks, sal_settings_free);
  g_hash_table_unref (self->remembered);
  G_OBJECT_CLASS (sal_comparison_parent_class)->finalize (object);
}

static void
sal_comparison_class_init (SalComparisonClass *klass)
{
  GType type = SAL_TYPE_COMPARISON;

  G_OBJECT_CLASS (klass)->dispose = sal_comparison_dispose;
  G_OBJECT_CLASS (klass)->finalize = sal_comparison_finalize;
  signals[LAYOUT] =
      g_signal_new ("layout", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[CELL] = g_signal_new ("cell", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                2, G_TYPE_UINT, G_TYPE_UINT);
  signals[PROGRESS] =
      g_signal_new ("progress", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIMILARITY] =
      g_signal_new ("similarity", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[REMOVED] = g_signal_new ("removed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 1, G_TYPE_POINTER);
}

static void
sal_comparison_init (SalComparison *self)
{
  self->columns = g_ptr_array_new_with_free_func (column_free);
  self->rows = g_ptr_array_new_with_free_func (row_free);
  for (int i = 0; i < SAL_N_COMPARE; i++)
    self->away[i] = g_ptr_array_new_with_free_func ((GDestroyNotify) sal_comparison_part_unref);
  self->pairs = g_array_new (FALSE, TRUE, sizeof (SalComparisonPair));
  self->remembered =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) sal_settings_free);
  self->lane = sal_lane_new (&sal_comparison_work_lane, self);
  self->heatmap_lane = sal_lane_new (&sal_comparison_heatmap_lane, self);
  self->pair_lane = sal_lane_new (&sal_comparison_pair_lane, self);
}

SalComparison *
sal_comparison_new (void)
{
  return g_object_new (SAL_TYPE_COMPARISON, NULL);
}
