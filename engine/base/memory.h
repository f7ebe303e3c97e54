/* How much memory a computation may take. */
#pragma once

#include <glib.h>

/**
 * sal_memory_limit:
 *
 * Returns: bytes that one computation may take: what was set, else three quarters of the memory
 *   that the machine has available now (4 GiB where it does not say)
 */
guint64 sal_memory_limit (void);

/** sal_memory_set_limit: sets the limit for the whole process; 0 goes back to the default */
void sal_memory_set_limit (guint64 bytes);

/**
 * sal_memory_weights_budget:
 *
 * Returns: bytes that a model's weights, transformed for faster convolution, may take beside the
 *   weights themselves: what was set, else 1 GiB. Where they would take more, the layers with the
 *   largest are computed from their plain weights.
 */
guint64 sal_memory_weights_budget (void);

/** sal_memory_set_weights_budget: sets it for plans made from now on; 0 goes back to the default */
void sal_memory_set_weights_budget (guint64 bytes);
