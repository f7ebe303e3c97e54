/* Vectors of the level a file is compiled for, and what GNU C has no operator for.
 *
 * The build compiles each *-simd.c once per level, with SAL_LANES floats to a vector (16, 8 or 4)
 * and SAL_LEVEL as the end of every name in it that others see. Included by those files alone. */
#pragma once

#include <glib.h>
#include <string.h>

#if SAL_LANES > 4 || defined(__SSE2__)
#include <immintrin.h>
#define SAL_X86_VECTORS
#endif

#define SAL_JOIN_(a, b) a##_##b
#define SAL_JOIN(a, b) SAL_JOIN_ (a, b)
/** SAL_SIMD: the name of this level's version of a function or table */
#define SAL_SIMD(name) SAL_JOIN (name, SAL_LEVEL)

/** SAL_EACH: a loop over the vectors of an array, unrolled: only so do they stay in registers. @n
 * is few, and constant once functions are inlined */
#ifdef __clang__
#define SAL_UNROLL _Pragma ("clang loop unroll(full)")
#else
#define SAL_UNROLL _Pragma ("GCC unroll 64")
#endif
#define SAL_EACH(i, n) SAL_UNROLL for (int i = 0; i < (n); i++)

#define SAL_INLINE static inline __attribute__ ((always_inline))

typedef float Vec __attribute__ ((vector_size (4 * SAL_LANES)));
typedef gint32 VecInt __attribute__ ((vector_size (4 * SAL_LANES)));
typedef float VecAnywhere __attribute__ ((vector_size (4 * SAL_LANES), aligned (4), may_alias));

SAL_INLINE Vec
vec_load (const float *p)
{
  return *(const VecAnywhere *) p;
}

SAL_INLINE void
vec_store (float *p, Vec x)
{
  *(VecAnywhere *) p = x;
}

/* @x in every lane. Not {0} + x: that is an addition, as 0 + -0 is not -0. */
SAL_INLINE Vec
vec_all (float x)
{
#if SAL_LANES == 16
  return (Vec) _mm512_set1_ps (x);
#elif SAL_LANES == 8
  return (Vec) _mm256_set1_ps (x);
#else
  return (Vec){ x, x, x, x };
#endif
}

/* The first @n lanes, 1 .. SAL_LANES; the others are 0. Touches no memory behind them. */
SAL_INLINE Vec
vec_load_some (const float *p, int n)
{
#if SAL_LANES == 16
  return (Vec) _mm512_maskz_loadu_ps ((__mmask16) ((1u << n) - 1), p);
#else
  Vec x = { 0 };

  memcpy (&x, p, n * sizeof *p);
  return x;
#endif
}

SAL_INLINE void
vec_store_some (float *p, Vec x, int n)
{
#if SAL_LANES == 16
  _mm512_mask_storeu_ps (p, (__mmask16) ((1u << n) - 1), (__m512) x);
#else
  memcpy (p, &x, n * sizeof *p);
#endif
}

/* NaN in x stays NaN. */
SAL_INLINE Vec
vec_clamp (Vec x, Vec low, Vec high)
{
  /* The instructions give their second operand where either is NaN. */
#if SAL_LANES == 16
  return (Vec) _mm512_min_ps ((__m512) high, _mm512_max_ps ((__m512) low, (__m512) x));
#elif SAL_LANES == 8
  return (Vec) _mm256_min_ps ((__m256) high, _mm256_max_ps ((__m256) low, (__m256) x));
#elif defined(SAL_X86_VECTORS)
  return (Vec) _mm_min_ps ((__m128) high, _mm_max_ps ((__m128) low, (__m128) x));
#else
  VecInt below = x<low, above = x> high;

  x = (Vec) (((VecInt) low & below) | ((VecInt) x & ~below));
  return (Vec) (((VecInt) high & above) | ((VecInt) x & ~above));
#endif
}

/* where ? x : y, lane by lane */
SAL_INLINE Vec
vec_choose (VecInt where, Vec x, Vec y)
{
  return (Vec) (((VecInt) x & where) | ((VecInt) y & ~where));
}

/* Bit i: whether low < x < high in lane i. */
SAL_INLINE guint
vec_between (Vec x, Vec low, Vec high)
{
#if SAL_LANES == 16
  return _mm512_mask_cmp_ps_mask (_mm512_cmp_ps_mask ((__m512) low, (__m512) x, _CMP_LT_OQ),
                                  (__m512) x, (__m512) high, _CMP_LT_OQ);
#else
  VecInt in = (x > low) & (x < high);

#if SAL_LANES == 8
  return _mm256_movemask_ps ((__m256) in);
#elif defined(SAL_X86_VECTORS)
  return _mm_movemask_ps ((__m128) in);
#else
  return (in[0] & 1) | (in[1] & 2) | (in[2] & 4) | (in[3] & 8);
#endif
#endif
}

/* x where bit i is 1, 0 elsewhere */
SAL_INLINE Vec
vec_keep (Vec x, guint bits)
{
#if SAL_LANES == 16
  return (Vec) _mm512_maskz_mov_ps ((__mmask16) bits, (__m512) x);
#else
#if SAL_LANES == 8
  const VecInt lane = { 1, 2, 4, 8, 16, 32, 64, 128 };
#else
  const VecInt lane = { 1, 2, 4, 8 };
#endif
  VecInt all = (VecInt){ 0 } + (gint32) bits;

  return (Vec) ((VecInt) x & ((all & lane) != 0));
#endif
}

/* A vector's bits among those of a row: channel c is bit c % 8 of byte c / 8, and a vector starts
 * at a multiple of its lanes. Half a byte is set by whoever has the lower half and added to by
 * whoever has the upper one, so one thread must do both, in this order. */
SAL_INLINE guint
gate_load (const guint8 *row, guint channel, int n)
{
#if SAL_LANES == 16
  guint16 bits;

  if (n <= 8)
    return row[channel / 8];
  memcpy (&bits, row + channel / 8, sizeof bits);
  return bits;
#elif SAL_LANES == 8
  return row[channel / 8];
#else
  return row[channel / 8] >> channel % 8 & 15;
#endif
}

/* Lanes beyond the first @n leave 0 bits, and no trace in bytes of their own. */
SAL_INLINE void
gate_store (guint8 *row, guint channel, guint bits, int n)
{
#if SAL_LANES == 16
  guint16 both = (guint16) (bits & ((1u << n) - 1));

  memcpy (row + channel / 8, &both, n > 8 ? 2 : 1);
#elif SAL_LANES == 8
  row[channel / 8] = (guint8) (bits & ((1u << n) - 1));
#else
  bits &= (1u << n) - 1;
  if (channel % 8 == 0)
    row[channel / 8] = (guint8) bits;
  else
    row[channel / 8] |= (guint8) (bits << 4);
#endif
}
