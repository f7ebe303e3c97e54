#include "engine/graph/workspace.h"

#include "engine/base/block.h"

#include <pthread.h>

/* Blocks kept: as many as a handful of threads need, and as much as nobody minds. */
#define MAX_KEPT 8
#define MAX_KEPT_BYTES ((gsize) 256 << 20)

typedef struct {
  gpointer memory;
  gsize bytes;
} Block;

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static Block kept[MAX_KEPT]; /* the oldest first */
static int n_kept;
static gsize kept_bytes;

static gsize
rounded (gsize bytes)
{
  return (bytes + SAL_HUGE_PAGE - 1) / SAL_HUGE_PAGE * SAL_HUGE_PAGE;
}

/* With the mutex held. */
static gpointer
remove_kept (int i)
{
  gpointer memory = kept[i].memory;

  kept_bytes -= kept[i].bytes;
  n_kept--;
  for (; i < n_kept; i++)
    kept[i] = kept[i + 1];
  return memory;
}

gpointer
sal_workspace_take (gsize bytes)
{
  gpointer memory = NULL;

  if (bytes < SAL_HUGE_PAGE)
    return sal_block_new (bytes);
  bytes = rounded (bytes);
  pthread_mutex_lock (&mutex);
  for (int i = n_kept - 1; i >= 0 && memory == NULL; i--)
    if (kept[i].bytes == bytes)
      memory = remove_kept (i);
  pthread_mutex_unlock (&mutex);
  return memory != NULL ? memory : sal_block_new (bytes);
}

void
sal_workspace_give (gpointer memory, gsize bytes)
{
  gpointer old[MAX_KEPT];
  int n_old = 0;

  if (memory == NULL)
    return;
  if (bytes < SAL_HUGE_PAGE || rounded (bytes) > MAX_KEPT_BYTES) {
    sal_block_free (memory);
    return;
  }
  bytes = rounded (bytes);
  pthread_mutex_lock (&mutex);
  while (n_kept == MAX_KEPT || kept_bytes + bytes > MAX_KEPT_BYTES)
    old[n_old++] = remove_kept (0);
  kept[n_kept++] = (Block){ memory, bytes };
  kept_bytes += bytes;
  pthread_mutex_unlock (&mutex);
  for (int i = 0; i < n_old; i++)
    sal_block_free (old[i]);
}

void
sal_workspace_trim (void)
{
  gpointer old[MAX_KEPT];
  int n_old = 0;

  pthread_mutex_lock (&mutex);
  while (n_kept > 0)
    old[n_old++] = remove_kept (0);
  pthread_mutex_unlock (&mutex);
  for (int i = 0; i < n_old; i++)
    sal_block_free (old[i]);
}
