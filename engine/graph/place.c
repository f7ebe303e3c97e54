#include "engine/graph/place.h"

#include "engine/base/error.h"
#include "engine/graph/arena.h"

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
  int *first_adder; /* step whose backward adds to the gradient first, -1: none; at the root */
  gboolean *seeded; /* at the root: an output is among the values that share the gradient */
  gboolean *asked;  /* the gradient is to be readable at the end; also at the root */
  int *last_adder;  /* lowest step that still uses the gradient: its producer; at the root */
  int *home;        /* of a root: the root whose gradient's memory it shares */
} Places;

static SalSlot *
slot (Places *m, int value)
{
  return &m->plan->slots[value];
}

static SalStep *
get_step (Places *m, int i)
{
  return &g_array_index (m->plan->steps, SalStep, i);
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
share (Places *m)
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
use (Places *m, int value, int moment)
{
  int root = m->root[value];

  if (slot (m, root)->known == NULL) {
    m->last_use[root] = MAX (m->last_use[root], moment);
    m->first_use[root] = MIN (m->first_use[root], moment);
  }
}

/* Lifetimes of values: from their computation to the last reader, forward or backward. */
static void
find_value_lifetimes (Places *m)
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
find_gradient_lifetimes (Places *m)
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
      if (step->node->y[j] != SAL_NO_VALUE && slot (m, step->node->y[j])->active)
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
begin_gradients (Places *m)
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
find_gates (Places *m)
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
place_gradients (Places *m, SalArena *arena)
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

    if (m->gradient_root[v] != v || !(slot (m, v)->active || m->seeded[v] || m->asked[v]))
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
place_all (Places *m, guint64 max_bytes, GError **error)
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

gboolean
sal_place (SalPlan *plan, const SalPlanOptions *options, guint64 max_bytes, GError **error)
{
  gsize n = sal_graph_n_values (plan->graph) + 1;
  g_autofree int *ints = g_new0 (int, n * 7);
  g_autofree gboolean *flags = g_new0 (gboolean, n * 2);
  Places m = { .plan = plan,
               .options = options,
               .n_steps = plan->steps->len,
               .root = ints,
               .gradient_root = ints + n,
               .last_use = ints + 2 * n,
               .first_use = ints + 3 * n,
               .first_adder = ints + 4 * n,
               .last_adder = ints + 5 * n,
               .home = ints + 6 * n,
               .seeded = flags,
               .asked = flags + n };

  share (&m);
  find_value_lifetimes (&m);
  find_gradient_lifetimes (&m);
  begin_gradients (&m);
  find_gates (&m);
  return place_all (&m, max_bytes, error);
}
