#include "engine/base/error.h"
#include "engine/base/memory.h"
#include "engine/graph/lower.h"
#include "engine/graph/parts.h"
#include "engine/graph/place.h"

#include <string.h>

typedef struct {
  SalPlan *plan;
  const SalPlanOptions *options;
  int n_steps;
} Maker;

static SalSlot *
slot (Maker *m, int value)
{
  return &m->plan->slots[value];
}

static const char *
name_of (Maker *m, int value)
{
  return sal_graph_get_value (m->plan->graph, value)->name;
}

static void
step_clear (gpointer data)
{
  SalStep *step = data;

  g_clear_pointer (&step->setup, sal_node_setup_free);
  g_free (step->gx_wanted);
  g_free (step->gx_clear);
  g_free (step->x_gate);
}

/* What is given must agree with what the file declares. */
static gboolean
fits (Maker *m, int value, const SalShape *shape, GError **error)
{
  const SalValue *v = sal_graph_get_value (m->plan->graph, value);
  gboolean agrees = !v->declared || v->shape.rank == shape->rank;
  g_autofree char *want = NULL, *got = NULL;

  for (int axis = 0; v->declared && agrees && axis < v->shape.rank; axis++)
    agrees = v->shape.dim[axis] < 0 || v->shape.dim[axis] == shape->dim[axis];
  if (agrees)
    return TRUE;
  want = sal_shape_to_string (&v->shape);
  got = sal_shape_to_string (shape);
  sal_error_set (error, SAL_ERROR_SHAPE, "\"%s\": the model takes %s, given is %s", v->name, want,
                 got);
  return FALSE;
}

static gboolean
take_feeds (Maker *m, GError **error)
{
  for (int i = 0; i < m->options->n_feeds; i++) {
    const SalFeed *feed = &m->options->feeds[i];
    const SalValue *v = sal_graph_get_value (m->plan->graph, feed->value);

    if (!sal_shape_check (&feed->shape, v->name, error) ||
        !fits (m, feed->value, &feed->shape, error))
      return FALSE;
    *slot (m, feed->value) = (SalSlot){ .needed = TRUE,
                                        .shaped = TRUE,
                                        .fed = TRUE,
                                        .shape = feed->shape,
                                        .type = v->declared ? v->type : SAL_FLOAT };
  }
  return TRUE;
}

static gboolean
take_bindings (Maker *m, GError **error)
{
  for (int i = 0; i < m->options->n_bindings; i++) {
    const SalBinding *binding = &m->options->bindings[i];
    SalSlot *s = slot (m, binding->value);

    if (s->fed)
      continue;
    if (!fits (m, binding->value, sal_tensor_shape (binding->tensor), error))
      return FALSE;
    s->shaped = TRUE;
    s->shape = *sal_tensor_shape (binding->tensor);
    s->type = sal_tensor_type (binding->tensor);
    s->known = sal_tensor_ref (binding->tensor);
  }
  return TRUE;
}

static void
need (Maker *m, int value, GArray *queue)
{
  if (slot (m, value)->needed)
    return;
  slot (m, value)->needed = TRUE;
  g_array_append_val (queue, value);
}

/* Marks the values on the way from feeds and constants to what is asked for. */
static gboolean
find_needed (Maker *m, GError **error)
{
  const SalPlanOptions *o = m->options;
  g_autoptr (GArray) queue = g_array_new (FALSE, FALSE, sizeof (int));

  for (int i = 0; i < o->n_outputs; i++)
    need (m, o->outputs[i], queue);
  for (int i = 0; i < o->n_keep; i++)
    need (m, o->keep[i], queue);
  for (int i = 0; i < o->n_gradients; i++)
    need (m, o->gradients[i], queue);
  while (queue->len > 0) {
    int value = g_array_index (queue, int, queue->len - 1);
    const SalValue *v = sal_graph_get_value (m->plan->graph, value);
    const SalNode *node;

    g_array_set_size (queue, queue->len - 1);
    if (v->constant != NULL || slot (m, value)->known != NULL)
      continue;
    if (v->producer < 0) {
      sal_error_set (error, SAL_ERROR_ARGUMENT, "input \"%s\" is not given", v->name);
      return FALSE;
    }
    node = sal_graph_node (m->plan->graph, v->producer);
    for (int i = 0; i < node->n_x; i++)
      if (node->x[i] != SAL_NO_VALUE)
        need (m, node->x[i], queue);
  }
  return TRUE;
}

static void
settle (Maker *m, int value, const SalShape *shape, SalType type, SalTensor *known)
{
  SalSlot *s = slot (m, value);

  if (s->fed)
    return;
  s->shaped = TRUE;
  s->shape = *shape;
  s->type = type;
  if (known != NULL && s->known == NULL)
    s->known = sal_tensor_ref (known);
}

static gboolean
is_needed (Maker *m, const SalNode *node)
{
  for (int j = 0; j < node->n_y; j++) {
    const SalSlot *y = node->y[j] != SAL_NO_VALUE ? slot (m, node->y[j]) : NULL;

    if (y != NULL && y->needed && !y->fed && y->known == NULL)
      return TRUE;
  }
  return FALSE;
}

/* A needed node's setup, and its outputs' values where those follow from constants. */
static SalNodeSetup *
set_up (Maker *m, const SalNode *node, const SalOp *op, guint64 budget, gint64 *work,
        GError **error)
{
  g_autoptr (SalNodeSetup) setup = sal_node_setup_new (node);
  gboolean all_known = TRUE;

  for (int j = 0; j < node->n_y; j++)
    if (node->y[j] != SAL_NO_VALUE && slot (m, node->y[j])->fed) {
      sal_error_set (error, SAL_ERROR_UNSUPPORTED,
                     "%s \"%s\": \"%s\" cannot be fed while another of its outputs is computed",
                     node->op_type, node->name, name_of (m, node->y[j]));
      return NULL;
    }
  for (int j = 0; j < node->n_x; j++) {
    const SalSlot *x = node->x[j] != SAL_NO_VALUE ? slot (m, node->x[j]) : NULL;

    if (x == NULL)
      continue;
    sal_node_setup_input (setup, j, &x->shape, x->type, x->known);
    all_known = all_known && x->known != NULL;
  }
  if (!sal_node_setup_run (setup, op, error) ||
      (all_known && !sal_node_setup_evaluate (setup, op, budget, work, error)))
    return NULL;
  /* What looks at a constant is constant, whatever else the operator may read (CastLike). */
  if (setup->setup.view && setup->x_value[0] != NULL && setup->y_value[0] == NULL)
    setup->y_value[0] = sal_tensor_reshape (setup->x_value[0], &setup->y_shape[0]);
  return g_steal_pointer (&setup);
}

/* Takes over @setup. */
static void
add_step (Maker *m, const SalNode *node, const SalOp *op, SalNodeSetup *setup)
{
  int n_x = MAX (node->n_x, 1);
  SalStep step = { .node = node,
                   .op = op,
                   .setup = setup,
                   .view = setup->setup.view,
                   .gx_wanted = g_new0 (gboolean, n_x),
                   .gx_clear = g_new0 (gboolean, n_x),
                   .x_gate = g_new (int, n_x),
                   .saved = SAL_NO_PLACE };

  for (int j = 0; j < n_x; j++)
    step.x_gate[j] = SAL_NO_VALUE;
  m->plan->multiply_adds += setup->setup.multiply_adds;
  g_array_append_val (m->plan->steps, step);
}

/* Every node in order: shapes, and at once the values of those that depend on no feed. */
static gboolean
make_steps (Maker *m, guint64 max_bytes, GError **error)
{
  SalGraph *graph = m->plan->graph;
  guint64 budget = max_bytes;
  gint64 work = SAL_EVALUATE_WORK;

  for (int i = 0; i < sal_graph_n_values (graph); i++) {
    SalTensor *constant = sal_graph_get_value (graph, i)->constant;

    if (constant != NULL)
      settle (m, i, sal_tensor_shape (constant), sal_tensor_type (constant), constant);
  }
  for (int i = 0; i < sal_graph_n_nodes (graph); i++) {
    const SalNode *node = sal_graph_node (graph, i);
    const SalOp *op = sal_op_find (node->op_type, node->opset);
    gboolean all_answered = TRUE;
    g_autoptr (SalNodeSetup) setup = NULL;

    if (!is_needed (m, node))
      continue;
    setup = set_up (m, node, op, budget, &work, error);
    if (setup == NULL)
      return FALSE;
    for (int j = 0; j < node->n_y; j++) {
      if (node->y[j] == SAL_NO_VALUE)
        continue;
      settle (m, node->y[j], &setup->y_shape[j], setup->y_type[j], setup->y_value[j]);
      all_answered = all_answered && setup->y_value[j] != NULL;
      if (setup->y_value[j] != NULL)
        budget -= MIN (budget, sal_tensor_count (setup->y_value[j]) *
                                   sal_type_size (sal_tensor_type (setup->y_value[j])));
    }
    if (!all_answered)
      add_step (m, node, op, g_steal_pointer (&setup));
  }
  m->n_steps = m->plan->steps->len;
  return TRUE;
}

static SalStep *
get_step (Maker *m, int i)
{
  return &g_array_index (m->plan->steps, SalStep, i);
}

/* A gradient passes through a step if something wanted lies before it and an output after it. */
static gboolean
find_active (Maker *m, GError **error)
{
  const SalPlanOptions *o = m->options;
  int n = sal_graph_n_values (m->plan->graph);
  g_autofree gboolean *below = g_new0 (gboolean, n + 1); /* a wanted gradient lies before */

  for (int i = 0; i < o->n_gradients; i++) {
    if (slot (m, o->gradients[i])->type != SAL_FLOAT) {
      sal_error_set (error, SAL_ERROR_ARGUMENT,
                     "\"%s\" holds integers: there is no gradient with respect to it",
                     name_of (m, o->gradients[i]));
      return FALSE;
    }
    below[o->gradients[i]] = TRUE;
  }
  for (int i = 0; i < m->n_steps; i++) {
    SalStep *step = get_step (m, i);
    SalRule rule = { .keep = step->setup->setup.keep };
    gboolean passes = FALSE;

    step->backward = step->op->backward;
    if (o->rules != NULL && !step->view &&
        o->rules->find (&step->setup->setup, step->op, &rule, o->rules->data)) {
      step->backward = rule.kernel;
      step->rule = rule.data;
      step->setup->setup.keep = rule.keep;
      m->plan->rule_scratch_bytes = MAX (m->plan->rule_scratch_bytes, rule.scratch_bytes);
    }
    if (step->backward == NULL && !step->view)
      continue;
    for (int j = 0; j < step->node->n_x; j++)
      passes = passes || (step->node->x[j] != SAL_NO_VALUE && below[step->node->x[j]]);
    for (int j = 0; passes && j < step->node->n_y; j++)
      if (step->node->y[j] != SAL_NO_VALUE && slot (m, step->node->y[j])->type == SAL_FLOAT &&
          slot (m, step->node->y[j])->known == NULL)
        below[step->node->y[j]] = TRUE;
  }
  for (int i = 0; i < o->n_outputs; i++)
    slot (m, o->outputs[i])->active = below[o->outputs[i]];
  for (int i = m->n_steps - 1; i >= 0; i--) {
    SalStep *step = get_step (m, i);
    gboolean reached = FALSE, wanted = FALSE;

    for (int j = 0; j < step->node->n_y; j++)
      reached = reached || (step->node->y[j] != SAL_NO_VALUE && slot (m, step->node->y[j])->active);
    for (int j = 0; reached && j < step->node->n_x; j++) {
      int x = step->node->x[j];

      if (x == SAL_NO_VALUE || !below[x] || slot (m, x)->type != SAL_FLOAT ||
          (step->backward == NULL && !step->view))
        continue;
      step->gx_wanted[j] = TRUE;
      slot (m, x)->active = TRUE;
      wanted = TRUE;
    }
    if (!wanted)
      step->backward = NULL;
    m->plan->has_backward = m->plan->has_backward || wanted;
  }
  return TRUE;
}

static void
maker_init (Maker *m, SalGraph *graph, const SalPlanOptions *options)
{
  gsize n = sal_graph_n_values (graph) + 1;
  SalPlan *plan = g_new0 (SalPlan, 1);

  g_atomic_ref_count_init (&plan->refs);
  plan->parts = 1;
  plan->graph = sal_graph_ref (graph);
  plan->model_graph = sal_graph_ref (graph);
  plan->slots = g_new0 (SalSlot, n);
  plan->steps = g_array_new (FALSE, FALSE, sizeof (SalStep));
  g_array_set_clear_func (plan->steps, step_clear);
  plan->outputs = g_array_new (FALSE, FALSE, sizeof (int));
  g_array_append_vals (plan->outputs, options->outputs, options->n_outputs);
  *m = (Maker){ .plan = plan, .options = options };
}

/* What is computed, and every shape. */
static gboolean
draft (Maker *m, guint64 max_bytes, GError **error)
{
  if (!take_feeds (m, error) || !take_bindings (m, error) || !find_needed (m, error))
    return FALSE;
  for (int i = 0; i < m->options->n_outputs; i++)
    m->plan->slots[m->options->outputs[i]].is_output = TRUE;
  return make_steps (m, max_bytes, error);
}

/* The same plan for the graph lowered, which knows its values by the same numbers. What it does not
 * compute any more still has a shape. */
static gboolean
lower (Maker *m, guint64 max_bytes, GError **error)
{
  g_autoptr (SalGraph) graph = NULL;
  SalPlan *plan;
  Maker old;

  if (m->options->compute == SAL_COMPUTE_REFERENCE ||
      (m->options->rules != NULL && !m->options->rules->activations_only))
    return TRUE;
  graph = sal_lower (m->plan, m->options);
  if (graph == NULL)
    return TRUE;
  old = *m;
  maker_init (m, graph, old.options);
  if (!draft (m, max_bytes, error)) {
    sal_plan_unref (old.plan);
    return FALSE;
  }
  plan = m->plan;
  for (int v = 0; v < sal_graph_n_values (old.plan->graph); v++)
    if (old.plan->slots[v].shaped && !plan->slots[v].shaped) {
      plan->slots[v].shaped = TRUE;
      plan->slots[v].shape = old.plan->slots[v].shape;
      plan->slots[v].type = old.plan->slots[v].type;
    }
  plan->multiply_adds = old.plan->multiply_adds;
  sal_graph_unref (plan->model_graph);
  plan->model_graph = sal_graph_ref (old.plan->graph);
  sal_plan_unref (old.plan);
  return TRUE;
}

SalPlan *
sal_plan_new (SalGraph *graph, const SalPlanOptions *options, GError **error)
{
  guint64 max_bytes = options->max_bytes != 0 ? options->max_bytes : sal_memory_limit ();
  Maker m;

  maker_init (&m, graph, options);
  if (draft (&m, max_bytes, error) && lower (&m, max_bytes, error) &&
      sal_parts_cut (m.plan, options, error) && find_active (&m, error) &&
      sal_place (m.plan, options, max_bytes, error))
    return m.plan;
  sal_plan_unref (m.plan);
  return NULL;
}

SalPlan *
sal_plan_ref (SalPlan *plan)
{
  g_atomic_ref_count_inc (&plan->refs);
  return plan;
}

void
sal_plan_unref (SalPlan *plan)
{
  if (!g_atomic_ref_count_dec (&plan->refs))
    return;
  for (int i = 0; i < sal_graph_n_values (plan->graph); i++)
    g_clear_pointer (&plan->slots[i].known, sal_tensor_unref);
  g_free (plan->slots);
  g_array_unref (plan->steps);
  g_array_unref (plan->outputs);
  sal_graph_unref (plan->graph);
  sal_graph_unref (plan->model_graph);
  g_free (plan);
}

SalGraph *
sal_plan_graph (const SalPlan *plan)
{
  return plan->model_graph;
}

int
sal_plan_output (const SalPlan *plan, int i)
{
  return g_array_index (plan->outputs, int, i);
}

const SalShape *
sal_plan_shape (const SalPlan *plan, int value)
{
  return value != SAL_NO_VALUE && plan->slots[value].shaped ? &plan->slots[value].shape : NULL;
}

SalType
sal_plan_type (const SalPlan *plan, int value)
{
  return plan->slots[value].type;
}

SalTensor *
sal_plan_constant (const SalPlan *plan, int value)
{
  return value != SAL_NO_VALUE ? plan->slots[value].known : NULL;
}

gsize
sal_plan_bytes (const SalPlan *plan)
{
  return plan->arena_bytes + plan->scratch_bytes + plan->rule_scratch_bytes;
}

gsize
sal_plan_arena_bytes (const SalPlan *plan)
{
  return plan->arena_bytes;
}

static gsize
slot_bytes (const SalSlot *slot)
{
  return sal_shape_count (&slot->shape) * sal_type_size (slot->type);
}

gsize
sal_plan_constant_bytes (const SalPlan *plan)
{
  gsize bytes = 0;

  for (guint i = 0; i < plan->steps->len; i++) {
    const SalNode *node = g_array_index (plan->steps, SalStep, i).node;

    for (int j = 0; j < node->n_x; j++)
      if (node->x[j] != SAL_NO_VALUE && plan->slots[node->x[j]].known != NULL)
        bytes += slot_bytes (&plan->slots[node->x[j]]);
  }
  return bytes;
}

gsize
sal_plan_value_bytes (const SalPlan *plan)
{
  gsize bytes = 0;

  for (guint i = 0; i < plan->steps->len; i++) {
    const SalStep *step = &g_array_index (plan->steps, SalStep, i);

    for (int j = 0; j < step->node->n_y && !step->view; j++)
      if (step->node->y[j] != SAL_NO_VALUE &&
          plan->slots[step->node->y[j]].whole == step->node->y[j])
        bytes += slot_bytes (&plan->slots[step->node->y[j]]);
  }
  return bytes;
}

gint64
sal_plan_multiply_adds (const SalPlan *plan)
{
  return plan->multiply_adds;
}

int
sal_plan_parts (const SalPlan *plan)
{
  return plan->parts;
}

gboolean
sal_plan_separate (const SalPlan *plan)
{
  return plan->separate;
}
