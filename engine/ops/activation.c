/* Elementwise nonlinearities of one input. */
#include "engine/ops/families.h"

#include <math.h>

/* y = max (x, 0);  gx += gy where y > 0, so the derivative at 0 is 0 */
static void
relu_forward (const SalOpArgs *a)
{
  for (gint64 i = 0; i < a->n; i++)
    a->y[0][i] = a->x[0][i] > 0.f ? a->x[0][i] : 0.f;
}

static void
relu_backward (const SalOpArgs *a)
{
  for (gint64 i = 0; i < a->n; i++)
    a->gx[0][i] += a->y[0][i] > 0.f ? a->gy[0][i] : 0.f;
}

/* y = 1 / (1 + exp (-x));  gx += gy · y · (1 - y) */
static void
sigmoid_forward (const SalOpArgs *a)
{
  for (gint64 i = 0; i < a->n; i++)
    a->y[0][i] = 1.f / (1.f + expf (-a->x[0][i]));
}

static void
sigmoid_backward (const SalOpArgs *a)
{
  for (gint64 i = 0; i < a->n; i++)
    a->gx[0][i] += a->gy[0][i] * a->y[0][i] * (1.f - a->y[0][i]);
}

const SalOp sal_ops_activation[] = {
  { "Relu", 1, SAL_KEEP_OUTPUT, sal_setup_same_shape, relu_forward, relu_backward },
  { "Sigmoid", 1, SAL_KEEP_OUTPUT, sal_setup_same_shape, sigmoid_forward, sigmoid_backward },
  { NULL },
};
