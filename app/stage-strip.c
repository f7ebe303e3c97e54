#include "app/stage-strip.h"

#include "ui/image-texture.h"
#include "ui/left-to-right.h"
#include "ui/number.h"

#include <glib/gi18n.h>
#include <math.h>

#define SIDE 96
#define N_STAGES 4

struct _SalStageStrip {
  GtkWidget parent_instance;

  GtkWidget *images[N_STAGES];
  GtkLabel *sizes[N_STAGES];
};

G_DEFINE_FINAL_TYPE (SalStageStrip, sal_stage_strip, GTK_TYPE_WIDGET)

void
sal_stage_strip_show (SalStageStrip *self, const SalPreview *preview)
{
  g_return_if_fail (SAL_IS_STAGE_STRIP (self));
  /* As short as they can be, to stand under the picture. */
  int decimals = fmax (fabs (preview->low), fabs (preview->high)) < 10 ? 2 : 0;
  g_autofree char *low = sal_number_fixed (preview->low, decimals);
  g_autofree char *high = sal_number_fixed (preview->high, decimals);

  for (int i = 0; i < N_STAGES; i++) {
    g_autoptr (GdkTexture) texture = sal_image_texture (preview->stages[i]);
    g_autofree char *size =
        i < 3 ? g_strdup_printf ("%d×%d", preview->sizes[i][0], preview->sizes[i][1])
              : g_strdup_printf (_ ("%s to %s"), low, high);

    gtk_image_set_from_paintable (GTK_IMAGE (self->images[i]), GDK_PAINTABLE (texture));
    gtk_label_set_label (self->sizes[i], size);
    gtk_accessible_update_property (GTK_ACCESSIBLE (self->images[i]),
                                    GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, size, -1);
  }
}

static GtkWidget *
stage_new (SalStageStrip *self, int i, const char *title)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  GtkWidget *name = gtk_label_new (title), *size = gtk_label_new ("");

  self->images[i] = gtk_image_new ();
  gtk_image_set_pixel_size (GTK_IMAGE (self->images[i]), SIDE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->images[i]), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  title, -1);
  gtk_widget_add_css_class (name, "heading");
  sal_left_to_right (size);
  gtk_widget_add_css_class (size, "caption");
  gtk_widget_add_css_class (size, "dim-label");
  gtk_widget_add_css_class (size, "numeric");
  /* Two long numbers take two lines rather than move the pictures apart. */
  gtk_label_set_wrap (GTK_LABEL (size), TRUE);
  gtk_label_set_justify (GTK_LABEL (size), GTK_JUSTIFY_CENTER);
  gtk_label_set_max_width_chars (GTK_LABEL (size), 16);
  self->sizes[i] = GTK_LABEL (size);
  gtk_box_append (GTK_BOX (box), name);
  gtk_box_append (GTK_BOX (box), self->images[i]);
  gtk_box_append (GTK_BOX (box), size);
  return box;
}

static void
sal_stage_strip_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (sal_stage_strip_parent_class)->dispose (object);
}

static void
sal_stage_strip_class_init (SalStageStripClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sal_stage_strip_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BOX_LAYOUT);
}

static void
sal_stage_strip_init (SalStageStrip *self)
{
  static const char *const names[N_STAGES] = { N_ ("Original"), N_ ("Resized"), N_ ("Cut"),
                                               N_ ("Received") };
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));

  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (layout), 6);
  for (int i = 0; i < N_STAGES; i++) {
    if (i > 0)
      gtk_widget_set_parent (gtk_image_new_from_icon_name ("go-next-symbolic"), GTK_WIDGET (self));
    gtk_widget_set_parent (stage_new (self, i, _ (names[i])), GTK_WIDGET (self));
  }
}
