/* Columns and rows that were taken away, with all that had been worked out, until nobody can want
 * them back. */
#include "app/comparison-private.h"

struct _SalComparisonPart {
  gboolean is_row;
  guint position;
  char *id; /* of the column, or path of the row's picture */
  char *label;
  SalCompareAxis axis;
  SalGraph *graph; /* (nullable): that classes and layers are of */
  SalModel *model; /* of a column, likewise of the row: what has been loaded for it */
  SalPicture *picture;
  GPtrArray *others; /* ids of the rows, or of the columns, that its cells were in */
  GPtrArray *cells;  /* as many; NULL once they are back */
};

static void
part_clear (gpointer data)
{
  SalComparisonPart *part = data;

  g_free (part->id);
  g_free (part->label);
  g_clear_pointer (&part->graph, sal_graph_unref);
  g_clear_pointer (&part->model, sal_model_unref);
  g_clear_pointer (&part->picture, sal_picture_unref);
  g_ptr_array_unref (part->others);
  g_ptr_array_unref (part->cells);
}

SalComparisonPart *
sal_comparison_part_ref (SalComparisonPart *part)
{
  return g_rc_box_acquire (part);
}

void
sal_comparison_part_unref (SalComparisonPart *part)
{
  g_rc_box_release_full (part, part_clear);
}

const char *
sal_comparison_part_label (const SalComparisonPart *part)
{
  return part->label;
}

const char *
sal_comparison_part_id (const SalComparisonPart *part)
{
  return part->id;
}

/* Taking away. */

/* How it is shown, and by that what it is compared by, may be another by the time it is back. */
static void
keep (SalComparison *self, SalComparisonPart *part, const char *other, SalComparisonCell *cell)
{
  sal_comparison_detach (self, cell);
  if (cell->public.state != SAL_CELL_DONE)
    sal_comparison_cell_clear (cell);
  g_clear_pointer (&cell->public.heatmap, sal_heatmap_unref);
  g_clear_pointer (&cell->comparable, sal_heatmap_unref);
  cell->measured = FALSE;
  g_ptr_array_add (part->others, g_strdup (other));
  g_ptr_array_add (part->cells, cell);
}

static void
start_part (SalComparison *self, SalComparisonPart *part, gboolean is_row, guint position)
{
  g_clear_pointer (&part->others, g_ptr_array_unref);
  g_clear_pointer (&part->cells, g_ptr_array_unref);
  part->others = g_ptr_array_new_with_free_func (g_free);
  part->cells = g_ptr_array_new_with_free_func (sal_comparison_cell_free);
  part->is_row = is_row;
  part->position = position;
  part->axis = self->axis;
  g_clear_pointer (&part->graph, sal_graph_unref);
  if (self->view != NULL && (self->axis == SAL_COMPARE_CLASSES || self->axis == SAL_COMPARE_LAYERS))
    part->graph = sal_graph_ref (sal_model_graph (self->view->model));
}

static void
take_column (SalComparison *self, SalComparisonPart *part, guint i)
{
  SalComparisonColumn *column = sal_comparison_column (self, i);

  start_part (self, part, FALSE, i);
  for (guint j = 0; j < self->rows->len; j++)
    keep (self, part, ((SalComparisonRow *) self->rows->pdata[j])->path,
          g_ptr_array_steal_index (column->cells, 0));
  if (part->id == NULL) {
    part->id = g_strdup (column->id);
    part->label = g_strdup (column->label);
  }
  g_clear_pointer (&part->model, sal_model_unref);
  part->model = g_steal_pointer (&column->model);
  g_ptr_array_remove_index (self->columns, i);
}

/* Columns of other kinds have cells in the row, too, which hold on to its picture. */
static void
forget_row_away (SalComparison *self, const char *path)
{
  for (int axis = 0; axis < SAL_N_COMPARE; axis++)
    for (guint i = 0; i < self->away[axis]->len; i++) {
      SalComparisonPart *part = self->away[axis]->pdata[i];

      for (guint j = part->others->len; j-- > 0;)
        if (g_str_equal (part->others->pdata[j], path)) {
          g_ptr_array_remove_index (part->others, j);
          g_ptr_array_remove_index (part->cells, j);
        }
    }
}

static void
take_row (SalComparison *self, SalComparisonPart *part, guint j)
{
  SalComparisonRow *row = self->rows->pdata[j];

  forget_row_away (self, row->path);
  start_part (self, part, TRUE, j);
  for (guint i = 0; i < self->columns->len; i++)
    keep (self, part, sal_comparison_column (self, i)->id,
          g_ptr_array_steal_index (sal_comparison_column (self, i)->cells, j));
  if (part->id == NULL) {
    part->id = g_strdup (row->path);
    part->label = g_strdup (row->label);
  }
  g_clear_pointer (&part->picture, sal_picture_unref);
  part->picture = g_steal_pointer (&row->picture);
  g_ptr_array_remove_index (self->rows, j);
}

SalComparisonPart *
sal_comparison_take (SalComparison *self, gboolean row, guint position)
{
  SalComparisonPart *part = g_rc_box_new0 (SalComparisonPart);

  if (row)
    take_row (self, part, position);
  else
    take_column (self, part, position);
  sal_comparison_changed (self);
  return part;
}

void
sal_comparison_take_again (SalComparison *self, SalComparisonPart *part)
{
  g_return_if_fail (SAL_IS_COMPARISON (self));
  guint n = part->is_row ? self->rows->len : self->columns->len;

  for (guint i = 0; i < n; i++) {
    const char *id = part->is_row ? ((SalComparisonRow *) self->rows->pdata[i])->path
                                  : sal_comparison_column (self, i)->id;
    if (!g_str_equal (id, part->id))
      continue;
    if (part->is_row)
      take_row (self, part, i);
    else
      take_column (self, part, i);
    sal_comparison_changed (self);
    return;
  }
}

/* Putting back. */

/* The cell that was in the row, or in the column, called @other. */
static void
restore_cell (SalComparison *self, SalComparisonPart *part, const char *other, gpointer *cell)
{
  for (guint i = 0; i < part->others->len; i++)
    if (part->cells->pdata[i] != NULL && g_str_equal (part->others->pdata[i], other)) {
      sal_comparison_cell_free (*cell);
      *cell = g_steal_pointer (&part->cells->pdata[i]);
      return;
    }
}

/* What would be asked otherwise by now is worked out anew. */
static void
check_cell (SalComparison *self, guint column, guint row)
{
  SalComparisonCell *cell = sal_comparison_cell_at (self, column, row);

  if (!sal_comparison_is_current (self, column, row))
    sal_comparison_cell_clear (cell);
}

static gboolean
put_column_back (SalComparison *self, SalComparisonPart *part)
{
  gboolean any_graph = part->axis == SAL_COMPARE_METHODS || part->axis == SAL_COMPARE_MODELS;

  if (self->view == NULL || part->axis != self->axis ||
      (!any_graph && part->graph != sal_model_graph (self->view->model)) ||
      !sal_comparison_append (self, part->id))
    return FALSE;
  SalComparisonColumn *column = g_ptr_array_steal_index (self->columns, self->columns->len - 1);
  guint i = MIN (part->position, self->columns->len);

  g_ptr_array_insert (self->columns, (int) i, column);
  if (column->model == NULL)
    column->model = g_steal_pointer (&part->model);
  for (guint j = 0; j < self->rows->len; j++) {
    restore_cell (self, part, ((SalComparisonRow *) self->rows->pdata[j])->path,
                  &column->cells->pdata[j]);
    check_cell (self, i, j);
  }
  return TRUE;
}

static gboolean
put_row_back (SalComparison *self, SalComparisonPart *part)
{
  g_autoptr (SalPicture) picture = g_steal_pointer (&part->picture);

  if (self->view == NULL || !sal_comparison_append_row (self, part->id, picture))
    return FALSE;
  guint last = self->rows->len - 1, j = MIN (part->position, last);

  g_ptr_array_insert (self->rows, (int) j, g_ptr_array_steal_index (self->rows, last));
  for (guint i = 0; i < self->columns->len; i++) {
    GPtrArray *cells = sal_comparison_column (self, i)->cells;

    g_ptr_array_insert (cells, (int) j, g_ptr_array_steal_index (cells, last));
    restore_cell (self, part, sal_comparison_column (self, i)->id, &cells->pdata[j]);
    check_cell (self, i, j);
  }
  return TRUE;
}

void
sal_comparison_put_back (SalComparison *self, SalComparisonPart *part)
{
  g_return_if_fail (SAL_IS_COMPARISON (self));
  if (!(part->is_row ? put_row_back (self, part) : put_column_back (self, part)))
    return;
  sal_comparison_changed (self);
}

/* All of one kind, while columns are of another. */

void
sal_comparison_put_away (SalComparison *self)
{
  GPtrArray *away = self->away[self->axis];

  g_ptr_array_set_size (away, 0);
  while (self->columns->len > 0) {
    SalComparisonPart *part = g_rc_box_new0 (SalComparisonPart);

    take_column (self, part, 0);
    part->position = away->len;
    g_ptr_array_add (away, part);
  }
}

void
sal_comparison_forget_away (SalComparison *self, const SalView *before, const SalView *view)
{
  for (int axis = 0; axis < SAL_N_COMPARE; axis++)
    for (guint i = self->away[axis]->len; i-- > 0;) {
      SalComparisonPart *part = self->away[axis]->pdata[i];

      for (guint j = 0; j < part->cells->len; j++)
        if (part->cells->pdata[j] != NULL &&
            sal_comparison_is_past (part->cells->pdata[j], before, view))
          sal_comparison_cell_clear (part->cells->pdata[j]);
      if (part->model == before->model && view->model != before->model)
        g_clear_pointer (&part->model, sal_model_unref);
      if (part->graph != NULL && part->graph != sal_model_graph (view->model))
        g_ptr_array_remove_index (self->away[axis], i); /* it would not come back */
    }
}

gboolean
sal_comparison_bring_back (SalComparison *self)
{
  GPtrArray *away = self->away[self->axis];

  for (guint i = 0; i < away->len; i++)
    put_column_back (self, away->pdata[i]);
  g_ptr_array_set_size (away, 0);
  if (self->columns->len > 0)
    sal_comparison_adapt_columns (self, self->view->model);
  return self->columns->len > 0;
}
