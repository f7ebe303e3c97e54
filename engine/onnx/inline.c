#include "engine/onnx/inline.h"

#include "engine/base/error.h"
#include "engine/onnx/reader.h"
#include "engine/onnx/wire.h"

#include <glib/gi18n.h>
#include <string.h>

/* Functions and branches inside each other. */
#define MAX_DEPTH 64
/* Nodes that may be computed to know a condition: it is arithmetic on a few numbers. */
#define MAX_CONDITION_NODES 200
#define MAX_CONDITION_LINKS 16
/* More numbers than this are no arithmetic on shapes. */
#define MAX_CONDITION_ELEMENTS 4096
#define BYTES_PER_CONDITION_NODE 1024
/* Number of FunctionProto.attribute_proto, attributes with defaults, which older schemas lack. */
#define DEFAULTS_FIELD 11

static char *
function_key (const char *domain, const char *name)
{
  gboolean own = sal_onnx_is_own_domain (domain);

  return g_strconcat (own ? "" : domain, "::", name != NULL ? name : "", NULL);
}

gboolean
sal_onnx_collect_functions (SalOnnxReader *reader, GError **error)
{
  for (gsize i = 0; i < reader->model->n_functions; i++) {
    Onnx__FunctionProto *function = reader->model->functions[i];
    g_autofree char *key = function_key (function->domain, function->name);

    if (g_hash_table_contains (reader->functions, key)) {
      sal_error_set (error, SAL_ERROR_FORMAT, "function \"%s\" is defined twice", key);
      return FALSE;
    }
    g_hash_table_insert (reader->functions, g_steal_pointer (&key), function);
  }
  return TRUE;
}

const Onnx__FunctionProto *
sal_onnx_find_function (SalOnnxReader *reader, const Onnx__NodeProto *proto)
{
  if (g_hash_table_size (reader->functions) == 0)
    return NULL;
  g_autofree char *key = function_key (proto->domain, proto->op_type);
  return g_hash_table_lookup (reader->functions, key);
}

static gboolean
enter (SalOnnxReader *reader, const SalOnnxCall *call, GError **error)
{
  if (reader->depth == MAX_DEPTH) {
    sal_error_set (error, SAL_ERROR_FORMAT,
                   "functions and branches stand inside each other without end, or more than %d "
                   "deep, down to %s",
                   MAX_DEPTH, call->proto->op_type);
    return FALSE;
  }
  reader->depth++;
  return TRUE;
}

static void
add_identity (SalOnnxReader *reader, const SalOnnxScope *scope, const char *name, int x, int y)
{
  g_autofree char *full = g_strconcat (scope->prefix, "Identity_", name, NULL);
  int opset = (int) CLAMP (scope->opset, SAL_ONNX_OLDEST_OPSET, G_MAXINT);

  sal_onnx_add_node (reader, sal_node_new ("Identity", full, opset, &x, 1, &y, 1));
}

static void
free_message (gpointer message)
{
  protobuf_c_message_free_unpacked (message, NULL);
}

/* Attributes with defaults, where the schema in use does not know that field yet. */
static gboolean
read_defaults (SalOnnxReader *reader, const Onnx__FunctionProto *function, GPtrArray *defaults,
               GError **error)
{
  const ProtobufCMessage *base = &function->base;

  for (unsigned i = 0; i < base->n_unknown_fields; i++) {
    const ProtobufCMessageUnknownField *field = &base->unknown_fields[i];
    gsize skip = 0;

    if (field->tag != DEFAULTS_FIELD || field->wire_type != PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED)
      continue;
    if (!sal_onnx_spend (reader, 256 + field->len, error))
      return FALSE;
    while (skip < field->len && (field->data[skip] & 0x80) != 0)
      skip++;
    skip = MIN (skip + 1, field->len);
    ProtobufCMessage *message =
        sal_wire_unpack (&onnx__attribute_proto__descriptor, field->data + skip, field->len - skip,
                         N_ ("an attribute"), error);
    if (message == NULL) {
      sal_error_prefix (error, "function \"%s\": a default ", function->name);
      return FALSE;
    }
    g_ptr_array_add (defaults, message);
  }
  return TRUE;
}

/* What the body's ref_attr_name stand for: what the call gives, else the defaults. */
static GHashTable *
bind_attributes (const SalOnnxScope *scope, const SalOnnxCall *call, const GPtrArray *defaults)
{
  GHashTable *attributes = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < defaults->len; i++) {
    Onnx__AttributeProto *attribute = defaults->pdata[i];
    if (attribute->name != NULL)
      g_hash_table_insert (attributes, attribute->name, attribute);
  }
  for (gsize i = 0; i < call->proto->n_attribute; i++) {
    Onnx__AttributeProto *attribute = call->proto->attribute[i];
    gconstpointer given = sal_onnx_attribute (scope, attribute);
    if (attribute->name != NULL && given != NULL)
      g_hash_table_insert (attributes, attribute->name, (gpointer) given);
  }
  return attributes;
}

/* Names of the body's inputs are what the call reads, of its results what the call writes. A
 * result that is one of the inputs, or is there twice, is copied in the end. */
static gboolean
bind_values (SalOnnxReader *reader, SalOnnxScope *scope, const Onnx__FunctionProto *function,
             const SalOnnxCall *call, GError **error)
{
  const Onnx__NodeProto *proto = call->proto;

  if (proto->n_input > function->n_input || proto->n_output > function->n_output) {
    sal_error_set (error, SAL_ERROR_FORMAT,
                   "%s \"%s\": has %zu inputs and %zu outputs, the function has %zu and %zu",
                   proto->op_type, call->name, proto->n_input, proto->n_output, function->n_input,
                   function->n_output);
    return FALSE;
  }
  for (gsize i = 0; i < function->n_input; i++) {
    if (!sal_onnx_spend (reader, 128 + strlen (function->input[i]), error))
      return FALSE;
    int value = i < proto->n_input ? call->x[i] : SAL_NO_VALUE;
    if (!g_hash_table_insert (scope->values, g_strdup (function->input[i]),
                              GINT_TO_POINTER (value))) {
      sal_error_set (error, SAL_ERROR_FORMAT, "function \"%s\": two inputs are called \"%s\"",
                     function->name, function->input[i]);
      return FALSE;
    }
  }
  for (gsize i = 0; i < proto->n_output; i++)
    if (call->y[i] != SAL_NO_VALUE && !g_hash_table_contains (scope->values, function->output[i])) {
      g_hash_table_insert (scope->values, g_strdup (function->output[i]),
                           GINT_TO_POINTER (call->y[i]));
      g_hash_table_add (scope->results, g_strdup (function->output[i]));
    }
  return TRUE;
}

static gboolean
copy_results (SalOnnxReader *reader, SalOnnxScope *scope, const Onnx__FunctionProto *function,
              const SalOnnxCall *call, GError **error)
{
  for (gsize i = 0; i < call->proto->n_output; i++) {
    int value;

    if (call->y[i] == SAL_NO_VALUE)
      continue;
    if (g_hash_table_contains (scope->results, function->output[i])) {
      sal_error_set (error, SAL_ERROR_FORMAT, "function \"%s\": nothing computes its output \"%s\"",
                     function->name, function->output[i]);
      return FALSE;
    }
    if (!sal_onnx_lookup (scope, function->output[i], function->name, &value, error))
      return FALSE;
    if (value == SAL_NO_VALUE) {
      sal_error_set (error, SAL_ERROR_FORMAT,
                     "%s \"%s\": gives back \"%s\", which it was called without",
                     call->proto->op_type, call->name, function->output[i]);
      return FALSE;
    }
    if (value != call->y[i])
      add_identity (reader, scope, function->output[i], value, call->y[i]);
  }
  return TRUE;
}

gboolean
sal_onnx_inline_function (SalOnnxReader *reader, const SalOnnxScope *scope,
                          const Onnx__FunctionProto *function, const SalOnnxCall *call,
                          GError **error)
{
  g_autoptr (GHashTable) values = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GHashTable) results = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GPtrArray) defaults = g_ptr_array_new_with_free_func (free_message);
  g_autofree char *prefix = g_strconcat (call->name, "/", NULL);
  gint64 opset = sal_onnx_find_opset (function->opset_import, function->n_opset_import);

  if (!enter (reader, call, error) || !read_defaults (reader, function, defaults, error))
    return FALSE;
  g_autoptr (GHashTable) attributes = bind_attributes (scope, call, defaults);
  SalOnnxScope body = {
    .values = values,
    .results = results,
    .prefix = prefix,
    .opset = opset != 0 ? opset : scope->opset,
    .attributes = attributes,
  };
  gboolean ok = bind_values (reader, &body, function, call, error) &&
                sal_onnx_nodes (reader, &body, function->node, function->n_node, error) &&
                copy_results (reader, &body, function, call, error);
  reader->depth--;
  return ok;
}

/* Adds to @cone the nodes that must be computed to know @value. Returns: %FALSE if that needs an
 * input, or is more than a condition takes: it would be worked out again for each */
static gboolean
collect_cone (SalOnnxReader *reader, int value, GPtrArray *cone)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);
  g_autoptr (GArray) open = g_array_new (FALSE, FALSE, sizeof (int));

  g_array_append_val (open, value);
  while (open->len > 0) {
    int at = g_array_index (open, int, open->len - 1);
    g_array_set_size (open, open->len - 1);
    if (at == SAL_NO_VALUE)
      continue;
    const SalTensor *constant = sal_graph_get_value (reader->graph, at)->constant;
    if (constant != NULL && sal_tensor_count (constant) > MAX_CONDITION_ELEMENTS)
      return FALSE;
    if (constant != NULL)
      continue;

    SalNode *node = reader->producers->pdata[at];
    if (node == NULL || cone->len == MAX_CONDITION_NODES || node->n_x > MAX_CONDITION_LINKS ||
        node->n_y > MAX_CONDITION_LINKS)
      return FALSE;
    if (g_hash_table_add (seen, node)) {
      g_ptr_array_add (cone, node);
      g_array_append_vals (open, node->x, node->n_x);
    }
  }
  return TRUE;
}

static int
copy_value (const SalGraph *from, SalGraph *to, int value)
{
  if (value == SAL_NO_VALUE)
    return SAL_NO_VALUE;
  const SalValue *v = sal_graph_get_value (from, value);
  int copy = sal_graph_value (to, v->name);
  if (v->constant != NULL && sal_graph_get_value (to, copy)->constant == NULL)
    sal_graph_set_constant (to, copy, v->constant);
  return copy;
}

static void
copy_node (const SalGraph *from, SalGraph *to, const SalNode *node)
{
  g_autofree int *x = g_new (int, node->n_x + 1), *y = g_new (int, node->n_y + 1);

  for (int i = 0; i < node->n_x; i++)
    x[i] = copy_value (from, to, node->x[i]);
  for (int i = 0; i < node->n_y; i++)
    y[i] = copy_value (from, to, node->y[i]);
  SalNode *copy = sal_node_new (node->op_type, node->name, node->opset, x, node->n_x, y, node->n_y);
  sal_node_copy_attributes (copy, node);
  sal_graph_add_node (to, copy);
}

/* Sealing a graph computes what depends on constants only; so a graph of just the nodes before the
 * condition works it out. What this takes counts, for the same may be asked again and again.
 *
 * Returns: %FALSE and @error if it fails, as then the whole graph would; @result stays %NULL if
 *   that takes operators that are unknown, which are for the list of them */
static gboolean
work_out (SalOnnxReader *reader, int value, const GPtrArray *cone, SalTensor **result,
          GError **error)
{
  g_autoptr (SalGraph) part = sal_graph_new ();
  g_autoptr (GError) seal_error = NULL;
  int copy = copy_value (reader->graph, part, value);
  gsize bytes = 0;

  for (guint i = 0; i < cone->len; i++)
    copy_node (reader->graph, part, cone->pdata[i]);
  if (!sal_graph_seal (part, &seal_error)) {
    if (sal_graph_unsupported (part)->len > 0)
      return TRUE;
    g_propagate_error (error, g_steal_pointer (&seal_error));
    return FALSE;
  }
  for (int i = 0; i < sal_graph_n_values (part); i++) {
    const SalTensor *constant = sal_graph_get_value (part, i)->constant;
    bytes += 64 + (constant != NULL ? (gsize) sal_tensor_count (constant) : 0);
  }
  if (!sal_onnx_spend (reader, bytes, error))
    return FALSE;
  SalTensor *constant = sal_graph_get_value (part, copy)->constant;
  if (constant != NULL)
    *result = sal_tensor_ref (constant);
  return TRUE;
}

static gboolean
add_branch (SalOnnxReader *reader, const SalOnnxScope *outer, Onnx__GraphProto *branch,
            const SalOnnxCall *call, GError **error)
{
  g_autoptr (GHashTable) values = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char *prefix = g_strconcat (call->name, "/", NULL);
  SalOnnxScope scope = {
    .outer = outer,
    .values = values,
    .prefix = prefix,
    .opset = outer->opset,
    .attributes = outer->attributes,
  };

  if (branch->n_output < call->proto->n_output || branch->n_input > 0) {
    sal_error_set (error, SAL_ERROR_FORMAT,
                   "If \"%s\": has %zu outputs, its branch has %zu and %zu inputs", call->name,
                   call->proto->n_output, branch->n_output, branch->n_input);
    return FALSE;
  }
  if (!sal_onnx_weights (reader, &scope, branch, error) ||
      !sal_onnx_nodes (reader, &scope, branch->node, branch->n_node, error))
    return FALSE;
  for (gsize i = 0; i < call->proto->n_output; i++) {
    const char *name = branch->output[i]->name != NULL ? branch->output[i]->name : "";
    int value;

    if (call->y[i] == SAL_NO_VALUE)
      continue;
    if (!sal_onnx_lookup (&scope, name, call->name, &value, error))
      return FALSE;
    add_identity (reader, &scope, name, value, call->y[i]);
  }
  return TRUE;
}

gboolean
sal_onnx_inline_if (SalOnnxReader *reader, const SalOnnxScope *scope, const SalOnnxCall *call,
                    gboolean *done, GError **error)
{
  *done = FALSE;
  if (call->proto->n_input != 1 || call->x[0] == SAL_NO_VALUE)
    return TRUE;
  g_autoptr (GPtrArray) cone = g_ptr_array_new ();
  if (!collect_cone (reader, call->x[0], cone))
    return TRUE;
  if (!sal_onnx_spend (reader, cone->len * BYTES_PER_CONDITION_NODE, error))
    return FALSE;
  g_autoptr (SalTensor) condition = NULL;
  if (!work_out (reader, call->x[0], cone, &condition, error))
    return FALSE;
  if (condition == NULL || sal_tensor_type (condition) != SAL_INT ||
      sal_tensor_count (condition) != 1)
    return TRUE;

  const char *which = sal_tensor_ints (condition)[0] != 0 ? "then_branch" : "else_branch";
  const Onnx__AttributeProto *attribute = sal_onnx_attribute_find (scope, call->proto, which);
  if (attribute == NULL || attribute->g == NULL) {
    sal_error_set (error, SAL_ERROR_FORMAT, "If \"%s\": has no %s", call->name, which);
    return FALSE;
  }
  if (!enter (reader, call, error))
    return FALSE;
  *done = add_branch (reader, scope, attribute->g, call, error);
  reader->depth--;
  return *done;
}
