/* A plan for the scores of some classes must give what the plan for all of them gives of those. */
#include "engine/base/random.h"
#include "tests/engine/pass.h"

#include <string.h>

#define CLASSES 10
#define CHANNELS 6
#define SIZE 8

/**
 * Case:
 * @make: Returns: the scores, made of a picture of CHANNELS channels
 * @narrow: whether there is a way to compute fewer
 */
typedef struct {
  const char *name;
  int (*make) (Net *net, int x);
  gboolean narrow;
} Case;

static int
unary (Net *net, const char *op, int x)
{
  return net_op (net, op, x, SAL_NO_VALUE, SAL_NO_VALUE);
}

static int
pooled (Net *net, int x)
{
  return net_reshape (net, unary (net, "GlobalAveragePool", x), &SAL_SHAPE (0, -1));
}

static int
numbers (Net *net, const SalShape *shape)
{
  return net_constant (net, shape, NULL, 1.f);
}

static int
dense (Net *net, int x)
{
  return net_dense (net, pooled (net, x), CHANNELS, CLASSES, TRUE);
}

static int
gemm_of_columns (Net *net, int x)
{
  x = net_op (net, "Gemm", pooled (net, x), numbers (net, &SAL_SHAPE (CHANNELS, CLASSES)),
              numbers (net, &SAL_SHAPE (1, CLASSES)));
  sal_node_set_float (net->last, "alpha", 0.5f);
  return x;
}

static int
matmul (Net *net, int x)
{
  x = net_op (net, "MatMul", pooled (net, x), numbers (net, &SAL_SHAPE (CHANNELS, CLASSES)),
              SAL_NO_VALUE);
  x = net_op (net, "Add", numbers (net, &SAL_SHAPE (CLASSES)), x, SAL_NO_VALUE);
  return net_op (net, "Div", x, numbers (net, &SAL_SHAPE (1)), SAL_NO_VALUE);
}

/* As SqueezeNet's. */
static int
convolution (Net *net, int x)
{
  return pooled (net, net_relu (net, net_conv (net, x, CHANNELS, CLASSES, 1, TRUE)));
}

static int
reduction (Net *net, int x, gboolean keep)
{
  x = unary (net, "ReduceMean", x);
  sal_node_set_ints (net->last, "axes", (gint64[]){ 2, -1 }, 2);
  sal_node_set_int (net->last, "keepdims", keep);
  return x;
}

static int
normalized (Net *net, int x)
{
  g_autofree char *name = g_strdup_printf ("normalized%d", net->n++);
  float variance[CLASSES];
  int in[5], y = sal_graph_value (net->graph, name);

  for (int k = 0; k < CLASSES; k++)
    variance[k] = 0.5f + (float) k;
  in[0] = net_conv (net, x, CHANNELS, CLASSES, 3, FALSE);
  for (int i = 1; i < 4; i++)
    in[i] = numbers (net, &SAL_SHAPE (CLASSES));
  in[4] = net_constant (net, &SAL_SHAPE (CLASSES), variance, 1.f);
  sal_graph_add_node (net->graph, sal_node_new ("BatchNormalization", name, 13, in, 5, &y, 1));
  return reduction (net, net_pool (net, "AveragePool", y), FALSE);
}

static int
squeezed (Net *net, int x)
{
  x = net_conv (net, x, CHANNELS, CLASSES, 1, FALSE);
  x = net_op (net, "Mul", x, numbers (net, &SAL_SHAPE (CLASSES, 1, 1)), SAL_NO_VALUE);
  return unary (net, "Flatten", reduction (net, x, TRUE));
}

/* What depends on all of them, or mixes them. */

static int
softmax (Net *net, int x)
{
  return unary (net, "Softmax", dense (net, x));
}

static int
mean_of_classes (Net *net, int x)
{
  x = dense (net, x);
  return net_op (net, "Sub", x, unary (net, "ReduceMean", x), SAL_NO_VALUE);
}

static int
grouped (Net *net, int x)
{
  x = net_op (net, "Conv", net_conv (net, x, CHANNELS, CLASSES, 1, TRUE),
              numbers (net, &SAL_SHAPE (CLASSES, 1, 1, 1)), SAL_NO_VALUE);
  sal_node_set_int (net->last, "group", CLASSES);
  return pooled (net, x);
}

/* Classes along the places. */
static int
turned (Net *net, int x)
{
  x = reduction (net, net_conv (net, x, CHANNELS, CLASSES, 1, TRUE), FALSE);
  x = net_reshape (net, x, &SAL_SHAPE (0, 1, CLASSES));
  return net_reshape (net, x, &SAL_SHAPE (0, CLASSES));
}

static const Case cases[] = {
  { "dense", dense, TRUE },           { "gemm-of-columns", gemm_of_columns, TRUE },
  { "matmul", matmul, TRUE },         { "convolution", convolution, TRUE },
  { "normalized", normalized, TRUE }, { "squeezed", squeezed, TRUE },
  { "softmax", softmax, FALSE },      { "mean-of-classes", mean_of_classes, FALSE },
  { "grouped", grouped, FALSE },      { "turned", turned, FALSE },
};

/* Scores of the wanted classes and the gradient of @seed · scores. */
static GArray *
compute (SalModel *model, const SalScoring *scoring, const int *classes, int n, const float *seed,
         gint64 *n_scores)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SalPlan) plan = sal_model_score_plan (model, scoring, &error);
  g_autoptr (SalRun) run = NULL;
  GArray *all = g_array_new (FALSE, FALSE, sizeof (float));
  int output, input = sal_model_input (model);
  const float *z;
  float *cotangent;
  gint64 n_x;

  g_assert_no_error (error);
  run = sal_run_new (plan);
  output = sal_plan_output (plan, 0);
  *n_scores = sal_shape_count (sal_plan_shape (plan, output)) / scoring->batch;
  n_x = sal_shape_count (sal_plan_shape (plan, input));
  sal_random_normals (5, 5, sal_run_feed (run, input), n_x);
  g_assert_true (sal_run_forward (run, NULL, NULL));
  z = sal_run_value (run, output);
  cotangent = sal_run_seed (run, output);
  memset (cotangent, 0, *n_scores * scoring->batch * sizeof (float));
  for (int i = 0; i < scoring->batch; i++)
    for (int k = 0; k < n; k++) {
      gint64 at = i * *n_scores + (*n_scores == n ? k : classes[k]);

      g_array_append_val (all, z[at]);
      cotangent[at] = seed[k];
    }
  g_assert_true (sal_run_backward (run, NULL, NULL));
  g_array_append_vals (all, sal_run_gradient (run, input), n_x);
  return all;
}

static SalModel *
model_of (const Case *c)
{
  Net net;
  int x = net_start (&net, 3, &SAL_SHAPE (1, 3, SIZE, SIZE));

  x = net_relu (&net, net_conv (&net, x, 3, CHANNELS, 3, TRUE));
  return net_finish (&net, c->make (&net, x), NULL);
}

static void
narrow_cb (gconstpointer data)
{
  const Case *c = data;
  static const int wanted[2] = { 7, 2 };
  static const float seed[2] = { 1.f, -1.f };
  g_autoptr (SalModel) model = model_of (c);

  for (int batch = 1; batch <= 3; batch += 2)
    for (int n = 1; n <= 2; n++) {
      SalScoring scoring = { .batch = batch,
                             .scores = sal_model_output (model),
                             .wrt = sal_model_input (model) };
      gint64 n_all, n_scores;
      g_autoptr (GArray) all = compute (model, &scoring, wanted, n, seed, &n_all);
      g_autoptr (GArray) some = NULL;

      memcpy (scoring.classes, wanted, sizeof wanted);
      scoring.n_classes = n;
      some = compute (model, &scoring, wanted, n, seed, &n_scores);
      g_assert_cmpint (n_all, ==, CLASSES);
      g_assert_cmpint (n_scores, ==, c->narrow ? n : CLASSES);
      pass_assert_near (some, all, 1e-6);
    }
}

/* A layer that is looked at stays whole. */
static void
test_observed (void)
{
  g_autoptr (SalModel) model = model_of (&cases[3]);
  g_autoptr (GError) error = NULL;
  SalScoring scoring = {
    .batch = 1, .scores = sal_model_output (model), .classes = { 4 }, .n_classes = 1
  };
  const SalGraph *graph = sal_model_graph (model);
  int seen = 0;

  for (int i = 0; i < sal_graph_n_nodes (graph); i++) {
    g_autoptr (SalPlan) plan = NULL;

    scoring.wrt = sal_graph_node (graph, i)->y[0];
    plan = sal_model_score_plan (model, &scoring, &error);
    g_assert_no_error (error);
    if (strcmp (sal_graph_node (graph, i)->op_type, "GlobalAveragePool") != 0)
      continue;
    seen++;
    g_assert_cmpint (sal_plan_shape (plan, scoring.wrt)->dim[1], ==, CLASSES);
    g_assert_cmpint (sal_plan_shape (plan, sal_plan_output (plan, 0))->dim[1], ==, CLASSES);
  }
  g_assert_cmpint (seen, ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_strconcat ("/engine/narrow/", cases[i].name, NULL);

    g_test_add_data_func (path, &cases[i], narrow_cb);
  }
  g_test_add_func ("/engine/narrow/observed", test_observed);
  return g_test_run ();
}
