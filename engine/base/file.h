/* Whole files in and out: bounded when read, never half there when written. */
#pragma once

#include "engine/base/stamp.h"

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
 * sal_file_read_part:
 * @fd: of a regular file
 *
 * Copies, where mapping would spare that: a mapped file that somebody else makes shorter ends the
 * program that looks at it, and one that is written over changes after it has been checked.
 *
 * Returns: (transfer full): @length bytes from @offset on, or %NULL and @error, which does not name
 *   the file: G_IO_ERROR, or %SAL_ERROR_FORMAT if the file ends before that or is changed meanwhile
 */
GBytes *sal_file_read_part (int fd, guint64 offset, gsize length, GError **error);

/**
 * sal_file_sha256:
 * @then: (nullable): of when it was read
 *
 * Returns: (transfer full) (nullable): of the content of a regular file, in hexadecimal, or %NULL
 *   where it cannot be read, or is not what it was @then
 */
char *sal_file_sha256 (const char *path, const SalStamp *then);

/**
 * sal_file_write:
 *
 * Writes a temporary file beside @path and renames it, so that @path is either the old file or the
 * whole new one.
 *
 * Returns: %FALSE and G_IO_ERROR in one line naming @path
 */
gboolean sal_file_write (const char *path, gconstpointer data, gsize size, GError **error);
