/* Attention: y = softmax (scale · q · kᵀ + mask) · v, for each sample and head.
 * [Vaswani et al.: Attention Is All You Need, NeurIPS 2017, section 3.2]
 *
 * Heads lie apart, [N,heads,length,size], or side by side in the last axis, [N,length,heads·size];
 * either way a head is a matrix with a row stride. Several heads of q may share one of k and v. */
#include "engine/base/clones.h"
#include "engine/ops/expect.h"
#include "engine/ops/families.h"
#include "engine/ops/softmax.h"

#include "engine/base/error.h"
#include "engine/tensor/blas.h"

#include <math.h>

enum { Q, K, V, MASK };

/* Where the heads of an operand are. */
typedef struct {
  gint64 heads, length, size;
  gint64 sample, head, row; /* strides */
} Heads;

typedef struct {
  gint64 N;
  Heads q, k, v, y;
  float scale, softcap;
  gboolean causal;
  gint64 mask[4]; /* strides of the mask: sample, head, row, column; 0 where broadcast */
} Attention;

static gboolean
read_heads (const SalOpSetup *setup, int i, const char *attribute, Heads *h, GError **error)
{
  const SalShape *x = &setup->x_shape[i];

  if (!sal_op_expect_rank (setup, i, 3, 4, error))
    return FALSE;
  if (x->rank == 4) {
    *h = (Heads){ .heads = x->dim[1], .length = x->dim[2], .size = x->dim[3] };
    h->row = h->size;
    h->head = h->length * h->size;
  } else {
    gint64 heads = sal_node_int (setup->node, attribute, 0);

    if (heads < 1 || x->dim[2] % heads != 0)
      return sal_op_setup_fail (setup, error, SAL_ERROR_FORMAT,
                                "%s is %" PRId64 " for an axis of %" PRId64, attribute, heads,
                                x->dim[2]);
    *h = (Heads){ .heads = heads, .length = x->dim[1], .size = x->dim[2] / heads };
    h->row = x->dim[2];
    h->head = h->size;
  }
  h->sample = h->heads * h->length * h->size;
  return TRUE;
}

static gboolean
read_mask (const SalOpSetup *setup, Attention *a, GError **error)
{
  SalShape scores = SAL_SHAPE (a->N, a->q.heads, a->q.length, a->k.length), both;
  const SalShape *mask;
  gint64 stride = 1;

  if (!sal_op_setup_has (setup, MASK))
    return TRUE;
  mask = &setup->x_shape[MASK];
  if (!sal_shape_broadcast (&scores, mask, &both, NULL) || !sal_shape_equal (&scores, &both)) {
    g_autofree char *got = sal_shape_to_string (mask);
    g_autofree char *want = sal_shape_to_string (&scores);

    return sal_op_setup_fail (setup, error, SAL_ERROR_SHAPE, "mask of shape %s for scores of %s",
                              got, want);
  }
  for (int i = mask->rank - 1; i >= 0; i--) {
    a->mask[4 - mask->rank + i] = mask->dim[i] == 1 ? 0 : stride;
    stride *= mask->dim[i];
  }
  return TRUE;
}

static gboolean
attention_setup (SalOpSetup *setup, GError **error)
{
  Attention *a = sal_op_setup_state (setup, sizeof *a, NULL);
  const SalShape *x = setup->x_shape;
  SalShape scores;

  if (!sal_op_expect (setup, "fff?affi", 4, error) ||
      !read_heads (setup, Q, "q_num_heads", &a->q, error) ||
      !read_heads (setup, K, "kv_num_heads", &a->k, error) ||
      !read_heads (setup, V, "kv_num_heads", &a->v, error))
    return FALSE;
  for (int i = MASK + 1; i < setup->n_x; i++)
    if (sal_op_setup_has (setup, i))
      return sal_op_setup_fail (setup, error, SAL_ERROR_UNSUPPORTED,
                                "input %d, a cache of keys or values, is not supported", i);
  for (int i = 1; i < setup->n_y; i++)
    if (sal_op_wants (setup->node, i))
      return sal_op_setup_fail (setup, error, SAL_ERROR_UNSUPPORTED,
                                "output %d, of a cache or of scores, is not supported", i);
  a->N = x[Q].dim[0];
  if (x[K].dim[0] != a->N || x[V].dim[0] != a->N || x[K].rank != x[Q].rank ||
      x[V].rank != x[Q].rank || a->k.size != a->q.size || a->v.length != a->k.length ||
      a->v.heads != a->k.heads || a->k.heads < 1 || a->q.heads % a->k.heads != 0) {
    g_autofree char *sq = sal_shape_to_string (&x[Q]), *sk = sal_shape_to_string (&x[K]);
    g_autofree char *sv = sal_shape_to_string (&x[V]);

    return sal_op_setup_fail (setup, error, SAL_ERROR_SHAPE,
                              "queries of %s, keys of %s and values of %s do not fit", sq, sk, sv);
  }
  a->causal = sal_node_int (setup->node, "is_causal", 0) != 0;
  a->softcap = sal_node_float (setup->node, "softcap", 0.f);
  a->scale = sal_node_float (setup->node, "scale", 1 / sqrtf (MAX (a->q.size, 1)));
  /* Where the cap comes before the mask or after it changed between versions of ONNX. */
  if (a->softcap != 0 && (a->causal || sal_op_setup_has (setup, MASK)))
    return sal_op_setup_fail (setup, error, SAL_ERROR_UNSUPPORTED,
                              "softcap together with a mask is not supported");
  scores = SAL_SHAPE (a->N, a->q.heads, a->q.length, a->k.length);
  if (!sal_shape_check (&scores, "scores", error) || !read_mask (setup, a, error))
    return FALSE;

  a->y = a->q;
  a->y.size = a->v.size;
  a->y.sample = a->q.heads * a->q.length * a->v.size;
  setup->y_shape[0] = x[Q];
  setup->y_shape[0].dim[x[Q].rank - 1] = x[Q].rank == 4 ? a->v.size : a->q.heads * a->v.size;
  a->y.row = setup->y_shape[0].dim[x[Q].rank - 1];
  a->y.head = x[Q].rank == 4 ? a->q.length * a->v.size : a->v.size;
  /* The probabilities, and with a cap the slopes of it. */
  setup->saved_bytes = sal_shape_count (&scores) * sizeof (float) * (a->softcap != 0 ? 2 : 1);
  setup->scratch_bytes = a->q.length * a->k.length * sizeof (float);
  sal_op_count (setup, (double) sal_shape_count (&scores) * (a->q.size + a->v.size));
  return TRUE;
}

/* Element at which head @h of sample @n of an operand starts; heads of q may share one. */
static gint64
head_at (const Attention *a, const Heads *x, gint64 n, gint64 h)
{
  return n * x->sample + h / (a->q.heads / x->heads) * x->head;
}

/* What a softcap or a mask does to the scores of one head; @slope: (nullable): of the cap */
static void
shape_scores (const Attention *a, const SalOpArgs *args, gint64 mask, float *s, float *slope)
{
  gboolean given = args->n_x > MASK && args->x[MASK] != NULL;

  for (gint64 i = 0; i < a->q.length; i++)
    for (gint64 j = 0; j < a->k.length; j++, s++) {
      gint64 at = mask + i * a->mask[2] + j * a->mask[3];

      if (slope != NULL) {
        float t = tanhf (*s / a->softcap);

        *s = a->softcap * t;
        *slope++ = 1 - t * t;
      }
      if (given && args->x_type[MASK] == SAL_FLOAT)
        *s += args->x[MASK][at];
      else if (given && sal_x_ints (args, MASK)[at] == 0)
        *s = -INFINITY;
      if (a->causal && j > i)
        *s = -INFINITY;
    }
}

SAL_CLONES static void
attention_forward (const SalOpArgs *args)
{
  const Attention *a = args->state;
  gint64 rows = a->q.length, columns = a->k.length, size = rows * columns;
  gint64 heads = a->N * a->q.heads;

  for (gint64 nh = 0; nh < heads; nh++) {
    gint64 n = nh / a->q.heads, h = nh % a->q.heads;
    float *p = (float *) args->saved + nh * size;
    float *slope = a->softcap != 0 ? p + heads * size : NULL;

    sal_gemm (FALSE, TRUE, rows, columns, a->q.size, a->scale,
              args->x[Q] + head_at (a, &a->q, n, h), a->q.row,
              args->x[K] + head_at (a, &a->k, n, h), a->k.row, 0.f, p, columns);
    if (slope != NULL || a->causal || (args->n_x > MASK && args->x[MASK] != NULL))
      shape_scores (a, args, n * a->mask[0] + h * a->mask[1], p, slope);
    for (gint64 i = 0; i < rows && columns > 0; i++) {
      float *row = p + i * columns;
      gboolean all_masked = sal_largest (row, columns) == -INFINITY;

      for (gint64 j = 0; j < columns && all_masked; j++)
        row[j] = 0;
      if (!all_masked)
        sal_softmax_row (row, row, columns);
    }
    sal_gemm (FALSE, FALSE, rows, a->v.size, columns, 1.f, p, columns,
              args->x[V] + head_at (a, &a->v, n, h), a->v.row, 0.f,
              args->y[0] + head_at (a, &a->y, n, h), a->y.row);
  }
}

/* gV += Pᵀ · gY;  gP = gY · Vᵀ;  gS = P · (gP - Σ P · gP);  gQ += scale · gS · K;
 * gK += scale · gSᵀ · Q;  gmask += gS */
SAL_CLONES static void
attention_backward (const SalOpArgs *args)
{
  const Attention *a = args->state;
  gint64 rows = a->q.length, columns = a->k.length, size = rows * columns;
  gint64 heads = a->N * a->q.heads;
  float *gmask = args->n_x > MASK ? args->gx[MASK] : NULL, *s = args->scratch;

  for (gint64 nh = 0; nh < heads; nh++) {
    gint64 n = nh / a->q.heads, h = nh % a->q.heads;
    gint64 at_q = head_at (a, &a->q, n, h), at_k = head_at (a, &a->k, n, h);
    gint64 at_v = head_at (a, &a->v, n, h), at_mask = n * a->mask[0] + h * a->mask[1];
    const float *p = (const float *) args->saved + nh * size, *slope = p + heads * size;
    const float *gy = args->gy[0] + head_at (a, &a->y, n, h);

    if (args->gx[V] != NULL)
      sal_gemm (TRUE, FALSE, columns, a->v.size, rows, 1.f, p, columns, gy, a->y.row, 1.f,
                args->gx[V] + at_v, a->v.row);
    sal_gemm (FALSE, TRUE, rows, columns, a->v.size, 1.f, gy, a->y.row, args->x[V] + at_v, a->v.row,
              0.f, s, columns);
    for (gint64 i = 0; i < rows; i++) {
      const float *row = p + i * columns;
      float *gs = s + i * columns, sum = sal_dot (gs, row, 0, columns);

      for (gint64 j = 0; j < columns; j++)
        gs[j] = row[j] * (gs[j] - sum);
      for (gint64 j = 0; j < columns && gmask != NULL; j++)
        gmask[at_mask + i * a->mask[2] + j * a->mask[3]] += gs[j];
    }
    for (gint64 i = 0; i < size && a->softcap != 0; i++)
      s[i] *= slope[i];
    if (args->gx[Q] != NULL)
      sal_gemm (FALSE, FALSE, rows, a->q.size, columns, a->scale, s, columns, args->x[K] + at_k,
                a->k.row, 1.f, args->gx[Q] + at_q, a->q.row);
    if (args->gx[K] != NULL)
      sal_gemm (TRUE, FALSE, columns, a->q.size, rows, a->scale, s, columns, args->x[Q] + at_q,
                a->q.row, 1.f, args->gx[K] + at_k, a->k.row);
  }
}

const SalOp sal_ops_attention[] = {
  { "Attention", 23, SAL_KEEP_X (0) | SAL_KEEP_X (1) | SAL_KEEP_X (2), attention_setup,
    attention_forward, attention_backward },
  { NULL },
};
