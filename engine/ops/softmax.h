/* Softmax of one row, and its derivative; for inclusion where a loop over rows is compiled. */
#pragma once

#include "engine/ops/sums.h"
#include "engine/ops/vmath.h"

/** sal_softmax_row: y = exp (x - max) / sum of those; @y may be @x; all -∞ gives NaN */
static inline void
sal_softmax_row (const float *x, float *y, gint64 n)
{
  float max = sal_largest (x, n), r;

  for (gint64 j = 0; j < n; j++)
    y[j] = sal_v_exp (x[j] - max);
  r = 1 / sal_sum (y, n);
  for (gint64 j = 0; j < n; j++)
    y[j] *= r;
}
