#include "engine/kernels/table.h"

#include "engine/kernels/cpu.h"

const SalKernels *
sal_kernels_get (void)
{
#ifdef SAL_KERNELS_X86
  switch (sal_cpu_level_get ()) {
  case SAL_CPU_AMX:
    return &sal_kernels_amx;
  case SAL_CPU_V4:
    return &sal_kernels_v4;
  case SAL_CPU_V3:
    return &sal_kernels_v3;
  default:
    break;
  }
#endif
  return &sal_kernels_base;
}
