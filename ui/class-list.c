#include "ui/class-list.h"

#include "ui/announce.h"
#include "ui/left-to-right.h"
#include "ui/number.h"
#include "ui/share-bar.h"
#include "ui/tooltip.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#define TOP 5
#define MATCHES 8
#define SHORT 24 /* letters of a name that shares a line */

struct _SalClassList {
  GtkWidget parent_instance;

  GtkListBox *list;
  GtkWidget *none; /* of the list: where nothing is found */
  GtkLabel *more;  /* that more is found than shown */
  GtkWidget *comparison;
  GtkLabel *rather;
  GtkSearchEntry *search;

  SalModel *model;
  GArray *predictions;
  SalOutputKind kind;
  int target, versus;
  gboolean showing; /* rows are being made, nobody chooses */
};

G_DEFINE_FINAL_TYPE (SalClassList, sal_class_list, GTK_TYPE_WIDGET)

enum { CHOSEN, VERSUS_CHOSEN, N_SIGNALS };

static guint signals[N_SIGNALS];

char *
sal_class_name (const SalModel *model, int class_index)
{
  const char *label = sal_model_label (model, class_index);

  return label != NULL ? g_strdup (label) : g_strdup_printf (_ ("Class %d"), class_index);
}

char *
sal_class_first_name (const SalModel *model, int class_index)
{
  char *name = sal_class_name (model, class_index);
  char *comma = strchr (name, ',');

  if (comma != NULL && comma != name)
    *comma = '\0';
  return name;
}

char *
sal_class_short_name (const SalModel *model, int class_index)
{
  g_autofree char *name = sal_class_first_name (model, class_index);

  if (g_utf8_strlen (name, -1) <= SHORT)
    return g_steal_pointer (&name);
  g_autofree char *head = g_utf8_substring (name, 0, SHORT - 1);
  return g_strdup_printf ("%s…", g_strchomp (head));
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
  return sal_number_percent (p->probability, 1);
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

static int
class_of (GtkListBoxRow *row)
{
  return GPOINTER_TO_INT (g_object_get_data (G_OBJECT (row), "class"));
}

/* What a row is to the explanation: the class itself, or the one whose score is subtracted. */
static void
show_part (SalClassList *self, GtkListBoxRow *row)
{
  GtkWidget *dot = gtk_widget_get_first_child (gtk_list_box_row_get_child (row));
  const char *name = g_object_get_data (G_OBJECT (row), "spoken");
  gboolean is_versus = class_of (row) == self->versus;
  g_autofree char *spoken =
      is_versus ? g_strdup_printf (_ ("%s, subtracted"), name) : g_strdup (name);

  if (is_versus)
    gtk_widget_add_css_class (GTK_WIDGET (row), "versus");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (row), "versus");
  gtk_image_set_from_icon_name (GTK_IMAGE (dot),
                                is_versus ? "list-remove-symbolic" : "class-symbolic");
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
}

static GtkWidget *
row_new (SalClassList *self, const SalPrediction *p, GtkSizeGroup *scores)
{
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 10);
  GtkWidget *middle = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);
  GtkWidget *dot = gtk_image_new_from_icon_name ("class-symbolic");
  GtkWidget *label = gtk_label_new (NULL);
  GtkWidget *bar = sal_share_bar_new ();
  g_autofree char *text = score_text (self, p);
  GtkWidget *score = gtk_label_new (text);
  g_autofree char *name = sal_class_name (self->model, p->class_index);
  g_autofree char *help =
      g_strdup_printf (_ ("%s\nShift+click explains the difference to this class"), name);

  gtk_label_set_label (GTK_LABEL (label), name);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  sal_tooltip_set (row, help);
  gtk_widget_add_css_class (dot, "dot");
  sal_share_bar_set_share (SAL_SHARE_BAR (bar), share (self, p));
  gtk_label_set_xalign (GTK_LABEL (score), 1);
  gtk_label_set_width_chars (GTK_LABEL (score), 7);
  gtk_widget_add_css_class (score, "numeric");
  gtk_widget_add_css_class (score, "score");
  sal_left_to_right (score);
  /* The bar lies under the name, which needs all the width there is. */
  gtk_box_append (GTK_BOX (middle), label);
  gtk_box_append (GTK_BOX (middle), bar);
  gtk_widget_set_hexpand (middle, TRUE);
  gtk_widget_set_valign (middle, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (box), dot);
  gtk_box_append (GTK_BOX (box), middle);
  gtk_box_append (GTK_BOX (box), score);
  gtk_size_group_add_widget (scores, score);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  g_object_set_data (G_OBJECT (row), "class", GINT_TO_POINTER (p->class_index));
  g_object_set_data_full (G_OBJECT (row), "spoken", g_strdup_printf ("%s, %s", name, text), g_free);
  show_part (self, GTK_LIST_BOX_ROW (row));
  return row;
}

static void
append (SalClassList *self, const SalPrediction *p, GtkSizeGroup *scores)
{
  GtkWidget *row = row_new (self, p, scores);

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
  /* The bars line up, whatever the scores and however bold. */
  g_autoptr (GtkSizeGroup) scores = gtk_size_group_new (GTK_SIZE_GROUP_HORIZONTAL);
  GtkListBoxRow *old;
  int found = 0;

  self->showing = TRUE;
  while ((old = gtk_list_box_get_row_at_index (self->list, 0)) != NULL)
    gtk_list_box_remove (self->list, GTK_WIDGET (old));
  g_strstrip (wanted);
  gtk_widget_set_visible (self->none, *wanted != '\0');
  if (*wanted == '\0') {
    for (guint i = 0; i < n; i++) {
      int class_index = prediction (self, i)->class_index;
      if (i < TOP || class_index == self->target || class_index == self->versus)
        append (self, prediction (self, i), scores);
    }
  }
  for (guint i = 0; i < n && *wanted != '\0'; i++)
    if (matches (self, prediction (self, i), wanted) && ++found <= MATCHES)
      append (self, prediction (self, i), scores);
  g_autofree char *more = g_strdup_printf (_ ("The highest %d of %d that match"), MATCHES, found);
  gtk_label_set_label (self->more, more);
  gtk_widget_set_visible (GTK_WIDGET (self->more), found > MATCHES);
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
  self->target = class_of (row);
  g_signal_emit (self, signals[CHOSEN], 0, self->target);
}

/* The same class again takes the comparison back. */
static void
choose_versus (SalClassList *self, GtkListBoxRow *row)
{
  if (class_of (row) != self->target)
    g_signal_emit (self, signals[VERSUS_CHOSEN], 0,
                   class_of (row) != self->versus ? class_of (row) : -1);
}

static void
pressed_cb (SalClassList *self, int n_press, double x, double y, GtkGesture *gesture)
{
  GtkListBoxRow *row = gtk_list_box_get_row_at_y (self->list, (int) y);
  GdkModifierType state =
      gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (gesture));

  if (row == NULL || (state & GDK_SHIFT_MASK) == 0) {
    gtk_gesture_set_state (gesture, GTK_EVENT_SEQUENCE_DENIED);
    return;
  }
  gtk_gesture_set_state (gesture, GTK_EVENT_SEQUENCE_CLAIMED);
  choose_versus (self, row);
}

static gboolean
key_pressed_cb (SalClassList *self, guint key, guint code, GdkModifierType state)
{
  GtkWidget *row = gtk_widget_get_focus_child (GTK_WIDGET (self->list));

  if (!GTK_IS_LIST_BOX_ROW (row) || (state & GDK_SHIFT_MASK) == 0 ||
      (key != GDK_KEY_Return && key != GDK_KEY_KP_Enter && key != GDK_KEY_ISO_Enter))
    return GDK_EVENT_PROPAGATE;
  choose_versus (self, GTK_LIST_BOX_ROW (row));
  return GDK_EVENT_STOP;
}

static void
stop_comparing_cb (SalClassList *self)
{
  g_signal_emit (self, signals[VERSUS_CHOSEN], 0, -1);
}

static const SalPrediction *
find (SalClassList *self, int class_index)
{
  for (guint i = 0; self->predictions != NULL && i < self->predictions->len; i++)
    if (prediction (self, i)->class_index == class_index)
      return prediction (self, i);
  return NULL;
}

/* "Why “clock” rather than “mushroom”", and by how much. */
static void
show_comparison (SalClassList *self)
{
  const SalPrediction *p = find (self, self->target), *q = find (self, self->versus);

  gtk_widget_set_visible (self->comparison, p != NULL && q != NULL);
  if (p == NULL || q == NULL)
    return;
  gboolean logits = self->kind == SAL_OUTPUT_LOGIT;
  double lead = logits ? p->logit - q->logit : 100 * (p->probability - q->probability);
  g_autofree char *number = sal_number_fixed (fabs (lead), logits ? 2 : 1);
  g_autofree char *score = logits ? g_strdup (number) : g_strdup_printf ("%s %%", number);
  g_autofree char *name = sal_class_short_name (self->model, self->target);
  g_autofree char *other = sal_class_short_name (self->model, self->versus);
  g_autofree char *text =
      g_strdup_printf (lead >= 0 ? _ ("Why “%s” rather than “%s”: ahead by %s")
                                 : _ ("Why “%s” rather than “%s”: behind by %s"),
                       name, other, score);

  gtk_label_set_label (self->rather, text);
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
  show_comparison (self);
}

static GtkListBoxRow *
row_of (SalClassList *self, int class_index)
{
  GtkListBoxRow *row;

  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->list, i)) != NULL; i++)
    if (class_of (row) == class_index)
      return row;
  return NULL;
}

void
sal_class_list_set_target (SalClassList *self, int class_index)
{
  g_return_if_fail (SAL_IS_CLASS_LIST (self));
  self->target = class_index;

  GtkListBoxRow *row = row_of (self, class_index);
  if (row != NULL) {
    self->showing = TRUE;
    gtk_list_box_select_row (self->list, row);
    self->showing = FALSE;
  } else {
    show (self);
  }
  show_comparison (self);
}

void
sal_class_list_set_versus (SalClassList *self, int class_index)
{
  g_return_if_fail (SAL_IS_CLASS_LIST (self));
  self->versus = class_index;
  if (class_index >= 0 && row_of (self, class_index) == NULL)
    show (self);
  for (int i = 0; gtk_list_box_get_row_at_index (self->list, i) != NULL; i++)
    show_part (self, gtk_list_box_get_row_at_index (self->list, i));
  show_comparison (self);
}

void
sal_class_list_set_kind (SalClassList *self, SalOutputKind kind)
{
  g_return_if_fail (SAL_IS_CLASS_LIST (self));
  if (kind == self->kind)
    return;
  self->kind = kind;
  show (self);
  show_comparison (self);
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
  g_clear_object (&self->none);
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
  signals[VERSUS_CHOSEN] = g_signal_new ("versus-chosen", SAL_TYPE_CLASS_LIST, G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT);
  g_type_ensure (SAL_TYPE_SHARE_BAR);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/salience/Salience/ui/class-list.ui");
  gtk_widget_class_bind_template_child (widget_class, SalClassList, list);
  gtk_widget_class_bind_template_child (widget_class, SalClassList, more);
  gtk_widget_class_bind_template_child (widget_class, SalClassList, comparison);
  gtk_widget_class_bind_template_child (widget_class, SalClassList, rather);
  gtk_widget_class_bind_template_child (widget_class, SalClassList, search);
  gtk_widget_class_bind_template_callback (widget_class, selected_cb);
  gtk_widget_class_bind_template_callback (widget_class, pressed_cb);
  gtk_widget_class_bind_template_callback (widget_class, key_pressed_cb);
  gtk_widget_class_bind_template_callback (widget_class, stop_comparing_cb);
  gtk_widget_class_bind_template_callback (widget_class, show);
  gtk_widget_class_bind_template_callback (widget_class, search_stopped_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_activate_cb);
}

static void
sal_class_list_init (SalClassList *self)
{
  self->target = self->versus = -1;
  self->none = g_object_ref_sink (gtk_label_new (_ ("No class is called that")));
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_add_css_class (self->none, "dim-label");
  gtk_widget_set_margin_top (self->none, 12);
  gtk_widget_set_margin_bottom (self->none, 12);
  gtk_list_box_set_placeholder (self->list, self->none);
  sal_announce (self->none);
  sal_announce (GTK_WIDGET (self->more));
  sal_announce (self->comparison);
}
