#include "engine/explain/recipe.h"

#include "engine/base/error.h"
#include "engine/base/json.h"
#include "engine/explain/smooth.h"

#include <math.h>
#include <string.h>

static void
write_file (JsonBuilder *builder, const char *key, const char *file, const char *sha256)
{
  json_builder_set_member_name (builder, key);
  json_builder_begin_object (builder);
  sal_json_add_string (builder, "file", file);
  sal_json_add_string (builder, "sha256", sha256);
  json_builder_end_object (builder);
}

static void
write_target (JsonBuilder *builder, const SalQuery *query, const SalRecipeFacts *facts)
{
  const SalTarget *target = &query->target;

  json_builder_set_member_name (builder, "target");
  json_builder_begin_object (builder);
  sal_json_add_int (builder, "index", target->class_index);
  sal_json_add_string (builder, "label", sal_model_label (query->model, target->class_index));
  sal_json_add_number (builder, "logit", facts->logit);
  sal_json_add_number (builder, "probability", facts->probability);
  json_builder_end_object (builder);

  json_builder_set_member_name (builder, "versus");
  if (target->versus < 0) {
    json_builder_add_null_value (builder);
    return;
  }
  json_builder_begin_object (builder);
  sal_json_add_int (builder, "index", target->versus);
  sal_json_add_string (builder, "label", sal_model_label (query->model, target->versus));
  json_builder_end_object (builder);
}

/* The query's settings with the layer that the method chooses by itself in place of none: another
 * version may choose another. (A gradient without a layer is that of the input.) */
static SalSettings *
settings_in_force (const SalQuery *query)
{
  SalSettings *settings =
      query->settings != NULL ? sal_settings_copy (query->settings) : sal_settings_new ();
  const SalLayer *layer = sal_model_default_layer (query->model);

  if (query->method->group == SAL_GROUP_GRADIENT || layer == NULL)
    return settings;
  for (const SalParam *param = query->method->params; param->key != NULL; param++)
    if (param->kind == SAL_PARAM_LAYER && *sal_settings_text (settings, param) == '\0') {
      gboolean by_node = sal_model_find_value (query->model, layer->node, NULL) == layer->value;

      sal_settings_set_text (settings, param, by_node ? layer->node : layer->tensor, NULL);
    }
  return settings;
}

/* What was chosen about the model. */
static void
write_model (JsonBuilder *builder, SalModel *model)
{
  SalPreparation *preparation = sal_model_preparation (model);
  const char *output = sal_model_wanted_output (model);

  if (output != NULL)
    sal_json_add_string (builder, "output-tensor", output);
  if (preparation != NULL) {
    const SalPixelFormat *format = sal_preparation_format (preparation);
    g_autofree char *size = g_strdup_printf ("%dx%d", format->height, format->width);

    sal_json_add_string (builder, "size", format->fit == SAL_FIT_OWN ? "own" : size);
  }
}

static void
write_parameters (JsonBuilder *builder, const SalQuery *query, const SalRecipeFacts *facts)
{
  g_autoptr (SalSettings) settings = settings_in_force (query);

  json_builder_set_member_name (builder, "parameters");
  json_builder_begin_object (builder);
  sal_settings_write (settings, query->method->params, builder);
  sal_settings_write (settings, sal_smooth_params (), builder);
  sal_json_add_string (builder, "output-kind", sal_output_kind_choices ()[query->target.kind].id);
  write_model (builder, query->model);
  if (query->noise != NULL)
    sal_json_add_string (builder, "noise-file", facts->noise_file);
  if (query->batch > 0)
    sal_json_add_int (builder, "internal-batch", query->batch);
  if (sal_model_compute (query->model) == SAL_COMPUTE_EXACT)
    sal_json_add_string (builder, "compute", "exact");
  json_builder_end_object (builder);
}

static void
add_count (JsonBuilder *builder, const SalAttribution *attribution, const char *name)
{
  double count = sal_attribution_number (attribution, name);

  if (!isnan (count))
    sal_json_add_int (builder, name, (gint64) count);
}

/* What a run that ends by itself has come to; "parameters" say how far it might have gone. */
static void
write_taken (JsonBuilder *builder, const SalAttribution *attribution)
{
  double error = sal_attribution_number (attribution, "relative-error");

  json_builder_set_member_name (builder, "taken");
  json_builder_begin_object (builder);
  add_count (builder, attribution, "samples");
  if (!isnan (error))
    sal_json_add_number (builder, "relative-error", error);
  add_count (builder, attribution, "steps");
  json_builder_end_object (builder);
}

char *
sal_recipe_write (const SalQuery *query, const SalAttribution *attribution,
                  const SalAppearance *appearance, const SalRecipeFacts *facts)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  const SalParam *seed = sal_param_find (sal_smooth_params (), "seed");

  json_builder_begin_object (builder);
  sal_json_add_string (builder, "version", SAL_VERSION);
  write_file (builder, "model", sal_model_path (query->model), sal_model_sha256 (query->model));
  write_file (builder, "image", facts->image_file, facts->image_sha256);
  write_target (builder, query, facts);
  sal_json_add_string (builder, "method", query->method->id);
  write_parameters (builder, query, facts);
  sal_json_add_int (builder, "seed", (gint64) sal_settings_number (query->settings, seed));

  json_builder_set_member_name (builder, "completeness");
  if (attribution->has_completeness) {
    json_builder_begin_object (builder);
    sal_json_add_number (builder, "sum", attribution->sum);
    sal_json_add_number (builder, "difference", attribution->difference);
    sal_json_add_number (builder, "error", attribution->sum - attribution->difference);
    json_builder_end_object (builder);
  } else {
    json_builder_add_null_value (builder);
  }
  write_taken (builder, attribution);
  sal_json_add_number (builder, "milliseconds", attribution->milliseconds);
  sal_json_add_int (builder, "threads", attribution->threads);

  json_builder_set_member_name (builder, "appearance");
  if (appearance != NULL) {
    json_builder_begin_object (builder);
    sal_appearance_write (appearance, builder);
    json_builder_end_object (builder);
  } else {
    json_builder_add_null_value (builder);
  }
  json_builder_end_object (builder);
  return sal_json_text (builder);
}

static gboolean
read_kind (SalRecipe *recipe, JsonObject *parameters, GError **error)
{
  const char *id = sal_json_string (parameters, "output-kind");
  const SalChoice *choices = sal_output_kind_choices ();

  recipe->kind = SAL_OUTPUT_LOGIT;
  if (id == NULL)
    return TRUE;
  for (int i = 0; choices[i].id != NULL; i++)
    if (g_str_equal (choices[i].id, id)) {
      recipe->kind = (SalOutputKind) i;
      return TRUE;
    }
  sal_error_set (error, SAL_ERROR_ARGUMENT, "output-kind: \"%s\" is unknown", id);
  return FALSE;
}

static gboolean
read_class (JsonObject *recipe, const char *key, int *index, char **label, GError **error)
{
  JsonObject *target = sal_json_object (recipe, key);
  gint64 number = sal_json_int (target, "index", -1);

  *index = -1;
  if (target == NULL)
    return TRUE;
  if (number < 0 || number > G_MAXINT) {
    sal_error_set (error, SAL_ERROR_FORMAT, "%s: has no class index", key);
    return FALSE;
  }
  *index = (int) number;
  *label = g_strdup (sal_json_string (target, "label"));
  return TRUE;
}

static gboolean
read_settings (SalRecipe *recipe, JsonObject *object, GError **error)
{
  JsonObject *parameters = sal_json_object (object, "parameters");
  JsonObject *appearance = sal_json_object (object, "appearance");

  if (parameters != NULL &&
      (!sal_settings_read (recipe->settings, recipe->method->params, parameters, error) ||
       !sal_settings_read (recipe->settings, sal_smooth_params (), parameters, error) ||
       !read_kind (recipe, parameters, error)))
    return FALSE;
  recipe->size = g_strdup (sal_json_string (parameters, "size"));
  recipe->output_tensor = g_strdup (sal_json_string (parameters, "output-tensor"));
  recipe->noise_file = g_strdup (sal_json_string (parameters, "noise-file"));
  recipe->batch = (int) CLAMP (sal_json_int (parameters, "internal-batch", 0), 0, SAL_BATCH_MAX);
  recipe->exact = g_strcmp0 (sal_json_string (parameters, "compute"), "exact") == 0;
  return appearance == NULL ||
         sal_settings_read (recipe->settings, sal_appearance_params (), appearance, error);
}

SalRecipe *
sal_recipe_read (const char *json, const char *name, GError **error)
{
  g_autoptr (JsonObject) object = sal_json_parse (json, -1, name, error);

  if (object == NULL)
    return NULL;

  g_autoptr (SalRecipe) recipe = g_new0 (SalRecipe, 1);
  JsonObject *model = sal_json_object (object, "model");
  JsonObject *image = sal_json_object (object, "image");
  const char *method = sal_json_string (object, "method");

  recipe->settings = sal_settings_new ();
  recipe->method = method != NULL ? sal_method_find (method) : NULL;
  if (recipe->method == NULL) {
    if (method == NULL)
      sal_error_set (error, SAL_ERROR_FORMAT, "%s: names no method", name);
    else
      sal_error_set (error, SAL_ERROR_ARGUMENT, "%s: method \"%s\" is unknown", name, method);
    return NULL;
  }
  if (!read_class (object, "target", &recipe->target, &recipe->target_label, error) ||
      !read_class (object, "versus", &recipe->versus, &recipe->versus_label, error) ||
      !read_settings (recipe, object, error)) {
    g_prefix_error (error, "%s: ", name);
    return NULL;
  }
  recipe->model_file = g_strdup (sal_json_string (model, "file"));
  recipe->model_sha256 = g_strdup (sal_json_string (model, "sha256"));
  recipe->image_file = g_strdup (sal_json_string (image, "file"));
  recipe->image_sha256 = g_strdup (sal_json_string (image, "sha256"));
  return g_steal_pointer (&recipe);
}

void
sal_recipe_free (SalRecipe *recipe)
{
  if (recipe == NULL)
    return;
  g_clear_pointer (&recipe->settings, sal_settings_free);
  g_free (recipe->target_label);
  g_free (recipe->versus_label);
  g_free (recipe->size);
  g_free (recipe->output_tensor);
  g_free (recipe->noise_file);
  g_free (recipe->model_file);
  g_free (recipe->model_sha256);
  g_free (recipe->image_file);
  g_free (recipe->image_sha256);
  g_free (recipe);
}

/* Another model may number its classes otherwise, so the label goes first; a label that several
 * classes share ("crane") is settled by the number. */
static int
find_class (const SalModel *model, int index, const char *label, GError **error)
{
  int n = sal_model_n_classes (model);

  if (label != NULL) {
    const char *here = index < n ? sal_model_label (model, index) : NULL;

    if (g_strcmp0 (here, label) == 0)
      return index;

    int found = sal_model_find_class (model, label, NULL);

    if (found >= 0)
      return found;
  }
  if (index >= n) {
    sal_error_set (error, SAL_ERROR_ARGUMENT, "class %d of the recipe: the model has %d", index, n);
    return -1;
  }
  return index;
}

gboolean
sal_recipe_target (const SalRecipe *recipe, const SalModel *model, SalTarget *target,
                   GError **error)
{
  SalTarget found = { 0, -1, recipe->kind };

  if (recipe->target >= 0) {
    found.class_index = find_class (model, recipe->target, recipe->target_label, error);
    if (found.class_index < 0)
      return FALSE;
  }
  if (recipe->versus >= 0) {
    found.versus = find_class (model, recipe->versus, recipe->versus_label, error);
    if (found.versus < 0)
      return FALSE;
  }
  *target = found;
  return TRUE;
}
