/* NumPy's .npy files, formats 1.0, 2.0 and 3.0. */
#pragma once

#include "engine/tensor/tensor.h"

/**
 * sal_npy_load:
 *
 * Reads little-endian float16/32/64 (to SAL_FLOAT) and bool, integers of 8 to 64 bits, signed or
 * not (to SAL_INT), of up to %SAL_MAX_RANK axes, in C or Fortran order (turned into C order).
 *
 * Returns: (transfer full): or %NULL and @error naming the file: G_IO_ERROR if it cannot be read,
 *   %SAL_ERROR_FORMAT if it is no .npy file or its length does not fit its header,
 *   %SAL_ERROR_UNSUPPORTED for other element types
 */
SalTensor *sal_npy_load (const char *path, GError **error);

/**
 * sal_npy_parse:
 * @name: what to call it in messages
 *
 * As sal_npy_load(), from the contents of a file.
 */
SalTensor *sal_npy_parse (GBytes *bytes, const char *name, GError **error);

/**
 * sal_npy_save:
 * @path: written beside, then renamed: there is never half a file
 *
 * Writes `<f4` or `<i8`, C order, the header padded to 64 bytes, as numpy.save() does.
 *
 * Returns: %FALSE and G_IO_ERROR if it cannot be written
 */
gboolean sal_npy_save (const char *path, const SalTensor *tensor, GError **error);
