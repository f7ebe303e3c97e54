#include "app/compare-page.h"

#include "ui/canvas-link.h"
#include "ui/canvas-number.h"
#include "ui/canvas.h"
#include "ui/class-list.h"
#include "ui/number.h"
#include "ui/picture-frame.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#define CELL_WIDTH 170
#define CELL_HEIGHT 150
#define CELL_MARGIN 134 /* the colour bar has its place below the picture */

/* What a cell's widgets are, found by the box that holds them. */
typedef struct {
  SalCanvas *canvas;
  SalPictureFrame *frame;
  GtkLabel *caption;
  GtkWidget *button;
  guint column, row;
} CellBox;

struct _SalComparePage {
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkGrid *grid;
  GtkWidget *axes[SAL_N_COMPARE];
  GtkMenuButton *add;
  GtkWidget *add_file, *choices;
  GtkEditable *search;
  GtkListView *choice_list;
  GtkWidget *progress;
  GtkProgressBar *bar;
  GtkLabel *count;
  GtkLabel *same;
  GtkToggleButton *shared;
  GtkDropDown *measure;
  GtkGrid *matrix;

  SalComparison *comparison;
  SalCanvasLink *link;
  GPtrArray *cells; /* of CellBox, column by column */
  char **choice_ids;
  GtkStringList *choice_labels;
  gboolean showing;
};

G_DEFINE_FINAL_TYPE (SalComparePage, sal_compare_page, GTK_TYPE_WIDGET)

enum { WANTED, OPENED, N_SIGNALS };
static guint signals[N_SIGNALS];

/* The grid. */

static CellBox *
cell_box (SalComparePage *self, guint column, guint row)
{
  for (guint i = 0; i < self->cells->len; i++) {
    CellBox *box = self->cells->pdata[i];
    if (box->column == column && box->row == row)
      return box;
  }
  return NULL;
}

GtkWidget *
sal_compare_page_canvas (SalComparePage *self, guint column, guint row)
{
  CellBox *box = cell_box (self, column, row);

  return box != NULL ? GTK_WIDGET (box->canvas) : NULL;
}

static char *
caption_text (const SalCell *cell)
{
  switch (cell->state) {
  case SAL_CELL_WAITING:
    return g_strdup (_ ("Waiting"));
  case SAL_CELL_RUNNING:
    return g_strdup_printf (_ ("%.0f %%"), floor (100 * cell->fraction));
  case SAL_CELL_CANCELLED:
    return g_strdup (_ ("Stopped"));
  case SAL_CELL_FAILED:
    return g_strdup (cell->problem);
  default:
    break;
  }
  const SalView *view = cell->explanation->view;
  int target = cell->explanation->target.class_index;
  const SalPrediction *prediction = sal_view_prediction (view, target);
  g_autofree char *name = sal_class_name (view->model, target);
  char *comma = strchr (name, ',');

  if (comma != NULL)
    *comma = '\0';
  return g_strdup_printf (_ ("%s %.0f %%"), name,
                          prediction != NULL ? 100 * prediction->probability : NAN);
}

static void
show_cell (SalComparePage *self, guint column, guint row)
{
  CellBox *box = cell_box (self, column, row);

  if (box == NULL)
    return;
  const SalCell *cell = sal_comparison_cell (self->comparison, column, row);
  gboolean open = cell->state == SAL_CELL_WAITING || cell->state == SAL_CELL_RUNNING;
  gboolean again = cell->state == SAL_CELL_CANCELLED || cell->state == SAL_CELL_FAILED;
  g_autofree char *text = caption_text (cell);

  gtk_label_set_label (box->caption, text);
  gtk_widget_set_tooltip_text (GTK_WIDGET (box->caption), text);
  gtk_widget_set_visible (box->button, open || again);
  gtk_button_set_icon_name (GTK_BUTTON (box->button),
                            open ? "window-close-symbolic" : "view-refresh-symbolic");
  gtk_accessible_update_property (GTK_ACCESSIBLE (box->button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  open ? _ ("Stop this cell") : _ ("Work this cell out"), -1);
  sal_canvas_set_progress (box->canvas, cell->state == SAL_CELL_RUNNING ? cell->fraction : -1);
  if (cell->explanation != NULL) {
    const SalView *view = cell->explanation->view;
    SalOverlayStyle style = sal_comparison_style (self->comparison, cell);
    g_autofree char *what =
        g_strdup_printf (_ ("%s, %s: %s"), sal_comparison_column_label (self->comparison, column),
                         sal_comparison_row_label (self->comparison, row), text);

    if (sal_canvas_get_picture (box->canvas) != view->picture->image)
      sal_canvas_set_picture (box->canvas, view->picture->image);
    sal_picture_frame_set_ratio (box->frame, (double) sal_image_width (view->picture->image) /
                                                 sal_image_height (view->picture->image));
    sal_canvas_set_seen (box->canvas, &view->seen);
    sal_canvas_set_style (box->canvas, &style);
    sal_canvas_set_description (box->canvas, what);
    if (cell->heatmap != NULL)
      sal_canvas_set_heatmap (box->canvas, cell->heatmap);
  } else {
    sal_canvas_set_heatmap (box->canvas, NULL);
  }
}

static void
cell_button_cb (GtkWidget *button, SalComparePage *self)
{
  CellBox *box = g_object_get_data (G_OBJECT (button), "cell");
  SalCellState state = sal_comparison_cell (self->comparison, box->column, box->row)->state;

  if (state == SAL_CELL_WAITING || state == SAL_CELL_RUNNING)
    sal_comparison_cancel_cell (self->comparison, box->column, box->row);
  else
    sal_comparison_resume_cell (self->comparison, box->column, box->row);
}

static void
look_cb (GtkWidget *button, SalComparePage *self)
{
  CellBox *box = g_object_get_data (G_OBJECT (button), "cell");
  const SalCell *cell = sal_comparison_cell (self->comparison, box->column, box->row);

  if (cell->state == SAL_CELL_DONE)
    g_signal_emit (self, signals[OPENED], 0, cell->explanation);
}

static GtkWidget *
icon_button (const char *icon, const char *name, GCallback clicked, SalComparePage *self)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "circular");
  gtk_widget_add_css_class (button, "tiny");
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (button, name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_signal_connect (button, "clicked", clicked, self);
  return button;
}

static void
add_cell (SalComparePage *self, guint column, guint row)
{
  CellBox *cell = g_new0 (CellBox, 1);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *caption = gtk_label_new (NULL);
  GtkWidget *look = icon_button ("view-fullscreen-symbolic", _ ("Look at this one alone"),
                                 G_CALLBACK (look_cb), self);

  cell->canvas = SAL_CANVAS (sal_canvas_new ());
  cell->caption = GTK_LABEL (caption);
  cell->button = icon_button ("window-close-symbolic", _ ("Stop this cell"),
                              G_CALLBACK (cell_button_cb), self);
  cell->column = column;
  cell->row = row;
  g_object_set_data (G_OBJECT (cell->button), "cell", cell);
  g_object_set_data (G_OBJECT (look), "cell", cell);
  gtk_widget_set_size_request (GTK_WIDGET (cell->canvas), CELL_WIDTH, CELL_HEIGHT);
  cell->frame = SAL_PICTURE_FRAME (sal_picture_frame_new (GTK_WIDGET (cell->canvas), CELL_MARGIN));
  gtk_widget_set_hexpand (GTK_WIDGET (cell->frame), TRUE);
  gtk_label_set_xalign (GTK_LABEL (caption), 0);
  gtk_label_set_ellipsize (GTK_LABEL (caption), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (caption, TRUE);
  gtk_widget_add_css_class (caption, "caption");
  gtk_widget_add_css_class (caption, "numeric");
  gtk_box_append (GTK_BOX (line), caption);
  gtk_box_append (GTK_BOX (line), cell->button);
  gtk_box_append (GTK_BOX (line), look);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (cell->frame));
  gtk_box_append (GTK_BOX (box), line);
  gtk_grid_attach (self->grid, box, (int) column + 1, (int) row + 1, 1, 1);
  sal_canvas_link_add (self->link, cell->canvas);
  g_ptr_array_add (self->cells, cell);
}

static void
remove_column_cb (GtkWidget *button, SalComparePage *self)
{
  sal_comparison_remove (self->comparison,
                         GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (button), "number")));
}

static void
remove_row_cb (GtkWidget *button, SalComparePage *self)
{
  sal_comparison_remove_picture (
      self->comparison, GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (button), "number")));
}

/* Headers are dragged to another place; with the keyboard, Ctrl with an arrow moves them. */

static GdkContentProvider *
prepare_drag_cb (GtkDragSource *source, double x, double y, gpointer data)
{
  GtkWidget *header = gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (source));

  return gdk_content_provider_new_typed (
      G_TYPE_UINT, GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (header), "number")));
}

static gboolean
drop_cb (GtkDropTarget *target, const GValue *value, double x, double y, gpointer data)
{
  SalComparePage *self = data;
  GtkWidget *header = gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (target));
  guint from = g_value_get_uint (value);

  if (from >= sal_comparison_n_columns (self->comparison))
    return FALSE;
  sal_comparison_move (self->comparison, from,
                       GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (header), "number")));
  return TRUE;
}

static gboolean
header_key_cb (GtkEventControllerKey *keys, guint key, guint code, GdkModifierType modifiers,
               gpointer data)
{
  SalComparePage *self = data;
  GtkWidget *header = gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (keys));
  guint number = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (header), "number"));

  if (!(modifiers & GDK_CONTROL_MASK))
    return GDK_EVENT_PROPAGATE;
  if (key == GDK_KEY_Left && number > 0)
    sal_comparison_move (self->comparison, number, number - 1);
  else if (key == GDK_KEY_Right && number + 1 < sal_comparison_n_columns (self->comparison))
    sal_comparison_move (self->comparison, number, number + 1);
  else
    return GDK_EVENT_PROPAGATE;
  return GDK_EVENT_STOP;
}

static GtkWidget *
header_new (SalComparePage *self, const char *text, guint number, gboolean column)
{
  GtkWidget *header = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6), *label = gtk_label_new (text);
  GtkWidget *remove = icon_button (
      "window-close-symbolic", column ? _ ("Remove this column") : _ ("Remove this row"),
      column ? G_CALLBACK (remove_column_cb) : G_CALLBACK (remove_row_cb), self);

  /* Methods are known by how their names begin, layers and files often by how they end. */
  gtk_label_set_ellipsize (GTK_LABEL (label),
                           column && sal_comparison_axis (self->comparison) == SAL_COMPARE_METHODS
                               ? PANGO_ELLIPSIZE_END
                               : PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_set_hexpand (label, column);
  gtk_widget_set_tooltip_text (label, text);
  gtk_widget_add_css_class (label, column ? "heading" : "caption");
  g_object_set_data (G_OBJECT (remove), "number", GUINT_TO_POINTER (number));
  g_object_set_data (G_OBJECT (header), "number", GUINT_TO_POINTER (number));
  gtk_box_append (GTK_BOX (header), label);
  gtk_box_append (GTK_BOX (header), remove);
  if (!column) {
    gtk_label_set_width_chars (GTK_LABEL (label), 9);
    gtk_label_set_max_width_chars (GTK_LABEL (label), 9);
    gtk_widget_set_visible (remove, number > 0); /* the first is the open picture */
    return header;
  }
  GtkDragSource *source = gtk_drag_source_new ();
  GtkDropTarget *target = gtk_drop_target_new (G_TYPE_UINT, GDK_ACTION_COPY);
  GtkEventController *keys = gtk_event_controller_key_new ();

  g_signal_connect (source, "prepare", G_CALLBACK (prepare_drag_cb), self);
  g_signal_connect (target, "drop", G_CALLBACK (drop_cb), self);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (header_key_cb), self);
  gtk_widget_add_controller (header, GTK_EVENT_CONTROLLER (source));
  gtk_widget_add_controller (header, GTK_EVENT_CONTROLLER (target));
  gtk_widget_add_controller (header, keys);
  return header;
}

static void
clear (GtkWidget *grid)
{
  for (GtkWidget *child; (child = gtk_widget_get_first_child (grid)) != NULL;)
    gtk_grid_remove (GTK_GRID (grid), child);
}

static void
show_layout (SalComparePage *self)
{
  guint columns = sal_comparison_n_columns (self->comparison);
  guint rows = sal_comparison_n_rows (self->comparison);

  g_clear_pointer (&self->link, sal_canvas_link_free);
  g_ptr_array_set_size (self->cells, 0);
  clear (GTK_WIDGET (self->grid));
  self->link = sal_canvas_link_new ();
  for (guint i = 0; i < columns; i++)
    gtk_grid_attach (self->grid,
                     header_new (self, sal_comparison_column_label (self->comparison, i), i, TRUE),
                     (int) i + 1, 0, 1, 1);
  for (guint j = 0; j < rows; j++)
    gtk_grid_attach (self->grid,
                     header_new (self, sal_comparison_row_label (self->comparison, j), j, FALSE), 0,
                     (int) j + 1, 1, 1);
  for (guint i = 0; i < columns; i++)
    for (guint j = 0; j < rows; j++) {
      add_cell (self, i, j);
      show_cell (self, i, j);
    }
  g_autofree char *same = sal_comparison_same (self->comparison);
  gtk_label_set_label (self->same, same);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->same), same);
}

static void
cell_cb (SalComparePage *self, guint column, guint row)
{
  show_cell (self, column, row);
}

static void
progress_cb (SalComparePage *self)
{
  guint done, all;
  gboolean busy = sal_comparison_progress (self->comparison, &done, &all);
  g_autofree char *text = g_strdup_printf (_ ("%u of %u"), done, all);

  gtk_widget_set_visible (self->progress, busy);
  gtk_progress_bar_set_fraction (self->bar, all > 0 ? (double) done / all : 0);
  gtk_label_set_label (self->count, text);
}

/* Similarity. */

static double
measured (SalComparePage *self, const SalSimilarity *similarity)
{
  switch (gtk_drop_down_get_selected (self->measure)) {
  case 0:
    return similarity->spearman;
  case 1:
    return similarity->ssim;
  default:
    return similarity->top;
  }
}

static GtkWidget *
matrix_label (const char *text, const char *style)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (label, "caption");
  gtk_widget_add_css_class (label, "numeric");
  if (style != NULL)
    gtk_widget_add_css_class (label, style);
  return label;
}

/* Five steps from "unlike" to "the same", as shades of the accent. */
static const char *
shade (double value)
{
  static const char *const shades[] = { "alike-0", "alike-1", "alike-2", "alike-3", "alike-4" };

  return shades[CLAMP ((int) floor (value * 5), 0, 4)];
}

static void
show_matrix (SalComparePage *self)
{
  guint n = sal_comparison_n_columns (self->comparison);

  clear (GTK_WIDGET (self->matrix));
  for (guint i = 0; i < n; i++) {
    const char *name = sal_comparison_column_label (self->comparison, i);
    g_autofree char *number = g_strdup_printf ("%u", i + 1);
    g_autofree char *numbered = g_strdup_printf ("%u  %s", i + 1, name);
    GtkWidget *label = matrix_label (numbered, NULL);

    gtk_label_set_xalign (GTK_LABEL (label), 0);
    gtk_label_set_width_chars (GTK_LABEL (label), 12);
    gtk_label_set_max_width_chars (GTK_LABEL (label), 12);
    gtk_widget_set_tooltip_text (label, name);
    gtk_grid_attach (self->matrix, label, 0, (int) i + 1, 1, 1);
    if (i + 1 < n)
      gtk_grid_attach (self->matrix, matrix_label (number, "dim-label"), (int) i + 1, 0, 1, 1);
    for (guint j = 0; j < i; j++) {
      SalSimilarity similarity;
      gboolean known = sal_comparison_similarity (self->comparison, i, j, &similarity);
      double value = known ? measured (self, &similarity) : NAN;
      g_autofree char *text =
          isnan (value) ? g_strdup (known ? "–" : "…") : sal_number_fixed (value, 2);
      g_autofree char *help = g_strdup_printf (
          _ ("%s and %s: %s"), name, sal_comparison_column_label (self->comparison, j), text);
      GtkWidget *cell = matrix_label (text, isnan (value) ? NULL : shade (value));

      gtk_label_set_width_chars (GTK_LABEL (cell), 5);
      gtk_widget_set_tooltip_text (cell, help);
      gtk_grid_attach (self->matrix, cell, (int) j + 1, (int) i + 1, 1, 1);
    }
  }
}

/* Adding. */

static void
choices_shown_cb (SalComparePage *self)
{
  char **labels;

  if (!gtk_widget_get_visible (self->choices))
    return;
  g_strfreev (self->choice_ids);
  self->choice_ids = sal_comparison_choices (self->comparison, &labels);
  gtk_string_list_splice (self->choice_labels, 0,
                          g_list_model_get_n_items (G_LIST_MODEL (self->choice_labels)),
                          (const char *const *) labels);
  g_strfreev (labels);
  gtk_editable_set_text (self->search, "");
  gtk_widget_grab_focus (GTK_WIDGET (self->search));
}

static void
choice_cb (SalComparePage *self, guint position)
{
  GListModel *shown = G_LIST_MODEL (gtk_list_view_get_model (self->choice_list));
  g_autoptr (GtkStringObject) chosen = g_list_model_get_item (shown, position);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->choice_labels));

  for (guint i = 0; chosen != NULL && i < n; i++) {
    g_autoptr (GtkStringObject) item =
        g_list_model_get_item (G_LIST_MODEL (self->choice_labels), i);
    if (item == chosen) {
      sal_comparison_add (self->comparison, self->choice_ids[i]);
      break;
    }
  }
  gtk_menu_button_popdown (self->add);
}

static void
first_choice_cb (SalComparePage *self)
{
  if (g_list_model_get_n_items (G_LIST_MODEL (gtk_list_view_get_model (self->choice_list))) > 0)
    choice_cb (self, 0);
}

static void
choice_setup_cb (SalComparePage *self, GtkListItem *item)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_list_item_set_child (item, label);
}

static void
choice_bind_cb (SalComparePage *self, GtkListItem *item)
{
  gtk_label_set_label (GTK_LABEL (gtk_list_item_get_child (item)),
                       gtk_string_object_get_string (gtk_list_item_get_item (item)));
}

static void
show_axis (SalComparePage *self)
{
  SalCompareAxis axis = sal_comparison_axis (self->comparison);

  self->showing = TRUE;
  for (int i = 0; i < SAL_N_COMPARE; i++)
    gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->axes[i]), axis == (SalCompareAxis) i);
  self->showing = FALSE;
  gtk_widget_set_visible (GTK_WIDGET (self->add), axis != SAL_COMPARE_MODELS);
  gtk_widget_set_visible (self->add_file, axis == SAL_COMPARE_MODELS);
}

static void
axis_cb (SalComparePage *self)
{
  if (self->showing)
    return;
  for (int i = 0; i < SAL_N_COMPARE; i++)
    if (gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->axes[i])) &&
        sal_comparison_axis (self->comparison) != (SalCompareAxis) i) {
      sal_comparison_set_axis (self->comparison, (SalCompareAxis) i);
      break;
    }
  show_axis (self);
}

static void
shared_cb (SalComparePage *self)
{
  sal_comparison_set_shared (self->comparison, gtk_toggle_button_get_active (self->shared));
  g_autofree char *same = sal_comparison_same (self->comparison);
  gtk_label_set_label (self->same, same);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->same), same);
}

static void
cancel_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  sal_comparison_cancel (SAL_COMPARE_PAGE (widget)->comparison);
}

SalComparison *
sal_compare_page_comparison (SalComparePage *self)
{
  return self->comparison;
}

static void
sal_compare_page_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (sal_compare_page_parent_class)->map (widget);
  g_signal_emit (widget, signals[WANTED], 0);
}

static void
sal_compare_page_dispose (GObject *object)
{
  SalComparePage *self = SAL_COMPARE_PAGE (object);

  g_clear_pointer (&self->link, sal_canvas_link_free);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->comparison);
  g_clear_object (&self->choice_labels);
  G_OBJECT_CLASS (sal_compare_page_parent_class)->dispose (object);
}

static void
sal_compare_page_finalize (GObject *object)
{
  SalComparePage *self = SAL_COMPARE_PAGE (object);

  g_ptr_array_unref (self->cells);
  g_strfreev (self->choice_ids);
  G_OBJECT_CLASS (sal_compare_page_parent_class)->finalize (object);
}

static void
sal_compare_page_class_init (SalComparePageClass *klass)
{
  static const char *const axes[SAL_N_COMPARE] = { "axis_methods", "axis_classes", "axis_layers",
                                                   "axis_models" };
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sal_compare_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = sal_compare_page_finalize;
  widget_class->map = sal_compare_page_map;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/salience/Salience/ui/compare-page.ui");
  for (int i = 0; i < SAL_N_COMPARE; i++)
    gtk_widget_class_bind_template_child_full (
        widget_class, axes[i], FALSE,
        (gssize) (G_STRUCT_OFFSET (SalComparePage, axes) + (gsize) i * sizeof (GtkWidget *)));
  gtk_widget_class_bind_template_child (widget_class, SalComparePage, box);
  gtk_widget_class_bind_template_child (widget_class, SalComparePage, grid);
  gtk_widget_class_bind_template_child (widget_class, SalComparePage, add);
  gtk_widget_class_bind_template_child (widget_class, SalComparePage, add_file);
  gtk_widget_class_bind_template_child (widget_class, SalComparePage, choices);
  gtk_widget_class_bind_template_child (widget_class, SalComparePage, search);
  gtk_widget_class_bind_template_child (widget_class, SalComparePage, choice_list);
  gtk_widget_class_bind_template_child (widget_class, SalComparePage, progress);
  gtk_widget_class_bind_template_child (widget_class, SalComparePage, bar);
  gtk_widget_class_bind_template_child (widget_class, SalComparePage, count);
  gtk_widget_class_bind_template_child (widget_class, SalComparePage, same);
  gtk_widget_class_bind_template_child (widget_class, SalComparePage, shared);
  gtk_widget_class_bind_template_child (widget_class, SalComparePage, measure);
  gtk_widget_class_bind_template_child (widget_class, SalComparePage, matrix);
  gtk_widget_class_bind_template_callback (widget_class, axis_cb);
  gtk_widget_class_bind_template_callback (widget_class, shared_cb);
  gtk_widget_class_bind_template_callback (widget_class, show_matrix);
  gtk_widget_class_bind_template_callback (widget_class, choices_shown_cb);
  gtk_widget_class_bind_template_callback (widget_class, choice_cb);
  gtk_widget_class_bind_template_callback (widget_class, first_choice_cb);
  gtk_widget_class_bind_template_callback (widget_class, choice_setup_cb);
  gtk_widget_class_bind_template_callback (widget_class, choice_bind_cb);
  gtk_widget_class_install_action (widget_class, "compare.cancel", NULL, cancel_cb);
  signals[WANTED] = g_signal_new ("wanted", SAL_TYPE_COMPARE_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 0);
  signals[OPENED] = g_signal_new ("opened", SAL_TYPE_COMPARE_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
}

static void
sal_compare_page_init (SalComparePage *self)
{
  static const struct {
    const char *signal;
    GCallback callback;
  } links[] = {
    { "layout", G_CALLBACK (show_layout) },     { "layout", G_CALLBACK (show_matrix) },
    { "cell", G_CALLBACK (cell_cb) },           { "progress", G_CALLBACK (progress_cb) },
    { "similarity", G_CALLBACK (show_matrix) },
  };

  self->cells = g_ptr_array_new_with_free_func (g_free);
  self->comparison = sal_comparison_new ();
  self->choice_labels = gtk_string_list_new (NULL);
  gtk_widget_init_template (GTK_WIDGET (self));
  GtkStringFilter *filter =
      gtk_string_filter_new (gtk_property_expression_new (GTK_TYPE_STRING_OBJECT, NULL, "string"));
  g_object_bind_property (self->search, "text", filter, "search", G_BINDING_SYNC_CREATE);
  GtkFilterListModel *found = gtk_filter_list_model_new (
      G_LIST_MODEL (g_object_ref (self->choice_labels)), GTK_FILTER (filter));
  g_autoptr (GtkNoSelection) selection = gtk_no_selection_new (G_LIST_MODEL (found));
  gtk_list_view_set_model (self->choice_list, GTK_SELECTION_MODEL (selection));
  for (gsize i = 0; i < G_N_ELEMENTS (links); i++)
    g_signal_connect_object (self->comparison, links[i].signal, links[i].callback, self,
                             G_CONNECT_SWAPPED);
  show_axis (self);
  progress_cb (self);
}
