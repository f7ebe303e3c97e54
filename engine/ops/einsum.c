/* Einsum: sums of products over named axes.
 *
 * Two operands become a batch of matrix products: labels of both and of the output are the batch,
 * those of one operand and the output its rows or columns, and all that the output lacks is summed.
 * An operand whose axes already lie so, in either order, is multiplied where it is; else it is
 * packed first. Any other number of operands is computed as it is written, by one loop over all
 * labels. */
#include "engine/ops/expect.h"
#include "engine/ops/families.h"
#include "engine/ops/walk.h"

#include "engine/base/error.h"
#include "engine/tensor/blas.h"

#include <string.h>

#define MAX_OPERANDS 8
#define MAX_LABELS (52 + SAL_MAX_RANK)
/* Labels 0 .. 51 are letters; the axes under an ellipsis follow, counted from the last. */
#define ELLIPSIS 52

typedef struct {
  int rank;
  int label[SAL_MAX_RANK];
} Term;

/* An operand or the output of the products. */
typedef struct {
  gboolean in_place;
  gboolean transposed; /* columns come before rows */
  gint64 count;        /* elements when packed */
  SalWalk walk;        /* operand 0: packed; operand 1: as it is */
} Factor;

/* Labels that go together. */
typedef struct {
  int n;
  int label[MAX_LABELS];
} Labels;

typedef struct {
  int n;                                       /* operands */
  gint64 dim[MAX_LABELS];                      /* -1: the label is not used */
  gint64 stride[MAX_OPERANDS + 1][MAX_LABELS]; /* of the operands, then of the output */
  int order[MAX_LABELS];                       /* labels of the output, then those summed */
  int n_order, n_kept;
  /* the products, where there are two operands */
  gint64 batch, M, N, K;
  Factor factor[3]; /* a [batch][M][K], b [batch][K][N], y [batch][M][N] */
} Einsum;

static int
label_of (char letter)
{
  return letter >= 'a' ? 26 + letter - 'a' : letter - 'A';
}

/* One term of the equation; @rank is -1 for the output, whose ellipsis has @ellipsis axes. */
static gboolean
read_term (const SalOpSetup *setup, const char *text, int rank, int ellipsis, Term *term,
           GError **error)
{
  gboolean dots = FALSE;
  int letters = 0;

  for (const char *c = text; *c != '\0'; c++)
    letters += g_ascii_isalpha (*c);
  *term = (Term){ 0 };
  for (const char *c = text; *c != '\0'; c++) {
    if (g_ascii_isalpha (*c) && term->rank < SAL_MAX_RANK)
      term->label[term->rank++] = label_of (*c);
    else if (!dots && g_str_has_prefix (c, "...")) {
      int n = rank >= 0 ? rank - letters : ellipsis;

      dots = TRUE;
      c += 2;
      if (n < 0 || term->rank + n > SAL_MAX_RANK)
        return sal_op_setup_fail (setup, error, SAL_ERROR_SHAPE,
                                  "term \"%s\" does not fit an operand of %d axes", text, rank);
      for (int i = 0; i < n; i++)
        term->label[term->rank++] = ELLIPSIS + n - 1 - i;
    } else
      return sal_op_setup_fail (setup, error, SAL_ERROR_FORMAT, "term \"%s\" is not valid", text);
  }
  if (rank >= 0 && term->rank != rank)
    return sal_op_setup_fail (setup, error, SAL_ERROR_SHAPE,
                              "term \"%s\" names %d axes, the operand has %d", text, term->rank,
                              rank);
  return TRUE;
}

/* Without "->", the output has the ellipsis and then each letter that occurs once, in order. */
static void
implied_output (const char *inputs, int ellipsis, Term *y)
{
  *y = (Term){ 0 };
  for (int i = ellipsis - 1; i >= 0; i--)
    y->label[y->rank++] = ELLIPSIS + i;
  for (int letter = 'A'; letter <= 'z' && y->rank < SAL_MAX_RANK; letter++) {
    const char *first = g_ascii_isalpha (letter) ? strchr (inputs, letter) : NULL;

    if (first != NULL && strchr (first + 1, letter) == NULL)
      y->label[y->rank++] = label_of ((char) letter);
  }
}

/* Lengths and strides of an operand's labels; a length of 1 is repeated as often as another
 * operand asks, and a label that occurs twice walks the diagonal. */
static gboolean
add_operand (const SalOpSetup *setup, Einsum *e, int i, const Term *term, GError **error)
{
  const SalShape *x = &setup->x_shape[i];
  gint64 stride[SAL_MAX_RANK];

  sal_walk_strides (x, stride);
  for (int j = 0; j < term->rank; j++) {
    gint64 *dim = &e->dim[term->label[j]];

    if (*dim >= 0 && *dim != 1 && x->dim[j] != 1 && x->dim[j] != *dim)
      return sal_op_setup_fail (setup, error, SAL_ERROR_SHAPE,
                                "axis %d of operand %d has length %" PRId64
                                ", where another has %" PRId64,
                                j, i, x->dim[j], *dim);
    if (*dim < 0 || *dim == 1)
      *dim = x->dim[j];
    if (x->dim[j] != 1)
      e->stride[i][term->label[j]] += stride[j];
  }
  return TRUE;
}

static gint64
span (const Einsum *e, const Labels *labels)
{
  gint64 count = 1;

  for (int i = 0; i < labels->n; i++)
    count *= e->dim[labels->label[i]];
  return count;
}

/* A walk through @operand in the order of three sets of labels. Returns: whether that is the order
 * in which its elements lie anyway */
static gboolean
walk_sets (const Einsum *e, int operand, const Labels *const sets[3], SalWalk *walk)
{
  gint64 packed = 1;
  gboolean same = TRUE;

  for (int i = 0; i < 3; i++)
    packed *= span (e, sets[i]);
  *walk = (SalWalk){ .rank = 0 };
  for (int i = 0; i < 3; i++)
    for (int j = 0; j < sets[i]->n; j++) {
      int label = sets[i]->label[j];
      gint64 dim = e->dim[label], stride = e->stride[operand][label];

      packed /= MAX (dim, 1);
      same = same && (dim == 1 || stride == packed);
      sal_walk_axis (walk, dim, (const gint64[SAL_WALK_OPERANDS]){ packed, stride });
    }
  sal_walk_seal (walk);
  return same;
}

static void
make_factor (Einsum *e, int operand, const Labels *batch, const Labels *rows, const Labels *columns)
{
  Factor *f = &e->factor[operand];

  f->count = span (e, batch) * span (e, rows) * span (e, columns);
  f->transposed = TRUE;
  f->in_place = walk_sets (e, operand, (const Labels *const[]){ batch, columns, rows }, &f->walk);
  if (f->in_place)
    return;
  f->transposed = FALSE;
  f->in_place = walk_sets (e, operand, (const Labels *const[]){ batch, rows, columns }, &f->walk);
}

/* Sorts the labels of two operands and the output into those of a batch of products. */
static gboolean
make_products (SalOpSetup *setup, Einsum *e, const Term *terms, GError **error)
{
  Labels batch = { 0 }, rows = { 0 }, columns = { 0 }, sums = { 0 };
  double sum = 1, most;

  for (int i = 0; i < e->n_order; i++) {
    int label = e->order[i];
    gboolean in[2] = { FALSE, FALSE };
    Labels *set;

    for (int k = 0; k < 2; k++)
      for (int j = 0; j < terms[k].rank; j++)
        in[k] = in[k] || terms[k].label[j] == label;
    set = i >= e->n_kept ? &sums : in[0] && in[1] ? &batch : in[0] ? &rows : &columns;
    set->label[set->n++] = label;
    sum *= set == &sums ? (double) e->dim[label] : 1;
  }
  if (rows.n + columns.n + batch.n + sums.n > SAL_WALK_RANK)
    return sal_op_setup_fail (setup, error, SAL_ERROR_UNSUPPORTED, "has more than %d labels",
                              SAL_WALK_RANK);
  /* A label that one operand alone is summed over is repeated in the other, so the packed operands
   * may be larger than what is multiplied. */
  most = sum * span (e, &batch) * MAX (span (e, &rows), span (e, &columns));
  if (sum > 0x1p40 || most > 0x1p40)
    return sal_op_setup_fail (setup, error, SAL_ERROR_MEMORY,
                              "needs %.0f numbers in between, at most 2^40", MAX (sum, most));
  e->batch = span (e, &batch);
  e->M = span (e, &rows);
  e->N = span (e, &columns);
  e->K = span (e, &sums);
  make_factor (e, 0, &batch, &rows, &sums);
  make_factor (e, 1, &batch, &sums, &columns);
  make_factor (e, 2, &batch, &rows, &columns);
  for (int i = 0; i < 3; i++)
    setup->scratch_bytes += 2 * (e->factor[i].in_place ? 0 : e->factor[i].count) * sizeof (float);
  return TRUE;
}

/* Splits the equation into the terms of the operands and of the output. */
static gboolean
read_equation (const SalOpSetup *setup, Einsum *e, Term *terms, GError **error)
{
  const char *text = sal_node_string (setup->node, "equation", NULL);
  g_auto (GStrv) words = NULL, sides = NULL, operands = NULL;
  g_autofree char *equation = NULL;
  int ellipsis = 0;

  if (text == NULL)
    return sal_op_setup_fail (setup, error, SAL_ERROR_FORMAT, "equation is missing");
  words = g_strsplit_set (text, " \t", -1);
  equation = g_strjoinv ("", words);
  sides = g_strsplit (equation, "->", -1);
  if (sides[0] == NULL || (sides[1] != NULL && sides[2] != NULL))
    return sal_op_setup_fail (setup, error, SAL_ERROR_FORMAT, "equation is \"%s\"", text);
  operands = g_strsplit (sides[0], ",", -1);
  if ((int) g_strv_length (operands) != e->n)
    return sal_op_setup_fail (setup, error, SAL_ERROR_FORMAT,
                              "equation has %d operands, the node has %d",
                              (int) g_strv_length (operands), e->n);
  for (int i = 0; i < e->n; i++) {
    if (!read_term (setup, operands[i], setup->x_shape[i].rank, 0, &terms[i], error) ||
        !add_operand (setup, e, i, &terms[i], error))
      return FALSE;
    for (int j = 0; j < terms[i].rank; j++)
      ellipsis = MAX (ellipsis, terms[i].label[j] - ELLIPSIS + 1);
  }
  if (sides[1] != NULL)
    return read_term (setup, sides[1], -1, ellipsis, &terms[e->n], error);
  implied_output (sides[0], ellipsis, &terms[e->n]);
  return TRUE;
}

static gboolean
einsum_setup (SalOpSetup *setup, GError **error)
{
  Einsum *e = sal_op_setup_state (setup, sizeof *e, NULL);
  SalShape *y_shape = &setup->y_shape[0];
  Term terms[MAX_OPERANDS + 1];
  gint64 stride[SAL_MAX_RANK];
  double work = 1;

  if (setup->n_x < 1 || setup->n_x > MAX_OPERANDS)
    return sal_op_setup_fail (setup, error, SAL_ERROR_UNSUPPORTED,
                              "has %d operands, not from 1 to %d", setup->n_x, MAX_OPERANDS);
  if (!sal_op_expect (setup, &"ffffffff"[MAX_OPERANDS - setup->n_x], 1, error))
    return FALSE;
  e->n = setup->n_x;
  for (int i = 0; i < MAX_LABELS; i++)
    e->dim[i] = -1;
  if (!read_equation (setup, e, terms, error))
    return FALSE;

  const Term *y = &terms[e->n];
  y_shape->rank = y->rank;
  for (int i = 0; i < y->rank; i++) {
    if (e->dim[y->label[i]] < 0)
      return sal_op_setup_fail (setup, error, SAL_ERROR_FORMAT,
                                "the output has a label that no operand has");
    for (int j = 0; j < i; j++)
      if (y->label[j] == y->label[i])
        return sal_op_setup_fail (setup, error, SAL_ERROR_FORMAT, "the output has a label twice");
    y_shape->dim[i] = e->dim[y->label[i]];
    e->order[e->n_order++] = y->label[i];
  }
  if (!sal_shape_check (y_shape, setup->node->name, error))
    return FALSE;
  sal_walk_strides (y_shape, stride);
  for (int i = 0; i < y->rank; i++)
    e->stride[e->n][y->label[i]] = stride[i];
  e->n_kept = e->n_order;
  for (int label = 0; label < MAX_LABELS; label++) {
    gboolean kept = FALSE;

    for (int i = 0; i < e->n_kept; i++)
      kept = kept || e->order[i] == label;
    if (e->dim[label] >= 0 && !kept)
      e->order[e->n_order++] = label;
    work *= e->dim[label] >= 0 ? e->dim[label] : 1;
  }
  sal_op_count (setup, work * MAX (e->n - 1, 1));
  if (e->n == 2) {
    sal_op_keep_factors (setup);
    return make_products (setup, e, terms, error);
  }
  if (e->n == 1)
    setup->keep = SAL_KEEP_NOTHING;
  return TRUE;
}

/* The loop over labels order[from .. to-1]: @offset is the element of each operand and of y. */
typedef struct {
  gint64 index[MAX_LABELS];
  gint64 offset[MAX_OPERANDS + 1];
} Cursor;

static gboolean
first (const Einsum *e, int from, int to, Cursor *at)
{
  for (int i = from; i < to; i++) {
    at->index[i] = 0;
    if (e->dim[e->order[i]] == 0)
      return FALSE;
  }
  return TRUE;
}

/* Once all have been visited, the cursor is back at the first. */
static gboolean
next (const Einsum *e, int from, int to, Cursor *at)
{
  for (int i = to - 1; i >= from; i--) {
    int label = e->order[i];
    gboolean wraps = ++at->index[i] == e->dim[label];

    for (int k = 0; k <= e->n; k++)
      at->offset[k] += e->stride[k][label] * (wraps ? 1 - e->dim[label] : 1);
    if (!wraps)
      return TRUE;
    at->index[i] = 0;
  }
  return FALSE;
}

static void
loop_forward (const SalOpArgs *a)
{
  const Einsum *e = a->state;
  Cursor at = { { 0 }, { 0 } };

  if (!first (e, 0, e->n_kept, &at))
    return;
  do {
    double sum = 0;

    if (first (e, e->n_kept, e->n_order, &at))
      do {
        double product = 1;

        for (int k = 0; k < e->n; k++)
          product *= a->x[k][at.offset[k]];
        sum += product;
      } while (next (e, e->n_kept, e->n_order, &at));
    a->y[0][at.offset[e->n]] = sum;
  } while (next (e, 0, e->n_kept, &at));
}

static void
loop_backward (const SalOpArgs *a)
{
  const Einsum *e = a->state;
  Cursor at = { { 0 }, { 0 } };

  if (!first (e, 0, e->n_order, &at))
    return;
  do
    for (int k = 0; k < e->n; k++) {
      double product = a->gy[0][at.offset[e->n]];

      if (a->gx[k] == NULL)
        continue;
      for (int l = 0; l < e->n; l++)
        product *= l != k ? a->x[l][at.offset[l]] : 1;
      a->gx[k][at.offset[k]] += product;
    }
  while (next (e, 0, e->n_order, &at));
}

/* Where the packed copies of the three factors are in scratch memory, and of their gradients. */
static float *
packed (const Einsum *e, const SalOpArgs *a, int factor, gboolean gradient)
{
  float *at = a->scratch;

  for (int i = 0; i < 2 * factor + gradient; i++)
    at += e->factor[i / 2].in_place ? 0 : e->factor[i / 2].count;
  return at;
}

static const float *
pack (const Einsum *e, const SalOpArgs *a, int factor, gboolean gradient, const float *x)
{
  const Factor *f = &e->factor[factor];

  if (f->in_place)
    return x;
  sal_walk_copy (&f->walk, SAL_FLOAT, packed (e, a, factor, gradient), x);
  return packed (e, a, factor, gradient);
}

/* One batch's C = op (A) · op (B) + beta · C for matrices of which any may lie transposed;
 * Cᵀ = Bᵀ · Aᵀ. */
static void
product (gboolean ta, gboolean tb, gboolean tc, gint64 m, gint64 n, gint64 k, const float *a,
         const float *b, float beta, float *c)
{
  if (tc)
    sal_gemm (!tb, !ta, n, m, k, 1.f, b, tb ? k : n, a, ta ? m : k, beta, c, m);
  else
    sal_gemm (ta, tb, m, n, k, 1.f, a, ta ? m : k, b, tb ? k : n, beta, c, n);
}

static void
einsum_forward (const SalOpArgs *args)
{
  const Einsum *e = args->state;
  const Factor *f = e->factor;

  if (e->n != 2) {
    loop_forward (args);
    return;
  }
  const float *a = pack (e, args, 0, FALSE, args->x[0]), *b = pack (e, args, 1, FALSE, args->x[1]);
  float *y = f[2].in_place ? args->y[0] : packed (e, args, 2, FALSE);

  for (gint64 i = 0; i < e->batch; i++)
    product (f[0].transposed, f[1].transposed, f[2].transposed, e->M, e->N, e->K,
             a + i * e->M * e->K, b + i * e->K * e->N, 0.f, y + i * e->M * e->N);
  if (!f[2].in_place) {
    memset (args->y[0], 0, args->n * sizeof (float));
    sal_walk_add (&f[2].walk, args->y[0], y);
  }
}

/* gA += gY · Bᵀ;  gB += Aᵀ · gY, through packed gradients where the operand was packed */
static void
einsum_backward (const SalOpArgs *args)
{
  const Einsum *e = args->state;
  const Factor *f = e->factor;

  if (e->n != 2) {
    loop_backward (args);
    return;
  }
  const float *gy = pack (e, args, 2, FALSE, args->gy[0]);

  for (int k = 0; k < 2; k++) {
    if (args->gx[k] == NULL)
      continue;
    const float *other = pack (e, args, 1 - k, FALSE, args->x[1 - k]);
    float *g = f[k].in_place ? args->gx[k] : packed (e, args, k, TRUE);
    float beta = f[k].in_place ? 1.f : 0.f;

    for (gint64 i = 0; i < e->batch; i++)
      if (k == 0)
        product (f[2].transposed, !f[1].transposed, f[0].transposed, e->M, e->K, e->N,
                 gy + i * e->M * e->N, other + i * e->K * e->N, beta, g + i * e->M * e->K);
      else
        product (!f[0].transposed, f[2].transposed, f[1].transposed, e->K, e->N, e->M,
                 other + i * e->M * e->K, gy + i * e->M * e->N, beta, g + i * e->K * e->N);
    if (!f[k].in_place)
      sal_walk_add (&f[k].walk, args->gx[k], g);
  }
}

const SalOp sal_ops_einsum[] = {
  { "Einsum", 12, SAL_KEEP_INPUTS, einsum_setup, einsum_forward, einsum_backward },
  { NULL },
};
