/* Attention nodes taken apart: into the products and the softmax that other exporters write, so
 * that their attention matrices can be looked at, and rules of backward passes meet what they know.
 */
#include "engine/model-private.h"

#include <math.h>
#include <string.h>

/* Of a graph that is being changed. */
typedef struct {
  SalGraph *graph;
  const SalNode *from;
  int n;
} Parts;

static int
new_value (Parts *p, const char *what)
{
  g_autofree char *name = NULL;

  do {
    g_free (name);
    name = g_strdup_printf ("%s/%s-%d", p->from->name, what, p->n++);
  } while (sal_graph_find (p->graph, name) != SAL_NO_VALUE);
  return sal_graph_value (p->graph, name);
}

/* Returns: the node, already in the graph; @y: its output */
static SalNode *
add (Parts *p, const char *op_type, int x0, int x1, int y)
{
  const int x[2] = { x0, x1 };
  /* What computes the output keeps the name that a person knows. */
  const char *name = y == p->from->y[0] ? p->from->name : sal_graph_get_value (p->graph, y)->name;
  SalNode *node = sal_node_new (op_type, name, 13, x, x1 != SAL_NO_VALUE ? 2 : 1, &y, 1);

  sal_graph_add_node (p->graph, node);
  return node;
}

static int
constant (Parts *p, SalTensor *tensor)
{
  int value = new_value (p, "constant");

  sal_graph_set_constant (p->graph, value, tensor);
  sal_tensor_unref (tensor);
  return value;
}

static void
reshape (Parts *p, int x, const gint64 *to, int rank, int y)
{
  int shape = constant (p, sal_tensor_new_copy (SAL_INT, &SAL_SHAPE (rank), to));

  add (p, "Reshape", x, shape, y);
}

static void
transpose (Parts *p, int x, const gint64 perm[4], int y)
{
  sal_node_set_ints (add (p, "Transpose", x, SAL_NO_VALUE, y), "perm", perm, 4);
}

/* [N,length,heads·size] becomes [N,heads,length,size]; with heads apart there is nothing to do. */
static int
split_heads (Parts *p, int x, const SalShape *shape, gint64 heads)
{
  static const gint64 swap[4] = { 0, 2, 1, 3 };
  const gint64 to[4] = { 0, shape->dim[1], heads, shape->dim[2] / MAX (heads, 1) };
  int split, turned;

  if (shape->rank == 4)
    return x;
  split = new_value (p, "split");
  turned = new_value (p, "heads");
  reshape (p, x, to, 4, split);
  transpose (p, split, swap, turned);
  return turned;
}

/* What a token must not look at: those after it. */
static SalTensor *
causal_mask (gint64 rows, gint64 columns)
{
  SalTensor *mask = sal_tensor_new (SAL_FLOAT, &SAL_SHAPE (rows, columns));
  float *x = sal_tensor_edit (mask);

  for (gint64 i = 0; i < rows; i++)
    for (gint64 j = 0; j < columns; j++)
      x[i * columns + j] = j > i ? -INFINITY : 0;
  return mask;
}

/* What is left whole: caps, masks of truth values, heads that share keys, further outputs; and what
 * the plan does not compute, for nobody has looked at its inputs and attributes yet. */
static gboolean
can_take_apart (const SalPlan *plan, const SalNode *node)
{
  const SalShape *q, *k;

  if (strcmp (node->op_type, "Attention") != 0 || node->n_x < 3 || node->n_x > 4 ||
      node->n_y != 1 || sal_plan_shape (plan, node->y[0]) == NULL ||
      sal_node_float (node, "softcap", 0.f) != 0)
    return FALSE;
  q = sal_plan_shape (plan, node->x[0]);
  k = sal_plan_shape (plan, node->x[1]);
  if (node->n_x == 4 && node->x[3] != SAL_NO_VALUE && sal_plan_type (plan, node->x[3]) != SAL_FLOAT)
    return FALSE;
  return q->rank == 4
             ? q->dim[1] == k->dim[1]
             : sal_node_int (node, "q_num_heads", 0) == sal_node_int (node, "kv_num_heads", 0);
}

static void
take_apart (Parts *p, const SalPlan *plan)
{
  static const gint64 flip[4] = { 0, 1, 3, 2 }, swap[4] = { 0, 2, 1, 3 };
  const SalNode *node = p->from;
  const SalShape *q_shape = sal_plan_shape (plan, node->x[0]);
  const SalShape *k_shape = sal_plan_shape (plan, node->x[1]);
  const SalShape *v_shape = sal_plan_shape (plan, node->x[2]);
  gint64 heads = q_shape->rank == 4 ? q_shape->dim[1] : sal_node_int (node, "q_num_heads", 1);
  gint64 size = q_shape->rank == 4 ? q_shape->dim[3] : q_shape->dim[2] / heads;
  gint64 rows = q_shape->dim[q_shape->rank - 2], columns = k_shape->dim[k_shape->rank - 2];
  int q = split_heads (p, node->x[0], q_shape, heads);
  int k = split_heads (p, node->x[1], k_shape, heads);
  int v = split_heads (p, node->x[2], v_shape, heads);
  int turned = new_value (p, "keys"), scores = new_value (p, "products");
  int scaled = new_value (p, "scaled"), weights = new_value (p, "attention");
  g_autoptr (SalTensor) factor = sal_tensor_new (SAL_FLOAT, &SAL_SCALAR);

  *(float *) sal_tensor_edit (factor) =
      sal_node_float (node, "scale", 1 / sqrtf ((float) MAX (size, 1)));
  transpose (p, k, flip, turned);
  add (p, "MatMul", q, turned, scores);
  add (p, "Mul", scores, constant (p, sal_tensor_ref (factor)), scaled);
  if (node->n_x == 4 && node->x[3] != SAL_NO_VALUE) {
    int masked = new_value (p, "masked");

    add (p, "Add", scaled, node->x[3], masked);
    scaled = masked;
  }
  if (sal_node_int (node, "is_causal", 0) != 0) {
    int masked = new_value (p, "causal");

    add (p, "Add", scaled, constant (p, causal_mask (rows, columns)), masked);
    scaled = masked;
  }
  sal_node_set_int (add (p, "Softmax", scaled, SAL_NO_VALUE, weights), "axis", -1);
  if (q_shape->rank == 4) {
    add (p, "MatMul", weights, v, node->y[0]);
  } else {
    const gint64 joined[3] = { 0, rows, v_shape->dim[2] };
    int each = new_value (p, "each-head"), together = new_value (p, "together");

    add (p, "MatMul", weights, v, each);
    transpose (p, each, swap, together);
    reshape (p, together, joined, 3, node->y[0]);
  }
}

gboolean
sal_model_open_attention (SalModel *self, GError **error)
{
  g_autoptr (SalGraph) graph = NULL;

  for (int i = sal_graph_n_nodes (self->graph) - 1; i >= 0; i--) {
    const SalNode *node = sal_graph_node (self->graph, i);
    Parts parts;

    if (!can_take_apart (self->plan, node))
      continue;
    if (graph == NULL)
      graph = sal_graph_copy (self->graph);
    /* Numbers of nodes before this one are the same in the copy: it goes from the end. */
    parts = (Parts){ graph, node, 0 };
    sal_graph_remove_node (graph, i);
    take_apart (&parts, self->plan);
  }
  if (graph == NULL)
    return TRUE;
  if (!sal_graph_seal (graph, error))
    return FALSE;
  sal_graph_unref (self->graph);
  self->graph = g_steal_pointer (&graph);
  return TRUE;
}
