#include "engine/base/error.h"
#include "engine/onnx/inline.h"
#include "engine/onnx/older.h"
#include "engine/onnx/quantized.h"
#include "engine/onnx/reader-private.h"
#include "engine/ops/op.h"

#include <glib/gi18n.h>
#include <stdlib.h>
#include <string.h>

/* More than any operator has; beyond it the numbers of inputs of one node would need care. */
#define MAX_LINKS 100000
/* Nodes that stand in for what a file says are in the words of this set. */
#define HELPER_OPSET 13

static gboolean
is_given (const char *name)
{
  return name != NULL && *name != '\0';
}

/* `Relu "relu1"`, or with the name that a nameless node gets. */
static char *
label_of (const Onnx__NodeProto *proto)
{
  const char *op = proto->op_type != NULL ? proto->op_type : "";

  if (is_given (proto->name))
    return g_strdup_printf ("%s \"%s\"", op, proto->name);
  return g_strdup_printf ("%s \"%s_%s\"", op, op, proto->n_output > 0 ? proto->output[0] : "");
}

/* In branches and functions the same names come again. */
static int
new_value (SalOnnxReader *reader, const char *prefix, const char *name)
{
  g_autofree char *full = g_strconcat (prefix, name, NULL);
  int value = sal_graph_new_value (reader->graph, full);

  g_ptr_array_set_size (reader->producers, value + 1);
  return value;
}

int
sal_onnx_define (SalOnnxReader *reader, SalOnnxScope *scope, const char *name, const char *as,
                 GError **error)
{
  if (!is_given (name)) {
    sal_error_set (error, SAL_ERROR_FORMAT, "%s has no name", as);
    return SAL_NO_VALUE;
  }
  if (g_hash_table_contains (scope->values, name)) {
    sal_error_set (error, SAL_ERROR_FORMAT, "%s: value \"%s\" is defined twice", as, name);
    return SAL_NO_VALUE;
  }
  if (!sal_onnx_spend (reader, sizeof (SalValue) + strlen (scope->prefix) + 2 * strlen (name) + 64,
                       error))
    return SAL_NO_VALUE;

  int value = new_value (reader, scope->prefix, name);

  g_hash_table_insert (scope->values, g_strdup (name), GINT_TO_POINTER (value));
  return value;
}

gboolean
sal_onnx_lookup (const SalOnnxScope *scope, const char *name, const char *by, int *value,
                 GError **error)
{
  gpointer found;

  for (; scope != NULL; scope = scope->outer)
    if (g_hash_table_lookup_extended (scope->values, name, NULL, &found)) {
      *value = GPOINTER_TO_INT (found);
      return TRUE;
    }
  sal_error_set (error, SAL_ERROR_FORMAT, "%s: reads \"%s\", which nothing computes", by, name);
  return FALSE;
}

gboolean
sal_onnx_weights (SalOnnxReader *reader, SalOnnxScope *scope, Onnx__GraphProto *proto,
                  GError **error)
{
  /* The main graph is read once, so each weight's bytes can go when they have become a tensor. */
  gboolean once = scope->outer == NULL;

  if (proto->n_sparse_initializer > 0) {
    const Onnx__TensorProto *values = proto->sparse_initializer[0]->values;
    sal_error_set (error, SAL_ERROR_UNSUPPORTED,
                   "weight \"%s\" is sparse, which Salience cannot read",
                   values != NULL && values->name != NULL ? values->name : "");
    return FALSE;
  }
  for (gsize i = 0; i < proto->n_initializer; i++) {
    Onnx__TensorProto *weight = proto->initializer[i];
    g_autofree char *what =
        g_strdup_printf (_ ("weight \"%s\""), weight->name != NULL ? weight->name : "");
    int value = sal_onnx_define (reader, scope, weight->name, what, error);
    if (value == SAL_NO_VALUE)
      return FALSE;

    g_autoptr (SalTensor) tensor = sal_onnx_tensor (weight, &reader->store, what, error);
    if (tensor == NULL)
      return FALSE;
    sal_graph_set_constant (reader->graph, value, tensor);
    sal_onnx_note_dtype (reader, value, weight->data_type);
    if (once) {
      free (weight->raw_data.data);
      weight->raw_data = (ProtobufCBinaryData){ 0, NULL };
      weight->has_raw_data = FALSE;
    }
  }
  return TRUE;
}

/* Of several nodes of one name the later ones get a number: layers are chosen by name. */
static char *
free_node_name (SalOnnxReader *reader, const SalOnnxScope *scope, const Onnx__NodeProto *proto)
{
  g_autofree char *own =
      is_given (proto->name)
          ? g_strdup (proto->name)
          : g_strdup_printf ("%s_%s", proto->op_type, proto->n_output > 0 ? proto->output[0] : "");
  char *name = g_strconcat (scope->prefix, own, NULL);
  int count = GPOINTER_TO_INT (g_hash_table_lookup (reader->node_names, name));

  if (count > 0) {
    g_autofree char *base = name;
    do {
      name = g_strdup_printf ("%s_%d", base, ++count);
      if (!g_hash_table_contains (reader->node_names, name))
        break;
      g_free (name);
    } while (TRUE);
    g_hash_table_insert (reader->node_names, g_strdup (base), GINT_TO_POINTER (count));
  }
  g_hash_table_insert (reader->node_names, g_strdup (name), GINT_TO_POINTER (1));
  return name;
}

static gboolean
read_links (const SalOnnxScope *scope, char **names, gsize n, const char *by, int *values,
            GError **error)
{
  for (gsize i = 0; i < n; i++) {
    values[i] = SAL_NO_VALUE;
    if (is_given (names[i]) && !sal_onnx_lookup (scope, names[i], by, &values[i], error))
      return FALSE;
  }
  return TRUE;
}

void
sal_onnx_add_node (SalOnnxReader *reader, SalNode *node)
{
  g_ptr_array_add (reader->nodes, node);
  for (int i = 0; i < node->n_y; i++)
    if (node->y[i] != SAL_NO_VALUE)
      reader->producers->pdata[node->y[i]] = node;
}

static int
helper_value (SalOnnxReader *reader, const SalNode *owner, const char *what)
{
  g_autofree char *prefix = g_strconcat (owner->name, "/", NULL);

  return new_value (reader, prefix, what);
}

SalNode *
sal_onnx_helper (SalOnnxReader *reader, const SalNode *owner, const char *op, const char *what,
                 const int *x, int n_x)
{
  int y = helper_value (reader, owner, what);
  g_autofree char *name = g_strdup_printf ("%s/%s", owner->name, what);
  SalNode *node = sal_node_new (op, name, HELPER_OPSET, x, n_x, &y, 1);

  sal_onnx_add_node (reader, node);
  return node;
}

int
sal_onnx_helper_constant (SalOnnxReader *reader, const SalNode *owner, const char *what,
                          SalTensor *constant)
{
  int value = helper_value (reader, owner, what);

  sal_graph_set_constant (reader->graph, value, constant);
  return value;
}

static gboolean
read_constant (SalOnnxReader *reader, const SalOnnxScope *scope, const Onnx__NodeProto *proto,
               const char *name, int value, GError **error)
{
  g_autoptr (SalTensor) tensor = sal_onnx_constant (reader, scope, proto, name, error);
  const Onnx__AttributeProto *attribute = sal_onnx_attribute_find (scope, proto, "value");

  if (tensor == NULL)
    return FALSE;
  if (value != SAL_NO_VALUE)
    sal_graph_set_constant (reader->graph, value, tensor);
  if (attribute != NULL && attribute->t != NULL)
    sal_onnx_note_dtype (reader, value, attribute->t->data_type);
  return TRUE;
}

static gboolean
read_node (SalOnnxReader *reader, SalOnnxScope *scope, const Onnx__NodeProto *proto, GError **error)
{
  g_autofree char *label = label_of (proto);
  g_autofree int *x = g_new (int, proto->n_input + 1), *y = g_new (int, proto->n_output + 1);
  gboolean own = sal_onnx_is_own_domain (proto->domain);
  g_autofree char *op =
      own ? g_strdup (proto->op_type) : g_strdup_printf ("%s::%s", proto->domain, proto->op_type);

  if (!is_given (proto->op_type)) {
    sal_error_set (error, SAL_ERROR_FORMAT, "node%s: has no operator", label);
    return FALSE;
  }
  if (!read_links (scope, proto->input, proto->n_input, label, x, error) ||
      !read_links (scope, proto->output, proto->n_output, label, y, error))
    return FALSE;

  g_autofree char *name = free_node_name (reader, scope, proto);
  const SalOnnxCall call = { proto, name, x, y };
  const Onnx__FunctionProto *function = sal_onnx_find_function (reader, proto);
  if (function != NULL)
    return sal_onnx_inline_function (reader, scope, function, &call, error);
  if (own && scope->opset == 0) {
    sal_error_set (error, SAL_ERROR_FORMAT, "%s: the model names no version of the operator set",
                   label);
    return FALSE;
  }
  if (g_str_equal (op, "Constant") && proto->n_output == 1)
    return read_constant (reader, scope, proto, name, y[0], error);
  if (g_str_equal (op, "If")) {
    gboolean done = FALSE;
    if (!sal_onnx_inline_if (reader, scope, &call, &done, error))
      return FALSE;
    if (done)
      return TRUE;
  }

  int opset = (int) CLAMP (scope->opset, 0, G_MAXINT);
  g_autoptr (SalNode) node =
      sal_node_new (op, name, opset, x, (int) proto->n_input, y, (int) proto->n_output);
  /* The newest meaning tells whether the operator is known at all, in any version. */
  if ((sal_op_find (op, G_MAXINT) != NULL || sal_onnx_is_spelt_out (op)) &&
      !sal_onnx_attributes (reader, scope, proto, node, error))
    return FALSE;
  if (opset < 7 && own && !sal_onnx_modernise (reader, node, error))
    return FALSE;
  gboolean replaced = FALSE;
  if (own && !sal_onnx_spell_out (reader, node, &replaced, error))
    return FALSE;
  if (replaced)
    return TRUE;
  sal_onnx_add_node (reader, g_steal_pointer (&node));
  return TRUE;
}

/* Names first, so that nodes may stand in any order. */
static gboolean
define_outputs (SalOnnxReader *reader, SalOnnxScope *scope, const Onnx__NodeProto *proto,
                GError **error)
{
  g_autofree char *label = label_of (proto);
  gsize bytes = sizeof (SalNode) + (proto->n_input + proto->n_output) * sizeof (int) +
                4 * (strlen (scope->prefix) + strlen (label)) + 64 * proto->n_attribute + 256;

  /* Names of inputs take no memory, but time for each call of a function. */
  for (gsize i = 0; i < proto->n_input; i++)
    bytes += strlen (proto->input[i]);

  if (proto->n_input > MAX_LINKS || proto->n_output > MAX_LINKS) {
    sal_error_set (error, SAL_ERROR_UNSUPPORTED, "%s: has %zu inputs or outputs, %d at most", label,
                   MAX (proto->n_input, proto->n_output), MAX_LINKS);
    return FALSE;
  }
  if (!sal_onnx_spend (reader, bytes, error))
    return FALSE;
  for (gsize i = 0; i < proto->n_output; i++) {
    const char *name = proto->output[i];

    if (!is_given (name))
      continue;
    /* What a function gives back has its value already, that of the node which calls it. */
    if (scope->results != NULL && g_hash_table_remove (scope->results, name))
      continue;
    if (sal_onnx_define (reader, scope, name, label, error) == SAL_NO_VALUE)
      return FALSE;
  }
  return TRUE;
}

gboolean
sal_onnx_nodes (SalOnnxReader *reader, SalOnnxScope *scope, Onnx__NodeProto *const *protos, gsize n,
                GError **error)
{
  for (gsize i = 0; i < n; i++)
    if (!define_outputs (reader, scope, protos[i], error))
      return FALSE;
  for (gsize i = 0; i < n; i++)
    if (!read_node (reader, scope, protos[i], error))
      return FALSE;
  return TRUE;
}
