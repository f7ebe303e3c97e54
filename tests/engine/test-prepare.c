#include "engine/base/error.h"
#include "engine/image/blur.h"
#include "engine/image/prepare.h"
#include "engine/image/sidecar.h"
#include "engine/tensor/npy.h"
#include "tests/engine/synthetic.h"
#include "tests/support.h"

#include <math.h>
#include <string.h>

static SalPreparation *
make (SalLayout layout, SalChannelOrder order, int height, int width, SalFit fit)
{
  const SalPixelFormat format = { .layout = layout,
                                  .order = order,
                                  .height = height,
                                  .width = width,
                                  .low = -2,
                                  .high = 3,
                                  .mean = { 0.5, 0.25, -1 },
                                  .std = { 0.5, 2, 4 },
                                  .fit = fit };
  g_autoptr (GError) error = NULL;
  SalPreparation *preparation = sal_preparation_new (&format, NULL, &error);

  g_assert_no_error (error);
  return preparation;
}

/* Where channel @c of pixel @i is in an input. */
static float
at (const SalTensor *input, SalLayout layout, int channels, gint64 i, int c)
{
  gint64 pixels = sal_tensor_count (input) / channels;

  return sal_tensor_floats (input)[layout == SAL_NCHW ? c * pixels + i : i * channels + c];
}

static void
test_orders (void)
{
  static const double mean[] = { 0.5, 0.25, -1 }, std[] = { 0.5, 2, 4 };
  g_autoptr (SalImage) picture = synthetic_new (6, 5);
  g_autoptr (SalImage) gray = sal_image_to_gray (picture);

  for (int layout = SAL_NCHW; layout <= SAL_NHWC; layout++)
    for (int order = SAL_RGB; order <= SAL_GRAY; order++) {
      g_autoptr (SalPreparation) preparation = make (layout, order, 5, 6, SAL_FIT_STRETCH);
      g_autoptr (SalTensor) input = sal_preparation_apply (preparation, picture);
      int channels = order == SAL_GRAY ? 1 : 3;
      SalShape expected =
          layout == SAL_NCHW ? SAL_SHAPE (1, channels, 5, 6) : SAL_SHAPE (1, 5, 6, channels);

      g_assert_true (sal_shape_equal (sal_tensor_shape (input), &expected));
      for (int i = 0; i < 30; i++)
        for (int c = 0; c < channels; c++) {
          int p = order == SAL_GRAY  ? sal_image_pixels (gray)[3 * i]
                  : order == SAL_RGB ? sal_image_pixels (picture)[3 * i + c]
                                     : sal_image_pixels (picture)[3 * i + 2 - c];
          double v = -2 + 5 * p / 255.0;

          g_assert_cmpfloat_with_epsilon (at (input, layout, channels, i, c),
                                          (v - mean[c]) / std[c], 1e-5);
        }

      /* And back, without loss. */
      g_autoptr (GError) error = NULL;
      g_autoptr (SalImage) back = sal_preparation_unprepare (preparation, input, &error);

      g_assert_no_error (error);
      g_assert_true (sal_image_equal (back, order == SAL_GRAY ? gray : picture));
    }
}

static void
test_unprepare (void)
{
  g_autoptr (SalPreparation) preparation = make (SAL_NCHW, SAL_RGB, 1, 4, SAL_FIT_STRETCH);
  g_autoptr (SalTensor) input = sal_tensor_new (SAL_FLOAT, &SAL_SHAPE (1, 3, 1, 4));
  g_autoptr (SalTensor) other = sal_tensor_new (SAL_FLOAT, &SAL_SHAPE (1, 3, 4, 1));
  g_autoptr (SalTensor) integers = sal_tensor_new (SAL_INT, &SAL_SHAPE (1, 3, 1, 4));
  float *x = sal_tensor_edit (input);
  g_autoptr (GError) error = NULL;

  x[0] = -1e30f;
  x[1] = 1e30f;
  x[2] = NAN;
  x[3] = INFINITY;

  g_autoptr (SalImage) image = sal_preparation_unprepare (preparation, input, &error);

  g_assert_no_error (error);
  g_assert_cmpint (sal_image_pixel (image, 0, 0)[0], ==, 0);
  g_assert_cmpint (sal_image_pixel (image, 1, 0)[0], ==, 255);
  g_assert_cmpint (sal_image_pixel (image, 2, 0)[0], ==, 0);
  g_assert_cmpint (sal_image_pixel (image, 3, 0)[0], ==, 255);

  g_assert_null (sal_preparation_unprepare (preparation, other, &error));
  g_assert_error (error, SAL_ERROR, SAL_ERROR_SHAPE);
  g_assert_nonnull (strstr (error->message, "1×3×1×4"));
  g_assert_nonnull (strstr (error->message, "1×3×4×1"));
  g_clear_error (&error);
  g_assert_null (sal_preparation_unprepare (preparation, integers, &error));
  g_assert_error (error, SAL_ERROR, SAL_ERROR_SHAPE);
}

/* A picture of the input's size is never resampled, however it is to be fitted. */
static void
test_exact_size (void)
{
  g_autoptr (SalImage) picture = synthetic_new (24, 16);

  for (int fit = SAL_FIT_CROP; fit <= SAL_FIT_STRETCH; fit++) {
    g_autoptr (SalPreparation) preparation = make (SAL_NCHW, SAL_RGB, 16, 24, fit);
    g_autoptr (SalImage) cut = sal_preparation_cut (preparation, picture);
    SalRect seen = sal_preparation_seen (preparation, 24, 16);

    g_assert_true (sal_image_equal (cut, picture));
    g_assert_true (seen.x == 0 && seen.y == 0 && seen.width == 24 && seen.height == 16);
  }
}

/* What is cut lies where sal_preparation_seen() says: a white patch around a pixel of the picture
 * shows up at the place in the input that the rectangle predicts. */
static void
test_geometry (void)
{
  static const int sizes[][2] = { { 300, 200 }, { 200, 300 }, { 257, 91 }, { 64, 64 }, { 40, 33 } };
  static const int inputs[][2] = { { 32, 32 }, { 24, 48 }, { 48, 24 } };

  for (gsize s = 0; s < G_N_ELEMENTS (sizes); s++)
    for (gsize n = 0; n < G_N_ELEMENTS (inputs); n++)
      for (int fit = SAL_FIT_CROP; fit <= SAL_FIT_STRETCH; fit++) {
        int width = sizes[s][0], height = sizes[s][1];
        g_autoptr (SalPreparation) preparation =
            make (SAL_NCHW, SAL_RGB, inputs[n][0], inputs[n][1], fit);
        SalRect seen = sal_preparation_seen (preparation, width, height);
        guint8 *data = g_malloc0 ((gsize) width * height * 3);
        int px = (int) (seen.x + seen.width * 0.3), py = (int) (seen.y + seen.height * 0.7);
        int radius = (int) (fmin (seen.width, seen.height) / 8); /* stays inside */

        g_assert_true (seen.x >= 0 && seen.y >= 0);
        g_assert_true (seen.x + seen.width <= width + 1e-9);
        g_assert_true (seen.y + seen.height <= height + 1e-9);
        if (fit == SAL_FIT_CROP) {
          /* The shape is kept, but for the rounding of the scaled size to whole pixels, and a rim
           * of 1/16 is cut off on the side that is fitted. */
          double across = seen.width / inputs[n][1], down = seen.height / inputs[n][0];

          g_assert_cmpfloat_with_epsilon (across / down, 1, 0.03);
          g_assert_true (fmax (seen.width / width, seen.height / height) < 0.89);
          g_assert_true (fmax (seen.width / width, seen.height / height) > 0.84);
        }
        for (int y = MAX (py - radius, 0); y <= MIN (py + radius, height - 1); y++)
          for (int x = MAX (px - radius, 0); x <= MIN (px + radius, width - 1); x++)
            memset (data + ((gsize) y * width + x) * 3, 255, 3);

        g_autoptr (SalImage) picture = sal_image_new_take (width, height, data);
        g_autoptr (SalImage) cut = sal_preparation_cut (preparation, picture);
        double sum = 0, sum_x = 0, sum_y = 0;

        for (int y = 0; y < inputs[n][0]; y++)
          for (int x = 0; x < inputs[n][1]; x++) {
            double p = sal_image_pixel (cut, x, y)[0];

            sum += p;
            sum_x += p * (x + 0.5);
            sum_y += p * (y + 0.5);
          }
        /* Within a tenth of a cell. */
        g_assert_cmpfloat_with_epsilon ((px + 0.5 - seen.x) / seen.width * inputs[n][1],
                                        sum_x / sum, 0.1);
        g_assert_cmpfloat_with_epsilon ((py + 0.5 - seen.y) / seen.height * inputs[n][0],
                                        sum_y / sum, 0.1);
      }
}

static void
test_extreme_sizes (void)
{
  static const int sizes[][2] = { { 1, 1 }, { 20000, 10 }, { 10, 20000 }, { 3, 2 } };

  for (gsize s = 0; s < G_N_ELEMENTS (sizes); s++)
    for (int fit = SAL_FIT_CROP; fit <= SAL_FIT_STRETCH; fit++) {
      g_autoptr (SalPreparation) preparation = make (SAL_NCHW, SAL_RGB, 224, 224, fit);
      g_autoptr (SalImage) picture = synthetic_new (sizes[s][0], sizes[s][1]);
      g_autoptr (SalTensor) input = sal_preparation_apply (preparation, picture);

      g_assert_cmpint (sal_tensor_count (input), ==, 3 * 224 * 224);
    }
}

static void
test_colours (void)
{
  for (int layout = SAL_NCHW; layout <= SAL_NHWC; layout++)
    for (int order = SAL_RGB; order <= SAL_GRAY; order++) {
      g_autoptr (SalPreparation) preparation = make (layout, order, 7, 9, SAL_FIT_STRETCH);
      const guint8 rgb8[] = { 10, 200, 77 };
      const double rgb[] = { 10, 200, 77 };
      g_autoptr (SalImage) picture = sal_image_new_filled (9, 7, rgb8);
      g_autoptr (SalTensor) expected = sal_preparation_apply (preparation, picture);
      g_autoptr (SalTensor) colour = sal_preparation_colour (preparation, rgb);
      double mean[3];

      for (int i = 0; i < sal_tensor_count (colour); i++)
        g_assert_cmpfloat_with_epsilon (sal_tensor_floats (colour)[i],
                                        sal_tensor_floats (expected)[i],
                                        order == SAL_GRAY ? 0.02 : 1e-6);

      sal_preparation_mean_colour (preparation, mean);

      g_autoptr (SalTensor) zeros = sal_preparation_colour (preparation, mean);

      for (int i = 0; i < sal_tensor_count (zeros); i++)
        g_assert_cmpfloat_with_epsilon (sal_tensor_floats (zeros)[i], 0, 1e-6);
    }

  /* The middle gray lies between two bytes. */
  g_autoptr (SalPreparation) preparation = make (SAL_NCHW, SAL_RGB, 1, 1, SAL_FIT_STRETCH);
  g_autoptr (SalTensor) middle =
      sal_preparation_colour (preparation, (const double[]){ 127.5, 127.5, 127.5 });

  g_assert_cmpfloat_with_epsilon (sal_tensor_floats (middle)[0], (0.5 - 0.5) / 0.5, 1e-6);
}

static void
test_blur (void)
{
  static const double sigmas[] = { 0.5, 2, 9 };
  g_autoptr (SalImage) picture = synthetic_new (19, 13);

  for (int layout = SAL_NCHW; layout <= SAL_NHWC; layout++) {
    g_autoptr (SalPreparation) old = make (layout, SAL_RGB, 13, 19, SAL_FIT_STRETCH);
    SalPixelFormat bytes = { layout, SAL_RGB, 13, 19, 0, 255, { 0 }, { 1, 1, 1 }, SAL_FIT_CROP };
    g_autoptr (SalPreparation) preparation = sal_preparation_with_format (old, &bytes, NULL);
    g_autoptr (SalTensor) input = sal_preparation_apply (preparation, picture);
    g_autoptr (GError) error = NULL;

    for (gsize s = 0; s < G_N_ELEMENTS (sigmas); s++) {
      g_autofree char *name = g_strdup_printf ("image/blur-%g.npy", sigmas[s]);
      g_autofree char *path = test_data (name);
      g_autoptr (SalTensor) expected = sal_npy_load (path, &error);
      g_autoptr (SalTensor) blurred =
          sal_preparation_blur (preparation, input, sigmas[s], NULL, &error);

      g_assert_no_error (error);
      for (int i = 0; i < 19 * 13; i++)
        for (int c = 0; c < 3; c++)
          g_assert_cmpfloat_with_epsilon (at (blurred, layout, 3, i, c),
                                          sal_tensor_floats (expected)[3 * i + c], 1e-3);
    }

    g_autoptr (SalTensor) same = sal_preparation_blur (preparation, input, 0, NULL, &error);
    gsize size = sizeof (float) * sal_tensor_count (input);

    g_assert_cmpmem (sal_tensor_data (same), size, sal_tensor_data (input), size);
    g_assert_null (sal_preparation_blur (preparation, input, -1, NULL, &error));
    g_assert_error (error, SAL_ERROR, SAL_ERROR_ARGUMENT);
    g_clear_error (&error);
    g_assert_null (sal_preparation_blur (preparation, input, NAN, NULL, &error));
    g_assert_error (error, SAL_ERROR, SAL_ERROR_ARGUMENT);
  }
}

static gpointer
cancel_soon (gpointer cancellable)
{
  g_usleep (100000);
  g_cancellable_cancel (cancellable);
  return NULL;
}

/* A photograph at its own size is blurred for most of a minute, but stops at once. */
static void
test_blur_cancelled (void)
{
  int width = 3000, height = 2000;
  g_autofree float *x = g_new0 (float, width *height);
  g_autofree float *y = g_new (float, width *height);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  GThread *thread = g_thread_new ("cancel", cancel_soon, cancellable);

  g_assert_false (sal_blur (1, height, width, 1, x, 273, y, cancellable));
  g_thread_join (thread);
  g_assert_true (sal_blur (1, 20, 30, 1, x, 2, y, NULL));
  g_assert_false (sal_blur (1, 20, 30, 1, x, 2, y, cancellable));
}

static void
test_presets (void)
{
  int n;
  const SalPreset *presets = sal_presets (&n);
  SalPixelFormat format = { .layout = SAL_NHWC, .height = 3, .width = 4 };
  g_autoptr (GHashTable) ids = g_hash_table_new (g_str_hash, g_str_equal);

  for (int i = 0; i < n; i++) {
    g_autoptr (GError) error = NULL;

    sal_preset_apply (&presets[i], &format);
    g_assert_true (sal_pixel_format_check (&format, &error));
    g_assert_cmpint (format.layout, ==, SAL_NHWC);
    g_assert_cmpint (format.width, ==, 4);
    g_assert_true (g_hash_table_add (ids, (char *) presets[i].id));
  }
  g_assert_true (g_hash_table_contains (ids, "clip"));
  sal_preset_apply (&presets[0], &format);

  g_autofree char *words = sal_pixel_format_describe (&format);

  g_assert_cmpstr (words, ==,
                   "RGB, 0 to 1, mean (0.485, 0.456, 0.406), std (0.229, 0.224, 0.225), "
                   "centre crop to 3×4");
}

/* The inputs that onnxruntime was given for the reference logits. */
static void
test_reference_inputs (void)
{
  static const char *const cases[][3] = {
    { "mobilenet_v2_1.0_224", "exact/cat-224.png", "mobilenet_v2_1.0_224--cat-224" },
    { "mobilenet_v1_0.25_128", "exact/cat-128.png", "mobilenet_v1_0.25_128--cat-128" },
    { "squeezenet_1.1", "exact/cat-224.png", "squeezenet_1.1--cat-224" },
    { "mnist-8", "mnist_nine.png", "mnist-8--mnist_nine" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *sidecar_name = g_strdup_printf ("realdata/models/%s.json", cases[i][0]);
    g_autofree char *image_name = g_strdup_printf ("realdata/images/%s", cases[i][1]);
    g_autofree char *input_name = g_strdup_printf ("realdata/npy/%s.input.npy", cases[i][2]);
    g_autofree char *sidecar = test_reference (sidecar_name);
    g_autofree char *image = sidecar != NULL ? test_reference (image_name) : NULL;
    g_autofree char *npy = image != NULL ? test_reference (input_name) : NULL;
    g_autoptr (GError) error = NULL;

    if (npy == NULL)
      return;

    g_autoptr (SalPreparation) preparation = sal_preparation_load (sidecar, NULL, &error);
    g_assert_no_error (error);
    g_autoptr (SalImage) picture = sal_image_load (image, &error);
    g_assert_no_error (error);
    g_autoptr (SalTensor) expected = sal_npy_load (npy, &error);
    g_assert_no_error (error);
    g_autoptr (SalTensor) input = sal_preparation_apply (preparation, picture);

    g_test_message ("%s", cases[i][2]);
    g_assert_true (sal_shape_equal (sal_tensor_shape (input), sal_tensor_shape (expected)));
    g_assert_cmpmem (sal_tensor_data (input), sizeof (float) * sal_tensor_count (input),
                     sal_tensor_data (expected), sizeof (float) * sal_tensor_count (expected));
  }
}

/* Whole pictures come out as Pillow's resizing and cropping made them, pixel by pixel. */
static void
test_reference_crops (void)
{
  static const char *const pictures[][2] = { { "cat.png", "cat" },
                                             { "parrot.jpg", "parrot" },
                                             { "pets.jpg", "pets" },
                                             { "sunflower.jpg", "sunflower" } };
  static const int sides[] = { 32, 128, 224 };

  for (gsize i = 0; i < G_N_ELEMENTS (pictures); i++)
    for (gsize s = 0; s < G_N_ELEMENTS (sides); s++) {
      g_autofree char *whole_name = g_strdup_printf ("realdata/images/%s", pictures[i][0]);
      g_autofree char *exact_name =
          g_strdup_printf ("realdata/images/exact/%s-%d.png", pictures[i][1], sides[s]);
      g_autofree char *whole_path = test_reference (whole_name);
      g_autofree char *exact_path = whole_path != NULL ? test_reference (exact_name) : NULL;
      g_autoptr (GError) error = NULL;

      if (exact_path == NULL)
        return;

      g_autoptr (SalImage) whole = sal_image_load (whole_path, &error);
      g_assert_no_error (error);
      g_autoptr (SalImage) exact = sal_image_load (exact_path, &error);
      g_assert_no_error (error);
      g_autoptr (SalPreparation) preparation = make (
          SAL_NCHW, SAL_RGB, sides[s], sides[s], sides[s] == 32 ? SAL_FIT_STRETCH : SAL_FIT_CROP);
      g_autoptr (SalImage) cut = sal_preparation_cut (preparation, whole);
      int largest = 0;

      for (int p = 0; p < sides[s] * sides[s] * 3; p++)
        largest = MAX (largest, ABS (sal_image_pixels (cut)[p] - sal_image_pixels (exact)[p]));
      g_test_message ("%s at %d: largest difference %d", pictures[i][1], sides[s], largest);
      g_assert_cmpint (largest, <=, 1);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/image/prepare/orders", test_orders);
  g_test_add_func ("/engine/image/prepare/unprepare", test_unprepare);
  g_test_add_func ("/engine/image/prepare/exact-size", test_exact_size);
  g_test_add_func ("/engine/image/prepare/geometry", test_geometry);
  g_test_add_func ("/engine/image/prepare/extreme-sizes", test_extreme_sizes);
  g_test_add_func ("/engine/image/prepare/colours", test_colours);
  g_test_add_func ("/engine/image/prepare/blur", test_blur);
  g_test_add_func ("/engine/image/prepare/blur/cancelled", test_blur_cancelled);
  g_test_add_func ("/engine/image/prepare/presets", test_presets);
  g_test_add_func ("/engine/image/prepare/reference-inputs", test_reference_inputs);
  g_test_add_func ("/engine/image/prepare/reference-crops", test_reference_crops);
  return g_test_run ();
}
