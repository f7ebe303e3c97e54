/* The finish of some pixels' neighbouring vectors of channels; see finish.h. */
#pragma once

#include "engine/kernels/finish.h"
#include "engine/kernels/simd.h"

#include <math.h>

/* The most pixels that are finished together. */
#define SAL_FINISH_PIXELS 7

/* @n full vectors from @channel on of each of @rows pixels, [rows][n] in @x. Unless @first, they
 * are added to what is in y yet; unless @last, more will be. */
SAL_INLINE void
finish_pixels (const SalFinish *finish, const gint64 *pixel, guint channel, Vec *x, const int rows,
               const int n, gboolean first, gboolean last)
{
  /* A copy, as the compiler would load it again after every store. */
  SalFinish f = *finish;
  const float *from = first ? f.add : f.y;
  gint64 step = first ? f.add_step : f.y_step, at[SAL_FINISH_PIXELS];

  SAL_EACH (i, rows)
    at[i] = pixel[i];
  if (first && f.bias != NULL)
    SAL_EACH (j, n) {
      Vec bias = vec_load (f.bias + channel + j * SAL_LANES);

      SAL_EACH (i, rows)
        x[i * n + j] += bias;
    }
  if (from != NULL)
    SAL_EACH (i, rows)
      SAL_EACH (j, n)
        x[i * n + j] += vec_load (from + at[i] * step + channel + j * SAL_LANES);
  if (last && (f.low > -INFINITY || f.high < INFINITY))
    SAL_EACH (i, rows * n)
      x[i] = vec_clamp (x[i], vec_all (f.low), vec_all (f.high));
  if (last && f.gate_out != NULL)
    SAL_EACH (i, rows)
      SAL_EACH (j, n)
        gate_store (f.gate_out + at[i] * f.gate_out_step, channel + j * SAL_LANES,
                    vec_between (x[i * n + j], vec_all (f.low), vec_all (f.high)), SAL_LANES);
  if (last && f.gate_in != NULL)
    SAL_EACH (i, rows)
      SAL_EACH (j, n) {
        const guint8 *gates = f.gate_in + at[i] * f.gate_in_step;

        x[i * n + j] =
            vec_keep (x[i * n + j], gate_load (gates, channel + j * SAL_LANES, SAL_LANES));
      }
  SAL_EACH (i, rows)
    SAL_EACH (j, n)
      vec_store (f.y + at[i] * f.y_step + channel + j * SAL_LANES, x[i * n + j]);
}

/* All of it for one vector, of which the first @n lanes are channels. */
SAL_INLINE void
finish_some (const SalFinish *f, gint64 pixel, guint channel, Vec x, int n, gboolean first,
             gboolean last)
{
  Vec low = vec_all (f->low), high = vec_all (f->high);
  float *y = f->y + pixel * f->y_step + channel;

  if (!first)
    x += vec_load_some (y, n);
  if (first && f->bias != NULL)
    x += vec_load_some (f->bias + channel, n);
  if (first && f->add != NULL)
    x += vec_load_some (f->add + pixel * f->add_step + channel, n);
  if (last) {
    x = vec_clamp (x, low, high);
    if (f->gate_out != NULL)
      gate_store (f->gate_out + pixel * f->gate_out_step, channel, vec_between (x, low, high), n);
    if (f->gate_in != NULL)
      x = vec_keep (x, gate_load (f->gate_in + pixel * f->gate_in_step, channel, n));
  }
  vec_store_some (y, x, n);
}
