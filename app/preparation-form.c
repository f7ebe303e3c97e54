#include "app/preparation-form.h"

#include "ui/drop-down.h"
#include "ui/steady-layout.h"

#include <glib/gi18n.h>
#include <math.h>

struct _SalPreparationForm {
  GtkWidget parent_instance;

  GtkWidget *grid;
  GtkDropDown *preset, *fit, *order;
  GtkBox *numbers, *means, *stds;
  GtkEditable *range[2], *mean[3], *std[3];
  GtkLabel *labels;

  SalPixelFormat format; /* as it is shown */
  gboolean own_size;     /* each picture can be taken at its own */
  gboolean showing;      /* controls are being set by the program */
};

G_DEFINE_FINAL_TYPE (SalPreparationForm, sal_preparation_form, GTK_TYPE_WIDGET)

enum { CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

/* Showing. */

static const SalPreset *
nth_preset (SalPreparationForm *self, guint position)
{
  int n;
  const SalPreset *presets = sal_presets (&n);
  gboolean gray = self->format.order == SAL_GRAY;

  for (int i = 0; i < n; i++)
    if ((presets[i].order == SAL_GRAY) == gray && position-- == 0)
      return &presets[i];
  return NULL;
}

/* The numbers alone: how a picture is fitted is the person's own choice. */
static gboolean
is_preset (const SalPreset *preset, const SalPixelFormat *format)
{
  int n = sal_pixel_format_channels (format);

  if (preset->order != format->order || preset->low != format->low || preset->high != format->high)
    return FALSE;
  for (int i = 0; i < n; i++)
    if (fabs (preset->mean[i] - format->mean[i]) > 1e-6 ||
        fabs (preset->std[i] - format->std[i]) > 1e-6)
      return FALSE;
  return TRUE;
}

static const char *
number_text (double value, char text[G_ASCII_DTOSTR_BUF_SIZE])
{
  return g_ascii_formatd (text, G_ASCII_DTOSTR_BUF_SIZE, "%.6g", value);
}

static void
set_number (GtkEditable *entry, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  gtk_editable_set_text (entry, number_text (value, text));
  gtk_widget_remove_css_class (GTK_WIDGET (entry), "error");
}

/* Lists what there is to choose from where that has changed, never while a choice is being made. */
static void
show_choices (GtkDropDown *list, const char *const *choices)
{
  GListModel *now = gtk_drop_down_get_model (list);
  guint n = g_strv_length ((char **) choices);
  gboolean same = now != NULL && g_list_model_get_n_items (now) == n;

  for (guint i = 0; same && i < n; i++)
    same = g_str_equal (gtk_string_list_get_string (GTK_STRING_LIST (now), i), choices[i]);
  if (!same) {
    g_autoptr (GtkStringList) made = gtk_string_list_new (choices);
    gtk_drop_down_set_model (list, G_LIST_MODEL (made));
  }
}

/* The presets that fit the network's channels. */
static void
show_presets (SalPreparationForm *self)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  const SalPreset *preset;
  guint chosen = 0;

  for (guint i = 0; (preset = nth_preset (self, i)) != NULL; i++)
    g_ptr_array_add (names, (gpointer) _ (preset->name));
  g_ptr_array_add (names, (gpointer) _ ("Own numbers"));
  g_ptr_array_add (names, NULL);
  show_choices (self->preset, (const char *const *) names->pdata);
  while ((preset = nth_preset (self, chosen)) != NULL && !is_preset (preset, &self->format))
    chosen++;
  gtk_drop_down_set_selected (self->preset, chosen);
}

/* In the order of SalFit. */
static void
show_fit (SalPreparationForm *self)
{
  const char *const fits[] = { _ ("Crop the centre"), _ ("Stretch to fit"),
                               self->own_size ? _ ("At its own size") : NULL, NULL };

  show_choices (self->fit, fits);
  gtk_drop_down_set_selected (self->fit, self->format.fit);
}

static void
show_controls (SalPreparationForm *self)
{
  const SalPixelFormat *format = &self->format;
  gboolean gray = format->order == SAL_GRAY;

  self->showing = TRUE;
  show_presets (self);
  show_fit (self);
  gtk_drop_down_set_selected (self->order, format->order);
  gtk_widget_set_sensitive (GTK_WIDGET (self->order), !gray);
  set_number (self->range[0], format->low);
  set_number (self->range[1], format->high);
  for (int i = 0; i < 3; i++) {
    set_number (self->mean[i], format->mean[i]);
    set_number (self->std[i], format->std[i]);
    gtk_widget_set_visible (GTK_WIDGET (self->mean[i]), i == 0 || !gray);
    gtk_widget_set_visible (GTK_WIDGET (self->std[i]), i == 0 || !gray);
  }
  self->showing = FALSE;
}

static void
show_labels (SalPreparationForm *self, SalPreparation *preparation, SalModel *model)
{
  int n = sal_preparation_n_labels (preparation);
  int classes = sal_model_n_classes (model);
  g_autofree char *text = NULL;

  if (n == 0 && sal_model_label (model, 0) != NULL)
    text = g_strdup_printf (_ ("%d, recognised"), classes);
  else if (n == 0)
    text = g_strdup_printf (_ ("none for %d classes"), classes);
  else if (n == classes)
    text = g_strdup_printf (_ ("%d, one for each class"), n);
  else
    text = g_strdup_printf (_ ("%d for %d classes"), n, classes);
  gtk_label_set_label (self->labels, text);
  if (n != 0 && n != classes)
    gtk_widget_add_css_class (GTK_WIDGET (self->labels), "warning");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->labels), "warning");
}

void
sal_preparation_form_show (SalPreparationForm *self, SalPreparation *preparation, SalModel *model)
{
  g_return_if_fail (SAL_IS_PREPARATION_FORM (self) && preparation != NULL && model != NULL);
  self->format = *sal_preparation_format (preparation);
  self->own_size = self->format.fit == SAL_FIT_OWN ||
                   sal_preparation_format (sal_model_preparation (model))->fit == SAL_FIT_OWN;
  show_controls (self);
  show_labels (self, preparation, model);
}

/* Changing. */

static void
preset_cb (SalPreparationForm *self)
{
  const SalPreset *preset = nth_preset (self, gtk_drop_down_get_selected (self->preset));
  SalPixelFormat format = self->format;

  if (self->showing || preset == NULL) /* own numbers: those that stand there */
    return;
  sal_preset_apply (preset, &format);
  format.fit = self->format.fit;
  g_signal_emit (self, signals[CHANGED], 0, &format);
}

/* @value: (inout): as it was shown, which may be less than the whole of it */
static gboolean
read_number (GtkEditable *entry, double *value)
{
  const char *text = gtk_editable_get_text (entry);
  g_autofree char *copy = g_strdelimit (g_strstrip (g_strdup (text)), ",", '.');
  char shown[G_ASCII_DTOSTR_BUF_SIZE], *end;
  double number = g_ascii_strtod (copy, &end);
  gboolean good = *copy != '\0' && *end == '\0' && isfinite (number);

  if (good && !g_str_equal (copy, number_text (*value, shown)))
    *value = number;
  if (good)
    gtk_widget_remove_css_class (GTK_WIDGET (entry), "error");
  else
    gtk_widget_add_css_class (GTK_WIDGET (entry), "error");
  return good;
}

static void
edited_cb (SalPreparationForm *self)
{
  if (self->showing)
    return;
  SalPixelFormat format = self->format;
  gboolean good = read_number (self->range[0], &format.low);

  good &= read_number (self->range[1], &format.high);
  for (int i = 0; i < sal_pixel_format_channels (&self->format); i++) {
    good &= read_number (self->mean[i], &format.mean[i]);
    good &= read_number (self->std[i], &format.std[i]);
  }
  format.fit = gtk_drop_down_get_selected (self->fit);
  if (format.order != SAL_GRAY && gtk_drop_down_get_selected (self->order) != SAL_GRAY)
    format.order = gtk_drop_down_get_selected (self->order);
  if (good && !sal_pixel_format_equal (&format, &self->format))
    g_signal_emit (self, signals[CHANGED], 0, &format);
}

void
sal_preparation_form_enter (SalPreparationForm *self)
{
  g_return_if_fail (SAL_IS_PREPARATION_FORM (self));
  edited_cb (self);
}

/* Making it. */

static GtkEditable *
add_entry (SalPreparationForm *self, GtkBox *box, const char *name)
{
  GtkWidget *entry = gtk_entry_new ();

  gtk_editable_set_width_chars (GTK_EDITABLE (entry), 5);
  gtk_editable_set_max_width_chars (GTK_EDITABLE (entry), 7);
  gtk_widget_set_hexpand (entry, TRUE);
  gtk_widget_add_css_class (entry, "numeric");
  gtk_accessible_update_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_signal_connect_swapped (entry, "activate", G_CALLBACK (edited_cb), self);
  GtkEventController *focus = gtk_event_controller_focus_new ();
  g_signal_connect_swapped (focus, "leave", G_CALLBACK (edited_cb), self);
  gtk_widget_add_controller (entry, focus);
  gtk_box_append (box, entry);
  return GTK_EDITABLE (entry);
}

static void
sal_preparation_form_dispose (GObject *object)
{
  g_clear_pointer (&SAL_PREPARATION_FORM (object)->grid, gtk_widget_unparent);
  G_OBJECT_CLASS (sal_preparation_form_parent_class)->dispose (object);
}

static void
sal_preparation_form_class_init (SalPreparationFormClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sal_preparation_form_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, SAL_TYPE_STEADY_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/salience/Salience/ui/preparation-form.ui");
  gtk_widget_class_bind_template_child (widget_class, SalPreparationForm, grid);
  gtk_widget_class_bind_template_child (widget_class, SalPreparationForm, preset);
  gtk_widget_class_bind_template_child (widget_class, SalPreparationForm, fit);
  gtk_widget_class_bind_template_child (widget_class, SalPreparationForm, order);
  gtk_widget_class_bind_template_child (widget_class, SalPreparationForm, numbers);
  gtk_widget_class_bind_template_child (widget_class, SalPreparationForm, means);
  gtk_widget_class_bind_template_child (widget_class, SalPreparationForm, stds);
  gtk_widget_class_bind_template_child (widget_class, SalPreparationForm, labels);
  gtk_widget_class_bind_template_callback (widget_class, preset_cb);
  gtk_widget_class_bind_template_callback (widget_class, edited_cb);
  signals[CHANGED] = g_signal_new ("changed", SAL_TYPE_PREPARATION_FORM, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
}

static void
sal_preparation_form_init (SalPreparationForm *self)
{
  static const char *const channel_names[2][3] = {
    { N_ ("Mean of channel 1"), N_ ("Mean of channel 2"), N_ ("Mean of channel 3") },
    { N_ ("Deviation of channel 1"), N_ ("Deviation of channel 2"), N_ ("Deviation of channel 3") },
  };

  self->showing = TRUE; /* until there is something to show */
  gtk_widget_init_template (GTK_WIDGET (self));
  self->range[0] = add_entry (self, self->numbers, _ ("What pixel value 0 becomes"));
  gtk_box_append (self->numbers, gtk_label_new (_ ("to")));
  self->range[1] = add_entry (self, self->numbers, _ ("What pixel value 255 becomes"));
  for (int i = 0; i < 3; i++) {
    self->mean[i] = add_entry (self, self->means, _ (channel_names[0][i]));
    self->std[i] = add_entry (self, self->stds, _ (channel_names[1][i]));
  }
  const struct {
    GtkDropDown *drop_down;
    const char *name;
  } choices[] = {
    { self->preset, _ ("Preparation") },
    { self->fit, _ ("How the picture is fitted") },
    { self->order, _ ("Order of the channels") },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (choices); i++) {
    sal_drop_down_give_way (choices[i].drop_down);
    sal_drop_down_focus_selected (choices[i].drop_down);
    sal_drop_down_set_name (choices[i].drop_down, choices[i].name);
  }
}
