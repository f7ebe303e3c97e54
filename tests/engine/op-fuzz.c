/* Nodes that nobody meant: a case with some of its shapes, values, types, attributes or its version
 * changed at random. Each must be refused with one line, or be computed and differentiated without
 * touching foreign memory (which the sanitizers and valgrind see). */
#include "engine/base/error.h"
#include "engine/graph/run.h"
#include "tests/engine/op-case.h"

#include <math.h>
#include <string.h>

/* Nodes made from each case. */
#define N_NODES 12
#define MAX_BYTES (4 << 20)

/* splitmix64: the same nodes on every machine. Returns: 0 .. below-1 */
static guint
pick (guint64 *state, guint below)
{
  guint64 z = (*state += G_GUINT64_CONSTANT (0x9e3779b97f4a7c15));

  z = (z ^ (z >> 30)) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  return (guint) ((z ^ (z >> 31)) % below);
}

static gint64
pick_int (guint64 *state)
{
  static const gint64 odd[] = {
    G_MININT64, G_MAXINT64, G_MININT32, G_MAXINT32, 1000000, -1000, G_GINT64_CONSTANT (1) << 40,
  };

  return pick (state, 4) == 0 ? odd[pick (state, G_N_ELEMENTS (odd))]
                              : (gint64) pick (state, 12) - 4;
}

static float
pick_float (guint64 *state)
{
  static const float odd[] = { NAN, INFINITY, -INFINITY, 0, 1e30f, -1e-30f };

  return pick (state, 32) == 0 ? odd[pick (state, G_N_ELEMENTS (odd))]
                               : (float) pick (state, 4001) / 1000 - 2;
}

/* Another attribute than the case has, or another value for one of them. */
static void
change_attribute (SalNode *node, guint64 *state)
{
  static const char *const ints[] = {
    "axis",
    "keepdims",
    "blocksize",
    "group",
    "k",
    "to",
    "dtype",
    "exclusive",
    "reverse",
    "largest",
    "upper",
    "batch_dims",
    "ceil_mode",
    "allowzero",
    "block_size",
    "num_groups",
    "output_dtype",
    "batch_axis",
    "time_axis",
    "num_outputs",
    "p",
    "size",
    "hidden_size",
    "layout",
    "training_mode",
    "transA",
    "transB",
    "output_height",
    "output_width",
    "sampling_ratio",
    "noop_with_empty_axes",
    "start",
    "end",
    "storage_order",
  };
  static const char *const lists[] = {
    "axes",           "perm",         "pads",  "kernel_shape", "strides", "dilations",
    "output_padding", "output_shape", "split", "starts",       "ends",
  };
  static const char *const floats[] = { "alpha", "beta",  "epsilon", "min",           "max",
                                        "lambd", "value", "clip",    "spatial_scale", "ratio" };
  static const char *const strings[] = { "mode",         "auto_pad",    "reduction", "direction",
                                         "padding_mode", "approximate", "equation" };
  static const char *const words[] = { "",        "none",    "add",        "reflect",  "edge",
                                       "wrap",    "linear",  "SAME_UPPER", "VALID",    "cubic",
                                       "reverse", "ii,jk->", "CRD",        "constant", "sum" };
  gint64 list[8];

  for (gsize i = 0; i < G_N_ELEMENTS (list); i++)
    list[i] = pick (state, 3) == 0 ? pick_int (state) : 1 + pick (state, 2);
  switch (pick (state, 4)) {
  case 0:
    sal_node_set_int (node, ints[pick (state, G_N_ELEMENTS (ints))], pick_int (state));
    break;
  case 1:
    sal_node_set_ints (node, lists[pick (state, G_N_ELEMENTS (lists))], list, pick (state, 8));
    break;
  case 2:
    sal_node_set_float (node, floats[pick (state, G_N_ELEMENTS (floats))], pick_float (state));
    break;
  default:
    sal_node_set_string (node, strings[pick (state, G_N_ELEMENTS (strings))],
                         words[pick (state, G_N_ELEMENTS (words))]);
  }
}

typedef struct {
  SalGraph *graph;
  SalFeed feeds[OP_CASE_INPUTS];
  SalTensor *data[OP_CASE_INPUTS];
  int x[OP_CASE_INPUTS];
  int gradients[OP_CASE_INPUTS], outputs[OP_CASE_OUTPUTS];
  int n_feeds, n_gradients, n_outputs;
} Model;

static SalTensor *
change_tensor (const OpInput *input, guint64 *state)
{
  SalType type = input->kind == OP_INPUT_INTS ? SAL_INT : SAL_FLOAT;
  SalShape shape = input->shape;
  gboolean kept = TRUE;
  SalTensor *tensor;

  if (pick (state, 24) == 0)
    type = type == SAL_INT ? SAL_FLOAT : SAL_INT, kept = FALSE;
  if (pick (state, 10) == 0 && shape.rank > 0)
    shape.dim[pick (state, shape.rank)] = pick (state, 5), kept = FALSE;
  if (pick (state, 20) == 0 && shape.rank > 0)
    shape.rank--, kept = FALSE;
  if (pick (state, 20) == 0 && shape.rank < SAL_MAX_RANK)
    shape.dim[shape.rank++] = 1 + pick (state, 2), kept = FALSE;
  tensor = sal_tensor_new (type, &shape);
  for (gint64 i = 0; i < sal_tensor_count (tensor); i++) {
    gboolean changed = pick (state, 12) == 0;

    if (type == SAL_FLOAT)
      ((float *) sal_tensor_edit (tensor))[i] =
          kept && !changed && input->values != NULL ? input->values[i] : pick_float (state);
    else
      ((gint64 *) sal_tensor_edit (tensor))[i] =
          kept && !changed && input->ints != NULL ? input->ints[i] : pick_int (state);
  }
  return tensor;
}

static void
add_input (Model *m, const OpCase *c, int i, guint64 *state)
{
  const OpInput *input = &c->x[i];
  g_autofree char *name = g_strdup_printf ("x%d", i);
  g_autoptr (SalTensor) tensor = NULL;
  gboolean constant = input->constant;

  m->x[i] = input->kind == OP_INPUT_SAME ? m->x[input->same] : SAL_NO_VALUE;
  if (input->kind == OP_INPUT_SAME || input->kind == OP_INPUT_ABSENT || pick (state, 40) == 0)
    return;
  tensor = change_tensor (input, state);
  m->x[i] = sal_graph_value (m->graph, name);
  if (pick (state, 12) == 0)
    constant = !constant;
  if (constant) {
    sal_graph_set_constant (m->graph, m->x[i], tensor);
    return;
  }
  sal_graph_declare (m->graph, m->x[i], sal_tensor_type (tensor), sal_tensor_shape (tensor));
  sal_graph_add_input (m->graph, m->x[i]);
  /* Of several inputs, often only some want a gradient. */
  if (sal_tensor_type (tensor) == SAL_FLOAT && pick (state, 3) > 0)
    m->gradients[m->n_gradients++] = m->x[i];
  m->feeds[m->n_feeds] = (SalFeed){ m->x[i], *sal_tensor_shape (tensor) };
  m->data[m->n_feeds++] = g_steal_pointer (&tensor);
}

static void
model_init (Model *m, const OpCase *c, guint64 *state)
{
  int n_x = 0, n_y = MAX (c->n_y, 1), y[OP_CASE_OUTPUTS], opset = c->opset;

  *m = (Model){ .graph = sal_graph_new () };
  while (n_x < OP_CASE_INPUTS && c->x[n_x].kind != OP_INPUT_NONE) {
    add_input (m, c, n_x, state);
    n_x++;
  }
  if (pick (state, 12) == 0 && n_x > 0)
    n_x--;
  if (pick (state, 12) == 0)
    n_y = 1 + (int) pick (state, OP_CASE_OUTPUTS);
  if (pick (state, 8) == 0)
    opset = 7 + (int) pick (state, 15);
  for (int i = 0; i < n_y; i++) {
    g_autofree char *name = g_strdup_printf ("y%d", i);

    y[i] = SAL_NO_VALUE;
    if ((c->y_absent & (1u << i)) != 0 || (n_y > 1 && pick (state, 8) == 0))
      continue;
    y[i] = sal_graph_value (m->graph, name);
    sal_graph_add_output (m->graph, y[i]);
    m->outputs[m->n_outputs++] = y[i];
  }
  SalNode *node = sal_node_new (c->op, "node", opset, m->x, n_x, y, n_y);
  if (c->attributes != NULL)
    op_case_set_attributes (node, c->attributes);
  if (c->prepare != NULL)
    c->prepare (node);
  while (pick (state, 3) == 0)
    change_attribute (node, state);
  sal_graph_add_node (m->graph, node);
}

static void
model_clear (Model *m)
{
  for (int i = 0; i < m->n_feeds; i++)
    sal_tensor_unref (m->data[i]);
  sal_graph_unref (m->graph);
}

static void
run_plan (const Model *m, SalPlan *plan, guint64 *state)
{
  g_autoptr (SalRun) run = sal_run_new (plan);

  for (int i = 0; i < m->n_feeds; i++)
    if (sal_plan_shape (plan, m->feeds[i].value) != NULL)
      memcpy (sal_run_feed (run, m->feeds[i].value), sal_tensor_data (m->data[i]),
              sal_tensor_count (m->data[i]) * sal_type_size (sal_tensor_type (m->data[i])));
  g_assert_true (sal_run_forward (run, NULL, NULL));
  if (m->n_gradients == 0)
    return;
  for (int i = 0; i < m->n_outputs; i++) {
    float *seed =
        sal_plan_type (plan, m->outputs[i]) == SAL_FLOAT ? sal_run_seed (run, m->outputs[i]) : NULL;
    gint64 n = sal_shape_count (sal_plan_shape (plan, m->outputs[i]));

    for (gint64 j = 0; seed != NULL && j < n; j++)
      seed[j] = pick_float (state);
  }
  g_assert_true (sal_run_backward (run, NULL, NULL));
}

void
op_case_fuzz (const OpCase *op_case)
{
  guint64 state = g_str_hash (op_case->op) * G_GUINT64_CONSTANT (31) + g_str_hash (op_case->name);

  for (int i = 0; i < N_NODES; i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (SalPlan) plan = NULL;
    Model m;

    model_init (&m, op_case, &state);
    SalPlanOptions options = { .feeds = m.feeds,
                               .n_feeds = m.n_feeds,
                               .outputs = m.outputs,
                               .n_outputs = m.n_outputs,
                               .gradients = m.gradients,
                               .n_gradients = m.n_gradients,
                               .max_bytes = MAX_BYTES };
    if (sal_graph_seal (m.graph, &error))
      plan = sal_plan_new (m.graph, &options, &error);
    if (plan != NULL)
      run_plan (&m, plan, &state);
    else if (error == NULL || error->domain != SAL_ERROR || error->message[0] == '\0' ||
             strchr (error->message, '\n') != NULL)
      g_test_fail_printf ("node %d was refused with \"%s\"", i,
                          error != NULL ? error->message : "");
    model_clear (&m);
  }
}
