/* What is said of a file with which something did not work: its name where there is one line, and
 * below the reason where it lies. */
#pragma once

#include <glib.h>

/** sal_file_summary: @format: with one %s for the name. Returns: (transfer full): one line, with
 * the middle of a long name left out */
char *sal_file_summary (const char *format, const char *path);
/** sal_file_reason: Returns: (transfer full): @message in UTF-8, with @path and its neighbours
 * called by their names alone */
char *sal_file_reason (const char *message, const char *path);
/** sal_file_details: Returns: (transfer full): the reason, and after an empty line @path */
char *sal_file_details (const char *message, const char *path);
