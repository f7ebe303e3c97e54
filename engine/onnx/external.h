/* Weights that stand in a file beside the model. Private to this folder. */
#pragma once

#include "engine/onnx/onnx.pb-c.h"

#include <glib.h>

/**
 * sal_onnx_external:
 * @proto: a tensor with external data
 * @n_bytes: how many bytes it must have
 * @folder: (nullable): resolved path of the only folder that may hold the file, itself or in
 *   folders below it; %NULL: none may
 * @what: what the tensor is, for error messages
 *
 * A model is a file from a stranger, and the path in it a stranger's wish: only regular files
 * inside @folder are opened, judged after `..`, absolute paths and symbolic links are resolved.
 *
 * Returns: (transfer full) (nullable): a copy of the bytes, or %NULL and @error:
 *   %SAL_ERROR_FORMAT
 */
GBytes *sal_onnx_external (const Onnx__TensorProto *proto, guint64 n_bytes, const char *folder,
                           const char *what, GError **error);
