#include "app/path-text.h"

#include <string.h>

#define ESCAPED "file:"

char *
sal_path_text (const char *path)
{
  if (g_utf8_validate (path, -1, NULL) && !g_str_has_prefix (path, ESCAPED))
    return g_strdup (path);
  g_autofree char *escaped = g_uri_escape_bytes ((const guint8 *) path, strlen (path), "/");
  return g_strconcat (ESCAPED, escaped, NULL);
}

char *
sal_path_from_text (const char *text)
{
  char *path = g_str_has_prefix (text, ESCAPED)
                   ? g_uri_unescape_string (text + strlen (ESCAPED), NULL)
                   : NULL;

  return path != NULL ? path : g_strdup (text);
}
