#include "app/layer-list.h"

#include "app/jobs.h"
#include "app/layer-row.h"
#include "app/preview.h"
#include "ui/canvas-number.h"
#include "ui/found.h"
#include "ui/image-texture.h"
#include "ui/left-to-right.h"
#include "ui/name.h"
#include "ui/steady-layout.h"
#include "ui/tooltip.h"

#include <glib/gi18n.h>
#include <math.h>

#define CHANNEL_SIDE 80

/* Rows added to the list at a time: GTK makes widgets of the first two hundred at once, and the
 * window would stand still for as long. */
#define ROWS_A_FRAME 12

struct _SalLayerList {
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkLabel *summary;
  GtkColumnView *layers;
  GtkCustomFilter *filter;
  GtkSingleSelection *selection;
  GListStore *rows;
  GtkEditable *search;
  GtkWidget *nothing, *details;
  GtkLabel *layer_name, *layer_facts;
  GtkFlowBox *channels;

  SalLane *outlines, *activations;
  SalPlan *outline; /* (nullable): of the model, node by node */
  SalModel *model;
  SalView *view;
  GPtrArray *coming; /* (nullable): rows that are not in the list yet, the last first */
  guint coming_id;
  gboolean stale; /* the rows are not this graph's */
};

G_DEFINE_FINAL_TYPE (SalLayerList, sal_layer_list, GTK_TYPE_WIDGET)

/* One layer. */

static void
show_layer (SalLayerList *self, const SalNodeSummary *layer, const SalActivations *activations)
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
clear_channels (SalLayerList *self)
{
  for (GtkWidget *child;
       (child = gtk_widget_get_first_child (GTK_WIDGET (self->channels))) != NULL;)
    gtk_flow_box_remove (self->channels, child);
}

/* While the list is disposed of, its selection may still tell that nothing is selected. */
static SalLayerRow *
selected (SalLayerList *self)
{
  return self->selection != NULL ? gtk_single_selection_get_selected_item (self->selection) : NULL;
}

static void
activations_done (gpointer result, const GError *error, gpointer owner)
{
  SalLayerList *self = owner;
  g_autoptr (SalActivations) activations = result;
  SalLayerRow *row = selected (self);

  if (activations == NULL || row == NULL ||
      sal_layer_row_summary (row)->value != activations->value)
    return;
  show_layer (self, sal_layer_row_summary (row), activations);
  clear_channels (self);
  for (guint i = 0; i < activations->channels->len; i++) {
    g_autoptr (GdkTexture) texture = sal_image_texture (activations->channels->pdata[i]);
    GtkWidget *image = gtk_image_new_from_paintable (GDK_PAINTABLE (texture));
    g_autofree char *name = g_strdup_printf (_ ("Channel %d"), activations->numbers[i]);
    GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2), *label = gtk_label_new (name);

    gtk_image_set_pixel_size (GTK_IMAGE (image), CHANNEL_SIDE);
    gtk_accessible_update_property (GTK_ACCESSIBLE (image), GTK_ACCESSIBLE_PROPERTY_LABEL, name,
                                    -1);
    gtk_label_set_wrap (GTK_LABEL (label), TRUE);
    gtk_label_set_justify (GTK_LABEL (label), GTK_JUSTIFY_CENTER);
    gtk_widget_add_css_class (label, "caption");
    gtk_widget_add_css_class (label, "dim-label");
    gtk_box_append (GTK_BOX (box), image);
    gtk_box_append (GTK_BOX (box), label);
    gtk_flow_box_insert (self->channels, box, -1);
    sal_name (gtk_widget_get_parent (box), name);
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
layer_selected_cb (SalLayerList *self)
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

/* All of them. */

static void
forget_coming (SalLayerList *self)
{
  if (self->coming_id != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->coming_id);
  self->coming_id = 0;
  g_clear_pointer (&self->coming, g_ptr_array_unref);
}

static void
add_some (SalLayerList *self)
{
  for (int i = 0; i < ROWS_A_FRAME && self->coming->len > 0; i++) {
    g_autoptr (SalLayerRow) row = g_ptr_array_steal_index (self->coming, self->coming->len - 1);
    g_list_store_append (self->rows, row);
  }
}

static gboolean
tick_cb (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  SalLayerList *self = SAL_LAYER_LIST (widget);

  add_some (self);
  if (self->coming->len > 0)
    return G_SOURCE_CONTINUE;
  self->coming_id = 0;
  forget_coming (self);
  return G_SOURCE_REMOVE;
}

static void
show_layers (SalLayerList *self)
{
  g_autoptr (GArray) nodes = sal_plan_summary (self->outline);
  g_autofree char *parameters =
      sal_count_text (sal_graph_parameters (sal_model_graph (self->model)));
  g_autofree char *work = sal_amount_text ((double) sal_plan_multiply_adds (self->outline));
  g_autofree char *memory = g_format_size (sal_plan_bytes (sal_model_plan (self->model)));
  g_autofree char *input = sal_shape_text (sal_model_input_shape (self->model));
  g_autofree char *summary =
      g_strdup_printf (_ ("%u layers · %s parameters · %s multiply-adds · %s a pass · input %s"),
                       nodes->len, parameters, work, memory, input);

  forget_coming (self);
  g_list_store_remove_all (self->rows);
  self->coming = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = nodes->len; i-- > 0;)
    g_ptr_array_add (self->coming, sal_layer_row_new (&g_array_index (nodes, SalNodeSummary, i)));
  add_some (self);
  self->coming_id = gtk_widget_add_tick_callback (GTK_WIDGET (self), tick_cb, NULL, NULL);
  gtk_label_set_label (self->summary, summary);
  sal_tooltip_set (GTK_WIDGET (self->summary), summary);
}

static void
outline_done (gpointer result, const GError *error, gpointer owner)
{
  SalLayerList *self = owner;

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
  SalLayerList *self = data;

  return sal_layer_row_matches (row, gtk_editable_get_text (self->search));
}

static void
search_cb (SalLayerList *self)
{
  gtk_filter_changed (GTK_FILTER (self->filter), GTK_FILTER_CHANGE_DIFFERENT);
}

/* What nobody sees is not worked out. */
static void
refresh (SalLayerList *self)
{
  if (self->model == NULL)
    return;
  if (self->stale)
    sal_lane_start (self->outlines, sal_model_ref (self->model), SAL_LANE_REPLACE);
  self->stale = FALSE;
  layer_selected_cb (self);
}

void
sal_layer_list_show (SalLayerList *self, SalModel *model, SalView *view)
{
  g_return_if_fail (SAL_IS_LAYER_LIST (self));
  gboolean other_graph = model == NULL || self->model == NULL ||
                         sal_model_graph (model) != sal_model_graph (self->model);

  if (model != NULL)
    sal_model_ref (model);
  g_clear_pointer (&self->model, sal_model_unref);
  self->model = model;
  if (view != NULL)
    sal_view_ref (view);
  g_clear_pointer (&self->view, sal_view_unref);
  self->view = view;
  sal_lane_forget (self->activations); /* of the view before */
  if (other_graph) {                   /* names in the rows are the old graph's */
    forget_coming (self);
    g_list_store_remove_all (self->rows);
    sal_lane_forget (self->outlines);
    g_clear_pointer (&self->outline, sal_plan_unref); /* which keeps that graph */
  }
  self->stale |= other_graph;
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    refresh (self);
}

static void
sal_layer_list_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (sal_layer_list_parent_class)->map (widget);
  refresh (SAL_LAYER_LIST (widget));
}

gboolean
sal_layer_list_is_busy (SalLayerList *self)
{
  return sal_lane_busy (self->outlines) || sal_lane_busy (self->activations) ||
         self->coming != NULL;
}

/* Making it. */

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

/* @width: characters at least, where room is scarce: half a shape says nothing */
typedef struct {
  const char *title, *property;
  int width;
  gboolean right, expand;
  GCompareDataFunc compare;
} Column;

static const Column columns[] = {
  { N_ ("Layer"), "name", 11, FALSE, TRUE, NULL },
  { N_ ("Operator"), "operator", 6, FALSE, TRUE, NULL },
  { N_ ("Output"), "output", 12, FALSE, TRUE, NULL },
  { N_ ("Parameters"), "parameters", 9, TRUE, FALSE, by_parameters },
  { N_ ("Multiply-adds"), "work", 8, TRUE, FALSE, by_work },
};

#define FIRST_NUMBER 2 /* of the columns: shapes and what is counted */

static void
cell_setup_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
  const Column *column = data;
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), column->right ? 1 : 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_width_chars (GTK_LABEL (label), column->width);
  gtk_widget_add_css_class (label, "numeric");
  if (column - columns >= FIRST_NUMBER)
    sal_left_to_right (label);
  gtk_list_item_set_child (item, label);
}

static void
cell_bind_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
  const Column *column = data;
  g_autofree char *text = NULL;

  g_object_get (gtk_list_item_get_item (item), column->property, &text, NULL);
  gtk_label_set_label (GTK_LABEL (gtk_list_item_get_child (item)), text);
  if (column == columns) {
    g_autofree char *kind = NULL, *output = NULL;
    g_object_get (gtk_list_item_get_item (item), "operator", &kind, "output", &output, NULL);
    g_autofree char *row = g_strdup_printf ("%s, %s, %s", text, kind, output);
    sal_name_row (gtk_list_item_get_child (item), row);
  }
}

static void
add_columns (SalLayerList *self)
{
  for (gsize i = 0; i < G_N_ELEMENTS (columns); i++) {
    gpointer data = (gpointer) &columns[i];
    GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
    GtkColumnViewColumn *column = gtk_column_view_column_new (_ (columns[i].title), factory);

    g_signal_connect (factory, "setup", G_CALLBACK (cell_setup_cb), data);
    g_signal_connect (factory, "bind", G_CALLBACK (cell_bind_cb), data);
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

/* A title in a long language is no reason to move the last column out of sight. Of numbers that can
 * be sorted the arrow goes before the title, that the title ends where they do. */
static void
arrange_titles (GtkWidget *widget)
{
  if (GTK_IS_LABEL (widget)) {
    GtkWidget *arrow = gtk_widget_get_next_sibling (widget), *box = gtk_widget_get_parent (widget);

    gtk_label_set_ellipsize (GTK_LABEL (widget), PANGO_ELLIPSIZE_END);
    sal_tooltip_set (widget, gtk_label_get_text (GTK_LABEL (widget)));
    if (arrow != NULL && GTK_IS_BOX (box))
      gtk_box_reorder_child_after (GTK_BOX (box), widget, arrow);
  }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    arrange_titles (child);
}

static void
add_layers (SalLayerList *self)
{
  self->rows = g_list_store_new (SAL_TYPE_LAYER_ROW);
  self->filter = gtk_custom_filter_new (filter_cb, self, NULL);
  add_columns (self);
  arrange_titles (GTK_WIDGET (self->layers)); /* there are no rows yet */
  GtkFilterListModel *filtered = gtk_filter_list_model_new (
      G_LIST_MODEL (g_object_ref (self->rows)), GTK_FILTER (g_object_ref (self->filter)));
  GtkSortListModel *sorted = gtk_sort_list_model_new (
      G_LIST_MODEL (filtered), g_object_ref (gtk_column_view_get_sorter (self->layers)));
  self->selection = gtk_single_selection_new (G_LIST_MODEL (sorted));
  sal_found_nothing (self->nothing, self->search, G_LIST_MODEL (filtered));
  gtk_column_view_set_model (self->layers, GTK_SELECTION_MODEL (self->selection));
  g_signal_connect_object (self->selection, "notify::selected-item", G_CALLBACK (layer_selected_cb),
                           self, G_CONNECT_SWAPPED);
}

/* By itself the key would go from row to row, and a network has hundreds. */
static gboolean
tab_cb (SalLayerList *self, guint key, guint code, GdkModifierType state)
{
  if (key == GDK_KEY_ISO_Left_Tab || (key == GDK_KEY_Tab && (state & GDK_SHIFT_MASK) != 0))
    return gtk_widget_grab_focus (GTK_WIDGET (self->search));
  return key == GDK_KEY_Tab && gtk_widget_child_focus (self->details, GTK_DIR_TAB_FORWARD);
}

static gboolean
sal_layer_list_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (SAL_LAYER_LIST (widget)->layers));
}

static void
sal_layer_list_dispose (GObject *object)
{
  SalLayerList *self = SAL_LAYER_LIST (object);

  g_clear_pointer (&self->outlines, sal_lane_free);
  g_clear_pointer (&self->activations, sal_lane_free);
  forget_coming (self);
  if (self->filter != NULL)
    gtk_custom_filter_set_filter_func (self->filter, NULL, NULL, NULL);
  g_clear_object (&self->filter);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->selection);
  g_clear_object (&self->rows);
  g_clear_pointer (&self->outline, sal_plan_unref);
  g_clear_pointer (&self->model, sal_model_unref);
  g_clear_pointer (&self->view, sal_view_unref);
  G_OBJECT_CLASS (sal_layer_list_parent_class)->dispose (object);
}

static void
sal_layer_list_class_init (SalLayerListClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sal_layer_list_dispose;
  widget_class->grab_focus = sal_layer_list_grab_focus;
  widget_class->map = sal_layer_list_map;
  gtk_widget_class_set_layout_manager_type (widget_class, SAL_TYPE_STEADY_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/salience/Salience/ui/layer-list.ui");
  gtk_widget_class_bind_template_child (widget_class, SalLayerList, box);
  gtk_widget_class_bind_template_child (widget_class, SalLayerList, summary);
  gtk_widget_class_bind_template_child (widget_class, SalLayerList, layers);
  gtk_widget_class_bind_template_child (widget_class, SalLayerList, search);
  gtk_widget_class_bind_template_child (widget_class, SalLayerList, nothing);
  gtk_widget_class_bind_template_child (widget_class, SalLayerList, details);
  gtk_widget_class_bind_template_child (widget_class, SalLayerList, layer_name);
  gtk_widget_class_bind_template_child (widget_class, SalLayerList, layer_facts);
  gtk_widget_class_bind_template_child (widget_class, SalLayerList, channels);
  gtk_widget_class_bind_template_callback (widget_class, search_cb);
  gtk_widget_class_bind_template_callback (widget_class, tab_cb);
}

static void
sal_layer_list_init (SalLayerList *self)
{
  self->outlines = sal_lane_new (&outline_lane, self);
  self->activations = sal_lane_new (&activations_lane, self);
  gtk_widget_init_template (GTK_WIDGET (self));
  add_layers (self);
}
