/* What the README says about exporting one's own model: the blocks are those of resources/export,
 * and where Python has what they need, they are run, and salience-cli answers as they do. */
#include "engine/base/json.h"
#include "tests/cli/cli.h"
#include "tests/support.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#define PYTHON "/usr/bin/python3"

static char *
read_file (const char *name)
{
  g_autofree char *relative = g_build_filename ("..", "..", name, NULL);
  g_autofree char *path = test_data (relative);
  g_autoptr (GError) error = NULL;
  char *text;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  return text;
}

static void
test_readme (void)
{
  static const char *const names[] = { "pytorch", "keras", "scikit-learn" };
  g_autofree char *readme = read_file ("README.md");

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *file = g_strdup_printf ("resources/export/%s.py", names[i]);
    g_autofree char *code = read_file (file);
    g_autofree char *block = g_strconcat ("```python\n", code, "```\n", NULL);

    g_test_message ("%s", file);
    g_assert_nonnull (strstr (readme, block));
  }
}

/* Runs the block, then @more, in the scratch folder; %FALSE after skipping where Python lacks the
 * @packages. */
static gboolean
run_block (const char *name, const char *packages, const char *more)
{
  g_autofree char *import = g_strconcat ("import ", packages, NULL);
  g_autofree char *file = g_strdup_printf ("resources/export/%s.py", name);
  g_autofree char *code = read_file (file), *folder = test_scratch (""), *script = NULL;
  g_autofree char *whole = g_strconcat (code, "\n", more, NULL), *path = test_scratch ("block.py");
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (
      G_SUBPROCESS_FLAGS_STDERR_SILENCE | G_SUBPROCESS_FLAGS_STDOUT_SILENCE);
  g_autoptr (GSubprocess) probe =
      g_subprocess_launcher_spawn (launcher, NULL, PYTHON, "-c", import, NULL);
  g_autoptr (GError) error = NULL;

  if (probe == NULL || !g_subprocess_wait_check (probe, NULL, NULL)) {
    g_autofree char *why = g_strdup_printf ("%s lacks one of %s", PYTHON, packages);

    g_test_skip (why);
    return FALSE;
  }
  test_write (path, whole, strlen (whole));
  g_subprocess_launcher_set_cwd (launcher, folder);
  g_subprocess_launcher_set_flags (launcher, G_SUBPROCESS_FLAGS_NONE);
  g_subprocess_launcher_setenv (launcher, "OMP_NUM_THREADS", "1", TRUE);

  g_autoptr (GSubprocess) process =
      g_subprocess_launcher_spawn (launcher, &error, PYTHON, "-B", "block.py", NULL);

  g_assert_no_error (error);
  g_subprocess_wait_check (process, NULL, &error);
  g_assert_no_error (error);
  return TRUE;
}

/* The logits that salience-cli finds for x.npy must be those in y.npy. */
static void
assert_same_logits (const char *model, double bound)
{
  g_autofree char *onnx = test_scratch (model), *x = test_scratch ("x.npy");
  g_autofree char *y = test_scratch ("y.npy");
  g_auto (CliResult) result =
      cli_run ("predict", onnx, "--input", x, "--top", "0", "--json", "-", NULL);

  cli_assert_done (&result);

  g_autoptr (SalTensor) want = cli_array (y);
  g_autoptr (JsonObject) json = cli_json ("-", &result);
  JsonArray *all = json_object_get_array_member (json, "predictions");

  g_assert_cmpint (json_array_get_length (all), ==, sal_tensor_count (want));
  for (guint i = 0; i < json_array_get_length (all); i++) {
    JsonObject *one = json_array_get_object_element (all, i);

    g_assert_cmpfloat_with_epsilon (json_object_get_double_member (one, "logit"),
                                    sal_tensor_floats (want)[sal_json_int (one, "index", 0)],
                                    bound);
  }
}

static void
test_pytorch (void)
{
  g_autofree char *model = test_scratch ("mine.onnx");
  g_autofree char *picture = cli_picture ("picture.png", 300, 260);

  if (!run_block ("pytorch", "torch, onnx, numpy",
                  "import numpy\n"
                  "x = torch.randn(1, 3, 224, 224)\n"
                  "numpy.save('x.npy', x.numpy())\n"
                  "numpy.save('y.npy', net(x).detach().numpy())\n"))
    return;
  assert_same_logits ("mine.onnx", 1e-4);

  /* All is said: there is nothing to note, and the classes have their names. */
  g_auto (CliResult) result = cli_run ("explain", model, picture, "-m", "grad-cam", NULL);

  cli_assert_done (&result);
  g_assert_cmpstr (result.err, ==, "");
  g_assert_true (strstr (result.out, "cat") != NULL || strstr (result.out, "dog") != NULL);
}

static void
test_scikit_learn (void)
{
  g_autofree char *model = test_scratch ("digits.onnx");
  g_autofree char *picture = cli_picture ("small.png", 8, 8);

  if (!run_block ("scikit-learn", "sklearn, onnx, numpy",
                  "x = pictures[:1] / 16\n"
                  "np.save('x.npy', x.reshape(1, 1, 8, 8).astype(np.float32))\n"
                  "z = np.log(net.predict_proba(x)[0])\n"
                  /* Probabilities leave a constant open: the one that the last layer has. */
                  "h = np.maximum(x @ net.coefs_[0] + net.intercepts_[0], 0)\n"
                  "y = (h @ net.coefs_[1] + net.intercepts_[1])[0]\n"
                  "assert np.ptp(y - z) < 1e-6\n"
                  "np.save('y.npy', y.astype(np.float32))\n"))
    return;
  assert_same_logits ("digits.onnx", 1e-4);

  g_auto (CliResult) result =
      cli_run ("explain", model, picture, "-m", "integrated-gradients", "--labels", "digits", NULL);

  cli_assert_done (&result);
}

/* What comes from Keras has its channels last, and opens as it is. */
static void
test_keras (void)
{
  g_autofree char *model = cli_data ("keras.onnx"), *picture = cli_picture ("wide.png", 40, 30);
  g_autofree char *map = test_scratch ("map.npy"), *overlay = test_scratch ("overlay.png");
  g_auto (CliResult) pixels = cli_run ("explain", model, picture, "-m", "integrated-gradients",
                                       "--attribution", map, "--overlay", overlay, NULL);
  g_auto (CliResult) layer = cli_run ("explain", model, picture, "-m", "grad-cam", NULL);

  cli_assert_done (&pixels);
  cli_assert_done (&layer);
  g_assert_nonnull (strstr (pixels.err, "No sidecar"));

  g_autoptr (SalTensor) values = cli_array (map);

  cli_assert_shape (values, "1×20×16×3");
}

/* A model of a tree ensemble is refused with advice in place of a bare name. */
static void
test_trees (void)
{
  g_autofree char *forest = test_data ("onnx/forest.onnx");
  g_autofree char *picture = cli_picture ("any.png", 8, 8);
  g_auto (CliResult) result = cli_run ("predict", forest, picture, NULL);

  cli_assert_refused (&result, 1, "\"forest.onnx\"", "TreeEnsembleClassifier");
  g_assert_nonnull (strstr (result.err, "no gradient"));
  g_assert_nonnull (strstr (result.err, "Occlusion, Feature Ablation, Shapley Values"));
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cli/export/readme", test_readme);
  g_test_add_func ("/cli/export/pytorch", test_pytorch);
  g_test_add_func ("/cli/export/scikit-learn", test_scikit_learn);
  g_test_add_func ("/cli/export/keras", test_keras);
  g_test_add_func ("/cli/export/trees", test_trees);
  status = g_test_run ();
  test_scratch_clear ();
  return status;
}
