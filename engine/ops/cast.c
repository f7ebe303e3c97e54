/* Casts. A SAL_FLOAT keeps every float type of ONNX and a SAL_INT every integer type, so a cast to
 * a narrower type is a rounding or wrapping of the value that stays in the wide one. */
#include "engine/base/error.h"
#include "engine/ops/dtype.h"
#include "engine/ops/expect.h"
#include "engine/ops/families.h"
#include "engine/ops/move.h"

#include <math.h>
#include <string.h>

/* To the nearest number with @bits less in the mantissa, halves to even. */
static float
drop_bits (float x, int bits)
{
  guint32 u;

  memcpy (&u, &x, sizeof u);
  u += (1u << (bits - 1)) - 1 + (u >> bits & 1);
  u &= ~((1u << bits) - 1);
  memcpy (&x, &u, sizeof u);
  return x;
}

static float
to_float16 (float x)
{
  if (isnan (x) || isinf (x))
    return x;
  if (fabsf (x) >= 65520.f)
    return copysignf (INFINITY, x);
  /* Below the normal numbers the distance between neighbours stays 2^-24. */
  if (fabsf (x) < 0x1p-14f)
    return copysignf (nearbyintf (x * 0x1p24f) * 0x1p-24f, x);
  return drop_bits (x, 13);
}

static float
to_bfloat16 (float x)
{
  return isnan (x) || isinf (x) ? x : drop_bits (x, 16);
}

/* Integers that do not fit wrap around, as a C cast does on every common machine. */
static gint64
narrow (gint64 x, gint64 to)
{
  switch (to) {
  case SAL_DTYPE_BOOL:
    return x != 0;
  case SAL_DTYPE_UINT8:
    return (guint8) x;
  case SAL_DTYPE_INT8:
    return (gint8) (guint8) x;
  case SAL_DTYPE_UINT16:
    return (guint16) x;
  case SAL_DTYPE_INT16:
    return (gint16) (guint16) x;
  case SAL_DTYPE_UINT32:
    return (guint32) x;
  case SAL_DTYPE_INT32:
    return (gint32) (guint32) x;
  case SAL_DTYPE_UINT4:
    return x & 15;
  case SAL_DTYPE_INT4:
    return (x & 15) - ((x & 8) != 0 ? 16 : 0);
  default:
    return x;
  }
}

/* Towards zero; what does not fit at all, and NaN, becomes the smallest integer. */
static gint64
truncate (float x)
{
  return x >= -0x1p63f && x < 0x1p63f ? (gint64) x : G_MININT64;
}

static gboolean
set_cast (SalOpSetup *setup, gint64 to, SalType type)
{
  setup->y_shape[0] = setup->x_shape[0];
  setup->y_type[0] = type;
  setup->view = type == setup->x_type[0] &&
                (to == SAL_DTYPE_FLOAT || to == SAL_DTYPE_DOUBLE || to == SAL_DTYPE_INT64);
  return TRUE;
}

static gboolean
cast_setup (SalOpSetup *setup, GError **error)
{
  gint64 to = sal_node_int (setup->node, "to", 0);
  SalType type;

  if (!sal_op_expect (setup, "a", 1, error))
    return FALSE;
  if (!sal_dtype_kind (to, &type))
    return sal_op_setup_fail (setup, error, SAL_ERROR_UNSUPPORTED,
                              "to type %" PRId64 ", which is no common number type of ONNX", to);
  return set_cast (setup, to, type);
}

/* Which of its types the second input had in the file is not known any more. */
static gboolean
cast_like_setup (SalOpSetup *setup, GError **error)
{
  if (!sal_op_expect (setup, "aa", 1, error))
    return FALSE;
  return set_cast (setup, setup->x_type[1] == SAL_FLOAT ? SAL_DTYPE_FLOAT : SAL_DTYPE_INT64,
                   setup->x_type[1]);
}

static void
cast_to (const SalOpArgs *a, gint64 to, SalType type)
{
  gboolean from_float = a->x_type[0] == SAL_FLOAT;

  for (gint64 i = 0; i < a->n; i++) {
    if (type == SAL_FLOAT) {
      float x = from_float ? a->x[0][i] : (float) sal_x_ints (a, 0)[i];

      a->y[0][i] = to == SAL_DTYPE_FLOAT16    ? to_float16 (x)
                   : to == SAL_DTYPE_BFLOAT16 ? to_bfloat16 (x)
                                              : x;
    } else if (from_float) {
      float x = a->x[0][i];

      sal_y_ints (a, 0)[i] = to == SAL_DTYPE_BOOL ? x != 0.f : narrow (truncate (x), to);
    } else {
      sal_y_ints (a, 0)[i] = narrow (sal_x_ints (a, 0)[i], to);
    }
  }
}

static void
cast_forward (const SalOpArgs *a)
{
  gint64 to = sal_node_int (a->node, "to", 0);
  SalType type = SAL_FLOAT;

  sal_dtype_kind (to, &type);
  cast_to (a, to, type);
}

static void
cast_like_forward (const SalOpArgs *a)
{
  cast_to (a, a->x_type[1] == SAL_FLOAT ? SAL_DTYPE_FLOAT : SAL_DTYPE_INT64, a->x_type[1]);
}

const SalOp sal_ops_cast[] = {
  /* Rounding to a narrower float type counts as the identity, as it is meant to be. */
  { "Cast", 6, SAL_KEEP_NOTHING, cast_setup, cast_forward, sal_copy_backward },
  { "CastLike", 15, SAL_KEEP_NOTHING, cast_like_setup, cast_like_forward, sal_copy_backward },
  { NULL },
};
