#include "app/compare-cells.h"

#include "app/compare-header.h"
#include "ui/canvas-link.h"
#include "ui/canvas.h"
#include "ui/cell-grid.h"
#include "ui/class-list.h"
#include "ui/number.h"
#include "ui/steady-layout.h"
#include "ui/tooltip.h"

#include <glib/gi18n.h>
#include <math.h>

#define CELL_WIDTH 170
#define CELL_HEIGHT 150
/* Of what went wrong, on an empty cell. */
#define PROBLEM_LINES 8

/* What shows a cell: made once, and used for another when that one is gone. */
typedef struct {
  GtkWidget *box;
  SalCanvas *canvas;
  GtkLabel *caption;
  GtkLabel *problem; /* over the canvas: why that is empty */
  GtkWidget *button, *look;
  guint column, row;
  const SalCell *cell; /* that it shows, or showed last and which may be gone */
} CellBox;

struct _SalCompareCells {
  GtkWidget parent_instance;

  SalCellGrid *grid;
  SalComparison *comparison;
  SalCanvasLink *link;
  GPtrArray *cells; /* of CellBox, column by column */
};

G_DEFINE_FINAL_TYPE (SalCompareCells, sal_compare_cells, GTK_TYPE_WIDGET)

enum { OPENED, N_SIGNALS };
static guint signals[N_SIGNALS];

static CellBox *
cell_box (SalCompareCells *self, guint column, guint row)
{
  for (guint i = 0; i < self->cells->len; i++) {
    CellBox *box = self->cells->pdata[i];
    if (box->column == column && box->row == row)
      return box;
  }
  return NULL;
}

GtkWidget *
sal_compare_cells_canvas (SalCompareCells *self, guint column, guint row)
{
  g_return_val_if_fail (SAL_IS_COMPARE_CELLS (self), NULL);
  CellBox *box = cell_box (self, column, row);

  return box != NULL ? GTK_WIDGET (box->canvas) : NULL;
}

/* Cells. */

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
    return g_strdup (_ ("Failed"));
  default:
    break;
  }
  const SalView *view = cell->explanation->view;
  int target = cell->explanation->target.class_index;
  const SalPrediction *prediction = sal_view_prediction (view, target);
  g_autofree char *name = sal_class_first_name (view->model, target);

  g_autofree char *share =
      sal_number_percent (prediction != NULL ? prediction->probability : NAN, 0);

  /* Translators: a class and its probability */
  return g_strdup_printf (_ ("%s %s"), name, share);
}

static void
show_picture (SalCompareCells *self, CellBox *box, SalImage *image)
{
  if (sal_canvas_get_picture (box->canvas) != image)
    sal_canvas_set_picture (box->canvas, image);
  if (image != NULL)
    sal_cell_grid_set_ratio (self->grid,
                             (double) sal_image_width (image) / sal_image_height (image));
}

static void
show_cell (SalCompareCells *self, guint column, guint row)
{
  CellBox *box = cell_box (self, column, row);

  if (box == NULL)
    return;
  const SalCell *cell = sal_comparison_cell (self->comparison, column, row);
  gboolean open = cell->state == SAL_CELL_WAITING || cell->state == SAL_CELL_RUNNING;
  gboolean again = cell->state == SAL_CELL_CANCELLED || cell->state == SAL_CELL_FAILED;
  g_autofree char *text = caption_text (cell);

  gtk_label_set_label (box->caption, text);
  sal_tooltip_set (GTK_WIDGET (box->caption), text);
  gtk_label_set_label (box->problem, cell->state == SAL_CELL_FAILED ? cell->problem : "");
  gtk_widget_set_visible (GTK_WIDGET (box->problem), cell->state == SAL_CELL_FAILED);
  gtk_widget_set_visible (box->look, cell->state != SAL_CELL_FAILED);
  gtk_widget_set_visible (box->button, open || again);
  gtk_button_set_icon_name (GTK_BUTTON (box->button),
                            open ? "window-close-symbolic" : "view-refresh-symbolic");
  sal_tooltip_set (box->button, open ? _ ("Stop This Cell") : _ ("Work This Cell Out"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (box->button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  open ? _ ("Stop this cell") : _ ("Work this cell out"), -1);
  sal_canvas_set_progress (box->canvas, cell->state == SAL_CELL_RUNNING ? cell->fraction : -1);
  if (cell->explanation != NULL) {
    const SalView *view = cell->explanation->view;
    SalOverlayStyle style = sal_comparison_style (self->comparison, cell);
    g_autofree char *what =
        g_strdup_printf (_ ("%s, %s: %s"), sal_comparison_column_label (self->comparison, column),
                         sal_comparison_row_label (self->comparison, row), text);

    show_picture (self, box, view->picture->image);
    sal_canvas_set_seen (box->canvas, &view->seen);
    sal_canvas_set_style (box->canvas, &style);
    sal_canvas_set_description (box->canvas, what);
    if (cell->heatmap != NULL)
      sal_canvas_set_heatmap (box->canvas, cell->heatmap);
  } else {
    /* What could be worked out, where nothing has to be read on it. Not of those that wait: all of
     * a grid at once would keep the main loop. */
    SalPicture *picture = sal_comparison_picture (self->comparison, row);

    show_picture (self, box,
                  picture != NULL && cell->state == SAL_CELL_CANCELLED ? picture->image : NULL);
    sal_canvas_set_heatmap (box->canvas, NULL);
    sal_canvas_set_description (box->canvas, NULL);
  }
}

static void
cell_button_cb (GtkWidget *button, SalCompareCells *self)
{
  CellBox *box = g_object_get_data (G_OBJECT (button), "cell");
  SalCellState state = sal_comparison_cell (self->comparison, box->column, box->row)->state;

  if (state == SAL_CELL_WAITING || state == SAL_CELL_RUNNING)
    sal_comparison_cancel_cell (self->comparison, box->column, box->row);
  else
    sal_comparison_resume_cell (self->comparison, box->column, box->row);
}

static void
look_cb (GtkWidget *button, SalCompareCells *self)
{
  CellBox *box = g_object_get_data (G_OBJECT (button), "cell");
  const SalCell *cell = sal_comparison_cell (self->comparison, box->column, box->row);

  if (cell->state == SAL_CELL_DONE)
    g_signal_emit (self, signals[OPENED], 0, cell->explanation);
}

static GtkLabel *
problem_new (void)
{
  GtkWidget *label = g_object_new (GTK_TYPE_LABEL, "wrap", TRUE, "wrap-mode", PANGO_WRAP_WORD_CHAR,
                                   "justify", GTK_JUSTIFY_CENTER, "lines", PROBLEM_LINES,
                                   "ellipsize", PANGO_ELLIPSIZE_END, "valign", GTK_ALIGN_CENTER,
                                   "margin-start", 12, "margin-end", 12, "can-target", FALSE, NULL);

  gtk_widget_add_css_class (label, "caption");
  return GTK_LABEL (label);
}

static CellBox *
box_new (SalCompareCells *self)
{
  CellBox *box = g_new0 (CellBox, 1);
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *caption = gtk_label_new (NULL), *overlay = gtk_overlay_new ();

  box->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  box->canvas = SAL_CANVAS (sal_canvas_new ());
  box->caption = GTK_LABEL (caption);
  box->problem = problem_new ();
  box->button = sal_compare_button_new ("window-close-symbolic", NULL, NULL);
  box->look =
      sal_compare_button_new ("view-fullscreen-symbolic", _ ("Look at This One Alone"), NULL);
  g_object_set_data (G_OBJECT (box->button), "cell", box);
  g_object_set_data (G_OBJECT (box->look), "cell", box);
  g_signal_connect (box->button, "clicked", G_CALLBACK (cell_button_cb), self);
  g_signal_connect (box->look, "clicked", G_CALLBACK (look_cb), self);
  gtk_widget_set_size_request (GTK_WIDGET (box->canvas), CELL_WIDTH, CELL_HEIGHT);
  gtk_widget_set_vexpand (GTK_WIDGET (box->canvas), TRUE);
  gtk_label_set_xalign (GTK_LABEL (caption), 0);
  /* A long name gives way to the number after it. */
  gtk_label_set_ellipsize (GTK_LABEL (caption), PANGO_ELLIPSIZE_MIDDLE);
  gtk_widget_set_hexpand (caption, TRUE);
  gtk_widget_add_css_class (caption, "caption");
  gtk_widget_add_css_class (caption, "numeric");
  gtk_box_append (GTK_BOX (line), caption);
  gtk_box_append (GTK_BOX (line), box->button);
  gtk_box_append (GTK_BOX (line), box->look);
  gtk_overlay_set_child (GTK_OVERLAY (overlay), GTK_WIDGET (box->canvas));
  gtk_overlay_add_overlay (GTK_OVERLAY (overlay), GTK_WIDGET (box->problem));
  gtk_box_append (GTK_BOX (box->box), overlay);
  gtk_box_append (GTK_BOX (box->box), line);
  return box;
}

/* The box that shows the cell already, else one whose cell is gone; out of @spare. */
static CellBox *
take_box (GPtrArray *spare, const SalCell *cell)
{
  for (guint i = 0; i < spare->len; i++)
    if (((CellBox *) spare->pdata[i])->cell == cell)
      return g_ptr_array_steal_index (spare, i);
  return NULL;
}

static void
put (SalCompareCells *self, CellBox *box, guint column, guint row)
{
  const SalCell *cell = sal_comparison_cell (self->comparison, column, row);
  g_autofree char *name = g_strdup_printf (_ ("Look at “%s”, “%s” alone"),
                                           sal_comparison_column_label (self->comparison, column),
                                           sal_comparison_row_label (self->comparison, row));

  /* They may have been another one's. */
  if (cell->explanation == NULL)
    sal_canvas_set_picture (box->canvas, NULL);
  if (box->cell != cell)
    sal_canvas_set_heatmap (box->canvas, cell->heatmap);
  if (gtk_widget_get_parent (box->box) == NULL)
    sal_cell_grid_add (self->grid, box->box, SAL_GRID_CELL, column, row);
  else
    sal_cell_grid_move (self->grid, box->box, column, row);
  box->cell = cell;
  box->column = column;
  box->row = row;
  gtk_accessible_update_property (GTK_ACCESSIBLE (box->look), GTK_ACCESSIBLE_PROPERTY_LABEL, name,
                                  -1);
  g_ptr_array_add (self->cells, box);
}

/* Cells that are there still keep their boxes; only what is new is made, and of all of them only
 * what others have left is not enough for. */
static void
arrange (SalCompareCells *self)
{
  guint columns = sal_comparison_n_columns (self->comparison);
  guint rows = sal_comparison_n_rows (self->comparison);
  g_autoptr (GPtrArray) spare = self->cells, kept = g_ptr_array_new ();

  self->cells = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < columns * rows; i++)
    g_ptr_array_add (kept,
                     take_box (spare, sal_comparison_cell (self->comparison, i / rows, i % rows)));
  for (guint i = 0; i < columns * rows; i++) {
    CellBox *box = kept->pdata[i];

    if (box == NULL && spare->len > 0)
      box = g_ptr_array_steal_index (spare, spare->len - 1);
    put (self, box != NULL ? box : box_new (self), i / rows, i % rows);
  }
  for (guint i = 0; i < spare->len; i++)
    sal_cell_grid_remove (self->grid, ((CellBox *) spare->pdata[i])->box);
}

/* All are seen whole, and move as one from there. */
static void
link_all (SalCompareCells *self)
{
  g_clear_pointer (&self->link, sal_canvas_link_free);
  self->link = sal_canvas_link_new ();
  for (guint i = 0; i < self->cells->len; i++) {
    SalCanvas *canvas = ((CellBox *) self->cells->pdata[i])->canvas;

    if (!sal_canvas_get_fit (canvas))
      sal_canvas_set_fit (canvas, TRUE);
    sal_canvas_link_add (self->link, canvas);
  }
}

/* The whole. */

/* A header that has the focus goes when all are made anew; its place does not. */
typedef struct {
  gboolean any;
  SalGridPart part;
  guint number;
} Place;

static Place
focused_header (SalCompareCells *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  for (guint part = SAL_GRID_COLUMN; focus != NULL && part <= SAL_GRID_ROW; part++)
    for (guint i = 0; i < SAL_COMPARISON_SIDE; i++) {
      GtkWidget *header = sal_cell_grid_find (self->grid, part, part == SAL_GRID_COLUMN ? i : 0,
                                              part == SAL_GRID_ROW ? i : 0);
      if (header != NULL && gtk_widget_is_ancestor (focus, header))
        return (Place){ TRUE, part, sal_compare_header_number (header) };
    }
  return (Place){ FALSE };
}

static void
focus_header (SalCompareCells *self, Place place)
{
  guint columns = sal_comparison_n_columns (self->comparison);
  guint rows = sal_comparison_n_rows (self->comparison);
  GtkWidget *header = NULL;

  if (!place.any || columns == 0)
    return;
  if (place.part == SAL_GRID_ROW)
    header = sal_cell_grid_find (self->grid, SAL_GRID_ROW, 0, MIN (place.number, rows - 1));
  if (header != NULL && sal_compare_header_focus (header))
    return;
  header = sal_cell_grid_find (self->grid, SAL_GRID_COLUMN,
                               place.part == SAL_GRID_ROW ? 0 : MIN (place.number, columns - 1), 0);
  sal_compare_header_focus (header);
}

static void
layout_cb (SalCompareCells *self)
{
  guint columns = sal_comparison_n_columns (self->comparison);
  guint rows = sal_comparison_n_rows (self->comparison);
  Place place = focused_header (self);

  sal_cell_grid_remove_part (self->grid, SAL_GRID_COLUMN);
  sal_cell_grid_remove_part (self->grid, SAL_GRID_ROW);
  for (guint i = 0; i < columns; i++)
    sal_cell_grid_add (self->grid, sal_compare_header_new (self->comparison, TRUE, i),
                       SAL_GRID_COLUMN, i, 0);
  for (guint j = 0; j < rows; j++)
    sal_cell_grid_add (self->grid, sal_compare_header_new (self->comparison, FALSE, j),
                       SAL_GRID_ROW, 0, j);
  arrange (self);
  link_all (self);
  for (guint i = 0; i < columns; i++)
    for (guint j = 0; j < rows; j++)
      show_cell (self, i, j);
  focus_header (self, place);
}

void
sal_compare_cells_show (SalCompareCells *self, SalComparison *comparison)
{
  g_return_if_fail (SAL_IS_COMPARE_CELLS (self) && self->comparison == NULL);
  self->comparison = g_object_ref (comparison);
  g_signal_connect_object (comparison, "layout", G_CALLBACK (layout_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (comparison, "cell", G_CALLBACK (show_cell), self, G_CONNECT_SWAPPED);
}

static void
sal_compare_cells_dispose (GObject *object)
{
  SalCompareCells *self = SAL_COMPARE_CELLS (object);

  g_clear_pointer (&self->link, sal_canvas_link_free);
  if (self->grid != NULL)
    gtk_widget_unparent (GTK_WIDGET (self->grid));
  self->grid = NULL;
  g_clear_object (&self->comparison);
  G_OBJECT_CLASS (sal_compare_cells_parent_class)->dispose (object);
}

static void
sal_compare_cells_finalize (GObject *object)
{
  g_ptr_array_unref (SAL_COMPARE_CELLS (object)->cells);
  G_OBJECT_CLASS (sal_compare_cells_parent_class)->finalize (object);
}

static void
sal_compare_cells_class_init (SalCompareCellsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sal_compare_cells_dispose;
  G_OBJECT_CLASS (klass)->finalize = sal_compare_cells_finalize;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), SAL_TYPE_STEADY_LAYOUT);
  signals[OPENED] = g_signal_new ("opened", SAL_TYPE_COMPARE_CELLS, G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
}

static void
sal_compare_cells_init (SalCompareCells *self)
{
  self->cells = g_ptr_array_new_with_free_func (g_free);
  self->grid = SAL_CELL_GRID (sal_cell_grid_new ());
  gtk_widget_set_parent (GTK_WIDGET (self->grid), GTK_WIDGET (self));
}
