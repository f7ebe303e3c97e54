#include "app/download.h"

#include "engine/base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <libsoup/soup.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define PATIENCE_SECONDS 30
#define CHUNK 65536
/* Of a server that sends a little and hangs up each time. */
#define MAX_ATTEMPTS 50

typedef struct {
  const SalDownload *wanted;
  const SalProgress *progress;
  SoupSession *session;
  int file;        /* PATH.part, locked */
  gint64 have;     /* bytes of it that are there */
  gint64 furthest; /* how many there ever were */
  gboolean over;   /* no further attempt can help, and the error says why */
} Fetch;

static gboolean
tell (const Fetch *self, GError **error)
{
  return sal_progress_step (self->progress, (double) self->have / (double) self->wanted->bytes,
                            NULL, error);
}

static gboolean
fail_file (const char *path, GError **error)
{
  int code = errno;

  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), "%s: %s", path, g_strerror (code));
  return FALSE;
}

/* GIO's words are those of programmers; the most usual causes get words of their own. */
static void
say_why (const Fetch *self, GError **error)
{
  g_autoptr (GUri) uri = g_uri_parse (self->wanted->address, G_URI_FLAGS_NONE, NULL);
  const char *host = uri != NULL ? g_uri_get_host (uri) : self->wanted->address;
  g_autoptr (GError) inner = g_steal_pointer (error);

  if (self->over || g_error_matches (inner, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    g_propagate_error (error, g_steal_pointer (&inner));
    return;
  }
  if (inner->domain == G_RESOLVER_ERROR ||
      g_error_matches (inner, G_IO_ERROR, G_IO_ERROR_HOST_NOT_FOUND) ||
      g_error_matches (inner, G_IO_ERROR, G_IO_ERROR_NETWORK_UNREACHABLE) ||
      g_error_matches (inner, G_IO_ERROR, G_IO_ERROR_HOST_UNREACHABLE))
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_HOST_UNREACHABLE,
                 _ ("%s cannot be reached: is this computer offline? (%s)"), host, inner->message);
  else if (g_error_matches (inner, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED))
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED,
                 _ ("%s refuses the connection: is the address right, and the server running?"),
                 host);
  else if (g_error_matches (inner, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT,
                 _ ("%s has not answered for %u seconds; what has come so far is kept"), host,
                 self->wanted->patience > 0 ? self->wanted->patience : PATIENCE_SECONDS);
  else if (inner->domain == G_TLS_ERROR)
    g_set_error (error, inner->domain, inner->code,
                 _ ("%s: the connection is not secure, and not used: %s"), host, inner->message);
  else
    g_set_error (error, inner->domain, inner->code, "%s: %s", host, inner->message);
}

static gboolean
rewind_part (Fetch *self, GError **error)
{
  self->have = 0;
  if (ftruncate (self->file, 0) == 0 && lseek (self->file, 0, SEEK_SET) == 0)
    return TRUE;
  return fail_file (self->wanted->path, error);
}

/* Whether the answer is the file, or the rest of it that was asked for. */
static gboolean
check_answer (Fetch *self, SoupMessage *message, GError **error)
{
  SoupMessageHeaders *headers = soup_message_get_response_headers (message);
  guint status = soup_message_get_status (message);
  goffset start, end, total, length = soup_message_headers_get_content_length (headers);
  gboolean encoded = soup_message_headers_get_one (headers, "Content-Encoding") != NULL;

  if (status == SOUP_STATUS_PARTIAL_CONTENT && self->have > 0) {
    if (!soup_message_headers_get_content_range (headers, &start, &end, &total) ||
        start != self->have || (total >= 0 && total != self->wanted->bytes)) {
      self->over = TRUE;
      sal_error_set (error, SAL_ERROR_FORMAT,
                     "%s: the server sends another part than the one that was asked for",
                     self->wanted->address);
      return FALSE;
    }
    return TRUE;
  }
  if (status == SOUP_STATUS_REQUESTED_RANGE_NOT_SATISFIABLE && self->have > 0) {
    /* Its file is shorter than what is here, which is therefore none of it. */
    if (!rewind_part (self, error))
      return FALSE;
    self->furthest = -1;
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT, "%s",
                 soup_message_get_reason_phrase (message));
    return FALSE;
  }
  if (status != SOUP_STATUS_OK) {
    const char *reason = soup_message_get_reason_phrase (message);

    /* A server that is in trouble may be out of it at the next attempt, made by a person. */
    self->over = TRUE;
    g_set_error (error, G_IO_ERROR,
                 status == SOUP_STATUS_NOT_FOUND ? G_IO_ERROR_NOT_FOUND : G_IO_ERROR_FAILED,
                 _ ("%s: the server answers %u %s"), self->wanted->address, status,
                 reason != NULL ? reason : "");
    return FALSE;
  }
  if (length > 0 && !encoded && length != self->wanted->bytes) {
    self->over = TRUE;
    sal_error_set (error, SAL_ERROR_FORMAT,
                   "%s: has %" PRId64 " bytes where %" PRId64 " are expected: this is another file",
                   self->wanted->address, (gint64) length, self->wanted->bytes);
    return FALSE;
  }
  return rewind_part (self, error);
}

static gboolean
write_all (Fetch *self, const char *data, gsize size, GError **error)
{
  while (size > 0) {
    gssize n = write (self->file, data, size);

    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0) {
      self->over = TRUE;
      return fail_file (self->wanted->path, error);
    }
    data += n;
    size -= (gsize) n;
    self->have += n;
  }
  return TRUE;
}

/* One request; what comes is appended. */
static gboolean
attempt (Fetch *self, GError **error)
{
  g_autoptr (SoupMessage) message = soup_message_new (SOUP_METHOD_GET, self->wanted->address);
  GCancellable *cancellable = sal_progress_cancellable (self->progress);
  g_autoptr (GInputStream) stream = NULL;
  g_autofree char *buffer = g_malloc (CHUNK);
  gssize n;

  if (self->have > 0)
    soup_message_headers_set_range (soup_message_get_request_headers (message), self->have, -1);
  /* The bytes as they are: a range of a compressed answer would be one of other bytes. */
  soup_message_headers_replace (soup_message_get_request_headers (message), "Accept-Encoding",
                                "identity");
  stream = soup_session_send (self->session, message, cancellable, error);
  if (stream == NULL || !check_answer (self, message, error))
    return FALSE;
  while ((n = g_input_stream_read (stream, buffer, CHUNK, cancellable, error)) > 0) {
    if (self->have + n > self->wanted->bytes) {
      self->over = TRUE;
      sal_error_set (error, SAL_ERROR_FORMAT,
                     "%s: has more than the %" PRId64
                     " bytes that are expected: this is another file",
                     self->wanted->address, self->wanted->bytes);
      rewind_part (self, NULL);
      return FALSE;
    }
    if (!write_all (self, buffer, (gsize) n, error) || !tell (self, error))
      return FALSE;
  }
  if (n < 0)
    return FALSE;
  if (self->have < self->wanted->bytes) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT,
                 _ ("the connection broke after %" PRId64 " of %" PRId64 " bytes; they are kept"),
                 self->have, self->wanted->bytes);
    return FALSE;
  }
  return TRUE;
}

/* As many attempts as get further. */
static gboolean
fetch (Fetch *self, GError **error)
{
  self->furthest = self->have;
  for (int i = 0; self->have < self->wanted->bytes; i++) {
    g_autoptr (GError) inner = NULL;

    if (attempt (self, &inner))
      continue;
    if (self->over || self->have <= self->furthest || i == MAX_ATTEMPTS ||
        g_error_matches (inner, G_IO_ERROR, G_IO_ERROR_TIMED_OUT) ||
        g_error_matches (inner, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
      say_why (self, &inner);
      g_propagate_error (error, g_steal_pointer (&inner));
      return FALSE;
    }
    self->furthest = self->have;
  }
  return TRUE;
}

/* Returns: whether the hash is right; %FALSE without an error if it is another */
static gboolean
check_hash (int file, const char *sha256, const SalProgress *progress, GError **error)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree guchar *buffer = g_malloc (16 * CHUNK);
  gssize n;

  if (lseek (file, 0, SEEK_SET) != 0)
    return fail_file ("lseek", error);
  while ((n = read (file, buffer, 16 * CHUNK)) > 0) {
    g_checksum_update (checksum, buffer, n);
    if (g_cancellable_set_error_if_cancelled (sal_progress_cancellable (progress), error))
      return FALSE;
  }
  if (n < 0)
    return fail_file ("read", error);
  return g_ascii_strcasecmp (g_checksum_get_string (checksum), sha256) == 0;
}

static gboolean
is_there (const SalDownload *wanted, const SalProgress *progress)
{
  int file = g_open (wanted->path, O_RDONLY | O_CLOEXEC, 0);
  gboolean right = FALSE;

  if (file >= 0) {
    right = lseek (file, 0, SEEK_END) == wanted->bytes &&
            check_hash (file, wanted->sha256, progress, NULL);
    close (file);
  }
  return right;
}

static gboolean
check_space (const Fetch *self, const char *folder, GError **error)
{
  g_autoptr (GFile) where = g_file_new_for_path (folder);
  g_autoptr (GFileInfo) info = g_file_query_filesystem_info (
      where, G_FILE_ATTRIBUTE_FILESYSTEM_FREE, sal_progress_cancellable (self->progress), NULL);
  guint64 needed = (guint64) (self->wanted->bytes - self->have), there;
  g_autofree char *needed_text = NULL, *there_text = NULL;

  if (info == NULL || !g_file_info_has_attribute (info, G_FILE_ATTRIBUTE_FILESYSTEM_FREE))
    return TRUE;
  there = g_file_info_get_attribute_uint64 (info, G_FILE_ATTRIBUTE_FILESYSTEM_FREE);
  if (there > needed)
    return TRUE;
  needed_text = g_format_size (needed);
  there_text = g_format_size (there);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE, _ ("%s: %s are needed, %s are free"), folder,
               needed_text, there_text);
  return FALSE;
}

/* Opens PATH.part and takes up what is there. */
static gboolean
open_part (Fetch *self, const char *part, const char *folder, GError **error)
{
  if (g_mkdir_with_parents (folder, 0755) != 0)
    return fail_file (folder, error);
  self->file = g_open (part, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (self->file < 0)
    return fail_file (part, error);
  if (flock (self->file, LOCK_EX | LOCK_NB) != 0) {
    close (self->file);
    self->file = -1;
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_BUSY, _ ("%s: is being downloaded already"),
                 self->wanted->path);
    return FALSE;
  }
  self->have = lseek (self->file, 0, SEEK_END);
  if (self->have < 0)
    return fail_file (part, error);
  if (self->have > self->wanted->bytes && !rewind_part (self, error))
    return FALSE;
  return check_space (self, folder, error) && tell (self, error);
}

static gboolean
finish (Fetch *self, const char *part, GError **error)
{
  g_autoptr (GError) inner = NULL;

  if (!check_hash (self->file, self->wanted->sha256, self->progress, &inner)) {
    if (inner == NULL) {
      g_unlink (part);
      sal_error_set (&inner, SAL_ERROR_FORMAT,
                     "%s: what came is not the file that is expected (its SHA-256 differs), and "
                     "is removed",
                     self->wanted->address);
    }
    g_propagate_error (error, g_steal_pointer (&inner));
    return FALSE;
  }
  return g_rename (part, self->wanted->path) == 0 || fail_file (self->wanted->path, error);
}

gboolean
sal_download_run (const SalDownload *download, const SalProgress *progress, GError **error)
{
  g_autofree char *part = g_strconcat (download->path, ".part", NULL);
  g_autofree char *folder = g_path_get_dirname (download->path);
  g_autoptr (GUri) uri = g_uri_parse (download->address, SOUP_HTTP_URI_FLAGS, NULL);
  Fetch self = { .wanted = download, .progress = progress, .file = -1 };
  gboolean done;

  g_return_val_if_fail (download->bytes > 0, FALSE);
  if (uri == NULL || g_uri_get_host (uri) == NULL || *g_uri_get_host (uri) == '\0' ||
      (strcmp (g_uri_get_scheme (uri), "http") != 0 &&
       strcmp (g_uri_get_scheme (uri), "https") != 0)) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                 _ ("%s: is no address that starts with http:// or https://"), download->address);
    return FALSE;
  }
  if (is_there (download, progress))
    return sal_progress_step (progress, 1, NULL, error);
  self.session = soup_session_new_with_options (
      "timeout", download->patience > 0 ? download->patience : PATIENCE_SECONDS, "user-agent",
      "Salience/" SAL_VERSION, NULL);
  done =
      open_part (&self, part, folder, error) && fetch (&self, error) && finish (&self, part, error);
  if (self.file >= 0 && self.have == 0)
    g_unlink (part);
  if (self.file >= 0)
    close (self.file);
  g_object_unref (self.session);
  return done;
}
