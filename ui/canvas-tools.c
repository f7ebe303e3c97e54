#include "ui/canvas-tools.h"

#include <glib/gi18n.h>

struct _SalCanvasTools {
  GtkWidget parent_instance;

  GtkButton *zoom;
};

G_DEFINE_FINAL_TYPE (SalCanvasTools, sal_canvas_tools, GTK_TYPE_WIDGET)

void
sal_canvas_tools_set_zoom (SalCanvasTools *self, double zoom)
{
  g_return_if_fail (SAL_IS_CANVAS_TOOLS (self));
  g_autofree char *text = g_strdup_printf ("%.0f %%", 100 * zoom);
  g_autofree char *spoken = g_strdup_printf (_ ("Zoom %.0f %%"), 100 * zoom);

  gtk_button_set_label (self->zoom, text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->zoom), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  spoken, -1);
}

static void
sal_canvas_tools_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (sal_canvas_tools_parent_class)->dispose (object);
}

static void
sal_canvas_tools_class_init (SalCanvasToolsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sal_canvas_tools_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/salience/Salience/ui/canvas-tools.ui");
  gtk_widget_class_bind_template_child (widget_class, SalCanvasTools, zoom);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
sal_canvas_tools_init (SalCanvasTools *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  sal_canvas_tools_set_zoom (self, 0);
}
