/* Baselines: what "nothing" looks like to a path method, an occlusion or DeepLIFT. */
#pragma once

#include "engine/explain/params.h"
#include "engine/model.h"

#include <gio/gio.h>

/**
 * sal_baseline_choices: Returns: (transfer none): black, white, gray, mean, blur, noise: colours
 * and textures of the PICTURE, prepared as it is (zero in pixel space is black, zero in the
 * network's own numbers is the mean colour); ended by an empty entry
 */
const SalChoice *sal_baseline_choices (void);

/**
 * sal_baseline_new:
 * @choice: one of sal_baseline_choices(), "zero" for zeros in the network's own numbers, or the
 * path of a .npy array in the input's shape, or of a picture
 * @image: (nullable): the picture explained, for "blur"
 * @seed: for "noise": every channel of every pixel uniform over the range of pixel values
 *
 * Returns: (transfer full) (nullable): in the model's input shape, its first axis the number of
 *   baselines, or %NULL and @error, also %G_IO_ERROR_CANCELLED: a large picture is blurred for long
 */
SalTensor *sal_baseline_new (SalModel *model, const char *choice, SalImage *image, guint64 seed,
                             GCancellable *cancellable, GError **error);
