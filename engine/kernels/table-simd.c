#include "engine/kernels/level.h"

const SalKernels SAL_SIMD (sal_kernels) = {
  .lanes = SAL_LANES,
  .vectors = SAL_PANEL_VECTORS,
  .unit = SAL_UNIT,
  .tile = SAL_SIMD (sal_tiles),
  .gates = SAL_SIMD (sal_gates),
};
