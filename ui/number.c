#include "ui/number.h"

#include <math.h>

char *
sal_number_fixed (double value, int decimals)
{
  g_autofree char *magnitude = g_strdup_printf ("%.*f", decimals, fabs (value));
  gboolean zero = g_strtod (magnitude, NULL) == 0;

  return g_strconcat (value < 0 && !zero ? "−" : "", magnitude, NULL);
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
