#include "engine/kernels/cpu.h"

#include <string.h>

#ifdef SAL_KERNELS_X86
#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

static const char *const names[SAL_CPU_LEVELS] = { "base", "x86-64-v3", "x86-64-v4", "amx" };

/* What the processor has above the level in use, so that 0 is right before anybody asks. */
static int lowered;

#ifdef SAL_KERNELS_X86
/* The matrix unit's registers are so large that Linux has a process ask for them. */
static gboolean
may_use_amx (void)
{
  enum { AMX_BF16 = 1 << 22, AMX_TILE = 1 << 24, ASK = 0x1023, TILES = 18 };
  static gsize answer; /* 1: no, 2: yes */
  guint a, b, c, d;

  if (g_once_init_enter (&answer)) {
    gboolean has = __get_cpuid_count (7, 0, &a, &b, &c, &d) && (d & AMX_BF16) && (d & AMX_TILE);

    g_once_init_leave (&answer, has && syscall (SYS_arch_prctl, ASK, TILES) == 0 ? 2 : 1);
  }
  return answer == 2;
}
#endif

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
  if (!__builtin_cpu_supports ("avx512vl"))
    return SAL_CPU_V3;
  return may_use_amx () ? SAL_CPU_AMX : SAL_CPU_V4;
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
