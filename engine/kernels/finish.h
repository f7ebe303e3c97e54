/* What happens to a kernel's sums on their way to memory. Private to the folder. */
#pragma once

#include <glib.h>

/**
 * SalFinish:
 * @y: pixel p's channels begin at @y + p · @y_step
 * @bias: (nullable): one per channel
 * @add: (nullable): as @y, with its own step; may be @y
 * @low: results are clamped to @low .. @high, and NaN stays NaN
 * @gate_out: (nullable): takes a bit for each element, 1 where @low < value < @high
 * @gate_in: (nullable): the result, all done, becomes 0 where its bit is 0
 */
typedef struct {
  float *y;
  gint64 y_step;
  const float *bias;
  const float *add;
  gint64 add_step;
  float low, high;
  guint8 *gate_out;
  gint64 gate_out_step;
  const guint8 *gate_in;
  gint64 gate_in_step;
} SalFinish;
