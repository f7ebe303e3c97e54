#include "ui/canvas-number.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void
append_power (GString *text, int power)
{
  static const char *const digits[] = { "⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹" };
  g_autofree char *plain = g_strdup_printf ("%d", abs (power));

  g_string_append (text, power < 0 ? "×10⁻" : "×10");
  for (const char *p = plain; *p != '\0'; p++)
    g_string_append (text, digits[*p - '0']);
}

char *
sal_canvas_number (double value, gboolean plus)
{
  if (isnan (value))
    return g_strdup ("–");
  if (value == 0)
    return g_strdup ("0");

  GString *text = g_string_new (value < 0 ? "−" : plus ? "+" : "");

  value = fabs (value);
  if (isinf (value)) {
    g_string_append (text, "∞");
    return g_string_free (text, FALSE);
  }

  /* Rounded first: 0.09996 has its leading digit in the tenths once it is 0.100. */
  char scientific[G_ASCII_DTOSTR_BUF_SIZE], plain[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_formatd (scientific, sizeof scientific, "%.2e", value);

  int power = atoi (strchr (scientific, 'e') + 1);

  if (power < -3 || power > 4) {
    g_string_append_len (text, scientific, strchr (scientific, 'e') - scientific);
    append_power (text, power);
  } else {
    g_autofree char *format = g_strdup_printf ("%%.%df", MAX (2 - power, 0));

    g_string_append (text, g_ascii_formatd (plain, sizeof plain, format, value));
  }
  return g_string_free (text, FALSE);
}
