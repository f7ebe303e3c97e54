/* Graphs computed node by node and lowered to channels last must agree: in what is put out, in
 * every gradient, whatever is observed on the way, for any batch, team and level of the processor.
 */
#include "tests/engine/pass.h"

#include "engine/base/memory.h"
#include "engine/explain/rules.h"
#include "engine/kernels/cpu.h"

#include <math.h>
#include <string.h>

typedef struct {
  const char *name;
  SalShape input;
  int (*make) (Net *net, int x);
} Case;

static int
batch_norm (Net *net, int x, gint64 C)
{
  int scale = net_constant (net, &SAL_SHAPE (C), NULL, 1),
      bias = net_constant (net, &SAL_SHAPE (C), NULL, 1);
  int mean = net_constant (net, &SAL_SHAPE (C), NULL, 1);
  g_autofree float *variance = g_new (float, C);
  int in[5], y;
  g_autofree char *name = g_strdup_printf ("normed%d", x);
  SalNode *node;

  for (gint64 c = 0; c < C; c++)
    variance[c] = 0.5f + c % 3;
  in[0] = x, in[1] = scale, in[2] = bias, in[3] = mean;
  in[4] = net_constant (net, &SAL_SHAPE (C), variance, 0);
  y = sal_graph_value (net->graph, name);
  node = sal_node_new ("BatchNormalization", name, 15, in, 5, &y, 1);
  sal_graph_add_node (net->graph, node);
  return y;
}

static int
clip (Net *net, int x, float low, float high)
{
  return net_op (net, "Clip", x, net_constant (net, &(SalShape){ .rank = 0 }, &low, 0),
                 net_constant (net, &(SalShape){ .rank = 0 }, &high, 0));
}

static int
head (Net *net, int x, gint64 C)
{
  return net_dense (net,
                    net_reshape (net,
                                 net_op (net, "GlobalAveragePool", x, SAL_NO_VALUE, SAL_NO_VALUE),
                                 &SAL_SHAPE (0, -1)),
                    C, 4, TRUE);
}

/* Conv → Relu → MaxPool → Conv → BatchNormalization → Clip, flattened from more than one place */
static int
make_plain (Net *net, int x)
{
  x = net_relu (net, net_conv (net, x, 3, 16, 3, TRUE));
  x = net_pool (net, "MaxPool", x);
  x = clip (net, batch_norm (net, net_conv (net, x, 16, 24, 3, FALSE), 24), -0.5f, 1.5f);
  x = net_reshape (net, net_pool (net, "AveragePool", x), &SAL_SHAPE (0, -1));
  return net_dense (net, x, 24 * 9, 4, TRUE);
}

/* Residual blocks, with the sum first and second, once through a convolution of its own; the sum is
 * read three times */
static int
make_residual (Net *net, int x)
{
  int a = net_relu (net, batch_norm (net, net_conv (net, x, 3, 16, 3, FALSE), 16)), b, c;

  b = batch_norm (
      net, net_conv (net, net_relu (net, net_conv (net, a, 16, 16, 3, TRUE)), 16, 16, 3, FALSE),
      16);
  a = net_relu (net, net_op (net, "Add", b, a, SAL_NO_VALUE));
  b = net_conv (net, net_relu (net, net_conv (net, a, 16, 8, 1, TRUE)), 8, 32, 3, TRUE);
  c = batch_norm (net, net_conv (net, a, 16, 32, 1, FALSE), 32);
  a = net_relu (net, net_op (net, "Add", c, b, SAL_NO_VALUE));
  b = net_conv (net, a, 32, 32, 3, TRUE);
  return head (net, net_op (net, "Add", a, net_op (net, "Add", b, a, SAL_NO_VALUE), SAL_NO_VALUE),
               32);
}

/* Branches joined on channels, one of them read elsewhere too */
static int
make_concat (Net *net, int x)
{
  int squeeze = net_relu (net, net_conv (net, x, 3, 5, 1, TRUE));
  int a = net_relu (net, net_conv (net, squeeze, 5, 12, 1, TRUE));
  int b = net_relu (net, net_conv (net, squeeze, 5, 9, 3, TRUE));
  int joined = net_op (net, "Concat", a, b, SAL_NO_VALUE), c;

  sal_node_set_int (net->last, "axis", 1);
  c = net_relu (net, net_conv (net, joined, 21, 7, 3, TRUE));
  joined = net_op (net, "Concat", c, a, joined);
  sal_node_set_int (net->last, "axis", -3);
  return head (net, net_conv (net, joined, 40, 8, 3, TRUE), 8);
}

/* Depthwise filters, squeeze and excitation, x · Sigmoid (x), Elu, constants a channel */
static int
make_mobile (Net *net, int x)
{
  int gate;

  x = net_conv (net, x, 3, 16, 3, FALSE);
  x = net_op (net, "Mul", x, net_constant (net, &SAL_SHAPE (16, 1, 1), NULL, 1), SAL_NO_VALUE);
  x = net_op (net, "Add", net_constant (net, &SAL_SHAPE (1, 16, 1, 1), NULL, 1), x, SAL_NO_VALUE);
  x = clip (net, x, 0, 6);
  x = net_op (net, "Conv", x, net_constant (net, &SAL_SHAPE (16, 1, 3, 3), NULL, 0.5),
              net_constant (net, &SAL_SHAPE (16), NULL, 1));
  sal_node_set_int (net->last, "group", 16);
  sal_node_set_ints (net->last, "strides", (gint64[]){ 2, 2 }, 2);
  sal_node_set_ints (net->last, "pads", (gint64[]){ 0, 1, 1, 0 }, 4);
  x = net_op (net, "Mul", x, net_op (net, "Sigmoid", x, SAL_NO_VALUE, SAL_NO_VALUE), SAL_NO_VALUE);
  gate = net_op (net, "GlobalAveragePool", x, SAL_NO_VALUE, SAL_NO_VALUE);
  gate =
      net_op (net, "HardSigmoid",
              net_conv (net, net_relu (net, net_conv (net, gate, 16, 4, 1, TRUE)), 4, 16, 1, TRUE),
              SAL_NO_VALUE, SAL_NO_VALUE);
  x = net_op (net, "Elu", net_op (net, "Mul", x, gate, SAL_NO_VALUE), SAL_NO_VALUE, SAL_NO_VALUE);
  x = net_op (net, "Div",
              net_op (net, "Sub", net_conv (net, x, 16, 16, 1, TRUE),
                      net_constant (net, &SAL_SHAPE (1), NULL, 1), SAL_NO_VALUE),
              net_constant (net, &(SalShape){ .rank = 0 }, (float[]){ 3 }, 0), SAL_NO_VALUE);
  return head (net, x, 16);
}

/* Normalisation before convolutions, as in DenseNet, and groups of several channels */
static int
make_dense (Net *net, int x)
{
  int a = net_conv (net, x, 3, 16, 3, FALSE), b;

  b = net_conv (net, net_relu (net, batch_norm (net, a, 16)), 16, 8, 1, FALSE);
  a = net_op (net, "Concat", a, b, SAL_NO_VALUE);
  sal_node_set_int (net->last, "axis", 1);
  a = net_op (net, "Conv", net_relu (net, batch_norm (net, a, 24)),
              net_constant (net, &SAL_SHAPE (12, 6, 3, 3), NULL, 0.3), SAL_NO_VALUE);
  sal_node_set_int (net->last, "group", 4);
  sal_node_set_ints (net->last, "dilations", (gint64[]){ 2, 1 }, 2);
  a = net_op (net, "LeakyRelu", a, SAL_NO_VALUE, SAL_NO_VALUE);
  a = net_op (net, "PRelu", a, net_constant (net, &SAL_SHAPE (12, 1, 1), NULL, 0.5), SAL_NO_VALUE);
  a = net_op (net, "MaxPool", a, SAL_NO_VALUE, SAL_NO_VALUE);
  sal_node_set_ints (net->last, "kernel_shape", (gint64[]){ 3, 3 }, 2);
  sal_node_set_ints (net->last, "strides", (gint64[]){ 2, 2 }, 2);
  sal_node_set_ints (net->last, "pads", (gint64[]){ 1, 1, 1, 1 }, 4);
  sal_node_set_int (net->last, "ceil_mode", 1);
  a = net_op (net, "AveragePool", a, SAL_NO_VALUE, SAL_NO_VALUE);
  sal_node_set_ints (net->last, "kernel_shape", (gint64[]){ 3, 2 }, 2);
  sal_node_set_ints (net->last, "pads", (gint64[]){ 1, 0, 1, 1 }, 4);
  sal_node_set_int (net->last, "count_include_pad", 1);
  return head (net, a, 12);
}

static int
turn (Net *net, int x, gint64 a, gint64 b, gint64 c)
{
  x = net_op (net, "Transpose", x, SAL_NO_VALUE, SAL_NO_VALUE);
  sal_node_set_ints (net->last, "perm", (gint64[]){ 0, a, b, c }, 4);
  return x;
}

/* Channels last in the model: in at the front, out and back for a product in the middle; then what
 * has no counterpart, a mean over one axis and a picture with one channel */
static int
make_turned (Net *net, int x)
{
  int y = net_relu (net, net_conv (net, turn (net, x, 3, 1, 2), 3, 16, 3, TRUE));

  y = turn (net, y, 2, 3, 1);
  y = net_op (net, "MatMul", y, net_constant (net, &SAL_SHAPE (16, 16), NULL, 0.3), SAL_NO_VALUE);
  y = net_conv (net, turn (net, y, 3, 1, 2), 16, 1, 3, TRUE);
  y = net_op (net, "Softplus", y, SAL_NO_VALUE, SAL_NO_VALUE);
  y = net_conv (net, y, 1, 6, 3, TRUE);
  y = net_op (net, "ReduceMean", y, SAL_NO_VALUE, SAL_NO_VALUE);
  sal_node_set_ints (net->last, "axes", (gint64[]){ 3 }, 1);
  sal_node_set_int (net->last, "keepdims", 1);
  y = net_op (net, "ReduceMean", net_conv (net, y, 6, 6, 1, TRUE), SAL_NO_VALUE, SAL_NO_VALUE);
  sal_node_set_ints (net->last, "axes", (gint64[]){ 2, 3 }, 2);
  sal_node_set_int (net->last, "keepdims", 0);
  return net_dense (net, y, 6, 4, TRUE);
}

static const Case cases[] = {
  { "plain", { 4, { 1, 3, 12, 12 } }, make_plain },
  { "residual", { 4, { 1, 3, 15, 9 } }, make_residual },
  { "concat", { 4, { 1, 3, 9, 10 } }, make_concat },
  { "mobile", { 4, { 1, 3, 12, 13 } }, make_mobile },
  { "dense", { 4, { 1, 3, 16, 15 } }, make_dense },
  { "turned", { 4, { 1, 14, 15, 3 } }, make_turned },
};

static void
case_init (Pass *pass, const Case *c, gint64 batch)
{
  Net net;
  int x = net_start (&net, 7, &c->input);

  pass_init (pass, net_finish (&net, c->make (&net, x), NULL), batch, 11);
}

static void
test_case (gconstpointer data)
{
  const Case *c = data;
  g_autoptr (SalTeam) team = sal_team_new (3);
  int level = sal_cpu_level_get ();

  for (gint64 batch = 1; batch <= 3; batch += 2) {
    Pass b;

    case_init (&b, c, batch);
    g_assert_cmpint (b.n_values, >, 5);
    for (int observe = 0; observe < 2; observe++)
      for (int guided = 0; guided < 3; guided++) {
        const SalRuleSet *rules = guided == 0 ? NULL : sal_rules_guided (guided == 2);
        g_autoptr (GArray) plain =
            pass_run (&b, SAL_COMPUTE_REFERENCE, rules, observe ? PASS_ALL : SAL_NO_VALUE, NULL);

        for (int l = 0; l <= (int) sal_cpu_level_max (); l++) {
          g_autoptr (GArray) exact = NULL, fast = NULL, shared = NULL;

          sal_cpu_level_set (l);
          exact = pass_run (&b, SAL_COMPUTE_EXACT, rules, observe ? PASS_ALL : SAL_NO_VALUE, NULL);
          fast = pass_run (&b, SAL_COMPUTE_FAST, rules, observe ? PASS_ALL : SAL_NO_VALUE, NULL);
          shared = pass_run (&b, SAL_COMPUTE_FAST, rules, observe ? PASS_ALL : SAL_NO_VALUE, team);
          pass_assert_near (exact, plain, 2e-6);
          pass_assert_near (fast, plain, 1e-5);
          pass_assert_same (shared, fast);
        }
        sal_cpu_level_set (level);
      }
    pass_clear (&b);
  }
}

/* A budget that nothing fits into leaves all layers to plain weights. */
static void
test_budget (void)
{
  Pass b;

  case_init (&b, &cases[1], 1);
  sal_memory_set_weights_budget (1);

  g_autoptr (GArray) within = pass_run (&b, SAL_COMPUTE_FAST, NULL, SAL_NO_VALUE, NULL);

  sal_memory_set_weights_budget (0);

  g_autoptr (GArray) fast = pass_run (&b, SAL_COMPUTE_FAST, NULL, SAL_NO_VALUE, NULL);
  g_autoptr (GArray) exact = pass_run (&b, SAL_COMPUTE_EXACT, NULL, SAL_NO_VALUE, NULL);

  pass_assert_same (within, exact);
  g_assert_cmpint (memcmp (fast->data, exact->data, fast->len * sizeof (float)), !=, 0);
  pass_clear (&b);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_strconcat ("/engine/lower/", cases[i].name, NULL);

    g_test_add_data_func (path, &cases[i], test_case);
  }
  g_test_add_func ("/engine/lower/budget", test_budget);
  return g_test_run ();
}
