/* Which input of a graph is explained, in what shape, and what the others are fixed at. */
#include "engine/model-private.h"

#include "engine/base/error.h"

#include <glib/gi18n.h>
#include <string.h>

/* Tokens of a text model whose text is not known yet. */
#define DEFAULT_TOKENS 16

/* The output of the first Gather that reads rows of a table at an integer input [N, T]. */
static void
find_embedding (SalModel *self)
{
  for (int i = 0; i < sal_graph_n_nodes (self->graph); i++) {
    const SalNode *node = sal_graph_node (self->graph, i);
    const SalTensor *table;

    if (strcmp (node->op_type, "Gather") != 0 || node->n_x != 2 || node->x[0] == SAL_NO_VALUE)
      continue;
    table = sal_model_value (self, node->x[0])->constant;
    if (table == NULL || sal_tensor_type (table) != SAL_FLOAT ||
        sal_tensor_shape (table)->rank != 2)
      continue;
    for (int j = 0; j < sal_graph_n_inputs (self->graph); j++)
      if (sal_graph_input (self->graph, j) == node->x[1] &&
          sal_model_value (self, node->x[1])->shape.rank == 2) {
        self->tokens = node->x[1];
        self->input = node->y[0];
        return;
      }
  }
}

int
sal_model_float_input (const SalGraph *graph, const SalPreparation *facts)
{
  const char *wanted = facts != NULL ? sal_preparation_input_name (facts) : NULL;
  GHashTable *fixed = facts != NULL ? sal_preparation_inputs (facts) : NULL;
  int found = SAL_NO_VALUE;
  gboolean is_picture = FALSE;

  for (int i = 0; i < sal_graph_n_inputs (graph); i++) {
    int input = sal_graph_input (graph, i);
    const SalValue *v = sal_graph_get_value (graph, input);

    if (wanted != NULL && strcmp (v->name, wanted) == 0)
      return v->type == SAL_FLOAT ? input : SAL_NO_VALUE;
    if (wanted != NULL || v->type != SAL_FLOAT ||
        (fixed != NULL && g_hash_table_contains (fixed, v->name)))
      continue;
    if (found == SAL_NO_VALUE || (v->shape.rank == 4 && !is_picture)) {
      found = input;
      is_picture = v->shape.rank == 4;
    }
  }
  return found;
}

/* The float input, else the embedding. */
static gboolean
choose_input (SalModel *self, GError **error)
{
  const char *wanted = self->facts != NULL ? sal_preparation_input_name (self->facts) : NULL;

  self->tokens = SAL_NO_VALUE;
  self->input = sal_model_float_input (self->graph, self->facts);
  if (self->input == SAL_NO_VALUE)
    find_embedding (self);
  if (self->input != SAL_NO_VALUE)
    return TRUE;
  if (wanted != NULL && sal_graph_find (self->graph, wanted) == SAL_NO_VALUE)
    sal_error_set (error, SAL_ERROR_ARGUMENT, "the model has no input called \"%s\"", wanted);
  else
    sal_error_set (error, SAL_ERROR_UNSUPPORTED,
                   "no input takes a picture, and no embedding reads token ids");
  return FALSE;
}

/* Every element the number that a tensor without axes holds. */
static SalTensor *
fill (SalType type, const SalShape *shape, const SalTensor *number)
{
  SalTensor *tensor = sal_tensor_new (type, shape);
  gint64 n = sal_tensor_count (tensor);
  double value = number == NULL                          ? 0
                 : sal_tensor_type (number) == SAL_FLOAT ? (double) sal_tensor_floats (number)[0]
                                                         : (double) sal_tensor_ints (number)[0];

  for (gint64 i = 0; i < n && value != 0; i++)
    if (type == SAL_INT)
      ((gint64 *) sal_tensor_edit (tensor))[i] = (gint64) CLAMP (value, -0x1p53, 0x1p53);
    else
      ((float *) sal_tensor_edit (tensor))[i] = (float) value;
  return tensor;
}

/* What is given for an input, else what the sidecar fixes it at, else zeros in its declared shape,
 * open axes being as long as @open. */
static gboolean
bind (SalModel *self, int input, gint64 open, GError **error)
{
  const SalValue *v = sal_model_value (self, input);
  GHashTable *fixed = self->facts != NULL ? sal_preparation_inputs (self->facts) : NULL;
  SalTensor *given = self->given != NULL ? g_hash_table_lookup (self->given, v->name) : NULL;
  SalBinding binding = { input, NULL };
  SalShape shape = v->shape;

  if (given == NULL && fixed != NULL)
    given = g_hash_table_lookup (fixed, v->name);
  if (given == NULL && input != self->tokens)
    sal_model_note (self, "Input “%s” is not given and taken as zeros.", v->name);
  if (given != NULL && (sal_tensor_shape (given)->rank > 0 || shape.rank == 0) &&
      sal_tensor_type (given) == v->type) {
    binding.tensor = sal_tensor_ref (given);
    g_array_append_val (self->bindings, binding);
    return TRUE;
  }
  if (given != NULL && sal_tensor_shape (given)->rank > 0) {
    sal_error_set (error, SAL_ERROR_ARGUMENT,
                   v->type == SAL_INT ? N_ ("input \"%s\" takes integers")
                                      : N_ ("input \"%s\" takes floats"),
                   v->name);
    return FALSE;
  }
  for (int axis = 0; axis < shape.rank; axis++)
    if (shape.dim[axis] < 0)
      shape.dim[axis] = axis == 0 ? 1 : open;
  if (!sal_shape_check (&shape, v->name, error))
    return FALSE;
  binding.tensor = fill (v->type, &shape, given);
  g_array_append_val (self->bindings, binding);
  return TRUE;
}

/* Names that the sidecar fixes must be inputs, and not the one that is explained. */
static gboolean
check_fixed (SalModel *self, GError **error)
{
  GHashTable *fixed = self->facts != NULL ? sal_preparation_inputs (self->facts) : NULL;
  GHashTableIter iter;
  gpointer name;

  if (fixed == NULL)
    return TRUE;
  g_hash_table_iter_init (&iter, fixed);
  while (g_hash_table_iter_next (&iter, &name, NULL)) {
    int value = sal_graph_find (self->graph, name);
    gboolean is_input = FALSE;

    for (int i = 0; i < sal_graph_n_inputs (self->graph); i++)
      is_input = is_input || sal_graph_input (self->graph, i) == value;
    if (is_input && value != self->input)
      continue;
    sal_error_set (error, SAL_ERROR_ARGUMENT,
                   is_input
                       ? N_ ("the sidecar fixes input \"%s\", which is the one that is explained")
                       : N_ ("the sidecar fixes input \"%s\", which the model does not have"),
                   (const char *) name);
    return FALSE;
  }
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
  }
  return TRUE;
}

/* The embedding of the bound tokens. */
static void
shape_embedding (SalModel *self)
{
  int producer = sal_model_value (self, self->input)->producer;
  const SalTensor *table =
      sal_model_value (self, sal_graph_node (self->graph, producer)->x[0])->constant;
  const SalTensor *ids = g_array_index (self->bindings, SalBinding, 0).tensor;

  self->input_shape = SAL_SHAPE (sal_tensor_shape (ids)->dim[0], sal_tensor_shape (ids)->dim[1],
                                 sal_tensor_shape (table)->dim[1]);
}

/* Pictures are prepared in another size than the one the file states: nothing but the statement may
 * stand against that, so it is taken out; a plan will tell. */
static gboolean
open_size (SalModel *self, const SalShape *prepared, GError **error)
{
  const SalValue *v = sal_model_value (self, self->input);
  int rows = sal_preparation_format (self->preparation)->layout == SAL_NCHW ? 2 : 1;
  SalShape shape = v->shape;
  SalGraph *graph;

  if (!v->declared || shape.rank != 4)
    return TRUE;
  for (int axis = rows; axis < rows + 2; axis++)
    if (shape.dim[axis] != prepared->dim[axis])
      shape.dim[axis] = -1;
  if (sal_shape_equal (&shape, &v->shape))
    return TRUE;
  graph = sal_graph_copy (self->graph);
  sal_graph_declare (graph, self->input, v->type, &shape);
  sal_graph_unref (self->graph);
  self->graph = graph;
  return sal_graph_seal (graph, error);
}

static gboolean
resolve_input_shape (SalModel *self, GError **error)
{
  const SalValue *v;
  SalShape prepared = { 0 };

  if (self->tokens != SAL_NO_VALUE) {
    shape_embedding (self);
    return TRUE;
  }
  if (self->preparation != NULL) {
    prepared = sal_pixel_format_shape (sal_preparation_format (self->preparation));
    if (!open_size (self, &prepared, error))
      return FALSE;
  }
  v = sal_model_value (self, self->input);
  self->input_shape = v->declared ? v->shape : prepared;
  for (int axis = 0; axis < self->input_shape.rank; axis++) {
    gint64 *dim = &self->input_shape.dim[axis];

    if (*dim < 0)
      *dim = prepared.rank == self->input_shape.rank ? prepared.dim[axis] : axis == 0 ? 1 : -1;
    if (*dim < 0) {
      sal_error_set (error, SAL_ERROR_SHAPE,
                     "input \"%s\": axis %d is open, and no sidecar says how long it is", v->name,
                     axis);
      return FALSE;
    }
  }
  if (self->preparation != NULL && !sal_shape_equal (&self->input_shape, &prepared)) {
    g_autofree char *want = sal_shape_to_string (&self->input_shape);
    g_autofree char *got = sal_shape_to_string (&prepared);

    sal_error_set (error, SAL_ERROR_SHAPE, "input \"%s\" takes %s, its pictures are prepared as %s",
                   v->name, want, got);
    return FALSE;
  }
  if (self->input_shape.rank == 0 || self->input_shape.dim[0] != 1) {
    g_autofree char *text = sal_shape_to_string (&self->input_shape);

    sal_error_set (error, SAL_ERROR_UNSUPPORTED,
                   "input \"%s\" takes %s: its first axis must allow one picture", v->name, text);
    return FALSE;
  }
  return TRUE;
}

gboolean
sal_model_find_input (SalModel *self, GError **error)
{
  return choose_input (self, error) && check_fixed (self, error) && bind_others (self, error) &&
         resolve_input_shape (self, error);
}
