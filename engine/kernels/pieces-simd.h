/* A float32 as three bfloat16; see pieces.h. */
#pragma once

#include "engine/kernels/pieces.h"
#include "engine/kernels/simd.h"

#ifdef __AMX_BF16__
#define SAL_PIECES_SIMD

typedef guint32 VecBits __attribute__ ((vector_size (4 * SAL_LANES)));

typedef struct {
  VecBits piece[SAL_PIECES];
} Pieces;

/* Pieces of a vector, the last one in the upper half of its lanes and the others with zeros below.
 * With @rounded the first is rounded rather than cut off, so that the others have no sign of their
 * own: where one side of a product is so, the products left out do not add up. */
SAL_INLINE void
take_apart (Vec x, const gboolean rounded, VecBits *piece)
{
  piece[0] = ((VecBits) x + (rounded ? 0x8000 : 0)) & 0xffff0000;
  x -= (Vec) piece[0];
  piece[1] = (VecBits) x & 0xffff0000;
  piece[2] = (VecBits) (x - (Vec) piece[1]);
}

/* Pairs of 16 values and the 16 that follow in a block. */
SAL_INLINE Pieces
pieces_of (Vec first, Vec second, const gboolean rounded)
{
  VecBits a[SAL_PIECES], b[SAL_PIECES];
  Pieces p;

  take_apart (first, rounded, a);
  take_apart (second, rounded, b);
  SAL_EACH (i, SAL_PIECES)
    p.piece[i] = (a[i] >> 16) | (b[i] & 0xffff0000);
  return p;
}
#endif
