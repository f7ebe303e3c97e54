#include "engine/graph/run.h"

#include "engine/graph/plan-private.h"
#include "engine/graph/profile.h"
#include "engine/graph/workspace.h"

#include <string.h>

/* A step with the whole batch, or before the cut (parts.h) with one part of it. */
typedef struct {
  const SalStep *step;
  int part, parts; /* which of how many: 0 and 1 for the whole batch */
  SalOpArgs forward;
  SalOpArgs backward;
} Turn;

struct _SalRun {
  SalPlan *plan;
  char *arena;
  char *scratch;
  Turn *turns; /* in the order of the forward pass, which backward turns around */
  int n_turns;
  const float **x; /* pointers of all turns, one after the other */
  float **y;
  float **gx;
  const float **gy;
  const guint8 **x_gate;
  gint64 *x_step;
  gint64 *x_gate_step;
  gboolean *seeded; /* by output of the plan */
};

static float *
at (const SalRun *run, gsize place, gsize stride, int part)
{
  return place != SAL_NO_PLACE ? (float *) (gpointer) (run->arena + place + part * stride) : NULL;
}

static const float *
value_at (const SalRun *run, int value, int part)
{
  const SalSlot *slot = &run->plan->slots[value];

  return slot->known != NULL ? sal_tensor_data (slot->known)
                             : at (run, slot->place, slot->stride, part);
}

static float *
gradient_at (const SalRun *run, int value, int part)
{
  const SalSlot *slot = &run->plan->slots[value];

  return at (run, slot->gradient, slot->gradient_stride, part);
}

static guint8 *
gate_at (const SalRun *run, int value, int part)
{
  const SalSlot *slot = &run->plan->slots[value];

  return (guint8 *) at (run, slot->gate, slot->gate_stride, part);
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

  for (int i = 0; i < run->n_turns; i++) {
    Turn *turn = &run->turns[i];
    const SalStep *step = turn->step;
    const SalNode *node = step->node;
    int part = turn->part;

    for (int j = 0; j < node->n_x; j++) {
      x[j] = node->x[j] != SAL_NO_VALUE ? value_at (run, node->x[j], part) : NULL;
      gx[j] = step->gx_wanted[j] ? gradient_at (run, node->x[j], part) : NULL;
      x_step[j] = node->x[j] != SAL_NO_VALUE ? step_of (plan, node->x[j]) : 0;
      if (step->x_gate[j] == SAL_NO_VALUE)
        continue;
      x_gate[j] = gate_at (run, step->x_gate[j], part);
      x_gate_step[j] = plan->slots[step->x_gate[j]].gate_step;
    }
    for (int j = 0; j < node->n_y; j++) {
      y[j] = node->y[j] != SAL_NO_VALUE ? (float *) value_at (run, node->y[j], part) : NULL;
      gy[j] = node->y[j] != SAL_NO_VALUE ? gradient_at (run, node->y[j], part) : NULL;
    }
    turn->forward = (SalOpArgs){ .node = node,
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
                                 .saved = at (run, step->saved, step->saved_stride, part),
                                 .scratch = run->scratch };
    if (node->n_y > 0 && node->y[0] != SAL_NO_VALUE) {
      turn->forward.y_step = step_of (plan, node->y[0]);
      turn->forward.gate = gate_at (run, node->y[0], part);
      turn->forward.gate_step = plan->slots[node->y[0]].gate_step;
    }
    turn->backward = turn->forward;
    turn->backward.set = step->gx_set;
    turn->backward.x_gate = x_gate;
    turn->backward.x_gate_step = x_gate_step;
    turn->backward.gx = gx;
    turn->backward.gy = gy;
    turn->backward.rule = step->rule;
    turn->backward.rule_scratch = run->scratch + plan->scratch_bytes;
    x += node->n_x;
    gx += node->n_x;
    x_step += node->n_x;
    x_gate += node->n_x;
    x_gate_step += node->n_x;
    y += node->n_y;
    gy += node->n_y;
  }
}

/* All parts through the steps before the cut, then the batch through those behind it. */
static void
take_turns (SalRun *run)
{
  const SalPlan *plan = run->plan;
  int n_steps = plan->steps->len;
  Turn *turn;

  run->n_turns = plan->front * plan->parts + n_steps - plan->front;
  turn = run->turns = g_new0 (Turn, run->n_turns + 1);
  for (int part = 0; part < plan->parts; part++) {
    int end = part == plan->parts - 1 ? n_steps : plan->front;

    for (int i = 0; i < end; i++, turn++) {
      turn->step = &g_array_index (plan->steps, SalStep, i);
      turn->part = i < plan->front ? part : 0;
      turn->parts = i < plan->front ? plan->parts : 1;
    }
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
  take_turns (run);
  for (int i = 0; i < run->n_turns; i++) {
    n_x += run->turns[i].step->node->n_x;
    n_y += run->turns[i].step->node->n_y;
  }
  run->x = g_new0 (const float *, n_x);
  run->gx = g_new0 (float *, n_x);
  run->x_gate = g_new0 (const guint8 *, n_x);
  run->x_step = g_new0 (gint64, n_x);
  run->x_gate_step = g_new0 (gint64, n_x);
  run->y = g_new0 (float *, n_y);
  run->gy = g_new0 (const float *, n_y);
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
  g_free (run->turns);
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
  return at (run, run->plan->slots[value].place, 0, 0);
}

gboolean
sal_run_forward (SalRun *run, GCancellable *cancellable, GError **error)
{
  for (int i = 0; i < run->n_turns; i++) {
    const SalStep *step = run->turns[i].step;

    if (g_cancellable_set_error_if_cancelled (cancellable, error))
      return FALSE;

    gint64 begun = sal_profile_begin ();

    if (!step->view)
      step->op->forward (&run->turns[i].forward);
    sal_profile_end (begun, step->node, FALSE);
  }
  memset (run->seeded, 0, run->plan->outputs->len * sizeof (gboolean));
  return TRUE;
}

gconstpointer
sal_run_value (const SalRun *run, int value)
{
  return value_at (run, value, 0);
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
  return gradient_at (run, value, 0);
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
      memset (gradient_at (run, v, 0), 0, gradient_bytes (slot));
  }
  for (guint i = 0; i < plan->outputs->len; i++) {
    int v = g_array_index (plan->outputs, int, i);

    if (!run->seeded[i] && gradient_at (run, v, 0) != NULL)
      memset (gradient_at (run, v, 0), 0, gradient_bytes (&plan->slots[v]));
  }
}

/* What @value's gradient is part of, all channels of it. */
static void
clear_gradient (SalRun *run, const Turn *turn, int value)
{
  int whole = run->plan->slots[value].whole;

  memset (gradient_at (run, whole, turn->part), 0,
          gradient_bytes (&run->plan->slots[whole]) / turn->parts);
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
  for (int i = 0; i < run->n_turns; i++)
    run->turns[i].forward.team = run->turns[i].backward.team = team;
}

gboolean
sal_run_backward (SalRun *run, GCancellable *cancellable, GError **error)
{
  clear_at_start (run);
  for (int i = run->n_turns - 1; i >= 0; i--) {
    const Turn *turn = &run->turns[i];
    const SalStep *step = turn->step;
    const SalOpArgs *args = &turn->backward;

    if (g_cancellable_set_error_if_cancelled (cancellable, error))
      return FALSE;

    gint64 begun = sal_profile_begin ();

    for (int j = 0; j < step->node->n_x; j++)
      if (step->gx_clear[j])
        clear_gradient (run, turn, step->node->x[j]);
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
  return gradient_at (run, value, 0);
}
