#include "engine/image/image.h"

#include "engine/image/resample.h"

#include <string.h>

struct _SalImage {
  gatomicrefcount refs;
  int width, height;
  guint8 *data;
};

static gsize
size_of (int width, int height)
{
  return (gsize) width * height * 3;
}

SalImage *
sal_image_new_take (int width, int height, guint8 *data)
{
  g_return_val_if_fail (width >= 1 && height >= 1, NULL);
  g_return_val_if_fail ((gint64) width * height <= SAL_IMAGE_MAX_PIXELS, NULL);

  SalImage *image = g_new0 (SalImage, 1);

  g_atomic_ref_count_init (&image->refs);
  image->width = width;
  image->height = height;
  image->data = data;
  return image;
}

SalImage *
sal_image_new_from_rgb (int width, int height, const guint8 *data, gsize stride)
{
  g_return_val_if_fail (width >= 1 && height >= 1, NULL);
  g_return_val_if_fail (stride >= (gsize) width * 3, NULL);

  gsize row = (gsize) width * 3;
  guint8 *copy = g_malloc (size_of (width, height));

  for (int y = 0; y < height; y++)
    memcpy (copy + y * row, data + y * stride, row);
  return sal_image_new_take (width, height, copy);
}

SalImage *
sal_image_new_filled (int width, int height, const guint8 rgb[3])
{
  gsize size = size_of (width, height);
  guint8 *data = g_malloc (size);

  for (gsize i = 0; i < size; i += 3)
    memcpy (data + i, rgb, 3);
  return sal_image_new_take (width, height, data);
}

SalImage *
sal_image_ref (SalImage *image)
{
  g_atomic_ref_count_inc (&image->refs);
  return image;
}

void
sal_image_unref (SalImage *image)
{
  if (!g_atomic_ref_count_dec (&image->refs))
    return;
  g_free (image->data);
  g_free (image);
}

int
sal_image_width (const SalImage *image)
{
  return image->width;
}

int
sal_image_height (const SalImage *image)
{
  return image->height;
}

const guint8 *
sal_image_pixels (const SalImage *image)
{
  return image->data;
}

const guint8 *
sal_image_pixel (const SalImage *image, int x, int y)
{
  g_return_val_if_fail (x >= 0 && x < image->width && y >= 0 && y < image->height, image->data);
  return image->data + ((gsize) y * image->width + x) * 3;
}

gboolean
sal_image_equal (const SalImage *a, const SalImage *b)
{
  return a->width == b->width && a->height == b->height &&
         memcmp (a->data, b->data, size_of (a->width, a->height)) == 0;
}

SalImage *
sal_image_crop (const SalImage *image, int x, int y, int width, int height)
{
  g_return_val_if_fail (x >= 0 && y >= 0 && width >= 1 && height >= 1, NULL);
  g_return_val_if_fail (width <= image->width - x && height <= image->height - y, NULL);
  return sal_image_new_from_rgb (width, height, sal_image_pixel (image, x, y),
                                 (gsize) image->width * 3);
}

SalImage *
sal_image_scale (const SalImage *image, int width, int height)
{
  return sal_resample (image, width, height, 0, 0, width, height);
}

SalImage *
sal_image_enlarge_nearest (const SalImage *image, int factor)
{
  g_return_val_if_fail (factor >= 1, NULL);

  gsize row = (gsize) image->width * factor * 3;
  guint8 *data = g_malloc (row * image->height * factor);
  guint8 *to = data;

  for (int y = 0; y < image->height; y++) {
    const guint8 *from = sal_image_pixel (image, 0, y);
    guint8 *first = to;

    for (int x = 0; x < image->width; x++, from += 3)
      for (int i = 0; i < factor; i++, to += 3)
        memcpy (to, from, 3);
    for (int i = 1; i < factor; i++, to += row)
      memcpy (to, first, row);
  }
  return sal_image_new_take (image->width * factor, image->height * factor, data);
}

SalImage *
sal_image_to_gray (const SalImage *image)
{
  gsize size = size_of (image->width, image->height);
  const guint8 *from = image->data;
  guint8 *data = g_malloc (size);

  for (gsize i = 0; i < size; i += 3) {
    guint32 luma = 19595u * from[i] + 38470u * from[i + 1] + 7471u * from[i + 2] + 32768u;

    memset (data + i, luma >> 16, 3);
  }
  return sal_image_new_take (image->width, image->height, data);
}
