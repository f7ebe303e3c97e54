/* Real numbers with a fixed number of decimals, so that columns of them line up. For three
 * significant digits see canvas-number.h. */
#pragma once

#include <glib.h>

/** sal_number_fixed: Returns: (transfer full): with a true minus sign; zero has none */
char *sal_number_fixed (double value, int decimals);

/** sal_number_percent: @fraction: 0 to 1, NaN where there is none. Returns: (transfer full): in
 * percent with that many decimals; neither certainty nor impossibility comes of rounding: "< 1 %",
 * "> 99 %" */
char *sal_number_percent (double fraction, int decimals);

/** sal_number_decimals: Returns: how many decimals show a number of this size well: two from 1 on,
 *  one from 100 on, three digits of what is smaller */
int sal_number_decimals (double value);
