#include "engine/base/file.h"

#include "engine/base/error.h"
#include "engine/base/reads.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHUNK (256 * 1024)

static gboolean
fail (const char *path, int code, GError **error)
{
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), "%s: %s", path, g_strerror (code));
  return FALSE;
}

static gpointer
too_long (const char *path, gsize limit, GError **error)
{
  sal_error_set (error, SAL_ERROR_MEMORY, "%s: longer than %zu bytes, the most that is read", path,
                 limit);
  return NULL;
}

/* The size of a file is only a hint (files grow, pipes have none): what counts is its end. */
static GBytes *
read_all (int fd, const char *path, gsize limit, GError **error)
{
  struct stat info;
  gsize length = 0, room = CHUNK;

  if (fstat (fd, &info) != 0) {
    fail (path, errno, error);
    return NULL;
  }
  if (S_ISREG (info.st_mode)) {
    if ((guint64) info.st_size > limit)
      return too_long (path, limit, error);
    room = (gsize) info.st_size + 1;
  }

  g_autofree guint8 *data = NULL;

  for (;;) {
    if (length == room)
      room *= 2;
    room = MIN (room, limit + 1);

    guint8 *larger = g_try_realloc (data, room);

    if (larger == NULL) {
      fail (path, ENOMEM, error);
      return NULL;
    }
    data = larger;

    gssize got = read (fd, data + length, MIN (room - length, G_MAXINT));

    if (got == 0)
      return g_bytes_new_take (g_steal_pointer (&data), length);
    if (got < 0 && errno != EINTR) {
      fail (path, errno, error);
      return NULL;
    }
    length += MAX (got, 0);
    if (length > limit)
      return too_long (path, limit, error);
  }
}

GBytes *
sal_file_read (const char *path, gsize limit, GError **error)
{
  sal_reads_note (path);
  int fd = g_open (path, O_RDONLY | O_CLOEXEC, 0);

  if (fd < 0) {
    fail (path, errno, error);
    return NULL;
  }

  GBytes *bytes = read_all (fd, path, limit, error);

  close (fd);
  return bytes;
}

static gboolean
same_content (const struct stat *a, const struct stat *b)
{
  return a->st_size == b->st_size && a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
         a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

GBytes *
sal_file_read_part (int fd, guint64 offset, gsize length, GError **error)
{
  struct stat before, after;
  g_autofree guint8 *data = g_try_malloc (MAX (length, 1));
  gsize at = 0;
  int code = data == NULL ? ENOMEM : fstat (fd, &before) == 0 ? 0 : errno;

  while (code == 0 && at < length) {
    gssize got = pread (fd, data + at, MIN (length - at, G_MAXINT), (off_t) (offset + at));

    if (got == 0)
      break;
    if (got < 0 && errno != EINTR)
      code = errno;
    at += MAX (got, 0);
  }
  if (code == 0 && fstat (fd, &after) != 0)
    code = errno;
  if (code != 0) {
    g_set_error_literal (error, G_IO_ERROR, g_io_error_from_errno (code), g_strerror (code));
    return NULL;
  }
  if (at < length || !same_content (&before, &after)) {
    sal_error_set (error, SAL_ERROR_FORMAT, "somebody else writes it at the same time");
    return NULL;
  }
  return g_bytes_new_take (g_steal_pointer (&data), length);
}

static gboolean
is_still (const char *path, const SalStamp *then)
{
  SalStamp now = sal_stamp_of (path);

  return then == NULL || sal_stamp_equal (then, &now);
}

char *
sal_file_sha256 (const char *path, const SalStamp *then)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree guint8 *chunk = g_malloc (CHUNK);
  struct stat info;
  gssize got = -1;
  int fd = is_still (path, then) ? g_open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0) : -1;

  if (fd < 0)
    return NULL;
  if (fstat (fd, &info) == 0 && S_ISREG (info.st_mode))
    while ((got = read (fd, chunk, CHUNK)) > 0 || (got < 0 && errno == EINTR))
      g_checksum_update (checksum, chunk, MAX (got, 0));
  close (fd);
  return got == 0 && is_still (path, then) ? g_strdup (g_checksum_get_string (checksum)) : NULL;
}

static gboolean
write_all (int fd, gconstpointer data, gsize size)
{
  const guint8 *at = data;

  while (size > 0) {
    gssize put = write (fd, at, MIN (size, G_MAXINT));

    if (put < 0 && errno != EINTR)
      return FALSE;
    if (put > 0) {
      at += put;
      size -= put;
    }
  }
  return TRUE;
}

/* Pipes and devices cannot be replaced by renaming: written where they are. */
static gboolean
write_through (const char *path, gconstpointer data, gsize size, GError **error)
{
  int fd = g_open (path, O_WRONLY | O_CLOEXEC, 0);

  if (fd < 0)
    return fail (path, errno, error);

  int code = write_all (fd, data, size) ? 0 : errno;

  if (close (fd) != 0 && code == 0)
    code = errno;
  return code == 0 || fail (path, code, error);
}

gboolean
sal_file_write (const char *path, gconstpointer data, gsize size, GError **error)
{
  struct stat info;

  if (stat (path, &info) == 0) {
    if (S_ISDIR (info.st_mode))
      return fail (path, EISDIR, error);
    if (!S_ISREG (info.st_mode))
      return write_through (path, data, size, error);
  }

  /* A link stays a link: what it points to is replaced. */
  char *real = realpath (path, NULL);
  g_autofree char *temporary = g_strconcat (real != NULL ? real : path, ".XXXXXX", NULL);
  g_autofree char *final = g_strdup (real != NULL ? real : path);

  free (real);

  int fd = g_mkstemp_full (temporary, O_WRONLY | O_CLOEXEC, 0666);

  if (fd < 0)
    return fail (path, errno, error);

  int code = write_all (fd, data, size) && fsync (fd) == 0 ? 0 : errno;

  if (close (fd) != 0 && code == 0)
    code = errno;
  if (code == 0 && g_rename (temporary, final) != 0)
    code = errno;
  if (code != 0) {
    g_unlink (temporary);
    return fail (path, code, error);
  }
  return TRUE;
}
