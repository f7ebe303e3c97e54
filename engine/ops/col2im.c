/* Col2Im: adds columns of windows up to the picture they were cut from; the transpose of im2col. */
#include "engine/ops/expect.h"
#include "engine/ops/families.h"
#include "engine/ops/window.h"

#include "engine/base/error.h"

#include <string.h>

typedef struct {
  SalWindow window;
  gint64 N, C;
  gint64 columns, picture; /* elements of a sample */
} Col2Im;

static gboolean
col2im_setup (SalOpSetup *setup, GError **error)
{
  const SalShape *x = &setup->x_shape[0];
  Col2Im *v = sal_op_setup_state (setup, sizeof *v, NULL);
  const gint64 *image, *block;
  gint64 rank, n_block, taps;
  SalShape y = { 0 };

  if (!sal_op_expect (setup, "fii", 1, error) || !sal_op_expect_rank (setup, 0, 3, 3, error))
    return FALSE;
  image = sal_op_setup_ints (setup, 1, &rank, error);
  block = image != NULL ? sal_op_setup_ints (setup, 2, &n_block, error) : NULL;
  if (block == NULL)
    return FALSE;
  if (rank < 1 || rank > SAL_WINDOW_AXES || n_block != rank)
    return sal_op_setup_fail (setup, error, SAL_ERROR_UNSUPPORTED,
                              "image_shape has %" PRId64 " numbers, block_shape %" PRId64
                              "; 1 to %d spatial axes are supported",
                              rank, n_block, SAL_WINDOW_AXES);
  y.rank = (int) rank + 2;
  y.dim[0] = x->dim[0];
  memcpy (y.dim + 2, image, rank * sizeof *image);
  if (!sal_window_init_for (&v->window, setup, &y, block, error) ||
      !sal_window_slide (&v->window, setup, FALSE, error))
    return FALSE;
  taps = sal_window_volume (v->window.kernel);
  if (x->dim[1] % taps != 0 || x->dim[2] != sal_window_volume (v->window.out))
    return sal_op_setup_fail (setup, error, SAL_ERROR_SHAPE,
                              "input has %" PRId64 " by %" PRId64 " numbers for windows of %" PRId64
                              " at %" PRId64 " places",
                              x->dim[1], x->dim[2], taps, sal_window_volume (v->window.out));
  y.dim[1] = v->C = x->dim[1] / taps;
  v->N = x->dim[0];
  v->columns = x->dim[1] * x->dim[2];
  v->picture = v->C * sal_window_volume (v->window.in);
  setup->y_shape[0] = y;
  setup->scratch_bytes = v->columns * sizeof (float);
  return TRUE;
}

static void
col2im_forward (const SalOpArgs *a)
{
  const Col2Im *v = a->state;

  memset (a->y[0], 0, a->n * sizeof (float));
  for (gint64 n = 0; n < v->N; n++)
    sal_col2im (&v->window, v->C, a->x[0] + n * v->columns, 0, sal_window_volume (v->window.out),
                a->y[0] + n * v->picture);
}

static void
col2im_backward (const SalOpArgs *a)
{
  const Col2Im *v = a->state;
  const float *columns = a->scratch;

  for (gint64 n = 0; n < v->N; n++) {
    sal_im2col (&v->window, v->C, a->gy[0] + n * v->picture, 0, sal_window_volume (v->window.out),
                a->scratch);
    for (gint64 i = 0; i < v->columns; i++)
      a->gx[0][n * v->columns + i] += columns[i];
  }
}

const SalOp sal_ops_col2im[] = {
  { "Col2Im", 18, SAL_KEEP_NOTHING, col2im_setup, col2im_forward, col2im_backward },
  { NULL },
};
