#include "engine/ops/elementwise.h"

gboolean
sal_setup_broadcast (SalOpSetup *setup, GError **error)
{
  const SalShape *const x[] = { &setup->x_shape[0], &setup->x_shape[1] };

  if (!sal_shape_broadcast (x[0], x[1], &setup->y_shape[0], error) ||
      !sal_shape_check (&setup->y_shape[0], "output", error))
    return FALSE;
  sal_walk_broadcast (sal_op_setup_state (setup, sizeof (SalWalk), NULL), &setup->y_shape[0], x, 2);
  return TRUE;
}
