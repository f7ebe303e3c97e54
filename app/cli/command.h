/* The subcommands, and how each reads its part of the command line. */
#pragma once

#include <gio/gio.h>

/**
 * CliCommand:
 * @name: as typed
 * @usage: what follows the name, as in "MODEL IMAGE"
 * @summary: one line
 * @run: does it; @argv starts with the name. An error in G_OPTION_ERROR means that the command
 *   line is wrong (status 2), any other that the work failed (status 1)
 */
typedef struct {
  const char *name;
  const char *usage;
  const char *summary;
  gboolean (*run) (int argc, char **argv, GCancellable *cancellable, GError **error);
} CliCommand;

extern const CliCommand cli_bench;
extern const CliCommand cli_explain;
extern const CliCommand cli_inspect;
extern const CliCommand cli_methods;
extern const CliCommand cli_models;
extern const CliCommand cli_predict;
extern const CliCommand cli_run;

/**
 * CliParse:
 * @CLI_PARSE_FAILED: the command line is wrong, and the error is set
 * @CLI_PARSE_DONE: help or version was printed: nothing is left to do
 * @CLI_PARSE_GO: all is there
 */
typedef enum { CLI_PARSE_FAILED, CLI_PARSE_DONE, CLI_PARSE_GO } CliParse;

/**
 * cli_context_new:
 * @entries: (nullable): the subcommand's own options
 *
 * Returns: (transfer full): a context for @command
 */
GOptionContext *cli_context_new (const CliCommand *command, const GOptionEntry *entries);

/**
 * cli_context_parse:
 * @arguments: (out) (transfer full): what is not an option, in the encoding of file names
 * @min: fewest arguments
 * @max: most arguments
 *
 * Adds --help and --version to @context and reads the command line.
 */
CliParse cli_context_parse (GOptionContext *context, const CliCommand *command, int argc,
                            char **argv, char ***arguments, int min, int max, GError **error);

/** cli_print_version: prints name and version */
void cli_print_version (void);

/** cli_usage: sets @error to `OPTION: why`, an error of the command line. Returns: %FALSE */
gboolean cli_usage (GError **error, const char *option, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

/** cli_blame: turns @error into an error of the command line, with @option before its text; for
 *  values that the engine refuses. Returns: %FALSE */
gboolean cli_blame (GError **error, const char *option);
