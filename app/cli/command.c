#include "app/cli/command.h"

#include <string.h>

void
cli_print_version (void)
{
  g_print ("salience-cli %s\n", SAL_VERSION);
}

gboolean
cli_usage (GError **error, const char *option, const char *format, ...)
{
  va_list list;

  va_start (list, format);

  g_autofree char *why = g_strdup_vprintf (format, list);

  va_end (list);
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "%s: %s", option, why);
  return FALSE;
}

gboolean
cli_blame (GError **error, const char *option)
{
  if (error == NULL || *error == NULL)
    return FALSE;

  g_autoptr (GError) inner = g_steal_pointer (error);
  g_autofree char *key = g_strconcat (option + strspn (option, "-"), ": ", NULL);
  const char *why = inner->message;

  if (g_str_has_prefix (why, key))
    why += strlen (key);
  return cli_usage (error, option, "%s", why);
}

GOptionContext *
cli_context_new (const CliCommand *command, const GOptionEntry *entries)
{
  GOptionContext *context = g_option_context_new (command->usage);

  g_option_context_set_help_enabled (context, FALSE);
  g_option_context_set_summary (context, command->summary);
  /* Help lists groups before the main entries, which are --help and --version. */
  if (entries != NULL) {
    GOptionGroup *group = g_option_group_new (command->name, "Options:", "", NULL, NULL);

    g_option_group_add_entries (group, entries);
    g_option_context_add_group (context, group);
  }
  return context;
}

/* GOption says `Unknown option --figure`, and names the option last in most of its messages; here
 * what is wrong comes first. */
static gboolean
name_option_first (GError **error, const char *command)
{
  g_autofree char *message = g_strdup ((*error)->message);
  g_auto (GStrv) words = g_strsplit (message, " ", -1);
  const char *what = command;

  for (int i = 0; words[i] != NULL; i++)
    if (words[i][0] == '-' && words[i][1] != '\0')
      what = words[i];
  if (what == words[g_strv_length (words) - 1]) {
    char *end = message + strlen (message) - strlen (what);

    while (end > message && end[-1] == ' ')
      end--;
    *end = '\0';
    if (g_str_has_suffix (message, " for"))
      message[strlen (message) - 4] = '\0';
  }
  message[0] = g_ascii_tolower (message[0]);
  g_clear_error (error);
  return cli_usage (error, what, "%s", message);
}

CliParse
cli_context_parse (GOptionContext *context, const CliCommand *command, int argc, char **argv,
                   char ***arguments, int min, int max, GError **error)
{
  gboolean help = FALSE, version = FALSE;
  g_auto (GStrv) rest = NULL;
  GOptionEntry entries[] = {
    { "help", 'h', 0, G_OPTION_ARG_NONE, &help, "show this help", NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, &version, "show the version", NULL },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &rest, NULL, NULL },
    { NULL },
  };
  g_autofree char *program = g_strconcat ("salience-cli ", command->name, NULL);
  GError *inner = NULL;

  g_option_context_add_main_entries (context, entries, NULL);
  /* Parsing moves the pointers of the vector about, so it gets one of its own. */
  g_autofree char **copy = g_memdup2 (argv, sizeof (char *) * (gsize) (argc + 1));

  g_set_prgname (program);
  if (!g_option_context_parse (context, &argc, &copy, &inner)) {
    name_option_first (&inner, command->name);
    g_propagate_error (error, inner);
    return CLI_PARSE_FAILED;
  }
  if (help) {
    g_autofree char *text = g_option_context_get_help (context, FALSE, NULL);

    g_print ("%s", text);
    return CLI_PARSE_DONE;
  }
  if (version) {
    cli_print_version ();
    return CLI_PARSE_DONE;
  }

  int n = rest != NULL ? (int) g_strv_length (rest) : 0;

  if (n < min || n > max) {
    if (n > max)
      cli_usage (error, rest[max], "one argument too many; usage: %s %s", program, command->usage);
    else
      cli_usage (error, command->name, "%s; usage: %s %s",
                 n == 0 ? "no argument given" : "an argument is missing", program, command->usage);
    return CLI_PARSE_FAILED;
  }
  *arguments = g_steal_pointer (&rest);
  if (*arguments == NULL)
    *arguments = g_new0 (char *, 1);
  return CLI_PARSE_GO;
}
