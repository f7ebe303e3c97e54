#include "ui/share-bar.h"

#define THICKNESS 4

struct _SalShareBar {
  GtkWidget parent_instance;
  double share;
};

G_DEFINE_FINAL_TYPE (SalShareBar, sal_share_bar, GTK_TYPE_WIDGET)

static void
append_pill (GtkSnapshot *snapshot, float x, float y, float width, const GdkRGBA *colour)
{
  GskRoundedRect pill;

  gsk_rounded_rect_init_from_rect (&pill, &GRAPHENE_RECT_INIT (x, y, width, THICKNESS),
                                   THICKNESS / 2.f);
  gtk_snapshot_push_rounded_clip (snapshot, &pill);
  gtk_snapshot_append_color (snapshot, colour, &pill.bounds);
  gtk_snapshot_pop (snapshot);
}

static void
sal_share_bar_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  SalShareBar *self = SAL_SHARE_BAR (widget);
  float width = (float) gtk_widget_get_width (widget);
  float y = (float) ((gtk_widget_get_height (widget) - THICKNESS) / 2);
  GdkRGBA colour;

  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &colour);
  GdkRGBA track = colour;
  track.alpha *= 0.15f;
  append_pill (snapshot, 0, y, width, &track);
  /* Something is never drawn as nothing: the least share is a dot. */
  if (self->share > 0) {
    float filled = MAX ((float) self->share * width, THICKNESS);
    gboolean rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
    append_pill (snapshot, rtl ? width - filled : 0, y, filled, &colour);
  }
}

static void
sal_share_bar_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                       int *natural, int *minimum_baseline, int *natural_baseline)
{
  *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 48 : THICKNESS;
}

static void
sal_share_bar_class_init (SalShareBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->snapshot = sal_share_bar_snapshot;
  widget_class->measure = sal_share_bar_measure;
  gtk_widget_class_set_css_name (widget_class, "sharebar");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
sal_share_bar_init (SalShareBar *self)
{
}

GtkWidget *
sal_share_bar_new (void)
{
  return g_object_new (SAL_TYPE_SHARE_BAR, NULL);
}

void
sal_share_bar_set_share (SalShareBar *self, double share)
{
  g_return_if_fail (SAL_IS_SHARE_BAR (self));
  self->share = CLAMP (share, 0, 1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
