/* https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html: six bytes of magic, two
 * of version, the header's length (16 bits in version 1, else 32), a Python dictionary, the data.
 */
#include "engine/tensor/npy.h"

#include "engine/base/error.h"
#include "engine/base/file.h"

#include <string.h>

#define MAGIC "\x93NUMPY"
#define MAX_HEADER 65536
#define MAX_BYTES ((gsize) 4 << 30)

typedef struct {
  char kind; /* b, i, u or f, as in the file */
  int size;
  gboolean fortran;
  SalShape shape;
} Header;

/* The part of Python's literals that headers use, read from left to right. */
typedef struct {
  const char *at;
  const char *end;
} Cursor;

static void
skip_space (Cursor *c)
{
  while (c->at < c->end && g_ascii_isspace (*c->at))
    c->at++;
}

static gboolean
take (Cursor *c, char what)
{
  skip_space (c);
  if (c->at == c->end || *c->at != what)
    return FALSE;
  c->at++;
  return TRUE;
}

static gboolean
take_word (Cursor *c, const char *word)
{
  gsize length = strlen (word);

  skip_space (c);
  if ((gsize) (c->end - c->at) < length || memcmp (c->at, word, length) != 0)
    return FALSE;
  c->at += length;
  return TRUE;
}

/* A string without escapes, in either kind of quotes; @text holds at most @size - 1 bytes. */
static gboolean
take_string (Cursor *c, char *text, gsize size)
{
  skip_space (c);
  if (c->at == c->end || (*c->at != '\'' && *c->at != '"'))
    return FALSE;

  const char *start = c->at + 1;
  const char *stop = memchr (start, *c->at, c->end - start);

  if (stop == NULL || (gsize) (stop - start) >= size)
    return FALSE;
  memcpy (text, start, stop - start);
  text[stop - start] = '\0';
  c->at = stop + 1;
  return TRUE;
}

static gboolean
take_length (Cursor *c, gint64 *length)
{
  gint64 n = 0;

  skip_space (c);
  if (c->at == c->end || !g_ascii_isdigit (*c->at))
    return FALSE;
  for (; c->at < c->end && g_ascii_isdigit (*c->at); c->at++) {
    if (n > G_MAXINT64 / 16)
      return FALSE;
    n = n * 10 + (*c->at - '0');
  }
  take (c, 'L'); /* Python 2 wrote long integers so */
  *length = n;
  return TRUE;
}

static gboolean
take_shape (Cursor *c, const char *name, SalShape *shape, GError **error)
{
  gint64 length;

  shape->rank = 0;
  if (!take (c, '('))
    goto broken;
  while (!take (c, ')')) {
    if (!take_length (c, &length))
      goto broken;
    if (shape->rank == SAL_MAX_RANK) {
      sal_error_set (error, SAL_ERROR_UNSUPPORTED, "%s: more than %d axes", name, SAL_MAX_RANK);
      return FALSE;
    }
    shape->dim[shape->rank++] = length;
    if (!take (c, ',') && (c->at == c->end || *c->at != ')'))
      goto broken;
  }
  return sal_shape_check (shape, name, error);

broken:
  sal_error_set (error, SAL_ERROR_FORMAT, "%s: header's shape is broken", name);
  return FALSE;
}

/* Such as "<f4": byte order, kind, bytes. */
static gboolean
read_type (const char *descr, const char *name, Header *header, GError **error)
{
  static const char *const known[] = { "f2", "f4", "f8", "b1", "i1", "i2", "i4",
                                       "i8", "u1", "u2", "u4", "u8", NULL };

  if (strlen (descr) == 3 && g_strv_contains (known, descr + 1)) {
    header->kind = descr[1];
    header->size = descr[2] - '0';
    if (descr[0] == '<' || (header->size == 1 && strchr ("|>=", descr[0]) != NULL))
      return TRUE;
  }
  sal_error_set (error, SAL_ERROR_UNSUPPORTED,
                 "%s: elements are \"%s\"; little-endian floats and integers are read", name,
                 descr);
  return FALSE;
}

static gboolean
read_header (Cursor c, const char *name, Header *header, GError **error)
{
  gboolean has_type = FALSE, has_order = FALSE, has_shape = FALSE;
  char key[16], descr[64];

  if (!take (&c, '{'))
    goto broken;
  while (!take (&c, '}')) {
    if (!take_string (&c, key, sizeof key) || !take (&c, ':'))
      goto broken;
    if (g_str_equal (key, "descr")) {
      skip_space (&c);
      if (c.at < c.end && *c.at == '[') {
        sal_error_set (error, SAL_ERROR_UNSUPPORTED,
                       "%s: elements are records; an array of numbers is read", name);
        return FALSE;
      }
      if (!take_string (&c, descr, sizeof descr))
        goto broken;
      if (!read_type (descr, name, header, error))
        return FALSE;
      has_type = TRUE;
    } else if (g_str_equal (key, "fortran_order")) {
      header->fortran = take_word (&c, "True");
      if (!header->fortran && !take_word (&c, "False"))
        goto broken;
      has_order = TRUE;
    } else if (g_str_equal (key, "shape")) {
      if (!take_shape (&c, name, &header->shape, error))
        return FALSE;
      has_shape = TRUE;
    } else {
      goto broken;
    }
    skip_space (&c);
    if (!take (&c, ',') && (c.at == c.end || *c.at != '}'))
      goto broken;
  }
  if (has_type && has_order && has_shape)
    return TRUE;

broken:
  sal_error_set (error, SAL_ERROR_FORMAT, "%s: header is not that of a .npy file", name);
  return FALSE;
}

static float
half_to_float (guint16 half)
{
  guint32 sign = (guint32) (half & 0x8000) << 16;
  int exponent = (half >> 10) & 31;
  guint32 fraction = half & 1023;
  union {
    guint32 bits;
    float value;
  } u;

  if (exponent == 0) { /* zero or subnormal: fraction · 2^-24, exact in float32 */
    u.value = (float) fraction * 0x1p-24f;
    u.bits |= sign;
  } else {
    u.bits = sign | (exponent == 31 ? 255u : (guint32) exponent + 112) << 23 | fraction << 13;
  }
  return u.value;
}

/* Files give no alignment, hence memcpy. */
#define CONVERT(type, out)                                                                         \
  for (gint64 i = 0; i < n; i++) {                                                                 \
    type value;                                                                                    \
    memcpy (&value, data + i * sizeof value, sizeof value);                                        \
    (out)[i] = value;                                                                              \
  }

static void
read_floats (const guint8 *data, int size, gint64 n, float *y)
{
  if (size == 4) {
    memcpy (y, data, n * sizeof *y);
  } else if (size == 8) {
    CONVERT (double, y);
  } else {
    for (gint64 i = 0; i < n; i++)
      y[i] = half_to_float (data[2 * i] | data[2 * i + 1] << 8);
  }
}

static gboolean
read_ints (const guint8 *data, const Header *header, gint64 n, gint64 *y)
{
  switch (header->size) {
  case 1:
    if (header->kind == 'i')
      CONVERT (gint8, y)
    else
      CONVERT (guint8, y)
    break;
  case 2:
    if (header->kind == 'i')
      CONVERT (gint16, y)
    else
      CONVERT (guint16, y)
    break;
  case 4:
    if (header->kind == 'i')
      CONVERT (gint32, y)
    else
      CONVERT (guint32, y)
    break;
  default:
    CONVERT (gint64, y)
    if (header->kind == 'u')
      for (gint64 i = 0; i < n; i++)
        if (y[i] < 0)
          return FALSE;
  }
  return TRUE;
}

/* In Fortran order the first index runs fastest. */
static SalTensor *
turn (const SalTensor *x, const SalShape *shape)
{
  SalTensor *y = sal_tensor_new (sal_tensor_type (x), shape);
  gsize size = sal_type_size (sal_tensor_type (x));
  const guint8 *from = sal_tensor_data (x);
  guint8 *to = sal_tensor_edit (y);
  gint64 n = sal_tensor_count (x), index[SAL_MAX_RANK] = { 0 }, stride[SAL_MAX_RANK], offset = 0;

  for (int i = 0; i < shape->rank; i++)
    stride[i] = i == 0 ? 1 : stride[i - 1] * shape->dim[i - 1];
  for (gint64 i = 0; i < n; i++) {
    memcpy (to + i * size, from + offset * size, size);
    for (int axis = shape->rank - 1; axis >= 0; axis--) {
      offset += stride[axis];
      if (++index[axis] < shape->dim[axis])
        break;
      offset -= stride[axis] * shape->dim[axis];
      index[axis] = 0;
    }
  }
  return y;
}

SalTensor *
sal_npy_parse (GBytes *bytes, const char *name, GError **error)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  Header header = { 0 };

  if (size < 10 || memcmp (data, MAGIC, 6) != 0) {
    sal_error_set (error, SAL_ERROR_FORMAT, "%s: not a .npy file", name);
    return NULL;
  }
  if (data[6] < 1 || data[6] > 3) {
    sal_error_set (error, SAL_ERROR_UNSUPPORTED, "%s: .npy format %d.%d; formats 1 to 3 are read",
                   name, data[6], data[7]);
    return NULL;
  }

  gsize start = data[6] == 1 ? 10 : 12;
  gsize length = data[8] | (gsize) data[9] << 8;

  if (data[6] > 1 && size >= start)
    length |= (gsize) data[10] << 16 | (gsize) data[11] << 24;
  if (size < start || length > MAX_HEADER || length > size - start) {
    sal_error_set (error, SAL_ERROR_FORMAT, "%s: header of %zu bytes in a file of %zu", name,
                   length, size);
    return NULL;
  }

  const char *text = (const char *) data + start;

  if (!read_header ((Cursor){ text, text + length }, name, &header, error))
    return NULL;

  gint64 n = sal_shape_count (&header.shape);

  data += start + length;
  size -= start + length;
  if (size != (gsize) n * header.size) {
    g_autofree char *shape = sal_shape_to_string (&header.shape);

    sal_error_set (error, SAL_ERROR_FORMAT,
                   "%s: shape %s takes %" PRId64 " bytes, the file has %zu", name, shape,
                   n * header.size, size);
    return NULL;
  }

  g_autoptr (SalTensor) tensor =
      sal_tensor_new (header.kind == 'f' ? SAL_FLOAT : SAL_INT, &header.shape);

  if (header.kind == 'f') {
    read_floats (data, header.size, n, sal_tensor_edit (tensor));
  } else if (!read_ints (data, &header, n, sal_tensor_edit (tensor))) {
    sal_error_set (error, SAL_ERROR_UNSUPPORTED, "%s: an unsigned 64-bit number is above %" PRId64,
                   name, G_MAXINT64);
    return NULL;
  }
  if (header.fortran && header.shape.rank > 1)
    return turn (tensor, &header.shape);
  return g_steal_pointer (&tensor);
}

SalTensor *
sal_npy_load (const char *path, GError **error)
{
  g_autoptr (GBytes) bytes = sal_file_read (path, MAX_BYTES, error);

  return bytes != NULL ? sal_npy_parse (bytes, path, error) : NULL;
}

gboolean
sal_npy_save (const char *path, const SalTensor *tensor, GError **error)
{
  const SalShape *shape = sal_tensor_shape (tensor);
  SalType type = sal_tensor_type (tensor);
  gsize data_size = sal_tensor_count (tensor) * sal_type_size (type);
  g_autoptr (GString) text = g_string_new (NULL);

  g_string_append_printf (text, "{'descr': '%s', 'fortran_order': False, 'shape': (",
                          type == SAL_FLOAT ? "<f4" : "<i8");
  for (int i = 0; i < shape->rank; i++)
    g_string_append_printf (text, "%s%" PRId64, i > 0 ? ", " : "", shape->dim[i]);
  g_string_append (text, shape->rank == 1 ? ",), }" : "), }");
  while ((10 + text->len + 1) % 64 != 0)
    g_string_append_c (text, ' ');
  g_string_append_c (text, '\n');

  gsize size = 10 + text->len + data_size;
  g_autofree guint8 *file = g_try_malloc (size);

  if (file == NULL) {
    sal_error_set (error, SAL_ERROR_MEMORY, "%s: no memory for %zu bytes", path, size);
    return FALSE;
  }
  memcpy (file, MAGIC "\1", 8);
  file[8] = text->len & 255;
  file[9] = text->len >> 8;
  memcpy (file + 10, text->str, text->len);
  memcpy (file + 10 + text->len, sal_tensor_data (tensor), data_size);
  return sal_file_write (path, file, size, error);
}
