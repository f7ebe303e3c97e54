/* Where the class scores of a graph are: which output, what stands between it and the scores, and
 * how a map of scores becomes one a class. */
#include "engine/model-private.h"

#include "engine/base/error.h"

#include <glib/gi18n.h>
#include <string.h>

/* A batch that no network is tied to; who needs less chooses less. */
#define MANY 64

static int
long_axes (const SalShape *shape)
{
  int n = 0;

  for (int i = 0; i < shape->rank; i++)
    n += shape->dim[i] > 1;
  return n;
}

static gboolean
is_scores (const SalPlan *plan, int value)
{
  const SalShape *shape = sal_plan_shape (plan, value);

  return shape != NULL && sal_plan_type (plan, value) == SAL_FLOAT && long_axes (shape) <= 1 &&
         sal_shape_count (shape) > 0 && sal_plan_constant (plan, value) == NULL;
}

/* A score a class at every place: four axes, one of them the classes'. */
static gboolean
is_map (const SalModel *self, const SalPlan *plan, int value)
{
  const SalShape *shape = sal_plan_shape (plan, value);

  return shape->rank == 4 && shape->dim[0] == 1 && self->input_shape.rank == 4 &&
         sal_plan_type (plan, value) == SAL_FLOAT && sal_shape_count (shape) > 0;
}

static char *
list_outputs (const SalModel *self)
{
  GString *text = g_string_new (NULL);

  for (int i = 0; i < sal_graph_n_outputs (self->graph); i++)
    g_string_append_printf (text, "%s%s", i > 0 ? ", " : "",
                            sal_model_value (self, sal_graph_output (self->graph, i))->name);
  return g_string_free (text, FALSE);
}

/* Of several outputs the first that holds one score a class, rather one of as many as there are
 * labels. */
static void
guess_output (SalModel *self)
{
  int n = sal_graph_n_outputs (self->graph), n_labels = sal_model_n_labels (self);
  g_autofree int *outputs = g_new (int, n);
  g_autoptr (SalPlan) plan = NULL;
  g_autofree char *names = list_outputs (self);
  gboolean found = FALSE;

  for (int i = 0; i < n; i++)
    outputs[i] = sal_graph_output (self->graph, i);
  self->output = outputs[0];
  plan = sal_model_plan_for (self, &self->input_shape, outputs, n, NULL);
  for (int i = 0; i < n && plan != NULL; i++) {
    gboolean fits = is_scores (plan, outputs[i]) && n_labels > 0 &&
                    sal_shape_count (sal_plan_shape (plan, outputs[i])) == n_labels;

    if (fits || (is_scores (plan, outputs[i]) && !found)) {
      self->output = outputs[i];
      found = TRUE;
    }
    if (fits)
      break;
  }
  sal_model_note (self, "The model has %d outputs (%s): “%s” is explained.", n, names,
                  sal_model_value (self, self->output)->name);
}

static gboolean
choose_output (SalModel *self, GError **error)
{
  const char *said = self->facts != NULL ? sal_preparation_output_name (self->facts) : NULL;
  const char *wanted = self->wanted_output != NULL ? self->wanted_output : said;

  if (sal_graph_n_outputs (self->graph) == 0) {
    sal_error_set (error, SAL_ERROR_FORMAT, "the model has no output");
    return FALSE;
  }
  self->output = wanted != NULL ? sal_graph_find (self->graph, wanted) : SAL_NO_VALUE;
  if (self->output != SAL_NO_VALUE)
    return TRUE;
  if (self->wanted_output != NULL) {
    g_autofree char *names = list_outputs (self);

    sal_error_set (error, SAL_ERROR_ARGUMENT,
                   "the model has no tensor called \"%s\"; its outputs are %s", wanted, names);
    return FALSE;
  }
  if (said != NULL)
    sal_model_note (self, "The sidecar's output “%s” is no tensor of the model.", said);
  if (sal_graph_n_outputs (self->graph) > 1)
    guess_output (self);
  else
    self->output = sal_graph_output (self->graph, 0);
  return TRUE;
}

/* Steps over a head, looking through nodes that change no number. */
static void
find_head (SalModel *self)
{
  static const char *const transparent[] = { "Identity",  "Reshape", "Flatten", "Squeeze",
                                             "Unsqueeze", "Dropout", "Cast",    NULL };
  int value = self->output;

  self->logits = self->output;
  self->head = SAL_HEAD_NONE;
  while (sal_model_value (self, value)->producer >= 0) {
    const SalNode *node = sal_graph_node (self->graph, sal_model_value (self, value)->producer);

    if (node->n_x == 0 || node->x[0] == SAL_NO_VALUE)
      return;
    if (strcmp (node->op_type, "Softmax") == 0)
      self->head = SAL_HEAD_SOFTMAX;
    else if (strcmp (node->op_type, "LogSoftmax") == 0)
      self->head = SAL_HEAD_LOG_SOFTMAX;
    else if (strcmp (node->op_type, "Sigmoid") == 0)
      self->head = SAL_HEAD_SIGMOID;
    if (self->head != SAL_HEAD_NONE) {
      self->logits = node->x[0];
      sal_model_note (
          self, "%s at the end is stepped over: class scores are explained before it, as logits.",
          node->op_type);
      return;
    }
    if (!g_strv_contains (transparent, node->op_type))
      return;
    value = node->x[0];
  }
}

static SalPlan *
make_plan (const SalModel *self, int batch, GError **error)
{
  SalShape shape = self->input_shape;
  int outputs[2] = { self->output, self->logits };

  shape.dim[0] = batch;
  return sal_model_plan_for (self, &shape, outputs, 2, error);
}

/* The axis of a map that the classes are along. */
static int
class_axis (const SalModel *self, const SalShape *shape)
{
  int n_labels = sal_model_n_labels (self);
  int usual =
      self->preparation != NULL && sal_preparation_format (self->preparation)->layout == SAL_NHWC
          ? 3
          : 1;

  return n_labels > 0 && shape->dim[usual] != n_labels && shape->dim[4 - usual] == n_labels
             ? 4 - usual
             : usual;
}

static gboolean
pools_by_max (const SalModel *self)
{
  return self->facts != NULL && sal_preparation_over_places (self->facts) == SAL_PLACES_MAX;
}

/* Returns: a new value of @graph with one score a class of @map */
static int
add_pooling (SalModel *self, SalGraph *graph, int map)
{
  gboolean max = pools_by_max (self);
  const SalShape *shape = sal_plan_shape (self->plan, map);
  int axis = class_axis (self, shape), value;
  gint64 axes[2] = { axis == 1 ? 2 : 1, axis == 1 ? 3 : 2 };
  g_autofree char *name = g_strdup_printf ("%s/%s-over-places", sal_model_value (self, map)->name,
                                           max ? "max" : "mean");
  SalNode *node;

  value = sal_graph_new_value (graph, name);
  node = sal_node_new (max ? "ReduceMax" : "ReduceMean", name, 13, &map, 1, &value, 1);
  sal_node_set_ints (node, "axes", axes, 2);
  sal_node_set_int (node, "keepdims", 0);
  sal_graph_add_node (graph, node);
  return value;
}

/* Gives a network that puts out a map of class scores nodes that make one score a class of it. */
static gboolean
pool_map (SalModel *self, GError **error)
{
  g_autoptr (SalGraph) graph = NULL;
  g_autofree char *size = sal_shape_to_string (sal_plan_shape (self->plan, self->logits));
  int logits, output;

  if (is_scores (self->plan, self->logits) || !is_map (self, self->plan, self->logits))
    return TRUE;
  graph = sal_graph_copy (self->graph);
  logits = output = add_pooling (self, graph, self->logits);
  /* What comes after the head must be a map too; else it is not asked for. */
  if (self->output != self->logits && is_map (self, self->plan, self->output))
    output = add_pooling (self, graph, self->output);
  if (!sal_graph_seal (graph, error))
    return FALSE;
  sal_model_note (self,
                  pools_by_max (self) ? N_ ("“%s” is a map of scores for each class, %s: the "
                                            "highest over all places is explained.")
                                      : N_ ("“%s” is a map of scores for each class, %s: the mean "
                                            "over all places is explained."),
                  sal_model_value (self, self->logits)->name, size);
  sal_graph_unref (self->graph);
  self->graph = g_steal_pointer (&graph);
  self->logits = logits;
  self->output = output;
  g_clear_pointer (&self->plan, sal_plan_unref);
  self->plan = make_plan (self, 1, error);
  return self->plan != NULL;
}

static gboolean
open_attention (SalModel *self, GError **error)
{
  const SalGraph *before = self->graph;

  if (!sal_model_open_attention (self, error))
    return FALSE;
  if (self->graph == before)
    return TRUE;
  g_clear_pointer (&self->plan, sal_plan_unref);
  self->plan = make_plan (self, 1, error);
  return self->plan != NULL;
}

static gboolean
count_classes (SalModel *self, GError **error)
{
  const SalShape *shape = sal_plan_shape (self->plan, self->logits);

  self->n_classes = (int) MIN (sal_shape_count (shape), G_MAXINT);
  if (long_axes (shape) > 1 || self->n_classes < 1 ||
      sal_plan_type (self->plan, self->logits) != SAL_FLOAT) {
    g_autofree char *text = sal_shape_to_string (shape);

    sal_error_set (error, SAL_ERROR_UNSUPPORTED,
                   "output \"%s\" has the shape %s, not one score a class: this is no classifier",
                   sal_model_value (self, self->output)->name, text);
    return FALSE;
  }
  if (sal_plan_constant (self->plan, self->logits) == NULL)
    return TRUE;
  sal_error_set (error, SAL_ERROR_ARGUMENT, "\"%s\" does not depend on the input",
                 sal_model_value (self, self->logits)->name);
  return FALSE;
}

/* Several pictures can share a pass only if every value holds one part a picture, the parts lying
 * one after the other. A graph that was exported for one picture may reshape them into each other
 * without any shape failing to fit, so each is looked at. */
static int
find_max_batch (SalModel *self)
{
  const SalValue *v = sal_model_value (self, self->input);
  g_autoptr (SalPlan) two = NULL;

  if (v->declared && v->shape.rank > 0 && v->shape.dim[0] >= 0)
    return 1;
  two = make_plan (self, 2, NULL);
  if (two == NULL)
    return 1;
  for (int i = 0; i < sal_graph_n_values (self->graph); i++) {
    const SalShape *a = sal_plan_shape (self->plan, i), *b = sal_plan_shape (two, i);

    if (a == NULL || b == NULL || sal_model_value (self, i)->constant != NULL)
      continue;
    if (sal_plan_type (two, i) == SAL_INT || sal_plan_constant (two, i) != NULL)
      continue;
    if (a->rank != b->rank || a->rank == 0 || b->dim[0] != 2 * a->dim[0] ||
        sal_shape_count (b) != 2 * sal_shape_count (a))
      return 1;
  }
  return MANY;
}

gboolean
sal_model_find_output (SalModel *self, GError **error)
{
  if (!choose_output (self, error))
    return FALSE;
  find_head (self);
  self->plan = make_plan (self, 1, error);
  if (self->plan == NULL || !open_attention (self, error) || !pool_map (self, error) ||
      !count_classes (self, error))
    return FALSE;
  self->max_batch = find_max_batch (self);
  return TRUE;
}
