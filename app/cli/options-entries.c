/* The entries of the command line and their help, made from what methods declare. */
#include "app/cli/options-private.h"
#include "engine/explain/appearance.h"
#include "engine/explain/baseline.h"
#include "engine/explain/smooth.h"

#include <string.h>

const CliAlias cli_aliases[] = {
  { "saliency", "gradient", "sign", "absolute", "gradient, shown by its absolute value" },
  { "smoothgrad", "gradient", "smooth", "smoothgrad", "gradient with --smooth smoothgrad" },
  { NULL },
};

static const char *
keep (CliOptions *self, char *text)
{
  g_ptr_array_add (self->texts, text);
  return text;
}

static gboolean
value_cb (const char *option, const char *value, gpointer data, GError **error)
{
  CliOptions *self = data;

  g_hash_table_replace (self->given, g_strdup (option + strlen ("--")), g_strdup (value));
  return TRUE;
}

static gboolean
switch_cb (const char *option, const char *value, gpointer data, GError **error)
{
  CliOptions *self = data;
  const char *key = option + strlen ("--");

  g_hash_table_replace (self->given, g_strdup (key), g_strdup ("on"));
  return TRUE;
}

static gboolean
switch_off_cb (const char *option, const char *value, gpointer data, GError **error)
{
  CliOptions *self = data;
  const char *key = option + strlen ("--no-");

  g_hash_table_replace (self->given, g_strdup (key), g_strdup ("off"));
  return TRUE;
}

/* The help of a parameter, with what it takes and what it is where it is not given. */
static char *
describe (const SalParam *param)
{
  GString *text = g_string_new (param->help);

  if (text->len > 0 && text->str[text->len - 1] == '.')
    g_string_truncate (text, text->len - 1);
  if (text->len > 1 && (g_ascii_islower (text->str[1]) || text->str[1] == ' '))
    text->str[0] = g_ascii_tolower (text->str[0]);
  switch (param->kind) {
  case SAL_PARAM_INT:
  case SAL_PARAM_DOUBLE:
    g_string_append_printf (text, " [%g]", param->otherwise);
    break;
  case SAL_PARAM_CHOICE:
    for (const SalChoice *choice = param->choices; choice->id != NULL; choice++)
      g_string_append_printf (text, "%s%s", choice == param->choices ? ": " : ", ", choice->id);
    g_string_append_printf (text, " [%s]", sal_settings_text (NULL, param));
    break;
  case SAL_PARAM_BASELINE:
    for (const SalChoice *choice = sal_baseline_choices (); choice->id != NULL; choice++)
      g_string_append_printf (text, "%s%s", choice == sal_baseline_choices () ? ": " : ", ",
                              choice->id);
    g_string_append_printf (text, ", zero, a picture or a .npy file [%s; zero with --input]",
                            sal_settings_text (NULL, param));
    break;
  case SAL_PARAM_SIZE:
    g_string_append_printf (text, " [%s]", sal_settings_text (NULL, param));
    break;
  case SAL_PARAM_SWITCH:
  case SAL_PARAM_LAYER:
  case SAL_PARAM_ARRAY:
  case SAL_PARAM_FOLDER:
    break;
  }
  return g_string_free (text, FALSE);
}

static const char *
placeholder (const SalParam *param)
{
  switch (param->kind) {
  case SAL_PARAM_INT:
    return "N";
  case SAL_PARAM_DOUBLE:
    return "X";
  case SAL_PARAM_BASELINE:
    return "NAME|FILE";
  case SAL_PARAM_SIZE:
    return "HxW";
  case SAL_PARAM_ARRAY:
    return "F.npy";
  case SAL_PARAM_FOLDER:
    return "DIR";
  default:
    return "NAME";
  }
}

static void
add_entry (GArray *entries, const char *name, GOptionFlags flags, GOptionArgFunc func,
           const char *help, const char *argument)
{
  GOptionEntry entry = { name, 0, (int) flags, G_OPTION_ARG_CALLBACK, func, help, argument };

  g_array_append_val (entries, entry);
}

static gboolean
is_path (const SalParam *param)
{
  return param->kind == SAL_PARAM_BASELINE || param->kind == SAL_PARAM_ARRAY ||
         param->kind == SAL_PARAM_FOLDER;
}

/* A switch has a --no- option, too, to go back from what a recipe says; help shows the one that
 * changes the default. */
static void
add_switch (CliOptions *self, GArray *entries, const SalParam *param)
{
  const char *help = keep (self, describe (param));
  const char *off = keep (self, g_strconcat ("no-", param->key, NULL));
  gboolean is_on = param->otherwise != 0;

  add_entry (entries, param->key, G_OPTION_FLAG_NO_ARG | (is_on ? G_OPTION_FLAG_HIDDEN : 0),
             (GOptionArgFunc) switch_cb, help, NULL);
  if (is_on)
    help = keep (self, g_strconcat ("switches off: ", help, NULL));
  add_entry (entries, off, G_OPTION_FLAG_NO_ARG | (is_on ? 0 : G_OPTION_FLAG_HIDDEN),
             (GOptionArgFunc) switch_off_cb, help, NULL);
}

static void
add_params (CliOptions *self, GArray *entries, const SalParam *params)
{
  for (const SalParam *param = params; param->key != NULL; param++) {
    gboolean known = FALSE;

    /* Several methods may have the parameter. */
    for (guint i = 0; i < entries->len && !known; i++)
      known = strcmp (g_array_index (entries, GOptionEntry, i).long_name, param->key) == 0;
    if (known)
      continue;
    if (param->kind == SAL_PARAM_SWITCH)
      add_switch (self, entries, param);
    else
      add_entry (entries, param->key, is_path (param) ? G_OPTION_FLAG_FILENAME : 0,
                 (GOptionArgFunc) value_cb, keep (self, describe (param)), placeholder (param));
  }
}

static void
add_group (CliOptions *self, GOptionContext *context, const char *name, const char *title,
           GArray *entries)
{
  GOptionGroup *group = g_option_group_new (name, title, title, self, NULL);

  g_option_group_add_entries (group, (const GOptionEntry *) (gpointer) entries->data);
  g_option_context_add_group (context, group);
}

static char *
list_methods (void)
{
  GString *text = g_string_new ("Methods, and the parameters that each takes:\n");

  for (const SalMethod *const *at = sal_methods (); *at != NULL; at++) {
    const SalMethod *method = *at;

    g_string_append_printf (text, "  %s\n      %s\n", method->id, method->summary);
    for (const SalParam *param = method->params; param->key != NULL; param++)
      g_string_append_printf (
          text, "%s%s%s", param == method->params ? "      " : " ",
          param->kind == SAL_PARAM_SWITCH && param->otherwise != 0 ? "--no-" : "--", param->key);
    if (method->params->key != NULL)
      g_string_append_c (text, '\n');
  }
  for (const CliAlias *alias = cli_aliases; alias->id != NULL; alias++)
    g_string_append_printf (text, "  %s\n      %s\n", alias->id, alias->summary);
  return g_string_free (text, FALSE);
}

void
cli_options_add (CliOptions *self, GOptionContext *context)
{
  GOptionEntry entries[] = {
    { "method", 'm', 0, G_OPTION_ARG_STRING, &self->method_name, "how to explain, see below",
      "NAME" },
    { "target", 't', 0, G_OPTION_ARG_STRING, &self->target,
      "class that is explained, by number or label [the highest]", "N|LABEL" },
    { "versus", 0, 0, G_OPTION_ARG_STRING, &self->versus,
      "class whose score is subtracted: why the target rather than this?", "N|LABEL" },
    { "output-kind", 0, 0, G_OPTION_ARG_STRING, &self->output_kind,
      "what is explained: logit, probability, output (the graph's own) [logit]", "NAME" },
    { "noise-file", 0, 0, G_OPTION_ARG_FILENAME, &self->noise_file,
      "standard normal draws for smoothing, N×(input), in place of the generator's", "F.npy" },
    { "as", 0, 0, G_OPTION_ARG_STRING, &self->convention,
      "another program's defaults: captum, pair-saliency, pytorch-grad-cam, zennit, innvestigate, "
      "distill",
      "NAME" },
    { "internal-batch", 0, 0, G_OPTION_ARG_INT, &self->batch,
      "evaluations a pass [by the size of the model]", "N" },
    { "threads", 0, 0, G_OPTION_ARG_INT, &self->threads, "worker threads, 0 for all cores [0]",
      "N" },
    { "exact", 0, 0, G_OPTION_ARG_NONE, &self->exact,
      "round no more than plain sums do: no Winograd convolutions", NULL },
    { NULL },
  };
  const GOptionEntry recipe[] = {
    { "like", 0, 0, G_OPTION_ARG_FILENAME, &self->like,
      "repeat what made this picture; options go before its recipe", "OVERLAY.png" },
    { NULL },
  };
  g_autoptr (GArray) methods = g_array_new (TRUE, TRUE, sizeof (GOptionEntry));
  g_autoptr (GArray) smoothing = g_array_new (TRUE, TRUE, sizeof (GOptionEntry));
  g_autoptr (GArray) appearance = g_array_new (TRUE, TRUE, sizeof (GOptionEntry));

  GOptionGroup *what = g_option_group_new ("what", "What is explained, and how:", "", NULL, NULL);

  g_option_group_add_entries (what, entries);
  if (self->appearance)
    g_option_group_add_entries (what, recipe);
  g_option_context_add_group (context, what);
  for (const SalMethod *const *at = sal_methods (); *at != NULL; at++)
    add_params (self, methods, (*at)->params);
  add_group (self, context, "methods", "Parameters of methods:", methods);
  add_params (self, smoothing, sal_smooth_params ());
  add_group (self, context, "smoothing", "Smoothing and sums, around any method:", smoothing);
  if (self->appearance) {
    add_params (self, appearance, sal_appearance_params ());
    add_group (self, context, "appearance", "Appearance of pictures:", appearance);
  }
  g_option_context_set_description (context, keep (self, list_methods ()));
}
