/* Graphs, plans and runs: order, memory, and which gradients reach where. */
#include "engine/base/error.h"
#include "engine/graph/arena.h"
#include "engine/graph/profile.h"
#include "engine/graph/run.h"
#include "engine/graph/summary.h"

#include <string.h>

static void
add (SalGraph *graph, const char *op_type, const char *name, const char *x0, const char *x1,
     const char *y)
{
  int x[2], n = 0, out = sal_graph_value (graph, y);

  if (x0 != NULL)
    x[n++] = sal_graph_value (graph, x0);
  if (x1 != NULL)
    x[n++] = sal_graph_value (graph, x1);
  sal_graph_add_node (graph, sal_node_new (op_type, name, 13, x, n, &out, 1));
}

static SalGraph *
start (void)
{
  SalGraph *graph = sal_graph_new ();
  int x = sal_graph_value (graph, "x");

  sal_graph_declare (graph, x, SAL_FLOAT, &SAL_SHAPE (-1, 4));
  sal_graph_add_input (graph, x);
  return graph;
}

static void
constant (SalGraph *graph, const char *name, const float *values)
{
  g_autoptr (SalTensor) tensor = sal_tensor_new_copy (SAL_FLOAT, &SAL_SHAPE (4), values);

  sal_graph_set_constant (graph, sal_graph_value (graph, name), tensor);
}

static void
seal (SalGraph *graph, const char *output)
{
  GError *error = NULL;
  gboolean sealed;

  sal_graph_add_output (graph, sal_graph_value (graph, output));
  sealed = sal_graph_seal (graph, &error);
  g_assert_no_error (error);
  g_assert_true (sealed);
}

static SalPlan *
plan (SalGraph *graph, const char *const *outputs, const char *const *gradients,
      const SalRuleSet *rules)
{
  SalFeed feed = { sal_graph_find (graph, "x"), SAL_SHAPE (1, 4) };
  int out[8], grad[8];
  SalPlanOptions options = {
    .feeds = &feed, .n_feeds = 1, .outputs = out, .gradients = grad, .rules = rules
  };
  GError *error = NULL;
  SalPlan *made;

  for (; outputs[options.n_outputs] != NULL; options.n_outputs++)
    out[options.n_outputs] = sal_graph_find (graph, outputs[options.n_outputs]);
  for (; gradients != NULL && gradients[options.n_gradients] != NULL; options.n_gradients++)
    grad[options.n_gradients] = sal_graph_find (graph, gradients[options.n_gradients]);
  made = sal_plan_new (graph, &options, &error);
  g_assert_no_error (error);
  return made;
}

static void
forward (SalRun *run, const float *x)
{
  SalGraph *graph = sal_plan_graph (sal_run_plan (run));

  memcpy (sal_run_feed (run, sal_graph_find (graph, "x")), x, 4 * sizeof (float));
  g_assert_true (sal_run_forward (run, NULL, NULL));
}

static void
seed (SalRun *run, const char *output, const float *values)
{
  SalGraph *graph = sal_plan_graph (sal_run_plan (run));

  memcpy (sal_run_seed (run, sal_graph_find (graph, output)), values, 4 * sizeof (float));
}

static void
assert_floats (const float *got, float a, float b, float c, float d)
{
  g_assert_cmpfloat (got[0], ==, a);
  g_assert_cmpfloat (got[1], ==, b);
  g_assert_cmpfloat (got[2], ==, c);
  g_assert_cmpfloat (got[3], ==, d);
}

static const float X[] = { 1, -2, 3, -4 };
static const float ONES[] = { 1, 1, 1, 1 };
static const float TWOS[] = { 2, 2, 2, 2 };

static const float *
gradient (SalRun *run, const char *value)
{
  SalGraph *graph = sal_plan_graph (sal_run_plan (run));

  return sal_run_gradient (run, sal_graph_find (graph, value));
}

/* y = relu (x) · x + x: x is read three times, once through a node that is read twice. */
static void
test_many_readers (void)
{
  g_autoptr (SalGraph) graph = start ();
  g_autoptr (SalPlan) p = NULL;
  g_autoptr (SalRun) run = NULL;

  add (graph, "Relu", "relu", "x", NULL, "r");
  add (graph, "Mul", "mul", "r", "x", "m");
  add (graph, "Add", "add", "m", "x", "y");
  seal (graph, "y");
  p = plan (graph, (const char *[]){ "y", NULL }, (const char *[]){ "x", "r", NULL }, NULL);
  run = sal_run_new (p);
  for (int repeat = 0; repeat < 3; repeat++) {
    forward (run, X);
    assert_floats (sal_run_value (run, sal_graph_find (graph, "y")), 2, -2, 12, -4);
    seed (run, "y", ONES);
    g_assert_true (sal_run_backward (run, NULL, NULL));
    assert_floats (gradient (run, "x"), 3, 1, 7, 1);
    assert_floats (gradient (run, "r"), 1, -2, 3, -4);
  }
}

/* Views share memory and, where they can, gradients; here both cases occur. */
static void
test_views (void)
{
  g_autoptr (SalGraph) graph = start ();
  g_autoptr (SalPlan) p = NULL;
  g_autoptr (SalRun) run = NULL;

  add (graph, "Relu", "relu", "x", NULL, "r");
  add (graph, "Identity", "one", "r", NULL, "a"); /* r is read by two: a gradient of its own */
  add (graph, "Identity", "two", "a", NULL, "b"); /* a is read by b alone: shared */
  add (graph, "Mul", "mul", "r", "b", "m");
  add (graph, "Identity", "last", "m", NULL, "y");
  seal (graph, "y");
  p = plan (graph, (const char *[]){ "y", NULL }, (const char *[]){ "x", "a", NULL }, NULL);
  run = sal_run_new (p);
  forward (run, X);
  assert_floats (sal_run_value (run, sal_graph_find (graph, "y")), 1, 0, 9, 0);
  seed (run, "y", TWOS);
  g_assert_true (sal_run_backward (run, NULL, NULL));
  assert_floats (gradient (run, "x"), 4, 0, 12, 0);
  assert_floats (gradient (run, "a"), 2, 0, 6, 0);
}

/* An output in the middle is read on; both outputs are seeded, then each alone. */
static void
test_two_outputs (void)
{
  g_autoptr (SalGraph) graph = start ();
  g_autoptr (SalPlan) p = NULL;
  g_autoptr (SalRun) run = NULL;

  constant (graph, "two", TWOS);
  add (graph, "Mul", "mul", "x", "two", "u");
  add (graph, "Mul", "square", "u", "u", "v");
  seal (graph, "v");
  p = plan (graph, (const char *[]){ "u", "v", NULL }, (const char *[]){ "x", NULL }, NULL);
  run = sal_run_new (p);
  forward (run, X);
  seed (run, "u", ONES);
  seed (run, "v", ONES);
  g_assert_true (sal_run_backward (run, NULL, NULL));
  assert_floats (gradient (run, "x"), 10, -14, 26, -30);
  forward (run, X);
  seed (run, "v", ONES);
  g_assert_true (sal_run_backward (run, NULL, NULL));
  assert_floats (gradient (run, "x"), 8, -16, 24, -32);
  forward (run, X);
  seed (run, "u", ONES);
  g_assert_true (sal_run_backward (run, NULL, NULL));
  assert_floats (gradient (run, "x"), 2, 2, 2, 2);
}

/* Nothing differentiable leads from x to the output: the gradient is zero, not missing. */
static void
test_unreached (void)
{
  g_autoptr (SalGraph) graph = start ();
  g_autoptr (SalPlan) p = NULL;
  g_autoptr (SalRun) run = NULL;

  add (graph, "Relu", "relu", "x", NULL, "r");
  add (graph, "Relu", "other", "x", NULL, "y");
  seal (graph, "y");
  p = plan (graph, (const char *[]){ "y", NULL }, (const char *[]){ "r", NULL }, NULL);
  run = sal_run_new (p);
  forward (run, X);
  seed (run, "y", ONES);
  g_assert_true (sal_run_backward (run, NULL, NULL));
  assert_floats (gradient (run, "r"), 0, 0, 0, 0);
}

/* A value in the middle can be fed; what computes it is not needed then. */
static void
test_feed_inside (void)
{
  g_autoptr (SalGraph) graph = start ();
  g_autoptr (SalPlan) p = NULL;
  g_autoptr (SalRun) run = NULL;
  SalFeed feed;
  int out, inner;
  SalPlanOptions options = { .feeds = &feed,
                             .n_feeds = 1,
                             .outputs = &out,
                             .n_outputs = 1,
                             .gradients = &inner,
                             .n_gradients = 1 };

  add (graph, "Relu", "relu", "x", NULL, "r");
  add (graph, "Mul", "square", "r", "r", "y");
  seal (graph, "y");
  out = sal_graph_find (graph, "y");
  inner = sal_graph_find (graph, "r");
  feed = (SalFeed){ inner, SAL_SHAPE (1, 4) };
  p = sal_plan_new (graph, &options, NULL);
  g_assert_nonnull (p);
  run = sal_run_new (p);
  memcpy (sal_run_feed (run, inner), X, sizeof X);
  g_assert_true (sal_run_forward (run, NULL, NULL));
  assert_floats (sal_run_value (run, out), 1, 4, 9, 16);
  seed (run, "y", ONES);
  g_assert_true (sal_run_backward (run, NULL, NULL));
  assert_floats (sal_run_gradient (run, inner), 2, -4, 6, -8);
}

static void
pass_all (const SalOpArgs *a)
{
  float *scratch = a->rule_scratch;

  for (gint64 i = 0; i < a->n; i++)
    scratch[i] = *(const float *) a->rule * a->gy[0][i];
  for (gint64 i = 0; i < a->n; i++)
    a->gx[0][i] += scratch[i];
}

static gboolean
find_rule (const SalOpSetup *setup, const SalOp *op, SalRule *rule, gconstpointer data)
{
  static const float factor = 10;

  if (strcmp (setup->node->op_type, "Relu") != 0)
    return FALSE;
  *rule = (SalRule){ pass_all, SAL_KEEP_NOTHING, 4 * sizeof (float), &factor };
  return TRUE;
}

static void
test_rules (void)
{
  g_autoptr (SalGraph) graph = start ();
  g_autoptr (SalPlan) p = NULL;
  g_autoptr (SalRun) run = NULL;
  SalRuleSet rules = { find_rule, NULL };

  add (graph, "Relu", "relu", "x", NULL, "r");
  add (graph, "Add", "add", "r", "x", "y");
  seal (graph, "y");
  p = plan (graph, (const char *[]){ "y", NULL }, (const char *[]){ "x", NULL }, &rules);
  run = sal_run_new (p);
  forward (run, X);
  seed (run, "y", ONES);
  g_assert_true (sal_run_backward (run, NULL, NULL));
  assert_floats (gradient (run, "x"), 11, 11, 11, 11);
}

/* Forward alone, a chain of any length needs two buffers; with gradients, what backward reads. */
static void
test_memory (void)
{
  g_autoptr (SalGraph) graph = sal_graph_new ();
  g_autoptr (SalPlan) p = NULL, q = NULL;
  SalFeed feed = { sal_graph_value (graph, "v0"), SAL_SHAPE (1, 1024) };
  const gsize buffer = 1024 * sizeof (float);
  int last;
  SalPlanOptions options = { .feeds = &feed, .n_feeds = 1, .outputs = &last, .n_outputs = 1 };
  GError *error = NULL;

  sal_graph_declare (graph, feed.value, SAL_FLOAT, &SAL_SHAPE (-1, 1024));
  sal_graph_add_input (graph, feed.value);
  for (int i = 0; i < 40; i++) {
    g_autofree char *x = g_strdup_printf ("v%d", i), *y = g_strdup_printf ("v%d", i + 1);

    add (graph, "Relu", y, x, NULL, y);
  }
  seal (graph, "v40");
  last = sal_graph_find (graph, "v40");
  p = sal_plan_new (graph, &options, NULL);
  g_assert_cmpuint (sal_plan_bytes (p), ==, 2 * buffer);
  options.gradients = &feed.value;
  options.n_gradients = 1;
  q = sal_plan_new (graph, &options, NULL);
  g_assert_cmpuint (sal_plan_bytes (q), <=, 43 * buffer);
  options.max_bytes = 10 * buffer;
  g_assert_null (sal_plan_new (graph, &options, &error));
  g_assert_error (error, SAL_ERROR, SAL_ERROR_MEMORY);
  g_error_free (error);
}

static void
expect_seal_error (SalGraph *graph, int code, const char *words)
{
  GError *error = NULL;

  g_assert_false (sal_graph_seal (graph, &error));
  g_assert_error (error, SAL_ERROR, code);
  g_assert_nonnull (strstr (error->message, words));
  g_error_free (error);
  sal_graph_unref (graph);
}

static void
test_contradictions (void)
{
  SalGraph *graph = start ();

  add (graph, "Add", "first", "x", "b", "a");
  add (graph, "Relu", "second", "a", NULL, "b");
  expect_seal_error (graph, SAL_ERROR_FORMAT, "\"first\": is part of a cycle");

  graph = start ();
  add (graph, "Relu", "first", "x", NULL, "a");
  add (graph, "Relu", "second", "x", NULL, "a");
  expect_seal_error (graph, SAL_ERROR_FORMAT, "Relu \"second\": value \"a\" is made twice");

  graph = start ();
  add (graph, "Relu", "first", "nowhere", NULL, "a");
  expect_seal_error (graph, SAL_ERROR_FORMAT, "Relu \"first\": reads \"nowhere\"");

  graph = start ();
  sal_graph_add_output (graph, sal_graph_value (graph, "ghost"));
  expect_seal_error (graph, SAL_ERROR_FORMAT, "nothing computes output \"ghost\"");

  graph = start ();
  add (graph, "Frobnicate", "f1", "x", NULL, "a");
  add (graph, "Relu", "fine", "a", NULL, "b");
  add (graph, "com.example::Warp", "w", "b", NULL, "c");
  add (graph, "Frobnicate", "f2", "c", NULL, "d");
  expect_seal_error (graph, SAL_ERROR_UNSUPPORTED,
                     "Frobnicate (\"f1\", \"f2\"), com.example::Warp (\"w\")");
}

static void
test_order (void)
{
  g_autoptr (SalGraph) graph = start ();

  add (graph, "Add", "third", "a", "b", "y");
  add (graph, "Relu", "second", "a", NULL, "b");
  add (graph, "Relu", "first", "x", NULL, "a");
  seal (graph, "y");
  g_assert_cmpstr (sal_graph_node (graph, 0)->name, ==, "first");
  g_assert_cmpstr (sal_graph_node (graph, 1)->name, ==, "second");
  g_assert_cmpstr (sal_graph_node (graph, 2)->name, ==, "third");
  g_assert_cmpint (sal_graph_find_node (graph, "second"), ==, 1);
  g_assert_cmpint (sal_graph_get_value (graph, sal_graph_find (graph, "y"))->producer, ==, 2);
}

static void
test_fold (void)
{
  g_autoptr (SalGraph) graph = start ();

  constant (graph, "c", X);
  add (graph, "Relu", "folded", "c", NULL, "d");
  add (graph, "Add", "stays", "x", "d", "y");
  seal (graph, "y");
  g_assert_cmpint (sal_graph_n_nodes (graph), ==, 1);
  g_assert_cmpint (sal_graph_parameters (graph), ==, 4);
  assert_floats (
      sal_tensor_floats (sal_graph_get_value (graph, sal_graph_find (graph, "d"))->constant), 1, 0,
      3, 0);
}

static void
test_wrong_feed (void)
{
  g_autoptr (SalGraph) graph = start ();
  SalFeed feed;
  int out;
  SalPlanOptions options = { .feeds = &feed, .n_feeds = 1, .outputs = &out, .n_outputs = 1 };
  GError *error = NULL;

  add (graph, "Relu", "relu", "x", NULL, "y");
  seal (graph, "y");
  out = sal_graph_find (graph, "y");
  feed = (SalFeed){ sal_graph_find (graph, "x"), SAL_SHAPE (1, 5) };
  g_assert_null (sal_plan_new (graph, &options, &error));
  g_assert_error (error, SAL_ERROR, SAL_ERROR_SHAPE);
  g_assert_nonnull (strstr (error->message, "takes ?×4, given is 1×5"));
  g_clear_error (&error);
  options.n_feeds = 0;
  g_assert_null (sal_plan_new (graph, &options, &error));
  g_assert_error (error, SAL_ERROR, SAL_ERROR_ARGUMENT);
  g_error_free (error);
}

static void
test_cancel (void)
{
  g_autoptr (SalGraph) graph = start ();
  g_autoptr (SalPlan) p = NULL;
  g_autoptr (SalRun) run = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  GError *error = NULL;

  add (graph, "Relu", "relu", "x", NULL, "y");
  seal (graph, "y");
  p = plan (graph, (const char *[]){ "y", NULL }, (const char *[]){ "x", NULL }, NULL);
  run = sal_run_new (p);
  forward (run, X);
  g_cancellable_cancel (cancellable);
  g_assert_false (sal_run_backward (run, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_false (sal_run_forward (run, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_error_free (error);
}

/* Buffers that live at the same time never overlap, whatever their sizes and lifetimes. */
/* What runs while a profile is taken is in it, each node once; what runs before or after is not. */
static void
test_profile (void)
{
  static const float x[4] = { 1, 2, 3, 4 };
  static const float ones[4] = { 1, 1, 1, 1 };
  const char *const outputs[] = { "y", NULL };
  const char *const gradients[] = { "x", NULL };
  g_autoptr (SalGraph) graph = start ();
  int forwards = 0, backwards = 0;

  add (graph, "Neg", "before", "x", NULL, "a");
  add (graph, "Exp", "after", "a", NULL, "y");
  seal (graph, "y");

  g_autoptr (SalPlan) p = plan (graph, outputs, gradients, NULL);
  g_autoptr (SalRun) run = sal_run_new (p);

  forward (run, x);
  sal_profile_start ();
  for (int pass = 0; pass < 3; pass++) {
    forward (run, x);
    memcpy (sal_run_seed (run, sal_graph_find (graph, "y")), ones, sizeof ones);
    g_assert_true (sal_run_backward (run, NULL, NULL));
  }

  g_autoptr (GArray) rows = sal_profile_stop ();

  forward (run, x);
  g_assert_cmpuint (rows->len, >, 0);
  g_assert_cmpuint (rows->len, <=, 2);
  for (guint i = 0; i < rows->len; i++) {
    const SalProfileRow *row = &g_array_index (rows, SalProfileRow, i);

    forwards += row->forward > 0;
    backwards += row->backward > 0;
    g_assert_nonnull (row->op_type);
    g_assert_nonnull (row->node);
  }
  g_assert_cmpint (forwards, >, 0);
  g_assert_cmpint (backwards, >, 0);

  g_autoptr (GArray) none = sal_profile_stop ();

  g_assert_cmpuint (none->len, ==, 0);
}

static void
test_arena (void)
{
  for (int round = 0; round < 20; round++) {
    enum { N = 120 };
    g_autoptr (SalArena) arena = sal_arena_new ();
    gsize bytes[N], place[N], total, most = 0;
    int from[N], to[N];

    for (int i = 0; i < N; i++) {
      bytes[i] = g_test_rand_int_range (0, 5000);
      from[i] = g_test_rand_int_range (0, 60);
      to[i] = from[i] + g_test_rand_int_range (0, 20);
      sal_arena_add (arena, bytes[i], from[i], to[i], &place[i]);
    }
    total = sal_arena_pack (arena);
    for (int i = 0; i < N; i++) {
      gsize alive = 0;

      g_assert_cmpuint (place[i] % 64, ==, 0);
      g_assert_cmpuint (place[i] + bytes[i], <=, total);
      for (int j = 0; j < N; j++) {
        if (from[j] > from[i] || to[j] < from[i])
          continue;
        alive += (MAX (bytes[j], 1) + 63) / 64 * 64;
        if (j != i && bytes[i] > 0 && bytes[j] > 0)
          g_assert_true (place[i] + bytes[i] <= place[j] || place[j] + bytes[j] <= place[i]);
      }
      most = MAX (most, alive);
    }
    /* Not much worse than what is alive at the worst moment. */
    g_assert_cmpuint (total, <=, most * 3 / 2);
  }
}

/* CastLike reads a value for its type alone, so it may look at a constant without being one of the
 * nodes whose inputs are all constant. */
static void
test_view_of_constant (void)
{
  const float c[4] = { 1, -2, 3, -4 }, x[4] = { 10, 20, 30, 40 };
  g_autoptr (SalGraph) graph = start ();
  int y;

  constant (graph, "c", c);
  int inputs[] = { sal_graph_value (graph, "c"), sal_graph_value (graph, "x") };
  y = sal_graph_value (graph, "k");
  sal_graph_add_node (graph, sal_node_new ("CastLike", "like", 15, inputs, 2, &y, 1));
  add (graph, "Add", "add", "k", "x", "y");
  seal (graph, "y");

  g_autoptr (SalPlan) made = plan (graph, (const char *[]){ "y", NULL }, NULL, NULL);
  g_autoptr (SalRun) run = sal_run_new (made);
  forward (run, x);
  for (int i = 0; i < 4; i++)
    g_assert_cmpfloat (((const float *) sal_run_value (run, sal_graph_find (graph, "y")))[i], ==,
                       c[i] + x[i]);
}

/* Whatever a file calls its values, one that is added is another. */
static void
test_new_value (void)
{
  g_autoptr (SalGraph) graph = start ();
  int y = sal_graph_value (graph, "y"), y_2 = sal_graph_value (graph, "y_2");
  int other = sal_graph_new_value (graph, "y"), z = sal_graph_new_value (graph, "z");

  g_assert_cmpint (other, !=, y);
  g_assert_cmpint (other, !=, y_2);
  g_assert_cmpstr (sal_graph_get_value (graph, other)->name, ==, "y_3");
  g_assert_cmpstr (sal_graph_get_value (graph, z)->name, ==, "z");
}

/* Of a node whose first output is left out, the next stands for it. */
static void
test_summary (void)
{
  g_autoptr (SalGraph) graph = start ();
  g_autoptr (SalTensor) w = sal_tensor_new (SAL_FLOAT, &SAL_SHAPE (1, 4, 4));
  g_autoptr (SalTensor) r = sal_tensor_new (SAL_FLOAT, &SAL_SHAPE (1, 4, 1));
  g_autoptr (SalTensor) to = sal_tensor_new_copy (SAL_INT, &SAL_SHAPE (3), (gint64[]){ 1, 1, 4 });
  g_autoptr (SalPlan) p = NULL;
  g_autoptr (GArray) nodes = NULL;
  const SalNodeSummary *last;
  SalNode *lstm;
  int y[2] = { SAL_NO_VALUE, sal_graph_value (graph, "h") }, x[3];

  sal_graph_set_constant (graph, sal_graph_value (graph, "to"), to);
  add (graph, "Reshape", "reshape", "x", "to", "row");
  sal_graph_set_constant (graph, x[1] = sal_graph_value (graph, "w"), w);
  sal_graph_set_constant (graph, x[2] = sal_graph_value (graph, "r"), r);
  x[0] = sal_graph_value (graph, "row");
  lstm = sal_node_new ("LSTM", "lstm", 14, x, 3, y, 2);
  sal_node_set_int (lstm, "hidden_size", 1);
  sal_graph_add_node (graph, lstm);
  seal (graph, "h");
  p = plan (graph, (const char *[]){ "h", NULL }, NULL, NULL);
  nodes = sal_plan_summary (p);
  last = &g_array_index (nodes, SalNodeSummary, nodes->len - 1);
  g_assert_cmpstr (last->name, ==, "lstm");
  g_assert_cmpint (last->value, ==, sal_graph_find (graph, "h"));
  g_assert_cmpint (last->parameters, ==, 20);
  g_assert_true (sal_shape_equal (&last->shape, &SAL_SHAPE (1, 1, 1)));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/graph/many-readers", test_many_readers);
  g_test_add_func ("/engine/graph/views", test_views);
  g_test_add_func ("/engine/graph/view-of-constant", test_view_of_constant);
  g_test_add_func ("/engine/graph/two-outputs", test_two_outputs);
  g_test_add_func ("/engine/graph/unreached", test_unreached);
  g_test_add_func ("/engine/graph/feed-inside", test_feed_inside);
  g_test_add_func ("/engine/graph/rules", test_rules);
  g_test_add_func ("/engine/graph/memory", test_memory);
  g_test_add_func ("/engine/graph/contradictions", test_contradictions);
  g_test_add_func ("/engine/graph/order", test_order);
  g_test_add_func ("/engine/graph/fold", test_fold);
  g_test_add_func ("/engine/graph/wrong-feed", test_wrong_feed);
  g_test_add_func ("/engine/graph/cancel", test_cancel);
  g_test_add_func ("/engine/graph/profile", test_profile);
  g_test_add_func ("/engine/graph/new-value", test_new_value);
  g_test_add_func ("/engine/graph/summary", test_summary);
  g_test_add_func ("/engine/graph/arena", test_arena);
  return g_test_run ();
}
