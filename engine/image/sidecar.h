/* MODEL.json beside MODEL.onnx: how to prepare a picture for the model, and its classes' names.
 *
 * Read here; unknown keys are ignored (and kept when saving), all but input.shape may be missing
 * and then take the value in brackets:
 *
 *     title                 the model's name for people
 *     accuracy              share of a test set it gets right, 0..1
 *     labels                text file with one class name a line, relative to the sidecar
 *     last_conv_tensor      where CAM methods start
 *     input.name            [not compared with the graph's]
 *     input.shape           four entries in input.layout; a number, or a name for an open axis
 *     input.layout          NCHW or NHWC [by where the 1 or 3 stands in the shape]
 *     input.channel_order   RGB, BGR or GRAY [by the number of channels]
 *     input.value_range     [low, high]: what pixel values 0 and 255 become first [0, 1]
 *     input.mean, .std      a number per channel, in channel_order [those of ImageNet or, for one
 *                           channel and for value ranges other than 0..1, 0 and 1]
 *     input.resize.size     [height, width], or one number for both [those of the shape]
 *     input.resize.default  crop or stretch [crop for colour, stretch for gray]
 *     output.name           [not compared with the graph's]
 *     output.kind           logits or probabilities [unknown]
 */
#pragma once

#include "engine/image/prepare.h"

/** sal_sidecar_path: Returns: (transfer full): MODEL.json for MODEL.onnx */
char *sal_sidecar_path (const char *model_path);

/**
 * sal_preparation_load:
 * @path: of a sidecar
 * @shape: (nullable): the shape the graph declares for its input, -1 where open; compared with
 *   the sidecar's
 *
 * Returns: (transfer full): or %NULL and @error, one line naming the file, the key and both values
 *   that disagree: %SAL_ERROR_FORMAT, %SAL_ERROR_SHAPE, %SAL_ERROR_ARGUMENT or G_IO_ERROR
 */
SalPreparation *sal_preparation_load (const char *path, const SalShape *shape, GError **error);

/**
 * sal_preparation_assume:
 * @model: (nullable): the model's file name, for the sentence
 * @input_name: (nullable): of the graph's input
 * @shape: as the graph declares it, -1 where open (open height and width become 224)
 *
 * What is most likely where no file says it: RGB in 0..1 with ImageNet's mean and deviation and a
 * centre crop for three channels, luma in 0..1 stretched for one; see
 * sal_preparation_assumed().
 *
 * Returns: (transfer full): or %NULL and %SAL_ERROR_UNSUPPORTED if an input of @shape takes no
 *   picture
 */
SalPreparation *sal_preparation_assume (const char *model, const char *input_name,
                                        const SalShape *shape, GError **error);

/**
 * sal_preparation_for_model:
 * @model_path: of the ONNX file
 * @input_name: of the graph's input; must be the sidecar's, where that names one
 * @shape: as the graph declares it, -1 where open
 *
 * The sidecar's preparation where there is a sidecar, else the assumed one.
 *
 * Returns: (transfer full): or %NULL and @error of sal_preparation_load() or
 *   sal_preparation_assume()
 */
SalPreparation *sal_preparation_for_model (const char *model_path, const char *input_name,
                                           const SalShape *shape, GError **error);

/**
 * sal_preparation_save:
 * @path: of the sidecar to write (beside, then renamed)
 *
 * Writes all that is read, and whatever else the sidecar held that this preparation came from. The
 * path of the labels is rewritten to fit the new place.
 *
 * Returns: %FALSE and G_IO_ERROR if it cannot be written
 */
gboolean sal_preparation_save (const SalPreparation *preparation, const char *path, GError **error);
