#include "app/class-check.h"

#include "app/class-order.h"
#include "ui/announce.h"
#include "ui/number.h"
#include "ui/steady-layout.h"

#include <glib/gi18n.h>
#include <string.h>

struct _SalClassCheck {
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkEditable *entry;
  GtkWidget *answer;
  GtkImage *mark;
  GtkLabel *text;
  GtkWidget *use;

  int n_classes;
  char **names;
  GPtrArray *orders; /* (nullable): until they are asked for */
  GArray *predictions;
  SalClassOrder *offered;
};

G_DEFINE_FINAL_TYPE (SalClassCheck, sal_class_check, GTK_TYPE_WIDGET)

enum { USE, N_SIGNALS };
static guint signals[N_SIGNALS];

/* The name of a class, of several the first. */
static char *
short_name (char **names, int class_index)
{
  for (int i = 0; names != NULL && names[i] != NULL; i++)
    if (i == class_index)
      return g_strndup (names[i], strcspn (names[i], ","));
  return g_strdup_printf (_ ("Class %d"), class_index);
}

static char *
finding_text (SalClassCheck *self, const SalClassFinding *finding, const char *said)
{
  int best = g_array_index (self->predictions, SalPrediction, 0).class_index;
  g_autofree char *name = short_name (self->names, best);
  g_autofree char *share = sal_number_percent (finding->probability, 1);
  g_autofree char *other = finding->order != NULL ? short_name (finding->order->names, best) : NULL;

  switch (finding->verdict) {
  case SAL_CLASS_FITS:
    return g_strdup_printf (_ ("The network’s answer is “%s”: the names fit."), name);
  case SAL_CLASS_NEAR:
    return g_strdup_printf (_ ("“%s” is the network’s answer number %d (%s), after “%s”: the names "
                               "seem to fit."),
                            said, finding->rank, share, name);
  case SAL_CLASS_OTHER_ORDER:
    return g_strdup_printf (
        _ ("The network’s answer is called “%s” now. With %s it would be “%s”."), name,
        finding->order->title, other);
  case SAL_CLASS_FAR:
    if (finding->rank == 0)
      return g_strdup_printf (_ ("No class is called “%s” now, and with no other names known here "
                                 "the network’s answer would be."),
                              said);
    return g_strdup_printf (_ ("“%s” is the answer number %d only (%s), after “%s”. No other order "
                               "known here puts it first: the network may be wrong about this "
                               "picture, or the names are of other classes."),
                            said, finding->rank, share, name);
  default:
    return g_strdup_printf (_ ("No class is called “%s”."), said);
  }
}

/* Of many thousand names they take a while, and most models are never checked. */
static GPtrArray *
orders (SalClassCheck *self)
{
  if (self->orders == NULL)
    self->orders = sal_class_orders (self->n_classes, (const char *const *) self->names);
  return self->orders;
}

/* Too many or too few names need no picture to be seen. */
static SalClassOrder *
of_another_number (SalClassCheck *self)
{
  int n = self->names != NULL ? (int) g_strv_length (self->names) : 0;

  return (n == self->n_classes - 1 || n == self->n_classes + 1) && n > 0 && orders (self)->len > 0
             ? orders (self)->pdata[0]
             : NULL;
}

static void
show_answer (SalClassCheck *self, const char *text, const char *icon, SalClassOrder *offered)
{
  self->offered = offered;
  gtk_widget_set_visible (self->answer, text != NULL);
  gtk_widget_set_visible (self->use, offered != NULL);
  if (text == NULL)
    return;
  gtk_label_set_label (self->text, text);
  gtk_image_set_from_icon_name (self->mark, icon);
}

static void
judge (SalClassCheck *self)
{
  g_autofree char *said = g_strstrip (g_strdup (gtk_editable_get_text (self->entry)));
  gboolean asked = *said != '\0' && self->predictions != NULL && self->predictions->len > 0;
  SalClassOrder *number = asked ? NULL : of_another_number (self);

  if (number != NULL) {
    int n = (int) g_strv_length (self->names);
    g_autofree char *text = g_strdup_printf (_ ("%d names for %d classes. Meant may be %s."), n,
                                             self->n_classes, number->title);
    show_answer (self, text, "dialog-warning-symbolic", number);
    return;
  }
  if (!asked) {
    show_answer (self, NULL, NULL, NULL);
    return;
  }
  SalClassFinding finding = sal_class_order_check ((const char *const *) self->names, orders (self),
                                                   self->predictions, said);
  g_autofree char *text = finding_text (self, &finding, said);
  gboolean good = finding.verdict == SAL_CLASS_FITS || finding.verdict == SAL_CLASS_NEAR;

  show_answer (self, text, good ? "emblem-ok-symbolic" : "dialog-warning-symbolic", finding.order);
}

void
sal_class_check_show (SalClassCheck *self, int n_classes, const char *const *names,
                      GArray *predictions)
{
  g_return_if_fail (SAL_IS_CLASS_CHECK (self));
  char **copy = g_strdupv ((char **) names);

  if (predictions != NULL)
    g_array_ref (predictions);
  g_clear_pointer (&self->predictions, g_array_unref);
  self->predictions = predictions;
  self->n_classes = n_classes;
  self->offered = NULL;
  g_strfreev (self->names);
  self->names = copy;
  g_clear_pointer (&self->orders, g_ptr_array_unref);
  judge (self);
}

void
sal_class_check_forget (SalClassCheck *self)
{
  g_return_if_fail (SAL_IS_CLASS_CHECK (self));
  g_clear_pointer (&self->predictions, g_array_unref);
  gtk_editable_set_text (self->entry, "");
}

static void
use_cb (SalClassCheck *self)
{
  if (self->offered != NULL)
    g_signal_emit (self, signals[USE], 0, self->offered->names);
}

static void
sal_class_check_dispose (GObject *object)
{
  SalClassCheck *self = SAL_CLASS_CHECK (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_pointer (&self->names, g_strfreev);
  g_clear_pointer (&self->orders, g_ptr_array_unref);
  g_clear_pointer (&self->predictions, g_array_unref);
  G_OBJECT_CLASS (sal_class_check_parent_class)->dispose (object);
}

static void
sal_class_check_class_init (SalClassCheckClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sal_class_check_dispose;
  signals[USE] = g_signal_new ("use", SAL_TYPE_CLASS_CHECK, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                               G_TYPE_NONE, 1, G_TYPE_POINTER);
  gtk_widget_class_set_layout_manager_type (widget_class, SAL_TYPE_STEADY_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/salience/Salience/ui/class-check.ui");
  gtk_widget_class_bind_template_child (widget_class, SalClassCheck, box);
  gtk_widget_class_bind_template_child (widget_class, SalClassCheck, entry);
  gtk_widget_class_bind_template_child (widget_class, SalClassCheck, answer);
  gtk_widget_class_bind_template_child (widget_class, SalClassCheck, mark);
  gtk_widget_class_bind_template_child (widget_class, SalClassCheck, text);
  gtk_widget_class_bind_template_child (widget_class, SalClassCheck, use);
  gtk_widget_class_bind_template_callback (widget_class, judge);
  gtk_widget_class_bind_template_callback (widget_class, use_cb);
}

static void
sal_class_check_init (SalClassCheck *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  sal_announce (self->answer);
}
