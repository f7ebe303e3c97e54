#include "engine/onnx/external.h"

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/reads.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *
find_entry (const Onnx__TensorProto *proto, const char *key)
{
  for (gsize i = 0; i < proto->n_external_data; i++)
    if (proto->external_data[i]->key != NULL && g_str_equal (proto->external_data[i]->key, key))
      return proto->external_data[i]->value;
  return NULL;
}

static gboolean
read_number (const Onnx__TensorProto *proto, const char *key, guint64 otherwise, guint64 *value,
             const char *what, GError **error)
{
  const char *text = find_entry (proto, key);

  *value = otherwise;
  if (text == NULL || g_ascii_string_to_unsigned (text, 10, 0, G_MAXINT64, value, NULL))
    return TRUE;
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  sal_error_set (error, SAL_ERROR_FORMAT, "%s: %s \"%s\" of its external data is no number", what,
                 key, valid);
  return FALSE;
}

/* The path without `..` and links, if that is inside the folder; an error that names the file. */
static char *
resolve (const char *location, const char *folder, const char *what, GError **error)
{
  g_autofree char *shown = g_utf8_make_valid (location, -1);
  g_autofree char *path = g_path_is_absolute (location) ? g_strdup (location)
                                                        : g_build_filename (folder, location, NULL);
  sal_reads_note (path);
  char *real = realpath (path, NULL);
  g_autofree char *inside =
      g_str_has_suffix (folder, "/") ? g_strdup (folder) : g_strconcat (folder, "/", NULL);

  if (real == NULL) {
    sal_error_set (error, SAL_ERROR_FORMAT, "%s: its file \"%s\" cannot be opened: %s", what, shown,
                   g_strerror (errno));
    return NULL;
  }
  if (!g_str_has_prefix (real, inside)) {
    sal_error_set (error, SAL_ERROR_FORMAT, "%s: its file \"%s\" is outside the model's folder",
                   what, shown);
    free (real);
    return NULL;
  }
  char *copy = g_strdup (real);
  free (real);
  return copy;
}

/* Opening must not wait for the writer of a pipe, and what is checked must be what is read. */
static int
open_regular (const char *path, const char *what, guint64 *size, GError **error)
{
  struct stat status;
  g_autofree char *name = g_filename_display_basename (path);
  int fd = g_open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW, 0);

  if (fd >= 0 && fstat (fd, &status) == 0 && S_ISREG (status.st_mode)) {
    *size = (guint64) status.st_size;
    return fd;
  }
  if (fd < 0) {
    sal_error_set (error, SAL_ERROR_FORMAT, "%s: its file \"%s\" cannot be opened: %s", what, name,
                   g_strerror (errno));
  } else {
    sal_error_set (error, SAL_ERROR_FORMAT, "%s: its file \"%s\" is no regular file", what, name);
    close (fd);
  }
  return -1;
}

/* @size: of the file; @path: for messages */
static GBytes *
read_place (const Onnx__TensorProto *proto, int fd, guint64 size, guint64 n_bytes, const char *path,
            const char *what, GError **error)
{
  guint64 offset, length;
  g_autoptr (GError) inner = NULL;

  if (!read_number (proto, "offset", 0, &offset, what, error) ||
      !read_number (proto, "length", size - MIN (offset, size), &length, what, error))
    return NULL;
  g_autofree char *name = g_filename_display_basename (path);
  if (length != n_bytes) {
    sal_error_set (error, SAL_ERROR_FORMAT,
                   "%s: needs %" PRIu64 " bytes, its place in \"%s\" has %" PRIu64, what, n_bytes,
                   name, length);
    return NULL;
  }
  if (offset > size || length > size - offset) {
    sal_error_set (error, SAL_ERROR_FORMAT,
                   "%s: ends at byte %" PRIu64 " of \"%s\", which has %" PRIu64, what,
                   offset + length, name, size);
    return NULL;
  }
  GBytes *bytes = sal_file_read_part (fd, offset, length, &inner);
  if (bytes == NULL)
    sal_error_set (error, SAL_ERROR_FORMAT, "%s: its file \"%s\" cannot be read: %s", what, name,
                   inner->message);
  return bytes;
}

GBytes *
sal_onnx_external (const Onnx__TensorProto *proto, guint64 n_bytes, const char *folder,
                   const char *what, GError **error)
{
  const char *location = find_entry (proto, "location");

  if (folder == NULL || location == NULL || *location == '\0') {
    sal_error_set (error, SAL_ERROR_FORMAT,
                   location == NULL || *location == '\0'
                       ? N_ ("%s: its data is in another file that is not named")
                       : N_ ("%s: its data is in another file, and this model has no folder"),
                   what);
    return NULL;
  }

  g_autofree char *path = resolve (location, folder, what, error);
  if (path == NULL)
    return NULL;
  guint64 size;
  int fd = open_regular (path, what, &size, error);
  if (fd < 0)
    return NULL;
  GBytes *bytes = read_place (proto, fd, size, n_bytes, path, what, error);
  close (fd);
  return bytes;
}
