#include "engine/model.h"

#include "engine/base/error.h"
#include "engine/graph/run.h"
#include "engine/image/preprocessor.h"
#include "engine/image/sidecar.h"
#include "engine/onnx/reader.h"
#include "engine/traits.h"

#include <math.h>
#include <pthread.h>
#include <string.h>

/* A batch that no network is tied to; who needs less chooses less. */
#define MANY 64
/* Tokens of a text model whose text is not known yet. */
#define DEFAULT_TOKENS 16

struct _SalModel {
  gatomicrefcount refs;
  char *path;
  char *name;
  SalGraph *graph;
  SalPreparation *preparation;
  char **given_labels;
  char *labels_note; /* why the given labels were taken */
  SalVocabulary *vocabulary;
  GPtrArray *notes;
  GHashTable *given; /* of sal_model_bind(): name -> tensor */
  GArray *bindings;  /* of SalBinding */
  SalCompute compute;
  int tokens;
  int input;
  SalShape input_shape;
  int max_batch;
  int output;
  int logits;
  SalHead head;
  int n_classes;
  GArray *layers; /* of SalLayer */
  int default_layer;
  SalPlan *plan; /* one picture, forward only */
  pthread_mutex_t mutex; /* guards the next */
  char *sha256;
};

static const SalValue *
value_of (const SalModel *self, int value)
{
  return sal_graph_get_value (self->graph, value);
}

static void G_GNUC_PRINTF (2, 3) add_note (SalModel *self, const char *format, ...)
{
  va_list list;

  va_start (list, format);
  g_ptr_array_add (self->notes, g_strdup_vprintf (format, list));
  va_end (list);
}

/* The output of the first Gather that reads rows of a table at an integer input [N, T]. */
static void
find_embedding (SalModel *self)
{
  for (int i = 0; i < sal_graph_n_nodes (self->graph); i++) {
    const SalNode *node = sal_graph_node (self->graph, i);
    const SalTensor *table;

    if (strcmp (node->op_type, "Gather") != 0 || node->n_x != 2)
      continue;
    table = value_of (self, node->x[0])->constant;
    if (table == NULL || sal_tensor_type (table) != SAL_FLOAT ||
        sal_tensor_shape (table)->rank != 2)
      continue;
    for (int j = 0; j < sal_graph_n_inputs (self->graph); j++)
      if (sal_graph_input (self->graph, j) == node->x[1] &&
          value_of (self, node->x[1])->shape.rank == 2) {
        self->tokens = node->x[1];
        self->input = node->y[0];
        return;
      }
  }
}

/* The input named by the preparation, else the first that takes floats, else the embedding. */
static gboolean
choose_input (SalModel *self, GError **error)
{
  const char *wanted =
      self->preparation != NULL ? sal_preparation_input_name (self->preparation) : NULL;

  self->input = self->tokens = SAL_NO_VALUE;
  for (int i = 0; i < sal_graph_n_inputs (self->graph); i++) {
    int input = sal_graph_input (self->graph, i);
    const SalValue *v = value_of (self, input);

    if (wanted != NULL ? strcmp (v->name, wanted) == 0
                       : v->type == SAL_FLOAT && self->input == SAL_NO_VALUE)
      self->input = input;
  }
  if (self->input == SAL_NO_VALUE && wanted == NULL)
    find_embedding (self);
  if (self->input != SAL_NO_VALUE)
    return TRUE;
  if (wanted != NULL)
    g_set_error (error, SAL_ERROR, SAL_ERROR_ARGUMENT, "the model has no input called \"%s\"",
                 wanted);
  else
    g_set_error_literal (error, SAL_ERROR, SAL_ERROR_UNSUPPORTED,
                         "no input takes a picture, and no embedding reads token ids");
  return FALSE;
}

/* What is given for an input, else zeros in its declared shape, open axes being as long as @open.
 */
static gboolean
bind (SalModel *self, int input, gint64 open, GError **error)
{
  const SalValue *v = value_of (self, input);
  SalTensor *given = self->given != NULL ? g_hash_table_lookup (self->given, v->name) : NULL;
  SalBinding binding = { input, NULL };
  SalShape shape = v->shape;

  if (given != NULL && sal_tensor_type (given) != v->type) {
    g_set_error (error, SAL_ERROR, SAL_ERROR_ARGUMENT, "input \"%s\" takes %s", v->name,
                 v->type == SAL_INT ? "integers" : "floats");
    return FALSE;
  }
  for (int axis = 0; axis < shape.rank; axis++)
    if (shape.dim[axis] < 0)
      shape.dim[axis] = axis == 0 ? 1 : open;
  if (given == NULL && !sal_shape_check (&shape, v->name, error))
    return FALSE;
  binding.tensor = given != NULL ? sal_tensor_ref (given) : sal_tensor_new (v->type, &shape);
  g_array_append_val (self->bindings, binding);
  return TRUE;
}

static gboolean
bind_others (SalModel *self, GError **error)
{
  gint64 open = DEFAULT_TOKENS;

  /* Masks and the like are as long as the tokens. */
  if (self->tokens != SAL_NO_VALUE) {
    if (!bind (self, self->tokens, open, error))
      return FALSE;
    open = sal_tensor_shape (g_array_index (self->bindings, SalBinding, 0).tensor)->dim[1];
  }
  for (int i = 0; i < sal_graph_n_inputs (self->graph); i++) {
    int input = sal_graph_input (self->graph, i);

    if (input == self->input || input == self->tokens)
      continue;
    if (!bind (self, input, self->tokens != SAL_NO_VALUE ? open : 1, error))
      return FALSE;
    if (self->given == NULL || !g_hash_table_contains (self->given, value_of (self, input)->name))
      add_note (self, "Input “%s” is not given and taken as zeros.", value_of (self, input)->name);
  }
  return TRUE;
}

void
sal_model_plan_options (const SalModel *model, SalPlanOptions *options)
{
  *options = (SalPlanOptions){ .bindings = (const SalBinding *) (gpointer) model->bindings->data,
                               .n_bindings = model->bindings->len,
                               .compute = model->compute };
}

static gboolean
resolve_input_shape (SalModel *self, GError **error)
{
  const SalValue *v = value_of (self, self->input);
  SalShape prepared = { 0 };

  if (self->tokens != SAL_NO_VALUE) {
    int producer = v->producer;
    const SalTensor *table =
        value_of (self, sal_graph_node (self->graph, producer)->x[0])->constant;
    const SalTensor *ids = g_array_index (self->bindings, SalBinding, 0).tensor;

    self->input_shape = SAL_SHAPE (sal_tensor_shape (ids)->dim[0], sal_tensor_shape (ids)->dim[1],
                                   sal_tensor_shape (table)->dim[1]);
    return TRUE;
  }
  if (self->preparation != NULL)
    prepared = sal_pixel_format_shape (sal_preparation_format (self->preparation));
  self->input_shape = v->declared ? v->shape : prepared;
  for (int axis = 0; axis < self->input_shape.rank; axis++) {
    gint64 *dim = &self->input_shape.dim[axis];

    if (*dim < 0)
      *dim = prepared.rank == self->input_shape.rank ? prepared.dim[axis] : axis == 0 ? 1 : -1;
    if (*dim < 0) {
      g_set_error (error, SAL_ERROR, SAL_ERROR_SHAPE,
                   "input \"%s\": axis %d is open, and no sidecar says how long it is", v->name,
                   axis);
      return FALSE;
    }
  }
  if (self->preparation != NULL && !sal_shape_equal (&self->input_shape, &prepared)) {
    g_autofree char *want = sal_shape_to_string (&self->input_shape);
    g_autofree char *got = sal_shape_to_string (&prepared);

    g_set_error (error, SAL_ERROR, SAL_ERROR_SHAPE,
                 "input \"%s\" takes %s, its pictures are prepared as %s", v->name, want, got);
    return FALSE;
  }
  if (self->input_shape.rank == 0 || self->input_shape.dim[0] != 1) {
    g_autofree char *text = sal_shape_to_string (&self->input_shape);

    g_set_error (error, SAL_ERROR, SAL_ERROR_UNSUPPORTED,
                 "input \"%s\" takes %s: its first axis must allow one picture", v->name, text);
    return FALSE;
  }
  return TRUE;
}

static gboolean
choose_output (SalModel *self, GError **error)
{
  const char *wanted =
      self->preparation != NULL ? sal_preparation_output_name (self->preparation) : NULL;

  if (sal_graph_n_outputs (self->graph) == 0) {
    g_set_error_literal (error, SAL_ERROR, SAL_ERROR_FORMAT, "the model has no output");
    return FALSE;
  }
  self->output = sal_graph_output (self->graph, 0);
  for (int i = 0; wanted != NULL && i < sal_graph_n_outputs (self->graph); i++)
    if (strcmp (value_of (self, sal_graph_output (self->graph, i))->name, wanted) == 0)
      self->output = sal_graph_output (self->graph, i);
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
  while (value_of (self, value)->producer >= 0) {
    const SalNode *node = sal_graph_node (self->graph, value_of (self, value)->producer);

    if (strcmp (node->op_type, "Softmax") == 0)
      self->head = SAL_HEAD_SOFTMAX;
    else if (strcmp (node->op_type, "LogSoftmax") == 0)
      self->head = SAL_HEAD_LOG_SOFTMAX;
    else if (strcmp (node->op_type, "Sigmoid") == 0)
      self->head = SAL_HEAD_SIGMOID;
    if (self->head != SAL_HEAD_NONE) {
      self->logits = node->x[0];
      add_note (self,
                "%s at the end is stepped over: class scores are explained before it, as logits.",
                node->op_type);
      return;
    }
    if (!g_strv_contains (transparent, node->op_type) || node->n_x == 0 ||
        node->x[0] == SAL_NO_VALUE)
      return;
    value = node->x[0];
  }
}

static SalPlan *
plan_for (SalModel *self, int batch, GError **error)
{
  SalFeed feed = { self->input, self->input_shape };
  int outputs[2] = { self->output, self->logits };
  SalPlanOptions options;

  sal_model_plan_options (self, &options);
  options.feeds = &feed;
  options.n_feeds = 1;
  options.outputs = outputs;
  options.n_outputs = 2;
  feed.shape.dim[0] = batch;
  return sal_plan_new (self->graph, &options, error);
}

static gboolean
count_classes (SalModel *self, GError **error)
{
  const SalShape *shape = sal_plan_shape (self->plan, self->logits);
  int long_axes = 0;

  for (int i = 0; i < shape->rank; i++)
    long_axes += shape->dim[i] > 1;
  self->n_classes = (int) MIN (sal_shape_count (shape), G_MAXINT);
  if (long_axes > 1 || self->n_classes < 1 ||
      sal_plan_type (self->plan, self->logits) != SAL_FLOAT) {
    g_autofree char *text = sal_shape_to_string (shape);

    g_set_error (error, SAL_ERROR, SAL_ERROR_UNSUPPORTED,
                 "output \"%s\" has the shape %s, not one score a class: this is no classifier",
                 value_of (self, self->output)->name, text);
    return FALSE;
  }
  return TRUE;
}

gint64
sal_token_grid (const SalShape *shape, gint64 *skipped)
{
  gint64 side = shape->rank == 3 ? (gint64) floor (sqrt ((double) shape->dim[1])) : 0;

  *skipped = shape->rank == 3 ? shape->dim[1] - side * side : 0;
  return side > 1 && *skipped <= 2 ? side : 0;
}

static gboolean
has_places (const SalModel *self, const SalShape *shape)
{
  gint64 skipped;

  if (shape->rank == 4)
    return shape->dim[0] == 1 && shape->dim[2] * shape->dim[3] > 1;
  return shape->rank == 3 && shape->dim[0] == 1 && self->input_shape.rank == 4 &&
         sal_token_grid (shape, &skipped) > 0;
}

/* The last layer; in a transformer the last sum before the last attention, for after that attention
 * only the class token is looked at, and other tokens have no gradient. */
static void
choose_default_layer (SalModel *self)
{
  int attention = -1;

  self->default_layer = (int) self->layers->len - 1;
  if (self->layers->len == 0 ||
      g_array_index (self->layers, SalLayer, self->default_layer).shape.rank == 4)
    return;
  for (int i = 0; i < sal_graph_n_nodes (self->graph); i++) {
    const SalNode *node = sal_graph_node (self->graph, i);
    const SalShape *shape = sal_plan_shape (self->plan, node->y[0]);

    if (strcmp (node->op_type, "Softmax") == 0 && shape != NULL && shape->rank >= 3 &&
        shape->dim[shape->rank - 1] == shape->dim[shape->rank - 2])
      attention = i;
  }
  for (int i = 0; i < (int) self->layers->len; i++) {
    const SalLayer *layer = &g_array_index (self->layers, SalLayer, i);

    if (layer->shape.rank == 3 && strcmp (layer->op_type, "Add") == 0 &&
        value_of (self, layer->value)->producer < attention)
      self->default_layer = i;
  }
}

static void
list_layers (SalModel *self)
{
  for (int i = 0; i < sal_graph_n_nodes (self->graph); i++) {
    const SalNode *node = sal_graph_node (self->graph, i);

    for (int j = 0; j < node->n_y; j++) {
      const SalShape *shape =
          node->y[j] != SAL_NO_VALUE ? sal_plan_shape (self->plan, node->y[j]) : NULL;

      if (shape != NULL && has_places (self, shape) &&
          sal_plan_type (self->plan, node->y[j]) == SAL_FLOAT &&
          sal_plan_constant (self->plan, node->y[j]) == NULL) {
        SalLayer layer = { node->y[j], node->name, value_of (self, node->y[j])->name, node->op_type,
                           *shape };

        g_array_append_val (self->layers, layer);
      }
    }
  }
  choose_default_layer (self);
}

/* Several pictures can share a pass only if every value holds one part a picture, the parts lying
 * one after the other. A graph that was exported for one picture may reshape them into each other
 * without any shape failing to fit, so each is looked at. */
static int
find_max_batch (SalModel *self)
{
  const SalValue *v = value_of (self, self->input);
  g_autoptr (SalPlan) two = NULL;

  if (v->declared && v->shape.rank > 0 && v->shape.dim[0] >= 0)
    return 1;
  two = plan_for (self, 2, NULL);
  if (two == NULL)
    return 1;
  for (int i = 0; i < sal_graph_n_values (self->graph); i++) {
    const SalShape *a = sal_plan_shape (self->plan, i), *b = sal_plan_shape (two, i);

    if (a == NULL || b == NULL || value_of (self, i)->constant != NULL)
      continue;
    if (sal_plan_type (two, i) == SAL_INT || sal_plan_constant (two, i) != NULL)
      continue;
    if (a->rank != b->rank || a->rank == 0 || b->dim[0] != 2 * a->dim[0] ||
        sal_shape_count (b) != 2 * sal_shape_count (a))
      return 1;
  }
  return MANY;
}

/* Everything that follows from graph and preparation. */
static gboolean
settle (SalModel *self, GError **error)
{
  int n_labels = 0;

  if (!choose_input (self, error) || !bind_others (self, error) ||
      !resolve_input_shape (self, error) || !choose_output (self, error))
    return FALSE;
  if (self->preparation != NULL && sal_preparation_assumed (self->preparation) != NULL)
    add_note (self, "%s", sal_preparation_assumed (self->preparation));
  find_head (self);
  self->plan = plan_for (self, 1, error);
  if (self->plan == NULL || !count_classes (self, error))
    return FALSE;
  self->max_batch = find_max_batch (self);
  list_layers (self);
  if (self->given_labels != NULL)
    n_labels = (int) g_strv_length (self->given_labels);
  else if (self->preparation != NULL)
    n_labels = sal_preparation_n_labels (self->preparation);
  if (self->labels_note != NULL)
    add_note (self, "%s", self->labels_note);
  if (n_labels != 0 && n_labels != self->n_classes)
    add_note (self, "There are %d labels for %d classes: they may not belong together.", n_labels,
              self->n_classes);
  return TRUE;
}

static void
binding_clear (gpointer data)
{
  sal_tensor_unref (((SalBinding *) data)->tensor);
}

static SalModel *
allocate (SalGraph *graph, SalPreparation *preparation)
{
  SalModel *self = g_new0 (SalModel, 1);

  g_atomic_ref_count_init (&self->refs);
  pthread_mutex_init (&self->mutex, NULL);
  self->graph = sal_graph_ref (graph);
  self->preparation = preparation != NULL ? sal_preparation_ref (preparation) : NULL;
  self->notes = g_ptr_array_new_null_terminated (0, g_free, TRUE);
  self->layers = g_array_new (FALSE, FALSE, sizeof (SalLayer));
  self->bindings = g_array_new (FALSE, FALSE, sizeof (SalBinding));
  g_array_set_clear_func (self->bindings, binding_clear);
  return self;
}

/* The sidecar's preparation, else what other files or the model itself say, or what is likely; none
 * for a model that takes no picture, of which the sidecar says other things. */
static gboolean
find_preparation (SalModel *self, const char *path, GHashTable *metadata, GError **error)
{
  g_autofree char *sidecar = sal_sidecar_path (path);
  gboolean has_sidecar = g_file_test (sidecar, G_FILE_TEST_EXISTS);
  const SalValue *input = NULL;
  g_auto (SalTraits) traits = { 0 };
  GError *inner = NULL;

  for (int i = 0; i < sal_graph_n_inputs (self->graph) && input == NULL; i++) {
    const SalValue *v = value_of (self, sal_graph_input (self->graph, i));

    if (v->type == SAL_FLOAT)
      input = v;
  }
  if (input == NULL || (input->declared && input->shape.rank != 4)) {
    if (!sal_traits_load (&traits, path, input != NULL ? &input->shape : NULL, error))
      return FALSE;
    self->given_labels = g_steal_pointer (&traits.labels);
    self->vocabulary = g_steal_pointer (&traits.vocabulary);
    return TRUE;
  }
  if (!has_sidecar)
    self->preparation = sal_preprocessor_find (path, input->name, &input->shape, metadata);
  if (self->preparation == NULL)
    self->preparation = sal_preparation_for_model (path, input->name, &input->shape, &inner);
  if (self->preparation != NULL)
    return TRUE;
  if (!has_sidecar && g_error_matches (inner, SAL_ERROR, SAL_ERROR_UNSUPPORTED)) {
    g_clear_error (&inner);
    return TRUE;
  }
  g_propagate_error (error, inner);
  return FALSE;
}

SalModel *
sal_model_open (const char *path, GError **error)
{
  g_auto (SalOnnxInfo) info = { 0 };
  g_autoptr (SalGraph) graph = sal_onnx_read (path, &info, error);
  g_autoptr (SalModel) self = NULL;
  char *dot;

  if (graph == NULL)
    return NULL;
  self = allocate (graph, NULL);
  if (!find_preparation (self, path, info.metadata, error))
    return NULL;
  self->path = g_strdup (path);
  self->name = g_path_get_basename (path);
  dot = strrchr (self->name, '.');
  if (dot != NULL && dot != self->name)
    *dot = '\0';
  if (!settle (self, error)) {
    g_autofree char *file = g_path_get_basename (path);

    g_prefix_error (error, "%s: ", file);
    return NULL;
  }
  return g_steal_pointer (&self);
}

SalModel *
sal_model_new (SalGraph *graph, SalPreparation *preparation, const char *const *labels,
               const char *name, GError **error)
{
  g_autoptr (SalModel) self = allocate (graph, preparation);

  self->name = g_strdup (name);
  self->given_labels = g_strdupv ((char **) labels);
  return settle (self, error) ? g_steal_pointer (&self) : NULL;
}

/* A copy of all that a model was given, for one thing of it to be changed and then settled. */
static SalModel *
copy (SalModel *model)
{
  SalModel *self = allocate (model->graph, model->preparation);

  self->path = g_strdup (model->path);
  self->name = g_strdup (model->name);
  self->given_labels = g_strdupv (model->given_labels);
  self->labels_note = g_strdup (model->labels_note);
  self->vocabulary = model->vocabulary != NULL ? sal_vocabulary_ref (model->vocabulary) : NULL;
  self->given = model->given != NULL ? g_hash_table_ref (model->given) : NULL;
  self->compute = model->compute;
  return self;
}

SalModel *
sal_model_with_preparation (SalModel *model, SalPreparation *preparation, GError **error)
{
  g_autoptr (SalModel) self = copy (model);

  g_clear_pointer (&self->preparation, sal_preparation_unref);
  self->preparation = preparation != NULL ? sal_preparation_ref (preparation) : NULL;
  return settle (self, error) ? g_steal_pointer (&self) : NULL;
}

SalModel *
sal_model_with_labels (SalModel *model, const char *const *labels, const char *note, GError **error)
{
  g_autoptr (SalModel) self = copy (model);

  g_strfreev (self->given_labels);
  g_free (self->labels_note);
  self->given_labels = g_strdupv ((char **) labels);
  self->labels_note = g_strdup (note);
  return settle (self, error) ? g_steal_pointer (&self) : NULL;
}

SalModel *
sal_model_with_compute (SalModel *model, SalCompute compute, GError **error)
{
  g_autoptr (SalModel) self = copy (model);

  self->compute = compute;
  return settle (self, error) ? g_steal_pointer (&self) : NULL;
}

SalCompute
sal_model_compute (const SalModel *model)
{
  return model->compute;
}

SalModel *
sal_model_bind (SalModel *model, GHashTable *inputs, GError **error)
{
  g_autoptr (SalModel) self = NULL;
  GHashTableIter iter;
  gpointer name;

  g_hash_table_iter_init (&iter, inputs);
  while (g_hash_table_iter_next (&iter, &name, NULL)) {
    int value = sal_graph_find (model->graph, name);
    gboolean is_input = FALSE;

    for (int i = 0; i < sal_graph_n_inputs (model->graph); i++)
      is_input = is_input || sal_graph_input (model->graph, i) == value;
    if (!is_input) {
      g_set_error (error, SAL_ERROR, SAL_ERROR_ARGUMENT, "the model has no input called \"%s\"",
                   (const char *) name);
      return NULL;
    }
  }
  self = copy (model);
  g_clear_pointer (&self->given, g_hash_table_unref);
  self->given = g_hash_table_ref (inputs);
  return settle (self, error) ? g_steal_pointer (&self) : NULL;
}

int
sal_model_tokens (const SalModel *model)
{
  return model->tokens;
}

const SalVocabulary *
sal_model_vocabulary (const SalModel *model)
{
  return model->vocabulary;
}

SalTensor *
sal_model_embedding (const SalModel *model, GError **error)
{
  const SalTensor *table, *ids;
  SalTensor *out;
  gint64 n_rows, width;

  if (model->tokens == SAL_NO_VALUE) {
    g_set_error (error, SAL_ERROR, SAL_ERROR_ARGUMENT, "%s is no text model", model->name);
    return NULL;
  }
  table = value_of (model,
                    sal_graph_node (model->graph, value_of (model, model->input)->producer)->x[0])
              ->constant;
  ids = g_array_index (model->bindings, SalBinding, 0).tensor;
  n_rows = sal_tensor_shape (table)->dim[0];
  width = sal_tensor_shape (table)->dim[1];
  out = sal_tensor_new (SAL_FLOAT, &model->input_shape);
  for (gint64 t = 0; t < sal_tensor_count (ids); t++) {
    gint64 id = sal_tensor_ints (ids)[t];

    if (id < -n_rows || id >= n_rows) {
      g_set_error (error, SAL_ERROR, SAL_ERROR_ARGUMENT,
                   "token %" G_GINT64_FORMAT " is not one of the %" G_GINT64_FORMAT
                   " that the model knows",
                   id, n_rows);
      sal_tensor_unref (out);
      return NULL;
    }
    memcpy ((float *) sal_tensor_edit (out) + t * width,
            sal_tensor_floats (table) + (id < 0 ? id + n_rows : id) * width,
            width * sizeof (float));
  }
  return out;
}

SalModel *
sal_model_ref (SalModel *model)
{
  g_atomic_ref_count_inc (&model->refs);
  return model;
}

void
sal_model_unref (SalModel *model)
{
  if (!g_atomic_ref_count_dec (&model->refs))
    return;
  g_clear_pointer (&model->plan, sal_plan_unref);
  g_clear_pointer (&model->preparation, sal_preparation_unref);
  sal_graph_unref (model->graph);
  g_strfreev (model->given_labels);
  g_free (model->labels_note);
  g_clear_pointer (&model->vocabulary, sal_vocabulary_unref);
  g_ptr_array_unref (model->notes);
  g_array_unref (model->layers);
  g_array_unref (model->bindings);
  g_clear_pointer (&model->given, g_hash_table_unref);
  pthread_mutex_destroy (&model->mutex);
  g_free (model->path);
  g_free (model->name);
  g_free (model->sha256);
  g_free (model);
}

const char *
sal_model_path (const SalModel *model)
{
  return model->path;
}

const char *
sal_model_name (const SalModel *model)
{
  return model->name;
}

const char *
sal_model_sha256 (SalModel *model)
{
  g_autoptr (GMappedFile) file = NULL;

  pthread_mutex_lock (&model->mutex);
  if (model->sha256 == NULL && model->path != NULL) {
    file = g_mapped_file_new (model->path, FALSE, NULL);
    if (file != NULL)
      model->sha256 = g_compute_checksum_for_data (
          G_CHECKSUM_SHA256, (const guchar *) g_mapped_file_get_contents (file),
          g_mapped_file_get_length (file));
  }
  pthread_mutex_unlock (&model->mutex);
  return model->sha256;
}

SalGraph *
sal_model_graph (const SalModel *model)
{
  return model->graph;
}

SalPreparation *
sal_model_preparation (const SalModel *model)
{
  return model->preparation;
}

const char *const *
sal_model_notes (const SalModel *model)
{
  /* An array that never held anything has no memory, not even for its end. */
  static const char *const none[] = { NULL };

  return model->notes->len > 0 ? (const char *const *) model->notes->pdata : none;
}

int
sal_model_input (const SalModel *model)
{
  return model->input;
}

const SalShape *
sal_model_input_shape (const SalModel *model)
{
  return &model->input_shape;
}

int
sal_model_max_batch (const SalModel *model)
{
  return model->max_batch;
}

int
sal_model_logits (const SalModel *model)
{
  return model->logits;
}

int
sal_model_output (const SalModel *model)
{
  return model->output;
}

SalHead
sal_model_head (const SalModel *model)
{
  return model->head;
}

SalPlan *
sal_model_plan (const SalModel *model)
{
  return model->plan;
}

int
sal_model_n_classes (const SalModel *model)
{
  return model->n_classes;
}

const char *
sal_model_label (const SalModel *model, int class_index)
{
  if (model->given_labels != NULL)
    return class_index < (int) g_strv_length (model->given_labels)
               ? model->given_labels[class_index]
               : NULL;
  return model->preparation != NULL ? sal_preparation_label (model->preparation, class_index)
                                    : NULL;
}

/* Whether @text is the label, or one of the names that a label like "tabby, tabby cat" lists. */
static gboolean
names_label (const char *label, const char *text)
{
  g_auto (GStrv) names = NULL;

  if (g_ascii_strcasecmp (label, text) == 0)
    return TRUE;
  names = g_strsplit (label, ",", -1);
  for (int i = 0; names[i] != NULL; i++)
    if (g_ascii_strcasecmp (g_strstrip (names[i]), text) == 0)
      return TRUE;
  return FALSE;
}

int
sal_model_find_class (const SalModel *model, const char *text, GError **error)
{
  g_autofree char *wanted = g_strstrip (g_strdup (text));
  guint64 number;

  if (g_ascii_string_to_unsigned (wanted, 10, 0, model->n_classes - 1, &number, NULL))
    return (int) number;
  for (int i = 0; i < model->n_classes; i++)
    if (sal_model_label (model, i) != NULL && names_label (sal_model_label (model, i), wanted))
      return i;
  g_set_error (error, SAL_ERROR, SAL_ERROR_ARGUMENT,
               "\"%s\" is neither a class number from 0 to %d nor a label", wanted,
               model->n_classes - 1);
  return -1;
}

const SalLayer *
sal_model_layers (const SalModel *model, int *n)
{
  *n = model->layers->len;
  return (const SalLayer *) (gpointer) model->layers->data;
}

const SalLayer *
sal_model_default_layer (const SalModel *model)
{
  return model->layers->len > 0 ? &g_array_index (model->layers, SalLayer, model->default_layer)
                                : NULL;
}

int
sal_model_find_value (const SalModel *model, const char *name, GError **error)
{
  int node = sal_graph_find_node (model->graph, name);
  int value =
      node >= 0 ? sal_graph_node (model->graph, node)->y[0] : sal_graph_find (model->graph, name);

  if (value != SAL_NO_VALUE && sal_plan_shape (model->plan, value) != NULL)
    return value;
  g_set_error (error, SAL_ERROR, SAL_ERROR_ARGUMENT,
               "\"%s\" is neither a node nor a tensor that the class scores depend on", name);
  return SAL_NO_VALUE;
}

SalTensor *
sal_model_prepare (const SalModel *model, SalImage *image, GError **error)
{
  if (model->preparation == NULL) {
    g_set_error (error, SAL_ERROR, SAL_ERROR_UNSUPPORTED, "%s takes no pictures", model->name);
    return NULL;
  }
  return sal_preparation_apply (model->preparation, image);
}

static int
by_logit (gconstpointer a, gconstpointer b)
{
  const SalPrediction *x = a, *y = b;
  /* NaN goes last: nothing is known of it. */
  double u = isnan (x->logit) ? -INFINITY : x->logit, v = isnan (y->logit) ? -INFINITY : y->logit;

  if (u != v)
    return u > v ? -1 : 1;
  return x->class_index < y->class_index ? -1 : x->class_index > y->class_index;
}

GArray *
sal_model_predict (const SalModel *model, const SalTensor *input, GCancellable *cancellable,
                   GError **error)
{
  g_autoptr (SalRun) run = NULL;
  GArray *all;
  const float *z;
  double highest = -INFINITY, sum = 0;

  g_return_val_if_fail (sal_shape_equal (sal_tensor_shape (input), &model->input_shape), NULL);
  run = sal_run_new (model->plan);
  memcpy (sal_run_feed (run, model->input), sal_tensor_floats (input),
          sal_tensor_count (input) * sizeof (float));
  if (!sal_run_forward (run, cancellable, error))
    return NULL;
  z = sal_run_value (run, model->logits);
  for (int i = 0; i < model->n_classes; i++)
    highest = MAX (highest, z[i]);
  for (int i = 0; i < model->n_classes; i++)
    sum += exp (z[i] - highest);
  all = g_array_sized_new (FALSE, FALSE, sizeof (SalPrediction), model->n_classes);
  for (int i = 0; i < model->n_classes; i++) {
    SalPrediction prediction = { i, z[i],
                                 model->head == SAL_HEAD_SIGMOID ? 1 / (1 + exp (-(double) z[i]))
                                                                 : exp (z[i] - highest) / sum };

    g_array_append_val (all, prediction);
  }
  g_array_sort (all, by_logit);
  return all;
}
