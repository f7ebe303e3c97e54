/* What the processor can do, and how much of it the kernels use. */
#pragma once

#include <glib.h>

/** SalCpuLevel: generations of instructions that the kernels are compiled for */
typedef enum {
  SAL_CPU_BASE, /* any processor this was built for: SSE2 on x86-64, NEON on arm64 */
  SAL_CPU_V3,   /* x86-64-v3: AVX2 and FMA */
  SAL_CPU_V4,   /* x86-64-v4: AVX-512 F, BW, CD, DQ and VL */
  SAL_CPU_AMX,  /* that and a matrix unit for bfloat16 */
  SAL_CPU_LEVELS
} SalCpuLevel;

/** sal_cpu_level_max: Returns: the highest level that this processor and this build have */
SalCpuLevel sal_cpu_level_max (void);

/** sal_cpu_level_get: Returns: the level in use: the highest, unless it was lowered */
SalCpuLevel sal_cpu_level_get (void);

/**
 * sal_cpu_level_set:
 * @level: what is beyond sal_cpu_level_max() is lowered to it
 *
 * For the whole process. Weights packed before keep the level they were packed for. Results of
 * different levels differ by rounding: the lowest has no fused multiply-add.
 */
void sal_cpu_level_set (SalCpuLevel level);

/** sal_cpu_level_name: Returns: "base", "x86-64-v3", "x86-64-v4" or "amx" */
const char *sal_cpu_level_name (SalCpuLevel level);

/** sal_cpu_level_parse: Returns: %FALSE, and @level as it was, if no level has that name */
gboolean sal_cpu_level_parse (const char *name, SalCpuLevel *level);
