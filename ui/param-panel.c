#include "ui/param-panel.h"

#include "ui/announce.h"
#include "ui/baseline-row.h"
#include "ui/choice-row.h"
#include "ui/path-row.h"
#include "ui/slider-row.h"
#include "ui/steady-layout.h"
#include "ui/tooltip.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <string.h>

typedef struct {
  const SalParam *param;
  const SalParam *list;
  GtkWidget *control;
  GtkWidget *row; /* of the list, around the control */
  gboolean absent;
  gboolean lined_up;
} Row;

struct _SalParamPanel {
  GtkWidget parent_instance;

  GtkListBox *list;
  AdwExpanderRow *more;
  /* Sliders line up, however long the longest label; those of "More" for themselves. */
  GtkSizeGroup *labels, *more_labels;
  GArray *rows; /* Row */
  SalModel *model;
  SalSettings *settings;
};

G_DEFINE_FINAL_TYPE (SalParamPanel, sal_param_panel, GTK_TYPE_WIDGET)

enum { CHANGED, N_SIGNALS };

static guint signals[N_SIGNALS];

static GQuark
param_quark (void)
{
  return g_quark_from_static_string ("salience-param");
}

static GtkWidget *
label_of (GtkWidget *control)
{
  if (SAL_IS_SLIDER_ROW (control))
    return sal_slider_row_label (SAL_SLIDER_ROW (control));
  if (SAL_IS_CHOICE_ROW (control))
    return sal_choice_row_label (SAL_CHOICE_ROW (control));
  if (SAL_IS_PATH_ROW (control))
    return sal_path_row_label (SAL_PATH_ROW (control));
  return NULL;
}

/* A size group makes room for what is hidden, too. */
static void
line_up (SalParamPanel *self, Row *row, gboolean shown)
{
  GtkSizeGroup *group = row->param->advanced ? self->more_labels : self->labels;
  GtkWidget *label = label_of (row->control);

  if (label == NULL || row->lined_up == shown)
    return;
  if (shown)
    gtk_size_group_add_widget (group, label);
  else
    gtk_size_group_remove_widget (group, label);
  row->lined_up = shown;
}

static void
show_which_apply (SalParamPanel *self)
{
  gboolean any_more = FALSE;

  for (guint i = 0; i < self->rows->len; i++) {
    Row *row = &g_array_index (self->rows, Row, i);
    gboolean applies = !row->absent && sal_settings_applies (self->settings, row->list, row->param);

    gtk_widget_set_visible (row->row, applies);
    line_up (self, row, applies);
    any_more |= applies && row->param->advanced;
  }
  if (self->more != NULL)
    gtk_widget_set_visible (GTK_WIDGET (self->more), any_more);
}

static void
changed (SalParamPanel *self, const SalParam *param)
{
  show_which_apply (self);
  g_signal_emit (self, signals[CHANGED], 0, param->key);
}

static void
slider_changed_cb (SalParamPanel *self, SalSliderRow *control)
{
  const SalParam *param = g_object_get_qdata (G_OBJECT (control), param_quark ());

  if (param->kind == SAL_PARAM_SIZE) {
    g_autofree char *size = sal_slider_row_get_size (control);
    sal_settings_set_text (self->settings, param, size, NULL);
  } else {
    sal_settings_set_number (self->settings, param, sal_slider_row_get_value (control), NULL);
  }
  changed (self, param);
}

static void
switch_changed_cb (SalParamPanel *self, GParamSpec *spec, GtkSwitch *control)
{
  const SalParam *param = g_object_get_qdata (G_OBJECT (control), param_quark ());
  double value = gtk_switch_get_active (control);

  if (value == sal_settings_number (self->settings, param))
    return;
  sal_settings_set_number (self->settings, param, value, NULL);
  changed (self, param);
}

static void
path_changed_cb (SalParamPanel *self, SalPathRow *control)
{
  const SalParam *param = g_object_get_qdata (G_OBJECT (control), param_quark ());

  sal_settings_set_text (self->settings, param, sal_path_row_get_text (control), NULL);
  changed (self, param);
}

static void
baseline_changed_cb (SalParamPanel *self, SalBaselineRow *control)
{
  const SalParam *param = g_object_get_qdata (G_OBJECT (control), param_quark ());

  sal_settings_set_text (self->settings, param, sal_baseline_row_get_text (control), NULL);
  changed (self, param);
}

static void
choice_changed_cb (SalParamPanel *self, SalChoiceRow *control)
{
  const SalParam *param = g_object_get_qdata (G_OBJECT (control), param_quark ());
  const char *id = sal_choice_row_get_id (control);

  if (id == NULL)
    return;
  sal_settings_set_text (self->settings, param, id, NULL);
  changed (self, param);
}

static void
fill_choices (const SalParam *param, SalChoiceRow *control)
{
  g_autoptr (GArray) items = g_array_new (FALSE, FALSE, sizeof (SalItem));

  for (const SalChoice *choice = param->choices; choice != NULL && choice->id != NULL; choice++) {
    SalItem item = { choice->id, _ (choice->label), NULL };
    g_array_append_val (items, item);
  }
  sal_choice_row_set_items (control, (const SalItem *) (gpointer) items->data, items->len);
}

static const char *
layer_label (const SalLayer *layer)
{
  return layer->node != NULL && *layer->node != '\0' ? layer->node : layer->tensor;
}

static void
fill_layers (SalParamPanel *self, SalChoiceRow *control)
{
  int n = 0;
  const SalLayer *layers = self->model != NULL ? sal_model_layers (self->model, &n) : NULL;
  const SalLayer *usual = self->model != NULL ? sal_model_default_layer (self->model) : NULL;
  g_autoptr (GArray) items = g_array_new (FALSE, FALSE, sizeof (SalItem));
  g_autoptr (GPtrArray) details = g_ptr_array_new_with_free_func (g_free);
  SalItem first = { "", _ ("Automatic"), usual != NULL ? layer_label (usual) : NULL };

  g_array_append_val (items, first);
  for (int i = 0; i < n; i++) {
    const gint64 *dims = layers[i].shape.dim;
    char *detail =
        layers[i].shape.rank == 4
            ? g_strdup_printf ("%" G_GINT64_FORMAT "×%" G_GINT64_FORMAT "×%" G_GINT64_FORMAT,
                               dims[1], dims[2], dims[3])
            : NULL;
    SalItem item = { layers[i].tensor, layer_label (&layers[i]), detail };

    if (detail != NULL)
      g_ptr_array_add (details, detail);
    g_array_append_val (items, item);
  }
  sal_choice_row_set_items (control, (const SalItem *) (gpointer) items->data, items->len);
}

static GtkWidget *
switch_row (SalParamPanel *self, const SalParam *param)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  GtkWidget *label = gtk_label_new (_ (param->label));
  GtkWidget *control = gtk_switch_new ();

  gtk_widget_add_css_class (box, "control-row");
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_widget_set_valign (control, GTK_ALIGN_CENTER);
  sal_tooltip_set (box, _ (param->help));
  gtk_accessible_update_property (GTK_ACCESSIBLE (control), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ (param->label), -1);
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box), control);
  g_object_set_qdata (G_OBJECT (control), param_quark (), (gpointer) param);
  g_signal_connect_object (control, "notify::active", G_CALLBACK (switch_changed_cb), self,
                           G_CONNECT_SWAPPED);
  return box;
}

static GtkWidget *
control_for (SalParamPanel *self, const SalParam *param)
{
  GtkWidget *control;

  switch (param->kind) {
  case SAL_PARAM_INT:
  case SAL_PARAM_DOUBLE:
  case SAL_PARAM_SIZE:
    control = sal_slider_row_new (param);
    g_signal_connect_object (control, "changed", G_CALLBACK (slider_changed_cb), self,
                             G_CONNECT_SWAPPED);
    break;
  case SAL_PARAM_SWITCH:
    return switch_row (self, param);
  case SAL_PARAM_CHOICE:
  case SAL_PARAM_LAYER:
    control = sal_choice_row_new (_ (param->label), _ (param->help));
    if (param->kind == SAL_PARAM_CHOICE)
      fill_choices (param, SAL_CHOICE_ROW (control));
    else
      fill_layers (self, SAL_CHOICE_ROW (control));
    g_signal_connect_object (control, "changed", G_CALLBACK (choice_changed_cb), self,
                             G_CONNECT_SWAPPED);
    break;
  case SAL_PARAM_BASELINE:
    control = sal_baseline_row_new (param);
    g_signal_connect_object (control, "changed", G_CALLBACK (baseline_changed_cb), self,
                             G_CONNECT_SWAPPED);
    break;
  case SAL_PARAM_FOLDER:
  case SAL_PARAM_ARRAY:
    control = sal_path_row_new (param);
    g_signal_connect_object (control, "changed", G_CALLBACK (path_changed_cb), self,
                             G_CONNECT_SWAPPED);
    break;
  default:
    g_return_val_if_reached (NULL);
  }
  g_object_set_qdata (G_OBJECT (control), param_quark (), (gpointer) param);
  return control;
}

static void
show_values (SalParamPanel *self)
{
  for (guint i = 0; i < self->rows->len; i++) {
    Row *row = &g_array_index (self->rows, Row, i);
    const SalParam *param = row->param;

    if (param->kind == SAL_PARAM_SIZE)
      sal_slider_row_set_size (SAL_SLIDER_ROW (row->control),
                               sal_settings_text (self->settings, param));
    else if (SAL_IS_SLIDER_ROW (row->control))
      sal_slider_row_set_value (SAL_SLIDER_ROW (row->control),
                                sal_settings_number (self->settings, param));
    else if (param->kind == SAL_PARAM_SWITCH)
      gtk_switch_set_active (GTK_SWITCH (gtk_widget_get_last_child (row->control)),
                             sal_settings_number (self->settings, param) != 0);
    else if (SAL_IS_BASELINE_ROW (row->control))
      sal_baseline_row_set_text (SAL_BASELINE_ROW (row->control),
                                 sal_settings_text (self->settings, param));
    else if (SAL_IS_PATH_ROW (row->control))
      sal_path_row_set_text (SAL_PATH_ROW (row->control),
                             sal_settings_text (self->settings, param));
    else
      sal_choice_row_set_id (SAL_CHOICE_ROW (row->control),
                             sal_settings_text (self->settings, param));
  }
  show_which_apply (self);
}

static void
take_model (SalParamPanel *self, SalModel *model)
{
  if (model != NULL)
    sal_model_ref (model);
  g_clear_pointer (&self->model, sal_model_unref);
  self->model = model;
}

/* All of a model that rows show is its layers. Returns: whether it is another one */
static gboolean
change_model (SalParamPanel *self, SalModel *model)
{
  if (model == self->model)
    return FALSE;
  take_model (self, model);
  for (guint i = 0; i < self->rows->len; i++) {
    Row *row = &g_array_index (self->rows, Row, i);

    if (row->param->kind == SAL_PARAM_LAYER)
      fill_layers (self, SAL_CHOICE_ROW (row->control));
  }
  return TRUE;
}

static void
add_list (SalParamPanel *self)
{
  self->list = GTK_LIST_BOX (gtk_list_box_new ());
  gtk_list_box_set_selection_mode (self->list, GTK_SELECTION_NONE);
  gtk_widget_add_css_class (GTK_WIDGET (self->list), "boxed-list");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Parameters"), -1);
  sal_announce (GTK_WIDGET (self->list));
  gtk_widget_set_parent (GTK_WIDGET (self->list), GTK_WIDGET (self));
}

static void
add_more (SalParamPanel *self)
{
  self->more = ADW_EXPANDER_ROW (adw_expander_row_new ());
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->more), _ ("More"));
  gtk_list_box_append (self->list, GTK_WIDGET (self->more));
}

static void
remove_row (SalParamPanel *self, const Row *row)
{
  if (row->param->advanced)
    adw_expander_row_remove (self->more, row->row);
  else
    gtk_list_box_remove (self->list, row->row);
}

static Row
make_row (SalParamPanel *self, const SalParam *param, const SalParam *list)
{
  Row row = { param, list, control_for (self, param), gtk_list_box_row_new () };

  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row.row), FALSE);
  gtk_widget_set_focusable (row.row, FALSE);
  gtk_widget_add_css_class (row.row, "control");
  sal_announce (row.row);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row.row), row.control);
  return row;
}

static gboolean
is_of (const Row *row, const SalParam *param, const SalParam *list)
{
  return row->param == param && row->list == list;
}

/* Making rows takes long enough to be seen as a stutter, and most parameters are those of
 * smoothing, whatever the method. What comes before them is another method's: rows are kept from
 * the end, as far as they are the same. Returns: how many */
static guint
count_kept (SalParamPanel *self, const SalParam *const *params, const SalParam *const *lists,
            guint n)
{
  guint kept = 0, n_old = self->rows->len;

  while (kept < MIN (n, n_old) && is_of (&g_array_index (self->rows, Row, n_old - 1 - kept),
                                         params[n - 1 - kept], lists[n - 1 - kept]))
    kept++;
  return kept;
}

/* The expander takes rows at its end only: with one before them, all of its rows are made anew. */
static gboolean
any_advanced (const SalParam *const *params, guint n)
{
  for (guint i = 0; i < n; i++)
    if (params[i]->advanced)
      return TRUE;
  return FALSE;
}

void
sal_param_panel_set_params (SalParamPanel *self, const SalParam *const *params,
                            const SalParam *const *lists, guint n, SalModel *model)
{
  g_return_if_fail (SAL_IS_PARAM_PANEL (self));
  guint kept = count_kept (self, params, lists, n), n_old = self->rows->len;
  gboolean more_anew = any_advanced (params, n - kept);
  guint position = 0;

  if (kept == n && kept == n_old) {
    if (change_model (self, model))
      show_values (self);
    return;
  }
  g_autoptr (GArray) old = self->rows;
  gboolean other = model != self->model;

  take_model (self, model);
  self->rows = g_array_sized_new (FALSE, FALSE, sizeof (Row), n);
  if (self->list == NULL)
    add_list (self);
  for (guint i = 0; i < n_old; i++) {
    const Row *row = &g_array_index (old, Row, i);
    if (i < n_old - kept || (row->param->advanced && more_anew))
      remove_row (self, row);
  }
  for (guint i = 0; i < n; i++) {
    gboolean advanced = params[i]->advanced, anew = i < n - kept || (advanced && more_anew);
    Row row = anew ? make_row (self, params[i], lists[i]) : g_array_index (old, Row, n_old - n + i);

    if (!anew && other && row.param->kind == SAL_PARAM_LAYER)
      fill_layers (self, SAL_CHOICE_ROW (row.control));
    row.absent = FALSE;
    g_array_append_val (self->rows, row);
    if (anew && advanced) {
      if (self->more == NULL)
        add_more (self);
      adw_expander_row_add_row (self->more, row.row);
    } else if (anew) {
      gtk_list_box_insert (self->list, row.row, (int) position);
    }
    position += !advanced;
  }
  show_values (self);
}

void
sal_param_panel_set_available (SalParamPanel *self, const char *key, gboolean available)
{
  g_return_if_fail (SAL_IS_PARAM_PANEL (self));
  for (guint i = 0; i < self->rows->len; i++) {
    Row *row = &g_array_index (self->rows, Row, i);
    if (strcmp (row->param->key, key) == 0)
      row->absent = !available;
  }
  show_which_apply (self);
}

void
sal_param_panel_set_settings (SalParamPanel *self, const SalSettings *settings)
{
  g_return_if_fail (SAL_IS_PARAM_PANEL (self));
  SalSettings *copy = sal_settings_copy (settings);

  sal_settings_free (self->settings);
  self->settings = copy;
  show_values (self);
}

const SalSettings *
sal_param_panel_get_settings (SalParamPanel *self)
{
  return self->settings;
}

void
sal_param_panel_set_pictures (SalParamPanel *self, SalParamKind kind, GHashTable *pictures)
{
  g_return_if_fail (SAL_IS_PARAM_PANEL (self));
  for (guint i = 0; i < self->rows->len; i++) {
    Row *row = &g_array_index (self->rows, Row, i);

    if (row->param->kind != kind)
      continue;
    if (SAL_IS_BASELINE_ROW (row->control))
      sal_baseline_row_set_pictures (SAL_BASELINE_ROW (row->control), pictures);
    else if (SAL_IS_CHOICE_ROW (row->control))
      sal_choice_row_set_pictures (SAL_CHOICE_ROW (row->control), pictures);
  }
}

GtkWidget *
sal_param_panel_find (SalParamPanel *self, const char *key)
{
  for (guint i = 0; i < self->rows->len; i++) {
    Row *row = &g_array_index (self->rows, Row, i);
    if (strcmp (row->param->key, key) == 0)
      return row->control;
  }
  return NULL;
}

static void
sal_param_panel_dispose (GObject *object)
{
  SalParamPanel *self = SAL_PARAM_PANEL (object);

  g_array_set_size (self->rows, 0);
  if (self->list != NULL)
    gtk_widget_unparent (GTK_WIDGET (self->list));
  self->list = NULL;
  g_clear_pointer (&self->model, sal_model_unref);
  G_OBJECT_CLASS (sal_param_panel_parent_class)->dispose (object);
}

static void
sal_param_panel_finalize (GObject *object)
{
  SalParamPanel *self = SAL_PARAM_PANEL (object);

  g_array_unref (self->rows);
  g_object_unref (self->labels);
  g_object_unref (self->more_labels);
  sal_settings_free (self->settings);
  G_OBJECT_CLASS (sal_param_panel_parent_class)->finalize (object);
}

static void
sal_param_panel_class_init (SalParamPanelClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sal_param_panel_dispose;
  G_OBJECT_CLASS (klass)->finalize = sal_param_panel_finalize;
  signals[CHANGED] = g_signal_new ("changed", SAL_TYPE_PARAM_PANEL, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  gtk_widget_class_set_layout_manager_type (widget_class, SAL_TYPE_STEADY_LAYOUT);
}

static void
sal_param_panel_init (SalParamPanel *self)
{
  self->labels = gtk_size_group_new (GTK_SIZE_GROUP_HORIZONTAL);
  self->more_labels = gtk_size_group_new (GTK_SIZE_GROUP_HORIZONTAL);
  self->rows = g_array_new (FALSE, FALSE, sizeof (Row));
  self->settings = sal_settings_new ();
}

GtkWidget *
sal_param_panel_new (void)
{
  return g_object_new (SAL_TYPE_PARAM_PANEL, NULL);
}
