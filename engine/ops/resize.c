/* Resize and Upsample: interpolation along one axis after another (taps.c). Every mode of ONNX is a
 * product of such matrices, so backward is the product of their transposes. */
#include "engine/ops/expect.h"
#include "engine/ops/families.h"
#include "engine/ops/taps.h"

#include "engine/base/error.h"

#include <math.h>
#include <string.h>

#define MAX_LENGTH (1 << 24)

typedef struct {
  SalTaps taps;
  gint64 outer, inner;
} Pass;

typedef struct {
  int n;
  Pass pass[SAL_MAX_RANK];
  gint64 buffer; /* elements of the largest tensor between two passes */
  float extrapolation;
} Resize;

static void
resize_free (gpointer data)
{
  Resize *r = data;

  for (int i = 0; i < r->n; i++)
    sal_taps_clear (&r->pass[i].taps);
  g_free (r);
}

/* What the node asks for, axis by axis. */
typedef struct {
  gboolean chosen[SAL_MAX_RANK];
  int axis[SAL_MAX_RANK]; /* those that scales, sizes and roi are about, in their order */
  int n_axes;
  gint64 out[SAL_MAX_RANK];
  double width[SAL_MAX_RANK]; /* length times scale, before rounding */
  double from[SAL_MAX_RANK], to[SAL_MAX_RANK];
} Request;

/* One of a NULL-terminated list of words. */
static gboolean
choose (const SalOpSetup *setup, const char *attribute, const char *otherwise,
        const char *const *words, int *chosen, GError **error)
{
  const char *word = sal_node_string (setup->node, attribute, otherwise);

  for (int i = 0; words[i] != NULL; i++)
    if (g_str_equal (words[i], word)) {
      *chosen = i;
      return TRUE;
    }
  return sal_op_setup_fail (setup, error, SAL_ERROR_UNSUPPORTED, "%s is \"%s\"", attribute, word);
}

static gboolean
read_rule (const SalOpSetup *setup, SalResizeRule *rule, GError **error)
{
  static const char *const modes[] = { "nearest", "linear", "cubic", NULL };
  static const char *const nearest[] = { "round_prefer_floor", "round_prefer_ceil", "floor", "ceil",
                                         NULL };
  static const char *const coordinates[] = { "half_pixel",         "half_pixel_symmetric",
                                             "pytorch_half_pixel", "align_corners",
                                             "asymmetric",         "tf_half_pixel_for_nn",
                                             "tf_crop_and_resize", NULL };
  gboolean old = setup->node->opset < 11;
  int mode = SAL_NEAREST, which_nearest = SAL_NEAREST_OLD, which_coordinates = SAL_ASYMMETRIC;

  if (!choose (setup, "mode", "nearest", modes, &mode, error))
    return FALSE;
  if (old && mode == SAL_CUBIC)
    return sal_op_setup_fail (setup, error, SAL_ERROR_UNSUPPORTED,
                              "mode is \"cubic\" before opset 11");
  if (!old &&
      (!choose (setup, "nearest_mode", "round_prefer_floor", nearest, &which_nearest, error) ||
       !choose (setup, "coordinate_transformation_mode", "half_pixel", coordinates,
                &which_coordinates, error)))
    return FALSE;
  *rule = (SalResizeRule){ .interpolation = mode,
                           .nearest = which_nearest,
                           .coordinates = which_coordinates,
                           .cubic_a = sal_node_float (setup->node, "cubic_coeff_a", -0.75f),
                           .exclude_outside = sal_node_int (setup->node, "exclude_outside", 0) != 0,
                           .antialias = sal_node_int (setup->node, "antialias", 0) != 0 };
  return TRUE;
}

/* Floats that must be known when the plan is made; %NULL and 0 where the input is left out, which
 * opset 11 wrote as an empty tensor. */
static gboolean
known_floats (const SalOpSetup *setup, int i, const float **values, gint64 *n, GError **error)
{
  *values = NULL;
  *n = 0;
  if (!sal_op_setup_has (setup, i) || sal_shape_count (&setup->x_shape[i]) == 0)
    return TRUE;
  if (setup->x_type[i] != SAL_FLOAT)
    return sal_op_setup_fail (setup, error, SAL_ERROR_FORMAT, "input %d must be floats", i);
  if (setup->x_value[i] == NULL)
    return sal_op_setup_fail (setup, error, SAL_ERROR_UNSUPPORTED,
                              "input %d must be known before the picture is", i);
  *values = sal_tensor_floats (setup->x_value[i]);
  *n = sal_tensor_count (setup->x_value[i]);
  return TRUE;
}

static gboolean
read_axes (const SalOpSetup *setup, Request *q, GError **error)
{
  const SalShape *x = &setup->x_shape[0];
  gsize n;
  const gint64 *axes = sal_node_ints (setup->node, "axes", &n);

  q->n_axes = sal_node_has (setup->node, "axes") ? (int) n : x->rank;
  if (q->n_axes > x->rank)
    return sal_op_setup_fail (setup, error, SAL_ERROR_FORMAT, "axes names %d of %d axes", (int) n,
                              x->rank);
  for (int i = 0; i < q->n_axes; i++) {
    q->axis[i] = i;
    if (axes != NULL && !sal_op_expect_axis (setup, 0, axes[i], &q->axis[i], error))
      return FALSE;
    if (q->chosen[q->axis[i]])
      return sal_op_setup_fail (setup, error, SAL_ERROR_FORMAT, "axes names axis %d twice",
                                q->axis[i]);
    q->chosen[q->axis[i]] = TRUE;
  }
  for (int i = 0; i < x->rank; i++) {
    q->out[i] = x->dim[i];
    q->width[i] = x->dim[i];
    q->to[i] = 1;
  }
  return TRUE;
}

static gboolean
apply_scales (const SalOpSetup *setup, Request *q, const float *scales, gint64 n, GError **error)
{
  if (n != q->n_axes)
    return sal_op_setup_fail (setup, error, SAL_ERROR_SHAPE, "%" PRId64 " scales for %d axes", n,
                              q->n_axes);
  for (int i = 0; i < q->n_axes; i++) {
    gint64 in = setup->x_shape[0].dim[q->axis[i]];
    double exact = (double) in * scales[i];

    if (!(scales[i] > 0) || exact > MAX_LENGTH)
      return sal_op_setup_fail (setup, error, SAL_ERROR_UNSUPPORTED,
                                "scale %g of axis %d of length %" PRId64, scales[i], q->axis[i],
                                in);
    /* 7/3 as a float, times 3, is a little below 7 but means 7. */
    q->width[q->axis[i]] = fabs (exact - round (exact)) <= 1e-6 * exact ? round (exact) : exact;
    q->out[q->axis[i]] = (gint64) floor (q->width[q->axis[i]]);
  }
  return TRUE;
}

static gboolean
apply_sizes (const SalOpSetup *setup, Request *q, GError **error)
{
  static const char *const policies[] = { "stretch", "not_larger", "not_smaller", NULL };
  enum { STRETCH, NOT_LARGER, NOT_SMALLER };
  const gint64 *sizes;
  gint64 n;
  int policy = STRETCH;
  double scale = 0;

  sizes = sal_op_setup_ints (setup, 3, &n, error);
  if (sizes == NULL ||
      !choose (setup, "keep_aspect_ratio_policy", "stretch", policies, &policy, error))
    return FALSE;
  if (n != q->n_axes)
    return sal_op_setup_fail (setup, error, SAL_ERROR_SHAPE, "%" PRId64 " sizes for %d axes", n,
                              q->n_axes);
  for (int i = 0; i < q->n_axes; i++) {
    gint64 in = setup->x_shape[0].dim[q->axis[i]];
    double s = (double) sizes[i] / MAX (in, 1);

    if (sizes[i] < 0)
      return sal_op_setup_fail (setup, error, SAL_ERROR_FORMAT, "size %" PRId64, sizes[i]);
    q->out[q->axis[i]] = sizes[i];
    q->width[q->axis[i]] = sizes[i];
    if (i == 0 || (policy == NOT_LARGER ? s < scale : s > scale))
      scale = s;
  }
  for (int i = 0; policy != STRETCH && i < q->n_axes; i++) {
    int axis = q->axis[i];

    q->width[axis] = MIN (scale * setup->x_shape[0].dim[axis], 2. * MAX_LENGTH);
    q->out[axis] = (gint64) floor (q->width[axis] + 0.5);
  }
  return TRUE;
}

static gboolean
apply_roi (const SalOpSetup *setup, Request *q, GError **error)
{
  const float *roi;
  gint64 n;

  if (!known_floats (setup, 1, &roi, &n, error))
    return FALSE;
  if (n != 2 * q->n_axes)
    return sal_op_setup_fail (setup, error, SAL_ERROR_SHAPE,
                              "roi has %" PRId64 " numbers for %d axes", n, q->n_axes);
  for (int i = 0; i < q->n_axes; i++) {
    q->from[q->axis[i]] = roi[i];
    q->to[q->axis[i]] = roi[q->n_axes + i];
  }
  return TRUE;
}

static gboolean
make_passes (SalOpSetup *setup, const Request *q, const SalResizeRule *rule, GError **error)
{
  SalShape shape = setup->x_shape[0];
  Resize *r = sal_op_setup_state (setup, sizeof *r, resize_free);
  double multiply_adds = 0;

  r->extrapolation = sal_node_float (setup->node, "extrapolation_value", 0.f);
  for (int axis = shape.rank - 1; axis >= 0; axis--) {
    gint64 in = shape.dim[axis], out = q->out[axis];
    Pass *pass = &r->pass[r->n];

    if (!q->chosen[axis])
      continue;
    if (in > MAX_LENGTH || out > MAX_LENGTH || (in == 0 && out > 0))
      return sal_op_setup_fail (setup, error, SAL_ERROR_UNSUPPORTED,
                                "cannot go from length %" PRId64 " to %" PRId64 " along axis %d",
                                in, out, axis);
    if (in > 0) {
      sal_taps_init (&pass->taps, rule, in, out, q->width[axis], q->from[axis], q->to[axis]);
      if (sal_taps_identity (&pass->taps)) {
        sal_taps_clear (&pass->taps);
        continue;
      }
      pass->outer = sal_shape_span (&shape, 0, axis);
      pass->inner = sal_shape_span (&shape, axis + 1, shape.rank);
      if (r->n++ > 0)
        r->buffer = MAX (r->buffer, sal_shape_count (&shape));
      multiply_adds += (double) pass->outer * pass->inner * out * pass->taps.n;
    }
    shape.dim[axis] = out;
    if (!sal_shape_check (&shape, setup->node->name, error))
      return FALSE;
  }
  setup->y_shape[0] = shape;
  setup->scratch_bytes = 2 * r->buffer * sizeof (float);
  sal_op_count (setup, multiply_adds);
  return TRUE;
}

static gboolean
resize_setup (SalOpSetup *setup, GError **error)
{
  int opset = setup->node->opset;
  gboolean upsample = g_str_equal (setup->node->op_type, "Upsample");
  const char *inputs = upsample && opset < 9 ? "f" : opset < 11 ? "ff" : "f?afi";
  Request q = { 0 };
  SalResizeRule rule;
  const float *scales;
  gint64 n;
  gsize n_attribute;

  if (!sal_op_expect (setup, inputs, 1, error) || !read_rule (setup, &rule, error) ||
      !read_axes (setup, &q, error))
    return FALSE;
  if (upsample && opset < 9) {
    scales = sal_node_floats (setup->node, "scales", &n_attribute);
    n = (gint64) n_attribute;
  } else if (!known_floats (setup, opset < 11 ? 1 : 2, &scales, &n, error))
    return FALSE;
  if (scales != NULL) {
    if (sal_op_setup_has (setup, 3) && sal_shape_count (&setup->x_shape[3]) > 0)
      return sal_op_setup_fail (setup, error, SAL_ERROR_FORMAT, "has both scales and sizes");
    if (!apply_scales (setup, &q, scales, n, error))
      return FALSE;
  } else if (opset < 11 || !sal_op_setup_has (setup, 3)) {
    /* A scalar has no axes, so its empty list of scales says all. */
    if (q.n_axes > 0)
      return sal_op_setup_fail (setup, error, SAL_ERROR_FORMAT, "has neither scales nor sizes");
  } else if (!apply_sizes (setup, &q, error))
    return FALSE;
  if (rule.coordinates == SAL_TF_CROP_AND_RESIZE && !apply_roi (setup, &q, error))
    return FALSE;
  return make_passes (setup, &q, &rule, error);
}

/* What lies outside the input along any axis has one value. In y's shape, a pass's inner axes are
 * as it left them and its outer ones as later passes do. */
static void
extrapolate (const Resize *r, float *y)
{
  for (int i = 0; i < r->n; i++) {
    const Pass *p = &r->pass[i];
    gint64 outer = p->outer;

    if (p->taps.outside == NULL)
      continue;
    for (int j = i + 1; j < r->n; j++)
      outer = outer / r->pass[j].taps.in * r->pass[j].taps.out;
    for (gint64 a = 0; a < outer; a++)
      for (gint64 o = 0; o < p->taps.out; o++)
        for (gint64 b = 0; p->taps.outside[o] && b < p->inner; b++)
          y[(a * p->taps.out + o) * p->inner + b] = r->extrapolation;
  }
}

static void
resize_forward (const SalOpArgs *a)
{
  const Resize *r = a->state;
  float *buffer[2] = { a->scratch, (float *) a->scratch + r->buffer };
  const float *x = a->x[0];

  if (a->n == 0)
    return;
  if (r->n == 0)
    memcpy (a->y[0], x, a->n * sizeof (float));
  for (int i = 0; i < r->n; i++) {
    float *y = i == r->n - 1 ? a->y[0] : buffer[i % 2];

    sal_taps_apply (&r->pass[i].taps, r->pass[i].outer, r->pass[i].inner, x, y);
    x = y;
  }
  extrapolate (r, a->y[0]);
}

static void
resize_backward (const SalOpArgs *a)
{
  const Resize *r = a->state;
  float *buffer[2] = { a->scratch, (float *) a->scratch + r->buffer };
  const float *gy = a->gy[0];

  /* What is asked for may be the gradient of the scales, which is none. */
  if (a->n == 0 || a->gx[0] == NULL)
    return;
  for (gint64 i = 0; i < a->n && r->n == 0; i++)
    a->gx[0][i] += gy[i];
  for (int i = r->n - 1; i >= 0; i--) {
    const Pass *p = &r->pass[i];
    float *gx = i == 0 ? a->gx[0] : buffer[i % 2];

    if (i > 0)
      memset (gx, 0, p->outer * p->taps.in * p->inner * sizeof (float));
    sal_taps_apply_transposed (&p->taps, p->outer, p->inner, gy, gx);
    gy = gx;
  }
}

const SalOp sal_ops_resize[] = {
  { "Upsample", 7, SAL_KEEP_NOTHING, resize_setup, resize_forward, resize_backward },
  { "Resize", 10, SAL_KEEP_NOTHING, resize_setup, resize_forward, resize_backward },
  { NULL },
};
