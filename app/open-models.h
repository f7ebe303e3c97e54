/* The models in use, by the files they were read from: what is opened again while it is still in
 * use, by a result on the shelf, say, and whose files are as they were, is not read into memory
 * once more. Keeps none of them. Any thread. */
#pragma once

#include "engine/base/reads.h"
#include "engine/model.h"

/**
 * sal_open_models_find:
 * @path: of the ONNX file, whichever way its folder is reached
 * @labels: (nullable): whose names its classes shall have, as in sal_labels_apply()
 *
 * Returns: (transfer full) (nullable): the model again, see sal_model_again(); %NULL where it has
 *   to be read
 */
SalModel *sal_open_models_find (const char *path, const char *labels);

/**
 * sal_open_models_add:
 * @model: as it was read from @path and got its @labels
 * @reads: (transfer full): all that was read for that, ended
 */
void sal_open_models_add (const char *path, const char *labels, SalModel *model, SalReads *reads);
