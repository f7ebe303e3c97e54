/* Relevance is shared as the rules say, and none of it is lost where none may be. */
#include "tests/engine/net.h"

#include <math.h>

static void
assert_near (double got, double want, double tolerance, const char *what)
{
  if (!(fabs (got - want) <= tolerance)) {
    g_test_message ("%s: %.8g, must be %.8g (± %.2g)", what, got, want, tolerance);
    g_test_fail ();
  }
}

/* Convolutions with biases, batch normalisation, a residual sum and a depthwise layer whose units
 * live on their biases. */
static SalModel *
make_net (guint64 seed)
{
  static const gint64 pads[4] = { 1, 1, 1, 1 };
  static const float shift[] = { 0.5f, 1, -0.2f, 0.8f, 0.1f, 0.6f };
  static const float variance[] = { 1, 2, 0.5f, 1, 3, 0.7f };
  static const float negative[6 * 9] = { [0 ... 53] = -0.1f };
  static const float high[] = { 2, 2, 2, 2, 2, 2 };
  g_autoptr (SalPreparation) preparation = net_preparation (8, 8);
  Net net;
  int x = net_start (&net, seed, &SAL_SHAPE (1, 3, 8, 8)), y, z;
  int c = net_constant (&net, &SAL_SHAPE (6), shift, 1);
  int v = net_constant (&net, &SAL_SHAPE (6), variance, 1);
  const SalShape six = SAL_SHAPE (6);

  y = net_conv (&net, x, 3, 6, 3, TRUE);
  int norm_x[5] = { y, v, c, c, v };
  int norm_y = sal_graph_value (net.graph, "normed");
  SalNode *norm = sal_node_new ("BatchNormalization", "norm", 13, norm_x, 5, &norm_y, 1);

  sal_graph_add_node (net.graph, norm);
  y = net_relu (&net, norm_y);
  z = net_op (&net, "Conv", y, net_constant (&net, &SAL_SHAPE (6, 1, 3, 3), negative, 1),
              net_constant (&net, &six, high, 1));
  sal_node_set_ints (net.last, "pads", pads, 4);
  sal_node_set_int (net.last, "group", 6);
  z = net_relu (&net, z);
  y = net_op (&net, "Add", y, z, SAL_NO_VALUE);
  y = net_relu (&net, net_conv (&net, net_pool (&net, "MaxPool", y), 6, 6, 3, TRUE));
  y = net_op (&net, "Flatten", net_pool (&net, "AveragePool", y), SAL_NO_VALUE, SAL_NO_VALUE);
  y = net_relu (&net, net_dense (&net, y, 24, 8, TRUE));
  return net_finish (&net, net_dense (&net, y, 8, 4, TRUE), preparation);
}

static void
test_spread (void)
{
  const SalParam *rules = sal_param_find (sal_method_find ("lrp")->params, "lrp-rule");
  const SalParam *inputs = sal_param_find (sal_method_find ("lrp")->params, "lrp-input");
  double lost = 0;

  for (guint64 seed = 1; seed <= 4; seed++) {
    g_autoptr (SalModel) model = make_net (seed);
    g_autoptr (SalTensor) input = net_input (model, seed, 1.f);

    for (const SalChoice *rule = rules->choices; rule->id != NULL; rule++)
      for (const SalChoice *first = inputs->choices; first->id != NULL; first++) {
        g_autofree char *keep =
            g_strdup_printf ("lrp-rule=%s lrp-input=%s epsilon=0.01", rule->id, first->id);
        g_autofree char *spread = g_strconcat (keep, " lrp-biases=spread", NULL);
        g_autoptr (SalAttribution) published = net_explain (model, "lrp", keep, input, NULL, 2);
        g_autoptr (SalAttribution) even = net_explain (model, "lrp", spread, input, NULL, 2);
        double size = 0;

        for (gint64 i = 0; i < sal_tensor_count (even->values); i++)
          size += fabs (sal_tensor_floats (even->values)[i]);
        g_assert_true (even->has_completeness);
        assert_near (even->sum, even->score, 1e-4 * (size + fabs (even->score)), spread);
        lost += fabs (published->sum - published->score) / fabs (published->score);
      }
  }
  /* The network is one in which that makes a difference. */
  g_assert_cmpfloat (lost, >, 10);
}

/* Rᵢ = Σⱼ wᵢⱼ² / Σᵢ wᵢⱼ² Rⱼ, whatever the inputs are. */
static void
test_w_squared (void)
{
  static const float w[] = { 1, 2, -3, 0.5f, -1, 2 }, v[] = { 1, 1 };
  static const float x[] = { 1, 1, -1 };
  Net net;
  int y = net_start (&net, 1, &SAL_SHAPE (1, 3));
  double want[3] = { 0 }, score = 0;

  y = net_op (&net, "Gemm", y, net_constant (&net, &SAL_SHAPE (2, 3), w, 1), SAL_NO_VALUE);
  sal_node_set_int (net.last, "transB", 1);
  y = net_op (&net, "Gemm", net_relu (&net, y), net_constant (&net, &SAL_SHAPE (1, 2), v, 1),
              SAL_NO_VALUE);
  sal_node_set_int (net.last, "transB", 1);

  g_autoptr (SalModel) model = net_finish (&net, y, NULL);
  g_autoptr (SalTensor) input = sal_tensor_new_copy (SAL_FLOAT, &SAL_SHAPE (1, 3), x);
  g_autoptr (SalAttribution) a =
      net_explain (model, "lrp", "lrp-rule=epsilon lrp-input=w-squared", input, NULL, 0);

  for (int j = 0; j < 2; j++) {
    double z = 0, squares = 0;

    for (int i = 0; i < 3; i++) {
      z += w[3 * j + i] * x[i];
      squares += w[3 * j + i] * w[3 * j + i];
    }
    z = MAX (z, 0);
    score += z;
    for (int i = 0; i < 3; i++)
      want[i] += w[3 * j + i] * w[3 * j + i] / squares * z;
  }
  assert_near (a->score, score, 1e-5, "score");
  for (int i = 0; i < 3; i++)
    assert_near (sal_tensor_floats (a->values)[i], want[i], 1e-4, "relevance");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/lrp/spread", test_spread);
  g_test_add_func ("/engine/lrp/w-squared", test_w_squared);
  return g_test_run ();
}
