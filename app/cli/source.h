/* The model, and the picture or array that goes into it. */
#pragma once

#include "engine/model.h"

/**
 * CliSource: zero-initialise
 * @model: the model
 * @image: (nullable): the picture; %NULL where an array was given
 * @input: the network's input
 * @file: (nullable): the picture or array, as it was named on the command line
 * @sha256: (nullable): of its bytes
 */
typedef struct {
  SalModel *model;
  SalImage *image;
  SalTensor *input;
  char *file;
  char *sha256;
} CliSource;

/**
 * cli_source_open:
 * @image: (nullable): path of a picture
 * @array: (nullable): path of an array in place of the picture: exactly the model's input
 */
gboolean cli_source_open (CliSource *self, const char *model, const char *image, const char *array,
                          GError **error);

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

/** cli_check_arguments: whether there is either a picture in @arguments or an @array, not both */
gboolean cli_check_arguments (char **arguments, const char *array, GError **error);
