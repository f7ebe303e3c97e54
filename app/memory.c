#include "app/memory.h"

#include "engine/graph/workspace.h"

#ifdef __GLIBC__
#include <malloc.h>
#endif

/* The GNU allocator learns from each large block that is freed to keep such blocks, up to 32 MB
 * each and twice that at the end of each of eight arenas a processor. Held to these, blocks that a
 * run makes and frees in a loop are still kept. */
#define MAX_KEPT_BLOCK (4 << 20)
#define MAX_KEPT_END (8 << 20)
#define MAX_ARENAS 8

void
sal_memory_init (void)
{
#ifdef __GLIBC__
  mallopt (M_MMAP_THRESHOLD, MAX_KEPT_BLOCK);
  mallopt (M_TRIM_THRESHOLD, MAX_KEPT_END);
  mallopt (M_ARENA_MAX, MAX_ARENAS);
#endif
}

void
sal_memory_trim (void)
{
  sal_workspace_trim ();
#ifdef __GLIBC__
  malloc_trim (0);
#endif
}
