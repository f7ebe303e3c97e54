/* salience-cli: the engine without a display. */
#include "app/cli/command.h"
#include "app/cli/report.h"

#include <glib-unix.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const CliCommand *const commands[] = { &cli_inspect, &cli_predict, &cli_run,   &cli_explain,
                                              &cli_bench,   &cli_methods, &cli_models };

static const CliCommand *
find_command (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    if (strcmp (commands[i]->name, name) == 0)
      return commands[i];
  return NULL;
}

static void
print_help (void)
{
  g_print ("Usage: salience-cli COMMAND [OPTION…] …\n\n"
           "Shows where an ONNX image classifier looks.\n\n"
           "Commands:\n");
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    g_print ("  %-9s %.*s\n", commands[i]->name, (int) strcspn (commands[i]->summary, "\n"),
             commands[i]->summary);
  g_print ("\nsalience-cli COMMAND --help lists the options of a command.\n"
           "Exit status: 0 done, 1 the work failed, 2 the command line is wrong.\n");
}

static gboolean
cancel_cb (gpointer data)
{
  g_cancellable_cancel (data);
  return G_SOURCE_CONTINUE;
}

static gpointer
watch_signals (gpointer data)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  const int signals[] = { SIGINT, SIGTERM };

  for (gsize i = 0; i < G_N_ELEMENTS (signals); i++) {
    g_autoptr (GSource) source = g_unix_signal_source_new (signals[i]);

    g_source_set_callback (source, cancel_cb, data, NULL);
    g_source_attach (source, context);
  }
  for (;;)
    g_main_context_iteration (context, TRUE);
  return NULL;
}

static int
run_command (const CliCommand *command, int argc, char **argv)
{
  /* Not freed: the watching thread holds it until the process ends. */
  static GCancellable *cancellable;
  g_autoptr (GError) error = NULL;

  cancellable = g_cancellable_new ();
  g_thread_unref (g_thread_new ("signals", watch_signals, cancellable));
  if (command->run (argc, argv, cancellable, &error))
    return EXIT_SUCCESS;

  g_autofree char *text = cli_printable (error->message);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_printerr ("salience-cli: %s: cancelled\n", command->name);
  else
    g_printerr ("salience-cli: %s\n", text);
  return error->domain == G_OPTION_ERROR ? 2 : 1;
}

int
main (int argc, char **argv)
{
  /* File names and words are the user's, but numbers keep their decimal point. */
  setlocale (LC_CTYPE, "");
  g_set_prgname ("salience-cli");

  if (argc < 2) {
    g_printerr ("salience-cli: COMMAND: missing; salience-cli --help lists them\n");
    return 2;
  }

  const char *name = argv[1];

  if (strcmp (name, "--help") == 0 || strcmp (name, "-h") == 0 ||
      (strcmp (name, "help") == 0 && argc == 2)) {
    print_help ();
    return EXIT_SUCCESS;
  }
  if (strcmp (name, "--version") == 0) {
    cli_print_version ();
    return EXIT_SUCCESS;
  }
  if (strcmp (name, "help") == 0) {
    static char help[] = "--help";
    char *arguments[] = { argv[2], help, NULL };
    const CliCommand *about = find_command (argv[2]);

    if (about != NULL)
      return run_command (about, 2, arguments);
    name = argv[2];
  }

  const CliCommand *command = find_command (name);

  if (command != NULL)
    return run_command (command, argc - 1, argv + 1);

  g_autofree char *printable = cli_printable (name);

  g_printerr ("salience-cli: %s: no such command; salience-cli --help lists them\n", printable);
  return 2;
}
