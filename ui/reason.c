#include "ui/reason.h"

#include <glib/gi18n.h>
#include <string.h>

char *
sal_reason_text (const char *reason)
{
  const char *name = strstr (reason, ": ");
  g_autofree char *words = name != NULL ? g_strndup (reason, (gsize) (name - reason)) : NULL;

  return name != NULL ? g_strconcat (_ (words), name, NULL) : g_strdup (_ (reason));
}
