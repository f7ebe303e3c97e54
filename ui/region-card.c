#include "ui/region-card.h"

#include "ui/announce.h"

struct _SalRegionCard {
  GtkWidget parent_instance;

  GtkLabel *title, *details;
};

G_DEFINE_FINAL_TYPE (SalRegionCard, sal_region_card, GTK_TYPE_WIDGET)

enum { CLOSED, N_SIGNALS };

static guint signals[N_SIGNALS];

static void
clicked_cb (SalRegionCard *self)
{
  g_signal_emit (self, signals[CLOSED], 0);
}

void
sal_region_card_show (SalRegionCard *self, const char *title, const char *details)
{
  g_return_if_fail (SAL_IS_REGION_CARD (self));
  gtk_label_set_label (self->title, title);
  gtk_label_set_label (self->details, details);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, title,
                                  -1);
  gtk_widget_set_visible (GTK_WIDGET (self), TRUE);
}

void
sal_region_card_hide (SalRegionCard *self)
{
  g_return_if_fail (SAL_IS_REGION_CARD (self));
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

static void
sal_region_card_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (sal_region_card_parent_class)->dispose (object);
}

static void
sal_region_card_class_init (SalRegionCardClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sal_region_card_dispose;
  signals[CLOSED] = g_signal_new ("closed", SAL_TYPE_REGION_CARD, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/salience/Salience/ui/region-card.ui");
  gtk_widget_class_bind_template_child (widget_class, SalRegionCard, title);
  gtk_widget_class_bind_template_child (widget_class, SalRegionCard, details);
  gtk_widget_class_bind_template_callback (widget_class, clicked_cb);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
sal_region_card_init (SalRegionCard *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  sal_announce (GTK_WIDGET (self));
}
