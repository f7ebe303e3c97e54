/* salience-cli models: public models from the network, when asked for. */
#include "app/cli/command.h"
#include "app/cli/report.h"
#include "app/zoo.h"
#include "engine/base/json.h"

#include <string.h>

static char *
to_json (const SalZoo *zoo)
{
  const GPtrArray *models = sal_zoo_models (zoo);
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "models");
  json_builder_begin_array (builder);
  for (guint i = 0; i < models->len; i++) {
    const SalZooModel *model = models->pdata[i];
    g_autofree char *file = sal_zoo_file (model);

    json_builder_begin_object (builder);
    sal_json_add_string (builder, "name", model->name);
    sal_json_add_string (builder, "title", model->title);
    sal_json_add_string (builder, "licence", model->licence);
    sal_json_add_int (builder, "bytes", model->bytes);
    sal_json_add_string (builder, "sha256", model->sha256);
    sal_json_add_string (builder, "classes", model->classes);
    sal_json_add_string (builder, "file", sal_zoo_is_here (model) ? file : NULL);
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  return sal_json_text (builder);
}

static gboolean
list (const SalZoo *zoo, const char *json, GError **error)
{
  const GPtrArray *models = sal_zoo_models (zoo);

  if (json != NULL) {
    g_autofree char *text = to_json (zoo);

    if (!cli_write_json (json, text, error))
      return FALSE;
  }
  for (guint i = 0; i < models->len && cli_talks (json); i++) {
    const SalZooModel *model = models->pdata[i];
    g_autofree char *size = g_format_size ((guint64) model->bytes);

    g_print ("%-22s %9s  %-12s  %s%s\n", model->name, size, model->licence, model->title,
             sal_zoo_is_here (model) ? ", here" : "");
  }
  return TRUE;
}

static gboolean
get (const SalZoo *zoo, const char *name, const char *address, gboolean wanted,
     GCancellable *cancellable, GError **error)
{
  const SalZooModel *model = sal_zoo_find (zoo, name);
  CliProgress progress;
  g_autofree char *file = NULL;

  if (model == NULL)
    return cli_usage (error, "NAME", "“%s” is none of those that “salience-cli models list” names",
                      name);
  file = sal_zoo_get (zoo, model, address,
                      cli_progress_start (&progress, model->name, wanted, cancellable), error);
  cli_progress_end (&progress);
  if (file == NULL) {
    g_prefix_error (error, "%s: ", model->name);
    return FALSE;
  }
  g_print ("%s\n", file);
  return TRUE;
}

static gboolean
models_run (int argc, char **argv, GCancellable *cancellable, GError **error)
{
  g_auto (GStrv) arguments = NULL;
  g_autofree char *address = NULL, *json = NULL;
  gboolean progress = FALSE;
  const GOptionEntry entries[] = {
    { "from", 0, 0, G_OPTION_ARG_STRING, &address,
      "where to get it from, such as a local mirror [the setting models-address, else the "
      "publisher]",
      "ADDRESS" },
    { "json", 0, 0, G_OPTION_ARG_FILENAME, &json, "the list as JSON, - for standard output",
      "FILE" },
    { "progress", 0, 0, G_OPTION_ARG_NONE, &progress,
      "say how far the download is, also where standard error is no terminal", NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context = cli_context_new (&cli_models, entries);
  g_autoptr (SalZoo) zoo = NULL;
  CliParse parse = cli_context_parse (context, &cli_models, argc, argv, &arguments, 0, 2, error);
  const char *what;

  if (parse != CLI_PARSE_GO)
    return parse == CLI_PARSE_DONE;
  what = arguments[0] != NULL ? arguments[0] : "list";
  if (strcmp (what, "list") != 0 && strcmp (what, "get") != 0)
    return cli_usage (error, what, "neither list nor get");
  if (strcmp (what, "get") == 0 && arguments[1] == NULL)
    return cli_usage (error, "get", "no model is named; salience-cli models list names them");
  if (strcmp (what, "list") == 0 && arguments[0] != NULL && arguments[1] != NULL)
    return cli_usage (error, arguments[1], "one argument too many");
  zoo = sal_zoo_load (error);
  if (zoo == NULL)
    return FALSE;
  return strcmp (what, "get") == 0 ? get (zoo, arguments[1], address, progress, cancellable, error)
                                   : list (zoo, json, error);
}

const CliCommand cli_models = {
  .name = "models",
  .usage = "[list | get NAME]",
  .summary = "Lists public models, and downloads one where it is asked for.",
  .run = models_run,
};
