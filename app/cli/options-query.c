/* What the options ask of one model and input. */
#include "app/cli/command.h"
#include "app/cli/options-private.h"
#include "engine/base/error.h"
#include "engine/explain/baseline.h"
#include "engine/explain/smooth.h"
#include "engine/tensor/npy.h"

#include <string.h>

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
