/* From channels-first to channels-last pictures and back: where kernels of conv.h and pool.h meet
 * operators that know [N,C,...] alone. */
#pragma once

#include "engine/base/team.h"

/**
 * sal_layout_to_last:
 * @x: [N,C,pixels]
 * @y: (out): [N,pixels,C], @y_step floats from one pixel to the next
 * @add: adds to @y rather than setting it
 */
void sal_layout_to_last (const float *x, int N, int C, gint64 pixels, float *y, gint64 y_step,
                         gboolean add, SalTeam *team);

/**
 * sal_layout_to_first:
 * @x: [N,pixels,C], @x_step floats from one pixel to the next
 * @y: (out): [N,C,pixels]
 * @add: adds to @y rather than setting it
 */
void sal_layout_to_first (const float *x, gint64 x_step, int N, int C, gint64 pixels, float *y,
                          gboolean add, SalTeam *team);
