#include "ui/canvas-tools.h"

struct _SalCanvasTools {
  GtkWidget parent_instance;
};

G_DEFINE_FINAL_TYPE (SalCanvasTools, sal_canvas_tools, GTK_TYPE_WIDGET)

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
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
sal_canvas_tools_init (SalCanvasTools *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
