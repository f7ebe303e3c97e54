/* Around a widget that shows a picture: as high as the picture needs at the width there is, so that
 * a grid of them has no empty halves. Where there is less room it gives way. */
#pragma once

#include <gtk/gtk.h>

#define SAL_TYPE_PICTURE_FRAME (sal_picture_frame_get_type ())
G_DECLARE_FINAL_TYPE (SalPictureFrame, sal_picture_frame, SAL, PICTURE_FRAME, GtkWidget)

/** sal_picture_frame_new: @margin: height above and below the picture together, in pixels */
GtkWidget *sal_picture_frame_new (GtkWidget *child, int margin);
/** sal_picture_frame_set_ratio: @ratio: the picture's width by its height; 1 until it is known */
void sal_picture_frame_set_ratio (SalPictureFrame *self, double ratio);
