/* How columns of packed weights are cut into panels, each as wide as a tile. Private to the
 * folder. */
#pragma once

#include "engine/kernels/table.h"

/* Columns with the zeros behind them. */
static inline int
sal_panel_columns (const SalKernels *k, int columns)
{
  return (columns + k->unit - 1) / k->unit * k->unit;
}

static inline int
sal_panel_count (const SalKernels *k, int columns)
{
  int most = k->vectors * k->lanes;

  return (columns + most - 1) / most;
}

/* The first column of panel @p. Panels are about equally wide, as narrow ones are slow: nine
 * vectors are 3 + 3 + 3 rather than 4 + 4 + 1. */
static inline int
sal_panel_first (const SalKernels *k, int columns, int p)
{
  gint64 units = sal_panel_columns (k, columns) / k->unit;

  return (int) (units * p / sal_panel_count (k, columns)) * k->unit;
}
