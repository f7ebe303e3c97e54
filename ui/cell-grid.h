/* Pictures in columns and rows, as large as there is room. Several rows are a table: headers of
 * columns on top, those of rows before their cells. A single row goes on in a next line as soon as
 * its pictures are larger for it, each cell with the header of its column; its own header says
 * nothing then, and is not shown. Where there is too little room it asks for more, to be scrolled.
 */
#pragma once

#include <gtk/gtk.h>

#define SAL_TYPE_CELL_GRID (sal_cell_grid_get_type ())
G_DECLARE_FINAL_TYPE (SalCellGrid, sal_cell_grid, SAL, CELL_GRID, GtkWidget)

typedef enum {
  SAL_GRID_COLUMN, /* the header of a column */
  SAL_GRID_ROW,    /* the header of a row */
  SAL_GRID_CELL,
} SalGridPart;

GtkWidget *sal_cell_grid_new (void);
/** sal_cell_grid_add: @child: not floating to anybody else; @column: 0 for headers of rows; @row: 0
 *  for headers of columns */
void sal_cell_grid_add (SalCellGrid *self, GtkWidget *child, SalGridPart part, guint column,
                        guint row);
/** sal_cell_grid_find: Returns: (transfer none) (nullable): what was added there last */
GtkWidget *sal_cell_grid_find (SalCellGrid *self, SalGridPart part, guint column, guint row);
/** sal_cell_grid_move: @child: that was added, to another place of its part */
void sal_cell_grid_move (SalCellGrid *self, GtkWidget *child, guint column, guint row);
/** sal_cell_grid_remove: lets go of @child */
void sal_cell_grid_remove (SalCellGrid *self, GtkWidget *child);
/** sal_cell_grid_remove_part: lets go of all that are of @part */
void sal_cell_grid_remove_part (SalCellGrid *self, SalGridPart part);
/** sal_cell_grid_set_ratio: @ratio: a picture's width by its height; 1 until it is known */
void sal_cell_grid_set_ratio (SalCellGrid *self, double ratio);
