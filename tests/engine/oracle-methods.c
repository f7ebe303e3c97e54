/* What the manifest's words mean in ours. */
#include "tests/engine/oracle.h"

#include <string.h>

static SalTensor *
forward (const Oracle *o)
{
  return oracle_forward (o, sal_json_string (o->array, "explains"));
}

/* By the method where it applies, which is where a model has layers with a spatial extent. */
static SalTensor *
layer_activation (const Oracle *o)
{
  const SalMethod *method = sal_method_find ("activation");
  const char *tensor = sal_json_string (o->params, "tensor");
  g_autoptr (SalSettings) settings = sal_settings_new ();

  if (method->check (o->model) != NULL)
    return oracle_forward (o, tensor);
  oracle_set (settings, method->params, "layer", tensor);
  return oracle_explain_rows (o, method->id, settings);
}

static SalTensor *
gradient (const Oracle *o)
{
  return oracle_explain_rows (o, "gradient", NULL);
}

static SalTensor *
gradient_of_layer (const Oracle *o, const char *layer)
{
  g_autoptr (SalSettings) settings = sal_settings_new ();

  oracle_set (settings, sal_method_find ("gradient")->params, "layer", layer);
  return oracle_explain_rows (o, "gradient", settings);
}

/* A layer may be called by its node or by its tensor; both must be understood. */
static SalTensor *
layer_gradient (const Oracle *o)
{
  return gradient_of_layer (o, sal_json_string (o->params, "node"));
}

static SalTensor *
attention (const Oracle *o)
{
  return oracle_forward (o, sal_json_string (o->params, "tensor"));
}

static SalTensor *
attention_gradient (const Oracle *o)
{
  return gradient_of_layer (o, sal_json_string (o->params, "tensor"));
}

static SalTensor *
input_x_gradient (const Oracle *o)
{
  return oracle_explain_rows (o, "input-x-gradient", NULL);
}

static SalTensor *
guided_backprop (const Oracle *o)
{
  return oracle_explain_rows (o, "guided-backprop", NULL);
}

static SalTensor *
deconvnet (const Oracle *o)
{
  return oracle_explain_rows (o, "deconvnet", NULL);
}

static const char *
rule_of (const Oracle *o)
{
  const char *rule = sal_json_string (o->params, "rule");

  return strcmp (rule, "riemann_right") == 0    ? "right"
         : strcmp (rule, "riemann_middle") == 0 ? "midpoint"
                                                : "gauss-legendre";
}

static SalSettings *
path_settings (const Oracle *o)
{
  const SalParam *params = sal_method_find ("integrated-gradients")->params;
  SalSettings *settings = sal_settings_new ();

  oracle_set_number (settings, params, "steps", (double) sal_json_int (o->params, "steps", 0));
  oracle_set (settings, params, "rule", rule_of (o));
  return settings;
}

static SalTensor *
integrated_gradients (const Oracle *o)
{
  g_autoptr (SalSettings) settings = path_settings (o);

  return oracle_explain_rows (o, "integrated-gradients", settings);
}

static SalTensor *
convergence_delta (const Oracle *o)
{
  g_autoptr (SalSettings) settings = path_settings (o);
  g_autoptr (SalAttribution) attribution = oracle_explain (o, "integrated-gradients", settings);
  float delta = (float) (attribution->sum - attribution->difference);

  g_assert_true (attribution->has_completeness);
  return sal_tensor_new_copy (SAL_FLOAT, &SAL_SHAPE (1), &delta);
}

static SalTensor *
smoothed (const Oracle *o, const char *kind)
{
  const char *over = sal_json_string (o->params, "over");
  gboolean path = g_strcmp0 (over, "integrated_gradients") == 0;
  g_autoptr (SalSettings) settings = path ? path_settings (o) : sal_settings_new ();

  oracle_set (settings, sal_smooth_params (), "smooth", kind);
  oracle_set_number (settings, sal_smooth_params (), "noise-absolute",
                     json_object_get_double_member (o->params, "sigma"));
  oracle_set_number (settings, sal_smooth_params (), "samples",
                     (double) sal_json_int (o->params, "samples", 0));
  return oracle_explain_rows (o,
                              path           ? "integrated-gradients"
                              : over != NULL ? "input-x-gradient"
                                             : "gradient",
                              settings);
}

static SalTensor *
smoothgrad (const Oracle *o)
{
  return smoothed (o, "smoothgrad");
}

static SalTensor *
smoothgrad_squared (const Oracle *o)
{
  return smoothed (o, "smoothgrad-squared");
}

static SalTensor *
vargrad (const Oracle *o)
{
  return smoothed (o, "vargrad");
}

static SalTensor *
grad_cam (const Oracle *o)
{
  const SalParam *params = sal_method_find ("grad-cam")->params;
  g_autoptr (SalSettings) settings = sal_settings_new ();
  const char *upsample = sal_json_string (o->params, "upsample");

  oracle_set (settings, params, "layer", sal_json_string (o->params, "tensor"));
  oracle_set (settings, params, "relu",
              json_object_get_boolean_member (o->params, "relu") ? "on" : "off");
  if (upsample != NULL)
    oracle_set (settings, params, "upsample", upsample);
  else
    oracle_set (settings, params, "raw-cam", "on");
  return oracle_explain_rows (o, "grad-cam", settings);
}

static SalTensor *
guided_grad_cam (const Oracle *o)
{
  const SalParam *params = sal_method_find ("guided-grad-cam")->params;
  g_autoptr (SalSettings) settings = sal_settings_new ();

  oracle_set (settings, params, "layer", sal_json_string (o->params, "tensor"));
  oracle_set (settings, params, "upsample", sal_json_string (o->params, "upsample"));
  return oracle_explain_rows (o, "guided-grad-cam", settings);
}

static SalTensor *
deeplift (const Oracle *o)
{
  return oracle_explain_rows (o, "deeplift", NULL);
}

static SalTensor *
lrp_epsilon (const Oracle *o)
{
  const SalParam *params = sal_method_find ("lrp")->params;
  g_autoptr (SalSettings) settings = sal_settings_new ();

  oracle_set (settings, params, "lrp-rule", "epsilon");
  oracle_set_number (settings, params, "epsilon",
                     json_object_get_double_member (o->params, "epsilon"));
  return oracle_explain_rows (o, "lrp", settings);
}

/* A method's further result by its name, or with %NULL the attribution itself. */
static SalTensor *
result_of (const Oracle *o, const char *method, SalSettings *settings, const char *extra)
{
  g_autoptr (SalAttribution) attribution = oracle_explain (o, method, settings);
  SalTensor *result =
      extra != NULL ? g_hash_table_lookup (attribution->extras, extra) : attribution->values;

  g_assert_nonnull (result);
  return sal_tensor_ref (result);
}

static SalTensor *
occlusion (const Oracle *o, const char *extra)
{
  static const char *const keys[] = { "window", "stride" };
  g_autoptr (SalSettings) settings = sal_settings_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++) {
    JsonArray *size = json_object_get_array_member (o->params, keys[i]);
    g_autofree char *text = g_strdup_printf ("%dx%d", (int) json_array_get_int_element (size, 0),
                                             (int) json_array_get_int_element (size, 1));

    oracle_set (settings, sal_method_find ("occlusion")->params, keys[i], text);
  }
  return result_of (o, "occlusion", settings, extra);
}

static SalTensor *
occlusion_map (const Oracle *o)
{
  return occlusion (o, NULL);
}

static SalTensor *
occlusion_windows (const Oracle *o)
{
  return occlusion (o, "windows");
}

static SalTensor *
attention_rollout (const Oracle *o)
{
  return result_of (o, "attention-rollout", NULL, "rollout");
}

static SalTensor *
gradient_attention_rollout (const Oracle *o)
{
  return result_of (o, "gradient-attention-rollout", NULL, "rollout");
}

/* One number a group: all places of a group must have it. */
static SalTensor *
grouped (const Oracle *o, const char *method)
{
  g_autoptr (SalTensor) mask = oracle_load_param (o, "mask_file");
  g_autoptr (SalAttribution) attribution = oracle_explain (o, method, NULL);
  const gint64 *group = sal_tensor_ints (mask);
  SalShape shape = SAL_SHAPE (sal_json_int (o->params, "groups", 0));
  SalTensor *out = sal_tensor_new (SAL_FLOAT, &shape);
  float *value = sal_tensor_edit (out);

  g_assert_cmpint (sal_tensor_count (attribution->values), ==, sal_tensor_count (mask));
  for (gint64 i = 0; i < sal_tensor_count (mask); i++)
    value[group[i]] = sal_tensor_floats (attribution->values)[i];
  for (gint64 i = 0; i < sal_tensor_count (mask); i++)
    g_assert_true (value[group[i]] == sal_tensor_floats (attribution->values)[i]);
  return out;
}

static SalTensor *
feature_ablation (const Oracle *o)
{
  return grouped (o, "feature-ablation");
}

static SalTensor *
shapley (const Oracle *o)
{
  return grouped (o, "shapley");
}

static SalTensor *
gradient_shap (const Oracle *o)
{
  g_autoptr (SalSettings) settings = sal_settings_new ();

  oracle_set_number (settings, sal_method_find ("expected-gradients")->params, "draws",
                     (double) sal_json_int (o->params, "samples", 0));
  return oracle_explain_rows (o, "expected-gradients", settings);
}

static const OracleMethod methods[] = {
  { "forward", forward },
  { "layer_activation", layer_activation },
  { "gradient", gradient },
  { "layer_gradient", layer_gradient },
  { "attention", attention },
  { "attention_gradient", attention_gradient },
  { "attention_rollout", attention_rollout },
  { "grad_attention_rollout", gradient_attention_rollout },
  { "input_x_gradient", input_x_gradient },
  { "guided_backprop", guided_backprop },
  { "deconvnet", deconvnet },
  { "integrated_gradients", integrated_gradients },
  { "ig_convergence_delta", convergence_delta },
  { "smoothgrad", smoothgrad },
  { "smoothgrad_squared", smoothgrad_squared },
  { "vargrad", vargrad },
  { "grad_cam", grad_cam },
  { "guided_grad_cam", guided_grad_cam },
  { "deeplift_rescale", deeplift },
  { "lrp_epsilon", lrp_epsilon },
  { "occlusion", occlusion_map },
  { "occlusion_windows", occlusion_windows },
  { "feature_ablation", feature_ablation },
  { "shapley", shapley },
  { "gradient_shap", gradient_shap },
};

const OracleMethod *
oracle_method (const char *method)
{
  for (gsize i = 0; i < G_N_ELEMENTS (methods); i++)
    if (strcmp (methods[i].method, method) == 0)
      return &methods[i];
  return NULL;
}
