/* Maxima and weighted sums of pixels, a vector of channels at a time.
 *
 * Limit: the level-1 cache, as each pixel is read once for every window over it. */
#include "engine/kernels/finish-simd.h"
#include "engine/kernels/level.h"

typedef guint8 Bytes __attribute__ ((vector_size (SAL_LANES)));

SAL_INLINE VecInt
bytes_load (const guint8 *p, int n)
{
  Bytes b = { 0 };

  /* Compilers make much of the conversion. */
#if SAL_LANES == 16
  if (n == SAL_LANES)
    return (VecInt) _mm512_cvtepu8_epi32 (_mm_loadu_si128 ((const __m128i *) p));
#elif SAL_LANES == 8
  if (n == SAL_LANES)
    return (VecInt) _mm256_cvtepu8_epi32 (_mm_loadl_epi64 ((const __m128i *) p));
#endif
  if (n == SAL_LANES)
    memcpy (&b, p, sizeof b);
  else
    for (int i = 0; i < n; i++)
      b[i] = p[i];
  return __builtin_convertvector(b, VecInt);
}

SAL_INLINE void
bytes_store (guint8 *p, VecInt x, int n)
{
  Bytes b = __builtin_convertvector(x, Bytes);

  if (n == SAL_LANES)
    memcpy (p, &b, sizeof b);
  else
    for (int i = 0; i < n; i++)
      p[i] = b[i];
}

SAL_INLINE Vec
load (const float *p, int n)
{
  return n == SAL_LANES ? vec_load (p) : vec_load_some (p, n);
}

SAL_INLINE void
max_of (const SalPoolPixel *p, int c, const int n)
{
  Vec best = load (p->at[0] + c, n);
  VecInt tap = (VecInt){ 0 } + p->tap[0];

  for (int i = 1; i < p->n; i++) {
    Vec x = load (p->at[i] + c, n);
    VecInt wins = x > best;

    best = vec_choose (wins, x, best);
    tap = (((VecInt){ 0 } + p->tap[i]) & wins) | (tap & ~wins);
  }
  if (n == SAL_LANES)
    vec_store (p->finish->y + p->pixel * p->finish->y_step + c, best);
  else
    vec_store_some (p->finish->y + p->pixel * p->finish->y_step + c, best, n);
  if (p->arg_out != NULL)
    bytes_store (p->arg_out + c, tap, n);
}

void
SAL_SIMD (sal_pool_max) (const SalPoolPixel *p)
{
  int c = 0;

  for (; c + SAL_LANES <= p->channels; c += SAL_LANES)
    max_of (p, c, SAL_LANES);
  if (c < p->channels)
    max_of (p, c, p->channels - c);
}

SAL_INLINE void
sum_of (const SalPoolPixel *p, const SalFinish *finish, int c, const int n)
{
  Vec sum = { 0 };

  if (p->arg != NULL) {
    for (int i = 0; i < p->n; i++) {
      VecInt from = bytes_load (p->arg[i] + c, n) == p->tap[i];

      sum += (Vec) ((VecInt) load (p->at[i] + c, n) & from);
    }
  } else {
    for (int i = 0; i < p->n; i++)
      sum += load (p->at[i] + c, n) * vec_all (p->share[i]);
  }
  if (n == SAL_LANES) {
    finish_pixels (finish, &p->pixel, c, &sum, 1, 1, TRUE, TRUE);
  } else {
    finish_some (finish, p->pixel, c, sum, n, TRUE, TRUE);
  }
}

void
SAL_SIMD (sal_pool_sum) (const SalPoolPixel *p)
{
  SalFinish finish = *p->finish;
  int c = 0;

  for (; c + SAL_LANES <= p->channels; c += SAL_LANES)
    sum_of (p, &finish, c, SAL_LANES);
  if (c < p->channels)
    sum_of (p, &finish, c, p->channels - c);
}
