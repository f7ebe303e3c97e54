#include "engine/base/error.h"
#include "engine/base/memory.h"
#include "engine/graph/arena.h"
#include "engine/graph/lower.h"
#include "engine/graph/plan-private.h"

#include <string.h>

/* Moments: forward of step i is moment i; backward of step i is moment 2n - i, where n is the
 * number of steps. Moment n lies between the two passes: outputs are read, seeds are written. */
typedef struct {
  SalPlan *plan;
  const SalPlanOptions *options;
  int n_steps;
  int *root;          /* of a value: the value whose memory it shares */
  int *gradient_root; /* likewise for gradients */
  int *last_use;      /* of a value's memory; kept at the root */
  int *first_use;
  gboolean *active; /* whether a gradient with respect to the value is computed */
  int *first_adder; /* step whose backward adds to the gradient first, -1: none; at the root */
  gboolean *seeded; /* at the root: an output is among the values that share the gradient */
  gboolean *asked;  /* the gradient is to be readable at the end; also at the root */
  int *last_adder;  /* lowest step that still uses the gradient: its producer; at the root */
  int *home;        /* of a root: the root whose gradient's memory it shares */
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
  g_set_error (error, SAL_ERROR, SAL_ERROR_SHAPE, "\"%s\": the model takes %s, given is %s",
               v->name, want, got);
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
      g_set_error (error, SAL_ERROR, SAL_ERROR_ARGUMENT, "input \"%s\" is not given", v->name);
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
    SalStep step = { .node = node, .op = sal_op_find (node->op_type, node->opset) };
    gboolean needed = FALSE, all_known = TRUE, all_answered = TRUE;
    g_autoptr (SalNodeSetup) setup = NULL;

    for (int j = 0; j < node->n_y && !needed; j++) {
      const SalSlot *y = node->y[j] != SAL_NO_VALUE ? slot (m, node->y[j]) : NULL;

      needed = y != NULL && y->needed && !y->fed && y->known == NULL;
    }
    if (!needed)
      continue;
    for (int j = 0; j < node->n_y; j++)
      if (node->y[j] != SAL_NO_VALUE && slot (m, node->y[j])->fed) {
        g_set_error (error, SAL_ERROR, SAL_ERROR_UNSUPPORTED,
                     "%s \"%s\": \"%s\" cannot be fed while another of its outputs is computed",
                     node->op_type, node->name, name_of (m, node->y[j]));
        return FALSE;
      }
    setup = sal_node_setup_new (node);
    for (int j = 0; j < node->n_x; j++) {
      const SalSlot *x = node->x[j] != SAL_NO_VALUE ? slot (m, node->x[j]) : NULL;

      if (x == NULL)
        continue;
      sal_node_setup_input (setup, j, &x->shape, x->type, x->known);
      all_known = all_known && x->known != NULL;
    }
    if (!sal_node_setup_run (setup, step.op, error))
      return FALSE;
    if (all_known && !sal_node_setup_evaluate (setup, step.op, budget, &work, error))
      return FALSE;
    /* What looks at a constant is constant, whatever else the operator may read (CastLike). */
    if (setup->setup.view && setup->x_value[0] != NULL && setup->y_value[0] == NULL)
      setup->y_value[0] = sal_tensor_reshape (setup->x_value[0], &setup->y_shape[0]);
    for (int j = 0; j < node->n_y; j++) {
      if (node->y[j] == SAL_NO_VALUE)
        continue;
      settle (m, node->y[j], &setup->y_shape[j], setup->y_type[j], setup->y_value[j]);
      all_answered = all_answered && setup->y_value[j] != NULL;
      if (setup->y_value[j] != NULL)
        budget -= MIN (budget, sal_tensor_count (setup->y_value[j]) *
                                   sal_type_size (sal_tensor_type (setup->y_value[j])));
    }
    if (all_answered)
      continue;
    m->plan->multiply_adds += setup->setup.multiply_adds;
    step.view = setup->setup.view;
    step.gx_wanted = g_new0 (gboolean, MAX (node->n_x, 1));
    step.gx_clear = g_new0 (gboolean, MAX (node->n_x, 1));
    step.x_gate = g_new (int, MAX (node->n_x, 1));
    for (int j = 0; j < node->n_x; j++)
      step.x_gate[j] = -1;
    step.saved = step.gate = SAL_NO_PLACE;
    step.setup = g_steal_pointer (&setup);
    g_array_append_val (m->plan->steps, step);
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
      g_set_error (error, SAL_ERROR, SAL_ERROR_ARGUMENT,
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
    m->active[o->outputs[i]] = below[o->outputs[i]];
  for (int i = m->n_steps - 1; i >= 0; i--) {
    SalStep *step = get_step (m, i);
    gboolean reached = FALSE, wanted = FALSE;

    for (int j = 0; j < step->node->n_y; j++)
      reached = reached || (step->node->y[j] != SAL_NO_VALUE && m->active[step->node->y[j]]);
    for (int j = 0; reached && j < step->node->n_x; j++) {
      int x = step->node->x[j];

      if (x == SAL_NO_VALUE || !below[x] || slot (m, x)->type != SAL_FLOAT ||
          (step->backward == NULL && !step->view))
        continue;
      step->gx_wanted[j] = TRUE;
      m->active[x] = TRUE;
      wanted = TRUE;
    }
    if (!wanted)
      step->backward = NULL;
    m->plan->has_backward = m->plan->has_backward || wanted;
  }
  return TRUE;
}

static gboolean
passes_gradient (const SalStep *step)
{
  for (int j = 0; j < step->node->n_x; j++)
    if (step->gx_wanted[j])
      return TRUE;
  return FALSE;
}

/* Views share the memory of what they look at. They share its gradient too where nothing else adds
 * to that one and nobody asks for theirs, which a step before may yet change; elsewhere the view's
 * backward adds its gradient to the other's. */
static void
share (Maker *m)
{
  int n = sal_graph_n_values (m->plan->graph);
  g_autofree int *readers = g_new0 (int, n + 1);

  for (int i = 0; i < m->options->n_gradients; i++)
    m->asked[m->options->gradients[i]] = TRUE;
  for (int i = 0; i < n; i++)
    m->root[i] = m->gradient_root[i] = i;
  for (int i = 0; i < m->n_steps; i++) {
    const SalStep *step = get_step (m, i);

    for (int j = 0; j < step->node->n_x; j++)
      if (step->gx_wanted[j])
        readers[step->node->x[j]]++;
  }
  for (int i = 0; i < m->n_steps; i++) {
    SalStep *step = get_step (m, i);
    int x = step->node->n_x > 0 ? step->node->x[0] : SAL_NO_VALUE;
    int y = step->node->y[0];

    if (!step->view)
      continue;
    m->root[y] = m->root[x];
    if (!step->gx_wanted[0])
      continue;
    if (readers[x] == 1 && !slot (m, x)->is_output && !m->asked[y])
      m->gradient_root[y] = m->gradient_root[x];
    else
      step->copies_gradient = TRUE;
  }
}

static void
use (Maker *m, int value, int moment)
{
  int root = m->root[value];

  if (slot (m, root)->known == NULL) {
    m->last_use[root] = MAX (m->last_use[root], moment);
    m->first_use[root] = MIN (m->first_use[root], moment);
  }
}

/* Lifetimes of values: from their computation to the last reader, forward or backward. */
static void
find_value_lifetimes (Maker *m)
{
  const SalPlanOptions *o = m->options;
  int n = m->n_steps;

  for (int i = 0; i < sal_graph_n_values (m->plan->graph); i++) {
    m->last_use[i] = -1;
    m->first_use[i] = G_MAXINT;
  }
  for (int i = 0; i < o->n_feeds; i++)
    use (m, o->feeds[i].value, -1);
  for (int i = 0; i < n; i++) {
    const SalStep *step = get_step (m, i);
    guint keep = passes_gradient (step) && !step->view ? step->setup->setup.keep : 0;

    for (int j = 0; j < step->node->n_x; j++)
      if (step->node->x[j] != SAL_NO_VALUE) {
        gboolean kept =
            j < 16 ? (keep & SAL_KEEP_X (j)) != 0 : (keep & SAL_KEEP_INPUTS) == SAL_KEEP_INPUTS;

        use (m, step->node->x[j], kept ? 2 * n - i : i);
      }
    for (int j = 0; j < step->node->n_y; j++)
      if (step->node->y[j] != SAL_NO_VALUE) {
        use (m, step->node->y[j], i);
        if (keep & SAL_KEEP_OUTPUT)
          use (m, step->node->y[j], 2 * n - i);
      }
  }
  for (int i = 0; i < o->n_outputs; i++)
    use (m, o->outputs[i], n);
  for (int i = 0; i < o->n_keep; i++)
    use (m, o->keep[i], 2 * n + 1);
}

/* Lifetimes of gradients: from the first step that adds to them, or the seed, to the step that
 * computes the value, or the end where the caller asked for them. */
static void
find_gradient_lifetimes (Maker *m)
{
  const SalPlanOptions *o = m->options;

  for (int i = 0; i < sal_graph_n_values (m->plan->graph); i++) {
    m->first_adder[i] = -1;
    m->last_adder[i] = G_MAXINT;
  }
  for (int i = m->n_steps - 1; i >= 0; i--) {
    SalStep *step = get_step (m, i);

    if (!passes_gradient (step))
      continue;
    for (int j = 0; j < step->node->n_y; j++)
      if (step->node->y[j] != SAL_NO_VALUE && m->active[step->node->y[j]])
        m->last_adder[m->gradient_root[step->node->y[j]]] = i;
    if (step->view && !step->copies_gradient)
      continue;
    for (int j = 0; j < step->node->n_x; j++) {
      int root;

      if (!step->gx_wanted[j])
        continue;
      root = m->gradient_root[step->node->x[j]];
      m->last_adder[root] = i;
      if (m->first_adder[root] < 0) {
        m->first_adder[root] = i;
        step->gx_clear[j] = TRUE;
      }
    }
  }
  for (int i = 0; i < o->n_outputs; i++)
    if (slot (m, o->outputs[i])->type == SAL_FLOAT)
      m->seeded[m->gradient_root[o->outputs[i]]] = TRUE;
  for (int i = 0; i < o->n_gradients; i++)
    m->asked[m->gradient_root[o->gradients[i]]] = TRUE;
}

/* The first step that adds to a gradient need not find zeros there if it can set it, or if what it
 * would add is a gradient that is needed no more: an addend takes over the sum's. */
static void
begin_gradients (Maker *m)
{
  int n_values = sal_graph_n_values (m->plan->graph);

  for (int v = 0; v < n_values; v++)
    m->home[v] = v;
  for (int i = m->n_steps - 1; i >= 0; i--) {
    SalStep *step = get_step (m, i);
    const SalOpSetup *setup = &step->setup->setup;
    gboolean own = step->backward == step->op->backward && !step->view;
    int y = step->node->n_y > 0 ? step->node->y[0] : SAL_NO_VALUE;

    for (int j = 0; j < step->node->n_x && j < 32 && own; j++) {
      int x = step->gx_wanted[j] && step->gx_clear[j] ? m->gradient_root[step->node->x[j]] : -1;

      if (x < 0 || m->seeded[x])
        continue;
      if (j == setup->passes && !m->asked[m->gradient_root[y]]) {
        m->home[x] = m->gradient_root[y];
        step->gx_clear[j] = FALSE;
      } else if (setup->sets & (1u << j)) {
        step->gx_set |= 1u << j;
        step->gx_clear[j] = FALSE;
      }
    }
  }
  for (int v = 0; v < n_values; v++)
    while (m->home[m->home[v]] != m->home[v])
      m->home[v] = m->home[m->home[v]];
}

/* A gradient goes through the gate of the step that computes its value with the last step that adds
 * to it, if that one can, else by a pass of its own. */
static void
find_gates (Maker *m)
{
  int n_values = sal_graph_n_values (m->plan->graph);
  g_autofree int *gate = g_new (int, n_values + 1); /* the step whose gate is yet to be passed */

  for (int v = 0; v < n_values; v++)
    gate[v] = -1;
  for (int i = 0; i < m->n_steps; i++) {
    SalStep *step = get_step (m, i);
    const SalOpSetup *setup = &step->setup->setup;

    if (!passes_gradient (step))
      continue;
    /* Readers come in order of the forward pass: the first one met adds last. */
    for (int j = 0; j < step->node->n_x; j++) {
      int x = step->gx_wanted[j] ? m->gradient_root[step->node->x[j]] : -1, from, times = 0;

      if (x < 0 || gate[x] < 0 || (step->view && !step->copies_gradient))
        continue;
      for (int k = 0; k < step->node->n_x; k++)
        times += step->gx_wanted[k] && m->gradient_root[step->node->x[k]] == x;
      from = gate[x];
      gate[x] = -1;
      if (times > 1 || j >= 32 || !(setup->gates & (1u << j)) || m->seeded[x] || step->view ||
          step->backward != step->op->backward ||
          (j == setup->passes && m->home[x] == m->home[m->gradient_root[step->node->y[0]]]))
        continue;
      step->x_gate[j] = from;
      get_step (m, from)->gates_gy = FALSE;
    }
    if (setup->clamps) {
      step->gates_gy = TRUE;
      gate[m->gradient_root[step->node->y[0]]] = i;
    }
  }
}

static void
place_gradients (Maker *m, SalArena *arena)
{
  int n = m->n_steps, n_values = sal_graph_n_values (m->plan->graph);
  g_autofree int *begin = g_new (int, n_values + 1), *end = g_new (int, n_values + 1);

  for (int v = 0; v < n_values; v++) {
    begin[v] = G_MAXINT;
    end[v] = -1;
  }
  for (int v = 0; v < n_values; v++) {
    SalSlot *s = slot (m, v);
    int h = m->home[v], from, to;

    if (m->gradient_root[v] != v || !(m->active[v] || m->seeded[v] || m->asked[v]))
      continue;
    /* A seed lies there before the backward pass; so do the zeros that nothing adds to. */
    s->gradient_is_zero = !m->seeded[v] && m->first_adder[v] < 0;
    from = m->seeded[v] || s->gradient_is_zero ? n : 2 * n - m->first_adder[v];
    to = m->asked[v] ? 2 * n + 1 : m->last_adder[v] < n ? 2 * n - m->last_adder[v] : from;
    begin[h] = MIN (begin[h], from);
    end[h] = MAX (end[h], MAX (from, to));
  }
  for (int v = 0; v < n_values; v++)
    if (end[v] >= begin[v])
      sal_arena_add (arena, sal_shape_count (&slot (m, v)->shape) * sizeof (float), begin[v],
                     end[v], &slot (m, v)->gradient);
  for (int i = 0; i < n; i++) {
    SalStep *step = get_step (m, i);

    for (int j = 0; j < step->node->n_x; j++)
      if (step->gx_clear[j] && m->seeded[m->gradient_root[step->node->x[j]]])
        step->gx_clear[j] = FALSE;
  }
}

static gsize
gate_bytes (const SalShape *shape)
{
  gint64 channels = shape->rank > 0 ? shape->dim[shape->rank - 1] : 1;

  return channels > 0 ? sal_shape_count (shape) / channels * sal_gate_step (channels) : 0;
}

static gboolean
place_all (Maker *m, guint64 max_bytes, GError **error)
{
  SalPlan *plan = m->plan;
  g_autoptr (SalArena) arena = sal_arena_new ();
  int n = m->n_steps, n_values = sal_graph_n_values (plan->graph);
  guint64 total;

  for (int v = 0; v < n_values; v++) {
    SalSlot *s = slot (m, v);

    s->place = s->gradient = SAL_NO_PLACE;
    if (m->root[v] == v && s->known == NULL && m->last_use[v] >= m->first_use[v])
      sal_arena_add (arena, sal_shape_count (&s->shape) * sal_type_size (s->type), m->first_use[v],
                     m->last_use[v], &s->place);
  }
  for (int i = 0; i < n; i++) {
    SalStep *step = get_step (m, i);
    SalOpSetup *setup = &step->setup->setup;

    if (setup->prepare_backward != NULL && step->backward == step->op->backward)
      setup->prepare_backward (setup);
    if (setup->saved_bytes > 0)
      sal_arena_add (arena, setup->saved_bytes, i, passes_gradient (step) ? 2 * n - i : i,
                     &step->saved);
    if (setup->clamps && passes_gradient (step))
      sal_arena_add (arena, gate_bytes (&setup->y_shape[0]), i, 2 * n - i, &step->gate);
    plan->scratch_bytes = MAX (plan->scratch_bytes, setup->scratch_bytes);
  }
  if (m->options->n_gradients > 0)
    place_gradients (m, arena);
  plan->arena_bytes = sal_arena_pack (arena);
  for (int v = 0; v < n_values; v++) {
    slot (m, v)->place = slot (m, m->root[v])->place;
    slot (m, v)->gradient = slot (m, m->home[m->gradient_root[v]])->gradient;
  }
  plan->scratch_bytes = (plan->scratch_bytes + 63) / 64 * 64;
  total = sal_plan_bytes (plan);
  if (total > max_bytes) {
    g_set_error (error, SAL_ERROR, SAL_ERROR_MEMORY,
                 "the model needs %" G_GUINT64_FORMAT " MiB to run, the limit is %" G_GUINT64_FORMAT
                 " MiB",
                 total >> 20, max_bytes >> 20);
    return FALSE;
  }
  return TRUE;
}

static void
maker_clear (Maker *m)
{
  g_free (m->root);
  g_free (m->active);
  g_clear_pointer (&m->plan, sal_plan_unref);
}

static void
maker_init (Maker *m, SalGraph *graph, const SalPlanOptions *options)
{
  gsize n = sal_graph_n_values (graph) + 1;
  SalPlan *plan = g_new0 (SalPlan, 1);
  int *ints = g_new0 (int, n * 7);
  gboolean *flags = g_new0 (gboolean, n * 3);

  g_atomic_ref_count_init (&plan->refs);
  plan->graph = sal_graph_ref (graph);
  plan->model_graph = sal_graph_ref (graph);
  plan->slots = g_new0 (SalSlot, n);
  plan->steps = g_array_new (FALSE, FALSE, sizeof (SalStep));
  g_array_set_clear_func (plan->steps, step_clear);
  plan->outputs = g_array_new (FALSE, FALSE, sizeof (int));
  g_array_append_vals (plan->outputs, options->outputs, options->n_outputs);
  *m = (Maker){ .plan = plan,
                .options = options,
                .root = ints,
                .gradient_root = ints + n,
                .last_use = ints + 2 * n,
                .first_use = ints + 3 * n,
                .first_adder = ints + 4 * n,
                .last_adder = ints + 5 * n,
                .home = ints + 6 * n,
                .active = flags,
                .seeded = flags + n,
                .asked = flags + 2 * n };
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
    maker_clear (&old);
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
  maker_clear (&old);
  return TRUE;
}

SalPlan *
sal_plan_new (SalGraph *graph, const SalPlanOptions *options, GError **error)
{
  guint64 max_bytes = options->max_bytes != 0 ? options->max_bytes : sal_memory_limit ();
  SalPlan *plan = NULL;
  Maker m;

  maker_init (&m, graph, options);
  if (draft (&m, max_bytes, error) && lower (&m, max_bytes, error) && find_active (&m, error)) {
    share (&m);
    find_value_lifetimes (&m);
    find_gradient_lifetimes (&m);
    begin_gradients (&m);
    find_gates (&m);
    if (place_all (&m, max_bytes, error))
      plan = g_steal_pointer (&m.plan);
  }
  maker_clear (&m);
  return plan;
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

const SalShape *
sal_plan_shape (const SalPlan *plan, int value)
{
  return plan->slots[value].shaped ? &plan->slots[value].shape : NULL;
}

SalType
sal_plan_type (const SalPlan *plan, int value)
{
  return plan->slots[value].type;
}

SalTensor *
sal_plan_constant (const SalPlan *plan, int value)
{
  return plan->slots[value].known;
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
      if (step->node->y[j] != SAL_NO_VALUE)
        bytes += slot_bytes (&plan->slots[step->node->y[j]]);
  }
  return bytes;
}

gint64
sal_plan_multiply_adds (const SalPlan *plan)
{
  return plan->multiply_adds;
}
