/* The errors a file or a person can cause. Everything else is a bug in the program and asserts. */
#pragma once

#include <glib.h>
#include <inttypes.h>

/**
 * SalError:
 * @SAL_ERROR_FORMAT: the file is broken: truncated, not what its name says, contradictory
 * @SAL_ERROR_UNSUPPORTED: the file is valid, but holds something that Salience cannot compute
 * @SAL_ERROR_SHAPE: tensors, a picture or an array do not fit together
 * @SAL_ERROR_ARGUMENT: a number, name or choice is out of range
 * @SAL_ERROR_MEMORY: more memory would be needed than the limit allows
 *
 * A message names the thing and the two values that disagree, in one line:
 * `Conv "layer1.0/conv1": weight has 64 input channels, input has 3`. What GIO reports
 * (files, cancellation) stays in G_IO_ERROR.
 */
typedef enum {
  SAL_ERROR_FORMAT,
  SAL_ERROR_UNSUPPORTED,
  SAL_ERROR_SHAPE,
  SAL_ERROR_ARGUMENT,
  SAL_ERROR_MEMORY,
} SalError;

#define SAL_ERROR (sal_error_quark ())
GQuark sal_error_quark (void);

/* Messages are for people: their words are looked up in the program's catalogue, whichever the
 * process has chosen, and stay as they are where it has none (salience-cli). Formats are found by
 * xgettext, which knows PRId64 and not G_GINT64_FORMAT; words put in for "%s" are marked with _().
 */

/** sal_error_set: like g_set_error() in SAL_ERROR. @format: to be translated */
void sal_error_set (GError **error, int code, const char *format, ...) G_GNUC_PRINTF (3, 4);

/** sal_error_prefix: like g_prefix_error(). @format: to be translated */
void sal_error_prefix (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);
