/* How alike the columns of a comparison are, pair by pair: a triangle of numbers, shaded. */
#pragma once

#include "app/comparison.h"

#include <gtk/gtk.h>

typedef enum { SAL_ALIKE_SPEARMAN, SAL_ALIKE_SSIM, SAL_ALIKE_TOP } SalAlike;

/** sal_compare_matrix_fill: @grid: empty, or filled so before */
void sal_compare_matrix_fill (GtkGrid *grid, SalComparison *comparison, SalAlike measure);
