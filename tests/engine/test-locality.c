/* What a changed place changes, and what a part of a value still computes: against brute force on
 * random networks. */
#include "tests/engine/net.h"

#include "engine/base/random.h"
#include "engine/graph/locality.h"
#include "engine/graph/run.h"

#include <math.h>
#include <string.h>

#define SIDE_Y 37
#define SIDE_X 31
#define NETS 60

/* A stream of small numbers. */
typedef struct {
  guint64 seed, next;
} Dice;

static gint64
roll (Dice *dice, gint64 from, gint64 to)
{
  float u;

  sal_random_uniforms (dice->seed, dice->next++, &u, 1);
  return from + MIN ((gint64) (u * (to - from + 1)), to - from);
}

/* A network, and whether every place that is reached changes in fact: nothing skips places, nor
 * takes a maximum. */
typedef struct {
  Net net;
  Dice dice;
  gboolean tight;
} Maker;

static void
window (Maker *m, gboolean pool, gint64 kernel_y, gint64 kernel_x)
{
  gint64 stride[2] = { roll (&m->dice, 1, 2), roll (&m->dice, 1, 3) };
  gint64 pads[4], dilation[2] = { roll (&m->dice, 1, 4) / 4 + 1, roll (&m->dice, 1, 4) / 4 + 1 };
  SalNode *node = m->net.last;

  for (int i = 0; i < 4; i++)
    pads[i] = roll (&m->dice, 0, (i % 2 == 0 ? kernel_y : kernel_x) - 1);
  sal_node_set_ints (node, "strides", stride, 2);
  if (roll (&m->dice, 0, 3) == 0)
    sal_node_set_string (node, "auto_pad", roll (&m->dice, 0, 1) ? "SAME_UPPER" : "SAME_LOWER");
  else
    sal_node_set_ints (node, "pads", pads, 4);
  if (pool) {
    sal_node_set_ints (node, "kernel_shape", (gint64[]){ kernel_y, kernel_x }, 2);
    sal_node_set_int (node, "ceil_mode", roll (&m->dice, 0, 1));
    return;
  }
  sal_node_set_ints (node, "dilations", dilation, 2);
  m->tight = m->tight && dilation[0] == 1 && dilation[1] == 1;
}

static int
conv (Maker *m, int x)
{
  gint64 kernel_y = roll (&m->dice, 1, 4), kernel_x = roll (&m->dice, 1, 3);
  int w = net_constant (&m->net, &SAL_SHAPE (4, 4, kernel_y, kernel_x), NULL, 0.3f);
  int y = net_op (&m->net, "Conv", x, w, net_constant (&m->net, &SAL_SHAPE (4), NULL, 1));

  window (m, FALSE, kernel_y, kernel_x);
  return y;
}

static int
pool (Maker *m, int x)
{
  gboolean maximum = roll (&m->dice, 0, 1);
  int y = net_op (&m->net, maximum ? "MaxPool" : "AveragePool", x, SAL_NO_VALUE, SAL_NO_VALUE);

  if (!maximum)
    sal_node_set_int (m->net.last, "count_include_pad", roll (&m->dice, 0, 1));
  m->tight = m->tight && !maximum;
  window (m, TRUE, roll (&m->dice, 2, 3), roll (&m->dice, 2, 3));
  return y;
}

static int
residual (Maker *m, int x)
{
  int y = net_conv (&m->net, x, 4, 4, roll (&m->dice, 0, 1) ? 3 : 5, TRUE);

  y = net_op (&m->net, "Tanh", y, SAL_NO_VALUE, SAL_NO_VALUE);
  return net_op (&m->net, "Add", net_conv (&m->net, y, 4, 4, 3, FALSE), x, SAL_NO_VALUE);
}

/* Two ways of different reach. */
static int
branch (Maker *m, int x)
{
  int a = net_conv (&m->net, x, 4, 3, 1, TRUE), b = net_conv (&m->net, x, 4, 1, 5, TRUE);
  int y = net_op (&m->net, "Concat", a, b, SAL_NO_VALUE);

  sal_node_set_int (m->net.last, "axis", 1);
  return y;
}

static int
turn_twice (Maker *m, int x)
{
  int y = net_op (&m->net, "Transpose", x, SAL_NO_VALUE, SAL_NO_VALUE);

  sal_node_set_ints (m->net.last, "perm", (gint64[]){ 0, 2, 3, 1 }, 4);
  y = net_op (&m->net, "Mul", y, net_constant (&m->net, &SAL_SHAPE (4), NULL, 1), SAL_NO_VALUE);
  y = net_op (&m->net, "Transpose", y, SAL_NO_VALUE, SAL_NO_VALUE);
  sal_node_set_ints (m->net.last, "perm", (gint64[]){ 0, 3, 1, 2 }, 4);
  return y;
}

static SalModel *
random_net (guint64 seed, gboolean *tight)
{
  Maker m = { .dice = { seed, 0 }, .tight = TRUE };
  int x = net_start (&m.net, seed, &SAL_SHAPE (1, 4, SIDE_Y, SIDE_X));
  int layers = (int) roll (&m.dice, 2, 5);

  for (int i = 0; i < layers; i++) {
    static int (*const kinds[]) (Maker *, int) = { conv, conv, pool, residual, branch, turn_twice };

    x = kinds[roll (&m.dice, 0, G_N_ELEMENTS (kinds) - 1)](&m, x);
  }
  *tight = m.tight;
  x = net_op (&m.net, "GlobalAveragePool", x, SAL_NO_VALUE, SAL_NO_VALUE);
  x = net_dense (&m.net, net_reshape (&m.net, x, &SAL_SHAPE (0, -1)), 4, 3, TRUE);
  return net_finish (&m.net, x, NULL);
}

static SalLocality *
locality_of (SalModel *model)
{
  return sal_locality_new (sal_model_graph (model), sal_model_plan (model), sal_model_input (model),
                           2, sal_model_logits (model));
}

/* The value of cut @to from that of @from, of any size. */
static SalTensor *
compute (SalGraph *graph, const SalCut *from, const SalCut *to, const SalTensor *x)
{
  SalFeed feed = { from->value, *sal_tensor_shape (x) };
  SalPlanOptions options = { .feeds = &feed,
                             .n_feeds = 1,
                             .outputs = &to->value,
                             .n_outputs = 1,
                             .compute = SAL_COMPUTE_REFERENCE };
  g_autoptr (GError) error = NULL;
  g_autoptr (SalPlan) plan = sal_plan_new (graph, &options, &error);
  g_autoptr (SalRun) run = NULL;

  g_assert_no_error (error);
  run = sal_run_new (plan);
  memcpy (sal_run_feed (run, from->value), sal_tensor_floats (x),
          sal_tensor_count (x) * sizeof (float));
  g_assert_true (sal_run_forward (run, NULL, NULL));
  return sal_tensor_new_copy (SAL_FLOAT, sal_plan_shape (plan, to->value),
                              sal_run_value (run, to->value));
}

static SalGraph *
open_graph (SalModel *model, const SalLocality *locality)
{
  SalGraph *graph = sal_graph_copy (sal_model_graph (model));

  sal_graph_declare (graph, sal_locality_cut (locality, 0)->value, SAL_FLOAT,
                     &SAL_SHAPE (-1, -1, -1, -1));
  g_assert_true (sal_graph_seal (graph, NULL));
  return graph;
}

/* The index of a place's first channel, and the step to the next. */
static gint64
element (const SalTensor *tensor, int rows, gint64 y, gint64 x, gint64 c)
{
  const gint64 *dim = sal_tensor_shape (tensor)->dim;

  return rows == 2 ? (c * dim[2] + y) * dim[3] + x : (y * dim[2] + x) * dim[3] + c;
}

/* The rectangle in which two tensors differ. */
static SalExtent
difference (const SalTensor *a, const SalTensor *b, int rows)
{
  const gint64 *dim = sal_tensor_shape (a)->dim;
  SalExtent extent = SAL_EXTENT_NONE;

  for (gint64 y = 0; y < dim[rows]; y++)
    for (gint64 x = 0; x < dim[rows + 1]; x++)
      for (gint64 c = 0; c < dim[rows == 2 ? 1 : 3]; c++) {
        gint64 i = element (a, rows, y, x, c);

        if (sal_tensor_floats (a)[i] != sal_tensor_floats (b)[i])
          sal_extent_include (&extent, y, x);
      }
  return extent;
}

static void
test_reach (void)
{
  int n_tight = 0, n_cuts = 0;

  for (guint64 seed = 0; seed < NETS; seed++) {
    gboolean tight;
    g_autoptr (SalModel) model = random_net (seed, &tight);
    g_autoptr (SalLocality) locality = locality_of (model);
    g_autoptr (SalTensor) input = net_input (model, seed, 1);
    const SalCut *first = sal_locality_cut (locality, 0);
    int n = sal_locality_n_cuts (locality);
    Dice dice = { seed, 1000 };

    g_assert_cmpint (first->value, ==, sal_model_input (model));
    n_cuts += n;
    for (int c = 1; c < n; c++) {
      const SalCut *cut = sal_locality_cut (locality, c);
      g_autoptr (SalTensor) before = compute (sal_model_graph (model), first, cut, input);

      for (int trial = 0; trial < 8; trial++) {
        gint64 at[2] = { roll (&dice, 0, SIDE_Y - 1), roll (&dice, 0, SIDE_X - 1) };
        g_autoptr (SalTensor) other =
            sal_tensor_new_copy (SAL_FLOAT, sal_tensor_shape (input), sal_tensor_floats (input));
        g_autoptr (SalTensor) after = NULL;
        g_autofree SalSpan *reached = g_new (SalSpan, n);
        SalExtent changed;

        /* Corners and edges matter most. */
        if (trial < 4) {
          at[0] = trial & 1 ? SIDE_Y - 1 : 0;
          at[1] = trial & 2 ? SIDE_X - 1 : 0;
        }
        for (int channel = 0; channel < 4; channel++)
          ((float *) sal_tensor_edit (other))[element (other, 2, at[0], at[1], channel)] +=
              2 + channel;
        after = compute (sal_model_graph (model), first, cut, other);
        changed = difference (before, after, cut->rows);
        for (int axis = 0; axis < 2; axis++) {
          sal_locality_reach (locality, axis, (SalSpan){ at[axis], at[axis] }, reached);
          if (sal_extent_is_empty (&changed))
            continue;
          g_assert_cmpint (changed.span[axis].first, >=, reached[c].first);
          g_assert_cmpint (changed.span[axis].last, <=, reached[c].last);
          if (!tight)
            continue;
          g_assert_cmpint (changed.span[axis].first, ==, reached[c].first);
          g_assert_cmpint (changed.span[axis].last, ==, reached[c].last);
          n_tight++;
        }
      }
    }
  }
  g_assert_cmpint (n_tight, >, 50);
  g_assert_cmpint (n_cuts, >, 2 * NETS);
}

/* A part of a value, @front and @back places shorter. */
static SalTensor *
part (const SalTensor *whole, int rows, const gint64 front[2], const gint64 back[2])
{
  SalShape shape = *sal_tensor_shape (whole);
  SalTensor *result;
  gint64 channels = shape.dim[rows == 2 ? 1 : 3];

  for (int axis = 0; axis < 2; axis++)
    shape.dim[rows + axis] -= front[axis] + back[axis];
  result = sal_tensor_new (SAL_FLOAT, &shape);
  for (gint64 y = 0; y < shape.dim[rows]; y++)
    for (gint64 x = 0; x < shape.dim[rows + 1]; x++)
      for (gint64 c = 0; c < channels; c++)
        ((float *) sal_tensor_edit (result))[element (result, rows, y, x, c)] =
            sal_tensor_floats (whole)[element (whole, rows, y + front[0], x + front[1], c)];
  return result;
}

static void
test_spare (void)
{
  int n_shorter = 0, n_least = 0;

  for (guint64 seed = 0; seed < NETS; seed++) {
    gboolean tight;
    g_autoptr (SalModel) model = random_net (seed, &tight);
    g_autoptr (SalLocality) locality = locality_of (model);
    g_autoptr (SalGraph) graph = open_graph (model, locality);
    g_autoptr (SalTensor) input = net_input (model, seed, 1);
    int n = sal_locality_n_cuts (locality);
    Dice dice = { seed, 2000 };

    for (int trial = 0; trial < 12; trial++) {
      int a = (int) roll (&dice, 0, n - 2), b = (int) roll (&dice, a + 1, n - 1);
      const SalCut *from = sal_locality_cut (locality, a), *to = sal_locality_cut (locality, b);
      g_autoptr (SalTensor) x = a == 0
                                    ? sal_tensor_ref (input)
                                    : compute (graph, sal_locality_cut (locality, 0), from, input);
      g_autoptr (SalTensor) whole = compute (graph, from, to, x), piece = NULL, y = NULL;
      gint64 front[2], back[2], places_front[2], places_back[2];
      SalExtent wanted;

      for (int axis = 0; axis < 2; axis++) {
        gint64 length = to->shape.dim[to->rows + axis];
        gint64 step = sal_locality_step (locality, a, b, axis);
        gint64 p = roll (&dice, 0, length - 1), q = roll (&dice, p, MIN (length - 1, p + 3));

        wanted.span[axis] = (SalSpan){ p, q };
        sal_locality_spare (locality, a, b, axis, wanted.span[axis], &front[axis], &back[axis]);
        n_shorter += front[axis] + back[axis] > 0;
        n_least += front[axis] + back[axis] > length / 2;
        /* Less may be cut off, too. */
        if (trial % 3 == 0)
          front[axis] = roll (&dice, 0, front[axis]);
        places_front[axis] = front[axis] * step;
        places_back[axis] = back[axis] * step;
      }
      piece = part (x, from->rows, places_front, places_back);
      y = compute (graph, from, to, piece);
      for (int axis = 0; axis < 2; axis++)
        g_assert_cmpint (sal_tensor_shape (y)->dim[to->rows + axis], ==,
                         to->shape.dim[to->rows + axis] - front[axis] - back[axis]);
      for (gint64 p = wanted.span[0].first; p <= wanted.span[0].last; p++)
        for (gint64 q = wanted.span[1].first; q <= wanted.span[1].last; q++)
          for (gint64 c = 0; c < 4; c++) {
            float want = sal_tensor_floats (whole)[element (whole, to->rows, p, q, c)];
            float got = sal_tensor_floats (y)[element (y, to->rows, p - front[0], q - front[1], c)];

            g_assert_cmpfloat (fabsf (want - got), <=, 1e-5f * (1 + fabsf (want)));
          }
    }
  }
  g_assert_cmpint (n_shorter, >, 5 * NETS);
  g_assert_cmpint (n_least, >, NETS);
}

/* Where networks stop to be local. */
static void
test_cuts (void)
{
  Net net;
  int x = net_start (&net, 1, &SAL_SHAPE (1, 3, 16, 16)), a, b, gate;
  g_autoptr (SalModel) model = NULL;
  g_autoptr (SalLocality) locality = NULL;

  a = net_relu (&net, net_conv (&net, x, 3, 8, 3, TRUE));
  b = net_pool (&net, "MaxPool", net_relu (&net, net_conv (&net, a, 8, 8, 3, TRUE)));
  /* Squeeze and excitation: each place depends on all. */
  gate = net_conv (&net, net_op (&net, "GlobalAveragePool", b, SAL_NO_VALUE, SAL_NO_VALUE), 8, 8, 1,
                   TRUE);
  gate = net_op (&net, "Sigmoid", gate, SAL_NO_VALUE, SAL_NO_VALUE);
  x = net_pool (&net, "MaxPool", net_op (&net, "Mul", b, gate, SAL_NO_VALUE));
  x = net_dense (&net, net_reshape (&net, x, &SAL_SHAPE (0, -1)), 8 * 16, 4, TRUE);
  model = net_finish (&net, x, NULL);
  locality = locality_of (model);
  g_assert_cmpint (sal_locality_n_cuts (locality), ==, 4);
  g_assert_cmpint (sal_locality_cut (locality, 1)->value, ==, a);
  g_assert_cmpint (sal_locality_cut (locality, 3)->value, ==, b);
  g_assert_cmpint (sal_locality_cut (locality, 3)->stride[0], ==, 2);
  g_assert_cmpfloat (sal_locality_rest (locality, 3), <, sal_locality_rest (locality, 1));
  g_assert_cmpfloat (sal_locality_cost (locality, 0, 3, (gint64[]){ 4, 4 }), <,
                     0.3 * sal_locality_cost (locality, 0, 3, (gint64[]){ 0, 0 }));
}

/* The picture itself is read again at the end; a sum with one number a place is not the same
 * everywhere; the first node looks at all places. */
static void
test_none (void)
{
  for (int kind = 0; kind < 3; kind++) {
    Net net;
    int x = net_start (&net, 1, &SAL_SHAPE (1, 4, 8, 8)), y = x;
    g_autoptr (SalModel) model = NULL;
    g_autoptr (SalLocality) locality = NULL;

    if (kind == 0)
      y = net_op (&net, "Add",
                  net_reshape (&net, net_conv (&net, x, 4, 4, 3, TRUE), &SAL_SHAPE (0, -1)),
                  net_reshape (&net, x, &SAL_SHAPE (0, -1)), SAL_NO_VALUE);
    if (kind == 1)
      y = net_op (&net, "Add", x, net_constant (&net, &SAL_SHAPE (1, 1, 8, 8), NULL, 1),
                  SAL_NO_VALUE);
    if (kind == 2)
      y = net_op (&net, "Softmax", x, SAL_NO_VALUE, SAL_NO_VALUE);
    y = net_dense (&net, net_reshape (&net, y, &SAL_SHAPE (0, -1)), 256, 4, TRUE);
    model = net_finish (&net, y, NULL);
    locality = locality_of (model);
    g_assert_null (locality);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/graph/locality/reach", test_reach);
  g_test_add_func ("/engine/graph/locality/spare", test_spare);
  g_test_add_func ("/engine/graph/locality/cuts", test_cuts);
  g_test_add_func ("/engine/graph/locality/none", test_none);
  return g_test_run ();
}
