/* sal_image_load(): gdk-pixbuf decodes; here is what it leaves open: sizes, damage, orientation. */
#include "engine/image/image.h"

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/image/png-private.h"

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <string.h>

#define MAX_BYTES ((gsize) 1 << 30)
#define MAX_SIDE 1000000
#define CHUNK (64 * 1024)

static gboolean
within_limits (int width, int height)
{
  return width <= MAX_SIDE && height <= MAX_SIDE && (gint64) width * height <= SAL_IMAGE_MAX_PIXELS;
}

/* gdk-pixbuf hands out a PNG or JPEG that is cut short as if it were whole, the rest black or gray;
 * a heatmap of that would look like a result. So the end must be there: IEND in a PNG ... */
static gboolean
png_has_end (const guint8 *data, gsize size)
{
  SalPngChunk chunk;
  gsize at = 0;

  while (sal_png_next_chunk (data, size, &at, &chunk))
    if (memcmp (chunk.type, "IEND", 4) == 0)
      return TRUE;
  return FALSE;
}

/* ... and EOI in a JPEG, looked for behind the first scan's start, as the thumbnail in an EXIF
 * block has one of its own. Inside a scan 0xFF is followed by 0x00, so nothing there looks like it.
 */
static gboolean
jpeg_has_end (const guint8 *data, gsize size)
{
  gsize at = 2;

  while (size - at >= 4 && data[at] == 0xff) {
    gsize length = (gsize) data[at + 2] << 8 | data[at + 3];
    gboolean scan = data[at + 1] == 0xda;

    if (data[at + 1] == 0xff) { /* padding */
      at++;
      continue;
    }
    if (length + 2 > size - at)
      return FALSE;
    at += length + 2;
    if (scan) {
      for (; size - at >= 2; at++)
        if (data[at] == 0xff && data[at + 1] == 0xd9)
          return TRUE;
      return FALSE;
    }
  }
  return FALSE;
}

static gboolean
is_whole (const guint8 *data, gsize size)
{
  if (sal_png_is (data, size))
    return png_has_end (data, size);
  if (size >= 3 && memcmp (data, "\xff\xd8\xff", 3) == 0)
    return jpeg_has_end (data, size);
  return TRUE;
}

typedef struct {
  int width, height;
  gboolean too_large;
} Announced;

static void
size_prepared_cb (GdkPixbufLoader *loader, int width, int height, gpointer data)
{
  Announced *announced = data;

  announced->width = width;
  announced->height = height;
  if (!within_limits (width, height)) {
    announced->too_large = TRUE;
    gdk_pixbuf_loader_set_size (loader, 0, 0); /* how a loader is told to give up */
  }
}

static gboolean
feed (GdkPixbufLoader *loader, const guint8 *data, gsize size, const Announced *announced,
      GError **error)
{
  for (gsize at = 0; at < size && !announced->too_large; at += CHUNK)
    if (!gdk_pixbuf_loader_write (loader, data + at, MIN (size - at, CHUNK), error))
      return FALSE;
  return gdk_pixbuf_loader_close (loader, error);
}

static gboolean
fail_too_large (const char *name, int width, int height, GError **error)
{
  sal_error_set (error, SAL_ERROR_MEMORY,
                 "%s: %d×%d pixels; pictures up to %d megapixels and %d a side are read", name,
                 width, height, (int) (SAL_IMAGE_MAX_PIXELS / 1000000), MAX_SIDE);
  return FALSE;
}

static gboolean
fail_to_decode (const char *name, const GError *cause, GError **error)
{
  g_autofree char *why = g_strdelimit (g_strdup (cause->message), "\r\n", ' ');

  sal_error_set (error,
                 g_error_matches (cause, GDK_PIXBUF_ERROR, GDK_PIXBUF_ERROR_INSUFFICIENT_MEMORY)
                     ? SAL_ERROR_MEMORY
                     : SAL_ERROR_FORMAT,
                 "%s: not a readable picture: %s", name, why);
  return FALSE;
}

static SalImage *
lay_over_white (const GdkPixbuf *pixbuf)
{
  int width = gdk_pixbuf_get_width (pixbuf);
  int height = gdk_pixbuf_get_height (pixbuf);
  gsize stride = gdk_pixbuf_get_rowstride (pixbuf);
  const guint8 *data = gdk_pixbuf_read_pixels (pixbuf);

  if (gdk_pixbuf_get_n_channels (pixbuf) == 3)
    return sal_image_new_from_rgb (width, height, data, stride);

  guint8 *rgb = g_malloc ((gsize) width * height * 3);
  guint8 *to = rgb;

  for (int y = 0; y < height; y++) {
    const guint8 *from = data + y * stride;

    for (int x = 0; x < width; x++, from += 4)
      for (int c = 0; c < 3; c++)
        *to++ = (from[c] * from[3] + 255 * (255 - from[3]) + 127) / 255;
  }
  return sal_image_new_take (width, height, rgb);
}

SalImage *
sal_image_load_bytes (GBytes *bytes, const char *name, GError **error)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  Announced announced = { 0 };
  g_autoptr (GError) cause = NULL;

  if (size == 0) {
    sal_error_set (error, SAL_ERROR_FORMAT, "%s: the file is empty", name);
    return NULL;
  }

  g_autoptr (GdkPixbufLoader) loader = gdk_pixbuf_loader_new ();

  g_signal_connect (loader, "size-prepared", G_CALLBACK (size_prepared_cb), &announced);

  gboolean decoded = feed (loader, data, size, &announced, &cause);

  if (announced.too_large) {
    fail_too_large (name, announced.width, announced.height, error);
    return NULL;
  }
  if (!decoded) {
    fail_to_decode (name, cause, error);
    return NULL;
  }

  GdkPixbuf *pixbuf = gdk_pixbuf_loader_get_pixbuf (loader);

  if (pixbuf == NULL || !is_whole (data, size)) {
    sal_error_set (error, SAL_ERROR_FORMAT, "%s: the picture is cut short", name);
    return NULL;
  }
  /* Not every loader announces the size. */
  if (!within_limits (gdk_pixbuf_get_width (pixbuf), gdk_pixbuf_get_height (pixbuf))) {
    fail_too_large (name, gdk_pixbuf_get_width (pixbuf), gdk_pixbuf_get_height (pixbuf), error);
    return NULL;
  }

  g_autoptr (GdkPixbuf) upright = gdk_pixbuf_apply_embedded_orientation (pixbuf);

  return lay_over_white (upright);
}

SalImage *
sal_image_load (const char *path, GError **error)
{
  g_autoptr (GBytes) bytes = sal_file_read (path, MAX_BYTES, error);

  return bytes != NULL ? sal_image_load_bytes (bytes, path, error) : NULL;
}
