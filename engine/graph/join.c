#include "engine/graph/join.h"

/* Length of the last axis. */
static gint64
channels (const SalPlan *plan, int value)
{
  return sal_shape_row (&plan->slots[value].shape);
}

/* Whether a value may lie among others: whoever computes or reads it can skip them, and the caller
 * does not look at it. */
static gboolean *
find_movable (const SalPlan *plan, const SalPlanOptions *o)
{
  gboolean *movable = g_new0 (gboolean, sal_graph_n_values (plan->graph) + 1);

  for (guint i = 0; i < plan->steps->len; i++) {
    const SalStep *step = &g_array_index (plan->steps, SalStep, i);
    const SalOpSetup *setup = &step->setup->setup;

    for (int j = 0; j < step->node->n_x; j++)
      if (step->node->x[j] != SAL_NO_VALUE && !(setup->skips & SAL_SKIPS_X))
        movable[step->node->x[j]] = FALSE;
    if (setup->skips & SAL_SKIPS_Y)
      movable[step->node->y[0]] = TRUE;
  }
  for (int i = 0; i < o->n_outputs; i++)
    movable[o->outputs[i]] = FALSE;
  for (int i = 0; i < o->n_keep; i++)
    movable[o->keep[i]] = FALSE;
  for (int i = 0; i < o->n_gradients; i++)
    movable[o->gradients[i]] = FALSE;
  return movable;
}

/* Whether a later step has put all parts side by side into one value. */
static gboolean
stands_already (const SalPlan *plan, const SalNode *node)
{
  const SalSlot *first = &plan->slots[node->x[0]];
  gint64 at = first->from;

  for (int j = 0; j < node->n_x; j++) {
    const SalSlot *x = &plan->slots[node->x[j]];

    if (x->whole == node->x[j] || x->whole != first->whole || x->from != at)
      return FALSE;
    at += channels (plan, node->x[j]);
  }
  return TRUE;
}

static void
join_step (SalPlan *plan, const SalNode *node, const gboolean *movable)
{
  SalSlot *y = &plan->slots[node->y[0]];
  gint64 at;

  if (y->whole == node->y[0] && movable[node->y[0]] && stands_already (plan, node)) {
    y->whole = plan->slots[node->x[0]].whole;
    y->from = plan->slots[node->x[0]].from;
    return;
  }
  at = y->from;
  for (int j = 0; j < node->n_x; j++) {
    SalSlot *x = &plan->slots[node->x[j]];

    if (x->whole == node->x[j] && movable[node->x[j]]) {
      x->whole = y->whole;
      x->from = at;
    }
    at += channels (plan, node->x[j]);
  }
}

void
sal_join (SalPlan *plan, const SalPlanOptions *options)
{
  g_autofree gboolean *movable = find_movable (plan, options);
  g_autofree gboolean *asked = g_new0 (gboolean, sal_graph_n_values (plan->graph) + 1);

  for (int v = 0; v < sal_graph_n_values (plan->graph); v++) {
    plan->slots[v].whole = v;
    plan->slots[v].from = 0;
  }
  for (int i = 0; i < options->n_gradients; i++)
    asked[options->gradients[i]] = TRUE;
  /* The last ones are the longest, and those before are found in them. */
  for (int i = (int) plan->steps->len - 1; i >= 0; i--) {
    const SalStep *step = &g_array_index (plan->steps, SalStep, i);

    /* Parts would yet change the gradient that is asked for. */
    if (step->setup->setup.joins && !asked[step->node->y[0]])
      join_step (plan, step->node, movable);
  }
}

gboolean
sal_join_is_there (const SalPlan *plan, const SalStep *step, int i)
{
  const SalNode *node = step->node;
  gint64 at;

  if (!step->setup->setup.joins)
    return FALSE;
  at = plan->slots[node->y[0]].from;
  for (int j = 0; j < i; j++)
    at += channels (plan, node->x[j]);
  return plan->slots[node->x[i]].whole == plan->slots[node->y[0]].whole &&
         plan->slots[node->x[i]].from == at;
}
