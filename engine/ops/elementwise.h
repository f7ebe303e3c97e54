/* The loops under elementwise operators, written once: a macro call states the formula of the
 * value next to the formula of its derivative and becomes the kernels. */
#pragma once

#include "engine/base/clones.h"
#include "engine/ops/op.h"
#include "engine/ops/walk.h"

/**
 * SAL_UNARY_OF_X: kernels NAME_forward and NAME_backward of a float function of one input
 * @parameters: declarations the formulas use, such as `float alpha = sal_node_float (...)`; the
 *   arguments are called args
 * @value: y as an expression in x
 * @slope: dy/dx as an expression in x; the row in the table says SAL_KEEP_X (0)
 */
#define SAL_UNARY_OF_X(name, parameters, value, slope)                                             \
  SAL_CLONES static void name##_forward (const SalOpArgs *args)                                    \
  {                                                                                                \
    const float *xs = args->x[0];                                                                  \
    float *ys = args->y[0];                                                                        \
    parameters;                                                                                    \
                                                                                                   \
    for (gint64 i = 0; i < args->n; i++) {                                                         \
      float x = xs[i];                                                                             \
                                                                                                   \
      ys[i] = (value);                                                                             \
    }                                                                                              \
  }                                                                                                \
                                                                                                   \
  SAL_CLONES static void name##_backward (const SalOpArgs *args)                                   \
  {                                                                                                \
    const float *xs = args->x[0], *gys = args->gy[0];                                              \
    float *gxs = args->gx[0];                                                                      \
    parameters;                                                                                    \
                                                                                                   \
    for (gint64 i = 0; i < args->n; i++) {                                                         \
      float x = xs[i];                                                                             \
                                                                                                   \
      gxs[i] += gys[i] * (slope);                                                                  \
    }                                                                                              \
  }

/**
 * SAL_UNARY_OF_Y: the same with the slope as an expression in y; the row says SAL_KEEP_OUTPUT
 */
#define SAL_UNARY_OF_Y(name, parameters, value, slope)                                             \
  SAL_CLONES static void name##_forward (const SalOpArgs *args)                                    \
  {                                                                                                \
    const float *xs = args->x[0];                                                                  \
    float *ys = args->y[0];                                                                        \
    parameters;                                                                                    \
                                                                                                   \
    for (gint64 i = 0; i < args->n; i++) {                                                         \
      float x = xs[i];                                                                             \
                                                                                                   \
      ys[i] = (value);                                                                             \
    }                                                                                              \
  }                                                                                                \
                                                                                                   \
  SAL_CLONES static void name##_backward (const SalOpArgs *args)                                   \
  {                                                                                                \
    const float *ys = args->y[0], *gys = args->gy[0];                                              \
    float *gxs = args->gx[0];                                                                      \
    parameters;                                                                                    \
                                                                                                   \
    for (gint64 i = 0; i < args->n; i++) {                                                         \
      float y = ys[i];                                                                             \
                                                                                                   \
      gxs[i] += gys[i] * (slope);                                                                  \
    }                                                                                              \
  }

/* Two operands under broadcasting. The state is a SalWalk of y, a and b, as sal_setup_broadcast()
 * makes it. Formulas call the elements A, B and GY. Operands that a formula does not mention are
 * not touched: in a backward pass they need not be there. */

#define A as[i * sa]
#define B bs[i * sb]
#define GY gys[i]

/* Most rows have neighbours in memory or one element for all; with the strides as constants the
 * compiler vectorises the loop. */
#define SAL_ROW(row, sa, sb, first, as, bs, n)                                                     \
  if (sa == 1 && sb == 1)                                                                          \
    row (first, as, 1, bs, 1, n);                                                                  \
  else if (sa == 1 && sb == 0)                                                                     \
    row (first, as, 1, bs, 0, n);                                                                  \
  else if (sa == 0 && sb == 1)                                                                     \
    row (first, as, 0, bs, 1, n);                                                                  \
  else                                                                                             \
    row (first, as, sa, bs, sb, n)

/**
 * SAL_BINARY: a function NAME (const SalOpArgs *) that computes y = @value
 * @ty, @ta, @tb: C types of y, a and b: float or gint64
 */
#define SAL_BINARY(name, ty, ta, tb, value)                                                        \
  static inline __attribute__ ((always_inline)) void name##_row (                                  \
      ty *ys, const ta *as, gint64 sa, const tb *bs, gint64 sb, gint64 n)                          \
  {                                                                                                \
    for (gint64 i = 0; i < n; i++)                                                                 \
      ys[i] = (value);                                                                             \
  }                                                                                                \
                                                                                                   \
  static void name (const SalOpArgs *args)                                                         \
  {                                                                                                \
    const SalWalk *walk = args->state;                                                             \
    gint64 n = sal_walk_n (walk), step_a = sal_walk_step (walk, 1);                                \
    gint64 step_b = sal_walk_step (walk, 2);                                                       \
    ty *y = (gpointer) args->y[0];                                                                 \
    const ta *a = (gconstpointer) args->x[0];                                                      \
    const tb *b = (gconstpointer) args->x[1];                                                      \
    SalWalkAt at;                                                                                  \
                                                                                                   \
    if (!sal_walk_first (walk, &at))                                                               \
      return;                                                                                      \
    do {                                                                                           \
      SAL_ROW (name##_row, step_a, step_b, y + at.offset[0], a + at.offset[1], b + at.offset[2],   \
               n);                                                                                 \
    } while (sal_walk_next (walk, 1, &at));                                                        \
  }

/**
 * SAL_BINARY_GRADIENT: a function NAME (const SalOpArgs *) that adds @value to the gradient of
 *   operand @k (0: a, 1: b), summed over the axes along which the operand is broadcast; nothing
 *   where nobody asked for that gradient
 */
#define SAL_BINARY_GRADIENT(name, k, ta, tb, value)                                                \
  typedef struct {                                                                                 \
    float *g;                                                                                      \
    const float *gy;                                                                               \
  } name##_Pair;                                                                                   \
                                                                                                   \
  static inline __attribute__ ((always_inline)) void name##_row (                                  \
      name##_Pair to, const ta *as, gint64 sa, const tb *bs, gint64 sb, gint64 n)                  \
  {                                                                                                \
    const float *gys = to.gy;                                                                      \
    gint64 sg = (k) == 0 ? sa : sb;                                                                \
                                                                                                   \
    if (sg == 0) {                                                                                 \
      double sum = 0;                                                                              \
                                                                                                   \
      for (gint64 i = 0; i < n; i++)                                                               \
        sum += (value);                                                                            \
      to.g[0] += (float) sum;                                                                      \
    } else {                                                                                       \
      for (gint64 i = 0; i < n; i++)                                                               \
        to.g[i * sg] += (value);                                                                   \
    }                                                                                              \
  }                                                                                                \
                                                                                                   \
  static void name (const SalOpArgs *args)                                                         \
  {                                                                                                \
    const SalWalk *walk = args->state;                                                             \
    gint64 n = sal_walk_n (walk), step_a = sal_walk_step (walk, 1);                                \
    gint64 step_b = sal_walk_step (walk, 2);                                                       \
    const ta *a = (gconstpointer) args->x[0];                                                      \
    const tb *b = (gconstpointer) args->x[1];                                                      \
    SalWalkAt at;                                                                                  \
                                                                                                   \
    if (args->gx[k] == NULL || !sal_walk_first (walk, &at))                                        \
      return;                                                                                      \
    do {                                                                                           \
      name##_Pair to = { args->gx[k] + at.offset[(k) + 1], args->gy[0] + at.offset[0] };           \
      const ta *a_row = a != NULL ? a + at.offset[1] : NULL;                                       \
      const tb *b_row = b != NULL ? b + at.offset[2] : NULL;                                       \
                                                                                                   \
      SAL_ROW (name##_row, step_a, step_b, to, a_row, b_row, n);                                   \
    } while (sal_walk_next (walk, 1, &at));                                                        \
  }

/** sal_setup_broadcast: output 0 in the shape of inputs 0 and 1 broadcast; the state is a SalWalk
 */
gboolean sal_setup_broadcast (SalOpSetup *setup, GError **error);
