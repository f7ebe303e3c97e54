#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/image/png.h"
#include "tests/engine/synthetic.h"
#include "tests/support.h"

#include <string.h>

static void
test_round_trip (void)
{
  g_autofree char *path = test_scratch ("picture.png");
  g_autoptr (SalImage) image = synthetic_new (301, 77);
  g_autoptr (GError) error = NULL;

  g_assert_true (sal_png_write (path, image, NULL, &error));

  g_autoptr (SalImage) back = sal_image_load (path, &error);

  g_assert_no_error (error);
  g_assert_true (sal_image_equal (image, back));

  g_autoptr (GBytes) encoded = sal_png_encode (image, NULL, &error);
  g_autoptr (GBytes) written = sal_file_read (path, 1000000, &error);

  g_assert_true (g_bytes_equal (encoded, written));
  g_assert_cmpint (test_scratch_clear (), ==, 1);
}

static void
test_gray (void)
{
  g_autofree char *path = test_scratch ("gray.png");
  guint8 gray[7 * 5];
  g_autoptr (GError) error = NULL;

  for (int i = 0; i < 35; i++)
    gray[i] = i * 7;
  g_assert_true (sal_png_write_gray (path, 7, 5, gray, "{}", &error));

  g_autoptr (SalImage) back = sal_image_load (path, &error);
  g_autoptr (GBytes) file = sal_file_read (path, 10000, &error);

  g_assert_no_error (error);
  for (int i = 0; i < 105; i++)
    g_assert_cmpint (sal_image_pixels (back)[i], ==, gray[i / 3]);
  /* Depth and colour type of IHDR: 8 bits, gray. */
  g_assert_cmpmem ((const char *) g_bytes_get_data (file, NULL) + 24, 2, "\x08\x00", 2);
  test_scratch_clear ();
}

/* Read back over white, premultiplied colours are what they were. */
static void
test_transparency (void)
{
  g_autofree char *path = test_scratch ("argb.png");
  const guint32 argb[] = { 0x00000000, 0xff102030, 0x80800000, 0x40004000 };
  const guint8 expected[] = { 255, 255, 255, 0x10, 0x20, 0x30, 255, 127, 127, 0xbf, 255, 0xbf };
  g_autoptr (GError) error = NULL;

  g_assert_true (sal_png_write_argb (path, 4, 1, argb, 16, NULL, &error));

  g_autoptr (SalImage) back = sal_image_load (path, &error);

  g_assert_no_error (error);
  g_assert_cmpmem (sal_image_pixels (back), 12, expected, 12);
  test_scratch_clear ();
}

static void
test_text (void)
{
  g_autofree char *path = test_scratch ("text.png");
  g_autofree char *large = g_strnfill (300000, 'x');
  const char *const texts[] = { "{\"method\": \"gradient\"}", "",
                                "{\"label\": \"Ägyptische Katze − 猫\"}", large,
                                "line\nbreak\ttab" };
  g_autoptr (SalImage) image = synthetic_new (3, 3);

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_true (sal_png_write (path, image, texts[i], &error));

    g_autofree char *text = sal_png_read_text (path, SAL_PNG_PARAMETERS, &error);
    g_autofree char *software = sal_png_read_text (path, "Software", &error);
    g_autofree char *other = sal_png_read_text (path, "Comment", &error);

    g_assert_no_error (error);
    g_assert_cmpstr (text, ==, texts[i]);
    g_assert_cmpstr (software, ==, "Salience " SAL_VERSION);
    g_assert_null (other);
  }
  test_scratch_clear ();
}

static void
test_no_text (void)
{
  g_autofree char *plain = test_data ("image/rgb.png");
  g_autofree char *jpeg = test_data ("image/baseline.jpg");
  g_autofree char *missing = test_scratch ("missing.png");
  g_autoptr (GError) error = NULL;

  g_assert_null (sal_png_read_text (plain, SAL_PNG_PARAMETERS, &error));
  g_assert_no_error (error);
  g_assert_null (sal_png_read_text (jpeg, SAL_PNG_PARAMETERS, &error));
  g_assert_error (error, SAL_ERROR, SAL_ERROR_FORMAT);
  g_clear_error (&error);
  g_assert_null (sal_png_read_text (missing, SAL_PNG_PARAMETERS, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  test_scratch_clear ();
}

/* Other programs write Latin-1, compressed text, and text behind the pixels. */
static void
test_foreign_text (void)
{
  g_autofree char *path = test_data ("image/texts.png");
  g_autoptr (GError) error = NULL;
  g_autofree char *latin = sal_png_read_text (path, "Latin", &error);
  g_autofree char *compressed = sal_png_read_text (path, "Compressed", &error);
  g_autofree char *unicode = sal_png_read_text (path, "Unicode", &error);
  g_autofree char *late = sal_png_read_text (path, "Late", &error);

  g_assert_no_error (error);
  g_assert_cmpstr (latin, ==, "Größe");
  g_assert_cmpstr (compressed, ==, "again and again and again and again");
  g_assert_cmpstr (unicode, ==, "猫");
  g_assert_cmpstr (late, ==, "behind");
}

static void
test_damage (void)
{
  g_autofree char *path = test_data ("image/texts.png");
  g_autofree char *copy_path = test_scratch ("damaged.png");
  g_autoptr (GBytes) whole = sal_file_read (path, 10000, NULL);
  gsize size;
  const guint8 *data = g_bytes_get_data (whole, &size);

  for (gsize at = 0; at < size; at++) {
    g_autofree guint8 *copy = g_memdup2 (data, size);
    g_autoptr (GError) error = NULL;

    copy[at] ^= 0x41;
    test_write (copy_path, copy, size);

    g_autofree char *text = sal_png_read_text (copy_path, "Late", &error);

    g_assert_true (text == NULL || error == NULL);
    g_clear_error (&error);
    test_write (copy_path, data, at);
    g_assert_null (sal_png_read_text (copy_path, "None", &error));
    if (at < size - 12)
      g_assert_error (error, SAL_ERROR, SAL_ERROR_FORMAT);
  }
  test_scratch_clear ();
}

static void
test_unwritable (void)
{
  g_autofree char *directory = test_scratch ("none");
  g_autofree char *path = g_build_filename (directory, "x.png", NULL);
  g_autoptr (SalImage) image = synthetic_new (3, 3);
  g_autoptr (GError) error = NULL;

  g_assert_false (sal_png_write (path, image, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, path));
  g_assert_cmpint (test_scratch_clear (), ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/image/png/round-trip", test_round_trip);
  g_test_add_func ("/engine/image/png/gray", test_gray);
  g_test_add_func ("/engine/image/png/transparency", test_transparency);
  g_test_add_func ("/engine/image/png/text", test_text);
  g_test_add_func ("/engine/image/png/no-text", test_no_text);
  g_test_add_func ("/engine/image/png/foreign-text", test_foreign_text);
  g_test_add_func ("/engine/image/png/damage", test_damage);
  g_test_add_func ("/engine/image/png/unwritable", test_unwritable);
  return g_test_run ();
}
