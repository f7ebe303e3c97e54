#include "ui/first-fit.h"

struct _SalFirstFit {
  GtkWidget parent_instance;
};

G_DEFINE_FINAL_TYPE (SalFirstFit, sal_first_fit, GTK_TYPE_WIDGET)

/* The last needs least. One height for all, so that nothing else moves when another is shown. */
static void
sal_first_fit_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                       int *natural, int *minimum_baseline, int *natural_baseline)
{
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child)) {
    int least, usual;

    gtk_widget_measure (child, orientation, -1, &least, &usual, NULL, NULL);
    *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? least : MAX (*minimum, least);
    *natural = MAX (*natural, usual);
  }
}

static gboolean
fits (GtkWidget *child, int width)
{
  int usual;

  gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &usual, NULL, NULL);
  return usual <= width;
}

static void
sal_first_fit_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  GtkWidget *shown = gtk_widget_get_first_child (widget);

  while (shown != NULL && gtk_widget_get_next_sibling (shown) != NULL && !fits (shown, width))
    shown = gtk_widget_get_next_sibling (shown);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    gtk_widget_set_child_visible (child, child == shown);
  if (shown != NULL)
    gtk_widget_size_allocate (shown, &(GtkAllocation){ 0, 0, width, height }, -1);
}

static void
sal_first_fit_dispose (GObject *object)
{
  for (GtkWidget *child; (child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL;)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (sal_first_fit_parent_class)->dispose (object);
}

static void
sal_first_fit_class_init (SalFirstFitClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sal_first_fit_dispose;
  widget_class->measure = sal_first_fit_measure;
  widget_class->size_allocate = sal_first_fit_size_allocate;
}

static void
sal_first_fit_init (SalFirstFit *self)
{
}
