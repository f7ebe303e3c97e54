/* Text files of one thing a line: class names, vocabularies. */
#pragma once

#include <gio/gio.h>

/**
 * sal_lines_read:
 * @path: a text file in UTF-8, up to 16 MiB, with or without a byte order mark
 *
 * Returns: (transfer full): its lines without surrounding space, the empty ones at the end left
 *   out, ended by %NULL; or %NULL and @error in one line naming @path: %SAL_ERROR_FORMAT if it is
 *   empty or no such text, or that of sal_file_read()
 */
char **sal_lines_read (const char *path, GError **error);
