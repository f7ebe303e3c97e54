#include "ui/slider-row.h"

#include <glib/gi18n.h>
#include <math.h>

/* Beyond this a slider of a hundred pixels is of no use. */
#define WIDEST_RANGE 1e5

struct _SalSliderRow {
  GtkWidget parent_instance;

  GtkWidget *label;
  GtkWidget *scale;
  GtkWidget *entry;

  const SalParam *param;
  double value;
  gboolean showing; /* the slider is being set to the value, not by a person */
};

G_DEFINE_FINAL_TYPE (SalSliderRow, sal_slider_row, GTK_TYPE_WIDGET)

enum { PROP_VALUE = 1, N_PROPS };
enum { CHANGED, N_SIGNALS };

static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];

static gboolean
is_percent (const SalParam *param)
{
  return g_strcmp0 (param->unit, "%") == 0;
}

static gboolean
is_logarithmic (const SalParam *param)
{
  return param->logarithmic && param->min > 0;
}

static char *
text_of (const SalParam *param, double value)
{
  const char *unit = param->unit != NULL ? param->unit : "";
  double shown = is_percent (param) ? 100 * value : value;
  double step = pow (10, -param->digits);

  /* A typed value may be finer than the slider's digits; then all of it is shown. */
  if (fabs (shown - step * round (shown / step)) > 1e-9 * MAX (1, fabs (shown)))
    return g_strdup_printf ("%.4g%s%s", shown, *unit != '\0' ? " " : "", unit);
  return g_strdup_printf ("%.*f%s%s", param->digits, shown, *unit != '\0' ? " " : "", unit);
}

static double
position_of (const SalParam *param, double value)
{
  return is_logarithmic (param) ? log (value / param->min) / log (param->max / param->min) : value;
}

static double
value_at (const SalParam *param, double position)
{
  double value =
      is_logarithmic (param) ? param->min * pow (param->max / param->min, position) : position;

  if (param->kind == SAL_PARAM_INT)
    value = round (value);
  else if (param->digits > 0 || is_percent (param)) {
    double step = pow (10, -param->digits) / (is_percent (param) ? 100 : 1);
    value = step * round (value / step);
  }
  return CLAMP (value, param->min, param->max);
}

static void
show (SalSliderRow *self)
{
  g_autofree char *text = text_of (self->param, self->value);

  self->showing = TRUE;
  gtk_range_set_value (GTK_RANGE (self->scale), position_of (self->param, self->value));
  self->showing = FALSE;
  gtk_editable_set_text (GTK_EDITABLE (self->entry), text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->scale), GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT,
                                  text, -1);
}

static void
take (SalSliderRow *self, double value)
{
  value = CLAMP (value, self->param->min, self->param->max);
  if (self->param->kind == SAL_PARAM_INT)
    value = round (value);
  gboolean changed = value != self->value;
  self->value = value;
  if (changed) {
    show (self);
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_VALUE]);
    g_signal_emit (self, signals[CHANGED], 0);
  }
}

static void
scale_changed_cb (SalSliderRow *self)
{
  if (self->showing || self->param == NULL)
    return;
  double value = value_at (self->param, gtk_range_get_value (GTK_RANGE (self->scale)));

  /* The slider keeps the place where it was dragged to: only the text follows, or it would jump
   * from step to step under the pointer. */
  if (value != self->value) {
    double position = gtk_range_get_value (GTK_RANGE (self->scale));
    take (self, value);
    self->showing = TRUE;
    gtk_range_set_value (GTK_RANGE (self->scale), position);
    self->showing = FALSE;
  }
}

static void
entry_done (SalSliderRow *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->entry));
  char *end;
  double value = g_strtod (text, &end);

  if (end != text && isfinite (value))
    take (self, is_percent (self->param) ? value / 100 : value);
  show (self);
}

static void
entry_activate_cb (SalSliderRow *self)
{
  entry_done (self);
  gtk_editable_select_region (GTK_EDITABLE (self->entry), 0, -1);
}

static void
entry_leave_cb (SalSliderRow *self)
{
  entry_done (self);
  gtk_editable_select_region (GTK_EDITABLE (self->entry), 0, 0);
}

static void
pressed_cb (SalSliderRow *self, int n_press)
{
  if (n_press == 2)
    take (self, self->param->otherwise);
}

GtkRange *
sal_slider_row_scale (SalSliderRow *self)
{
  return GTK_RANGE (self->scale);
}

void
sal_slider_row_set_value (SalSliderRow *self, double value)
{
  g_return_if_fail (SAL_IS_SLIDER_ROW (self));
  value = CLAMP (value, self->param->min, self->param->max);
  if (value == self->value)
    return;
  self->value = value;
  show (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_VALUE]);
}

double
sal_slider_row_get_value (SalSliderRow *self)
{
  g_return_val_if_fail (SAL_IS_SLIDER_ROW (self), 0);
  return self->value;
}

static void
sal_slider_row_get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  if (id == PROP_VALUE)
    g_value_set_double (value, SAL_SLIDER_ROW (object)->value);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
}

static void
sal_slider_row_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (sal_slider_row_parent_class)->dispose (object);
}

static void
sal_slider_row_class_init (SalSliderRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = sal_slider_row_get_property;
  object_class->dispose = sal_slider_row_dispose;
  props[PROP_VALUE] = g_param_spec_double ("value", NULL, NULL, -G_MAXDOUBLE, G_MAXDOUBLE, 0,
                                           G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  signals[CHANGED] = g_signal_new ("changed", SAL_TYPE_SLIDER_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/salience/Salience/ui/slider-row.ui");
  gtk_widget_class_bind_template_child (widget_class, SalSliderRow, label);
  gtk_widget_class_bind_template_child (widget_class, SalSliderRow, scale);
  gtk_widget_class_bind_template_child (widget_class, SalSliderRow, entry);
  gtk_widget_class_bind_template_callback (widget_class, scale_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, entry_activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, entry_leave_cb);
  gtk_widget_class_bind_template_callback (widget_class, pressed_cb);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
}

/* The wheel scrolls the sidebar; it must not change a value on the way. */
static void
ignore_wheel (GtkWidget *widget)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (widget);
  guint n = g_list_model_get_n_items (controllers);

  for (guint i = 0; i < n; i++) {
    g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);
    if (GTK_IS_EVENT_CONTROLLER_SCROLL (controller))
      gtk_event_controller_set_propagation_phase (controller, GTK_PHASE_NONE);
  }
}

static void
sal_slider_row_init (SalSliderRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  ignore_wheel (self->scale);
}

GtkWidget *
sal_slider_row_new (const SalParam *param)
{
  SalSliderRow *self = g_object_new (SAL_TYPE_SLIDER_ROW, NULL);
  gboolean logarithmic = is_logarithmic (param);
  double range = param->max - param->min;
  double step = param->kind == SAL_PARAM_INT ? 1 : range / 100;
  g_autofree char *value_label = g_strdup_printf (_ ("%s, value"), _ (param->label));

  GtkAdjustment *adjustment = logarithmic ? gtk_adjustment_new (0, 0, 1, 0.01, 0.1, 0)
                                          : gtk_adjustment_new (param->min, param->min, param->max,
                                                                step, MAX (step, range / 10), 0);
  self->showing = TRUE;
  gtk_range_set_adjustment (GTK_RANGE (self->scale), adjustment);
  self->showing = FALSE;
  if (range > WIDEST_RANGE) {
    gtk_widget_set_visible (self->scale, FALSE);
    gtk_widget_set_hexpand (self->entry, TRUE);
  }
  self->param = param;
  self->value = param->otherwise;
  gtk_label_set_label (GTK_LABEL (self->label), _ (param->label));
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), _ (param->help));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->scale), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ (param->label), -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  value_label, -1);
  show (self);
  return GTK_WIDGET (self);
}
