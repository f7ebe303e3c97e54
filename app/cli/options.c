#include "app/cli/options.h"

#include "app/cli/command.h"
#include "engine/base/error.h"
#include "engine/explain/appearance.h"
#include "engine/explain/baseline.h"
#include "engine/explain/conventions.h"
#include "engine/explain/recipe.h"
#include "engine/explain/smooth.h"
#include "engine/image/png.h"
#include "engine/tensor/npy.h"

#include <string.h>

#define MAX_THREADS 1024

/* Other names for a method with one of its settings. */
static const struct {
  const char *id;
  const char *method;
  const char *key;
  const char *value;
  const char *summary;
} aliases[] = {
  { "saliency", "gradient", "sign", "absolute", "gradient, shown by its absolute value" },
  { "smoothgrad", "gradient", "smooth", "smoothgrad", "gradient with --smooth smoothgrad" },
};

struct _CliOptions {
  gboolean appearance;
  GPtrArray *texts;  /* what the option entries point to */
  GHashTable *given; /* key -> what was typed */
  char *method_name;
  char *target;
  char *versus;
  char *output_kind;
  char *noise_file;
  char *convention;
  char *like;
  int threads;
  gboolean exact;
  int batch;

  const SalMethod *method;
  SalSettings *settings;
  SalRecipe *recipe;
  SalOutputKind kind;
  SalTensor *baseline;
  SalTensor *noise;
  GHashTable *arrays; /* key -> SalTensor */
};

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
  for (gsize i = 0; i < G_N_ELEMENTS (aliases); i++)
    g_string_append_printf (text, "  %s\n      %s\n", aliases[i].id, aliases[i].summary);
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
  for (gsize i = 0; i < G_N_ELEMENTS (aliases) && self->method == NULL; i++)
    if (strcmp (aliases[i].id, name) == 0) {
      self->method = sal_method_find (aliases[i].method);
      if (!g_hash_table_contains (self->given, aliases[i].key) &&
          (self->appearance || sal_param_find (sal_smooth_params (), aliases[i].key) != NULL))
        g_hash_table_insert (self->given, g_strdup (aliases[i].key), g_strdup (aliases[i].value));
    }
  if (self->method != NULL)
    return TRUE;

  g_autoptr (GString) names = g_string_new (NULL);

  for (const SalMethod *const *at = sal_methods (); *at != NULL; at++)
    g_string_append_printf (names, "%s, ", (*at)->id);
  for (gsize i = 0; i < G_N_ELEMENTS (aliases); i++)
    g_string_append_printf (names, "%s%s", i > 0 ? ", " : "", aliases[i].id);
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

static gboolean
find_class (const SalModel *model, const char *option, const char *text, int *class_index,
            GError **error)
{
  if (text == NULL)
    return TRUE;
  *class_index = sal_model_find_class (model, text, error);
  return *class_index >= 0 || cli_blame (error, option);
}

static gboolean
find_target (CliOptions *self, SalQuery *query, const GArray *predictions, GError **error)
{
  SalTarget *target = &query->target;

  *target =
      (SalTarget){ g_array_index (predictions, SalPrediction, 0).class_index, -1, self->kind };
  if (self->recipe != NULL && self->recipe->target >= 0 &&
      !sal_recipe_target (self->recipe, query->model, target, error)) {
    g_prefix_error (error, "%s: ", self->like);
    return FALSE;
  }
  target->kind = self->kind;
  if (!find_class (query->model, "--target", self->target, &target->class_index, error) ||
      !find_class (query->model, "--versus", self->versus, &target->versus, error))
    return FALSE;
  if (target->versus == target->class_index)
    return cli_usage (error, "--versus", "class %d is the target itself", target->versus);
  return TRUE;
}

static gboolean
check_layers (CliOptions *self, const SalModel *model, GError **error)
{
  for (const SalParam *param = self->method->params; param->key != NULL; param++) {
    const char *name =
        param->kind == SAL_PARAM_LAYER ? sal_settings_text (self->settings, param) : "";

    if (*name != '\0' && sal_model_find_value (model, name, error) == SAL_NO_VALUE) {
      g_autofree char *option = g_strconcat ("--", param->key, NULL);

      return cli_blame (error, option);
    }
  }
  return TRUE;
}

static gboolean
find_baseline (CliOptions *self, SalModel *model, SalImage *image, GError **error)
{
  const SalParam *seed = sal_param_find (sal_smooth_params (), "seed");

  for (const SalParam *param = self->method->params; param->key != NULL; param++) {
    if (param->kind != SAL_PARAM_BASELINE)
      continue;
    if (image == NULL && self->recipe == NULL && !g_hash_table_contains (self->given, param->key) &&
        !sal_settings_set_text (self->settings, param, "zero", error))
      return FALSE;
    self->baseline =
        sal_baseline_new (model, sal_settings_text (self->settings, param), image,
                          (guint64) sal_settings_number (self->settings, seed), NULL, error);
    if (self->baseline == NULL) {
      g_autofree char *option = g_strconcat ("--", param->key, NULL);

      if (error != NULL && g_error_matches (*error, SAL_ERROR, SAL_ERROR_ARGUMENT))
        return cli_blame (error, option);
      return FALSE;
    }
  }
  return TRUE;
}

static gboolean
load_arrays (CliOptions *self, const SalParam *params, GError **error)
{
  for (const SalParam *param = params; param->key != NULL; param++) {
    const char *path =
        param->kind == SAL_PARAM_ARRAY && sal_settings_applies (self->settings, params, param)
            ? sal_settings_text (self->settings, param)
            : "";

    if (*path == '\0')
      continue;

    SalTensor *array = sal_npy_load (path, error);

    if (array == NULL)
      return FALSE;
    g_hash_table_replace (self->arrays, g_strdup (param->key), array);
  }
  return TRUE;
}

/* The file says how many samples there are. */
static gboolean
load_noise (CliOptions *self, const SalModel *model, GError **error)
{
  const SalShape *input = sal_model_input_shape (model);
  const SalParam *samples = sal_param_find (sal_smooth_params (), "samples");

  if (self->noise_file == NULL)
    return TRUE;
  self->noise = sal_npy_load (self->noise_file, error);
  if (self->noise == NULL)
    return FALSE;

  const SalShape *shape = sal_tensor_shape (self->noise);
  SalShape want = *input;

  if (shape->rank > 0 && shape->dim[0] > 0)
    want.dim[0] = shape->dim[0];
  if (sal_tensor_type (self->noise) != SAL_FLOAT || !sal_shape_equal (shape, &want)) {
    g_autofree char *got_text = sal_shape_to_string (shape);
    g_autofree char *want_text = sal_shape_to_string (input);

    g_set_error (error, SAL_ERROR, SAL_ERROR_SHAPE,
                 "%s: holds %s, draws for this model are floats, N times %s", self->noise_file,
                 got_text, want_text);
    return FALSE;
  }
  return sal_settings_set_number (self->settings, samples, (double) want.dim[0], error);
}

gboolean
cli_options_query (CliOptions *self, SalQuery *query, SalImage *image, const GArray *predictions,
                   GError **error)
{
  const char *reason = self->method->check != NULL ? self->method->check (query->model) : NULL;

  if (reason != NULL) {
    g_set_error (error, SAL_ERROR, SAL_ERROR_UNSUPPORTED, "%s: %s: %s",
                 sal_model_name (query->model), self->method->id, reason);
    return FALSE;
  }
  if (!find_target (self, query, predictions, error) || !check_layers (self, query->model, error) ||
      !find_baseline (self, query->model, image, error) ||
      !load_noise (self, query->model, error) || !load_arrays (self, self->method->params, error) ||
      !load_arrays (self, sal_smooth_params (), error))
    return FALSE;
  query->method = self->method;
  query->settings = self->settings;
  query->baseline = self->baseline;
  query->noise = self->noise;
  query->arrays = self->arrays;
  query->threads = self->threads;
  query->batch = self->batch;
  return TRUE;
}
