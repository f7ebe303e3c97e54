#include "ui/number.h"

#include <math.h>

char *
sal_number_fixed (double value, int decimals)
{
  g_autofree char *magnitude = g_strdup_printf ("%.*f", decimals, fabs (value));
  gboolean zero = g_strtod (magnitude, NULL) == 0;

  return g_strconcat (value < 0 && !zero ? "−" : "", magnitude, NULL);
}

char *
sal_number_percent (double fraction, int decimals)
{
  double least = pow (10, -decimals), percent = 100 * fraction;

  if (percent > 0 && percent < least / 2)
    return g_strdup_printf ("< %.*f %%", decimals, least);
  if (percent < 100 && percent >= 100 - least / 2)
    return g_strdup_printf ("> %.*f %%", decimals, 100 - least);
  return isnan (percent) ? g_strdup ("–") : g_strdup_printf ("%.*f %%", decimals, percent);
}

int
sal_number_decimals (double value)
{
  double magnitude = fabs (value);

  if (!(magnitude > 0) || !isfinite (magnitude) || magnitude >= 100)
    return magnitude >= 100 ? 1 : 2;
  if (magnitude >= 1)
    return 2;
  return MIN (2 - (int) floor (log10 (magnitude)), 12);
}
