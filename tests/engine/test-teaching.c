/* The teaching set: what its sidecars say was measured is measured again, through the engine, on
 * pictures and texts that the scripts in data/training draw anew; and explanations of it must show
 * what they are there to show. Needs Python with NumPy, Pillow and cairo; skipped without. */
#include "engine/base/json.h"
#include "engine/explain/baseline.h"
#include "engine/explain/method.h"
#include "tests/support.h"

#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

#define PYTHON "/usr/bin/python3"
#define FASHION "/usr/share/datasets/fashion-mnist/"
#define COUNT 500
#define SEED "9000"
#define LESION 1

/* Runs a script of data/training; %FALSE after skipping the test where Python lacks something. */
static gboolean
draw (const char *script, const char *const *options)
{
  static const char *const probe[] = { PYTHON, "-c", "import numpy, PIL, cairo", NULL };
  g_autofree char *name = g_strconcat ("../../data/training/", script, NULL);
  g_autofree char *path = test_data (name);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) arguments = NULL;
  g_autoptr (GSubprocess) asked = g_subprocess_newv (
      probe, G_SUBPROCESS_FLAGS_STDERR_SILENCE | G_SUBPROCESS_FLAGS_STDOUT_SILENCE, NULL);
  g_autoptr (GError) error = NULL;

  if (asked == NULL || !g_subprocess_wait_check (asked, NULL, NULL)) {
    g_test_skip (PYTHON " with NumPy, Pillow and cairo is absent");
    return FALSE;
  }
  g_strv_builder_add_many (builder, PYTHON, "-B", path, NULL);
  g_strv_builder_addv (builder, (const char **) options);
  arguments = g_strv_builder_end (builder);

  g_autoptr (GSubprocess) process =
      g_subprocess_newv ((const char *const *) arguments, G_SUBPROCESS_FLAGS_NONE, &error);

  g_assert_no_error (error);
  g_subprocess_wait_check (process, NULL, &error);
  g_assert_no_error (error);
  return TRUE;
}

static SalModel *
open_model (const char *name)
{
  g_autofree char *file = g_strdup_printf ("../../data/models/%s.onnx", name);
  g_autofree char *path = test_data (file);
  g_autoptr (GError) error = NULL;
  SalModel *model = sal_model_open (path, &error);

  g_assert_no_error (error);
  return model;
}

/* The sidecar, for what the engine does not read of it. */
static JsonObject *
sidecar_of (const char *name)
{
  g_autofree char *file = g_strdup_printf ("../../data/models/%s.json", name);
  g_autofree char *path = test_data (file), *text = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, &error));

  JsonObject *object = sal_json_parse (text, -1, path, &error);

  g_assert_no_error (error);
  return object;
}

/* A folder of pictures with answers.csv: file, label, name. */
typedef struct {
  char *folder;
  GPtrArray *files; /* without ".png" */
  int labels[COUNT];
} Pictures;

static void
pictures_clear (Pictures *self)
{
  g_free (self->folder);
  g_clear_pointer (&self->files, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Pictures, pictures_clear)

static gboolean
pictures_draw (Pictures *self, const char *script, const char *name, const char *tags)
{
  g_autofree char *list = NULL, *csv = NULL;
  g_auto (GStrv) lines = NULL;

  self->folder = test_scratch (name);
  list = g_build_filename (self->folder, "answers.csv", NULL);
  if (!g_file_test (list, G_FILE_TEST_EXISTS) &&
      !draw (script,
             (const char *const[]){ "--seed", SEED, "--count", G_STRINGIFY (COUNT), "--out",
                                    self->folder, tags != NULL ? "--tags" : NULL, tags, NULL }))
    return FALSE;
  g_assert_true (g_file_get_contents (list, &csv, NULL, NULL));
  self->files = g_ptr_array_new_with_free_func (g_free);
  lines = g_strsplit (csv, "\n", -1);
  for (int i = 1; lines[i] != NULL && *lines[i] != '\0'; i++) {
    g_auto (GStrv) fields = g_strsplit (lines[i], ",", 3);

    g_assert_cmpuint (self->files->len, <, COUNT);
    self->labels[self->files->len] = (int) g_ascii_strtoll (fields[1], NULL, 10);
    g_ptr_array_add (self->files, g_strndup (fields[0], strlen (fields[0]) - strlen (".png")));
  }
  g_assert_cmpuint (self->files->len, ==, COUNT);
  return TRUE;
}

static SalImage *
load (const Pictures *self, int i, const char *ending)
{
  g_autofree char *name = g_strconcat (self->files->pdata[i], ending, NULL);
  g_autofree char *path = g_build_filename (self->folder, name, NULL);
  g_autoptr (GError) error = NULL;
  SalImage *image = sal_image_load (path, &error);

  g_assert_no_error (error);
  return image;
}

static int
answer (SalModel *model, const SalTensor *input)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) predictions = sal_model_predict (model, input, NULL, &error);

  g_assert_no_error (error);
  return g_array_index (predictions, SalPrediction, 0).class_index;
}

static double
accuracy_of (SalModel *model, const Pictures *pictures)
{
  int right = 0;

  for (int i = 0; i < COUNT; i++) {
    g_autoptr (SalImage) image = load (pictures, i, ".png");
    g_autoptr (SalTensor) input = sal_model_prepare (model, image, NULL);

    right += answer (model, input) == pictures->labels[i];
  }
  return (double) right / COUNT;
}

/* The measured share must be that of the sidecar, but for the error of a sample: four deviations,
 * and a picture or two where all are right. */
static void
assert_accuracy (const char *what, double measured, double stated)
{
  double error = 4 * sqrt (stated * (1 - stated) / COUNT) + 2.0 / COUNT;

  g_test_message ("%s: %.3f measured, %.4f stated", what, measured, stated);
  g_assert_cmpfloat (fabs (measured - stated), <=, error);
}

static void
test_scenes (gconstpointer name)
{
  g_auto (Pictures) pictures = { 0 };
  g_autoptr (SalModel) model = open_model (name);

  if (!pictures_draw (&pictures, "scenes/generate.py", "scenes", NULL))
    return;
  assert_accuracy (name, accuracy_of (model, &pictures),
                   sal_preparation_accuracy (sal_model_preparation (model)));
}

static SalAttribution *
explain (SalModel *model, const char *method, SalImage *image, int target)
{
  g_autoptr (SalTensor) input = sal_model_prepare (model, image, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (SalTensor) black = sal_baseline_new (model, "black", image, 0, NULL, &error);
  SalQuery query = { .model = model,
                     .method = sal_method_find (method),
                     .target = { target, -1, SAL_OUTPUT_LOGIT },
                     .input = input,
                     .baseline = black };

  g_assert_no_error (error);

  SalAttribution *attribution = sal_explain (&query, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpint (sal_tensor_count (attribution->values) % (128 * 128), ==, 0);
  return attribution;
}

/* Whether the highest place of Grad-CAM is on the object. */
static void
test_pointing_game (void)
{
  g_auto (Pictures) pictures = { 0 };
  g_autoptr (SalModel) model = open_model ("scenes");
  int hits = 0;

  if (!pictures_draw (&pictures, "scenes/generate.py", "scenes", NULL))
    return;
  for (int i = 0; i < COUNT; i++) {
    g_autoptr (SalImage) image = load (&pictures, i, ".png"),
                         mask = load (&pictures, i, ".mask.png");
    g_autoptr (SalAttribution) map = explain (model, "grad-cam", image, pictures.labels[i]);
    const float *a = sal_tensor_floats (map->values);
    int best = 0;

    for (int p = 1; p < 128 * 128; p++)
      if (a[p] > a[best])
        best = p;
    hits += *sal_image_pixel (mask, best % 128, best / 128) > 127;
  }
  g_print ("# pointing game of Grad-CAM on scenes: %.1f %% of %d\n", 100.0 * hits / COUNT, COUNT);
  g_assert_cmpfloat ((double) hits / COUNT, >=, 0.85);
}

/* The accuracy of both networks where the tag goes with the lesions, and where it does not. */
static void
test_scans (gconstpointer name)
{
  g_autoptr (SalModel) model = open_model (name);
  g_autoptr (JsonObject) sidecar = sidecar_of (name);
  JsonObject *stated =
      sal_json_object (sal_json_object (sidecar, "evaluation"), "accuracy_by_tags");
  static const char *const rules[] = { "lesion", "swapped" };

  for (gsize i = 0; i < G_N_ELEMENTS (rules); i++) {
    g_auto (Pictures) pictures = { 0 };
    g_autofree char *what = g_strdup_printf ("%s, tags %s", (const char *) name, rules[i]);

    if (!pictures_draw (&pictures, "scans/generate.py", rules[i], rules[i]))
      return;
    assert_accuracy (what, accuracy_of (model, &pictures),
                     json_object_get_double_member (stated, rules[i]));
  }
  /* The lesson: one of them has never looked at a lung. */
  g_assert_cmpfloat (json_object_get_double_member (stated, "lesion"), >, 0.95);
  if (strcmp (name, "scan-shortcut") == 0)
    g_assert_cmpfloat (json_object_get_double_member (stated, "swapped"), <, 0.2);
  else
    g_assert_cmpfloat (json_object_get_double_member (stated, "swapped"), >, 0.95);
}

/* The share of a map, without its signs, that lies on the tag. */
static double
share_on_tag (SalModel *model, const char *method, SalImage *image, SalImage *tag)
{
  g_autoptr (SalAttribution) map = explain (model, method, image, LESION);
  const float *a = sal_tensor_floats (map->values);
  double on = 0, all = 1e-30;

  for (int p = 0; p < 128 * 128; p++) {
    gboolean inside = *sal_image_pixel (tag, p % 128, p / 128) > 127;

    on += inside ? fabs (a[p]) : 0;
    all += fabs (a[p]);
  }
  return on / all;
}

static void
test_tag (gconstpointer method)
{
  g_auto (Pictures) pictures = { 0 };
  g_autoptr (SalModel) honest = open_model ("scan-honest");
  g_autoptr (SalModel) shortcut = open_model ("scan-shortcut");
  double shares[2] = { 0, 0 };
  int n = 0;

  if (!pictures_draw (&pictures, "scans/generate.py", "lesion", "lesion"))
    return;
  for (int i = 0; i < COUNT && n < 30; i++)
    if (pictures.labels[i] == LESION) {
      g_autoptr (SalImage) image = load (&pictures, i, ".png");
      g_autoptr (SalImage) tag = load (&pictures, i, ".tag.png");

      shares[0] += share_on_tag (honest, method, image, tag);
      shares[1] += share_on_tag (shortcut, method, image, tag);
      n++;
    }
  g_test_message ("%s on the tag: honest %.4f, shortcut %.4f", (const char *) method, shares[0] / n,
                  shares[1] / n);
  g_assert_cmpfloat (shares[1], >=, 5 * shares[0]);
  g_assert_cmpfloat (shares[1] / n, >, 0.05);
}

static GBytes *
read_gz (const char *name)
{
  g_autofree char *path = g_strconcat (FASHION, name, NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GInputStream) raw = G_INPUT_STREAM (g_file_read (file, NULL, NULL));
  g_autoptr (GZlibDecompressor) gzip = g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP);

  if (raw == NULL)
    return NULL;

  g_autoptr (GInputStream) plain = g_converter_input_stream_new (raw, G_CONVERTER (gzip));
  g_autoptr (GOutputStream) all = g_memory_output_stream_new_resizable ();

  g_assert_cmpint (
      g_output_stream_splice (all, plain, G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET, NULL, NULL), >, 0);
  return g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (all));
}

static void
test_fashion (void)
{
  g_autoptr (SalModel) model = open_model ("fashion");
  g_autoptr (GBytes) images = read_gz ("t10k-images-idx3-ubyte.gz");
  g_autoptr (GBytes) labels = read_gz ("t10k-labels-idx1-ubyte.gz");
  double stated = sal_preparation_accuracy (sal_model_preparation (model));
  int right = 0;

  g_assert_cmpfloat (stated, >=, 0.91);
  if (images == NULL || labels == NULL) {
    g_test_skip ("the package dataset-fashion-mnist is absent");
    return;
  }

  const guint8 *pixels = g_bytes_get_data (images, NULL), *kinds = g_bytes_get_data (labels, NULL);
  const int n = 2000, side = 28;

  g_assert_cmpuint (g_bytes_get_size (images), ==, 16 + 10000 * side * side);
  for (int i = 0; i < n; i++) {
    guint8 *rgb = g_malloc (3 * side * side);

    for (int p = 0; p < 3 * side * side; p++)
      rgb[p] = pixels[16 + i * side * side + p / 3];

    g_autoptr (SalImage) image = sal_image_new_take (side, side, rgb);
    g_autoptr (SalTensor) input = sal_model_prepare (model, image, NULL);

    right += answer (model, input) == kinds[8 + i];
  }
  assert_accuracy ("fashion", (double) right / n, stated);
}

static void
test_sentiment (void)
{
  g_autofree char *script = test_data ("../../data/training/sentiment/grammar.py"), *out = NULL;
  const char *const arguments[] = {
    PYTHON, "-B", script, "--seed", SEED, "--count", G_STRINGIFY (COUNT), NULL
  };
  g_autoptr (SalModel) model = open_model ("sentiment");
  g_autoptr (JsonObject) sidecar = sidecar_of ("sentiment");
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) lines = NULL;
  int right = 0, n = 0;

  if (!draw ("sentiment/grammar.py", (const char *const[]){ "--count", "0", NULL }))
    return;

  g_autoptr (GSubprocess) process =
      g_subprocess_newv (arguments, G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error);

  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (process, NULL, NULL, &out, NULL, &error);
  g_assert_no_error (error);
  lines = g_strsplit (out, "\n", -1);
  for (; lines[n] != NULL && *lines[n] != '\0'; n++) {
    g_auto (GStrv) tokens = sal_vocabulary_split (lines[n] + 2);
    g_autoptr (SalTensor) ids =
        sal_vocabulary_encode (sal_model_vocabulary (model), (const char *const *) tokens, &error);
    g_autoptr (GHashTable) inputs = g_hash_table_new (g_str_hash, g_str_equal);

    g_assert_no_error (error);
    g_hash_table_insert (inputs, (char *) "ids", ids);

    g_autoptr (SalModel) bound = sal_model_bind (model, inputs, &error);

    g_assert_no_error (error);

    g_autoptr (SalTensor) input = sal_model_embedding (bound, &error);

    right += answer (bound, input) == lines[n][0] - '0';
  }
  g_assert_cmpint (n, ==, COUNT);
  assert_accuracy ("sentiment", (double) right / n,
                   json_object_get_double_member (sidecar, "accuracy"));
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/engine/teaching/scenes", "scenes", test_scenes);
  g_test_add_data_func ("/engine/teaching/shapes-vit", "shapes-vit", test_scenes);
  g_test_add_func ("/engine/teaching/pointing-game", test_pointing_game);
  g_test_add_data_func ("/engine/teaching/scan-honest", "scan-honest", test_scans);
  g_test_add_data_func ("/engine/teaching/scan-shortcut", "scan-shortcut", test_scans);
  g_test_add_data_func ("/engine/teaching/tag/grad-cam", "grad-cam", test_tag);
  g_test_add_data_func ("/engine/teaching/tag/integrated-gradients", "integrated-gradients",
                        test_tag);
  g_test_add_func ("/engine/teaching/fashion", test_fashion);
  g_test_add_func ("/engine/teaching/sentiment", test_sentiment);
  status = g_test_run ();
  test_scratch_clear ();
  return status;
}
