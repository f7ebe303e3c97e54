#include "tests/engine/oracle.h"

#include "engine/base/json.h"
#include "engine/explain/method.h"
#include "engine/explain/smooth.h"
#include "engine/graph/run.h"
#include "engine/tensor/npy.h"

#include <math.h>
#include <string.h>

SalTensor *
oracle_load (const OracleCase *c, const char *file)
{
  g_autofree char *path = g_build_filename (c->folder, file, NULL);
  g_autoptr (GError) error = NULL;
  SalTensor *array = sal_npy_load (path, &error);

  g_assert_no_error (error);
  return array;
}

static SalTensor *
load_param (const OracleCase *c, const char *key)
{
  const char *file = sal_json_string (c->params, key);

  return file != NULL ? oracle_load (c, file) : NULL;
}

/* What the arrays of the folder are about: for a text model the embedding of its tokens. */
static SalTensor *
load_input (const OracleCase *c)
{
  g_autoptr (GError) error = NULL;

  if (sal_model_tokens (c->model) == SAL_NO_VALUE)
    return oracle_load (c, "input.npy");

  SalTensor *embedding = sal_model_embedding (c->model, &error);

  g_assert_no_error (error);
  return embedding;
}

/* Row @i of an array, as an array of one row. */
static SalTensor *
row (const SalTensor *array, gint64 i)
{
  SalShape shape = *sal_tensor_shape (array);
  gint64 n = sal_tensor_count (array) / shape.dim[0];

  shape.dim[0] = 1;
  return sal_tensor_new_copy (SAL_FLOAT, &shape, sal_tensor_floats (array) + i * n);
}

static void
set (SalSettings *settings, const SalParam *params, const char *key, const char *value)
{
  g_autoptr (GError) error = NULL;
  const SalParam *param = sal_param_find (params, key);

  g_assert_nonnull (param);
  sal_settings_parse (settings, param, value, &error);
  g_assert_no_error (error);
}

static void
set_number (SalSettings *settings, const SalParam *params, const char *key, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  set (settings, params, key, g_ascii_dtostr (text, sizeof text, value));
}

/* The tensor that is explained is the model's class scores, or what the graph makes of them. */
static SalOutputKind
kind_of (const OracleCase *c)
{
  const char *explains = sal_json_string (c->array, "explains");
  int value = sal_graph_find (sal_model_graph (c->model), explains);

  g_assert_cmpint (value, !=, SAL_NO_VALUE);
  if (value == sal_model_logits (c->model))
    return SAL_OUTPUT_LOGIT;
  g_assert_cmpint (value, ==, sal_model_output (c->model));
  return SAL_OUTPUT_GRAPH;
}

static const char *
rule_of (const OracleCase *c)
{
  const char *rule = sal_json_string (c->params, "rule");

  return strcmp (rule, "riemann_right") == 0    ? "right"
         : strcmp (rule, "riemann_middle") == 0 ? "midpoint"
                                                : "gauss-legendre";
}

/* The arrays that methods take by the key of a parameter. */
static GHashTable *
load_arrays (const OracleCase *c)
{
  static const char *const keys[] = { "mask", "baselines", "alphas" };
  GHashTable *arrays =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) sal_tensor_unref);

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++) {
    g_autofree char *param = g_strconcat (keys[i], "_file", NULL);
    SalTensor *array = load_param (c, param);

    if (array != NULL)
      g_hash_table_insert (arrays, (char *) keys[i], array);
  }
  return arrays;
}

static SalAttribution *
explain (const OracleCase *c, const char *method, SalSettings *settings, const SalTensor *input,
         int target)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SalTensor) baseline = load_param (c, "baseline_file");
  g_autoptr (SalTensor) noise = load_param (c, "noise_file");
  g_autoptr (GHashTable) arrays = load_arrays (c);
  SalQuery query = { .model = c->model,
                     .method = sal_method_find (method),
                     .settings = settings,
                     .target = { target, -1, kind_of (c) },
                     .input = (SalTensor *) input,
                     .baseline = baseline,
                     .noise = noise,
                     .arrays = arrays,
                     .threads = 2 };

  g_assert_nonnull (query.method);

  SalAttribution *attribution = sal_explain (&query, NULL, &error);

  g_assert_no_error (error);
  return attribution;
}

static int
target_of (const OracleCase *c, gint64 i)
{
  JsonNode *target = json_object_get_member (c->array, "target");

  if (JSON_NODE_HOLDS_ARRAY (target))
    return (int) json_array_get_int_element (json_node_get_array (target), (guint) i);
  return (int) json_node_get_int (target);
}

/* One attribution for each row of the input that the array is about. */
static SalTensor *
explain_rows (const OracleCase *c, const char *method, SalSettings *settings)
{
  g_autoptr (SalTensor) batch = load_param (c, "input_file");
  g_autoptr (SalTensor) inputs = batch != NULL ? sal_tensor_ref (batch) : load_input (c);
  gint64 n = sal_tensor_shape (inputs)->dim[0];
  SalTensor *out = NULL;

  for (gint64 i = 0; i < n; i++) {
    g_autoptr (SalTensor) input = row (inputs, i);
    g_autoptr (SalAttribution) one = explain (c, method, settings, input, target_of (c, i));
    gint64 size = sal_tensor_count (one->values);

    if (out == NULL) {
      SalShape shape = *sal_tensor_shape (one->values);

      shape.dim[0] *= n;
      out = sal_tensor_new (SAL_FLOAT, &shape);
    }
    memcpy ((float *) sal_tensor_edit (out) + i * size, sal_tensor_floats (one->values),
            (gsize) size * sizeof (float));
  }
  return out;
}

/* A forward pass of all rows at once, up to any tensor. */
static SalTensor *
compute (const OracleCase *c, const char *tensor)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SalTensor) batch = load_param (c, "input_file");
  g_autoptr (SalTensor) inputs =
      batch != NULL ? sal_tensor_ref (batch) : oracle_load (c, "input.npy");
  SalGraph *graph = sal_model_graph (c->model);
  int value = sal_graph_find (graph, tensor);
  SalFeed feed = { sal_graph_input (graph, 0), *sal_tensor_shape (inputs) };
  SalPlanOptions options = { .feeds = &feed, .n_feeds = 1, .outputs = &value, .n_outputs = 1 };

  g_assert_cmpint (value, !=, SAL_NO_VALUE);

  g_autoptr (SalPlan) plan = sal_plan_new (graph, &options, &error);

  g_assert_no_error (error);

  g_autoptr (SalRun) run = sal_run_new (plan);

  memcpy (sal_run_feed (run, feed.value), sal_tensor_data (inputs),
          (gsize) sal_tensor_count (inputs) * sal_type_size (sal_tensor_type (inputs)));
  sal_run_forward (run, NULL, &error);
  g_assert_no_error (error);
  return sal_tensor_new_copy (SAL_FLOAT, sal_plan_shape (plan, value), sal_run_value (run, value));
}

static SalTensor *
forward (const OracleCase *c)
{
  return compute (c, sal_json_string (c->array, "explains"));
}

static SalTensor *
layer_activation (const OracleCase *c)
{
  return compute (c, sal_json_string (c->params, "tensor"));
}

static SalTensor *
gradient (const OracleCase *c)
{
  return explain_rows (c, "gradient", NULL);
}

static SalTensor *
layer_gradient (const OracleCase *c)
{
  g_autoptr (SalSettings) settings = sal_settings_new ();

  set (settings, sal_method_find ("gradient")->params, "layer",
       sal_json_string (c->params, "node"));
  return explain_rows (c, "gradient", settings);
}

static SalTensor *
input_x_gradient (const OracleCase *c)
{
  return explain_rows (c, "input-x-gradient", NULL);
}

static SalTensor *
guided_backprop (const OracleCase *c)
{
  return explain_rows (c, "guided-backprop", NULL);
}

static SalTensor *
deconvnet (const OracleCase *c)
{
  return explain_rows (c, "deconvnet", NULL);
}

static SalSettings *
path_settings (const OracleCase *c)
{
  const SalParam *params = sal_method_find ("integrated-gradients")->params;
  SalSettings *settings = sal_settings_new ();

  set_number (settings, params, "steps", (double) sal_json_int (c->params, "steps", 0));
  set (settings, params, "rule", rule_of (c));
  return settings;
}

static SalTensor *
integrated_gradients (const OracleCase *c)
{
  g_autoptr (SalSettings) settings = path_settings (c);

  return explain_rows (c, "integrated-gradients", settings);
}

static SalTensor *
convergence_delta (const OracleCase *c)
{
  g_autoptr (SalSettings) settings = path_settings (c);
  g_autoptr (SalTensor) input = load_input (c);
  g_autoptr (SalAttribution) attribution =
      explain (c, "integrated-gradients", settings, input, target_of (c, 0));
  float delta = (float) (attribution->sum - attribution->difference);

  g_assert_true (attribution->has_completeness);
  return sal_tensor_new_copy (SAL_FLOAT, &SAL_SHAPE (1), &delta);
}

static SalTensor *
smoothed (const OracleCase *c, const char *kind)
{
  const char *over = sal_json_string (c->params, "over");
  gboolean path = g_strcmp0 (over, "integrated_gradients") == 0;
  g_autoptr (SalSettings) settings = path ? path_settings (c) : sal_settings_new ();

  set (settings, sal_smooth_params (), "smooth", kind);
  set_number (settings, sal_smooth_params (), "noise-absolute",
              json_object_get_double_member (c->params, "sigma"));
  set_number (settings, sal_smooth_params (), "samples",
              (double) sal_json_int (c->params, "samples", 0));
  return explain_rows (c,
                       path           ? "integrated-gradients"
                       : over != NULL ? "input-x-gradient"
                                      : "gradient",
                       settings);
}

static SalTensor *
smoothgrad (const OracleCase *c)
{
  return smoothed (c, "smoothgrad");
}

static SalTensor *
smoothgrad_squared (const OracleCase *c)
{
  return smoothed (c, "smoothgrad-squared");
}

static SalTensor *
vargrad (const OracleCase *c)
{
  return smoothed (c, "vargrad");
}

static SalTensor *
grad_cam (const OracleCase *c)
{
  const SalParam *params = sal_method_find ("grad-cam")->params;
  g_autoptr (SalSettings) settings = sal_settings_new ();
  const char *upsample = sal_json_string (c->params, "upsample");

  set (settings, params, "layer", sal_json_string (c->params, "tensor"));
  set (settings, params, "relu", json_object_get_boolean_member (c->params, "relu") ? "on" : "off");
  if (upsample != NULL)
    set (settings, params, "upsample", upsample);
  else
    set (settings, params, "raw-cam", "on");
  return explain_rows (c, "grad-cam", settings);
}

static SalTensor *
guided_grad_cam (const OracleCase *c)
{
  const SalParam *params = sal_method_find ("guided-grad-cam")->params;
  g_autoptr (SalSettings) settings = sal_settings_new ();

  set (settings, params, "layer", sal_json_string (c->params, "node"));
  set (settings, params, "upsample", sal_json_string (c->params, "upsample"));
  return explain_rows (c, "guided-grad-cam", settings);
}

static SalTensor *
deeplift (const OracleCase *c)
{
  return explain_rows (c, "deeplift", NULL);
}

static SalTensor *
lrp_epsilon (const OracleCase *c)
{
  const SalParam *params = sal_method_find ("lrp")->params;
  g_autoptr (SalSettings) settings = sal_settings_new ();

  set (settings, params, "lrp-rule", "epsilon");
  set_number (settings, params, "epsilon", json_object_get_double_member (c->params, "epsilon"));
  return explain_rows (c, "lrp", settings);
}

/* The matrix itself is reported beside the map that is made from it. */
static SalTensor *
rollout (const OracleCase *c, const char *method)
{
  g_autoptr (SalTensor) input = load_input (c);
  g_autoptr (SalAttribution) attribution = explain (c, method, NULL, input, target_of (c, 0));
  SalTensor *matrix = g_hash_table_lookup (attribution->extras, "rollout");

  g_assert_nonnull (matrix);
  return sal_tensor_ref (matrix);
}

static SalTensor *
attention_rollout (const OracleCase *c)
{
  return rollout (c, "attention-rollout");
}

static SalTensor *
gradient_attention_rollout (const OracleCase *c)
{
  return rollout (c, "gradient-attention-rollout");
}

static SalTensor *
attention_gradient (const OracleCase *c)
{
  g_autoptr (SalSettings) settings = sal_settings_new ();

  set (settings, sal_method_find ("gradient")->params, "layer",
       sal_json_string (c->params, "tensor"));
  return explain_rows (c, "gradient", settings);
}

static SalTensor *
occlusion (const OracleCase *c, const char *extra)
{
  const SalParam *params = sal_method_find ("occlusion")->params;
  g_autoptr (SalSettings) settings = sal_settings_new ();
  static const char *const keys[] = { "window", "stride" };
  g_autoptr (SalTensor) input = load_input (c);

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++) {
    JsonArray *size = json_object_get_array_member (c->params, keys[i]);
    g_autofree char *text = g_strdup_printf ("%dx%d", (int) json_array_get_int_element (size, 0),
                                             (int) json_array_get_int_element (size, 1));

    set (settings, params, keys[i], text);
  }

  g_autoptr (SalAttribution) attribution =
      explain (c, "occlusion", settings, input, target_of (c, 0));

  return sal_tensor_ref (extra != NULL ? g_hash_table_lookup (attribution->extras, extra)
                                       : attribution->values);
}

static SalTensor *
occlusion_map (const OracleCase *c)
{
  return occlusion (c, NULL);
}

static SalTensor *
occlusion_windows (const OracleCase *c)
{
  return occlusion (c, "windows");
}

/* One number a group: all places of a group must have it. */
static SalTensor *
grouped (const OracleCase *c, const char *method)
{
  g_autoptr (SalTensor) input = load_input (c);
  g_autoptr (SalTensor) mask = load_param (c, "mask_file");
  g_autoptr (SalAttribution) attribution = explain (c, method, NULL, input, target_of (c, 0));
  const gint64 *group = sal_tensor_ints (mask);
  SalShape shape = SAL_SHAPE (sal_json_int (c->params, "groups", 0));
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
feature_ablation (const OracleCase *c)
{
  return grouped (c, "feature-ablation");
}

static SalTensor *
shapley (const OracleCase *c)
{
  return grouped (c, "shapley");
}

static SalTensor *
gradient_shap (const OracleCase *c)
{
  g_autoptr (SalSettings) settings = sal_settings_new ();

  set_number (settings, sal_method_find ("expected-gradients")->params, "draws",
              (double) sal_json_int (c->params, "samples", 0));
  return explain_rows (c, "expected-gradients", settings);
}

/* How the manifest calls what we can compute. */
static const struct {
  const char *method;
  SalTensor *(*compute) (const OracleCase *c);
} methods[] = {
  { "forward", forward },
  { "layer_activation", layer_activation },
  { "gradient", gradient },
  { "layer_gradient", layer_gradient },
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
  { "attention", layer_activation },
  { "attention_gradient", attention_gradient },
  { "attention_rollout", attention_rollout },
  { "grad_attention_rollout", gradient_attention_rollout },
  { "occlusion", occlusion_map },
  { "occlusion_windows", occlusion_windows },
  { "feature_ablation", feature_ablation },
  { "shapley", shapley },
  { "gradient_shap", gradient_shap },
};

/* A number a token, where the manifest asks for it: over the embedding's length. */
static SalTensor *
reduced (const OracleCase *c, SalTensor *array)
{
  const char *how = sal_json_string (c->params, "reduce");
  SalShape shape = *sal_tensor_shape (array);
  gint64 width = shape.dim[MAX (shape.rank - 1, 0)];

  if (how == NULL)
    return sal_tensor_ref (array);
  shape.rank--;

  SalTensor *out = sal_tensor_new (SAL_FLOAT, &shape);

  for (gint64 t = 0; t < sal_tensor_count (out); t++) {
    double sum = 0;

    for (gint64 d = 0; d < width; d++) {
      double x = sal_tensor_floats (array)[t * width + d];

      sum += strcmp (how, "l2") == 0 ? x * x : x;
    }
    ((float *) sal_tensor_edit (out))[t] = (float) (strcmp (how, "l2") == 0 ? sqrt (sum) : sum);
  }
  return out;
}

SalTensor *
oracle_compute (const OracleCase *c)
{
  const char *method = sal_json_string (c->array, "method");

  for (gsize i = 0; i < G_N_ELEMENTS (methods); i++)
    if (strcmp (methods[i].method, method) == 0) {
      g_autoptr (SalTensor) whole = methods[i].compute (c);

      return reduced (c, whole);
    }
  return NULL;
}
