#include "ui/cell-grid.h"

#include <math.h>

#define GAP 6
/* Between columns: a name and what takes its column away belong together. */
#define COLUMN_GAP 10
/* Around the picture in its canvas, both sides together. */
#define AIR 24

typedef struct {
  GtkWidget *widget;
  SalGridPart part;
  guint column, row;
} Child;

struct _SalCellGrid {
  GtkWidget parent_instance;

  GArray *children; /* of Child */
  guint columns, rows;
  double ratio;
};

G_DEFINE_FINAL_TYPE (SalCellGrid, sal_cell_grid, GTK_TYPE_WIDGET)

/* What each part needs: the widest, and the highest. Headers of rows have what they ask for, and
 * are no higher than cells; all others have the least, and what is left. How high headers of
 * columns are depends on how wide columns become. */
typedef struct {
  int width[3], height[3];
} Need;

static Need
need_of (SalCellGrid *self)
{
  Need need = { { 0 }, { 0 } };

  for (guint i = 0; i < self->children->len; i++) {
    const Child *child = &g_array_index (self->children, Child, i);
    int width, wanted, height;

    gtk_widget_measure (child->widget, GTK_ORIENTATION_HORIZONTAL, -1, &width, &wanted, NULL, NULL);
    gtk_widget_measure (child->widget, GTK_ORIENTATION_VERTICAL, -1, &height, NULL, NULL, NULL);
    if (child->part == SAL_GRID_ROW)
      width = wanted;
    if (child->part == SAL_GRID_COLUMN)
      height = 0;
    need.width[child->part] = MAX (need.width[child->part], width);
    need.height[child->part] = MAX (need.height[child->part], height);
  }
  need.width[SAL_GRID_CELL] = MAX (need.width[SAL_GRID_CELL], need.width[SAL_GRID_COLUMN]);
  return need;
}

/* Of columns that are so wide, or as narrow as they can be. */
static int
header_height (SalCellGrid *self, const Need *need, int width)
{
  int highest = 0;

  for (guint i = 0; i < self->children->len; i++) {
    const Child *child = &g_array_index (self->children, Child, i);
    int height;

    if (child->part != SAL_GRID_COLUMN)
      continue;
    gtk_widget_measure (child->widget, GTK_ORIENTATION_VERTICAL,
                        MAX (width, need->width[SAL_GRID_CELL]), &height, NULL, NULL, NULL);
    highest = MAX (highest, height);
  }
  return highest;
}

static gboolean
is_table (SalCellGrid *self)
{
  return self->rows > 1;
}

/* What each of @n has of @all. */
static int
share (int all, guint n, int gap)
{
  return (all - ((int) n - 1) * gap) / (int) n;
}

static int
column_width (SalCellGrid *self, const Need *need, int width)
{
  return share (width - need->width[SAL_GRID_ROW] - COLUMN_GAP, self->columns, COLUMN_GAP);
}

static guint
lines_of (SalCellGrid *self, guint a_line)
{
  return (self->columns + a_line - 1) / a_line;
}

static guint
most_a_line (SalCellGrid *self, const Need *need, int width)
{
  guint n = 1;

  while (n < self->columns && share (width, n + 1, COLUMN_GAP) >= need->width[SAL_GRID_CELL])
    n++;
  return n;
}

/* How many cells of a single row stand in a line, for the largest pictures. */
static guint
best_a_line (SalCellGrid *self, const Need *need, int width, int height)
{
  guint most = most_a_line (self, need, width), best = most;
  double largest = 0;

  for (guint n = 1; n <= most; n++) {
    int wide = share (width, n, COLUMN_GAP);
    int high = share (height, lines_of (self, n), GAP) - header_height (self, need, wide) - GAP;
    double side = fmin (wide - AIR, self->ratio * (high - AIR));

    if (high >= need->height[SAL_GRID_CELL] && side > largest) {
      best = n;
      largest = side;
    }
  }
  return best;
}

static GtkSizeRequestMode
sal_cell_grid_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
sal_cell_grid_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                       int *natural, int *minimum_baseline, int *natural_baseline)
{
  SalCellGrid *self = SAL_CELL_GRID (widget);
  Need need = need_of (self);
  int high = need.height[SAL_GRID_CELL];

  if (self->columns == 0) {
    *minimum = 0;
  } else if (orientation == GTK_ORIENTATION_HORIZONTAL) {
    *minimum = is_table (self) ? need.width[SAL_GRID_ROW] +
                                     (int) self->columns * (need.width[SAL_GRID_CELL] + COLUMN_GAP)
                               : need.width[SAL_GRID_CELL];
  } else if (is_table (self)) {
    *minimum = header_height (self, &need, column_width (self, &need, for_size)) +
               (int) self->rows * (high + GAP);
  } else {
    guint most = for_size < 0 ? 1 : most_a_line (self, &need, for_size);
    int header = header_height (self, &need, share (for_size, most, COLUMN_GAP));
    *minimum = (int) lines_of (self, most) * (header + high + 2 * GAP) - GAP;
  }
  *natural = *minimum;
}

static void
place (SalCellGrid *self, const Child *child, int x, int y, int width, int height)
{
  int all = gtk_widget_get_width (GTK_WIDGET (self));
  gboolean mirrored = gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;

  gtk_widget_size_allocate (
      child->widget, &(GtkAllocation){ mirrored ? all - x - width : x, y, width, height }, -1);
}

static void
place_in_table (SalCellGrid *self, const Need *need, const Child *child, int width, int height)
{
  int before = need->width[SAL_GRID_ROW] + COLUMN_GAP, each = column_width (self, need, width);
  int header = header_height (self, need, each), high = (height - header) / (int) self->rows;
  int x = before + (int) child->column * (each + COLUMN_GAP), y = header + (int) child->row * high;

  if (child->part == SAL_GRID_COLUMN)
    place (self, child, x, 0, each, header);
  else if (child->part == SAL_GRID_ROW)
    place (self, child, 0, y + GAP, before - COLUMN_GAP, high - GAP);
  else
    place (self, child, x, y + GAP, each, high - GAP);
}

static void
place_in_line (SalCellGrid *self, const Need *need, guint a_line, const Child *child, int width,
               int height)
{
  int each = share (width, a_line, COLUMN_GAP);
  int high = share (height, lines_of (self, a_line), GAP);
  int header = header_height (self, need, each);
  int x = (int) (child->column % a_line) * (each + COLUMN_GAP);
  int y = (int) (child->column / a_line) * (high + GAP);

  if (child->part == SAL_GRID_COLUMN)
    place (self, child, x, y, each, header);
  else
    place (self, child, x, y + header + GAP, each, high - header - GAP);
}

static void
sal_cell_grid_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  SalCellGrid *self = SAL_CELL_GRID (widget);

  if (self->columns == 0)
    return;
  Need need = need_of (self);
  guint a_line = best_a_line (self, &need, width, height);

  for (guint i = 0; i < self->children->len; i++) {
    const Child *child = &g_array_index (self->children, Child, i);
    gboolean shown = child->part != SAL_GRID_ROW || is_table (self);

    gtk_widget_set_child_visible (child->widget, shown);
    if (is_table (self))
      place_in_table (self, &need, child, width, height);
    else if (shown)
      place_in_line (self, &need, a_line, child, width, height);
  }
}

static void
sal_cell_grid_dispose (GObject *object)
{
  for (SalGridPart part = SAL_GRID_COLUMN; part <= SAL_GRID_CELL; part++)
    sal_cell_grid_remove_part (SAL_CELL_GRID (object), part);
  G_OBJECT_CLASS (sal_cell_grid_parent_class)->dispose (object);
}

static void
sal_cell_grid_finalize (GObject *object)
{
  g_array_unref (SAL_CELL_GRID (object)->children);
  G_OBJECT_CLASS (sal_cell_grid_parent_class)->finalize (object);
}

static void
sal_cell_grid_class_init (SalCellGridClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sal_cell_grid_dispose;
  G_OBJECT_CLASS (klass)->finalize = sal_cell_grid_finalize;
  widget_class->get_request_mode = sal_cell_grid_get_request_mode;
  widget_class->measure = sal_cell_grid_measure;
  widget_class->size_allocate = sal_cell_grid_size_allocate;
}

static void
sal_cell_grid_init (SalCellGrid *self)
{
  self->children = g_array_new (FALSE, FALSE, sizeof (Child));
  self->ratio = 1;
}

GtkWidget *
sal_cell_grid_new (void)
{
  return g_object_new (SAL_TYPE_CELL_GRID, NULL);
}

void
sal_cell_grid_add (SalCellGrid *self, GtkWidget *child, SalGridPart part, guint column, guint row)
{
  g_return_if_fail (SAL_IS_CELL_GRID (self));
  Child added = { child, part, column, row };

  g_array_append_val (self->children, added);
  self->columns = MAX (self->columns, column + 1);
  self->rows = MAX (self->rows, row + 1);
  gtk_widget_set_parent (child, GTK_WIDGET (self));
}

GtkWidget *
sal_cell_grid_find (SalCellGrid *self, SalGridPart part, guint column, guint row)
{
  g_return_val_if_fail (SAL_IS_CELL_GRID (self), NULL);
  for (guint i = self->children->len; i-- > 0;) {
    const Child *child = &g_array_index (self->children, Child, i);
    if (child->part == part && child->column == column && child->row == row)
      return child->widget;
  }
  return NULL;
}

static void
count (SalCellGrid *self)
{
  self->columns = self->rows = 0;
  for (guint i = 0; i < self->children->len; i++) {
    const Child *child = &g_array_index (self->children, Child, i);

    self->columns = MAX (self->columns, child->column + 1);
    self->rows = MAX (self->rows, child->row + 1);
  }
}

void
sal_cell_grid_move (SalCellGrid *self, GtkWidget *child, guint column, guint row)
{
  g_return_if_fail (SAL_IS_CELL_GRID (self));
  for (guint i = 0; i < self->children->len; i++) {
    Child *at = &g_array_index (self->children, Child, i);

    if (at->widget == child) {
      at->column = column;
      at->row = row;
    }
  }
  count (self);
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

void
sal_cell_grid_remove (SalCellGrid *self, GtkWidget *child)
{
  g_return_if_fail (SAL_IS_CELL_GRID (self));
  for (guint i = self->children->len; i-- > 0;)
    if (g_array_index (self->children, Child, i).widget == child)
      g_array_remove_index (self->children, i);
  gtk_widget_unparent (child);
  count (self);
}

void
sal_cell_grid_remove_part (SalCellGrid *self, SalGridPart part)
{
  g_return_if_fail (SAL_IS_CELL_GRID (self));
  for (guint i = self->children->len; i-- > 0;) {
    Child child = g_array_index (self->children, Child, i);

    if (child.part == part) {
      g_array_remove_index (self->children, i);
      gtk_widget_unparent (child.widget);
    }
  }
  count (self);
}

void
sal_cell_grid_set_ratio (SalCellGrid *self, double ratio)
{
  g_return_if_fail (SAL_IS_CELL_GRID (self) && ratio > 0);
  if (self->ratio == ratio)
    return;
  self->ratio = ratio;
  gtk_widget_queue_allocate (GTK_WIDGET (self));
}
