/* Memory for numbers: aligned for vectors, and in huge pages where it is large. */
#pragma once

#include <glib.h>

/** SAL_HUGE_PAGE: bytes from which memory comes in huge pages */
#define SAL_HUGE_PAGE ((gsize) 2 << 20)

/**
 * sal_block_new:
 * @bytes: 0 is allowed
 *
 * Returns: (transfer full): that much memory, 64-byte aligned, with anything in it. Large blocks
 *   are in huge pages: reading weights from memory is half as fast again with them, and first touch
 *   costs a fraction. Free with sal_block_free().
 */
gpointer sal_block_new (gsize bytes);
/** sal_block_new0: the same, all zeros */
gpointer sal_block_new0 (gsize bytes);
/** sal_block_free: @block may be %NULL */
void sal_block_free (gpointer block);
