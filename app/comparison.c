#include "app/comparison.h"

#include "app/exhibit.h"
#include "app/jobs.h"
#include "app/looks.h"
#include "engine/explain/smooth.h"
#include "ui/class-list.h"
#include "ui/reason.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

typedef struct {
  SalCell public;
  SalHeatmap *comparable;
} Cell;

typedef struct {
  char *id;
  char *label;
  SalModel *model;  /* of a column that is a model, once it is loaded */
  GPtrArray *cells; /* a row each */
} Column;

typedef struct {
  char *path;
  char *label;
  SalPicture *picture; /* once it is loaded */
} Row;

typedef struct {
  Cell *a, *b;
  gboolean known;
  SalSimilarity similarity;
} Pair;

struct _SalComparison {
  GObject parent_instance;

  SalCompareAxis axis;
  GPtrArray *columns, *rows;
  GArray *pairs; /* of Pair: of one row each */

  SalView *view; /* of the document */
  const SalMethod *method;
  SalSettings *settings, *looks;
  SalTarget target;
  gboolean shared;

  SalLane *lane, *heatmap_lane, *pair_lane;
  Cell *running, *drawing; /* that the lanes work on; NULL once it is gone */
  Cell *pair[2];
  gboolean pairing;
  double limit; /* of the shared scale */
};

G_DEFINE_FINAL_TYPE (SalComparison, sal_comparison, G_TYPE_OBJECT)

enum { LAYOUT, CELL, PROGRESS, SIMILARITY, N_SIGNALS };
static guint signals[N_SIGNALS];

static void next (SalComparison *self);
static void next_heatmap (SalComparison *self);
static void next_pair (SalComparison *self);

/* Cells. */

static void
cell_clear (Cell *cell)
{
  g_clear_pointer (&cell->public.explanation, sal_explanation_unref);
  g_clear_pointer (&cell->public.heatmap, sal_heatmap_unref);
  g_clear_pointer (&cell->public.problem, g_free);
  g_clear_pointer (&cell->comparable, sal_heatmap_unref);
  cell->public.state = SAL_CELL_WAITING;
  cell->public.fraction = 0;
}

/* Nothing refers to the cell any more, nor waits for it. */
static void
detach (SalComparison *self, Cell *cell)
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
    const Pair *pair = &g_array_index (self->pairs, Pair, i);
    if (pair->a == cell || pair->b == cell)
      g_array_remove_index_fast (self->pairs, i);
  }
}

static void
cell_free (gpointer data)
{
  cell_clear (data);
  g_free (data);
}

static void
column_free (gpointer data)
{
  Column *column = data;

  g_free (column->id);
  g_free (column->label);
  g_clear_pointer (&column->model, sal_model_unref);
  g_ptr_array_unref (column->cells);
  g_free (column);
}

static void
row_free (gpointer data)
{
  Row *row = data;

  g_free (row->path);
  g_free (row->label);
  g_clear_pointer (&row->picture, sal_picture_unref);
  g_free (row);
}

static Column *
nth_column (SalComparison *self, guint i)
{
  return self->columns->pdata[i];
}

static Cell *
cell_at (SalComparison *self, guint column, guint row)
{
  return nth_column (self, column)->cells->pdata[row];
}

static gboolean
find_cell (SalComparison *self, const Cell *cell, guint *column, guint *row)
{
  for (guint i = 0; cell != NULL && i < self->columns->len; i++)
    if (g_ptr_array_find (nth_column (self, i)->cells, cell, row)) {
      *column = i;
      return TRUE;
    }
  return FALSE;
}

static void
emit_cell (SalComparison *self, const Cell *cell)
{
  guint column, row;

  if (find_cell (self, cell, &column, &row))
    g_signal_emit (self, signals[CELL], 0, column, row);
  g_signal_emit (self, signals[PROGRESS], 0);
}

static void
restart_cell (SalComparison *self, Cell *cell)
{
  detach (self, cell);
  cell_clear (cell);
}

static void
restart (SalComparison *self)
{
  for (guint i = 0; i < self->columns->len; i++)
    for (guint j = 0; j < self->rows->len; j++)
      restart_cell (self, cell_at (self, i, j));
  self->limit = 0;
  g_signal_emit (self, signals[LAYOUT], 0);
  g_signal_emit (self, signals[PROGRESS], 0);
  next (self);
}

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
  SalAppearance appearance;
} Order;

typedef struct {
  SalExplanation *explanation;
  SalHeatmap *comparable;
} Answer;

static void
order_free (gpointer data)
{
  Order *order = data;

  g_clear_pointer (&order->model, sal_model_unref);
  g_clear_pointer (&order->picture, sal_picture_unref);
  g_clear_pointer (&order->view, sal_view_unref);
  g_free (order->model_path);
  g_free (order->picture_path);
  sal_settings_free (order->settings);
  g_free (order);
}

static void
answer_free (gpointer data)
{
  Answer *answer = data;

  g_clear_pointer (&answer->explanation, sal_explanation_unref);
  g_clear_pointer (&answer->comparable, sal_heatmap_unref);
  g_free (answer);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Answer, answer_free)

/* In the worker. */
static SalModel *
load (const char *path, const SalProgress *progress, GError **error)
{
  g_autoptr (SalModelWish) wish = sal_model_wish_new (path, NULL);

  return sal_work_load_model (wish, progress, error);
}

static gpointer
work (gpointer data, const SalProgress *progress, GError **error)
{
  Order *order = data;

  if (order->view == NULL) {
    if (order->model == NULL &&
        (order->model = load (order->model_path, progress, error)) == NULL)
      return NULL;
    if (order->picture == NULL &&
        (order->picture = sal_work_load_picture (order->picture_path, progress, error)) == NULL)
      return NULL;
    SalSight sight = { order->model, order->picture };
    order->view = sal_work_look (&sight, progress, error);
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
  if (target.class_index < 0 || target.class_index >= sal_model_n_classes (order->view->model))
    target.class_index = g_array_index (order->view->predictions, SalPrediction, 0).class_index;
  if (target.versus >= sal_model_n_classes (order->view->model) ||
      target.versus == target.class_index)
    target.versus = -1;
  g_autoptr (SalExplanation) asked =
      sal_explanation_new (order->view, order->method, order->settings, target);
  g_autoptr (Answer) answer = g_new0 (Answer, 1);
  answer->explanation = sal_work_explain (asked, progress, error);
  if (answer->explanation == NULL)
    return NULL;
  answer->comparable = sal_exhibit_comparable (answer->explanation, &order->appearance, error);
  return answer->comparable != NULL ? g_steal_pointer (&answer) : NULL;
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
column_method (SalComparison *self, const Column *column)
{
  return self->axis == SAL_COMPARE_METHODS ? sal_method_find (column->id) : self->method;
}

/* The document's own settings for its method; another one takes smoothing, baseline and seeds of
 * it, and what it has alone at its default. */
static SalSettings *
column_settings (SalComparison *self, const Column *column)
{
  const SalMethod *method = column_method (self, column);
  SalSettings *settings = sal_settings_new ();

  copy_params (sal_smooth_params (), self->settings, settings);
  if (method == self->method)
    copy_params (method->params, self->settings, settings);
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
column_class (SalComparison *self, const Column *column, guint row)
{
  if (self->axis == SAL_COMPARE_CLASSES)
    return atoi (column->id);
  return row == 0 && self->axis != SAL_COMPARE_MODELS ? self->target.class_index : -1;
}

static Order *
order_new (SalComparison *self, guint i, guint j)
{
  const Column *column = nth_column (self, i);
  Row *row = self->rows->pdata[j];
  Order *order = g_new0 (Order, 1);
  SalModel *model = self->axis == SAL_COMPARE_MODELS ? column->model : self->view->model;

  order->model = model != NULL ? sal_model_ref (model) : NULL;
  order->model_path = g_strdup (self->axis == SAL_COMPARE_MODELS ? column->id : NULL);
  order->picture = row->picture != NULL ? sal_picture_ref (row->picture) : NULL;
  order->picture_path = g_strdup (row->path);
  if (j == 0 && model == self->view->model)
    order->view = sal_view_ref (self->view);
  for (guint k = 0; order->view == NULL && k < self->columns->len; k++) {
    const Cell *other = cell_at (self, k, j);
    if (other->public.explanation != NULL && other->public.explanation->view->model == model)
      order->view = sal_view_ref (other->public.explanation->view);
  }
  order->method = column_method (self, column);
  order->settings = column_settings (self, column);
  order->target = (SalTarget){ column_class (self, column, j),
                               self->axis == SAL_COMPARE_CLASSES ? -1 : self->target.versus,
                               self->target.kind };
  order->appearance = sal_looks_appearance (order->method, order->settings, self->looks);
  return order;
}

/* Working it out. */

static void
next (SalComparison *self)
{
  if (self->view == NULL || sal_lane_busy (self->lane))
    return;
  for (guint j = 0; j < self->rows->len; j++)
    for (guint i = 0; i < self->columns->len; i++) {
      Cell *cell = cell_at (self, i, j);

      if (cell->public.state != SAL_CELL_WAITING)
        continue;
      cell->public.state = SAL_CELL_RUNNING;
      self->running = cell;
      sal_lane_start (self->lane, order_new (self, i, j), SAL_LANE_QUEUE);
      emit_cell (self, cell);
      return;
    }
}

static void
work_progress (double fraction, SalTensor *partial, gpointer owner)
{
  SalComparison *self = owner;

  if (self->running == NULL)
    return;
  self->running->public.fraction = fraction;
  emit_cell (self, self->running);
}

static void
add_pairs (SalComparison *self, Cell *cell)
{
  guint column, row;

  if (!find_cell (self, cell, &column, &row))
    return;
  for (guint i = 0; i < self->columns->len; i++) {
    Cell *other = cell_at (self, i, row);
    if (i != column && other->comparable != NULL)
      g_array_append_val (self->pairs, ((Pair){ .a = cell, .b = other }));
  }
}

static void
work_done (gpointer result, const GError *error, gpointer owner)
{
  SalComparison *self = owner;
  g_autoptr (Answer) answer = result;
  Cell *cell = self->running;
  guint column, row;

  self->running = NULL;
  if (cell != NULL && find_cell (self, cell, &column, &row)) {
    if (answer != NULL) {
      SalView *view = answer->explanation->view;
      Row *of = self->rows->pdata[row];

      cell->public.state = SAL_CELL_DONE;
      cell->public.explanation = sal_explanation_ref (answer->explanation);
      cell->comparable = sal_heatmap_ref (answer->comparable);
      if (of->picture == NULL)
        of->picture = sal_picture_ref (view->picture);
      if (self->axis == SAL_COMPARE_MODELS && nth_column (self, column)->model == NULL)
        nth_column (self, column)->model = sal_model_ref (view->model);
      add_pairs (self, cell);
    } else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
      cell->public.state = SAL_CELL_CANCELLED;
    } else {
      cell->public.state = SAL_CELL_FAILED;
      cell->public.problem = g_strdup (error->message);
    }
    emit_cell (self, cell);
  }
  next_heatmap (self);
  next_pair (self);
  next (self);
}

static const SalLaneType work_lane = {
  work, work_progress, work_done, order_free, answer_free,
};

/* Showing it. */

static SalHeatmapStyle
heatmap_style (SalComparison *self, const Cell *cell)
{
  const SalExplanation *explanation = cell->public.explanation;
  SalHeatmapStyle style =
      sal_looks_appearance (explanation->method, explanation->settings, self->looks).heatmap;

  if (self->shared)
    style.limit = self->limit;
  return style;
}

static void
next_heatmap (SalComparison *self)
{
  if (sal_lane_busy (self->heatmap_lane))
    return;
  for (guint j = 0; j < self->rows->len; j++)
    for (guint i = 0; i < self->columns->len; i++) {
      Cell *cell = cell_at (self, i, j);

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
      const Cell *cell = cell_at (self, i, j);
      if (cell->comparable != NULL)
        limit = fmax (limit, sal_heatmap_limit (cell->comparable));
    }
  return limit;
}

static void
redraw (SalComparison *self)
{
  self->drawing = NULL;
  for (guint j = 0; j < self->rows->len; j++)
    for (guint i = 0; i < self->columns->len; i++)
      g_clear_pointer (&cell_at (self, i, j)->public.heatmap, sal_heatmap_unref);
  next_heatmap (self);
}

static void
heatmap_done (gpointer result, const GError *error, gpointer owner)
{
  SalComparison *self = owner;
  g_autoptr (SalHeatmap) heatmap = result;
  Cell *cell = self->drawing;

  self->drawing = NULL;
  if (cell != NULL && heatmap != NULL) {
    cell->public.heatmap = g_steal_pointer (&heatmap);
    emit_cell (self, cell);
  } else if (cell != NULL && error != NULL) {
    cell->public.state = SAL_CELL_FAILED;
    cell->public.problem = g_strdup (error->message);
    g_clear_pointer (&cell->public.explanation, sal_explanation_unref);
    emit_cell (self, cell);
  }
  double limit = self->shared ? strongest (self) : 0;
  if (limit != self->limit) {
    self->limit = limit;
    redraw (self);
  } else {
    next_heatmap (self);
  }
}

static const SalLaneType heatmap_lane = {
  sal_work_show,
  NULL,
  heatmap_done,
  (GDestroyNotify) sal_show_free,
  (GDestroyNotify) sal_heatmap_unref,
};

/* Comparing. */

typedef struct {
  SalHeatmap *maps[2];
  SalRect seen[2];
} Twins;

static void
twins_free (gpointer data)
{
  Twins *twins = data;

  sal_heatmap_unref (twins->maps[0]);
  sal_heatmap_unref (twins->maps[1]);
  g_free (twins);
}

static gpointer
compare (gpointer data, const SalProgress *progress, GError **error)
{
  Twins *twins = data;
  g_autofree SalSimilarity *similarity = g_new0 (SalSimilarity, 1);

  return sal_similarity_pair (twins->maps[0], &twins->seen[0], twins->maps[1], &twins->seen[1],
                              similarity, NULL, NULL, error)
             ? g_steal_pointer (&similarity)
             : NULL;
}

static void
next_pair (SalComparison *self)
{
  if (self->pairing)
    return;
  for (guint i = 0; i < self->pairs->len; i++) {
    Pair *pair = &g_array_index (self->pairs, Pair, i);

    if (pair->known)
      continue;
    Twins *twins = g_new0 (Twins, 1);
    Cell *cells[2] = { pair->a, pair->b };
    for (int k = 0; k < 2; k++) {
      twins->maps[k] = sal_heatmap_ref (cells[k]->comparable);
      twins->seen[k] = cells[k]->public.explanation->view->seen;
      self->pair[k] = cells[k];
    }
    self->pairing = TRUE;
    sal_lane_start (self->pair_lane, twins, SAL_LANE_QUEUE);
    return;
  }
}

static void
compare_done (gpointer result, const GError *error, gpointer owner)
{
  SalComparison *self = owner;
  g_autofree SalSimilarity *similarity = result;

  self->pairing = FALSE;
  for (guint i = 0; i < self->pairs->len; i++) {
    Pair *pair = &g_array_index (self->pairs, Pair, i);
    if (pair->a == self->pair[0] && pair->b == self->pair[1]) {
      pair->known = TRUE;
      pair->similarity = similarity != NULL ? *similarity : (SalSimilarity){ NAN, NAN, NAN };
    }
  }
  self->pair[0] = self->pair[1] = NULL;
  g_signal_emit (self, signals[SIMILARITY], 0);
  next_pair (self);
}

static const SalLaneType pair_lane = { compare, NULL, compare_done, twins_free, g_free };

static void
add_value (double value, double *sum, int *n)
{
  if (isnan (value))
    return;
  *sum += value;
  (*n)++;
}

gboolean
sal_comparison_similarity (SalComparison *self, guint a, guint b, SalSimilarity *mean)
{
  int n[3] = { 0 }, pairs = 0;
  double sum[3] = { 0 };

  for (guint i = 0; i < self->pairs->len; i++) {
    const Pair *pair = &g_array_index (self->pairs, Pair, i);
    guint p, q, row;

    if (!pair->known || !find_cell (self, pair->a, &p, &row) ||
        !find_cell (self, pair->b, &q, &row) || MIN (p, q) != MIN (a, b) ||
        MAX (p, q) != MAX (a, b))
      continue;
    pairs++;
    add_value (pair->similarity.spearman, &sum[0], &n[0]);
    add_value (pair->similarity.ssim, &sum[1], &n[1]);
    add_value (pair->similarity.top, &sum[2], &n[2]);
  }
  *mean = (SalSimilarity){ n[0] > 0 ? sum[0] / n[0] : NAN, n[1] > 0 ? sum[1] / n[1] : NAN,
                           n[2] > 0 ? sum[2] / n[2] : NAN };
  return pairs > 0;
}

/* Columns and rows. */

static char *
label_of (SalComparison *self, const char *id)
{
  switch (self->axis) {
  case SAL_COMPARE_METHODS:
    return g_strdup (_ (sal_method_find (id)->name));
  case SAL_COMPARE_CLASSES:
    return sal_class_name (self->view->model, atoi (id));
  case SAL_COMPARE_MODELS: {
    char *name = g_path_get_basename (id), *dot = strrchr (name, '.');
    if (dot != NULL && dot != name)
      *dot = '\0';
    return name;
  }
  default:
    return g_strdup (id);
  }
}

static gboolean
append_column (SalComparison *self, const char *id)
{
  if (self->columns->len >= SAL_COMPARISON_SIDE)
    return FALSE;
  for (guint i = 0; i < self->columns->len; i++)
    if (g_str_equal (nth_column (self, i)->id, id))
      return FALSE;
  Column *column = g_new0 (Column, 1);

  column->id = g_strdup (id);
  column->label = label_of (self, id);
  column->cells = g_ptr_array_new_with_free_func (cell_free);
  for (guint j = 0; j < self->rows->len; j++)
    g_ptr_array_add (column->cells, g_new0 (Cell, 1));
  if (self->axis == SAL_COMPARE_MODELS && g_strcmp0 (sal_model_path (self->view->model), id) == 0)
    column->model = sal_model_ref (self->view->model);
  g_ptr_array_add (self->columns, column);
  return TRUE;
}

static void
drop_column (SalComparison *self, guint i)
{
  for (guint j = 0; j < self->rows->len; j++)
    detach (self, cell_at (self, i, j));
  g_ptr_array_remove_index (self->columns, i);
}

static void
default_columns (SalComparison *self)
{
  static const char *const methods[] = { "gradient", "integrated-gradients", "lrp", "grad-cam" };
  int n;

  while (self->columns->len > 0)
    drop_column (self, self->columns->len - 1);
  if (self->view == NULL)
    return;
  switch (self->axis) {
  case SAL_COMPARE_METHODS:
    if (sal_method_reason (self->method, self->view->model) == NULL)
      append_column (self, self->method->id);
    for (gsize i = 0; i < G_N_ELEMENTS (methods) && self->columns->len < 4; i++) {
      const SalMethod *method = sal_method_find (methods[i]);
      if (method != NULL && sal_method_reason (method, self->view->model) == NULL)
        append_column (self, methods[i]);
    }
    break;
  case SAL_COMPARE_CLASSES:
    for (guint i = 0; i < MIN (4, self->view->predictions->len); i++) {
      g_autofree char *id = g_strdup_printf (
          "%d", g_array_index (self->view->predictions, SalPrediction, i).class_index);
      append_column (self, id);
    }
    break;
  case SAL_COMPARE_LAYERS: {
    /* From the first to the last, evenly: from edges to objects. */
    const SalLayer *layers = sal_model_layers (self->view->model, &n);
    int wanted = MIN (n, 4);

    if (sal_param_find (self->method->params, "layer") == NULL)
      self->method = sal_method_find ("grad-cam");
    for (int i = 0; i < wanted; i++)
      append_column (self, layers[wanted > 1 ? i * (n - 1) / (wanted - 1) : 0].node);
    break;
  }
  default:
    if (sal_model_path (self->view->model) != NULL)
      append_column (self, sal_model_path (self->view->model));
  }
}

char **
sal_comparison_choices (SalComparison *self, char ***labels)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  const SalMethod *const *methods = sal_methods ();
  SalModel *model = self->view != NULL ? self->view->model : NULL;
  int n = 0;
  const SalLayer *layers;

  switch (model != NULL ? self->axis : SAL_COMPARE_MODELS) {
  case SAL_COMPARE_METHODS:
    for (int i = 0; methods[i] != NULL; i++)
      if (sal_method_reason (methods[i], model) == NULL)
        g_ptr_array_add (ids, g_strdup (methods[i]->id));
    break;
  case SAL_COMPARE_CLASSES:
    for (guint i = 0; i < self->view->predictions->len; i++)
      g_ptr_array_add (
          ids, g_strdup_printf (
                   "%d", g_array_index (self->view->predictions, SalPrediction, i).class_index));
    break;
  case SAL_COMPARE_LAYERS:
    layers = sal_model_layers (model, &n);
    for (int i = 0; i < n; i++)
      g_ptr_array_add (ids, g_strdup (layers[i].node));
    break;
  default:
    break;
  }
  for (guint i = 0; i < ids->len; i++)
    g_ptr_array_add (names, label_of (self, ids->pdata[i]));
  g_ptr_array_add (ids, NULL);
  g_ptr_array_add (names, NULL);
  *labels = (char **) g_ptr_array_steal (names, NULL);
  return (char **) g_ptr_array_steal (ids, NULL);
}

static void
changed (SalComparison *self)
{
  g_signal_emit (self, signals[LAYOUT], 0);
  g_signal_emit (self, signals[PROGRESS], 0);
  g_signal_emit (self, signals[SIMILARITY], 0);
  next (self);
}

gboolean
sal_comparison_add (SalComparison *self, const char *id)
{
  g_return_val_if_fail (SAL_IS_COMPARISON (self), FALSE);
  if (self->view == NULL ||
      (self->axis == SAL_COMPARE_METHODS && sal_method_find (id) == NULL) ||
      !append_column (self, id))
    return FALSE;
  changed (self);
  return TRUE;
}

void
sal_comparison_remove (SalComparison *self, guint column)
{
  g_return_if_fail (SAL_IS_COMPARISON (self) && column < self->columns->len);
  drop_column (self, column);
  changed (self);
}

void
sal_comparison_move (SalComparison *self, guint column, guint to)
{
  g_return_if_fail (SAL_IS_COMPARISON (self) && column < self->columns->len);
  Column *moved = g_ptr_array_steal_index (self->columns, column);

  g_ptr_array_insert (self->columns, (int) MIN (to, self->columns->len), moved);
  changed (self);
}

static gboolean
append_row (SalComparison *self, const char *path, SalPicture *picture)
{
  if (self->rows->len >= SAL_COMPARISON_SIDE)
    return FALSE;
  for (guint j = 0; j < self->rows->len; j++)
    if (g_str_equal (((Row *) self->rows->pdata[j])->path, path))
      return FALSE;
  Row *row = g_new0 (Row, 1);

  row->path = g_strdup (path);
  row->label = g_path_get_basename (path);
  row->picture = picture != NULL ? sal_picture_ref (picture) : NULL;
  g_ptr_array_add (self->rows, row);
  for (guint i = 0; i < self->columns->len; i++)
    g_ptr_array_add (nth_column (self, i)->cells, g_new0 (Cell, 1));
  return TRUE;
}

gboolean
sal_comparison_add_picture (SalComparison *self, const char *path)
{
  g_return_val_if_fail (SAL_IS_COMPARISON (self), FALSE);
  if (self->view == NULL || !append_row (self, path, NULL))
    return FALSE;
  changed (self);
  return TRUE;
}

void
sal_comparison_remove_picture (SalComparison *self, guint row)
{
  g_return_if_fail (SAL_IS_COMPARISON (self) && row < self->rows->len);
  for (guint i = 0; i < self->columns->len; i++) {
    detach (self, cell_at (self, i, row));
    g_ptr_array_remove_index (nth_column (self, i)->cells, row);
  }
  g_ptr_array_remove_index (self->rows, row);
  changed (self);
}

/* The question. */

void
sal_comparison_ask (SalComparison *self, SalView *view, const SalMethod *method,
                    const SalSettings *settings, SalTarget target, const SalSettings *looks)
{
  g_return_if_fail (SAL_IS_COMPARISON (self) && view != NULL);
  gboolean other_model = self->view == NULL || self->view->model != view->model;
  gboolean other_view = self->view != view;
  gboolean other = other_view || self->method != method || self->settings == NULL ||
                   memcmp (&target, &self->target, sizeof target) != 0 ||
                   !sal_settings_same (method->params, settings, self->settings) ||
                   !sal_settings_same (sal_smooth_params (), settings, self->settings);
  SalSettings *copy = sal_settings_copy (settings), *looks_copy = sal_settings_copy (looks);

  if (self->axis == SAL_COMPARE_LAYERS && sal_param_find (method->params, "layer") == NULL) {
    /* columns are layers still, and of the method that has some */
    other |= self->method == NULL;
    method = sal_method_find ("grad-cam");
  }
  sal_view_ref (view);
  g_clear_pointer (&self->view, sal_view_unref);
  self->view = view;
  self->method = method;
  g_clear_pointer (&self->settings, sal_settings_free);
  self->settings = copy;
  g_clear_pointer (&self->looks, sal_settings_free);
  self->looks = looks_copy;
  self->target = target;
  if (other_model)
    default_columns (self);
  if (other_view) {
    /* The picture that is open comes first. */
    for (guint j = self->rows->len; j-- > 0;)
      if (j == 0 || g_str_equal (((Row *) self->rows->pdata[j])->path, view->picture->path)) {
        for (guint i = 0; i < self->columns->len; i++) {
          detach (self, cell_at (self, i, j));
          g_ptr_array_remove_index (nth_column (self, i)->cells, j);
        }
        g_ptr_array_remove_index (self->rows, j);
      }
    append_row (self, view->picture->path, view->picture);
    if (self->rows->len > 1) {
      Row *first = g_ptr_array_steal_index (self->rows, self->rows->len - 1);
      g_ptr_array_insert (self->rows, 0, first);
    }
  }
  if (other)
    restart (self);
  else
    redraw (self);
}

void
sal_comparison_set_axis (SalComparison *self, SalCompareAxis axis)
{
  g_return_if_fail (SAL_IS_COMPARISON (self));
  if (self->axis == axis && self->columns->len > 0)
    return;
  /* Labels of what there was mean nothing now. */
  while (self->columns->len > 0)
    drop_column (self, self->columns->len - 1);
  self->axis = axis;
  default_columns (self);
  changed (self);
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
  return nth_column (self, column)->label;
}

const char *
sal_comparison_row_label (SalComparison *self, guint row)
{
  return ((Row *) self->rows->pdata[row])->label;
}

const SalCell *
sal_comparison_cell (SalComparison *self, guint column, guint row)
{
  return &cell_at (self, column, row)->public;
}

SalOverlayStyle
sal_comparison_style (SalComparison *self, const SalCell *cell)
{
  return sal_looks_appearance (cell->explanation->method, cell->explanation->settings, self->looks)
      .overlay;
}

void
sal_comparison_cancel_cell (SalComparison *self, guint column, guint row)
{
  Cell *cell = cell_at (self, column, row);

  if (cell == self->running) {
    sal_lane_cancel (self->lane);
  } else if (cell->public.state == SAL_CELL_WAITING) {
    cell->public.state = SAL_CELL_CANCELLED;
    emit_cell (self, cell);
  }
}

void
sal_comparison_resume_cell (SalComparison *self, guint column, guint row)
{
  Cell *cell = cell_at (self, column, row);

  if (cell->public.state != SAL_CELL_CANCELLED && cell->public.state != SAL_CELL_FAILED)
    return;
  cell_clear (cell);
  emit_cell (self, cell);
  next (self);
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
      SalCellState state = cell_at (self, i, j)->public.state;
      open += state == SAL_CELL_WAITING || state == SAL_CELL_RUNNING;
    }
  *done = *all - open;
  return open > 0 && self->view != NULL;
}

void
sal_comparison_set_shared (SalComparison *self, gboolean shared)
{
  g_return_if_fail (SAL_IS_COMPARISON (self));
  if (self->shared == !!shared)
    return;
  self->shared = !!shared;
  self->limit = shared ? strongest (self) : 0;
  redraw (self);
}

gboolean
sal_comparison_shared (SalComparison *self)
{
  return self->shared;
}

char *
sal_comparison_same (SalComparison *self)
{
  g_autoptr (GString) text = g_string_new (NULL);
  const SalParam *seed = sal_param_find (sal_smooth_params (), "seed");
  const SalParam *samples = sal_param_find (sal_smooth_params (), "samples");
  const SalParam *baseline;

  if (self->view == NULL)
    return g_strdup ("");
  baseline = sal_param_find (self->method->params, "baseline");
  if (self->axis != SAL_COMPARE_METHODS)
    g_string_append_printf (text, "%s · ", _ (self->method->name));
  if (sal_smooth_wanted (self->settings))
    g_string_append_printf (text, _ ("same %.0f draws of noise (seed %.0f)"),
                            sal_settings_number (self->settings, samples),
                            sal_settings_number (self->settings, seed));
  else
    g_string_append (text, _ ("no smoothing"));
  if (baseline != NULL)
    g_string_append_printf (text, _ (" · baseline “%s” wherever there is one"),
                            sal_settings_text (self->settings, baseline));
  else
    g_string_append (text, _ (" · each method’s usual baseline"));
  g_string_append (text, self->shared ? _ (" · one colour scale for all")
                                      : _ (" · each cell has its own colour scale"));
  return g_string_free (g_steal_pointer (&text), FALSE);
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

  g_ptr_array_unref (self->columns);
  g_ptr_array_unref (self->rows);
  g_array_unref (self->pairs);
  g_clear_pointer (&self->view, sal_view_unref);
  g_clear_pointer (&self->settings, sal_settings_free);
  g_clear_pointer (&self->looks, sal_settings_free);
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
}

static void
sal_comparison_init (SalComparison *self)
{
  self->columns = g_ptr_array_new_with_free_func (column_free);
  self->rows = g_ptr_array_new_with_free_func (row_free);
  self->pairs = g_array_new (FALSE, TRUE, sizeof (Pair));
  self->lane = sal_lane_new (&work_lane, self);
  self->heatmap_lane = sal_lane_new (&heatmap_lane, self);
  self->pair_lane = sal_lane_new (&pair_lane, self);
}

SalComparison *
sal_comparison_new (void)
{
  return g_object_new (SAL_TYPE_COMPARISON, NULL);
}
