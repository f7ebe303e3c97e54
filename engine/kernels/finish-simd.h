/* The finish of one pixel's neighbouring vectors of channels; see finish.h. Callers copy the
 * SalFinish into a local variable, as the compiler would load it again after every store. */
#pragma once

#include "engine/kernels/finish.h"
#include "engine/kernels/simd.h"

/* Adds bias and addend, or what the sum so far left in y, to @n full vectors at @channel. */
SAL_INLINE void
finish_begin (const SalFinish *f, gint64 pixel, int channel, Vec *x, int n, gboolean first)
{
  const float *from = f->add != NULL ? f->add + pixel * f->add_step : NULL;

  if (!first)
    from = f->y + pixel * f->y_step;
  else if (f->bias != NULL)
    SAL_EACH (j, n)
      x[j] += vec_load (f->bias + channel + j * SAL_LANES);
  if (from != NULL)
    SAL_EACH (j, n)
      x[j] += vec_load (from + channel + j * SAL_LANES);
}

/* Clamps and gates. */
SAL_INLINE void
finish_end (const SalFinish *f, gint64 pixel, int channel, Vec *x, int n)
{
  Vec low = vec_all (f->low), high = vec_all (f->high);

  SAL_EACH (j, n)
    x[j] = vec_clamp (x[j], low, high);
  if (f->gate_out != NULL) {
    guint8 *row = f->gate_out + pixel * f->gate_out_step;

    SAL_EACH (j, n)
      gate_store (row, channel + j * SAL_LANES, vec_between (x[j], low, high), SAL_LANES);
  }
  if (f->gate_in != NULL) {
    const guint8 *row = f->gate_in + pixel * f->gate_in_step;

    SAL_EACH (j, n)
      x[j] = vec_keep (x[j], gate_load (row, channel + j * SAL_LANES, SAL_LANES));
  }
}

SAL_INLINE void
finish_store (const SalFinish *f, gint64 pixel, int channel, const Vec *x, int n)
{
  float *y = f->y + pixel * f->y_step + channel;

  SAL_EACH (j, n)
    vec_store (y + j * SAL_LANES, x[j]);
}

/* All of it for one vector, of which the first @n lanes are channels. */
SAL_INLINE void
finish_some (const SalFinish *f, gint64 pixel, int channel, Vec x, int n, gboolean first,
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
