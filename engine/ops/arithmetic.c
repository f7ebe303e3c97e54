/* Arithmetic of two or more inputs under numpy's broadcasting, on floats and on integers. */
#include "engine/base/error.h"
#include "engine/ops/check.h"
#include "engine/ops/elementwise.h"
#include "engine/ops/expect.h"
#include "engine/ops/families.h"

#include <math.h>
#include <string.h>

/* Integer arithmetic wraps around, which C promises for unsigned numbers only. */
#define WRAP(operation) ((gint64) ((guint64) A operation (guint64) B))

static gboolean
same_types_setup (SalOpSetup *setup, GError **error)
{
  return sal_op_expect (setup, "aa", 1, error) && sal_check_same_type (setup, 0, 1, error) &&
         sal_setup_broadcast (setup, error);
}

/* y = a + b;  ga += gy, gb += gy */
SAL_BINARY (add_floats, float, float, float, A + B)
SAL_BINARY (add_ints, gint64, gint64, gint64, WRAP (+))
SAL_BINARY_GRADIENT (add_backward_a, 0, float, float, GY)
SAL_BINARY_GRADIENT (add_backward_b, 1, float, float, GY)

static void
add_forward (const SalOpArgs *a)
{
  (a->x_type[0] == SAL_FLOAT ? add_floats : add_ints) (a);
}

static void
add_backward (const SalOpArgs *a)
{
  add_backward_a (a);
  add_backward_b (a);
}

/* y = a - b;  ga += gy, gb -= gy */
SAL_BINARY (sub_floats, float, float, float, A - B)
SAL_BINARY (sub_ints, gint64, gint64, gint64, WRAP (-))
SAL_BINARY_GRADIENT (sub_backward_b, 1, float, float, -GY)

static void
sub_forward (const SalOpArgs *a)
{
  (a->x_type[0] == SAL_FLOAT ? sub_floats : sub_ints) (a);
}

static void
sub_backward (const SalOpArgs *a)
{
  add_backward_a (a);
  sub_backward_b (a);
}

/* y = a · b;  ga += gy · b, gb += gy · a */
SAL_BINARY (mul_floats, float, float, float, A *B)
SAL_BINARY (mul_ints, gint64, gint64, gint64, WRAP (*))
SAL_BINARY_GRADIENT (mul_backward_a, 0, float, float, GY *B)
SAL_BINARY_GRADIENT (mul_backward_b, 1, float, float, GY *A)

/* An operand that is known needs no gradient, and then the other one need not be kept. */
static gboolean
mul_setup (SalOpSetup *setup, GError **error)
{
  if (!same_types_setup (setup, error))
    return FALSE;
  for (int i = 0; i < 2; i++)
    if (setup->x_value[i] != NULL)
      setup->keep &= ~SAL_KEEP_X (1 - i);
  return TRUE;
}

static void
mul_forward (const SalOpArgs *a)
{
  (a->x_type[0] == SAL_FLOAT ? mul_floats : mul_ints) (a);
}

static void
mul_backward (const SalOpArgs *a)
{
  mul_backward_a (a);
  mul_backward_b (a);
}

/* y = a / b;  ga += gy / b, gb -= gy · a / b². Integers are cut off towards zero. The two
 * divisions that would trap give what wrapping around gives: x / 0 = 0, min / -1 = min. */
static inline gint64
divide (gint64 a, gint64 b)
{
  if (b == 0)
    return 0;
  return b == -1 ? (gint64) (0 - (guint64) a) : a / b;
}

SAL_BINARY (div_floats, float, float, float, A / B)
SAL_BINARY (div_ints, gint64, gint64, gint64, divide (A, B))
SAL_BINARY_GRADIENT (div_backward_a, 0, float, float, GY / B)
SAL_BINARY_GRADIENT (div_backward_b, 1, float, float, -GY *A / (B * B))

static gboolean
div_setup (SalOpSetup *setup, GError **error)
{
  if (!same_types_setup (setup, error))
    return FALSE;
  if (setup->x_value[1] != NULL)
    setup->keep &= ~SAL_KEEP_X (0);
  return TRUE;
}

static void
div_forward (const SalOpArgs *a)
{
  (a->x_type[0] == SAL_FLOAT ? div_floats : div_ints) (a);
}

static void
div_backward (const SalOpArgs *a)
{
  div_backward_a (a);
  div_backward_b (a);
}

/* y = a mod b. With fmod the result has the sign of a, and dy/da = 1, dy/db = -trunc (a / b);
 * without, which is for integers only, it has the sign of b. */
static inline gint64
remainder_of (gint64 a, gint64 b)
{
  return b == 0 || b == -1 ? 0 : a % b;
}

static inline gint64
modulo (gint64 a, gint64 b)
{
  gint64 r = remainder_of (a, b);

  return r != 0 && (r < 0) != (b < 0) ? r + b : r;
}

SAL_BINARY (mod_floats, float, float, float, fmodf (A, B))
SAL_BINARY (mod_ints, gint64, gint64, gint64, modulo (A, B))
SAL_BINARY (fmod_ints, gint64, gint64, gint64, remainder_of (A, B))
SAL_BINARY_GRADIENT (mod_backward_b, 1, float, float, -GY *truncf (A / B))

static gboolean
mod_setup (SalOpSetup *setup, GError **error)
{
  if (!same_types_setup (setup, error))
    return FALSE;
  if (setup->x_type[0] == SAL_FLOAT && sal_node_int (setup->node, "fmod", 0) == 0)
    return sal_op_setup_fail (setup, error, SAL_ERROR_FORMAT, "fmod is 0, should be 1 for floats");
  return TRUE;
}

static void
mod_forward (const SalOpArgs *a)
{
  if (a->x_type[0] == SAL_FLOAT)
    mod_floats (a);
  else if (sal_node_int (a->node, "fmod", 0) != 0)
    fmod_ints (a);
  else
    mod_ints (a);
}

static void
mod_backward (const SalOpArgs *a)
{
  add_backward_a (a);
  mod_backward_b (a);
}

/* y = a ^ b, in the type of a;  ga += gy · b · a^(b - 1), gb += gy · y · log a */
/* The exponents that models use, without the general function, which takes ten times as long. */
static inline float
power (float a, float b)
{
  if (b == 1.f)
    return a;
  if (b == 2.f)
    return a * a;
  if (b == 3.f)
    return a * a * a;
  if (b == 0.5f && a >= 0.f)
    return sqrtf (a);
  if (b == -0.5f && a > 0.f)
    return 1.f / sqrtf (a);
  return powf (a, b);
}

/* b · a^(b - 1) is 0 for b = 0, even where a = 0. */
static inline float
power_slope (float a, float b)
{
  return b == 0.f ? 0.f : b * power (a, b - 1.f);
}

/* 0^b is 0 all along b > 0. */
static inline float
power_slope_b (float a, float b)
{
  return a == 0.f && b >= 0.f ? 0.f : power (a, b) * logf (a);
}

static inline gint64
to_int (double x)
{
  return x > -9.2e18 && x < 9.2e18 ? (gint64) x : G_MININT64;
}

static inline gint64
power_of_ints (gint64 a, gint64 b)
{
  guint64 y = 1, square = (guint64) a;

  if (b < 0) {
    if (a == 1 || a == -1)
      return b % 2 == 0 ? 1 : a;
    return 0;
  }
  for (; b > 0; b >>= 1) {
    if (b & 1)
      y *= square;
    square *= square;
  }
  return (gint64) y;
}

SAL_BINARY (pow_float_float, float, float, float, power (A, B))
SAL_BINARY (pow_float_int, float, float, gint64, power (A, (float) B))
SAL_BINARY (pow_int_float, gint64, gint64, float, to_int (pow ((double) A, B)))
SAL_BINARY (pow_int_int, gint64, gint64, gint64, power_of_ints (A, B))
SAL_BINARY_GRADIENT (pow_backward_a, 0, float, float, GY *power_slope (A, B))
SAL_BINARY_GRADIENT (pow_backward_a_int, 0, float, gint64, GY *power_slope (A, (float) B))
SAL_BINARY_GRADIENT (pow_backward_b, 1, float, float, GY *power_slope_b (A, B))

static gboolean
pow_setup (SalOpSetup *setup, GError **error)
{
  return sal_op_expect (setup, "aa", 1, error) && sal_setup_broadcast (setup, error);
}

static void
pow_forward (const SalOpArgs *a)
{
  if (a->x_type[0] == SAL_FLOAT)
    (a->x_type[1] == SAL_FLOAT ? pow_float_float : pow_float_int) (a);
  else
    (a->x_type[1] == SAL_FLOAT ? pow_int_float : pow_int_int) (a);
}

static void
pow_backward (const SalOpArgs *a)
{
  if (a->x_type[0] == SAL_INT)
    return;
  if (a->x_type[1] == SAL_INT) {
    pow_backward_a_int (a);
    return;
  }
  pow_backward_a (a);
  pow_backward_b (a);
}

/* Sum, Mean, Min and Max take any number of inputs. Walks of y and x[i] are made when they are
 * needed: kept for each input, they would be larger than many a tensor. */

static gboolean
variadic_setup (SalOpSetup *setup, GError **error)
{
  if (!sal_op_expect (setup, "a*", 1, error))
    return FALSE;
  if (setup->n_x > G_MAXUINT16)
    return sal_op_setup_fail (setup, error, SAL_ERROR_UNSUPPORTED, "has %d inputs, at most %d",
                              setup->n_x, G_MAXUINT16);
  setup->y_shape[0] = setup->x_shape[0];
  for (int i = 1; i < setup->n_x; i++)
    if (!sal_check_same_type (setup, 0, i, error) ||
        !sal_shape_broadcast (&setup->y_shape[0], &setup->x_shape[i], &setup->y_shape[0], error) ||
        !sal_shape_check (&setup->y_shape[0], "output", error))
      return FALSE;
  return TRUE;
}

static void
walk_input (const SalOpArgs *a, int i, SalWalk *walk)
{
  const SalShape *const x[] = { &a->x_shape[i] };

  sal_walk_broadcast (walk, &a->y_shape[0], x, 1);
}

static gboolean
float_variadic_setup (SalOpSetup *setup, GError **error)
{
  return sal_op_expect (setup, "f*", 1, error) && variadic_setup (setup, error);
}

/* y = Σ x[i] · scale;  gx[i] += gy · scale */
static void
accumulate (const SalOpArgs *a, float scale)
{
  float *y = a->y[0];
  SalWalk walk;

  walk_input (a, 0, &walk);
  sal_walk_copy (&walk, SAL_FLOAT, y, a->x[0]);
  for (int k = 1; k < a->n_x; k++) {
    gint64 n, step;
    SalWalkAt at;

    walk_input (a, k, &walk);
    n = sal_walk_n (&walk);
    step = sal_walk_step (&walk, 1);
    if (!sal_walk_first (&walk, &at))
      return;
    do {
      const float *from = a->x[k] + at.offset[1];
      float *to = y + at.offset[0];

      if (step == 1)
        for (gint64 i = 0; i < n; i++)
          to[i] += from[i];
      else
        for (gint64 i = 0; i < n; i++)
          to[i] += from[i * step];
    } while (sal_walk_next (&walk, 1, &at));
  }
  if (scale != 1.f)
    for (gint64 i = 0; i < a->n; i++)
      y[i] *= scale;
}

static void
distribute (const SalOpArgs *a, float scale)
{
  for (int k = 0; k < a->n_x; k++) {
    gint64 n, step;
    SalWalkAt at;
    SalWalk walk;

    walk_input (a, k, &walk);
    n = sal_walk_n (&walk);
    step = sal_walk_step (&walk, 1);
    if (a->gx[k] == NULL || !sal_walk_first (&walk, &at))
      continue;
    do {
      const float *from = a->gy[0] + at.offset[0];
      float *to = a->gx[k] + at.offset[1];

      if (step == 0) {
        double sum = 0;

        for (gint64 i = 0; i < n; i++)
          sum += from[i];
        to[0] += (float) sum * scale;
      } else {
        for (gint64 i = 0; i < n; i++)
          to[i * step] += from[i] * scale;
      }
    } while (sal_walk_next (&walk, 1, &at));
  }
}

static void
sum_forward (const SalOpArgs *a)
{
  accumulate (a, 1.f);
}

static void
sum_backward (const SalOpArgs *a)
{
  distribute (a, 1.f);
}

static void
mean_forward (const SalOpArgs *a)
{
  accumulate (a, 1.f / (float) a->n_x);
}

static void
mean_backward (const SalOpArgs *a)
{
  distribute (a, 1.f / (float) a->n_x);
}

/* y = min or max over x[i]; gy goes to the input that y came from, of several equal ones to the
 * first. Which one that was is saved by forward, 16 bits an element. A NaN wins, as in numpy. */

static gboolean
extreme_setup (SalOpSetup *setup, GError **error)
{
  if (!variadic_setup (setup, error))
    return FALSE;
  if (setup->x_type[0] == SAL_FLOAT)
    setup->saved_bytes = sal_shape_count (&setup->y_shape[0]) * sizeof (guint16);
  return TRUE;
}

#define EXTREME(name, type, ctype, better, from_note, winner_note)                                 \
  static void name (const SalOpArgs *args)                                                         \
  {                                                                                                \
    ctype *y = (gpointer) args->y[0];                                                              \
    SalWalk walk;                                                                                  \
                                                                                                   \
    walk_input (args, 0, &walk);                                                                   \
    sal_walk_copy (&walk, type, y, args->x[0]);                                                    \
    from_note;                                                                                     \
    for (int k = 1; k < args->n_x; k++) {                                                          \
      const ctype *x = (gconstpointer) args->x[k];                                                 \
      gint64 n, step;                                                                              \
      SalWalkAt at;                                                                                \
                                                                                                   \
      walk_input (args, k, &walk);                                                                 \
      n = sal_walk_n (&walk);                                                                      \
      step = sal_walk_step (&walk, 1);                                                             \
      if (!sal_walk_first (&walk, &at))                                                            \
        return;                                                                                    \
      do {                                                                                         \
        for (gint64 i = 0; i < n; i++) {                                                           \
          gint64 j = at.offset[0] + i;                                                             \
          ctype v = x[at.offset[1] + i * step];                                                    \
                                                                                                   \
          if (better) {                                                                            \
            y[j] = v;                                                                              \
            winner_note;                                                                           \
          }                                                                                        \
        }                                                                                          \
      } while (sal_walk_next (&walk, 1, &at));                                                     \
    }                                                                                              \
  }

#define CLEAR_WINNERS                                                                              \
  for (gint64 i = 0; i < args->n; i++)                                                             \
  ((guint16 *) args->saved)[i] = 0
#define NOTE_WINNER ((guint16 *) args->saved)[j] = (guint16) k

EXTREME (min_floats, SAL_FLOAT, float, v < y[j] || (isnan (v) && !isnan (y[j])), CLEAR_WINNERS,
         NOTE_WINNER)
EXTREME (max_floats, SAL_FLOAT, float, v > y[j] || (isnan (v) && !isnan (y[j])), CLEAR_WINNERS,
         NOTE_WINNER)
EXTREME (min_ints, SAL_INT, gint64, v < y[j], , )
EXTREME (max_ints, SAL_INT, gint64, v > y[j], , )

static void
min_forward (const SalOpArgs *a)
{
  (a->x_type[0] == SAL_FLOAT ? min_floats : min_ints) (a);
}

static void
max_forward (const SalOpArgs *a)
{
  (a->x_type[0] == SAL_FLOAT ? max_floats : max_ints) (a);
}

static void
extreme_backward (const SalOpArgs *a)
{
  const guint16 *winner = a->saved;

  for (int k = 0; k < a->n_x; k++) {
    gint64 n, step;
    SalWalkAt at;
    SalWalk walk;

    walk_input (a, k, &walk);
    n = sal_walk_n (&walk);
    step = sal_walk_step (&walk, 1);
    if (a->gx[k] == NULL || !sal_walk_first (&walk, &at))
      continue;
    do {
      for (gint64 i = 0; i < n; i++)
        if (winner[at.offset[0] + i] == k)
          a->gx[k][at.offset[1] + i * step] += a->gy[0][at.offset[0] + i];
    } while (sal_walk_next (&walk, 1, &at));
  }
}

#define KEEP_BOTH (SAL_KEEP_X (0) | SAL_KEEP_X (1))

const SalOp sal_ops_arithmetic[] = {
  { "Add", 7, SAL_KEEP_NOTHING, same_types_setup, add_forward, add_backward },
  { "Sub", 7, SAL_KEEP_NOTHING, same_types_setup, sub_forward, sub_backward },
  { "Mul", 7, KEEP_BOTH, mul_setup, mul_forward, mul_backward },
  { "Div", 7, KEEP_BOTH, div_setup, div_forward, div_backward },
  { "Mod", 10, KEEP_BOTH, mod_setup, mod_forward, mod_backward },
  { "Pow", 7, KEEP_BOTH, pow_setup, pow_forward, pow_backward },
  { "Sum", 6, SAL_KEEP_NOTHING, float_variadic_setup, sum_forward, sum_backward },
  { "Mean", 6, SAL_KEEP_NOTHING, float_variadic_setup, mean_forward, mean_backward },
  { "Min", 6, SAL_KEEP_NOTHING, extreme_setup, min_forward, extreme_backward },
  { "Max", 6, SAL_KEEP_NOTHING, extreme_setup, max_forward, extreme_backward },
  { NULL },
};
