/* salience-cli explain: what it writes, and that it writes the same again. */
#include "engine/base/json.h"
#include "engine/explain/method.h"
#include "engine/image/png.h"
#include "engine/tensor/npy.h"
#include "tests/cli/cli.h"
#include "tests/support.h"

#include <glib/gstdio.h>
#include <math.h>
#include <signal.h>
#include <string.h>

typedef struct {
  char *model;
  char *picture;
  char *array;
  char *other;
  char *overlay;
  char *json;
} Files;

static Files files;

static SalTensor *
attribution (const char *method, const char *option, const char *value)
{
  g_auto (CliResult) result = cli_run ("explain", files.model, files.picture, "--method", method,
                                       "--attribution", files.array, option, value, NULL);

  cli_assert_done (&result);
  return cli_array (files.array);
}

static double
distance (const SalTensor *a, const SalTensor *b)
{
  double sum = 0;

  g_assert_true (sal_shape_equal (sal_tensor_shape (a), sal_tensor_shape (b)));
  for (gint64 i = 0; i < sal_tensor_count (a); i++) {
    double d = (double) sal_tensor_floats (a)[i] - (double) sal_tensor_floats (b)[i];

    sum += d * d;
  }
  return sqrt (sum);
}

static void
assert_not_flat (const SalTensor *array)
{
  const float *x = sal_tensor_floats (array);
  gboolean differs = FALSE;

  for (gint64 i = 0; i < sal_tensor_count (array); i++) {
    g_assert_true (isfinite (x[i]));
    differs |= x[i] != x[0];
  }
  g_assert_true (differs);
}

/* Every method there is works with its defaults and gives one number a pixel and channel, or a map
 * as large as the input; or it says why it cannot be applied to this model. */
static void
test_methods (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SalModel) model = sal_model_open (files.model, &error);

  g_assert_no_error (error);
  for (const SalMethod *const *method = sal_methods (); *method != NULL; method++) {
    const char *reason = (*method)->check != NULL ? (*method)->check (model) : NULL;

    g_test_message ("%s", (*method)->id);
    if (reason != NULL) {
      g_auto (CliResult) refused =
          cli_run ("explain", files.model, files.picture, "-m", (*method)->id, NULL);

      cli_assert_refused (&refused, 1, "tiny: ", reason);
      g_assert_cmpint ((*method)->group, ==, SAL_GROUP_ATTENTION);
      continue;
    }

    g_autoptr (SalTensor) array = attribution ((*method)->id, NULL, NULL);
    const SalShape *shape = sal_tensor_shape (array);

    g_assert_cmpint (shape->rank, ==, 4);
    g_assert_cmpint (shape->dim[2], ==, (*method)->group == SAL_GROUP_LAYER ? 8 : 16);
    g_assert_cmpint (shape->dim[3], ==, shape->dim[2]);
    assert_not_flat (array);
  }
}

static void
test_json (void)
{
  g_auto (CliResult) result =
      cli_run ("explain", files.model, files.picture, "-m", "integrated-gradients", "--steps", "30",
               "--baseline", "white", "--seed", "5", "--target", "triangle", "--threads", "2",
               "--overlay", files.overlay, "--json", files.json, NULL);

  cli_assert_done (&result);

  g_autoptr (JsonObject) json = cli_json (files.json, NULL);
  JsonObject *target = sal_json_object (json, "target");
  JsonObject *parameters = sal_json_object (json, "parameters");
  JsonObject *completeness = sal_json_object (json, "completeness");
  JsonObject *appearance = sal_json_object (json, "appearance");
  g_autofree char *model_bytes = NULL, *checksum = NULL;
  gsize size;

  g_assert_cmpstr (sal_json_string (json, "version"), ==, SAL_VERSION);
  g_assert_cmpstr (sal_json_string (json, "method"), ==, "integrated-gradients");
  g_assert_cmpint (sal_json_int (json, "threads", 0), ==, 2);
  g_assert_cmpint (sal_json_int (json, "seed", 0), ==, 5);
  g_assert_true (json_object_get_double_member (json, "milliseconds") > 0);
  g_assert_true (json_object_get_null_member (json, "versus"));

  g_assert_true (g_file_get_contents (files.model, &model_bytes, &size, NULL));
  checksum = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (guint8 *) model_bytes, size);
  g_assert_cmpstr (sal_json_string (sal_json_object (json, "model"), "file"), ==, files.model);
  g_assert_cmpstr (sal_json_string (sal_json_object (json, "model"), "sha256"), ==, checksum);
  g_assert_cmpstr (sal_json_string (sal_json_object (json, "image"), "file"), ==, files.picture);
  g_assert_cmpuint (strlen (sal_json_string (sal_json_object (json, "image"), "sha256")), ==, 64);

  g_assert_cmpint (sal_json_int (target, "index", -1), ==, 2);
  g_assert_cmpstr (sal_json_string (target, "label"), ==, "triangle");
  g_assert_true (json_object_has_member (target, "logit"));
  g_assert_true (json_object_has_member (target, "probability"));

  g_assert_cmpint (sal_json_int (parameters, "steps", 0), ==, 30);
  g_assert_cmpstr (sal_json_string (parameters, "rule"), ==, "gauss-legendre");
  g_assert_cmpstr (sal_json_string (parameters, "baseline"), ==, "white");
  g_assert_cmpstr (sal_json_string (parameters, "smooth"), ==, "none");
  g_assert_cmpstr (sal_json_string (parameters, "output-kind"), ==, "logit");
  /* What has no effect was not in force. */
  g_assert_false (json_object_has_member (parameters, "samples"));

  double sum = json_object_get_double_member (completeness, "sum");
  double difference = json_object_get_double_member (completeness, "difference");

  g_assert_cmpfloat_with_epsilon (json_object_get_double_member (completeness, "error"),
                                  sum - difference, 1e-12);
  g_assert_true (fabs (sum - difference) < 0.02 * fabs (difference));
  g_assert_cmpstr (sal_json_string (appearance, "sign"), ==, "signed");
  g_assert_cmpstr (sal_json_string (appearance, "colormap"), ==, "coolwarm");

  /* The picture carries the same. */
  g_autoptr (GError) error = NULL;
  g_autofree char *text = sal_png_read_text (files.overlay, SAL_PNG_PARAMETERS, &error);
  g_autofree char *written = NULL;

  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (files.json, &written, NULL, NULL));
  g_assert_cmpstr (g_strchomp (written), ==, text);
}

/* A method that does not promise it has no completeness. */
static void
test_json_on_output (void)
{
  g_auto (CliResult) result =
      cli_run ("explain", files.model, files.picture, "-m", "gradient", "--json", "-", NULL);

  cli_assert_done (&result);

  g_autoptr (JsonObject) json = cli_json ("-", &result);

  g_assert_true (json_object_get_null_member (json, "completeness"));
  g_assert_true (json_object_get_null_member (json, "appearance"));
}

static void
test_same_again (void)
{
  static const char *const methods[] = { "gradient", "integrated-gradients", "grad-cam" };

  for (gsize i = 0; i < G_N_ELEMENTS (methods); i++) {
    static const char *const threads[] = { "1", "2", "3" };

    for (gsize t = 0; t < G_N_ELEMENTS (threads); t++) {
      g_auto (CliResult) result =
          cli_run ("explain", files.model, files.picture, "-m", methods[i], "--smooth",
                   "smoothgrad", "--samples", "11", "--seed", "3", "--threads", threads[t],
                   "--attribution", t == 0 ? files.array : files.other, NULL);

      cli_assert_done (&result);
      if (t > 0)
        cli_assert_same_bytes (files.array, files.other);
    }

    g_auto (CliResult) another =
        cli_run ("explain", files.model, files.picture, "-m", methods[i], "--smooth", "smoothgrad",
                 "--samples", "11", "--seed", "4", "--attribution", files.other, NULL);

    cli_assert_done (&another);

    g_autoptr (SalTensor) a = cli_array (files.array), b = cli_array (files.other);

    g_assert_true (distance (a, b) > 0);
  }
}

static void
test_like (void)
{
  g_autofree char *again = test_scratch ("again.png");
  g_auto (CliResult) first = cli_run (
      "explain", files.model, files.picture, "-m", "integrated-gradients", "--steps", "7", "--rule",
      "right", "--smooth", "vargrad", "--samples", "3", "--seed", "9", "--target", "star",
      "--versus", "square", "--output-kind", "probability", "--colormap", "magma", "--blend",
      "side-by-side", "--scale", "3", "--internal-batch", "2", "--exact", "--attribution",
      files.array, "--overlay", files.overlay, "--json", files.json, NULL);
  g_auto (CliResult) second =
      cli_run ("explain", files.model, files.picture, "--like", files.overlay, "--attribution",
               files.other, "--overlay", again, NULL);

  cli_assert_done (&first);
  cli_assert_done (&second);
  cli_assert_same_bytes (files.array, files.other);

  g_autoptr (GError) error = NULL;
  g_autoptr (SalImage) a = sal_image_load (files.overlay, &error);
  g_autoptr (SalImage) b = sal_image_load (again, &error);

  g_assert_no_error (error);
  g_assert_true (sal_image_equal (a, b));

  /* What is said on the command line goes before the recipe, and the rest of it stays. */
  g_auto (CliResult) third = cli_run ("explain", files.model, files.picture, "--like",
                                      files.overlay, "--seed", "10", "--json", files.json, NULL);
  g_autoptr (JsonObject) json = cli_json (files.json, NULL);

  cli_assert_done (&third);
  g_assert_cmpint (sal_json_int (json, "seed", 0), ==, 10);
  g_assert_cmpint (sal_json_int (sal_json_object (json, "parameters"), "steps", 0), ==, 7);
  g_assert_cmpstr (sal_json_string (sal_json_object (json, "parameters"), "compute"), ==, "exact");
  g_assert_cmpint (sal_json_int (sal_json_object (json, "versus"), "index", 0), ==, 1);
}

/* The gradient of a difference is the difference of the gradients. */
static void
test_versus (void)
{
  g_autoptr (SalTensor) a = attribution ("gradient", "--target", "0");
  g_autoptr (SalTensor) b = attribution ("gradient", "--target", "CROSS");
  g_auto (CliResult) result =
      cli_run ("explain", files.model, files.picture, "-m", "gradient", "--target", "circle",
               "--versus", "3", "--attribution", files.array, NULL);

  cli_assert_done (&result);

  g_autoptr (SalTensor) difference = cli_array (files.array);
  double size = 0;

  for (gint64 i = 0; i < sal_tensor_count (a); i++) {
    float want = sal_tensor_floats (a)[i] - sal_tensor_floats (b)[i];

    g_assert_cmpfloat_with_epsilon (sal_tensor_floats (difference)[i], want, 1e-5);
    size += fabs ((double) want);
  }
  g_assert_true (size > 0);
}

/* By softmax's derivative the gradient of a probability p is p · (1 - p) times that of a logit
 * where there are two classes; with more it is another combination, and the graph's own output,
 * which is the probability here, gives the same. */
static void
test_output_kind (void)
{
  g_autoptr (SalTensor) logit = attribution ("gradient", NULL, NULL);
  g_autoptr (SalTensor) probability = attribution ("gradient", "--output-kind", "probability");
  g_autoptr (SalTensor) output = attribution ("gradient", "--output-kind", "output");

  g_assert_true (distance (logit, probability) > 1e-3);
  g_assert_cmpfloat_with_epsilon (distance (probability, output), 0, 1e-6);
}

static void
test_names (void)
{
  g_autoptr (SalTensor) gradient = attribution ("gradient", NULL, NULL);
  g_autoptr (SalTensor) saliency = attribution ("saliency", NULL, NULL);
  g_autoptr (SalTensor) smoothed = attribution ("gradient", "--smooth", "smoothgrad");
  g_autoptr (SalTensor) smoothgrad = attribution ("smoothgrad", NULL, NULL);

  g_assert_true (distance (gradient, saliency) == 0);
  g_assert_true (distance (smoothed, smoothgrad) == 0);
  g_assert_true (distance (gradient, smoothgrad) > 0);
}

static void
test_cam (void)
{
  g_auto (CliResult) result =
      cli_run ("explain", files.model, files.picture, "-m", "grad-cam", "--raw-cam", "--no-relu",
               "--layer", "second/relu", "--attribution", files.array, NULL);
  g_autoptr (SalTensor) raw = cli_array (files.array);
  g_autoptr (SalTensor) map = attribution ("grad-cam", NULL, NULL);
  g_autoptr (SalTensor) nearest = attribution ("grad-cam", "--upsample", "nearest");

  cli_assert_done (&result);
  cli_assert_shape (raw, "1×1×8×8");
  cli_assert_shape (map, "1×1×16×16");
  g_assert_true (distance (map, nearest) > 0);
  /* The last layer is the default, and the map is what is above zero. */
  for (int y = 0; y < 16; y++)
    for (int x = 0; x < 16; x++)
      g_assert_cmpfloat_with_epsilon (sal_tensor_floats (nearest)[16 * y + x],
                                      fmaxf (0, sal_tensor_floats (raw)[8 * (y / 2) + x / 2]),
                                      1e-6);

  g_autoptr (SalTensor) layer = attribution ("gradient", "--layer", "p1");

  cli_assert_shape (layer, "1×4×8×8");
}

/* An array in place of the picture is the input itself. */
static void
test_input (void)
{
  g_autofree char *input = test_scratch ("input.npy");
  SalShape shape = SAL_SHAPE (1, 3, 16, 16);
  g_autoptr (SalTensor) x = sal_tensor_new (SAL_FLOAT, &shape);
  g_autoptr (GError) error = NULL;

  for (int i = 0; i < 3 * 256; i++)
    ((float *) sal_tensor_edit (x))[i] = (float) sin (i);
  sal_npy_save (input, x, &error);
  g_assert_no_error (error);

  g_auto (CliResult) result =
      cli_run ("explain", files.model, "--input", input, "-m", "integrated-gradients",
               "--attribution", files.array, "--overlay", files.overlay, "--heatmap", files.other,
               "--scale", "2", "--json", files.json, NULL);

  cli_assert_done (&result);

  g_autoptr (JsonObject) json = cli_json (files.json, NULL);
  g_autoptr (SalImage) overlay = sal_image_load (files.overlay, &error);
  g_autoptr (SalImage) heatmap = sal_image_load (files.other, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (sal_json_string (sal_json_object (json, "parameters"), "baseline"), ==, "zero");
  g_assert_cmpint (sal_image_width (overlay), ==, 32);
  g_assert_cmpint (sal_image_height (heatmap), ==, 32);

  /* From zero, the attribution of what is zero is nothing. */
  g_autoptr (SalTensor) a = cli_array (files.array);

  g_assert_true (sal_tensor_floats (x)[0] == 0 && sal_tensor_floats (a)[0] == 0);
  assert_not_flat (a);
}

static void
test_noise_file (void)
{
  g_autofree char *noise = test_scratch ("noise.npy");
  SalShape shape = SAL_SHAPE (4, 3, 16, 16);
  g_autoptr (SalTensor) zeros = sal_tensor_new (SAL_FLOAT, &shape);
  g_autoptr (GError) error = NULL;

  sal_npy_save (noise, zeros, &error);
  g_assert_no_error (error);

  g_auto (CliResult) result =
      cli_run ("explain", files.model, files.picture, "-m", "smoothgrad", "--noise-file", noise,
               "--attribution", files.array, "--json", files.json, NULL);
  g_autoptr (JsonObject) json = cli_json (files.json, NULL);
  g_autoptr (SalTensor) smoothed = cli_array (files.array);
  g_autoptr (SalTensor) gradient = attribution ("gradient", NULL, NULL);

  cli_assert_done (&result);
  g_assert_cmpfloat_with_epsilon (distance (smoothed, gradient), 0, 1e-6);
  g_assert_cmpint (sal_json_int (sal_json_object (json, "parameters"), "samples", 0), ==, 4);
  g_assert_cmpstr (sal_json_string (sal_json_object (json, "parameters"), "noise-file"), ==, noise);
}

static JsonObject *
taken (JsonObject *json)
{
  JsonObject *object = sal_json_object (json, "taken");

  g_assert_nonnull (object);
  return object;
}

/* A run that ends by itself says where it did, and is the one that was told to end there. */
static void
test_enough (void)
{
  g_auto (CliResult) result =
      cli_run ("explain", files.model, files.picture, "-m", "smoothgrad", "--samples", "500",
               "--error-bound", "0.3", "--attribution", files.array, "--overlay", files.overlay,
               "--json", files.json, NULL);
  g_autoptr (JsonObject) json = cli_json (files.json, NULL);
  g_autoptr (SalTensor) values = cli_array (files.array);
  gint64 samples = sal_json_int (taken (json), "samples", 0);
  g_autofree char *number = g_strdup_printf ("%" G_GINT64_FORMAT, samples);

  cli_assert_done (&result);
  g_assert_cmpint (samples, >=, 8);
  g_assert_cmpint (samples, <, 500);
  g_assert_cmpfloat (json_object_get_double_member (taken (json), "relative-error"), <=, 0.3);
  g_assert_cmpint (sal_json_int (sal_json_object (json, "parameters"), "samples", 0), ==, 500);

  g_auto (CliResult) counted = cli_run ("explain", files.model, files.picture, "-m", "smoothgrad",
                                        "--samples", number, "--attribution", files.array, NULL);
  g_autoptr (SalTensor) same = cli_array (files.array);
  cli_assert_done (&counted);
  g_assert_cmpfloat (distance (values, same), ==, 0);

  g_auto (CliResult) again = cli_run ("explain", files.model, files.picture, "--like",
                                      files.overlay, "--attribution", files.array, NULL);
  g_autoptr (SalTensor) repeated = cli_array (files.array);
  cli_assert_done (&again);
  g_assert_cmpfloat (distance (values, repeated), ==, 0);

  g_auto (CliResult) path =
      cli_run ("explain", files.model, files.picture, "-m", "integrated-gradients", "--steps", "2",
               "--rule", "right", "--tolerance", "0.01", "--json", files.json, NULL);
  g_autoptr (JsonObject) integral = cli_json (files.json, NULL);
  cli_assert_done (&path);
  g_assert_cmpint (sal_json_int (taken (integral), "steps", 0), >, 2);
  g_assert_false (json_object_has_member (taken (integral), "samples"));
}

/* Names with spaces, umlauts and a dash in front are names; relative ones are the caller's. */
static void
test_odd_names (void)
{
  g_autofree char *folder = test_scratch ("ein Ördner");
  g_autofree char *picture = g_build_filename (folder, "-bild.png", NULL);
  g_autofree char *model = g_build_filename (folder, "tiny.onnx", NULL);
  g_autofree char *sidecar = g_build_filename (folder, "tiny.json", NULL);
  g_autofree char *labels = g_build_filename (folder, "tiny.txt", NULL);
  static const char *const names[] = { "tiny.onnx", "tiny.json", "tiny.txt" };
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *from = cli_data (names[i]), *to = g_build_filename (folder, names[i], NULL);
    g_autoptr (GFile) source = g_file_new_for_path (from), copy = g_file_new_for_path (to);

    g_file_copy (source, copy, G_FILE_COPY_NONE, NULL, NULL, NULL, &error);
    g_assert_no_error (error);
  }

  g_autofree char *plain = cli_picture ("bild.png", 20, 30);

  g_assert_cmpint (g_rename (plain, picture), ==, 0);

  const char *arguments[] = { "explain", "-m",        "gradient",  "--json", "a b.json",
                              "--",      "tiny.onnx", "-bild.png", NULL };
  g_auto (CliResult) result = cli_run_in (folder, arguments);
  g_autofree char *written = g_build_filename (folder, "a b.json", NULL);

  cli_assert_done (&result);

  g_autoptr (JsonObject) json = cli_json (written, NULL);

  g_assert_cmpstr (sal_json_string (sal_json_object (json, "image"), "file"), ==, "-bild.png");
  g_assert_nonnull (sal_json_string (sal_json_object (json, "target"), "label"));
  g_remove (written);
  g_remove (picture);
  g_remove (model);
  g_remove (sidecar);
  g_remove (labels);
  g_rmdir (folder);
}

/* Pictures of every shape have an overlay of that shape. */
static void
test_picture_sizes (void)
{
  static const int sizes[][2] = { { 2, 2 }, { 20000, 200 }, { 7, 700 } };

  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++) {
    g_autofree char *picture = cli_picture ("size.png", sizes[i][0], sizes[i][1]);
    g_auto (CliResult) result = cli_run ("explain", files.model, picture, "-m", "gradient",
                                         "--overlay", files.overlay, NULL);
    g_autoptr (GError) error = NULL;

    cli_assert_done (&result);

    g_autoptr (SalImage) overlay = sal_image_load (files.overlay, &error);

    g_assert_no_error (error);
    g_assert_cmpint (sal_image_width (overlay), ==, sizes[i][0]);
    g_assert_cmpint (sal_image_height (overlay), ==, sizes[i][1]);
  }
}

static void
test_progress (void)
{
  g_auto (CliResult) quiet =
      cli_run ("explain", files.model, files.picture, "-m", "integrated-gradients", NULL);
  g_auto (CliResult) told = cli_run ("explain", files.model, files.picture, "-m",
                                     "integrated-gradients", "--progress", NULL);

  cli_assert_done (&quiet);
  cli_assert_done (&told);
  g_assert_null (strstr (quiet.err, "%"));
  g_assert_nonnull (strstr (told.err, "integrated-gradients: 50 %\n"));
  /* The softmax is stepped over, and that is said. */
  g_assert_nonnull (strstr (quiet.err, "salience-cli: note: Softmax"));
}

static void
test_interrupt (void)
{
  const char *arguments[] = {
    "explain",       files.model, files.picture, "-m",      "integrated-gradients",
    "--steps",       "1000",      "--smooth",    "vargrad", "--samples",
    "1000",          "--overlay", files.overlay, "--json",  files.json,
    "--attribution", files.array, NULL
  };
  g_autoptr (GError) error = NULL;
  g_autofree char *err = NULL;

  g_remove (files.overlay);
  g_remove (files.json);
  g_remove (files.array);

  g_autoptr (GSubprocess) process = cli_start (arguments);

  g_usleep (700000);
  g_subprocess_send_signal (process, SIGINT);

  gint64 start = g_get_monotonic_time ();

  g_subprocess_communicate_utf8 (process, NULL, NULL, NULL, &err, &error);
  g_assert_no_error (error);
  g_assert_cmpint (g_get_monotonic_time () - start, <, 5 * G_USEC_PER_SEC);
  g_assert_true (g_subprocess_get_if_exited (process));
  g_assert_cmpint (g_subprocess_get_exit_status (process), ==, 1);
  g_assert_cmpstr (err, ==, "salience-cli: explain: cancelled\n");
  g_assert_false (g_file_test (files.overlay, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (files.json, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (files.array, G_FILE_TEST_EXISTS));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  files = (Files){ .model = cli_data ("tiny.onnx"),
                   .picture = cli_picture ("picture.png", 40, 24),
                   .array = test_scratch ("array.npy"),
                   .other = test_scratch ("other.npy"),
                   .overlay = test_scratch ("overlay.png"),
                   .json = test_scratch ("result.json") };
  g_test_add_func ("/cli/explain/methods", test_methods);
  g_test_add_func ("/cli/explain/json", test_json);
  g_test_add_func ("/cli/explain/json-on-output", test_json_on_output);
  g_test_add_func ("/cli/explain/same-again", test_same_again);
  g_test_add_func ("/cli/explain/like", test_like);
  g_test_add_func ("/cli/explain/versus", test_versus);
  g_test_add_func ("/cli/explain/output-kind", test_output_kind);
  g_test_add_func ("/cli/explain/names", test_names);
  g_test_add_func ("/cli/explain/cam", test_cam);
  g_test_add_func ("/cli/explain/input", test_input);
  g_test_add_func ("/cli/explain/noise-file", test_noise_file);
  g_test_add_func ("/cli/explain/enough", test_enough);
  g_test_add_func ("/cli/explain/odd-names", test_odd_names);
  g_test_add_func ("/cli/explain/picture-sizes", test_picture_sizes);
  g_test_add_func ("/cli/explain/progress", test_progress);
  g_test_add_func ("/cli/explain/interrupt", test_interrupt);

  int status = g_test_run ();

  test_scratch_clear ();
  g_free (files.model);
  g_free (files.picture);
  g_free (files.array);
  g_free (files.other);
  g_free (files.overlay);
  g_free (files.json);
  return status;
}
