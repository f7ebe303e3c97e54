#include "ui/class-list.h"

#include "ui/announce.h"
#include "ui/number.h"
#include "ui/share-bar.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#define TOP 5
#define MATCHES 8

struct _SalClassList {
  GtkWidget parent_instance;

  GtkListBox *list;
  GtkSearchEntry *search;

  SalModel *model;
  GArray *predictions;
  SalOutputKind kind;
  int target;
  gboolean showing; /* rows are being made, nobody chooses */
};

G_DEFINE_FINAL_TYPE (SalClassList, sal_class_list, GTK_TYPE_WIDGET)

enum { CHOSEN, N_SIGNALS };

static guint signals[N_SIGNALS];

char *
sal_class_name (const SalModel *model, int class_index)
{
  const char *label = sal_model_label (model, class_index);

  return label != NULL ? g_strdup (label) : g_strdup_printf (_ ("Class %d"), class_index);
}

static const SalPrediction *
prediction (SalClassList *self, guint rank)
{
  return &g_array_index (self->predictions, SalPrediction, rank);
}

static char *
score_text (SalClassList *self, const SalPrediction *p)
{
  if (self->kind == SAL_OUTPUT_LOGIT)
    return sal_number_fixed (p->logit, 2);
  double percent = 100 * p->probability;
  /* Neither certainty nor impossibility is claimed by rounding. */
  if (percent > 0 && percent < 0.1)
    return g_strdup ("< 0.1 %");
  if (percent < 100 && percent > 99.9)
    return g_strdup ("> 99.9 %");
  return g_strdup_printf ("%.1f %%", percent);
}

/* Logits have no natural full length: the highest class's magnitude is taken. */
static double
share (SalClassList *self, const SalPrediction *p)
{
  if (self->kind == SAL_OUTPUT_PROBABILITY)
    return p->probability;
  double highest = fabs (prediction (self, 0)->logit);
  return highest > 0 ? p->logit / highest : 0;
}

static GtkWidget *
row_new (SalClassList *self, const SalPrediction *p)
{
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 10);
  GtkWidget *dot = gtk_image_new_from_icon_name ("class-symbolic");
  GtkWidget *label = gtk_label_new (NULL);
  GtkWidget *bar = sal_share_bar_new ();
  g_autofree char *text = score_text (self, p);
  GtkWidget *score = gtk_label_new (text);
  g_autofree char *name = sal_class_name (self->model, p->class_index);
  g_autofree char *spoken = g_strdup_printf ("%s, %s", name, text);

  gtk_label_set_label (GTK_LABEL (label), name);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_widget_set_tooltip_text (row, name);
  gtk_widget_add_css_class (dot, "dot");
  gtk_widget_set_size_request (bar, 72, -1);
  sal_share_bar_set_share (SAL_SHARE_BAR (bar), share (self, p));
  gtk_label_set_xalign (GTK_LABEL (score), 1);
  gtk_label_set_width_chars (GTK_LABEL (score), 7);
  gtk_widget_add_css_class (score, "numeric");
  gtk_widget_add_css_class (score, "score");
  gtk_box_append (GTK_BOX (box), dot);
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box), bar);
  gtk_box_append (GTK_BOX (box), score);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
  g_object_set_data (G_OBJECT (row), "class", GINT_TO_POINTER (p->class_index));
  return row;
}

static void
append (SalClassList *self, const SalPrediction *p)
{
  GtkWidget *row = row_new (self, p);

  sal_announce (row);
  gtk_list_box_append (self->list, row);
  if (p->class_index == self->target)
    gtk_list_box_select_row (self->list, GTK_LIST_BOX_ROW (row));
}

static gboolean
matches (SalClassList *self, const SalPrediction *p, const char *wanted)
{
  g_autofree char *name = sal_class_name (self->model, p->class_index);
  g_autofree char *folded = g_utf8_casefold (name, -1);
  char number[16];

  g_snprintf (number, sizeof number, "%d", p->class_index);
  return strstr (folded, wanted) != NULL || strcmp (number, wanted) == 0;
}

static void
show (SalClassList *self)
{
  g_autofree char *wanted =
      g_utf8_casefold (gtk_editable_get_text (GTK_EDITABLE (self->search)), -1);
  guint n = self->predictions != NULL ? self->predictions->len : 0;
  gboolean had_focus = gtk_widget_get_focus_child (GTK_WIDGET (self->list)) != NULL;
  gboolean target_shown = FALSE;
  GtkWidget *child;

  self->showing = TRUE;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->list))) != NULL)
    gtk_list_box_remove (self->list, child);
  g_strstrip (wanted);
  if (*wanted == '\0') {
    for (guint i = 0; i < MIN (n, TOP); i++) {
      append (self, prediction (self, i));
      target_shown |= prediction (self, i)->class_index == self->target;
    }
    for (guint i = TOP; i < n && !target_shown; i++)
      if (prediction (self, i)->class_index == self->target) {
        append (self, prediction (self, i));
        break;
      }
  } else {
    int found = 0;
    for (guint i = 0; i < n && found < MATCHES; i++)
      if (matches (self, prediction (self, i), wanted)) {
        append (self, prediction (self, i));
        found++;
      }
  }
  self->showing = FALSE;
  if (had_focus) {
    GtkListBoxRow *row = gtk_list_box_get_selected_row (self->list);
    if (row != NULL)
      gtk_widget_grab_focus (GTK_WIDGET (row));
  }
}

static void
selected_cb (SalClassList *self, GtkListBoxRow *row)
{
  if (self->showing || row == NULL)
    return;
  int class_index = GPOINTER_TO_INT (g_object_get_data (G_OBJECT (row), "class"));
  self->target = class_index;
  g_signal_emit (self, signals[CHOSEN], 0, class_index);
}

static void
search_stopped_cb (SalClassList *self)
{
  gtk_editable_set_text (GTK_EDITABLE (self->search), "");
}

static void
search_activate_cb (SalClassList *self)
{
  GtkListBoxRow *row = gtk_list_box_get_row_at_index (self->list, 0);

  if (row != NULL)
    gtk_list_box_select_row (self->list, row);
}

void
sal_class_list_set_predictions (SalClassList *self, SalModel *model, GArray *predictions)
{
  g_return_if_fail (SAL_IS_CLASS_LIST (self));
  if (model != self->model)
    gtk_editable_set_text (GTK_EDITABLE (self->search), "");
  if (model != NULL)
    sal_model_ref (model);
  g_clear_pointer (&self->model, sal_model_unref);
  self->model = model;
  if (predictions != NULL)
    g_array_ref (predictions);
  g_clear_pointer (&self->predictions, g_array_unref);
  self->predictions = predictions;

  guint n = predictions != NULL ? predictions->len : 0;
  g_autofree char *hint =
      g_strdup_printf (g_dngettext (NULL, "Search %u class…", "Search %u classes…", n), n);
  gtk_widget_set_visible (GTK_WIDGET (self->search), n > TOP);
  g_object_set (self->search, "placeholder-text", hint, NULL);
  show (self);
}

void
sal_class_list_set_target (SalClassList *self, int class_index)
{
  g_return_if_fail (SAL_IS_CLASS_LIST (self));
  self->target = class_index;
  for (int i = 0;; i++) {
    GtkListBoxRow *row = gtk_list_box_get_row_at_index (self->list, i);
    if (row == NULL)
      break;
    if (GPOINTER_TO_INT (g_object_get_data (G_OBJECT (row), "class")) == class_index) {
      self->showing = TRUE;
      gtk_list_box_select_row (self->list, row);
      self->showing = FALSE;
      return;
    }
  }
  show (self);
}

void
sal_class_list_set_kind (SalClassList *self, SalOutputKind kind)
{
  g_return_if_fail (SAL_IS_CLASS_LIST (self));
  if (kind == self->kind)
    return;
  self->kind = kind;
  show (self);
}

GtkListBox *
sal_class_list_list (SalClassList *self)
{
  return self->list;
}

static void
sal_class_list_dispose (GObject *object)
{
  SalClassList *self = SAL_CLASS_LIST (object);
  GtkWidget *child;

  self->showing = TRUE;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_pointer (&self->model, sal_model_unref);
  g_clear_pointer (&self->predictions, g_array_unref);
  G_OBJECT_CLASS (sal_class_list_parent_class)->dispose (object);
}

static void
sal_class_list_class_init (SalClassListClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sal_class_list_dispose;
  signals[CHOSEN] = g_signal_new ("chosen", SAL_TYPE_CLASS_LIST, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 1, G_TYPE_INT);
  g_type_ensure (SAL_TYPE_SHARE_BAR);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/salience/Salience/ui/class-list.ui");
  gtk_widget_class_bind_template_child (widget_class, SalClassList, list);
  gtk_widget_class_bind_template_child (widget_class, SalClassList, search);
  gtk_widget_class_bind_template_callback (widget_class, selected_cb);
  gtk_widget_class_bind_template_callback (widget_class, show);
  gtk_widget_class_bind_template_callback (widget_class, search_stopped_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_activate_cb);
}

static void
sal_class_list_init (SalClassList *self)
{
  self->target = -1;
  gtk_widget_init_template (GTK_WIDGET (self));
}
