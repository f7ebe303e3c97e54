#include "engine/base/block.h"

#include <string.h>
#include <sys/mman.h>

#define ALIGNMENT 64

gpointer
sal_block_new (gsize bytes)
{
  gpointer block;

  if (bytes < SAL_HUGE_PAGE)
    return g_aligned_alloc (MAX (bytes, 1), 1, ALIGNMENT);
  block = g_aligned_alloc (bytes, 1, SAL_HUGE_PAGE);
  /* The last page may hold what others own, so it stays as it is. */
  madvise (block, bytes / SAL_HUGE_PAGE * SAL_HUGE_PAGE, MADV_HUGEPAGE);
  return block;
}

gpointer
sal_block_new0 (gsize bytes)
{
  gpointer block = sal_block_new (bytes);

  memset (block, 0, bytes);
  return block;
}

void
sal_block_free (gpointer block)
{
  g_aligned_free (block);
}
