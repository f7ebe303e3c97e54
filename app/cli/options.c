/* What was typed, put together with what a recipe and the conventions of other programs say. */
#include "app/cli/command.h"
#include "app/cli/options-private.h"
#include "engine/base/error.h"
#include "engine/explain/appearance.h"
#include "engine/explain/conventions.h"
#include "engine/explain/recipe.h"
#include "engine/explain/smooth.h"
#include "engine/image/png.h"

#include <string.h>

#define MAX_THREADS 1024

CliOptions *
cli_options_new (gboolean appearance)
{
  CliOptions *self = g_new0 (CliOptions, 1);

  self->appearance = appearance;
  self->texts = g_ptr_array_new_with_free_func (g_free);
  self->given = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->arrays =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) sal_tensor_unref);
  return self;
}

void
cli_options_free (CliOptions *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->texts);
  g_hash_table_unref (self->given);
  g_hash_table_unref (self->arrays);
  g_free (self->method_name);
  g_free (self->target);
  g_free (self->versus);
  g_free (self->output_kind);
  g_free (self->noise_file);
  g_free (self->like);
  g_free (self->convention);
  g_clear_pointer (&self->settings, sal_settings_free);
  g_clear_pointer (&self->recipe, sal_recipe_free);
  g_clear_pointer (&self->baseline, sal_tensor_unref);
  g_clear_pointer (&self->noise, sal_tensor_unref);
  g_free (self);
}

static gboolean
read_recipe (CliOptions *self, GError **error)
{
  g_autofree char *json = sal_png_read_text (self->like, SAL_PNG_PARAMETERS, error);

  if (json == NULL) {
    if (error != NULL && *error == NULL)
      g_set_error (error, SAL_ERROR, SAL_ERROR_FORMAT, "%s: carries no recipe", self->like);
    return FALSE;
  }
  self->recipe = sal_recipe_read (json, self->like, error);
  return self->recipe != NULL;
}

static gboolean
find_method (CliOptions *self, const char *otherwise, GError **error)
{
  const char *name = self->method_name;

  if (name == NULL && self->recipe != NULL) {
    self->method = self->recipe->method;
    return TRUE;
  }
  if (name == NULL)
    name = otherwise;
  if (name == NULL)
    return cli_usage (error, "--method", "missing");
  self->method = sal_method_find (name);
  for (const CliAlias *alias = cli_aliases; alias->id != NULL && self->method == NULL; alias++)
    if (strcmp (alias->id, name) == 0) {
      self->method = sal_method_find (alias->method);
      if (!g_hash_table_contains (self->given, alias->key) &&
          (self->appearance || sal_param_find (sal_smooth_params (), alias->key) != NULL))
        g_hash_table_insert (self->given, g_strdup (alias->key), g_strdup (alias->value));
    }
  if (self->method != NULL)
    return TRUE;

  g_autoptr (GString) names = g_string_new (NULL);

  for (const SalMethod *const *at = sal_methods (); *at != NULL; at++)
    g_string_append_printf (names, "%s, ", (*at)->id);
  for (const CliAlias *alias = cli_aliases; alias->id != NULL; alias++)
    g_string_append_printf (names, "%s%s", alias > cli_aliases ? ", " : "", alias->id);
  return cli_usage (error, "--method", "\"%s\" is none of %s", name, names->str);
}

static void
copy_values (SalSettings *to, const SalSettings *from, const SalParam *params)
{
  for (const SalParam *param = params; param->key != NULL; param++)
    if (param->kind == SAL_PARAM_INT || param->kind == SAL_PARAM_DOUBLE ||
        param->kind == SAL_PARAM_SWITCH)
      sal_settings_set_number (to, param, sal_settings_number (from, param), NULL);
    else
      sal_settings_set_text (to, param, sal_settings_text (from, param), NULL);
}

/* What is typed goes into every list of parameters that knows the key; one list at least must. */
static gboolean
set_value (CliOptions *self, const char *key, const char *value, GError **error)
{
  const SalParam *lists[] = { self->method->params, sal_smooth_params (),
                              self->appearance ? sal_appearance_params () : NULL };
  gboolean known = FALSE;

  for (gsize i = 0; i < G_N_ELEMENTS (lists); i++) {
    const SalParam *param = sal_param_find (lists[i], key);

    if (param == NULL)
      continue;
    known = TRUE;
    if (!sal_settings_parse (self->settings, param, value, error)) {
      g_autofree char *option = g_strconcat ("--", key, NULL);

      return cli_blame (error, option);
    }
  }
  if (known)
    return TRUE;

  g_autofree char *option = g_strconcat ("--", key, NULL);

  return cli_usage (error, option, "%s takes no such parameter", self->method->id);
}

/* --seed is the seed of every draw, unless a method's own has been named. */
static gboolean
spread_seed (CliOptions *self, GError **error)
{
  const char *seed = g_hash_table_lookup (self->given, "seed");

  for (const SalParam *param = self->method->params; param->key != NULL && seed != NULL; param++)
    if (g_str_has_suffix (param->key, "-seed") &&
        !g_hash_table_contains (self->given, param->key) &&
        !set_value (self, param->key, seed, error))
      return FALSE;
  return TRUE;
}

static gboolean
find_kind (CliOptions *self, GError **error)
{
  const SalChoice *kinds = sal_output_kind_choices ();

  self->kind = self->recipe != NULL ? self->recipe->kind : SAL_OUTPUT_LOGIT;
  if (self->output_kind == NULL)
    return TRUE;
  for (int i = 0; kinds[i].id != NULL; i++)
    if (strcmp (kinds[i].id, self->output_kind) == 0) {
      self->kind = (SalOutputKind) i;
      return TRUE;
    }
  return cli_usage (error, "--output-kind", "\"%s\" is none of %s, %s, %s", self->output_kind,
                    kinds[0].id, kinds[1].id, kinds[2].id);
}

gboolean
cli_options_check (CliOptions *self, const char *otherwise, GError **error)
{
  GHashTableIter iter;
  gpointer key, value;

  if (self->threads < 0 || self->threads > MAX_THREADS)
    return cli_usage (error, "--threads", "%d is not from 0 to %d", self->threads, MAX_THREADS);
  if (self->batch < 0 || self->batch > SAL_BATCH_MAX)
    return cli_usage (error, "--internal-batch", "%d is not from 0 to %d", self->batch,
                      SAL_BATCH_MAX);
  if ((self->like != NULL && !read_recipe (self, error)) || !find_method (self, otherwise, error) ||
      !find_kind (self, error))
    return FALSE;

  self->settings = sal_settings_new ();
  if (self->convention != NULL) {
    const SalConvention *convention = sal_convention_find (self->convention);

    if (convention == NULL)
      return cli_usage (error, "--as", "\"%s\" is no program whose defaults are known",
                        self->convention);
    sal_convention_apply (convention, self->method, self->settings);
  }
  if (self->recipe != NULL) {
    copy_values (self->settings, self->recipe->settings, sal_smooth_params ());
    copy_values (self->settings, self->recipe->settings, sal_appearance_params ());
    if (self->method == self->recipe->method)
      copy_values (self->settings, self->recipe->settings, self->method->params);
    if (self->noise_file == NULL)
      self->noise_file = g_strdup (self->recipe->noise_file);
    if (self->batch == 0)
      self->batch = self->recipe->batch;
    self->exact = self->exact || self->recipe->exact;
  }
  g_hash_table_iter_init (&iter, self->given);
  while (g_hash_table_iter_next (&iter, &key, &value))
    if (!set_value (self, key, value, error))
      return FALSE;
  if (!spread_seed (self, error))
    return FALSE;
  if (self->noise_file != NULL && !sal_smooth_wanted (self->settings)) {
    if (self->recipe == NULL)
      return cli_usage (error, "--noise-file", "has no use without --smooth");
    g_clear_pointer (&self->noise_file, g_free);
  }
  return TRUE;
}

const SalMethod *
cli_options_method (const CliOptions *self)
{
  return self->method;
}

const SalSettings *
cli_options_settings (const CliOptions *self)
{
  return self->settings;
}

gboolean
cli_options_exact (const CliOptions *self)
{
  return self->exact;
}

const SalRecipe *
cli_options_recipe (const CliOptions *self)
{
  return self->recipe;
}

const char *
cli_options_noise_file (const CliOptions *self)
{
  return self->noise_file;
}
