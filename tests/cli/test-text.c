/* salience-cli with texts in place of pictures, on the sentiment model of the teaching set. */
#include "tests/cli/cli.h"
#include "tests/support.h"

#include <math.h>
#include <string.h>

static char *model;

/* The number at the start of the line that ends in @token. */
static double
share_of (const CliResult *result, const char *token)
{
  g_auto (GStrv) lines = g_strsplit (result->out, "\n", -1);

  for (int i = 0; lines[i] != NULL; i++) {
    const char *word = strrchr (lines[i], ' ');

    if (word != NULL && strcmp (word + 1, token) == 0)
      return g_ascii_strtod (lines[i], NULL);
  }
  g_assert_not_reached ();
}

static void
test_predict (void)
{
  g_auto (CliResult) glad = cli_run ("predict", model, "--text", "The food was good.", NULL);
  g_auto (CliResult) sad = cli_run ("predict", model, "--text", "the food was not good .", NULL);

  cli_assert_done (&glad);
  cli_assert_done (&sad);
  g_assert_true (strstr (glad.out, "positive") < strstr (glad.out, "negative"));
  g_assert_true (strstr (sad.out, "negative") < strstr (sad.out, "positive"));
}

/* "not" is what makes it negative, and the parts sum to the whole. */
static void
test_explain (void)
{
  g_autofree char *array = test_scratch ("tokens.npy");
  g_auto (CliResult) result =
      cli_run ("explain", model, "--text", "The food was not good.", "-m", "integrated-gradients",
               "--steps", "100", "--target", "negative", "--tokens", array, NULL);

  cli_assert_done (&result);
  g_assert_cmpfloat (share_of (&result, "not"), >, 0.2);
  g_assert_cmpfloat (share_of (&result, "not"), >, 2 * fabs (share_of (&result, "The")));

  g_autoptr (SalTensor) sums = cli_array (array);

  cli_assert_shape (sums, "1×6");
  g_assert_cmpfloat_with_epsilon (sal_tensor_floats (sums)[3], share_of (&result, "not"), 1e-4);
}

/* Every method that applies to text says a number for each word. */
static void
test_methods (void)
{
  static const char *const methods[] = {
    "gradient", "input-x-gradient", "deeplift", "feature-ablation", "shapley", "kernel-shap", "lime"
  };

  for (gsize i = 0; i < G_N_ELEMENTS (methods); i++) {
    g_auto (CliResult) result =
        cli_run ("explain", model, "--text", "what a superb boat !", "-m", methods[i], NULL);

    cli_assert_done (&result);
    g_assert_true (isfinite (share_of (&result, "superb")));
    g_assert_nonnull (strstr (result.out, "  what\n"));
  }
}

static void
test_refused (void)
{
  g_autofree char *pictures = cli_data ("tiny.onnx"), *bare = test_scratch ("bare.onnx");
  g_autofree char *picture = cli_picture ("picture.png", 8, 8), *contents = NULL;
  gsize size;

  g_assert_true (g_file_get_contents (model, &contents, &size, NULL));
  test_write (bare, contents, size);

  g_auto (CliResult) other = cli_run ("predict", pictures, "--text", "good", NULL);
  g_auto (CliResult) wordless = cli_run ("predict", bare, "--text", "good", NULL);
  g_auto (CliResult) empty = cli_run ("predict", model, "--text", "  ", NULL);
  g_auto (CliResult) both = cli_run ("predict", model, picture, "--text", "good", NULL);
  g_auto (CliResult) arrays =
      cli_run ("predict", model, "--input", "x.npy", "--text", "good", NULL);
  g_auto (CliResult) coded = cli_run ("predict", model, "--text", "caf\xe9", NULL);

  cli_assert_refused (&other, 2, "--text", "no text model");
  cli_assert_refused (&wordless, 2, "--text", "vocabulary");
  cli_assert_refused (&empty, 2, "--text", "0 tokens");
  cli_assert_refused (&both, 2, "--text", "beside the picture");
  cli_assert_refused (&arrays, 2, "--input", "beside --text");
  g_assert_cmpint (coded.status, ==, 2);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  model = test_data ("../../data/models/sentiment.onnx");
  g_test_add_func ("/cli/text/predict", test_predict);
  g_test_add_func ("/cli/text/explain", test_explain);
  g_test_add_func ("/cli/text/methods", test_methods);
  g_test_add_func ("/cli/text/refused", test_refused);
  status = g_test_run ();
  test_scratch_clear ();
  g_free (model);
  return status;
}
