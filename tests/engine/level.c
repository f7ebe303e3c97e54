#include "tests/engine/level.h"

#include "engine/kernels/cpu.h"

gboolean
level_take (int argc, char **argv)
{
  SalCpuLevel level;

  if (argc < 2)
    return TRUE;
  if (!sal_cpu_level_parse (argv[argc - 1], &level))
    g_error ("%s is no level of a processor", argv[argc - 1]);
  if (level > sal_cpu_level_max ()) {
    g_print ("1..0 # SKIP this processor is not %s\n", argv[argc - 1]);
    return FALSE;
  }
  sal_cpu_level_set (level);
  return TRUE;
}
