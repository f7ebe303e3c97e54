#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/tensor/npy.h"
#include "tests/support.h"

#include <math.h>
#include <string.h>

/* A version 1 file from a header as numpy writes it, unpadded. */
static GBytes *
make (const char *header, gconstpointer data, gsize size)
{
  GByteArray *file = g_byte_array_new ();
  const guint8 length[] = { strlen (header) & 255, strlen (header) >> 8 };

  g_byte_array_append (file, (const guint8 *) "\x93NUMPY\1\0", 8);
  g_byte_array_append (file, length, 2);
  g_byte_array_append (file, (const guint8 *) header, strlen (header));
  g_byte_array_append (file, data, size);
  return g_byte_array_free_to_bytes (file);
}

static SalTensor *
parse (const char *header, gconstpointer data, gsize size, GError **error)
{
  g_autoptr (GBytes) bytes = make (header, data, size);

  return sal_npy_parse (bytes, "test.npy", error);
}

static void
test_round_trip (void)
{
  static const SalShape shapes[] = {
    { 0 }, { 1, { 7 } }, { 2, { 0, 3 } }, { 4, { 1, 3, 5, 7 } }, { 8, { 1, 2, 1, 2, 1, 2, 1, 2 } },
  };

  for (gsize s = 0; s < G_N_ELEMENTS (shapes); s++)
    for (int type = SAL_FLOAT; type <= SAL_INT; type++) {
      g_autofree char *path = test_scratch ("array.npy");
      g_autoptr (SalTensor) x = sal_tensor_new (type, &shapes[s]);
      g_autoptr (GError) error = NULL;

      for (gint64 i = 0; i < sal_tensor_count (x); i++)
        if (type == SAL_FLOAT)
          ((float *) sal_tensor_edit (x))[i] = 1.f / (3 - i * 2);
        else
          ((gint64 *) sal_tensor_edit (x))[i] = G_MININT64 + i * 1000003;
      g_assert_true (sal_npy_save (path, x, &error));

      g_autoptr (GBytes) bytes = sal_file_read (path, 10000, &error);
      g_autoptr (SalTensor) y = sal_npy_load (path, &error);
      gsize data = sal_tensor_count (x) * sal_type_size (type);

      g_assert_no_error (error);
      g_assert_cmpint ((g_bytes_get_size (bytes) - data) % 64, ==, 0);
      g_assert_cmpint (sal_tensor_type (y), ==, type);
      g_assert_true (sal_shape_equal (sal_tensor_shape (x), sal_tensor_shape (y)));
      g_assert_cmpmem (sal_tensor_data (x), data, sal_tensor_data (y), data);
    }
  test_scratch_clear ();
}

static void
test_types (void)
{
  static const struct {
    const char *descr;
    gsize size;
    const char *data;
    double first, second;
  } cases[] = {
    { "<f2", 4, "\x01\xb4\xff\x7b", -0.250244140625, 65504 },
    { "<f2", 4, "\x01\x00\x00\xfc", 0x1p-24, -INFINITY },
    { "<f4", 8, "\x00\x00\x80\x3f\x00\x00\x00\xc0", 1, -2 },
    { "<f8", 16, "\0\0\0\0\0\0\xe0\x3f\0\0\0\0\0\0\xf0\xff", 0.5, -INFINITY },
    { "|b1", 2, "\0\1", 0, 1 },
    { "|u1", 2, "\x7f\xff", 127, 255 },
    { "<u1", 2, "\x7f\xff", 127, 255 },
    { "|i1", 2, "\x7f\xff", 127, -1 },
    { "<i2", 4, "\x02\x01\xff\xff", 258, -1 },
    { "<u2", 4, "\x02\x01\xff\xff", 258, 65535 },
    { "<i4", 8, "\4\3\2\1\xff\xff\xff\xff", 0x01020304, -1 },
    { "<u4", 8, "\4\3\2\1\xff\xff\xff\xff", 0x01020304, 4294967295.0 },
    { "<i8", 16, "\1\0\0\0\1\0\0\0\xfe\xff\xff\xff\xff\xff\xff\xff", 4294967297.0, -2 },
    { "<u8", 16, "\1\0\0\0\1\0\0\0\2\0\0\0\0\0\0\0", 4294967297.0, 2 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *header = g_strdup_printf (
        "{'descr': '%s', 'fortran_order': False, 'shape': (2,), }", cases[i].descr);
    g_autoptr (GError) error = NULL;
    g_autoptr (SalTensor) x = parse (header, cases[i].data, cases[i].size, &error);

    g_assert_no_error (error);
    if (sal_tensor_type (x) == SAL_FLOAT) {
      g_assert_true (sal_tensor_floats (x)[0] == (float) cases[i].first);
      g_assert_true (sal_tensor_floats (x)[1] == (float) cases[i].second);
    } else {
      g_assert_true (sal_tensor_ints (x)[0] == (gint64) cases[i].first);
      g_assert_true (sal_tensor_ints (x)[1] == (gint64) cases[i].second);
    }
  }
}

static void
test_fortran (void)
{
  /* numpy.asfortranarray (numpy.arange (24).reshape (2, 3, 4)) */
  guint8 data[24];
  g_autoptr (GError) error = NULL;

  for (int k = 0, n = 0; k < 4; k++)
    for (int j = 0; j < 3; j++)
      for (int i = 0; i < 2; i++)
        data[n++] = (i * 3 + j) * 4 + k;

  g_autoptr (SalTensor) x = parse ("{'shape': (2, 3, 4), \"fortran_order\": True, 'descr':'|u1'}\n",
                                   data, sizeof data, &error);

  g_assert_no_error (error);
  for (int i = 0; i < 24; i++)
    g_assert_cmpint (sal_tensor_ints (x)[i], ==, i);
}

/* Versions 2 and 3 give the header's length 32 bits. */
static void
test_long_header (void)
{
  static const char header[] = "{'descr': '|u1', 'fortran_order': False, 'shape': (3L,), }   \n";

  for (int version = 2; version <= 4; version++) {
    g_autoptr (GByteArray) file = g_byte_array_new ();
    const guint8 start[] = { version, 0, sizeof header - 1, 0, 0, 0 };
    g_autoptr (GError) error = NULL;

    g_byte_array_append (file, (const guint8 *) "\x93NUMPY", 6);
    g_byte_array_append (file, start, sizeof start);
    g_byte_array_append (file, (const guint8 *) header, sizeof header - 1);
    g_byte_array_append (file, (const guint8 *) "abc", 3);

    g_autoptr (GBytes) bytes = g_bytes_new (file->data, file->len);
    g_autoptr (SalTensor) x = sal_npy_parse (bytes, "test.npy", &error);

    if (version == 4) {
      g_assert_error (error, SAL_ERROR, SAL_ERROR_UNSUPPORTED);
    } else {
      g_assert_no_error (error);
      g_assert_cmpint (sal_tensor_ints (x)[2], ==, 'c');
    }
  }
}

static void
test_broken (void)
{
  static const struct {
    const char *header;
    int code;
  } cases[] = {
    { "", SAL_ERROR_FORMAT },
    { "{", SAL_ERROR_FORMAT },
    { "{}", SAL_ERROR_FORMAT },
    { "{'descr': '<f4', 'fortran_order': False}", SAL_ERROR_FORMAT },
    { "{'descr': '<f4', 'fortran_order': False, 'shape': }", SAL_ERROR_FORMAT },
    { "{'descr': '<f4', 'fortran_order': False, 'shape': (", SAL_ERROR_FORMAT },
    { "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}", SAL_ERROR_FORMAT },
    { "{'descr': '<f4', 'fortran_order': False, 'shape': (1 1)}", SAL_ERROR_FORMAT },
    { "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}",
      SAL_ERROR_FORMAT },
    { "{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296, 0)}",
      SAL_ERROR_SHAPE },
    { "{'descr': '<f4', 'fortran_order': False, 'shape': (1099511627776,)}", SAL_ERROR_FORMAT },
    { "{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}", SAL_ERROR_FORMAT },
    { "{'descr': '<f4', 'fortran_order': False, 'shape': ()}", SAL_ERROR_FORMAT },
    { "{'descr': '<f4', 'fortran_order': False, 'shape': (1,1,1,1,1,1,1,1,1)}",
      SAL_ERROR_UNSUPPORTED },
    { "{'descr': '<f4', 'fortran_order': Maybe, 'shape': (3,)}", SAL_ERROR_FORMAT },
    { "{'descr': '<f4', 'fortran_order': False, 'shape': (3,), 'extra': 1}", SAL_ERROR_FORMAT },
    { "{'fortran_order': False, 'shape': (3,), 'descr': '<f4}", SAL_ERROR_FORMAT },
    { "{'descr': '>f4', 'fortran_order': False, 'shape': (3,)}", SAL_ERROR_UNSUPPORTED },
    { "{'descr': '<c8', 'fortran_order': False, 'shape': (3,)}", SAL_ERROR_UNSUPPORTED },
    { "{'descr': '|O', 'fortran_order': False, 'shape': (3,)}", SAL_ERROR_UNSUPPORTED },
    { "{'descr': '<U12', 'fortran_order': False, 'shape': (3,)}", SAL_ERROR_UNSUPPORTED },
    { "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (3,)}", SAL_ERROR_UNSUPPORTED },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;

    g_test_message ("%s", cases[i].header);
    g_assert_null (parse (cases[i].header, "123456789abc", 12, &error));
    g_assert_error (error, SAL_ERROR, cases[i].code);
    g_assert_nonnull (strstr (error->message, "test.npy"));
    g_assert_null (strchr (error->message, '\n'));
  }

  g_autoptr (GError) error = NULL;

  g_assert_null (parse ("{'descr': '<u8', 'fortran_order': False, 'shape': (1,)}",
                        "\0\0\0\0\0\0\0\x80", 8, &error));
  g_assert_error (error, SAL_ERROR, SAL_ERROR_UNSUPPORTED);
}

/* Cut at every length and with every byte changed, a file is either read or refused. */
static void
test_damage (void)
{
  static const float data[6] = { 1, 2, 3, 4, 5, 6 };
  g_autoptr (GBytes) whole =
      make ("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", data, sizeof data);
  gsize size;
  const guint8 *bytes = g_bytes_get_data (whole, &size);

  for (gsize length = 0; length < size; length++) {
    g_autofree guint8 *copy = g_memdup2 (bytes, length); /* its own block, for address checkers */
    g_autoptr (GBytes) cut = g_bytes_new_static (copy, length);
    g_autoptr (GError) error = NULL;

    g_assert_null (sal_npy_parse (cut, "cut", &error));
    g_assert_error (error, SAL_ERROR, SAL_ERROR_FORMAT);
  }
  for (gsize at = 0; at < size - sizeof data; at++)
    for (int value = 0; value < 256; value++) {
      g_autofree guint8 *copy = g_memdup2 (bytes, size);

      copy[at] = value;

      g_autoptr (GBytes) changed = g_bytes_new_static (copy, size);
      g_autoptr (GError) error = NULL;
      g_autoptr (SalTensor) x = sal_npy_parse (changed, "changed", &error);

      g_assert_true ((x == NULL) == (error != NULL));
    }
}

static void
test_numpy (void)
{
  g_autofree char *path = test_reference ("realdata/npy/mobilenet_v2_1.0_224--cat-224.logits.npy");
  g_autoptr (GError) error = NULL;

  if (path == NULL)
    return;

  g_autoptr (SalTensor) x = sal_npy_load (path, &error);

  g_assert_no_error (error);
  g_assert_true (sal_shape_equal (sal_tensor_shape (x), &SAL_SHAPE (1, 1000)));
  g_assert_cmpint (sal_tensor_type (x), ==, SAL_FLOAT);

  int best = 0;

  for (int i = 0; i < 1000; i++)
    if (sal_tensor_floats (x)[i] > sal_tensor_floats (x)[best])
      best = i;
  g_assert_cmpint (best, ==, 285); /* Egyptian cat */
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/tensor/npy/round-trip", test_round_trip);
  g_test_add_func ("/engine/tensor/npy/types", test_types);
  g_test_add_func ("/engine/tensor/npy/fortran", test_fortran);
  g_test_add_func ("/engine/tensor/npy/long-header", test_long_header);
  g_test_add_func ("/engine/tensor/npy/broken", test_broken);
  g_test_add_func ("/engine/tensor/npy/damage", test_damage);
  g_test_add_func ("/engine/tensor/npy/numpy", test_numpy);
  return g_test_run ();
}
