#include "app/cli/source.h"

#include "app/cli/command.h"
#include "engine/base/error.h"
#include "engine/explain/recipe.h"
#include "engine/tensor/npy.h"

#include <string.h>

gboolean
cli_check_arguments (char **arguments, const char *array, GError **error)
{
  if (arguments[1] == NULL && array == NULL)
    return cli_usage (error, "IMAGE", "missing; name a picture, or an array with --input");
  if (arguments[1] != NULL && array != NULL)
    return cli_usage (error, "--input", "given beside the picture %s; one of them is enough",
                      arguments[1]);
  return TRUE;
}

static gboolean
load_array (CliSource *self, const char *path, GError **error)
{
  const SalShape *want = sal_model_input_shape (self->model);
  SalType type =
      sal_graph_get_value (sal_model_graph (self->model), sal_model_input (self->model))->type;

  self->input = sal_npy_load (path, error);
  if (self->input == NULL)
    return FALSE;
  if (sal_tensor_type (self->input) == type &&
      sal_shape_equal (sal_tensor_shape (self->input), want))
    return TRUE;

  g_autofree char *want_text = sal_shape_to_string (want);
  g_autofree char *got_text = sal_shape_to_string (sal_tensor_shape (self->input));

  g_set_error (error, SAL_ERROR, SAL_ERROR_SHAPE, "%s: holds %s %s, the input of %s is %s %s", path,
               got_text, sal_tensor_type (self->input) == SAL_INT ? "integers" : "floats",
               sal_model_name (self->model), want_text, type == SAL_INT ? "integers" : "floats");
  return FALSE;
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
cli_source_open (CliSource *self, const char *model, const char *image, const char *array,
                 GError **error)
{
  self->model = sal_model_open (model, error);
  if (self->model == NULL)
    return FALSE;
  if (image == NULL && array == NULL)
    return TRUE;
  if (array != NULL ? !load_array (self, array, error) : !load_image (self, image, error))
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
