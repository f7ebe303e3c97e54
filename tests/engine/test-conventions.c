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

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/conventions/known", test_known);
  g_test_add_func ("/engine/conventions/apply", test_apply);
  return g_test_run ();
}
