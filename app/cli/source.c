#include "app/cli/source.h"

#include "app/cli/command.h"
#include "engine/base/error.h"
#include "engine/explain/recipe.h"
#include "engine/tensor/npy.h"

#include <string.h>

gboolean
cli_check_arguments (char **arguments, char **inputs, GError **error)
{
  if (arguments[1] == NULL && inputs == NULL)
    return cli_usage (error, "IMAGE", "missing; name a picture, or an array with --input");
  return TRUE;
}

int
cli_split_input (const SalGraph *graph, const char *text, const char **path)
{
  for (int i = 0; i < sal_graph_n_inputs (graph); i++) {
    const char *name = sal_graph_get_value (graph, sal_graph_input (graph, i))->name;
    gsize length = strlen (name);

    if (strncmp (text, name, length) == 0 && text[length] == '=') {
      *path = text + length + 1;
      return i;
    }
  }
  *path = text;
  return -1;
}

static gboolean
check_array (const CliSource *self, const char *path, GError **error)
{
  const SalShape *want = sal_model_input_shape (self->model);
  gboolean ints = sal_tensor_type (self->input) == SAL_INT;

  if (!ints && sal_shape_equal (sal_tensor_shape (self->input), want))
    return TRUE;

  g_autofree char *want_text = sal_shape_to_string (want);
  g_autofree char *got_text = sal_shape_to_string (sal_tensor_shape (self->input));

  g_set_error (error, SAL_ERROR, SAL_ERROR_SHAPE, "%s: holds %s %s, the input of %s is %s floats",
               path, got_text, ints ? "integers" : "floats", sal_model_name (self->model),
               want_text);
  return FALSE;
}

/* Fixes the model's other inputs, and a text model's token ids, from whose embedding its input is
 * then made. */
static gboolean
bind (CliSource *self, GHashTable *bound, const char *ids, GError **error)
{
  if (ids != NULL) {
    SalTensor *array = sal_npy_load (ids, error);
    const SalValue *tokens =
        sal_graph_get_value (sal_model_graph (self->model), sal_model_tokens (self->model));

    if (array == NULL)
      return FALSE;
    g_hash_table_insert (bound, tokens->name, array);
    if (sal_tensor_type (array) != SAL_INT || sal_tensor_shape (array)->rank != 2 ||
        sal_tensor_shape (array)->dim[0] != 1) {
      g_autofree char *shape = sal_shape_to_string (sal_tensor_shape (array));

      g_set_error (error, SAL_ERROR, SAL_ERROR_SHAPE, "%s: holds %s %s, token ids are 1×T integers",
                   ids, shape, sal_tensor_type (array) == SAL_INT ? "integers" : "floats");
      return FALSE;
    }
  }
  if (g_hash_table_size (bound) > 0) {
    SalModel *model = sal_model_bind (self->model, bound, error);

    if (model == NULL) {
      if (ids != NULL)
        g_prefix_error (error, "%s: ", ids);
      return FALSE;
    }
    sal_model_unref (self->model);
    self->model = model;
  }
  if (ids == NULL)
    return TRUE;
  self->input = sal_model_embedding (self->model, error);
  if (self->input == NULL)
    g_prefix_error (error, "%s: ", ids);
  return self->input != NULL;
}

/* Returns: %FALSE and an error; else in @main the array that stands for the picture, if there is
 * one, and the others in @bound by the names of their inputs */
static gboolean
sort_inputs (const SalModel *model, char **inputs, const char **main, GHashTable *bound,
             GError **error)
{
  const SalGraph *graph = sal_model_graph (model);

  for (int k = 0; inputs != NULL && inputs[k] != NULL; k++) {
    const char *path;
    int i = cli_split_input (graph, inputs[k], &path);
    int value = i >= 0 ? sal_graph_input (graph, i) : SAL_NO_VALUE;
    gboolean is_main =
        i < 0 || value == sal_model_input (model) || value == sal_model_tokens (model);
    char *name = is_main ? NULL : sal_graph_get_value (graph, value)->name;

    if (is_main ? *main != NULL : g_hash_table_contains (bound, name))
      return cli_usage (error, "--input", "%s: there is an array for this input already", path);
    if (is_main) {
      *main = path;
      continue;
    }

    SalTensor *array = sal_npy_load (path, error);

    if (array == NULL)
      return FALSE;
    g_hash_table_insert (bound, name, array);
  }
  return TRUE;
}

static gboolean
load_image (CliSource *self, const char *path, GError **error)
{
  self->image = sal_image_load (path, error);
  if (self->image == NULL)
    return FALSE;
  self->input = sal_model_prepare (self->model, self->image, error);
  return self->input != NULL;
}

gboolean
cli_source_open (CliSource *self, const char *model, const char *image, char **inputs,
                 GError **error)
{
  g_autoptr (GHashTable) bound =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) sal_tensor_unref);
  const char *array = NULL;

  self->model = sal_model_open (model, error);
  if (self->model == NULL || !sort_inputs (self->model, inputs, &array, bound, error))
    return FALSE;
  if (image != NULL && array != NULL)
    return cli_usage (error, "--input", "given beside the picture %s; one of them is enough",
                      image);

  gboolean text = sal_model_tokens (self->model) != SAL_NO_VALUE;

  if (!bind (self, bound, text ? array : NULL, error))
    return FALSE;
  if (image == NULL && array == NULL)
    return TRUE;
  if (array != NULL && !text) {
    self->input = sal_npy_load (array, error);
    if (self->input == NULL || !check_array (self, array, error))
      return FALSE;
  }
  if (image != NULL && !load_image (self, image, error))
    return FALSE;
  self->file = g_strdup (array != NULL ? array : image);
  self->sha256 = sal_recipe_sha256 (self->file, error);
  return self->sha256 != NULL;
}

SalImage *
cli_source_picture (const CliSource *self, SalRect *seen, GError **error)
{
  SalPreparation *preparation = sal_model_preparation (self->model);

  if (preparation == NULL) {
    g_set_error (error, SAL_ERROR, SAL_ERROR_UNSUPPORTED,
                 "%s: takes no pictures, so there is nothing to paint over",
                 sal_model_name (self->model));
    return NULL;
  }
  if (self->image != NULL) {
    *seen = sal_preparation_seen (preparation, sal_image_width (self->image),
                                  sal_image_height (self->image));
    return sal_image_ref (self->image);
  }

  SalImage *picture = sal_preparation_unprepare (preparation, self->input, error);

  if (picture != NULL)
    *seen = (SalRect){ 0, 0, sal_image_width (picture), sal_image_height (picture) };
  return picture;
}

void
cli_source_clear (CliSource *self)
{
  g_clear_pointer (&self->model, sal_model_unref);
  g_clear_pointer (&self->image, sal_image_unref);
  g_clear_pointer (&self->input, sal_tensor_unref);
  g_clear_pointer (&self->file, g_free);
  g_clear_pointer (&self->sha256, g_free);
}
