#include "app/cli/source.h"

#include "app/cli/command.h"
#include "app/labels.h"
#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/tensor/npy.h"

#include <string.h>

gboolean
cli_check_arguments (char **arguments, char **inputs, const char *text, GError **error)
{
  if (arguments[1] == NULL && inputs == NULL && text == NULL)
    return cli_usage (error, "IMAGE", "missing; name a picture, or an array with --input");
  if (text != NULL && arguments[1] != NULL)
    return cli_usage (error, "--text", "given beside the picture %s; one of them is enough",
                      arguments[1]);
  return TRUE;
}

void
cli_source_add (CliSource *self, GOptionContext *context)
{
  const GOptionEntry entries[] = {
    { "size", 0, 0, G_OPTION_ARG_STRING, &self->size,
      "size of the network's input, or own: each picture at its own; for networks that work at any "
      "size [what the model says]",
      "HxW|own" },
    { "output-tensor", 0, 0, G_OPTION_ARG_STRING, &self->output_tensor,
      "tensor that holds the class scores, of several outputs [what the model says]", "NAME" },
    { NULL },
  };
  GOptionGroup *group = g_option_group_new ("model", "What of the model is used:", "", NULL, NULL);

  g_option_group_add_entries (group, entries);
  g_option_context_add_group (context, group);
}

void
cli_source_like (CliSource *self, const SalRecipe *recipe)
{
  if (recipe == NULL)
    return;
  if (self->size == NULL)
    self->size = g_strdup (recipe->size);
  if (self->output_tensor == NULL)
    self->output_tensor = g_strdup (recipe->output_tensor);
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

/* Takes over @model, which came of the one there was; %NULL leaves that. */
static gboolean
replace (CliSource *self, SalModel *model)
{
  if (model == NULL)
    return FALSE;
  sal_model_unref (self->model);
  self->model = model;
  return TRUE;
}

static SalTensor *
load_ids (const char *path, GError **error)
{
  g_autoptr (SalTensor) ids = sal_npy_load (path, error);

  if (ids == NULL)
    return NULL;
  if (sal_tensor_type (ids) != SAL_INT || sal_tensor_shape (ids)->rank != 2 ||
      sal_tensor_shape (ids)->dim[0] != 1) {
    g_autofree char *shape = sal_shape_to_string (sal_tensor_shape (ids));

    g_set_error (error, SAL_ERROR, SAL_ERROR_SHAPE, "%s: holds %s %s, token ids are 1×T integers",
                 path, shape, sal_tensor_type (ids) == SAL_INT ? "integers" : "floats");
    return NULL;
  }
  return g_steal_pointer (&ids);
}

/* The words of @text, as numbers. */
static SalTensor *
read_text (CliSource *self, const char *text, GError **error)
{
  const SalVocabulary *vocabulary = sal_model_vocabulary (self->model);
  SalTensor *ids;

  if (sal_model_tokens (self->model) == SAL_NO_VALUE) {
    cli_usage (error, "--text", "%s is no text model", sal_model_name (self->model));
    return NULL;
  }
  if (vocabulary == NULL) {
    cli_usage (error, "--text",
               "no sidecar beside %s names a vocabulary; give token ids with --input",
               sal_model_name (self->model));
    return NULL;
  }
  if (!g_utf8_validate (text, -1, NULL)) {
    cli_usage (error, "--text", "is no text in UTF-8");
    return NULL;
  }
  self->tokens = sal_vocabulary_split (text);
  ids = sal_vocabulary_encode (vocabulary, (const char *const *) self->tokens, error);
  if (ids == NULL)
    cli_blame (error, "--text");
  return ids;
}

/* Fixes the model's other inputs, and a text model's token ids, from whose embedding its input is
 * then made; @ids_from says where they come from. */
static gboolean
bind (CliSource *self, GHashTable *bound, SalTensor *ids, const char *ids_from, GError **error)
{
  if (ids != NULL)
    g_hash_table_insert (
        bound,
        sal_graph_get_value (sal_model_graph (self->model), sal_model_tokens (self->model))->name,
        sal_tensor_ref (ids));
  if (g_hash_table_size (bound) > 0 &&
      !replace (self, sal_model_bind (self->model, bound, error))) {
    if (ids != NULL)
      g_prefix_error (error, "%s: ", ids_from);
    return FALSE;
  }
  if (ids == NULL)
    return TRUE;
  self->input = sal_model_embedding (self->model, error);
  if (self->input == NULL)
    g_prefix_error (error, "%s: ", ids_from);
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

/* "own", "HxW", or one number for both. */
static gboolean
parse_size (const char *text, gboolean *own, int size[2], GError **error)
{
  g_auto (GStrv) parts = g_strsplit (text, "x", 2);

  *own = strcmp (text, "own") == 0;
  for (int i = 0; i < 2 && !*own; i++) {
    const char *part = i == 1 && parts[1] == NULL ? parts[0] : parts[i];
    guint64 number;

    if (part == NULL || !g_ascii_string_to_unsigned (part, 10, 1, G_MAXINT, &number, NULL))
      return cli_usage (error, "--size", "\"%s\" is neither own nor HxW", text);
    size[i] = (int) number;
  }
  return TRUE;
}

static gboolean
choose_size (CliSource *self, GError **error)
{
  gboolean own;
  int size[2] = { 0, 0 };

  if (self->size == NULL)
    return TRUE;
  if (!parse_size (self->size, &own, size, error))
    return FALSE;
  if (replace (self, own ? sal_model_with_own_size (self->model, error)
                         : sal_model_with_size (self->model, size[0], size[1], error)))
    return TRUE;
  return error != NULL && g_error_matches (*error, SAL_ERROR, SAL_ERROR_MEMORY)
             ? FALSE
             : cli_blame (error, "--size");
}

static gboolean
choose_output (CliSource *self, GError **error)
{
  if (self->output_tensor == NULL ||
      replace (self, sal_model_with_output (self->model, self->output_tensor, error)))
    return TRUE;
  return cli_blame (error, "--output-tensor");
}

/* An array for a network that takes any size has one of its own. */
static gboolean
fit_array (CliSource *self, GError **error)
{
  SalPreparation *preparation = sal_model_preparation (self->model);
  const SalShape *shape = sal_tensor_shape (self->input);
  int rows;

  if (preparation == NULL || sal_preparation_format (preparation)->fit != SAL_FIT_OWN ||
      shape->rank != 4)
    return TRUE;
  rows = sal_preparation_format (preparation)->layout == SAL_NCHW ? 2 : 1;
  return replace (self,
                  sal_model_with_size (self->model, (int) CLAMP (shape->dim[rows], 0, G_MAXINT),
                                       (int) CLAMP (shape->dim[rows + 1], 0, G_MAXINT), error));
}

static gboolean
load_image (CliSource *self, const char *path, GError **error)
{
  self->image = sal_image_load (path, error);
  if (self->image == NULL || !sal_picture_check_size (sal_image_width (self->image),
                                                      sal_image_height (self->image), path, error))
    return FALSE;
  if (!replace (self, sal_model_for_picture (self->model, sal_image_width (self->image),
                                             sal_image_height (self->image), error))) {
    g_prefix_error (error, "%s: ", path);
    return FALSE;
  }
  self->input = sal_model_prepare (self->model, self->image, error);
  return self->input != NULL;
}

static gboolean
open_model (CliSource *self, const char *path, const char *labels, GError **error)
{
  g_autoptr (SalModel) model = sal_model_open (path, error);

  self->model = model != NULL ? sal_labels_apply (model, labels, error) : NULL;
  if (model != NULL && self->model == NULL && labels != NULL)
    return cli_blame (error, "--labels");
  return self->model != NULL;
}

gboolean
cli_source_open (CliSource *self, const char *model, const char *image, char **inputs,
                 const char *text, const char *labels, GError **error)
{
  g_autoptr (GHashTable) bound =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) sal_tensor_unref);
  g_autoptr (SalTensor) ids = NULL;
  const char *array = NULL;

  if (!open_model (self, model, labels, error) || !choose_output (self, error) ||
      !choose_size (self, error) || !sort_inputs (self->model, inputs, &array, bound, error))
    return FALSE;
  if ((image != NULL || text != NULL) && array != NULL)
    return cli_usage (error, "--input", "given beside %s%s; one of them is enough",
                      image != NULL ? "the picture " : "--text", image != NULL ? image : "");

  gboolean of_words = sal_model_tokens (self->model) != SAL_NO_VALUE;

  if (text != NULL || (array != NULL && of_words)) {
    ids = text != NULL ? read_text (self, text, error) : load_ids (array, error);
    if (ids == NULL)
      return FALSE;
  }
  if (!bind (self, bound, ids, text != NULL ? "--text" : array, error))
    return FALSE;
  if (array != NULL && !of_words) {
    self->input = sal_npy_load (array, error);
    if (self->input == NULL || !fit_array (self, error) || !check_array (self, array, error))
      return FALSE;
  }
  if (image != NULL && !load_image (self, image, error))
    return FALSE;
  if (image == NULL && array == NULL)
    return TRUE;
  self->file = g_strdup (array != NULL ? array : image);
  self->sha256 = sal_file_sha256 (self->file, NULL);
  return TRUE;
}

gboolean
cli_source_exact (CliSource *self, gboolean exact, GError **error)
{
  return !exact || replace (self, sal_model_with_compute (self->model, SAL_COMPUTE_EXACT, error));
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
  g_clear_pointer (&self->size, g_free);
  g_clear_pointer (&self->output_tensor, g_free);
  g_clear_pointer (&self->model, sal_model_unref);
  g_clear_pointer (&self->image, sal_image_unref);
  g_clear_pointer (&self->input, sal_tensor_unref);
  g_clear_pointer (&self->tokens, g_strfreev);
  g_clear_pointer (&self->file, g_free);
  g_clear_pointer (&self->sha256, g_free);
}
