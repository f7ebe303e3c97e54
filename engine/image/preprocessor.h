/* How to prepare a picture, as other programs write it down: for models that have no sidecar.
 *
 * Looked for in this order, beside the model, and one folder up where the model's is called "onnx":
 *
 *     preprocessor_config.json   of Hugging Face: size or crop_size, do_rescale, rescale_factor,
 *                                do_normalize, image_mean, image_std, do_center_crop; class names
 *                                from id2label of the config.json beside it
 *     config.json                of timm: input_size, mean, std, crop_pct, label_names, at the top
 *                                or in pretrained_cfg
 *     metadata of the model      Image.BitmapPixelFormat and Image.NominalPixelRange, as ONNX
 *                                describes them for models of pictures
 */
#pragma once

#include "engine/image/prepare.h"

/**
 * sal_preprocessor_find:
 * @model_path: of the ONNX file
 * @input_name: of the graph's input
 * @shape: as the graph declares it, -1 where open
 * @metadata: (nullable) (element-type utf8 utf8): what the model says about itself
 *
 * What the first of them says, and what it leaves open as sal_preparation_assume() has it.
 * sal_preparation_assumed() says where it was read; a file that is there, but cannot be read or
 * does not fit the model, is passed over, and that sentence says so.
 *
 * Returns: (transfer full) (nullable): %NULL if there is nothing of the kind, or the input takes no
 *   picture
 */
SalPreparation *sal_preprocessor_find (const char *model_path, const char *input_name,
                                       const SalShape *shape, GHashTable *metadata);
