#include "ui/baseline-row.h"

#include "engine/explain/baseline.h"
#include "ui/browse.h"
#include "ui/image-texture.h"
#include "ui/tooltip.h"

#include <glib/gi18n.h>
#include <string.h>

#define SIDE 34

struct _SalBaselineRow {
  GtkWidget parent_instance;

  GtkLabel *label, *name;
  GtkBox *choices;
  GtkToggleButton *file; /* whatever is none of the choices */

  const SalParam *param;
  char *text;
  gboolean showing; /* set by the program, not by a person */
};

G_DEFINE_FINAL_TYPE (SalBaselineRow, sal_baseline_row, GTK_TYPE_WIDGET)

enum { CHANGED, N_SIGNALS };

static guint signals[N_SIGNALS];

static const char *
id_of (gpointer button)
{
  return g_object_get_data (button, "baseline");
}

GtkToggleButton *
sal_baseline_row_button (SalBaselineRow *self, const char *id)
{
  g_return_val_if_fail (SAL_IS_BASELINE_ROW (self), NULL);
  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self->choices)); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (g_strcmp0 (id_of (child), id) == 0)
      return GTK_TOGGLE_BUTTON (child);
  return NULL;
}

char *
sal_baseline_name (const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, "+", -1);
  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  for (int i = 0; parts[i] != NULL; i++) {
    const SalChoice *choice = sal_baseline_choices ();

    while (choice->id != NULL && strcmp (choice->id, parts[i]) != 0)
      choice++;
    if (choice->id != NULL)
      g_ptr_array_add (names, (gpointer) _ (choice->label));
    else if (strcmp (parts[i], "zero") == 0)
      g_ptr_array_add (names, _ ("Zero"));
    else
      return g_filename_display_basename (text);
  }
  g_ptr_array_add (names, NULL);
  return g_strjoinv (" + ", (char **) names->pdata);
}

static void
show (SalBaselineRow *self)
{
  g_autofree char *name = sal_baseline_name (self->text);
  /* Zero in the network's own numbers is the mean colour. */
  GtkToggleButton *button =
      sal_baseline_row_button (self, strcmp (self->text, "zero") == 0 ? "mean" : self->text);

  self->showing = TRUE;
  gtk_label_set_label (self->name, name);
  gtk_toggle_button_set_active (button != NULL ? button : self->file, TRUE);
  self->showing = FALSE;
}

void
sal_baseline_row_set_text (SalBaselineRow *self, const char *text)
{
  g_return_if_fail (SAL_IS_BASELINE_ROW (self) && text != NULL);
  if (g_strcmp0 (text, self->text) == 0)
    return;
  g_free (self->text);
  self->text = g_strdup (text);
  show (self);
}

const char *
sal_baseline_row_get_text (SalBaselineRow *self)
{
  g_return_val_if_fail (SAL_IS_BASELINE_ROW (self), NULL);
  return self->text;
}

static void
take (SalBaselineRow *self, const char *text)
{
  if (strcmp (text, self->text) == 0)
    return;
  sal_baseline_row_set_text (self, text);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
files_chosen (GtkWidget *row, GListModel *files)
{
  g_autofree char *path = sal_browse_path (files);

  if (path != NULL)
    take (SAL_BASELINE_ROW (row), path);
  else
    show (SAL_BASELINE_ROW (row));
}

static void
toggled_cb (SalBaselineRow *self, GtkToggleButton *button)
{
  if (!self->showing && gtk_toggle_button_get_active (button))
    take (self, id_of (button));
}

/* Also when it is active already: another file may be wanted. */
static void
file_clicked_cb (SalBaselineRow *self)
{
  if (!self->showing)
    sal_browse (GTK_WIDGET (self), self->param, self->text, files_chosen);
}

static void
add_button (SalBaselineRow *self, const SalChoice *choice)
{
  GtkWidget *button = gtk_toggle_button_new ();
  GtkWidget *picture = gtk_picture_new ();

  gtk_widget_set_size_request (picture, SIDE, SIDE);
  gtk_widget_set_overflow (picture, GTK_OVERFLOW_HIDDEN);
  gtk_picture_set_can_shrink (GTK_PICTURE (picture), TRUE);
  gtk_picture_set_content_fit (GTK_PICTURE (picture), GTK_CONTENT_FIT_COVER);
  gtk_button_set_child (GTK_BUTTON (button), picture);
  gtk_widget_add_css_class (button, "baseline");
  gtk_widget_add_css_class (button, "flat");
  sal_tooltip_set (button, _ (choice->label));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ (choice->label), -1);
  gtk_toggle_button_set_group (GTK_TOGGLE_BUTTON (button), self->file);
  g_object_set_data (G_OBJECT (button), "baseline", (gpointer) choice->id);
  g_signal_connect_object (button, "toggled", G_CALLBACK (toggled_cb), self, G_CONNECT_SWAPPED);
  gtk_box_insert_child_after (self->choices, button,
                              gtk_widget_get_prev_sibling (GTK_WIDGET (self->file)));
}

void
sal_baseline_row_set_pictures (SalBaselineRow *self, GHashTable *pictures)
{
  g_return_if_fail (SAL_IS_BASELINE_ROW (self));
  for (const SalChoice *choice = sal_baseline_choices (); choice->id != NULL; choice++) {
    GtkToggleButton *button = sal_baseline_row_button (self, choice->id);
    SalImage *image = pictures != NULL ? g_hash_table_lookup (pictures, choice->id) : NULL;
    g_autoptr (GdkTexture) texture = image != NULL ? sal_image_texture (image) : NULL;

    gtk_picture_set_paintable (GTK_PICTURE (gtk_button_get_child (GTK_BUTTON (button))),
                               GDK_PAINTABLE (texture));
  }
}

static void
sal_baseline_row_dispose (GObject *object)
{
  SalBaselineRow *self = SAL_BASELINE_ROW (object);
  GtkWidget *child;

  self->showing = TRUE;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (sal_baseline_row_parent_class)->dispose (object);
}

static void
sal_baseline_row_finalize (GObject *object)
{
  g_free (SAL_BASELINE_ROW (object)->text);
  G_OBJECT_CLASS (sal_baseline_row_parent_class)->finalize (object);
}

static void
sal_baseline_row_class_init (SalBaselineRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sal_baseline_row_dispose;
  G_OBJECT_CLASS (klass)->finalize = sal_baseline_row_finalize;
  signals[CHANGED] = g_signal_new ("changed", SAL_TYPE_BASELINE_ROW, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/salience/Salience/ui/baseline-row.ui");
  gtk_widget_class_bind_template_child (widget_class, SalBaselineRow, label);
  gtk_widget_class_bind_template_child (widget_class, SalBaselineRow, name);
  gtk_widget_class_bind_template_child (widget_class, SalBaselineRow, choices);
  gtk_widget_class_bind_template_child (widget_class, SalBaselineRow, file);
  gtk_widget_class_bind_template_callback (widget_class, file_clicked_cb);
}

static void
sal_baseline_row_init (SalBaselineRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  sal_tooltip_set (GTK_WIDGET (self->file), _ ("Picture…"));
  for (const SalChoice *choice = sal_baseline_choices (); choice->id != NULL; choice++)
    add_button (self, choice);
}

GtkWidget *
sal_baseline_row_new (const SalParam *param)
{
  SalBaselineRow *self = g_object_new (SAL_TYPE_BASELINE_ROW, NULL);

  self->param = param;
  gtk_label_set_label (self->label, _ (param->label));
  sal_tooltip_set (GTK_WIDGET (self->label), _ (param->help));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->choices), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ (param->label), -1);
  sal_baseline_row_set_text (self, param->text_otherwise != NULL ? param->text_otherwise : "black");
  return GTK_WIDGET (self);
}
