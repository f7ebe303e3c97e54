/* Maxima and weighted sums of pixels, a vector of channels at a time.
 *
 * The windows of most networks have loops of their own, in which a row of them is one call and taps
 * are constants; any other is a list of pixels, each read once for every window over it.
 *
 * Limit: memory. Sapphire Rapids, one thread, 112 × 112 × 64, 3 × 3 taps in strides of 2: forward
 * 0.15 ms, where reading the input takes 0.11; backward with gates 0.19, where setting the result
 * to zero takes 0.11. */
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
#if SAL_LANES == 8
  __m128i words = _mm_packs_epi32 (_mm256_castsi256_si128 ((__m256i) x),
                                   _mm256_extracti128_si256 ((__m256i) x, 1));
  Bytes b = (Bytes) _mm_cvtsi128_si64 (_mm_packus_epi16 (words, words));
#elif SAL_LANES == 4 && defined(SAL_X86_VECTORS)
  __m128i words = _mm_packs_epi32 ((__m128i) x, (__m128i) x);
  Bytes b = (Bytes) _mm_cvtsi128_si32 (_mm_packus_epi16 (words, words));
#else
  Bytes b = __builtin_convertvector(x, Bytes);
#endif

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

SAL_INLINE void
store (float *p, Vec x, int n)
{
  if (n == SAL_LANES)
    vec_store (p, x);
  else
    vec_store_some (p, x, n);
}

SAL_INLINE void
window_of (const SalPoolWindows *w, int i, int c, const int taps, const int n)
{
  const float *x = w->x + i * w->move + c;
  Vec best = load (x, n);
  VecInt tap = { 0 };

  SAL_EACH (t, taps * taps) {
    Vec other = load (x + t / taps * w->x_row + t % taps * w->x_step, n);
    VecInt wins = other > best;

    best = vec_choose (wins, other, best);
    tap = (((VecInt){ 0 } + t) & wins) | (tap & ~wins);
  }
  store (w->y + i * w->y_step + c, best, n);
  if (w->arg != NULL)
    bytes_store (w->arg + (gint64) i * w->channels + c, tap, n);
}

SAL_INLINE void
windows (const SalPoolWindows *all, const int taps)
{
  SalPoolWindows w = *all;
  int whole = w.channels / SAL_LANES * SAL_LANES;

  for (int i = 0; i < w.n; i++) {
    for (int c = 0; c < whole; c += SAL_LANES)
      window_of (&w, i, c, taps, SAL_LANES);
    if (whole < w.channels)
      window_of (&w, i, whole, taps, w.channels - whole);
  }
}

static void
windows_2 (const SalPoolWindows *w)
{
  windows (w, 2);
}

static void
windows_3 (const SalPoolWindows *w)
{
  windows (w, 3);
}

const SalPoolWindowsFunc SAL_SIMD (sal_pool_windows)[SAL_POOL_TAPS + 1] = {
  [2] = windows_2,
  [3] = windows_3,
};

/* A vector's taps, as they are compared best. */
#if SAL_LANES == 16
typedef __m128i Taps;
#else
typedef VecInt Taps;
#endif

SAL_INLINE Taps
taps_load (const guint8 *p, int n)
{
#if SAL_LANES == 16
  return _mm_maskz_loadu_epi8 ((__mmask16) ((1u << n) - 1), p);
#else
  return bytes_load (p, n);
#endif
}

/* sum + x where the tap is @tap */
SAL_INLINE Vec
add_where (Vec sum, Taps taps, int tap, Vec x)
{
#if SAL_LANES == 16
  return (Vec) _mm512_mask_add_ps ((__m512) sum, _mm_cmpeq_epi8_mask (taps, _mm_set1_epi8 (tap)),
                                   (__m512) sum, (__m512) x);
#else
  return sum + (Vec) ((VecInt) x & (taps == tap));
#endif
}

/* One block: its own window, number 0, and those before it down and across, which reach it too
 * where they are wider than a stride. */
SAL_INLINE void
block_of (const SalPoolBlocks *b, const SalFinish *f, int i, int c, const int taps, const int move,
          const int n)
{
  const int reach = (taps + move - 1) / move;
  const float *gy = b->gy + i * b->gy_step + c;
  const guint8 *arg = b->arg + (gint64) i * b->channels + c;
  Vec g[4 * 4];
  Taps from[4 * 4];

  SAL_EACH (w, reach * reach) {
    g[w] = load (gy - w / reach * b->gy_row - w % reach * b->gy_step, n);
    from[w] = taps_load (arg - w / reach * b->arg_row - w % reach * b->channels, n);
  }
  SAL_EACH (p, move * move) {
    gint64 pixel = b->pixel + p / move * b->width + i * move + p % move;
    Vec sum = { 0 };

    SAL_EACH (w, reach * reach) {
      const int r = p / move + w / reach * move, s = p % move + w % reach * move;

      if (r < taps && s < taps)
        sum = add_where (sum, from[w], r * taps + s, g[w]);
    }
    if (n == SAL_LANES)
      finish_pixels (f, &pixel, c, &sum, 1, 1, TRUE, TRUE);
    else
      finish_some (f, pixel, c, sum, n, TRUE, TRUE);
  }
}

SAL_INLINE void
blocks (const SalPoolBlocks *all, const int taps, const int move)
{
  SalPoolBlocks b = *all;
  SalFinish finish = *b.finish;
  int whole = b.channels / SAL_LANES * SAL_LANES;

  for (int i = 0; i < b.n; i++) {
    for (int c = 0; c < whole; c += SAL_LANES)
      block_of (&b, &finish, i, c, taps, move, SAL_LANES);
    if (whole < b.channels)
      block_of (&b, &finish, i, whole, taps, move, b.channels - whole);
  }
}

static void
blocks_2_2 (const SalPoolBlocks *b)
{
  blocks (b, 2, 2);
}

static void
blocks_3_1 (const SalPoolBlocks *b)
{
  blocks (b, 3, 1);
}

static void
blocks_3_2 (const SalPoolBlocks *b)
{
  blocks (b, 3, 2);
}

const SalPoolBlocksFunc SAL_SIMD (sal_pool_blocks)[SAL_POOL_TAPS + 1][SAL_POOL_MOVE + 1] = {
  [2][2] = blocks_2_2,
  [3][1] = blocks_3_1,
  [3][2] = blocks_3_2,
};
