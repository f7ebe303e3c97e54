#include "app/model-page.h"

#include "app/jobs.h"
#include "app/layer-row.h"
#include "app/preview.h"
#include "app/thumb.h"
#include "engine/image/sidecar.h"
#include "ui/canvas-number.h"
#include "ui/class-list.h"

#include <glib/gi18n.h>
#include <math.h>

#define STAGE_SIDE 96
#define CHANNEL_SIDE 84
#define N_STAGES 4
#define N_ANSWERS 3

struct _SalModelPage {
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkBox *stages;
  GtkWidget *stage_images[N_STAGES];
  GtkLabel *stage_sizes[N_STAGES];
  GtkDropDown *preset, *fit, *order;
  GtkBox *numbers, *means, *stds;
  GtkEditable *range[2], *mean[3], *std[3];
  GtkLabel *labels, *answers;
  GtkRevealer *doubt;
  GtkLabel *doubt_text;
  GtkWidget *better;
  GtkLabel *summary;
  GtkColumnView *layers;
  GtkCustomFilter *filter;
  GtkSingleSelection *selection;
  GListStore *rows;
  GtkEditable *search;
  GtkLabel *layer_name, *layer_facts;
  GtkFlowBox *channels;

  SalLane *outlines, *previews, *activations;
  SalPlan *outline;       /* (nullable): of the model, node by node */
  SalModel *opened;       /* as it was opened */
  SalPreparation *edited; /* what the person has set */
  SalModel *model;        /* with that, or with what was set just before */
  SalPicture *picture;
  SalView *view;
  const SalPreset *offered; /* by the doubt */
  gboolean stale_layers, stale_preview;
  gboolean showing; /* controls are being set by the program */
};

G_DEFINE_FINAL_TYPE (SalModelPage, sal_model_page, GTK_TYPE_WIDGET)

enum { CHANGED, SAVED, FAILED, DOUBT, N_SIGNALS };
static guint signals[N_SIGNALS];

/* What the controls say. */

static SalPreparation *
preparation (SalModelPage *self)
{
  return self->edited;
}

static const SalPreset *
nth_preset (SalModelPage *self, guint position)
{
  int n;
  const SalPreset *presets = sal_presets (&n);
  gboolean gray = sal_preparation_format (preparation (self))->order == SAL_GRAY;

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

static void
set_number (GtkEditable *entry, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  gtk_editable_set_text (entry, g_ascii_formatd (text, sizeof text, "%.6g", value));
  gtk_widget_remove_css_class (GTK_WIDGET (entry), "error");
}

/* The presets that fit the network's channels. Not while a choice is being made from them. */
static void
show_presets (SalModelPage *self)
{
  g_autoptr (GtkStringList) list = gtk_string_list_new (NULL);
  const SalPreset *preset;

  for (guint i = 0; (preset = nth_preset (self, i)) != NULL; i++)
    gtk_string_list_append (list, _ (preset->name));
  gtk_string_list_append (list, _ ("Own numbers"));
  self->showing = TRUE;
  gtk_drop_down_set_model (self->preset, G_LIST_MODEL (list));
  self->showing = FALSE;
}

static void
show_controls (SalModelPage *self)
{
  const SalPixelFormat *format = sal_preparation_format (preparation (self));
  gboolean gray = format->order == SAL_GRAY;
  const SalPreset *preset;
  guint chosen = 0;

  self->showing = TRUE;
  while ((preset = nth_preset (self, chosen)) != NULL && !is_preset (preset, format))
    chosen++;
  gtk_drop_down_set_selected (self->preset, chosen);
  gtk_drop_down_set_selected (self->fit, format->fit);
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
show_labels (SalModelPage *self)
{
  int n = sal_preparation_n_labels (preparation (self));
  int classes = sal_model_n_classes (self->model);
  g_autofree char *text = NULL;

  if (n == 0 && sal_model_label (self->opened, 0) != NULL)
    text = g_strdup_printf (_ ("%d, recognised"), classes);
  else if (n == 0)
    text = g_strdup_printf (_ ("none for %d classes"), classes);
  else if (n == classes)
    text = g_strdup_printf (_ ("%d, one a class"), n);
  else
    text = g_strdup_printf (_ ("%d for %d classes"), n, classes);
  gtk_label_set_label (self->labels, text);
  if (n != 0 && n != classes)
    gtk_widget_add_css_class (GTK_WIDGET (self->labels), "warning");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->labels), "warning");
}

/* Previews. */

static char *
answers_text (SalModel *model, const GArray *predictions, guint n)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < MIN (n, predictions->len); i++) {
    const SalPrediction *prediction = &g_array_index (predictions, SalPrediction, i);
    g_autofree char *name = sal_class_name (model, prediction->class_index);
    char *comma = strchr (name, ',');

    if (comma != NULL) /* the first of several names */
      *comma = '\0';
    g_string_append_printf (text, _ ("%s%s %.0f %%"), i > 0 ? " · " : "", name,
                            100 * prediction->probability);
  }
  return g_string_free (text, FALSE);
}

static void
show_doubt (SalModelPage *self, const SalPreview *preview)
{
  gboolean flat = preview != NULL && preview->flatness >= SAL_FLAT;
  g_autofree char *text = NULL;

  self->offered = flat ? preview->better : NULL;
  if (flat && preview->better != NULL) {
    g_autofree char *answers = answers_text (self->model, preview->better_predictions, 1);
    text =
        g_strdup_printf (_ ("The network is sure of nothing, as if the picture reached it in the "
                            "wrong form. Prepared as “%s” it would say: %s."),
                         _ (preview->better->name), answers);
  } else if (flat) {
    text =
        g_strdup (_ ("The network is sure of nothing: the picture may reach it in the wrong form, "
                     "or show nothing that it knows."));
  }
  if (text != NULL)
    gtk_label_set_label (self->doubt_text, text);
  gtk_widget_set_visible (self->better, self->offered != NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "model.better", self->offered != NULL);
  gtk_revealer_set_reveal_child (self->doubt, text != NULL);
  g_signal_emit (self, signals[DOUBT], 0, text);
}

static void
show_preview (SalModelPage *self, const SalPreview *preview)
{
  g_autofree char *answers = answers_text (self->model, preview->predictions, N_ANSWERS);
  g_autofree char *low = sal_canvas_number (preview->low, FALSE);
  g_autofree char *high = sal_canvas_number (preview->high, FALSE);

  for (int i = 0; i < N_STAGES; i++) {
    g_autoptr (GdkTexture) texture = sal_thumb_texture (preview->stages[i]);
    g_autofree char *size =
        i < 3 ? g_strdup_printf ("%d×%d", preview->sizes[i][0], preview->sizes[i][1])
              : g_strdup_printf (_ ("%s to %s"), low, high);

    gtk_image_set_from_paintable (GTK_IMAGE (self->stage_images[i]), GDK_PAINTABLE (texture));
    gtk_label_set_label (self->stage_sizes[i], size);
    gtk_accessible_update_property (GTK_ACCESSIBLE (self->stage_images[i]),
                                    GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, size, -1);
  }
  gtk_label_set_label (self->answers, answers);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->answers), answers);
  show_doubt (self, preview);
}

static void
preview_done (gpointer result, const GError *error, gpointer owner)
{
  SalModelPage *self = owner;
  g_autoptr (SalPreview) preview = result;

  if (preview == NULL) {
    if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
      g_signal_emit (self, signals[FAILED], 0, _ ("The picture cannot be prepared so"),
                     error->message);
    return;
  }
  if (preview->model != self->model) {
    g_clear_pointer (&self->model, sal_model_unref);
    self->model = sal_model_ref (preview->model);
    g_signal_emit (self, signals[CHANGED], 0, self->model);
  }
  if (preview->predictions != NULL)
    show_preview (self, preview);
}

static const SalLaneType preview_lane = {
  sal_work_preview,
  NULL,
  preview_done,
  (GDestroyNotify) sal_preview_order_free,
  (GDestroyNotify) sal_preview_free,
};

static void
start_preview (SalModelPage *self)
{
  self->stale_preview = FALSE;
  sal_lane_start (self->previews, sal_preview_order_new (self->opened, self->edited, self->picture),
                  SAL_LANE_REPLACE);
}

/* Changing. */

static void
update_actions (SalModelPage *self)
{
  gboolean changed = self->opened != NULL && self->edited != sal_model_preparation (self->opened);
  gboolean path = self->opened != NULL && sal_model_path (self->opened) != NULL;

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "model.revert", changed);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "model.save", path);
}

static void
take_preparation (SalModelPage *self, SalPreparation *changed, GError *error)
{
  if (changed == NULL) {
    g_signal_emit (self, signals[FAILED], 0, _ ("The preparation cannot be used"), error->message);
    g_error_free (error);
    show_controls (self);
    return;
  }
  sal_preparation_ref (changed);
  g_clear_pointer (&self->edited, sal_preparation_unref);
  self->edited = changed;
  show_controls (self);
  show_labels (self);
  update_actions (self);
  start_preview (self);
}

static void
take_format (SalModelPage *self, const SalPixelFormat *format)
{
  GError *error = NULL;
  g_autoptr (SalPreparation) changed =
      sal_preparation_with_format (preparation (self), format, &error);

  take_preparation (self, changed, error);
}

static void
preset_cb (SalModelPage *self)
{
  if (self->showing || self->model == NULL)
    return;
  const SalPreset *preset = nth_preset (self, gtk_drop_down_get_selected (self->preset));
  SalPixelFormat format = *sal_preparation_format (preparation (self));
  SalFit fit = format.fit;

  if (preset == NULL) /* own numbers: those that stand there */
    return;
  sal_preset_apply (preset, &format);
  format.fit = fit;
  take_format (self, &format);
}

static gboolean
read_number (GtkEditable *entry, double *value)
{
  const char *text = gtk_editable_get_text (entry);
  g_autofree char *copy = g_strdelimit (g_strstrip (g_strdup (text)), ",", '.');
  char *end;
  double number = g_ascii_strtod (copy, &end);
  gboolean good = *copy != '\0' && *end == '\0' && isfinite (number);

  if (good)
    *value = number;
  if (good)
    gtk_widget_remove_css_class (GTK_WIDGET (entry), "error");
  else
    gtk_widget_add_css_class (GTK_WIDGET (entry), "error");
  return good;
}

static gboolean
same_format (const SalPixelFormat *a, const SalPixelFormat *b)
{
  return a->fit == b->fit && a->order == b->order && a->low == b->low && a->high == b->high &&
         memcmp (a->mean, b->mean, sizeof a->mean) == 0 &&
         memcmp (a->std, b->std, sizeof a->std) == 0;
}

static void
edited_cb (SalModelPage *self)
{
  if (self->showing || self->model == NULL)
    return;
  const SalPixelFormat *now = sal_preparation_format (preparation (self));
  SalPixelFormat format = *now;
  gboolean good = read_number (self->range[0], &format.low);

  good &= read_number (self->range[1], &format.high);
  for (int i = 0; i < sal_pixel_format_channels (now); i++) {
    good &= read_number (self->mean[i], &format.mean[i]);
    good &= read_number (self->std[i], &format.std[i]);
  }
  format.fit = gtk_drop_down_get_selected (self->fit);
  if (now->order != SAL_GRAY && gtk_drop_down_get_selected (self->order) != SAL_GRAY)
    format.order = gtk_drop_down_get_selected (self->order);
  if (good && !same_format (&format, now))
    take_format (self, &format);
}

static void
better_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SalModelPage *self = SAL_MODEL_PAGE (widget);
  SalPixelFormat format = *sal_preparation_format (preparation (self));

  if (self->offered == NULL)
    return;
  sal_preset_apply (self->offered, &format);
  take_format (self, &format);
}

static void
revert_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SalModelPage *self = SAL_MODEL_PAGE (widget);

  if (self->opened != NULL)
    take_preparation (self, sal_model_preparation (self->opened), NULL);
}

void
sal_model_page_set_labels (SalModelPage *self, const char *path)
{
  g_return_if_fail (SAL_IS_MODEL_PAGE (self));
  if (self->model == NULL)
    return;
  GError *error = NULL;
  g_autoptr (SalPreparation) changed =
      sal_preparation_with_labels (preparation (self), path, &error);

  take_preparation (self, changed, error);
}

void
sal_model_page_save (SalModelPage *self)
{
  g_return_if_fail (SAL_IS_MODEL_PAGE (self));
  if (self->model == NULL || sal_model_path (self->model) == NULL)
    return;
  g_autofree char *path = sal_sidecar_path (sal_model_path (self->model));
  g_autoptr (GError) error = NULL;

  if (!sal_preparation_save (preparation (self), path, &error)) {
    g_signal_emit (self, signals[FAILED], 0, _ ("The preparation was not saved"), error->message);
    return;
  }
  /* What is saved is what was opened, once the lane has it. */
  if (sal_model_preparation (self->model) == self->edited) {
    g_clear_pointer (&self->opened, sal_model_unref);
    self->opened = sal_model_ref (self->model);
  }
  update_actions (self);
  g_signal_emit (self, signals[SAVED], 0, path);
}

static void
save_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  sal_model_page_save (SAL_MODEL_PAGE (widget));
}

/* Layers. */

static void
show_layer (SalModelPage *self, const SalNodeSummary *layer, const SalActivations *activations)
{
  const SalGraph *graph = sal_model_graph (self->model);
  const SalNode *node = sal_graph_node (graph, layer->node);
  g_autofree char *shape = sal_shape_text (&layer->shape);
  g_autofree char *parameters = sal_count_text (layer->parameters);
  g_autofree char *work = sal_amount_text ((double) layer->multiply_adds);
  g_autoptr (GString) facts = g_string_new (NULL);

  g_string_append_printf (facts, _ ("%s, version %d\nOutput %s: %s"), layer->op_type, node->opset,
                          sal_graph_get_value (graph, layer->value)->name, shape);
  for (int i = 0; i < node->n_x; i++) {
    if (node->x[i] == SAL_NO_VALUE)
      continue;
    const SalValue *input = sal_graph_get_value (graph, node->x[i]);
    const SalShape *of = input->constant != NULL ? sal_tensor_shape (input->constant)
                                                 : sal_plan_shape (self->outline, node->x[i]);
    g_autofree char *text = of != NULL ? sal_shape_text (of) : g_strdup ("");
    g_string_append_printf (facts, _ ("\nInput %s%s %s"), input->name,
                            input->constant != NULL ? _ (" (constant):") : ":", text);
  }
  g_string_append_printf (facts, _ ("\n%s parameters, %s multiply-adds"), parameters, work);
  if (activations != NULL) {
    g_autofree char *low = sal_canvas_number (activations->low, FALSE);
    g_autofree char *high = sal_canvas_number (activations->high, FALSE);
    g_autofree char *mean = sal_canvas_number (activations->mean, FALSE);
    g_string_append_printf (facts, _ ("\nAt this picture: %s to %s, mean %s, %.0f %% zeros"), low,
                            high, mean, 100 * activations->zeros);
  }
  gtk_label_set_label (self->layer_name, layer->name);
  gtk_label_set_label (self->layer_facts, facts->str);
}

static void
clear_channels (SalModelPage *self)
{
  for (GtkWidget *child;
       (child = gtk_widget_get_first_child (GTK_WIDGET (self->channels))) != NULL;)
    gtk_flow_box_remove (self->channels, child);
}

static SalLayerRow *
selected (SalModelPage *self)
{
  return gtk_single_selection_get_selected_item (self->selection);
}

static void
activations_done (gpointer result, const GError *error, gpointer owner)
{
  SalModelPage *self = owner;
  g_autoptr (SalActivations) activations = result;
  SalLayerRow *row = selected (self);

  if (activations == NULL || row == NULL ||
      sal_layer_row_summary (row)->value != activations->value)
    return;
  show_layer (self, sal_layer_row_summary (row), activations);
  clear_channels (self);
  for (guint i = 0; i < activations->channels->len; i++) {
    g_autoptr (GdkTexture) texture = sal_thumb_texture (activations->channels->pdata[i]);
    GtkWidget *image = gtk_image_new_from_paintable (GDK_PAINTABLE (texture));
    g_autofree char *name = g_strdup_printf (_ ("Channel %d"), activations->numbers[i]);
    GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2), *label = gtk_label_new (name);

    gtk_image_set_pixel_size (GTK_IMAGE (image), CHANNEL_SIDE);
    gtk_accessible_update_property (GTK_ACCESSIBLE (image), GTK_ACCESSIBLE_PROPERTY_LABEL, name,
                                    -1);
    gtk_widget_add_css_class (label, "caption");
    gtk_widget_add_css_class (label, "dim-label");
    gtk_box_append (GTK_BOX (box), image);
    gtk_box_append (GTK_BOX (box), label);
    gtk_flow_box_insert (self->channels, box, -1);
  }
}

static const SalLaneType activations_lane = {
  sal_work_activations,
  NULL,
  activations_done,
  (GDestroyNotify) sal_activations_order_free,
  (GDestroyNotify) sal_activations_free,
};

static void
layer_selected_cb (SalModelPage *self)
{
  SalLayerRow *row = selected (self);

  if (!gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  if (row == NULL || self->model == NULL) {
    gtk_label_set_label (self->layer_name, "");
    gtk_label_set_label (self->layer_facts, "");
    clear_channels (self);
    return;
  }
  show_layer (self, sal_layer_row_summary (row), NULL);
  if (self->view != NULL)
    sal_lane_start (self->activations,
                    sal_activations_order_new (self->view, sal_layer_row_summary (row)->value),
                    SAL_LANE_REPLACE);
}

static void
show_layers (SalModelPage *self)
{
  g_autoptr (GArray) nodes = sal_plan_summary (self->outline);
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (g_object_unref);
  g_autofree char *parameters =
      sal_count_text (sal_graph_parameters (sal_model_graph (self->model)));
  g_autofree char *work = sal_amount_text ((double) sal_plan_multiply_adds (self->outline));
  g_autofree char *memory = g_format_size (sal_plan_bytes (sal_model_plan (self->model)));
  g_autofree char *input = sal_shape_text (sal_model_input_shape (self->model));
  g_autofree char *summary =
      g_strdup_printf (_ ("%u layers · %s parameters · %s multiply-adds · %s a pass · input %s"),
                       nodes->len, parameters, work, memory, input);

  for (guint i = 0; i < nodes->len; i++)
    g_ptr_array_add (rows, sal_layer_row_new (&g_array_index (nodes, SalNodeSummary, i)));
  g_list_store_splice (self->rows, 0, g_list_model_get_n_items (G_LIST_MODEL (self->rows)),
                       rows->pdata, rows->len);
  gtk_label_set_label (self->summary, summary);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->summary), summary);
}

static void
outline_done (gpointer result, const GError *error, gpointer owner)
{
  SalModelPage *self = owner;

  if (result == NULL)
    return;
  g_clear_pointer (&self->outline, sal_plan_unref);
  self->outline = result;
  show_layers (self);
}

static const SalLaneType outline_lane = {
  sal_work_outline,
  NULL,
  outline_done,
  (GDestroyNotify) sal_model_unref,
  (GDestroyNotify) sal_plan_unref,
};

static gboolean
filter_cb (gpointer row, gpointer data)
{
  SalModelPage *self = data;

  return sal_layer_row_matches (row, gtk_editable_get_text (self->search));
}

static void
search_cb (SalModelPage *self)
{
  gtk_filter_changed (GTK_FILTER (self->filter), GTK_FILTER_CHANGE_DIFFERENT);
}

/* The whole: what nobody sees is not worked out. */

static void
refresh (SalModelPage *self)
{
  if (self->model == NULL)
    return;
  if (self->stale_layers)
    sal_lane_start (self->outlines, sal_model_ref (self->model), SAL_LANE_REPLACE);
  self->stale_layers = FALSE;
  layer_selected_cb (self);
  if (self->stale_preview)
    start_preview (self);
}

void
sal_model_page_show (SalModelPage *self, SalModel *model, SalPicture *picture, SalView *view)
{
  g_return_if_fail (SAL_IS_MODEL_PAGE (self));
  gboolean other = model != self->model;
  gboolean other_graph = model == NULL || self->model == NULL ||
                         sal_model_graph (model) != sal_model_graph (self->model);

  gboolean other_picture = picture != self->picture;

  if (picture != NULL)
    sal_picture_ref (picture);
  g_clear_pointer (&self->picture, sal_picture_unref);
  self->picture = picture;
  if (view != NULL)
    sal_view_ref (view);
  g_clear_pointer (&self->view, sal_view_unref);
  self->view = view;
  if (other_graph) /* names in the rows are the old graph's */
    g_list_store_remove_all (self->rows);
  if (other) {
    if (model != NULL)
      sal_model_ref (model);
    g_clear_pointer (&self->model, sal_model_unref);
    g_clear_pointer (&self->opened, sal_model_unref);
    g_clear_pointer (&self->edited, sal_preparation_unref);
    self->model = model;
    if (model != NULL) {
      self->opened = sal_model_ref (model);
      self->edited = sal_preparation_ref (sal_model_preparation (model));
    }
  }
  update_actions (self);
  if (model == NULL)
    return;
  if (other) {
    show_presets (self);
    show_controls (self);
    show_labels (self);
  }
  self->stale_layers |= other_graph;
  self->stale_preview |= other || other_picture;
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    refresh (self);
  else if (view != NULL && sal_preview_flatness (view->predictions) >= SAL_FLAT)
    start_preview (self); /* perhaps it knows better */
  else
    show_doubt (self, NULL);
}

static void
sal_model_page_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (sal_model_page_parent_class)->map (widget);
  refresh (SAL_MODEL_PAGE (widget));
}

gboolean
sal_model_page_is_busy (SalModelPage *self)
{
  return sal_lane_busy (self->outlines) || sal_lane_busy (self->previews) ||
         sal_lane_busy (self->activations);
}

/* Making it. */

static GtkEditable *
add_entry (SalModelPage *self, GtkBox *box, const char *name)
{
  GtkWidget *entry = gtk_entry_new ();

  gtk_editable_set_width_chars (GTK_EDITABLE (entry), 7);
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
add_stages (SalModelPage *self)
{
  static const char *const names[N_STAGES] = { N_ ("Original"), N_ ("Resized"), N_ ("Cut"),
                                               N_ ("Received") };

  for (int i = 0; i < N_STAGES; i++) {
    GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
    GtkWidget *name = gtk_label_new (_ (names[i])), *size = gtk_label_new ("");

    if (i > 0)
      gtk_box_append (self->stages, gtk_image_new_from_icon_name ("go-next-symbolic"));
    self->stage_images[i] = gtk_image_new ();
    gtk_image_set_pixel_size (GTK_IMAGE (self->stage_images[i]), STAGE_SIDE);
    gtk_accessible_update_property (GTK_ACCESSIBLE (self->stage_images[i]),
                                    GTK_ACCESSIBLE_PROPERTY_LABEL, _ (names[i]), -1);
    gtk_widget_add_css_class (name, "heading");
    gtk_widget_add_css_class (size, "caption");
    gtk_widget_add_css_class (size, "dim-label");
    gtk_widget_add_css_class (size, "numeric");
    self->stage_sizes[i] = GTK_LABEL (size);
    gtk_widget_set_valign (box, GTK_ALIGN_CENTER);
    gtk_box_append (GTK_BOX (box), name);
    gtk_box_append (GTK_BOX (box), self->stage_images[i]);
    gtk_box_append (GTK_BOX (box), size);
    gtk_box_append (self->stages, box);
  }
}

static void
cell_setup_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer right)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), right != NULL ? 1 : 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_MIDDLE);
  gtk_widget_add_css_class (label, "numeric");
  gtk_list_item_set_child (item, label);
}

static void
cell_bind_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer property)
{
  g_autofree char *text = NULL;

  g_object_get (gtk_list_item_get_item (item), property, &text, NULL);
  gtk_label_set_label (GTK_LABEL (gtk_list_item_get_child (item)), text);
}

static int
by_parameters (gconstpointer a, gconstpointer b, gpointer data)
{
  gint64 p = sal_layer_row_summary ((SalLayerRow *) a)->parameters;
  gint64 q = sal_layer_row_summary ((SalLayerRow *) b)->parameters;

  return p < q ? -1 : p > q;
}

static int
by_work (gconstpointer a, gconstpointer b, gpointer data)
{
  gint64 p = sal_layer_row_summary ((SalLayerRow *) a)->multiply_adds;
  gint64 q = sal_layer_row_summary ((SalLayerRow *) b)->multiply_adds;

  return p < q ? -1 : p > q;
}

/* Drop-downs whose buttons give way where room is scarce, while their lists do not. */

static void
choice_setup_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer button)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  if (button != NULL) {
    gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
    gtk_label_set_width_chars (GTK_LABEL (label), 10);
  }
  gtk_list_item_set_child (item, label);
}

static void
choice_bind_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
  gtk_label_set_label (GTK_LABEL (gtk_list_item_get_child (item)),
                       gtk_string_object_get_string (gtk_list_item_get_item (item)));
}

static void
set_factories (GtkDropDown *drop_down)
{
  for (int button = 0; button <= 1; button++) {
    g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();

    g_signal_connect (factory, "setup", G_CALLBACK (choice_setup_cb), button ? drop_down : NULL);
    g_signal_connect (factory, "bind", G_CALLBACK (choice_bind_cb), NULL);
    if (button)
      gtk_drop_down_set_factory (drop_down, factory);
    else
      gtk_drop_down_set_list_factory (drop_down, factory);
  }
}

static void
add_columns (SalModelPage *self)
{
  static const struct {
    const char *title, *property;
    gboolean right, expand;
    GCompareDataFunc compare;
  } columns[] = {
    { N_ ("Layer"), "name", FALSE, TRUE, NULL },
    { N_ ("Operator"), "operator", FALSE, FALSE, NULL },
    { N_ ("Output"), "output", FALSE, FALSE, NULL },
    { N_ ("Parameters"), "parameters", TRUE, FALSE, by_parameters },
    { N_ ("Multiply-adds"), "work", TRUE, FALSE, by_work },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (columns); i++) {
    GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
    GtkColumnViewColumn *column = gtk_column_view_column_new (_ (columns[i].title), factory);

    g_signal_connect (factory, "setup", G_CALLBACK (cell_setup_cb), columns[i].right ? self : NULL);
    g_signal_connect (factory, "bind", G_CALLBACK (cell_bind_cb), (gpointer) columns[i].property);
    gtk_column_view_column_set_expand (column, columns[i].expand);
    gtk_column_view_column_set_resizable (column, TRUE);
    if (columns[i].compare != NULL) {
      g_autoptr (GtkSorter) sorter =
          GTK_SORTER (gtk_custom_sorter_new (columns[i].compare, NULL, NULL));
      gtk_column_view_column_set_sorter (column, sorter);
    }
    gtk_column_view_append_column (self->layers, column);
    g_object_unref (column);
  }
}

static void
add_layers (SalModelPage *self)
{
  self->rows = g_list_store_new (SAL_TYPE_LAYER_ROW);
  self->filter = gtk_custom_filter_new (filter_cb, self, NULL);
  add_columns (self);
  GtkFilterListModel *filtered = gtk_filter_list_model_new (
      G_LIST_MODEL (g_object_ref (self->rows)), GTK_FILTER (g_object_ref (self->filter)));
  GtkSortListModel *sorted = gtk_sort_list_model_new (
      G_LIST_MODEL (filtered), g_object_ref (gtk_column_view_get_sorter (self->layers)));
  self->selection = gtk_single_selection_new (G_LIST_MODEL (sorted));
  gtk_column_view_set_model (self->layers, GTK_SELECTION_MODEL (self->selection));
  g_signal_connect_object (self->selection, "notify::selected-item", G_CALLBACK (layer_selected_cb),
                           self, G_CONNECT_SWAPPED);
}

static void
sal_model_page_dispose (GObject *object)
{
  SalModelPage *self = SAL_MODEL_PAGE (object);

  g_clear_pointer (&self->outlines, sal_lane_free);
  g_clear_pointer (&self->previews, sal_lane_free);
  g_clear_pointer (&self->activations, sal_lane_free);
  if (self->filter != NULL)
    gtk_custom_filter_set_filter_func (self->filter, NULL, NULL, NULL);
  g_clear_object (&self->filter);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->selection);
  g_clear_object (&self->rows);
  g_clear_pointer (&self->outline, sal_plan_unref);
  g_clear_pointer (&self->opened, sal_model_unref);
  g_clear_pointer (&self->edited, sal_preparation_unref);
  g_clear_pointer (&self->model, sal_model_unref);
  g_clear_pointer (&self->picture, sal_picture_unref);
  g_clear_pointer (&self->view, sal_view_unref);
  G_OBJECT_CLASS (sal_model_page_parent_class)->dispose (object);
}

static void
sal_model_page_class_init (SalModelPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GType type = SAL_TYPE_MODEL_PAGE;

  G_OBJECT_CLASS (klass)->dispose = sal_model_page_dispose;
  widget_class->map = sal_model_page_map;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/salience/Salience/ui/model-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SalModelPage, box);
  gtk_widget_class_bind_template_child (widget_class, SalModelPage, stages);
  gtk_widget_class_bind_template_child (widget_class, SalModelPage, preset);
  gtk_widget_class_bind_template_child (widget_class, SalModelPage, fit);
  gtk_widget_class_bind_template_child (widget_class, SalModelPage, order);
  gtk_widget_class_bind_template_child (widget_class, SalModelPage, numbers);
  gtk_widget_class_bind_template_child (widget_class, SalModelPage, means);
  gtk_widget_class_bind_template_child (widget_class, SalModelPage, stds);
  gtk_widget_class_bind_template_child (widget_class, SalModelPage, labels);
  gtk_widget_class_bind_template_child (widget_class, SalModelPage, answers);
  gtk_widget_class_bind_template_child (widget_class, SalModelPage, doubt);
  gtk_widget_class_bind_template_child (widget_class, SalModelPage, doubt_text);
  gtk_widget_class_bind_template_child (widget_class, SalModelPage, better);
  gtk_widget_class_bind_template_child (widget_class, SalModelPage, summary);
  gtk_widget_class_bind_template_child (widget_class, SalModelPage, layers);
  gtk_widget_class_bind_template_child (widget_class, SalModelPage, search);
  gtk_widget_class_bind_template_child (widget_class, SalModelPage, layer_name);
  gtk_widget_class_bind_template_child (widget_class, SalModelPage, layer_facts);
  gtk_widget_class_bind_template_child (widget_class, SalModelPage, channels);
  gtk_widget_class_bind_template_callback (widget_class, preset_cb);
  gtk_widget_class_bind_template_callback (widget_class, edited_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_cb);
  gtk_widget_class_install_action (widget_class, "model.better", NULL, better_cb);
  gtk_widget_class_install_action (widget_class, "model.revert", NULL, revert_cb);
  gtk_widget_class_install_action (widget_class, "model.save", NULL, save_cb);
  signals[CHANGED] = g_signal_new ("changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[SAVED] = g_signal_new ("saved", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                 1, G_TYPE_STRING);
  signals[FAILED] = g_signal_new ("failed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
  signals[DOUBT] = g_signal_new ("doubt", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                 1, G_TYPE_STRING);
}

static void
sal_model_page_init (SalModelPage *self)
{
  static const char *const channel_names[2][3] = {
    { N_ ("Mean of channel 1"), N_ ("Mean of channel 2"), N_ ("Mean of channel 3") },
    { N_ ("Deviation of channel 1"), N_ ("Deviation of channel 2"), N_ ("Deviation of channel 3") },
  };

  self->outlines = sal_lane_new (&outline_lane, self);
  self->previews = sal_lane_new (&preview_lane, self);
  self->activations = sal_lane_new (&activations_lane, self);
  gtk_widget_init_template (GTK_WIDGET (self));
  self->range[0] = add_entry (self, self->numbers, _ ("What pixel value 0 becomes"));
  gtk_box_append (self->numbers, gtk_label_new (_ ("to")));
  self->range[1] = add_entry (self, self->numbers, _ ("What pixel value 255 becomes"));
  for (int i = 0; i < 3; i++) {
    self->mean[i] = add_entry (self, self->means, _ (channel_names[0][i]));
    self->std[i] = add_entry (self, self->stds, _ (channel_names[1][i]));
  }
  set_factories (self->preset);
  set_factories (self->fit);
  set_factories (self->order);
  add_stages (self);
  add_layers (self);
  update_actions (self);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "model.better", FALSE);
}
