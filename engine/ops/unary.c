/* Elementwise functions of one input that are not activations: arithmetic, trigonometry,
 * rounding, tests. */
#include "engine/ops/check.h"
#include "engine/ops/elementwise.h"
#include "engine/ops/expect.h"
#include "engine/ops/families.h"
#include "engine/ops/vmath.h"

#define TWO_BY_SQRT_PI 1.1283791671f

SAL_UNARY_OF_X (abs_float, , fabsf (x), x > 0.f ? 1.f : (x < 0.f ? -1.f : 0.f))
SAL_UNARY_OF_Y (exp, , sal_v_exp (x), y)
SAL_UNARY_OF_X (log, , logf (x), 1.f / x)
SAL_UNARY_OF_Y (sqrt, , sqrtf (x), 0.5f / y)
SAL_UNARY_OF_Y (reciprocal, , 1.f / x, -y *y)
SAL_UNARY_OF_X (erf, , sal_v_erf (x), TWO_BY_SQRT_PI *sal_v_exp (-x *x))

SAL_UNARY_OF_X (sin, , sinf (x), cosf (x))
SAL_UNARY_OF_X (cos, , cosf (x), -sinf (x))
SAL_UNARY_OF_Y (tan, , tanf (x), 1.f + y * y)
SAL_UNARY_OF_X (asin, , asinf (x), 1.f / sqrtf ((1.f - x) * (1.f + x)))
SAL_UNARY_OF_X (acos, , acosf (x), -1.f / sqrtf ((1.f - x) * (1.f + x)))
SAL_UNARY_OF_X (atan, , atanf (x), 1.f / (1.f + x * x))
SAL_UNARY_OF_X (sinh, , sinhf (x), coshf (x))
SAL_UNARY_OF_X (cosh, , coshf (x), sinhf (x))
SAL_UNARY_OF_X (asinh, , asinhf (x), 1.f / sqrtf (1.f + x * x))
SAL_UNARY_OF_X (acosh, , acoshf (x), 1.f / sqrtf ((x - 1.f) * (x + 1.f)))
SAL_UNARY_OF_X (atanh, , atanhf (x), 1.f / ((1.f - x) * (1.f + x)))

/* One input of either type, the output like it. */
static gboolean
any_type_setup (SalOpSetup *setup, GError **error)
{
  if (!sal_op_expect (setup, "a", 1, error))
    return FALSE;
  setup->y_shape[0] = setup->x_shape[0];
  return TRUE;
}

/* The smallest integer has no positive counterpart: like hardware, negation leaves it. */
static inline gint64
negate (gint64 x)
{
  return (gint64) (0 - (guint64) x);
}

static void
abs_forward (const SalOpArgs *a)
{
  if (a->x_type[0] == SAL_FLOAT) {
    abs_float_forward (a);
    return;
  }
  for (gint64 i = 0; i < a->n; i++) {
    gint64 x = sal_x_ints (a, 0)[i];

    sal_y_ints (a, 0)[i] = x < 0 ? negate (x) : x;
  }
}

static void
neg_forward (const SalOpArgs *a)
{
  for (gint64 i = 0; i < a->n; i++) {
    if (a->x_type[0] == SAL_FLOAT)
      a->y[0][i] = -a->x[0][i];
    else
      sal_y_ints (a, 0)[i] = negate (sal_x_ints (a, 0)[i]);
  }
}

static void
neg_backward (const SalOpArgs *a)
{
  for (gint64 i = 0; i < a->n; i++)
    a->gx[0][i] -= a->gy[0][i];
}

/* What follows is constant almost everywhere: the derivative is zero, and there is no backward. */

static void
sign_forward (const SalOpArgs *a)
{
  for (gint64 i = 0; i < a->n; i++) {
    if (a->x_type[0] == SAL_INT) {
      gint64 x = sal_x_ints (a, 0)[i];

      sal_y_ints (a, 0)[i] = (x > 0) - (x < 0);
    } else {
      float x = a->x[0][i];

      a->y[0][i] = isnan (x) ? x : (float) ((x > 0.f) - (x < 0.f));
    }
  }
}

static void
ceil_forward (const SalOpArgs *a)
{
  for (gint64 i = 0; i < a->n; i++)
    a->y[0][i] = ceilf (a->x[0][i]);
}

static void
floor_forward (const SalOpArgs *a)
{
  for (gint64 i = 0; i < a->n; i++)
    a->y[0][i] = floorf (a->x[0][i]);
}

/* Halves go to the even neighbour, in the rounding mode that every process starts in. */
static void
round_forward (const SalOpArgs *a)
{
  for (gint64 i = 0; i < a->n; i++)
    a->y[0][i] = nearbyintf (a->x[0][i]);
}

static gboolean
test_setup (SalOpSetup *setup, GError **error)
{
  if (!sal_setup_unary (setup, error))
    return FALSE;
  setup->y_type[0] = SAL_INT;
  return TRUE;
}

static void
is_nan_forward (const SalOpArgs *a)
{
  for (gint64 i = 0; i < a->n; i++)
    sal_y_ints (a, 0)[i] = isnan (a->x[0][i]) != 0;
}

static void
is_inf_forward (const SalOpArgs *a)
{
  gboolean negative = sal_node_int (a->node, "detect_negative", 1) != 0;
  gboolean positive = sal_node_int (a->node, "detect_positive", 1) != 0;

  for (gint64 i = 0; i < a->n; i++) {
    float x = a->x[0][i];

    sal_y_ints (a, 0)[i] = (negative && x == -INFINITY) || (positive && x == INFINITY);
  }
}

static gboolean
not_setup (SalOpSetup *setup, GError **error)
{
  return sal_op_expect (setup, "i", 1, error) && any_type_setup (setup, error);
}

static void
not_forward (const SalOpArgs *a)
{
  for (gint64 i = 0; i < a->n; i++)
    sal_y_ints (a, 0)[i] = sal_x_ints (a, 0)[i] == 0;
}

const SalOp sal_ops_unary[] = {
  { "Abs", 1, SAL_KEEP_X (0), any_type_setup, abs_forward, abs_float_backward },
  { "Neg", 1, SAL_KEEP_NOTHING, any_type_setup, neg_forward, neg_backward },
  { "Exp", 1, SAL_KEEP_OUTPUT, sal_setup_unary, exp_forward, exp_backward },
  { "Log", 1, SAL_KEEP_X (0), sal_setup_unary, log_forward, log_backward },
  { "Sqrt", 1, SAL_KEEP_OUTPUT, sal_setup_unary, sqrt_forward, sqrt_backward },
  { "Reciprocal", 1, SAL_KEEP_OUTPUT, sal_setup_unary, reciprocal_forward, reciprocal_backward },
  { "Erf", 9, SAL_KEEP_X (0), sal_setup_unary, erf_forward, erf_backward },
  { "Sin", 7, SAL_KEEP_X (0), sal_setup_unary, sin_forward, sin_backward },
  { "Cos", 7, SAL_KEEP_X (0), sal_setup_unary, cos_forward, cos_backward },
  { "Tan", 7, SAL_KEEP_OUTPUT, sal_setup_unary, tan_forward, tan_backward },
  { "Asin", 7, SAL_KEEP_X (0), sal_setup_unary, asin_forward, asin_backward },
  { "Acos", 7, SAL_KEEP_X (0), sal_setup_unary, acos_forward, acos_backward },
  { "Atan", 7, SAL_KEEP_X (0), sal_setup_unary, atan_forward, atan_backward },
  { "Sinh", 9, SAL_KEEP_X (0), sal_setup_unary, sinh_forward, sinh_backward },
  { "Cosh", 9, SAL_KEEP_X (0), sal_setup_unary, cosh_forward, cosh_backward },
  { "Asinh", 9, SAL_KEEP_X (0), sal_setup_unary, asinh_forward, asinh_backward },
  { "Acosh", 9, SAL_KEEP_X (0), sal_setup_unary, acosh_forward, acosh_backward },
  { "Atanh", 9, SAL_KEEP_X (0), sal_setup_unary, atanh_forward, atanh_backward },
  { "Sign", 9, SAL_KEEP_NOTHING, any_type_setup, sign_forward, NULL },
  { "Ceil", 1, SAL_KEEP_NOTHING, sal_setup_unary, ceil_forward, NULL },
  { "Floor", 1, SAL_KEEP_NOTHING, sal_setup_unary, floor_forward, NULL },
  { "Round", 11, SAL_KEEP_NOTHING, sal_setup_unary, round_forward, NULL },
  { "IsNaN", 9, SAL_KEEP_NOTHING, test_setup, is_nan_forward, NULL },
  { "IsInf", 10, SAL_KEEP_NOTHING, test_setup, is_inf_forward, NULL },
  { "Not", 1, SAL_KEEP_NOTHING, not_setup, not_forward, NULL },
  { NULL },
};
