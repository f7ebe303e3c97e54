/* A factor and a shift for each channel, channels last: what BatchNormalization is between other
 * things than convolutions. */
#include "engine/base/clones.h"
#include "engine/ops/channels-last.h"
#include "engine/ops/expect.h"
#include "engine/ops/families.h"

/* y = scale · x + shift;  gx += gy · scale */
static gboolean
scale_last_setup (SalOpSetup *setup, GError **error)
{
  if (!sal_op_expect (setup, "fff", 1, error))
    return FALSE;
  setup->y_shape[0] = setup->x_shape[0];
  setup->sets = 1u << 0;
  setup->skips = SAL_SKIPS_X | SAL_SKIPS_Y;
  sal_op_count (setup, sal_shape_count (&setup->x_shape[0]));
  return TRUE;
}

SAL_CLONES static void
scale_last_forward (const SalOpArgs *a)
{
  gint64 C = sal_shape_count (&a->x_shape[1]);
  const float *restrict scale = a->x[1], *restrict shift = a->x[2];

  for (gint64 i = 0; i < a->n / C; i++) {
    const float *restrict x = a->x[0] + i * a->x_step[0];
    float *restrict y = a->y[0] + i * a->y_step;

    for (gint64 c = 0; c < C; c++)
      y[c] = scale[c] * x[c] + shift[c];
  }
}

SAL_CLONES static void
scale_last_backward (const SalOpArgs *a)
{
  gint64 C = sal_shape_count (&a->x_shape[1]);
  const float *restrict scale = a->x[1];

  for (gint64 i = 0; i < a->n / C; i++) {
    const float *restrict gy = a->gy[0] + i * a->y_step;
    float *restrict gx = a->gx[0] + i * a->x_step[0];

    if (a->set & 1)
      for (gint64 c = 0; c < C; c++)
        gx[c] = scale[c] * gy[c];
    else
      for (gint64 c = 0; c < C; c++)
        gx[c] += scale[c] * gy[c];
  }
}

const SalOp sal_ops_scale_last[] = {
  { SAL_SCALE_LAST, SAL_OPSET_LOWERED, SAL_KEEP_NOTHING, scale_last_setup, scale_last_forward,
    scale_last_backward },
  { NULL },
};
