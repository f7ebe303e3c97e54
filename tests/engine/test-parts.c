/* A batch that goes through the first layers picture by picture must come out the same to the bit,
 * wherever the cut is. */
#include "tests/engine/pass.h"

#include "engine/graph/plan-private.h"

#define CHANNELS 24
#define BLOCKS 5
#define BATCH 3

static int
clamped (Net *net, int x, gint64 from, gint64 to, gint64 kernel)
{
  return net_relu (net, net_conv (net, x, from, to, kernel, TRUE));
}

static int
unary (Net *net, const char *op, int x)
{
  return net_op (net, op, x, SAL_NO_VALUE, SAL_NO_VALUE);
}

static int
smooth (Net *net, const char *op, int x)
{
  x = unary (net, op, x);
  sal_node_set_ints (net->last, "kernel_shape", (gint64[]){ 3, 3 }, 2);
  sal_node_set_ints (net->last, "pads", (gint64[]){ 1, 1, 1, 1 }, 4);
  return x;
}

static int
concat (Net *net, int a, int b)
{
  int y = net_op (net, "Concat", a, b, SAL_NO_VALUE);

  sal_node_set_int (net->last, "axis", 1);
  return y;
}

/* What networks consist of: one value in, one out, of as many channels. */
static int
block (Net *net, int kind, int x)
{
  int y;

  switch (kind) {
  case 0:
    return clamped (net, x, CHANNELS, CHANNELS, 3);
  case 1:
    y = net_conv (net, clamped (net, x, CHANNELS, 16, 1), 16, CHANNELS, 3, TRUE);
    return net_relu (net, net_op (net, "Add", y, x, SAL_NO_VALUE));
  case 2:
    y = clamped (net, x, CHANNELS, 8, 1);
    return concat (net, clamped (net, y, 8, 8, 1), clamped (net, y, 8, 16, 3));
  case 3:
    return smooth (net, "MaxPool", x);
  case 4:
    return smooth (net, "AveragePool", clamped (net, x, CHANNELS, CHANNELS, 1));
  case 5:
    return unary (net, "Sigmoid", x);
  case 6:
    y = concat (net, x, clamped (net, x, CHANNELS, 8, 3));
    y = concat (net, y, clamped (net, y, CHANNELS + 8, 8, 3));
    return net_conv (net, y, CHANNELS + 16, CHANNELS, 1, TRUE);
  default:
    return net_op (net, "Mul", x,
                   unary (net, "Sigmoid", net_conv (net, x, CHANNELS, CHANNELS, 1, TRUE)),
                   SAL_NO_VALUE);
  }
}

static void
parts_cb (gconstpointer data)
{
  guint32 seed = GPOINTER_TO_UINT (data);
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  g_autoptr (GArray) whole = NULL;
  int front = 0, n_steps, x;
  gsize bytes;
  Net net;
  Pass pass;

  x = clamped (&net, net_start (&net, seed, &SAL_SHAPE (1, 3, 6, 7)), 3, CHANNELS, 3);
  for (int i = 0; i < BLOCKS; i++)
    x = block (&net, seed <= 8 && i == 1 ? (int) seed - 1 : g_rand_int_range (rand, 0, 8), x);
  x = net_reshape (&net, unary (&net, "GlobalAveragePool", x), &SAL_SHAPE (0, -1));
  pass_init (&pass, net_finish (&net, net_dense (&net, x, CHANNELS, 4, TRUE), NULL), BATCH, seed);
  whole = pass_run (&pass, SAL_COMPUTE_FAST, NULL, SAL_NO_VALUE, NULL);

  g_autoptr (SalPlan) plain = pass_plan (&pass, SAL_COMPUTE_FAST, NULL, SAL_NO_VALUE);

  n_steps = plain->steps->len;
  bytes = sal_plan_arena_bytes (plain);
  g_assert_cmpint (sal_plan_parts (plain), ==, 1);
  for (pass.front = 1; pass.front <= n_steps; pass.front++) {
    g_autoptr (SalPlan) plan = pass_plan (&pass, SAL_COMPUTE_FAST, NULL, SAL_NO_VALUE);
    g_autoptr (GArray) parts = NULL, layer = NULL;

    if (plan->front == front)
      continue;
    front = plan->front;
    g_assert_cmpint (sal_plan_parts (plan), ==, BATCH);
    parts = pass_run (&pass, SAL_COMPUTE_FAST, NULL, SAL_NO_VALUE, NULL);
    pass_assert_same (parts, whole);
  }
  /* All layers are before the last cut: one picture's values at a time. */
  pass.front = n_steps;
  {
    g_autoptr (SalPlan) last = pass_plan (&pass, SAL_COMPUTE_FAST, NULL, SAL_NO_VALUE);

    g_assert_cmpint (front, >, BLOCKS);
    g_assert_cmpuint (sal_plan_arena_bytes (last), <, bytes);
  }
  /* A layer that somebody looks at is behind the cut, or there is none. */
  for (int i = 0; i < pass.n_values; i += 3) {
    g_autoptr (GArray) parts = NULL, all = NULL;

    pass.front = n_steps;
    parts = pass_run (&pass, SAL_COMPUTE_FAST, NULL, pass.values[i], NULL);
    pass.front = 0;
    all = pass_run (&pass, SAL_COMPUTE_FAST, NULL, pass.values[i], NULL);
    pass_assert_same (parts, all);
  }
  pass_clear (&pass);
}

/* The cut is where values stop being large and weights begin to be. */
static void
test_choice (void)
{
  int x;
  Net net;
  Pass pass;

  x = clamped (&net, net_start (&net, 1, &SAL_SHAPE (1, 3, 64, 64)), 3, 32, 3);
  x = clamped (&net, x, 32, 32, 3);
  x = net_pool (&net, "MaxPool", net_pool (&net, "MaxPool", x));
  x = clamped (&net, clamped (&net, x, 32, 256, 3), 256, 256, 3);
  x = net_reshape (&net, unary (&net, "GlobalAveragePool", x), &SAL_SHAPE (0, -1));
  pass_init (&pass, net_finish (&net, net_dense (&net, x, 256, 4, TRUE), NULL), 5, 1);

  SalFeed feed = { sal_model_input (pass.model), *sal_tensor_shape (pass.input) };
  int output = sal_model_output (pass.model);
  SalPlanOptions options = {
    .feeds = &feed, .n_feeds = 1, .outputs = &output, .n_outputs = 1, .parts = 5
  };
  g_autoptr (SalPlan) plan = sal_plan_new (sal_model_graph (pass.model), &options, NULL);
  const char *before = g_array_index (plan->steps, SalStep, plan->front - 1).op->name;

  g_assert_cmpint (sal_plan_parts (plan), ==, 5);
  g_assert_cmpstr (before, ==, "PoolLast");
  g_assert_cmpint (plan->front, <=, 5);
  pass_clear (&pass);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint seed = 1; seed <= 40; seed++) {
    g_autofree char *path = g_strdup_printf ("/engine/parts/%u", seed);

    g_test_add_data_func (path, GUINT_TO_POINTER (seed), parts_cb);
  }
  g_test_add_func ("/engine/parts/choice", test_choice);
  return g_test_run ();
}
