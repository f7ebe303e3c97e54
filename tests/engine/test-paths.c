/* Path methods: whatever the way, the parts sum to the difference of its ends, and what was met on
 * it is kept. */
#include "engine/explain/quadrature.h"
#include "tests/engine/net.h"

#include <math.h>

static const char *const paths[] = {
  "integrated-gradients", "blur-ig", "guided-ig", "ig2", "conductance", "internal-influence"
};

static const float *
curve (const SalAttribution *a, const char *name, gint64 n)
{
  SalTensor *tensor = g_hash_table_lookup (a->extras, name);

  g_assert_nonnull (tensor);
  g_assert_cmpint (sal_tensor_count (tensor), ==, n);
  return sal_tensor_floats (tensor);
}

static void
test_curves (void)
{
  g_autoptr (SalModel) model = net_pictures (3, 12, 4);
  g_autoptr (SalTensor) input = net_input (model, 4, 0.8f);
  g_autoptr (SalTensor) baseline = net_input (model, 5, 0.5f);

  for (gsize m = 0; m < G_N_ELEMENTS (paths); m++) {
    g_autoptr (SalAttribution) a = net_explain (model, paths[m], "steps=20", input, baseline, 1);
    int n = g_str_equal (paths[m], "conductance") ? 21 : 20;
    const float *alphas = curve (a, "path-alphas", n), *scores = curve (a, "path-scores", n);
    const float *slopes = curve (a, "path-slopes", n);
    gboolean backwards = g_str_equal (paths[m], "ig2");

    for (int k = 0; k < n; k++) {
      g_assert_true (alphas[k] >= 0 && alphas[k] <= 1 && isfinite (scores[k]));
      g_assert_cmpfloat (slopes[k], >, 0);
      g_assert_true (k == 0 || (alphas[k] < alphas[k - 1]) == backwards);
    }
    /* The point nearest to the picture has about its score. */
    g_assert_cmpfloat (fabs (scores[backwards ? 0 : n - 1] - a->score), <,
                       0.3 * (fabs (a->score) + fabs (a->difference) + 0.1));
  }
}

/* No kinks: where a path slides along one, as that of IG² can, its steps cross it to and fro, each
 * with the gradient of the other side, and the sum does not converge. */
static SalModel *
make_smooth (guint64 seed)
{
  g_autoptr (SalPreparation) preparation = net_preparation (12, 12);
  Net net;
  int y = net_start (&net, seed, &SAL_SHAPE (1, 3, 12, 12));

  y = net_op (&net, "Tanh", net_conv (&net, y, 3, 4, 3, TRUE), SAL_NO_VALUE, SAL_NO_VALUE);
  y = net_op (&net, "Flatten", net_pool (&net, "AveragePool", y), SAL_NO_VALUE, SAL_NO_VALUE);
  y = net_op (&net, "Softplus", net_dense (&net, y, 144, 12, TRUE), SAL_NO_VALUE, SAL_NO_VALUE);
  return net_finish (&net, net_dense (&net, y, 12, 4, TRUE), preparation);
}

/* What the sum of steps misses falls as steps rise. */
static void
check_complete (const char *method, const char *few, const char *many, double tolerance)
{
  double errors[2] = { 0, 0 };

  for (guint64 seed = 1; seed <= 5; seed++) {
    g_autoptr (SalModel) model = make_smooth (seed);
    g_autoptr (SalTensor) input = net_input (model, seed, 1.f);
    g_autoptr (SalTensor) baseline = net_input (model, seed + 100, 0.5f);

    for (int i = 0; i < 2; i++) {
      g_autoptr (SalAttribution) a =
          net_explain (model, method, i == 0 ? few : many, input, baseline, 2);

      g_assert_true (a->has_completeness);
      g_assert_cmpfloat (fabs (a->difference), >, 1e-4);
      errors[i] += fabs (a->sum - a->difference) / (5 * (fabs (a->difference) + 0.1));
    }
  }
  g_test_message ("%s: misses %.3g with few steps, %.3g with many", method, errors[0], errors[1]);
  g_assert_cmpfloat (errors[1], <, tolerance);
  g_assert_cmpfloat (errors[1], <, errors[0] / 2);
}

static void
test_complete (void)
{
  check_complete ("blur-ig", "steps=5 max-sigma=5", "steps=400 max-sigma=5", 5e-3);
  check_complete ("ig2", "steps=5 reach=1", "steps=1000 reach=1", 2e-2);
}

/* The path of IG² nears the reference where the network looks, and stays within what pixels can
 * be. */
static void
test_counterfactual (void)
{
  g_autoptr (SalModel) model = net_pictures (7, 12, 4);
  g_autoptr (SalTensor) input = net_input (model, 8, 0.7f);
  g_autoptr (SalTensor) reference = net_input (model, 9, 0.7f);
  g_autoptr (SalAttribution) a =
      net_explain (model, "ig2", "steps=100 reach=1", input, reference, 0);
  SalTensor *end = g_hash_table_lookup (a->extras, "counterfactual");
  double away = 0, start = 0;

  g_assert_nonnull (end);
  for (int k = 0; k < 4; k++) {
    SalTensor *const at[] = { input, end, reference };
    double score[3];

    for (int i = 0; i < 3; i++) {
      g_autoptr (SalAttribution) there = net_explain (model, "gradient", "", at[i], NULL, k);

      score[i] = there->score;
    }
    start += fabs (score[0] - score[2]);
    away += fabs (score[1] - score[2]);
  }
  g_assert_cmpfloat (away, <, 0.5 * start);
  for (gint64 i = 0; i < sal_tensor_count (end); i++)
    g_assert_true (fabsf (sal_tensor_floats (end)[i]) <=
                   MAX (2.f, fabsf (sal_tensor_floats (input)[i])) + 1e-6f);
}

/* A linear function has one gradient: every path from the same start gives the same. */
static void
test_linear (void)
{
  Net net;
  int x = net_start (&net, 5, &SAL_SHAPE (1, 6));
  g_autoptr (SalModel) model = net_finish (&net, net_dense (&net, x, 6, 3, TRUE), NULL);
  g_autoptr (SalTensor) input = net_input (model, 1, 1.f), baseline = net_input (model, 2, 1.f);
  g_autoptr (SalAttribution) straight =
      net_explain (model, "integrated-gradients", "", input, baseline, 1);
  g_autoptr (SalAttribution) guided = net_explain (model, "guided-ig", "", input, baseline, 1);
  g_autoptr (SalAttribution) ends =
      net_explain (model, "integrated-gradients", "rule=both-ends steps=7", input, baseline, 1);

  for (gint64 i = 0; i < 6; i++) {
    float want = sal_tensor_floats (straight->values)[i];

    g_assert_cmpfloat (fabsf (sal_tensor_floats (guided->values)[i] - want), <, 1e-5);
    g_assert_cmpfloat (fabsf (sal_tensor_floats (ends->values)[i] - want), <, 1e-5);
  }
  g_assert_cmpfloat (fabs (straight->sum - straight->difference), <, 1e-5);
}

static void
test_weights (void)
{
  for (int rule = SAL_QUADRATURE_GAUSS_LEGENDRE; rule <= SAL_QUADRATURE_BOTH_ENDS; rule++)
    for (int n = 1; n <= 51; n += 10) {
      double alpha[51], weight[51], sum = 0;

      sal_quadrature ((SalQuadrature) rule, n, alpha, weight);
      for (int k = 0; k < n; k++) {
        sum += weight[k];
        g_assert_true (alpha[k] >= 0 && alpha[k] <= 1 && (k == 0 || alpha[k] > alpha[k - 1]));
      }
      g_assert_cmpfloat (fabs (sum - 1), <, 1e-12);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/paths/curves", test_curves);
  g_test_add_func ("/engine/paths/completeness", test_complete);
  g_test_add_func ("/engine/paths/counterfactual", test_counterfactual);
  g_test_add_func ("/engine/paths/linear", test_linear);
  g_test_add_func ("/engine/paths/weights", test_weights);
  return g_test_run ();
}
