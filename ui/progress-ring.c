#include "ui/progress-ring.h"

#define SIZE 16
#define THICKNESS 2.5

struct _SalProgressRing {
  GtkWidget parent_instance;
  double fraction;
};

G_DEFINE_FINAL_TYPE (SalProgressRing, sal_progress_ring, GTK_TYPE_WIDGET)

static void
sal_progress_ring_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  SalProgressRing *self = SAL_PROGRESS_RING (widget);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  GdkRGBA colour;

  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &colour);
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));
  double radius = (MIN (width, height) - THICKNESS) / 2;

  cairo_set_line_width (cr, THICKNESS);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  cairo_translate (cr, width / 2.0, height / 2.0);
  cairo_arc (cr, 0, 0, radius, 0, 2 * G_PI);
  cairo_set_source_rgba (cr, colour.red, colour.green, colour.blue, 0.15);
  cairo_stroke (cr);
  if (self->fraction > 0) {
    cairo_arc (cr, 0, 0, radius, -G_PI / 2, -G_PI / 2 + 2 * G_PI * self->fraction);
    gdk_cairo_set_source_rgba (cr, &colour);
    cairo_stroke (cr);
  }
  cairo_destroy (cr);
}

static void
sal_progress_ring_measure (GtkWidget *widget, GtkOrientation orientation, int for_size,
                           int *minimum, int *natural, int *minimum_baseline, int *natural_baseline)
{
  *minimum = *natural = SIZE;
}

static void
sal_progress_ring_class_init (SalProgressRingClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->snapshot = sal_progress_ring_snapshot;
  widget_class->measure = sal_progress_ring_measure;
  gtk_widget_class_set_css_name (widget_class, "progressring");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PROGRESS_BAR);
}

static void
sal_progress_ring_init (SalProgressRing *self)
{
}

void
sal_progress_ring_set_fraction (SalProgressRing *self, double fraction)
{
  g_return_if_fail (SAL_IS_PROGRESS_RING (self));
  self->fraction = CLAMP (fraction, 0, 1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_VALUE_NOW,
                                  self->fraction, -1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
