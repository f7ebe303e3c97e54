#include "engine/explain/reasons.h"

#include <glib/gi18n.h>
#include <string.h>

const char *const *
sal_reasons (void)
{
  static const char *const reasons[] = {
    SAL_REASON_NO_PLACES,
    SAL_REASON_NO_ATTENTION,
    SAL_REASON_NO_GRID,
    SAL_REASON_NO_RULE,
    SAL_REASON_NO_BLUR,
    SAL_REASON_NO_REGIONS,
    NULL,
  };

  return reasons;
}

char *
sal_reason_text (const char *reason)
{
  const char *name = strstr (reason, ": ");
  g_autofree char *words = name != NULL ? g_strndup (reason, (gsize) (name - reason)) : NULL;

  return name != NULL ? g_strconcat (_ (words), name, NULL) : g_strdup (_ (reason));
}
