/* Pictures from channels first to channels last and back. */
#include "engine/ops/channels-last.h"
#include "engine/ops/clones.h"
#include "engine/ops/expect.h"
#include "engine/ops/families.h"

/* Tiles of TILE × TILE floats are read and written while they are in the first cache. */
#define TILE 16

/* to[column][row] (+)= from[row][column], for each of N matrices */
SAL_CLONES static void
turn (const float *from, float *to, gint64 N, gint64 rows, gint64 columns, gboolean add)
{
  for (gint64 n = 0; n < N; n++, from += rows * columns, to += rows * columns)
    for (gint64 c0 = 0; c0 < columns; c0 += TILE)
      for (gint64 r0 = 0; r0 < rows; r0 += TILE)
        for (gint64 c = c0; c < MIN (c0 + TILE, columns); c++) {
          const float *restrict in = from + c;
          float *restrict out = to + c * rows;
          gint64 end = MIN (r0 + TILE, rows);

          if (add)
            for (gint64 r = r0; r < end; r++)
              out[r] += in[r * columns];
          else
            for (gint64 r = r0; r < end; r++)
              out[r] = in[r * columns];
        }
}

/* y[n][h][w][c] = x[n][c][h][w];  gx[n][c][h][w] += gy[n][h][w][c] */
static gboolean
channels_last_setup (SalOpSetup *setup, GError **error)
{
  const SalShape *x = &setup->x_shape[0];

  if (!sal_op_expect (setup, "f", 1, error))
    return FALSE;
  setup->y_shape[0] = SAL_SHAPE (x->dim[0], x->dim[2], x->dim[3], x->dim[1]);
  setup->sets = 1u << 0;
  return TRUE;
}

static void
channels_last_forward (const SalOpArgs *a)
{
  const gint64 *d = a->x_shape[0].dim;

  turn (a->x[0], a->y[0], d[0], d[1], d[2] * d[3], FALSE);
}

static void
channels_last_backward (const SalOpArgs *a)
{
  const gint64 *d = a->x_shape[0].dim;

  turn (a->gy[0], a->gx[0], d[0], d[2] * d[3], d[1], !(a->set & 1));
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
  return TRUE;
}

static void
channels_first_forward (const SalOpArgs *a)
{
  const gint64 *d = a->x_shape[0].dim;

  turn (a->x[0], a->y[0], d[0], d[1] * d[2], d[3], FALSE);
}

static void
channels_first_backward (const SalOpArgs *a)
{
  const gint64 *d = a->x_shape[0].dim;

  turn (a->gy[0], a->gx[0], d[0], d[3], d[1] * d[2], !(a->set & 1));
}

const SalOp sal_ops_layout_last[] = {
  { SAL_CHANNELS_LAST, SAL_OPSET_LOWERED, SAL_KEEP_NOTHING, channels_last_setup,
    channels_last_forward, channels_last_backward },
  { SAL_CHANNELS_FIRST, SAL_OPSET_LOWERED, SAL_KEEP_NOTHING, channels_first_setup,
    channels_first_forward, channels_first_backward },
  { NULL },
};
