/* Every method against results that two other programs agree on: PyTorch's autograd in float64 and
 * an independent evaluation of the same graph, for small networks with random weights. Each folder
 * of the reference data has a manifest that says what its arrays are and how near is near enough.
 */
#include "engine/base/json.h"
#include "engine/explain/smooth.h"
#include "engine/graph/run.h"
#include "engine/tensor/npy.h"
#include "tests/support.h"

#include <math.h>
#include <string.h>

static const char *const folders[] = { "cnn",        "convnext",    "densenet",  "mix",
                                       "mlp",        "mlp_softmax", "mobilenet", "resnet",
                                       "squeezenet", "teaching",    "text",      "vit" };

typedef struct {
  char *folder;
  SalModel *model;
  JsonObject *array; /* of the manifest: what is to be reproduced */
  JsonObject *params;
} Case;

typedef struct {
  int agreed;
  GString *loose;
  GHashTable *uncovered; /* method -> number */
} Tally;

static SalTensor *
load (const Case *c, const char *file)
{
  g_autofree char *path = g_build_filename (c->folder, file, NULL);
  g_autoptr (GError) error = NULL;
  SalTensor *array = sal_npy_load (path, &error);

  g_assert_no_error (error);
  return array;
}

static SalTensor *
load_param (const Case *c, const char *key)
{
  const char *file = sal_json_string (c->params, key);

  return file != NULL ? load (c, file) : NULL;
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
kind_of (const Case *c)
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
rule_of (const Case *c)
{
  const char *rule = sal_json_string (c->params, "rule");

  return strcmp (rule, "riemann_right") == 0    ? "right"
         : strcmp (rule, "riemann_middle") == 0 ? "midpoint"
                                                : "gauss-legendre";
}

/* The arrays that methods take by the key of a parameter. */
static GHashTable *
load_arrays (const Case *c)
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
explain (const Case *c, const char *method, SalSettings *settings, const SalTensor *input,
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
target_of (const Case *c, gint64 i)
{
  JsonNode *target = json_object_get_member (c->array, "target");

  if (JSON_NODE_HOLDS_ARRAY (target))
    return (int) json_array_get_int_element (json_node_get_array (target), (guint) i);
  return (int) json_node_get_int (target);
}

/* One attribution for each row of the input that the array is about. */
static SalTensor *
explain_rows (const Case *c, const char *method, SalSettings *settings)
{
  g_autoptr (SalTensor) batch = load_param (c, "input_file");
  g_autoptr (SalTensor) inputs = batch != NULL ? sal_tensor_ref (batch) : load (c, "input.npy");
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
compute (const Case *c, const char *tensor)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SalTensor) batch = load_param (c, "input_file");
  g_autoptr (SalTensor) inputs = batch != NULL ? sal_tensor_ref (batch) : load (c, "input.npy");
  SalGraph *graph = sal_model_graph (c->model);
  int value = sal_graph_find (graph, tensor);
  SalFeed feed = { sal_model_input (c->model), *sal_tensor_shape (inputs) };
  SalPlanOptions options = { .feeds = &feed, .n_feeds = 1, .outputs = &value, .n_outputs = 1 };

  g_assert_cmpint (value, !=, SAL_NO_VALUE);

  g_autoptr (SalPlan) plan = sal_plan_new (graph, &options, &error);

  g_assert_no_error (error);

  g_autoptr (SalRun) run = sal_run_new (plan);

  memcpy (sal_run_feed (run, feed.value), sal_tensor_floats (inputs),
          (gsize) sal_tensor_count (inputs) * sizeof (float));
  sal_run_forward (run, NULL, &error);
  g_assert_no_error (error);
  return sal_tensor_new_copy (SAL_FLOAT, sal_plan_shape (plan, value), sal_run_value (run, value));
}

static SalTensor *
forward (const Case *c)
{
  return compute (c, sal_json_string (c->array, "explains"));
}

static SalTensor *
layer_activation (const Case *c)
{
  return compute (c, sal_json_string (c->params, "tensor"));
}

static SalTensor *
gradient (const Case *c)
{
  return explain_rows (c, "gradient", NULL);
}

static SalTensor *
layer_gradient (const Case *c)
{
  g_autoptr (SalSettings) settings = sal_settings_new ();

  set (settings, sal_method_find ("gradient")->params, "layer",
       sal_json_string (c->params, "node"));
  return explain_rows (c, "gradient", settings);
}

static SalTensor *
input_x_gradient (const Case *c)
{
  return explain_rows (c, "input-x-gradient", NULL);
}

static SalTensor *
guided_backprop (const Case *c)
{
  return explain_rows (c, "guided-backprop", NULL);
}

static SalTensor *
deconvnet (const Case *c)
{
  return explain_rows (c, "deconvnet", NULL);
}

static SalSettings *
path_settings (const Case *c)
{
  const SalParam *params = sal_method_find ("integrated-gradients")->params;
  SalSettings *settings = sal_settings_new ();

  set_number (settings, params, "steps", (double) sal_json_int (c->params, "steps", 0));
  set (settings, params, "rule", rule_of (c));
  return settings;
}

static SalTensor *
integrated_gradients (const Case *c)
{
  g_autoptr (SalSettings) settings = path_settings (c);

  return explain_rows (c, "integrated-gradients", settings);
}

static SalTensor *
convergence_delta (const Case *c)
{
  g_autoptr (SalSettings) settings = path_settings (c);
  g_autoptr (SalTensor) input = load (c, "input.npy");
  g_autoptr (SalAttribution) attribution =
      explain (c, "integrated-gradients", settings, input, target_of (c, 0));
  float delta = (float) (attribution->sum - attribution->difference);

  g_assert_true (attribution->has_completeness);
  return sal_tensor_new_copy (SAL_FLOAT, &SAL_SHAPE (1), &delta);
}

static SalTensor *
smoothed (const Case *c, const char *kind)
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
smoothgrad (const Case *c)
{
  return smoothed (c, "smoothgrad");
}

static SalTensor *
smoothgrad_squared (const Case *c)
{
  return smoothed (c, "smoothgrad-squared");
}

static SalTensor *
vargrad (const Case *c)
{
  return smoothed (c, "vargrad");
}

static SalTensor *
grad_cam (const Case *c)
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
occlusion (const Case *c, const char *extra)
{
  const SalParam *params = sal_method_find ("occlusion")->params;
  g_autoptr (SalSettings) settings = sal_settings_new ();
  static const char *const keys[] = { "window", "stride" };
  g_autoptr (SalTensor) input = load (c, "input.npy");

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
occlusion_map (const Case *c)
{
  return occlusion (c, NULL);
}

static SalTensor *
occlusion_windows (const Case *c)
{
  return occlusion (c, "windows");
}

/* One number a group: all places of a group must have it. */
static SalTensor *
grouped (const Case *c, const char *method)
{
  g_autoptr (SalTensor) input = load (c, "input.npy");
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
feature_ablation (const Case *c)
{
  return grouped (c, "feature-ablation");
}

static SalTensor *
shapley (const Case *c)
{
  return grouped (c, "shapley");
}

static SalTensor *
gradient_shap (const Case *c)
{
  g_autoptr (SalSettings) settings = sal_settings_new ();

  set_number (settings, sal_method_find ("expected-gradients")->params, "draws",
              (double) sal_json_int (c->params, "samples", 0));
  return explain_rows (c, "expected-gradients", settings);
}

/* How the manifest calls what we can compute. */
static const struct {
  const char *method;
  SalTensor *(*compute) (const Case *c);
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
  { "occlusion", occlusion_map },
  { "occlusion_windows", occlusion_windows },
  { "feature_ablation", feature_ablation },
  { "shapley", shapley },
  { "gradient_shap", gradient_shap },
};

/* Where the reference is about zero, a relative error says nothing and the manifest gives none:
 * then every element has a bound. */
static gboolean
near (const Case *c, const SalTensor *got, const SalTensor *want, double *error, gboolean *loose)
{
  const float *x = sal_tensor_floats (got), *y = sal_tensor_floats (want);
  double difference = 0, size = 0, excess = -INFINITY;
  double rtol = json_object_get_double_member (c->array, "rtol");
  double atol = json_object_get_double_member (c->array, "atol");

  for (gint64 i = 0; i < sal_tensor_count (want); i++) {
    double d = (double) x[i] - (double) y[i];

    difference += d * d;
    size += (double) y[i] * (double) y[i];
    excess = isfinite (d) ? MAX (excess, fabs (d) - atol - rtol * fabs ((double) y[i])) : INFINITY;
  }
  *loose = FALSE;
  *error = sqrt (difference / MAX (size, 1e-300));
  if (json_object_get_null_member (c->array, "rel_l2"))
    return excess <= 0;
  if (*error <= json_object_get_double_member (c->array, "rel_l2"))
    return TRUE;
  *loose = TRUE;
  return *error <= json_object_get_double_member (c->array, "loose_rel_l2");
}

/* Leading axes of length 1 make no difference: a map is [H,W] in the manifest, 1×1×H×W here. */
static SalShape
squeezed (const SalTensor *array)
{
  SalShape shape = *sal_tensor_shape (array);

  while (shape.rank > 1 && shape.dim[0] == 1) {
    shape.rank--;
    memmove (shape.dim, shape.dim + 1, (gsize) shape.rank * sizeof shape.dim[0]);
  }
  return shape;
}

static void
check_array (Case *c, const char *model_file, Tally *tally)
{
  const char *method = sal_json_string (c->array, "method");
  const char *file = sal_json_string (c->array, "file");
  SalTensor *(*compute_array) (const Case *) = NULL;
  gboolean loose = FALSE;
  double error = NAN;

  c->params = sal_json_object (c->array, "params");
  if (strcmp (method, "data") == 0)
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (methods); i++)
    if (strcmp (methods[i].method, method) == 0 && !json_object_has_member (c->params, "reduce"))
      compute_array = methods[i].compute;
  if (compute_array == NULL) {
    int n = GPOINTER_TO_INT (g_hash_table_lookup (tally->uncovered, method));

    g_hash_table_insert (tally->uncovered, (gpointer) method, GINT_TO_POINTER (n + 1));
    return;
  }

  g_autoptr (SalTensor) got = compute_array (c);
  g_autoptr (SalTensor) want = load (c, file);

  SalShape got_shape = squeezed (got), want_shape = squeezed (want);

  if (!sal_shape_equal (&got_shape, &want_shape)) {
    g_autofree char *got_text = sal_shape_to_string (sal_tensor_shape (got));
    g_autofree char *want_text = sal_shape_to_string (sal_tensor_shape (want));

    g_test_message ("%s, %s: is %s, must be %s", model_file, file, got_text, want_text);
    g_test_fail ();
  } else if (!near (c, got, want, &error, &loose)) {
    g_test_message ("%s, %s: relative error %.3g", model_file, file, error);
    g_test_fail ();
  } else {
    tally->agreed++;
    if (loose)
      g_string_append_printf (tally->loose, " %s (%.2g)", file, error);
  }
}

/* Returns: the manifest, or %NULL if the test is to be skipped */
static JsonObject *
read_manifest (const char *folder)
{
  g_autofree char *path = g_build_filename (folder, "manifest.json", NULL);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);

  JsonObject *manifest = sal_json_parse (text, -1, path, &error);

  g_assert_no_error (error);
  return manifest;
}

static void
check_model (const char *folder, JsonObject *manifest, const char *file)
{
  g_autofree char *path = g_build_filename (folder, file, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (SalModel) model = sal_model_open (path, &error);
  g_autoptr (GHashTable) uncovered = g_hash_table_new (g_str_hash, g_str_equal);
  Case c = { .folder = (char *) folder, .model = model };
  Tally tally = { 0, g_string_new (NULL), uncovered };
  JsonArray *arrays = json_object_get_array_member (manifest, "arrays");
  GHashTableIter iter;
  gpointer method, n;

  if (model == NULL) {
    g_test_skip (error->message);
    g_string_free (tally.loose, TRUE);
    return;
  }
  for (guint i = 0; i < json_array_get_length (arrays); i++) {
    c.array = json_array_get_object_element (arrays, i);
    check_array (&c, file, &tally);
  }
  g_test_message ("%s: %d arrays agree", file, tally.agreed);
  g_assert_cmpint (tally.agreed, >, 0);
  if (tally.loose->len > 0)
    g_test_message ("%s: within the loose bound alone:%s", file, tally.loose->str);
  g_hash_table_iter_init (&iter, uncovered);
  while (g_hash_table_iter_next (&iter, &method, &n))
    g_test_message ("%s: not covered: %s, %d arrays", file, (const char *) method,
                    GPOINTER_TO_INT (n));
  g_string_free (tally.loose, TRUE);
}

static void
test_folder (gconstpointer name)
{
  static const char *const files[] = { "file", "file_folded", "file_pad" };
  g_autofree char *relative = g_build_filename ("oracles", name, NULL);
  g_autofree char *folder = test_reference (relative);

  if (folder == NULL)
    return;

  g_autoptr (JsonObject) manifest = read_manifest (folder);

  for (gsize i = 0; i < G_N_ELEMENTS (files); i++)
    if (sal_json_string (manifest, files[i]) != NULL)
      check_model (folder, manifest, sal_json_string (manifest, files[i]));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (folders); i++) {
    g_autofree char *path = g_strconcat ("/engine/oracles/", folders[i], NULL);

    g_test_add_data_func (path, folders[i], test_folder);
  }
  return g_test_run ();
}
