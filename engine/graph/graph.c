#include "engine/graph/graph.h"

#include "engine/base/error.h"
#include "engine/base/memory.h"
#include "engine/graph/evaluate.h"

#include <glib/gi18n.h>

struct _SalGraph {
  gatomicrefcount refs;
  gboolean sealed;
  GArray *values;         /* of SalValue */
  GHashTable *by_name;    /* name, owned by the value -> number + 1 */
  GPtrArray *nodes;       /* of SalNode, in order of computation once sealed */
  GHashTable *node_names; /* name, owned by the node -> number + 1; made when sealed */
  GArray *inputs;         /* of int */
  GArray *outputs;
  GArray *unsupported; /* of SalUnsupported */
  gint64 parameters;   /* -1 until they are counted */
};

static void
value_clear (gpointer data)
{
  SalValue *value = data;

  g_free (value->name);
  g_clear_pointer (&value->constant, sal_tensor_unref);
  for (int i = 0; i < SAL_MAX_RANK; i++)
    g_free (value->symbols[i]);
}

SalGraph *
sal_graph_new (void)
{
  SalGraph *graph = g_new0 (SalGraph, 1);

  g_atomic_ref_count_init (&graph->refs);
  graph->values = g_array_new (FALSE, TRUE, sizeof (SalValue));
  g_array_set_clear_func (graph->values, value_clear);
  graph->by_name = g_hash_table_new (g_str_hash, g_str_equal);
  graph->nodes = g_ptr_array_new_with_free_func ((GDestroyNotify) sal_node_free);
  graph->node_names = g_hash_table_new (g_str_hash, g_str_equal);
  graph->inputs = g_array_new (FALSE, FALSE, sizeof (int));
  graph->outputs = g_array_new (FALSE, FALSE, sizeof (int));
  graph->unsupported = g_array_new (FALSE, FALSE, sizeof (SalUnsupported));
  graph->parameters = -1;
  return graph;
}

SalGraph *
sal_graph_new_values (const SalGraph *graph)
{
  SalGraph *other = sal_graph_new ();

  for (guint i = 0; i < graph->values->len; i++) {
    const SalValue *v = sal_graph_get_value (graph, i);
    int number = sal_graph_value (other, v->name);

    g_assert (number == (int) i);
    if (v->declared)
      sal_graph_declare (other, number, v->type, &v->shape);
    if (v->constant != NULL)
      sal_graph_set_constant (other, number, v->constant);
  }
  return other;
}

SalGraph *
sal_graph_copy (const SalGraph *graph)
{
  SalGraph *copy = sal_graph_new ();

  for (guint i = 0; i < graph->values->len; i++) {
    SalValue value = g_array_index (graph->values, SalValue, i);

    value.name = g_strdup (value.name);
    if (value.constant != NULL)
      sal_tensor_ref (value.constant);
    for (int axis = 0; axis < SAL_MAX_RANK; axis++)
      value.symbols[axis] = g_strdup (value.symbols[axis]);
    value.producer = -1;
    g_array_append_val (copy->values, value);
    g_hash_table_insert (copy->by_name, value.name, GINT_TO_POINTER (i + 1));
  }
  for (guint i = 0; i < graph->nodes->len; i++) {
    const SalNode *from = graph->nodes->pdata[i];
    SalNode *node = sal_node_new (from->op_type, from->name, from->opset, from->x, from->n_x,
                                  from->y, from->n_y);

    sal_node_copy_attributes (node, from);
    g_ptr_array_add (copy->nodes, node);
  }
  g_array_append_vals (copy->inputs, graph->inputs->data, graph->inputs->len);
  g_array_append_vals (copy->outputs, graph->outputs->data, graph->outputs->len);
  copy->parameters = graph->parameters;
  return copy;
}

SalGraph *
sal_graph_ref (SalGraph *graph)
{
  g_atomic_ref_count_inc (&graph->refs);
  return graph;
}

void
sal_graph_unref (SalGraph *graph)
{
  if (!g_atomic_ref_count_dec (&graph->refs))
    return;
  g_hash_table_unref (graph->by_name);
  g_hash_table_unref (graph->node_names);
  g_array_unref (graph->values);
  g_ptr_array_unref (graph->nodes);
  g_array_unref (graph->inputs);
  g_array_unref (graph->outputs);
  g_array_unref (graph->unsupported);
  g_free (graph);
}

static SalValue *
edit (SalGraph *graph, int value)
{
  g_assert (!graph->sealed);
  return &g_array_index (graph->values, SalValue, value);
}

int
sal_graph_value (SalGraph *graph, const char *name)
{
  int number = sal_graph_find (graph, name);
  SalValue value = { .producer = -1 };

  if (number != SAL_NO_VALUE)
    return number;
  g_assert (!graph->sealed);
  value.name = g_strdup (name);
  number = graph->values->len;
  g_array_append_val (graph->values, value);
  g_hash_table_insert (graph->by_name, value.name, GINT_TO_POINTER (number + 1));
  return number;
}

int
sal_graph_new_value (SalGraph *graph, const char *name)
{
  g_autofree char *free_name = g_strdup (name);

  for (int i = 2; sal_graph_find (graph, free_name) != SAL_NO_VALUE; i++) {
    g_free (free_name);
    free_name = g_strdup_printf ("%s_%d", name, i);
  }
  return sal_graph_value (graph, free_name);
}

void
sal_graph_declare (SalGraph *graph, int value, SalType type, const SalShape *shape)
{
  SalValue *v = edit (graph, value);

  v->declared = TRUE;
  v->type = type;
  v->shape = *shape;
}

void
sal_graph_set_symbol (SalGraph *graph, int value, int axis, const char *symbol)
{
  char **place = &edit (graph, value)->symbols[axis];

  g_free (*place);
  *place = g_strdup (symbol);
}

void
sal_graph_set_constant (SalGraph *graph, int value, SalTensor *constant)
{
  SalValue *v = edit (graph, value);

  sal_tensor_ref (constant);
  g_clear_pointer (&v->constant, sal_tensor_unref);
  v->constant = constant;
}

void
sal_graph_add_input (SalGraph *graph, int value)
{
  g_array_append_val (graph->inputs, value);
}

void
sal_graph_add_output (SalGraph *graph, int value)
{
  g_array_append_val (graph->outputs, value);
}

void
sal_graph_add_node (SalGraph *graph, SalNode *node)
{
  g_assert (!graph->sealed);
  g_ptr_array_add (graph->nodes, node);
}

void
sal_graph_remove_node (SalGraph *graph, int node)
{
  g_assert (!graph->sealed);
  g_ptr_array_remove_index (graph->nodes, node);
}

static gboolean
check_operators (SalGraph *graph, GError **error)
{
  g_autoptr (GString) text = NULL;
  g_autoptr (GHashTable) by_op = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) firsts = g_ptr_array_new (); /* the first node of each operator */
  g_autoptr (GPtrArray) lists = g_ptr_array_new ();

  for (guint i = 0; i < graph->nodes->len; i++) {
    const SalNode *node = graph->nodes->pdata[i];
    SalUnsupported entry = { node->name, node->op_type };
    GString *list;

    if (sal_op_find (node->op_type, node->opset) != NULL)
      continue;
    g_array_append_val (graph->unsupported, entry);
    list = g_hash_table_lookup (by_op, node->op_type);
    if (list == NULL) {
      list = g_string_new (NULL);
      g_hash_table_insert (by_op, node->op_type, list);
      g_ptr_array_add (firsts, (gpointer) node);
      g_ptr_array_add (lists, list);
    }
    g_string_append_printf (list, "%s\"%s\"", list->len > 0 ? ", " : "", node->name);
  }
  if (graph->unsupported->len == 0)
    return TRUE;
  text = g_string_new (NULL);
  for (guint i = 0; i < firsts->len; i++) {
    const SalNode *first = firsts->pdata[i];
    GString *list = lists->pdata[i];

    g_string_append_printf (text, "%s%s", i > 0 ? ", " : "", first->op_type);
    /* Known, but not as what it means in the model's version of the operators. */
    if (sal_op_find (first->op_type, G_MAXINT) != NULL)
      g_string_append_printf (text, _ (" of operator set %d"), first->opset);
    g_string_append_printf (text, " (%s)", list->str);
    g_string_free (list, TRUE);
  }
  sal_error_set (error, SAL_ERROR_UNSUPPORTED, "unsupported operators: %s", text->str);
  return FALSE;
}

static gboolean
find_producers (SalGraph *graph, GError **error)
{
  g_autofree gboolean *is_input = g_new0 (gboolean, graph->values->len + 1);

  for (guint i = 0; i < graph->inputs->len; i++) {
    int number = g_array_index (graph->inputs, int, i);
    SalValue *v = edit (graph, number);

    if (v->constant != NULL) {
      sal_error_set (error, SAL_ERROR_FORMAT, "input \"%s\" is also a constant", v->name);
      return FALSE;
    }
    if (is_input[number]) {
      sal_error_set (error, SAL_ERROR_FORMAT, "two inputs are called \"%s\"", v->name);
      return FALSE;
    }
    is_input[number] = TRUE;
  }
  for (guint i = 0; i < graph->nodes->len; i++) {
    const SalNode *node = graph->nodes->pdata[i];

    for (int j = 0; j < node->n_y; j++) {
      SalValue *v = node->y[j] != SAL_NO_VALUE ? edit (graph, node->y[j]) : NULL;

      if (v == NULL)
        continue;
      if (v->producer >= 0 || v->constant != NULL) {
        sal_error_set (error, SAL_ERROR_FORMAT, "%s \"%s\": value \"%s\" is made twice",
                       node->op_type, node->name, v->name);
        return FALSE;
      }
      v->producer = i;
    }
  }
  for (guint i = 0; i < graph->inputs->len; i++) {
    const SalValue *v = edit (graph, g_array_index (graph->inputs, int, i));

    if (v->producer >= 0) {
      sal_error_set (error, SAL_ERROR_FORMAT, "input \"%s\" is also computed by a node", v->name);
      return FALSE;
    }
  }
  return TRUE;
}

static gboolean
check_readable (SalGraph *graph, GError **error)
{
  g_autofree gboolean *is_input = g_new0 (gboolean, graph->values->len + 1);

  for (guint i = 0; i < graph->inputs->len; i++)
    is_input[g_array_index (graph->inputs, int, i)] = TRUE;
  for (guint i = 0; i < graph->nodes->len; i++) {
    const SalNode *node = graph->nodes->pdata[i];

    for (int j = 0; j < node->n_x; j++) {
      const SalValue *v = node->x[j] != SAL_NO_VALUE ? edit (graph, node->x[j]) : NULL;

      if (v != NULL && v->producer < 0 && v->constant == NULL && !is_input[node->x[j]]) {
        sal_error_set (error, SAL_ERROR_FORMAT, "%s \"%s\": reads \"%s\", which nothing computes",
                       node->op_type, node->name, v->name);
        return FALSE;
      }
    }
  }
  for (guint i = 0; i < graph->outputs->len; i++) {
    int output = g_array_index (graph->outputs, int, i);
    const SalValue *v = edit (graph, output);

    if (v->producer < 0 && v->constant == NULL && !is_input[output]) {
      sal_error_set (error, SAL_ERROR_FORMAT, "nothing computes output \"%s\"", v->name);
      return FALSE;
    }
  }
  return TRUE;
}

static gboolean
already_sorted (SalGraph *graph)
{
  for (guint i = 0; i < graph->nodes->len; i++) {
    const SalNode *node = graph->nodes->pdata[i];

    for (int j = 0; j < node->n_x; j++)
      if (node->x[j] != SAL_NO_VALUE && edit (graph, node->x[j])->producer >= (int) i)
        return FALSE;
  }
  return TRUE;
}

/* Kahn's algorithm, where the file's own order will not do: that one is kept whenever it can be,
 * as exporters write depth first and so keep few values alive at a time. */
static gboolean
sort_nodes (SalGraph *graph, GError **error)
{
  guint n = graph->nodes->len, n_sorted = 0;
  g_autofree guint *waiting = g_new0 (guint, n + 1); /* inputs not computed yet */
  g_autofree guint *starts = g_new0 (guint, n + 2);  /* readers of node i: from here */
  g_autofree guint *readers = NULL;
  g_autofree guint *sorted = g_new (guint, n + 1); /* also the queue */
  g_autofree guint *place = g_new (guint, n + 1);
  g_autofree gpointer *nodes = NULL;

  if (already_sorted (graph))
    return TRUE;
  for (guint pass = 0; pass < 2; pass++) {
    for (guint i = 0; i < n; i++) {
      const SalNode *node = graph->nodes->pdata[i];

      for (int j = 0; j < node->n_x; j++) {
        int producer = node->x[j] != SAL_NO_VALUE ? edit (graph, node->x[j])->producer : -1;

        if (producer < 0)
          continue;
        if (pass == 0) {
          starts[producer + 2]++;
          waiting[i]++;
        } else {
          readers[starts[producer + 1]++] = i;
        }
      }
    }
    if (pass == 0) {
      for (guint i = 2; i < n + 2; i++)
        starts[i] += starts[i - 1];
      readers = g_new (guint, starts[n + 1] + 1);
    }
  }
  for (guint i = 0; i < n; i++)
    if (waiting[i] == 0)
      sorted[n_sorted++] = i;
  for (guint head = 0; head < n_sorted; head++)
    for (guint r = starts[sorted[head]]; r < starts[sorted[head] + 1]; r++)
      if (--waiting[readers[r]] == 0)
        sorted[n_sorted++] = readers[r];
  if (n_sorted < n) {
    guint first = 0;

    while (waiting[first] == 0)
      first++;
    sal_error_set (error, SAL_ERROR_FORMAT, "%s \"%s\": is part of a cycle",
                   ((SalNode *) graph->nodes->pdata[first])->op_type,
                   ((SalNode *) graph->nodes->pdata[first])->name);
    return FALSE;
  }
  nodes = g_memdup2 (graph->nodes->pdata, n * sizeof (gpointer));
  for (guint i = 0; i < n; i++) {
    graph->nodes->pdata[i] = nodes[sorted[i]];
    place[sorted[i]] = i;
  }
  for (guint i = 0; i < graph->values->len; i++)
    if (edit (graph, i)->producer >= 0)
      edit (graph, i)->producer = place[edit (graph, i)->producer];
  return TRUE;
}

/* Computes nodes that read constants only, so that a plan need not do it again and again; what a
 * node computes becomes a constant, the node goes. */
static gboolean
fold (SalGraph *graph, GError **error)
{
  guint kept = 0;
  guint64 budget = sal_memory_limit ();
  gint64 work = SAL_EVALUATE_WORK;

  for (guint i = 0; i < graph->nodes->len; i++) {
    SalNode *node = graph->nodes->pdata[i];
    const SalOp *op = sal_op_find (node->op_type, node->opset);
    g_autoptr (SalNodeSetup) setup = NULL;
    gboolean all = TRUE;

    for (int j = 0; j < node->n_x && all; j++)
      all = node->x[j] == SAL_NO_VALUE || edit (graph, node->x[j])->constant != NULL;
    if (!all) {
      for (int j = 0; j < node->n_y; j++)
        if (node->y[j] != SAL_NO_VALUE)
          edit (graph, node->y[j])->producer = kept;
      graph->nodes->pdata[kept++] = node;
      continue;
    }
    setup = sal_node_setup_new (node);
    for (int j = 0; j < node->n_x; j++)
      if (node->x[j] != SAL_NO_VALUE) {
        SalTensor *x = edit (graph, node->x[j])->constant;

        sal_node_setup_input (setup, j, sal_tensor_shape (x), sal_tensor_type (x), x);
      }
    if (!sal_node_setup_run (setup, op, error) ||
        !sal_node_setup_evaluate (setup, op, budget, &work, error)) {
      /* The array must own each node once: close the gap before giving up. */
      for (guint j = i; j < graph->nodes->len; j++)
        graph->nodes->pdata[kept++] = graph->nodes->pdata[j];
      graph->nodes->len = kept;
      return FALSE;
    }
    for (int j = 0; j < node->n_y; j++)
      if (node->y[j] != SAL_NO_VALUE) {
        SalValue *v = edit (graph, node->y[j]);
        guint64 bytes = sal_tensor_count (setup->y_value[j]) *
                        sal_type_size (sal_tensor_type (setup->y_value[j]));

        v->constant = sal_tensor_ref (setup->y_value[j]);
        v->producer = -1;
        budget -= MIN (budget, bytes);
      }
    sal_node_free (node);
  }
  graph->nodes->len = kept;
  return TRUE;
}

static void
count_parameters (SalGraph *graph)
{
  graph->parameters = 0;
  for (guint i = 0; i < graph->values->len; i++) {
    const SalTensor *constant = edit (graph, i)->constant;

    if (constant != NULL && sal_tensor_type (constant) == SAL_FLOAT)
      graph->parameters += sal_tensor_count (constant);
  }
}

gboolean
sal_graph_seal (SalGraph *graph, GError **error)
{
  g_assert (!graph->sealed);
  if (graph->parameters < 0)
    count_parameters (graph);
  if (!find_producers (graph, error) || !check_operators (graph, error) ||
      !check_readable (graph, error) || !sort_nodes (graph, error) || !fold (graph, error))
    return FALSE;
  for (guint i = 0; i < graph->nodes->len; i++) {
    SalNode *node = graph->nodes->pdata[i];

    if (!g_hash_table_contains (graph->node_names, node->name))
      g_hash_table_insert (graph->node_names, node->name, GINT_TO_POINTER (i + 1));
  }
  graph->sealed = TRUE;
  return TRUE;
}

int
sal_graph_n_values (const SalGraph *graph)
{
  return graph->values->len;
}

const SalValue *
sal_graph_get_value (const SalGraph *graph, int value)
{
  return &g_array_index (graph->values, SalValue, value);
}

int
sal_graph_find (const SalGraph *graph, const char *name)
{
  return GPOINTER_TO_INT (g_hash_table_lookup (graph->by_name, name)) - 1;
}

int
sal_graph_n_nodes (const SalGraph *graph)
{
  return graph->nodes->len;
}

const SalNode *
sal_graph_node (const SalGraph *graph, int node)
{
  return graph->nodes->pdata[node];
}

int
sal_graph_find_node (const SalGraph *graph, const char *name)
{
  return GPOINTER_TO_INT (g_hash_table_lookup (graph->node_names, name)) - 1;
}

int
sal_graph_n_inputs (const SalGraph *graph)
{
  return graph->inputs->len;
}

int
sal_graph_input (const SalGraph *graph, int i)
{
  return g_array_index (graph->inputs, int, i);
}

int
sal_graph_n_outputs (const SalGraph *graph)
{
  return graph->outputs->len;
}

int
sal_graph_output (const SalGraph *graph, int i)
{
  return g_array_index (graph->outputs, int, i);
}

gint64
sal_graph_parameters (const SalGraph *graph)
{
  return MAX (graph->parameters, 0);
}

const GArray *
sal_graph_unsupported (const SalGraph *graph)
{
  return graph->unsupported;
}
