/* The overlapping sums at the end of a gradient with respect to an image. */
#include "engine/kernels/level.h"

/* Neighbours overlap, and a processor waits where it loads what it has just stored in other pieces:
 * one in so many comes first, then those beside them. */
#define APART 8

void
SAL_SIMD (sal_image_add) (const float *from, gint64 from_step, int n, int length, float *to,
                          gint64 to_step)
{
  int whole = length / SAL_LANES * SAL_LANES;
  VecInt keep;

  for (int i = 0; i < SAL_LANES; i++)
    keep[i] = whole + i < length ? -1 : 0;
  for (int first = 0; first < APART; first++) {
    for (gint64 i = first; i < n; i += APART) {
      const float *x = from + i * from_step;
      float *y = to + i * to_step;

      for (int j = 0; j < whole; j += SAL_LANES)
        vec_store (y + j, vec_load (y + j) + vec_load (x + j));
      if (whole < length)
        vec_store (y + whole, vec_load (y + whole) + (Vec) ((VecInt) vec_load (x + whole) & keep));
    }
  }
}
