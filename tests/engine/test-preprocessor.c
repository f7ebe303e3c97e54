/* How to prepare a picture, read from what other programs write beside a model or into it. */
#include "engine/image/preprocessor.h"
#include "engine/image/sidecar.h"
#include "engine/model.h"
#include "tests/support.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

static char *
put (const char *name, const char *text)
{
  char *path = test_scratch (name);
  g_autofree char *folder = g_path_get_dirname (path);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  test_write (path, text, strlen (text));
  return path;
}

static SalPreparation *
find (const char *folder, const SalShape *shape, GHashTable *metadata)
{
  g_autofree char *name = g_build_filename (folder, "model.onnx", NULL);
  g_autofree char *model = test_scratch (name);

  return sal_preprocessor_find (model, "x", shape, metadata);
}

static void
assert_numbers (const double *values, double a, double b, double c)
{
  g_assert_cmpfloat (fabs (values[0] - a) + fabs (values[1] - b) + fabs (values[2] - c), <, 1e-9);
}

static void
test_hugging_face (void)
{
  const SalShape open = SAL_SHAPE (-1, 3, -1, -1), fixed = SAL_SHAPE (1, 96, 96, 3);
  g_autofree char *config =
      put ("hf/preprocessor_config.json",
           "{ \"do_resize\": true, \"size\": { \"shortest_edge\": 256 }, \"do_center_crop\": true,"
           "  \"crop_size\": { \"height\": 192, \"width\": 160 }, \"do_rescale\": true,"
           "  \"rescale_factor\": 0.00392156862745098, \"do_normalize\": true,"
           "  \"image_mean\": [0.4, 0.5, 0.6], \"image_std\": [0.2, 0.3, 0.25] }");
  g_autofree char *names =
      put ("hf/config.json", "{ \"id2label\": { \"1\": \"dog\", \"0\": \"cat\" } }");
  g_autoptr (SalPreparation) p = find ("hf", &open, NULL), q = find ("hf", &fixed, NULL);
  /* Exporters put the model into a folder of this name. */
  g_autoptr (SalPreparation) below = find ("hf/onnx", &open, NULL);
  const SalPixelFormat *f = sal_preparation_format (p), *g = sal_preparation_format (q);

  g_assert_nonnull (below);
  g_assert_cmpint (f->height, ==, 192);
  g_assert_cmpint (f->width, ==, 160);
  g_assert_cmpint (f->fit, ==, SAL_FIT_CROP);
  g_assert_true (f->low == 0 && f->high == 1);
  assert_numbers (f->mean, 0.4, 0.5, 0.6);
  assert_numbers (f->std, 0.2, 0.3, 0.25);
  g_assert_cmpint (sal_preparation_n_labels (p), ==, 2);
  g_assert_cmpstr (sal_preparation_label (p, 0), ==, "cat");
  g_assert_cmpstr (sal_preparation_label (p, 1), ==, "dog");
  g_assert_nonnull (strstr (sal_preparation_assumed (p), "preprocessor_config.json"));
  /* The model's own size counts, and its layout. */
  g_assert_cmpint (g->height, ==, 96);
  g_assert_cmpint (g->layout, ==, SAL_NHWC);
}

static void
test_hugging_face_plain (void)
{
  const SalShape open = SAL_SHAPE (-1, 3, -1, -1), gray = SAL_SHAPE (1, 1, -1, -1);
  g_autofree char *config =
      put ("plain/preprocessor_config.json",
           "{ \"size\": 112, \"do_rescale\": false, \"do_normalize\": false }");
  g_autofree char *one =
      put ("one/preprocessor_config.json", "{ \"size\": { \"height\": 28, \"width\": 32 },"
                                           "  \"image_mean\": 0.1, \"image_std\": [0.3] }");
  g_autoptr (SalPreparation) p = find ("plain", &open, NULL), q = find ("one", &gray, NULL);
  const SalPixelFormat *f = sal_preparation_format (p), *g = sal_preparation_format (q);

  g_assert_cmpint (f->height, ==, 112);
  g_assert_cmpint (f->fit, ==, SAL_FIT_STRETCH);
  g_assert_true (f->low == 0 && f->high == 255);
  assert_numbers (f->mean, 0, 0, 0);
  assert_numbers (f->std, 1, 1, 1);
  g_assert_cmpint (g->order, ==, SAL_GRAY);
  g_assert_cmpint (g->width, ==, 32);
  g_assert_true (g->mean[0] == 0.1 && g->std[0] == 0.3);
}

static void
test_timm (void)
{
  const SalShape open = SAL_SHAPE (-1, 3, -1, -1);
  g_autofree char *nested =
      put ("timm/config.json", "{ \"architecture\": \"resnet18\", \"label_names\": [\"a\", \"b\"],"
                               "  \"pretrained_cfg\": { \"input_size\": [3, 288, 256],"
                               "    \"crop_pct\": 0.95, \"mean\": [0.1, 0.2, 0.3],"
                               "    \"std\": [0.4, 0.5, 0.6] } }");
  g_autofree char *flat =
      put ("older/config.json", "{ \"input_size\": [3, 64, 64], \"crop_pct\": 1.0,"
                                "  \"crop_mode\": \"squash\", \"mean\": [0.5, 0.5, 0.5],"
                                "  \"std\": [0.5, 0.5, 0.5] }");
  /* Of a text model, say: nothing of pictures in it, and so nothing to read. */
  g_autofree char *other = put ("other/config.json", "{ \"hidden_size\": 768 }");
  g_autoptr (SalPreparation) p = find ("timm", &open, NULL), q = find ("older", &open, NULL);
  const SalPixelFormat *f = sal_preparation_format (p), *g = sal_preparation_format (q);

  g_assert_cmpint (f->height, ==, 288);
  g_assert_cmpint (f->width, ==, 256);
  g_assert_cmpint (f->fit, ==, SAL_FIT_CROP);
  assert_numbers (f->mean, 0.1, 0.2, 0.3);
  assert_numbers (f->std, 0.4, 0.5, 0.6);
  g_assert_cmpint (sal_preparation_n_labels (p), ==, 2);
  g_assert_cmpstr (sal_preparation_label (p, 1), ==, "b");
  g_assert_cmpint (g->fit, ==, SAL_FIT_STRETCH);
  g_assert_cmpint (g->height, ==, 64);
  g_assert_null (find ("other", &open, NULL));
}

static void
test_metadata (void)
{
  const SalShape colour = SAL_SHAPE (1, 3, 32, 32), gray = SAL_SHAPE (1, 1, 28, 28);
  g_autoptr (GHashTable) metadata = g_hash_table_new (g_str_hash, g_str_equal);

  g_assert_null (find ("empty", &colour, metadata));
  g_hash_table_insert (metadata, (char *) "Image.BitmapPixelFormat", (char *) "Bgr8");
  g_hash_table_insert (metadata, (char *) "Image.NominalPixelRange", (char *) "NominalRange_0_255");

  g_autoptr (SalPreparation) p = find ("empty", &colour, metadata);
  const SalPixelFormat *f = sal_preparation_format (p);

  g_assert_cmpint (f->order, ==, SAL_BGR);
  g_assert_true (f->low == 0 && f->high == 255);
  assert_numbers (f->mean, 0, 0, 0);
  assert_numbers (f->std, 1, 1, 1);
  g_assert_nonnull (strstr (sal_preparation_assumed (p), "metadata"));

  /* A gray model stays gray whatever its metadata says. */
  g_hash_table_insert (metadata, (char *) "Image.NominalPixelRange", (char *) "Normalized_1_1");
  g_autoptr (SalPreparation) q = find ("empty", &gray, metadata);
  const SalPixelFormat *g = sal_preparation_format (q);

  g_assert_cmpint (g->order, ==, SAL_GRAY);
  g_assert_true (g->low == -1 && g->high == 1);
}

/* What cannot be used is passed over and mentioned. */
static void
test_useless (void)
{
  static const char *const texts[] = {
    "",
    "[1, 2]",
    "{ \"size\": 0, \"image_mean\": [0, 0, 0], \"image_std\": [1, 1, 1] }",
    "{ \"size\": 8, \"image_mean\": [0, 0], \"image_std\": [1, 1, 1] }",
    "{ \"size\": 8, \"image_mean\": [0, 0, 0], \"image_std\": [1, 0, 1] }",
    "{ \"size\": 8, \"image_mean\": [0, \"a\", {}], \"image_std\": [1, 1, 1] }",
    "{ \"size\": { \"height\": [], \"width\": 1 }, \"image_mean\": 0, \"image_std\": 1 }",
    "{ \"size\": 99999, \"image_mean\": 0, \"image_std\": 1 }",
    "{ \"size\": 8, \"rescale_factor\": 0, \"image_mean\": 0, \"image_std\": 1 }",
  };
  const SalShape open = SAL_SHAPE (-1, 3, -1, -1);
  g_autoptr (SalPreparation) assumed = sal_preparation_assume ("m", "x", &open, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autofree char *config = put ("bad/preprocessor_config.json", texts[i]);
    g_autoptr (SalPreparation) p = find ("bad", &open, NULL);

    g_test_message ("%s", texts[i]);
    g_assert_nonnull (p);
    g_assert_nonnull (strstr (sal_preparation_assumed (p), "is of no use"));
    g_assert_cmpmem (sal_preparation_format (p)->mean, sizeof (double[3]),
                     sal_preparation_format (assumed)->mean, sizeof (double[3]));
  }
  g_assert_null (find ("nowhere", &SAL_SHAPE (1, 5, 8, 8), NULL));
}

/* A sidecar counts alone; without it the model opens with what stands beside it. */
static void
test_model (void)
{
  g_autofree char *from = test_data ("cli/tiny.onnx");
  g_autofree char *config =
      put ("whole/preprocessor_config.json", "{ \"image_mean\": 0.25, \"image_std\": 0.125 }");
  g_autofree char *model_path = test_scratch ("whole/tiny.onnx"), *contents = NULL;
  g_autofree char *sidecar = NULL;
  g_autoptr (GError) error = NULL;
  gsize size;

  g_assert_true (g_file_get_contents (from, &contents, &size, NULL));
  test_write (model_path, contents, size);

  g_autoptr (SalModel) model = sal_model_open (model_path, &error);

  g_assert_no_error (error);
  g_assert_true (sal_preparation_format (sal_model_preparation (model))->mean[0] == 0.25);
  g_assert_nonnull (strstr (sal_model_notes (model)[0], "preprocessor_config.json"));

  sidecar = put ("whole/tiny.json", "{ \"input\": { \"mean\": [0, 0, 0], \"std\": [1, 1, 1] } }");

  g_autoptr (SalModel) told = sal_model_open (model_path, &error);

  g_assert_no_error (error);
  g_assert_true (sal_preparation_format (sal_model_preparation (told))->mean[0] == 0);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/preprocessor/hugging-face", test_hugging_face);
  g_test_add_func ("/engine/preprocessor/hugging-face-plain", test_hugging_face_plain);
  g_test_add_func ("/engine/preprocessor/timm", test_timm);
  g_test_add_func ("/engine/preprocessor/metadata", test_metadata);
  g_test_add_func ("/engine/preprocessor/useless", test_useless);
  g_test_add_func ("/engine/preprocessor/model", test_model);
  status = g_test_run ();
  test_scratch_clear ();
  return status;
}
