#include "engine/kernels/level.h"
#include "engine/kernels/pieces-simd.h"

const SalKernels SAL_SIMD (sal_kernels) = {
  .lanes = SAL_LANES,
  .vectors = SAL_PANEL_VECTORS,
  .unit = SAL_UNIT,
  .tile = SAL_SIMD (sal_tiles),
  .winograd_read = SAL_SIMD (sal_winograd_read),
  .winograd_write = SAL_SIMD (sal_winograd_write),
  .winograd_weights = SAL_SIMD (sal_winograd_weights),
  .depthwise = SAL_SIMD (sal_depthwise),
  .image_add = SAL_SIMD (sal_image_add),
  .pool_max = SAL_SIMD (sal_pool_max),
  .pool_sum = SAL_SIMD (sal_pool_sum),
  .pool_windows = SAL_SIMD (sal_pool_windows),
  .pool_blocks = SAL_SIMD (sal_pool_blocks),
  .thin_dot = SAL_SIMD (sal_thin_dot),
  .thin_sum = SAL_SIMD (sal_thin_sum),
  .gates = SAL_SIMD (sal_gates),
#ifdef SAL_PIECES_SIMD
  .pieces_rows = SAL_SIMD (sal_pieces_rows),
  .pieces_multiply = SAL_SIMD (sal_pieces_multiply),
#endif
};
