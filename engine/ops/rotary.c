/* RotaryEmbedding: pairs of numbers of each token turned by angles that grow with its position.
 * [Su et al.: RoFormer: Enhanced Transformer with Rotary Position Embedding, 2021]
 *
 *     a' = a cos - b sin        b' = a sin + b cos
 *
 * A pair is halves apart, or two neighbours where they are interleaved. Heads lie apart,
 * [N,heads,length,size], or side by side, [N,length,heads·size]. */
#include "engine/ops/expect.h"
#include "engine/ops/families.h"

#include "engine/base/error.h"

#include <string.h>

enum { X, COS, SIN, POSITIONS };

typedef struct {
  gint64 N, heads, length, size;
  gint64 sample, head, row; /* strides */
  gint64 pairs;             /* turned; what lies beyond them stays as it is */
  gint64 step;              /* from one pair to the next */
  gint64 partner;           /* from the first of a pair to the second */
  gint64 places;            /* rows of the tables where positions choose them */
  gboolean positions;
} Rotary;

static gboolean
read_heads (const SalOpSetup *setup, Rotary *r, GError **error)
{
  const SalShape *x = &setup->x_shape[X];
  gint64 heads = sal_node_int (setup->node, "num_heads", 0);

  if (!sal_op_expect_rank (setup, X, 3, 4, error))
    return FALSE;
  r->N = x->dim[0];
  if (x->rank == 4) {
    r->heads = x->dim[1];
    r->length = x->dim[2];
    r->size = r->row = x->dim[3];
    r->head = r->length * r->size;
  } else {
    if (heads < 1 || x->dim[2] % heads != 0)
      return sal_op_setup_fail (setup, error, SAL_ERROR_FORMAT,
                                "num_heads is %" PRId64 " for an axis of %" PRId64, heads,
                                x->dim[2]);
    r->heads = heads;
    r->length = x->dim[1];
    r->row = x->dim[2];
    r->size = r->head = x->dim[2] / heads;
  }
  r->sample = r->heads * r->length * r->size;
  return TRUE;
}

static gboolean
rotary_setup (SalOpSetup *setup, GError **error)
{
  Rotary *r = sal_op_setup_state (setup, sizeof *r, NULL);
  gint64 turned = sal_node_int (setup->node, "rotary_embedding_dim", 0);
  gboolean interleaved = sal_node_int (setup->node, "interleaved", 0) != 0;
  SalShape table;

  if (!sal_op_expect (setup, "fff?i", 1, error) || !read_heads (setup, r, error))
    return FALSE;
  if (turned == 0)
    turned = r->size;
  if (turned < 0 || turned > r->size || turned % 2 != 0)
    return sal_op_setup_fail (setup, error, SAL_ERROR_FORMAT,
                              "%" PRId64 " of %" PRId64 " numbers cannot be turned in pairs",
                              turned, r->size);
  r->pairs = turned / 2;
  r->step = interleaved ? 2 : 1;
  r->partner = interleaved ? 1 : r->pairs;
  r->positions = sal_op_setup_has (setup, POSITIONS);
  if (r->positions) {
    if (!sal_op_expect_rank (setup, COS, 2, 2, error) ||
        !sal_op_expect_shape (setup, POSITIONS, &SAL_SHAPE (r->N, r->length), error))
      return FALSE;
    r->places = setup->x_shape[COS].dim[0];
    table = SAL_SHAPE (r->places, r->pairs);
    if (r->places < 1)
      return sal_op_setup_fail (setup, error, SAL_ERROR_SHAPE, "the tables hold no position");
  } else {
    table = SAL_SHAPE (r->N, r->length, r->pairs);
  }
  if (!sal_op_expect_shape (setup, COS, &table, error) ||
      !sal_op_expect_shape (setup, SIN, &table, error))
    return FALSE;
  setup->y_shape[0] = setup->x_shape[X];
  /* The gradient of x needs the tables, those of the tables need x; constants are always there. */
  if (setup->x_value[COS] != NULL && setup->x_value[SIN] != NULL)
    setup->keep &= ~SAL_KEEP_X (X);
  sal_op_count (setup, 2.0 * sal_shape_count (&setup->y_shape[0]));
  return TRUE;
}

/* The row of the tables for token @t of sample @n: positions beyond them take the nearest. */
static gint64
table_row (const Rotary *r, const SalOpArgs *a, gint64 n, gint64 t)
{
  if (!r->positions)
    return n * r->length + t;
  return CLAMP (sal_x_ints (a, POSITIONS)[n * r->length + t], 0, r->places - 1);
}

static void
rotary_forward (const SalOpArgs *a)
{
  const Rotary *r = a->state;

  for (gint64 n = 0; n < r->N; n++)
    for (gint64 t = 0; t < r->length; t++) {
      gint64 row = table_row (r, a, n, t);
      const float *cosine = a->x[COS] + row * r->pairs, *sine = a->x[SIN] + row * r->pairs;

      for (gint64 h = 0; h < r->heads; h++) {
        gint64 at = n * r->sample + h * r->head + t * r->row;
        const float *x = a->x[X] + at;
        float *y = a->y[0] + at;

        for (gint64 i = 0; i < r->pairs; i++) {
          gint64 first = i * r->step, second = first + r->partner;

          y[first] = x[first] * cosine[i] - x[second] * sine[i];
          y[second] = x[first] * sine[i] + x[second] * cosine[i];
        }
        for (gint64 i = 2 * r->pairs; i < r->size; i++)
          y[i] = x[i];
      }
    }
}

/* Turns the gradient back by the same angles. */
static void
rotary_backward (const SalOpArgs *a)
{
  const Rotary *r = a->state;

  for (gint64 n = 0; n < r->N; n++)
    for (gint64 t = 0; t < r->length; t++) {
      gint64 row = table_row (r, a, n, t) * r->pairs;

      for (gint64 h = 0; h < r->heads; h++) {
        gint64 at = n * r->sample + h * r->head + t * r->row;
        const float *gy = a->gy[0] + at;

        for (gint64 i = 0; i < r->pairs; i++) {
          gint64 first = i * r->step, second = first + r->partner;

          if (a->gx[X] != NULL) {
            float cosine = a->x[COS][row + i], sine = a->x[SIN][row + i];

            a->gx[X][at + first] += gy[first] * cosine + gy[second] * sine;
            a->gx[X][at + second] += gy[second] * cosine - gy[first] * sine;
          }
          if (a->gx[COS] != NULL)
            a->gx[COS][row + i] +=
                gy[first] * a->x[X][at + first] + gy[second] * a->x[X][at + second];
          if (a->gx[SIN] != NULL)
            a->gx[SIN][row + i] +=
                gy[second] * a->x[X][at + first] - gy[first] * a->x[X][at + second];
        }
        for (gint64 i = 2 * r->pairs; i < r->size && a->gx[X] != NULL; i++)
          a->gx[X][at + i] += gy[i];
      }
    }
}

const SalOp sal_ops_rotary[] = {
  { "RotaryEmbedding", 23,
    SAL_KEEP_X (X) | SAL_KEEP_X (COS) | SAL_KEEP_X (SIN) | SAL_KEEP_X (POSITIONS), rotary_setup,
    rotary_forward, rotary_backward },
  { NULL },
};
