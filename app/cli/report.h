/* What the program says: progress on standard error, results on standard output or as JSON. */
#pragma once

#include "engine/base/progress.h"

#include <json-glib/json-glib.h>

/**
 * cli_printable: Returns: (transfer full): @text in one line without control characters, for
 * names from files must not move a terminal's cursor
 */
char *cli_printable (const char *text);

/**
 * CliProgress: a line on standard error that says how far the work is
 * @what: the word before the number
 */
typedef struct {
  SalProgress progress;
  const char *what;
  gboolean terminal;
  gint64 last;
  int percent;
} CliProgress;

/**
 * cli_progress_start:
 * @wanted: also where standard error is no terminal: a line for every tenth of the work
 *
 * Returns: (transfer none) (nullable): what to hand to the engine; lives as long as @self
 */
const SalProgress *cli_progress_start (CliProgress *self, const char *what, gboolean wanted,
                                       GCancellable *cancellable);
/** cli_progress_end: clears the line */
void cli_progress_end (CliProgress *self);

/**
 * cli_write_json:
 * @path: "-" for standard output
 * @text: without a newline at its end
 */
gboolean cli_write_json (const char *path, const char *text, GError **error);

/** cli_talks: Returns: whether standard output is free for words: it is not where it takes the
 *  JSON */
gboolean cli_talks (const char *json_path);

/** cli_print_notes: tells the model's notes on standard error */
void cli_print_notes (const char *const *notes);
