/* What may be chosen about a model: the size of its input, the output that is explained, what its
 * other inputs are. The files are those of tests/cli, written by tests/data/cli/make.py. */
#include "engine/base/error.h"
#include "engine/base/memory.h"
#include "engine/explain/method.h"
#include "engine/graph/run.h"
#include "engine/tensor/npy.h"
#include "tests/engine/net.h"
#include "tests/support.h"

#include <math.h>
#include <string.h>

/* A copy of a model in the scratch folder, with a sidecar of its own or none. */
static SalModel *
open_with (const char *name, const char *sidecar)
{
  g_autofree char *file = g_strdup_printf ("cli/%s.onnx", name);
  g_autofree char *copy_name = g_strdup_printf ("%s.onnx", name);
  g_autofree char *sidecar_name = g_strdup_printf ("%s.json", name);
  g_autofree char *from = test_data (file);
  g_autofree char *to = test_scratch (copy_name);
  g_autofree char *sidecar_path = test_scratch (sidecar_name);
  g_autofree char *bytes = NULL;
  g_autoptr (GError) error = NULL;
  gsize size;

  g_assert_true (g_file_get_contents (from, &bytes, &size, NULL));
  test_write (to, bytes, size);
  if (sidecar != NULL)
    test_write (sidecar_path, sidecar, strlen (sidecar));

  SalModel *model = sal_model_open (to, &error);

  g_assert_no_error (error);
  return model;
}

static gboolean
notes (const SalModel *model, const char *text)
{
  gboolean found = FALSE;

  for (const char *const *note = sal_model_notes (model); *note != NULL; note++)
    found = found || strstr (*note, text) != NULL;
  return found;
}

/* Scores in order of the classes. */
static void
scores_of (const SalModel *model, const SalTensor *input, double *scores)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) predictions = sal_model_predict (model, input, NULL, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < predictions->len; i++) {
    const SalPrediction *p = &g_array_index (predictions, SalPrediction, i);

    scores[p->class_index] = p->logit;
  }
}

static SalModel *
convolutional (gint64 height, gint64 width)
{
  g_autoptr (SalPreparation) preparation =
      net_preparation (height > 0 ? height : 16, width > 0 ? width : 16);
  Net net;
  int y = net_start (&net, 3, &SAL_SHAPE (1, 3, height, width));

  y = net_conv (&net, y, 3, 4, 3, TRUE);
  y = net_relu (&net, y);
  y = net_pool (&net, "MaxPool", y);
  y = net_conv (&net, y, 4, 5, 3, TRUE);
  y = net_op (&net, "GlobalAveragePool", y, SAL_NO_VALUE, SAL_NO_VALUE);
  y = net_op (&net, "Flatten", y, SAL_NO_VALUE, SAL_NO_VALUE);
  y = net_dense (&net, y, 5, 3, TRUE);
  return net_finish (&net, y, preparation);
}

/* At another size a network gives what it gives if it is made for that size, whether its own file
 * leaves the size open or states another. */
static void
test_size (gconstpointer open)
{
  gint64 side = GPOINTER_TO_INT (open) ? -1 : 16;
  g_autoptr (SalModel) model = convolutional (side, side);
  g_autoptr (SalModel) made = convolutional (24, 42);
  g_autoptr (GError) error = NULL;
  g_autoptr (SalModel) sized = sal_model_with_size (model, 24, 42, &error);
  g_autoptr (SalTensor) input = net_input (made, 1, 0.7f);
  double a[3], b[3];

  g_assert_no_error (error);
  g_assert_true (sal_shape_equal (sal_model_input_shape (sized), &SAL_SHAPE (1, 3, 24, 42)));
  g_assert_true (sal_shape_equal (sal_model_input_shape (model), &SAL_SHAPE (1, 3, 16, 16)));
  scores_of (sized, input, a);
  scores_of (made, input, b);
  g_assert_cmpmem (a, sizeof a, b, sizeof b);
  g_assert_cmpint (sal_graph_parameters (sal_model_graph (sized)), ==,
                   sal_graph_parameters (sal_model_graph (model)));

  g_autoptr (SalModel) same = sal_model_with_size (sized, 24, 42, &error);

  g_assert_true (same == sized);
  g_assert_null (sal_model_with_size (model, 0, 42, &error));
  g_assert_error (error, SAL_ERROR, SAL_ERROR_ARGUMENT);
}

static void
test_size_tied (void)
{
  g_autoptr (SalModel) model = net_pictures (1, 16, 3);
  g_autoptr (SalModel) vectors = net_vectors (1, 4);
  g_autoptr (GError) error = NULL;

  g_assert_null (sal_model_with_size (model, 24, 24, &error));
  g_assert_error (error, SAL_ERROR, SAL_ERROR_SHAPE);
  g_assert_true (g_str_has_prefix (error->message, "the network does not work at 24×24: Gemm \""));
  g_clear_error (&error);
  g_assert_null (sal_model_with_size (vectors, 24, 24, &error));
  g_assert_error (error, SAL_ERROR, SAL_ERROR_UNSUPPORTED);
  g_clear_error (&error);
  g_assert_null (sal_model_with_own_size (vectors, &error));
  g_assert_error (error, SAL_ERROR, SAL_ERROR_UNSUPPORTED);
}

/* A picture at its own size: every pixel goes in as it is, and all of it is seen. */
static void
test_own_size (void)
{
  g_autoptr (SalModel) model = convolutional (16, 16);
  g_autoptr (GError) error = NULL;
  g_autoptr (SalModel) own = sal_model_with_own_size (model, &error);
  g_autoptr (SalModel) fixed = sal_model_for_picture (model, 40, 23, &error);
  g_autoptr (SalModel) seen = sal_model_for_picture (own, 40, 23, &error);

  g_assert_no_error (error);
  g_assert_true (fixed == model);
  g_assert_true (sal_shape_equal (sal_model_input_shape (seen), &SAL_SHAPE (1, 3, 23, 40)));

  guint8 *pixels = g_new (guint8, 3 * 40 * 23);

  for (int i = 0; i < 3 * 40 * 23; i++)
    pixels[i] = (guint8) (i * 7 % 251);

  g_autoptr (SalImage) picture = sal_image_new_take (40, 23, pixels);
  g_autoptr (SalTensor) input = sal_model_prepare (seen, picture, &error);
  SalRect rect = sal_preparation_seen (sal_model_preparation (seen), 40, 23);

  g_assert_no_error (error);
  g_assert_cmpfloat (rect.x, ==, 0);
  g_assert_cmpfloat (rect.width, ==, 40);
  g_assert_cmpfloat (rect.height, ==, 23);
  for (int i = 0; i < 40 * 23; i++)
    g_assert_cmpfloat (fabs (sal_tensor_floats (input)[i] - (pixels[3 * i] / 255. - 0.5) / 0.25), <,
                       1e-6);

  g_autoptr (SalSettings) settings = sal_settings_new ();
  SalQuery query = { .model = seen,
                     .method = sal_method_find ("gradient"),
                     .settings = settings,
                     .target = { 1, -1, SAL_OUTPUT_LOGIT },
                     .input = input };
  g_autoptr (SalAttribution) attribution = sal_explain (&query, NULL, &error);

  g_assert_no_error (error);
  g_assert_true (
      sal_shape_equal (sal_tensor_shape (attribution->values), &SAL_SHAPE (1, 3, 23, 40)));
}

/* What is found out about a file that leaves the size open. */
static void
test_open_size (void)
{
  g_autoptr (SalModel) any = open_with ("any-size", NULL);
  g_autoptr (SalModel) one = open_with ("one-size", NULL);
  g_autoptr (SalModel) stated =
      open_with ("any-size", "{\"input\": {\"resize\": {\"size\": [20, 30]}}}");
  g_autoptr (GError) error = NULL;
  g_autoptr (SalModel) small = sal_model_for_picture (any, 90, 70, &error);
  g_autoptr (SalModel) large = sal_model_for_picture (any, 512, 2048, &error);
  g_autoptr (SalModel) cropped = sal_model_for_picture (one, 90, 70, &error);
  g_autoptr (SalModel) sized = sal_model_for_picture (stated, 90, 70, &error);

  g_assert_no_error (error);
  g_assert_true (sal_shape_equal (sal_model_input_shape (small), &SAL_SHAPE (1, 3, 70, 90)));
  g_assert_true (sal_shape_equal (sal_model_input_shape (large), &SAL_SHAPE (1, 3, 1024, 256)));
  g_assert_true (sal_shape_equal (sal_model_input_shape (cropped), &SAL_SHAPE (1, 3, 224, 224)));
  g_assert_true (sal_shape_equal (sal_model_input_shape (sized), &SAL_SHAPE (1, 3, 20, 30)));
  g_assert_true (notes (any, "at the picture's own size, at most 1024 pixels a side"));
  g_assert_true (notes (small, "at the picture's own size, at most 1024 pixels a side"));
  g_assert_true (notes (one, "centre crop to 224×224"));
  test_scratch_clear ();
}

/* A picture too large for the memory is refused with the figures. */
static void
test_too_large (void)
{
  g_autoptr (SalModel) any = open_with ("any-size", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (SalModel) own = sal_model_with_own_size (any, &error);

  sal_memory_set_limit (20 << 20);
  g_assert_null (sal_model_for_picture (own, 16000, 16000, &error));
  sal_memory_set_limit (0);
  g_assert_error (error, SAL_ERROR, SAL_ERROR_MEMORY);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, "the network does not work at 16000×16000: "));
  g_assert_nonnull (strstr (error->message, "MiB"));
  test_scratch_clear ();
}

/* One score a class of a map of scores; and a size that the network does not take is rounded. */
static void
test_map (void)
{
  g_autoptr (SalModel) mean = open_with ("map", NULL);
  g_autoptr (SalModel) max = open_with ("map", "{\"output\": {\"over_places\": \"max\"}}");
  g_autoptr (GError) error = NULL;
  g_autoptr (SalModel) a = sal_model_for_picture (mean, 40, 36, &error);
  g_autoptr (SalModel) b = sal_model_for_picture (max, 40, 36, &error);
  g_autoptr (SalModel) rounded = sal_model_for_picture (mean, 75, 33, &error);
  double by_mean[4], by_max[4], sums[4] = { 0 }, highest[4];
  int map;

  g_assert_no_error (error);
  g_assert_cmpint (sal_model_n_classes (a), ==, 4);
  g_assert_cmpint (sal_model_head (a), ==, SAL_HEAD_SOFTMAX);
  g_assert_true (notes (a, "the mean over all places is explained"));
  g_assert_true (notes (b, "the highest over all places is explained"));
  g_assert_true (sal_shape_equal (sal_model_input_shape (rounded), &SAL_SHAPE (1, 3, 32, 64)));
  g_assert_true (notes (rounded, "scaled to 32×64, as the network does not work at 33×75"));

  g_autoptr (SalTensor) input = net_input (a, 1, 1.f);
  SalFeed feed = { sal_model_input (a), *sal_model_input_shape (a) };
  SalPlanOptions options = { .feeds = &feed, .n_feeds = 1, .outputs = &map, .n_outputs = 1 };

  map = sal_model_find_value (a, "z", &error);

  g_autoptr (SalPlan) plan = sal_plan_new (sal_model_graph (a), &options, &error);

  g_assert_no_error (error);

  g_autoptr (SalRun) run = sal_run_new (plan);
  const float *z;

  memcpy (sal_run_feed (run, feed.value), sal_tensor_floats (input),
          sal_tensor_count (input) * sizeof (float));
  g_assert_true (sal_run_forward (run, NULL, &error));
  z = sal_run_value (run, map);
  for (int c = 0; c < 4; c++) {
    highest[c] = -INFINITY;
    for (int i = 0; i < 40 * 36; i++) {
      sums[c] += z[c * 40 * 36 + i];
      highest[c] = MAX (highest[c], (double) z[c * 40 * 36 + i]);
    }
  }
  scores_of (a, input, by_mean);
  scores_of (b, input, by_max);
  for (int c = 0; c < 4; c++) {
    g_assert_cmpfloat (fabs (by_mean[c] - sums[c] / (40 * 36)), <, 1e-4);
    g_assert_cmpfloat (by_max[c], ==, highest[c]);
  }
  test_scratch_clear ();
}

/* Of several outputs one is explained: the one asked for, the sidecar's, or one that fits. */
static void
test_outputs (void)
{
  g_autoptr (SalModel) guessed = open_with ("several", NULL);
  g_autoptr (SalModel) said = open_with ("several", "{\"output\": {\"name\": \"shifted\"}}");
  g_autoptr (GError) error = NULL;
  g_autoptr (SalModel) asked = sal_model_with_output (said, "logits", &error);
  g_autoptr (SalModel) inner = sal_model_with_output (said, "g", &error);
  g_autoptr (SalModel) map = sal_model_with_output (said, "c1", &error);

  g_assert_no_error (error);
  g_assert_cmpint (sal_model_n_classes (guessed), ==, 6);
  g_assert_true (notes (guessed, "3 outputs (features, logits, shifted): “features”"));
  g_assert_cmpint (sal_model_n_classes (said), ==, 3);
  g_assert_cmpint (sal_model_output (said), ==, sal_graph_find (sal_model_graph (said), "shifted"));
  g_assert_null (sal_model_wanted_output (said));
  g_assert_cmpint (sal_model_output (asked), ==,
                   sal_graph_find (sal_model_graph (asked), "logits"));
  g_assert_cmpstr (sal_model_wanted_output (asked), ==, "logits");
  g_assert_cmpint (sal_model_n_classes (inner), ==, 6);
  g_assert_cmpint (sal_model_n_classes (map), ==, 6);

  g_autofree char *labels = test_scratch ("labels.txt");

  test_write (labels, "a\nb\nc\n", 6);

  g_autoptr (SalModel) labelled = open_with ("several", "{\"labels\": \"labels.txt\"}");

  g_assert_true (notes (labelled, "“logits” is explained"));
  g_assert_null (sal_model_with_output (said, "nope", &error));
  g_assert_error (error, SAL_ERROR, SAL_ERROR_ARGUMENT);
  g_assert_nonnull (strstr (error->message, "its outputs are features, logits, shifted"));
  g_clear_error (&error);
  g_assert_null (sal_model_with_output (said, "domain", &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  test_scratch_clear ();
}

/* Other inputs: zeros, what the sidecar fixes, what is given; the last counts. */
static void
test_inputs (void)
{
  static const char fixed_text[] = "{\"inputs\": {\"gain\": 2, \"domain\": \"domain.npy\"}, "
                                   "\"output\": {\"name\": \"shifted\"}}";
  g_autofree char *array_path = test_scratch ("domain.npy");
  g_autoptr (SalTensor) two = sal_tensor_new (SAL_INT, &SAL_SHAPE (1));
  g_autoptr (SalTensor) one = sal_tensor_new (SAL_FLOAT, &SAL_SHAPE (1, 1));
  g_autoptr (SalTensor) none = sal_tensor_new (SAL_FLOAT, &SAL_SHAPE (1, 1));
  g_autoptr (GError) error = NULL;

  ((gint64 *) sal_tensor_edit (two))[0] = 2;
  *(float *) sal_tensor_edit (one) = 1;
  g_assert_true (sal_npy_save (array_path, two, &error));

  g_autoptr (SalModel) plain = open_with ("several", "{\"output\": {\"name\": \"shifted\"}}");
  g_autoptr (SalModel) fixed = open_with ("several", fixed_text);
  g_autoptr (GHashTable) given = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (SalTensor) input = net_input (plain, 1, 1.f);
  double at_two[3], at_one[3], at_none[3], unfixed[3];

  g_assert_true (notes (plain, "“gain” is not given and taken as zeros"));
  g_assert_false (notes (fixed, "not given"));
  g_hash_table_insert (given, (gpointer) "gain", one);

  g_autoptr (SalModel) with_one = sal_model_bind (fixed, given, &error);

  g_hash_table_remove_all (given);
  g_hash_table_insert (given, (gpointer) "gain", none);

  g_autoptr (SalModel) with_none = sal_model_bind (fixed, given, &error);

  g_assert_no_error (error);
  scores_of (plain, input, unfixed);
  scores_of (fixed, input, at_two);
  scores_of (with_one, input, at_one);
  scores_of (with_none, input, at_none);
  /* shifted = gain · scores + row of the domain */
  for (int i = 0; i < 3; i++) {
    g_assert_cmpfloat (fabs (at_one[i] - at_none[i]), >, 1e-3);
    g_assert_cmpfloat (fabs ((at_two[i] - at_one[i]) - (at_one[i] - at_none[i])), <, 1e-5);
    g_assert_cmpfloat (fabs (at_none[i] - unfixed[i]), >, 1e-3);
  }

  static const struct {
    const char *sidecar, *says;
  } broken[] = {
    { "{\"inputs\": {\"nope\": 1}}", "fixes input \"nope\", which the model does not have" },
    { "{\"input\": {\"name\": \"x\"}, \"inputs\": {\"x\": 1}}",
      "which is the one that is explained" },
    { "{\"inputs\": {\"gain\": \"domain.npy\"}}", "input \"gain\" takes floats" },
    { "{\"input\": {\"name\": \"y\"}}", "the model has no input called \"y\"" },
  };
  g_autofree char *model_path = test_scratch ("several.onnx");
  g_autofree char *sidecar_path = test_scratch ("several.json");

  for (gsize i = 0; i < G_N_ELEMENTS (broken); i++) {
    test_write (sidecar_path, broken[i].sidecar, strlen (broken[i].sidecar));
    g_assert_null (sal_model_open (model_path, &error));
    g_assert_nonnull (error);
    g_test_message ("%s", error->message);
    g_assert_true (g_str_has_prefix (error->message, "several.onnx: "));
    g_assert_nonnull (strstr (error->message, broken[i].says));
    g_clear_error (&error);
  }
  test_scratch_clear ();
}

/* Tokens that look at each other by an Attention node, in two heads side by side or apart. */
static SalModel *
attentive (gboolean apart, SalGraph **graph)
{
  static const gint64 four[2] = { 4, 4 }, swap[3] = { 0, 2, 1 };
  g_autoptr (SalPreparation) preparation = net_preparation (12, 12);
  Net net;
  int y = net_start (&net, 4, &SAL_SHAPE (1, 3, 12, 12)), q, k, v;

  y = net_op (&net, "Conv", y, net_constant (&net, &SAL_SHAPE (8, 3, 4, 4), NULL, 0.2f),
              SAL_NO_VALUE);
  sal_node_set_ints (net.last, "strides", four, 2);
  y = net_reshape (&net, y, apart ? &SAL_SHAPE (0, 2, 9, 4) : &SAL_SHAPE (0, 8, 9));
  if (!apart) {
    y = net_op (&net, "Transpose", y, SAL_NO_VALUE, SAL_NO_VALUE);
    sal_node_set_ints (net.last, "perm", swap, 3);
  }
  q = net_op (&net, "MatMul", y,
              net_constant (&net, apart ? &SAL_SHAPE (4, 4) : &SAL_SHAPE (8, 8), NULL, 0.5f),
              SAL_NO_VALUE);
  k = net_op (&net, "Mul", y, net_constant (&net, &SAL_SHAPE (1), (float[]){ 0.7f }, 1),
              SAL_NO_VALUE);
  v = net_relu (&net, y);
  y = net_op (&net, "Attention", q, k, v);
  net.last->opset = 23;
  sal_node_set_int (net.last, "is_causal", apart);
  if (!apart) {
    sal_node_set_int (net.last, "q_num_heads", 2);
    sal_node_set_int (net.last, "kv_num_heads", 2);
  }
  y = net_op (&net, "Flatten", y, SAL_NO_VALUE, SAL_NO_VALUE);
  y = net_dense (&net, y, 72, 3, TRUE);
  *graph = sal_graph_ref (net.graph);
  return net_finish (&net, y, preparation);
}

/* An Attention node gives the same taken apart, and its matrices can then be rolled out. */
static void
test_attention (gconstpointer apart)
{
  g_autoptr (SalGraph) graph = NULL;
  g_autoptr (SalModel) model = attentive (GPOINTER_TO_INT (apart), &graph);
  g_autoptr (SalTensor) input = net_input (model, 1, 1.f);
  g_autoptr (SalSettings) settings = sal_settings_new ();
  g_autoptr (GError) error = NULL;
  SalFeed feed = { sal_graph_input (graph, 0), *sal_model_input_shape (model) };
  int output = sal_graph_output (graph, 0);
  SalPlanOptions options = { .feeds = &feed, .n_feeds = 1, .outputs = &output, .n_outputs = 1 };
  g_autoptr (SalPlan) plan = sal_plan_new (graph, &options, &error);
  double scores[3];

  g_assert_no_error (error);

  g_autoptr (SalRun) run = sal_run_new (plan);

  memcpy (sal_run_feed (run, feed.value), sal_tensor_floats (input),
          sal_tensor_count (input) * sizeof (float));
  g_assert_true (sal_run_forward (run, NULL, &error));
  scores_of (model, input, scores);
  for (int i = 0; i < 3; i++)
    g_assert_cmpfloat (fabs (scores[i] - ((const float *) sal_run_value (run, output))[i]), <,
                       1e-5);
  g_assert_cmpint (sal_model_max_batch (model), >, 1);

  static const char *const methods[] = { "attention-rollout", "gradient-attention-rollout" };

  for (gsize i = 0; i < G_N_ELEMENTS (methods); i++) {
    SalQuery query = { .model = model,
                       .method = sal_method_find (methods[i]),
                       .settings = settings,
                       .target = { 1, -1, SAL_OUTPUT_LOGIT },
                       .input = input };

    g_assert_cmpstr (query.method->check (model), ==, NULL);

    g_autoptr (SalAttribution) attribution = sal_explain (&query, NULL, &error);

    g_assert_no_error (error);
    g_assert_cmpfloat (sal_tensor_floats (attribution->values)[0], !=,
                       sal_tensor_floats (attribution->values)[143]);
  }
}

/* A model that takes no pictures has labels and a title all the same. */
static void
test_no_pictures (void)
{
  g_autofree char *labels = test_scratch ("labels.txt");

  test_write (labels, "a\nb\nc\n", 6);

  g_autoptr (SalModel) model = open_with ("vector", "{\"labels\": \"labels.txt\"}");

  g_assert_null (sal_model_preparation (model));
  g_assert_cmpstr (sal_model_label (model, 2), ==, "c");
  g_assert_cmpint (sal_model_find_class (model, "b", NULL), ==, 1);
  test_scratch_clear ();
}

static SalPlan *
score_plan (SalModel *model, int batch, int wrt, GError **error)
{
  const SalScoring scoring = { .batch = batch, .scores = sal_model_logits (model), .wrt = wrt };

  return sal_model_score_plan (model, &scoring, error);
}

/* The same plan for the same question, but none that breaks a limit set since. */
static void
test_plans (void)
{
  g_autoptr (SalModel) model = open_with ("any-size", NULL);
  int input = sal_model_input (model);
  g_autoptr (GError) error = NULL;
  g_autoptr (SalPlan) first = score_plan (model, 1, input, &error);
  g_autoptr (SalPlan) again = NULL, batch = NULL, forward = NULL, none = NULL, last = NULL;

  g_assert_no_error (error);
  batch = score_plan (model, 2, input, NULL);
  forward = score_plan (model, 1, SAL_NO_VALUE, NULL);
  again = score_plan (model, 1, input, NULL);
  g_assert_true (again == first);
  g_assert_true (batch != first && forward != first && forward != batch);
  sal_memory_set_limit (1);
  none = score_plan (model, 1, input, &error);
  sal_memory_set_limit (0);
  g_assert_null (none);
  g_assert_error (error, SAL_ERROR, SAL_ERROR_MEMORY);
  /* More questions than are kept, and the first one again. */
  for (int n = 3; n < 9; n++)
    sal_plan_unref (score_plan (model, n, input, NULL));
  last = score_plan (model, 1, input, NULL);
  g_assert_nonnull (last);
  test_scratch_clear ();
}

static gpointer
use_often (gpointer data)
{
  SalModelWeak *weak = data;

  for (int i = 0; i < 1000; i++) {
    SalModel *model = sal_model_weak_get (weak);

    if (model == NULL)
      return NULL;
    sal_model_unref (sal_model_again (model));
    sal_model_unref (model);
  }
  return NULL;
}

/* Whatever can be asked of a model. */
static void
assert_alike (SalModel *a, SalModel *b)
{
  int n, n_b;

  g_assert_cmpstr (sal_model_name (a), ==, sal_model_name (b));
  g_assert_cmpstr (sal_model_wanted_output (a), ==, sal_model_wanted_output (b));
  g_assert_true (sal_model_preparation (a) == sal_model_preparation (b));
  g_assert_true (sal_model_vocabulary (a) == sal_model_vocabulary (b));
  g_assert_true (sal_model_notes (a) == sal_model_notes (b));
  g_assert_true (sal_model_layers (a, &n) == sal_model_layers (b, &n_b) && n == n_b);
  g_assert_true (sal_model_plan (a) == sal_model_plan (b));
  g_assert_true (sal_shape_equal (sal_model_input_shape (a), sal_model_input_shape (b)));
  g_assert_cmpint (sal_model_compute (a), ==, sal_model_compute (b));
  g_assert_cmpint (sal_model_tokens (a), ==, sal_model_tokens (b));
  g_assert_cmpint (sal_model_input (a), ==, sal_model_input (b));
  g_assert_cmpint (sal_model_max_batch (a), ==, sal_model_max_batch (b));
  g_assert_cmpint (sal_model_logits (a), ==, sal_model_logits (b));
  g_assert_cmpint (sal_model_output (a), ==, sal_model_output (b));
  g_assert_cmpint (sal_model_head (a), ==, sal_model_head (b));
  g_assert_cmpint (sal_model_n_classes (a), ==, sal_model_n_classes (b));
  for (int i = 0; i < sal_model_n_classes (b); i++)
    g_assert_cmpstr (sal_model_label (a, i), ==, sal_model_label (b, i));
  g_assert_true (sal_model_default_layer (a) == sal_model_default_layer (b));
}

/* Another model with the same graph and notes, and to be had while one of them is in use. */
static void
test_again (void)
{
  SalModel *model = open_with ("two", NULL), *again = sal_model_again (model);
  SalModelWeak *weak = sal_model_weak (again);
  g_autoptr (SalModel) unlike = open_with ("two", NULL);
  GThread *threads[3];

  g_assert_true (again != model);
  g_assert_true (sal_model_graph (again) == sal_model_graph (model));
  g_assert_true (sal_model_is_again (again, model) && sal_model_is_again (model, again));
  g_assert_false (sal_model_is_again (model, model) || sal_model_is_again (again, unlike));
  g_assert_cmpstr (sal_model_path (again), ==, sal_model_path (model));
  g_assert_cmpstr (sal_model_sha256 (again), ==, sal_model_sha256 (model));
  assert_alike (again, model);
  sal_model_unref (model);
  SalModel *found = sal_model_weak_get (weak);
  g_assert_true (found == model);
  g_autoptr (SalTensor) input = sal_tensor_new (SAL_FLOAT, sal_model_input_shape (again));
  g_autoptr (GArray) predictions = sal_model_predict (again, input, NULL, NULL);
  g_assert_nonnull (predictions);
  sal_model_unref (found);
  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("use", use_often, weak);
  sal_model_unref (again);
  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  g_assert_null (sal_model_weak_get (weak));
  sal_model_weak_unref (weak);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/engine/model/size/open", GINT_TO_POINTER (TRUE), test_size);
  g_test_add_data_func ("/engine/model/size/stated", GINT_TO_POINTER (FALSE), test_size);
  g_test_add_func ("/engine/model/size/tied", test_size_tied);
  g_test_add_func ("/engine/model/size/own", test_own_size);
  g_test_add_func ("/engine/model/size/unsaid", test_open_size);
  g_test_add_func ("/engine/model/size/too-large", test_too_large);
  g_test_add_func ("/engine/model/map", test_map);
  g_test_add_func ("/engine/model/plans", test_plans);
  g_test_add_func ("/engine/model/outputs", test_outputs);
  g_test_add_func ("/engine/model/inputs", test_inputs);
  g_test_add_data_func ("/engine/model/attention/side-by-side", GINT_TO_POINTER (FALSE),
                        test_attention);
  g_test_add_data_func ("/engine/model/attention/apart", GINT_TO_POINTER (TRUE), test_attention);
  g_test_add_func ("/engine/model/again", test_again);
  g_test_add_func ("/engine/model/no-pictures", test_no_pictures);
  return g_test_run ();
}
