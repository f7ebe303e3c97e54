/* MaxPool and AveragePool with channels last: the loops are those of engine/kernels. */
#include "engine/ops/channels-last.h"
#include "engine/ops/expect.h"
#include "engine/ops/families.h"

#include "engine/base/error.h"
#include "engine/kernels/pool.h"

typedef struct {
  SalPoolDims dims;
} Pool;

static gboolean
pool_last_setup (SalOpSetup *setup, GError **error)
{
  const SalShape *x = &setup->x_shape[0];
  SalPoolDims *d;
  int window[2], out[2];

  if (!sal_op_expect (setup, "f", 1, error))
    return FALSE;
  d = &((Pool *) sal_op_setup_state (setup, sizeof (Pool), NULL))->dims;
  if (!sal_last_pair (setup, "window", window, error) ||
      !sal_last_pair (setup, "strides", d->stride, error) ||
      !sal_last_pair (setup, "dilations", d->dilation, error) ||
      !sal_last_pair (setup, "before", d->before, error) ||
      !sal_last_pair (setup, "after", d->after, error) || !sal_last_pair (setup, "out", out, error))
    return FALSE;
  d->kind = (SalPoolKind) sal_node_int (setup->node, "kind", SAL_POOL_MAX);
  d->N = (int) x->dim[0];
  d->H = (int) x->dim[1];
  d->W = (int) x->dim[2];
  d->C = (int) x->dim[3];
  d->R = window[0];
  d->S = window[1];
  d->Ho = out[0];
  d->Wo = out[1];
  setup->y_shape[0] = SAL_SHAPE (d->N, d->Ho, d->Wo, d->C);
  setup->sets = setup->gates = 1u << 0;
  setup->skips = SAL_SKIPS_X | SAL_SKIPS_Y;
  setup->scratch_bytes = sal_pool_scratch_bytes (d, sal_last_max_team ());
  if (d->kind == SAL_POOL_MAX)
    setup->saved_bytes = sal_shape_count (&setup->y_shape[0]);
  return TRUE;
}

static void
pool_last_forward (const SalOpArgs *a)
{
  const SalPoolDims *d = &((const Pool *) a->state)->dims;

  sal_pool_forward (d, a->x[0], a->x_step[0], a->y[0], a->y_step, a->saved, a->scratch,
                    sal_last_team (a));
}

static void
pool_last_backward (const SalOpArgs *a)
{
  const SalPoolDims *d = &((const Pool *) a->state)->dims;

  sal_pool_backward (d, &(SalPoolBack){ .gy = a->gy[0],
                                        .gy_step = a->y_step,
                                        .gx = a->gx[0],
                                        .gx_step = a->x_step[0],
                                        .arg = a->saved,
                                        .add = a->set & 1 ? NULL : a->gx[0],
                                        .add_step = a->x_step[0],
                                        .gate_in = a->x_gate[0],
                                        .gate_in_step = a->x_gate_step[0],
                                        .scratch = a->scratch,
                                        .team = sal_last_team (a) });
}

const SalOp sal_ops_pool_last[] = {
  { SAL_POOL_LAST, SAL_OPSET_LOWERED, SAL_KEEP_NOTHING, pool_last_setup, pool_last_forward,
    pool_last_backward },
  { NULL },
};
