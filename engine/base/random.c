#include "engine/base/random.h"

#include <math.h>

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

void
sal_random_normals (guint64 seed, guint64 stream, float *out, gint64 n)
{
  for (gint64 i = 0; i < n; i += 4) {
    Block block = philox (seed, stream, i / 4);
    double four[4];

    for (int pair = 0; pair < 2; pair++) {
      double radius = sqrt (-2.0 * log (open_unit (block.word[2 * pair])));
      double angle = 2.0 * G_PI * open_unit (block.word[2 * pair + 1]);

      four[2 * pair] = radius * cos (angle);
      four[2 * pair + 1] = radius * sin (angle);
    }
    for (int j = 0; j < 4 && i + j < n; j++)
      out[i + j] = (float) four[j];
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
