#include "app/cli/report.h"

#include "engine/base/file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define REFRESH_MICROSECONDS 100000

char *
cli_printable (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  GString *out = g_string_new (NULL);

  for (const char *at = valid; *at != '\0'; at = g_utf8_next_char (at)) {
    gunichar c = g_utf8_get_char (at);

    if (g_unichar_iscntrl (c) || c == 0x2028 || c == 0x2029)
      g_string_append_c (out, ' ');
    else
      g_string_append_unichar (out, c);
  }
  return g_string_free (out, FALSE);
}

static void
progress_cb (double fraction, const SalPartial *partial, gpointer data)
{
  CliProgress *self = data;
  gint64 now = g_get_monotonic_time ();
  int percent = (int) (100 * fraction);

  if (self->terminal) {
    if (now - self->last < REFRESH_MICROSECONDS || percent == self->percent)
      return;
    fprintf (stderr, "\r%s: %d %%", self->what, percent);
  } else {
    percent -= percent % 10;
    if (percent <= self->percent)
      return;
    fprintf (stderr, "%s: %d %%\n", self->what, percent);
  }
  fflush (stderr);
  self->last = now;
  self->percent = percent;
}

const SalProgress *
cli_progress_start (CliProgress *self, const char *what, gboolean wanted, GCancellable *cancellable)
{
  *self = (CliProgress){ .progress = SAL_PROGRESS_INIT (cancellable, NULL, self),
                         .what = what,
                         .terminal = isatty (STDERR_FILENO) };
  self->progress.partials = FALSE;
  if (self->terminal || wanted)
    self->progress.func = progress_cb;
  return &self->progress;
}

void
cli_progress_end (CliProgress *self)
{
  if (self->terminal && self->last > 0) {
    fputs ("\r\033[K", stderr);
    fflush (stderr);
  }
}

gboolean
cli_talks (const char *json_path)
{
  return g_strcmp0 (json_path, "-") != 0;
}

gboolean
cli_write_json (const char *path, const char *text, GError **error)
{
  if (cli_talks (path)) {
    g_autofree char *line = g_strconcat (text, "\n", NULL);

    return sal_file_write (path, line, strlen (line), error);
  }
  if (fprintf (stdout, "%s\n", text) < 0 || fflush (stdout) != 0) {
    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "standard output: %s",
                 g_strerror (errno));
    return FALSE;
  }
  return TRUE;
}

void
cli_print_notes (const char *const *notes)
{
  for (int i = 0; notes[i] != NULL; i++) {
    g_autofree char *text = cli_printable (notes[i]);

    g_printerr ("salience-cli: note: %s\n", text);
  }
}
