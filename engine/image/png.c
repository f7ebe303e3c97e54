#include "engine/image/png.h"

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/image/png-private.h"

#include <glib/gi18n.h>
#include <png.h>
#include <setjmp.h>
#include <string.h>

#define MAX_BYTES ((gsize) 1 << 30)
#define MAX_TEXT (16 * 1024 * 1024)
#define SIGNATURE 8
#define SOFTWARE "Salience " SAL_VERSION

/* libpng reports errors by a jump back to setjmp(), which forgets what plain variables held. So all
 * that is needed afterwards lives here, outside of the function that jumps. */
typedef struct {
  png_structp png;
  png_infop info;
  char message[128];
  GByteArray *out;  /* when writing */
  const guint8 *in; /* when reading */
  gsize left;       /* of @in */
} Codec;

static void
error_cb (png_structp png, png_const_charp message)
{
  Codec *codec = png_get_error_ptr (png);

  g_strlcpy (codec->message, message, sizeof codec->message);
  longjmp (png_jmpbuf (png), 1);
}

static void
warning_cb (png_structp png, png_const_charp message)
{
}

static void
write_cb (png_structp png, png_bytep data, png_size_t size)
{
  Codec *codec = png_get_io_ptr (png);

  g_byte_array_append (codec->out, data, size);
}

static void
flush_cb (png_structp png)
{
}

static void
read_cb (png_structp png, png_bytep data, png_size_t size)
{
  Codec *codec = png_get_io_ptr (png);

  if (size > codec->left)
    png_error (png, _ ("the file is cut short"));
  memcpy (data, codec->in, size);
  codec->in += size;
  codec->left -= size;
}

/* A picture to be written: rows are made one at a time. */
typedef struct {
  int width, height;
  int channels; /* 1 gray, 3 RGB, 4 RGBA */
  const guint8 *data;
  gsize stride;
  const guint32 *argb; /* (nullable): in place of @data: premultiplied */
} Source;

static void
unpremultiply (const guint32 *argb, int width, guint8 *rgba)
{
  for (int x = 0; x < width; x++, rgba += 4) {
    guint32 alpha = argb[x] >> 24;

    for (int c = 0; c < 3; c++) {
      guint32 value = argb[x] >> (16 - 8 * c) & 255;

      rgba[c] = alpha > 0 ? MIN ((value * 255 + alpha / 2) / alpha, 255) : 0;
    }
    rgba[3] = alpha;
  }
}

/* tEXt holds Latin-1 only, so what is not ASCII goes into iTXt. */
static void
set_text (Codec *codec, const char *key, const char *value)
{
  png_text text = { .compression = g_str_is_ascii (value) ? PNG_TEXT_COMPRESSION_NONE
                                                          : PNG_ITXT_COMPRESSION_NONE,
                    .key = (char *) key,
                    .text = (char *) value };

  if (g_str_is_ascii (value))
    text.text_length = strlen (value);
  else
    text.itxt_length = strlen (value);
  png_set_text (codec->png, codec->info, &text, 1);
}

static gboolean
write_png (Codec *codec, const Source *source, const char *parameters, guint8 *row)
{
  static const int colour_types[] = { 0, PNG_COLOR_TYPE_GRAY, 0, PNG_COLOR_TYPE_RGB,
                                      PNG_COLOR_TYPE_RGB_ALPHA };

  if (setjmp (png_jmpbuf (codec->png)))
    return FALSE;
  png_set_write_fn (codec->png, codec, write_cb, flush_cb);
  png_set_user_limits (codec->png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
  png_set_IHDR (codec->png, codec->info, source->width, source->height, 8,
                colour_types[source->channels], PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
                PNG_FILTER_TYPE_DEFAULT);
  set_text (codec, "Software", SOFTWARE);
  if (parameters != NULL)
    set_text (codec, SAL_PNG_PARAMETERS, parameters);
  png_write_info (codec->png, codec->info);
  for (int y = 0; y < source->height; y++)
    if (source->argb != NULL) {
      unpremultiply ((const guint32 *) ((const guint8 *) source->argb + y * source->stride),
                     source->width, row);
      png_write_row (codec->png, row);
    } else {
      png_write_row (codec->png, source->data + y * source->stride);
    }
  png_write_end (codec->png, codec->info);
  return TRUE;
}

static GBytes *
encode (const Source *source, const char *parameters, const char *name, GError **error)
{
  Codec codec = { .out = g_byte_array_new () };
  g_autofree guint8 *row = source->argb != NULL ? g_malloc ((gsize) source->width * 4) : NULL;
  g_autofree char *valid = parameters != NULL ? g_utf8_make_valid (parameters, -1) : NULL;

  codec.png = png_create_write_struct (PNG_LIBPNG_VER_STRING, &codec, error_cb, warning_cb);
  codec.info = codec.png != NULL ? png_create_info_struct (codec.png) : NULL;

  gboolean ok = codec.info != NULL && write_png (&codec, source, valid, row);

  png_destroy_write_struct (&codec.png, &codec.info);
  if (ok)
    return g_byte_array_free_to_bytes (codec.out);
  g_byte_array_unref (codec.out);
  sal_error_set (error, SAL_ERROR_MEMORY, "%s: PNG cannot be made: %s", name,
                 codec.message[0] != '\0' ? codec.message : _ ("no memory"));
  return NULL;
}

static gboolean
write_file (const char *path, const Source *source, const char *parameters, GError **error)
{
  g_autoptr (GBytes) bytes = encode (source, parameters, path, error);

  return bytes != NULL &&
         sal_file_write (path, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), error);
}

static Source
source_of_image (const SalImage *image)
{
  return (Source){ .width = sal_image_width (image),
                   .height = sal_image_height (image),
                   .channels = 3,
                   .data = sal_image_pixels (image),
                   .stride = (gsize) sal_image_width (image) * 3 };
}

gboolean
sal_png_write (const char *path, const SalImage *image, const char *parameters, GError **error)
{
  Source source = source_of_image (image);

  return write_file (path, &source, parameters, error);
}

gboolean
sal_png_write_gray (const char *path, int width, int height, const guint8 *gray,
                    const char *parameters, GError **error)
{
  g_return_val_if_fail (width >= 1 && height >= 1, FALSE);

  Source source = {
    .width = width, .height = height, .channels = 1, .data = gray, .stride = width
  };

  return write_file (path, &source, parameters, error);
}

gboolean
sal_png_write_argb (const char *path, int width, int height, const guint32 *argb, gsize stride,
                    const char *parameters, GError **error)
{
  g_return_val_if_fail (width >= 1 && height >= 1, FALSE);

  Source source = {
    .width = width, .height = height, .channels = 4, .argb = argb, .stride = stride
  };

  return write_file (path, &source, parameters, error);
}

GBytes *
sal_png_encode (const SalImage *image, const char *parameters, GError **error)
{
  Source source = source_of_image (image);

  return encode (&source, parameters, "picture", error);
}

gboolean
sal_png_is (const guint8 *data, gsize size)
{
  return size >= SIGNATURE && png_sig_cmp (data, 0, SIGNATURE) == 0;
}

gboolean
sal_png_next_chunk (const guint8 *data, gsize size, gsize *at, SalPngChunk *chunk)
{
  if (*at == 0)
    *at = SIGNATURE;
  if (*at > size || size - *at < 12)
    return FALSE;

  gsize length = png_get_uint_32 (data + *at);

  if (length > size - *at - 12)
    return FALSE;
  chunk->type = (const char *) data + *at + 4;
  chunk->whole = data + *at;
  chunk->whole_size = length + 12;
  *at += length + 12;
  return TRUE;
}

/* Text may stand behind the pixels, and libpng gets there by decoding them only. So it is given the
 * file without them: what describes the picture, the text, and the start of the pixels. */
static GByteArray *
without_pixels (const guint8 *data, gsize size)
{
  static const char *const kept[] = { "IHDR", "PLTE", "tEXt", "zTXt", "iTXt" };
  GByteArray *rest = g_byte_array_new ();
  SalPngChunk chunk = { .type = "none" };
  gsize at = 0;

  g_byte_array_append (rest, data, SIGNATURE);
  while (sal_png_next_chunk (data, size, &at, &chunk))
    for (gsize i = 0; i < G_N_ELEMENTS (kept); i++)
      if (memcmp (chunk.type, kept[i], 4) == 0)
        g_byte_array_append (rest, chunk.whole, chunk.whole_size);
  if (memcmp (chunk.type, "IEND", 4) == 0) /* else it is cut short, and libpng will say so */
    g_byte_array_append (rest, (const guint8 *) "\0\0\0\0IDAT", 8);
  return rest;
}

static gboolean
read_png (Codec *codec)
{
  if (setjmp (png_jmpbuf (codec->png)))
    return FALSE;
  png_set_read_fn (codec->png, codec, read_cb);
  png_set_user_limits (codec->png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
  png_set_chunk_malloc_max (codec->png, MAX_TEXT);
  png_set_benign_errors (codec->png, 1);
  png_read_info (codec->png, codec->info);
  return TRUE;
}

static char *
find_text (const Codec *codec, const char *key)
{
  png_textp texts = NULL;
  int n = 0;

  png_get_text (codec->png, codec->info, &texts, &n);
  for (int i = 0; i < n; i++) {
    if (strcmp (texts[i].key, key) != 0)
      continue;
    if (texts[i].compression == PNG_ITXT_COMPRESSION_NONE ||
        texts[i].compression == PNG_ITXT_COMPRESSION_zTXt)
      return g_utf8_make_valid (texts[i].text, -1);
    return g_convert (texts[i].text, -1, "UTF-8", "ISO-8859-1", NULL, NULL, NULL);
  }
  return NULL;
}

char *
sal_png_read_text (const char *path, const char *key, GError **error)
{
  g_autoptr (GBytes) bytes = sal_file_read (path, MAX_BYTES, error);
  Codec codec = { 0 };

  if (bytes == NULL)
    return NULL;

  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  if (!sal_png_is (data, size)) {
    sal_error_set (error, SAL_ERROR_FORMAT, "%s: not a PNG file", path);
    return NULL;
  }

  g_autoptr (GByteArray) rest = without_pixels (data, size);

  codec.in = rest->data;
  codec.left = rest->len;
  codec.png = png_create_read_struct (PNG_LIBPNG_VER_STRING, &codec, error_cb, warning_cb);
  codec.info = codec.png != NULL ? png_create_info_struct (codec.png) : NULL;

  char *text = NULL;

  if (codec.info != NULL && read_png (&codec))
    text = find_text (&codec, key);
  else
    sal_error_set (error, SAL_ERROR_FORMAT, "%s: a broken PNG file: %s", path, codec.message);
  png_destroy_read_struct (&codec.png, &codec.info, NULL);
  return text;
}
