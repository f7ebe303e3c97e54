#include "ui/wrap.h"

#include <pango/pango.h>

char *
sal_wrappable (const char *name)
{
  GString *text = g_string_new (name);

  g_string_replace (text, "_", "_\u200b", 0);
  return g_string_free (text, FALSE);
}

char *
sal_in_lines (const char *text, int letters)
{
  glong n = g_utf8_strlen (text, -1);
  g_autofree PangoLogAttr *marks = g_new0 (PangoLogAttr, n + 1);
  GString *lines = g_string_new (NULL);
  const char *part = text;
  glong in_line = 0, in_part = 0, blank = 0;

  pango_get_log_attrs (text, -1, -1, pango_language_get_default (), marks, (int) n + 1);
  /* From one place where a line may end to the next; blanks at its end go with the line. */
  for (glong i = 1; i <= n; i++) {
    blank = marks[i - 1].is_white ? blank + 1 : 0;
    in_part++;
    if (i < n && !marks[i].is_line_break)
      continue;
    if (in_line > 0 && in_line + in_part - blank > letters) {
      while (lines->len > 0 && lines->str[lines->len - 1] == ' ')
        g_string_truncate (lines, lines->len - 1);
      g_string_append_c (lines, '\n');
      in_line = 0;
    }
    const char *end = g_utf8_offset_to_pointer (part, in_part);
    g_string_append_len (lines, part, end - part);
    in_line += in_part;
    part = end;
    in_part = 0;
  }
  return g_string_free (lines, FALSE);
}
