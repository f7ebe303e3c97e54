#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/image/image.h"
#include "engine/image/png.h"
#include "engine/image/resample.h"
#include "engine/tensor/npy.h"
#include "tests/engine/synthetic.h"
#include "tests/support.h"

#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

static SalImage *
load (const char *name)
{
  g_autofree char *path = test_data (name);
  g_autoptr (GError) error = NULL;
  SalImage *image = sal_image_load (path, &error);

  g_assert_no_error (error);
  return image;
}

/* @name: a uint8 array [H,W,3], or [H,W] for gray */
static void
assert_pixels (const SalImage *image, const char *name)
{
  g_autofree char *path = test_data (name);
  g_autoptr (GError) error = NULL;
  g_autoptr (SalTensor) expected = sal_npy_load (path, &error);

  g_assert_no_error (error);
  g_test_message ("%s", name);

  const SalShape *shape = sal_tensor_shape (expected);
  int repeat = shape->rank == 2 ? 3 : 1;

  g_assert_cmpint (sal_image_height (image), ==, shape->dim[0]);
  g_assert_cmpint (sal_image_width (image), ==, shape->dim[1]);
  for (gint64 i = 0; i < sal_tensor_count (expected) * repeat; i++)
    g_assert_cmpint (sal_image_pixels (image)[i], ==, sal_tensor_ints (expected)[i / repeat]);
}

static int
largest_difference (const SalImage *a, const SalImage *b)
{
  int largest = 0;

  g_assert_cmpint (sal_image_width (a), ==, sal_image_width (b));
  g_assert_cmpint (sal_image_height (a), ==, sal_image_height (b));
  for (int i = 0; i < sal_image_width (a) * sal_image_height (a) * 3; i++)
    largest = MAX (largest, abs (sal_image_pixels (a)[i] - sal_image_pixels (b)[i]));
  return largest;
}

/* Pillow's own results, to the last bit. */
static void
test_resample (void)
{
  static const int cases[][8] = {
    { 37, 23, 16, 16, 0, 0, 16, 16 },  { 16, 16, 40, 25, 0, 0, 40, 25 },
    { 100, 3, 7, 9, 0, 0, 7, 9 },      { 5, 5, 5, 11, 0, 0, 5, 11 },
    { 1, 1, 4, 3, 0, 0, 4, 3 },        { 300, 200, 9, 6, 0, 0, 9, 6 },
    { 90, 61, 53, 37, 10, 5, 32, 20 }, { 8, 8, 64, 64, 30, 17, 12, 12 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    const int *c = cases[i];
    g_autoptr (SalImage) image = synthetic_new (c[0], c[1]);
    g_autoptr (SalImage) result = sal_resample (image, c[2], c[3], c[4], c[5], c[6], c[7]);
    g_autofree char *name = g_strdup_printf ("image/resize-%dx%d-%dx%d-%d-%d-%dx%d.npy", c[0], c[1],
                                             c[2], c[3], c[4], c[5], c[6], c[7]);

    assert_pixels (result, name);
  }
}

static void
test_same_size (void)
{
  g_autoptr (SalImage) image = synthetic_new (33, 21);
  g_autoptr (SalImage) same = sal_image_scale (image, 33, 21);

  g_assert_true (sal_image_equal (image, same));
}

/* A strip made 256 times larger, of which a corner is wanted, costs only that corner. */
static void
test_huge_window (void)
{
  g_autoptr (SalImage) image = synthetic_new (20000, 10);
  g_autoptr (SalImage) window =
      sal_resample (image, 20000 * 256, 10 * 256, 20000 * 256 - 224, 10 * 256 - 224, 224, 224);

  g_assert_cmpmem (sal_image_pixel (window, 223, 223), 3, sal_image_pixel (image, 19999, 9), 3);
}

static void
test_gray (void)
{
  g_autoptr (SalImage) image = synthetic_new (64, 48);
  g_autoptr (SalImage) gray = sal_image_to_gray (image);

  assert_pixels (gray, "image/gray-64x48.npy");
}

static void
test_crop (void)
{
  g_autoptr (SalImage) image = synthetic_new (12, 9);
  g_autoptr (SalImage) crop = sal_image_crop (image, 5, 2, 7, 4);

  for (int y = 0; y < 4; y++)
    for (int x = 0; x < 7; x++)
      g_assert_cmpmem (sal_image_pixel (crop, x, y), 3, sal_image_pixel (image, x + 5, y + 2), 3);
}

static void
test_enlarge_nearest (void)
{
  g_autoptr (SalImage) image = synthetic_new (5, 4);
  g_autoptr (SalImage) large = sal_image_enlarge_nearest (image, 3);

  g_assert_cmpint (sal_image_width (large), ==, 15);
  g_assert_cmpint (sal_image_height (large), ==, 12);
  for (int y = 0; y < 12; y++)
    for (int x = 0; x < 15; x++)
      g_assert_cmpmem (sal_image_pixel (large, x, y), 3, sal_image_pixel (image, x / 3, y / 3), 3);
}

static void
test_kinds (void)
{
  g_autoptr (SalImage) expected = synthetic_new (10, 7);
  g_autoptr (SalImage) rgb = load ("image/rgb.png");
  g_autoptr (SalImage) alpha = load ("image/alpha.png");
  g_autoptr (SalImage) palette = load ("image/palette.png");
  g_autoptr (SalImage) gray = load ("image/gray.png");
  g_autoptr (SalImage) deep = load ("image/deep.png");

  g_assert_true (sal_image_equal (rgb, expected));
  assert_pixels (alpha, "image/alpha.npy");
  assert_pixels (palette, "image/palette.npy");
  for (int i = 0; i < 70; i++)
    for (int c = 0; c < 3; c++) {
      g_assert_cmpint (sal_image_pixels (gray)[3 * i + c], ==, sal_image_pixels (expected)[3 * i]);
      g_assert_cmpint (sal_image_pixels (deep)[3 * i + c], ==, sal_image_pixels (expected)[3 * i]);
    }
}

static void
test_orientation (void)
{
  g_autoptr (SalImage) small = synthetic_new (6, 4);
  g_autoptr (SalImage) upright = sal_image_enlarge_nearest (small, 16);

  for (int tag = 1; tag <= 8; tag++) {
    g_autofree char *name = g_strdup_printf ("image/orientation-%d.jpg", tag);
    g_autoptr (SalImage) image = load (name);

    g_test_message ("%s", name);
    g_assert_cmpint (largest_difference (image, upright), <=, 4);
  }
}

static void
assert_refused (const guint8 *data, gsize size, int code)
{
  g_autofree guint8 *copy = g_memdup2 (data, size);
  g_autoptr (GBytes) bytes = g_bytes_new_static (copy, size);
  g_autoptr (GError) error = NULL;

  g_assert_null (sal_image_load_bytes (bytes, "bad.png", &error));
  g_assert_error (error, SAL_ERROR, code);
  g_assert_true (g_str_has_prefix (error->message, "bad.png: "));
  g_assert_null (strchr (error->message, '\n'));
}

static void
test_refused (void)
{
  static const char text[] = "Dear reader,\nthis is no picture.\n";
  g_autofree char *huge = test_data ("image/huge.png");
  g_autofree char *missing = test_scratch ("missing.png");
  g_autofree char *directory = g_path_get_dirname (missing);
  g_autoptr (GError) error = NULL;

  assert_refused (NULL, 0, SAL_ERROR_FORMAT);
  assert_refused ((const guint8 *) text, sizeof text - 1, SAL_ERROR_FORMAT);

  g_assert_null (sal_image_load (huge, &error));
  g_assert_error (error, SAL_ERROR, SAL_ERROR_MEMORY);
  g_assert_nonnull (strstr (error->message, "60000×60000"));
  g_clear_error (&error);
  g_assert_null (sal_image_load (missing, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_null (sal_image_load (directory, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_IS_DIRECTORY);
  test_scratch_clear ();
}

/* Sizes that a few bytes announce are refused before memory is asked for. */
static void
test_announced_sizes (void)
{
  static const guint8 bmp[] = "BM\x36\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x60\xea\0\0\x60\xea\0\0\1\0"
                              "\x18\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
  static const guint8 gif[] = "GIF89a\x60\xea\x60\xea\x80\0\0\0\0\0\xff\xff\xff"
                              "\x2c\0\0\0\0\x60\xea\x60\xea\0\2\2\x44\1\0\x3b";
  static const char *const jpegs[] = { "image/baseline.jpg", "image/progressive.jpg" };

  assert_refused (bmp, sizeof bmp - 1, SAL_ERROR_MEMORY);
  assert_refused (gif, sizeof gif - 1, SAL_ERROR_MEMORY);
  for (gsize n = 0; n < G_N_ELEMENTS (jpegs); n++) {
    g_autofree char *path = test_data (jpegs[n]);
    g_autoptr (GBytes) whole = sal_file_read (path, 100000, NULL);
    gsize size;
    g_autofree guint8 *copy = g_bytes_unref_to_data (g_bytes_ref (whole), &size);
    gboolean found = FALSE;

    for (gsize at = 2; at + 9 < size && !found; at++)
      if (copy[at] == 0xff && (copy[at + 1] == 0xc0 || copy[at + 1] == 0xc2)) {
        memset (copy + at + 5, 0xfe, 4); /* height and width */
        found = TRUE;
      }
    g_assert_true (found);
    assert_refused (copy, size, SAL_ERROR_MEMORY);
  }
}

static void
test_thin (void)
{
  static const int sizes[][2] = { { 1, 1 }, { 20000, 10 }, { 10, 20000 } };

  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++) {
    g_autoptr (SalImage) image = synthetic_new (sizes[i][0], sizes[i][1]);
    g_autoptr (GError) error = NULL;
    g_autoptr (GBytes) bytes = sal_png_encode (image, NULL, &error);
    g_autoptr (SalImage) back = sal_image_load_bytes (bytes, "thin", &error);

    g_assert_no_error (error);
    g_assert_true (sal_image_equal (image, back));
  }
}

/* A picture cut anywhere is refused, not shown with its rest missing. */
static void
test_truncated (void)
{
  static const char *const names[] = { "image/rgb.png", "image/palette.png", "image/baseline.jpg",
                                       "image/progressive.jpg" };

  for (gsize n = 0; n < G_N_ELEMENTS (names); n++) {
    g_autofree char *path = test_data (names[n]);
    g_autoptr (GError) error = NULL;
    g_autoptr (GBytes) whole = sal_file_read (path, 100000, &error);
    gsize size;

    g_assert_no_error (error);

    const guint8 *data = g_bytes_get_data (whole, &size);

    gsize step = size > 500 ? 5 : 1;

    /* The last 4 bytes of a PNG are only a checksum of nothing. */
    for (gsize length = 0; length < size - 4; length += step)
      assert_refused (data, length, SAL_ERROR_FORMAT);
  }
}

/* Every byte changed in turn: a picture or an error, never a crash or a warning. */
static void
test_damaged (void)
{
  static const char *const names[] = { "image/alpha.png", "image/palette.png", "image/deep.png",
                                       "image/progressive.jpg" };

  for (gsize n = 0; n < G_N_ELEMENTS (names); n++) {
    g_autofree char *path = test_data (names[n]);
    g_autoptr (GBytes) whole = sal_file_read (path, 100000, NULL);
    gsize size;
    const guint8 *data = g_bytes_get_data (whole, &size);

    gsize step = size > 500 ? 3 : 1;

    for (gsize at = 0; at < size; at += step)
      for (int bit = 0; bit < 8; bit += 3) {
        g_autofree guint8 *copy = g_memdup2 (data, size);

        copy[at] ^= 1 << bit;

        g_autoptr (GBytes) bytes = g_bytes_new_static (copy, size);
        g_autoptr (GError) error = NULL;
        g_autoptr (SalImage) image = sal_image_load_bytes (bytes, "damaged", &error);

        g_assert_true ((image == NULL) == (error != NULL));
      }
  }
}

static gpointer
decode_often (gpointer path)
{
  for (int i = 0; i < 20; i++) {
    g_autoptr (SalImage) image = sal_image_load (path, NULL);

    g_assert_cmpint (sal_image_width (image), ==, 10);
  }
  return NULL;
}

static void
test_threads (void)
{
  g_autofree char *path = test_data ("image/alpha.png");
  GThread *threads[4];

  for (int i = 0; i < 4; i++)
    threads[i] = g_thread_new ("decode", decode_often, path);
  for (int i = 0; i < 4; i++)
    g_thread_join (threads[i]);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/image/resample/pillow", test_resample);
  g_test_add_func ("/engine/image/resample/same-size", test_same_size);
  g_test_add_func ("/engine/image/resample/huge-window", test_huge_window);
  g_test_add_func ("/engine/image/image/gray", test_gray);
  g_test_add_func ("/engine/image/image/crop", test_crop);
  g_test_add_func ("/engine/image/image/enlarge-nearest", test_enlarge_nearest);
  g_test_add_func ("/engine/image/decode/kinds", test_kinds);
  g_test_add_func ("/engine/image/decode/orientation", test_orientation);
  g_test_add_func ("/engine/image/decode/refused", test_refused);
  g_test_add_func ("/engine/image/decode/announced-sizes", test_announced_sizes);
  g_test_add_func ("/engine/image/decode/thin", test_thin);
  g_test_add_func ("/engine/image/decode/truncated", test_truncated);
  g_test_add_func ("/engine/image/decode/damaged", test_damaged);
  g_test_add_func ("/engine/image/decode/threads", test_threads);
  return g_test_run ();
}
