#include "ui/canvas.h"

#include "ui/canvas-private.h"
#include "ui/left-to-right.h"

#include <math.h>

enum {
  PROP_MODE = 1,
  PROP_TOOL,
  PROP_BARE,
  PROP_WIPE,
  PROP_ZOOM,
  PROP_FIT,
  PROP_PROGRESS,
  PROP_SHOW_BAR,
  PROP_LOUPE,
  PROP_DESCRIPTION,
  N_PROPS,
};

static GParamSpec *props[N_PROPS];

/* How long what is hidden stays as it was. */
#define HIDDEN_SECONDS 3

G_DEFINE_FINAL_TYPE (SalCanvas, sal_canvas, GTK_TYPE_WIDGET)

GType
sal_canvas_mode_get_type (void)
{
  static gsize type;

  if (g_once_init_enter (&type)) {
    static const GEnumValue values[] = {
      { SAL_CANVAS_OVERLAY, "SAL_CANVAS_OVERLAY", "overlay" },
      { SAL_CANVAS_SIDE_BY_SIDE, "SAL_CANVAS_SIDE_BY_SIDE", "side-by-side" },
      { SAL_CANVAS_WIPE, "SAL_CANVAS_WIPE", "wipe" },
      { SAL_CANVAS_HEATMAP, "SAL_CANVAS_HEATMAP", "heatmap" },
      { SAL_CANVAS_PICTURE, "SAL_CANVAS_PICTURE", "picture" },
      { 0, NULL, NULL },
    };

    g_once_init_leave (&type, g_enum_register_static ("SalCanvasMode", values));
  }
  return type;
}

/* Public setters */

void
sal_canvas_set_cross (SalCanvas *self, double x, double y)
{
  g_return_if_fail (SAL_IS_CANVAS (self));
  if (x == self->cross_x && y == self->cross_y)
    return;
  self->cross_x = x;
  self->cross_y = y;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
sal_canvas_set_progress (SalCanvas *self, double progress)
{
  g_return_if_fail (SAL_IS_CANVAS (self));
  progress = progress >= 0 ? MIN (progress, 1) : -1;
  if (progress == self->progress)
    return;
  self->progress = progress;
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_PROGRESS]);
}

double
sal_canvas_get_progress (SalCanvas *self)
{
  g_return_val_if_fail (SAL_IS_CANVAS (self), -1);
  return self->progress;
}

void
sal_canvas_set_show_bar (SalCanvas *self, gboolean show_bar)
{
  g_return_if_fail (SAL_IS_CANVAS (self));
  if (show_bar == self->show_bar)
    return;
  self->show_bar = show_bar;
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SHOW_BAR]);
}

gboolean
sal_canvas_get_show_bar (SalCanvas *self)
{
  g_return_val_if_fail (SAL_IS_CANVAS (self), FALSE);
  return self->show_bar;
}

void
sal_canvas_set_description (SalCanvas *self, const char *description)
{
  g_return_if_fail (SAL_IS_CANVAS (self));
  if (g_strcmp0 (description, self->description) == 0)
    return;
  g_free (self->description);
  self->description = g_strdup (description);
  sal_canvas_describe (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_DESCRIPTION]);
}

const char *
sal_canvas_get_description (SalCanvas *self)
{
  g_return_val_if_fail (SAL_IS_CANVAS (self), NULL);
  return self->description;
}

gboolean
sal_canvas_get_hover (SalCanvas *self, SalCanvasHover *hover)
{
  g_return_val_if_fail (SAL_IS_CANVAS (self), FALSE);
  *hover = self->hover;
  return hover->x >= 0;
}

GType
sal_canvas_tool_get_type (void)
{
  static gsize type;

  if (g_once_init_enter (&type)) {
    static const GEnumValue values[] = {
      { SAL_CANVAS_MOVE, "SAL_CANVAS_MOVE", "move" },
      { SAL_CANVAS_RECTANGLE, "SAL_CANVAS_RECTANGLE", "rectangle" },
      { SAL_CANVAS_LASSO, "SAL_CANVAS_LASSO", "lasso" },
      { SAL_CANVAS_SEGMENTS, "SAL_CANVAS_SEGMENTS", "segments" },
      { 0, NULL, NULL },
    };

    g_once_init_leave (&type, g_enum_register_static ("SalCanvasTool", values));
  }
  return type;
}

/* GObject and GtkWidget */

static void
set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  SalCanvas *self = SAL_CANVAS (object);

  switch (id) {
  case PROP_MODE:
    sal_canvas_set_mode (self, g_value_get_enum (value));
    break;
  case PROP_TOOL:
    sal_canvas_set_tool (self, g_value_get_enum (value));
    break;
  case PROP_BARE:
    sal_canvas_set_bare (self, g_value_get_boolean (value));
    break;
  case PROP_WIPE:
    sal_canvas_set_wipe (self, g_value_get_double (value));
    break;
  case PROP_ZOOM:
    sal_canvas_set_zoom (self, g_value_get_double (value));
    break;
  case PROP_FIT:
    sal_canvas_set_fit (self, g_value_get_boolean (value));
    break;
  case PROP_PROGRESS:
    sal_canvas_set_progress (self, g_value_get_double (value));
    break;
  case PROP_SHOW_BAR:
    sal_canvas_set_show_bar (self, g_value_get_boolean (value));
    break;
  case PROP_LOUPE:
    sal_canvas_set_loupe (self, g_value_get_boolean (value));
    break;
  case PROP_DESCRIPTION:
    sal_canvas_set_description (self, g_value_get_string (value));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  SalCanvas *self = SAL_CANVAS (object);

  switch (id) {
  case PROP_MODE:
    g_value_set_enum (value, self->mode);
    break;
  case PROP_TOOL:
    g_value_set_enum (value, self->tool);
    break;
  case PROP_BARE:
    g_value_set_boolean (value, self->bare);
    break;
  case PROP_WIPE:
    g_value_set_double (value, self->wipe);
    break;
  case PROP_ZOOM:
    g_value_set_double (value, sal_canvas_view_zoom (&self->view));
    break;
  case PROP_FIT:
    g_value_set_boolean (value, self->view.fit);
    break;
  case PROP_PROGRESS:
    g_value_set_double (value, self->progress);
    break;
  case PROP_SHOW_BAR:
    g_value_set_boolean (value, self->show_bar);
    break;
  case PROP_LOUPE:
    g_value_set_boolean (value, self->loupe);
    break;
  case PROP_DESCRIPTION:
    g_value_set_string (value, self->description);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

/* What can be drawn again. */
static void
drop_all (SalCanvas *self)
{
  g_clear_handle_id (&self->hidden_id, g_source_remove);
  sal_canvas_layers_drop (self, TRUE, TRUE);
  sal_canvas_layers_clear (self);
  sal_canvas_select_drop (self);
}

static void
dispose (GObject *object)
{
  SalCanvas *self = SAL_CANVAS (object);

  g_clear_handle_id (&self->rest_id, g_source_remove);
  g_clear_handle_id (&self->describe_id, g_source_remove);
  drop_all (self);
  sal_canvas_select_clear (self);
  sal_canvas_let_go_of_picture (self);
  sal_canvas_fade_stop (self);
  g_clear_pointer (&self->marks, sal_region_unref);
  g_clear_pointer (&self->heatmap, sal_heatmap_unref);
  G_OBJECT_CLASS (sal_canvas_parent_class)->dispose (object);
}

static void
finalize (GObject *object)
{
  SalCanvas *self = SAL_CANVAS (object);

  g_free (self->description);
  g_array_unref (self->trail);
  G_OBJECT_CLASS (sal_canvas_parent_class)->finalize (object);
}

static void
measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
         int *minimum_baseline, int *natural_baseline)
{
  *minimum = 64;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 640 : 480;
  *minimum_baseline = *natural_baseline = -1;
}

/* Returns: whether there is anything to follow. */
static gboolean
take_scale (SalCanvas *self)
{
  int scale = gtk_widget_get_scale_factor (GTK_WIDGET (self));

  if (scale == self->view.scale)
    return FALSE;
  self->view.scale = scale;
  sal_canvas_layers_drop (self, TRUE, TRUE);
  return TRUE;
}

static void
scale_factor_cb (GtkWidget *widget)
{
  if (take_scale (SAL_CANVAS (widget)))
    sal_canvas_view_changed (SAL_CANVAS (widget), FALSE);
}

static void
size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  SalCanvas *self = SAL_CANVAS (widget);
  gboolean resizing = self->view.width > 0;
  /* It is notified of changes, but not of what it is to begin with. */
  gboolean rescaled = take_scale (self);

  if (!rescaled && width == self->view.width && height == self->view.height)
    return;
  self->view.width = width;
  self->view.height = height;
  sal_canvas_view_resized (self, resizing);
}

static void
snapshot_widget (GtkWidget *widget, GtkSnapshot *snapshot)
{
  sal_canvas_paint (SAL_CANVAS (widget), snapshot);
}

/* The style sheet has the colours of surround and backing, and the renderer changes with these. */
static void
restyled (GtkWidget *widget, GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (sal_canvas_parent_class)->css_changed (widget, change);
  sal_canvas_layers_drop (SAL_CANVAS (widget), FALSE, FALSE);
  gtk_widget_queue_draw (widget);
}

/* The style sheet has nothing for the ring that shows the focus, so it does not ask for drawing. */
static void
state_flags_changed (GtkWidget *widget, GtkStateFlags before)
{
  if ((gtk_widget_get_state_flags (widget) ^ before) & GTK_STATE_FLAG_FOCUS_VISIBLE)
    gtk_widget_queue_draw (widget);
  GTK_WIDGET_CLASS (sal_canvas_parent_class)->state_flags_changed (widget, before);
}

static gboolean
hidden_cb (gpointer canvas)
{
  SalCanvas *self = canvas;

  self->hidden_id = 0;
  drop_all (self);
  return G_SOURCE_REMOVE;
}

/* What is not seen keeps nothing that can be drawn again, which of a large window is much; unless
 * it is back in a moment. */
static void
unmap (GtkWidget *widget)
{
  SalCanvas *self = SAL_CANVAS (widget);

  GTK_WIDGET_CLASS (sal_canvas_parent_class)->unmap (widget);
  self->hidden_id = g_timeout_add_seconds (HIDDEN_SECONDS, hidden_cb, self);
}

static void
map (GtkWidget *widget)
{
  g_clear_handle_id (&SAL_CANVAS (widget)->hidden_id, g_source_remove);
  GTK_WIDGET_CLASS (sal_canvas_parent_class)->map (widget);
}

static void
unrealize (GtkWidget *widget)
{
  drop_all (SAL_CANVAS (widget));
  GTK_WIDGET_CLASS (sal_canvas_parent_class)->unrealize (widget);
}

static void
unroot (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (sal_canvas_parent_class)->unroot (widget);
  sal_canvas_input_let_go (SAL_CANVAS (widget));
}

static void
sal_canvas_class_init (SalCanvasClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->set_property = set_property;
  object_class->get_property = get_property;
  object_class->dispose = dispose;
  object_class->finalize = finalize;
  widget_class->measure = measure;
  widget_class->size_allocate = size_allocate;
  widget_class->snapshot = snapshot_widget;
  widget_class->css_changed = restyled;
  widget_class->state_flags_changed = state_flags_changed;
  widget_class->map = map;
  widget_class->unmap = unmap;
  widget_class->unrealize = unrealize;
  widget_class->unroot = unroot;

  props[PROP_MODE] =
      g_param_spec_enum ("mode", NULL, NULL, SAL_TYPE_CANVAS_MODE, SAL_CANVAS_OVERLAY, flags);
  props[PROP_TOOL] =
      g_param_spec_enum ("tool", NULL, NULL, SAL_TYPE_CANVAS_TOOL, SAL_CANVAS_MOVE, flags);
  props[PROP_BARE] = g_param_spec_boolean ("bare", NULL, NULL, FALSE, flags);
  props[PROP_WIPE] = g_param_spec_double ("wipe", NULL, NULL, 0, 1, 0.5, flags);
  props[PROP_ZOOM] = g_param_spec_double ("zoom", NULL, NULL, 0, G_MAXDOUBLE, 0, flags);
  props[PROP_FIT] = g_param_spec_boolean ("fit", NULL, NULL, TRUE, flags);
  props[PROP_PROGRESS] = g_param_spec_double ("progress", NULL, NULL, -1, 1, -1, flags);
  props[PROP_SHOW_BAR] = g_param_spec_boolean ("show-bar", NULL, NULL, TRUE, flags);
  props[PROP_LOUPE] = g_param_spec_boolean ("loupe", NULL, NULL, FALSE, flags);
  props[PROP_DESCRIPTION] = g_param_spec_string ("description", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);

  g_signal_new ("moved", SAL_TYPE_CANVAS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  g_signal_new ("hover", SAL_TYPE_CANVAS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  g_signal_new ("region", SAL_TYPE_CANVAS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_css_name (widget_class, "salcanvas");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  sal_canvas_input_class (widget_class);
}

static void
sal_canvas_init (SalCanvas *self)
{
  self->style = (SalOverlayStyle) SAL_OVERLAY_STYLE_INIT;
  self->wipe = 0.5;
  self->progress = -1;
  self->show_bar = TRUE;
  self->cross_x = self->cross_y = -1;
  self->view.scale = 1;
  self->view.fit = TRUE;
  self->notified_fit = TRUE;
  self->hover = (SalCanvasHover){ .x = -1, .y = -1 };
  sal_left_to_right (GTK_WIDGET (self)); /* the numbers of its bar; pictures are never mirrored */
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  g_signal_connect (self, "notify::scale-factor", G_CALLBACK (scale_factor_cb), NULL);
  sal_canvas_select_init (self);
  sal_canvas_input_add (self);
  sal_canvas_update_actions (self);
  sal_canvas_describe (self);
}

GtkWidget *
sal_canvas_new (void)
{
  return g_object_new (SAL_TYPE_CANVAS, NULL);
}
