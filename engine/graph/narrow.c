#include "engine/graph/narrow.h"

#include "engine/ops/channels-last.h"

#include <string.h>

/* Classes lie along the second axis, behind the batch, of every value on the way. */
#define AXIS 1

typedef struct {
  const SalPlan *draft;
  SalGraph *graph;
  int whole;
  gint64 n_classes;
  const int *classes;
  int n;
} Narrowing;

static const SalShape *
shape_of (const Narrowing *to, int value)
{
  return sal_plan_shape (to->draft, value);
}

static SalTensor *
constant_of (const Narrowing *to, int value)
{
  return value != SAL_NO_VALUE ? sal_graph_get_value (to->graph, value)->constant : NULL;
}

static int
new_value (const Narrowing *to, int value)
{
  g_autofree char *name =
      g_strdup_printf ("%s (%d of %" G_GINT64_FORMAT ")",
                       sal_graph_get_value (to->graph, value)->name, to->n, to->n_classes);

  return sal_graph_new_value (to->graph, name);
}

/* Whether a constant has one number, or row, for each class along an axis. */
static gboolean
has_classes (const Narrowing *to, int value, int axis)
{
  const SalTensor *constant = constant_of (to, value);

  return constant != NULL && sal_tensor_type (constant) == SAL_FLOAT &&
         axis < sal_tensor_shape (constant)->rank &&
         sal_tensor_shape (constant)->dim[axis] == to->n_classes;
}

/* Those of the classes that are wanted. */
static int
pick (const Narrowing *to, int value, int axis)
{
  const SalTensor *whole = constant_of (to, value);
  SalShape shape = *sal_tensor_shape (whole);
  gint64 before = 1, behind = 1;
  g_autoptr (SalTensor) part = NULL;
  int picked = new_value (to, value);
  float *y;

  for (int i = 0; i < axis; i++)
    before *= shape.dim[i];
  for (int i = axis + 1; i < shape.rank; i++)
    behind *= shape.dim[i];
  shape.dim[axis] = to->n;
  part = sal_tensor_new (SAL_FLOAT, &shape);
  y = sal_tensor_edit (part);
  for (gint64 b = 0; b < before; b++)
    for (int k = 0; k < to->n; k++, y += behind)
      memcpy (y, sal_tensor_floats (whole) + (b * to->n_classes + to->classes[k]) * behind,
              behind * sizeof *y);
  sal_graph_set_constant (to->graph, picked, part);
  return picked;
}

/* Returns: the value that the same node computes from @x */
static int
repeat (const Narrowing *to, const SalNode *node, const int *x)
{
  int y = new_value (to, node->y[0]);
  SalNode *same = sal_node_new (node->op_type, node->name, node->opset, x, node->n_x, &y, 1);

  sal_node_copy_attributes (same, node);
  sal_graph_add_node (to->graph, same);
  return y;
}

static int narrow (const Narrowing *to, int value);

/* The last layer that has weights. Each returns the value that has the wanted classes alone, or
 * %SAL_NO_VALUE if the node is none of its kind. */

static int
narrow_conv (const Narrowing *to, const SalNode *node)
{
  int x[3] = { node->x[0], SAL_NO_VALUE, SAL_NO_VALUE };

  if (strcmp (node->op_type, "Conv") != 0 || sal_node_int (node, "group", 1) != 1 ||
      !has_classes (to, node->x[1], 0) ||
      (node->n_x > 2 && node->x[2] != SAL_NO_VALUE && !has_classes (to, node->x[2], 0)))
    return SAL_NO_VALUE;
  x[1] = pick (to, node->x[1], 0);
  if (node->n_x > 2 && node->x[2] != SAL_NO_VALUE)
    x[2] = pick (to, node->x[2], 0);
  return repeat (to, node, x);
}

static int
narrow_gemm (const Narrowing *to, const SalNode *node)
{
  int axis = sal_node_int (node, "transB", 0) != 0 ? 0 : 1;
  int bias = node->n_x > 2 ? node->x[2] : SAL_NO_VALUE;
  int last =
      constant_of (to, bias) != NULL ? sal_tensor_shape (constant_of (to, bias))->rank - 1 : 0;
  int x[3] = { node->x[0], SAL_NO_VALUE, bias };

  if (strcmp (node->op_type, "Gemm") != 0 || !has_classes (to, node->x[1], axis) ||
      (bias != SAL_NO_VALUE && !has_classes (to, bias, MAX (last, 0))))
    return SAL_NO_VALUE;
  x[1] = pick (to, node->x[1], axis);
  if (bias != SAL_NO_VALUE)
    x[2] = pick (to, bias, last);
  return repeat (to, node, x);
}

static int
narrow_matmul (const Narrowing *to, const SalNode *node)
{
  int x[2] = { node->x[0], SAL_NO_VALUE };

  if (strcmp (node->op_type, "MatMul") != 0 || shape_of (to, node->x[0])->rank != 2 ||
      !has_classes (to, node->x[1], 1))
    return SAL_NO_VALUE;
  x[1] = pick (to, node->x[1], 1);
  return repeat (to, node, x);
}

/* What follows it. These look further up, at the value that they are computed from. */

/* Channel by channel, place by place or over places. */
static int
narrow_apart (const Narrowing *to, const SalNode *node)
{
  static const char *const pools[] = { "GlobalAveragePool", "GlobalMaxPool", "AveragePool",
                                       "MaxPool", NULL };
  g_autofree int *x = g_memdup2 (node->x, node->n_x * sizeof (int));

  if (!sal_last_is_unary (node->op_type) && !g_strv_contains (pools, node->op_type))
    return SAL_NO_VALUE;
  for (int i = 1; i < node->n_x; i++)
    if (x[i] != SAL_NO_VALUE && constant_of (to, x[i]) == NULL)
      return SAL_NO_VALUE;
  x[0] = narrow (to, x[0]);
  return x[0] != SAL_NO_VALUE ? repeat (to, node, x) : SAL_NO_VALUE;
}

static int
narrow_normalization (const Narrowing *to, const SalNode *node)
{
  int x[5] = { SAL_NO_VALUE };

  if (strcmp (node->op_type, "BatchNormalization") != 0)
    return SAL_NO_VALUE;
  for (int i = 1; i < 5; i++)
    if (!has_classes (to, node->x[i], 0))
      return SAL_NO_VALUE;
  x[0] = narrow (to, node->x[0]);
  if (x[0] == SAL_NO_VALUE)
    return SAL_NO_VALUE;
  for (int i = 1; i < 5; i++)
    x[i] = pick (to, node->x[i], 0);
  return repeat (to, node, x);
}

/* One of two operands is constant, and has a number for each class or for all. */
static int
narrow_arithmetic (const Narrowing *to, const SalNode *node)
{
  static const char *const names[] = { "Add", "Sub", "Mul", "Div", NULL };
  const SalShape *y = shape_of (to, node->y[0]), *c;
  int x[2], side, axis;

  if (!g_strv_contains (names, node->op_type))
    return SAL_NO_VALUE;
  side = constant_of (to, node->x[0]) != NULL ? 0 : 1;
  c = shape_of (to, node->x[side]);
  axis = AXIS - (y->rank - c->rank);
  if (constant_of (to, node->x[side]) == NULL ||
      !sal_shape_equal (shape_of (to, node->x[!side]), y) ||
      (axis >= 0 && c->dim[axis] != 1 && !has_classes (to, node->x[side], axis)))
    return SAL_NO_VALUE;
  x[!side] = narrow (to, node->x[!side]);
  if (x[!side] == SAL_NO_VALUE)
    return SAL_NO_VALUE;
  x[side] = axis >= 0 && c->dim[axis] != 1 ? pick (to, node->x[side], axis) : node->x[side];
  return repeat (to, node, x);
}

/* Axes behind the classes', all of length 1, come or go. */
static int
narrow_shape (const Narrowing *to, const SalNode *node)
{
  static const char *const names[] = { "Flatten", "Reshape", "Squeeze", NULL };
  const SalShape *from = shape_of (to, node->x[0]), *y = shape_of (to, node->y[0]);
  int x, narrowed;
  SalNode *flat;

  /* Both have nothing but a batch and classes. */
  if (!g_strv_contains (names, node->op_type) || y->rank != 2 || from->rank < 2 ||
      from->dim[0] != y->dim[0] || from->dim[AXIS] != y->dim[AXIS] ||
      sal_shape_count (from) != sal_shape_count (y))
    return SAL_NO_VALUE;
  x = narrow (to, node->x[0]);
  if (x == SAL_NO_VALUE)
    return SAL_NO_VALUE;
  narrowed = new_value (to, node->y[0]);
  flat = sal_node_new ("Flatten", node->name, 13, &x, 1, &narrowed, 1);
  sal_node_set_int (flat, "axis", AXIS);
  sal_graph_add_node (to->graph, flat);
  return narrowed;
}

/* Over places: batch and classes are no axes of it. */
static int
narrow_reduction (const Narrowing *to, const SalNode *node)
{
  static const char *const names[] = { "ReduceMean", "ReduceMax", "ReduceSum", NULL };
  const SalTensor *given = node->n_x > 1 ? constant_of (to, node->x[1]) : NULL;
  g_autofree int *x = g_memdup2 (node->x, node->n_x * sizeof (int));
  gsize n = 0;
  const gint64 *axes = sal_node_ints (node, "axes", &n);

  if (!g_strv_contains (names, node->op_type))
    return SAL_NO_VALUE;
  if (given != NULL) {
    axes = sal_tensor_ints (given);
    n = sal_tensor_count (given);
  }
  for (gsize i = 0; i < n; i++)
    if ((axes[i] < 0 ? axes[i] + shape_of (to, x[0])->rank : axes[i]) <= AXIS)
      return SAL_NO_VALUE;
  if (n == 0)
    return SAL_NO_VALUE;
  x[0] = narrow (to, x[0]);
  return x[0] != SAL_NO_VALUE ? repeat (to, node, x) : SAL_NO_VALUE;
}

static int
narrow (const Narrowing *to, int value)
{
  static int (*const ways[]) (const Narrowing *to, const SalNode *node) = {
    narrow_conv,          narrow_gemm,       narrow_matmul, narrow_apart,
    narrow_normalization, narrow_arithmetic, narrow_shape,  narrow_reduction,
  };
  const SalGraph *graph = sal_plan_graph (to->draft);
  int producer = sal_graph_get_value (graph, value)->producer, narrowed = SAL_NO_VALUE;
  const SalShape *shape = shape_of (to, value);

  if (value == to->whole || producer < 0 || shape == NULL || shape->rank < 2 ||
      shape->dim[AXIS] != to->n_classes || sal_graph_node (graph, producer)->y[0] != value)
    return SAL_NO_VALUE;
  for (guint i = 0; i < G_N_ELEMENTS (ways) && narrowed == SAL_NO_VALUE; i++)
    narrowed = ways[i](to, sal_graph_node (graph, producer));
  return narrowed;
}

SalGraph *
sal_narrow (const SalPlan *draft, int scores, int whole, const int *classes, int n, int *narrowed)
{
  g_autoptr (SalGraph) graph = sal_graph_copy (sal_plan_graph (draft));
  const SalShape *shape = sal_plan_shape (draft, scores);
  Narrowing to = { draft, graph, whole, shape->rank < 2 ? 0 : shape->dim[AXIS], classes, n };
  g_autoptr (GError) error = NULL;
  int y;

  if (n >= to.n_classes || sal_shape_count (shape) != shape->dim[0] * to.n_classes)
    return NULL;
  y = narrow (&to, scores);
  if (y == SAL_NO_VALUE)
    return NULL;
  *narrowed = y;
  if (!sal_graph_seal (graph, &error))
    g_error ("a graph of fewer classes is a bad one: %s", error->message);
  return g_steal_pointer (&graph);
}
