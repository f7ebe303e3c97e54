#include "engine/graph/parts.h"

#include "engine/kernels/thin.h"
#include "engine/ops/channels-last.h"

/* What a core's level-2 cache holds, and its share of the one behind it. */
#define NEAR (2.0 * (1 << 20))
#define FAR (32.0 * (1 << 20))

typedef struct {
  SalPlan *plan;
  const SalPlanOptions *options;
  gboolean *early; /* of a value: the feed, or computed by a step that may be before the cut */
  int *last_reader;
} Cut;

static const SalStep *
get_step (const Cut *cut, int i)
{
  return &g_array_index (cut->plan->steps, SalStep, i);
}

static gint64
batch (const Cut *cut)
{
  return cut->options->feeds[0].shape.dim[0];
}

static gboolean
is_batch (const Cut *cut, int value)
{
  const SalShape *shape = &cut->plan->slots[value].shape;

  return shape->rank > 0 && shape->dim[0] == batch (cut);
}

/* Whether each input of the batch goes through a step by itself. */
static gboolean
is_apart (const Cut *cut, const SalStep *step)
{
  const SalNode *node = step->node;
  int y = node->y[0];
  gboolean elementwise =
      sal_last_is_unary (step->op->name) || sal_last_is_arithmetic (step->op->name);

  if ((!elementwise && node->opset != SAL_OPSET_LOWERED) || node->n_y != 1 || !is_batch (cut, y))
    return FALSE;
  for (int j = 0; j < node->n_x; j++) {
    int x = node->x[j];
    const SalSlot *slot = x != SAL_NO_VALUE ? &cut->plan->slots[x] : NULL;

    if (slot == NULL)
      continue;
    if (slot->known == NULL && !(cut->early[x] && is_batch (cut, x)))
      return FALSE;
    /* One number for each input of the batch. */
    if (slot->known != NULL && elementwise && slot->shape.rank == cut->plan->slots[y].shape.rank &&
        slot->shape.dim[0] != 1)
      return FALSE;
  }
  return TRUE;
}

/* Returns: how many of the first steps could be before the cut */
static int
find_early (Cut *cut)
{
  const SalPlanOptions *o = cut->options;
  int n = cut->plan->steps->len, values = sal_graph_n_values (cut->plan->graph);
  g_autofree gboolean *asked = g_new0 (gboolean, values + 1);

  for (int i = 0; i < o->n_outputs; i++)
    asked[o->outputs[i]] = TRUE;
  for (int i = 0; i < o->n_keep; i++)
    asked[o->keep[i]] = TRUE;
  for (int i = 0; i < o->n_gradients; i++)
    asked[o->gradients[i]] = TRUE;
  cut->early[o->feeds[0].value] = TRUE;
  for (int i = 0; i < n; i++) {
    const SalStep *step = get_step (cut, i);

    if (!is_apart (cut, step) || asked[step->node->y[0]])
      return i;
    cut->early[step->node->y[0]] = TRUE;
  }
  return n;
}

/* Whether a step that cannot be before the cut gives each input the same bits whatever the batch,
 * as those that can be do: the last layers of classifiers. */
static gboolean
is_row_by_row (const Cut *cut, const SalStep *step)
{
  static const char *const names[] = { "Gemm", "LogSoftmax", "Softmax", NULL };

  return is_batch (cut, step->node->y[0]) &&
         (step->setup->setup.view || g_strv_contains (names, step->op->name));
}

/* Bytes for each input of the batch that a step does not find in the cache, @n inputs at a time. */
static double
traffic (const Cut *cut, const SalStep *step, double n)
{
  const SalNode *node = step->node;
  double weights = step->setup->setup.packed_bytes, values = 0, all;

  for (int j = 0; j <= node->n_x; j++) {
    int value = j < node->n_x ? node->x[j] : node->y[0];
    const SalSlot *slot = value != SAL_NO_VALUE ? &cut->plan->slots[value] : NULL;

    if (slot != NULL && slot->known == NULL)
      values += (double) sal_shape_count (&slot->shape) * sizeof (float) / (double) batch (cut);
  }
  all = weights + n * values;
  return weights / n + (all > FAR ? 2 : all > NEAR ? 1 : 0) * values;
}

/* Returns: the number of steps before the best cut that a single value crosses */
static int
find_best (Cut *cut, int early)
{
  const SalPlan *plan = cut->plan;
  int crossing = 1, best = 0, inputs = cut->options->parts, wanted = cut->options->front;
  double saved = 0, most = 0;
  int last;

  for (int v = 0; v < sal_graph_n_values (plan->graph); v++)
    cut->last_reader[v] = -1;
  for (int i = 0; i < (int) plan->steps->len; i++)
    for (int j = 0; j < get_step (cut, i)->node->n_x; j++)
      if (get_step (cut, i)->node->x[j] != SAL_NO_VALUE)
        cut->last_reader[get_step (cut, i)->node->x[j]] = i;
  for (int i = 0; i < early; i++) {
    const SalNode *node = get_step (cut, i)->node;

    last = node->y[0];
    crossing++;
    for (int j = 0; j < node->n_x; j++) {
      int x = node->x[j];
      gboolean again = FALSE;

      for (int k = 0; k < j; k++)
        again = again || node->x[k] == x;
      if (x != SAL_NO_VALUE && !again && plan->slots[x].known == NULL && cut->last_reader[x] == i)
        crossing--;
    }
    saved += traffic (cut, get_step (cut, i), inputs) - traffic (cut, get_step (cut, i), 1);
    if (crossing != 1 || cut->last_reader[last] <= i)
      continue;
    if (wanted > 0 ? i < wanted : saved > most) {
      most = saved;
      best = i + 1;
    }
  }
  return best;
}

static SalShape
part_of (const SalShape *shape, int parts)
{
  SalShape part = *shape;

  part.dim[0] /= parts;
  return part;
}

/* The same node for a part of the batch. */
static gboolean
set_up (SalPlan *plan, SalStep *step, GError **error)
{
  g_autoptr (SalNodeSetup) setup = sal_node_setup_new (step->node);

  for (int j = 0; j < step->node->n_x; j++) {
    const SalSlot *x = step->node->x[j] != SAL_NO_VALUE ? &plan->slots[step->node->x[j]] : NULL;
    SalShape shape;

    if (x == NULL)
      continue;
    shape = x->known != NULL ? x->shape : part_of (&x->shape, plan->parts);
    sal_node_setup_input (setup, j, &shape, x->type, x->known);
  }
  if (!sal_node_setup_run (setup, step->op, error))
    return FALSE;
  sal_node_setup_free (step->setup);
  step->setup = g_steal_pointer (&setup);
  return TRUE;
}

gboolean
sal_parts_cut (SalPlan *plan, const SalPlanOptions *options, GError **error)
{
  gsize n = sal_graph_n_values (plan->graph) + 1;
  g_autofree gboolean *early = g_new0 (gboolean, n);
  g_autofree int *last_reader = g_new (int, n);
  Cut cut = { plan, options, early, last_reader };
  int n_early;

  if (options->parts <= 1 || options->n_feeds != 1 || options->feeds[0].shape.rank == 0 ||
      options->feeds[0].shape.dim[0] % options->parts != 0)
    return TRUE;
  n_early = find_early (&cut);
  plan->separate = options->feeds[0].shape.dim[0] <= SAL_THIN_ROWS;
  for (guint i = n_early; i < plan->steps->len; i++)
    plan->separate = plan->separate && is_row_by_row (&cut, get_step (&cut, i));
  plan->front = find_best (&cut, n_early);
  if (plan->front == 0)
    return TRUE;
  plan->parts = options->parts;
  for (int i = 0; i < plan->front; i++)
    if (!set_up (plan, &g_array_index (plan->steps, SalStep, i), error))
      return FALSE;
  return TRUE;
}
