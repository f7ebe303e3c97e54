#include "engine/base/error.h"

/* clang-format would take the dashes in G_DEFINE_QUARK for minus signs. */
GQuark
sal_error_quark (void)
{
  return g_quark_from_static_string ("sal-error-quark");
}
