/* exp(), tanh(), erf() and their like as plain arithmetic, without branches or tables, so that a
 * loop over them vectorises where one over libm's does not; within a few units in the last place
 * of float32 (bounds in tests/engine/test-vmath.c), right at infinities, NaN stays NaN.
 *
 * The polynomials are minimax fits of the relative error, made with Lawson's algorithm on
 * Chebyshev nodes in float64; what each approximates, and on which interval, stands beside it. */
#pragma once

#include <glib.h>
#include <math.h>
#include <string.h>

static inline float
sal_v_float (guint32 bits)
{
  float x;

  memcpy (&x, &bits, sizeof x);
  return x;
}

static inline guint32
sal_v_bits (float x)
{
  guint32 bits;

  memcpy (&bits, &x, sizeof bits);
  return bits;
}

/* exp (x + low) for a low that is far smaller than x: 2^n · exp (r), |r| <= log (2) / 2 */
static inline float
sal_v_exp_sum (float x, float low)
{
  /* Beyond these it is infinite or 0 whatever x is. */
  float c = x > 89.f ? 89.f : x, m, n, r, p;
  gint32 k, half;

  c = c < -104.f ? -104.f : c;
  /* 1.5 · 2^23 has no bits after the point: adding it rounds, and leaves n in the lowest bits. */
  m = (c + low) * 1.44269504f + 12582912.f;
  n = m - 12582912.f;
  k = (gint32) (sal_v_bits (m) - sal_v_bits (12582912.f));
  /* log (2) in two parts, of which the first has so few bits that its product is exact */
  r = c - n * 0.693359375f + (n * 2.12194440e-4f + low);
  /* (exp (r) - 1 - r) / r² */
  p = 1.3814598788e-3f;
  p = p * r + 8.3687165752e-3f;
  p = p * r + 4.1668388993e-2f;
  p = p * r + 1.6666521132e-1f;
  p = p * r + 4.9999994040e-1f;
  p = p * r * r + r + 1.f;
  /* 2^k reaches from the subnormal numbers to beyond the largest; its halves are normal. */
  half = k >> 1;
  p *= sal_v_float ((guint32) (half + 127) << 23);
  return p * sal_v_float ((guint32) (k - half + 127) << 23);
}

/** sal_v_exp: exp (x) */
static inline float
sal_v_exp (float x)
{
  return sal_v_exp_sum (x, 0.f);
}

/** sal_v_sigmoid: 1 / (1 + exp (-x)), to full precision in both tails */
static inline float
sal_v_sigmoid (float x)
{
  float e = sal_v_exp (-fabsf (x)), high = 1.f / (1.f + e), low = e / (1.f + e);

  return x < 0.f ? low : high;
}

/** sal_v_tanh: near 0 a polynomial, for 1 - 2 / (exp (2x) + 1) would cancel there */
static inline float
sal_v_tanh (float x)
{
  float a = fabsf (x), z = a * a;
  float high = 1.f - 2.f / (sal_v_exp (2.f * a) + 1.f), low, p;

  /* (tanh (a) - a) / a³ in a², a <= 0.63 */
  p = -5.6669772603e-3f;
  p = p * z + 2.0606176928e-2f;
  p = p * z - 5.3730007261e-2f;
  p = p * z + 1.3331331313e-1f;
  p = p * z - 3.3333277702e-1f;
  low = p * z * a + a;
  return copysignf (a < 0.625f ? low : high, x);
}

/** sal_v_expm1: exp (x) - 1 = 2 tanh (x/2) / (1 - tanh (x/2)), which does not cancel for x <= 0.
 *  For x > 0 it is wrong where it overflows early, at x > 17 */
static inline float
sal_v_expm1 (float x)
{
  float t = sal_v_tanh (0.5f * x);

  return 2.f * t / (1.f - t);
}

/** sal_v_softplus: log (1 + exp (x)) */
static inline float
sal_v_softplus (float x)
{
  /* log (1 + e) = 2 artanh (s), s = e / (2 + e) <= 1/3 */
  float e = sal_v_exp (-fabsf (x)), s = e / (2.f + e), z = s * s, p;

  /* (artanh (s) / s - 1) / s² in s² */
  p = 1.4012229443e-1f;
  p = p * z + 1.3999570906e-1f;
  p = p * z + 2.0010849833e-1f;
  p = p * z + 3.3333206177e-1f;
  return (x < 0.f ? 0.f : x) + 2.f * (s + s * z * p);
}

/* erfc (a) for a >= 0, as exp (-a²) · t · P (t), t = 1 / (1 + 0.4 a) */
static inline float
sal_v_erfc_tail (float a)
{
  float b = a > 11.f ? 11.f : a, t = 1.f / (1.f + 0.4f * b), p, head, rest;

  p = -2.7723729610e-2f;
  p = p * t + 1.8790096045e-1f;
  p = p * t - 4.7515854239e-1f;
  p = p * t + 5.1608449221e-1f;
  p = p * t - 2.5847515464e-1f;
  p = p * t + 2.5828135014e-1f;
  p = p * t + 1.3440041244e-1f;
  p = p * t + 2.1391838789e-1f;
  p = p * t + 2.2507096827e-1f;
  p = p * t + 2.2570087016e-1f;
  /* Rounding b² would cost as many digits as b² has before the point; the square of its first 12
   * bits is exact. */
  head = sal_v_float (sal_v_bits (b) & 0xfffff000u);
  rest = (b - head) * (b + head);
  return sal_v_exp_sum (-head * head, -rest) * t * p;
}

/** sal_v_erfc: 1 - erf (x), to full precision in the right tail */
static inline float
sal_v_erfc (float x)
{
  float tail = sal_v_erfc_tail (fabsf (x));

  return x < 0.f ? 2.f - tail : tail;
}

/** sal_v_erf: near 0 a polynomial, to full precision there */
static inline float
sal_v_erf (float x)
{
  float a = fabsf (x), z = x * x, high = 1.f - sal_v_erfc_tail (a), low, p;

  /* erf (x) / x in x², |x| <= 1 */
  p = 7.8538832895e-5f;
  p = p * z - 8.0102006905e-4f;
  p = p * z + 5.1883286797e-3f;
  p = p * z - 2.6853812858e-2f;
  p = p * z + 1.1283585429e-1f;
  p = p * z - 3.7612625957e-1f;
  p = p * z + 1.1283791065f;
  low = p * a;
  return copysignf (a < 1.f ? low : high, x);
}
