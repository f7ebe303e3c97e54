/* What the papers prove: functions with a known answer get it, and attributions
 * add up to what they promise. Networks are small, made by hand and drawn from
 * fixed seeds. */
#include "engine/base/error.h"
#include "engine/base/random.h"
#include "engine/explain/smooth.h"
#include "tests/engine/net.h"

#include <math.h>
#include <string.h>

static double
norm (const SalTensor *a)
{
  double sum = 0;

  for (gint64 i = 0; i < sal_tensor_count (a); i++)
    sum += (double) sal_tensor_floats (a)[i] * (double) sal_tensor_floats (a)[i];
  return sqrt (sum);
}

/* |a - Σ factor · b| over |a| */
static double
distance (const SalTensor *a, const SalTensor *b0, double f0, const SalTensor *b1, double f1)
{
  double sum = 0;

  for (gint64 i = 0; i < sal_tensor_count (a); i++) {
    double d = sal_tensor_floats (a)[i] - f0 * sal_tensor_floats (b0)[i] -
               (b1 != NULL ? f1 * sal_tensor_floats (b1)[i] : 0.0);

    sum += d * d;
  }
  return sqrt (sum) / MAX (norm (a), 1e-12);
}

static void
assert_close (double got, double want, double tolerance, const char *what)
{
  if (!(fabs (got - want) <= tolerance)) {
    g_test_message ("%s: %.8g, must be %.8g (± %.2g)", what, got, want, tolerance);
    g_test_fail ();
  }
}

/* Where every place is a group of its own, values are attributions and add up.
 */
static void
check_complete (const char *method, const char *words, double tolerance)
{
  for (guint64 seed = 1; seed <= 5; seed++) {
    g_autoptr (SalModel) vectors = net_vectors (seed, 7), pictures = net_pictures (seed, 12, 4);
    SalModel *const models[] = { vectors, pictures };

    for (gsize i = 0; i < G_N_ELEMENTS (models); i++) {
      g_autoptr (SalTensor) input = net_input (models[i], seed, 1.f);
      g_autoptr (SalTensor) baseline = net_input (models[i], seed + 100, 0.5f);
      g_autoptr (SalAttribution) a = net_explain (models[i], method, words, input, baseline, 2);
      double size = fabs (a->difference) + 0.1;

      g_assert_true (a->has_completeness);
      assert_close (a->sum, a->difference, tolerance * size, method);
    }
  }
}

static void
test_complete (void)
{
  check_complete ("integrated-gradients", "steps=1000 rule=midpoint", 2e-3);
  check_complete ("integrated-gradients", "steps=1000 rule=trapezoid", 2e-3);
  check_complete ("integrated-gradients", "steps=300 rule=gauss-legendre", 1e-2);
  check_complete ("deeplift", "", 1e-4);
}

/* The adaptive path is followed in steps with the gradient at their start: an
 * error of first order, which falls as steps rise. */
static void
test_guided_ig (void)
{
  static const char *const words[] = { "steps=30", "steps=1000 max-distance=0.002" };
  double errors[2] = { 0, 0 };

  for (guint64 seed = 1; seed <= 5; seed++) {
    g_autoptr (SalModel) model = net_vectors (seed, 7);
    g_autoptr (SalTensor) input = net_input (model, seed, 1.f);
    g_autoptr (SalTensor) baseline = net_input (model, seed + 100, 0.5f);

    for (int i = 0; i < 2; i++) {
      g_autoptr (SalAttribution) a = net_explain (model, "guided-ig", words[i], input, baseline, 2);

      errors[i] += fabs (a->sum - a->difference) / (5 * (fabs (a->difference) + 0.1));
    }
  }
  g_test_message ("error with 30 steps %.3g, with 1000 and a shorter leash %.3g", errors[0],
                  errors[1]);
  g_assert_cmpfloat (errors[1], <, 5e-3);
  g_assert_cmpfloat (errors[1], <, errors[0] / 5);
}

/* Six groups of two: exact values by all subsets, and by the constraint of the
 * fit. */
static SalTensor *
pairs_of (gint64 n)
{
  SalTensor *mask = sal_tensor_new (SAL_INT, &SAL_SHAPE (n));

  for (gint64 i = 0; i < n; i++)
    ((gint64 *) sal_tensor_edit (mask))[i] = i / 2;
  return mask;
}

static SalAttribution *
explain_pairs (SalModel *model, const char *method, const char *words, SalTensor *input,
               SalTensor *baseline, int target)
{
  g_autoptr (SalTensor) mask = pairs_of (sal_tensor_count (input));
  g_autoptr (GHashTable) arrays = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (SalSettings) settings = net_settings (method, words);
  SalQuery query = { .model = model,
                     .method = sal_method_find (method),
                     .settings = settings,
                     .target = { target, -1, SAL_OUTPUT_LOGIT },
                     .input = input,
                     .baseline = baseline,
                     .arrays = arrays };

  g_hash_table_insert (arrays, (char *) "mask", mask);
  return net_explain_query (&query);
}

static double
score_at (SalModel *model, const SalTensor *x, int target)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SalScorer) scorer = sal_scorer_new (
      model, &(SalTarget){ target, -1, SAL_OUTPUT_LOGIT }, SAL_NO_VALUE, NULL, 1, 0, &error);
  double score = NAN;

  g_assert_no_error (error);
  sal_scorer_score (scorer, sal_tensor_floats (x), &score, NULL, &error);
  g_assert_no_error (error);
  return score;
}

static void
test_shapley (void)
{
  static const char *const methods[] = { "shapley", "kernel-shap", "kernel-shap" };
  static const char *const words[] = { "", "subsets=5000", "subsets=9" };

  for (guint64 seed = 1; seed <= 5; seed++) {
    g_autoptr (SalModel) model = net_vectors (seed, 12);
    g_autoptr (SalTensor) input = net_input (model, seed, 1.f);
    g_autoptr (SalTensor) baseline = net_input (model, seed + 100, 0.5f);
    g_autoptr (SalAttribution) exact = NULL;
    double difference = score_at (model, input, 1) - score_at (model, baseline, 1);

    for (gsize i = 0; i < G_N_ELEMENTS (methods); i++) {
      g_autoptr (SalAttribution) a =
          explain_pairs (model, methods[i], words[i], input, baseline, 1);
      double sum = 0;

      for (gint64 p = 0; p < 12; p += 2)
        sum += sal_tensor_floats (a->values)[p];
      assert_close (sum, difference, 1e-4, methods[i]);
      if (i == 0)
        exact = g_steal_pointer (&a);
      else if (i == 1)
        g_assert_cmpfloat (distance (a->values, exact->values, 1, NULL, 0), <, 0.1);
    }
  }
}

/* Sampled orders are unbiased: off by no more than the standard errors that
 * they report allow. */
static void
test_sampled_shapley (void)
{
  g_autoptr (SalModel) model = net_vectors (3, 13);
  g_autoptr (SalTensor) input = net_input (model, 1, 1.f);
  g_autoptr (SalTensor) baseline = net_input (model, 101, 0.5f);
  g_autoptr (SalAttribution) few =
      net_explain (model, "shapley", "permutations=400", input, baseline, 0);
  g_autoptr (SalAttribution) many =
      net_explain (model, "shapley", "permutations=10000 order-seed=9", input, baseline, 0);
  const float *error = sal_tensor_floats (g_hash_table_lookup (few->extras, "standard-error"));

  assert_close (sal_tensor_sum (few->values),
                score_at (model, input, 0) - score_at (model, baseline, 0), 1e-4, "sum");
  for (int i = 0; i < 13; i++) {
    g_assert_cmpfloat (error[i], <, 0.1);
    assert_close (sal_tensor_floats (few->values)[i], sal_tensor_floats (many->values)[i],
                  4.5 * error[i] + 1e-4, "sampled value");
  }
}

/* References are noise between black and white. What attributions sum to is
 * f(x) - E f(reference) in the mean: 20 runs, and draws of our own for the
 * expectation. */
static void
test_expected_gradients (void)
{
  g_autoptr (SalModel) model = net_pictures (2, 8, 4);
  g_autoptr (SalTensor) input = net_input (model, 7, 2.f);
  g_autoptr (SalTensor) reference = sal_tensor_new (SAL_FLOAT, sal_model_input_shape (model));
  gint64 n = sal_tensor_count (reference);
  double mean = 0, square = 0, expected = 0, expected_square = 0, error;
  const int runs = 20, draws = 2000;

  for (int seed = 0; seed < runs; seed++) {
    g_autofree char *words = g_strdup_printf ("draws=100 draw-seed=%d", seed);
    g_autoptr (SalAttribution) a = net_explain (model, "expected-gradients", words, input, NULL, 1);
    double sum = sal_tensor_sum (a->values);

    mean += sum / runs;
    square += sum * sum / runs;
  }
  for (int i = 0; i < draws; i++) {
    float *x = sal_tensor_edit (reference);
    double score;

    sal_random_uniforms (12345, (guint64) i, x, n);
    for (gint64 j = 0; j < n; j++)
      x[j] = 4 * x[j] - 2;
    score = score_at (model, reference, 1);
    expected += score / draws;
    expected_square += score * score / draws;
  }
  error = sqrt ((square - mean * mean) / (runs - 1) +
                (expected_square - expected * expected) / (draws - 1));
  g_test_message ("sum %.4f, must be %.4f, standard error %.4f", mean,
                  score_at (model, input, 1) - expected, error);
  g_assert_cmpfloat (error, <, 0.1);
  assert_close (mean, score_at (model, input, 1) - expected, 4 * error, "mean of the sums");
}

/* Without biases the z⁺ rule hands all of the score down to the picture; where a score is positive,
 * something speaks for it in every layer. */
static void
test_lrp_conserves (void)
{
  int conserved = 0;

  for (guint64 seed = 1; seed <= 5; seed++) {
    g_autoptr (SalPreparation) preparation = net_preparation (8, 8);
    Net net;
    int y = net_start (&net, seed, &SAL_SHAPE (1, 3, 8, 8));

    y = net_relu (&net, net_conv (&net, y, 3, 6, 3, FALSE));
    y = net_pool (&net, "MaxPool", y);
    y = net_relu (&net, net_conv (&net, y, 6, 6, 3, FALSE));
    y = net_pool (&net, "AveragePool", y);
    y = net_op (&net, "Flatten", y, SAL_NO_VALUE, SAL_NO_VALUE);
    y = net_relu (&net, net_dense (&net, y, 24, 8, FALSE));
    y = net_dense (&net, y, 8, 4, FALSE);

    g_autoptr (SalModel) model = net_finish (&net, y, preparation);
    g_autoptr (SalTensor) input = net_input (model, seed, 1.f);

    for (int target = 0; target < 4; target++) {
      g_autoptr (SalAttribution) a =
          net_explain (model, "lrp", "lrp-rule=z-plus", input, NULL, target);

      g_assert_true (a->has_completeness);
      if (a->score <= 0)
        continue;
      assert_close (a->sum, a->score, 1e-3 * a->score, "relevance");
      conserved++;
    }
  }
  g_assert_cmpint (conserved, >, 5);
}

/* Sum takes any number of inputs, and each gets its share. */
static void
test_lrp_sum (void)
{
  Net net;
  int x = net_start (&net, 3, &SAL_SHAPE (1, 5)), parts[40], y;

  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++)
    parts[i] = net_dense (&net, x, 5, 3, FALSE);
  y = sal_graph_value (net.graph, "sum");
  sal_graph_add_node (net.graph,
                      sal_node_new ("Sum", "sum", 13, parts, G_N_ELEMENTS (parts), &y, 1));

  g_autoptr (SalModel) model = net_finish (&net, y, NULL);
  g_autoptr (SalTensor) input = net_input (model, 3, 1.f);
  g_autoptr (SalAttribution) a = net_explain (model, "lrp", "lrp-rule=epsilon", input, NULL, 1);

  assert_close (a->sum, a->score, 1e-3 * fabs (a->score), "relevance");
}

/* f(x) = 1 - relu (1 - x) is flat at 2, and yet it rose by 1 on the way there
 * from 0 (Sundararajan and others, section 2.1). */
static void
test_sensitivity (void)
{
  static const struct {
    const char *method, *words;
    double value;
  } answers[] = { { "gradient", "", 0 },
                  { "input-x-gradient", "", 0 },
                  { "integrated-gradients", "steps=50 rule=midpoint", 1 },
                  { "integrated-gradients", "steps=100 rule=right", 0.98 },
                  { "integrated-gradients", "steps=100 rule=left", 1 },
                  { "guided-ig", "steps=1000", 1 },
                  { "deeplift", "", 1 },
                  { "occlusion", "window=1x1 stride=1x1", 1 },
                  { "feature-ablation", "", 1 },
                  { "shapley", "", 1 },
                  { "kernel-shap", "", 1 } };
  static const float one = 1.f, two = 2.f;
  Net net;
  int x = net_start (&net, 1, &SAL_SHAPE (1, 1)), c = net_constant (&net, &SAL_SHAPE (1), &one, 1);
  int y = net_op (&net, "Sub", c, net_relu (&net, net_op (&net, "Sub", c, x, SAL_NO_VALUE)),
                  SAL_NO_VALUE);
  g_autoptr (SalModel) model = net_finish (&net, y, NULL);
  g_autoptr (SalTensor) input = sal_tensor_new_copy (SAL_FLOAT, &SAL_SHAPE (1, 1), &two);

  for (gsize i = 0; i < G_N_ELEMENTS (answers); i++) {
    g_autoptr (SalAttribution) a =
        net_explain (model, answers[i].method, answers[i].words, input, NULL, 0);

    assert_close (sal_tensor_floats (a->values)[0], answers[i].value, 3e-3, answers[i].method);
  }
}

/* Which of equal values is the largest does not hang on how they were rounded: it is the first. */
static void
test_even_reference (void)
{
  static const float zeros[16] = { 0 };
  g_autoptr (SalTensor) baseline = sal_tensor_new_copy (SAL_FLOAT, &SAL_SHAPE (1, 1, 4, 4), zeros);
  float x[16], level[16], rounding[16];

  for (int i = 0; i < 16; i++)
    x[i] = -0.5f - 0.01f * (float) ((7 * i) % 16);
  for (guint64 seed = 1; seed <= 8; seed++) {
    Net net;
    int y = net_start (&net, seed, &SAL_SHAPE (1, 1, 4, 4));

    sal_random_normals (seed, 7, rounding, 16);
    for (int i = 0; i < 16; i++)
      level[i] = 1 + 5e-7f * CLAMP (rounding[i], -1, 1);
    y = net_op (&net, "Add", y, net_constant (&net, &SAL_SHAPE (1, 1, 4, 4), level, 1),
                SAL_NO_VALUE);
    y = net_reshape (&net, net_pool (&net, "MaxPool", y), &SAL_SHAPE (0, 4));

    g_autoptr (SalModel) model = net_finish (&net, y, NULL);
    g_autoptr (SalTensor) input = sal_tensor_new_copy (SAL_FLOAT, &SAL_SHAPE (1, 1, 4, 4), x);

    for (int k = 0; k < 4; k++) {
      g_autoptr (SalAttribution) a = net_explain (model, "deeplift", "", input, baseline, k);
      int first = 8 * (k / 2) + 2 * (k % 2);
      float largest = MAX (MAX (x[first], x[first + 1]), MAX (x[first + 4], x[first + 5]));

      for (int i = 0; i < 16; i++)
        assert_close (sal_tensor_floats (a->values)[i], i == first ? largest : 0, 2e-5, "deeplift");
    }
  }
}

/* What the function does not depend on gets nothing. */
static void
test_dummy (void)
{
  static const char *const methods[] = { "gradient",         "input-x-gradient",    "deeplift",
                                         "guided-backprop",  "deconvnet",           "lrp",
                                         "guided-ig",        "occlusion",           "shapley",
                                         "feature-ablation", "integrated-gradients" };
  float w[6 * 5];
  Net net;
  int x = net_start (&net, 4, &SAL_SHAPE (1, 5)), y;

  sal_random_normals (4, 99, w, G_N_ELEMENTS (w));
  for (int k = 0; k < 6; k++)
    w[5 * k + 3] = 0;
  y = net_op (&net, "Gemm", x, net_constant (&net, &SAL_SHAPE (6, 5), w, 1), SAL_NO_VALUE);
  sal_node_set_int (net.last, "transB", 1);
  y = net_dense (&net, net_relu (&net, y), 6, 2, TRUE);

  g_autoptr (SalModel) model = net_finish (&net, y, NULL);
  g_autoptr (SalTensor) input = net_input (model, 4, 1.f);
  g_autoptr (SalTensor) baseline = net_input (model, 5, 1.f);

  for (gsize i = 0; i < G_N_ELEMENTS (methods); i++) {
    g_autoptr (SalAttribution) a = net_explain (
        model, methods[i], strcmp (methods[i], "occlusion") == 0 ? "window=1x1 stride=1x1" : "",
        input, baseline, 0);

    g_assert_cmpfloat (norm (a->values), >, 0.01);
    assert_close (sal_tensor_floats (a->values)[3], 0, 1e-5, methods[i]);
  }
}

/* W₂ relu (W₁ x + b): hidden units in another order, scaled by c and then by 1
 * / c, and MatMul with Add in place of Gemm. */
static SalModel *
make_dense_twin (gboolean other)
{
  enum { IN = 6, HIDDEN = 8, OUT = 3 };
  float w1[HIDDEN * IN], b1[HIDDEN], w2[OUT * HIDDEN], first[IN * HIDDEN], bias[HIDDEN];
  float second[HIDDEN * OUT];
  Net net;
  int x = net_start (&net, 1, &SAL_SHAPE (1, IN)), y;

  sal_random_normals (11, 1, w1, G_N_ELEMENTS (w1));
  sal_random_normals (11, 2, b1, G_N_ELEMENTS (b1));
  sal_random_normals (11, 3, w2, G_N_ELEMENTS (w2));
  for (int h = 0; h < HIDDEN; h++) {
    int at = other ? (3 * h + 5) % HIDDEN : h;
    float scale = other ? 0.25f * (float) (h + 1) : 1;

    for (int i = 0; i < IN; i++)
      first[i * HIDDEN + at] = scale * w1[h * IN + i];
    bias[at] = scale * b1[h];
    for (int k = 0; k < OUT; k++)
      second[at * OUT + k] = w2[k * HIDDEN + h] / scale;
  }

  int one = net_constant (&net, &SAL_SHAPE (IN, HIDDEN), first, 1);
  int shift = net_constant (&net, &SAL_SHAPE (HIDDEN), bias, 1);
  int two = net_constant (&net, &SAL_SHAPE (HIDDEN, OUT), second, 1);

  if (other) {
    y = net_op (&net, "Add", net_op (&net, "MatMul", x, one, SAL_NO_VALUE), shift, SAL_NO_VALUE);
    y = net_op (&net, "MatMul", net_relu (&net, y), two, SAL_NO_VALUE);
  } else {
    y = net_op (&net, "Gemm", net_relu (&net, net_op (&net, "Gemm", x, one, shift)), two,
                SAL_NO_VALUE);
  }
  return net_finish (&net, y, NULL);
}

static void
test_invariance (void)
{
  static const char *const methods[] = { "gradient", "input-x-gradient", "integrated-gradients",
                                         "gradient", "guided-ig",        "shapley" };
  static const char *const words[] = { "", "", "steps=77", "smooth=smoothgrad samples=50", "", "" };
  g_autoptr (SalModel) a = make_dense_twin (FALSE), b = make_dense_twin (TRUE);
  g_autoptr (SalTensor) input = net_input (a, 8, 1.f);

  for (gsize i = 0; i < G_N_ELEMENTS (methods); i++) {
    g_autoptr (SalAttribution) one = net_explain (a, methods[i], words[i], input, NULL, 1);
    g_autoptr (SalAttribution) two = net_explain (b, methods[i], words[i], input, NULL, 1);

    assert_close (distance (one->values, two->values, 1, NULL, 0), 0, 2e-5, methods[i]);
  }
}

/* The last two classes are 2 f₀ - 3 f₁ and f₀ - f₁, the latter what is asked
 * with "versus", too. */
static void
test_linearity (void)
{
  static const float mix[4 * 2] = { 1, 0, 0, 1, 2, -3, 1, -1 };
  static const char *const methods[] = {
    "gradient",    "integrated-gradients", "shapley", "occlusion", "feature-ablation",
    "kernel-shap", "expected-gradients",   "gradient"
  };
  static const char *const words[] = { "",           "",
                                       "segments=9", "window=3x3 stride=2x2",
                                       "",           "subsets=300",
                                       "draws=30",   "smooth=smoothgrad samples=10" };
  g_autoptr (SalPreparation) preparation = net_preparation (8, 8);
  Net net;
  int y = net_start (&net, 12, &SAL_SHAPE (1, 3, 8, 8));

  y = net_pool (&net, "MaxPool", net_relu (&net, net_conv (&net, y, 3, 4, 3, TRUE)));
  y = net_op (&net, "Flatten", y, SAL_NO_VALUE, SAL_NO_VALUE);
  y = net_dense (&net, net_relu (&net, net_dense (&net, y, 64, 10, TRUE)), 10, 2, TRUE);
  y = net_op (&net, "Gemm", y, net_constant (&net, &SAL_SHAPE (4, 2), mix, 1), SAL_NO_VALUE);
  sal_node_set_int (net.last, "transB", 1);

  g_autoptr (SalModel) model = net_finish (&net, y, preparation);
  g_autoptr (SalTensor) input = net_input (model, 1, 1.f);

  for (gsize i = 0; i < G_N_ELEMENTS (methods); i++) {
    g_autoptr (SalAttribution) a0 = net_explain (model, methods[i], words[i], input, NULL, 0);
    g_autoptr (SalAttribution) a1 = net_explain (model, methods[i], words[i], input, NULL, 1);
    g_autoptr (SalAttribution) sum = net_explain (model, methods[i], words[i], input, NULL, 2);
    g_autoptr (SalSettings) settings = net_settings (methods[i], words[i]);
    SalQuery query = { .model = model,
                       .method = sal_method_find (methods[i]),
                       .settings = settings,
                       .target = { 0, 1, SAL_OUTPUT_LOGIT },
                       .input = input };
    g_autoptr (SalAttribution) versus = net_explain_query (&query);

    assert_close (distance (sum->values, a0->values, 2, a1->values, -3), 0, 1e-4, methods[i]);
    assert_close (distance (versus->values, a0->values, 1, a1->values, -1), 0, 1e-4, methods[i]);
  }
}

/* Inputs 1 and 4 have the same weights and the same values: they get the same.
 */
static void
test_symmetry (void)
{
  float w[7 * 6], x[6], start[6];
  Net net;
  int y = net_start (&net, 5, &SAL_SHAPE (1, 6));

  sal_random_normals (5, 98, w, G_N_ELEMENTS (w));
  for (int k = 0; k < 7; k++)
    w[6 * k + 4] = w[6 * k + 1];
  y = net_op (&net, "Gemm", y, net_constant (&net, &SAL_SHAPE (7, 6), w, 1), SAL_NO_VALUE);
  sal_node_set_int (net.last, "transB", 1);
  y = net_dense (&net, net_relu (&net, y), 7, 2, TRUE);

  g_autoptr (SalModel) model = net_finish (&net, y, NULL);

  sal_random_normals (6, 1, x, 6);
  sal_random_normals (6, 2, start, 6);
  x[4] = x[1];
  start[4] = start[1];

  g_autoptr (SalTensor) input = sal_tensor_new_copy (SAL_FLOAT, &SAL_SHAPE (1, 6), x);
  g_autoptr (SalTensor) baseline = sal_tensor_new_copy (SAL_FLOAT, &SAL_SHAPE (1, 6), start);
  static const char *const methods[] = { "shapley", "integrated-gradients", "deeplift" };

  for (gsize i = 0; i < G_N_ELEMENTS (methods); i++) {
    g_autoptr (SalAttribution) a = net_explain (model, methods[i], "", input, baseline, 0);
    const float *v = sal_tensor_floats (a->values);

    g_assert_cmpfloat (fabsf (v[1]), >, 1e-3f);
    assert_close (v[1], v[4], 1e-5, methods[i]);
  }
}

enum { QUADRATIC = 5 };

/* f(x) = xᵀ A x, whose gradient is (A + Aᵀ) x: at noisy copies normal, with the
 * mean at x and the variance σ² |row of A + Aᵀ|². */
static SalModel *
make_quadratic (const float *a)
{
  static const float ones[QUADRATIC] = { 1, 1, 1, 1, 1 };
  Net net;
  int x = net_start (&net, 1, &SAL_SHAPE (1, QUADRATIC));
  int y = net_op (&net, "MatMul", x, net_constant (&net, &SAL_SHAPE (QUADRATIC, QUADRATIC), a, 1),
                  SAL_NO_VALUE);

  y = net_op (&net, "Mul", x, y, SAL_NO_VALUE);
  y = net_op (&net, "MatMul", y, net_constant (&net, &SAL_SHAPE (QUADRATIC, 1), ones, 1),
              SAL_NO_VALUE);
  return net_finish (&net, y, NULL);
}

static void
test_smoothgrad (void)
{
  const double sigma = 0.5;
  const int seeds = 40;
  static const int samples[] = { 10, 1000 };
  float a[QUADRATIC * QUADRATIC];

  sal_random_normals (3, 1, a, G_N_ELEMENTS (a));

  g_autoptr (SalModel) model = make_quadratic (a);
  g_autoptr (SalTensor) input = net_input (model, 9, 1.f);
  const float *x = sal_tensor_floats (input);

  for (gsize s = 0; s < G_N_ELEMENTS (samples); s++) {
    double z2 = 0;

    for (int seed = 0; seed < seeds; seed++) {
      g_autofree char *words = g_strdup_printf (
          "smooth=smoothgrad noise-absolute=%g samples=%d seed=%d", sigma, samples[s], seed);
      g_autoptr (SalAttribution) got = net_explain (model, "gradient", words, input, NULL, 0);

      for (int i = 0; i < QUADRATIC; i++) {
        double mean = 0, variance = 0;

        for (int j = 0; j < QUADRATIC; j++) {
          double slope = (double) a[i * QUADRATIC + j] + (double) a[j * QUADRATIC + i];

          mean += slope * x[j];
          variance += slope * slope * sigma * sigma / samples[s];
        }
        z2 += pow (sal_tensor_floats (got->values)[i] - mean, 2) / variance;
        assert_close (sal_tensor_floats (got->values)[i], mean, 5 * sqrt (variance), "mean");
      }
    }
    /* χ² over 200 numbers, those of one run being dependent: wide bounds. */
    z2 /= seeds * QUADRATIC;
    g_test_message ("%d samples: squared error is %.2f times what variance predicts", samples[s],
                    z2);
    g_assert_cmpfloat (z2, >, 0.5);
    g_assert_cmpfloat (z2, <, 1.7);
  }
}

/* Where the gradient is the same everywhere, noise changes nothing and has no
 * variance. */
static void
test_smooth_linear (void)
{
  Net net;
  int x = net_start (&net, 2, &SAL_SHAPE (1, 4));
  g_autoptr (SalModel) model = net_finish (&net, net_dense (&net, x, 4, 2, TRUE), NULL);
  g_autoptr (SalTensor) input = net_input (model, 1, 1.f);
  g_autoptr (SalAttribution) plain = net_explain (model, "gradient", "", input, NULL, 0);
  g_autoptr (SalAttribution) mean =
      net_explain (model, "gradient", "smooth=smoothgrad samples=30", input, NULL, 0);
  g_autoptr (SalAttribution) variance =
      net_explain (model, "gradient", "smooth=vargrad samples=30", input, NULL, 0);

  assert_close (distance (plain->values, mean->values, 1, NULL, 0), 0, 1e-6, "mean");
  assert_close (norm (variance->values), 0, 1e-12, "variance");
}

/* By their definitions, from gradients at the copies that the noise gives; and
 * noise that is handed in is what the generator would have drawn, bit for bit.
 */
static void
test_vargrad (void)
{
  static const char *const kinds[] = { "smoothgrad", "smoothgrad-squared", "vargrad" };
  enum { N = 11 };
  const float sigma = 0.25f;
  g_autoptr (SalModel) model = net_pictures (6, 8, 4);
  g_autoptr (SalTensor) input = net_input (model, 1, 1.f);
  gint64 n = sal_tensor_count (input);
  SalShape shape = *sal_tensor_shape (input);
  g_autofree double *sum = g_new0 (double, n), *squares = g_new0 (double, n);

  shape.dim[0] = N;

  g_autoptr (SalTensor) noise = sal_tensor_new (SAL_FLOAT, &shape);

  for (int s = 0; s < N; s++) {
    g_autoptr (SalTensor) copy = sal_tensor_new (SAL_FLOAT, sal_tensor_shape (input));
    float *draws = (float *) sal_tensor_edit (noise) + s * n;

    sal_random_normals (77, (guint64) s, draws, n);
    for (gint64 i = 0; i < n; i++)
      ((float *) sal_tensor_edit (copy))[i] = sal_tensor_floats (input)[i] + sigma * draws[i];

    g_autoptr (SalAttribution) a = net_explain (model, "gradient", "", copy, NULL, 0);

    for (gint64 i = 0; i < n; i++) {
      double g = sal_tensor_floats (a->values)[i];

      sum[i] += g;
      squares[i] += g * g;
    }
  }
  for (gsize k = 0; k < G_N_ELEMENTS (kinds); k++) {
    g_autofree char *words =
        g_strdup_printf ("smooth=%s noise-absolute=0.25 samples=%d seed=77", kinds[k], N);
    g_autoptr (SalSettings) settings = net_settings ("gradient", words);
    SalQuery query = { .model = model,
                       .method = sal_method_find ("gradient"),
                       .settings = settings,
                       .target = { 0, -1, SAL_OUTPUT_LOGIT },
                       .input = input,
                       .threads = 3 };
    g_autoptr (SalAttribution) drawn = net_explain_query (&query);

    query.noise = noise;

    g_autoptr (SalAttribution) given = net_explain_query (&query);

    g_assert_cmpmem (sal_tensor_floats (drawn->values), n * sizeof (float),
                     sal_tensor_floats (given->values), n * sizeof (float));
    for (gint64 i = 0; i < n; i++) {
      double mean = sum[i] / N, square = squares[i] / N;
      double want = k == 0 ? mean : k == 1 ? square : square - mean * mean;

      assert_close (sal_tensor_floats (given->values)[i], want, 1e-6, kinds[k]);
    }
  }
}

/* The normal equations of surrogates take the square of the number of segments.
 */
static void
test_too_many_segments (void)
{
  static const char *const methods[] = { "kernel-shap", "lime" };
  Net net;
  int x = net_start (&net, 1, &SAL_SHAPE (1, 100000));
  g_autoptr (SalModel) model = net_finish (&net, net_dense (&net, x, 100000, 2, TRUE), NULL);
  g_autoptr (SalTensor) input = net_input (model, 1, 1.f);

  for (gsize i = 0; i < G_N_ELEMENTS (methods); i++) {
    g_autoptr (GError) error = NULL;
    SalQuery query = { .model = model,
                       .method = sal_method_find (methods[i]),
                       .target = { 0, -1, SAL_OUTPUT_LOGIT },
                       .input = input };

    g_assert_null (sal_explain (&query, NULL, &error));
    g_assert_error (error, SAL_ERROR, SAL_ERROR_ARGUMENT);
    g_assert_nonnull (strstr (error->message, "100000"));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/axioms/completeness", test_complete);
  g_test_add_func ("/engine/axioms/completeness/guided-ig", test_guided_ig);
  g_test_add_func ("/engine/axioms/completeness/shapley", test_shapley);
  g_test_add_func ("/engine/axioms/completeness/sampled-shapley", test_sampled_shapley);
  g_test_add_func ("/engine/axioms/completeness/expected-gradients", test_expected_gradients);
  g_test_add_func ("/engine/axioms/conservation/lrp", test_lrp_conserves);
  g_test_add_func ("/engine/axioms/conservation/lrp-sum", test_lrp_sum);
  g_test_add_func ("/engine/axioms/sensitivity", test_sensitivity);
  g_test_add_func ("/engine/axioms/dummy", test_dummy);
  g_test_add_func ("/engine/axioms/even-reference", test_even_reference);
  g_test_add_func ("/engine/axioms/implementation-invariance", test_invariance);
  g_test_add_func ("/engine/axioms/linearity", test_linearity);
  g_test_add_func ("/engine/axioms/symmetry", test_symmetry);
  g_test_add_func ("/engine/axioms/smoothing/error", test_smoothgrad);
  g_test_add_func ("/engine/axioms/smoothing/linear", test_smooth_linear);
  g_test_add_func ("/engine/axioms/smoothing/definitions", test_vargrad);
  g_test_add_func ("/engine/axioms/too-many-segments", test_too_many_segments);
  return g_test_run ();
}
