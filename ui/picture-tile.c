#include "ui/picture-tile.h"

#include "ui/name.h"

#include <adwaita.h>
#include <math.h>

#define SIDE SAL_PICTURE_TILE_SIDE
#define GAP 8
#define BETWEEN 2 /* lines */
/* What the lower line keeps of its colour, as the theme’s dimmed labels do. */
#define DIM 0.55f
#define DIM_HIGH_CONTRAST 0.9f

struct _SalPictureTile {
  GtkWidget parent_instance;
  GdkPaintable *picture;
  char *heading, *caption;
};

G_DEFINE_FINAL_TYPE (SalPictureTile, sal_picture_tile, GTK_TYPE_WIDGET)

/* Made when they are drawn: most tiles of a long list never are. */
static PangoLayout *
lay_out (GtkWidget *widget, const char *text)
{
  PangoLayout *layout = gtk_widget_create_pango_layout (widget, text);

  pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_MIDDLE);
  pango_layout_set_width (layout,
                          MAX (gtk_widget_get_width (widget) - SIDE - GAP, 0) * PANGO_SCALE);
  if (gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL)
    pango_layout_set_alignment (layout, PANGO_ALIGN_RIGHT);
  pango_layout_set_auto_dir (layout, FALSE);
  return layout;
}

static void
draw_picture (GdkPaintable *picture, GtkSnapshot *snapshot, double x, double y)
{
  double ratio = gdk_paintable_get_intrinsic_aspect_ratio (picture);
  double width = ratio < 1 ? SIDE * ratio : SIDE, height = ratio > 1 ? SIDE / ratio : SIDE;

  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float) round (x + (SIDE - width) / 2),
                                                          (float) round (y + (SIDE - height) / 2)));
  gdk_paintable_snapshot (picture, snapshot, width, height);
  gtk_snapshot_restore (snapshot);
}

static void
draw_text (GtkSnapshot *snapshot, PangoLayout *layout, double x, double y, const GdkRGBA *colour)
{
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float) x, (float) round (y)));
  gtk_snapshot_append_layout (snapshot, layout, colour);
  gtk_snapshot_restore (snapshot);
}

static void
sal_picture_tile_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  SalPictureTile *self = SAL_PICTURE_TILE (widget);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  gboolean mirrored = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  g_autoptr (PangoLayout) heading = lay_out (widget, self->heading);
  g_autoptr (PangoLayout) caption = lay_out (widget, self->caption);
  double x = mirrored ? 0 : SIDE + GAP;
  int upper, lower;
  GdkRGBA colour;

  if (self->picture != NULL)
    draw_picture (self->picture, snapshot, mirrored ? width - SIDE : 0, (height - SIDE) / 2.0);
  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &colour);
  pango_layout_get_pixel_size (heading, NULL, &upper);
  pango_layout_get_pixel_size (caption, NULL, &lower);
  double y = (height - upper - BETWEEN - lower) / 2.0;
  draw_text (snapshot, heading, x, y, &colour);
  colour.alpha *= adw_style_manager_get_high_contrast (adw_style_manager_get_default ())
                      ? DIM_HIGH_CONTRAST
                      : DIM;
  draw_text (snapshot, caption, x, y + upper + BETWEEN, &colour);
}

static void
sal_picture_tile_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                          int *natural, int *minimum_baseline, int *natural_baseline)
{
  *minimum = *natural = SIDE;
}

/* Both lines whole, where they do not fit. */
static gboolean
sal_picture_tile_query_tooltip (GtkWidget *widget, int x, int y, gboolean keyboard,
                                GtkTooltip *tooltip)
{
  SalPictureTile *self = SAL_PICTURE_TILE (widget);
  g_autoptr (PangoLayout) heading = lay_out (widget, self->heading);
  g_autoptr (PangoLayout) caption = lay_out (widget, self->caption);

  if (!pango_layout_is_ellipsized (heading) && !pango_layout_is_ellipsized (caption))
    return FALSE;
  g_autofree char *text =
      g_strdup_printf ("%s\n%s", pango_layout_get_text (heading), pango_layout_get_text (caption));
  gtk_tooltip_set_text (tooltip, text);
  return TRUE;
}

static void
sal_picture_tile_finalize (GObject *object)
{
  SalPictureTile *self = SAL_PICTURE_TILE (object);

  g_clear_object (&self->picture);
  g_free (self->heading);
  g_free (self->caption);
  G_OBJECT_CLASS (sal_picture_tile_parent_class)->finalize (object);
}

static void
sal_picture_tile_class_init (SalPictureTileClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = sal_picture_tile_finalize;
  widget_class->snapshot = sal_picture_tile_snapshot;
  widget_class->measure = sal_picture_tile_measure;
  widget_class->query_tooltip = sal_picture_tile_query_tooltip;
  gtk_widget_class_set_css_name (widget_class, "picturetile");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
sal_picture_tile_init (SalPictureTile *self)
{
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
}

GtkWidget *
sal_picture_tile_new (void)
{
  return g_object_new (SAL_TYPE_PICTURE_TILE, NULL);
}

void
sal_picture_tile_show (SalPictureTile *self, GdkPaintable *picture, const char *heading,
                       const char *caption)
{
  g_return_if_fail (SAL_IS_PICTURE_TILE (self));
  g_set_object (&self->picture, picture);
  g_free (self->heading);
  self->heading = g_strdup (heading);
  g_free (self->caption);
  self->caption = g_strdup (caption);
  g_autofree char *name =
      g_strdup_printf ("%s, %s", heading != NULL ? heading : "", caption != NULL ? caption : "");
  sal_name_row (GTK_WIDGET (self), name);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
