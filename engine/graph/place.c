#include "engine/graph/place.h"

#include "engine/base/error.h"
#include "engine/graph/arena.h"
#include "engine/graph/join.h"

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
  gboolean *used;   /* at the root: there is a gradient */
  gboolean *seeded; /* at the root: an output is among the values that share the gradient */
  gboolean *asked;  /* the gradient is to be readable at the end; also at the root */
  gboolean *gates_joined; /* of a value: its gate is part of that of its whole */
  int *last_adder;        /* lowest step that still uses the gradient: its producer; at the root */
  int *home;              /* of a root: the root whose gradient's memory it shares */
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

/* Whether a step's backward adds to the gradient of input @j, or would were it not set. */
static gboolean
adds (Places *m, const SalStep *step, int j)
{
  return step->gx_wanted[j] && !(step->view && !step->copies_gradient) &&
         !sal_join_is_there (m->plan, step, j);
}

/* Parts of concatenations share their memory and their gradient. Views share the memory of what
 * they look at. They share its gradient too where nothing else adds
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
    m->root[i] = m->gradient_root[i] = slot (m, i)->whole;
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
    for (int j = 0; j < step->node->n_x; j++) {
      int root;

      if (!adds (m, step, j))
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
  for (int v = 0; v < sal_graph_n_values (m->plan->graph); v++)
    m->used[m->gradient_root[v]] |= slot (m, v)->active || m->seeded[v] || m->asked[v];
}

static gboolean
is_whole (Places *m, int value)
{
  return slot (m, value)->whole == value;
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

      /* A part alone leaves the rest to be cleared. */
      if (x < 0 || m->seeded[x] || !is_whole (m, step->node->x[j]))
        continue;
      if (j == setup->passes && !m->asked[m->gradient_root[y]] && is_whole (m, y)) {
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

/* Whether a gradient's part that is @x's holds the one that is @part's. */
static gboolean
holds (Places *m, int x, int part)
{
  gint64 from = slot (m, part)->from - slot (m, x)->from;

  return m->gradient_root[x] == m->gradient_root[part] &&
         (is_whole (m, x) || (from >= 0 && from < sal_shape_row (&slot (m, x)->shape)));
}

/* Whether backward of @step could put the gradient of input @j through a gate once it has added to
 * it. */
static gboolean
can_gate (Places *m, const SalStep *step, int j)
{
  const SalOpSetup *setup = &step->setup->setup;
  int x = step->node->x[j], root = m->gradient_root[x];

  for (int k = 0; k < step->node->n_x; k++)
    if (k != j && step->gx_wanted[k] &&
        (holds (m, x, step->node->x[k]) || holds (m, step->node->x[k], x)))
      return FALSE;
  return j < 32 && (setup->gates & (1u << j)) != 0 && !m->seeded[root] && !step->view &&
         step->backward == step->op->backward &&
         !(j == setup->passes && m->home[root] == m->home[m->gradient_root[step->node->y[0]]]);
}

static gint64
row_of (Places *m, int value)
{
  return sal_shape_row (&slot (m, value)->shape);
}

static gboolean
has_gate (const SalStep *step)
{
  return step->setup->setup.clamps && passes_gradient (step);
}

/* Gates of parts are side by side as the parts are if each begins at a byte and none is without. */
static void
join_gates (Places *m)
{
  int n_values = sal_graph_n_values (m->plan->graph);
  g_autofree gint64 *gated = g_new0 (gint64, n_values + 1);

  for (int i = 0; i < m->n_steps; i++) {
    const SalStep *step = get_step (m, i);
    int y = step->node->y[0];

    if (has_gate (step) && slot (m, y)->from % 8 == 0)
      gated[slot (m, y)->whole] += row_of (m, y);
  }
  for (int v = 0; v < n_values; v++) {
    int whole = slot (m, v)->whole;

    m->gates_joined[v] = gated[whole] > 0 && gated[whole] == row_of (m, whole);
    slot (m, v)->gate_step = sal_gate_step (row_of (m, m->gates_joined[v] ? whole : v));
  }
}

/* Steps whose gates the gradient of input @j of @step has to go through wait no longer: here it is
 * added to for the last time, and gated too if that can be. */
static void
pass_gates (Places *m, SalStep *step, int j, GArray *waiting)
{
  int x = step->node->x[j], whole = is_whole (m, x) ? m->gradient_root[x] : slot (m, x)->whole;
  int parts = 0, last = SAL_NO_VALUE;
  gint64 channels = 0;
  gboolean gates;

  for (guint i = 0; i < waiting->len; i++) {
    int y = get_step (m, g_array_index (waiting, int, i))->node->y[0];

    if (!holds (m, x, y))
      continue;
    channels += row_of (m, y);
    last = y;
    parts++;
  }
  /* A view may have rows of another length. */
  gates = parts > 0 && channels == row_of (m, x) && (parts == 1 || m->gates_joined[whole]) &&
          can_gate (m, step, j);
  if (gates)
    step->x_gate[j] = parts == 1 ? last : is_whole (m, x) ? whole : x;
  for (int i = (int) waiting->len - 1; i >= 0; i--) {
    SalStep *from = get_step (m, g_array_index (waiting, int, i));

    if (!holds (m, x, from->node->y[0]))
      continue;
    from->gates_gy = !gates;
    g_array_remove_index_fast (waiting, i);
  }
}

/* A gradient goes through the gate of the step that computes its value with the last step that adds
 * to it, if that one can, else by a pass of its own. */
static void
find_gates (Places *m)
{
  int n_values = sal_graph_n_values (m->plan->graph);
  g_autofree GArray **waiting = g_new0 (GArray *, n_values + 1); /* of steps, at the root */

  join_gates (m);
  for (int i = 0; i < m->n_steps; i++) {
    SalStep *step = get_step (m, i);

    /* Readers come in order of the forward pass: the first one met adds last. */
    for (int j = 0; j < step->node->n_x; j++) {
      int x = step->node->x[j];

      if (adds (m, step, j) && waiting[m->gradient_root[x]] != NULL)
        pass_gates (m, step, j, waiting[m->gradient_root[x]]);
    }
    if (has_gate (step)) {
      int root = m->gradient_root[step->node->y[0]];

      step->gates_gy = TRUE;
      if (waiting[root] == NULL)
        waiting[root] = g_array_new (FALSE, FALSE, sizeof (int));
      g_array_append_val (waiting[root], i);
    }
  }
  for (int v = 0; v < n_values; v++)
    g_clear_pointer (&waiting[v], g_array_unref);
}

/* Memory for @bytes of the whole batch from one moment to another. What one part of it leaves
 * behind before the cut (parts.h) must be there until all parts have come by; what it does not,
 * takes no more than a part, and @stride is 0. */
static void
add (Places *m, SalArena *arena, gsize bytes, int from, int to, gsize *place, gsize *stride)
{
  int forward_end = m->plan->front - 1, backward = 2 * m->n_steps - forward_end;
  gboolean fed = (from < 0), asked = (to > 2 * m->n_steps);
  gboolean passes = m->plan->front > 0 && ((from >= 0 && to <= forward_end) ||
                                           (from >= backward && to <= 2 * m->n_steps));

  *stride = passes ? 0 : bytes / m->plan->parts;
  if (passes)
    bytes /= m->plan->parts;
  else if (m->plan->front > 0) {
    if (from <= forward_end)
      from = -1;
    if (fed)
      to = MAX (to, forward_end);
    if (asked)
      from = MIN (from, backward);
    if (to >= backward)
      to = 2 * m->n_steps + 1;
  }
  sal_arena_add (arena, bytes, from, to, place);
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

    if (m->gradient_root[v] != v || !m->used[v])
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
      add (m, arena, sal_shape_count (&slot (m, v)->shape) * sizeof (float), begin[v], end[v],
           &slot (m, v)->gradient, &slot (m, v)->gradient_stride);
  for (int i = 0; i < n; i++) {
    SalStep *step = get_step (m, i);

    for (int j = 0; j < step->node->n_x; j++)
      if (step->gx_clear[j] && m->seeded[m->gradient_root[step->node->x[j]]])
        step->gx_clear[j] = FALSE;
  }
}

/* A value's gate, or for all parts of a whole at once. */
static void
place_gate (Places *m, SalArena *arena, int i)
{
  int y = get_step (m, i)->node->y[0];
  int value = m->gates_joined[y] ? slot (m, y)->whole : y;
  SalSlot *s = slot (m, value);
  gint64 row = row_of (m, value);

  if (s->gate != SAL_NO_PLACE)
    return;
  s->gate = 0;
  add (m, arena, sal_shape_count (&s->shape) / MAX (row, 1) * s->gate_step, i, 2 * m->n_steps - i,
       &s->gate, &s->gate_stride);
}

/* Where a value begins, its whole being at @place. */
static gsize
within (const SalSlot *s, gsize place, gsize size)
{
  return place != SAL_NO_PLACE ? place + s->from * size : SAL_NO_PLACE;
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

    s->place = s->gradient = s->gate = SAL_NO_PLACE;
    if (m->root[v] == v && s->known == NULL && m->last_use[v] >= m->first_use[v])
      add (m, arena, sal_shape_count (&s->shape) * sal_type_size (s->type), m->first_use[v],
           m->last_use[v], &s->place, &s->stride);
  }
  for (int i = 0; i < n; i++) {
    SalStep *step = get_step (m, i);
    SalOpSetup *setup = &step->setup->setup;

    if (setup->prepare_backward != NULL && step->backward == step->op->backward)
      setup->prepare_backward (setup);
    if (setup->saved_bytes > 0)
      add (m, arena, setup->saved_bytes * (i < plan->front ? plan->parts : 1), i,
           passes_gradient (step) ? 2 * n - i : i, &step->saved, &step->saved_stride);
    if (has_gate (step))
      place_gate (m, arena, i);
    plan->scratch_bytes = MAX (plan->scratch_bytes, setup->scratch_bytes);
  }
  if (m->options->n_gradients > 0)
    place_gradients (m, arena);
  plan->arena_bytes = sal_arena_pack (arena);
  for (int v = 0; v < n_values; v++) {
    SalSlot *s = slot (m, v);

    const SalSlot *memory = slot (m, m->root[v]), *gate = slot (m, s->whole);
    const SalSlot *gradient = slot (m, m->home[m->gradient_root[v]]);

    s->place = within (s, memory->place, sizeof (float));
    s->stride = memory->stride;
    s->gradient = within (s, gradient->gradient, sizeof (float));
    s->gradient_stride = gradient->gradient_stride;
    if (m->gates_joined[v]) {
      s->gate = gate->gate + s->from / 8;
      s->gate_stride = gate->gate_stride;
    }
  }
  plan->scratch_bytes = (plan->scratch_bytes + 63) / 64 * 64;
  total = sal_plan_bytes (plan);
  if (total > max_bytes) {
    sal_error_set (error, SAL_ERROR_MEMORY,
                   "the model needs %" PRIu64 " MiB to run, the limit is %" PRIu64 " MiB",
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
  g_autofree gboolean *flags = g_new0 (gboolean, n * 4);
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
               .used = flags,
               .seeded = flags + n,
               .asked = flags + 2 * n,
               .gates_joined = flags + 3 * n };

  sal_join (plan, options);
  share (&m);
  find_value_lifetimes (&m);
  find_gradient_lifetimes (&m);
  begin_gradients (&m);
  find_gates (&m);
  return place_all (&m, max_bytes, error);
}
