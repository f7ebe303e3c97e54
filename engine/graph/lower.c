#include "engine/graph/lower.h"

#include "engine/base/memory.h"
#include "engine/graph/fuse.h"
#include "engine/ops/channels-last.h"

#include <math.h>
#include <string.h>

/* In the lowered graph a value of the model may exist as it is, with channels last, or both. */
typedef struct {
  const SalPlan *draft;
  const SalPlanOptions *options;
  SalGraph *graph;
  gboolean *plain;  /* by value: it is there as the model has it */
  int *last;        /* its twin with channels last, SAL_NO_VALUE if there is none yet */
  SalFused **fused; /* the convolution that will compute it once somebody reads it */
  int *readers;     /* how many inputs of the plan's steps it is */
  gboolean *observed, *differentiated; /* asked for by the caller; its gradient is */
  GHashTable *exact;                   /* steps that are to do without Winograd */
  gboolean clamps;                     /* whether clamps may join convolutions */
} Lowering;

static const SalShape *
shape_of (Lowering *l, int value)
{
  return &l->draft->slots[value].shape;
}

static gboolean
is_picture (Lowering *l, int value)
{
  return value != SAL_NO_VALUE && shape_of (l, value)->rank == 4 &&
         l->draft->slots[value].type == SAL_FLOAT;
}

static gboolean
is_known (Lowering *l, int value)
{
  return l->draft->slots[value].known != NULL;
}

static const char *
name_of (Lowering *l, int value)
{
  return sal_graph_get_value (l->graph, value)->name;
}

static int
new_value (Lowering *l, int value, const char *what)
{
  /* Thousands of convolutions may share their weights: a number of its own finds a free name at
   * once. */
  g_autofree char *name =
      g_strdup_printf ("%s (%s %d)", name_of (l, value), what, sal_graph_n_values (l->graph));

  return sal_graph_new_value (l->graph, name);
}

static SalNode *
add_node (Lowering *l, const char *op, int opset, const char *name, const int *x, int n_x, int y)
{
  SalNode *node = sal_node_new (op, name, opset, x, n_x, &y, 1);

  sal_graph_add_node (l->graph, node);
  return node;
}

static void
reshape (Lowering *l, int x, int y, const SalShape *shape)
{
  int to = new_value (l, x, "shape");
  g_autoptr (SalTensor) lengths =
      sal_tensor_new_copy (SAL_INT, &SAL_SHAPE (shape->rank), shape->dim);

  sal_graph_set_constant (l->graph, to, lengths);
  /* Lengths of 0 are lengths. */
  sal_node_set_int (add_node (l, "Reshape", 14, name_of (l, x), (int[]){ x, to }, 2, y),
                    "allowzero", 1);
}

static SalShape
last_shape (const SalShape *s)
{
  return SAL_SHAPE (s->dim[0], s->dim[2], s->dim[3], s->dim[1]);
}

/* With one channel or one place, both orders are the same memory. */
static gboolean
is_order_free (const SalShape *s)
{
  return s->dim[1] == 1 || s->dim[2] * s->dim[3] == 1;
}

static void
to_plain (Lowering *l, int value)
{
  const SalShape *shape = shape_of (l, value);

  if (is_order_free (shape))
    reshape (l, l->last[value], value, shape);
  else
    add_node (l, SAL_CHANNELS_FIRST, SAL_OPSET_LOWERED, name_of (l, value), &l->last[value], 1,
              value);
  l->plain[value] = TRUE;
}

/* @twin, with channels last, has just been computed for @value. What the caller asks for exists as
 * the model has it; and if that is a gradient, whatever is computed from the value must be computed
 * from there. */
static void
computed_last (Lowering *l, int value, int twin)
{
  l->last[value] = twin;
  if (!l->observed[value])
    return;
  to_plain (l, value);
  if (l->differentiated[value])
    l->last[value] = SAL_NO_VALUE;
}

static int channels_last (Lowering *l, int value);

static int
constant_value (Lowering *l, int value, const char *what, SalTensor *tensor)
{
  int y = new_value (l, value, what);

  sal_graph_set_constant (l->graph, y, tensor);
  return y;
}

static void
emit (Lowering *l, int value)
{
  SalFused *f = g_steal_pointer (&l->fused[value]);
  g_autoptr (SalTensor) bias = sal_fused_bias (f);
  int x[4] = { SAL_NO_VALUE, SAL_NO_VALUE, SAL_NO_VALUE, SAL_NO_VALUE };
  int twin = new_value (l, value, "channels last");
  SalNode *node;

  x[0] = channels_last (l, f->x);
  x[1] = constant_value (l, f->conv->node->x[1], "scaled", sal_fused_weight (f));
  if (bias != NULL)
    x[2] = constant_value (l, f->conv->node->x[1], "bias", bias);
  if (f->add != SAL_NO_VALUE)
    x[3] = channels_last (l, f->add);
  node = add_node (l, SAL_CONV_LAST, SAL_OPSET_LOWERED, f->conv->node->name, x, 4, twin);
  sal_conv_describe (&f->conv->setup->setup, node);
  sal_node_set_int (node, "exact", f->exact);
  sal_node_set_float (node, "low", f->low);
  sal_node_set_float (node, "high", f->high);
  sal_fused_free (f);
  computed_last (l, value, twin);
}

/* Makes sure that a value is there as the model has it. */
static void
need_plain (Lowering *l, int value)
{
  if (value == SAL_NO_VALUE || l->plain[value] || is_known (l, value))
    return;
  if (l->fused[value] != NULL)
    emit (l, value);
  if (!l->plain[value])
    to_plain (l, value);
}

/* Returns: the twin of a value, computed if it is not there */
static int
channels_last (Lowering *l, int value)
{
  const SalShape *shape = shape_of (l, value);
  SalShape moved = last_shape (shape);
  int twin;

  if (l->fused[value] != NULL)
    emit (l, value);
  if (l->last[value] != SAL_NO_VALUE)
    return l->last[value];
  twin = new_value (l, value, "channels last");
  if (is_order_free (shape))
    reshape (l, value, twin, &moved);
  else
    add_node (l, SAL_CHANNELS_LAST, SAL_OPSET_LOWERED, name_of (l, value), &value, 1, twin);
  return l->last[value] = twin;
}

/* Whether a value is at hand with channels last, or will be. */
static gboolean
is_last (Lowering *l, int value)
{
  return value != SAL_NO_VALUE && (l->last[value] != SAL_NO_VALUE || l->fused[value] != NULL);
}

static gboolean
named (const SalStep *step, const char *const *names)
{
  return g_strv_contains (names, step->op->name);
}

static void
copy (Lowering *l, const SalStep *step)
{
  const SalNode *node = step->node;
  SalNode *same;

  for (int i = 0; i < node->n_x; i++)
    need_plain (l, node->x[i]);
  same =
      sal_node_new (node->op_type, node->name, node->opset, node->x, node->n_x, node->y, node->n_y);
  sal_node_copy_attributes (same, node);
  sal_graph_add_node (l->graph, same);
  for (int i = 0; i < node->n_y; i++)
    if (node->y[i] != SAL_NO_VALUE)
      l->plain[node->y[i]] = TRUE;
}

/* The same operator, reading and writing twins. */
static SalNode *
mirror (Lowering *l, const SalStep *step, const int *x)
{
  const SalNode *node = step->node;
  int twin = new_value (l, node->y[0], "channels last");
  SalNode *same = sal_node_new (node->op_type, node->name, node->opset, x, node->n_x, &twin, 1);

  sal_node_copy_attributes (same, node);
  sal_graph_add_node (l->graph, same);
  computed_last (l, node->y[0], twin);
  return same;
}

/* Conv, and what a convolution before can take in. */
static gboolean
lower_fused (Lowering *l, const SalStep *step)
{
  const SalNode *node = step->node;
  int y = node->y[0];

  for (int i = node->n_x - 1; i >= 0; i--) {
    int x = node->x[i];

    if (x == SAL_NO_VALUE || l->fused[x] == NULL || l->readers[x] != 1 || l->observed[x] ||
        !sal_fused_absorb (l->fused[x], l->draft, step, x, l->clamps))
      continue;
    l->fused[y] = g_steal_pointer (&l->fused[x]);
    if (l->fused[y]->add != SAL_NO_VALUE)
      channels_last (l, l->fused[y]->add);
    return TRUE;
  }
  l->fused[y] = sal_fused_new (l->draft, step);
  if (l->fused[y] == NULL)
    return FALSE;
  l->fused[y]->exact = g_hash_table_contains (l->exact, step);
  /* What it reads is written now: no chain of convolutions waits for the last one. */
  channels_last (l, step->node->x[0]);
  return TRUE;
}

/* y = clamp (scale · x + shift), one of each a channel, where it stands before a convolution. */
static gboolean
lower_scale (Lowering *l, const SalStep *step)
{
  static const char *const names[] = { "BatchNormalization", NULL };
  gint64 C = is_picture (l, step->node->x[0]) ? shape_of (l, step->node->x[0])->dim[1] : 0;
  g_autofree double *scale = g_new (double, MAX (C, 1)), *shift = g_new (double, MAX (C, 1));
  g_autoptr (SalTensor) a = NULL, b = NULL;
  int input, twin, x[3];

  if (C == 0 || !named (step, names) || !is_last (l, step->node->x[0]) ||
      !sal_step_affine (l->draft, step, scale, shift, &input))
    return FALSE;
  a = sal_tensor_new (SAL_FLOAT, &SAL_SHAPE (C));
  b = sal_tensor_new (SAL_FLOAT, &SAL_SHAPE (C));
  for (gint64 c = 0; c < C; c++) {
    ((float *) sal_tensor_edit (a))[c] = scale[c];
    ((float *) sal_tensor_edit (b))[c] = shift[c];
  }
  x[0] = channels_last (l, step->node->x[0]);
  x[1] = constant_value (l, step->node->y[0], "scale", a);
  x[2] = constant_value (l, step->node->y[0], "shift", b);
  twin = new_value (l, step->node->y[0], "channels last");
  add_node (l, SAL_SCALE_LAST, SAL_OPSET_LOWERED, step->node->name, x, 3, twin);
  computed_last (l, step->node->y[0], twin);
  return TRUE;
}

/* Activations look at one input, element by element; what else they read are single numbers. */
static gboolean
lower_unary (Lowering *l, const SalStep *step)
{
  const SalNode *node = step->node;
  g_autofree int *x = g_memdup2 (node->x, node->n_x * sizeof (int));

  if (!sal_last_is_unary (step->op->name) || !is_picture (l, node->x[0]) ||
      !is_last (l, node->x[0]) || !is_picture (l, node->y[0]))
    return FALSE;
  for (int i = 1; i < node->n_y; i++)
    if (node->y[i] != SAL_NO_VALUE)
      return FALSE;
  for (int i = 1; i < node->n_x; i++)
    if (x[i] != SAL_NO_VALUE && !is_known (l, x[i]))
      return FALSE;
  x[0] = channels_last (l, x[0]);
  mirror (l, step, x);
  return TRUE;
}

/* Returns: the twin of an operand that is broadcast to a picture, SAL_NO_VALUE if it has none */
static int
operand (Lowering *l, int value)
{
  const SalTensor *known = l->draft->slots[value].known;
  const SalShape *shape = shape_of (l, value);
  SalShape whole = { .rank = 4, .dim = { 1, 1, 1, 1 } }, moved;
  g_autoptr (SalTensor) tensor = NULL;
  const float *from;
  float *to;

  if (known == NULL)
    return is_picture (l, value) ? channels_last (l, value) : SAL_NO_VALUE;
  if (shape->rank > 4 || sal_tensor_type (known) != SAL_FLOAT)
    return SAL_NO_VALUE;
  for (int i = 0; i < shape->rank; i++)
    whole.dim[4 - shape->rank + i] = shape->dim[i];
  moved = last_shape (&whole);
  tensor = sal_tensor_new (SAL_FLOAT, &moved);
  from = sal_tensor_floats (known);
  to = sal_tensor_edit (tensor);
  for (gint64 n = 0; n < whole.dim[0]; n++)
    for (gint64 c = 0; c < whole.dim[1]; c++)
      for (gint64 p = 0; p < whole.dim[2] * whole.dim[3]; p++)
        to[(n * whole.dim[2] * whole.dim[3] + p) * whole.dim[1] + c] = *from++;
  return constant_value (l, value, "channels last", tensor);
}

/* Arithmetic with broadcasting over pictures. */
static gboolean
lower_arithmetic (Lowering *l, const SalStep *step)
{
  const SalNode *node = step->node;
  g_autofree int *x = g_new (int, MAX (node->n_x, 1));
  gboolean any = FALSE;

  if (!sal_last_is_arithmetic (step->op->name) || !is_picture (l, node->y[0]) || node->n_y != 1)
    return FALSE;
  for (int i = 0; i < node->n_x; i++) {
    int value = node->x[i];

    if (value == SAL_NO_VALUE || l->draft->slots[value].type != SAL_FLOAT ||
        (is_known (l, value) ? shape_of (l, value)->rank > 4 : !is_picture (l, value)))
      return FALSE;
    any = any || (!is_known (l, value) && is_last (l, value));
  }
  if (!any)
    return FALSE;
  for (int i = 0; i < node->n_x; i++)
    x[i] = operand (l, node->x[i]);
  mirror (l, step, x);
  return TRUE;
}

/* Concat of channels, once one of them is at hand. */
static gboolean
lower_concat (Lowering *l, const SalStep *step)
{
  static const char *const names[] = { "Concat", NULL };
  const SalNode *node = step->node;
  g_autofree int *x = g_new (int, MAX (node->n_x, 1));
  gint64 axis = sal_node_int (node, "axis", 1);
  gboolean any = FALSE;
  int twin;

  if (!named (step, names) || (axis != 1 && axis != -3) || !is_picture (l, node->y[0]))
    return FALSE;
  for (int i = 0; i < node->n_x; i++)
    any = any || (!is_known (l, node->x[i]) && is_last (l, node->x[i]));
  if (!any)
    return FALSE;
  for (int i = 0; i < node->n_x; i++)
    x[i] = operand (l, node->x[i]);
  twin = new_value (l, node->y[0], "channels last");
  add_node (l, SAL_CONCAT_LAST, SAL_OPSET_LOWERED, node->name, x, node->n_x, twin);
  computed_last (l, node->y[0], twin);
  return TRUE;
}

/* Pooling windows, the whole plane among them. */
static gboolean
lower_pool (Lowering *l, const SalStep *step)
{
  static const char *const names[] = { "MaxPool",       "AveragePool", "GlobalAveragePool",
                                       "GlobalMaxPool", "ReduceMean",  NULL };
  const SalNode *node = step->node;
  int x, twin;

  if (!named (step, names) || !is_picture (l, node->x[0]) || !is_last (l, node->x[0]) ||
      !is_picture (l, node->y[0]) || (node->n_y > 1 && node->y[1] != SAL_NO_VALUE) ||
      !sal_pool_describe (&step->setup->setup, NULL))
    return FALSE;
  x = channels_last (l, node->x[0]);
  twin = new_value (l, node->y[0], "channels last");
  sal_pool_describe (&step->setup->setup,
                     add_node (l, SAL_POOL_LAST, SAL_OPSET_LOWERED, node->name, &x, 1, twin));
  computed_last (l, node->y[0], twin);
  return TRUE;
}

/* Exporters of channels-last networks turn their pictures around: that is a twin by itself. */
static gboolean
lower_transpose (Lowering *l, const SalStep *step)
{
  const SalNode *node = step->node;
  gsize n;
  const gint64 *perm = sal_node_ints (node, "perm", &n);

  if (strcmp (step->op->name, "Transpose") != 0 || n != 4 || !is_picture (l, node->x[0]))
    return FALSE;
  if (perm[0] == 0 && perm[1] == 3 && perm[2] == 1 && perm[3] == 2) {
    int twin = new_value (l, node->y[0], "channels last");

    need_plain (l, node->x[0]);
    add_node (l, "Identity", 13, node->name, &node->x[0], 1, twin);
    computed_last (l, node->y[0], twin);
    return TRUE;
  }
  if (perm[0] == 0 && perm[1] == 2 && perm[2] == 3 && perm[3] == 1 && is_last (l, node->x[0])) {
    int twin = channels_last (l, node->x[0]);

    add_node (l, "Identity", 13, node->name, &twin, 1, node->y[0]);
    l->plain[node->y[0]] = TRUE;
    return TRUE;
  }
  return FALSE;
}

static void
lower_steps (Lowering *l)
{
  for (guint i = 0; i < l->draft->steps->len; i++) {
    const SalStep *step = &g_array_index (l->draft->steps, SalStep, i);

    if (!lower_fused (l, step) && !lower_scale (l, step) && !lower_unary (l, step) &&
        !lower_arithmetic (l, step) && !lower_concat (l, step) && !lower_pool (l, step) &&
        !lower_transpose (l, step))
      copy (l, step);
  }
  for (int i = 0; i < l->options->n_outputs; i++)
    need_plain (l, l->options->outputs[i]);
  for (int i = 0; i < l->options->n_keep; i++)
    need_plain (l, l->options->keep[i]);
  for (int i = 0; i < l->options->n_gradients; i++)
    need_plain (l, l->options->gradients[i]);
}

static void
observe (Lowering *l)
{
  const SalPlanOptions *o = l->options;

  for (int i = 0; i < o->n_outputs; i++)
    l->observed[o->outputs[i]] = TRUE;
  for (int i = 0; i < o->n_keep; i++)
    l->observed[o->keep[i]] = TRUE;
  for (int i = 0; i < o->n_gradients; i++)
    l->observed[o->gradients[i]] = l->differentiated[o->gradients[i]] = TRUE;
  for (guint i = 0; i < l->draft->steps->len; i++) {
    const SalNode *node = g_array_index (l->draft->steps, SalStep, i).node;

    for (int j = 0; j < node->n_x; j++)
      if (node->x[j] != SAL_NO_VALUE)
        l->readers[node->x[j]]++;
  }
}

static int
by_bytes (gconstpointer a, gconstpointer b)
{
  const SalStep *x = *(const SalStep *const *) a, *y = *(const SalStep *const *) b;
  gsize x_bytes = sal_conv_last_bytes (&x->setup->setup, FALSE);
  gsize y_bytes = sal_conv_last_bytes (&y->setup->setup, FALSE);

  return x_bytes > y_bytes ? -1 : x_bytes < y_bytes;
}

/* Winograd's weights take up to four times the memory of plain ones: the layers with the largest do
 * without until the rest fits. Both directions count even where only one is planned, so that all
 * plans of a model agree. Returns: whether there is any convolution */
static gboolean
choose_exact (Lowering *l)
{
  g_autoptr (GPtrArray) convs = g_ptr_array_new ();
  guint64 total = 0, budget = sal_memory_weights_budget ();

  for (guint i = 0; i < l->draft->steps->len; i++) {
    SalStep *step = &g_array_index (l->draft->steps, SalStep, i);
    SalFused *fused = sal_fused_new (l->draft, step);

    if (fused == NULL)
      continue;
    sal_fused_free (fused);
    g_ptr_array_add (convs, step);
    if (l->options->compute == SAL_COMPUTE_EXACT)
      g_hash_table_add (l->exact, step);
    else
      total += sal_conv_last_bytes (&step->setup->setup, FALSE);
  }
  g_ptr_array_sort (convs, by_bytes);
  for (guint i = 0; i < convs->len && total > budget; i++) {
    const SalStep *step = convs->pdata[i];

    total -= sal_conv_last_bytes (&step->setup->setup, FALSE);
    total += sal_conv_last_bytes (&step->setup->setup, TRUE);
    g_hash_table_add (l->exact, (gpointer) step);
  }
  return convs->len > 0;
}

SalGraph *
sal_lower (const SalPlan *draft, const SalPlanOptions *options)
{
  int n = sal_graph_n_values (draft->graph);
  g_autofree gboolean *flags = g_new0 (gboolean, (gsize) (n + 1) * 3);
  g_autofree int *ints = g_new0 (int, (gsize) (n + 1) * 2);
  g_autofree SalFused **fused = g_new0 (SalFused *, n + 1);
  Lowering l = { .draft = draft,
                 .options = options,
                 .plain = flags,
                 .observed = flags + n,
                 .differentiated = flags + 2 * (gsize) n,
                 .last = ints,
                 .readers = ints + n,
                 .fused = fused,
                 .clamps = options->rules == NULL };
  g_autoptr (GHashTable) exact = g_hash_table_new (NULL, NULL);
  g_autoptr (GError) error = NULL;

  l.exact = exact;
  if (!choose_exact (&l))
    return NULL;
  l.graph = sal_graph_new_values (draft->graph);
  for (int v = 0; v < n; v++) {
    const SalSlot *slot = &draft->slots[v];

    l.last[v] = SAL_NO_VALUE;
    l.plain[v] = slot->fed;
    if (slot->fed)
      sal_graph_add_input (l.graph, v);
    else if (slot->known != NULL && sal_graph_get_value (l.graph, v)->constant == NULL)
      sal_graph_set_constant (l.graph, v, slot->known);
  }
  observe (&l);
  lower_steps (&l);
  /* Not read by anybody: a plan has no such steps, but for outputs that are left out. */
  for (int v = 0; v < n; v++)
    g_clear_pointer (&fused[v], sal_fused_free);
  if (!sal_graph_seal (l.graph, &error))
    g_error ("lowering made a bad graph: %s", error->message);
  return l.graph;
}
