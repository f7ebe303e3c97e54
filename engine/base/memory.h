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
