#include "engine/base/random.h"

#include "engine/base/clones.h"

#include <math.h>
#include <string.h>

typedef struct {
  guint32 word[4];
} Block;

/* One block of Philox 4×32-10: the counter is block number and stream, the key is the seed. */
static Block
philox (guint64 seed, guint64 stream, guint64 number)
{
  Block x = { { (guint32) number, (guint32) (number >> 32), (guint32) stream,
                (guint32) (stream >> 32) } };
  guint32 k0 = (guint32) seed, k1 = (guint32) (seed >> 32);

  for (int round = 0; round < 10; round++) {
    guint64 p0 = (guint64) 0xD2511F53u * x.word[0];
    guint64 p1 = (guint64) 0xCD9E8D57u * x.word[2];

    x = (Block){ { (guint32) (p1 >> 32) ^ x.word[1] ^ k0, (guint32) p1,
                   (guint32) (p0 >> 32) ^ x.word[3] ^ k1, (guint32) p0 } };
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  return x;
}

/* In (0, 1): never 0, so that its logarithm exists. */
static double
open_unit (guint32 word)
{
  return (word + 0.5) * 0x1p-32;
}

/* Pairs of numbers in (0, 1) that are made normal at once. */
#define PAIRS 128

static inline guint64
bits_of (double x)
{
  guint64 bits;

  memcpy (&bits, &x, sizeof bits);
  return bits;
}

static inline double
double_of (guint64 bits)
{
  double x;

  memcpy (&x, &bits, sizeof x);
  return x;
}

/* @c: coefficients of 1, x, x² ..., added up from the last */
#define POLYNOMIAL(sum, c, x)                                                                      \
  sum = c[G_N_ELEMENTS (c) - 1];                                                                   \
  for (int k = (int) G_N_ELEMENTS (c) - 2; k >= 0; k--)                                            \
  sum = sum * (x) + c[k]

/* Box and Muller's: z = √(-2 ln u) · (cos 2πv, sin 2πv). Series in place of the library's
 * functions, to their precision: noise would take a third of the time of a small network's
 * gradient. The logarithm's is that of 2 artanh ((m - 1) / (m + 1)), m being within √2 of 1; the
 * angle is within an eighth turn of a quarter turn. */
SAL_CLONES static void
make_normal (const double *u, const double *v, float *z)
{
  static const double ln[] = { 1,       1. / 3,  1. / 5,  1. / 7,  1. / 9, 1. / 11,
                               1. / 13, 1. / 15, 1. / 17, 1. / 19, 1. / 21 };
  static const double sine[] = { 1,
                                 -1. / 6,
                                 1. / 120,
                                 -1. / 5040,
                                 1. / 362880,
                                 -1. / 39916800,
                                 1. / 6227020800,
                                 -1. / 1307674368000,
                                 1. / 355687428096000 };
  static const double cosine[] = { 1,
                                   -1. / 2,
                                   1. / 24,
                                   -1. / 720,
                                   1. / 40320,
                                   -1. / 3628800,
                                   1. / 479001600,
                                   -1. / 87178291200,
                                   1. / 20922789888000 };
  /* Adding this leaves the nearest integer, in the last bits. */
  const double nearest = 0x1.8p52, units = 0x1p52;
  const guint64 fraction = (G_GUINT64_CONSTANT (1) << 52) - 1, half = 1022;
  const guint64 root_half = G_GUINT64_CONSTANT (0x6a09e667f3bcd); /* the fraction of √½ */

  /* Without a branch, so that the compiler takes several at once. */
  for (int i = 0; i < PAIRS; i++) {
    guint64 bits = bits_of (u[i]), below = (bits & fraction) < root_half;
    double m = double_of ((bits & fraction) | (half + below) << 52);
    double e = double_of (((bits >> 52) - below) | bits_of (units)) - (units + half);
    double s = (m - 1) / (m + 1), turn = 4 * v[i] + nearest, sum, a, b, radius;
    double r = (4 * v[i] - (turn - nearest)) * (G_PI / 2);
    guint64 quarter = bits_of (turn), c, d, swap;

    POLYNOMIAL (sum, ln, s * s);
    radius = sqrt (-2 * (e * G_LN2 + 2 * s * sum));
    POLYNOMIAL (a, cosine, r * r);
    POLYNOMIAL (b, sine, r * r);
    c = bits_of (a);
    d = bits_of (b * r);
    swap = (c ^ d) & -(quarter & 1);
    z[2 * i] = (float) (radius * double_of (c ^ swap ^ ((quarter + 1) & 2) << 62));
    z[2 * i + 1] = (float) (radius * double_of (d ^ swap ^ (quarter & 2) << 62));
  }
}

void
sal_random_normals (guint64 seed, guint64 stream, float *out, gint64 n)
{
  double u[PAIRS], v[PAIRS];
  float z[2 * PAIRS];

  for (gint64 i = 0; i < n; i += 2 * PAIRS) {
    for (int pair = 0; pair < PAIRS; pair += 2) {
      Block block = philox (seed, stream, (i + 2 * pair) / 4);

      for (int j = 0; j < 2; j++) {
        u[pair + j] = open_unit (block.word[2 * j]);
        v[pair + j] = open_unit (block.word[2 * j + 1]);
      }
    }
    make_normal (u, v, z);
    memcpy (out + i, z, MIN (2 * PAIRS, n - i) * sizeof *z);
  }
}

void
sal_random_uniforms (guint64 seed, guint64 stream, float *out, gint64 n)
{
  for (gint64 i = 0; i < n; i += 4) {
    Block block = philox (seed, stream, i / 4);

    /* 24 bits, so that rounding to float never gives 1. */
    for (int j = 0; j < 4 && i + j < n; j++)
      out[i + j] = (float) (block.word[j] >> 8) * 0x1p-24f;
  }
}
