/* Running salience-cli, and looking at what it says and writes. */
#pragma once

#include "engine/tensor/tensor.h"

#include <gio/gio.h>
#include <json-glib/json-glib.h>

/**
 * CliResult:
 * @status: exit status; -1 if a signal ended it
 * @out: standard output
 * @err: standard error
 */
typedef struct {
  int status;
  char *out;
  char *err;
} CliResult;

void cli_result_clear (CliResult *result);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CliResult, cli_result_clear)

/** cli_run: runs the program ($SALIENCE_CLI) with these arguments, ended by %NULL, and waits */
CliResult cli_run (const char *first, ...) G_GNUC_NULL_TERMINATED;
/** cli_run_in: as cli_run(), from the directory @folder, with a vector of arguments */
CliResult cli_run_in (const char *folder, const char *const *arguments);
/** cli_start: Returns: (transfer full): the running program; for what is to be interrupted */
GSubprocess *cli_start (const char *const *arguments);

/** cli_assert_done: the program must have ended with status 0 */
void cli_assert_done (const CliResult *result);
/**
 * cli_assert_refused:
 * @status: 1 or 2
 * @what: how the line goes on after "salience-cli: "
 * @why: a part of the rest
 *
 * It must have ended so, with nothing on standard output and exactly one line on standard error.
 */
void cli_assert_refused (const CliResult *result, int status, const char *what, const char *why);

/** cli_data: Returns: (transfer full): the path of a file in tests/data/cli */
char *cli_data (const char *name);
/** cli_picture: Returns: (transfer full): the path of a new picture of coloured noise */
char *cli_picture (const char *name, int width, int height);

/** cli_json: Returns: (transfer full): the object in a file; "-" stands for @result's output */
JsonObject *cli_json (const char *path, const CliResult *result);
/** cli_array: Returns: (transfer full): the array in a file */
SalTensor *cli_array (const char *path);
/** cli_assert_same_bytes: two files must be the same, byte for byte */
void cli_assert_same_bytes (const char *a, const char *b);
/** cli_assert_shape: @text is such as "1×3×16×16" */
void cli_assert_shape (const SalTensor *array, const char *text);
