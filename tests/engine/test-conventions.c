/* Other programs' defaults name parameters that exist, and values those take. */
#include "engine/explain/appearance.h"
#include "engine/explain/conventions.h"
#include "engine/explain/smooth.h"

static gboolean
takes (const SalParam *params, const char *key, const char *value)
{
  g_autoptr (SalSettings) settings = sal_settings_new ();
  const SalParam *param = sal_param_find (params, key);

  return param != NULL && sal_settings_parse (settings, param, value, NULL);
}

static void
test_known (void)
{
  for (const SalConvention *c = sal_conventions (); c->id != NULL; c++)
    for (const char *const *pair = c->settings; *pair != NULL; pair += 2) {
      gboolean taken = takes (sal_smooth_params (), pair[0], pair[1]) ||
                       takes (sal_appearance_params (), pair[0], pair[1]);

      for (const SalMethod *const *m = sal_methods (); *m != NULL && !taken; m++)
        taken = takes ((*m)->params, pair[0], pair[1]);
      if (!taken)
        g_error ("%s: nothing takes %s = %s", c->id, pair[0], pair[1]);
    }
}

static void
test_apply (void)
{
  g_autoptr (SalSettings) settings = sal_settings_new ();
  const SalMethod *ig = sal_method_find ("integrated-gradients");

  g_assert_null (sal_convention_find ("nobody"));
  sal_convention_apply (sal_convention_find ("zennit"), ig, settings);
  g_assert_cmpfloat (sal_settings_number (settings, sal_param_find (ig->params, "steps")), ==, 20);
  g_assert_cmpstr (sal_settings_text (settings, sal_param_find (ig->params, "rule")), ==, "right");
  g_assert_cmpfloat (
      sal_settings_number (settings, sal_param_find (sal_smooth_params (), "samples")), ==, 20);
  g_assert_cmpstr (
      sal_settings_text (settings, sal_param_find (sal_appearance_params (), "colormap")), ==,
      "bwr");
}

/* Our own are what every method declares, whatever was set before. */
static void
test_own (void)
{
  const SalConvention *own = sal_conventions (), *other = sal_convention_find ("captum");

  for (const SalMethod *const *m = sal_methods (); *m != NULL; m++) {
    g_autoptr (SalSettings) fresh = sal_settings_new (), settings = sal_settings_new ();

    sal_convention_apply (other, *m, settings);
    sal_convention_apply (own, *m, settings);
    g_assert_true (sal_settings_equal (settings, fresh, (*m)->params));
    g_assert_true (sal_settings_equal (settings, fresh, sal_smooth_params ()));
    g_assert_true (sal_settings_equal (settings, fresh, sal_appearance_params ()));
  }
  const SalParam *smooth = sal_smooth_params ();
  const SalMethod *ig = sal_method_find ("integrated-gradients");

  g_assert_cmpfloat (sal_param_find (smooth, "samples")->otherwise, ==, 25);
  g_assert_cmpfloat (sal_param_find (smooth, "noise")->otherwise, ==, 0.15);
  g_assert_cmpfloat (sal_param_find (ig->params, "steps")->otherwise, ==, 50);
}

static double
number (const SalSettings *settings, const SalParam *params, const char *key)
{
  return sal_settings_number (settings, sal_param_find (params, key));
}

static const char *
text (const SalSettings *settings, const SalParam *params, const char *key)
{
  return sal_settings_text (settings, sal_param_find (params, key));
}

/* One after the other is as if the other had never been; what is explained stays. */
static void
test_nothing_left (void)
{
  const SalParam *around = sal_smooth_params (), *looks = sal_appearance_params ();

  for (const SalMethod *const *m = sal_methods (); *m != NULL; m++)
    for (const SalConvention *first = sal_conventions (); first->id != NULL; first++)
      for (const SalConvention *second = sal_conventions (); second->id != NULL; second++) {
        const SalParam *const lists[] = { (*m)->params, around, looks };
        g_autoptr (SalSettings) both = sal_settings_new (), one = sal_settings_new ();

        sal_convention_apply (first, *m, both);
        sal_convention_apply (second, *m, both);
        sal_convention_apply (second, *m, one);
        for (gsize l = 0; l < G_N_ELEMENTS (lists); l++)
          for (const SalParam *param = lists[l]; param->key != NULL; param++)
            if (param->kind <= SAL_PARAM_SWITCH)
              g_assert_cmpfloat (sal_settings_number (both, param), ==,
                                 sal_settings_number (one, param));
            else
              g_assert_cmpstr (sal_settings_text (both, param), ==, sal_settings_text (one, param));
      }
}

static void
test_stays (void)
{
  const SalMethod *gradient = sal_method_find ("gradient");
  const SalParam *around = sal_smooth_params ();
  const SalConvention *pair = sal_convention_find ("pair-saliency");
  g_autoptr (SalSettings) settings = sal_settings_new ();

  sal_settings_set_text (settings, sal_param_find (gradient->params, "layer"), "conv1", NULL);
  sal_settings_set_number (settings, sal_param_find (around, "seed"), 7, NULL);
  sal_convention_apply (pair, gradient, settings);
  g_assert_cmpstr (text (settings, gradient->params, "layer"), ==, "conv1");
  g_assert_cmpfloat (number (settings, around, "seed"), ==, 7);
  g_assert_cmpstr (text (settings, around, "smooth"), ==, "none");
  g_assert_cmpstr (text (settings, sal_appearance_params (), "reduce"), ==, "mean-abs");
  /* Who smooths gets the program's statistic. */
  sal_settings_set_text (settings, sal_param_find (around, "smooth"), "smoothgrad", NULL);
  sal_convention_apply (pair, gradient, settings);
  g_assert_cmpstr (text (settings, around, "smooth"), ==, "smoothgrad-squared");
}

/* Equal is what would do the same: a value of what has no effect does not count. */
static void
test_equal (void)
{
  const SalParam *smooth = sal_smooth_params ();
  g_autoptr (SalSettings) a = sal_settings_new ();
  g_autoptr (SalSettings) b = sal_settings_new ();

  g_assert_true (sal_settings_equal (a, b, smooth));
  g_assert_true (sal_settings_set_number (a, sal_param_find (smooth, "samples"), 7, NULL));
  g_assert_true (sal_settings_equal (a, b, smooth));
  g_assert_true (sal_settings_set_text (a, sal_param_find (smooth, "smooth"), "smoothgrad", NULL));
  g_assert_false (sal_settings_equal (a, b, smooth));
  g_assert_true (sal_settings_set_text (b, sal_param_find (smooth, "smooth"), "smoothgrad", NULL));
  g_assert_false (sal_settings_equal (a, b, smooth));
  g_assert_true (sal_settings_set_number (b, sal_param_find (smooth, "samples"), 7, NULL));
  g_assert_true (sal_settings_equal (a, b, smooth));
  g_assert_true (sal_settings_equal (a, b, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/conventions/known", test_known);
  g_test_add_func ("/engine/conventions/apply", test_apply);
  g_test_add_func ("/engine/conventions/own", test_own);
  g_test_add_func ("/engine/conventions/nothing-left", test_nothing_left);
  g_test_add_func ("/engine/conventions/stays", test_stays);
  g_test_add_func ("/engine/conventions/equal", test_equal);
  return g_test_run ();
}
