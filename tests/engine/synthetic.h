/* The picture that tests/data/image/make.py has resized, blurred and so on. */
#pragma once

#include "engine/image/image.h"

/** synthetic_new: Returns: (transfer full): channel c of pixel (x, y) is (7 x² + 31 y + 83 c +
 *  x y (c + 1)) mod 256 */
static inline SalImage *
synthetic_new (int width, int height)
{
  guint8 *data = g_malloc ((gsize) width * height * 3);

  for (gint64 y = 0; y < height; y++)
    for (gint64 x = 0; x < width; x++)
      for (int c = 0; c < 3; c++)
        data[(y * width + x) * 3 + c] = (x * x * 7 + y * 31 + c * 83 + x * y * (c + 1)) % 256;
  return sal_image_new_take (width, height, data);
}
