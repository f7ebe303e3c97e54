/* Elementwise nonlinearities that networks use as activations. At a kink the derivative is the one
 * PyTorch takes. */
#include "engine/base/error.h"
#include "engine/ops/check.h"
#include "engine/ops/elementwise.h"
#include "engine/ops/expect.h"
#include "engine/ops/families.h"
#include "engine/ops/vmath.h"

#define ATTRIBUTE(name, otherwise) sal_node_float (args->node, name, otherwise)

/* y = max (x, 0);  gx += gy where y > 0, so the derivative at 0 is 0 */
static gboolean
relu_setup (SalOpSetup *setup, GError **error)
{
  if (!sal_op_expect (setup, "a", 1, error))
    return FALSE;
  setup->y_shape[0] = setup->x_shape[0];
  return TRUE;
}

static void
relu_forward (const SalOpArgs *a)
{
  if (a->x_type[0] == SAL_INT) {
    for (gint64 i = 0; i < a->n; i++)
      sal_y_ints (a, 0)[i] = MAX (sal_x_ints (a, 0)[i], 0);
    return;
  }
  /* In this order a NaN stays one. */
  for (gint64 i = 0; i < a->n; i++)
    a->y[0][i] = a->x[0][i] < 0.f ? 0.f : a->x[0][i];
}

static void
relu_backward (const SalOpArgs *a)
{
  for (gint64 i = 0; i < a->n; i++)
    a->gx[0][i] += a->y[0][i] > 0.f ? a->gy[0][i] : 0.f;
}

/* y = min (max (x, low), high);  gx += gy strictly between the two, so the derivative is 0 at both
 * ends; what is clipped counts for the bound it is clipped to. */
static gboolean
clip_setup (SalOpSetup *setup, GError **error)
{
  if (!sal_op_expect (setup, setup->node->opset < 11 ? "a" : "a?aa", 1, error))
    return FALSE;
  for (int i = 1; i < setup->n_x; i++)
    if (setup->x_given[i]) {
      if (!sal_check_same_type (setup, i, 0, error))
        return FALSE;
      if (sal_shape_count (&setup->x_shape[i]) != 1)
        return sal_op_setup_fail (setup, error, SAL_ERROR_SHAPE,
                                  "bound %d has %" PRId64 " elements, should have 1", i,
                                  sal_shape_count (&setup->x_shape[i]));
    }
  setup->y_shape[0] = setup->x_shape[0];
  return TRUE;
}

static float
clip_bound (const SalOpArgs *a, int i, const char *attribute, float otherwise)
{
  if (a->node->opset < 11)
    return sal_node_float (a->node, attribute, otherwise);
  return i < a->n_x && a->x[i] != NULL ? a->x[i][0] : otherwise;
}

static void
clip_ints (const SalOpArgs *a)
{
  gint64 low = a->n_x > 1 && a->x[1] != NULL ? *sal_x_ints (a, 1) : G_MININT64;
  gint64 high = a->n_x > 2 && a->x[2] != NULL ? *sal_x_ints (a, 2) : G_MAXINT64;

  for (gint64 i = 0; i < a->n; i++)
    sal_y_ints (a, 0)[i] = MIN (MAX (sal_x_ints (a, 0)[i], low), high);
}

static void
clip_forward (const SalOpArgs *a)
{
  const float *x = a->x[0];
  float *y = a->y[0];
  float low, high;

  if (a->x_type[0] == SAL_INT) {
    clip_ints (a);
    return;
  }
  low = clip_bound (a, 1, "min", -INFINITY);
  high = clip_bound (a, 2, "max", INFINITY);
  for (gint64 i = 0; i < a->n; i++) {
    float v = x[i] < low ? low : x[i];

    y[i] = v > high ? high : v;
  }
}

static void
clip_backward (const SalOpArgs *a)
{
  float low = clip_bound (a, 1, "min", -INFINITY), high = clip_bound (a, 2, "max", INFINITY);
  const float *y = a->y[0], *gy = a->gy[0];
  double g_low = 0, g_high = 0;

  if (a->gx[0] != NULL)
    for (gint64 i = 0; i < a->n; i++)
      a->gx[0][i] += y[i] > low && y[i] < high ? gy[i] : 0.f;
  if (a->n_x < 2 || (a->gx[1] == NULL && (a->n_x < 3 || a->gx[2] == NULL)))
    return;
  for (gint64 i = 0; i < a->n; i++) {
    g_high += y[i] >= high ? gy[i] : 0.f;
    g_low += y[i] <= low && y[i] < high ? gy[i] : 0.f;
  }
  if (a->gx[1] != NULL)
    a->gx[1][0] += (float) g_low;
  if (a->n_x > 2 && a->gx[2] != NULL)
    a->gx[2][0] += (float) g_high;
}

/* y = x where x > 0, else slope · x;  ga += gy · (1 or slope), gslope += gy · x where x <= 0 */
SAL_BINARY (prelu_forward, float, float, float, A > 0.f ? A : B * A)
SAL_BINARY_GRADIENT (prelu_backward_x, 0, float, float, A > 0.f ? GY : GY * B)
SAL_BINARY_GRADIENT (prelu_backward_slope, 1, float, float, A > 0.f ? 0.f : GY * A)

static gboolean
prelu_setup (SalOpSetup *setup, GError **error)
{
  if (!sal_op_expect (setup, "ff", 1, error) || !sal_setup_broadcast (setup, error))
    return FALSE;
  if (!sal_shape_equal (&setup->y_shape[0], &setup->x_shape[0])) {
    g_autofree char *x = sal_shape_to_string (&setup->x_shape[0]);
    g_autofree char *slope = sal_shape_to_string (&setup->x_shape[1]);

    return sal_op_setup_fail (setup, error, SAL_ERROR_SHAPE, "slope is %s, input is %s", slope, x);
  }
  return TRUE;
}

static void
prelu_backward (const SalOpArgs *args)
{
  prelu_backward_x (args);
  prelu_backward_slope (args);
}

SAL_UNARY_OF_X (leaky_relu, float alpha = ATTRIBUTE ("alpha", 0.01f), x > 0.f ? x : alpha * x,
                x > 0.f ? 1.f : alpha)

SAL_UNARY_OF_X (thresholded_relu, float alpha = ATTRIBUTE ("alpha", 1.f), x > alpha ? x : 0.f,
                x > alpha ? 1.f : 0.f)

SAL_UNARY_OF_X (shrink, float lambd = ATTRIBUTE ("lambd", 0.5f);
                G_GNUC_UNUSED float bias = ATTRIBUTE ("bias", 0.f),
                x < -lambd ? x + bias : (x > lambd ? x - bias : 0.f),
                x<-lambd || x> lambd ? 1.f : 0.f)

SAL_UNARY_OF_Y (sigmoid, , sal_v_sigmoid (x), y *(1.f - y))

SAL_UNARY_OF_Y (tanh, , sal_v_tanh (x), 1.f - y * y)

/* Written so that a NaN stays one, unlike fminf() and fmaxf(), which do not vectorise either. */
static inline float
clip01 (float x)
{
  float low = x < 0.f ? 0.f : x;

  return low > 1.f ? 1.f : low;
}

SAL_UNARY_OF_X (hard_sigmoid, float alpha = ATTRIBUTE ("alpha", 0.2f);
                float beta = ATTRIBUTE ("beta", 0.5f), clip01 (alpha *x + beta),
                alpha *x + beta > 0.f && alpha * x + beta < 1.f ? alpha : 0.f)

SAL_UNARY_OF_X (hard_swish, , x *clip01 (x / 6.f + 0.5f),
                x <= -3.f ? 0.f : (x >= 3.f ? 1.f : x / 3.f + 0.5f))

SAL_UNARY_OF_X (elu, float alpha = ATTRIBUTE ("alpha", 1.f), x > 0.f ? x : alpha * sal_v_expm1 (x),
                x > 0.f ? 1.f : alpha * sal_v_exp (x))

SAL_UNARY_OF_X (celu, float alpha = ATTRIBUTE ("alpha", 1.f),
                x > 0.f ? x : alpha * sal_v_expm1 (x / alpha),
                x > 0.f ? 1.f : sal_v_exp (x / alpha))

/* The defaults are the numbers of Klambauer et al. 2017 as float32 holds them. */
SAL_UNARY_OF_X (selu, float alpha = ATTRIBUTE ("alpha", 1.67326319217681884765625f);
                float gamma = ATTRIBUTE ("gamma", 1.05070102214813232421875f),
                x > 0.f ? gamma * x : gamma * alpha * sal_v_expm1 (x),
                x > 0.f ? gamma : gamma * alpha * sal_v_exp (x))

SAL_UNARY_OF_X (softplus, , sal_v_softplus (x), sal_v_sigmoid (x))

SAL_UNARY_OF_X (softsign, , x / (1.f + fabsf (x)), 1.f / ((1.f + fabsf (x)) * (1.f + fabsf (x))))

/* y = x · tanh (softplus (x)), and with n = (1 + exp (x))² - 1 the tanh is n / (n + 2), which is 1
 * in float32 long before n overflows. */
static inline float
mish_gate (float x)
{
  float e = sal_v_exp (x > 20.f ? 20.f : x), n = e * (e + 2.f);

  return n / (n + 2.f);
}

static inline float
mish_slope (float x)
{
  float t = mish_gate (x);

  return t + x * (1.f - t * t) * sal_v_sigmoid (x);
}

SAL_UNARY_OF_X (mish, , x *mish_gate (x), mish_slope (x))

/* y = x · Φ (x), dy/dx = Φ (x) + x · φ (x); erfc() keeps Φ exact in the left tail. */
static inline float
normal_cdf (float x)
{
  return 0.5f * sal_v_erfc (-x * (float) G_SQRT2 * 0.5f);
}

static inline float
normal_density (float x)
{
  return 0.3989422804f * sal_v_exp (-0.5f * x * x);
}

SAL_UNARY_OF_X (gelu_exact, , x *normal_cdf (x), normal_cdf (x) + x * normal_density (x))

/* y = x / 2 · (1 + tanh (u)), u = √(2/π) · (x + 0.044715 x³) */
static inline float
gelu_inner (float x)
{
  return 0.7978845608f * (x + 0.044715f * x * x * x);
}

static inline float
gelu_tanh_slope (float x)
{
  float t = sal_v_tanh (gelu_inner (x)), du = 0.7978845608f * (1.f + 3.f * 0.044715f * x * x);

  return 0.5f * (1.f + t) + 0.5f * x * (1.f - t * t) * du;
}

SAL_UNARY_OF_X (gelu_tanh, , 0.5f * x * (1.f + sal_v_tanh (gelu_inner (x))), gelu_tanh_slope (x))

static gboolean
gelu_is_tanh (const SalNode *node)
{
  return g_str_equal (sal_node_string (node, "approximate", "none"), "tanh");
}

static gboolean
gelu_setup (SalOpSetup *setup, GError **error)
{
  const char *approximate = sal_node_string (setup->node, "approximate", "none");

  if (!g_str_equal (approximate, "none") && !g_str_equal (approximate, "tanh"))
    return sal_op_setup_fail (setup, error, SAL_ERROR_FORMAT,
                              "approximate is \"%s\", should be \"none\" or \"tanh\"", approximate);
  return sal_setup_unary (setup, error);
}

static void
gelu_forward (const SalOpArgs *a)
{
  (gelu_is_tanh (a->node) ? gelu_tanh_forward : gelu_exact_forward) (a);
}

static void
gelu_backward (const SalOpArgs *a)
{
  (gelu_is_tanh (a->node) ? gelu_tanh_backward : gelu_exact_backward) (a);
}

#define KEEP_CLIP (SAL_KEEP_OUTPUT | SAL_KEEP_X (1) | SAL_KEEP_X (2))

const SalOp sal_ops_activation[] = {
  { "Relu", 1, SAL_KEEP_OUTPUT, relu_setup, relu_forward, relu_backward },
  { "Clip", 6, KEEP_CLIP, clip_setup, clip_forward, clip_backward },
  { "PRelu", 7, SAL_KEEP_X (0) | SAL_KEEP_X (1), prelu_setup, prelu_forward, prelu_backward },
  { "LeakyRelu", 1, SAL_KEEP_X (0), sal_setup_unary, leaky_relu_forward, leaky_relu_backward },
  { "ThresholdedRelu", 1, SAL_KEEP_X (0), sal_setup_unary, thresholded_relu_forward,
    thresholded_relu_backward },
  { "Shrink", 9, SAL_KEEP_X (0), sal_setup_unary, shrink_forward, shrink_backward },
  { "Sigmoid", 1, SAL_KEEP_OUTPUT, sal_setup_unary, sigmoid_forward, sigmoid_backward },
  { "Tanh", 1, SAL_KEEP_OUTPUT, sal_setup_unary, tanh_forward, tanh_backward },
  { "HardSigmoid", 1, SAL_KEEP_X (0), sal_setup_unary, hard_sigmoid_forward,
    hard_sigmoid_backward },
  { "HardSwish", 14, SAL_KEEP_X (0), sal_setup_unary, hard_swish_forward, hard_swish_backward },
  { "Elu", 1, SAL_KEEP_X (0), sal_setup_unary, elu_forward, elu_backward },
  { "Celu", 12, SAL_KEEP_X (0), sal_setup_unary, celu_forward, celu_backward },
  { "Selu", 1, SAL_KEEP_X (0), sal_setup_unary, selu_forward, selu_backward },
  { "Softplus", 1, SAL_KEEP_X (0), sal_setup_unary, softplus_forward, softplus_backward },
  { "Softsign", 1, SAL_KEEP_X (0), sal_setup_unary, softsign_forward, softsign_backward },
  { "Mish", 18, SAL_KEEP_X (0), sal_setup_unary, mish_forward, mish_backward },
  { "Gelu", 20, SAL_KEEP_X (0), gelu_setup, gelu_forward, gelu_backward },
  { NULL },
};
