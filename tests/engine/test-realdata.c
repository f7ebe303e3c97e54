/* Trained classifiers and photographs: what onnxruntime answers, and what explanations of a network
 * that has learnt something must look like. */
#include "engine/base/json.h"
#include "engine/explain/baseline.h"
#include "engine/explain/method.h"
#include "engine/tensor/npy.h"
#include "tests/support.h"

#include <math.h>
#include <string.h>

#define CAT_MODEL "mobilenet_v2_1.0_224"
#define EGYPTIAN_CAT 285
#define ITALIAN_GREYHOUND 171
#define BOSTON_BULL 195

static SalModel *
open_model (const char *name)
{
  g_autofree char *file = g_strdup_printf ("realdata/models/%s.onnx", name);
  g_autofree char *path = test_reference (file);
  g_autoptr (GError) error = NULL;

  if (path == NULL)
    return NULL;

  SalModel *model = sal_model_open (path, &error);

  g_assert_no_error (error);
  return model;
}

static SalTensor *
prepare (SalModel *model, const char *picture, SalImage **image)
{
  g_autofree char *file = g_strdup_printf ("realdata/images/%s", picture);
  g_autofree char *path = test_reference (file);
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (path);
  *image = sal_image_load (path, &error);
  g_assert_no_error (error);

  SalTensor *input = sal_model_prepare (model, *image, &error);

  g_assert_no_error (error);
  return input;
}

/* The model, fitting pictures in as a result of the list was. */
static SalModel *
fitted (SalModel *model, const char *mode)
{
  SalPreparation *preparation = sal_model_preparation (model);
  SalPixelFormat format = *sal_preparation_format (preparation);
  g_autoptr (GError) error = NULL;

  format.fit = strcmp (mode, "stretch") == 0 ? SAL_FIT_STRETCH : SAL_FIT_CROP;

  g_autoptr (SalPreparation) other = sal_preparation_with_format (preparation, &format, &error);

  g_assert_no_error (error);

  SalModel *with = sal_model_with_preparation (model, other, &error);

  g_assert_no_error (error);
  return with;
}

/* Decoders of JPEG differ by a level here and there, so its logits have another bound and classes
 * that are close may change places. */
static void
check_result (JsonObject *result, SalModel *plain)
{
  const char *picture = sal_json_string (result, "image"), *mode = sal_json_string (result, "mode");
  JsonArray *top = json_object_get_array_member (result, "top5");
  gboolean exact = g_str_has_suffix (picture, ".png");
  double bound = exact ? 1e-3 : 0.3;
  g_autoptr (SalModel) model = fitted (plain, mode);
  g_autoptr (SalImage) image = NULL;
  g_autoptr (SalTensor) input = prepare (model, picture, &image);
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) predictions = sal_model_predict (model, input, NULL, &error);
  double sum = 0, lowest = INFINITY;

  g_assert_no_error (error);
  g_test_message ("%s, %s, %s", sal_model_name (model), picture, mode);
  for (guint i = 0; i < predictions->len; i++) {
    const SalPrediction *p = &g_array_index (predictions, SalPrediction, i);

    sum += p->logit;
    lowest = MIN (lowest, p->logit);
  }
  for (guint i = 0; i < json_array_get_length (top); i++) {
    JsonObject *want = json_array_get_object_element (top, i);
    const SalPrediction *p = &g_array_index (predictions, SalPrediction, i);
    double logit = json_object_get_double_member (want, "logit");

    if (exact || i == 0)
      g_assert_cmpint (p->class_index, ==, sal_json_int (want, "index", -1));
    g_assert_cmpfloat_with_epsilon (p->logit, logit, bound);
    if (exact)
      g_assert_cmpfloat_with_epsilon (p->probability, json_object_get_double_member (want, "prob"),
                                      1e-3);
  }
  g_assert_cmpfloat_with_epsilon (lowest, json_object_get_double_member (result, "logit_min"),
                                  bound);
  g_assert_cmpfloat_with_epsilon (
      sum / predictions->len,
      json_object_get_double_member (result, "logit_sum") / predictions->len, bound);
}

static void
test_top5 (gconstpointer name)
{
  g_autofree char *path = test_reference ("realdata/expected-top5.json");
  g_autoptr (SalModel) model = path != NULL ? open_model (name) : NULL;
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  int checked = 0;

  if (model == NULL)
    return;
  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);

  g_autoptr (JsonObject) expected = sal_json_parse (text, -1, path, &error);

  g_assert_no_error (error);

  JsonArray *results = json_object_get_array_member (expected, "results");

  for (guint i = 0; i < json_array_get_length (results); i++) {
    JsonObject *result = json_array_get_object_element (results, i);

    if (strcmp (sal_json_string (result, "model"), name) == 0) {
      check_result (result, model);
      checked++;
    }
  }
  g_assert_cmpint (checked, >, 0);
}

/* A stored input in, the stored logits out: no picture between. */
static void
test_arrays (gconstpointer name)
{
  const char *end = strstr (name, "--");
  g_autofree char *model_name = g_strndup (name, (gsize) (end - (const char *) name));
  g_autofree char *input_file = g_strdup_printf ("realdata/npy/%s.input.npy", (const char *) name);
  g_autofree char *logits_file =
      g_strdup_printf ("realdata/npy/%s.logits.npy", (const char *) name);
  g_autoptr (SalModel) model = open_model (model_name);
  g_autofree char *input_path = model != NULL ? test_reference (input_file) : NULL;
  g_autofree char *logits_path = input_path != NULL ? test_reference (logits_file) : NULL;
  g_autoptr (GError) error = NULL;

  if (logits_path == NULL)
    return;

  g_autoptr (SalTensor) input = sal_npy_load (input_path, &error);
  g_assert_no_error (error);
  g_autoptr (SalTensor) logits = sal_npy_load (logits_path, &error);
  g_assert_no_error (error);
  g_autoptr (GArray) predictions = sal_model_predict (model, input, NULL, &error);
  g_assert_no_error (error);

  for (guint i = 0; i < predictions->len; i++) {
    const SalPrediction *p = &g_array_index (predictions, SalPrediction, i);

    g_assert_cmpfloat_with_epsilon (p->logit, sal_tensor_floats (logits)[p->class_index], 1e-3);
  }
}

static void
set (SalSettings *settings, const SalMethod *method, const char *key, const char *value)
{
  g_autoptr (GError) error = NULL;

  sal_settings_parse (settings, sal_param_find (method->params, key), value, &error);
  g_assert_no_error (error);
}

static double
completeness_error (SalModel *model, const char *baseline, const char *steps)
{
  const SalMethod *method = sal_method_find ("integrated-gradients");
  g_autoptr (SalImage) image = NULL;
  g_autoptr (SalTensor) input = prepare (model, "cat.png", &image);
  g_autoptr (GError) error = NULL;
  g_autoptr (SalTensor) start = sal_baseline_new (model, baseline, image, 0, NULL, &error);
  g_autoptr (SalSettings) settings = sal_settings_new ();
  SalQuery query = { .model = model,
                     .method = method,
                     .settings = settings,
                     .target = { EGYPTIAN_CAT, -1, SAL_OUTPUT_LOGIT },
                     .input = input,
                     .baseline = start };

  g_assert_no_error (error);
  set (settings, method, "steps", steps);

  g_autoptr (SalAttribution) attribution = sal_explain (&query, NULL, &error);

  g_assert_no_error (error);
  g_assert_true (attribution->has_completeness);

  double missing =
      fabs (attribution->sum - attribution->difference) / fabs (attribution->difference);

  g_test_message ("from %s in %s steps: missing %.2f %%", baseline, steps, 100 * missing);
  return missing;
}

/* The sum over the path becomes the difference in score. How fast depends on the path: this network
 * has a bend at both ends of every ReLU6, and on the way from black it meets many of them. */
static void
test_completeness (void)
{
  g_autoptr (SalModel) model = open_model (CAT_MODEL);

  if (model == NULL)
    return;
  g_assert_cmpfloat (completeness_error (model, "blur", "50"), <, 0.02);
  g_assert_cmpfloat (completeness_error (model, "white", "50"), <, 0.02);
  g_assert_cmpfloat (completeness_error (model, "black", "50"), <, 0.05);
  g_assert_cmpfloat (completeness_error (model, "black", "100"), <, 0.02);
}

static SalAttribution *
grad_cam (SalModel *model, const char *picture, int class_index, int versus)
{
  g_autoptr (SalImage) image = NULL;
  g_autoptr (SalTensor) input = prepare (model, picture, &image);
  g_autoptr (GError) error = NULL;
  SalQuery query = { .model = model,
                     .method = sal_method_find ("grad-cam"),
                     .target = { class_index, versus, SAL_OUTPUT_LOGIT },
                     .input = input };
  SalAttribution *attribution = sal_explain (&query, NULL, &error);

  g_assert_no_error (error);
  return attribution;
}

/* The cat in exact/cat-224.png, by hand: corners of a polygon. */
static const double cat[][2] = {
  { 57, 22 },   { 100, 45 },  { 150, 10 }, { 178, 30 }, { 182, 110 },
  { 190, 140 }, { 185, 224 }, { 0, 224 },  { 0, 125 },  { 75, 112 }
};

/* Even-odd rule. */
static gboolean
on_cat (double x, double y)
{
  gboolean inside = FALSE;

  for (gsize i = 0, j = G_N_ELEMENTS (cat) - 1; i < G_N_ELEMENTS (cat); j = i++)
    if ((cat[i][1] > y) != (cat[j][1] > y) &&
        x < (cat[j][0] - cat[i][0]) * (y - cat[i][1]) / (cat[j][1] - cat[i][1]) + cat[i][0])
      inside = !inside;
  return inside;
}

/* A place on the cat must get a good part more than a place beside it. (The layer has 7×7 cells of
 * 32 pixels, each of which sees nearly the whole picture, so that the map is no outline.) */
static void
test_cat (void)
{
  g_autoptr (SalModel) model = open_model (CAT_MODEL);

  if (model == NULL)
    return;

  g_autoptr (SalAttribution) map = grad_cam (model, "exact/cat-224.png", EGYPTIAN_CAT, -1);
  const float *a = sal_tensor_floats (map->values);
  double mass[2] = { 0, 0 }, area[2] = { 0, 0 };

  g_assert_cmpint (sal_tensor_count (map->values), ==, 224 * 224);
  for (int y = 0; y < 224; y++)
    for (int x = 0; x < 224; x++) {
      int inside = on_cat (x + 0.5, y + 0.5);

      mass[inside] += MAX (a[224 * y + x], 0);
      area[inside]++;
    }
  g_test_message ("%.1f %% of the mass on %.1f %% of the picture",
                  100 * mass[1] / (mass[0] + mass[1]), 100 * area[1] / (area[0] + area[1]));
  g_assert_cmpfloat (mass[1] / area[1], >, 1.3 * mass[0] / area[0]);
}

static double
share_left (const SalAttribution *map)
{
  const float *a = sal_tensor_floats (map->values);
  double left = 0, all = 0;

  for (int y = 0; y < 224; y++)
    for (int x = 0; x < 224; x++) {
      all += MAX (a[224 * y + x], 0);
      left += x < 120 ? MAX (a[224 * y + x], 0) : 0;
    }
  return left / all;
}

/* Two dogs: the Italian greyhound is on the left, the Boston bull on the right. */
static void
test_two_dogs (void)
{
  g_autoptr (SalModel) model = open_model (CAT_MODEL);

  if (model == NULL)
    return;

  const char *picture = "exact/pets-224.png";
  g_autoptr (SalAttribution) left = grad_cam (model, picture, ITALIAN_GREYHOUND, -1);
  g_autoptr (SalAttribution) right = grad_cam (model, picture, BOSTON_BULL, -1);
  g_autoptr (SalAttribution) difference = grad_cam (model, picture, ITALIAN_GREYHOUND, BOSTON_BULL);

  g_test_message ("left share: greyhound %.2f, bull %.2f, greyhound rather than bull %.2f",
                  share_left (left), share_left (right), share_left (difference));
  g_assert_cmpfloat (share_left (left), >, share_left (right) + 0.05);
  g_assert_cmpfloat (share_left (difference), >, 0.7);
}

int
main (int argc, char **argv)
{
  static const char *const models[] = { "mobilenet_v2_1.0_224", "squeezenet_1.1",
                                        "mobilenet_v1_0.25_128", "cifar10_pytorch", "mnist-8" };
  static const char *const arrays[] = { "mobilenet_v2_1.0_224--cat-224", "squeezenet_1.1--cat-224",
                                        "mobilenet_v1_0.25_128--cat-128", "mnist-8--mnist_nine" };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (models); i++) {
    g_autofree char *path = g_strconcat ("/engine/realdata/top5/", models[i], NULL);

    g_test_add_data_func (path, models[i], test_top5);
  }
  for (gsize i = 0; i < G_N_ELEMENTS (arrays); i++) {
    g_autofree char *path = g_strconcat ("/engine/realdata/arrays/", arrays[i], NULL);

    g_test_add_data_func (path, arrays[i], test_arrays);
  }
  g_test_add_func ("/engine/realdata/completeness", test_completeness);
  g_test_add_func ("/engine/realdata/cat", test_cat);
  g_test_add_func ("/engine/realdata/two-dogs", test_two_dogs);
  return g_test_run ();
}
