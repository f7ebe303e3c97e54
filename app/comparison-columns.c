#include "app/comparison-private.h"

#include "engine/explain/smooth.h"
#include "ui/baseline-row.h"
#include "ui/class-list.h"
#include "ui/number.h"

#include <glib/gi18n.h>
#include <string.h>

char *
sal_comparison_label (SalComparison *self, const char *id)
{
  switch (self->axis) {
  case SAL_COMPARE_METHODS:
    return g_strdup (_ (sal_method_find (id)->name));
  case SAL_COMPARE_CLASSES:
    return sal_class_name (self->view->model, atoi (id));
  case SAL_COMPARE_MODELS: {
    char *name = g_filename_display_basename (id), *dot = strrchr (name, '.');
    if (dot != NULL && dot != name)
      *dot = '\0';
    return name;
  }
  default:
    return g_strdup (id);
  }
}

void
sal_comparison_start_columns (SalComparison *self)
{
  static const char *const methods[] = { "gradient", "integrated-gradients", "lrp", "grad-cam" };
  int n;

  while (self->columns->len > 0)
    sal_comparison_drop (self, self->columns->len - 1);
  if (self->view == NULL)
    return;
  switch (self->axis) {
  case SAL_COMPARE_METHODS:
    if (sal_method_reason (self->method, self->view->model) == NULL)
      sal_comparison_append (self, self->method->id);
    for (gsize i = 0; i < G_N_ELEMENTS (methods) && self->columns->len < 4; i++) {
      const SalMethod *method = sal_method_find (methods[i]);
      if (method != NULL && sal_method_reason (method, self->view->model) == NULL)
        sal_comparison_append (self, methods[i]);
    }
    break;
  case SAL_COMPARE_CLASSES:
    for (guint i = 0; i < MIN (4, self->view->predictions->len); i++) {
      g_autofree char *id = g_strdup_printf (
          "%d", g_array_index (self->view->predictions, SalPrediction, i).class_index);
      sal_comparison_append (self, id);
    }
    break;
  case SAL_COMPARE_LAYERS: {
    /* From the first to the last, evenly: from edges to objects. */
    const SalLayer *layers = sal_model_layers (self->view->model, &n);
    int wanted = MIN (n, 4);

    for (int i = 0; i < wanted; i++)
      sal_comparison_append (self, layers[wanted > 1 ? i * (n - 1) / (wanted - 1) : 0].node);
    break;
  }
  default:
    if (sal_model_path (self->view->model) != NULL)
      sal_comparison_append (self, sal_model_path (self->view->model));
  }
}

/* A model is its file, however it is prepared; the one that is open comes first. */
static void
adapt_models (SalComparison *self)
{
  SalModel *model = self->view->model;

  if (sal_model_path (model) == NULL) {
    sal_comparison_start_columns (self);
    return;
  }
  for (guint i = 0; i < self->columns->len; i++) {
    SalComparisonColumn *column = sal_comparison_column (self, i);

    if (!g_str_equal (column->id, sal_model_path (model)))
      continue;
    sal_model_ref (model);
    g_clear_pointer (&column->model, sal_model_unref);
    column->model = model;
    return;
  }
  if (self->columns->len >= SAL_COMPARISON_SIDE)
    sal_comparison_drop (self, self->columns->len - 1);
  if (sal_comparison_append (self, sal_model_path (model)))
    g_ptr_array_insert (self->columns, 0,
                        g_ptr_array_steal_index (self->columns, self->columns->len - 1));
}

static void
adapt_methods (SalComparison *self)
{
  for (guint i = self->columns->len; i-- > 0;)
    if (sal_method_reason (sal_method_find (sal_comparison_column (self, i)->id),
                           self->view->model) != NULL)
      sal_comparison_drop (self, i);
}

void
sal_comparison_adapt_columns (SalComparison *self, SalModel *before)
{
  gboolean same_graph =
      before != NULL && sal_model_graph (before) == sal_model_graph (self->view->model);

  if (self->axis == SAL_COMPARE_MODELS && self->columns->len > 0)
    adapt_models (self);
  else if (self->axis == SAL_COMPARE_METHODS)
    adapt_methods (self);
  else if (!same_graph)
    sal_comparison_start_columns (self);
  if (self->columns->len == 0)
    sal_comparison_start_columns (self);
  for (guint i = 0; i < self->columns->len; i++) { /* classes may be called otherwise now */
    SalComparisonColumn *column = sal_comparison_column (self, i);

    g_free (column->label);
    column->label = sal_comparison_label (self, column->id);
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
    g_ptr_array_add (names, sal_comparison_label (self, ids->pdata[i]));
  g_ptr_array_add (ids, NULL);
  g_ptr_array_add (names, NULL);
  *labels = (char **) g_ptr_array_steal (names, NULL);
  return (char **) g_ptr_array_steal (ids, NULL);
}

static char *
same_noise (SalComparison *self)
{
  double samples =
      sal_settings_number (self->settings, sal_param_find (sal_smooth_params (), "samples"));
  double seed = sal_settings_number (self->settings, sal_param_find (sal_smooth_params (), "seed"));

  if (!sal_smooth_wanted (self->settings))
    return g_strdup (_ ("No smoothing"));
  if (sal_smooth_bound (self->settings) <= 0)
    return g_strdup_printf (_ ("Same %.0f draws of noise (seed %.0f)"), samples, seed);
  g_autofree char *bound = sal_number_percent (sal_smooth_bound (self->settings), 1);
  /* Translators: a number, a number, and a share like 5 % */
  return g_strdup_printf (
      _ ("Same draws of noise (seed %.0f), up to %.0f, until a cell’s error is below %s"), seed,
      samples, bound);
}

/* Returns: (nullable): nothing where no cell has one */
static char *
same_baseline (SalComparison *self)
{
  const SalParam *baseline = sal_param_find (self->method->params, "baseline");

  if (baseline == NULL)
    return self->axis == SAL_COMPARE_METHODS ? g_strdup (_ ("Each method’s usual baseline")) : NULL;
  g_autofree char *name = sal_baseline_name (sal_settings_text (self->settings, baseline));
  return g_strdup_printf (_ ("Baseline “%s” wherever there is one"), name);
}

char *
sal_comparison_same (SalComparison *self)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);

  if (self->view == NULL)
    return g_strdup ("");
  if (self->axis != SAL_COMPARE_METHODS)
    g_ptr_array_add (lines, g_strdup (_ (self->method->name)));
  if (self->axis == SAL_COMPARE_MODELS) {
    g_autofree char *class_name = sal_class_name (self->view->model, self->target.class_index);
    g_ptr_array_add (lines, g_strdup_printf (_ ("“%s”, or the highest class of a model that has "
                                                "no such class"),
                                             class_name));
  }
  g_ptr_array_add (lines, same_noise (self));
  char *baseline = same_baseline (self);
  if (baseline != NULL)
    g_ptr_array_add (lines, baseline);
  g_ptr_array_add (lines, g_strdup (self->shared ? _ ("One colour scale for all")
                                                 : _ ("Each cell has its own colour scale")));
  g_ptr_array_add (lines, NULL);
  return g_strjoinv ("\n", (char **) lines->pdata);
}
