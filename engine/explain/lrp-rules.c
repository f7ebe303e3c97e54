#include "engine/explain/lrp.h"

#include "engine/base/clones.h"
#include "engine/explain/baseline.h"
#include "engine/explain/lrp-operators.h"
#include "engine/graph/evaluate.h"

#include <math.h>
#include <string.h>

typedef enum { AS_IS, POSITIVE, NEGATIVE, ONES, ZEROS, LOW, HIGH } Input;
typedef enum {
  WHOLE,
  UP,
  DOWN,
  FAVOUR_UP,
  FAVOUR_DOWN,
  EQUAL,
  SQUARED,
  N_WEIGHTS,
} Weights;

/* s · input · weights, with bias or without. */
typedef struct {
  double sign;
  Input input;
  Weights weights;
  gboolean bias;
} Term;

/* Terms that share one divisor, what part of the relevance they get, and at which outputs: all (0),
 * those above zero (1), or those below (-1). */
typedef struct {
  double share;
  int where;
  int n;
  Term terms[3];
} Bundle;

typedef struct {
  int n;
  Bundle bundles[2];
} Scheme;

/* By SalLrpRule. Where inputs are negative, a weight of the same sign contributes positively. The
 * gamma rule favours what pulls an output the way it went. */
static const Scheme schemes[] = {
  { 1, { { 1, 0, 1, { { 1, AS_IS, WHOLE, TRUE } } } } },
  { 2,
    { { 1, 1, 2, { { 1, POSITIVE, FAVOUR_UP, TRUE }, { 1, NEGATIVE, FAVOUR_DOWN, FALSE } } },
      { 1, -1, 2, { { 1, POSITIVE, FAVOUR_DOWN, TRUE }, { 1, NEGATIVE, FAVOUR_UP, FALSE } } } } },
  { 2,
    { { 2, 0, 2, { { 1, POSITIVE, UP, TRUE }, { 1, NEGATIVE, DOWN, FALSE } } },
      { -1, 0, 2, { { 1, POSITIVE, DOWN, TRUE }, { 1, NEGATIVE, UP, FALSE } } } } },
  { 1, { { 1, 0, 2, { { 1, POSITIVE, UP, FALSE }, { 1, NEGATIVE, DOWN, FALSE } } } } },
  { 1, { { 1, 0, 1, { { 1, ONES, EQUAL, FALSE } } } } },
  { 1, { { 1, 0, 1, { { 1, ONES, SQUARED, FALSE } } } } },
  { 1,
    { { 1,
        0,
        3,
        { { 1, AS_IS, WHOLE, FALSE }, { -1, LOW, UP, FALSE }, { -1, HIGH, DOWN, FALSE } } } } },
};
static const Term plain = { 1, AS_IS, WHOLE, TRUE };
static const Term evenly = { 1, ONES, EQUAL, FALSE };

struct _SalLrp {
  SalModel *model;
  SalLrpRules rules;
  SalRuleSet set;
  GPtrArray *layers; /* of Layer, one for each rule handed out */
  SalTensor *low;    /* prepared black and white, NULL where the model takes no pictures */
  SalTensor *high;
};

/* One node in one plan. */
typedef struct {
  const SalLrp *lrp;
  const SalOp *op;
  const Scheme *scheme;
  gboolean even;                        /* without weights: all inputs of a unit count alike */
  gboolean picks;                       /* ... and it takes one of them */
  SalNodeSetup *variants[N_WEIGHTS][2]; /* by Weights, without and with bias */
  SalTensor *made[N_WEIGHTS][3];        /* what they hold: weights, bias, zero bias */
  SalNode *node;                        /* the node, with a bias where folding brings one */
  SalTensor *weights, *bias;            /* its own, or folded; bias may be NULL */
} Layer;

static void
layer_free (gpointer data)
{
  Layer *layer = data;

  for (int w = 0; w < N_WEIGHTS; w++) {
    for (int b = 0; b < 2; b++)
      g_clear_pointer (&layer->variants[w][b], sal_node_setup_free);
    for (int i = 0; i < 3; i++)
      g_clear_pointer (&layer->made[w][i], sal_tensor_unref);
  }
  g_clear_pointer (&layer->node, sal_node_free);
  g_clear_pointer (&layer->weights, sal_tensor_unref);
  g_clear_pointer (&layer->bias, sal_tensor_unref);
  g_free (layer);
}

/* The loops over elements. */

static inline float
share_of (float relevance, float z, float epsilon)
{
  float divisor = z + (z < 0 ? -epsilon : epsilon);

  return divisor != 0.f ? relevance / divisor : 0.f;
}

/* s = R / (z + ε) */
SAL_CLONES static void
shares (gint64 n, const float *relevance, const float *z, float epsilon, float *s)
{
  for (gint64 i = 0; i < n; i++)
    s[i] = share_of (relevance[i], z[i], epsilon);
}

/* z = share · R / (z + ε) where the output went the way of @where, else 0 */
SAL_CLONES static void
shares_where (gint64 n, const float *relevance, float share, float epsilon, const float *whole,
              int where, float *z)
{
  for (gint64 i = 0; i < n; i++)
    z[i] = where == 0 || (whole[i] < 0) == (where < 0)
               ? share * share_of (relevance[i], z[i], epsilon)
               : 0.f;
}

/* y += factor · a */
SAL_CLONES static void
add_scaled (gint64 n, float factor, const float *a, float *y)
{
  for (gint64 i = 0; i < n; i++)
    y[i] += factor * a[i];
}

/* y += factor · a ⊙ b */
SAL_CLONES static void
add_product (gint64 n, float factor, const float *a, const float *b, float *y)
{
  for (gint64 i = 0; i < n; i++)
    y[i] += factor * a[i] * b[i];
}

/* Returns: whether an element is positive, or negative where @below */
SAL_CLONES static gboolean
has_side (gint64 n, const float *x, gboolean below)
{
  int any = 0;

  for (gint64 i = 0; i < n; i++)
    any |= below ? x[i] < 0.f : x[i] > 0.f;
  return any != 0;
}

/* y = max (x, 0), or min */
SAL_CLONES static void
keep_side (gint64 n, const float *x, gboolean below, float *y)
{
  for (gint64 i = 0; i < n; i++)
    y[i] = below ? MIN (x[i], 0.f) : MAX (x[i], 0.f);
}

/* Relu and the like. */
static void
pass (const SalOpArgs *a)
{
  add_scaled (a->n, 1.f, a->gy[0], a->gx[0]);
}

/* The operator's forward pass with @value in place of every input that relevance goes to. */
static void
forward_of (const SalOpArgs *a, const Layer *layer, float value, float *buffer, float *y)
{
  g_autofree const float **x = g_memdup2 (a->x, a->n_x * sizeof *x);
  float *ys[1] = { y };
  SalOpArgs other = *a;

  for (int j = 0; j < a->n_x; j++)
    if (a->gx[j] != NULL) {
      x[j] = buffer;
      for (gint64 i = 0; i < sal_shape_count (&a->x_shape[j]); i++)
        *buffer++ = value;
    }
  other.x = x;
  other.y = ys;
  layer->op->forward (&other);
}

/* What is left of R after what was handed on, R - s (y - y₀) with y₀ the output at inputs of zero,
 * as a gradient that goes to all inputs of a unit in equal parts. */
static void
left_over (const SalOpArgs *a, const Layer *layer, float *s, float *buffer)
{
  g_autofree float *zero = g_new (float, 2 * a->n);
  float *one = zero + a->n;

  if (layer->picks) {
    for (gint64 i = 0; i < a->n; i++)
      s[i] = a->gy[0][i] - s[i] * a->y[0][i];
    return;
  }
  forward_of (a, layer, 0, buffer, zero);
  forward_of (a, layer, 1, buffer, one);
  for (gint64 i = 0; i < a->n; i++) {
    float inputs = one[i] - zero[i];

    s[i] = inputs != 0 ? (a->gy[0][i] - s[i] * (a->y[0][i] - zero[i])) / inputs : 0;
  }
}

/* R_in = a ⊙ Jᵀ (R / (z + ε)) with the operator's own kernels, for each input that is asked; and
 * Jᵀ of what is left, if that is spread. */
static void
share (const SalOpArgs *a)
{
  const Layer *layer = a->rule;
  float *s = a->rule_scratch, *g = s + a->n;
  const float *gy[1] = { s };
  g_autofree float **gx = g_new0 (float *, a->n_x); /* Sum takes any number of inputs */
  SalOpArgs own = *a;
  float *next = g;

  shares (a->n, a->gy[0], a->y[0], (float) layer->lrp->rules.epsilon, s);
  for (int j = 0; j < a->n_x; j++)
    if (a->gx[j] != NULL) {
      gint64 n = sal_shape_count (&a->x_shape[j]);

      gx[j] = next;
      memset (next, 0, n * sizeof (float));
      next += n;
    }
  own.gx = gx;
  own.gy = gy;
  layer->op->backward (&own);
  for (int j = 0; j < a->n_x; j++)
    if (gx[j] != NULL)
      add_product (sal_shape_count (&a->x_shape[j]), 1.f, a->x[j], gx[j], a->gx[j]);
  if (layer->lrp->rules.spread && layer->even) {
    left_over (a, layer, s, g);
    own.gx = a->gx;
    layer->op->backward (&own);
  }
}

/* A weighted layer that shares out what arrived.
 * @sides: whether an input is positive, and negative: behind a Relu none is
 * @buffer, @g: [inputs]; @y: [outputs]: for one term */
typedef struct {
  const Layer *layer;
  const SalOpArgs *a;
  gint64 n_x;
  gboolean sides[2];
  float *buffer, *g, *y;
} Sharing;

static const float *
input_of (const Sharing *s, Input input)
{
  const float *x = s->a->x[0];
  const SalTensor *bound = input == LOW ? s->layer->lrp->low : s->layer->lrp->high;

  if (input == AS_IS || (input == POSITIVE && !s->sides[1]) || (input == NEGATIVE && !s->sides[0]))
    return x;
  if (input == POSITIVE || input == NEGATIVE) {
    keep_side (s->n_x, x, input == NEGATIVE, s->buffer);
    return s->buffer;
  }
  for (gint64 i = 0; i < s->n_x; i++)
    s->buffer[i] = input == ONES    ? 1.f
                   : input == ZEROS ? 0.f
                                    : sal_tensor_floats (bound)[i % sal_tensor_count (bound)];
  return s->buffer;
}

/* Terms of inputs that are not there are nothing but their bias. */
static gboolean
is_nothing (const Sharing *s, const Term *term)
{
  return !term->bias &&
         ((term->input == POSITIVE && !s->sides[0]) || (term->input == NEGATIVE && !s->sides[1]));
}

/* The operator with a term's weights in place of its own. */
static SalOpArgs
with_weights (const Layer *layer, const SalOpArgs *a, const Term *term, const float **x)
{
  const SalNodeSetup *variant = layer->variants[term->weights][term->bias];
  SalOpArgs other = *a;

  for (int j = 1; j < variant->setup.n_x; j++)
    x[j] = variant->x_given[j] ? sal_tensor_data (variant->x_value[j]) : NULL;
  other.node = variant->setup.node;
  other.n_x = variant->setup.n_x;
  other.x_shape = variant->x_shape;
  other.x_type = variant->x_type;
  other.state = variant->setup.state;
  other.x = x;
  return other;
}

/* z = Σ s · operator (input) over the terms */
static void
add_terms (const Sharing *s, const Term *terms, int n, float *z)
{
  gboolean first = TRUE;

  for (int t = 0; t < n; t++) {
    const float *x[16] = { NULL };
    float *ys[1];
    SalOpArgs other;

    if (is_nothing (s, &terms[t]))
      continue;
    other = with_weights (s->layer, s->a, &terms[t], x);
    x[0] = input_of (s, terms[t].input);
    if (first && terms[t].sign != 1)
      memset (z, 0, s->a->n * sizeof (float));
    ys[0] = first && terms[t].sign == 1 ? z : s->y;
    other.y = ys;
    s->layer->op->forward (&other);
    if (ys[0] != z)
      add_scaled (s->a->n, (float) terms[t].sign, s->y, z);
    first = FALSE;
  }
  if (first)
    memset (z, 0, s->a->n * sizeof (float));
}

/* Jᵀ z with a term's weights, times its input. */
static void
hand_down (const Sharing *s, const Term *term, const float *z)
{
  const float *x[16] = { NULL }, *gy[1] = { z }, *input;
  float *gx[16] = { s->g };
  SalOpArgs other;

  if (is_nothing (s, term))
    return;
  other = with_weights (s->layer, s->a, term, x);
  input = input_of (s, term->input);
  x[0] = input;
  other.gx = gx;
  other.gy = gy;
  memset (s->g, 0, s->n_x * sizeof (float));
  s->layer->op->backward (&other);
  add_product (s->n_x, (float) term->sign, input, s->g, s->a->gx[0]);
}

/* @bias = what of z is there without any input */
static void
add_biases (const Sharing *s, const Bundle *bundle, float *bias)
{
  Term terms[3];
  int n = 0;

  for (int t = 0; t < bundle->n; t++)
    if (bundle->terms[t].bias) {
      terms[n] = bundle->terms[t];
      terms[n++].input = ZEROS;
    }
  add_terms (s, terms, n, bias);
}

static void
weighted_rule (const SalOpArgs *a)
{
  const Layer *layer = a->rule;
  const Scheme *scheme = layer->scheme;
  gboolean spread = layer->lrp->rules.spread;
  gint64 n_x = sal_shape_count (&a->x_shape[0]);
  float *scratch = a->rule_scratch, *z = scratch + 2 * n_x, *whole = z + 2 * a->n;
  float *bias = whole + a->n, *left = bias + a->n;
  Sharing s = { .layer = layer,
                .a = a,
                .n_x = n_x,
                .sides = { has_side (n_x, a->x[0], FALSE), has_side (n_x, a->x[0], TRUE) },
                .buffer = scratch,
                .g = scratch + n_x,
                .y = z + a->n };

  if (scheme->bundles[0].where != 0)
    add_terms (&s, &plain, 1, whole);
  if (spread)
    memcpy (left, a->gy[0], a->n * sizeof (float));
  for (int b = 0; b < scheme->n; b++) {
    const Bundle *bundle = &scheme->bundles[b];

    add_terms (&s, bundle->terms, bundle->n, z);
    if (spread) {
      add_biases (&s, bundle, bias);
      memcpy (s.y, z, a->n * sizeof (float));
    }
    shares_where (a->n, a->gy[0], (float) bundle->share, (float) layer->lrp->rules.epsilon, whole,
                  bundle->where, z);
    for (gint64 i = 0; spread && i < a->n; i++)
      left[i] -= z[i] * (s.y[i] - bias[i]);
    for (int t = 0; t < bundle->n; t++)
      hand_down (&s, &bundle->terms[t], z);
  }
  if (!spread)
    return;
  add_terms (&s, &evenly, 1, z);
  for (gint64 i = 0; i < a->n; i++)
    left[i] = z[i] != 0 ? left[i] / z[i] : 0;
  hand_down (&s, &evenly, left);
}

SAL_CLONES static void
vary (gint64 n, const float *w, Weights kind, float gamma, float *out)
{
  /* Factors of what is positive and what is negative. */
  float up = kind == DOWN ? 0 : kind == FAVOUR_UP ? 1 + gamma : 1;
  float down = kind == UP ? 0 : kind == FAVOUR_DOWN ? 1 + gamma : 1;

  for (gint64 i = 0; i < n; i++)
    out[i] = kind == EQUAL     ? 1.f
             : kind == SQUARED ? w[i] * w[i]
                               : up * MAX (w[i], 0.f) + down * MIN (w[i], 0.f);
}

static SalTensor *
vary_all (const SalTensor *from, Weights kind, double gamma)
{
  SalTensor *made = sal_tensor_new (SAL_FLOAT, sal_tensor_shape (from));

  vary (sal_tensor_count (from), sal_tensor_floats (from), kind, (float) gamma,
        sal_tensor_edit (made));
  return made;
}

/* A setup of the node with other weights: kernels may have prepared them in their state. */
static gboolean
make_variant (Layer *layer, const SalOpSetup *setup, const Term *term)
{
  SalNodeSetup **place = &layer->variants[term->weights][term->bias];
  SalTensor **made = layer->made[term->weights];
  double gamma = layer->lrp->rules.gamma;

  if (*place != NULL)
    return TRUE;
  *place = sal_node_setup_new (layer->node);
  sal_node_setup_input (*place, 0, &setup->x_shape[0], SAL_FLOAT, NULL);
  if (made[0] == NULL)
    made[0] = term->weights == WHOLE ? sal_tensor_ref (layer->weights)
                                     : vary_all (layer->weights, term->weights, gamma);
  sal_node_setup_input (*place, 1, sal_tensor_shape (made[0]), SAL_FLOAT, made[0]);
  if (layer->bias != NULL) {
    SalTensor **bias = &made[term->bias ? 1 : 2];

    if (*bias == NULL)
      *bias = term->bias ? vary_all (layer->bias, term->weights, gamma)
                         : sal_tensor_new (SAL_FLOAT, sal_tensor_shape (layer->bias));
    sal_node_setup_input (*place, 2, sal_tensor_shape (*bias), SAL_FLOAT, *bias);
  }
  return sal_node_setup_run (*place, layer->op, NULL);
}

static const SalTensor *
constant_of (const SalLrp *lrp, int value)
{
  return value != SAL_NO_VALUE ? sal_plan_constant (sal_model_plan (lrp->model), value) : NULL;
}

/* The batch normalisation that alone reads a convolution, to be taken as a part of it. */
static const SalNode *
norm_of (const SalLrp *lrp, const SalNode *conv)
{
  SalGraph *graph = sal_model_graph (lrp->model);
  const SalNode *reader = NULL;

  if (!lrp->rules.fold || strcmp (conv->op_type, "Conv") != 0)
    return NULL;
  for (int i = 0; i < sal_graph_n_nodes (graph); i++) {
    const SalNode *node = sal_graph_node (graph, i);

    for (int j = 0; j < node->n_x; j++)
      if (node->x[j] == conv->y[0]) {
        if (reader != NULL || j != 0)
          return NULL;
        reader = node;
      }
  }
  if (reader == NULL || strcmp (reader->op_type, "BatchNormalization") != 0 || reader->n_x < 5)
    return NULL;
  for (int j = 1; j < 5; j++)
    if (constant_of (lrp, reader->x[j]) == NULL)
      return NULL;
  return reader;
}

static gboolean
is_folded (const SalLrp *lrp, const SalNode *norm)
{
  int producer = sal_graph_get_value (sal_model_graph (lrp->model), norm->x[0])->producer;

  return producer >= 0 &&
         norm_of (lrp, sal_graph_node (sal_model_graph (lrp->model), producer)) == norm;
}

/* w′ = w s,  b′ = (b - mean) s + shift,  s = scale / √(variance + ε), by output channel */
static void
fold (Layer *layer, const SalNode *norm)
{
  const SalLrp *lrp = layer->lrp;
  const float *scale = sal_tensor_floats (constant_of (lrp, norm->x[1]));
  const float *shift = sal_tensor_floats (constant_of (lrp, norm->x[2]));
  const float *mean = sal_tensor_floats (constant_of (lrp, norm->x[3]));
  const float *variance = sal_tensor_floats (constant_of (lrp, norm->x[4]));
  double epsilon = sal_node_float (norm, "epsilon", 1e-5f);
  gint64 n = sal_tensor_shape (layer->weights)->dim[0];
  gint64 each = sal_tensor_count (layer->weights) / MAX (n, 1);
  SalTensor *weights = sal_tensor_new (SAL_FLOAT, sal_tensor_shape (layer->weights));
  SalTensor *bias = sal_tensor_new (SAL_FLOAT, &SAL_SHAPE (n));
  const float *w = sal_tensor_floats (layer->weights);
  float *folded = sal_tensor_edit (weights), *shifted = sal_tensor_edit (bias);
  const float *b = layer->bias != NULL ? sal_tensor_floats (layer->bias) : NULL;

  for (gint64 k = 0; k < n; k++) {
    double s = scale[k] / sqrt (variance[k] + epsilon);

    for (gint64 i = 0; i < each; i++)
      folded[k * each + i] = (float) (w[k * each + i] * s);
    shifted[k] = (float) (((b != NULL ? b[k] : 0.0) - mean[k]) * s + shift[k]);
  }
  sal_tensor_unref (layer->weights);
  g_clear_pointer (&layer->bias, sal_tensor_unref);
  layer->weights = weights;
  layer->bias = bias;
}

static void
take_weights (Layer *layer, const SalOpSetup *setup)
{
  const SalNode *node = setup->node, *norm = norm_of (layer->lrp, node);
  int x[3] = { node->x[0], node->x[1], SAL_NO_VALUE };

  layer->weights = sal_tensor_ref (setup->x_value[1]);
  if (setup->n_x > 2 && setup->x_given[2])
    layer->bias = sal_tensor_ref (setup->x_value[2]);
  if (norm != NULL)
    fold (layer, norm);
  /* What a third input is called is no matter: its value is given. */
  x[2] = layer->bias != NULL ? node->x[1] : SAL_NO_VALUE;
  layer->node = sal_node_new (node->op_type, node->name, node->opset, x,
                              layer->bias != NULL ? 3 : 2, node->y, 1);
  sal_node_copy_attributes (layer->node, node);
}

static gboolean
reads_picture (const SalLrp *lrp, const SalNode *node)
{
  return node->x[0] == sal_model_input (lrp->model);
}

static const Scheme *
choose (const SalLrp *lrp, const SalOpSetup *setup)
{
  const char *type = setup->node->op_type;
  SalLrpRule rule = strncmp (type, "Conv", 4) == 0 ? lrp->rules.convolution : lrp->rules.dense;

  if (reads_picture (lrp, setup->node))
    rule = lrp->rules.first;
  if (rule == SAL_LRP_BOX && lrp->low == NULL)
    rule = SAL_LRP_EPSILON;
  return &schemes[rule];
}

static gboolean
find (const SalOpSetup *setup, const SalOp *op, SalRule *rule, gconstpointer data)
{
  const SalLrp *lrp = data;
  gint64 n_x = 0, n_y = sal_shape_count (&setup->y_shape[0]);
  SalLrpClass class = sal_lrp_class (op->name);
  gboolean weights = class == SAL_LRP_WEIGHTED && setup->n_x >= 2 && setup->x_value[1] != NULL;
  Layer *layer;

  /* Without its shift, batch normalisation hands each element's relevance to that element. */
  if (class == SAL_LRP_PASSING || (strcmp (op->name, "BatchNormalization") == 0 &&
                                   (is_folded (lrp, setup->node) || lrp->rules.spread))) {
    rule->kernel = pass;
    rule->keep = SAL_KEEP_NOTHING;
    return TRUE;
  }
  if (!weights && class != SAL_LRP_SHARING && class != SAL_LRP_SHARING_EVENLY)
    return FALSE;
  for (int j = 0; j < setup->n_x; j++)
    if (setup->x_given[j] && setup->x_value[j] == NULL)
      n_x += sal_shape_count (&setup->x_shape[j]);
  layer = g_new0 (Layer, 1);
  g_ptr_array_add (lrp->layers, layer);
  layer->lrp = lrp;
  layer->op = op;
  rule->data = layer;
  layer->even = class == SAL_LRP_SHARING_EVENLY;
  layer->picks = strstr (op->name, "MaxPool") != NULL;
  if (weights) {
    take_weights (layer, setup);
    layer->scheme = choose (lrp, setup);
    for (int b = 0; b < layer->scheme->n; b++)
      for (int t = 0; t < layer->scheme->bundles[b].n; t++)
        if (!make_variant (layer, setup, &layer->scheme->bundles[b].terms[t]))
          weights = FALSE;
    if (layer->scheme->bundles[0].where != 0 && !make_variant (layer, setup, &plain))
      weights = FALSE;
    if (lrp->rules.spread && !make_variant (layer, setup, &evenly))
      weights = FALSE;
  }
  if (weights) {
    rule->kernel = weighted_rule;
    rule->keep = SAL_KEEP_X (0);
    rule->scratch_bytes = (2 * n_x + 5 * n_y) * sizeof (float);
  } else {
    rule->kernel = share;
    rule->keep |= SAL_KEEP_INPUTS | SAL_KEEP_OUTPUT;
    rule->scratch_bytes = (n_x + n_y) * sizeof (float);
  }
  return TRUE;
}

SalLrp *
sal_lrp_new (SalModel *model, const SalLrpRules *rules)
{
  SalLrp *lrp = g_new0 (SalLrp, 1);

  lrp->model = sal_model_ref (model);
  lrp->rules = *rules;
  lrp->set = (SalRuleSet){ find, lrp };
  lrp->layers = g_ptr_array_new_with_free_func (layer_free);
  if (sal_model_preparation (model) != NULL) {
    lrp->low = sal_baseline_new (model, "black", NULL, 0, NULL, NULL);
    lrp->high = sal_baseline_new (model, "white", NULL, 0, NULL, NULL);
  }
  return lrp;
}

void
sal_lrp_free (SalLrp *lrp)
{
  g_ptr_array_unref (lrp->layers);
  g_clear_pointer (&lrp->low, sal_tensor_unref);
  g_clear_pointer (&lrp->high, sal_tensor_unref);
  sal_model_unref (lrp->model);
  g_free (lrp);
}

const SalRuleSet *
sal_lrp_rules (const SalLrp *lrp)
{
  return &lrp->set;
}
