/* What salience-cli refuses: one line on standard error, the right status, and no file left. */
#include "engine/image/png.h"
#include "engine/tensor/npy.h"
#include "tests/cli/cli.h"
#include "tests/support.h"

#include <glib/gstdio.h>
#include <string.h>

static char *model, *picture, *array, *overlay, *json;

static void
assert_nothing_written (void)
{
  g_assert_false (g_file_test (array, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (overlay, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (json, G_FILE_TEST_EXISTS));
}

static CliResult
explain (const char *model_file, const char *image)
{
  return cli_run ("explain", model_file, image, "-m", "gradient", "--attribution", array,
                  "--overlay", overlay, "--json", json, NULL);
}

/* Writes a file with the contents of another, cut to @length. */
static char *
shortened (const char *name, const char *from, gsize length)
{
  char *path = test_scratch (name);
  g_autofree char *contents = NULL;
  gsize size;

  g_assert_true (g_file_get_contents (from, &contents, &size, NULL));
  g_assert_cmpuint (length, <, size);
  g_assert_true (g_file_set_contents (path, contents, (gssize) length, NULL));
  return path;
}

static char *
written (const char *name, const char *text)
{
  char *path = test_scratch (name);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  return path;
}

static void
test_models (void)
{
  g_autofree char *cut = shortened ("cut.onnx", model, 900);
  g_autofree char *text = written ("text.onnx", "This is no model.\n");
  g_autofree char *empty = written ("empty.onnx", "");
  g_autofree char *unknown = test_data ("onnx/unsupported.onnx");
  g_autofree char *huge = test_data ("onnx/huge-weight.onnx");
  g_autofree char *outside = test_data ("onnx/external/passwd.onnx");
  g_autofree char *linked = test_data ("onnx/external/link.onnx");
  g_autofree char *cycle = test_data ("onnx/cycle.onnx");
  g_autofree char *folder = test_data ("cli");
  const struct {
    const char *file;
    const char *why;
  } cases[] = {
    { cut, "cut.onnx" },     { text, "text.onnx" },
    { empty, "empty.onnx" }, { "/nowhere/model.onnx", "No such file" },
    { unknown, "Wobble" },   { huge, "huge-weight.onnx" },
    { outside, "passwd" },   { linked, "link.bin" },
    { cycle, "cycle.onnx" }, { folder, "is a folder" },
  };
  static const char *const commands[] = { "predict", "explain", "bench", "run", "inspect" };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto (CliResult) result = explain (cases[i].file, picture);

    cli_assert_refused (&result, 1, "", cases[i].why);
    assert_nothing_written ();
    for (gsize k = 0; k < G_N_ELEMENTS (commands); k++) {
      gboolean run = strcmp (commands[k], "run") == 0;
      gboolean explains = strcmp (commands[k], "explain") == 0;

      /* To list what is unknown is what inspect is for. */
      if (explains || (strcmp (commands[k], "inspect") == 0 && cases[i].file == unknown))
        continue;

      g_auto (CliResult) other =
          run ? cli_run ("run", cases[i].file, "--input", picture, "--output-dir", array, NULL)
          : strcmp (commands[k], "predict") == 0
              ? cli_run ("predict", cases[i].file, picture, "--json", json, NULL)
              : cli_run (commands[k], cases[i].file, "--json", json, NULL);

      cli_assert_refused (&other, 1, "", cases[i].why);
      assert_nothing_written ();
    }
  }
}

static char *
filled (const char *name, int width, int height)
{
  char *path = test_scratch (name);
  g_autoptr (SalImage) image =
      sal_image_new_filled (width, height, (const guint8[]){ 200, 90, 30 });

  g_assert_true (sal_png_write (path, image, NULL, NULL));
  return path;
}

static void
test_pictures (void)
{
  g_autofree char *cut = shortened ("cut.png", picture, 600);
  g_autofree char *head = shortened ("head.png", picture, 20);
  g_autofree char *text = written ("text.png", "This is no picture.\n");
  g_autofree char *huge = test_data ("image/huge.png");
  g_autofree char *pixel = filled ("pixel.png", 1, 1), *strip = filled ("strip.png", 20000, 10);
  const char *const cases[] = {
    cut, head, text, huge, "/nowhere/picture.png", "/tmp", pixel, strip
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto (CliResult) result = explain (model, cases[i]);

    cli_assert_refused (&result, 1, cases[i], "");
    assert_nothing_written ();
  }
}

/* The file's sidecar with one place changed, beside a copy of the model. */
static CliResult
with_sidecar (const char *from, const char *to)
{
  g_autofree char *copy = test_scratch ("other.onnx"), *sidecar = test_scratch ("other.json");
  g_autofree char *labels = test_scratch ("tiny.txt");
  g_autofree char *old_sidecar = cli_data ("tiny.json"), *old_labels = cli_data ("tiny.txt");
  g_autofree char *bytes = NULL, *text = NULL, *names = NULL;
  gsize size;

  g_assert_true (g_file_get_contents (model, &bytes, &size, NULL));
  g_assert_true (g_file_set_contents (copy, bytes, (gssize) size, NULL));
  g_assert_true (g_file_get_contents (old_labels, &names, NULL, NULL));
  g_assert_true (g_file_set_contents (labels, names, -1, NULL));
  g_assert_true (g_file_get_contents (old_sidecar, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, from));

  g_auto (GStrv) parts = g_strsplit (text, from, -1);
  g_autofree char *changed = g_strjoinv (to, parts);

  g_assert_true (g_file_set_contents (sidecar, changed, -1, NULL));
  return explain (copy, picture);
}

static void
test_sidecars (void)
{
  static const char *const cases[][3] = {
    { "3, 16, 16", "3, 32, 32", "32" },
    { "3, 16, 16", "1, 16, 16", "other.json" },
    { "[0.25, 0.25, 0.25]", "[0.25, 0, 0.25]", "std" },
    { "[0, 1]", "[1, 1]", "other.json" },
    { "tiny.txt", "absent.txt", "absent.txt" },
    { "RGB", "CMYK", "CMYK" },
    { "{", "", "other.json" },
    { "{", "{{{", "other.json" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto (CliResult) result = with_sidecar (cases[i][0], cases[i][1]);

    cli_assert_refused (&result, 1, "", cases[i][2]);
    assert_nothing_written ();
  }
}

static void
test_arrays (void)
{
  g_autofree char *wrong = test_scratch ("wrong.npy"), *ints = test_scratch ("ints.npy");
  g_autofree char *text = written ("text.npy", "This is no array.\n");
  SalShape shape = SAL_SHAPE (1, 3, 16, 15), right = SAL_SHAPE (1, 3, 16, 16);
  g_autoptr (SalTensor) x = sal_tensor_new (SAL_FLOAT, &shape);
  g_autoptr (SalTensor) whole = sal_tensor_new (SAL_INT, &right);
  const char *const cases[] = { wrong, ints, text, "/nowhere/x.npy" };

  g_assert_true (sal_npy_save (wrong, x, NULL) && sal_npy_save (ints, whole, NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto (CliResult) input = cli_run ("explain", model, "--input", cases[i], "-m", "gradient",
                                        "--attribution", array, NULL);
    g_auto (CliResult) baseline = cli_run ("explain", model, picture, "--baseline", cases[i], "-m",
                                           "integrated-gradients", "--attribution", array, NULL);
    g_auto (CliResult) noise = cli_run ("explain", model, picture, "--noise-file", cases[i], "-m",
                                        "smoothgrad", "--attribution", array, NULL);
    g_auto (CliResult) run =
        cli_run ("run", model, "--input", cases[i], "--output-dir", array, NULL);

    cli_assert_refused (&input, 1, cases[i], "");
    cli_assert_refused (&baseline, 1, cases[i], "");
    cli_assert_refused (&noise, 1, cases[i], "");
    cli_assert_refused (&run, 1, cases[i], "");
    assert_nothing_written ();
  }
}

/* A model without pictures has nothing to paint over, but its numbers can be explained. */
static void
test_no_pictures (void)
{
  g_autofree char *vector = cli_data ("vector.onnx"), *input = test_scratch ("vector.npy");
  SalShape shape = SAL_SHAPE (1, 4);
  g_autoptr (SalTensor) x = sal_tensor_new_copy (SAL_FLOAT, &shape, (float[]){ 1, -1, 2, 0.5f });

  g_assert_true (sal_npy_save (input, x, NULL));

  g_auto (CliResult) painted = cli_run ("explain", vector, "--input", input, "-m", "gradient",
                                        "--overlay", overlay, "--attribution", array, NULL);
  g_auto (CliResult) pictured = explain (vector, picture);
  g_auto (CliResult) black =
      cli_run ("explain", vector, "--input", input, "-m", "integrated-gradients", "--baseline",
               "black", "--attribution", array, NULL);
  g_auto (CliResult) cam =
      cli_run ("explain", vector, "--input", input, "-m", "grad-cam", "--attribution", array, NULL);

  cli_assert_refused (&painted, 1, "vector: takes no pictures", "");
  cli_assert_refused (&pictured, 1, "vector takes no pictures", "");
  cli_assert_refused (&black, 2, "--baseline: ", "zero");
  cli_assert_refused (&cam, 1, "vector: grad-cam: ", "");
  assert_nothing_written ();

  g_auto (CliResult) fine = cli_run ("explain", vector, "--input", input, "-m",
                                     "integrated-gradients", "--attribution", array, NULL);

  cli_assert_done (&fine);

  g_autoptr (SalTensor) a = cli_array (array);

  cli_assert_shape (a, "1×4");
  g_remove (array);
}

static void
test_outputs (void)
{
  g_autofree char *nowhere = g_strconcat (array, "/nowhere/x.png", NULL);
  g_autofree char *before = NULL, *after = NULL;
  gsize n, m;

  g_assert_true (g_file_get_contents (picture, &before, &n, NULL));

  const struct {
    const char *option, *path;
    int status;
    const char *what;
  } cases[] = {
    { "--overlay", nowhere, 1, nowhere },
    { "--overlay", "/tmp", 1, "/tmp" },
    { "--overlay", "x.jpg", 2, "--overlay: x.jpg" },
    { "--overlay", picture, 2, "--overlay: " },
    { "--overlay", array, 2, "--overlay: " },
    { "--json", "", 2, "--json: " },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto (CliResult) result =
        cli_run ("explain", model, picture, "-m", "gradient", "--attribution", array,
                 cases[i].option, cases[i].path, NULL);

    cli_assert_refused (&result, cases[i].status, cases[i].what, "");
    assert_nothing_written ();
  }
  g_assert_true (g_file_get_contents (picture, &after, &m, NULL));
  g_assert_cmpmem (before, n, after, m);
}

/* Each is the command line after `explain MODEL PICTURE`. */
static void
test_options (void)
{
  static const char *const cases[][7] = {
    { "--method", "gradeint", NULL, NULL, NULL, NULL, "--method: " },
    { NULL, NULL, NULL, NULL, NULL, NULL, "--method: missing" },
    { "-m", "gradient", "--figure", "x.png", NULL, NULL, "--figure: unknown option" },
    { "-m", "gradient", "--steps", "50", NULL, NULL, "--steps: gradient takes no such" },
    { "-m", "integrated-gradients", "--steps", "0", NULL, NULL, "--steps: 0 " },
    { "-m", "integrated-gradients", "--steps", "2.5", NULL, NULL, "--steps: 2.5 " },
    { "-m", "integrated-gradients", "--steps", "many", NULL, NULL, "--steps: \"many\" " },
    { "-m", "integrated-gradients", "--steps", NULL, NULL, NULL, "--steps: missing argument" },
    { "-m", "integrated-gradients", "--rule", "simpson", NULL, NULL, "--rule: \"simpson\" " },
    { "-m", "gradient", "--target", "5", NULL, NULL, "--target: \"5\" " },
    { "-m", "gradient", "--target", "-1", NULL, NULL, "--target: \"-1\" " },
    { "-m", "gradient", "--target", "hexagon", NULL, NULL, "--target: \"hexagon\" " },
    { "-m", "gradient", "--target", "1", "--versus", "square", "--versus: class 1 " },
    { "-m", "gradient", "--layer", "third", NULL, NULL, "--layer: \"third\" " },
    { "-m", "gradient", "--output-kind", "odds", NULL, NULL, "--output-kind: \"odds\" " },
    { "-m", "gradient", "--threads", "-1", NULL, NULL, "--threads: -1 " },
    { "-m", "gradient", "--threads", "two", NULL, NULL, "--threads: " },
    { "-m", "gradient", "--opacity", "1.5", NULL, NULL, "--opacity: 1.5 " },
    { "-m", "gradient", "--opacity", "nan", NULL, NULL, "--opacity: " },
    { "-m", "gradient", "--scale", "65", NULL, NULL, "--scale: 65 " },
    { "-m", "gradient", "--noise-file", "n.npy", NULL, NULL, "--noise-file: " },
    { "-m", "smoothgrad", "--samples", "0", NULL, NULL, "--samples: 0 " },
    { "-m", "gradient", "third.png", NULL, NULL, NULL, "third.png: one argument too many" },
    { "-m", "gradient", "--input", "x.npy", NULL, NULL, "--input: given beside" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    const char *arguments[9 + 1] = { "explain", model, picture };
    int n = 3;

    for (int k = 0; k < 6 && cases[i][k] != NULL; k++)
      arguments[n++] = cases[i][k];

    g_auto (CliResult) result = cli_run_in (NULL, arguments);

    cli_assert_refused (&result, 2, cases[i][6], "");
    assert_nothing_written ();
  }
}

static void
test_commands (void)
{
  static const char *const cases[][5] = {
    { NULL, NULL, NULL, NULL, "COMMAND: missing" },
    { "evaluate", NULL, NULL, NULL, "evaluate: no such command" },
    { "line\nbreak", NULL, NULL, NULL, "line break: no such command" },
    { "inspect", NULL, NULL, NULL, "inspect: no argument given" },
    { "predict", "m.onnx", NULL, NULL, "IMAGE: missing" },
    { "predict", "m.onnx", "--top", "-2", "--top: -2 " },
    { "run", "m.onnx", NULL, NULL, "--output-dir: missing" },
    { "bench", "m.onnx", "--repeat", "0", "--repeat: 0 " },
    { "bench", "m.onnx", "--cpu-features", "avx9", "--cpu-features: \"avx9\" is not one of base" },
    { "bench", "m.onnx", "--overlay", "x.png", "--overlay: unknown option" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    const char *arguments[] = { cases[i][0], cases[i][1], cases[i][2], cases[i][3], NULL };
    g_auto (CliResult) result = cli_run_in (NULL, arguments);

    cli_assert_refused (&result, 2, cases[i][4], "");
  }
}

static void
test_recipes (void)
{
  g_autofree char *text = written ("recipe.png", "no picture");
  g_autofree char *other = test_data ("image/texts.png");
  const char *const cases[] = { picture, text, other, "/nowhere/recipe.png" };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto (CliResult) result =
        cli_run ("explain", model, picture, "--like", cases[i], "--attribution", array, NULL);

    cli_assert_refused (&result, 1, cases[i], "");
    assert_nothing_written ();
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  model = cli_data ("tiny.onnx");
  picture = cli_picture ("picture.png", 24, 24);
  array = test_scratch ("array.npy");
  overlay = test_scratch ("overlay.png");
  json = test_scratch ("result.json");
  g_test_add_func ("/cli/refuse/models", test_models);
  g_test_add_func ("/cli/refuse/pictures", test_pictures);
  g_test_add_func ("/cli/refuse/sidecars", test_sidecars);
  g_test_add_func ("/cli/refuse/arrays", test_arrays);
  g_test_add_func ("/cli/refuse/no-pictures", test_no_pictures);
  g_test_add_func ("/cli/refuse/outputs", test_outputs);
  g_test_add_func ("/cli/refuse/options", test_options);
  g_test_add_func ("/cli/refuse/commands", test_commands);
  g_test_add_func ("/cli/refuse/recipes", test_recipes);

  int status = g_test_run ();

  test_scratch_clear ();
  g_free (model);
  g_free (picture);
  g_free (array);
  g_free (overlay);
  g_free (json);
  return status;
}
