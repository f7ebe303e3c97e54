/* ConvTranspose: the transpose of Conv with respect to its input. Each element of x adds
 * w[c][k][tap] · x[c][place] to y[k][place · stride + tap]: forward is Wᵀ · X scattered by col2im,
 * backward gathers gY by im2col and multiplies W · columns. */
#include "engine/ops/expect.h"
#include "engine/ops/families.h"
#include "engine/ops/window.h"

#include "engine/base/error.h"
#include "engine/tensor/blas.h"

typedef struct {
  SalWindow window; /* slides over y; its places are the elements of x */
  gint64 N, groups;
  gint64 C, K;    /* channels of a group, read and written */
  gint64 rows;    /* K · taps: length of a column */
  gint64 in, out; /* elements of a plane of x, of y */
  gint64 strip;
} Transpose;

/* Padding takes from the output what the taps reach beyond it; an output size or SAME_* fixes how
 * much that is, and of an odd number the larger half goes to the front unless SAME_UPPER. */
static gboolean
output_lengths (SalWindow *w, const SalOpSetup *setup, GError **error)
{
  const char *auto_pad = sal_node_string (setup->node, "auto_pad", "NOTSET");
  gboolean same = g_str_has_prefix (auto_pad, "SAME");
  gsize n_extra, n_lengths;
  const gint64 *extra = sal_node_ints (setup->node, "output_padding", &n_extra);
  const gint64 *lengths = sal_node_ints (setup->node, "output_shape", &n_lengths);

  if (n_extra != 0 && n_extra != (gsize) w->rank)
    return sal_op_setup_fail (setup, error, SAL_ERROR_FORMAT,
                              "output_padding has %d numbers for %d spatial axes", (int) n_extra,
                              w->rank);
  /* The batch and channel axes may be listed as well; they are known anyway. */
  if (n_lengths == (gsize) w->rank + 2) {
    lengths += 2;
    n_lengths -= 2;
  }
  if (n_lengths != 0 && n_lengths != (gsize) w->rank)
    return sal_op_setup_fail (setup, error, SAL_ERROR_FORMAT,
                              "output_shape has %d numbers for %d spatial axes", (int) n_lengths,
                              w->rank);

  for (int i = 0; i < w->rank; i++) {
    int axis = sal_window_axis (w, i);
    gint64 more = n_extra != 0 ? extra[i] : 0, reach, length;

    if (more < 0 || more >= MAX (w->stride[axis], w->dilation[axis]))
      return sal_op_setup_fail (setup, error, SAL_ERROR_FORMAT,
                                "output_padding %" PRId64 " is not below the stride %" PRId64, more,
                                w->stride[axis]);
    reach =
        (w->out[axis] - 1) * w->stride[axis] + (w->kernel[axis] - 1) * w->dilation[axis] + 1 + more;
    if (n_lengths != 0 || same) {
      gint64 padding;

      length = n_lengths != 0 ? lengths[i] : w->out[axis] * w->stride[axis];
      padding = MAX (reach - MAX (length, 0), 0);
      w->before[axis] = g_str_equal (auto_pad, "SAME_UPPER") ? padding / 2 : padding - padding / 2;
    } else
      length = w->out[axis] == 0 ? 0 : reach - w->before[axis] - w->after[axis];
    if (length < 0)
      return sal_op_setup_fail (setup, error, SAL_ERROR_SHAPE,
                                "padding takes more than the output along spatial axis %d", i);
    w->in[axis] = length;
  }
  return sal_shape_check (&SAL_SHAPE (w->in[0], w->in[1], w->in[2]), "output", error);
}

static gboolean
conv_transpose_setup (SalOpSetup *setup, GError **error)
{
  const SalShape *x = &setup->x_shape[0], *w = &setup->x_shape[1];
  gint64 groups = sal_node_int (setup->node, "group", 1);
  Transpose t = { .groups = groups };

  if (!sal_op_expect (setup, "ff?f", 1, error))
    return FALSE;
  if (w->rank != x->rank)
    return sal_op_setup_fail (setup, error, SAL_ERROR_SHAPE, "weight has %d axes, input has %d",
                              w->rank, x->rank);
  if (!sal_window_init (&t.window, setup, w->dim + 2, error))
    return FALSE;
  if (w->dim[0] != x->dim[1])
    return sal_op_setup_fail (setup, error, SAL_ERROR_SHAPE,
                              "weight has %" PRId64 " input channels, input has %" PRId64,
                              w->dim[0], x->dim[1]);
  if (groups < 1 || x->dim[1] % groups != 0)
    return sal_op_setup_fail (setup, error, SAL_ERROR_SHAPE,
                              "%" PRId64 " input channels in %" PRId64 " groups", x->dim[1],
                              groups);
  for (int i = 0; i < SAL_WINDOW_AXES; i++)
    t.window.out[i] = t.window.in[i];
  if (!output_lengths (&t.window, setup, error))
    return FALSE;

  t.N = x->dim[0];
  t.C = x->dim[1] / groups;
  t.K = w->dim[1];
  t.rows = t.K * sal_window_volume (t.window.kernel);
  t.in = sal_window_volume (t.window.out);
  t.out = sal_window_volume (t.window.in);
  t.strip = sal_window_strip (&t.window, t.rows);
  setup->y_shape[0] = *x;
  setup->y_shape[0].dim[1] = t.K * groups;
  for (int i = 0; i < t.window.rank; i++)
    setup->y_shape[0].dim[2 + i] = t.window.in[sal_window_axis (&t.window, i)];
  if (!sal_shape_check (&setup->y_shape[0], setup->node->name, error) ||
      !sal_op_expect_shape (setup, 2, &SAL_SHAPE (t.K * groups), error))
    return FALSE;
  setup->scratch_bytes = t.rows * t.strip * sizeof (float);
  sal_op_count (setup, (double) sal_shape_count (x) * t.rows);
  sal_op_keep_factors (setup);
  *(Transpose *) sal_op_setup_state (setup, sizeof t, NULL) = t;
  return TRUE;
}

static void
conv_transpose_forward (const SalOpArgs *a)
{
  const Transpose *t = a->state;
  const float *bias = a->n_x > 2 ? a->x[2] : NULL;

  for (gint64 ng = 0; ng < t->N * t->groups; ng++) {
    gint64 g = ng % t->groups;
    const float *x = a->x[0] + ng * t->C * t->in, *w = a->x[1] + g * t->C * t->rows;
    float *y = a->y[0] + ng * t->K * t->out;

    for (gint64 k = 0; k < t->K; k++)
      for (gint64 i = 0; i < t->out; i++)
        y[k * t->out + i] = bias != NULL ? bias[g * t->K + k] : 0.f;
    for (gint64 p = 0; p < t->in; p += t->strip) {
      gint64 n = MIN (t->strip, t->in - p);

      sal_gemm (TRUE, FALSE, t->rows, n, t->C, 1.f, w, t->rows, x + p, t->in, 0.f, a->scratch, n);
      sal_col2im (&t->window, t->K, a->scratch, p, p + n, y);
    }
  }
}

/* gx += W · im2col (gy);  gW += x · im2col (gy)ᵀ;  gbias += Σ gy */
static void
conv_transpose_backward (const SalOpArgs *a)
{
  const Transpose *t = a->state;
  float *gbias = a->n_x > 2 ? a->gx[2] : NULL;
  gboolean columns = a->gx[0] != NULL || a->gx[1] != NULL;

  for (gint64 ng = 0; ng < t->N * t->groups; ng++) {
    gint64 g = ng % t->groups, input = ng * t->C * t->in, weight = g * t->C * t->rows;
    const float *gy = a->gy[0] + ng * t->K * t->out;

    for (gint64 p = 0; columns && p < t->in; p += t->strip) {
      gint64 n = MIN (t->strip, t->in - p);

      sal_im2col (&t->window, t->K, gy, p, p + n, a->scratch);
      if (a->gx[0] != NULL)
        sal_gemm (FALSE, FALSE, t->C, n, t->rows, 1.f, a->x[1] + weight, t->rows, a->scratch, n,
                  1.f, a->gx[0] + input + p, t->in);
      if (a->gx[1] != NULL)
        sal_gemm (FALSE, TRUE, t->C, t->rows, n, 1.f, a->x[0] + input + p, t->in, a->scratch, n,
                  1.f, a->gx[1] + weight, t->rows);
    }
    for (gint64 k = 0; gbias != NULL && k < t->K; k++) {
      double sum = 0;

      for (gint64 i = 0; i < t->out; i++)
        sum += gy[k * t->out + i];
      gbias[g * t->K + k] += sum;
    }
  }
}

const SalOp sal_ops_conv_transpose[] = {
  { "ConvTranspose", 1, SAL_KEEP_X (0) | SAL_KEEP_X (1), conv_transpose_setup,
    conv_transpose_forward, conv_transpose_backward },
  { NULL },
};
