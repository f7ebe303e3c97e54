#include "engine/base/error.h"

#include <glib/gi18n.h>

/* clang-format would take the dashes in G_DEFINE_QUARK for minus signs. */
GQuark
sal_error_quark (void)
{
  return g_quark_from_static_string ("sal-error-quark");
}

void
sal_error_set (GError **error, int code, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_propagate_error (error, g_error_new_valist (SAL_ERROR, code, _ (format), arguments));
  va_end (arguments);
}

void
sal_error_prefix (GError **error, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_autofree char *prefix = g_strdup_vprintf (_ (format), arguments);
  va_end (arguments);
  g_prefix_error_literal (error, prefix);
}
