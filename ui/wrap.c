#include "ui/wrap.h"

char *
sal_wrappable (const char *name)
{
  GString *text = g_string_new (name);

  g_string_replace (text, "_", "_\u200b", 0);
  return g_string_free (text, FALSE);
}
