#include "engine/base/memory.h"

#include <stdatomic.h>
#include <stdio.h>

#define FALLBACK (G_GUINT64_CONSTANT (4) << 30)

#define WEIGHTS_BUDGET (G_GUINT64_CONSTANT (1) << 30)

static _Atomic guint64 chosen, chosen_budget;

static guint64
available (void)
{
  FILE *file = fopen ("/proc/meminfo", "r");
  char line[128];
  guint64 kib = 0;

  if (file == NULL)
    return 0;
  while (kib == 0 && fgets (line, sizeof line, file) != NULL)
    if (sscanf (line, "MemAvailable: %" G_GUINT64_FORMAT, &kib) != 1)
      kib = 0;
  fclose (file);
  return kib * 1024;
}

guint64
sal_memory_limit (void)
{
  guint64 bytes = atomic_load (&chosen);

  if (bytes != 0)
    return bytes;
  bytes = available ();
  return bytes != 0 ? bytes / 4 * 3 : FALLBACK;
}

void
sal_memory_set_limit (guint64 bytes)
{
  atomic_store (&chosen, bytes);
}

guint64
sal_memory_weights_budget (void)
{
  guint64 bytes = atomic_load (&chosen_budget);

  return bytes != 0 ? bytes : WEIGHTS_BUDGET;
}

void
sal_memory_set_weights_budget (guint64 bytes)
{
  atomic_store (&chosen_budget, bytes);
}
