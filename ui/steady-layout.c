#include "ui/steady-layout.h"

struct _SalSteadyLayout {
  GtkLayoutManager parent_instance;
};

G_DEFINE_FINAL_TYPE (SalSteadyLayout, sal_steady_layout, GTK_TYPE_LAYOUT_MANAGER)

/* Popovers stand among children, too, and are not laid out here. */
static GtkWidget *
next_laid_out (GtkWidget *child)
{
  while (child != NULL && !gtk_widget_should_layout (child))
    child = gtk_widget_get_next_sibling (child);
  return child;
}

static void
sal_steady_layout_measure (GtkLayoutManager *manager, GtkWidget *widget, GtkOrientation orientation,
                           int for_size, int *minimum, int *natural, int *minimum_baseline,
                           int *natural_baseline)
{
  for (GtkWidget *child = next_laid_out (gtk_widget_get_first_child (widget)); child != NULL;
       child = next_laid_out (gtk_widget_get_next_sibling (child))) {
    int least, usual, least_baseline, usual_baseline;

    gtk_widget_measure (child, orientation, orientation == GTK_ORIENTATION_VERTICAL ? for_size : -1,
                        &least, &usual, &least_baseline, &usual_baseline);
    *minimum = MAX (*minimum, least);
    *natural = MAX (*natural, usual);
    *minimum_baseline = MAX (*minimum_baseline, least_baseline);
    *natural_baseline = MAX (*natural_baseline, usual_baseline);
  }
}

static void
sal_steady_layout_allocate (GtkLayoutManager *manager, GtkWidget *widget, int width, int height,
                            int baseline)
{
  for (GtkWidget *child = next_laid_out (gtk_widget_get_first_child (widget)); child != NULL;
       child = next_laid_out (gtk_widget_get_next_sibling (child)))
    gtk_widget_allocate (child, width, height, baseline, NULL);
}

static void
sal_steady_layout_class_init (SalSteadyLayoutClass *klass)
{
  GtkLayoutManagerClass *manager_class = GTK_LAYOUT_MANAGER_CLASS (klass);

  manager_class->measure = sal_steady_layout_measure;
  manager_class->allocate = sal_steady_layout_allocate;
}

static void
sal_steady_layout_init (SalSteadyLayout *self)
{
}
