#include "ui/image-texture.h"

GdkTexture *
sal_image_texture (SalImage *image)
{
  int width = sal_image_width (image), height = sal_image_height (image);
  gsize stride = (gsize) width * 3;
  g_autoptr (GBytes) bytes =
      g_bytes_new_with_free_func (sal_image_pixels (image), stride * height,
                                  (GDestroyNotify) sal_image_unref, sal_image_ref (image));

  return gdk_memory_texture_new (width, height, GDK_MEMORY_R8G8B8, bytes, stride);
}
