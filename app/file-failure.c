#include "app/file-failure.h"

#include <string.h>

/* Of a longer name the ends count: how it begins, and its number and kind. */
#define LONGEST_NAME 36

static char *
short_name (const char *path)
{
  char *name = g_filename_display_basename (path);
  glong length = g_utf8_strlen (name, -1);

  if (length <= LONGEST_NAME)
    return name;
  glong half = LONGEST_NAME / 2;
  g_autofree char *whole = name;
  g_autofree char *begin = g_utf8_substring (whole, 0, half);
  g_autofree char *end = g_utf8_substring (whole, length - half + 1, -1);
  return g_strconcat (begin, "…", end, NULL);
}

char *
sal_file_summary (const char *format, const char *path)
{
  g_autofree char *name = short_name (path);
  g_autoptr (GString) summary = g_string_new (format);

  g_string_replace (summary, "%s", name, 1);
  return g_string_free (g_steal_pointer (&summary), FALSE);
}

/* And is not the end of a longer one. */
static gboolean
begins_path (const char *message, const char *at)
{
  return at == message || !g_ascii_isgraph (at[-1]) || strchr ("\"'(", at[-1]) != NULL;
}

char *
sal_file_reason (const char *message, const char *path)
{
  const char *name = strrchr (path, G_DIR_SEPARATOR);
  g_autofree char *before = g_strndup (path, name != NULL ? (gsize) (name + 1 - path) : 0);
  g_autoptr (GString) reason = g_string_new (NULL);
  const char *from = message, *at = message;

  /* Less than a folder is not worth the trouble: "/" stays. */
  for (; name != NULL && name > path && (at = strstr (at, before)) != NULL; at += strlen (before)) {
    if (!begins_path (message, at))
      continue;
    g_string_append_len (reason, from, at - from);
    from = at + strlen (before);
  }
  g_string_append (reason, from);
  return g_utf8_make_valid (reason->str, (gssize) reason->len);
}

char *
sal_file_details (const char *message, const char *path)
{
  g_autofree char *reason = sal_file_reason (message, path);
  g_autofree char *place = g_filename_display_name (path);

  return g_strdup_printf ("%s\n\n%s", reason, place);
}
