/* Reading ONNX files: what comes out of good ones, and the one clear error of each bad one. The
 * files are in tests/data/onnx, with the script that wrote them. */
#include "engine/base/error.h"
#include "engine/graph/run.h"
#include "engine/onnx/advice.h"
#include "engine/onnx/reader.h"
#include "tests/support.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char *
model_path (const char *name)
{
  g_autofree char *file = g_build_filename ("onnx", name, NULL);

  return test_data (file);
}

static SalGraph *
read_model (const char *name, SalOnnxInfo *info)
{
  g_autofree char *path = model_path (name);
  g_autoptr (GError) error = NULL;
  SalGraph *graph = sal_onnx_read (path, info, &error);

  g_assert_no_error (error);
  g_assert_nonnull (graph);
  return graph;
}

static SalTensor *
constant (SalGraph *graph, const char *name)
{
  int value = sal_graph_find (graph, name);

  g_assert_cmpint (value, !=, SAL_NO_VALUE);
  g_assert_nonnull (sal_graph_get_value (graph, value)->constant);
  return sal_graph_get_value (graph, value)->constant;
}

/* The output of a graph with one input of four floats. */
static void
compute (SalGraph *graph, const float x[4], float y[4])
{
  SalFeed feed = { sal_graph_input (graph, 0), SAL_SHAPE (1, 4) };
  feed.shape = sal_graph_get_value (graph, feed.value)->shape;
  int output = sal_graph_output (graph, 0);
  const SalPlanOptions options = {
    .feeds = &feed, .n_feeds = 1, .outputs = &output, .n_outputs = 1
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (SalPlan) plan = sal_plan_new (graph, &options, &error);

  g_assert_no_error (error);
  g_autoptr (SalRun) run = sal_run_new (plan);
  memcpy (sal_run_feed (run, feed.value), x, 4 * sizeof (float));
  g_assert_true (sal_run_forward (run, NULL, &error));
  memcpy (y, sal_run_value (run, output), 4 * sizeof (float));
}

static void
assert_floats (const float *found, const double *expected, int n)
{
  for (int i = 0; i < n; i++)
    if (isinf (expected[i]))
      g_assert_true (isinf (found[i]));
    else
      g_assert_cmpfloat (found[i], ==, (float) expected[i]);
}

static void
test_element_types (gconstpointer file)
{
  static const struct {
    const char *name;
    double values[4];
  } floats[] = {
    { "float", { 0, -1.5, 65504, 0x1p-24 } },
    { "double", { 0, -1.5, 0.1, INFINITY } },
    { "float16", { 0, -1.5, 65504, 0x1p-24 } },
    { "bfloat16", { 0, -1.5, 65536, 0x1p-120 } },
  };
  static const struct {
    const char *name;
    gint64 values[4];
  } ints[] = {
    { "uint8", { 0, 1, 128, 255 } },
    { "int8", { 0, 1, -128, -1 } },
    { "uint16", { 0, 1, 32768, 65535 } },
    { "int16", { 0, 1, -32768, -1 } },
    { "uint32", { 0, 1, 2147483648, 4294967295 } },
    { "int32", { 0, 1, G_MININT32, -1 } },
    { "uint64", { 0, 1, 4294967296, G_MAXINT64 } },
    { "int64", { 0, 1, G_MININT64, -1 } },
    { "bool", { 0, 1, 1, 0 } },
    { "uint4", { 0, 1, 8, 15 } },
    { "int4", { 0, 1, -8, -1 } },
  };
  g_autoptr (SalGraph) graph = read_model (file, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (floats); i++) {
    SalTensor *tensor = constant (graph, floats[i].name);
    g_assert_true (sal_shape_equal (sal_tensor_shape (tensor), &SAL_SHAPE (2, 2)));
    assert_floats (sal_tensor_floats (tensor), floats[i].values, 4);
  }
  for (gsize i = 0; i < G_N_ELEMENTS (ints); i++) {
    SalTensor *tensor = constant (graph, ints[i].name);
    g_assert_true (sal_shape_equal (sal_tensor_shape (tensor), &SAL_SHAPE (2, 2)));
    for (int j = 0; j < 4; j++)
      g_assert_cmpint (sal_tensor_ints (tensor)[j], ==, ints[i].values[j]);
  }
}

/* All 65536 patterns of float16 against their definition. */
static void
test_float16 (void)
{
  g_autoptr (SalTensor) tensor = NULL;
  g_autoptr (GByteArray) file = g_byte_array_new ();
  g_autofree char *path = test_scratch ("half.pb");
  /* dims: 65536, data_type: FLOAT16, raw_data of 131072 bytes follows */
  static const guint8 head[] = { 0x08, 0x80, 0x80, 0x04, 0x10, 10, 0x4a, 0x80, 0x80, 0x08 };
  g_autoptr (GError) error = NULL;

  g_byte_array_append (file, head, sizeof head);
  for (guint i = 0; i < 65536; i++) {
    guint16 half = GUINT16_TO_LE (i);
    g_byte_array_append (file, (guint8 *) &half, 2);
  }
  g_assert_true (g_file_set_contents (path, (char *) file->data, file->len, NULL));
  tensor = sal_onnx_read_tensor (path, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < 65536; i++) {
    int exponent = i >> 10 & 31, fraction = i & 1023;
    double magnitude =
        exponent == 0 ? ldexp (fraction, -24) : ldexp (1024 + fraction, exponent - 25);
    float found = sal_tensor_floats (tensor)[i];

    g_assert_cmpint (signbit (found) != 0, ==, i >> 15);
    if (exponent < 31)
      g_assert_cmpfloat (fabsf (found), ==, magnitude);
    else if (fraction == 0)
      g_assert_true (isinf (found));
    else
      g_assert_true (isnan (found));
  }
  g_assert_cmpint (test_scratch_clear (), ==, 1);
}

static void
test_odd_shapes (void)
{
  g_autoptr (SalGraph) graph = read_model ("types-raw.onnx", NULL);

  g_assert_cmpint (sal_tensor_shape (constant (graph, "scalar"))->rank, ==, 0);
  g_assert_cmpfloat (sal_tensor_floats (constant (graph, "scalar"))[0], ==, 3);
  g_assert_cmpint (sal_tensor_count (constant (graph, "empty")), ==, 0);
}

static void
test_info (void)
{
  g_auto (SalOnnxInfo) info = { 0 };
  g_autoptr (SalGraph) graph = read_model ("types-raw.onnx", &info);

  g_assert_cmpint (info.opset, ==, 13);
  g_assert_cmpint (info.ir_version, ==, 8);
  g_assert_cmpstr (info.producer, ==, "make-models");
  g_assert_cmpstr (info.producer_version, ==, "1");
  g_assert_cmpstr (info.graph_name, ==, "g");
  g_assert_cmpstr (info.doc, ==, "a test");
  g_assert_cmpstr (g_hash_table_lookup (info.metadata, "classes"), ==, "cat,dog");
  g_assert_null (info.unsupported);
}

static void
test_shapes (void)
{
  g_autoptr (SalGraph) graph = read_model ("shapes.onnx", NULL);
  const SalValue *x = sal_graph_get_value (graph, sal_graph_find (graph, "x"));
  const SalValue *y = sal_graph_get_value (graph, sal_graph_find (graph, "y"));

  g_assert_cmpint (sal_graph_n_inputs (graph), ==, 1);
  g_assert_true (x->declared && x->type == SAL_FLOAT);
  g_assert_true (sal_shape_equal (&x->shape, &SAL_SHAPE (-1, 3, -1, 8)));
  g_assert_cmpstr (x->symbols[0], ==, "N");
  g_assert_null (x->symbols[1]);
  g_assert_null (x->symbols[2]);
  /* What is said of the output counts, not a contradicting note on the same value. */
  g_assert_true (sal_shape_equal (&y->shape, &x->shape));
  g_assert_cmpint (sal_graph_find (graph, "nowhere"), ==, SAL_NO_VALUE);
}

static void
test_weights_as_inputs (gconstpointer file)
{
  static const float x[4] = { 1, 2, 3, 4 };
  float y[4];
  g_autoptr (SalGraph) graph = read_model (file, NULL);

  g_assert_cmpint (sal_graph_n_inputs (graph), ==, 1);
  g_assert_cmpint (sal_graph_input (graph, 0), ==, sal_graph_find (graph, "x"));
  g_assert_cmpint (sal_graph_parameters (graph), ==, 4);
  compute (graph, x, y);
  assert_floats (y, (const double[]){ 2, 3, 4, 5 }, 4);
}

static void
test_unordered (void)
{
  g_autoptr (SalGraph) graph = read_model ("unordered.onnx", NULL);

  g_assert_cmpstr (sal_graph_node (graph, 0)->name, ==, "Relu_a");
  g_assert_cmpstr (sal_graph_node (graph, 1)->name, ==, "Relu_y");
}

static void
test_pass_through (void)
{
  g_autoptr (SalGraph) graph = read_model ("pass-through.onnx", NULL);

  g_assert_cmpint (sal_graph_n_nodes (graph), ==, 0);
  g_assert_cmpint (sal_graph_output (graph, 0), ==, sal_graph_input (graph, 0));
}

static void
test_names (void)
{
  g_autoptr (SalGraph) graph = read_model ("names.onnx", NULL);
  const char *const names[] = { "Relu_a", "twin", "twin_2", "clip" };

  for (int i = 0; i < 4; i++)
    g_assert_cmpstr (sal_graph_node (graph, i)->name, ==, names[i]);
  g_assert_cmpstr (sal_graph_node (graph, 3)->op_type, ==, "Clip");
  g_assert_cmpint (sal_graph_node (graph, 3)->x[1], ==, SAL_NO_VALUE);
  g_assert_cmpint (sal_graph_node (graph, 3)->x[2], ==, sal_graph_find (graph, "six"));
}

static void
test_constants (void)
{
  g_autoptr (SalGraph) graph = read_model ("constants.onnx", NULL);

  g_assert_cmpint (sal_graph_n_nodes (graph), ==, 1);
  g_assert_cmpint (sal_tensor_ints (constant (graph, "t"))[1], ==, 4);
  g_assert_cmpfloat (sal_tensor_floats (constant (graph, "f"))[0], ==, 1.5);
  g_assert_cmpint (sal_tensor_shape (constant (graph, "f"))->rank, ==, 0);
  assert_floats (sal_tensor_floats (constant (graph, "fs")), (const double[]){ 1.5, 2.5 }, 2);
  g_assert_cmpint (sal_tensor_ints (constant (graph, "i"))[0], ==, -7);
  g_assert_cmpint (sal_tensor_ints (constant (graph, "is"))[1], ==, 6);
  g_assert_cmpint (sal_tensor_shape (constant (graph, "is"))->rank, ==, 1);
}

static void
test_attributes (void)
{
  g_autoptr (SalGraph) graph = read_model ("attributes.onnx", NULL);
  const SalNode *node = sal_graph_node (graph, 0);
  gsize n;

  g_assert_cmpfloat (sal_node_float (node, "alpha", 0), ==, 0.25);
  g_assert_cmpint (sal_node_int (node, "i", 0), ==, -3);
  g_assert_cmpint (sal_node_int (node, "untyped", 0), ==, 5);
  g_assert_cmpstr (sal_node_string (node, "s", NULL), ==, "text");
  g_assert_cmpfloat (sal_node_floats (node, "floats", &n)[1], ==, 2);
  g_assert_cmpint (n, ==, 2);
  g_assert_cmpint (sal_node_ints (node, "ints", &n)[1], ==, -2);
  g_assert_cmpint (n, ==, 3);
  g_assert_cmpstr (sal_node_strings (node, "strings", &n)[1], ==, "b");
  g_assert_cmpint (n, ==, 2);
  g_assert_true (sal_node_has (node, "empty"));
  assert_floats (sal_tensor_floats (sal_node_tensor (node, "t")), (const double[]){ 7, 8 }, 2);
}

static void
test_external (gconstpointer file)
{
  g_autoptr (SalGraph) graph = read_model (file, NULL);

  assert_floats (sal_tensor_floats (constant (graph, "w")), (const double[]){ 1, 2, 3, 4 }, 4);
}

/* A link beside the model is followed within its folder and not out of it. */
static void
test_external_links (void)
{
  static const float weights[4] = { 1, 2, 3, 4 };
  g_autofree char *from = model_path ("external/link.onnx"), *model = test_scratch ("link.onnx");
  g_autofree char *link = test_scratch ("link.bin"), *file = test_scratch ("file.bin");
  g_autofree char *data = NULL, *outside = model_path ("outside.bin");
  gsize size;
  g_autoptr (GFile) link_file = g_file_new_for_path (link);
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_get_contents (from, &data, &size, NULL));
  g_assert_true (g_file_set_contents (model, data, size, NULL));
  g_assert_true (g_file_set_contents (file, (const char *) weights, sizeof weights, NULL));
  g_assert_true (g_file_make_symbolic_link (link_file, "file.bin", NULL, NULL));
  SalGraph *graph = sal_onnx_read (model, NULL, &error);
  g_assert_no_error (error);
  sal_graph_unref (graph);

  g_assert_true (g_file_delete (link_file, NULL, NULL));
  g_assert_true (g_file_make_symbolic_link (link_file, outside, NULL, NULL));
  g_assert_null (sal_onnx_read (model, NULL, &error));
  g_assert_error (error, SAL_ERROR, SAL_ERROR_FORMAT);
  g_assert_cmpstr (error->message, ==,
                   "\"link.onnx\": weight \"w\": its file \"link.bin\" is outside the model's "
                   "folder");
  g_clear_error (&error);

  /* A pipe must not be waited for. */
  g_assert_true (g_file_delete (link_file, NULL, NULL));
  g_assert_cmpint (mkfifo (link, 0600), ==, 0);
  g_assert_null (sal_onnx_read (model, NULL, &error));
  g_assert_error (error, SAL_ERROR, SAL_ERROR_FORMAT);
  g_assert_nonnull (strstr (error->message, "no regular file"));
  g_clear_error (&error);
  g_assert_null (sal_onnx_read (link, NULL, &error));
  g_assert_error (error, SAL_ERROR, SAL_ERROR_FORMAT);
  g_assert_cmpint (test_scratch_clear (), ==, 3);
}

/* A model that came from no folder has no files beside it. */
static void
test_external_without_folder (void)
{
  g_autofree char *path = model_path ("external/good.onnx"), *data = NULL;
  gsize size;
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_get_contents (path, &data, &size, NULL));
  g_autoptr (GBytes) bytes = g_bytes_new_take (g_steal_pointer (&data), size);
  g_assert_null (sal_onnx_read_bytes (bytes, NULL, "some bytes", NULL, &error));
  g_assert_error (error, SAL_ERROR, SAL_ERROR_FORMAT);
  g_assert_nonnull (strstr (error->message, "no folder"));
}

/* Scale: · gain; LeakyRelu: slope. First call: gain 2, slope 0.25; second: gain 3, slope 0.5 by
 * default; then the input is added, which each call also hands through. */
static void
test_functions (void)
{
  static const float x[4] = { 1, -1, 2, -4 };
  float y[4];
  g_autoptr (SalGraph) graph = read_model ("function.onnx", NULL);

  compute (graph, x, y);
  assert_floats (y, (const double[]){ 7, -1.75, 14, -7 }, 4);
  g_assert_cmpint (sal_graph_find_node (graph, "one/leaky"), >=, 0);
  g_assert_cmpint (sal_graph_find_node (graph, "two/leaky"), >=, 0);
  g_assert_cmpint (sal_graph_find_node (graph, "two/scale/Mul_b"), >=, 0);
  /* Results keep the caller's names. */
  int a = sal_graph_find (graph, "a");
  const SalNode *producer = sal_graph_node (graph, sal_graph_get_value (graph, a)->producer);
  g_assert_cmpstr (producer->name, ==, "one/leaky");
}

/* relu (x + 1) · 1, through branches that shadow, capture and nest. */
static void
test_branches (void)
{
  static const float x[4] = { 1, -3, 2, 0 };
  float y[4];
  g_autoptr (SalGraph) graph = read_model ("if.onnx", NULL);

  compute (graph, x, y);
  assert_floats (y, (const double[]){ 2, 0, 3, 1 }, 4);
  g_assert_cmpint (sal_graph_find_node (graph, "first/add"), >=, 0);
  g_assert_cmpint (sal_graph_find_node (graph, "second/again/Mul_y"), >=, 0);
}

static void
test_unsupported (void)
{
  g_autofree char *path = model_path ("unsupported.onnx");
  g_auto (SalOnnxInfo) info = { 0 };
  g_autoptr (GError) error = NULL;
  const char *const nodes[] = { "Wobble \"first\"", "com.microsoft::Gelu \"second\"",
                                "ai.onnx.ml::TreeEnsembleClassifier \"third\"",
                                "Wobble \"Wobble_y\"" };

  g_assert_null (sal_onnx_read (path, &info, &error));
  g_assert_error (error, SAL_ERROR, SAL_ERROR_UNSUPPORTED);
  g_assert_cmpint (info.unsupported->len, ==, G_N_ELEMENTS (nodes));
  for (gsize i = 0; i < G_N_ELEMENTS (nodes); i++)
    g_assert_cmpstr (info.unsupported->pdata[i], ==, nodes[i]);
  g_assert_nonnull (strstr (error->message, "com.microsoft::Gelu"));
  g_assert_nonnull (strstr (error->message, "Wobble_y"));
  g_assert_cmpstr (info.producer, ==, "make-models");
}

/* Another kind of model than those this program is for: what applies to it is said, in one line. */
static void
assert_advised (const char *name, const char *operator, const char *advice)
{
  g_autofree char *path = model_path (name);
  g_autoptr (GError) error = NULL;

  g_assert_null (sal_onnx_read (path, NULL, &error));
  g_assert_error (error, SAL_ERROR, SAL_ERROR_UNSUPPORTED);
  g_assert_nonnull (strstr (error->message, operator));
  g_assert_nonnull (strstr (error->message, advice));
  g_assert_null (strchr (error->message, '\n'));
}

static void
test_advice (void)
{
  assert_advised ("forest.onnx", "TreeEnsembleClassifier", "has no gradient");
  assert_advised ("forest.onnx", "TreeEnsembleClassifier", "Occlusion, Feature Ablation");
  assert_advised ("linear.onnx", "LinearClassifier", "Gemm and Softmax");
  g_assert_null (sal_onnx_advice ((const char *const[]){ "Wobble", "com.microsoft::Gelu" }, 2));
  g_assert_null (sal_onnx_advice (NULL, 0));
  /* Trees are what decides, wherever they stand. */
  g_assert_nonnull (strstr (
      sal_onnx_advice (
          (const char *const[]){ "ai.onnx.ml::Scaler", "ai.onnx.ml::TreeEnsembleRegressor" }, 2),
      "gradient"));
  g_assert_nonnull (
      strstr (sal_onnx_advice ((const char *const[]){ "ai.onnx.ml::ZipMap" }, 1), "LIME"));
}

/* x · (1, 3 on the rows), + (0, -6 on the columns), PRelu with slopes 1, 3 for the channels, which
 * are the columns; + x. */
static void
test_older_opset (void)
{
  static const float x[4] = { 1, 2, 3, 1 };
  float y[4];
  g_autoptr (SalGraph) graph = read_model ("older.onnx", NULL);

  compute (graph, x, y);
  assert_floats (y, (const double[]){ 2, -10, 12, -8 }, 4);
}

static void
test_zero_points (void)
{
  static const float low[4] = { -1000, -1000, -1000, -1e6 }, high[4] = { 1000, 1000, 1000, 1e6 };
  float y[4];
  g_autoptr (SalGraph) graph = read_model ("zero-points.onnx", NULL);

  compute (graph, low, y);
  assert_floats (y, (const double[]){ -128, 0, -128, -32768 }, 4);
  compute (graph, high, y);
  assert_floats (y, (const double[]){ 127, 255, 127, 32767 }, 4);
}

/* x · [[1, -1], [2, 0.375]] for x = (2, -1), on a grid of 0.25, then on the finer one of 3 / 255
 * that x itself sets; the gradient passes both as if nothing were rounded. */
static void
test_quantized (void)
{
  g_autoptr (SalGraph) graph = read_model ("quantized.onnx", NULL);
  SalFeed feed = { sal_graph_input (graph, 0), SAL_SHAPE (1, 2) };
  int output = sal_graph_output (graph, 0);
  const SalPlanOptions options = { .feeds = &feed,
                                   .n_feeds = 1,
                                   .outputs = &output,
                                   .n_outputs = 1,
                                   .gradients = &feed.value,
                                   .n_gradients = 1 };
  g_autoptr (GError) error = NULL;
  g_autoptr (SalPlan) plan = sal_plan_new (graph, &options, &error);

  g_assert_no_error (error);
  g_autoptr (SalRun) run = sal_run_new (plan);
  memcpy (sal_run_feed (run, feed.value), (const float[]){ 2, -1 }, 2 * sizeof (float));
  g_assert_true (sal_run_forward (run, NULL, NULL));
  const float *y = sal_run_value (run, output);
  g_assert_cmpfloat (y[0], ==, 0);
  g_assert_cmpfloat (y[1], ==, -2.5);
  g_assert_cmpfloat_with_epsilon (y[2], 0, 0.03);
  g_assert_cmpfloat_with_epsilon (y[3], -2.375, 0.03);
  memcpy (sal_run_seed (run, output), (const float[]){ 1, 0, 0, 1 }, 4 * sizeof (float));
  g_assert_true (sal_run_backward (run, NULL, NULL));
  g_assert_cmpfloat_with_epsilon (sal_run_gradient (run, feed.value)[0], 1 - 1, 1e-6);
  g_assert_cmpfloat_with_epsilon (sal_run_gradient (run, feed.value)[1], 2 + 0.375, 1e-6);
}

/* Operators that are known keep their newest meaning; the number tells that it was a guess. */
static void
test_newer_opset (void)
{
  g_auto (SalOnnxInfo) info = { 0 };
  g_autoptr (SalGraph) graph = read_model ("opset-99.onnx", &info);

  g_assert_cmpint (info.opset, ==, 99);
  g_assert_cmpint (info.opset, >, SAL_ONNX_NEWEST_OPSET);
}

typedef struct {
  const char *file;
  int code;
  const char *says[3];
} BadFile;

/* What the message must name, besides the file. */
static const BadFile bad_files[] = {
  { "external/passwd.onnx", SAL_ERROR_FORMAT, { "\"w\"", "etc/passwd\" is outside" } },
  { "external/absolute.onnx", SAL_ERROR_FORMAT, { "\"w\"", "\"/etc/passwd\" is outside" } },
  { "external/beside.onnx", SAL_ERROR_FORMAT, { "\"w\"", "\"../outside.bin\" is outside" } },
  { "external/folder.onnx", SAL_ERROR_FORMAT, { "\"w\"", "\"sub\"", "no regular file" } },
  { "external/missing.onnx", SAL_ERROR_FORMAT, { "\"w\"", "\"none.bin\" cannot be opened" } },
  { "external/nameless.onnx", SAL_ERROR_FORMAT, { "\"w\"", "not named" } },
  { "external/short.onnx", SAL_ERROR_FORMAT, { "\"w\"", "16 bytes", "has 12" } },
  { "external/beyond.onnx", SAL_ERROR_FORMAT, { "\"w\"", "byte 24", "has 20" } },
  { "external/far.onnx", SAL_ERROR_FORMAT, { "\"w\"", "4611686018427387920" } },
  { "external/number.onnx", SAL_ERROR_FORMAT, { "\"w\"", "\"-4\"" } },
  { "function-recursive.onnx", SAL_ERROR_FORMAT, { "without end" } },
  { "function-bomb.onnx", SAL_ERROR_MEMORY, { "64 MiB" } },
  { "function-twice.onnx", SAL_ERROR_FORMAT, { "my::F", "twice" } },
  { "function-empty.onnx", SAL_ERROR_FORMAT, { "\"F\"", "\"b\"" } },
  { "function-undefined.onnx", SAL_ERROR_FORMAT, { "\"inside\"", "\"x\"" } },
  { "function-misfit.onnx", SAL_ERROR_FORMAT, { "\"f\"", "2 inputs" } },
  { "if-data.onnx", SAL_ERROR_UNSUPPORTED, { "If", "\"depends\"" } },
  { "if-no-branch.onnx", SAL_ERROR_FORMAT, { "\"half\"", "then_branch" } },
  { "if-outputs.onnx", SAL_ERROR_FORMAT, { "\"wide\"", "2 outputs" } },
  { "older-unknown.onnx", SAL_ERROR_UNSUPPORTED, { "Upsample of operator set 6", "\"up\"" } },
  { "opset-negative.onnx", SAL_ERROR_UNSUPPORTED, { "version -6", "1 to 21" } },
  { "opset-none.onnx", SAL_ERROR_FORMAT, { "\"relu\"", "version" } },
  { "string-weight.onnx", SAL_ERROR_UNSUPPORTED, { "weight \"w\"", "string" } },
  { "complex-weight.onnx", SAL_ERROR_UNSUPPORTED, { "weight \"w\"", "complex64" } },
  { "float8-weight.onnx", SAL_ERROR_UNSUPPORTED, { "weight \"w\"", "float8e4m3fn" } },
  { "unknown-weight.onnx", SAL_ERROR_UNSUPPORTED, { "weight \"w\"", "type 77," } },
  { "sparse-weight.onnx", SAL_ERROR_UNSUPPORTED, { "weight \"thin\"", "sparse" } },
  { "rank-9-weight.onnx", SAL_ERROR_UNSUPPORTED, { "weight \"w\"", "9 axes" } },
  { "string-input.onnx", SAL_ERROR_UNSUPPORTED, { "input \"x\"", "string" } },
  { "sequence-input.onnx", SAL_ERROR_UNSUPPORTED, { "input \"x\"", "no tensor" } },
  { "open-input.onnx", SAL_ERROR_UNSUPPORTED, { "input \"x\"", "no declared shape" } },
  { "rank-9-input.onnx", SAL_ERROR_UNSUPPORTED, { "input \"x\"", "9 axes" } },
  { "string-constant.onnx", SAL_ERROR_UNSUPPORTED, { "\"words\"", "text" } },
  { "huge-weight.onnx", SAL_ERROR_FORMAT, { "weight \"w\"", "4398046511104 bytes", "has 16" } },
  { "overflow-weight.onnx", SAL_ERROR_FORMAT, { "weight \"w\"", "8589934592" } },
  { "negative-weight.onnx", SAL_ERROR_FORMAT, { "weight \"w\"", "-2" } },
  { "short-weight.onnx", SAL_ERROR_FORMAT, { "weight \"w\"", "16 bytes", "has 15" } },
  { "long-weight.onnx", SAL_ERROR_FORMAT, { "weight \"w\"", "4 numbers", "has 5" } },
  { "wrong-field.onnx", SAL_ERROR_FORMAT, { "weight \"w\"", "4 numbers", "has 0" } },
  { "big-uint64.onnx", SAL_ERROR_UNSUPPORTED, { "weight \"w\"", "9223372036854775808" } },
  { "big-int8.onnx", SAL_ERROR_FORMAT, { "weight \"w\"", "128", "int8" } },
  { "nameless-weight.onnx", SAL_ERROR_FORMAT, { "weight", "no name" } },
  { "huge-input.onnx", SAL_ERROR_SHAPE, { "input \"x\"", "1099511627776" } },
  { "cycle.onnx", SAL_ERROR_FORMAT, { "\"first\"", "cycle" } },
  { "self-cycle.onnx", SAL_ERROR_FORMAT, { "\"loop\"", "cycle" } },
  { "twice-node.onnx", SAL_ERROR_FORMAT, { "Relu \"second\"", "\"y\"", "twice" } },
  { "twice-weight.onnx", SAL_ERROR_FORMAT, { "weight \"w\"", "twice" } },
  { "twice-input.onnx", SAL_ERROR_FORMAT, { "input", "\"x\"", "twice" } },
  { "twice-input-node.onnx", SAL_ERROR_FORMAT, { "Relu \"self\"", "\"x\"", "twice" } },
  { "twice-output.onnx", SAL_ERROR_FORMAT, { "output \"y\"", "twice" } },
  { "twice-attribute.onnx", SAL_ERROR_FORMAT, { "\"leaky\"", "\"alpha\"", "twice" } },
  { "missing-value.onnx", SAL_ERROR_FORMAT, { "Add \"add\"", "\"ghost\"" } },
  { "missing-output.onnx", SAL_ERROR_FORMAT, { "output \"ghost\"" } },
  { "no-output.onnx", SAL_ERROR_FORMAT, { "no outputs" } },
  { "no-nodes.onnx", SAL_ERROR_FORMAT, { "output \"y\"" } },
  { "no-operator.onnx", SAL_ERROR_FORMAT, { "\"blank\"", "no operator" } },
  { "no-graph.onnx", SAL_ERROR_FORMAT, { "not an ONNX model" } },
  { "graph-attribute.onnx", SAL_ERROR_UNSUPPORTED, { "\"relu\"", "\"body\"" } },
  { "bad-attribute.onnx", SAL_ERROR_FORMAT, { "Relu \"relu\"", "\"t\"", "20 bytes" } },
};

static void
test_bad_file (gconstpointer data)
{
  const BadFile *bad = data;
  g_autofree char *path = model_path (bad->file), *name = g_path_get_basename (path);
  g_autoptr (GError) error = NULL;

  g_assert_null (sal_onnx_read (path, NULL, &error));
  g_test_message ("%s", error->message);
  g_assert_error (error, SAL_ERROR, bad->code);
  g_assert_nonnull (strstr (error->message, name));
  g_assert_null (strchr (error->message, '\n'));
  for (gsize i = 0; i < G_N_ELEMENTS (bad->says) && bad->says[i] != NULL; i++)
    if (strstr (error->message, bad->says[i]) == NULL)
      g_error ("%s does not say: %s", error->message, bad->says[i]);
}

/* Bytes that are no model at all, each under a name that says otherwise. */
static void
assert_refused (gconstpointer data, gsize size, const char *says)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (GError) error = NULL;

  g_assert_null (sal_onnx_read_bytes (bytes, NULL, "m.onnx", NULL, &error));
  g_test_message ("%s", error->message);
  g_assert_true (g_str_has_prefix (error->message, "\"m.onnx\": "));
  g_assert_error (error, SAL_ERROR, SAL_ERROR_FORMAT);
  if (strstr (error->message, says) == NULL)
    g_error ("%s does not say: %s", error->message, says);
}

static void
test_not_a_model (void)
{
  static const char *const texts[] = {
    "hello",
    "import torch\n",
    "{\"a\": 1}",
    "<html></html>",
    "ir_version: 8\n",
    "\n\n\n",
    "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 17\n",
  };
  static const guint8 png[] = {
    0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', 0, 0, 0, 13, 'I', 'H'
  };
  static const guint8 zip[] = { 'P', 'K', 3, 4, 20, 0, 0, 0, 8, 0, 0, 0, 0, 0 };
  guint8 noise[4096];

  assert_refused ("", 0, "is empty");
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    assert_refused (texts[i], strlen (texts[i]), "is not an ONNX model");
  assert_refused (png, sizeof png, "is not an ONNX model");
  assert_refused (zip, sizeof zip, "is not an ONNX model");
  memset (noise, 0, sizeof noise);
  assert_refused (noise, sizeof noise, "is not an ONNX model");
  memset (noise, 0xff, sizeof noise);
  assert_refused (noise, sizeof noise, "is not an ONNX model");
}

static void
test_not_a_file (void)
{
  g_autofree char *folder = model_path ("."), *missing = model_path ("none.onnx");
  g_autoptr (GError) error = NULL;

  g_assert_null (sal_onnx_read (folder, NULL, &error));
  g_assert_error (error, SAL_ERROR, SAL_ERROR_FORMAT);
  g_assert_nonnull (strstr (error->message, "is a folder"));
  g_clear_error (&error);
  g_assert_null (sal_onnx_read (missing, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, "\"none.onnx\""));
  g_clear_error (&error);
  g_assert_null (sal_onnx_read ("/dev/zero", NULL, &error));
  g_assert_error (error, SAL_ERROR, SAL_ERROR_FORMAT);
}

/* Nothing of it is read: it has no blocks, but would take as much memory as it is long. */
static void
test_too_long (void)
{
  g_autofree char *path = test_scratch ("film.onnx");
  g_autoptr (GError) error = NULL;

  test_write (path, "", 0);
  g_assert_cmpint (truncate (path, (off_t) 1 << 40), ==, 0);
  g_assert_null (sal_onnx_read (path, NULL, &error));
  g_assert_error (error, SAL_ERROR, SAL_ERROR_FORMAT);
  g_assert_cmpstr (error->message, ==,
                   "\"film.onnx\": is bigger than 2 GiB, the most that an ONNX model may have");
  test_scratch_clear ();
}

/* A model cut off anywhere is no model, and says so; only the note at its end can be missed. */
static void
test_truncated (void)
{
  g_autofree char *path = model_path ("types-typed.onnx"), *data = NULL;
  gsize size;
  int truncated = 0;

  g_assert_true (g_file_get_contents (path, &data, &size, NULL));
  for (gsize n = 1; n < size; n++) {
    /* Memory of just that size, so that a checker sees a read beyond it. */
    g_autoptr (GBytes) bytes = g_bytes_new (data, n);
    g_autoptr (GError) error = NULL;
    SalGraph *graph = sal_onnx_read_bytes (bytes, NULL, "cut.onnx", NULL, &error);

    if (graph != NULL) {
      g_assert_cmpint (n, >, size - 32);
      sal_graph_unref (graph);
      continue;
    }
    g_assert_nonnull (error);
    truncated += strstr (error->message, "is truncated") != NULL;
  }
  g_assert_cmpint (truncated, >, (int) size - 64);
}

/* Every byte of a model set to other values: no crash, and an error or a graph. */
static void
test_damaged (gconstpointer file)
{
  g_autofree char *path = model_path (file), *data = NULL;
  gsize size;

  g_assert_true (g_file_get_contents (path, &data, &size, NULL));
  for (gsize i = 0; i < size; i++)
    for (int change = 0; change < 4; change++) {
      char kept = data[i];
      g_autoptr (GError) error = NULL;

      data[i] = (char) (change == 0   ? 0
                        : change == 1 ? 0xff
                        : change == 2 ? kept + 1
                                      : kept ^ 0x80);
      g_autoptr (GBytes) bytes = g_bytes_new (data, size);
      SalGraph *graph = sal_onnx_read_bytes (bytes, NULL, "damaged.onnx", NULL, &error);
      data[i] = kept;
      g_assert_true ((graph == NULL) == (error != NULL));
      g_clear_pointer (&graph, sal_graph_unref);
    }
}

/* Puts @n bytes into a field of a message, from inside out. */
static void
wrap (GByteArray *bytes, guint8 field)
{
  guint8 head[6] = { (guint8) (field << 3 | 2) };
  guint length = bytes->len, n = 1;

  for (; length >= 0x80; length >>= 7)
    head[n++] = (guint8) (length | 0x80);
  head[n++] = (guint8) length;
  g_byte_array_prepend (bytes, head, n);
}

static void
assert_bytes_refused (GByteArray *bytes, const char *says)
{
  static const guint8 ir_version[] = { 0x08, 8 };

  g_byte_array_prepend (bytes, ir_version, sizeof ir_version);
  assert_refused (bytes->data, bytes->len, says);
}

/* Sequence types inside each other: a megabyte of them would need the stack of a giant. */
static void
test_nesting (void)
{
  g_autoptr (GByteArray) type = g_byte_array_new ();

  for (int i = 0; i < 5000; i++)
    wrap (type, i % 2 == 0 ? 1 : 4);
  wrap (type, 2);  /* ValueInfoProto.type */
  wrap (type, 11); /* GraphProto.input */
  wrap (type, 7);  /* ModelProto.graph */
  assert_bytes_refused (type, "nests more than 100 levels deep");
}

/* Empty nodes take two bytes in the file and a hundred times that in memory. */
static void
test_inflation (void)
{
  g_autoptr (GByteArray) nodes = g_byte_array_new ();
  g_autoptr (GBytes) bytes = NULL;
  static const guint8 empty_node[] = { 0x0a, 0 }, ir_version[] = { 0x08, 8 };
  g_autoptr (GError) error = NULL;

  for (int i = 0; i < 4000000; i++)
    g_byte_array_append (nodes, empty_node, sizeof empty_node);
  wrap (nodes, 7);
  g_byte_array_prepend (nodes, ir_version, sizeof ir_version);
  bytes = g_bytes_new (nodes->data, nodes->len);
  g_assert_null (sal_onnx_read_bytes (bytes, NULL, "m.onnx", NULL, &error));
  g_assert_error (error, SAL_ERROR, SAL_ERROR_MEMORY);
}

/* protobuf-c would merge them one by one, copying the whole each time. */
static void
test_two_graphs (void)
{
  static const guint8 two[] = { 0x3a, 0, 0x3a, 0 };
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  g_byte_array_append (bytes, two, sizeof two);
  assert_bytes_refused (bytes, "stands there twice");
}

static void
test_names_not_utf8 (void)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  g_byte_array_append (bytes, (const guint8 *) "\xff\xfe", 2);
  wrap (bytes, 2); /* GraphProto.name */
  wrap (bytes, 7);
  assert_bytes_refused (bytes, "not UTF-8");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/engine/onnx/types/raw", "types-raw.onnx", test_element_types);
  g_test_add_data_func ("/engine/onnx/types/typed", "types-typed.onnx", test_element_types);
  g_test_add_func ("/engine/onnx/types/float16", test_float16);
  g_test_add_func ("/engine/onnx/types/odd-shapes", test_odd_shapes);
  g_test_add_func ("/engine/onnx/info", test_info);
  g_test_add_func ("/engine/onnx/shapes", test_shapes);
  g_test_add_data_func ("/engine/onnx/weights-as-inputs/old", "old-inputs.onnx",
                        test_weights_as_inputs);
  g_test_add_data_func ("/engine/onnx/weights-as-inputs/new", "new-inputs.onnx",
                        test_weights_as_inputs);
  g_test_add_func ("/engine/onnx/unordered", test_unordered);
  g_test_add_func ("/engine/onnx/pass-through", test_pass_through);
  g_test_add_func ("/engine/onnx/names", test_names);
  g_test_add_func ("/engine/onnx/constants", test_constants);
  g_test_add_func ("/engine/onnx/attributes", test_attributes);
  g_test_add_data_func ("/engine/onnx/external/good", "external/good.onnx", test_external);
  g_test_add_data_func ("/engine/onnx/external/no-length", "external/no-length.onnx",
                        test_external);
  g_test_add_func ("/engine/onnx/external/links", test_external_links);
  g_test_add_func ("/engine/onnx/external/no-folder", test_external_without_folder);
  g_test_add_func ("/engine/onnx/functions", test_functions);
  g_test_add_func ("/engine/onnx/branches", test_branches);
  g_test_add_func ("/engine/onnx/unsupported", test_unsupported);
  g_test_add_func ("/engine/onnx/advice", test_advice);
  g_test_add_func ("/engine/onnx/older-opset", test_older_opset);
  g_test_add_func ("/engine/onnx/quantized", test_quantized);
  g_test_add_func ("/engine/onnx/zero-points", test_zero_points);
  g_test_add_func ("/engine/onnx/newer-opset", test_newer_opset);
  for (gsize i = 0; i < G_N_ELEMENTS (bad_files); i++) {
    g_autofree char *path = g_strconcat ("/engine/onnx/bad/", bad_files[i].file, NULL);
    g_test_add_data_func (path, &bad_files[i], test_bad_file);
  }
  g_test_add_func ("/engine/onnx/not-a-model", test_not_a_model);
  g_test_add_func ("/engine/onnx/not-a-file", test_not_a_file);
  g_test_add_func ("/engine/onnx/too-long", test_too_long);
  g_test_add_func ("/engine/onnx/truncated", test_truncated);
  g_test_add_data_func ("/engine/onnx/damaged/weights", "types-typed.onnx", test_damaged);
  g_test_add_data_func ("/engine/onnx/damaged/functions", "function.onnx", test_damaged);
  g_test_add_data_func ("/engine/onnx/damaged/branches", "if.onnx", test_damaged);
  g_test_add_func ("/engine/onnx/nesting", test_nesting);
  g_test_add_func ("/engine/onnx/inflation", test_inflation);
  g_test_add_func ("/engine/onnx/two-graphs", test_two_graphs);
  g_test_add_func ("/engine/onnx/names-not-utf8", test_names_not_utf8);
  return g_test_run ();
}
