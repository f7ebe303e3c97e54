/* One file from the network: whole and the right one, or not at all. No GTK. */
#pragma once

#include "engine/base/progress.h"

/**
 * SalDownload: what is wanted
 * @address: http or https
 * @path: where it shall be; its folder is made if need be
 * @bytes: its length
 * @sha256: of its bytes, 64 hexadecimal digits
 * @patience: seconds to wait for a silent server, 0 for the usual 30
 */
typedef struct {
  const char *address;
  const char *path;
  gint64 bytes;
  const char *sha256;
  guint patience;
} SalDownload;

/**
 * sal_download_run:
 * @progress: (nullable): told as bytes come in, and asked whether to go on
 *
 * Fetches into PATH.part and renames that once length and hash are right. What an earlier attempt
 * has left there is kept and gone on with, where the server can (Range), else begun anew; a
 * connection that breaks is taken up again as long as each attempt gets further; that a server is
 * silent is told. After an error or
 * cancelling the part stays for the next attempt, unless the whole file came and its hash is
 * wrong: then it is removed. Redirections are followed. Returns at once with no request if @path
 * is there and has the right hash. Blocks; for a worker thread.
 *
 * Returns: %FALSE and @error in words for a person, in one line: what of G_IO_ERROR happened,
 *   %SAL_ERROR_FORMAT if what is served is another file
 */
gboolean sal_download_run (const SalDownload *download, const SalProgress *progress,
                           GError **error);
