#include "engine/kernels/cpu.h"

#include <string.h>

static const char *const names[SAL_CPU_LEVELS] = { "base", "x86-64-v3", "x86-64-v4" };

/* What the processor has above the level in use, so that 0 is right before anybody asks. */
static int lowered;

SalCpuLevel
sal_cpu_level_max (void)
{
#ifdef SAL_KERNELS_X86
  /* Each level's features by name: clang 14 does not know the levels themselves here. */
  __builtin_cpu_init ();
  if (!__builtin_cpu_supports ("avx2") || !__builtin_cpu_supports ("fma"))
    return SAL_CPU_BASE;
  if (!__builtin_cpu_supports ("bmi") || !__builtin_cpu_supports ("bmi2"))
    return SAL_CPU_BASE;
  if (!__builtin_cpu_supports ("avx512f") || !__builtin_cpu_supports ("avx512bw"))
    return SAL_CPU_V3;
  if (!__builtin_cpu_supports ("avx512cd") || !__builtin_cpu_supports ("avx512dq"))
    return SAL_CPU_V3;
  return __builtin_cpu_supports ("avx512vl") ? SAL_CPU_V4 : SAL_CPU_V3;
#else
  return SAL_CPU_BASE;
#endif
}

SalCpuLevel
sal_cpu_level_get (void)
{
  return sal_cpu_level_max () - g_atomic_int_get (&lowered);
}

void
sal_cpu_level_set (SalCpuLevel level)
{
  SalCpuLevel max = sal_cpu_level_max ();

  g_atomic_int_set (&lowered, (int) max - (int) MIN (level, max));
}

const char *
sal_cpu_level_name (SalCpuLevel level)
{
  g_return_val_if_fail (level < SAL_CPU_LEVELS, NULL);
  return names[level];
}

gboolean
sal_cpu_level_parse (const char *name, SalCpuLevel *level)
{
  for (int i = 0; i < SAL_CPU_LEVELS; i++) {
    if (strcmp (name, names[i]) == 0) {
      *level = i;
      return TRUE;
    }
  }
  return FALSE;
}
