#include "engine/graph/run.h"

#include "engine/graph/plan-private.h"
#include "engine/graph/profile.h"
#include "engine/graph/workspace.h"

#include <string.h>

struct _SalRun {
  SalPlan *plan;
  char *arena;
  char *scratch;
  SalOpArgs *forward;  /* one a step */
  SalOpArgs *backward; /* one a step */
  const float **x;     /* pointers of all steps, one after the other */
  float **y;
  float **gx;
  const float **gy;
  const guint8 **x_gate;
  gint64 *x_step;
  gint64 *x_gate_step;
  gboolean *seeded; /* by output of the plan */
};

static float *
at (const SalRun *run, gsize place)
{
  return place != SAL_NO_PLACE ? (float *) (gpointer) (run->arena + place) : NULL;
}

static const float *
value_at (const SalRun *run, int value)
{
  const SalSlot *slot = &run->plan->slots[value];

  return slot->known != NULL ? sal_tensor_data (slot->known) : at (run, slot->place);
}

static guint8 *
gate_at (const SalRun *run, int value)
{
  return (guint8 *) at (run, run->plan->slots[value].gate);
}

/* Floats from one row of a value's last axis to the next. */
static gint64
step_of (const SalPlan *plan, int value)
{
  return sal_shape_row (&plan->slots[plan->slots[value].whole].shape);
}

static void
wire (SalRun *run)
{
  SalPlan *plan = run->plan;
  const float **x = run->x, **gy = run->gy;
  const guint8 **x_gate = run->x_gate;
  gint64 *x_step = run->x_step, *x_gate_step = run->x_gate_step;
  float **y = run->y, **gx = run->gx;

  for (guint i = 0; i < plan->steps->len; i++) {
    const SalStep *step = &g_array_index (plan->steps, SalStep, i);
    const SalNode *node = step->node;

    for (int j = 0; j < node->n_x; j++) {
      x[j] = node->x[j] != SAL_NO_VALUE ? value_at (run, node->x[j]) : NULL;
      gx[j] = step->gx_wanted[j] ? at (run, plan->slots[node->x[j]].gradient) : NULL;
      x_step[j] = node->x[j] != SAL_NO_VALUE ? step_of (plan, node->x[j]) : 0;
      if (step->x_gate[j] == SAL_NO_VALUE)
        continue;
      x_gate[j] = gate_at (run, step->x_gate[j]);
      x_gate_step[j] = plan->slots[step->x_gate[j]].gate_step;
    }
    for (int j = 0; j < node->n_y; j++) {
      y[j] = node->y[j] != SAL_NO_VALUE ? at (run, plan->slots[node->y[j]].place) : NULL;
      gy[j] = node->y[j] != SAL_NO_VALUE ? at (run, plan->slots[node->y[j]].gradient) : NULL;
    }
    run->forward[i] = (SalOpArgs){ .node = node,
                                   .n_x = node->n_x,
                                   .n_y = node->n_y,
                                   .x = x,
                                   .y = y,
                                   .x_step = x_step,
                                   .x_shape = step->setup->x_shape,
                                   .y_shape = step->setup->y_shape,
                                   .x_type = step->setup->x_type,
                                   .n = sal_shape_count (&step->setup->y_shape[0]),
                                   .state = step->setup->setup.state,
                                   .saved = at (run, step->saved),
                                   .scratch = run->scratch };
    if (node->n_y > 0 && node->y[0] != SAL_NO_VALUE) {
      run->forward[i].y_step = step_of (plan, node->y[0]);
      run->forward[i].gate = gate_at (run, node->y[0]);
      run->forward[i].gate_step = plan->slots[node->y[0]].gate_step;
    }
    run->backward[i] = run->forward[i];
    run->backward[i].set = step->gx_set;
    run->backward[i].x_gate = x_gate;
    run->backward[i].x_gate_step = x_gate_step;
    run->backward[i].gx = gx;
    run->backward[i].gy = gy;
    run->backward[i].rule = step->rule;
    run->backward[i].rule_scratch = run->scratch + plan->scratch_bytes;
    x += node->n_x;
    gx += node->n_x;
    x_step += node->n_x;
    x_gate += node->n_x;
    x_gate_step += node->n_x;
    y += node->n_y;
    gy += node->n_y;
  }
}

SalRun *
sal_run_new (SalPlan *plan)
{
  SalRun *run = g_new0 (SalRun, 1);
  gsize n_x = 1, n_y = 1;

  run->plan = sal_plan_ref (plan);
  run->arena = sal_workspace_take (plan->arena_bytes);
  run->scratch = sal_workspace_take (plan->scratch_bytes + plan->rule_scratch_bytes);
  for (guint i = 0; i < plan->steps->len; i++) {
    n_x += g_array_index (plan->steps, SalStep, i).node->n_x;
    n_y += g_array_index (plan->steps, SalStep, i).node->n_y;
  }
  run->x = g_new0 (const float *, n_x);
  run->gx = g_new0 (float *, n_x);
  run->x_gate = g_new0 (const guint8 *, n_x);
  run->x_step = g_new0 (gint64, n_x);
  run->x_gate_step = g_new0 (gint64, n_x);
  run->y = g_new0 (float *, n_y);
  run->gy = g_new0 (const float *, n_y);
  run->forward = g_new0 (SalOpArgs, plan->steps->len + 1);
  run->backward = g_new0 (SalOpArgs, plan->steps->len + 1);
  run->seeded = g_new0 (gboolean, plan->outputs->len + 1);
  wire (run);
  return run;
}

void
sal_run_free (SalRun *run)
{
  if (run == NULL)
    return;
  sal_workspace_give (run->arena, run->plan->arena_bytes);
  sal_workspace_give (run->scratch, run->plan->scratch_bytes + run->plan->rule_scratch_bytes);
  g_free (run->x);
  g_free (run->gx);
  g_free (run->x_gate);
  g_free (run->x_step);
  g_free (run->x_gate_step);
  g_free (run->y);
  g_free (run->gy);
  g_free (run->forward);
  g_free (run->backward);
  g_free (run->seeded);
  sal_plan_unref (run->plan);
  g_free (run);
}

SalPlan *
sal_run_plan (const SalRun *run)
{
  return run->plan;
}

gpointer
sal_run_feed (SalRun *run, int value)
{
  g_return_val_if_fail (run->plan->slots[value].fed, NULL);
  return at (run, run->plan->slots[value].place);
}

gboolean
sal_run_forward (SalRun *run, GCancellable *cancellable, GError **error)
{
  SalPlan *plan = run->plan;

  for (guint i = 0; i < plan->steps->len; i++) {
    const SalStep *step = &g_array_index (plan->steps, SalStep, i);

    if (g_cancellable_set_error_if_cancelled (cancellable, error))
      return FALSE;

    gint64 begun = sal_profile_begin ();

    if (!step->view)
      step->op->forward (&run->forward[i]);
    sal_profile_end (begun, step->node, FALSE);
  }
  memset (run->seeded, 0, plan->outputs->len * sizeof (gboolean));
  return TRUE;
}

gconstpointer
sal_run_value (const SalRun *run, int value)
{
  return value_at (run, value);
}

static gsize
gradient_bytes (const SalSlot *slot)
{
  return sal_shape_count (&slot->shape) * sizeof (float);
}

float *
sal_run_seed (SalRun *run, int value)
{
  for (guint i = 0; i < run->plan->outputs->len; i++)
    if (g_array_index (run->plan->outputs, int, i) == value)
      run->seeded[i] = TRUE;
  return at (run, run->plan->slots[value].gradient);
}

/* A view with a gradient of its own: adds it to that of what it looks at. */
static void
add_gradient (const SalOpArgs *a)
{
  for (gint64 i = 0; i < a->n; i++)
    a->gx[0][i] += a->gy[0][i];
}

/* Gradients that no step clears: unseeded outputs, and what nothing adds to. */
static void
clear_at_start (SalRun *run)
{
  SalPlan *plan = run->plan;

  for (int v = 0; v < sal_graph_n_values (plan->graph); v++) {
    const SalSlot *slot = &plan->slots[v];

    if (slot->gradient_is_zero)
      memset (at (run, slot->gradient), 0, gradient_bytes (slot));
  }
  for (guint i = 0; i < plan->outputs->len; i++) {
    const SalSlot *slot = &plan->slots[g_array_index (plan->outputs, int, i)];

    if (!run->seeded[i] && slot->gradient != SAL_NO_PLACE)
      memset (at (run, slot->gradient), 0, gradient_bytes (slot));
  }
}

/* What @value's gradient is part of, all of it. */
static void
clear_gradient (SalRun *run, int value)
{
  const SalSlot *whole = &run->plan->slots[run->plan->slots[value].whole];

  memset (at (run, whole->gradient), 0, gradient_bytes (whole));
}

static void
gate_gradient (const SalOpArgs *a)
{
  gint64 channels = sal_shape_row (&a->y_shape[0]);

  sal_gate_apply ((float *) a->gy[0], a->y_step, a->gate, a->gate_step, a->n / channels, channels);
}

void
sal_run_set_team (SalRun *run, SalTeam *team)
{
  for (guint i = 0; i < run->plan->steps->len; i++)
    run->forward[i].team = run->backward[i].team = team;
}

gboolean
sal_run_backward (SalRun *run, GCancellable *cancellable, GError **error)
{
  SalPlan *plan = run->plan;

  clear_at_start (run);
  for (int i = (int) plan->steps->len - 1; i >= 0; i--) {
    const SalStep *step = &g_array_index (plan->steps, SalStep, i);
    const SalOpArgs *args = &run->backward[i];

    if (g_cancellable_set_error_if_cancelled (cancellable, error))
      return FALSE;

    gint64 begun = sal_profile_begin ();

    for (int j = 0; j < step->node->n_x; j++)
      if (step->gx_clear[j])
        clear_gradient (run, step->node->x[j]);
    /* No step above could put it through the gate that forward left. */
    if (step->gates_gy)
      gate_gradient (args);
    if (step->copies_gradient)
      add_gradient (args);
    else if (step->backward != NULL && !step->view)
      step->backward (args);
    sal_profile_end (begun, step->node, TRUE);
  }
  return TRUE;
}

const float *
sal_run_gradient (const SalRun *run, int value)
{
  return at (run, run->plan->slots[value].gradient);
}
