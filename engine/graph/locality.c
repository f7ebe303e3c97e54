#include "engine/graph/locality.h"

#include "engine/graph/reading.h"

#include <string.h>

/* Reading and writing an element takes as long as so many multiply-adds. */
#define ELEMENT_COST 20.0

/* A value that depends on the input place by place, and the node that computes it. The input is
 * number 0, and nodes read values with lower numbers. */
typedef struct {
  int value;
  SalField field;
  int n_x, *x; /* local values that the node reads */
  SalReading reading[2];
  double cost, elements;
} Local;

struct _SalLocality {
  GArray *locals; /* of Local, up to the last cut */
  GArray *cuts;   /* of SalCut */
  int *number;    /* of each cut, among the locals */
  double cost;    /* of everything */
};

/* While it is made. */
typedef struct {
  SalGraph *graph;
  const SalPlan *plan;
  gboolean *depends; /* by value: what is computed of the input */
  gboolean *needed;
  int *readers; /* by value: how many needed nodes read it */
  int *local;   /* by value: number among the locals, -1 */
  GArray *locals;
} Maker;

static void
local_clear (gpointer data)
{
  g_free (((Local *) data)->x);
}

static Local *
get_local (const Maker *m, int value)
{
  return value != SAL_NO_VALUE && m->local[value] >= 0
             ? &g_array_index (m->locals, Local, m->local[value])
             : NULL;
}

static gboolean
is_constant (const Maker *m, int value)
{
  return sal_graph_get_value (m->graph, value)->constant != NULL ||
         sal_plan_constant (m->plan, value) != NULL;
}

/* Marks what the output is computed of. */
static void
find_needed (Maker *m, int input, int output)
{
  g_autoptr (GArray) queue = g_array_new (FALSE, FALSE, sizeof (int));

  g_array_append_val (queue, output);
  m->needed[output] = TRUE;
  while (queue->len > 0) {
    int value = g_array_index (queue, int, queue->len - 1);
    int producer = sal_graph_get_value (m->graph, value)->producer;

    g_array_set_size (queue, queue->len - 1);
    if (value == input || producer < 0)
      continue;

    const SalNode *node = sal_graph_node (m->graph, producer);

    for (int i = 0; i < node->n_x; i++)
      if (node->x[i] != SAL_NO_VALUE && !m->needed[node->x[i]]) {
        m->needed[node->x[i]] = TRUE;
        g_array_append_val (queue, node->x[i]);
      }
  }
}

static gboolean
is_needed (const Maker *m, const SalNode *node)
{
  for (int i = 0; i < node->n_y; i++)
    if (node->y[i] != SAL_NO_VALUE && m->needed[node->y[i]])
      return TRUE;
  return FALSE;
}

/* The setup of a node, for its attributes and its work. Returns: (nullable) */
static SalNodeSetup *
set_up (const Maker *m, const SalNode *node)
{
  const SalOp *op = sal_op_find (node->op_type, node->opset);
  g_autoptr (SalNodeSetup) setup = sal_node_setup_new (node);

  for (int i = 0; i < node->n_x; i++) {
    int x = node->x[i];

    if (x == SAL_NO_VALUE)
      continue;
    SalTensor *known = sal_graph_get_value (m->graph, x)->constant;
    const SalShape *shape = known != NULL ? sal_tensor_shape (known) : sal_plan_shape (m->plan, x);

    if (shape == NULL)
      return NULL;
    if (known == NULL)
      known = sal_plan_constant (m->plan, x);
    sal_node_setup_input (setup, i, shape,
                          known != NULL ? sal_tensor_type (known) : sal_plan_type (m->plan, x),
                          known);
  }
  return op != NULL && sal_node_setup_run (setup, op, NULL) ? g_steal_pointer (&setup) : NULL;
}

/* What is done element by element joins the loop of the convolution before it. */
static double
cost_of (const SalNodeSetup *setup)
{
  gboolean joins = setup->setup.view || sal_reader_kind (setup->setup.node) == SAL_READER_ELEMENTS;

  return setup->setup.multiply_adds +
         (joins ? 0 : ELEMENT_COST * sal_shape_count (&setup->y_shape[0]));
}

/* Adds the node's value to the locals. Returns: %FALSE if it is none */
static gboolean
add_local (Maker *m, const SalNode *node, const SalNodeSetup *setup)
{
  g_autofree const SalField **x = g_new0 (const SalField *, node->n_x + 1);
  Local y = { .n_x = 0 };

  for (int i = 1; i < node->n_y; i++)
    if (node->y[i] != SAL_NO_VALUE && m->needed[node->y[i]])
      return FALSE;
  for (int i = 0; i < node->n_x; i++)
    if (get_local (m, node->x[i]) != NULL)
      x[i] = &get_local (m, node->x[i])->field;
  if (setup == NULL || node->y[0] == SAL_NO_VALUE ||
      !sal_reading_of (setup, x, &y.field, y.reading))
    return FALSE;
  y.value = node->y[0];
  y.cost = cost_of (setup);
  y.elements = sal_shape_count (&setup->y_shape[0]);
  y.x = g_new (int, node->n_x);
  for (int i = 0; i < node->n_x; i++)
    if (x[i] != NULL)
      y.x[y.n_x++] = m->local[node->x[i]];
  m->local[y.value] = m->locals->len;
  g_array_append_val (m->locals, y);
  return TRUE;
}

static const SalNode *
find_reader (const Maker *m, int value)
{
  for (int i = 0; i < sal_graph_n_nodes (m->graph); i++) {
    const SalNode *node = sal_graph_node (m->graph, i);

    for (int j = 0; j < node->n_x; j++)
      if (node->x[j] == value && is_needed (m, node))
        return node;
  }
  return NULL;
}

/* What only one node reads, element by element, is better left to it: a convolution and its
 * activation stay together. */
static gboolean
is_worth_cutting (const Maker *m, int value)
{
  const SalNode *reader = m->readers[value] == 1 ? find_reader (m, value) : NULL;

  return reader == NULL || sal_reader_kind (reader) < SAL_READER_ELEMENTS;
}

static void
add_cut (SalLocality *self, const Maker *m, int value)
{
  const Local *local = get_local (m, value);
  SalCut cut = { .value = value, .rows = local->field.rows };

  cut.shape = *sal_plan_shape (m->plan, value);
  memcpy (cut.stride, local->field.stride, sizeof cut.stride);
  self->number[self->cuts->len] = m->local[value];
  g_array_append_val (self->cuts, cut);
}

/* Nodes come in order: once the values that are computed and yet to be read are one alone, all that
 * follows depends on the input through it. */
static void
walk (SalLocality *self, Maker *m, int input, int output)
{
  gboolean local = TRUE;
  int open = 1, n_nodes = sal_graph_n_nodes (m->graph);
  g_autofree int *left = g_memdup2 (m->readers, (sal_graph_n_values (m->graph) + 1) * sizeof (int));

  add_cut (self, m, input);
  for (int i = 0; i < n_nodes; i++) {
    const SalNode *node = sal_graph_node (m->graph, i);
    gboolean depends = FALSE;

    if (!is_needed (m, node))
      continue;
    for (int j = 0; j < node->n_x; j++)
      depends = depends || (node->x[j] != SAL_NO_VALUE && m->depends[node->x[j]]);
    for (int j = 0; j < node->n_y && depends; j++)
      if (node->y[j] == input)
        depends = FALSE;
    if (!depends)
      continue;

    g_autoptr (SalNodeSetup) setup = set_up (m, node);

    self->cost += setup != NULL ? cost_of (setup) : 0;
    local = local && add_local (m, node, setup);
    for (int j = 0; j < node->n_x; j++)
      if (node->x[j] != SAL_NO_VALUE && m->depends[node->x[j]] && --left[node->x[j]] == 0)
        open--;
    for (int j = 0; j < node->n_y; j++)
      if (node->y[j] != SAL_NO_VALUE && m->needed[node->y[j]]) {
        m->depends[node->y[j]] = TRUE;
        open++;
      }
    if (local && open == 1 && node->y[0] != output && is_worth_cutting (m, node->y[0]))
      add_cut (self, m, node->y[0]);
  }
}

SalLocality *
sal_locality_new (SalGraph *graph, const SalPlan *plan, int input, int rows, int output)
{
  gsize n = sal_graph_n_values (graph) + 1;
  const SalShape *shape = sal_plan_shape (plan, input);
  g_autofree gboolean *flags = g_new0 (gboolean, 2 * n);
  g_autofree int *ints = g_new0 (int, 2 * n);
  Maker m = { graph, plan, flags, flags + n, ints, ints + n, NULL };
  g_autoptr (SalLocality) self = NULL;
  Local first = { .value = input, .field = { .rows = rows, .stride = { 1, 1 } } };

  g_return_val_if_fail (rows == 1 || rows == 2, NULL);
  if (shape == NULL || shape->rank != 4 || shape->dim[0] != 1 || sal_shape_count (shape) == 0 ||
      input == output || is_constant (&m, output))
    return NULL;
  self = g_new0 (SalLocality, 1);
  self->locals = m.locals = g_array_new (FALSE, FALSE, sizeof (Local));
  g_array_set_clear_func (self->locals, local_clear);
  self->cuts = g_array_new (FALSE, FALSE, sizeof (SalCut));
  self->number = g_new0 (int, n);
  for (gsize v = 0; v < n; v++)
    m.local[v] = -1;
  find_needed (&m, input, output);
  for (int i = 0; i < sal_graph_n_nodes (graph); i++) {
    const SalNode *node = sal_graph_node (graph, i);

    for (int j = 0; j < node->n_x && is_needed (&m, node); j++)
      if (node->x[j] != SAL_NO_VALUE)
        m.readers[node->x[j]]++;
  }
  first.field.length[0] = shape->dim[rows];
  first.field.length[1] = shape->dim[rows + 1];
  first.elements = sal_shape_count (shape);
  m.local[input] = 0;
  m.depends[input] = TRUE;
  g_array_append_val (self->locals, first);
  walk (self, &m, input, output);
  return self->cuts->len > 1 ? g_steal_pointer (&self) : NULL;
}

void
sal_locality_free (SalLocality *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->locals);
  g_array_unref (self->cuts);
  g_free (self->number);
  g_free (self);
}

int
sal_locality_n_cuts (const SalLocality *self)
{
  return self->cuts->len;
}

const SalCut *
sal_locality_cut (const SalLocality *self, int cut)
{
  return &g_array_index (self->cuts, SalCut, cut);
}

static const Local *
local_at (const SalLocality *self, int number)
{
  return &g_array_index (self->locals, Local, number);
}

static SalSpan
hull (SalSpan a, SalSpan b)
{
  if (sal_span_is_empty (a) || sal_span_is_empty (b))
    return sal_span_is_empty (a) ? b : a;
  return (SalSpan){ MIN (a.first, b.first), MAX (a.last, b.last) };
}

static gint64
floor_div (gint64 a, gint64 b)
{
  return a >= 0 ? a / b : -((-a + b - 1) / b);
}

/* The places that read any of @x. */
static SalSpan
readers_of (const SalReading *r, gint64 length, SalSpan x)
{
  gint64 reach = (r->kernel - 1) * r->dilation;

  if (sal_span_is_empty (x))
    return x;
  return (SalSpan){ MAX (-floor_div (-(x.first + r->before - reach), r->stride), 0),
                    MIN (floor_div (x.last + r->before, r->stride), length - 1) };
}

/* The positions that places @y read, of those there are. */
static SalSpan
read_by (const SalReading *r, gint64 length, SalSpan y)
{
  if (sal_span_is_empty (y))
    return y;
  return (
      SalSpan){ MAX (y.first * r->stride - r->before, 0),
                MIN (y.last * r->stride - r->before + (r->kernel - 1) * r->dilation, length - 1) };
}

/* By how many positions the input may be shorter, with a window still in it. */
static gint64
room_of (const SalReading *r, gint64 length)
{
  return length + r->before + r->after - ((r->kernel - 1) * r->dilation + 1);
}

void
sal_locality_reach (const SalLocality *self, int axis, SalSpan changed, SalSpan *at)
{
  int last = self->number[self->cuts->len - 1];
  g_autofree SalSpan *span = g_new (SalSpan, last + 1);

  span[0] = changed;
  for (int i = 1; i <= last; i++) {
    const Local *y = local_at (self, i);

    span[i] = SAL_SPAN_NONE;
    for (int j = 0; j < y->n_x; j++)
      span[i] =
          hull (span[i], readers_of (&y->reading[axis], y->field.length[axis], span[y->x[j]]));
  }
  for (guint c = 0; c < self->cuts->len; c++)
    at[c] = span[self->number[c]];
}

gint64
sal_locality_step (const SalLocality *self, int from, int to, int axis)
{
  return sal_locality_cut (self, to)->stride[axis] / sal_locality_cut (self, from)->stride[axis];
}

/* A part has the network's padding only at the ends of the whole. That its places are those of the
 * whole, moved, holds for every node between the cuts, whatever rounds its length: each becomes
 * shorter by the same number of steps. */
void
sal_locality_spare (const SalLocality *self, int from, int to, int axis, SalSpan wanted,
                    gint64 *front, gint64 *back)
{
  int low = self->number[from], high = self->number[to];
  gint64 most = G_MAXINT64;
  g_autofree SalSpan *span = g_new (SalSpan, high - low + 1);

  *front = *back = G_MAXINT64;
  for (int i = low; i < high; i++)
    span[i - low] = SAL_SPAN_NONE;
  span[high - low] = wanted;
  for (int i = high; i >= low; i--) {
    const Local *y = local_at (self, i);
    gint64 step = local_at (self, high)->field.stride[axis] / y->field.stride[axis];
    SalSpan needed = span[i - low];

    for (int j = 0; j < y->n_x && i > low; j++)
      most = MIN (most, room_of (&y->reading[axis], local_at (self, y->x[j])->field.length[axis]) /
                            (step * y->reading[axis].stride));
    if (sal_span_is_empty (needed))
      continue;
    *front = MIN (*front, needed.first / step);
    *back = MIN (*back, (y->field.length[axis] - 1 - needed.last) / step);
    for (int j = 0; j < y->n_x && i > low; j++) {
      SalSpan *x = &span[y->x[j] - low];

      *x = hull (*x,
                 read_by (&y->reading[axis], local_at (self, y->x[j])->field.length[axis], needed));
    }
  }
  /* Windows must fit in, needed or not. */
  *front = MIN (*front, most);
  *back = MIN (*back, most - *front);
}

double
sal_locality_cost (const SalLocality *self, int from, int to, const gint64 off[2])
{
  int low = self->number[from], high = self->number[to];
  const Local *end = local_at (self, high);
  double cost = 0;

  for (int i = low; i <= high; i++) {
    const Local *y = local_at (self, i);
    double share = 1;

    for (int axis = 0; axis < 2; axis++)
      share *= 1 - (double) (off[axis] * (end->field.stride[axis] / y->field.stride[axis])) /
                       y->field.length[axis];
    /* Parts are cut out of values and put into others, there and back between layouts. */
    cost += share * (i == low ? ELEMENT_COST * y->elements : y->cost);
    if (i == high)
      cost += share * ELEMENT_COST * y->elements;
  }
  return cost;
}

double
sal_locality_rest (const SalLocality *self, int from)
{
  double cost = self->cost;

  for (int i = 1; i <= self->number[from]; i++)
    cost -= local_at (self, i)->cost;
  return cost + ELEMENT_COST * local_at (self, self->number[from])->elements;
}
