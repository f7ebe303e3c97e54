/* Recipes written and read back, recipes that somebody has tampered with, and what is shown where
 * nothing is said. */
#include "engine/base/error.h"
#include "engine/base/json.h"
#include "engine/explain/recipe.h"
#include "engine/explain/smooth.h"
#include "tests/support.h"

#include <string.h>

static SalModel *
open_model (void)
{
  g_autofree char *path = test_data ("cli/tiny.onnx");
  g_autoptr (GError) error = NULL;
  SalModel *model = sal_model_open (path, &error);

  g_assert_no_error (error);
  return model;
}

static void
set (SalSettings *settings, const SalParam *params, const char *key, const char *value)
{
  g_autoptr (GError) error = NULL;

  sal_settings_parse (settings, sal_param_find (params, key), value, &error);
  g_assert_no_error (error);
}

static const char *
text_of (const SalRecipe *recipe, const SalParam *params, const char *key)
{
  return sal_settings_text (recipe->settings, sal_param_find (params, key));
}

static double
number_of (const SalRecipe *recipe, const SalParam *params, const char *key)
{
  return sal_settings_number (recipe->settings, sal_param_find (params, key));
}

static void
test_round_trip (void)
{
  g_autoptr (SalModel) model = open_model ();
  g_autoptr (SalSettings) settings = sal_settings_new ();
  g_autoptr (GError) error = NULL;
  const SalMethod *method = sal_method_find ("integrated-gradients");
  g_autoptr (SalTensor) input = sal_tensor_new (SAL_FLOAT, sal_model_input_shape (model));
  SalQuery query = { .model = model,
                     .method = method,
                     .settings = settings,
                     .target = { 3, 1, SAL_OUTPUT_PROBABILITY },
                     .input = input,
                     .noise = input,
                     .batch = 2 };

  set (settings, method->params, "steps", "17");
  set (settings, method->params, "rule", "midpoint");
  set (settings, method->params, "baseline", "a picture \"of\" mine.png");
  set (settings, sal_smooth_params (), "smooth", "vargrad");
  set (settings, sal_smooth_params (), "seed", "4294967295");
  set (settings, sal_appearance_params (), "colormap", "rdbu");
  set (settings, sal_appearance_params (), "limit", "0.125");
  set (settings, sal_appearance_params (), "cells", "sharp");

  SalAppearance appearance = sal_appearance_from_settings (method, settings);
  SalAttribution attribution = {
    .has_completeness = TRUE, .sum = 1.5, .difference = 1.25, .milliseconds = 12, .threads = 2
  };
  SalRecipeFacts facts = { .image_file = "cat.png",
                           .image_sha256 = "00ff",
                           .noise_file = "noise.npy",
                           .logit = 2.5,
                           .probability = 0.75 };
  g_autofree char *json = sal_recipe_write (&query, &attribution, &appearance, &facts);
  g_autoptr (JsonObject) object = sal_json_parse (json, -1, "recipe", &error);
  g_autoptr (SalRecipe) recipe = sal_recipe_read (json, "recipe", &error);
  SalTarget target;

  g_assert_no_error (error);
  g_assert_cmpfloat (
      json_object_get_double_member (sal_json_object (object, "completeness"), "error"), ==, 0.25);
  g_assert_cmpint (json_object_get_int_member (object, "seed"), ==, 4294967295);

  g_assert_true (recipe->method == method);
  g_assert_cmpfloat (number_of (recipe, method->params, "steps"), ==, 17);
  g_assert_cmpstr (text_of (recipe, method->params, "rule"), ==, "midpoint");
  g_assert_cmpstr (text_of (recipe, method->params, "baseline"), ==, "a picture \"of\" mine.png");
  g_assert_cmpstr (text_of (recipe, sal_smooth_params (), "smooth"), ==, "vargrad");
  g_assert_cmpfloat (number_of (recipe, sal_smooth_params (), "seed"), ==, 4294967295);
  g_assert_cmpstr (text_of (recipe, sal_appearance_params (), "colormap"), ==, "rdbu");
  g_assert_cmpfloat (number_of (recipe, sal_appearance_params (), "limit"), ==, 0.125);
  g_assert_cmpstr (text_of (recipe, sal_appearance_params (), "cells"), ==, "sharp");
  g_assert_false (appearance.overlay.smooth);
  g_assert_cmpint (recipe->kind, ==, SAL_OUTPUT_PROBABILITY);
  g_assert_cmpint (recipe->target, ==, 3);
  g_assert_cmpstr (recipe->target_label, ==, "cross");
  g_assert_cmpint (recipe->versus, ==, 1);
  g_assert_cmpint (recipe->batch, ==, 2);
  g_assert_cmpstr (recipe->noise_file, ==, "noise.npy");
  g_assert_cmpstr (recipe->model_sha256, ==, sal_model_sha256 (model));
  g_assert_cmpstr (recipe->image_file, ==, "cat.png");
  g_assert_cmpstr (recipe->image_sha256, ==, "00ff");

  g_assert_true (sal_recipe_target (recipe, model, &target, &error));
  g_assert_cmpint (target.class_index, ==, 3);
  g_assert_cmpint (target.versus, ==, 1);
  g_assert_cmpint (target.kind, ==, SAL_OUTPUT_PROBABILITY);
}

/* What a method chooses by itself is written down. */
static void
test_layer (void)
{
  g_autoptr (SalModel) model = open_model ();
  g_autoptr (SalTensor) input = sal_tensor_new (SAL_FLOAT, sal_model_input_shape (model));
  SalAttribution attribution = { .threads = 1 };
  SalRecipeFacts facts = { 0 };
  SalQuery query = { .model = model, .target = { 0, -1, SAL_OUTPUT_LOGIT }, .input = input };
  static const char *const cases[][2] = { { "grad-cam", "second/relu" }, { "gradient", "" } };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;

    query.method = sal_method_find (cases[i][0]);

    g_autofree char *json = sal_recipe_write (&query, &attribution, NULL, &facts);
    g_autoptr (SalRecipe) recipe = sal_recipe_read (json, "recipe", &error);

    g_assert_no_error (error);
    g_assert_cmpstr (text_of (recipe, query.method->params, "layer"), ==, cases[i][1]);
  }
}

/* The label finds the class where another model counts otherwise; a number too high is an error. */
static void
test_target (void)
{
  g_autoptr (SalModel) model = open_model ();
  g_autoptr (GError) error = NULL;
  g_autoptr (SalRecipe) moved = sal_recipe_read (
      "{\"method\": \"gradient\", \"target\": {\"index\": 77, \"label\": \"star\"}}", "r", &error);
  g_autoptr (SalRecipe) unknown = sal_recipe_read (
      "{\"method\": \"gradient\", \"target\": {\"index\": 5, \"label\": \"dog\"}}", "r", &error);
  SalTarget target;

  g_assert_no_error (error);
  g_assert_true (sal_recipe_target (moved, model, &target, &error));
  g_assert_cmpint (target.class_index, ==, 4);
  g_assert_cmpint (target.versus, ==, -1);
  g_assert_false (sal_recipe_target (unknown, model, &target, &error));
  g_assert_error (error, SAL_ERROR, SAL_ERROR_ARGUMENT);
}

static void
test_bad (void)
{
  static const struct {
    const char *json;
    int code;
  } cases[] = {
    { "", SAL_ERROR_FORMAT },
    { "[]", SAL_ERROR_FORMAT },
    { "{}", SAL_ERROR_FORMAT },
    { "{\"method\": 3}", SAL_ERROR_FORMAT },
    { "{\"method\": \"tarot\"}", SAL_ERROR_ARGUMENT },
    { "{\"method\": \"gradient\", \"target\": {\"index\": -1}}", SAL_ERROR_FORMAT },
    { "{\"method\": \"gradient\", \"target\": {\"index\": 1e99}}", SAL_ERROR_FORMAT },
    { "{\"method\": \"gradient\", \"target\": {\"index\": 4294967296}}", SAL_ERROR_FORMAT },
    { "{\"method\": \"gradient\", \"versus\": {}}", SAL_ERROR_FORMAT },
    { "{\"method\": \"gradient\", \"parameters\": {\"output-kind\": \"odds\"}}",
      SAL_ERROR_ARGUMENT },
    { "{\"method\": \"gradient\", \"parameters\": {\"smooth\": 1}}", SAL_ERROR_FORMAT },
    { "{\"method\": \"gradient\", \"parameters\": {\"samples\": -4}}", SAL_ERROR_ARGUMENT },
    { "{\"method\": \"gradient\", \"parameters\": {\"samples\": 1e300}}", SAL_ERROR_ARGUMENT },
    { "{\"method\": \"gradient\", \"parameters\": {\"samples\": []}}", SAL_ERROR_FORMAT },
    { "{\"method\": \"gradient\", \"appearance\": {\"scale\": 1000}}", SAL_ERROR_ARGUMENT },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (SalRecipe) recipe = sal_recipe_read (cases[i].json, "that.png", &error);

    g_test_message ("%s", cases[i].json);
    g_assert_null (recipe);
    g_assert_error (error, SAL_ERROR, cases[i].code);
    g_assert_true (g_str_has_prefix (error->message, "that.png: "));
    g_assert_null (strchr (error->message, '\n'));
  }
}

/* Sections of another kind than expected count as absent. */
static void
test_odd (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SalRecipe) recipe = sal_recipe_read (
      "{\"method\": \"gradient\", \"parameters\": 7, \"appearance\": null, \"target\": [],"
      " \"model\": \"x\", \"image\": {\"file\": 9}}",
      "odd", &error);

  g_assert_no_error (error);
  g_assert_cmpint (recipe->target, ==, -1);
  g_assert_cmpint (recipe->versus, ==, -1);
  g_assert_null (recipe->model_file);
  g_assert_null (recipe->image_file);
}

static void
assert_shown (const char *method, const char *key, const char *value, SalReduce reduce,
              SalSign sign)
{
  const SalMethod *m = sal_method_find (method);
  g_autoptr (SalSettings) settings = sal_settings_new ();

  if (key != NULL)
    set (settings, sal_param_find (m->params, key) != NULL ? m->params : sal_smooth_params (), key,
         value);

  SalAppearance appearance = sal_appearance_from_settings (m, settings);

  g_test_message ("%s %s %s", method, key != NULL ? key : "", key != NULL ? value : "");
  g_assert_cmpint (appearance.heatmap.reduce, ==, reduce);
  g_assert_cmpint (appearance.heatmap.sign, ==, sign);
}

static void
test_defaults (void)
{
  assert_shown ("gradient", NULL, NULL, SAL_REDUCE_MAX_ABS, SAL_SIGN_ABSOLUTE);
  assert_shown ("integrated-gradients", NULL, NULL, SAL_REDUCE_SUM, SAL_SIGN_SIGNED);
  assert_shown ("integrated-gradients", "smooth", "smoothgrad", SAL_REDUCE_SUM, SAL_SIGN_SIGNED);
  assert_shown ("integrated-gradients", "smooth", "vargrad", SAL_REDUCE_SUM, SAL_SIGN_ABSOLUTE);
  assert_shown ("grad-cam", NULL, NULL, SAL_REDUCE_MAX_ABS, SAL_SIGN_ABSOLUTE);
  assert_shown ("hires-cam", NULL, NULL, SAL_REDUCE_MAX_ABS, SAL_SIGN_ABSOLUTE);
  assert_shown ("grad-cam", "relu", "off", SAL_REDUCE_SUM, SAL_SIGN_SIGNED);
}

/* The numbers of the enumerations are the places in the lists. */
static void
test_choices (void)
{
  g_assert_cmpstr (sal_reduce_choices ()[SAL_REDUCE_L2].id, ==, "l2");
  g_assert_cmpstr (sal_sign_choices ()[SAL_SIGN_SIGNED].id, ==, "signed");
  g_assert_cmpstr (sal_normalize_choices ()[SAL_NORMALIZE_ZSCORE].id, ==, "zscore");
  g_assert_cmpstr (sal_blend_choices ()[SAL_BLEND_SIDE_BY_SIDE].id, ==, "side-by-side");
  g_assert_cmpstr (sal_output_kind_choices ()[SAL_OUTPUT_GRAPH].id, ==, "output");

  const SalParam *sign = sal_param_find (sal_appearance_params (), "sign");
  g_autoptr (SalSettings) settings = sal_settings_new ();

  set (settings, sal_appearance_params (), "sign", "negative");
  set (settings, sal_appearance_params (), "blend", "mask");
  set (settings, sal_appearance_params (), "scale", "4");

  SalAppearance appearance = sal_appearance_from_settings (sal_method_find ("gradient"), settings);

  g_assert_cmpstr (sign->choices[0].id, ==, "auto");
  g_assert_cmpint (appearance.heatmap.sign, ==, SAL_SIGN_NEGATIVE);
  g_assert_cmpint (appearance.overlay.blend, ==, SAL_BLEND_MASK);
  g_assert_cmpint (appearance.scale, ==, 4);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/explain/recipe/round-trip", test_round_trip);
  g_test_add_func ("/engine/explain/recipe/layer", test_layer);
  g_test_add_func ("/engine/explain/recipe/target", test_target);
  g_test_add_func ("/engine/explain/recipe/bad", test_bad);
  g_test_add_func ("/engine/explain/recipe/odd", test_odd);
  g_test_add_func ("/engine/explain/appearance/defaults", test_defaults);
  g_test_add_func ("/engine/explain/appearance/choices", test_choices);

  int status = g_test_run ();

  test_scratch_clear ();
  return status;
}
