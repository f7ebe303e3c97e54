/* What salience-cli is told about a model beside its file: sizes, outputs, further inputs. */
#include "engine/base/json.h"
#include "engine/tensor/npy.h"
#include "tests/cli/cli.h"
#include "tests/support.h"

#include <math.h>
#include <string.h>

/* An array file of one number in the shape [1] or [1, 1]. */
static char *
number (const char *name, SalType type, double value)
{
  g_autofree char *file = g_strdup_printf ("%s.npy", name);
  char *path = test_scratch (file);
  g_autoptr (SalTensor) tensor =
      sal_tensor_new (type, type == SAL_INT ? &SAL_SHAPE (1) : &SAL_SHAPE (1, 1));

  if (type == SAL_INT)
    *(gint64 *) sal_tensor_edit (tensor) = (gint64) value;
  else
    *(float *) sal_tensor_edit (tensor) = (float) value;
  g_assert_true (sal_npy_save (path, tensor, NULL));
  return path;
}

static double
first_logit (const CliResult *result)
{
  g_autoptr (JsonObject) json = cli_json ("-", result);
  JsonArray *predictions = json_object_get_array_member (json, "predictions");

  return json_object_get_double_member (json_array_get_object_element (predictions, 0), "logit");
}

/* Without a word a picture of any size goes in as it is, and with one as that says. */
static void
test_size (void)
{
  g_autofree char *model = cli_data ("any-size.onnx"), *tiny = cli_data ("tiny.onnx");
  g_autofree char *one = cli_data ("one-size.onnx");
  g_autofree char *picture = cli_picture ("p.png", 37, 29), *array = test_scratch ("a.npy");
  static const struct {
    const char *size, *shape;
  } cases[] = {
    { NULL, "1×3×29×37" }, { "own", "1×3×29×37" }, { "20x33", "1×3×20×33" }, { "24", "1×3×24×24" }
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto (CliResult) result =
        cli_run ("explain", model, picture, "-m", "gradient", "--attribution", array,
                 cases[i].size != NULL ? "--size" : NULL, cases[i].size, NULL);

    cli_assert_done (&result);
    g_autoptr (SalTensor) attribution = cli_array (array);
    cli_assert_shape (attribution, cases[i].shape);
  }

  /* A file that states 16×16 without need. */
  g_auto (CliResult) stated = cli_run ("explain", tiny, picture, "-m", "grad-cam", "--size", "own",
                                       "--attribution", array, NULL);
  cli_assert_done (&stated);
  g_autoptr (SalTensor) map = cli_array (array);
  cli_assert_shape (map, "1×1×29×37");

  g_auto (CliResult) refused = cli_run ("predict", one, picture, "--size", "64x64", NULL);
  cli_assert_refused (&refused, 2, "--size: the network does not work at 64×64: Gemm \"classes\"",
                      "");
  g_auto (CliResult) wrong = cli_run ("predict", model, picture, "--size", "20x", NULL);
  cli_assert_refused (&wrong, 2, "--size: ", "\"20x\" is neither own nor HxW");
  g_auto (CliResult) huge = cli_run ("predict", model, picture, "--size", "20x99999", NULL);
  cli_assert_refused (&huge, 2, "--size: ", "size 20×99999 is not within 1 to 16384");
  test_scratch_clear ();
}

/* An array says by itself how large it is. */
static void
test_array (void)
{
  g_autofree char *model = cli_data ("any-size.onnx"), *path = test_scratch ("x.npy");
  g_autofree char *array = test_scratch ("a.npy");
  g_autoptr (SalTensor) x = sal_tensor_new (SAL_FLOAT, &SAL_SHAPE (1, 3, 11, 50));

  ((float *) sal_tensor_edit (x))[7] = 1;
  g_assert_true (sal_npy_save (path, x, NULL));

  g_auto (CliResult) result =
      cli_run ("explain", model, "--input", path, "-m", "gradient", "--attribution", array, NULL);
  cli_assert_done (&result);
  g_autoptr (SalTensor) attribution = cli_array (array);
  cli_assert_shape (attribution, "1×3×11×50");
  test_scratch_clear ();
}

/* A picture's recipe knows the size and the output, and repeats them. */
static void
test_like (void)
{
  g_autofree char *model = cli_data ("several.onnx"), *any = cli_data ("any-size.onnx");
  g_autofree char *picture = cli_picture ("p.png", 40, 30);
  g_autofree char *first = test_scratch ("first.png"), *again = test_scratch ("again.png");
  g_autofree char *json = test_scratch ("result.json");
  g_autofree char *gain = number ("gain", SAL_FLOAT, 1);
  g_autofree char *with_gain = g_strconcat ("gain=", gain, NULL);

  g_auto (CliResult) made = cli_run ("explain", any, picture, "-m", "gradient", "--size", "18x26",
                                     "--overlay", first, "--json", json, NULL);
  cli_assert_done (&made);
  g_autoptr (JsonObject) recipe = cli_json (json, NULL);
  g_assert_cmpstr (sal_json_string (sal_json_object (recipe, "parameters"), "size"), ==, "18x26");
  g_auto (CliResult) repeated =
      cli_run ("explain", any, picture, "--like", first, "--overlay", again, NULL);
  cli_assert_done (&repeated);

  g_auto (CliResult) output =
      cli_run ("explain", model, picture, "-m", "gradient", "--output-tensor", "logits", "--input",
               with_gain, "--overlay", first, "--json", json, NULL);
  cli_assert_done (&output);
  g_autoptr (JsonObject) other = cli_json (json, NULL);
  g_assert_cmpstr (sal_json_string (sal_json_object (other, "parameters"), "output-tensor"), ==,
                   "logits");
  g_auto (CliResult) repeated_output =
      cli_run ("explain", model, picture, "--like", first, "--input", with_gain, "--overlay", again,
               "--json", json, NULL);
  cli_assert_done (&repeated_output);
  g_autoptr (JsonObject) like = cli_json (json, NULL);
  g_assert_cmpstr (sal_json_string (sal_json_object (like, "parameters"), "output-tensor"), ==,
                   "logits");
  test_scratch_clear ();
}

static void
test_outputs (void)
{
  g_autofree char *model = cli_data ("several.onnx");
  g_autofree char *picture = cli_picture ("p.png", 8, 8);
  g_auto (CliResult) guessed = cli_run ("predict", model, picture, "--json", "-", NULL);
  g_auto (CliResult) asked = cli_run ("predict", model, picture, "--output-tensor", "shifted",
                                      "--top", "0", "--json", "-", NULL);
  g_auto (CliResult) unknown =
      cli_run ("predict", model, picture, "--output-tensor", "scores", NULL);

  cli_assert_done (&guessed);
  cli_assert_done (&asked);
  g_autoptr (JsonObject) json = cli_json ("-", &asked);
  g_assert_cmpint (json_array_get_length (json_object_get_array_member (json, "predictions")), ==,
                   3);
  cli_assert_refused (&unknown, 2,
                      "--output-tensor: ", "its outputs are features, logits, shifted");
  test_scratch_clear ();
}

/* Further inputs mean the same to every command that takes them. */
static void
test_inputs (void)
{
  g_autofree char *model = cli_data ("several.onnx"), *folder = test_scratch ("out");
  g_autofree char *picture = cli_picture ("p.png", 8, 8), *x_path = test_scratch ("x.npy");
  g_autofree char *gain = number ("gain", SAL_FLOAT, 3), *domain = number ("domain", SAL_INT, 2);
  g_autofree char *with_gain = g_strconcat ("gain=", gain, NULL);
  g_autofree char *with_domain = g_strconcat ("domain=", domain, NULL);
  g_autofree char *with_x = g_strconcat ("x=", x_path, NULL);
  g_autofree char *wrong = g_strconcat ("domain=", gain, NULL);
  g_autofree char *out = g_build_filename (folder, "shifted.npy", NULL);
  g_autofree char *json_path = test_scratch ("result.json");
  g_autoptr (SalTensor) x = sal_tensor_new (SAL_FLOAT, &SAL_SHAPE (1, 3, 8, 8));

  for (int i = 0; i < 3 * 8 * 8; i++)
    ((float *) sal_tensor_edit (x))[i] = (float) (i % 5) - 2;
  g_assert_true (sal_npy_save (x_path, x, NULL));

  g_auto (CliResult) ran = cli_run ("run", model, "--input", with_x, "--input", with_gain,
                                    "--input", with_domain, "--output-dir", folder, NULL);
  cli_assert_done (&ran);
  g_autoptr (SalTensor) scores = cli_array (out);
  double highest = MAX (MAX (sal_tensor_floats (scores)[0], sal_tensor_floats (scores)[1]),
                        sal_tensor_floats (scores)[2]);

  g_auto (CliResult) predicted =
      cli_run ("predict", model, "--input", with_x, "--input", with_gain, "--input", with_domain,
               "--output-tensor", "shifted", "--json", "-", NULL);
  cli_assert_done (&predicted);
  g_assert_cmpfloat (fabs (first_logit (&predicted) - highest), <, 1e-6);

  g_auto (CliResult) explained =
      cli_run ("explain", model, "--input", with_x, "--input", with_gain, "--input", with_domain,
               "--output-tensor", "shifted", "-m", "gradient", "--json", json_path, NULL);
  cli_assert_done (&explained);
  g_autoptr (JsonObject) json = cli_json (json_path, NULL);
  g_assert_cmpfloat (
      fabs (json_object_get_double_member (sal_json_object (json, "target"), "logit") - highest), <,
      1e-6);

  g_auto (CliResult) measured =
      cli_run ("bench", model, "--input", with_gain, "--input", with_domain, "--output-tensor",
               "shifted", "--repeat", "1", NULL);
  cli_assert_done (&measured);

  g_auto (CliResult) refused = cli_run ("predict", model, picture, "--input", wrong, NULL);
  cli_assert_refused (&refused, 1, "", "input \"domain\" takes integers");
  g_auto (CliResult) twice =
      cli_run ("predict", model, picture, "--input", with_gain, "--input", with_gain, NULL);
  cli_assert_refused (&twice, 2, "--input: ", "there is an array for this input already");
  test_scratch_clear ();
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cli/source/size", test_size);
  g_test_add_func ("/cli/source/array", test_array);
  g_test_add_func ("/cli/source/like", test_like);
  g_test_add_func ("/cli/source/outputs", test_outputs);
  g_test_add_func ("/cli/source/inputs", test_inputs);
  return g_test_run ();
}
