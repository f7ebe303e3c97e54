/* salience-cli but for explain: inspect, predict, run, bench, methods, help. */
#include "engine/base/json.h"
#include "engine/explain/method.h"
#include "engine/tensor/npy.h"
#include "tests/cli/cli.h"
#include "tests/support.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

static void
test_help (void)
{
  static const char *const commands[] = {
    "inspect", "predict", "run", "explain", "bench", "methods"
  };
  g_auto (CliResult) all = cli_run ("--help", NULL);
  g_auto (CliResult) version = cli_run ("--version", NULL);

  cli_assert_done (&all);
  cli_assert_done (&version);
  g_assert_cmpstr (version.out, ==, "salience-cli " SAL_VERSION "\n");
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++) {
    g_auto (CliResult) help = cli_run (commands[i], "--help", NULL);
    g_auto (CliResult) about = cli_run ("help", commands[i], NULL);

    g_assert_nonnull (strstr (all.out, commands[i]));
    cli_assert_done (&help);
    g_assert_nonnull (strstr (help.out, commands[i]));
    g_assert_cmpstr (help.out, ==, about.out);
    g_assert_cmpstr (help.err, ==, "");
  }
}

/* Help lists what is declared, whatever that is. */
static void
test_help_of_methods (void)
{
  g_auto (CliResult) help = cli_run ("explain", "--help", NULL);

  for (const SalMethod *const *method = sal_methods (); *method != NULL; method++) {
    g_assert_nonnull (strstr (help.out, (*method)->id));
    g_assert_nonnull (strstr (help.out, (*method)->summary));
    for (const SalParam *param = (*method)->params; param->key != NULL; param++) {
      g_autofree char *option =
          g_strconcat (param->kind == SAL_PARAM_SWITCH && param->otherwise != 0 ? "--no-" : "--",
                       param->key, NULL);

      g_assert_nonnull (strstr (help.out, option));
    }
  }
}

static void
test_inspect (void)
{
  g_autofree char *model = cli_data ("tiny.onnx");
  g_auto (CliResult) result = cli_run ("inspect", model, "--json", "-", NULL);
  g_auto (CliResult) words = cli_run ("inspect", model, NULL);

  cli_assert_done (&result);
  cli_assert_done (&words);
  g_assert_nonnull (strstr (words.out, "second/relu"));

  g_autoptr (JsonObject) json = cli_json ("-", &result);
  JsonObject *operators = sal_json_object (json, "operators");
  JsonObject *input =
      json_array_get_object_element (json_object_get_array_member (json, "inputs"), 0);
  JsonArray *shape = json_object_get_array_member (input, "shape");
  JsonArray *layers = json_object_get_array_member (json, "layers");
  JsonObject *last = json_array_get_object_element (layers, json_array_get_length (layers) - 1);

  g_assert_cmpstr (sal_json_string (input, "name"), ==, "x");
  g_assert_cmpstr (sal_json_string (input, "type"), ==, "float32");
  g_assert_cmpstr (json_array_get_string_element (shape, 0), ==, "N");
  g_assert_cmpint (json_array_get_int_element (shape, 1), ==, 3);
  g_assert_cmpint (json_array_get_int_element (shape, 3), ==, 16);
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (json, "outputs")), ==, 1);
  g_assert_cmpint (sal_json_int (operators, "Conv", 0), ==, 2);
  g_assert_cmpint (sal_json_int (operators, "Relu", 0), ==, 2);
  g_assert_cmpint (sal_json_int (operators, "Softmax", 0), ==, 1);
  /* 4·(27 + 1) + 6·(36 + 1) + 5·(6 + 1) */
  g_assert_cmpint (sal_json_int (json, "parameters", 0), ==, 369);
  /* 16·16·4·27 + 8·8·6·36 + 5·6 */
  g_assert_cmpint (sal_json_int (json, "multiply_adds", 0), ==, 41502);
  g_assert_cmpstr (sal_json_string (last, "name"), ==, "second/relu");
  g_assert_cmpstr (sal_json_string (last, "tensor"), ==, "r2");
  g_assert_cmpint (json_array_get_int_element (json_object_get_array_member (last, "shape"), 2), ==,
                   8);
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (json, "unsupported")), ==,
                    0);
}

static void
test_inspect_unsupported (void)
{
  g_autofree char *model = test_data ("onnx/unsupported.onnx");
  g_auto (CliResult) result = cli_run ("inspect", model, "--json", "-", NULL);

  cli_assert_done (&result);

  g_autoptr (JsonObject) json = cli_json ("-", &result);
  JsonArray *list = json_object_get_array_member (json, "unsupported");
  JsonObject *second = json_array_get_object_element (list, 1);

  g_assert_cmpuint (json_array_get_length (list), ==, 4);
  g_assert_cmpstr (sal_json_string (second, "node"), ==, "second");
  g_assert_cmpstr (sal_json_string (second, "operator"), ==, "com.microsoft::Gelu");
}

static void
test_predict (void)
{
  g_autofree char *model = cli_data ("tiny.onnx");
  g_autofree char *picture = cli_picture ("predict.png", 30, 20);
  g_auto (CliResult) result =
      cli_run ("predict", model, picture, "--top", "0", "--json", "-", NULL);
  g_auto (CliResult) top = cli_run ("predict", model, picture, "--top", "2", "--json", "-", NULL);
  g_auto (CliResult) words = cli_run ("predict", model, picture, NULL);

  cli_assert_done (&result);
  cli_assert_done (&top);
  cli_assert_done (&words);

  g_autoptr (JsonObject) json = cli_json ("-", &result), two = cli_json ("-", &top);
  JsonArray *all = json_object_get_array_member (json, "predictions");
  double sum = 0, last = INFINITY;

  g_assert_cmpstr (sal_json_string (json, "model"), ==, model);
  g_assert_cmpstr (sal_json_string (json, "image"), ==, picture);
  g_assert_cmpuint (json_array_get_length (all), ==, 5);
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (two, "predictions")), ==,
                    2);
  for (guint i = 0; i < 5; i++) {
    JsonObject *one = json_array_get_object_element (all, i);
    double logit = json_object_get_double_member (one, "logit");

    g_assert_cmpfloat (logit, <=, last);
    last = logit;
    sum += json_object_get_double_member (one, "probability");
    g_assert_nonnull (strstr (words.out, sal_json_string (one, "label")));
    g_assert_cmpint (sal_json_int (one, "index", -1), >=, 0);
  }
  g_assert_cmpfloat_with_epsilon (sum, 1, 1e-9);
}

/* The probabilities of predict are what the graph itself puts out. */
static void
test_run (void)
{
  g_autofree char *model = cli_data ("tiny.onnx");
  g_autofree char *input = test_scratch ("input.npy"), *folder = test_scratch ("outputs");
  g_autofree char *output = g_build_filename (folder, "p.npy", NULL);
  SalShape shape = SAL_SHAPE (1, 3, 16, 16);
  g_autoptr (SalTensor) x = sal_tensor_new (SAL_FLOAT, &shape);
  g_autoptr (GError) error = NULL;

  for (int i = 0; i < 3 * 256; i++)
    ((float *) sal_tensor_edit (x))[i] = (float) cos (i);
  sal_npy_save (input, x, &error);
  g_assert_no_error (error);

  g_auto (CliResult) run = cli_run ("run", model, "--input", input, "--output-dir", folder, NULL);
  g_auto (CliResult) predict = cli_run ("predict", model, "--input", input, "--json", "-", NULL);

  cli_assert_done (&run);
  cli_assert_done (&predict);

  g_autoptr (SalTensor) p = cli_array (output);
  g_autoptr (JsonObject) json = cli_json ("-", &predict);
  JsonArray *all = json_object_get_array_member (json, "predictions");

  cli_assert_shape (p, "1×5");
  for (guint i = 0; i < 5; i++) {
    JsonObject *one = json_array_get_object_element (all, i);

    g_assert_cmpfloat_with_epsilon (json_object_get_double_member (one, "probability"),
                                    sal_tensor_floats (p)[sal_json_int (one, "index", 0)], 1e-6);
  }
  g_remove (output);
  g_rmdir (folder);
}

static void
test_run_two_inputs (void)
{
  g_autofree char *model = cli_data ("two.onnx");
  g_autofree char *a = test_scratch ("a=1.npy"), *b = test_scratch ("b.npy");
  g_autofree char *first = g_strconcat ("a=", a, NULL), *second = g_strconcat ("b=", b, NULL);
  g_autofree char *folder = test_scratch ("two");
  g_autofree char *sum = g_build_filename (folder, "sum_of_both.npy", NULL);
  g_autofree char *difference = g_build_filename (folder, "difference.npy", NULL);
  SalShape shape = SAL_SHAPE (3, 2);
  g_autoptr (SalTensor) x = sal_tensor_new_copy (SAL_FLOAT, &shape, (float[]){ 1, 2, 3, 4, 5, 6 });
  g_autoptr (SalTensor) y =
      sal_tensor_new_copy (SAL_FLOAT, &shape, (float[]){ 10, 20, 30, 40, 50, 60 });

  g_assert_true (sal_npy_save (a, x, NULL) && sal_npy_save (b, y, NULL));

  g_auto (CliResult) result = cli_run ("run", model, "--input", second, "--input", first,
                                       "--output-dir", folder, "--json", "-", NULL);

  cli_assert_done (&result);

  g_autoptr (SalTensor) s = cli_array (sum), d = cli_array (difference);
  g_autoptr (JsonObject) json = cli_json ("-", &result);
  JsonObject *output =
      json_array_get_object_element (json_object_get_array_member (json, "outputs"), 0);

  cli_assert_shape (s, "3×2");
  g_assert_true (sal_tensor_floats (s)[5] == 66 && sal_tensor_floats (d)[5] == -54);
  g_assert_cmpstr (sal_json_string (output, "name"), ==, "sum/of:both");
  g_assert_cmpstr (sal_json_string (output, "file"), ==, sum);
  g_remove (sum);
  g_remove (difference);
  g_rmdir (folder);
}

/* The sum of a column of bench's tables. */
static double
seconds_of (JsonObject *json, const char *table, const char *column)
{
  JsonArray *rows = json_object_get_array_member (json, table);
  double sum = 0;

  for (guint i = 0; i < json_array_get_length (rows); i++)
    sum += json_object_get_double_member (json_array_get_object_element (rows, i), column);
  return sum;
}

static void
test_bench (void)
{
  static const char *const keys[] = { "seconds", "best_seconds", "samples_per_second",
                                      "gflops",  "sgemm_gflops", "ratio" };
  g_autofree char *model = cli_data ("tiny.onnx");
  g_auto (CliResult) result =
      cli_run ("bench", model, "-m", "integrated-gradients", "--steps", "10", "--repeat", "2",
               "--threads", "1", "--json", "-", NULL);

  cli_assert_done (&result);

  g_autoptr (JsonObject) json = cli_json ("-", &result);

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    g_assert_cmpfloat (json_object_get_double_member (json, keys[i]), >, 0);
  g_assert_cmpstr (sal_json_string (json, "model"), ==, model);
  g_assert_cmpstr (sal_json_string (json, "method"), ==, "integrated-gradients");
  g_assert_cmpint (sal_json_int (sal_json_object (json, "parameters"), "steps", 0), ==, 10);
  g_assert_cmpint (sal_json_int (json, "threads", 0), ==, 1);
  g_assert_cmpint (sal_json_int (json, "batch", 0), >=, 1);
  g_assert_cmpint (sal_json_int (json, "peak_memory_bytes", 0), >, 1 << 20);
  /* Ten points of the path, and both ends for the completeness. */
  g_assert_cmpint (sal_json_int (json, "evaluations", 0), ==, 12);

  /* 2 operations · 41502 multiply-adds · (12 forward + 10 backward) */
  g_assert_cmpfloat_with_epsilon (json_object_get_double_member (json, "gflops") *
                                      json_object_get_double_member (json, "seconds"),
                                  2e-9 * 41502 * (12 + 10), 1e-9);
  /* One thread: the nodes' times are no more than the whole, which is the longer of the two. */
  g_assert_cmpfloat (seconds_of (json, "nodes", "forward_seconds"), >, 0);
  g_assert_cmpfloat (seconds_of (json, "nodes", "backward_seconds"), >, 0);
  g_assert_cmpfloat (seconds_of (json, "nodes", "forward_seconds") +
                         seconds_of (json, "nodes", "backward_seconds"),
                     <, 2 * json_object_get_double_member (json, "seconds"));
  g_assert_cmpfloat_with_epsilon (seconds_of (json, "operators", "forward_seconds"),
                                  seconds_of (json, "nodes", "forward_seconds"), 1e-9);
}

static void
test_bench_forward (void)
{
  g_autofree char *model = cli_data ("tiny.onnx");
  g_auto (CliResult) words = cli_run ("bench", model, "--forward", "--nodes", NULL);
  g_auto (CliResult) result =
      cli_run ("bench", model, "--forward", "--repeat", "3", "--threads", "1", "--cpu-features",
               "base", "--exact", "--json", "-", NULL);

  cli_assert_done (&words);
  g_assert_nonnull (strstr (words.out, "forward"));
  g_assert_nonnull (strstr (words.out, "Conv"));
  cli_assert_done (&result);

  g_autoptr (JsonObject) json = cli_json ("-", &result);

  g_assert_cmpstr (sal_json_string (json, "method"), ==, "forward");
  g_assert_cmpint (sal_json_int (json, "evaluations", 0), ==, 1);
  g_assert_cmpint (sal_json_int (json, "batch", 0), ==, 1);
  g_assert_cmpstr (sal_json_string (json, "cpu_features"), ==, "base");
  g_assert_cmpstr (sal_json_string (json, "compute"), ==, "exact");
  g_assert_cmpfloat_with_epsilon (json_object_get_double_member (json, "gflops") *
                                      json_object_get_double_member (json, "seconds"),
                                  2e-9 * 41502, 1e-9);
  g_assert_cmpfloat (seconds_of (json, "nodes", "forward_seconds"), >, 0);
  g_assert_cmpfloat (seconds_of (json, "nodes", "backward_seconds"), ==, 0);
}

/* README shows the methods as they are declared. */
static void
test_readme (void)
{
  g_auto (CliResult) result = cli_run ("methods", "--markdown", NULL);
  g_autofree char *path = test_data ("../../README.md");
  g_autofree char *readme = NULL;

  cli_assert_done (&result);
  g_assert_true (g_file_get_contents (path, &readme, NULL, NULL));
  g_assert_nonnull (strstr (result.out, "`integrated-gradients`"));
  if (strstr (readme, result.out) == NULL) {
    g_test_message ("README.md must hold this table:\n%s", result.out);
    g_test_fail ();
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cli/help", test_help);
  g_test_add_func ("/cli/help/methods", test_help_of_methods);
  g_test_add_func ("/cli/inspect", test_inspect);
  g_test_add_func ("/cli/inspect/unsupported", test_inspect_unsupported);
  g_test_add_func ("/cli/predict", test_predict);
  g_test_add_func ("/cli/run", test_run);
  g_test_add_func ("/cli/run/two-inputs", test_run_two_inputs);
  g_test_add_func ("/cli/bench", test_bench);
  g_test_add_func ("/cli/bench/forward", test_bench_forward);
  g_test_add_func ("/cli/readme", test_readme);

  int status = g_test_run ();

  test_scratch_clear ();
  return status;
}
