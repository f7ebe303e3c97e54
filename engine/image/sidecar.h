/* MODEL.json beside MODEL.onnx: how to prepare a picture for the model, and its classes' names.
 *
 * Read here; unknown keys are ignored (and kept when saving), all but input.shape may be missing
 * and then take the value in brackets:
 *
 *     title                 the model's name for people
 *     accuracy              share of a test set it gets right, 0..1
 *     labels                text file with one class name a line, relative to the sidecar; or the
 *                           names themselves, as an array
 *     last_conv_tensor      where CAM methods start
 *     input.name            [not compared with the graph's]
 *     input.shape           four entries in input.layout; a number, or a name for an open axis
 *     input.layout          NCHW or NHWC [by where the 1 or 3 stands in the shape]
 *     input.channel_order   RGB, BGR or GRAY [by the number of channels]
 *     input.value_range     [low, high]: what pixel values 0 and 255 become first [0, 1]
 *     input.mean, .std      a number per channel, in channel_order [those of ImageNet or, for one
 *                           channel and for value ranges other than 0..1, 0 and 1]
 *     input.resize.size     [height, width], or one number for both [those of the shape]
 *     input.resize.default  crop, stretch, or own: each picture at its own size, for a network that
 *                           works at any [crop for colour, stretch for gray; own where neither
 *                           the size nor this is stated and the graph leaves the size open]
 *     input.resize.max_side with own: longer pictures are scaled down to this [none; 1024 where
 *                           own had to be assumed]
 *     inputs.NAME           what another input of the model is fixed at: a number for every
 *                           element, or a .npy file, relative to the sidecar [0]
 *     output.name           the tensor with the class scores [the graph's first output]
 *     output.kind           logits or probabilities [unknown]
 *     output.over_places    mean or max: how a map of class scores becomes one score a class [mean]
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
 * sal_preparation_load_facts:
 * @path: of a sidecar
 *
 * Reads what concerns neither pictures nor words: title, name of the input, what others are fixed
 * at, the output.
 *
 * Returns: (transfer full): of no pixel format, or %NULL and @error as above
 */
SalPreparation *sal_preparation_load_facts (const char *path, GError **error);

/**
 * sal_preparation_assume:
 * @model: (nullable): the model's file name, for the sentence
 * @input_name: (nullable): of the graph's input
 * @shape: as the graph declares it, -1 where open
 *
 * What is most likely where no file says it: RGB in 0..1 with ImageNet's mean and deviation and a
 * centre crop for three channels, luma in 0..1 stretched for one; each picture at its own size
 * where height or width is open (the format then holds 224 for it, see sal_model_for_picture()).
 * See sal_preparation_assumed().
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
 * sal_preparation_with_labels:
 * @path: a text file in UTF-8 with one class name a line
 *
 * Returns: (transfer full): a copy whose classes are called so; %NULL and @error: G_IO_ERROR, or
 *   %SAL_ERROR_FORMAT if it is no text or empty
 */
SalPreparation *sal_preparation_with_labels (const SalPreparation *preparation, const char *path,
                                             GError **error);

/** sal_preparation_with_names: Returns: (transfer full): likewise, with these names of the classes;
 *  @names: ended by %NULL, copied; kept in the sidecar itself when it is saved */
SalPreparation *sal_preparation_with_names (const SalPreparation *preparation,
                                            const char *const *names, GError **error);

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
