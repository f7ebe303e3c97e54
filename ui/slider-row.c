#include "ui/slider-row.h"

#include "ui/later.h"
#include "ui/left-to-right.h"
#include "ui/press-count.h"
#include "ui/tooltip.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

/* Beyond this a slider of a hundred pixels is of no use. */
#define WIDEST_RANGE 1e5

/* Sizes have no declared range: a window is seldom larger, and can be typed if it is. */
#define LARGEST_SIDE 64
#define LARGEST_TYPED 10000

/* A longer unit has no room beside the value: it is for the tooltip. */
#define LONGEST_UNIT 3

struct _SalSliderRow {
  GtkWidget parent_instance;

  GtkWidget *label;
  GtkWidget *scale;
  GtkWidget *entry;

  const SalParam *param;
  double min, max;
  double value;     /* the height of a size */
  int width;        /* of a size */
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
is_size (const SalSliderRow *self)
{
  return self->param->kind == SAL_PARAM_SIZE;
}

static gboolean
is_logarithmic (const SalSliderRow *self)
{
  return (self->param->logarithmic || is_size (self)) && self->min > 0;
}

static const char *
unit_of (const SalParam *param)
{
  if (g_strcmp0 (param->unit, "percent") == 0)
    return "%";
  if (g_strcmp0 (param->unit, "pixels") == 0)
    return "px";
  return param->unit != NULL && strlen (param->unit) <= LONGEST_UNIT ? param->unit : "";
}

static char *
text_of (const SalSliderRow *self)
{
  const SalParam *param = self->param;
  const char *unit = unit_of (param);
  double shown = is_percent (param) ? 100 * self->value : self->value;
  double step = pow (10, -param->digits);

  if (is_size (self))
    return g_strdup_printf ("%d × %d", (int) self->value, self->width);
  /* A typed value may be finer than the slider's digits; then all of it is shown. */
  if (fabs (shown - step * round (shown / step)) > 1e-9 * MAX (1, fabs (shown)))
    return g_strdup_printf ("%.4g%s%s", shown, *unit != '\0' ? " " : "", unit);
  return g_strdup_printf ("%.*f%s%s", param->digits, shown, *unit != '\0' ? " " : "", unit);
}

static double
position_of (const SalSliderRow *self, double value)
{
  if (!is_logarithmic (self))
    return value;
  return CLAMP (log (value / self->min) / log (self->max / self->min), 0, 1);
}

static double
value_at (const SalSliderRow *self, double position)
{
  double value =
      is_logarithmic (self) ? self->min * pow (self->max / self->min, position) : position;
  int digits = self->param->digits;

  if (self->param->kind == SAL_PARAM_INT || is_size (self)) {
    value = round (value);
  } else if (digits > 0 || is_percent (self->param)) {
    double scale = pow (10, digits) * (is_percent (self->param) ? 100 : 1);
    value = round (value * scale) / scale;
  }
  return CLAMP (value, self->min, self->max);
}

static void
show (SalSliderRow *self)
{
  g_autofree char *text = text_of (self);

  self->showing = TRUE;
  gtk_range_set_value (GTK_RANGE (self->scale), position_of (self, self->value));
  self->showing = FALSE;
  gtk_editable_set_text (GTK_EDITABLE (self->entry), text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->scale), GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT,
                                  text, -1);
}

static void
take (SalSliderRow *self, double value, int width)
{
  value = CLAMP (value, self->min, is_size (self) ? LARGEST_TYPED : self->max);
  if (self->param->kind == SAL_PARAM_INT)
    value = round (value);
  gboolean changed = value != self->value || width != self->width;
  self->value = value;
  self->width = width;
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
  double value = value_at (self, gtk_range_get_value (GTK_RANGE (self->scale)));

  /* The slider keeps the place where it was dragged to: only the text follows, or it would jump
   * from step to step under the pointer. */
  if (value != self->value) {
    double position = gtk_range_get_value (GTK_RANGE (self->scale));
    take (self, value, is_size (self) ? (int) value : 0);
    self->showing = TRUE;
    gtk_range_set_value (GTK_RANGE (self->scale), position);
    self->showing = FALSE;
  }
}

/* "15 × 20", "15x20", or "15" for a square. */
static gboolean
parse_size (const char *text, int *height, int *width)
{
  char *end;
  double first = g_strtod (text, &end);

  if (end == text || !(first >= 1 && first <= LARGEST_TYPED))
    return FALSE;
  *height = *width = (int) first;
  while (*end == ' ')
    end++;
  if (g_str_has_prefix (end, "×"))
    end += strlen ("×");
  else if (*end == 'x')
    end++;
  else
    return *end == '\0';
  const char *rest = end;
  double second = g_strtod (rest, &end);
  if (end == rest || !(second >= 1 && second <= LARGEST_TYPED))
    return FALSE;
  *width = (int) second;
  return TRUE;
}

static void
entry_done (SalSliderRow *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->entry));
  g_autofree char *shown = text_of (self);
  char *end;
  double value = g_strtod (text, &end);
  int height, width;

  if (strcmp (text, shown) == 0) /* which may be less than the whole value */
    return;
  if (is_size (self)) {
    if (parse_size (text, &height, &width))
      take (self, height, width);
  } else if (end != text && isfinite (value)) {
    take (self, is_percent (self->param) ? value / 100 : value, 0);
  }
  show (self);
}

static void
entry_activate_cb (SalSliderRow *self)
{
  entry_done (self);
  gtk_editable_select_region (GTK_EDITABLE (self->entry), 0, -1);
}

static void
leave (gpointer data)
{
  SalSliderRow *self = data;

  entry_done (self);
  gtk_editable_select_region (GTK_EDITABLE (self->entry), 0, 0);
}

/* The entry loses the focus as well where its place is taken away, which happens while sizes are
 * given out. What is clicked instead wants the new value at once. */
static void
entry_leave_cb (SalSliderRow *self)
{
  GtkWidget *widget = GTK_WIDGET (self);

  while (widget != NULL && gtk_widget_get_child_visible (widget))
    widget = gtk_widget_get_parent (widget);
  if (widget == NULL)
    leave (self);
  else
    sal_later (self, leave);
}

static void
reset (SalSliderRow *self)
{
  int height, width;

  if (!is_size (self))
    take (self, self->param->otherwise, 0);
  else if (parse_size (self->param->text_otherwise, &height, &width))
    take (self, height, width);
}

/* In the number, a double click selects it, to be typed over. Elsewhere the second press is for
 * this alone, and a third: the slider would take it for one beside its knob, which has left, and
 * follow. */
static void
pressed_cb (SalSliderRow *self, int n, double x, double y, GtkGestureClick *gesture)
{
  GtkWidget *at = gtk_widget_pick (GTK_WIDGET (self), x, y, GTK_PICK_DEFAULT);

  if (sal_press_count (gesture, x, y) > 1 && at != NULL && at != self->entry &&
      !gtk_widget_is_ancestor (at, self->entry)) {
    gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
    reset (self);
  }
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
  value = CLAMP (value, self->min, self->max);
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

void
sal_slider_row_set_size (SalSliderRow *self, const char *size)
{
  g_return_if_fail (SAL_IS_SLIDER_ROW (self) && is_size (self));
  int height, width;

  if (!parse_size (size, &height, &width) || (height == self->value && width == self->width))
    return;
  self->value = height;
  self->width = width;
  show (self);
}

char *
sal_slider_row_get_size (SalSliderRow *self)
{
  g_return_val_if_fail (SAL_IS_SLIDER_ROW (self) && is_size (self), NULL);
  return g_strdup_printf ("%dx%d", (int) self->value, self->width);
}

static void
sal_slider_row_get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  if (id == PROP_VALUE)
    g_value_set_double (value, SAL_SLIDER_ROW (object)->value);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
}

GtkWidget *
sal_slider_row_label (SalSliderRow *self)
{
  g_return_val_if_fail (SAL_IS_SLIDER_ROW (self), NULL);
  return self->label;
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
  sal_left_to_right (GTK_WIDGET (gtk_editable_get_delegate (GTK_EDITABLE (self->entry))));
  ignore_wheel (self->scale);
}

GtkWidget *
sal_slider_row_new (const SalParam *param)
{
  SalSliderRow *self = g_object_new (SAL_TYPE_SLIDER_ROW, NULL);

  self->param = param;
  self->min = is_size (self) ? 1 : param->min;
  self->max = is_size (self) ? LARGEST_SIDE : param->max;
  self->value = param->otherwise;
  if (is_size (self)) {
    int height;
    self->value = parse_size (param->text_otherwise, &height, &self->width) ? height : self->min;
  }

  double range = self->max - self->min;
  double step = param->kind == SAL_PARAM_INT ? 1 : range / 100;
  GtkAdjustment *adjustment =
      is_logarithmic (self)
          ? gtk_adjustment_new (0, 0, 1, 0.01, 0.1, 0)
          : gtk_adjustment_new (self->min, self->min, self->max, step, MAX (step, range / 10), 0);
  self->showing = TRUE;
  gtk_range_set_adjustment (GTK_RANGE (self->scale), adjustment);
  self->showing = FALSE;
  if (range > WIDEST_RANGE) {
    gtk_widget_set_visible (self->scale, FALSE);
    gtk_widget_set_hexpand (self->entry, TRUE);
  }

  g_autofree char *value_label = g_strdup_printf (_ ("%s, value"), _ (param->label));
  gtk_label_set_label (GTK_LABEL (self->label), _ (param->label));
  sal_tooltip_set (GTK_WIDGET (self), _ (param->help));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->scale), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ (param->label), -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  value_label, -1);
  show (self);
  return GTK_WIDGET (self);
}
