/* Concatenation on the last axis, for values that may have gaps between their rows. What lies in
 * its place already is not touched: see graph/join.h. */
#include "engine/ops/channels-last.h"
#include "engine/ops/expect.h"
#include "engine/ops/families.h"

#include "engine/base/error.h"

#include <string.h>

/* y[.., from_i + c] = x_i[.., c];  gx_i[.., c] += gy[.., from_i + c] */
static gboolean
concat_last_setup (SalOpSetup *setup, GError **error)
{
  SalShape *y = &setup->y_shape[0];

  if (!sal_op_expect (setup, "f*", 1, error))
    return FALSE;
  *y = setup->x_shape[0];
  for (int i = 1; i < setup->n_x; i++)
    y->dim[y->rank - 1] += sal_shape_row (&setup->x_shape[i]);
  setup->sets = ~0u;
  setup->skips = SAL_SKIPS_X | SAL_SKIPS_Y;
  setup->joins = TRUE;
  return TRUE;
}

static void
concat_last_forward (const SalOpArgs *a)
{
  gint64 from = 0, rows = sal_shape_span (&a->y_shape[0], 0, a->y_shape[0].rank - 1);

  for (int i = 0; i < a->n_x; i++) {
    gint64 n = sal_shape_row (&a->x_shape[i]);
    float *y = a->y[0] + from;

    for (gint64 row = 0; row < rows && a->x[i] != y; row++)
      memcpy (y + row * a->y_step, a->x[i] + row * a->x_step[i], n * sizeof *y);
    from += n;
  }
}

static void
concat_last_backward (const SalOpArgs *a)
{
  gint64 from = 0, rows = sal_shape_span (&a->y_shape[0], 0, a->y_shape[0].rank - 1);

  for (int i = 0; i < a->n_x; i++) {
    gint64 n = sal_shape_row (&a->x_shape[i]);
    gboolean sets = i < 32 && (a->set >> i & 1);
    const float *gy = a->gy[0] + from;

    from += n;
    if (a->gx[i] == NULL || a->gx[i] == gy)
      continue;
    for (gint64 row = 0; row < rows; row++) {
      const float *add = gy + row * a->y_step;
      float *gx = a->gx[i] + row * a->x_step[i];

      if (sets)
        memcpy (gx, add, n * sizeof *gx);
      else
        for (gint64 c = 0; c < n; c++)
          gx[c] += add[c];
    }
  }
}

const SalOp sal_ops_concat_last[] = {
  { SAL_CONCAT_LAST, SAL_OPSET_LOWERED, SAL_KEEP_NOTHING, concat_last_setup, concat_last_forward,
    concat_last_backward },
  { NULL },
};
