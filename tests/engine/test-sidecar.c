#include "engine/base/error.h"
#include "engine/base/json.h"
#include "engine/image/sidecar.h"
#include "engine/tensor/npy.h"
#include "tests/support.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

static char *
put (const char *name, const char *text)
{
  char *path = test_scratch (name);

  test_write (path, text, strlen (text));
  return path;
}

static void
assert_numbers (const double *values, double a, double b, double c)
{
  g_assert_true (values[0] == a && values[1] == b && values[2] == c);
}

static void
test_whole (void)
{
  g_autofree char *labels = put ("names.txt", "\xef\xbb\xbf"
                                              "tabby cat\r\nkatze, gefleckt\r\n\r\nDrei\n\n");
  g_autofree char *path =
      put ("net.json", "{ \"title\": \"A net\", \"accuracy\": 0.75, \"labels\": \"names.txt\","
                       "  \"last_conv_tensor\": \"conv9\", \"unknown\": [1, {}],"
                       "  \"input\": { \"name\": \"data\", \"shape\": [\"N\", 20, 30, 3],"
                       "    \"layout\": \"NHWC\", \"channel_order\": \"BGR\","
                       "    \"value_range\": [0, 255], \"mean\": [104, 117.5, 123],"
                       "    \"std\": [1, 2, 3],"
                       "    \"resize\": { \"size\": [20, 30], \"default\": \"stretch\" } },"
                       "  \"output\": { \"name\": \"prob\", \"kind\": \"probabilities\" } }");
  g_autoptr (GError) error = NULL;
  g_autoptr (SalPreparation) p = sal_preparation_load (path, NULL, &error);

  g_assert_no_error (error);

  const SalPixelFormat *format = sal_preparation_format (p);

  g_assert_cmpint (format->layout, ==, SAL_NHWC);
  g_assert_cmpint (format->order, ==, SAL_BGR);
  g_assert_cmpint (format->height, ==, 20);
  g_assert_cmpint (format->width, ==, 30);
  g_assert_cmpint (format->fit, ==, SAL_FIT_STRETCH);
  g_assert_true (format->low == 0 && format->high == 255);
  assert_numbers (format->mean, 104, 117.5, 123);
  assert_numbers (format->std, 1, 2, 3);
  g_assert_cmpstr (sal_preparation_title (p), ==, "A net");
  g_assert_cmpfloat (sal_preparation_accuracy (p), ==, 0.75);
  g_assert_cmpstr (sal_preparation_last_conv (p), ==, "conv9");
  g_assert_cmpstr (sal_preparation_input_name (p), ==, "data");
  g_assert_cmpstr (sal_preparation_output_name (p), ==, "prob");
  g_assert_cmpint (sal_preparation_scores (p), ==, SAL_SCORES_PROBABILITIES);
  g_assert_null (sal_preparation_assumed (p));
  g_assert_cmpint (sal_preparation_n_labels (p), ==, 4);
  g_assert_cmpstr (sal_preparation_label (p, 0), ==, "tabby cat");
  g_assert_cmpstr (sal_preparation_label (p, 1), ==, "katze, gefleckt");
  g_assert_cmpstr (sal_preparation_label (p, 2), ==, "");
  g_assert_cmpstr (sal_preparation_label (p, 3), ==, "Drei");
  g_assert_null (sal_preparation_label (p, 4));
  g_assert_null (sal_preparation_label (p, -1));
  test_scratch_clear ();
}

/* What is missing is assumed, and said. */
static void
test_gaps (void)
{
  static const struct {
    const char *text;
    SalShape shape;
    SalPixelFormat expected;
    const char *said; /* (nullable) */
  } cases[] = {
    { "{}",
      { 4, { -1, 3, 64, 48 } },
      { SAL_NCHW,
        SAL_RGB,
        64,
        48,
        0,
        1,
        { 0.485, 0.456, 0.406 },
        { 0.229, 0.224, 0.225 },
        SAL_FIT_CROP },
      "net.json does not state input.channel_order, input.resize.default, input.value_range, "
      "input.mean, input.std: assumed RGB, 0 to 1, mean (0.485, 0.456, 0.406), std (0.229, 0.224, "
      "0.225), centre crop to 64×48." },
    { "{\"input\": {\"channel_order\": \"BGR\", \"value_range\": [0, 1],"
      " \"resize\": {\"size\": 16, \"default\": \"crop\"}}}",
      { 4, { 1, -1, -1, -1 } },
      { SAL_NCHW,
        SAL_BGR,
        16,
        16,
        0,
        1,
        { 0.406, 0.456, 0.485 },
        { 0.225, 0.224, 0.229 },
        SAL_FIT_CROP },
      "net.json does not state input.mean, input.std: assumed BGR" },
    { "{\"input\": {\"value_range\": [-1, 1]}}",
      { 4, { -1, -1, -1, 3 } },
      { SAL_NHWC, SAL_RGB, 224, 224, -1, 1, { 0, 0, 0 }, { 1, 1, 1 }, SAL_FIT_OWN, 1024 },
      "at the picture's own size, at most 1024 pixels a side" },
    { "{\"input\": {\"value_range\": [-1, 1], \"resize\": {\"default\": \"crop\"}}}",
      { 4, { -1, -1, -1, 3 } },
      { SAL_NHWC, SAL_RGB, 224, 224, -1, 1, { 0, 0, 0 }, { 1, 1, 1 }, SAL_FIT_CROP },
      "input.resize.size" },
    { "{\"input\": {\"channel_order\": \"RGB\", \"value_range\": [0, 1], \"mean\": [0, 0, 0],"
      " \"std\": [1, 1, 1], \"resize\": {\"default\": \"own\", \"max_side\": 300}}}",
      { 4, { -1, 3, -1, -1 } },
      { SAL_NCHW, SAL_RGB, 224, 224, 0, 1, { 0, 0, 0 }, { 1, 1, 1 }, SAL_FIT_OWN, 300 },
      NULL },
    /* A size that the file states is no reason against it: the network may not depend on it. */
    { "{\"input\": {\"channel_order\": \"RGB\", \"value_range\": [0, 1], \"mean\": [0, 0, 0],"
      " \"std\": [1, 1, 1], \"resize\": {\"default\": \"own\"}}}",
      { 4, { -1, 3, 64, 48 } },
      { SAL_NCHW, SAL_RGB, 64, 48, 0, 1, { 0, 0, 0 }, { 1, 1, 1 }, SAL_FIT_OWN },
      NULL },
    { "{\"input\": {\"mean\": [0.5, 0.5, 0.5]}}",
      { 4, { -1, 3, 8, 8 } },
      { SAL_NCHW, SAL_RGB, 8, 8, 0, 1, { 0.5, 0.5, 0.5 }, { 1, 1, 1 }, SAL_FIT_CROP },
      "input.std" },
    { "{\"input\": {\"shape\": [1, 1, 28, 28]}}",
      { 0 },
      { SAL_NCHW, SAL_GRAY, 28, 28, 0, 1, { 0, 0, 0 }, { 1, 1, 1 }, SAL_FIT_STRETCH },
      "input.resize.default, input.value_range, input.mean, input.std: assumed gray" },
    { "{\"input\": {\"shape\": [\"batch\", 28, 32, 1], \"value_range\": [0, 1], \"mean\": [0],"
      " \"std\": [1], \"resize\": {\"default\": \"crop\"}}}",
      { 0 },
      { SAL_NHWC, SAL_GRAY, 28, 32, 0, 1, { 0, 0, 0 }, { 1, 1, 1 }, SAL_FIT_CROP },
      NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = put ("net.json", cases[i].text);
    g_autoptr (GError) error = NULL;
    g_autoptr (SalPreparation) p =
        sal_preparation_load (path, cases[i].shape.rank > 0 ? &cases[i].shape : NULL, &error);

    g_assert_no_error (error);

    const SalPixelFormat *a = sal_preparation_format (p), *b = &cases[i].expected;
    const char *said = sal_preparation_assumed (p);

    g_test_message ("%s", cases[i].text);
    g_assert_cmpint (a->layout, ==, b->layout);
    g_assert_cmpint (a->order, ==, b->order);
    g_assert_cmpint (a->height, ==, b->height);
    g_assert_cmpint (a->width, ==, b->width);
    g_assert_cmpint (a->fit, ==, b->fit);
    g_assert_cmpint (a->max_side, ==, b->max_side);
    g_assert_true (a->low == b->low && a->high == b->high);
    for (int c = 0; c < sal_pixel_format_channels (b); c++)
      g_assert_true (a->mean[c] == b->mean[c] && a->std[c] == b->std[c]);
    if (cases[i].said == NULL) {
      g_assert_null (said);
    } else {
      g_assert_nonnull (said);
      g_assert_nonnull (strstr (said, cases[i].said));
    }
  }
  test_scratch_clear ();
}

/* One clear line that names the file, the key and both values. */
static void
test_broken (void)
{
  static const struct {
    const char *text;
    int code;
    const char *says;
  } cases[] = {
    { "", SAL_ERROR_FORMAT, "" },
    { "not JSON", SAL_ERROR_FORMAT, "" },
    { "[]", SAL_ERROR_FORMAT, "" },
    { "{\"input\": 3}", SAL_ERROR_FORMAT, "input is a number, not an object" },
    { "{\"input\": {\"name\": []}}", SAL_ERROR_FORMAT, "input.name is an array, not a string" },
    { "{\"input\": {\"shape\": \"1x3\"}}", SAL_ERROR_FORMAT,
      "input.shape is a string, not an array" },
    { "{\"input\": {\"shape\": [1, 3, 224]}}", SAL_ERROR_SHAPE,
      "input.shape has 3 axes, a picture has 4" },
    { "{\"input\": {\"shape\": [1, 3, 128, 128]}}", SAL_ERROR_SHAPE,
      "input.shape is 1×3×128×128, the model's input has ?×3×224×224" },
    { "{\"input\": {\"shape\": [1, 3, 0, 224]}}", SAL_ERROR_FORMAT, "input.shape[2]" },
    { "{\"input\": {\"shape\": [1, 3, 224.5, 224]}}", SAL_ERROR_FORMAT, "input.shape[2]" },
    { "{\"input\": {\"shape\": [1, 3, 1e300, 224]}}", SAL_ERROR_FORMAT, "input.shape[2]" },
    { "{\"input\": {\"layout\": \"CHWN\"}}", SAL_ERROR_ARGUMENT,
      "input.layout is \"CHWN\"; known are NCHW, NHWC" },
    { "{\"input\": {\"layout\": \"NHWC\"}}", SAL_ERROR_SHAPE,
      "input.shape ?×3×224×224 in layout NHWC has 224 channels" },
    { "{\"input\": {\"channel_order\": \"GRAY\"}}", SAL_ERROR_SHAPE,
      "input.channel_order GRAY has 1 channel, input.shape ?×3×224×224 has 3" },
    { "{\"input\": {\"channel_order\": \"YUV\"}}", SAL_ERROR_ARGUMENT, "known are RGB, BGR, GRAY" },
    { "{\"input\": {\"value_range\": [0]}}", SAL_ERROR_SHAPE,
      "input.value_range has 1 number, [low, high] needs 2" },
    { "{\"input\": {\"value_range\": [1, 1]}}", SAL_ERROR_ARGUMENT, "input.value_range 1 to 1" },
    { "{\"input\": {\"value_range\": [0, 1e999]}}", SAL_ERROR_ARGUMENT, "" },
    { "{\"input\": {\"mean\": [0.5]}}", SAL_ERROR_SHAPE,
      "input.mean has 1 number, colour needs 3" },
    { "{\"input\": {\"mean\": 0.5}}", SAL_ERROR_FORMAT, "input.mean is a number, not an array" },
    { "{\"input\": {\"mean\": [1, \"2\", 3]}}", SAL_ERROR_FORMAT,
      "input.mean[1] is a string, not a number" },
    { "{\"input\": {\"std\": [1, 0, 1]}}", SAL_ERROR_ARGUMENT, "input.std[1] is 0" },
    { "{\"input\": {\"std\": [1, true, 1]}}", SAL_ERROR_FORMAT,
      "input.std[1] is a boolean, not a number" },
    { "{\"input\": {\"resize\": {\"size\": [128, 128]}}}", SAL_ERROR_SHAPE,
      "input.resize.size is 128×128, input.shape is ?×3×224×224" },
    { "{\"input\": {\"resize\": {\"size\": [0, 224]}}}", SAL_ERROR_ARGUMENT,
      "input.resize.size is 0×224" },
    { "{\"input\": {\"resize\": {\"size\": [224]}}}", SAL_ERROR_SHAPE,
      "input.resize.size has 1 number, [height, width] needs 2" },
    { "{\"input\": {\"resize\": {\"default\": \"pad\"}}}", SAL_ERROR_ARGUMENT,
      "input.resize.default is \"pad\"; known are crop, stretch, own" },
    { "{\"input\": {\"resize\": {\"default\": \"own\", \"size\": 224}}}", SAL_ERROR_ARGUMENT,
      "input.resize.size is given, but input.resize.default is \"own\"" },
    { "{\"input\": {\"resize\": {\"max_side\": 0}}}", SAL_ERROR_ARGUMENT,
      "input.resize.max_side is 0; a whole number above 0 is needed" },
    { "{\"input\": {\"resize\": {\"max_side\": \"big\"}}}", SAL_ERROR_FORMAT,
      "input.resize.max_side is a string" },
    { "{\"input\": {\"resize\": {\"max_side\": 99999}}}", SAL_ERROR_ARGUMENT,
      "input.max_side 99999 is not within 0 to 16384" },
    { "{\"output\": {\"over_places\": \"sum\"}}", SAL_ERROR_ARGUMENT,
      "output.over_places is \"sum\"; known are mean, max" },
    { "{\"inputs\": 3}", SAL_ERROR_FORMAT, "inputs is a number, not an object" },
    { "{\"inputs\": {\"mask\": [1]}}", SAL_ERROR_FORMAT,
      "inputs.mask is an array, not a number or the name of a .npy file" },
    { "{\"output\": {\"kind\": \"boxes\"}}", SAL_ERROR_ARGUMENT,
      "output.kind is \"boxes\"; known are logits, probabilities" },
    { "{\"title\": 7}", SAL_ERROR_FORMAT, "title is a number, not a string" },
    { "{\"accuracy\": 71.8}", SAL_ERROR_ARGUMENT, "accuracy is 71.8; a share from 0 to 1" },
    { "{\"labels\": \"empty.txt\"}", SAL_ERROR_FORMAT, "labels \"empty.txt\": the file is empty" },
    { "{\"labels\": \"binary.txt\"}", SAL_ERROR_FORMAT, "labels \"binary.txt\": not a text file" },
  };
  const SalShape shape = { 4, { -1, 3, 224, 224 } };
  g_autofree char *empty = put ("empty.txt", "\n\n");
  g_autofree char *binary = put ("binary.txt", "\xff\xfe\x01");

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = put ("net.json", cases[i].text);
    g_autoptr (GError) error = NULL;

    g_test_message ("%s", cases[i].text);
    g_assert_null (sal_preparation_load (path, &shape, &error));
    g_assert_error (error, SAL_ERROR, cases[i].code);
    g_test_message ("%s", error->message);
    g_assert_true (g_str_has_prefix (error->message, path));
    g_assert_nonnull (strstr (error->message, cases[i].says));
    g_assert_null (strchr (error->message, '\n'));
  }

  g_autofree char *path = put ("net.json", "{\"labels\": \"gone/names.txt\"}");
  g_autoptr (GError) error = NULL;

  g_assert_null (sal_preparation_load (path, &shape, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, "net.json: labels \"gone/names.txt\": "));
  g_clear_error (&error);
  /* Nobody says the shape. */
  g_unlink (path);
  g_free (g_steal_pointer (&path));
  path = put ("net.json", "{}");
  g_assert_null (sal_preparation_load (path, NULL, &error));
  g_assert_error (error, SAL_ERROR, SAL_ERROR_FORMAT);
  test_scratch_clear ();
}

/* Every byte of a good sidecar changed: a preparation that can be used, or an error. */
static void
test_damage (void)
{
  static const char good[] =
      "{\"accuracy\":0.5,\"input\":{\"shape\":[\"N\",3,8,9],\"layout\":\"NCHW\",\"channel_order\":"
      "\"BGR\",\"value_range\":[0,255],\"mean\":[1,2,3],\"std\":[1,2,3],\"resize\":{\"size\":"
      "[8,9],\"default\":\"crop\"}},\"output\":{\"kind\":\"logits\"}}";
  static const char replacements[] = "\"[]{},:-0x9.e \n\x80'/";
  g_autofree char *path = test_scratch ("net.json");
  const guint8 red[] = { 255, 0, 0 };
  g_autoptr (SalImage) picture = sal_image_new_filled (20, 15, red);

  for (gsize at = 0; at < sizeof good - 1; at++)
    for (gsize r = 0; r < sizeof replacements - 1; r++) {
      g_autofree char *text = g_strdup (good);
      g_autoptr (GError) error = NULL;

      text[at] = replacements[r];
      test_write (path, text, strlen (text));

      g_autoptr (SalPreparation) p = sal_preparation_load (path, NULL, &error);

      g_assert_true ((p == NULL) == (error != NULL));
      if (p == NULL)
        continue;

      g_autoptr (SalTensor) input = sal_preparation_apply (p, picture);

      for (gint64 i = 0; i < sal_tensor_count (input); i++)
        g_assert_true (isfinite (sal_tensor_floats (input)[i]));
    }
  test_scratch_clear ();
}

static void
test_assume (void)
{
  static const struct {
    SalShape shape;
    SalLayout layout;
    SalChannelOrder order;
    int height, width;
  } cases[] = {
    { { 4, { 1, 3, 224, 224 } }, SAL_NCHW, SAL_RGB, 224, 224 },
    { { 4, { -1, 3, -1, -1 } }, SAL_NCHW, SAL_RGB, 224, 224 },
    { { 4, { -1, 300, 200, 3 } }, SAL_NHWC, SAL_RGB, 300, 200 },
    { { 4, { -1, 1, 28, 28 } }, SAL_NCHW, SAL_GRAY, 28, 28 },
    { { 4, { -1, 28, 20, 1 } }, SAL_NHWC, SAL_GRAY, 28, 20 },
    { { 4, { -1, 3, 5, 3 } }, SAL_NCHW, SAL_RGB, 5, 3 },
  };
  static const SalShape no_pictures[] = {
    { 2, { 1, 784 } },
    { 4, { 1, 4, 224, 224 } },
    { 5, { 1, 3, 8, 224, 224 } },
    { 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (SalPreparation) p =
        sal_preparation_assume ("net.onnx", "x", &cases[i].shape, &error);

    g_assert_no_error (error);

    const SalPixelFormat *format = sal_preparation_format (p);

    g_assert_cmpint (format->layout, ==, cases[i].layout);
    g_assert_cmpint (format->order, ==, cases[i].order);
    g_assert_cmpint (format->height, ==, cases[i].height);
    g_assert_cmpint (format->width, ==, cases[i].width);
    g_assert_true (g_str_has_prefix (sal_preparation_assumed (p), "No sidecar beside net.onnx "));
    g_assert_cmpint (sal_preparation_n_labels (p), ==, 0);
    g_assert_cmpfloat (sal_preparation_accuracy (p), ==, -1);

    /* A person who chose the numbers assumed nothing. */
    g_autoptr (SalPreparation) chosen = sal_preparation_with_format (p, format, &error);

    g_assert_null (sal_preparation_assumed (chosen));
    g_assert_cmpstr (sal_preparation_input_name (chosen), ==, "x");
  }
  for (gsize i = 0; i < G_N_ELEMENTS (no_pictures); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (sal_preparation_assume ("net.onnx", "tokens", &no_pictures[i], &error));
    g_assert_error (error, SAL_ERROR, SAL_ERROR_UNSUPPORTED);
    g_assert_nonnull (strstr (error->message, "\"tokens\""));
  }

  const SalShape huge = { 4, { 1, 3, 99999, 99999 } };
  g_autoptr (GError) error = NULL;

  g_assert_null (sal_preparation_assume ("net.onnx", "x", &huge, &error));
  g_assert_error (error, SAL_ERROR, SAL_ERROR_ARGUMENT);
  g_assert_nonnull (strstr (error->message, "net.onnx: input \"x\": size 99999×99999"));
}

static void
test_for_model (void)
{
  const SalShape shape = { 4, { -1, 3, 32, 32 } };
  g_autofree char *path = put ("net.json", "{\"input\": {\"name\": \"data\"}}");
  g_autofree char *model = test_scratch ("net.onnx");
  g_autofree char *other = test_scratch ("other.onnx");
  g_autofree char *expected = test_scratch ("a.b.json");
  g_autofree char *dotted = test_scratch ("a.b.ONNX");
  g_autofree char *sidecar = sal_sidecar_path (dotted);
  g_autoptr (GError) error = NULL;

  g_assert_cmpstr (sidecar, ==, expected);

  g_autoptr (SalPreparation) found = sal_preparation_for_model (model, "data", &shape, &error);
  g_assert_no_error (error);
  g_autoptr (SalPreparation) assumed = sal_preparation_for_model (other, "data", &shape, &error);
  g_assert_no_error (error);

  g_assert_true (g_str_has_prefix (sal_preparation_assumed (found), "net.json does not state"));
  g_assert_true (
      g_str_has_prefix (sal_preparation_assumed (assumed), "No sidecar beside other.onnx"));
  g_assert_null (sal_preparation_for_model (model, "pixels", &shape, &error));
  g_assert_error (error, SAL_ERROR, SAL_ERROR_FORMAT);
  g_assert_nonnull (
      strstr (error->message, "input.name is \"data\", the model's input is \"pixels\""));
  test_scratch_clear ();
}

/* What other inputs are fixed at, and how a map of scores becomes one a class. */
static void
test_facts (void)
{
  g_autofree char *array_path = test_scratch ("mask.npy");
  g_autoptr (SalTensor) array = sal_tensor_new (SAL_INT, &SAL_SHAPE (1, 3));
  g_autofree char *path =
      put ("net.json", "{\"title\": \"T\", \"inputs\": {\"mask\": \"mask.npy\","
                       " \"scale\": 2.5}, \"output\": {\"over_places\": \"max\"}}");
  g_autoptr (GError) error = NULL;

  ((gint64 *) sal_tensor_edit (array))[1] = 7;
  g_assert_true (sal_npy_save (array_path, array, &error));

  g_autoptr (SalPreparation) facts = sal_preparation_load_facts (path, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (sal_preparation_title (facts), ==, "T");
  g_assert_cmpint (sal_preparation_over_places (facts), ==, SAL_PLACES_MAX);

  GHashTable *inputs = sal_preparation_inputs (facts);
  const SalTensor *mask = g_hash_table_lookup (inputs, "mask");
  const SalTensor *scale = g_hash_table_lookup (inputs, "scale");

  g_assert_cmpint (g_hash_table_size (inputs), ==, 2);
  g_assert_cmpint (sal_tensor_ints (mask)[1], ==, 7);
  g_assert_cmpint (sal_tensor_shape (scale)->rank, ==, 0);
  g_assert_cmpfloat (sal_tensor_floats (scale)[0], ==, 2.5);

  g_autofree char *broken = put ("broken.json", "{\"inputs\": {\"mask\": \"gone.npy\"}}");

  g_assert_null (sal_preparation_load_facts (broken, &error));
  g_assert_nonnull (error);
  g_assert_nonnull (strstr (error->message, "broken.json: inputs.mask: "));
  test_scratch_clear ();
}

/* The size of an input for a picture, where each picture has its own. */
static void
test_own_size (void)
{
  static const struct {
    int max_side, width, height;
    gint64 fixed_height, fixed_width;
    int expected_height, expected_width;
  } cases[] = {
    { 0, 640, 480, -1, -1, 480, 640 },   { 320, 640, 480, -1, -1, 240, 320 },
    { 320, 100, 200, -1, -1, 200, 100 }, { 0, 640, 160, 32, -1, 32, 128 },
    { 0, 100, 300, -1, 50, 150, 50 },    { 10, 1000, 1, -1, -1, 1, 10 },
  };
  SalPixelFormat format = { SAL_NCHW, SAL_RGB, 8, 8, 0, 1, { 0 }, { 1, 1, 1 }, SAL_FIT_OWN };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (SalPreparation) p = NULL;
    int size[2];

    format.max_side = cases[i].max_side;
    p = sal_preparation_new (&format, NULL, NULL);
    sal_preparation_own_size (p, cases[i].width, cases[i].height, cases[i].fixed_height,
                              cases[i].fixed_width, size);
    g_assert_cmpint (size[0], ==, cases[i].expected_height);
    g_assert_cmpint (size[1], ==, cases[i].expected_width);
  }
}

/* Saving changes what was changed and keeps the rest, unknown keys included. */
static void
test_save (void)
{
  g_autofree char *labels = put ("names.txt", "a\nb\n");
  g_autofree char *path =
      put ("net.json",
           "{\"licence\": \"MIT\", \"labels\": \"names.txt\", \"source\": {\"a\": [1.5]},"
           " \"input\": {\"name\": \"data\", \"note\": \"n\", \"shape\": [\"batch\", 3, 20, 30],"
           " \"normalised_range\": [-1, 1], \"mean\": [0.485, 0.456, 0.406]},"
           " \"output\": {\"shape\": [1, 2], \"kind\": \"logits\"}}");
  g_autoptr (GError) error = NULL;
  g_autoptr (SalPreparation) before = sal_preparation_load (path, NULL, &error);

  g_assert_no_error (error);

  SalPixelFormat format = *sal_preparation_format (before);

  format.std[0] = 0.1;
  format.fit = SAL_FIT_STRETCH;

  g_autoptr (SalPreparation) changed = sal_preparation_with_format (before, &format, &error);

  /* Twice: beside the labels, and one directory deeper. */
  for (int deeper = 0; deeper <= 1; deeper++) {
    g_autofree char *directory = test_scratch ("deeper");
    g_autofree char *target =
        deeper ? g_build_filename (directory, "net.json", NULL) : g_strdup (path);

    g_mkdir (directory, 0700);
    g_assert_true (sal_preparation_save (changed, target, &error));
    g_assert_no_error (error);

    g_autoptr (SalPreparation) after = sal_preparation_load (target, NULL, &error);
    g_autofree char *text = NULL;

    g_assert_no_error (error);
    g_assert_true (g_file_get_contents (target, &text, NULL, NULL));
    g_assert_null (sal_preparation_assumed (after));
    g_assert_cmpmem (sal_preparation_format (after), sizeof (SalPixelFormat), &format,
                     sizeof (SalPixelFormat));
    g_assert_cmpstr (sal_preparation_label (after, 1), ==, "b");
    g_assert_cmpint (sal_preparation_scores (after), ==, SAL_SCORES_LOGITS);
    g_assert_nonnull (strstr (text, "\"licence\": \"MIT\""));
    g_assert_nonnull (strstr (text, "\"a\": [1.5]"));
    g_assert_nonnull (strstr (text, "\"note\": \"n\""));
    g_assert_nonnull (strstr (text, "[\"batch\", 3, 20, 30]"));
    g_assert_nonnull (strstr (text, "[0.485, 0.456, 0.406]"));
    g_assert_nonnull (strstr (text, deeper ? "\"../names.txt\"" : "\"names.txt\""));
    g_assert_null (strstr (text, "normalised_range"));
    g_unlink (target);
  }

  /* The one it came from is as it was. */
  g_assert_cmpint (sal_preparation_format (before)->fit, ==, SAL_FIT_CROP);
  test_scratch_clear ();
}

/* Names that stand in no file are kept in the sidecar itself. */
static void
test_names (void)
{
  static const char *const names[] = { "a \"quoted\" one", "größer, bigger", "", "c", NULL };
  const SalShape shape = { 4, { -1, 3, 8, 8 } };
  g_autofree char *path = test_scratch ("net.json");
  g_autoptr (GError) error = NULL;
  g_autoptr (SalPreparation) before = sal_preparation_assume (NULL, "x", &shape, &error);
  g_autoptr (SalPreparation) named = sal_preparation_with_names (before, names, &error);

  g_assert_no_error (error);
  g_assert_cmpint (sal_preparation_n_labels (before), ==, 0);
  g_assert_true (sal_preparation_save (named, path, &error));
  for (int twice = 0; twice < 2; twice++) {
    g_autoptr (SalPreparation) after = sal_preparation_load (path, &shape, &error);

    g_assert_no_error (error);
    g_assert_cmpint (sal_preparation_n_labels (after), ==, 4);
    for (int i = 0; i < 4; i++)
      g_assert_cmpstr (sal_preparation_label (after, i), ==, names[i]);
    g_assert_true (sal_preparation_save (after, path, &error));
  }
  g_autofree char *wrong =
      put ("wrong.json", "{\"labels\": [\"a\", 3], \"input\": {\"shape\": [1, 3, 8, 8]}}");
  g_assert_null (sal_preparation_load (wrong, NULL, &error));
  g_assert_error (error, SAL_ERROR, SAL_ERROR_FORMAT);
  g_assert_nonnull (strstr (error->message, "wrong.json: labels[1]"));
  test_scratch_clear ();
}

static void
test_save_assumed (void)
{
  const SalShape shape = { 4, { -1, 3, -1, -1 } };
  g_autofree char *path = test_scratch ("net.json");
  g_autoptr (GError) error = NULL;
  g_autoptr (SalPreparation) before = sal_preparation_assume (NULL, "x", &shape, &error);

  g_assert_true (sal_preparation_save (before, path, &error));

  g_autoptr (SalPreparation) after = sal_preparation_load (path, &shape, &error);

  g_assert_no_error (error);
  g_assert_null (sal_preparation_assumed (after));
  g_assert_cmpmem (sal_preparation_format (after), sizeof (SalPixelFormat),
                   sal_preparation_format (before), sizeof (SalPixelFormat));
  test_scratch_clear ();
}

static void
test_real (void)
{
  static const struct {
    const char *name;
    const char *words;
    int n_labels;
    const char *label; /* of class 1 */
    const char *last_conv;
  } cases[] = {
    { "mobilenet_v2_1.0_224",
      "RGB, 0 to 1, mean (0.5, 0.5, 0.5), std (0.5, 0.5, 0.5), centre crop to 224×224", 1000,
      "goldfish, Carassius auratus", "conv_35_relu6" },
    { "squeezenet_1.1",
      "BGR, 0 to 255, mean (104, 117, 123), std (1, 1, 1), centre crop to 224×224", 1000,
      "goldfish, Carassius auratus", "conv10_relu" },
    { "cifar10_pytorch",
      "RGB, 0 to 1, mean (0.5, 0.5, 0.5), std (0.5, 0.5, 0.5), stretched to 32×32", 10, "car",
      "56" },
    { "mnist-8", "gray, 0 to 1, mean 0, std 1, stretched to 28×28", 10, "1",
      "Convolution110_Output_0" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *name = g_strdup_printf ("realdata/models/%s.json", cases[i].name);
    g_autofree char *path = test_reference (name);
    g_autoptr (GError) error = NULL;

    if (path == NULL)
      return;

    g_autoptr (SalPreparation) p = sal_preparation_load (path, NULL, &error);

    g_assert_no_error (error);

    g_autofree char *words = sal_pixel_format_describe (sal_preparation_format (p));

    g_assert_cmpstr (words, ==, cases[i].words);
    g_assert_cmpint (sal_preparation_n_labels (p), ==, cases[i].n_labels);
    g_assert_cmpstr (sal_preparation_label (p, 1), ==, cases[i].label);
    g_assert_cmpstr (sal_preparation_last_conv (p), ==, cases[i].last_conv);
    g_assert_cmpint (sal_preparation_scores (p), ==, SAL_SCORES_LOGITS);
    g_assert_null (sal_preparation_assumed (p));
  }
}

/* A size that each picture has for itself is not written as one. */
static void
test_save_own (void)
{
  g_autofree char *path = put (
      "net.json", "{\"input\": {\"shape\": [1, 3, 20, 30], \"resize\": {\"size\": [20, 30]}}}");
  g_autoptr (GError) error = NULL;
  g_autoptr (SalPreparation) before = sal_preparation_load (path, NULL, &error);
  g_autoptr (SalPreparation) own = sal_preparation_with_fit (before, SAL_FIT_OWN, &error);

  g_assert_no_error (error);
  g_assert_true (sal_preparation_save (own, path, &error));

  g_autoptr (SalPreparation) after = sal_preparation_load (path, NULL, &error);
  g_autofree char *text = NULL;

  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, "[1, 3, \"H\", \"W\"]"));
  g_assert_null (strstr (text, "\"size\""));
  g_assert_cmpint (sal_preparation_format (after)->fit, ==, SAL_FIT_OWN);
  g_assert_cmpint (sal_preparation_format (after)->max_side, ==, 0);
  test_scratch_clear ();
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/image/sidecar/whole", test_whole);
  g_test_add_func ("/engine/image/sidecar/gaps", test_gaps);
  g_test_add_func ("/engine/image/sidecar/broken", test_broken);
  g_test_add_func ("/engine/image/sidecar/damage", test_damage);
  g_test_add_func ("/engine/image/sidecar/assume", test_assume);
  g_test_add_func ("/engine/image/sidecar/for-model", test_for_model);
  g_test_add_func ("/engine/image/sidecar/facts", test_facts);
  g_test_add_func ("/engine/image/sidecar/own-size", test_own_size);
  g_test_add_func ("/engine/image/sidecar/save", test_save);
  g_test_add_func ("/engine/image/sidecar/save-own", test_save_own);
  g_test_add_func ("/engine/image/sidecar/names", test_names);
  g_test_add_func ("/engine/image/sidecar/save-assumed", test_save_assumed);
  g_test_add_func ("/engine/image/sidecar/real", test_real);
  return g_test_run ();
}
