#include "engine/ops/window.h"

#include "engine/base/error.h"

#include <string.h>

/* Longer than any axis can be, and two of them multiplied still fit. */
#define MAX_LENGTH (G_GINT64_CONSTANT (1) << 30)
#define MAX_TAPS (1 << 24)

/* A list attribute with one number for each spatial axis (@lists numbers for pads: 2). */
static gboolean
read_lengths (const SalWindow *w, const SalOpSetup *setup, const char *name, int lists,
              gint64 lowest, gint64 *first, gint64 *second, GError **error)
{
  gsize n;
  const gint64 *values = sal_node_ints (setup->node, name, &n);

  if (n == 0)
    return TRUE;
  if (n != (gsize) (lists * w->rank))
    return sal_op_setup_fail (setup, error, SAL_ERROR_FORMAT,
                              "%s has %d numbers for %d spatial axes", name, (int) n, w->rank);
  for (gsize i = 0; i < n; i++) {
    int axis = sal_window_axis (w, i % w->rank);

    if (values[i] < lowest || values[i] > MAX_LENGTH)
      return sal_op_setup_fail (setup, error, SAL_ERROR_UNSUPPORTED,
                                "%s has %" PRId64 ", not from %d to 2^30", name, values[i],
                                (int) lowest);
    *(i < (gsize) w->rank ? &first[axis] : &second[axis]) = values[i];
  }
  return TRUE;
}

static gboolean
is_auto_pad (const char *text)
{
  return g_strv_contains (
      (const char *const[]){ "NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER", "", NULL }, text);
}

gboolean
sal_window_init (SalWindow *w, const SalOpSetup *setup, const gint64 *kernel, GError **error)
{
  return sal_window_init_for (w, setup, &setup->x_shape[0], kernel, error);
}

gboolean
sal_window_init_for (SalWindow *w, const SalOpSetup *setup, const SalShape *x, const gint64 *kernel,
                     GError **error)
{
  const char *auto_pad = sal_node_string (setup->node, "auto_pad", "NOTSET");

  if (x->rank < 3 || x->rank > 2 + SAL_WINDOW_AXES)
    return sal_op_setup_fail (setup, error, SAL_ERROR_UNSUPPORTED,
                              "input has %d axes; 1 to %d spatial axes are supported", x->rank,
                              SAL_WINDOW_AXES);
  *w = (SalWindow){ .rank = x->rank - 2 };
  for (int i = 0; i < SAL_WINDOW_AXES; i++)
    w->in[i] = w->out[i] = w->stride[i] = w->dilation[i] = w->kernel[i] = 1;
  for (int i = 0; i < w->rank; i++) {
    if (x->dim[2 + i] < 0 || x->dim[2 + i] > MAX_LENGTH)
      return sal_op_setup_fail (setup, error, SAL_ERROR_UNSUPPORTED, "axis %d has length %" PRId64,
                                2 + i, x->dim[2 + i]);
    w->in[sal_window_axis (w, i)] = x->dim[2 + i];
  }

  if (kernel == NULL && !sal_node_has (setup->node, "kernel_shape"))
    return sal_op_setup_fail (setup, error, SAL_ERROR_FORMAT, "kernel_shape is missing");
  if (!read_lengths (w, setup, "kernel_shape", 1, 1, w->kernel, NULL, error) ||
      !read_lengths (w, setup, "strides", 1, 1, w->stride, NULL, error) ||
      !read_lengths (w, setup, "dilations", 1, 1, w->dilation, NULL, error))
    return FALSE;
  for (int i = 0; kernel != NULL && i < w->rank; i++) {
    int axis = sal_window_axis (w, i);

    if (sal_node_has (setup->node, "kernel_shape") && w->kernel[axis] != kernel[i])
      return sal_op_setup_fail (setup, error, SAL_ERROR_SHAPE,
                                "kernel_shape has %" PRId64
                                " for spatial axis %d, weight has %" PRId64,
                                w->kernel[axis], i, kernel[i]);
    if (kernel[i] < 1 || kernel[i] > MAX_LENGTH)
      return sal_op_setup_fail (setup, error, SAL_ERROR_SHAPE,
                                "weight has length %" PRId64 " along spatial axis %d", kernel[i],
                                i);
    w->kernel[axis] = kernel[i];
  }

  if (!is_auto_pad (auto_pad))
    return sal_op_setup_fail (setup, error, SAL_ERROR_FORMAT, "auto_pad is \"%s\"", auto_pad);
  /* The two exclude each other; files that give both mean auto_pad, as onnxruntime takes them. */
  if (g_str_equal (auto_pad, "NOTSET") || auto_pad[0] == '\0')
    return read_lengths (w, setup, "pads", 2, 0, w->before, w->after, error);
  return TRUE;
}

gboolean
sal_window_slide (SalWindow *w, const SalOpSetup *setup, gboolean ceil_mode, GError **error)
{
  const char *auto_pad = sal_node_string (setup->node, "auto_pad", "NOTSET");
  gboolean same = g_str_has_prefix (auto_pad, "SAME");

  for (int i = 0; i < SAL_WINDOW_AXES; i++) {
    gint64 reach = (w->kernel[i] - 1) * w->dilation[i] + 1, stride = w->stride[i], span;

    if (same) {
      w->out[i] = (w->in[i] + stride - 1) / stride;
      gint64 padding = MAX ((w->out[i] - 1) * stride + reach - w->in[i], 0);

      w->before[i] = g_str_equal (auto_pad, "SAME_LOWER") ? padding - padding / 2 : padding / 2;
      w->after[i] = padding - w->before[i];
      continue;
    }
    span = w->in[i] + w->before[i] + w->after[i] - reach;
    if (span < 0)
      return sal_op_setup_fail (setup, error, SAL_ERROR_SHAPE,
                                "window of %" PRId64 " does not fit into padded length %" PRId64,
                                reach, span + reach);
    w->out[i] = span / stride + 1;
    if (ceil_mode && span % stride != 0 && w->out[i] * stride < w->in[i] + w->before[i])
      w->out[i]++;
  }
  /* Huge paddings or kernels must not overflow the products of the lengths; and a window of padding
   * alone would take forever. */
  if (!sal_shape_check (&SAL_SHAPE (w->out[0], w->out[1], w->out[2]), "places", error) ||
      !sal_shape_check (&SAL_SHAPE (w->kernel[0], w->kernel[1], w->kernel[2]), "window", error))
    return FALSE;
  if (sal_window_volume (w->kernel) > MAX_TAPS)
    return sal_op_setup_fail (setup, error, SAL_ERROR_UNSUPPORTED,
                              "window has %" PRId64 " taps, at most 2^24",
                              sal_window_volume (w->kernel));
  return TRUE;
}

gint64
sal_window_strip (const SalWindow *w, gint64 rows)
{
  const gint64 cache = 128 * 1024, least = 256;
  gint64 places = sal_window_volume (w->out);

  return CLAMP (cache / MAX (rows, 1), MIN (least, MAX (places, 1)), MAX (places, 1));
}

/* One tap over the places of a strip that lie in one output row: output positions @a to @b, of
 * which @low to @high read input from @at on, and the rest is padding. */
typedef struct {
  gint64 a, b, low, high;
  gint64 at;
} Piece;

static Piece
piece_of (const SalWindow *w, gint64 row, const gint64 *tap, gint64 from, gint64 to)
{
  gint64 d = row / w->out[1] * w->stride[0] - w->before[0] + tap[0] * w->dilation[0];
  gint64 h = row % w->out[1] * w->stride[1] - w->before[1] + tap[1] * w->dilation[1];
  gint64 start = row * w->out[2], low, high;
  Piece p = { .a = MAX (from - start, 0), .b = MIN (to - start, w->out[2]) };

  sal_window_places (w, 2, tap[2], &low, &high);
  p.low = CLAMP (low, p.a, p.b);
  p.high = CLAMP (high, p.low, p.b);
  if (d < 0 || d >= w->in[0] || h < 0 || h >= w->in[1])
    p.low = p.high = p.b;
  p.at =
      (d * w->in[1] + h) * w->in[2] + p.low * w->stride[2] + tap[2] * w->dilation[2] - w->before[2];
  return p;
}

static gboolean
next_tap (const SalWindow *w, gint64 *tap)
{
  for (int i = SAL_WINDOW_AXES - 1; i >= 0; i--) {
    if (++tap[i] < w->kernel[i])
      return TRUE;
    tap[i] = 0;
  }
  return FALSE;
}

void
sal_im2col (const SalWindow *w, gint64 channels, const float *x, gint64 from, gint64 to, float *col)
{
  gint64 plane = sal_window_volume (w->in), stride = w->stride[2];

  for (gint64 c = 0; c < channels; c++, x += plane) {
    gint64 tap[SAL_WINDOW_AXES] = { 0 };

    do {
      for (gint64 row = from / w->out[2]; row * w->out[2] < to; row++) {
        Piece p = piece_of (w, row, tap, from, to);

        memset (col, 0, (p.low - p.a) * sizeof (float));
        col += p.low - p.a;
        if (stride == 1 && p.high > p.low)
          memcpy (col, x + p.at, (p.high - p.low) * sizeof (float));
        else
          for (gint64 o = 0; o < p.high - p.low; o++)
            col[o] = x[p.at + o * stride];
        col += p.high - p.low;
        memset (col, 0, (p.b - p.high) * sizeof (float));
        col += p.b - p.high;
      }
    } while (next_tap (w, tap));
  }
}

void
sal_col2im (const SalWindow *w, gint64 channels, const float *col, gint64 from, gint64 to, float *x)
{
  gint64 plane = sal_window_volume (w->in), stride = w->stride[2];

  for (gint64 c = 0; c < channels; c++, x += plane) {
    gint64 tap[SAL_WINDOW_AXES] = { 0 };

    do {
      for (gint64 row = from / w->out[2]; row * w->out[2] < to; row++) {
        Piece p = piece_of (w, row, tap, from, to);

        col += p.low - p.a;
        if (stride == 1)
          for (gint64 o = 0; o < p.high - p.low; o++)
            x[p.at + o] += col[o];
        else
          for (gint64 o = 0; o < p.high - p.low; o++)
            x[p.at + o * stride] += col[o];
        col += p.b - p.low;
      }
    } while (next_tap (w, tap));
  }
}
