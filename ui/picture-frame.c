#include "ui/picture-frame.h"

#include <math.h>

struct _SalPictureFrame {
  GtkWidget parent_instance;

  GtkWidget *child;
  int margin;
  double ratio;
};

G_DEFINE_FINAL_TYPE (SalPictureFrame, sal_picture_frame, GTK_TYPE_WIDGET)

static GtkSizeRequestMode
sal_picture_frame_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
sal_picture_frame_measure (GtkWidget *widget, GtkOrientation orientation, int for_size,
                           int *minimum, int *natural, int *minimum_baseline, int *natural_baseline)
{
  SalPictureFrame *self = SAL_PICTURE_FRAME (widget);

  gtk_widget_measure (self->child, orientation, -1, minimum, natural, NULL, NULL);
  if (orientation == GTK_ORIENTATION_VERTICAL && for_size > 0)
    *natural =
        MAX (*minimum, (int) lround (fmin (for_size / self->ratio, G_MAXSHORT)) + self->margin);
}

static void
sal_picture_frame_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  gtk_widget_allocate (SAL_PICTURE_FRAME (widget)->child, width, height, baseline, NULL);
}

static void
sal_picture_frame_dispose (GObject *object)
{
  g_clear_pointer (&SAL_PICTURE_FRAME (object)->child, gtk_widget_unparent);
  G_OBJECT_CLASS (sal_picture_frame_parent_class)->dispose (object);
}

static void
sal_picture_frame_class_init (SalPictureFrameClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sal_picture_frame_dispose;
  widget_class->get_request_mode = sal_picture_frame_get_request_mode;
  widget_class->measure = sal_picture_frame_measure;
  widget_class->size_allocate = sal_picture_frame_size_allocate;
}

static void
sal_picture_frame_init (SalPictureFrame *self)
{
  self->ratio = 1;
}

GtkWidget *
sal_picture_frame_new (GtkWidget *child, int margin)
{
  SalPictureFrame *self = g_object_new (SAL_TYPE_PICTURE_FRAME, NULL);

  self->margin = margin;
  self->child = child;
  gtk_widget_set_parent (child, GTK_WIDGET (self));
  return GTK_WIDGET (self);
}

void
sal_picture_frame_set_ratio (SalPictureFrame *self, double ratio)
{
  g_return_if_fail (SAL_IS_PICTURE_FRAME (self) && ratio > 0);
  if (self->ratio == ratio)
    return;
  self->ratio = ratio;
  gtk_widget_queue_resize (GTK_WIDGET (self));
}
