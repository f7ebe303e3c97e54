/* From the engine's pictures to what GTK draws. */
#pragma once

#include "engine/image/image.h"

#include <gtk/gtk.h>

/** sal_image_texture: Returns: (transfer full): the picture's own memory as a texture */
GdkTexture *sal_image_texture (SalImage *image);
