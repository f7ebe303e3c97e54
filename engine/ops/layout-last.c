/* Pictures from channels first to channels last and back. */
#include "engine/ops/channels-last.h"
#include "engine/ops/expect.h"
#include "engine/ops/families.h"

#include "engine/kernels/layout.h"

/* y[n][h][w][c] = x[n][c][h][w];  gx[n][c][h][w] += gy[n][h][w][c] */
static gboolean
channels_last_setup (SalOpSetup *setup, GError **error)
{
  const SalShape *x = &setup->x_shape[0];

  if (!sal_op_expect (setup, "f", 1, error))
    return FALSE;
  setup->y_shape[0] = SAL_SHAPE (x->dim[0], x->dim[2], x->dim[3], x->dim[1]);
  setup->sets = 1u << 0;
  setup->skips = SAL_SKIPS_Y;
  return TRUE;
}

static void
channels_last_forward (const SalOpArgs *a)
{
  const gint64 *d = a->x_shape[0].dim;

  sal_layout_to_last (a->x[0], (int) d[0], (int) d[1], d[2] * d[3], a->y[0], a->y_step, FALSE,
                      a->team);
}

static void
channels_last_backward (const SalOpArgs *a)
{
  const gint64 *d = a->x_shape[0].dim;

  sal_layout_to_first (a->gy[0], a->y_step, (int) d[0], (int) d[1], d[2] * d[3], a->gx[0],
                       !(a->set & 1), a->team);
}

/* The other way round */
static gboolean
channels_first_setup (SalOpSetup *setup, GError **error)
{
  const SalShape *x = &setup->x_shape[0];

  if (!sal_op_expect (setup, "f", 1, error))
    return FALSE;
  setup->y_shape[0] = SAL_SHAPE (x->dim[0], x->dim[3], x->dim[1], x->dim[2]);
  setup->sets = 1u << 0;
  setup->skips = SAL_SKIPS_X;
  return TRUE;
}

static void
channels_first_forward (const SalOpArgs *a)
{
  const gint64 *d = a->x_shape[0].dim;

  sal_layout_to_first (a->x[0], a->x_step[0], (int) d[0], (int) d[3], d[1] * d[2], a->y[0], FALSE,
                       a->team);
}

static void
channels_first_backward (const SalOpArgs *a)
{
  const gint64 *d = a->x_shape[0].dim;

  sal_layout_to_last (a->gy[0], (int) d[0], (int) d[3], d[1] * d[2], a->gx[0], a->x_step[0],
                      !(a->set & 1), a->team);
}

const SalOp sal_ops_layout_last[] = {
  { SAL_CHANNELS_LAST, SAL_OPSET_LOWERED, SAL_KEEP_NOTHING, channels_last_setup,
    channels_last_forward, channels_last_backward },
  { SAL_CHANNELS_FIRST, SAL_OPSET_LOWERED, SAL_KEEP_NOTHING, channels_first_setup,
    channels_first_forward, channels_first_backward },
  { NULL },
};
