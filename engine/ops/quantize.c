/* Quantising and back, for models that carry quantised values between float operators.
 *
 * QuantizeLinear writes its whole numbers as floats, which hold them exactly: so the gradient can
 * pass straight through the rounding (Bengio, Leonard, Courville 2013), which it could not if they
 * were an integer tensor. DequantizeLinear takes whole numbers of either type.
 *
 * The range that values saturate to follows from the zero point's element type, which is not kept
 * in memory: the attribute `output_dtype`, ONNX's own from opset 21 on, states it, and the reader
 * sets it from the zero point in models of earlier opsets. */
#include "engine/base/error.h"
#include "engine/ops/dtype.h"
#include "engine/ops/expect.h"
#include "engine/ops/families.h"

#include <math.h>

/**
 * Scaling: which scale an element has; the input is seen as [outer, dim, inner]
 * @blocks: scales along the axis; 0: one scale for all
 * @block: elements of the axis that share a scale, each line having its own; 0: a scale for each
 *   element of the axis, the same for all lines
 * @low, @high: what values saturate to
 */
typedef struct {
  gint64 dim, inner, blocks, block;
  float low, high;
} Scaling;

static inline gint64
scale_of (const Scaling *s, gint64 i)
{
  gint64 line = i / s->inner;

  if (s->blocks == 0)
    return 0;
  if (s->block == 0)
    return line % s->dim;
  return (line / s->dim * s->blocks + line % s->dim / s->block) * s->inner + i % s->inner;
}

static gboolean
find_scaling (const SalOpSetup *setup, Scaling *s, GError **error)
{
  const SalShape *x = setup->x_shape, *scale = &setup->x_shape[1];
  gint64 block = setup->node->opset >= 21 ? sal_node_int (setup->node, "block_size", 0) : 0;
  gint64 n = sal_shape_count (scale);
  gboolean fits;
  int axis;

  *s = (Scaling){ .dim = 1, .inner = 1 };
  if (sal_op_setup_has (setup, 2) && sal_shape_count (&setup->x_shape[2]) != n)
    return sal_op_setup_fail (setup, error, SAL_ERROR_SHAPE,
                              "%" PRId64 " scales, %" PRId64 " zero points", n,
                              sal_shape_count (&setup->x_shape[2]));
  if (scale->rank == 0 || (n == 1 && block == 0))
    return TRUE;
  if (!sal_shape_axis (x->rank, sal_node_int (setup->node, "axis", 1), &axis, error))
    return FALSE;
  s->dim = x->dim[axis];
  s->inner = MAX (sal_shape_span (x, axis + 1, x->rank), 1);
  if (block == 0) {
    s->blocks = s->dim;
    if (scale->rank == 1 && n == s->dim)
      return TRUE;
    return sal_op_setup_fail (setup, error, SAL_ERROR_SHAPE,
                              "%" PRId64 " scales for axis %d of length %" PRId64, n, axis, s->dim);
  }
  fits = block > 0 && scale->rank == x->rank;
  for (int i = 0; fits && i < x->rank; i++)
    fits = scale->dim[i] == (i == axis ? x->dim[i] / block + (x->dim[i] % block != 0) : x->dim[i]);
  if (!fits) {
    g_autofree char *a = sal_shape_to_string (x), *b = sal_shape_to_string (scale);

    return sal_op_setup_fail (setup, error, SAL_ERROR_SHAPE,
                              "scales are %s for an input of %s in blocks of %" PRId64, b, a,
                              block);
  }
  s->blocks = scale->dim[axis];
  s->block = block;
  return TRUE;
}

static gboolean
set_range (Scaling *s, gint64 dtype)
{
  switch (dtype) {
  case SAL_DTYPE_UINT4:
    s->low = 0;
    s->high = 15;
    return TRUE;
  case SAL_DTYPE_INT4:
    s->low = -8;
    s->high = 7;
    return TRUE;
  case SAL_DTYPE_UINT8:
    s->low = 0;
    s->high = G_MAXUINT8;
    return TRUE;
  case SAL_DTYPE_INT8:
    s->low = G_MININT8;
    s->high = G_MAXINT8;
    return TRUE;
  case SAL_DTYPE_UINT16:
    s->low = 0;
    s->high = G_MAXUINT16;
    return TRUE;
  case SAL_DTYPE_INT16:
    s->low = G_MININT16;
    s->high = G_MAXINT16;
    return TRUE;
  default:
    return FALSE;
  }
}

/* y = saturate (round (x / scale) + zero), halves to even;  gx += gy / scale and
 * gscale -= gy · x / scale² where y is not saturated, as if nothing were rounded */

static gboolean
quantize_setup (SalOpSetup *setup, GError **error)
{
  gint64 dtype = sal_node_int (setup->node, "output_dtype", SAL_DTYPE_UNDEFINED);
  gboolean has_zero = sal_op_setup_has (setup, 2);
  Scaling *s;

  if (!sal_op_expect (setup, "ff?i", 1, error))
    return FALSE;
  s = sal_op_setup_state (setup, sizeof (Scaling), NULL);
  if (!find_scaling (setup, s, error))
    return FALSE;
  if (dtype == SAL_DTYPE_UNDEFINED && has_zero)
    return sal_op_setup_fail (setup, error, SAL_ERROR_UNSUPPORTED,
                              "the element type of its zero point is not known");
  if (!set_range (s, dtype == SAL_DTYPE_UNDEFINED ? SAL_DTYPE_UINT8 : dtype))
    return sal_op_setup_fail (setup, error, SAL_ERROR_UNSUPPORTED,
                              "to type %" PRId64 ", which is no integer of 4, 8 or 16 bits", dtype);
  setup->y_shape[0] = setup->x_shape[0];
  setup->y_type[0] = SAL_FLOAT;
  return TRUE;
}

static inline float
zero_of (const SalOpArgs *a, gint64 k)
{
  return a->n_x > 2 && a->x[2] != NULL ? (float) sal_x_ints (a, 2)[k] : 0.f;
}

static void
quantize_forward (const SalOpArgs *a)
{
  const Scaling *s = a->state;

  for (gint64 i = 0; i < a->n; i++) {
    gint64 k = scale_of (s, i);
    float y = nearbyintf (a->x[0][i] / a->x[1][k]) + zero_of (a, k);

    a->y[0][i] = y < s->low ? s->low : y > s->high ? s->high : y;
  }
}

static void
quantize_backward (const SalOpArgs *a)
{
  const Scaling *s = a->state;

  for (gint64 i = 0; i < a->n; i++) {
    gint64 k = scale_of (s, i);
    float scale = a->x[1][k], x = a->x[0][i];
    float y = nearbyintf (x / scale) + zero_of (a, k);

    if (!(y >= s->low && y <= s->high))
      continue;
    if (a->gx[0] != NULL)
      a->gx[0][i] += a->gy[0][i] / scale;
    if (a->gx[1] != NULL)
      a->gx[1][k] -= a->gy[0][i] * x / (scale * scale);
  }
}

/* y = (x - zero) · scale;  gx += gy · scale, gscale += gy · (x - zero) */

static gboolean
dequantize_setup (SalOpSetup *setup, GError **error)
{
  Scaling *s;

  if (!sal_op_expect (setup, "af?i", 1, error))
    return FALSE;
  s = sal_op_setup_state (setup, sizeof (Scaling), NULL);
  if (!find_scaling (setup, s, error))
    return FALSE;
  if (setup->x_value[1] != NULL)
    setup->keep &= ~SAL_KEEP_X (0);
  setup->y_shape[0] = setup->x_shape[0];
  setup->y_type[0] = SAL_FLOAT;
  return TRUE;
}

static inline float
above_zero (const SalOpArgs *a, gint64 i, gint64 k)
{
  return (a->x_type[0] == SAL_FLOAT ? a->x[0][i] : (float) sal_x_ints (a, 0)[i]) - zero_of (a, k);
}

static void
dequantize_forward (const SalOpArgs *a)
{
  const Scaling *s = a->state;

  for (gint64 i = 0; i < a->n; i++) {
    gint64 k = scale_of (s, i);

    a->y[0][i] = above_zero (a, i, k) * a->x[1][k];
  }
}

static void
dequantize_backward (const SalOpArgs *a)
{
  const Scaling *s = a->state;

  for (gint64 i = 0; i < a->n; i++) {
    gint64 k = scale_of (s, i);

    if (a->gx[0] != NULL)
      a->gx[0][i] += a->gy[0][i] * a->x[1][k];
    if (a->gx[1] != NULL)
      a->gx[1][k] += a->gy[0][i] * above_zero (a, i, k);
  }
}

/* Scale and zero point from the range of x, widened to hold 0; then as QuantizeLinear to 0 .. 255.
 * For the gradient the two count as constants: gx += gy / scale. Nothing saturates. */

static gboolean
dynamic_setup (SalOpSetup *setup, GError **error)
{
  if (!sal_op_expect_inputs (setup, "f", 3, error))
    return FALSE;
  setup->y_shape[0] = setup->x_shape[0];
  for (int i = 1; i < setup->n_y; i++)
    setup->y_shape[i] = SAL_SCALAR;
  if (setup->n_y > 2)
    setup->y_type[2] = SAL_INT;
  setup->saved_bytes = sizeof (float);
  return TRUE;
}

static void
dynamic_forward (const SalOpArgs *a)
{
  gint64 n = sal_shape_count (&a->x_shape[0]);
  float low = 0, high = 0, scale, zero, *saved = a->saved;

  for (gint64 i = 0; i < n; i++) {
    low = fminf (low, a->x[0][i]);
    high = fmaxf (high, a->x[0][i]);
  }
  scale = (high - low) / 255.f;
  /* All zeros: any scale will do, but for 0. */
  if (scale == 0.f)
    scale = 1.f;
  zero = fminf (fmaxf (nearbyintf (-low / scale), 0.f), 255.f);
  *saved = scale;
  if (a->y[0] != NULL)
    for (gint64 i = 0; i < n; i++)
      a->y[0][i] = fminf (fmaxf (nearbyintf (a->x[0][i] / scale) + zero, 0.f), 255.f);
  if (a->n_y > 1 && a->y[1] != NULL)
    a->y[1][0] = scale;
  if (a->n_y > 2 && a->y[2] != NULL)
    sal_y_ints (a, 2)[0] = (gint64) zero;
}

static void
dynamic_backward (const SalOpArgs *a)
{
  const float *scale = a->saved;

  if (a->gy[0] == NULL)
    return;
  for (gint64 i = 0; i < a->n; i++)
    a->gx[0][i] += a->gy[0][i] / *scale;
}

#define KEEP (SAL_KEEP_X (0) | SAL_KEEP_X (1) | SAL_KEEP_X (2))

const SalOp sal_ops_quantize[] = {
  { "QuantizeLinear", 10, KEEP, quantize_setup, quantize_forward, quantize_backward },
  { "DequantizeLinear", 10, KEEP, dequantize_setup, dequantize_forward, dequantize_backward },
  { "DynamicQuantizeLinear", 11, SAL_KEEP_NOTHING, dynamic_setup, dynamic_forward,
    dynamic_backward },
  { NULL },
};
