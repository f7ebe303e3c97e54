/* Whole files in and out: bounded when read, never half there when written. */
#pragma once

#include <gio/gio.h>

/**
 * sal_file_read:
 * @limit: bytes; a longer file is refused, so that no device or pipe can fill the memory
 *
 * Reads a file, or a pipe to its end.
 *
 * Returns: (transfer full): or %NULL and @error in one line naming @path: G_IO_ERROR (a missing
 *   file, a directory, no permission), %SAL_ERROR_MEMORY beyond @limit
 */
GBytes *sal_file_read (const char *path, gsize limit, GError **error);

/**
 * sal_file_write:
 *
 * Writes a temporary file beside @path and renames it, so that @path is either the old file or the
 * whole new one.
 *
 * Returns: %FALSE and G_IO_ERROR in one line naming @path
 */
gboolean sal_file_write (const char *path, gconstpointer data, gsize size, GError **error);
