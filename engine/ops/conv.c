/* Conv: y[k] = b[k] + sum over c, taps of w[k][c][tap] · x[c][place · stride + tap], in groups.
 *
 * The exact way, in any of three forms chosen by shape alone: a 1×1 kernel with stride 1 is one
 * product W · X; a group of one channel goes through the loops of depthwise.c; all else gathers
 * the taps of a strip of places into columns (im2col) and multiplies W · columns. Backward is the
 * transpose of each: Wᵀ · gY, scattered back by col2im. */
#include "engine/ops/channels-last.h"
#include "engine/ops/depthwise.h"
#include "engine/ops/expect.h"
#include "engine/ops/families.h"

#include "engine/base/error.h"
#include "engine/kernels/conv.h"
#include "engine/tensor/blas.h"

typedef enum { POINTWISE, DEPTHWISE, COLUMNS } Form;

typedef struct {
  SalWindow window;
  Form form;
  gint64 N, groups;
  gint64 C, K;    /* channels of a group, read and written */
  gint64 rows;    /* C · taps: length of a column */
  gint64 in, out; /* elements of a plane */
  gint64 strip;   /* places gathered at a time */
  SalDepthwise *depthwise;
} Conv;

static void
conv_free (gpointer data)
{
  Conv *conv = data;

  g_clear_pointer (&conv->depthwise, sal_depthwise_free);
  g_free (conv);
}

static gboolean
is_pointwise (const SalWindow *w)
{
  for (int i = 0; i < SAL_WINDOW_AXES; i++)
    if (w->kernel[i] != 1 || w->stride[i] != 1 || w->before[i] != 0 || w->after[i] != 0)
      return FALSE;
  return TRUE;
}

static gboolean
conv_setup (SalOpSetup *setup, GError **error)
{
  const SalShape *x = &setup->x_shape[0], *w = &setup->x_shape[1];
  gint64 groups = sal_node_int (setup->node, "group", 1);
  Conv conv = { .groups = groups };

  if (!sal_op_expect (setup, "ff?f", 1, error))
    return FALSE;
  if (w->rank != x->rank)
    return sal_op_setup_fail (setup, error, SAL_ERROR_SHAPE, "weight has %d axes, input has %d",
                              w->rank, x->rank);
  if (!sal_window_init (&conv.window, setup, w->dim + 2, error) ||
      !sal_window_slide (&conv.window, setup, FALSE, error))
    return FALSE;
  if (groups < 1 || w->dim[0] % groups != 0)
    return sal_op_setup_fail (setup, error, SAL_ERROR_SHAPE,
                              "%" G_GINT64_FORMAT " output channels in %" G_GINT64_FORMAT " groups",
                              w->dim[0], groups);
  if (x->dim[1] % groups != 0 || x->dim[1] / groups != w->dim[1])
    return sal_op_setup_fail (setup, error, SAL_ERROR_SHAPE,
                              "weight has %" G_GINT64_FORMAT
                              " input channels, input has %" G_GINT64_FORMAT " in %" G_GINT64_FORMAT
                              " groups",
                              w->dim[1], x->dim[1], groups);
  if (!sal_op_expect_shape (setup, 2, &SAL_SHAPE (w->dim[0]), error))
    return FALSE;

  conv.N = x->dim[0];
  conv.C = w->dim[1];
  conv.K = w->dim[0] / groups;
  conv.rows = conv.C * sal_window_volume (conv.window.kernel);
  conv.in = sal_window_volume (conv.window.in);
  conv.out = sal_window_volume (conv.window.out);
  conv.strip = sal_window_strip (&conv.window, conv.rows);
  conv.form = is_pointwise (&conv.window) ? POINTWISE : conv.C == 1 ? DEPTHWISE : COLUMNS;
  if (conv.form == COLUMNS)
    setup->scratch_bytes = conv.rows * conv.strip * sizeof (float);
  else if (conv.form == DEPTHWISE) {
    conv.depthwise = sal_depthwise_new (&conv.window, error);
    if (conv.depthwise == NULL)
      return FALSE;
    setup->scratch_bytes = sal_depthwise_scratch (conv.depthwise) * sizeof (float);
  }

  setup->y_shape[0] = *x;
  setup->y_shape[0].dim[1] = w->dim[0];
  for (int i = 0; i < conv.window.rank; i++)
    setup->y_shape[0].dim[2 + i] = conv.window.out[sal_window_axis (&conv.window, i)];
  sal_op_count (setup, (double) conv.N * w->dim[0] * conv.rows * conv.out);
  sal_op_keep_factors (setup);
  *(Conv *) sal_op_setup_state (setup, sizeof conv, conv_free) = conv;
  return TRUE;
}

const SalWindow *
sal_conv_window (const SalOpSetup *conv)
{
  return &((const Conv *) conv->state)->window;
}

void
sal_conv_describe (const SalOpSetup *conv, SalNode *last)
{
  const SalWindow *w = sal_conv_window (conv);

  sal_node_set_ints (last, "strides", w->stride + 1, 2);
  sal_node_set_ints (last, "dilations", w->dilation + 1, 2);
  sal_node_set_ints (last, "before", w->before + 1, 2);
  sal_node_set_ints (last, "out", w->out + 1, 2);
  sal_node_set_int (last, "group", ((const Conv *) conv->state)->groups);
}

gsize
sal_conv_last_bytes (const SalOpSetup *conv, gboolean exact)
{
  const Conv *v = conv->state;
  const SalWindow *w = &v->window;
  SalConvDims dims = { .N = (int) v->N,
                       .H = (int) w->in[1],
                       .W = (int) w->in[2],
                       .C = (int) (v->C * v->groups),
                       .K = (int) (v->K * v->groups),
                       .Ho = (int) w->out[1],
                       .Wo = (int) w->out[2],
                       .R = (int) w->kernel[1],
                       .S = (int) w->kernel[2],
                       .stride = { (int) w->stride[1], (int) w->stride[2] },
                       .dilation = { (int) w->dilation[1], (int) w->dilation[2] },
                       .before = { (int) w->before[1], (int) w->before[2] },
                       .groups = (int) v->groups };
  gsize bytes = 0;

  for (int i = 0; i < 2; i++) {
    SalConvDirection direction = i == 0 ? SAL_CONV_FORWARD : SAL_CONV_BACKWARD;

    bytes += sal_conv_weights_bytes (&dims, direction, sal_conv_choose (&dims, direction, exact));
  }
  return bytes;
}

static void
conv_forward (const SalOpArgs *a)
{
  const Conv *v = a->state;
  const float *bias = a->n_x > 2 ? a->x[2] : NULL;

  for (gint64 ng = 0; ng < v->N * v->groups; ng++) {
    gint64 g = ng % v->groups;
    const float *x = a->x[0] + ng * v->C * v->in;
    const float *w = a->x[1] + g * v->K * v->rows;
    float *y = a->y[0] + ng * v->K * v->out;

    if (v->form == DEPTHWISE) {
      sal_depthwise_read (v->depthwise, x, a->scratch);
      for (gint64 k = 0; k < v->K; k++)
        sal_depthwise_forward (v->depthwise, a->scratch, w + k * v->rows,
                               bias != NULL ? bias[g * v->K + k] : 0.f, y + k * v->out);
      continue;
    }
    for (gint64 k = 0; k < v->K; k++)
      for (gint64 p = 0; p < v->out; p++)
        y[k * v->out + p] = bias != NULL ? bias[g * v->K + k] : 0.f;
    if (v->form == POINTWISE)
      sal_gemm (FALSE, FALSE, v->K, v->out, v->C, 1.f, w, v->C, x, v->in, 1.f, y, v->out);
    else
      for (gint64 p = 0; p < v->out; p += v->strip) {
        gint64 n = MIN (v->strip, v->out - p);

        sal_im2col (&v->window, v->C, x, p, p + n, a->scratch);
        sal_gemm (FALSE, FALSE, v->K, n, v->rows, 1.f, w, v->rows, a->scratch, n, 1.f, y + p,
                  v->out);
      }
  }
}

/* gx += col2im (Wᵀ · gY) */
static void
backward_input (const Conv *v, const float *gy, const float *w, float *gx, float *scratch)
{
  if (v->form == POINTWISE)
    sal_gemm (TRUE, FALSE, v->C, v->in, v->K, 1.f, w, v->C, gy, v->out, 1.f, gx, v->in);
  else if (v->form == DEPTHWISE)
    for (gint64 k = 0; k < v->K; k++)
      sal_depthwise_backward (v->depthwise, gy + k * v->out, w + k * v->rows, scratch, gx);
  else
    for (gint64 p = 0; p < v->out; p += v->strip) {
      gint64 n = MIN (v->strip, v->out - p);

      sal_gemm (TRUE, FALSE, v->rows, n, v->K, 1.f, w, v->rows, gy + p, v->out, 0.f, scratch, n);
      sal_col2im (&v->window, v->C, scratch, p, p + n, gx);
    }
}

/* gW += gY · im2col (x)ᵀ */
static void
backward_weight (const Conv *v, const float *x, const float *gy, float *gw, float *scratch)
{
  if (v->form == POINTWISE)
    sal_gemm (FALSE, TRUE, v->K, v->C, v->out, 1.f, gy, v->out, x, v->in, 1.f, gw, v->C);
  else if (v->form == DEPTHWISE)
    for (gint64 k = 0; k < v->K; k++)
      sal_depthwise_weight (&v->window, x, gy + k * v->out, gw + k * v->rows);
  else
    for (gint64 p = 0; p < v->out; p += v->strip) {
      gint64 n = MIN (v->strip, v->out - p);

      sal_im2col (&v->window, v->C, x, p, p + n, scratch);
      sal_gemm (FALSE, TRUE, v->K, v->rows, n, 1.f, gy + p, v->out, scratch, n, 1.f, gw, v->rows);
    }
}

static void
conv_backward (const SalOpArgs *a)
{
  const Conv *v = a->state;
  float *gbias = a->n_x > 2 ? a->gx[2] : NULL;

  for (gint64 ng = 0; ng < v->N * v->groups; ng++) {
    gint64 g = ng % v->groups;
    const float *gy = a->gy[0] + ng * v->K * v->out;

    if (a->gx[0] != NULL)
      backward_input (v, gy, a->x[1] + g * v->K * v->rows, a->gx[0] + ng * v->C * v->in,
                      a->scratch);
    if (a->gx[1] != NULL)
      backward_weight (v, a->x[0] + ng * v->C * v->in, gy, a->gx[1] + g * v->K * v->rows,
                       a->scratch);
    for (gint64 k = 0; gbias != NULL && k < v->K; k++) {
      double sum = 0;

      for (gint64 p = 0; p < v->out; p++)
        sum += gy[k * v->out + p];
      gbias[g * v->K + k] += sum;
    }
  }
}

const SalOp sal_ops_conv[] = {
  { "Conv", 1, SAL_KEEP_X (0) | SAL_KEEP_X (1), conv_setup, conv_forward, conv_backward },
  { NULL },
};
