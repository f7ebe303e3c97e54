/* The vectorisable functions against libm in float64. */
#include "engine/ops/vmath.h"

static double
sigmoid (double x)
{
  return 1 / (1 + exp (-x));
}

static double
softplus (double x)
{
  return MAX (x, 0) + log1p (exp (-fabs (x)));
}

typedef struct {
  const char *name;
  float (*found) (float);
  double (*expected) (double);
  float from, to;
  double bound; /* of the error, relative to what is expected */
} Function;

static const Function functions[] = {
  { "exp", sal_v_exp, exp, -87, 88.7f, 1.5e-7 },
  { "sigmoid", sal_v_sigmoid, sigmoid, -87, 30, 2.5e-7 },
  { "tanh", sal_v_tanh, tanh, -12, 12, 2.5e-7 },
  { "expm1", sal_v_expm1, expm1, -40, 0, 4e-7 },
  { "softplus", sal_v_softplus, softplus, -87, 100, 3e-7 },
  { "erfc", sal_v_erfc, erfc, -4, 9, 5e-7 },
  { "erf", sal_v_erf, erf, -5, 5, 2e-7 },
};

static void
check_at (const Function *f, float x, double *worst, float *worst_x)
{
  double expected = f->expected (x);
  double error = fabs (f->found (x) - expected) / MAX (fabs (expected), 1e-37);

  if (!(error <= *worst)) {
    *worst = error;
    *worst_x = x;
  }
}

static void
accuracy_cb (gconstpointer data)
{
  const Function *f = data;
  double worst = 0;
  float worst_x = 0;

  for (int i = 0; i <= 400000; i++)
    check_at (f, f->from + (f->to - f->from) * (float) (i / 400000.), &worst, &worst_x);
  /* Down to where a polynomial in x² sees 0. */
  for (float x = 1; x > 1e-30f; x *= 0.93f) {
    if (x <= f->to)
      check_at (f, x, &worst, &worst_x);
    check_at (f, -x, &worst, &worst_x);
  }
  g_test_message ("%s: relative error %.2e at %.9g", f->name, worst, worst_x);
  g_assert_cmpfloat (worst, <=, f->bound);
}

static void
assert_is (float found, double expected)
{
  if (isnan (expected))
    g_assert_true (isnan (found));
  else
    g_assert_cmpfloat (found, ==, expected);
}

static void
ends_cb (void)
{
  const float far[] = { 200, 1e10f, 3e38f, INFINITY };

  for (gsize i = 0; i < G_N_ELEMENTS (far); i++) {
    assert_is (sal_v_exp (far[i]), INFINITY);
    assert_is (sal_v_exp (-far[i]), 0);
    assert_is (sal_v_sigmoid (far[i]), 1);
    assert_is (sal_v_sigmoid (-far[i]), 0);
    assert_is (sal_v_tanh (far[i]), 1);
    assert_is (sal_v_tanh (-far[i]), -1);
    assert_is (sal_v_expm1 (-far[i]), -1);
    assert_is (sal_v_softplus (far[i]), far[i]);
    assert_is (sal_v_softplus (-far[i]), 0);
    assert_is (sal_v_erfc (far[i]), 0);
    assert_is (sal_v_erfc (-far[i]), 2);
    assert_is (sal_v_erf (far[i]), 1);
    assert_is (sal_v_erf (-far[i]), -1);
  }
  for (gsize i = 0; i < G_N_ELEMENTS (functions); i++)
    assert_is (functions[i].found (NAN), NAN);
  assert_is (sal_v_exp (0), 1);
  assert_is (sal_v_tanh (0), 0);
  assert_is (sal_v_erf (0), 0);
  /* subnormal results */
  g_assert_cmpfloat (fabs (sal_v_exp (-100) - exp (-100)), <=, 2e-45);
  g_assert_cmpfloat (sal_v_exp (88.72f), <, INFINITY);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (functions); i++) {
    g_autofree char *path = g_strconcat ("/engine/vmath/", functions[i].name, NULL);
    g_test_add_data_func (path, &functions[i], accuracy_cb);
  }
  g_test_add_func ("/engine/vmath/ends", ends_cb);
  return g_test_run ();
}
