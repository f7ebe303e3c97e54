/* The grid of pictures: nothing in it, a row that goes on in a next line, a table. */
#include "tests/ui/ui-support.h"
#include "ui/cell-grid.h"

static GtkWidget *
add (SalCellGrid *grid, SalGridPart part, guint column, guint row)
{
  GtkWidget *child = gtk_label_new (part == SAL_GRID_CELL ? NULL : "name");

  if (part == SAL_GRID_CELL)
    gtk_widget_set_size_request (child, 40, 30);
  sal_cell_grid_add (grid, child, part, column, row);
  return child;
}

static graphene_rect_t
place_of (GtkWidget *child, GtkWidget *grid)
{
  graphene_rect_t bounds;

  g_assert_true (gtk_widget_compute_bounds (child, grid, &bounds));
  return bounds;
}

/* A grid may be shown before anything is in it, and after all has gone. */
static void
test_empty (void)
{
  GtkWidget *grid = sal_cell_grid_new (), *window = ui_show (grid, 300, 200);

  add (SAL_CELL_GRID (grid), SAL_GRID_CELL, 0, 0);
  ui_drawn (window);
  sal_cell_grid_remove_part (SAL_CELL_GRID (grid), SAL_GRID_CELL);
  ui_drawn (window);
  g_assert_cmpint (gtk_widget_get_width (grid), ==, 300);
  gtk_window_destroy (GTK_WINDOW (window));
}

/* Of four square pictures, two by two are larger in a square than four in a line. */
static void
test_lines (void)
{
  static const int sizes[][2] = { { 900, 300 }, { 500, 500 } };

  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++) {
    GtkWidget *grid = sal_cell_grid_new (), *header[4], *cell[4];

    for (guint c = 0; c < 4; c++) {
      header[c] = add (SAL_CELL_GRID (grid), SAL_GRID_COLUMN, c, 0);
      cell[c] = add (SAL_CELL_GRID (grid), SAL_GRID_CELL, c, 0);
    }
    GtkWidget *row = add (SAL_CELL_GRID (grid), SAL_GRID_ROW, 0, 0);
    GtkWidget *window = ui_show (grid, sizes[i][0], sizes[i][1]);
    graphene_rect_t first = place_of (cell[0], grid), third = place_of (cell[2], grid);

    g_assert_false (gtk_widget_get_mapped (row));
    if (i == 0) {
      g_assert_cmpfloat (third.origin.y, ==, first.origin.y);
      g_assert_cmpfloat (third.origin.x, >, first.origin.x);
    } else {
      g_assert_cmpfloat (third.origin.y, >, first.origin.y + first.size.height);
      g_assert_cmpfloat (third.origin.x, ==, first.origin.x);
    }
    for (guint c = 0; c < 4; c++) {
      graphene_rect_t name = place_of (header[c], grid), picture = place_of (cell[c], grid);
      g_assert_cmpfloat (name.origin.x, ==, picture.origin.x);
      g_assert_cmpfloat (name.origin.y + name.size.height, <=, picture.origin.y);
    }
    gtk_window_destroy (GTK_WINDOW (window));
  }
}

static void
test_table (void)
{
  GtkWidget *grid = sal_cell_grid_new (), *row[2], *cell[2][3];

  for (guint r = 0; r < 2; r++) {
    row[r] = add (SAL_CELL_GRID (grid), SAL_GRID_ROW, 0, r);
    for (guint c = 0; c < 3; c++)
      cell[r][c] = add (SAL_CELL_GRID (grid), SAL_GRID_CELL, c, r);
  }
  for (guint c = 0; c < 3; c++)
    add (SAL_CELL_GRID (grid), SAL_GRID_COLUMN, c, 0);
  GtkWidget *window = ui_show (grid, 700, 400);

  for (guint r = 0; r < 2; r++) {
    graphene_rect_t name = place_of (row[r], grid);

    g_assert_true (gtk_widget_get_mapped (row[r]));
    for (guint c = 0; c < 3; c++) {
      graphene_rect_t here = place_of (cell[r][c], grid), above = place_of (cell[0][c], grid);

      g_assert_cmpfloat (here.origin.x, ==, above.origin.x);
      g_assert_cmpfloat (here.origin.x, >, name.origin.x + name.size.width);
      g_assert_cmpfloat (here.origin.x + here.size.width, <=, 700);
      g_assert_cmpfloat (here.origin.y + here.size.height, <=, 400);
    }
    g_assert_cmpfloat (name.origin.y, ==, place_of (cell[r][0], grid).origin.y);
  }
  gtk_window_destroy (GTK_WINDOW (window));
}

int
main (int argc, char *argv[])
{
  ui_init (&argc, &argv);
  g_test_add_func ("/ui/cell-grid/empty", test_empty);
  g_test_add_func ("/ui/cell-grid/lines", test_lines);
  g_test_add_func ("/ui/cell-grid/table", test_table);
  return g_test_run ();
}
