/* Sums of many floats, added in float64 in eight lanes: the order is fixed, so results repeat, and
 * loops vectorise that would otherwise wait for one addition after another. */
#pragma once

#include <glib.h>

static inline double
sal_lanes_total (const double lane[8])
{
  return ((lane[0] + lane[1]) + (lane[2] + lane[3])) + ((lane[4] + lane[5]) + (lane[6] + lane[7]));
}

/** sal_sum: Returns: Σ x */
static inline double
sal_sum (const float *x, gint64 n)
{
  double lane[8] = { 0 };
  gint64 i = 0;

  for (; i + 8 <= n; i += 8)
    for (int k = 0; k < 8; k++)
      lane[k] += x[i + k];
  for (; i < n; i++)
    lane[0] += x[i];
  return sal_lanes_total (lane);
}

/** sal_dot: Returns: Σ a · (b - @from) */
static inline double
sal_dot (const float *a, const float *b, double from, gint64 n)
{
  double lane[8] = { 0 };
  gint64 i = 0;

  for (; i + 8 <= n; i += 8)
    for (int k = 0; k < 8; k++)
      lane[k] += a[i + k] * (b[i + k] - from);
  for (; i < n; i++)
    lane[0] += a[i] * (b[i] - from);
  return sal_lanes_total (lane);
}

/** sal_squares: Returns: Σ (x - @from)² */
static inline double
sal_squares (const float *x, double from, gint64 n)
{
  double lane[8] = { 0 };
  gint64 i = 0;

  for (; i + 8 <= n; i += 8)
    for (int k = 0; k < 8; k++)
      lane[k] += (x[i + k] - from) * (x[i + k] - from);
  for (; i < n; i++)
    lane[0] += (x[i] - from) * (x[i] - from);
  return sal_lanes_total (lane);
}

/** sal_largest: Returns: the largest of @n > 0 numbers; NaN is passed over where it can be */
static inline float
sal_largest (const float *x, gint64 n)
{
  float lane[8];
  gint64 i = 0;

  for (int k = 0; k < 8; k++)
    lane[k] = x[0];
  for (; i + 8 <= n; i += 8)
    for (int k = 0; k < 8; k++)
      lane[k] = x[i + k] > lane[k] ? x[i + k] : lane[k];
  for (; i < n; i++)
    lane[0] = x[i] > lane[0] ? x[i] : lane[0];
  for (int k = 1; k < 8; k++)
    lane[0] = lane[k] > lane[0] ? lane[k] : lane[0];
  return lane[0];
}
