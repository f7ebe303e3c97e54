/* Paths as text: names of files are bytes, settings and JSON hold UTF-8. */
#pragma once

#include <glib.h>

/** sal_path_text: Returns: (transfer full): @path itself where it is text, else `file:` and the
 * path with what is none escaped as in addresses; sal_path_from_text() reads both */
char *sal_path_text (const char *path);
/** sal_path_from_text: Returns: (transfer full): the path that sal_path_text() has written */
char *sal_path_from_text (const char *text);
