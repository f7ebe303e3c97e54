#include "engine/ops/walk.h"

#include <string.h>

#define TILE 16

void
sal_walk_axis (SalWalk *walk, gint64 dim, const gint64 stride[SAL_WALK_OPERANDS])
{
  int last = walk->rank - 1;
  gboolean merges = walk->rank > 0;

  if (dim == 1)
    return;
  for (int k = 0; k < SAL_WALK_OPERANDS && merges; k++)
    merges = walk->stride[k][last] == stride[k] * dim;
  if (merges) {
    walk->dim[last] *= dim;
  } else {
    g_assert (walk->rank < SAL_WALK_RANK);
    last = walk->rank++;
    walk->dim[last] = dim;
  }
  for (int k = 0; k < SAL_WALK_OPERANDS; k++)
    walk->stride[k][last] = stride[k];
}

void
sal_walk_seal (SalWalk *walk)
{
  if (walk->rank > 0)
    return;
  walk->rank = 1;
  walk->dim[0] = 1;
  for (int k = 0; k < SAL_WALK_OPERANDS; k++)
    walk->stride[k][0] = 1;
}

void
sal_walk_strides (const SalShape *shape, gint64 stride[SAL_MAX_RANK])
{
  gint64 step = 1;

  for (int i = shape->rank - 1; i >= 0; i--) {
    stride[i] = step;
    step *= shape->dim[i];
  }
}

void
sal_walk_broadcast (SalWalk *walk, const SalShape *y, const SalShape *const *x, int n)
{
  gint64 y_stride[SAL_MAX_RANK], x_stride[SAL_WALK_OPERANDS][SAL_MAX_RANK];

  g_assert (n < SAL_WALK_OPERANDS);
  *walk = (SalWalk){ .rank = 0 };
  sal_walk_strides (y, y_stride);
  for (int k = 0; k < n; k++)
    sal_walk_strides (x[k], x_stride[k]);
  for (int i = 0; i < y->rank; i++) {
    gint64 stride[SAL_WALK_OPERANDS] = { y_stride[i] };

    for (int k = 0; k < n; k++) {
      int axis = i - (y->rank - x[k]->rank);

      if (axis >= 0 && x[k]->dim[axis] != 1)
        stride[k + 1] = x_stride[k][axis];
    }
    sal_walk_axis (walk, y->dim[i], stride);
  }
  sal_walk_seal (walk);
}

gboolean
sal_walk_first (const SalWalk *walk, SalWalkAt *at)
{
  for (int i = 0; i < walk->rank; i++) {
    if (walk->dim[i] == 0)
      return FALSE;
    at->index[i] = 0;
  }
  memset (at->offset, 0, sizeof at->offset);
  return TRUE;
}

gboolean
sal_walk_next (const SalWalk *walk, int inner, SalWalkAt *at)
{
  for (int i = walk->rank - 1 - inner; i >= 0; i--) {
    gint64 back = walk->dim[i] - 1;

    if (at->index[i] < back) {
      at->index[i]++;
      for (int k = 0; k < SAL_WALK_OPERANDS; k++)
        at->offset[k] += walk->stride[k][i];
      return TRUE;
    }
    at->index[i] = 0;
    for (int k = 0; k < SAL_WALK_OPERANDS; k++)
      at->offset[k] -= walk->stride[k][i] * back;
  }
  return FALSE;
}

void
sal_walk_tile (SalWalk *walk)
{
  int last = walk->rank - 1, unit = -1;

  if (walk->stride[1][last] == 1 || walk->stride[1][last] == 0)
    return;
  for (int i = 0; i < last; i++)
    if (walk->stride[1][i] == 1)
      unit = i;
  if (unit < 0)
    return;
  for (int i = unit; i < last - 1; i++) {
    gint64 dim = walk->dim[i];

    walk->dim[i] = walk->dim[i + 1];
    walk->dim[i + 1] = dim;
    for (int k = 0; k < SAL_WALK_OPERANDS; k++) {
      gint64 stride = walk->stride[k][i];

      walk->stride[k][i] = walk->stride[k][i + 1];
      walk->stride[k][i + 1] = stride;
    }
  }
}

static gboolean
is_tiled (const SalWalk *walk)
{
  int last = walk->rank - 1;

  return walk->rank >= 2 && walk->stride[0][last] == 1 && walk->stride[1][last - 1] == 1 &&
         walk->stride[1][last] != 1 && walk->stride[1][last] != 0;
}

/* y[i · sy + j] = x[i + j · sx] for i < m, j < n, a tile at a time: whichever of the two arrays is
 * read or written across its rows, the lines it touches are used up before they leave the cache. */
#define TILED(name, ctype, statement)                                                              \
  static void name (ctype *y, gint64 sy, ctype *x, gint64 sx, gint64 m, gint64 n)                  \
  {                                                                                                \
    for (gint64 i0 = 0; i0 < m; i0 += TILE)                                                        \
      for (gint64 j0 = 0; j0 < n; j0 += TILE)                                                      \
        for (gint64 i = i0; i < MIN (i0 + TILE, m); i++)                                           \
          for (gint64 j = j0; j < MIN (j0 + TILE, n); j++)                                         \
            statement;                                                                             \
  }

TILED (copy_tiled_floats, float, y[i * sy + j] = x[i + j * sx])
TILED (copy_tiled_ints, gint64, y[i * sy + j] = x[i + j * sx])
TILED (add_tiled, float, x[i + j * sx] += y[i * sy + j])

#define COPY(name, ctype, tiled)                                                                   \
  static void name (const SalWalk *walk, ctype *y, ctype *x)                                       \
  {                                                                                                \
    int last = walk->rank - 1, inner = is_tiled (walk) ? 2 : 1;                                    \
    gint64 n = sal_walk_n (walk), sy = sal_walk_step (walk, 0), sx = sal_walk_step (walk, 1);      \
    SalWalkAt at;                                                                                  \
                                                                                                   \
    if (!sal_walk_first (walk, &at))                                                               \
      return;                                                                                      \
    do {                                                                                           \
      ctype *to = y + at.offset[0];                                                                \
      ctype *from = x + at.offset[1];                                                              \
                                                                                                   \
      if (inner == 2)                                                                              \
        tiled (to, walk->stride[0][last - 1], from, sx, walk->dim[last - 1], n);                   \
      else if (sx == 1 && sy == 1)                                                                 \
        memcpy (to, from, n * sizeof *to);                                                         \
      else                                                                                         \
        for (gint64 i = 0; i < n; i++)                                                             \
          to[i * sy] = from[i * sx];                                                               \
    } while (sal_walk_next (walk, inner, &at));                                                    \
  }

COPY (copy_floats, float, copy_tiled_floats)
COPY (copy_ints, gint64, copy_tiled_ints)

void
sal_walk_copy (const SalWalk *walk, SalType type, gpointer y, gconstpointer x)
{
  if (type == SAL_FLOAT)
    copy_floats (walk, y, (gpointer) x);
  else
    copy_ints (walk, y, (gpointer) x);
}

void
sal_walk_add (const SalWalk *walk, float *gx, const float *gy)
{
  int last = walk->rank - 1, inner = is_tiled (walk) ? 2 : 1;
  gint64 n = sal_walk_n (walk), sy = sal_walk_step (walk, 0), sx = sal_walk_step (walk, 1);
  SalWalkAt at;

  if (!sal_walk_first (walk, &at))
    return;
  do {
    const float *from = gy + at.offset[0];
    float *to = gx + at.offset[1];

    if (inner == 2) {
      add_tiled ((float *) from, walk->stride[0][last - 1], to, sx, walk->dim[last - 1], n);
    } else if (sx == 1 && sy == 1) {
      for (gint64 i = 0; i < n; i++)
        to[i] += from[i];
    } else if (sx == 0) {
      double sum = 0;

      for (gint64 i = 0; i < n; i++)
        sum += from[i * sy];
      to[0] += (float) sum;
    } else {
      for (gint64 i = 0; i < n; i++)
        to[i * sx] += from[i * sy];
    }
  } while (sal_walk_next (walk, inner, &at));
}
