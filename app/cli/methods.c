/* salience-cli methods: the table of methods, as README shows it. */
#include "app/cli/command.h"
#include "engine/explain/method.h"
#include "engine/explain/segments.h"
#include "engine/explain/smooth.h"

#include <stdio.h>

static void
print_option (const SalParam *param, gboolean first)
{
  printf ("%s`--%s%s`", first ? "" : " ",
          param->kind == SAL_PARAM_SWITCH && param->otherwise != 0 ? "no-" : "", param->key);
}

static void
print_options (const SalParam *params)
{
  for (const SalParam *param = params; param->key != NULL; param++)
    print_option (param, param == params);
}

/* Of the parameters around any method, those of sums per segment or the others. */
static void
print_options_around (gboolean segments)
{
  gboolean first = TRUE;

  for (const SalParam *param = sal_smooth_params (); param->key != NULL; param++)
    if (g_strv_contains (sal_segments_keys (), param->key) == segments) {
      print_option (param, first);
      first = FALSE;
    }
}

/* Written as it is, whatever the locale: a file is UTF-8. */
static void
print_markdown (void)
{
  printf ("| method | what it shows | options | paper |\n| --- | --- | --- | --- |\n");
  for (const SalMethod *const *at = sal_methods (); *at != NULL; at++) {
    printf ("| **%s** `%s` | %s | ", (*at)->name, (*at)->id, (*at)->summary);
    print_options ((*at)->params);
    printf (" | %s |\n", (*at)->paper);
  }
  printf ("| **Smoothing** around any method | ");
  for (const SalChoice *choice = sal_smooth_params ()->choices; choice->id != NULL; choice++)
    printf ("%s%s", choice->label, choice[1].id != NULL ? ", " : "");
  printf (" | ");
  print_options_around (FALSE);
  printf (" | Smilkov, Thorat, Kim, Viégas, Wattenberg: SmoothGrad: removing noise by adding "
          "noise. 2017. |\n| **Sums per segment** around any method of pixels | Superpixels, Grid, "
          "Mask | ");
  print_options_around (TRUE);
  printf (" | Achanta, Shaji, Smith, Lucchi, Fua, Süsstrunk: SLIC Superpixels Compared to "
          "State-of-the-Art Superpixel Methods. PAMI 2012. |\n");
}

static gboolean
methods (int argc, char **argv, GCancellable *cancellable, GError **error)
{
  gboolean markdown = FALSE;
  const GOptionEntry entries[] = {
    { "markdown", 0, 0, G_OPTION_ARG_NONE, &markdown, "as the table in README.md", NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context = cli_context_new (&cli_methods, entries);
  g_auto (GStrv) arguments = NULL;
  CliParse parse = cli_context_parse (context, &cli_methods, argc, argv, &arguments, 0, 0, error);

  if (parse != CLI_PARSE_GO)
    return parse == CLI_PARSE_DONE;
  if (markdown) {
    print_markdown ();
    return TRUE;
  }
  for (const SalMethod *const *at = sal_methods (); *at != NULL; at++)
    g_print ("%-22s %s\n", (*at)->id, (*at)->summary);
  return TRUE;
}

const CliCommand cli_methods = {
  .name = "methods",
  .usage = "",
  .summary = "Lists the methods.",
  .run = methods,
};
