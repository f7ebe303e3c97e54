/* The model, and the picture or array that goes into it. */
#pragma once

#include "engine/explain/recipe.h"

/**
 * CliSource: zero-initialise
 * @size: (nullable): what --size says, or a recipe
 * @output_tensor: (nullable): what --output-tensor says, or a recipe
 * @model: the model
 * @image: (nullable): the picture; %NULL where an array was given
 * @input: the network's input
 * @tokens: (nullable): the words of the text; %NULL where none was given
 * @file: (nullable): the picture or array, as it was named on the command line
 * @sha256: (nullable): of its bytes
 */
typedef struct {
  char *size;
  char *output_tensor;
  SalModel *model;
  SalImage *image;
  SalTensor *input;
  char **tokens;
  char *file;
  char *sha256;
} CliSource;

/** cli_source_add: adds the options that choose among what a model can do: --size and
 *  --output-tensor */
void cli_source_add (CliSource *self, GOptionContext *context);

/** cli_source_like: takes what a recipe says where the command line says nothing */
void cli_source_like (CliSource *self, const SalRecipe *recipe);

/**
 * cli_split_input:
 * @text: `NAME=FILE.npy` where NAME is an input's, which may itself contain "=", else FILE.npy
 * @path: (out): the file
 *
 * Returns: the number of the graph's input that is named, or -1
 */
int cli_split_input (const SalGraph *graph, const char *text, const char **path);

/**
 * cli_source_open:
 * @image: (nullable): path of a picture
 * @inputs: (nullable) (array zero-terminated=1): arrays as cli_split_input() takes them. One
 *   without a name, or with the name of the input that is explained, stands for the picture:
 *   exactly the model's input, or the token ids of a text model. The others are what the model's
 *   other inputs are fixed at
 * @text: (nullable): for a text model whose vocabulary is known, in place of the token ids
 * @labels: (nullable): whose names the classes have, see sal_labels_apply()
 *
 * Opens the model with what the options chose, at the size of the picture where that is its own.
 */
gboolean cli_source_open (CliSource *self, const char *model, const char *image, char **inputs,
                          const char *text, const char *labels, GError **error);

/** cli_source_exact: has the model computed by %SAL_COMPUTE_EXACT from now on, if @exact is %TRUE
 */
gboolean cli_source_exact (CliSource *self, gboolean exact, GError **error);

/**
 * cli_source_picture:
 * @seen: (out): where the network's input lies on it
 *
 * Returns: (transfer full): what results are shown over: the picture, or what the array looks like
 *   as one; %NULL and %SAL_ERROR_UNSUPPORTED if the model takes no pictures
 */
SalImage *cli_source_picture (const CliSource *self, SalRect *seen, GError **error);

void cli_source_clear (CliSource *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CliSource, cli_source_clear)

/** cli_check_arguments: whether there is a picture in @arguments, or an array or text in its place
 */
gboolean cli_check_arguments (char **arguments, char **inputs, const char *text, GError **error);
