#include "engine/base/lines.h"

#include "engine/base/error.h"
#include "engine/base/file.h"

#include <glib/gi18n.h>
#include <string.h>

#define MAX_BYTES (16 * 1024 * 1024)

char **
sal_lines_read (const char *path, GError **error)
{
  g_autoptr (GBytes) bytes = sal_file_read (path, MAX_BYTES, error);
  gsize size;

  if (bytes == NULL)
    return NULL;

  const char *text = g_bytes_get_data (bytes, &size);

  if (size >= 3 && memcmp (text, "\xef\xbb\xbf", 3) == 0) {
    text += 3;
    size -= 3;
  }
  while (size > 0 && g_ascii_isspace (text[size - 1]))
    size--;
  if (size == 0 || !g_utf8_validate (text, size, NULL)) {
    sal_error_set (error, SAL_ERROR_FORMAT,
                   size == 0 ? N_ ("%s: the file is empty") : N_ ("%s: not a text file in UTF-8"),
                   path);
    return NULL;
  }

  g_autofree char *copy = g_strndup (text, size);
  char **lines = g_strsplit (copy, "\n", -1);

  for (char **line = lines; *line != NULL; line++)
    g_strstrip (*line);
  return lines;
}
