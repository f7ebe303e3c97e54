#include "app/comparison-private.h"

#include "app/file-failure.h"
#include "engine/explain/reasons.h"
#include "engine/explain/smooth.h"

#include <glib/gi18n.h>

/* What a cell asks. */

typedef struct {
  SalModel *model; /* NULL: to be loaded from @model_path */
  char *model_path;
  SalPicture *picture; /* NULL: to be loaded from @picture_path */
  char *picture_path;
  SalView *view; /* NULL: to be made */
  const SalMethod *method;
  SalSettings *settings;
  SalTarget target; /* class -1: the highest */
  SalModel *asked;  /* (nullable): classes are those of this one, and meant by name in another */
} Order;

static void
order_free (gpointer data)
{
  Order *order = data;

  g_clear_pointer (&order->model, sal_model_unref);
  g_clear_pointer (&order->picture, sal_picture_unref);
  g_clear_pointer (&order->view, sal_view_unref);
  g_clear_pointer (&order->asked, sal_model_unref);
  g_free (order->model_path);
  g_free (order->picture_path);
  sal_settings_free (order->settings);
  g_free (order);
}

/* A class of one model in another: by its name or, where classes have none, by its number.
 * Returns: -1 where there is no such class */
static int
class_in (const SalModel *model, const SalModel *from, int index)
{
  const char *name = index >= 0 ? sal_model_label (from, index) : NULL;

  if (index < 0 || model == from)
    return index;
  if (name != NULL && sal_model_label (model, 0) != NULL)
    return sal_model_find_class (model, name, NULL);
  return sal_model_n_classes (model) == sal_model_n_classes (from) ? index : -1;
}

static SalTarget
target_in (const SalModel *model, const SalModel *from, SalTarget target)
{
  return (SalTarget){ class_in (model, from, target.class_index),
                      class_in (model, from, target.versus), target.kind };
}

/* Another model has layers of its own: what it lacks it chooses by itself. */
static void
forget_layers (SalSettings *settings, const SalMethod *method, const SalModel *model)
{
  for (const SalParam *param = method->params; param != NULL && param->key != NULL; param++)
    if (param->kind == SAL_PARAM_LAYER && *sal_settings_text (settings, param) != '\0' &&
        sal_model_find_value (model, sal_settings_text (settings, param), NULL) == SAL_NO_VALUE)
      sal_settings_set_text (settings, param, "", NULL);
}

/* In the worker. */
static gpointer
work (gpointer data, const SalProgress *progress, GError **error)
{
  Order *order = data;

  if (order->view == NULL) {
    order->view = sal_work_see (order->model, order->model_path, order->picture,
                                order->picture_path, progress, error);
    if (order->view == NULL)
      return NULL;
  }
  const char *reason = sal_method_reason (order->method, order->view->model);
  if (reason != NULL) {
    g_autofree char *text = sal_reason_text (reason);

    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, text);
    return NULL;
  }
  SalTarget target = order->target;
  if (order->asked != NULL) {
    target = target_in (order->view->model, order->asked, target);
    forget_layers (order->settings, order->method, order->view->model);
  }
  if (target.class_index < 0 || target.class_index >= sal_model_n_classes (order->view->model))
    target.class_index = g_array_index (order->view->predictions, SalPrediction, 0).class_index;
  if (target.versus >= sal_model_n_classes (order->view->model) ||
      target.versus == target.class_index)
    target.versus = -1;
  g_autoptr (SalExplanation) asked =
      sal_explanation_new (order->view, order->method, order->settings, target);
  return sal_work_explain (asked, progress, error);
}

static void
copy_params (const SalParam *params, const SalSettings *from, SalSettings *to)
{
  for (const SalParam *param = params; param != NULL && param->key != NULL; param++)
    switch (param->kind) {
    case SAL_PARAM_INT:
    case SAL_PARAM_DOUBLE:
    case SAL_PARAM_SWITCH:
      sal_settings_set_number (to, param, sal_settings_number (from, param), NULL);
      break;
    default:
      sal_settings_set_text (to, param, sal_settings_text (from, param), NULL);
    }
}

static const SalMethod *
column_method (SalComparison *self, const SalComparisonColumn *column)
{
  return self->axis == SAL_COMPARE_METHODS ? sal_method_find (column->id) : self->method;
}

/* The document's own settings for its method; another one takes smoothing, baseline and seeds of
 * it, and what it has alone as it was asked last. */
static SalSettings *
column_settings (SalComparison *self, const SalComparisonColumn *column)
{
  const SalMethod *method = column_method (self, column);
  SalSettings *settings = sal_settings_new ();
  const SalSettings *own = g_hash_table_lookup (self->remembered, method->id);

  copy_params (sal_smooth_params (), self->settings, settings);
  if (own != NULL)
    copy_params (method->params, own, settings);
  for (const SalParam *param = method->params; param != NULL && param->key != NULL; param++) {
    const SalParam *same = sal_param_find (self->method->params, param->key);
    if (same != NULL && same->kind == param->kind &&
        (param->kind == SAL_PARAM_BASELINE || g_str_has_suffix (param->key, "seed"))) {
      if (param->kind == SAL_PARAM_BASELINE)
        sal_settings_set_text (settings, param, sal_settings_text (self->settings, same), NULL);
      else
        sal_settings_set_number (settings, param, sal_settings_number (self->settings, same), NULL);
    }
  }
  if (self->axis == SAL_COMPARE_LAYERS)
    sal_settings_set_text (settings, sal_param_find (method->params, "layer"), column->id, NULL);
  return settings;
}

static int
column_class (SalComparison *self, const SalComparisonColumn *column, guint row)
{
  if (self->axis == SAL_COMPARE_CLASSES)
    return atoi (column->id);
  return row == 0 ? self->target.class_index : -1;
}

static SalComparisonQuestion *
question_new (SalComparison *self, guint i, guint j)
{
  const SalComparisonColumn *column = sal_comparison_column (self, i);
  const SalComparisonRow *row = self->rows->pdata[j];
  SalComparisonQuestion *question = g_new0 (SalComparisonQuestion, 1);
  SalModel *model = self->axis == SAL_COMPARE_MODELS ? column->model : self->view->model;

  question->method = column_method (self, column);
  question->settings = column_settings (self, column);
  question->target = (SalTarget){ column_class (self, column, j),
                                  self->axis == SAL_COMPARE_CLASSES ? -1 : self->target.versus,
                                  self->target.kind };
  if (self->axis == SAL_COMPARE_MODELS && model != NULL)
    question->target = target_in (model, self->view->model, question->target);
  question->model = model != NULL ? sal_model_ref (model) : NULL;
  question->picture = row->picture != NULL ? sal_picture_ref (row->picture) : NULL;
  return question;
}

void
sal_comparison_question_free (SalComparisonQuestion *question)
{
  sal_settings_free (question->settings);
  g_clear_pointer (&question->model, sal_model_unref);
  g_clear_pointer (&question->picture, sal_picture_unref);
  g_free (question);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SalComparisonQuestion, sal_comparison_question_free)

/* The highest class is one that has a number once the cell is done. */
static int
class_meant (const SalComparisonCell *cell, const SalComparisonQuestion *question)
{
  const SalExplanation *answer = cell->public.explanation;

  if (question->target.class_index >= 0 || answer == NULL)
    return question->target.class_index;
  return g_array_index (answer->view->predictions, SalPrediction, 0).class_index;
}

gboolean
sal_comparison_is_current (SalComparison *self, guint column, guint row)
{
  const SalComparisonCell *cell = sal_comparison_cell_at (self, column, row);
  const SalComparisonQuestion *asked = cell->asked;
  g_autoptr (SalComparisonQuestion) now = question_new (self, column, row);

  return asked != NULL && asked->method == now->method && asked->model == now->model &&
         asked->picture == now->picture && asked->target.versus == now->target.versus &&
         asked->target.kind == now->target.kind &&
         class_meant (cell, asked) == class_meant (cell, now) &&
         sal_settings_same (now->method->params, asked->settings, now->settings) &&
         sal_settings_same (sal_smooth_params (), asked->settings, now->settings);
}

static Order *
order_new (SalComparison *self, guint i, guint j, const SalComparisonQuestion *question)
{
  const SalComparisonRow *row = self->rows->pdata[j];
  Order *order = g_new0 (Order, 1);

  order->model = question->model != NULL ? sal_model_ref (question->model) : NULL;
  order->model_path =
      g_strdup (self->axis == SAL_COMPARE_MODELS ? sal_comparison_column (self, i)->id : NULL);
  order->picture = question->picture != NULL ? sal_picture_ref (question->picture) : NULL;
  order->picture_path = g_strdup (row->path);
  if (j == 0 && question->model == self->view->model)
    order->view = sal_view_ref (self->view);
  for (guint k = 0; order->view == NULL && k < self->columns->len; k++) {
    const SalComparisonCell *other = sal_comparison_cell_at (self, k, j);
    if (other->public.explanation != NULL &&
        other->public.explanation->view->model == question->model)
      order->view = sal_view_ref (other->public.explanation->view);
  }
  order->method = question->method;
  order->settings = sal_settings_copy (question->settings);
  order->target = question->target;
  if (self->axis == SAL_COMPARE_MODELS && question->model != self->view->model) {
    order->asked = sal_model_ref (self->view->model);
    order->target.class_index = column_class (self, sal_comparison_column (self, i), j);
    order->target.versus = self->target.versus;
  }
  return order;
}

/* Working it out. */

void
sal_comparison_next (SalComparison *self)
{
  if (self->view == NULL || self->resting || sal_lane_busy (self->lane))
    return;
  for (guint j = 0; j < self->rows->len; j++)
    for (guint i = 0; i < self->columns->len; i++) {
      SalComparisonCell *cell = sal_comparison_cell_at (self, i, j);

      if (cell->public.state != SAL_CELL_WAITING)
        continue;
      cell->public.state = SAL_CELL_RUNNING;
      self->running = cell;
      g_clear_pointer (&cell->asked, sal_comparison_question_free);
      cell->asked = question_new (self, i, j);
      sal_lane_start (self->lane, order_new (self, i, j, cell->asked), SAL_LANE_QUEUE);
      sal_comparison_cell_changed (self, cell);
      return;
    }
}

static void
work_progress (double fraction, const SalPartial *partial, gpointer owner)
{
  SalComparison *self = owner;

  if (self->running == NULL)
    return;
  self->running->public.fraction = fraction;
  sal_comparison_cell_changed (self, self->running);
}

static void
work_done (gpointer result, const GError *error, gpointer owner)
{
  SalComparison *self = owner;
  g_autoptr (SalExplanation) answer = result;
  SalComparisonCell *cell = self->running;
  guint column, row;

  self->running = NULL;
  if (cell != NULL && sal_comparison_find (self, cell, &column, &row)) {
    if (answer != NULL) {
      SalView *view = answer->view;
      SalComparisonRow *of = self->rows->pdata[row];

      cell->public.state = SAL_CELL_DONE;
      cell->public.explanation = g_steal_pointer (&answer);
      if (of->picture == NULL) {
        of->picture = sal_picture_ref (view->picture);
        for (guint i = 0; i < self->columns->len; i++)
          if (i != column)
            sal_comparison_cell_changed (self, sal_comparison_cell_at (self, i, row));
      }
      if (self->axis == SAL_COMPARE_MODELS && sal_comparison_column (self, column)->model == NULL)
        sal_comparison_column (self, column)->model = sal_model_ref (view->model);
      if (cell->asked->picture == NULL)
        cell->asked->picture = sal_picture_ref (of->picture);
      if (cell->asked->model == NULL) {
        cell->asked->model = sal_model_ref (sal_comparison_column (self, column)->model);
        cell->asked->target = cell->public.explanation->target;
      }
    } else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
      cell->public.state = SAL_CELL_CANCELLED;
    } else {
      cell->public.state = SAL_CELL_FAILED;
      cell->public.problem =
          sal_file_reason (error->message, ((SalComparisonRow *) self->rows->pdata[row])->path);
    }
    sal_comparison_cell_changed (self, cell);
  }
  sal_comparison_next_heatmap (self);
  sal_comparison_next (self);
}

const SalLaneType sal_comparison_work_lane = {
  work, work_progress, work_done, order_free, (GDestroyNotify) sal_explanation_unref,
};
