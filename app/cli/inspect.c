/* salience-cli inspect: what is in a model. */
#include "app/cli/command.h"
#include "app/cli/report.h"
#include "engine/base/error.h"
#include "engine/base/json.h"
#include "engine/model.h"
#include "engine/onnx/reader.h"

#include <string.h>

/* A file that is read, but no classifier, has a graph and no model; one with unknown operators has
 * their list alone. */
typedef struct {
  const char *path;
  SalModel *model;
  SalGraph *graph;
  SalOnnxInfo info;
  char *why; /* no model, or no graph */
} Inspected;

static void
inspected_clear (Inspected *self)
{
  g_clear_pointer (&self->model, sal_model_unref);
  g_clear_pointer (&self->graph, sal_graph_unref);
  sal_onnx_info_clear (&self->info);
  g_free (self->why);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Inspected, inspected_clear)

static gboolean
inspected_open (Inspected *self, const char *path, GError **error)
{
  g_autoptr (GError) model_error = NULL, graph_error = NULL;

  self->path = path;
  self->model = sal_model_open (path, &model_error);
  if (self->model != NULL) {
    self->graph = sal_graph_ref (sal_model_file_graph (self->model));
    return TRUE;
  }
  self->graph = sal_onnx_read (path, &self->info, &graph_error);
  if (self->graph == NULL && (self->info.unsupported == NULL || self->info.unsupported->len == 0)) {
    g_propagate_error (error, g_steal_pointer (&graph_error));
    return FALSE;
  }
  self->why = g_strdup (self->graph == NULL ? graph_error->message : model_error->message);
  return TRUE;
}

/* Returns: (transfer full) (element-type utf8 int): how often each operator occurs */
static GHashTable *
count_operators (const SalGraph *graph)
{
  GHashTable *counts = g_hash_table_new (g_str_hash, g_str_equal);

  for (int i = 0; i < sal_graph_n_nodes (graph); i++) {
    char *name = sal_graph_node (graph, i)->op_type;
    int n = GPOINTER_TO_INT (g_hash_table_lookup (counts, name));

    g_hash_table_insert (counts, name, GINT_TO_POINTER (n + 1));
  }
  return counts;
}

static void
add_shape (JsonBuilder *builder, const SalShape *shape, char *const *symbols)
{
  json_builder_set_member_name (builder, "shape");
  json_builder_begin_array (builder);
  for (int i = 0; i < shape->rank; i++)
    if (shape->dim[i] >= 0)
      json_builder_add_int_value (builder, shape->dim[i]);
    else if (symbols != NULL && symbols[i] != NULL)
      json_builder_add_string_value (builder, symbols[i]);
    else
      json_builder_add_null_value (builder);
  json_builder_end_array (builder);
}

/* The shape of an input or output: as the file declares it, else as it comes out for one picture */
static const SalShape *
shape_of (const Inspected *self, int value, gboolean *declared)
{
  const SalValue *v = sal_graph_get_value (self->graph, value);
  const SalValue *m = NULL;

  *declared = v->declared;
  if (v->declared)
    return &v->shape;
  if (self->model != NULL) {
    m = sal_graph_get_value (sal_model_graph (self->model), value);
    if (strcmp (m->name, v->name) == 0)
      return sal_plan_shape (sal_model_plan (self->model), value);
  }
  return NULL;
}

static void
add_values (JsonBuilder *builder, const Inspected *self, gboolean outputs)
{
  const SalGraph *graph = self->graph;
  int n = graph == NULL ? 0 : outputs ? sal_graph_n_outputs (graph) : sal_graph_n_inputs (graph);

  json_builder_set_member_name (builder, outputs ? "outputs" : "inputs");
  json_builder_begin_array (builder);
  for (int i = 0; i < n; i++) {
    int number = outputs ? sal_graph_output (graph, i) : sal_graph_input (graph, i);
    const SalValue *value = sal_graph_get_value (graph, number);
    gboolean declared;
    const SalShape *shape = shape_of (self, number, &declared);

    json_builder_begin_object (builder);
    sal_json_add_string (builder, "name", value->name);
    if (shape != NULL) {
      add_shape (builder, shape, declared ? value->symbols : NULL);
    } else {
      json_builder_set_member_name (builder, "shape");
      json_builder_add_null_value (builder);
    }
    sal_json_add_string (builder, "type", value->type == SAL_INT ? "int64" : "float32");
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
}

static void
add_operators (JsonBuilder *builder, const Inspected *self)
{
  json_builder_set_member_name (builder, "operators");
  json_builder_begin_object (builder);
  if (self->graph != NULL) {
    g_autoptr (GHashTable) counts = count_operators (self->graph);
    g_autoptr (GList) names = g_list_sort (g_hash_table_get_keys (counts), (GCompareFunc) strcmp);

    for (GList *at = names; at != NULL; at = at->next)
      sal_json_add_int (builder, at->data,
                        GPOINTER_TO_INT (g_hash_table_lookup (counts, at->data)));
  }
  json_builder_end_object (builder);
}

static void
add_layers (JsonBuilder *builder, const Inspected *self)
{
  int n = 0;
  const SalLayer *layers = self->model != NULL ? sal_model_layers (self->model, &n) : NULL;

  json_builder_set_member_name (builder, "layers");
  json_builder_begin_array (builder);
  for (int i = 0; i < n; i++) {
    json_builder_begin_object (builder);
    sal_json_add_string (builder, "name", layers[i].node);
    sal_json_add_string (builder, "tensor", layers[i].tensor);
    add_shape (builder, &layers[i].shape, NULL);
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
}

/* The reader lists `Operator "node"`. */
static void
add_unsupported (JsonBuilder *builder, const Inspected *self)
{
  guint n = self->info.unsupported != NULL ? self->info.unsupported->len : 0;

  json_builder_set_member_name (builder, "unsupported");
  json_builder_begin_array (builder);
  for (guint i = 0; i < n; i++) {
    const char *text = self->info.unsupported->pdata[i];
    const char *quote = strstr (text, " \"");
    gsize length = quote != NULL ? (gsize) (quote - text) : strlen (text);
    g_autofree char *operator= g_strndup (text, length);
    g_autofree char *node = g_strdup (quote != NULL ? quote + 2 : "");

    if (g_str_has_suffix (node, "\""))
      node[strlen (node) - 1] = '\0';
    json_builder_begin_object (builder);
    sal_json_add_string (builder, "node", node);
    sal_json_add_string (builder, "operator", operator);
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
}

static void
add_count (JsonBuilder *builder, const char *key, gboolean known, gint64 count)
{
  if (known)
    sal_json_add_int (builder, key, count);
  else
    sal_json_add_string (builder, key, NULL);
}

static char *
to_json (const Inspected *self)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  const SalLayer *layer = self->model != NULL ? sal_model_default_layer (self->model) : NULL;

  json_builder_begin_object (builder);
  sal_json_add_string (builder, "model", self->path);
  add_values (builder, self, FALSE);
  add_values (builder, self, TRUE);
  add_operators (builder, self);
  add_count (builder, "parameters", self->graph != NULL,
             self->graph != NULL ? sal_graph_parameters (self->graph) : 0);
  add_count (builder, "multiply_adds", self->model != NULL,
             self->model != NULL ? sal_plan_multiply_adds (sal_model_plan (self->model)) : 0);
  add_layers (builder, self);
  sal_json_add_string (builder, "default_layer", layer != NULL ? layer->node : NULL);
  add_unsupported (builder, self);
  sal_json_add_string (builder, "problem", self->why);
  json_builder_set_member_name (builder, "notes");
  json_builder_begin_array (builder);
  for (const char *const *note = self->model != NULL ? sal_model_notes (self->model) : NULL;
       note != NULL && *note != NULL; note++)
    json_builder_add_string_value (builder, *note);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  return sal_json_text (builder);
}

static void
print_values (const Inspected *self, gboolean outputs)
{
  const SalGraph *graph = self->graph;
  int n = outputs ? sal_graph_n_outputs (graph) : sal_graph_n_inputs (graph);

  for (int i = 0; i < n; i++) {
    int number = outputs ? sal_graph_output (graph, i) : sal_graph_input (graph, i);
    const SalValue *value = sal_graph_get_value (graph, number);
    gboolean declared;
    const SalShape *shape = shape_of (self, number, &declared);
    g_autofree char *size = shape != NULL ? sal_shape_to_string (shape) : g_strdup ("?");
    g_autofree char *name = cli_printable (value->name);

    g_print ("%s  %s  %s %s\n", outputs ? "output" : "input ", name, size,
             value->type == SAL_INT ? "int64" : "float32");
  }
}

static void
print_layers (const SalModel *model)
{
  int n;
  const SalLayer *layers = sal_model_layers (model, &n);
  const SalLayer *chosen = sal_model_default_layer (model);

  if (n > 0)
    g_print ("layers for Grad-CAM, * the default\n");
  for (int i = 0; i < n; i++) {
    g_autofree char *size = sal_shape_to_string (&layers[i].shape);
    g_autofree char *name = cli_printable (layers[i].node);

    g_print ("  %c %-18s %-16s %s\n",
             chosen != NULL && chosen->value == layers[i].value ? '*' : ' ', size,
             layers[i].op_type, name);
  }
}

static void
print_graph (const Inspected *self)
{
  g_autoptr (GHashTable) counts = count_operators (self->graph);
  g_autoptr (GList) names = g_list_sort (g_hash_table_get_keys (counts), (GCompareFunc) strcmp);

  print_values (self, FALSE);
  print_values (self, TRUE);
  g_print ("operators ");
  for (GList *at = names; at != NULL; at = at->next) {
    g_autofree char *name = cli_printable (at->data);

    g_print (" %s %d%s", name, GPOINTER_TO_INT (g_hash_table_lookup (counts, at->data)),
             at->next != NULL ? "," : "\n");
  }
  g_print ("parameters  %" PRId64 "\n", sal_graph_parameters (self->graph));
}

static void
print_all (const Inspected *self)
{
  if (self->graph != NULL)
    print_graph (self);
  if (self->model != NULL) {
    g_print ("multiply-adds  %" PRId64 "\n", sal_plan_multiply_adds (sal_model_plan (self->model)));
    print_layers (self->model);
    for (const char *const *note = sal_model_notes (self->model); *note != NULL; note++) {
      g_autofree char *text = cli_printable (*note);

      g_print ("note  %s\n", text);
    }
  }
  for (guint i = 0; self->info.unsupported != NULL && i < self->info.unsupported->len; i++) {
    g_autofree char *text = cli_printable (self->info.unsupported->pdata[i]);

    g_print ("unsupported  %s\n", text);
  }
  if (self->why != NULL) {
    g_autofree char *text = cli_printable (self->why);

    g_print ("cannot be explained: %s\n", text);
  }
}

static gboolean
inspect (int argc, char **argv, GCancellable *cancellable, GError **error)
{
  g_autofree char *json = NULL;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_FILENAME, &json, "result as JSON, - for standard output", "FILE" },
    { NULL },
  };
  g_autoptr (GOptionContext) context = cli_context_new (&cli_inspect, entries);
  g_auto (GStrv) arguments = NULL;
  g_auto (Inspected) inspected = { 0 };
  CliParse parse = cli_context_parse (context, &cli_inspect, argc, argv, &arguments, 1, 1, error);

  if (parse != CLI_PARSE_GO)
    return parse == CLI_PARSE_DONE;
  if (!inspected_open (&inspected, arguments[0], error))
    return FALSE;
  if (json != NULL) {
    g_autofree char *text = to_json (&inspected);

    if (!cli_write_json (json, text, error))
      return FALSE;
  }
  if (cli_talks (json))
    print_all (&inspected);
  return TRUE;
}

const CliCommand cli_inspect = {
  .name = "inspect",
  .usage = "MODEL",
  .summary = "Lists inputs, outputs, operators and layers of a model.",
  .run = inspect,
};
